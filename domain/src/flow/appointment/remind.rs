//! Days after its end an appointment for which a credit is still kept is told to the desk, once. Nothing is spent by it.

use crate::appointments::{Appointment, AppointmentException, AppointmentRefusal, RemindAppointment, SLICE};
use crate::kernel::Role;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

impl Command for RemindAppointment {
    const KIND: &'static str = "appointments.remind";
    const ROLES: &'static [Role] = &[Role::System];
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Appointment>(self.appointment_id)]
    }
}

impl Request for RemindAppointment {
    type Refusal = AppointmentRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, AppointmentRefusal> {
        let mut decision = Decision::nothing();
        let waits = |one: &Appointment| one.keeps() && !one.reminded && one.ends_at < ctx.effective_at;
        if let Some(one) = facts.get::<Appointment>(self.appointment_id).filter(waits) {
            let what = AppointmentException::NotConfirmed { on: one.on };
            decision.raise(what.draft(super::about(&one)));
            let after = Appointment { reminded: true, ..one };
            decision.replace(facts.record::<Appointment>(after.id), &after);
        }
        Ok(decision)
    }
}
