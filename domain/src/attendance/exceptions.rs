//! What the authority knew better than the door, set beside what the door decided.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::DoorReason;

/// What no rule may settle about a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AttendanceException {
    /// The device let somebody in on a pass that had ended.
    PassHadEnded {
        /// What it is called.
        name: String,
        /// Its last day.
        ended_on: NaiveDate,
    },
    /// A visit was spent that was not there.
    NoVisitsLeft {
        /// What the pass is called.
        name: String,
        /// Visits left now: below zero.
        left: i64,
    },
    /// The device let somebody in for whom the light would have been red.
    WouldHaveBeenRed {
        /// Why.
        reason: DoorReason,
    },
    /// Somebody who is not known here was checked in.
    MemberUnknown {},
    /// A visit was taken back that is not the member's newest: nothing changed.
    NotTheLastVisit {},
    /// A card was shown by somebody who is not the person in the photo.
    LentCard {},
}

impl AttendanceException {
    /// The two buttons.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        match self {
            Self::PassHadEnded { .. } => ["sell", "forgive"],
            Self::NoVisitsLeft { .. } => ["sell", "forgive"],
            Self::WouldHaveBeenRed { .. } => ["seen", "talk"],
            Self::MemberUnknown {} | Self::NotTheLastVisit {} => ["seen", "look_into"],
            Self::LentCard {} => ["talk", "seen"],
        }
    }
}
