//! What the hub refused after this device had granted it: what was asked for, and why it was not done, as a sentence with
//! two buttons. Each slice says its own wishes.
//!
//! A feature exports one `pub static ASKING: Asking` and adds it to the list in `src/wiring.rs`.

use std::sync::OnceLock;

use rollcall_domain::kernel::Exception;
use rollcall_domain::kernel::exceptions::AboutAnswer;
use rollcall_domain::members::MemberId;
use serde_json::Value;

use super::exceptions::{Choice, read};
use super::members::{called, href, person};
use super::refusals::say;
use crate::studio::Studio;
use crate::tr::exceptions as t;

/// How one slice says what was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// The slice's name, the first part of its commands' kinds.
    pub slice: &'static str,
    /// What a command of this kind asked for, in a few words; nothing where this build cannot say.
    pub words: fn(&Studio, &str, &Value) -> Option<String>,
    /// Where to ask again: an address and what the button says.
    pub again: fn(&Studio, &str) -> Option<(String, &'static str)>,
}

static ASKINGS: OnceLock<&'static [Asking]> = OnceLock::new();

/// Gives the slices' words. The first call counts; the app makes it before anything is shown.
pub fn set_askings(askings: &'static [Asking]) {
    let _ = ASKINGS.set(askings);
}

fn asking(kind: &str) -> Option<&'static Asking> {
    let slice = kind.split('.').next()?;
    ASKINGS.get()?.iter().find(|one| one.slice == slice)
}

/// The sentence; nothing for an item of another kind. Follows changes.
#[must_use]
pub fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let AboutAnswer::RefusedLater { kind, asked, refusal } = read(item)?;
    let own = asking(&kind).and_then(|one| (one.words)(studio, &kind, &asked));
    let of_whom = || item.about.iter().find_map(|id| person(studio, MemberId(*id)));
    let asked = own.unwrap_or_else(|| match of_whom() {
        Some(member) => t::not_done_for(called(&member)),
        None => t::not_done_plain().to_owned(),
    });
    Some(t::not_done(asked, say(&refusal)))
}

/// The buttons; nothing for an item of another kind. The first one leads to where it can be asked for again.
#[must_use]
pub fn choices(studio: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let AboutAnswer::RefusedLater { kind, .. } = read(item)?;
    let seen = Choice::new("seen", t::not_done_seen());
    if let Some((path, words)) = asking(&kind).and_then(|one| (one.again)(studio, &kind)) {
        return Some([Choice::new("again", words).go(path), seen]);
    }
    let file = item.about.iter().map(|id| MemberId(*id)).find(|id| person(studio, *id).is_some()).map(href);
    Some([Choice::new("look", t::not_done_look()).go_if(file), seen])
}
