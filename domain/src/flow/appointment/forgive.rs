//! What was held against somebody is waived, or what was confirmed is taken back, with a reason: the credit is theirs
//! again, and a lesson that counted counts no more.

use serde::{Deserialize, Serialize};

use super::super::kept;
use super::super::till::Till;
use super::{found, settling_wants_of};
use crate::appointments::{
    Appointment, AppointmentId, AppointmentRefusal, LESSONS, REASON_CHARS_MAX, SLICE, State,
};
use crate::bookings::{Forgiven, Settled};
use crate::kernel::Role;
use crate::kernel::access;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::ledger::Posting;
use crate::kernel::text;
use crate::members::MemberId;

/// Gives the credit of an appointment back that was spent, or kept because it was cancelled too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgiveAppointment {
    /// Whose it is: what is written about them goes with them.
    pub member_id: MemberId,
    /// Which one.
    pub appointment_id: AppointmentId,
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WhyForgiven {
    /// One sentence.
    pub reason: String,
}

impl Command for ForgiveAppointment {
    const KIND: &'static str = "appointments.forgive";
    const ROLES: &'static [Role] = access::ROOM;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = WhyForgiven;
    fn subjects(&self, _: &WhyForgiven, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &WhyForgiven, facts: &Facts) -> Vec<Want> {
        settling_wants_of(self.appointment_id, facts)
    }
    fn is_well_formed(&self, personal: &WhyForgiven) -> bool {
        text::fits(&personal.reason, REASON_CHARS_MAX)
    }
}

impl Request for ForgiveAppointment {
    type Refusal = AppointmentRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(
        &self,
        personal: &WhyForgiven,
        facts: &Facts,
        ctx: &Ctx,
    ) -> Result<Decision, AppointmentRefusal> {
        let mut one = found(self.appointment_id, facts, ctx)?;
        if one.member_id != self.member_id {
            return Err(AppointmentRefusal::NoAppointment);
        }
        let reason = text::tidy_line(&personal.reason);
        if reason.is_empty() {
            return Err(AppointmentRefusal::ReasonMissing);
        }
        let confirmed = matches!(one.state, State::Confirmed { .. });
        let held =
            confirmed || matches!(one.state, State::Absent { .. } | State::Cancelled { late: true, .. });
        if !held || one.forgiven.is_some() {
            return Err(AppointmentRefusal::NothingToForgive);
        }
        // What counts for a coach a coach does not take back, nor anybody's word against theirs.
        if confirmed && !access::TILL.contains(&ctx.role) {
            return Err(AppointmentRefusal::OnlyDesk);
        }
        let mut till = Till::open(facts, ctx);
        kept::settle(&mut till, one.id.raw(), &mut one.pays, Settled::Returned);
        kept::give_back(&mut till, one.id.raw(), &mut one.pays);
        if let Some(lesson) = one.lesson.take() {
            till.post(&Posting {
                account: one.coach_id.raw(),
                unit: LESSONS,
                amount: -1,
                why: "reversed",
                source: Some(one.id.raw()),
                reverses: Some(lesson),
                whose: None,
            });
        }
        one.forgiven = Some(Forgiven { reason, by: ctx.actor, at: ctx.effective_at });
        till.decision.replace(facts.record::<Appointment>(one.id), &one);
        Ok(till.decision)
    }
}
