//! One-to-one appointments: decisions over a coach's time, a credit of a pass, and the lesson that counts for the coach.
//! One verb per file; what they share is here.
//!
//! A credit is *kept* when somebody books, *spent* when the member confirms or did not come, and *returned* when it is
//! given back in time. The lesson counts with the confirmation, once, however many ways it came.

use std::collections::BTreeMap;

use super::kept;
use super::till::Till;
use crate::appointments::{
    Appointment, AppointmentException, AppointmentId, AppointmentRefusal, CoachDay, Dropped, LESSONS, Proof,
    State,
};
use crate::attendance::{MemberVisits, Visit, all_visits, visits_wants};
use crate::bookings::Settled;
use crate::kernel::alias::{Alias, Circle};
use crate::kernel::decide::Ctx;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{Id, PersonId};
use crate::kernel::ledger::{Balance, Posting, balance_id};
use crate::kernel::{Role, Timestamp};
use crate::members::MemberId;
use crate::passes::{Pass, VISITS};
use crate::studio::{Settings, settings_id};

mod book;
mod cancel;
mod confirm;
mod forgive;
mod mark;
pub(super) mod reactions;
mod remind;

pub use book::BookAppointment;
pub use cancel::CancelAppointment;
pub use confirm::{AgreeAppointment, ConfirmAppointment, How, Shown};
pub use forgive::{ForgiveAppointment, WhyForgiven};
pub use mark::{Mark, MarkAppointment};

#[cfg(test)]
mod tests;

/// True where a member gives a command about somebody else.
fn is_somebody_elses(member_id: MemberId, facts: &Facts, ctx: &Ctx) -> bool {
    ctx.role == Role::Member && !Circle::of(member_id.raw(), facts).ids().contains(&ctx.actor.raw())
}

/// True where a coach gives a command about what is another coach's.
fn is_another_coachs(coach_id: PersonId, ctx: &Ctx) -> bool {
    ctx.role == Role::Coach && ctx.actor != coach_id
}

/// What a decision must see that settles an appointment.
fn settling_wants(appointment: &Appointment, facts: &Facts) -> Vec<Want> {
    let mut wants = kept::pass_wants(appointment.pays.pass_id);
    wants.extend(visits_wants(appointment.member_id, facts));
    wants.extend([
        Want::id::<Alias>(appointment.member_id.raw()),
        Want::id::<Pass>(appointment.pays.pass_id),
        Want::id::<CoachDay>(CoachDay::id_of(appointment.coach_id, appointment.on)),
        Want::id::<Balance>(balance_id(appointment.coach_id.raw(), LESSONS)),
    ]);
    wants
}

/// The same where only the appointment's name is given: itself, and what it needs as soon as it is known.
fn settling_wants_of(id: AppointmentId, facts: &Facts) -> Vec<Want> {
    let own = Want::id::<Appointment>(id);
    let known = facts.peek::<Appointment>(&own);
    let more = known.iter().flat_map(|one| settling_wants(one, facts));
    more.chain([own]).collect()
}

/// Spends the credit; a pass that begins with its first use begins.
fn spend(till: &mut Till<'_>, appointment: &mut Appointment) {
    if !appointment.keeps() {
        return;
    }
    kept::settle(till, appointment.id.raw(), &mut appointment.pays, Settled::Spent);
    let pass = till.facts.get::<Pass>(appointment.pays.pass_id);
    if let Some(mut pass) = pass.filter(|pass| pass.unopened) {
        pass.open(appointment.on);
        till.decision.replace(till.facts.record::<Pass>(pass.id), &pass);
    }
}

/// The member confirmed: the credit is spent and the lesson counts. Must be asked of what can be confirmed alone.
fn count(till: &mut Till<'_>, appointment: &mut Appointment, how: Proof) {
    if spent_by_door(till, appointment) {
        kept::settle(till, appointment.id.raw(), &mut appointment.pays, Settled::Returned);
    }
    spend(till, appointment);
    till.post(&Posting {
        account: appointment.coach_id.raw(),
        unit: LESSONS,
        amount: 1,
        why: "taught",
        source: Some(appointment.id.raw()),
        reverses: None,
        whose: None,
    });
    appointment.lesson = till.effects.last().map(|effect| effect.entry);
    appointment.typed = None;
    appointment.state = State::Confirmed { at: till.ctx.effective_at, how };
}

/// Who came in by the door on the same pass, within the window of the appointment, came once: that visit is the credit.
fn spent_by_door(till: &mut Till<'_>, appointment: &Appointment) -> bool {
    let (facts, ctx) = (till.facts, till.ctx);
    let settings = facts.get::<Settings>(settings_id(ctx.studio));
    let window_ms = settings.map_or(0, |settings| u64::from(settings.window_minutes) * 60_000);
    let fits = |visit: &Visit| {
        visit.booking_id.is_none()
            && visit.entry.is_some()
            && visit.undone.is_none()
            && visit.pass_id == Some(appointment.pays.pass_id)
            && visit.at.0.abs_diff(appointment.starts_at.0) < window_ms
    };
    let all = all_visits(appointment.member_id, facts);
    let door = all.into_iter().find(|visits| appointment.keeps() && visits.last.as_ref().is_some_and(fits));
    let Some(visits) = door else { return false };
    let visit = visits.last.clone().map(|visit| Visit { booking_id: Some(appointment.id.raw()), ..visit });
    if let Some(visit) = &visit {
        till.decision.put(visit);
    }
    let after = MemberVisits { last: visit, ..visits };
    till.decision.replace(facts.record::<MemberVisits>(after.id), &after);
    true
}

/// The visit at the door that was an appointment's credit is taken back: what was confirmed spends one of its own. Says
/// whether it does.
pub(super) fn spends_itself(till: &mut Till<'_>, id: Id) -> bool {
    let found = till.facts.get::<Appointment>(id);
    let by_door = |one: &Appointment| one.is_confirmed() && one.pays.settled == Settled::Returned;
    let Some(mut one) = found.filter(by_door) else { return false };
    till.post(&Posting {
        account: one.pays.pass_id.raw(),
        unit: VISITS,
        amount: -1,
        why: "spent",
        source: Some(id),
        reverses: None,
        whose: None,
    });
    one.pays.entry = till.effects.last().map(|effect| effect.entry);
    one.pays.settled = Settled::Spent;
    till.decision.replace(till.facts.record::<Appointment>(one.id), &one);
    true
}

/// Times of coaches that are given back, a record for each coach and day, however many of a day there are.
#[derive(Default)]
struct Freed(BTreeMap<Id, CoachDay>);

impl Freed {
    fn free(&mut self, facts: &Facts, appointment: &Appointment) {
        let id = CoachDay::id_of(appointment.coach_id, appointment.on);
        if let Some(mut day) = self.0.remove(&id).or_else(|| facts.get::<CoachDay>(id)) {
            day.taken.retain(|one| one.appointment_id != appointment.id);
            self.0.insert(id, day);
        }
    }

    fn write(self, till: &mut Till<'_>) {
        for (id, day) in self.0 {
            till.decision.replace(till.facts.record::<CoachDay>(id), &day);
        }
    }
}

/// It does not take place: the credit comes back, and its time is free.
fn drops(till: &mut Till<'_>, freed: &mut Freed, mut appointment: Appointment, state: State) {
    kept::settle(till, appointment.id.raw(), &mut appointment.pays, Settled::Returned);
    freed.free(till.facts, &appointment);
    appointment.state = state;
    till.decision.replace(till.facts.found::<Appointment>(appointment.id), &appointment);
}

/// An appointment as a Fact may speak of it; what is odd about that is raised, and nothing is left to do.
fn spoken_of(till: &mut Till<'_>, id: AppointmentId, member_id: Option<MemberId>) -> Option<Appointment> {
    let mut about = vec![id.raw()];
    about.extend(member_id.map(MemberId::raw));
    let Some(found) = till.facts.get::<Appointment>(id) else {
        till.decision.raise(AppointmentException::NoAppointment {}.draft(about));
        return None;
    };
    about.truncate(1);
    about.push(found.member_id.raw());
    let odd = if is_another_coachs(found.coach_id, till.ctx) {
        Some(AppointmentException::OtherCoach {})
    } else if found.has_begun(till.ctx.effective_at) {
        None
    } else {
        Some(AppointmentException::NotBegun {})
    };
    match odd {
        Some(odd) => {
            till.decision.raise(odd.draft(about));
            None
        }
        None => Some(found),
    }
}

/// Whom an item about an appointment is about.
fn about(appointment: &Appointment) -> Vec<Id> {
    vec![appointment.id.raw(), appointment.member_id.raw()]
}

/// The state of what a coach, a closed day or a pass took away.
const fn dropped(why: Dropped) -> State {
    State::Dropped { why }
}

/// Given back by somebody, at an instant.
const fn cancelled(at: Timestamp, late: bool) -> State {
    State::Cancelled { at, late }
}

/// The refusal where there is none.
fn found(id: AppointmentId, facts: &Facts, ctx: &Ctx) -> Result<Appointment, AppointmentRefusal> {
    let appointment = facts.get::<Appointment>(id).ok_or(AppointmentRefusal::NoAppointment)?;
    if is_somebody_elses(appointment.member_id, facts, ctx) || is_another_coachs(appointment.coach_id, ctx) {
        return Err(AppointmentRefusal::NotYours);
    }
    Ok(appointment)
}
