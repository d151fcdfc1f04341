//! The member confirms that an appointment took place: by the code on their phone, by a signature on the coach's device,
//! or by a press on their own. Any of these in any order, from devices that have not heard of each other, count once.

use serde::{Deserialize, Serialize};

use super::super::till::Till;
use super::{about, count, found, settling_wants_of, spoken_of};
use crate::appointments::{
    Appointment, AppointmentCode, AppointmentException, AppointmentId, AppointmentRefusal, CODE_TRIES_MAX,
    Proof, SLICE, State, Typed,
};
use crate::kernel::Role;
use crate::kernel::access;
use crate::kernel::command::{Command, Fact, Request};
use crate::kernel::decide::{Authority, Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::text;
use crate::kernel::{Planted, planted};
use crate::members::{MemberId, Signature, SignedBy};

/// Characters a typed code may have.
const TYPED_CHARS_MAX: usize = 16;

/// What the member did on the device of whoever taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// They told their code.
    Code,
    /// They signed.
    Signature,
}

/// The member confirmed on the device of whoever taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmAppointment {
    /// Which one.
    pub appointment_id: AppointmentId,
    /// Whose.
    pub member_id: MemberId,
    /// How.
    pub how: How,
}

/// What was told or drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shown {
    /// The code as it was typed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// The signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedBy>,
}

impl Command for ConfirmAppointment {
    const KIND: &'static str = "appointments.confirm";
    const ROLES: &'static [Role] = access::ROOM;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = Shown;
    fn subjects(&self, _: &Shown, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &Shown, facts: &Facts) -> Vec<Want> {
        let mut wants = settling_wants_of(self.appointment_id, facts);
        wants.push(Want::id::<AppointmentCode>(AppointmentCode::id_of(self.appointment_id)));
        wants
    }
    fn is_well_formed(&self, shown: &Shown) -> bool {
        let signed = shown.signed.as_ref().is_some_and(SignedBy::is_signed);
        text::fits(&shown.code, TYPED_CHARS_MAX)
            && match self.how {
                How::Code => !shown.code.is_empty() && shown.signed.is_none(),
                How::Signature => signed && shown.code.is_empty(),
            }
    }
}

impl Fact for ConfirmAppointment {
    fn decide(&self, shown: &Shown, facts: &Facts, ctx: &Ctx) -> Decision {
        let mut till = Till::open(facts, ctx);
        let spoken = spoken_of(&mut till, self.appointment_id, Some(self.member_id));
        let Some(mut one) = spoken else { return till.decision };
        if one.is_confirmed() && !planted(Planted::LessonCountsAgain) {
            return till.decision;
        }
        if !one.can_be_confirmed() && !one.is_confirmed() {
            till.decision.raise(AppointmentException::NotBooked { on: one.on }.draft(about(&one)));
            return till.decision;
        }
        match self.how {
            How::Signature => {
                let signature = drawn(&mut till, one.member_id, shown);
                count(&mut till, &mut one, Proof::Signature { signature });
            }
            How::Code => compare(&mut till, &mut one, &shown.code),
        }
        till.decision.replace(facts.record::<Appointment>(one.id), &one);
        till.decision
    }
}

/// Keeps the strokes apart, so that they can be erased.
fn drawn(till: &mut Till<'_>, member_id: MemberId, shown: &Shown) -> Option<Id> {
    let signed = shown.signed.as_ref().filter(|signed| !signed.is_typed && !signed.strokes.is_empty())?;
    let id = till.ctx.id(0);
    till.decision.put(&Signature {
        id,
        strokes: signed.strokes.clone(),
        signed_at: till.ctx.effective_at,
        member: Some(member_id),
    });
    Some(id)
}

/// Compares a code, where the code is known; elsewhere it is noted, and the hub compares it.
fn compare(till: &mut Till<'_>, one: &mut Appointment, typed: &str) {
    let at = till.ctx.effective_at;
    let code = till.facts.get::<AppointmentCode>(AppointmentCode::id_of(one.id));
    match code {
        _ if one.wrong_codes >= CODE_TRIES_MAX || !one.has_code => {
            one.typed = Some(Typed::Wrong { at });
            till.decision.raise(AppointmentException::CodeNotCompared {}.draft(about(one)));
        }
        Some(code) if code.is(typed) => count(till, one, Proof::Code),
        None if till.ctx.authority == Authority::Prediction => one.typed = Some(Typed::Noted { at }),
        _ => {
            one.wrong_codes += 1;
            one.typed = Some(Typed::Wrong { at });
            let wrong = one.wrong_codes;
            till.decision.raise(AppointmentException::WrongCode { wrong }.draft(about(one)));
        }
    }
}

/// The member says on their own phone that it took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreeAppointment {
    /// Which one.
    pub appointment_id: AppointmentId,
}

impl Command for AgreeAppointment {
    const KIND: &'static str = "appointments.agree";
    const ROLES: &'static [Role] = access::MEMBER;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        settling_wants_of(self.appointment_id, facts)
    }
}

impl Request for AgreeAppointment {
    type Refusal = AppointmentRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, AppointmentRefusal> {
        let mut one = found(self.appointment_id, facts, ctx)?;
        if !one.has_begun(ctx.effective_at) {
            return Err(AppointmentRefusal::NotBegun);
        }
        let mut till = Till::open(facts, ctx);
        if matches!(one.state, State::Confirmed { .. }) {
            return Ok(till.decision);
        }
        if !one.can_be_confirmed() {
            return Err(AppointmentRefusal::NoAppointment);
        }
        count(&mut till, &mut one, Proof::Press);
        till.decision.replace(facts.record::<Appointment>(one.id), &one);
        Ok(till.decision)
    }
}
