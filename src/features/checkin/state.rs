//! What the door knows: who stands there, or why nobody could be found. No markup.

use leptos::prelude::*;
use rollcall_domain::attendance::Found;
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::cards::{
    Card, CardId, CardState, NUMBER_KEY, SHARED_KEY, Scan, looks_mistyped, number_value, read_scan,
};

use crate::parts::members::{find, stands};
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
    let value = number_value(number);
    if value.0.is_empty() {
        return None;
    }
    let mut found: Vec<Card> = studio.live().by_key::<Card>(NUMBER_KEY, value.clone());
    found.extend(studio.live().by_key::<Card>(SHARED_KEY, value));
    let mut guests = found.into_iter().map(|card| Guest {
        member: stands(studio, card.member_id),
        card: Some((card.id, card.state)),
        found: Found::Scan,
    });
    let first = guests.next()?;
    let rest: Vec<Guest> = guests.collect();
    Some(if rest.is_empty() {
        Shown::Person(first)
    } else {
        Shown::Several(std::iter::once(first).chain(rest).collect())
    })
}
