//! The whole studio in one file, sealed by a passphrase; the sample studio without one.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::settings::studio_settings;
use crate::studio::{Studio, use_studio};
use crate::tr::settings as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, ButtonRole, LineKind, Mark, Need, TextField};
use crate::{backup, device};

/// Characters a passphrase must have.
const PASSPHRASE_CHARS_MIN: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Asking,
    Making,
    Saved(String),
    Failed,
}

/// Asks for the passphrase and hands the file over.
#[component]
pub fn SaveBackup() -> impl IntoView {
    let studio = use_studio();
    let (first, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (tried, state) = (RwSignal::new(false), RwSignal::new(State::Asking));
    let is_sample = {
        let studio = studio.clone();
        Memo::new(move |_| studio_settings(&studio).is_some_and(|settings| settings.sample))
    };
    let too_short = move || first.with(|text| text.chars().count() < PASSPHRASE_CHARS_MIN);
    let differ = move || first.with(|first| again.with(|again| first != again));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let sample = is_sample.get_untracked();
        if state.get_untracked() == State::Making || (!sample && untrack(|| too_short() || differ())) {
            return;
        }
        state.set(State::Making);
        let passphrase = (!sample).then(|| first.get_untracked());
        let studio = studio.clone();
        spawn_local(async move {
            let made = make(&studio, passphrase).await;
            state.try_set(made.map_or(State::Failed, State::Saved));
        });
    };
    let hint = move || t::backup_passphrase_hint(PASSPHRASE_CHARS_MIN);
    let first_error = move || (tried.get() && too_short()).then(|| t::backup_too_short().to_owned());
    let again_error = move || (tried.get() && differ()).then(|| t::backup_not_same().to_owned());
    let busy = Signal::derive(move || state.get() == State::Making);
    view! {
        <form class="stack" novalidate on:submit=submit>
            <Show when=move || !is_sample.get() fallback=|| view! { <p class="quiet">{t::backup_sample}</p> }>
                <div class="group">
                    <TextField label=t::backup_passphrase value=first kind=LineKind::Password need=Need::Required autocomplete="new-password"
                        hint error=first_error />
                    <TextField label=t::backup_again value=again kind=LineKind::Password need=Need::Required autocomplete="new-password"
                        error=again_error />
                </div>
            </Show>
            <div class="cluster">
                <Button kind=ButtonKind::Plain role=ButtonRole::Submit busy>{t::backup_save}</Button>
                <span role="status">{move || match state.get() {
                    State::Asking => None,
                    State::Making => Some(view! { <span class="quiet">{t::backup_making}</span> }.into_any()),
                    State::Saved(name) => Some(view! { <Mark answer=Answer::Ok text=move || t::backup_saved(&name) /> }.into_any()),
                    State::Failed => Some(view! { <Banner answer=Answer::Stop text=t::backup_failed /> }.into_any()),
                }}</span>
            </div>
        </form>
    }
}

/// The file's name, once it was handed over.
async fn make(studio: &Studio, passphrase: Option<String>) -> Option<String> {
    let file = backup::file(studio, passphrase.as_deref()).await.ok()?;
    let name = format!(
        "rollcall-{}.{}",
        studio.day_now().format("%Y-%m-%d"),
        if passphrase.is_some() { "rollcall" } else { "ndjson" }
    );
    device::hand_over(&file, &name, "application/octet-stream").then_some(name)
}
