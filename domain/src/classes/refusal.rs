//! Why the timetable stays as it is. The sentences are the screens' matter; here is what they need to say.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{CAPACITY_MAX, CLOSURE_DAYS_MAX, LENGTH_MINUTES_MAX, LENGTH_MINUTES_MIN, MOVED_DAYS_MAX};

/// Why the timetable stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ClassRefusal {
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile")]
    ChangedMeanwhile,
    /// No name.
    #[error("it needs a name")]
    NameMissing,
    /// Another one in use has this name.
    #[error("another one is called {name}")]
    NameTaken {
        /// Which name.
        name: String,
    },
    /// Shorter or longer than any class.
    #[error("a class takes {min_minutes} to {max_minutes} minutes")]
    LengthOutOfRange {
        /// The shortest.
        min_minutes: u32,
        /// The longest.
        max_minutes: u32,
    },
    /// No seat, or too many.
    #[error("a class has 1 to {max} seats")]
    CapacityOutOfRange {
        /// The most.
        max: u32,
    },
    /// No such kind of class, or it is retired.
    #[error("there is no such class to teach")]
    NoClass,
    /// No such place, or it is retired.
    #[error("there is no such place")]
    NoPlace,
    /// Nobody who coaches here.
    #[error("nobody of that id coaches here")]
    NoCoach,
    /// No such schedule.
    #[error("there is no such schedule")]
    NoSchedule,
    /// The schedule has no such session, or no longer.
    #[error("there is no such session")]
    NoSession,
    /// It has begun: the past stays as it was.
    #[error("the session has begun")]
    Begun,
    /// It would begin in the past.
    #[error("it would begin in the past")]
    IntoThePast,
    /// The rule has no day.
    #[error("there is no such day")]
    NeverHappens,
    /// More than one session a day.
    #[error("a schedule has one session a day")]
    SeveralADay,
    /// Too far from where the rule puts it.
    #[error("sessions are moved by at most {max_days} days")]
    MovedTooFar {
        /// The furthest.
        max_days: i32,
    },
    /// It would come before a session that is to stay before it.
    #[error("it would come before the session of {on}")]
    MeetsEarlier {
        /// The day of that session.
        on: NaiveDate,
    },
    /// It was deleted before.
    #[error("the session was deleted before")]
    DeletedBefore,
    /// It was called off before.
    #[error("the session was called off before")]
    CalledOffBefore,
    /// The schedule has a session on that day.
    #[error("there is a session on that day")]
    SessionThatDay,
    /// A session of that day was deleted; a deleted date does not come back.
    #[error("the session of that day was deleted")]
    DateDeleted,
    /// More changes than a schedule can hold: begin a new one.
    #[error("the schedule was changed too often; begin a new one")]
    TooManyChanges,
    /// A coach changes only their own classes.
    #[error("this is another coach's class")]
    NotYourClass,
    /// Ends before it begins, or takes longer than a year.
    #[error("a closure takes 1 to {max} days")]
    ClosureOutOfRange {
        /// The longest.
        max: i64,
    },
    /// Over, or never there.
    #[error("there is no such closure ahead")]
    NoClosure,
    /// Not a court.
    #[error("this is no court")]
    NoCourt,
    /// Closed then, or no whole hours of one day.
    #[error("the court is open from {opens} to {closes}")]
    CourtClosed {
        /// The hour it opens.
        opens: u32,
        /// The hour it closes.
        closes: u32,
    },
    /// The studio is closed on that day.
    #[error("closed on that day: {name}")]
    ClosedThatDay {
        /// What the closure is called.
        name: String,
    },
    /// Somebody has it.
    #[error("the court is taken at {hour}")]
    CourtTaken {
        /// The first hour that is taken.
        hour: u32,
    },
    /// A class is taught there.
    #[error("a class is on the court at {hour}")]
    ClassOnCourt {
        /// The first hour that is taken.
        hour: u32,
    },
    /// Given back before, or never let.
    #[error("there is no such hire")]
    NoHire,
    /// It would need more people than it has seats.
    #[error("it needs more people than it has seats ({seats})")]
    NeedsMoreThanSeats {
        /// Its seats, or the most there can be.
        seats: u32,
    },
    /// Nothing in the file can be taken over.
    #[error("there is nothing to take over")]
    NothingToImport,
}

impl ClassRefusal {
    /// The length's limits.
    pub(super) const LENGTH: Self =
        Self::LengthOutOfRange { min_minutes: LENGTH_MINUTES_MIN, max_minutes: LENGTH_MINUTES_MAX };
    /// The seats' limits.
    pub(super) const CAPACITY: Self = Self::CapacityOutOfRange { max: CAPACITY_MAX };
    /// How far sessions may move.
    pub(super) const TOO_FAR: Self = Self::MovedTooFar { max_days: MOVED_DAYS_MAX };
    /// How long a closure may be.
    pub(super) const CLOSURE: Self = Self::ClosureOutOfRange { max: CLOSURE_DAYS_MAX };
}
