//! A roster is closed. Only now follows something from what stands on it: visits are spent or given back, who was there
//! has a visit, who was not has missed one. What the person who closed it did not know of is held against nobody.

use serde::{Deserialize, Serialize};

use super::super::till::Till;
use super::{kept_wants, settle};
use crate::attendance::{DoorReason, Found, Light, MemberVisits, Visit, VisitId, all_visits, visits_wants};
use crate::bookings::{
    Attended, Booking, BookingException, BookingId, DESK_AND_COACHES, LeaseEnd, Mark, ROSTER_MAX, SeatLease,
    Seats, SeatsStanding, Settled, State, leases_of_session, of_session, rules_of, rules_want,
};
use crate::classes::{SessionKey, session_of, session_wants};
use crate::kernel::Role;
use crate::kernel::alias::Alias;
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::passes::Pass;
use crate::studio::{Settings, settings_id};

/// Ids of visits are counted from here on.
const VISIT_INDEX: u32 = 1 << 12;

/// Closes the roster of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseSession {
    /// Which session.
    pub session: SessionKey,
    /// Who was seen on the roster without a mark and did not come: at most [`ROSTER_MAX`]. Whoever is neither marked nor
    /// named here was not on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<BookingId>,
}

impl Command for CloseSession {
    const KIND: &'static str = "bookings.close";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let (roster, leases) = (of_session(self.session.id()), leases_of_session(self.session.id()));
        let mut wants = session_wants(&self.session);
        for booking in facts.peek::<Booking>(&roster) {
            wants.extend(kept_wants(&booking));
            wants.extend(booking.pays.as_ref().map(|pays| Want::id::<Pass>(pays.pass_id)));
            if booking.has_seat() {
                wants.push(Want::id::<Alias>(booking.member_id.raw()));
                wants.extend(visits_wants(booking.member_id, facts));
            }
        }
        wants.extend([Want::id::<Seats>(self.session.id()), rules_want(), roster, leases]);
        wants
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.absent.len() <= ROSTER_MAX
    }
}

impl Fact for CloseSession {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let about = vec![self.session.id().raw()];
        let mut till = Till::open(facts, ctx);
        let until = |session: &crate::classes::Session| rules_of(facts).promote_until(session.starts_at);
        let planned = session_of(&self.session, facts, ctx.zone);
        let known = facts.get::<Seats>(self.session.id());
        let Some(mut seats) = known.or_else(|| planned.map(|session| Seats::none(&session, until(&session))))
        else {
            till.decision.raise(BookingException::NoSuchSession {}.draft(about));
            return till.decision;
        };
        if seats.starts_at > ctx.effective_at {
            till.decision.raise(BookingException::NotBegun {}.draft(about));
            return till.decision;
        }
        let roster: Vec<Booking> = facts.all(&of_session(self.session.id()));
        if seats.is_closed() {
            if !roster.is_empty() {
                till.decision.raise(BookingException::ClosedBefore {}.draft(about));
            }
            return till.decision;
        }
        let mut closing =
            Closing { command: self, seats: seats.clone(), till, unknown: Vec::new(), visits: 0 };
        roster.into_iter().for_each(|booking| closing.close(booking));
        let Closing { till: mut done, unknown, .. } = closing;
        if !unknown.is_empty() {
            done.decision.raise(BookingException::NotOnTheRoster {}.draft([about, unknown].concat()));
        }
        for mut lease in facts.all::<SeatLease>(&leases_of_session(self.session.id())) {
            lease.end(ctx.effective_at, LeaseEnd::SessionClosed);
            done.decision.replace(facts.found::<SeatLease>(lease.id), &lease);
        }
        seats.standing = SeatsStanding::Closed { at: ctx.effective_at };
        (seats.held, seats.waiting, seats.to_promote) = (0, 0, false);
        done.decision.replace(facts.record::<Seats>(self.session.id()), &seats);
        done.decision
    }
}

/// A roster on its way into the history.
struct Closing<'a> {
    command: &'a CloseSession,
    seats: Seats,
    till: Till<'a>,
    /// Whoever had a seat and was not on the roster.
    unknown: Vec<Id>,
    visits: u32,
}

impl Closing<'_> {
    fn close(&mut self, mut booking: Booking) {
        match &booking.state {
            State::Booked => self.judge(&mut booking),
            State::Waiting { .. } => booking.state = State::Missed,
            State::Cancelled { late: true, .. } => settle(&mut self.till, &mut booking, Settled::Spent),
            _ => {}
        }
        self.till.decision.delete::<Booking>(booking.id);
        self.till.decision.put(&Attended(booking));
    }

    fn judge(&mut self, booking: &mut Booking) {
        let named = || self.command.absent.contains(&booking.id).then_some(Mark::Absent);
        match booking.mark.as_ref().map(|marked| marked.mark).or_else(named) {
            Some(Mark::Absent) => {
                booking.state = State::Absent;
                settle(&mut self.till, booking, Settled::Spent);
            }
            Some(mark) => {
                booking.state = State::Came { late: mark == Mark::Late };
                self.came(booking);
            }
            None => {
                booking.state = State::NotOnTheRoster;
                settle(&mut self.till, booking, Settled::Returned);
                self.unknown.push(booking.id.raw());
            }
        }
    }

    /// Who came in by the door within the window of the session came once: what the door has spent is not spent again.
    fn came(&mut self, booking: &mut Booking) {
        let (facts, ctx) = (self.till.facts, self.till.ctx);
        let window_minutes = facts.get::<Settings>(settings_id(ctx.studio)).map_or(0, |s| s.window_minutes);
        let window_ms = u64::from(window_minutes) * 60_000;
        let near = |visit: &Visit| visit.at.0.abs_diff(self.seats.starts_at.0) < window_ms;
        let free = |visit: &&Visit| visit.booking_id.is_none() && visit.found != Found::Roster && near(visit);
        let all = all_visits(booking.member_id, facts);
        let door = all.iter().find_map(|visits| Some((visits, visits.last.as_ref().filter(free)?)));
        if let Some((visits, visit)) = door {
            let how = if visit.entry.is_some() { Settled::Returned } else { Settled::Spent };
            settle(&mut self.till, booking, how);
            let visit = Visit { booking_id: Some(booking.id.raw()), ..visit.clone() };
            self.till.decision.put(&visit);
            let after = MemberVisits { last: Some(visit), ..visits.clone() };
            self.till.decision.replace(facts.record::<MemberVisits>(after.id), &after);
            return;
        }
        settle(&mut self.till, booking, Settled::Spent);
        let visit = self.visit(booking);
        let own = all.into_iter().find(|visits| visits.member_id == booking.member_id);
        let mut visits = own.unwrap_or_else(|| MemberVisits::none(booking.member_id, self.seats.on));
        self.till.decision.put(&visit);
        visits.add(visit);
        self.till.decision.replace(facts.record::<MemberVisits>(visits.id), &visits);
    }

    fn visit(&mut self, booking: &Booking) -> Visit {
        let ctx = self.till.ctx;
        self.visits += 1;
        let pass_id = booking.pays.as_ref().map(|pays| pays.pass_id);
        let pass = pass_id.and_then(|id| self.till.facts.get::<Pass>(id));
        let opened = pass.as_ref().is_some_and(|pass| pass.unopened);
        let reason = match pass.clone() {
            Some(pass) => DoorReason::Runs { name: pass.name, until: pass.valid_until },
            None => DoorReason::NoPass,
        };
        if let Some(mut pass) = pass.filter(|pass| pass.unopened) {
            pass.open(self.seats.on);
            self.till.decision.replace(self.till.facts.record::<Pass>(pass.id), &pass);
        }
        Visit {
            id: VisitId(ctx.id(VISIT_INDEX + self.visits)),
            member_id: booking.member_id,
            on: self.seats.on,
            at: self.seats.starts_at,
            found: Found::Roster,
            light: if pass_id.is_some() { Light::Green } else { Light::Amber },
            reason,
            let_in: None,
            pass_id,
            entry: booking.pays.as_ref().and_then(|pays| pays.entry),
            counted: None,
            opened,
            scans: Vec::new(),
            booking_id: Some(booking.id.raw()),
            undone: None,
            device: ctx.device,
            by: ctx.actor,
        }
    }
}
