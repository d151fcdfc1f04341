//! Somebody wants a seat, alone or together with others: all of them get one, or all of them wait, or none.

use serde::{Deserialize, Serialize};

use super::super::till::Till;
use super::{Person, class_want, instead, is_somebody_elses, keep, person, person_wants};
use crate::bookings::{
    Booking, BookingException, BookingId, BookingRefusal, BookingRules, DESK_AND_MEMBERS, GROUP_MAX, Instead,
    LeaseEnd, LeaseId, Opening, SLICE, SeatLease, Seats, State, WAITING_MAX, opening, rank, rules_of,
    rules_want,
};
use crate::classes::{ClassType, Session, SessionKey, session_of, session_wants};
use crate::kernel::Role;
use crate::kernel::alias::Circle;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Authority, Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::members::MemberId;

/// What shall happen where no seat is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfFull {
    /// They wait for one.
    #[default]
    Wait,
    /// Nothing.
    Leave,
}

/// Books seats of one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookSeats {
    /// Of which session.
    pub session: SessionKey,
    /// For whom, together or not at all: 1..=[`GROUP_MAX`].
    pub members: Vec<MemberId>,
    /// What shall happen where no seat is left.
    #[serde(default)]
    pub if_full: IfFull,
    /// The lease of this device the seats are out of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<LeaseId>,
}

impl Command for BookSeats {
    const KIND: &'static str = "bookings.book";
    const ROLES: &'static [Role] = DESK_AND_MEMBERS;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        self.members.iter().map(|member| member.raw()).collect()
    }
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let mut wants = session_wants(&self.session);
        wants.extend([Want::id::<Seats>(self.session.id()), rules_want()]);
        wants.extend(class_want(&self.session, facts));
        wants.extend(self.lease_id.map(Want::id::<SeatLease>));
        wants.extend(self.members.iter().flat_map(|member| person_wants(*member, &self.session, facts)));
        wants
    }
    fn circles(&self) -> Vec<Id> {
        self.members.iter().map(|member| member.raw()).collect()
    }
    fn is_well_formed(&self, (): &()) -> bool {
        (1..=GROUP_MAX).contains(&self.members.len())
    }
}

/// Whether seats were promised by a device that holds some.
pub(super) enum Promise {
    /// They were not: the seats that are free are counted.
    No,
    /// Out of a lease that runs: the seats are there.
    Held(SeatLease),
    /// Out of a lease that was ended without the device: its word stands, whether a seat is there or not.
    Kept(SeatLease),
}

impl Promise {
    /// What a lease is worth for so many seats.
    pub(super) fn of(
        lease_id: Option<LeaseId>,
        session: &SessionKey,
        seats: u32,
        facts: &Facts,
        ctx: &Ctx,
    ) -> Self {
        let lease = lease_id.and_then(|id| facts.get::<SeatLease>(id));
        let fits = |lease: &SeatLease| {
            lease.device == ctx.device && lease.session == *session && seats <= lease.left()
        };
        match lease.filter(fits) {
            // A device stops early; whoever decides counts what was promised before the end.
            Some(lease)
                if ctx.authority == Authority::Prediction && !lease.promises(seats, ctx.effective_at) =>
            {
                Self::No
            }
            Some(lease) if lease.runs() => Self::Held(lease),
            Some(lease) if ctx.effective_at < lease.not_after && lease.was_taken() => Self::Kept(lease),
            _ => Self::No,
        }
    }

    /// Takes seats: out of the lease, else out of the free ones. Says whether there is now one too many.
    pub(super) fn take(self, count: u32, seats: &mut Seats, facts: &Facts, decision: &mut Decision) -> bool {
        let beyond = matches!(self, Self::Kept(_)) && seats.free() < count;
        seats.taken += count;
        let lease = match self {
            Self::No => return false,
            Self::Held(lease) => {
                seats.held = seats.held.saturating_sub(count);
                lease
            }
            Self::Kept(lease) => lease,
        };
        let after = SeatLease { used: lease.used + count, ..lease };
        decision.replace(facts.record::<SeatLease>(after.id), &after);
        beyond
    }
}

impl SeatLease {
    /// True where it ended without its device having had a say.
    fn was_taken(&self) -> bool {
        matches!(self.ended, Some((_, LeaseEnd::RanOut | LeaseEnd::DeviceGone | LeaseEnd::Released { .. })))
    }
}

/// Refuses what comes too early or too late. The desk may book until it begins, members within the window.
fn check_window(session: &Session, rules: &BookingRules, ctx: &Ctx) -> Result<(), BookingRefusal> {
    if session.has_begun(ctx.effective_at) {
        return Err(BookingRefusal::Begun);
    }
    if ctx.role != Role::Member {
        return Ok(());
    }
    let closes_at = BookingRules::before(session.starts_at, rules.closes_minutes);
    if ctx.effective_at >= closes_at {
        return Err(BookingRefusal::ClosedAt { at: closes_at });
    }
    let opens = session.on.checked_sub_days(chrono::Days::new(u64::from(rules.opens_days)));
    match opens.filter(|on| ctx.today < *on) {
        Some(on) => Err(BookingRefusal::OpensOn { on }),
        None => Ok(()),
    }
}

/// Somebody who can have a seat, and the pass it is on.
struct Wanting {
    member_id: MemberId,
    person: Person,
    opening: Option<Opening>,
}

impl BookSeats {
    fn check_person(
        &self,
        member_id: MemberId,
        session: &Session,
        promise: &Promise,
        facts: &Facts,
        ctx: &Ctx,
    ) -> Result<Wanting, BookingRefusal> {
        if is_somebody_elses(member_id, facts, ctx) {
            return Err(BookingRefusal::NotYours);
        }
        let person = person(member_id, &self.session, facts);
        if person.member.is_none() {
            return Err(BookingRefusal::NoMember);
        }
        if !person.is_member(session.on, ctx.zone) {
            return Err(BookingRefusal::MemberLeft);
        }
        if person.in_session(&self.session).is_some() {
            return Err(BookingRefusal::AlreadyBooked);
        }
        if let Some(starts_at) = person.elsewhere(&self.session, session.starts_at, session.ends_at) {
            return Err(BookingRefusal::OtherSession { starts_at });
        }
        let class = facts.get::<ClassType>(session.terms.class_type_id);
        let opening = match opening(&person.holdings, class.as_ref(), session.on) {
            Ok(opening) => Some(opening),
            // A seat that was promised stays promised.
            Err(_) if !matches!(promise, Promise::No) => None,
            Err(why) => return Err(why),
        };
        Ok(Wanting { member_id, person, opening })
    }

    fn booking(&self, index: u32, wanting: &Wanting, state: State, session: &Session, ctx: &Ctx) -> Booking {
        let group = (self.members.len() > 1).then(|| ctx.id(0));
        let asked = Booking::asked(BookingId(ctx.id(index)), session, wanting.member_id, ctx);
        Booking { state, group, ..asked }
    }

    /// All of them get a seat.
    fn seat(
        &self,
        all: &[Wanting],
        session: &Session,
        mut seats: Seats,
        promise: Promise,
        till: &mut Till<'_>,
    ) {
        let lease_id = self.lease_id.filter(|_| !matches!(promise, Promise::No));
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let beyond = promise.take(count, &mut seats, till.facts, &mut till.decision);
        let mut about: Vec<Id> = vec![seats.key.id().raw()];
        for (index, wanting) in (0..).zip(all) {
            let mut booking = self.booking(index, wanting, State::Booked, session, till.ctx);
            booking.lease_id = lease_id;
            about.push(booking.id.raw());
            match wanting.opening {
                Some(opening) => {
                    let whose = wanting.person.owner(opening.pass_id);
                    booking.pays = Some(keep(till, booking.id, opening, whose));
                }
                None => {
                    let about = vec![wanting.member_id.raw(), booking.id.raw()];
                    till.decision.raise(BookingException::NothingOpensIt {}.draft(about));
                }
            }
            till.decision.put(&booking);
        }
        if beyond {
            let what = BookingException::PromisedBeyond { taken: seats.taken, capacity: seats.capacity };
            till.decision.raise(what.draft(about));
        }
        till.decision.replace(till.facts.record::<Seats>(seats.key.id()), &seats);
    }

    /// All of them wait.
    fn queue(
        &self,
        all: &[Wanting],
        session: &Session,
        mut seats: Seats,
        till: &mut Till<'_>,
    ) -> Result<(), BookingRefusal> {
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        if self.if_full == IfFull::Leave {
            return Err(BookingRefusal::Full);
        }
        if seats.waiting.saturating_add(count) > WAITING_MAX {
            return Err(BookingRefusal::QueueFull { waiting: seats.waiting });
        }
        let first = seats.waiting + 1;
        for (index, wanting) in (0..).zip(all) {
            seats.waiting += 1;
            seats.next_turn += 1;
            let state = State::Waiting {
                turn: seats.next_turn,
                rank: rank(wanting.member_id.raw()),
                position: seats.waiting,
                moved: None,
            };
            till.decision.put(&self.booking(index, wanting, state, session, till.ctx));
        }
        till.decision.changed = instead(&Instead::Waitlisted { position: first });
        till.decision.replace(till.facts.record::<Seats>(seats.key.id()), &seats);
        Ok(())
    }

    fn check_twice(&self, facts: &Facts) -> Result<(), BookingRefusal> {
        let mut roots: Vec<Id> =
            self.members.iter().map(|member| Circle::of(member.raw(), facts).root()).collect();
        roots.sort_unstable();
        roots.dedup();
        if roots.len() == self.members.len() { Ok(()) } else { Err(BookingRefusal::SamePersonTwice) }
    }
}

/// A session that takes place, with its seats as they are by now.
pub(super) fn open_session(
    key: &SessionKey,
    facts: &Facts,
    ctx: &Ctx,
) -> Result<(Session, Seats, BookingRules), BookingRefusal> {
    let rules = rules_of(facts);
    let known = facts.get::<Seats>(key.id());
    if known.as_ref().is_some_and(Seats::is_closed) {
        return Err(BookingRefusal::RosterClosed);
    }
    let session = session_of(key, facts, ctx.zone).ok_or(BookingRefusal::NoSession)?;
    if !session.takes_place() {
        return Err(BookingRefusal::DoesNotTakePlace);
    }
    let until = rules.promote_until(session.starts_at);
    let mut seats = known.unwrap_or_else(|| Seats::none(&session, until));
    seats.follow(&session, until);
    Ok((session, seats, rules))
}

impl Request for BookSeats {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        let (session, seats, rules) = open_session(&self.session, facts, ctx)?;
        check_window(&session, &rules, ctx)?;
        self.check_twice(facts)?;
        let count = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        let promise = Promise::of(self.lease_id, &self.session, count, facts, ctx);
        let check = |member: &MemberId| self.check_person(*member, &session, &promise, facts, ctx);
        let all: Vec<Wanting> = self.members.iter().map(check).collect::<Result<_, _>>()?;
        let mut till = Till::open(facts, ctx);
        if matches!(promise, Promise::No) && seats.free_now() < count {
            self.queue(&all, &session, seats, &mut till)?;
        } else {
            self.seat(&all, &session, seats, promise, &mut till);
        }
        Ok(till.decision)
    }
}
