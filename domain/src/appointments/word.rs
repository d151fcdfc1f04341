//! The honest word for where an appointment stands: what a device knows is told from what it only asked for.

use super::appointment::{Appointment, State, Typed};
use crate::bookings::DecidedBy;
use crate::kernel::time::Timestamp;

/// What is said to the two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Asked for; not certain before the hub has answered.
    Requested,
    /// Certain.
    Booked,
    /// It has begun, and the member has not confirmed it.
    ToConfirm,
    /// Confirmed on this device, or a code noted on it; counts when the hub has heard of it.
    Noted,
    /// The code was another one.
    WrongCode,
    /// Confirmed: the credit is spent and the lesson counts.
    Confirmed,
    /// The member did not come.
    Absent,
    /// Given back in time, or it does not take place.
    NotBooked,
    /// Given back too late: the credit stays kept until somebody decides.
    CancelledLate,
    /// Waived or taken back: the credit is theirs again.
    Forgiven,
}

/// The word for an appointment.
#[must_use]
pub fn word(appointment: &Appointment, decided: DecidedBy, now: Timestamp) -> Word {
    let only_here = decided == DecidedBy::OnlyHere;
    if appointment.forgiven.is_some() {
        return Word::Forgiven;
    }
    match (&appointment.state, appointment.typed) {
        (State::Confirmed { .. }, _) if only_here => Word::Noted,
        (State::Confirmed { .. }, _) => Word::Confirmed,
        (State::Booked | State::Given { .. }, Some(Typed::Noted { .. })) => Word::Noted,
        (State::Booked | State::Given { .. }, Some(Typed::Wrong { .. })) => Word::WrongCode,
        (State::Given { .. }, None) => Word::ToConfirm,
        (State::Booked, None) if appointment.has_begun(now) => Word::ToConfirm,
        (State::Booked, None) if only_here => Word::Requested,
        (State::Booked, None) => Word::Booked,
        (State::Absent { .. }, _) => Word::Absent,
        (State::Cancelled { late: true, .. }, _) => Word::CancelledLate,
        (State::Cancelled { late: false, .. } | State::Dropped { .. }, _) => Word::NotBooked,
    }
}
