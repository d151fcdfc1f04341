//! Looking after this device's place in the studio: its name, its clock, and what is not saved yet.

use leptos::prelude::*;

use super::failure::{Failure, RunError};
use super::run::Done;
use super::{Me, Studio};

impl Studio {
    /// Gives this device another name, here; the hub hears of it at the next pairing.
    pub async fn rename_device(&self, name: &str) -> Result<(), Failure> {
        let me = self.me_now().ok_or(Failure::NoStudio)?;
        self.set_me(&Me { device_name: name.to_owned(), ..me }).await
    }

    /// How far this device's clock is from the hub's, in milliseconds; nothing before any contact.
    #[must_use]
    pub fn clock_skew_ms(&self) -> Option<i64> {
        self.clock.skew_ms()
    }

    /// True while something is being decided or written, or could not be: closing the page now may lose it.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.gate.try_lock().is_none() || self.full.get_untracked()
    }

    /// True since a save failed for want of room, until one succeeds. Follows changes.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full.get()
    }

    /// True once a newer build has taken over the databases. Follows changes.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.outdated.get()
    }

    /// Remembers a failure that only loading the page again mends.
    pub(crate) fn note_failure(&self, failure: Failure) {
        if failure == Failure::Newer && !self.outdated.get_untracked() {
            self.outdated.set(true);
        }
    }

    /// Remembers whether there is room.
    pub(super) fn note_room(&self, result: &Result<Done, RunError>) {
        let full = match result {
            Err(RunError::Failed(Failure::Full)) => true,
            Ok(_) => false,
            Err(RunError::Failed(failure)) => return self.note_failure(*failure),
            // Anything else says nothing about room.
            Err(_) => return,
        };
        if self.full.get_untracked() != full {
            self.full.set(full);
        }
    }
}
