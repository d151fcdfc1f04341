//! An appointment is given back. In time the credit comes back; too late it stays kept until somebody says what became of
//! it. A coach who cannot come costs nobody anything.

use serde::{Deserialize, Serialize};

use super::super::till::Till;
use super::{Freed, cancelled, drops, found, settling_wants_of};
use crate::appointments::{Appointment, AppointmentId, AppointmentRefusal, ROOM_AND_MEMBERS, SLICE};
use crate::bookings::{rules_of, rules_want};
use crate::kernel::Role;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

/// Gives an appointment back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelAppointment {
    /// Which one.
    pub appointment_id: AppointmentId,
}

impl Command for CancelAppointment {
    const KIND: &'static str = "appointments.cancel";
    const ROLES: &'static [Role] = ROOM_AND_MEMBERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let mut wants = settling_wants_of(self.appointment_id, facts);
        wants.push(rules_want());
        wants
    }
}

impl Request for CancelAppointment {
    type Refusal = AppointmentRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, AppointmentRefusal> {
        let appointment = found(self.appointment_id, facts, ctx)?;
        if !appointment.is_booked() {
            return Err(AppointmentRefusal::NoAppointment);
        }
        if appointment.has_begun(ctx.effective_at) {
            return Err(AppointmentRefusal::Begun);
        }
        let by_coach = ctx.actor == appointment.coach_id;
        let late = !by_coach && rules_of(facts).is_late(appointment.starts_at, ctx.effective_at);
        let (mut till, mut freed) = (Till::open(facts, ctx), Freed::default());
        if late {
            freed.free(facts, &appointment);
            let after = Appointment { state: cancelled(ctx.effective_at, late), ..appointment };
            till.decision.replace(facts.record::<Appointment>(after.id), &after);
        } else {
            drops(&mut till, &mut freed, appointment, cancelled(ctx.effective_at, late));
        }
        freed.write(&mut till);
        Ok(till.decision)
    }
}
