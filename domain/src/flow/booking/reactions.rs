//! What follows for bookings from what happens elsewhere: the timetable changes, a device is not what it was, somebody is
//! erased.
//!
//! A session that does not take place gives everybody's visit back and lets its queue go; one that moves takes its seats
//! along, and whoever booked may leave it without loss. A device that left, or whose storage was copied, holds no seats.

use std::collections::BTreeMap;

use super::super::till::Till;
use super::{kept_wants, leave, settle};
use crate::bookings::{
    Booking, Dropped, LeaseEnd, SeatLease, Seats, SeatsStanding, Settled, State, leases_of_device,
    leases_of_session, live_want, of_session, rules_of, rules_want, seats_between, seats_of_schedule,
};
use crate::classes::{
    Closure, Schedule, Session, SessionChange, SessionId, Standing, Timetable, session_wants, timetable_of,
};
use crate::kernel::catalogue::Reaction;
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::devices::{self, Device};
use crate::kernel::erasure::Erased;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::record::{Change, RecordBody};
use crate::members::MemberId;

/// What the slice reacts to by itself; what moves visits of passes is put together in `flow::following`.
pub(crate) const REACTIONS: &[Reaction] =
    &[Reaction { on: &[Device::KIND], wants: device_wants, react: device_changed }];

/// What must be seen to follow the timetable and erasures.
pub(in crate::flow) fn wants(changes: &[&Change], facts: &Facts) -> Vec<Want> {
    [timetable_wants(changes, facts), erased_wants(changes, facts)].concat()
}

/// Follows the timetable and erasures.
pub(in crate::flow) fn follow(till: &mut Till<'_>, changes: &[&Change]) {
    timetable_changed(till, changes);
    erased(till, changes);
}

/// A change of the timetable.
enum News {
    Schedule(Schedule),
    Session(SessionChange),
    Closure(Closure),
}

fn read<T: RecordBody>(change: &Change) -> Option<T> {
    // A decision of this build wrote it: what cannot be read is no change of a timetable.
    (change.kind == T::KIND).then(|| serde_json::from_str(change.body.as_deref()?).ok())?
}

impl News {
    fn of(change: &Change) -> Option<Self> {
        match change.kind.as_ref() {
            Schedule::KIND => read(change).map(Self::Schedule),
            SessionChange::KIND => read(change).map(Self::Session),
            Closure::KIND => read(change).map(Self::Closure),
            _ => None,
        }
    }

    /// The seats it may touch.
    fn want(&self) -> Want {
        match self {
            Self::Schedule(schedule) => seats_of_schedule(schedule.id),
            Self::Session(change) => Want::id::<Seats>(change.key.id()),
            Self::Closure(closure) => seats_between(closure.first_on, closure.last_on),
        }
    }

    /// The timetable after it.
    fn after(&self, before: &Timetable) -> Timetable {
        match self {
            Self::Schedule(schedule) => before.with(schedule.clone()),
            Self::Session(change) => before.with_change(change.clone()),
            Self::Closure(closure) => before.with_closure(closure.clone()),
        }
    }
}

fn timetable_wants(changes: &[&Change], facts: &Facts) -> Vec<Want> {
    let news: Vec<News> = changes.iter().filter_map(|change| News::of(change)).collect();
    let mut wants = if news.is_empty() { Vec::new() } else { vec![rules_want()] };
    for want in news.iter().map(News::want) {
        for seats in facts.peek::<Seats>(&want) {
            let roster = of_session(seats.key.id());
            wants.extend(session_wants(&seats.key));
            wants.extend(facts.peek::<Booking>(&roster).iter().flat_map(kept_wants));
            wants.extend([roster, leases_of_session(seats.key.id())]);
        }
        wants.push(want);
    }
    wants
}

fn timetable_changed(till: &mut Till<'_>, changes: &[&Change]) {
    let (facts, ctx) = (till.facts, till.ctx);
    let news: Vec<News> = changes.iter().filter_map(|change| News::of(change)).collect();
    let found = news.iter().flat_map(|one| facts.all::<Seats>(&one.want()));
    let touched: BTreeMap<SessionId, Seats> = found.map(|seats| (seats.key.id(), seats)).collect();
    for seats in touched.into_values() {
        // What has begun stays as it was.
        if seats.is_closed() || seats.starts_at <= ctx.effective_at {
            continue;
        }
        let before = timetable_of(&seats.key, facts);
        let after = news.iter().fold(before, |timetable, one| one.after(&timetable));
        match after.session(&seats.key, ctx.zone) {
            Some(session) if session.takes_place() => goes_on(till, seats, &session),
            other => drops(till, seats, why(other.as_ref())),
        }
    }
}

fn why(session: Option<&Session>) -> Dropped {
    match session.map(|session| &session.standing) {
        Some(Standing::CalledOff { .. }) => Dropped::CalledOff,
        Some(Standing::Closed { .. }) => Dropped::Closed,
        Some(Standing::Planned) | None => Dropped::Gone,
    }
}

/// It takes place, perhaps at another time or with another number of seats. Who lost a seat by its absence has lost it.
fn goes_on(till: &mut Till<'_>, before: Seats, session: &Session) {
    let mut seats = before.clone();
    seats.follow(session, rules_of(till.facts).promote_until(session.starts_at));
    seats.standing = SeatsStanding::Open;
    if seats.free() > before.free() {
        seats.freed(till.ctx.effective_at);
    }
    if seats != before {
        till.decision.replace(till.facts.found::<Seats>(seats.key.id()), &seats);
    }
    // Nobody promises seats of a session that has begun: a lease ends with its start at the latest.
    for lease in till.facts.all::<SeatLease>(&leases_of_session(seats.key.id())) {
        if lease.not_after > seats.starts_at {
            let after = SeatLease { not_after: seats.starts_at, ..lease };
            till.decision.replace(till.facts.found::<SeatLease>(after.id), &after);
        }
    }
}

/// It does not take place: visits back, the queue dropped, whoever booked is told.
fn drops(till: &mut Till<'_>, mut seats: Seats, why: Dropped) {
    if seats.standing == SeatsStanding::Off {
        return;
    }
    for mut booking in till.facts.all::<Booking>(&of_session(seats.key.id())) {
        let (was_live, keeps) = (booking.is_live(), booking.reserved().is_some());
        settle(till, &mut booking, Settled::Returned);
        if was_live {
            booking.state = State::Dropped { why };
        }
        if was_live || keeps {
            till.decision.replace(till.facts.found::<Booking>(booking.id), &booking);
        }
    }
    for mut lease in till.facts.all::<SeatLease>(&leases_of_session(seats.key.id())) {
        lease.end(till.ctx.effective_at, LeaseEnd::SessionOff);
        till.decision.replace(till.facts.found::<SeatLease>(lease.id), &lease);
    }
    seats.standing = SeatsStanding::Off;
    (seats.taken, seats.held, seats.waiting, seats.to_promote) = (0, 0, 0, false);
    till.decision.replace(till.facts.found::<Seats>(seats.key.id()), &seats);
}

fn device_wants(changes: &[&Change], facts: &Facts) -> Vec<Want> {
    let mut wants = Vec::new();
    for leases in changes.iter().map(|change| leases_of_device(change.id)) {
        let held = facts.peek::<SeatLease>(&leases);
        wants.extend(held.iter().map(|lease| Want::id::<Seats>(lease.session.id())));
        wants.push(leases);
    }
    wants
}

fn device_changed(changes: &[&Change], facts: &Facts, ctx: &Ctx) -> Decision {
    let mut decision = Decision::nothing();
    let mut touched: BTreeMap<SessionId, Seats> = BTreeMap::new();
    for change in changes {
        let device = read::<Device>(change);
        let works = device.as_ref().is_some_and(|device| device.standing == devices::Standing::InUse);
        let life = device.map_or(0, |device| device.life);
        for mut lease in facts.all::<SeatLease>(&leases_of_device(change.id)) {
            if works && lease.life == life {
                continue;
            }
            let freed = lease.end(ctx.effective_at, LeaseEnd::DeviceGone);
            let id = lease.session.id();
            if let Some(mut seats) = touched.remove(&id).or_else(|| facts.get::<Seats>(id)) {
                seats.held = seats.held.saturating_sub(freed);
                seats.freed(ctx.effective_at);
                touched.insert(id, seats);
            }
            decision.replace(facts.found::<SeatLease>(lease.id), &lease);
        }
    }
    for (id, seats) in touched {
        decision.replace(facts.record::<Seats>(id), &seats);
    }
    decision
}

/// The live bookings of those who are erased.
fn theirs(changes: &[&Change]) -> impl Iterator<Item = Want> {
    let subjects = changes.iter().filter_map(|change| read::<Erased>(change));
    subjects.map(|erased| live_want(MemberId(erased.subject)))
}

fn erased_wants(changes: &[&Change], facts: &Facts) -> Vec<Want> {
    let mut wants = Vec::new();
    for live in theirs(changes) {
        for booking in facts.peek::<Booking>(&live) {
            wants.extend([Want::id::<Seats>(booking.session.id()), of_session(booking.session.id())]);
            wants.extend(kept_wants(&booking));
        }
        wants.push(live);
    }
    wants
}

/// Whoever is erased comes to nothing any more: their seats are free, and who waited behind them moves up.
fn erased(till: &mut Till<'_>, changes: &[&Change]) {
    let (facts, ctx) = (till.facts, till.ctx);
    let mut gone: BTreeMap<SessionId, Vec<Booking>> = BTreeMap::new();
    for booking in theirs(changes).flat_map(|live| facts.all::<Booking>(&live)) {
        gone.entry(booking.session.id()).or_default().push(booking);
    }
    for (session, gone) in gone {
        // Who was to come to a class that has begun is told apart when its roster is closed.
        if let Some(seats) = facts.get::<Seats>(session).filter(|seats| seats.starts_at > ctx.effective_at) {
            leave(till, seats, gone, false);
        }
    }
}
