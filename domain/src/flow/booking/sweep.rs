//! Days after its end a session is looked at once more: one that did not take place goes into the history, and of one that
//! nobody closed a person is told. Nothing is held against anybody by it.

use crate::bookings::{
    Attended, Booking, BookingException, BookingRefusal, SLICE, Seats, SeatsStanding, Sweep, of_session,
};
use crate::kernel::Role;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

impl Command for Sweep {
    const KIND: &'static str = "bookings.sweep";
    const ROLES: &'static [Role] = &[Role::System];
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Seats>(self.session.id()), of_session(self.session.id())]
    }
}

impl Request for Sweep {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        let mut decision = Decision::nothing();
        let over = |seats: &Seats| !seats.is_closed() && seats.ends_at < ctx.effective_at;
        let Some(seats) = facts.get::<Seats>(self.session.id()).filter(over) else { return Ok(decision) };
        let roster: Vec<Booking> = facts.all(&of_session(self.session.id()));
        let kept = |booking: &Booking| booking.is_live() || booking.reserved().is_some();
        if seats.standing == SeatsStanding::Open && roster.iter().any(kept) {
            let what = BookingException::NotClosed { on: seats.on, booked: seats.taken };
            decision.raise(what.draft(vec![self.session.id().raw()]));
            let after = Seats { reminded: true, ..seats };
            decision.replace(facts.record::<Seats>(self.session.id()), &after);
            return Ok(decision);
        }
        for booking in roster {
            decision.delete::<Booking>(booking.id);
            decision.put(&Attended(booking));
        }
        decision.delete::<Seats>(self.session.id());
        Ok(decision)
    }
}
