//! Somebody gives their seat back, or leaves the queue. In time the visit comes back; too late it stays kept until the
//! session is closed, because before that nothing is held against anybody.

use serde::{Deserialize, Serialize};

use super::super::till::Till;
use super::{is_somebody_elses, kept_wants, leave};
use crate::bookings::{
    Booking, BookingId, BookingRefusal, DESK_AND_MEMBERS, SLICE, Seats, of_session, rules_of, rules_want,
};
use crate::kernel::Role;
use crate::kernel::alias::Alias;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

/// Gives a seat back, or leaves the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelBooking {
    /// Which booking.
    pub booking_id: BookingId,
}

impl Command for CancelBooking {
    const KIND: &'static str = "bookings.cancel";
    const ROLES: &'static [Role] = DESK_AND_MEMBERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let own = Want::id::<Booking>(self.booking_id);
        let mut wants = vec![own.clone(), rules_want()];
        for booking in facts.peek::<Booking>(&own) {
            wants.push(Want::id::<Alias>(booking.member_id.raw()));
            wants.push(Want::id::<Seats>(booking.session.id()));
            wants.push(of_session(booking.session.id()));
            wants.extend(kept_wants(&booking));
        }
        wants
    }
}

impl Request for CancelBooking {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        let found = facts.get::<Booking>(self.booking_id).filter(Booking::is_live);
        let booking = found.ok_or(BookingRefusal::NoBooking)?;
        if is_somebody_elses(booking.member_id, facts, ctx) {
            return Err(BookingRefusal::NotYours);
        }
        let seats = facts.get::<Seats>(booking.session.id()).ok_or(BookingRefusal::NoBooking)?;
        if booking.has_seat() && seats.starts_at <= ctx.effective_at {
            return Err(BookingRefusal::Begun);
        }
        // Where it begins otherwise than they were told, they may leave without loss.
        let as_told = booking.told_starts_at == seats.starts_at;
        let late =
            booking.has_seat() && as_told && rules_of(facts).is_late(seats.starts_at, ctx.effective_at);
        let mut till = Till::open(facts, ctx);
        leave(&mut till, seats, vec![booking], late);
        Ok(till.decision)
    }
}
