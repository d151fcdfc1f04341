//! What a roster or a promise left for a person to look at.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::SLICE;
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::ids::Id;

/// What no rule may settle about a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum BookingException {
    /// A device promised seats that had been taken from it: the promise stands, and there is one too many.
    PromisedBeyond {
        /// Seats taken now.
        taken: u32,
        /// Seats in all.
        capacity: u32,
    },
    /// Somebody came or was promised a seat, and no pass opens the session for them.
    NothingOpensIt {},
    /// More came than there are seats, and nobody said why.
    OverCapacity {
        /// Seats taken now.
        taken: u32,
        /// Seats in all.
        capacity: u32,
    },
    /// The roster names a session that is not in the timetable, or does not take place.
    NoSuchSession {},
    /// The roster names somebody who has no seat there by now.
    NoSeat {},
    /// The roster was closed before: what came later changed nothing.
    ClosedBefore {},
    /// It was to be closed before it began: nothing was closed.
    NotBegun {},
    /// Had a seat, and whoever closed the roster did not know of it.
    NotOnTheRoster {},
    /// Nobody is promoted any more, and fewer people come than it takes.
    TooFew {
        /// The day it is on.
        on: NaiveDate,
        /// People with a seat.
        booked: u32,
        /// How many it takes.
        people_min: u32,
    },
    /// Days after its end nobody has closed a session: no visit was spent, nothing was held against anybody.
    NotClosed {
        /// The day it was on.
        on: NaiveDate,
        /// People who had a seat.
        booked: u32,
    },
}

impl BookingException {
    /// The two buttons.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        match self {
            Self::PromisedBeyond { .. } | Self::OverCapacity { .. } => ["keep", "talk"],
            Self::NothingOpensIt {} => ["sell", "forgive"],
            Self::TooFew { .. } => ["look_into", "keep"],
            Self::NotOnTheRoster {} | Self::NotClosed { .. } => ["look_into", "seen"],
            Self::NoSuchSession {} | Self::NoSeat {} | Self::ClosedBefore {} | Self::NotBegun {} => {
                ["seen", "look_into"]
            }
        }
    }

    /// For the desk, about these records.
    #[must_use]
    pub fn draft(&self, about: Vec<Id>) -> ExceptionDraft {
        ExceptionDraft::new(SLICE, self, about)
    }
}
