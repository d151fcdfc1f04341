//! The state of the sync, as one quiet word that leads to more.

use leptos::prelude::*;

use super::state::{SyncWord, use_shell};
use crate::ui::{Answer, Mark};
use crate::{fmt, tr};

impl SyncWord {
    /// The sentence.
    pub fn text(self, zone: &str) -> String {
        match self {
            Self::Starting => tr::shell::sync_starting().to_owned(),
            Self::SavedHere | Self::WorkingHere { since_ms: None, .. } => tr::shell::sync_here().to_owned(),
            Self::AllSynced { at_ms } => tr::shell::sync_synced(fmt::clock(at_ms, zone)),
            Self::WorkingHere { since_ms: Some(at_ms), .. } => {
                tr::shell::sync_here_since(fmt::clock(at_ms, zone))
            }
            Self::Sending { done, total } => tr::shell::sync_sending(done, total),
            Self::NeedsYou { count } => tr::shell::sync_needs_you(count),
            Self::SignIn { .. } => tr::shell::sync_sign_in().to_owned(),
        }
    }

    /// What waits, if something does.
    pub fn more(self) -> Option<String> {
        match self {
            Self::WorkingHere { waiting, .. } | Self::SignIn { waiting } if waiting > 0 => {
                Some(tr::shell::sync_to_send(waiting))
            }
            _ => None,
        }
    }

    /// The few characters that fit beside the search on a phone.
    fn short(self, zone: &str) -> String {
        match self {
            Self::AllSynced { at_ms } | Self::WorkingHere { since_ms: Some(at_ms), waiting: 0 } => {
                fmt::clock(at_ms, zone)
            }
            Self::WorkingHere { waiting: 0, .. } | Self::SignIn { waiting: 0 } => String::new(),
            Self::WorkingHere { waiting, .. } | Self::SignIn { waiting } => {
                fmt::count(i64::try_from(waiting).unwrap_or(i64::MAX))
            }
            Self::Sending { done, total } => format!("{done}/{total}"),
            Self::NeedsYou { count } => count.to_string(),
            Self::Starting | Self::SavedHere => String::new(),
        }
    }

    fn answer(self) -> Answer {
        match self {
            Self::AllSynced { .. } | Self::SavedHere => Answer::Ok,
            Self::Starting | Self::WorkingHere { .. } | Self::Sending { .. } => Answer::Plain,
            Self::NeedsYou { .. } | Self::SignIn { .. } => Answer::Warn,
        }
    }

    /// Only what asks for something is marked; all is well is said without a colour.
    fn asks(self) -> bool {
        self.answer() == Answer::Warn
    }
}

/// In the rail: the sentence, and below it what waits.
#[component]
pub fn SyncState(#[prop(into)] word: Signal<SyncWord>) -> impl IntoView {
    let shell = use_shell();
    let text = move || shell.zone.with(|zone| word.get().text(zone));
    let line = move || match word.get().asks() {
        true => view! { <Mark answer=Answer::Warn text=text /> }.into_any(),
        false => view! { <span class="sync__word">{text}</span> }.into_any(),
    };
    view! {
        <a class="sync" href=move || shell.sync_href.get() data-testid="sync">
            <span class="only-read">{move || tr::shell::sync_label()} " "</span>
            <span role="status">{line} " " {move || word.get().more().map(|more| view! { <span class="sync__more">{more}</span> })}</span>
        </a>
    }
}

/// In the top bar of a phone: shape and figure; the sentence for those who listen.
#[component]
pub fn SyncShort(#[prop(into)] word: Signal<SyncWord>) -> impl IntoView {
    let shell = use_shell();
    let said = move || {
        let word = word.get();
        let (text, short) = shell.zone.with(|zone| (word.text(zone), word.short(zone)));
        let whole = word.more().map_or_else(|| text.clone(), |more| format!("{text}, {more}"));
        // What is seen is part of what is heard.
        if whole.contains(&short) { whole } else { format!("{short}, {whole}") }
    };
    view! {
        <a class="sync sync--short" href=move || shell.sync_href.get() aria-label=said>
            <Mark answer=Signal::derive(move || word.get().answer())
                text=move || shell.zone.with(|zone| word.get().short(zone)) />
        </a>
    }
}
