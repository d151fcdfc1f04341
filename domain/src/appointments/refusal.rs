//! Why somebody has no appointment. The sentences are the screens' matter; here is what they need to say.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::time::Timestamp;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AppointmentRefusal {
    /// Nobody of that id teaches here, or no longer.
    #[error("nobody of that id teaches here")]
    NoCoach,
    /// The coach does not offer it.
    #[error("the coach does not offer this")]
    NotOffered,
    /// Not within the hours the coach published.
    #[error("this is outside the coach's hours")]
    OutsideHours,
    /// Somebody has it.
    #[error("that time is taken")]
    Taken,
    /// The coach has a class then.
    #[error("the coach has a class at that time")]
    CoachTeaches {
        /// When the class begins.
        starts_at: Timestamp,
    },
    /// The member has a class or an appointment then.
    #[error("they have something else at that time")]
    OtherSession {
        /// When that begins.
        starts_at: Timestamp,
    },
    /// The studio is closed.
    #[error("the studio is closed that day: {name}")]
    ClosedThatDay {
        /// What the closure is called.
        name: String,
    },
    /// Too early.
    #[error("it can be booked from {on}")]
    OpensOn {
        /// From this day on.
        on: NaiveDate,
    },
    /// Too late for a member; the desk may still know a way.
    #[error("booking closed at {at:?}")]
    ClosedAt {
        /// Then.
        at: Timestamp,
    },
    /// It has begun.
    #[error("it has begun")]
    Begun,
    /// It has not begun: there is nothing to confirm.
    #[error("it has not begun")]
    NotBegun,
    /// Nobody of that id is a member here.
    #[error("nobody of that id is a member here")]
    NoMember,
    /// They left.
    #[error("they are no member any more")]
    MemberLeft,
    /// No pass with credits for it.
    #[error("no pass with credits opens this")]
    NoPack,
    /// The pass ends before.
    #[error("the pass ends on {until}, before that day")]
    PackEnds {
        /// Its last day.
        until: NaiveDate,
    },
    /// The pass does not run on that day.
    #[error("the pass does not run on that day")]
    PackRests,
    /// All credits are spent, or kept for something else.
    #[error("all credits are spent or kept")]
    NoCredits,
    /// A member does this for themselves alone.
    #[error("this is somebody else's appointment")]
    NotYours,
    /// A coach does this for themselves alone.
    #[error("these are another coach's hours")]
    NotYourHours,
    /// No such appointment, or it is over.
    #[error("there is no such appointment")]
    NoAppointment,
    /// Nothing was held against them.
    #[error("there is nothing to take back")]
    NothingToForgive,
    /// It needs a reason.
    #[error("it needs a reason")]
    ReasonMissing,
    /// Only the desk takes back what a member confirmed.
    #[error("the desk takes this back")]
    OnlyDesk,
    /// Hours of one day meet, or end before they begin.
    #[error("hours of one day meet")]
    HoursMeet,
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile")]
    ChangedMeanwhile,
}
