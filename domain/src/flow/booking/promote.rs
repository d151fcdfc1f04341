//! A seat came free: the first who is eligible and can still come gets it, by the hub's clock and by nobody's tap. Once the
//! time for that is over, those who wait are told that no seat came free. A studio without a hub has no such clock: there
//! the desk's device asks the queue whenever a seat is free that it was not asked about.

use super::super::till::Till;
use super::{Person, keep, person, person_wants};
use crate::bookings::{
    Booking, BookingRefusal, MovedUp, Opening, PassedOver, Promote, Queued, SLICE, Seats, SeatsStanding,
    State, moved_up, of_session, opening, queue,
};
use crate::classes::ClassType;
use crate::kernel::Role;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Authority, Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

impl Command for Promote {
    const KIND: &'static str = "bookings.promote";
    // The desk gives it in a studio without a hub, which has no clockwork; with one it does nothing.
    const ROLES: &'static [Role] = &[Role::Owner, Role::Manager, Role::Desk, Role::System];
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let (seats, bookings) = (Want::id::<Seats>(self.session.id()), of_session(self.session.id()));
        let class =
            facts.peek::<Seats>(&seats).into_iter().map(|seats| Want::id::<ClassType>(seats.class_type_id));
        let mut wants: Vec<Want> = class.collect();
        for booking in facts.peek::<Booking>(&bookings).iter().filter(|booking| booking.waits()) {
            wants.extend(person_wants(booking.member_id, &self.session, facts));
        }
        wants.extend([seats, bookings]);
        wants
    }
}

/// Those who are asked, and what the queue looks like meanwhile.
struct Asking<'a> {
    seats: Seats,
    class: Option<ClassType>,
    facts: &'a Facts,
    ctx: &'a Ctx,
}

impl Asking<'_> {
    /// The pass for each of those who came together, or why they cannot have the seats.
    fn ask(&self, queued: &Queued) -> Result<Vec<(Person, Opening)>, PassedOver> {
        let enough = usize::try_from(self.seats.free()).is_ok_and(|free| queued.bookings.len() <= free);
        if !enough {
            return Err(PassedOver::TooFewSeats);
        }
        queued.bookings.iter().map(|booking| self.ask_one(booking)).collect()
    }

    fn ask_one(&self, booking: &Booking) -> Result<(Person, Opening), PassedOver> {
        let person = person(booking.member_id, &self.seats.key, self.facts);
        if !person.is_member(self.seats.on, self.ctx.zone) {
            return Err(PassedOver::Left);
        }
        if person.elsewhere(&self.seats.key, self.seats.starts_at, self.seats.ends_at).is_some() {
            return Err(PassedOver::OtherSession);
        }
        let opening = opening(&person.holdings, self.class.as_ref(), self.seats.on);
        Ok((person, opening.map_err(|_| PassedOver::NoPass)?))
    }
}

/// The queue once the free seats were given: those who got one, and those who still wait.
fn give(asking: &mut Asking<'_>, bookings: &[Booking], till: &mut Till<'_>) -> Vec<Booking> {
    let mut waiting: Vec<Booking> = Vec::new();
    for queued in queue(bookings) {
        if asking.seats.free() == 0 {
            waiting.extend(queued.bookings);
            continue;
        }
        match asking.ask(&queued) {
            Ok(openings) => {
                for (mut booking, (person, opening)) in queued.bookings.into_iter().zip(openings) {
                    booking.pays = Some(keep(till, booking.id, opening, person.owner(opening.pass_id)));
                    booking.state = State::Booked;
                    booking.told_starts_at = asking.seats.starts_at;
                    asking.seats.taken += 1;
                    asking.seats.waiting = asking.seats.waiting.saturating_sub(1);
                    till.decision.replace(asking.facts.found::<Booking>(booking.id), &booking);
                }
            }
            Err(because) => waiting.extend(queued.bookings.into_iter().map(|one| passed_over(one, because))),
        }
    }
    waiting
}

fn passed_over(booking: Booking, because: PassedOver) -> Booking {
    match booking.state {
        State::Waiting { turn, rank, position, .. } => {
            let moved = Some(MovedUp::PassedOver { because });
            Booking { state: State::Waiting { turn, rank, position, moved }, ..booking }
        }
        _ => booking,
    }
}

/// Writes those who still wait as far as something about them is another than before.
fn write_waiting(before: &[Booking], mut waiting: Vec<Booking>, till: &mut Till<'_>) {
    for moved in moved_up(&waiting, &MovedUp::Promoted) {
        let Some(place) = waiting.iter_mut().find(|one| one.id == moved.id) else { continue };
        // Why somebody was passed over says more than that others were not.
        let told = matches!(&place.state, State::Waiting { moved: Some(MovedUp::PassedOver { .. }), .. });
        let why = match (&place.state, told) {
            (State::Waiting { moved, .. }, true) => moved.clone(),
            _ => Some(MovedUp::Promoted),
        };
        if let State::Waiting { turn, rank, position, .. } = moved.state {
            place.state = State::Waiting { turn, rank, position, moved: why };
        }
    }
    for booking in waiting.iter().filter(|one| !before.contains(one)) {
        till.decision.replace(till.facts.found::<Booking>(booking.id), booking);
    }
}

impl Request for Promote {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        let mut till = Till::open(facts, ctx);
        if ctx.role != Role::System && ctx.authority != Authority::Solo {
            return Ok(till.decision);
        }
        let open =
            facts.get::<Seats>(self.session.id()).filter(|seats| seats.standing == SeatsStanding::Open);
        let Some(mut seats) = open else { return Ok(till.decision) };
        let bookings: Vec<Booking> = facts.all(&of_session(self.session.id()));
        if ctx.effective_at >= seats.promote_until {
            for booking in bookings.into_iter().filter(Booking::waits) {
                let missed = Booking { state: State::Missed, ..booking };
                till.decision.replace(facts.found::<Booking>(missed.id), &missed);
            }
            seats.waiting = 0;
        } else if seats.to_promote {
            let class = facts.get::<ClassType>(seats.class_type_id);
            let mut asking = Asking { seats, class, facts, ctx };
            let waiting = give(&mut asking, &bookings, &mut till);
            seats = asking.seats;
            write_waiting(&bookings, waiting, &mut till);
        } else {
            return Ok(till.decision);
        }
        seats.to_promote = false;
        till.decision.replace(facts.record::<Seats>(seats.key.id()), &seats);
        Ok(till.decision)
    }
}
