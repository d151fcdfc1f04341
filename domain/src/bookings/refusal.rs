//! Why somebody has no seat, or what they got instead. The sentences are the screens' matter; here is what they need to say.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::time::Timestamp;

/// What was given instead of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Instead {
    /// The session is full: they wait at this place.
    Waitlisted {
        /// From 1; of those who came together, the first one's.
        position: u32,
    },
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum BookingRefusal {
    /// The timetable has no such session, or no longer.
    #[error("there is no such session")]
    NoSession,
    /// It was called off, or the studio is closed.
    #[error("the session does not take place")]
    DoesNotTakePlace,
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
    /// It has begun: whoever comes now is a walk-in.
    #[error("the session has begun")]
    Begun,
    /// Its roster is closed.
    #[error("the roster is closed")]
    RosterClosed,
    /// They have a seat, or wait for one.
    #[error("booked already")]
    AlreadyBooked,
    /// They have another session then.
    #[error("they have another session at that time")]
    OtherSession {
        /// When that one begins.
        starts_at: Timestamp,
    },
    /// No pass opens it.
    #[error("no pass opens this session on its day")]
    NoPass,
    /// All visits are kept for other sessions.
    #[error("all visits are kept for other sessions")]
    VisitsAllKept,
    /// Nobody of that id is a member here.
    #[error("nobody of that id is a member here")]
    NoMember,
    /// They left.
    #[error("they are no member any more")]
    MemberLeft,
    /// A member books for themselves alone.
    #[error("this is somebody else's booking")]
    NotYours,
    /// The same person twice.
    #[error("the same person twice")]
    SamePersonTwice,
    /// All seats are taken, and they did not want to wait.
    #[error("all seats are taken")]
    Full,
    /// Too many wait.
    #[error("{waiting} wait already")]
    QueueFull {
        /// So many.
        waiting: u32,
    },
    /// No such booking, or it is over.
    #[error("there is no such booking")]
    NoBooking,
    /// Nothing was held against them.
    #[error("there is nothing to forgive")]
    NothingToForgive,
    /// It needs a reason.
    #[error("it needs a reason")]
    ReasonMissing,
    /// A coach does this for their own classes.
    #[error("this is another coach's class")]
    NotYourClass,
    /// Fewer seats are free than shall be held.
    #[error("{free} seats are free")]
    TooFewSeats {
        /// So many.
        free: u32,
    },
    /// No such lease, or it is over.
    #[error("these seats are held no more")]
    NoLease,
    /// Another device holds them.
    #[error("another device holds these seats")]
    OtherDevice,
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile")]
    ChangedMeanwhile,
}
