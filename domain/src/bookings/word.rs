//! The honest word for where somebody stands: what a device knows is told from what it only asked for.

use super::booking::{Booking, State};

/// What is said to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Asked for; the seat is not certain before the hub has answered.
    Requested,
    /// Certain.
    Booked,
    /// Certain to wait, at this place.
    WaitlistedAt(u32),
    /// No seat: cancelled, missed, or the session does not take place.
    NotBooked,
    /// The session is over.
    Over,
}

/// The word for a booking. `settled` says whether an authority has decided it: a device's own guess is a request, but for
/// a seat out of a lease of its own.
#[must_use]
pub const fn word(booking: &Booking, settled: Settled) -> Word {
    match (&booking.state, settled) {
        (State::Booked, Settled::ByAuthority) => Word::Booked,
        (State::Booked, Settled::OnlyHere) if booking.lease_id.is_some() => Word::Booked,
        (State::Booked | State::Waiting { .. }, Settled::OnlyHere) => Word::Requested,
        (State::Waiting { position, .. }, Settled::ByAuthority) => Word::WaitlistedAt(*position),
        (State::Cancelled { .. } | State::Dropped { .. } | State::Missed, _) => Word::NotBooked,
        (State::Came { .. } | State::Absent | State::NotOnTheRoster, _) => Word::Over,
    }
}

/// Who decided what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The hub, or a device that has none.
    ByAuthority,
    /// This device, ahead of its hub.
    OnlyHere,
}
