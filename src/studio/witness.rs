//! The second witness: a mark outside the database says what was here, and so what the browser took away meanwhile.
//!
//! Browsers that need room remove a site's databases and leave its small texts. The mark only raises the question; it
//! never decides anything, and it must never stand in the way of a save.

use leptos::prelude::*;

use super::{DATABASES, Studio};
use crate::journal::marker::{Marker, Memory};
use crate::panic::WAITING_KEY;
use crate::remember;

/// What is missing here, by the mark's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// There was a studio, and nothing of it is left.
    Everything {
        /// Changes that no hub had when they were last counted.
        unsent: u64,
    },
    /// The storage is an older copy of itself.
    Lately {
        /// Changes made here that are not here any more.
        missing: u64,
    },
}

impl Studio {
    /// What the browser took away since the last time. Follows changes.
    #[must_use]
    pub fn lost(&self) -> Option<Lost> {
        self.lost.get()
    }

    /// The same without following.
    #[must_use]
    pub fn lost_now(&self) -> Option<Lost> {
        self.lost.get_untracked()
    }

    /// Somebody has read it: what is here now is what is remembered.
    pub fn accept_loss(&self) {
        self.lost.set(None);
        self.leave_mark();
    }

    /// At the start: compares, and remembers what is here when nothing is missing.
    pub(super) fn ask_the_mark(&self) {
        let unsent = || remember::read(WAITING_KEY).and_then(|text| text.parse().ok()).unwrap_or(0);
        let lost = match Marker::compare(Marker::read(), &self.journal.head()) {
            Memory::Whole => None,
            Memory::Gone(_) => Some(Lost::Everything { unsent: unsent() }),
            Memory::WentBack { missing, .. } => Some(Lost::Lately { missing }),
        };
        self.lost.set(lost);
        self.leave_mark();
    }

    /// Leaves the mark. What is missing stays remembered until somebody has read it.
    pub(super) fn leave_mark(&self) {
        let Some(me) = self.me_now().filter(|_| self.lost_now().is_none()) else { return };
        let head = self.journal.head();
        let (journal, store) = (DATABASES.journal.to_owned(), DATABASES.store.to_owned());
        Marker { studio: me.studio, journal, store, epoch: head.epoch, seq: head.seq }.leave();
    }
}
