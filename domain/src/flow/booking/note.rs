//! What whoever taught a class noted about somebody in it, in one of three words. Nothing follows from it.

use serde::{Deserialize, Serialize};

use crate::bookings::{Attended, Booking, BookingException, BookingId, DESK_AND_COACHES, Note};
use crate::kernel::Role;
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::members::MemberId;

/// Notes something about somebody in a class, before or after it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteBooking {
    /// Whose it is: what is noted about them goes with them.
    pub member_id: MemberId,
    /// Which booking.
    pub booking_id: BookingId,
}

/// What was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Noted {
    /// The word; nothing takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

impl Command for NoteBooking {
    const KIND: &'static str = "bookings.note";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = Noted;
    fn subjects(&self, _: &Noted, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &Noted, _: &Facts) -> Vec<Want> {
        vec![Want::id::<Booking>(self.booking_id), Want::id::<Attended>(self.booking_id)]
    }
}

impl Fact for NoteBooking {
    fn decide(&self, noted: &Noted, facts: &Facts, _: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        let own = |booking: &Booking| booking.member_id == self.member_id;
        let with = |booking: Booking| Booking { note: noted.note, ..booking };
        if let Some(booking) = facts.get::<Booking>(self.booking_id).filter(own) {
            decision.replace(facts.record::<Booking>(self.booking_id), &with(booking));
        } else if let Some(past) = facts.get::<Attended>(self.booking_id).filter(|past| own(&past.0)) {
            decision.replace(facts.record::<Attended>(self.booking_id), &Attended(with(past.0)));
        } else {
            let about = vec![self.booking_id.raw(), self.member_id.raw()];
            decision.raise(BookingException::NoSeat {}.draft(about));
        }
        decision
    }
}
