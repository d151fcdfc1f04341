//! The exceptions desk's words and buttons: each slice tells its own; the desk looks the teller up by the slice's name.
//!
//! A feature exports one `pub static TELLING: Telling` and adds it to the list in `src/wiring.rs`. The desk never
//! names a feature, and a slice this build does not know is said so plainly.
//!
//! ```ignore
//! // features/members/telling.rs
//! pub static TELLING: Telling = Telling { slice: "members", sentence, choices };
//!
//! fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
//!     // Nothing when this build cannot read the code: the desk then says that a newer version knows more.
//!     let what: MembersException = read(item)?;
//!     let name = name_of(studio, item.about.first()?);
//!     Some(match what {
//!         MembersException::MinorWithoutGuardian { years } => tr::members::odd_minor(name, years),
//!         …
//!     })
//! }
//!
//! fn choices(studio: &Studio, item: &Exception) -> Option<[Choice; 2]> {
//!     let what: MembersException = read(item)?;
//!     let [first, second] = what.choices();
//!     Some(match what {
//!         MembersException::Conflict { .. } => [
//!             Choice::new(first, tr::members::odd_take_mine()).then(|studio, item| vec![Order::new(studio.intent(), …)]),
//!             Choice::new(second, tr::members::odd_keep_theirs()),
//!         ],
//!         MembersException::MinorWithoutGuardian { .. } => [
//!             Choice::new(first, tr::members::odd_add_guardian()).go(format!("/members/{}/edit", …)),
//!             Choice::new(second, tr::members::odd_leave()),
//!         ],
//!         …
//!     })
//! }
//! ```

use std::sync::OnceLock;

use rollcall_domain::kernel::{Exception, json};
use serde::de::DeserializeOwned;

use crate::studio::{Order, Studio};

/// How one slice tells what it could not settle.
#[derive(Debug, Clone, Copy)]
pub struct Telling {
    /// The slice's name, as in [`Exception::slice`].
    pub slice: &'static str,
    /// One sentence with the facts in it. Called where reading is followed: `studio.live()` may be asked for names.
    /// Nothing when this build does not know the code.
    pub sentence: fn(&Studio, &Exception) -> Option<String>,
    /// The two buttons: what changes something first, what leaves it second. Nothing when the code is unknown.
    pub choices: fn(&Studio, &Exception) -> Option<[Choice; 2]>,
}

/// Makes the orders of a choice at the moment it is pressed, in the order in which they must run.
pub type Orders = fn(&Studio, &Exception) -> Vec<Order>;

/// One button.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The slice's own code, kept with the settled item.
    pub code: &'static str,
    /// What the button says, in the language of the moment.
    pub label: String,
    /// Run before the item is settled, in one group with it; a refusal leaves the item open and is said.
    pub orders: Option<Orders>,
    /// Where it leads once the item is settled.
    pub go: Option<String>,
    /// Where it leads at once: the item waits, and is settled there.
    pub lead: Option<String>,
}

impl Choice {
    /// A button that settles the item and nothing else.
    #[must_use]
    pub fn new(code: &'static str, label: impl Into<String>) -> Self {
        Self { code, label: label.into(), orders: None, go: None, lead: None }
    }

    /// It also gives these commands, first.
    #[must_use]
    pub fn then(self, orders: Orders) -> Self {
        Self { orders: Some(orders), ..self }
    }

    /// It also leads to this address, last.
    #[must_use]
    pub fn go(self, path: impl Into<String>) -> Self {
        Self { go: Some(path.into()), ..self }
    }

    /// The same, where there is an address.
    #[must_use]
    pub fn go_if(self, path: Option<String>) -> Self {
        Self { go: path, ..self }
    }

    /// It settles nothing itself: it leads to this address, where the item is looked at and settled.
    #[must_use]
    pub fn lead(self, path: impl Into<String>) -> Self {
        Self { lead: Some(path.into()), ..self }
    }
}

/// The slice's enum out of an item; nothing when a newer build raised it.
#[must_use]
pub fn read<T: DeserializeOwned>(item: &Exception) -> Option<T> {
    json::read(&item.what).ok()
}

static TELLINGS: OnceLock<&'static [Telling]> = OnceLock::new();

/// Gives the slices' tellings. The first call counts; the app makes it before anything is shown.
pub fn set_tellings(tellings: &'static [Telling]) {
    let _ = TELLINGS.set(tellings);
}

/// Who tells the items of this slice.
#[must_use]
pub fn telling(slice: &str) -> Option<&'static Telling> {
    TELLINGS.get()?.iter().find(|telling| telling.slice == slice)
}
