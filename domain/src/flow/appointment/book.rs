//! Somebody wants a time of a coach: within the published hours, where neither of the two has anything else, on a pass
//! with a credit left.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::kept;
use super::super::till::Till;
use super::is_somebody_elses;
use crate::appointments::{
    Appointment, AppointmentCode, AppointmentId, AppointmentRefusal, CoachDay, CoachHours, CodeSeed,
    ROOM_AND_MEMBERS, SLICE, State, TakenSpan, hours_id, of_person, pack_for,
};
use crate::bookings::{
    Booking, BookingRules, Opening, Seats, SeatsStanding, live_between, rules_of, rules_want,
};
use crate::classes::{ClassType, ClassTypeId, Closure, Coach, Days, MOVED_DAYS_MAX, Timetable};
use crate::kernel::Role;
use crate::kernel::alias::{Alias, Circle};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Authority, Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id, PersonId};
use crate::kernel::time::{self, Timestamp};
use crate::kernel::{Planted, planted};
use crate::members::{Member, MemberId};
use crate::passes::{PassId, Standing, holdings, holdings_wants};

/// Books a time of a coach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookAppointment {
    /// With whom.
    pub coach_id: PersonId,
    /// What for.
    pub class_type_id: ClassTypeId,
    /// Which day.
    pub on: NaiveDate,
    /// By the clock on the wall: minutes after midnight, 0..=1439.
    pub start_minute: u32,
    /// For whom.
    pub member_id: MemberId,
}

/// When it would be.
struct Slot {
    starts_at: Timestamp,
    ends_at: Timestamp,
}

impl BookAppointment {
    fn day_id(&self) -> Id {
        CoachDay::id_of(self.coach_id, self.on)
    }

    /// The day, and the one before: what began then may still go on.
    fn days(&self) -> Days {
        Days { first: self.on.pred_opt().unwrap_or(self.on), last: self.on }
    }

    /// The member's days on which something planned can meet it: classes may have been moved.
    fn around(&self) -> (NaiveDate, NaiveDate) {
        let days = 2 * MOVED_DAYS_MAX.unsigned_abs();
        let first = self.on.checked_sub_days(chrono::Days::new(u64::from(days))).unwrap_or(self.on);
        (first, time::plus_days(self.on, days))
    }

    fn check_window(&self, slot: &Slot, facts: &Facts, ctx: &Ctx) -> Result<(), AppointmentRefusal> {
        if slot.starts_at <= ctx.effective_at {
            return Err(AppointmentRefusal::Begun);
        }
        if ctx.role != Role::Member {
            return Ok(());
        }
        let rules = rules_of(facts);
        let closes_at = BookingRules::before(slot.starts_at, rules.closes_minutes);
        if ctx.effective_at >= closes_at {
            return Err(AppointmentRefusal::ClosedAt { at: closes_at });
        }
        let opens = self.on.checked_sub_days(chrono::Days::new(u64::from(rules.opens_days)));
        match opens.filter(|on| ctx.today < *on) {
            Some(on) => Err(AppointmentRefusal::OpensOn { on }),
            None => Ok(()),
        }
    }

    /// The time of the coach: offered, not taken, no class then, the studio open.
    fn check_coach(
        &self,
        service: &ClassType,
        day: &CoachDay,
        facts: &Facts,
        ctx: &Ctx,
    ) -> Result<Slot, AppointmentRefusal> {
        let hours = facts.get::<CoachHours>(hours_id(self.coach_id)).ok_or(AppointmentRefusal::NotOffered)?;
        if service.retired_at.is_some() || !hours.services.contains(&service.id) {
            return Err(AppointmentRefusal::NotOffered);
        }
        let length_minutes = service.draft.length_minutes;
        let start = hours.start(self.on, self.start_minute, length_minutes, ctx.zone);
        let starts_at = start.ok_or(AppointmentRefusal::OutsideHours)?.at;
        let slot = Slot { starts_at, ends_at: starts_at.plus_ms(i64::from(length_minutes) * 60_000) };
        self.check_window(&slot, facts, ctx)?;
        let looks = ctx.authority != Authority::Hub || !planted(Planted::HourNotLookedAt);
        if looks && day.meets(slot.starts_at, slot.ends_at).is_some() {
            return Err(AppointmentRefusal::Taken);
        }
        let [.., closures] = Timetable::wants(self.days());
        let closures: Vec<Closure> = facts.all(&closures);
        if let Some(closure) = closures.iter().find(|one| one.shuts(self.on, slot.starts_at)) {
            return Err(AppointmentRefusal::ClosedThatDay { name: closure.name.clone() });
        }
        let timetable = Timetable::seen(self.days(), facts);
        let teaches = timetable.sessions(self.days(), ctx.zone).into_iter().find(|session| {
            session.takes_place()
                && session.terms.coaches.contains(&self.coach_id)
                && session.starts_at < slot.ends_at
                && session.ends_at > slot.starts_at
        });
        match teaches {
            Some(session) => Err(AppointmentRefusal::CoachTeaches { starts_at: session.starts_at }),
            None => Ok(slot),
        }
    }

    /// The member: here, free at that time, with a credit. Says which pass it is on, and whose that is.
    fn check_member(
        &self,
        service: &ClassType,
        slot: &Slot,
        facts: &Facts,
        ctx: &Ctx,
    ) -> Result<(PassId, Option<Id>), AppointmentRefusal> {
        let circle = Circle::of(self.member_id.raw(), facts);
        // A coach's phone holds no members, and no passes: there the hub alone can say.
        let cannot_see = ctx.authority == Authority::Prediction && ctx.role == Role::Coach;
        let is_member = |member: &Member| match Standing::of(member, ctx.zone) {
            Standing::Good | Standing::UnderReview => true,
            Standing::Left { on: last } => last >= self.on,
            Standing::Suspended { until } => until < self.on,
            Standing::Excluded { .. } => false,
        };
        match facts.get::<Member>(circle.root()) {
            None if cannot_see => {}
            None => return Err(AppointmentRefusal::NoMember),
            Some(member) if !is_member(&member) => return Err(AppointmentRefusal::MemberLeft),
            Some(_) => {}
        }
        if let Some(starts_at) = self.elsewhere(circle.ids(), slot, facts) {
            return Err(AppointmentRefusal::OtherSession { starts_at });
        }
        if cannot_see {
            return Ok((PassId::default(), None));
        }
        let holdings = holdings(self.member_id, facts);
        let pass_id = pack_for(&holdings, service, self.on)?;
        let pass = holdings.iter().find(|holding| holding.pass.id == pass_id);
        Ok((pass_id, pass.map(|holding| holding.pass.member_id.raw())))
    }

    /// When something else begins that they have at that time.
    fn elsewhere(&self, ids: &[Id], slot: &Slot, facts: &Facts) -> Option<Timestamp> {
        let (first, last) = self.around();
        let classes = ids.iter().flat_map(|id| facts.all::<Booking>(&live_between(*id, first, last)));
        let seats = classes.filter(Booking::has_seat).filter_map(|one| facts.get::<Seats>(one.session.id()));
        let meets = |seats: &Seats| {
            seats.standing == SeatsStanding::Open && seats.meets(slot.starts_at, slot.ends_at)
        };
        let class = seats.into_iter().find(meets).map(|seats| seats.starts_at);
        class.or_else(|| {
            let days = self.days();
            let all =
                ids.iter().flat_map(|id| facts.all::<Appointment>(&of_person(*id, days.first, days.last)));
            let meets = |one: &Appointment| {
                one.is_booked() && one.starts_at < slot.ends_at && one.ends_at > slot.starts_at
            };
            all.into_iter().find(meets).map(|one| one.starts_at)
        })
    }
}

impl Command for BookAppointment {
    const KIND: &'static str = "appointments.book";
    const ROLES: &'static [Role] = ROOM_AND_MEMBERS;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = CodeSeed;
    fn subjects(&self, _: &CodeSeed, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &CodeSeed, facts: &Facts) -> Vec<Want> {
        let circle = Circle::so_far(self.member_id.raw(), facts);
        let (days, (first, last)) = (self.days(), self.around());
        let mut wants = vec![
            Want::id::<CoachHours>(hours_id(self.coach_id)),
            Want::id::<Coach>(self.coach_id),
            Want::id::<ClassType>(self.class_type_id),
            Want::id::<CoachDay>(self.day_id()),
            Want::id::<Alias>(self.member_id.raw()),
            Want::id::<Member>(circle.root()),
            rules_want(),
        ];
        wants.extend(Timetable::wants_so_far(days, facts));
        wants.extend(holdings_wants(self.member_id, facts));
        for id in circle.ids() {
            let live = live_between(*id, first, last);
            let theirs = facts.peek::<Booking>(&live);
            wants.extend(theirs.iter().map(|booking| Want::id::<Seats>(booking.session.id())));
            wants.extend([live, of_person(*id, days.first, days.last)]);
        }
        wants
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn is_well_formed(&self, _: &CodeSeed) -> bool {
        self.start_minute < 24 * 60
    }
}

impl Request for BookAppointment {
    type Refusal = AppointmentRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, personal: &CodeSeed, facts: &Facts, ctx: &Ctx) -> Result<Decision, AppointmentRefusal> {
        if is_somebody_elses(self.member_id, facts, ctx) {
            return Err(AppointmentRefusal::NotYours);
        }
        if ctx.role == Role::Coach && ctx.actor != self.coach_id {
            return Err(AppointmentRefusal::NotYourHours);
        }
        let teaches = |coach: &Coach| coach.retired_at.is_none();
        facts.get::<Coach>(self.coach_id).filter(teaches).ok_or(AppointmentRefusal::NoCoach)?;
        let service = facts.get::<ClassType>(self.class_type_id).ok_or(AppointmentRefusal::NotOffered)?;
        let known = facts.get::<CoachDay>(self.day_id());
        let mut day = known.unwrap_or_else(|| CoachDay::free(self.coach_id, self.on));
        let slot = self.check_coach(&service, &day, facts, ctx)?;
        let (pass_id, whose) = self.check_member(&service, &slot, facts, ctx)?;
        let id = AppointmentId(ctx.id(0));
        let mut till = Till::open(facts, ctx);
        // What a coach minted a coach knows: such an appointment is confirmed by a signature, or a press of the member's.
        let seed = personal.seed.filter(|_| ctx.role != Role::Coach);
        if let Some(seed) = seed {
            till.decision.put(&AppointmentCode::made(id, self.member_id, seed));
        }
        let pays = kept::keep(&mut till, id.raw(), Opening { pass_id, counts: true }, whose);
        day.taken.push(TakenSpan { appointment_id: id, starts_at: slot.starts_at, ends_at: slot.ends_at });
        till.decision.replace(facts.record::<CoachDay>(self.day_id()), &day);
        till.decision.put(&Appointment {
            id,
            coach_id: self.coach_id,
            member_id: self.member_id,
            class_type_id: self.class_type_id,
            on: self.on,
            start_minute: self.start_minute,
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
            state: State::Booked,
            pays,
            lesson: None,
            has_code: seed.is_some(),
            wrong_codes: 0,
            typed: None,
            booked_at: ctx.effective_at,
            booked_by: ctx.actor,
            booked_on: ctx.device,
            forgiven: None,
            reminded: false,
        });
        Ok(till.decision)
    }
}
