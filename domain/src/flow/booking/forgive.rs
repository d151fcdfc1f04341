//! A penalty is waived, with a reason: the visit of somebody who cancelled too late or did not come is theirs again.

use serde::{Deserialize, Serialize};

use super::super::kept;
use super::super::till::Till;
use super::{kept_wants, settle};
use crate::bookings::{
    Attended, Booking, BookingId, BookingRefusal, DESK_AND_COACHES, Forgiven, REASON_CHARS_MAX, SLICE,
    Settled, State,
};
use crate::classes::{session_of, session_wants};
use crate::kernel::Role;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::text;
use crate::members::MemberId;

/// Waives what was held against somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgiveBooking {
    /// Whose it is: what is written about them goes with them.
    pub member_id: MemberId,
    /// Which booking.
    pub booking_id: BookingId,
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Why {
    /// One sentence.
    pub reason: String,
}

impl ForgiveBooking {
    fn places(&self) -> (Want, Want) {
        (Want::id::<Booking>(self.booking_id), Want::id::<Attended>(self.booking_id))
    }
}

impl Command for ForgiveBooking {
    const KIND: &'static str = "bookings.forgive";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = Why;
    fn subjects(&self, _: &Why, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &Why, facts: &Facts) -> Vec<Want> {
        let (live, past) = self.places();
        let mut found: Vec<Booking> = facts.peek(&live);
        found.extend(facts.peek::<Attended>(&past).into_iter().map(|attended| attended.0));
        let more =
            found.iter().flat_map(|booking| [session_wants(&booking.session), kept_wants(booking)].concat());
        more.chain([live.clone(), past.clone()]).collect()
    }
    fn is_well_formed(&self, personal: &Why) -> bool {
        text::fits(&personal.reason, REASON_CHARS_MAX)
    }
}

impl Request for ForgiveBooking {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, personal: &Why, facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        let reason = text::tidy_line(&personal.reason);
        let past = facts.get::<Attended>(self.booking_id).map(|attended| attended.0);
        let is_past = past.is_some();
        let found = past.or_else(|| facts.get::<Booking>(self.booking_id));
        let found = found.filter(|booking| booking.member_id == self.member_id);
        let mut booking = found.ok_or(BookingRefusal::NoBooking)?;
        if reason.is_empty() {
            return Err(BookingRefusal::ReasonMissing);
        }
        let held = matches!(booking.state, State::Absent | State::Cancelled { late: true, .. });
        if !held || booking.forgiven.is_some() {
            return Err(BookingRefusal::NothingToForgive);
        }
        if ctx.role == Role::Coach {
            let session = session_of(&booking.session, facts, ctx.zone);
            let own = session.is_some_and(|session| session.terms.coaches.contains(&ctx.actor));
            own.then_some(()).ok_or(BookingRefusal::NotYourClass)?;
        }
        let mut till = Till::open(facts, ctx);
        settle(&mut till, &mut booking, Settled::Returned);
        if let Some(pays) = booking.pays.as_mut() {
            kept::give_back(&mut till, self.booking_id.raw(), pays);
        }
        booking.forgiven = Some(Forgiven { reason, by: ctx.actor, at: ctx.effective_at });
        if is_past {
            till.decision.replace(facts.record::<Attended>(self.booking_id), &Attended(booking));
        } else {
            till.decision.replace(facts.record::<Booking>(self.booking_id), &booking);
        }
        Ok(till.decision)
    }
}
