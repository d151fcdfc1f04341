//! Booking: decisions over seats, the queue, visits of passes and the roster. One verb per file; what they share is here.
//!
//! A visit of a counted pass is *kept* when somebody gets a seat, and *spent* or *returned* when the session is closed,
//! called off, or the seat is given back in time. Every step is a ledger line.

use chrono::NaiveDate;

use super::kept;
use crate::appointments::{Appointment, of_person};
use crate::bookings::{
    Booking, BookingId, MovedUp, Pays, Seats, SeatsStanding, Settled, State, live_between, moved_up,
    of_session,
};
use crate::classes::{ClassType, SessionKey, timetable_of};
use crate::kernel::alias::{Alias, Circle};
use crate::kernel::decide::{Ctx, RefusalBody};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::time::{self, Timestamp, Zone};
use crate::members::{Member, MemberId};
use crate::passes::{Holding, PassId, Standing, holdings, holdings_wants};

mod book;
mod cancel;
mod close;
mod count;
mod forgive;
mod lease;
mod mark;
mod note;
mod promote;
pub(super) mod reactions;
mod sweep;
mod walk_in;

pub use book::{BookSeats, IfFull};
pub use cancel::CancelBooking;
pub use close::CloseSession;
pub use forgive::{ForgiveBooking, Why};
pub use lease::{LeaseSeats, ReleaseSeats, ReturnSeats};
pub use mark::{MarkRoster, MarkRow};
pub use note::{NoteBooking, Noted};
pub(crate) use reactions::REACTIONS;
pub use walk_in::{OverWhy, WalkIn};

#[cfg(test)]
mod tests;

/// Days around a session's first day within which another session can meet it: each may be moved by 31.
const NEAR_DAYS: u32 = 62;

/// Somebody who wants a seat, as far as the authority knows them.
struct Person {
    member: Option<Member>,
    holdings: Vec<Holding>,
    /// Their live bookings around the session, with the seats of those sessions.
    live: Vec<(Booking, Option<Seats>)>,
    /// Their appointments around it.
    appointments: Vec<Appointment>,
}

/// The wants behind [`person`], as far as the facts so far can tell.
fn person_wants(member_id: MemberId, near: &SessionKey, facts: &Facts) -> Vec<Want> {
    let circle = Circle::so_far(member_id.raw(), facts);
    let mut wants = vec![Want::id::<Alias>(member_id.raw()), Want::id::<Member>(circle.root())];
    wants.extend(holdings_wants(member_id, facts));
    for live in live_wants(circle.ids(), near) {
        let theirs = facts.peek::<Booking>(&live);
        wants.extend(theirs.iter().map(|booking| Want::id::<Seats>(booking.session.id())));
        wants.push(live);
    }
    wants.extend(appointment_wants(circle.ids(), near));
    wants
}

fn appointment_wants(ids: &[Id], near: &SessionKey) -> Vec<Want> {
    let (first, last) = around(near);
    ids.iter().map(|id| of_person(*id, first, last)).collect()
}

fn around(near: &SessionKey) -> (NaiveDate, NaiveDate) {
    let first = near.on.checked_sub_days(chrono::Days::new(u64::from(NEAR_DAYS))).unwrap_or(near.on);
    (first, time::plus_days(near.on, NEAR_DAYS))
}

fn live_wants(ids: &[Id], near: &SessionKey) -> Vec<Want> {
    let (first, last) = around(near);
    ids.iter().map(|id| live_between(*id, first, last)).collect()
}

fn person(member_id: MemberId, near: &SessionKey, facts: &Facts) -> Person {
    let circle = Circle::of(member_id.raw(), facts);
    let live = live_wants(circle.ids(), near).into_iter().flat_map(|want| facts.all::<Booking>(&want));
    let appointments = appointment_wants(circle.ids(), near).into_iter();
    let seats = |booking: &Booking| facts.get::<Seats>(booking.session.id());
    Person {
        member: facts.get::<Member>(circle.root()),
        holdings: holdings(member_id, facts),
        live: live.map(|booking| (booking.clone(), seats(&booking))).collect(),
        appointments: appointments.flat_map(|want| facts.all::<Appointment>(&want)).collect(),
    }
}

impl Person {
    /// Their seat or place in the queue of a session.
    fn in_session(&self, session: &SessionKey) -> Option<&Booking> {
        self.live.iter().map(|(booking, _)| booking).find(|booking| booking.session == *session)
    }

    /// When something else begins that they have at that time: another session, or an appointment.
    fn elsewhere(&self, session: &SessionKey, starts_at: Timestamp, ends_at: Timestamp) -> Option<Timestamp> {
        let others =
            self.live.iter().filter(|(booking, _)| booking.has_seat() && booking.session != *session);
        let meets = |seats: &&Seats| seats.standing == SeatsStanding::Open && seats.meets(starts_at, ends_at);
        let class = others.filter_map(|(_, seats)| seats.as_ref()).find(meets).map(|seats| seats.starts_at);
        let meets =
            |one: &&Appointment| one.is_booked() && one.starts_at < ends_at && one.ends_at > starts_at;
        class.or_else(|| self.appointments.iter().find(meets).map(|one| one.starts_at))
    }

    /// True for somebody who is a member here on a day.
    fn is_member(&self, on: NaiveDate, zone: Zone) -> bool {
        let Some(member) = &self.member else { return false };
        match Standing::of(member, zone) {
            Standing::Good | Standing::UnderReview => true,
            Standing::Left { on: last } => last >= on,
            Standing::Suspended { until } => until < on,
            Standing::Excluded { .. } => false,
        }
    }

    /// Whose pass it is.
    fn owner(&self, pass_id: PassId) -> Option<Id> {
        let pass = self.holdings.iter().find(|holding| holding.pass.id == pass_id)?;
        Some(pass.pass.member_id.raw())
    }
}

/// The want for what is taught in a session, once the timetable has said it.
fn class_want(session: &SessionKey, facts: &Facts) -> Option<Want> {
    // What is taught does not depend on where the studio is.
    let session = timetable_of(session, facts).session(session, Zone::default())?;
    Some(Want::id::<ClassType>(session.terms.class_type_id))
}

/// The wants for the balances of a pass whose visit a booking keeps.
fn kept_wants(booking: &Booking) -> Vec<Want> {
    let pass_id = booking.pays.as_ref().filter(|pays| pays.entry.is_some()).map(|pays| pays.pass_id);
    pass_id.map(kept::pass_wants).unwrap_or_default()
}

/// Keeps a visit for a booking; where visits are not counted, only says which pass it is on.
fn keep(
    till: &mut super::till::Till<'_>,
    booking: BookingId,
    opening: crate::bookings::Opening,
    whose: Option<Id>,
) -> Pays {
    kept::keep(till, booking.raw(), opening, whose)
}

/// Spends the visit that was kept for a booking, or gives it back. What was settled before stays as it is.
fn settle(till: &mut super::till::Till<'_>, booking: &mut Booking, how: Settled) {
    let source = booking.id.raw();
    if let Some(pays) = booking.pays.as_mut() {
        kept::settle(till, source, pays, how);
    }
}

/// What was given instead of what was asked.
fn instead(what: &crate::bookings::Instead) -> Option<RefusalBody> {
    let why = serde_json::to_value(what).ok()?;
    Some(RefusalBody { slice: crate::bookings::SLICE.to_owned(), why })
}

/// True where a member gives a command about somebody else.
fn is_somebody_elses(member_id: MemberId, facts: &Facts, ctx: &Ctx) -> bool {
    ctx.role == crate::kernel::Role::Member
        && !Circle::of(member_id.raw(), facts).ids().contains(&ctx.actor.raw())
}

/// People leave a session that has not begun: seats are free, whoever waited behind them moves up, and visits come back
/// unless it is too late.
fn leave(till: &mut super::till::Till<'_>, mut seats: Seats, gone: Vec<Booking>, late: bool) {
    let at = till.ctx.effective_at;
    close_ranks(till, &seats, &gone);
    for mut booking in gone {
        if booking.has_seat() {
            if !late {
                settle(till, &mut booking, Settled::Returned);
            }
            seats.taken = seats.taken.saturating_sub(1);
            seats.freed(at);
        } else {
            seats.waiting = seats.waiting.saturating_sub(1);
        }
        booking.state = State::Cancelled { at, late };
        till.decision.replace(till.facts.found::<Booking>(booking.id), &booking);
    }
    if seats.waiting == 0 {
        seats.to_promote = false;
    }
    till.decision.replace(till.facts.record::<Seats>(seats.key.id()), &seats);
}

/// Whoever waits behind those who go has a better place, and is told so.
fn close_ranks(till: &mut super::till::Till<'_>, seats: &Seats, gone: &[Booking]) {
    let mut rest: Vec<Booking> = till.facts.all(&of_session(seats.key.id()));
    rest.retain(|booking| gone.iter().all(|left| left.id != booking.id));
    for moved in moved_up(&rest, &MovedUp::Left) {
        till.decision.replace(till.facts.found::<Booking>(moved.id), &moved);
    }
}
