//! What the door knows: who stands there, or why nobody could be found. No markup.

use leptos::prelude::*;
use rollcall_domain::attendance::Found;
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::cards::{CardId, CardState, Scan, looks_mistyped, read_scan};

use crate::parts::door::{Holder, holders};
use crate::parts::members::find;
use crate::studio::Studio;

/// People offered while somebody types.
pub(super) const HITS_MAX: usize = 8;

/// Somebody at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guest {
    /// Who.
    pub(super) member: MemberId,
    /// The card they showed.
    pub(super) card: Option<(CardId, CardState)>,
    /// How they were found.
    pub(super) found: Found,
}

/// Why nobody was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// A code that is not this studio's.
    Foreign,
    /// A code of this studio whose card is not here.
    UnknownCard(String),
    /// A number of ours with a slip in it.
    Mistyped(String),
    /// No name, phone or number fits.
    Nobody(String),
}

/// What fills half the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    Person(Guest),
    /// Several cards carry the number.
    Several(Vec<Guest>),
    Problem(Problem),
}

/// The door's signals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Door {
    /// What stands in the field.
    pub(super) text: RwSignal<String>,
    /// The answer.
    pub(super) shown: RwSignal<Option<Shown>>,
    /// Confirms the answer that is shown: what Enter does in an empty field.
    pub(super) confirm: StoredValue<Option<Callback<()>>>,
}

impl Door {
    pub(super) fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            shown: RwSignal::new(None),
            confirm: StoredValue::new(None),
        }
    }

    /// Shows somebody; the field is free for the next scan at once.
    pub(super) fn show(self, shown: Shown) {
        self.confirm.set_value(None);
        self.text.set(String::new());
        self.shown.set(Some(shown));
    }

    /// The door is free again. Does nothing once somebody else stands there.
    pub(super) fn leave(self, guest: Guest) {
        // The screen may be gone by the time a command is saved.
        if self.shown.try_with_untracked(|shown| *shown == Some(Shown::Person(guest))) == Some(true) {
            self.confirm.try_set_value(None);
            self.shown.try_set(None);
        }
    }

    /// Empties the door.
    pub(super) fn clear(self) {
        self.confirm.set_value(None);
        self.text.set(String::new());
        self.shown.set(None);
    }
}

/// People whom the text in the field may mean, while it is typed.
pub(super) fn hits(studio: &Studio, text: &str) -> Vec<MemberId> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    find(studio, text, HITS_MAX).into_iter().map(MemberId).collect()
}

/// Reads what was scanned or typed to its end. `picked` is whoever is marked in the list of hits.
pub(super) fn read(studio: &Studio, text: &str, picked: Option<MemberId>) -> Option<Shown> {
    let me = studio.me_now()?;
    match read_scan(me.studio, text) {
        Scan::Ours { number } => {
            Some(by_number(studio, &number).unwrap_or(Shown::Problem(Problem::UnknownCard(number))))
        }
        Scan::Foreign => Some(Shown::Problem(Problem::Foreign)),
        Scan::Typed(words) if words.is_empty() => None,
        Scan::Typed(words) if is_address(&words) => Some(Shown::Problem(Problem::Foreign)),
        Scan::Typed(words) => Some(typed(studio, words, picked)),
    }
}

fn typed(studio: &Studio, words: String, picked: Option<MemberId>) -> Shown {
    if let Some(shown) = by_number(studio, &words) {
        return shown;
    }
    if let Some(member) = picked {
        return Shown::Person(Guest { member, card: None, found: Found::Search });
    }
    Shown::Problem(if looks_mistyped(&words) { Problem::Mistyped(words) } else { Problem::Nobody(words) })
}

/// Whoever carries a card of this number.
fn by_number(studio: &Studio, number: &str) -> Option<Shown> {
    let guest =
        |holder: &Holder| Guest { member: holder.member, card: Some(holder.card), found: Found::Scan };
    match holders(studio, number).as_slice() {
        [] => None,
        [one] => Some(Shown::Person(guest(one))),
        several => Some(Shown::Several(several.iter().map(guest).collect())),
    }
}

/// True for an address: what the codes on posters say, and those on rosters.
fn is_address(text: &str) -> bool {
    text.contains("://")
}

/// True for what a scanner read to its end: a code, an address, or the whole number of a card. Only then does a Tab
/// behind it decide; whoever types a name and presses Tab wants to go on to the next thing.
pub(super) fn is_whole(studio: &Studio, text: &str) -> bool {
    let Some(me) = studio.me_now() else { return false };
    match read_scan(me.studio, text) {
        Scan::Ours { .. } | Scan::Foreign => true,
        Scan::Typed(words) => is_address(&words) || !holders(studio, &words).is_empty(),
    }
}
