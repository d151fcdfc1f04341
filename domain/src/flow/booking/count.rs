//! When nobody is promoted any more it is looked whether enough people come: if not, a person is told, once, and decides. No
//! class is called off by itself.

use crate::bookings::{BookingException, BookingRefusal, CountPeople, SLICE, Seats, SeatsStanding};
use crate::kernel::Role;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

impl Command for CountPeople {
    const KIND: &'static str = "bookings.count_people";
    const ROLES: &'static [Role] = &[Role::System];
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Seats>(self.session.id())]
    }
}

impl Request for CountPeople {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        let mut decision = Decision::nothing();
        let open = |seats: &Seats| seats.standing == SeatsStanding::Open && seats.is_to_count();
        // Moved meanwhile: it is asked again when that is due.
        let due = |seats: &Seats| seats.promote_until <= ctx.effective_at;
        let Some(seats) = facts.get::<Seats>(self.session.id()).filter(|seats| open(seats) && due(seats))
        else {
            return Ok(decision);
        };
        // Whoever is in the room sees how many they are.
        if seats.missing() > 0 && ctx.effective_at < seats.starts_at {
            let (on, booked, people_min) = (seats.on, seats.taken, seats.people_min);
            let what = BookingException::TooFew { on, booked, people_min };
            decision.raise(what.draft(vec![self.session.id().raw()]));
        }
        let after = Seats { counted: true, ..seats };
        decision.replace(facts.record::<Seats>(self.session.id()), &after);
        Ok(decision)
    }
}
