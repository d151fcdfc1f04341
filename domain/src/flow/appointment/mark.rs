//! What whoever taught says of an appointment: it took place, the member did not come, or neither yet. That it took place
//! means nothing before the member confirms it; that they did not come spends the credit, and no lesson counts.

use serde::{Deserialize, Serialize};

use super::super::kept;
use super::super::till::Till;
use super::{about, settling_wants_of, spend, spoken_of};
use crate::appointments::{Appointment, AppointmentException, AppointmentId, State};
use crate::kernel::Role;
use crate::kernel::access;
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It took place.
    Came,
    /// The member did not come.
    Absent,
}

/// Says what became of an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkAppointment {
    /// Which one.
    pub appointment_id: AppointmentId,
    /// What; nothing takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

impl Command for MarkAppointment {
    const KIND: &'static str = "appointments.mark";
    const ROLES: &'static [Role] = access::ROOM;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        settling_wants_of(self.appointment_id, facts)
    }
}

impl Fact for MarkAppointment {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let mut till = Till::open(facts, ctx);
        let Some(mut one) = spoken_of(&mut till, self.appointment_id, None) else { return till.decision };
        let at = ctx.effective_at;
        let before = one.clone();
        match (&one.state, self.mark) {
            (State::Absent { .. }, Some(Mark::Absent)) => {}
            (State::Booked | State::Given { .. }, Some(Mark::Absent)) => {
                spend(&mut till, &mut one);
                one.state = State::Absent { at };
            }
            (State::Booked | State::Given { .. } | State::Absent { .. }, mark) if one.forgiven.is_none() => {
                kept::keep_again(&mut till, one.id.raw(), &mut one.pays);
                one.state = if mark.is_some() { State::Given { at } } else { State::Booked };
            }
            // Given back too late, and the desk says that it stays so.
            (State::Cancelled { late: true, .. }, Some(Mark::Absent)) => spend(&mut till, &mut one),
            (State::Confirmed { .. }, Some(Mark::Absent)) => {
                let odd = AppointmentException::ConfirmedBefore { on: one.on };
                till.decision.raise(odd.draft(about(&one)));
            }
            (State::Cancelled { .. } | State::Dropped { .. }, Some(_)) => {
                till.decision.raise(AppointmentException::NotBooked { on: one.on }.draft(about(&one)));
            }
            _ => {}
        }
        if one != before {
            till.decision.replace(facts.record::<Appointment>(one.id), &one);
        }
        till.decision
    }
}
