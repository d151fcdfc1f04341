//! Somebody comes without a booking. It has happened, so it is written down: with a seat if there is one, over the number
//! of seats with a reason, and what is odd about it beside it. Somebody new is enrolled first, on the same device.

use serde::{Deserialize, Serialize};

use super::super::till::Till;
use super::book::Promise;
use super::{class_want, close_ranks, keep, person, person_wants};
use crate::bookings::{
    Booking, BookingException, BookingId, DESK_AND_COACHES, LeaseId, Mark, Marked, REASON_CHARS_MAX,
    SeatLease, Seats, SeatsStanding, State, of_session, opening, rules_of, rules_want,
};
use crate::classes::{ClassType, Session, SessionKey, session_of, session_wants};
use crate::kernel::Role;
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::text;
use crate::members::MemberId;

/// Somebody comes without a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkIn {
    /// To which session.
    pub session: SessionKey,
    /// Who.
    pub member_id: MemberId,
    /// Present, or late.
    pub mark: Mark,
    /// The lease of this device the seat is out of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<LeaseId>,
}

/// Why there may be one more than seats.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OverWhy {
    /// One sentence; empty where there is a seat.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Command for WalkIn {
    const KIND: &'static str = "bookings.walk_in";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = OverWhy;
    fn subjects(&self, _: &OverWhy, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &OverWhy, facts: &Facts) -> Vec<Want> {
        let mut wants = session_wants(&self.session);
        wants.extend([Want::id::<Seats>(self.session.id()), rules_want(), of_session(self.session.id())]);
        wants.extend(class_want(&self.session, facts));
        wants.extend(self.lease_id.map(Want::id::<SeatLease>));
        wants.extend(person_wants(self.member_id, &self.session, facts));
        wants
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn is_well_formed(&self, personal: &OverWhy) -> bool {
        text::fits(&personal.reason, REASON_CHARS_MAX)
    }
}

impl Fact for WalkIn {
    fn decide(&self, personal: &OverWhy, facts: &Facts, ctx: &Ctx) -> Decision {
        let mut till = Till::open(facts, ctx);
        let about = vec![self.member_id.raw(), self.session.id().raw()];
        let Some(session) = session_of(&self.session, facts, ctx.zone) else {
            till.decision.raise(BookingException::NoSuchSession {}.draft(about));
            return till.decision;
        };
        let until = rules_of(facts).promote_until(session.starts_at);
        let known = facts.get::<Seats>(self.session.id());
        let mut seats = known.unwrap_or_else(|| Seats::none(&session, until));
        if seats.is_closed() {
            till.decision.raise(BookingException::ClosedBefore {}.draft(about));
            return till.decision;
        }
        if !session.takes_place() {
            // They were there all the same, and whoever taught them knows why.
            till.decision.raise(BookingException::NoSuchSession {}.draft(about));
        }
        seats.follow(&session, until);
        seats.standing = SeatsStanding::Open;
        self.come(&session, seats, personal, &mut till);
        till.decision
    }
}

impl WalkIn {
    fn come(&self, session: &Session, mut seats: Seats, personal: &OverWhy, till: &mut Till<'_>) {
        let (facts, ctx) = (till.facts, till.ctx);
        let person = person(self.member_id, &self.session, facts);
        let mark = Some(Marked { mark: self.mark, at: ctx.effective_at, by: ctx.actor });
        let there = person.in_session(&self.session).cloned();
        if let Some(booking) = there.as_ref().filter(|booking| booking.has_seat()) {
            // Booked meanwhile on another device: the mark is all there is to it.
            till.decision.replace(facts.found::<Booking>(booking.id), &Booking { mark, ..booking.clone() });
            return;
        }
        let mut booking =
            there.unwrap_or_else(|| Booking::asked(BookingId(ctx.id(0)), session, self.member_id, ctx));
        if booking.waits() {
            seats.waiting = seats.waiting.saturating_sub(1);
            close_ranks(till, &seats, std::slice::from_ref(&booking));
        }
        booking.state = State::Booked;
        booking.walk_in = true;
        booking.mark = mark;
        let promise = Promise::of(self.lease_id, &self.session, 1, facts, ctx);
        booking.lease_id = self.lease_id.filter(|_| !matches!(promise, Promise::No));
        let full = matches!(promise, Promise::No) && seats.free() == 0;
        promise.take(1, &mut seats, facts, &mut till.decision);
        booking.over = if full { text::tidy_line(&personal.reason) } else { String::new() };
        let about = vec![self.member_id.raw(), booking.id.raw()];
        if full && booking.over.is_empty() {
            let what = BookingException::OverCapacity { taken: seats.taken, capacity: seats.capacity };
            till.decision.raise(what.draft(about.clone()));
        }
        match opening(
            &person.holdings,
            facts.get::<ClassType>(session.terms.class_type_id).as_ref(),
            session.on,
        ) {
            Ok(opening) => {
                booking.pays = Some(keep(till, booking.id, opening, person.owner(opening.pass_id)));
            }
            Err(_) => till.decision.raise(BookingException::NothingOpensIt {}.draft(about)),
        }
        if seats.free() == 0 {
            seats.to_promote = false;
        }
        till.decision.replace(facts.found::<Booking>(booking.id), &booking);
        till.decision.replace(facts.record::<Seats>(seats.key.id()), &seats);
    }
}
