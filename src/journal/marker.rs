//! A second mark of what this device holds, outside IndexedDB: it shows when the browser took the database away.
//!
//! It must never be trusted over the journal: it only raises the question.

use gloo_storage::{LocalStorage, Storage as _};
use rollcall_domain::kernel::ids::StudioId;
use serde::{Deserialize, Serialize};

use super::Head;

/// The mark's name in local storage.
const NAME: &str = "rollcall.marker";

/// What this device holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// The studio.
    pub studio: StudioId,
    /// The journal's database.
    pub journal: String,
    /// The store's database.
    pub store: String,
    /// The device's life.
    pub epoch: u32,
    /// The last command in it.
    pub seq: u64,
}

/// What mark and journal say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Memory {
    /// They agree, or there was nothing to remember.
    Whole,
    /// The mark knows a studio, the journal is empty: the browser took the data away.
    Gone(Marker),
    /// The journal is older than the mark: storage went back in time. So many commands may be missing.
    WentBack {
        /// The mark.
        marker: Marker,
        /// Commands between the journal's end and the mark.
        missing: u64,
    },
}

impl Marker {
    /// The mark, if there is one.
    #[must_use]
    pub fn read() -> Option<Self> {
        LocalStorage::get(NAME).ok()
    }

    /// Leaves the mark. That it cannot be left is no reason to stop: it is only a second witness.
    pub fn leave(&self) {
        let _unmarked = LocalStorage::set(NAME, self);
    }

    /// Removes the mark, with the studio.
    pub fn remove() {
        LocalStorage::delete(NAME);
    }

    /// Compares the mark with the journal's head.
    #[must_use]
    pub fn compare(marker: Option<Self>, head: &Head) -> Memory {
        match marker {
            None => Memory::Whole,
            Some(marker) if *head == Head::default() && marker.epoch > 0 => Memory::Gone(marker),
            Some(marker) if (head.epoch, head.seq) < (marker.epoch, marker.seq) => {
                let missing = if head.epoch == marker.epoch { marker.seq - head.seq } else { marker.seq };
                Memory::WentBack { marker, missing }
            }
            Some(_) => Memory::Whole,
        }
    }
}
