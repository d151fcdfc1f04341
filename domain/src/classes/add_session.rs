//! One more session of a schedule, on a day its rule does not have.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::change_session::nothing;
use super::refusal::ClassRefusal;
use super::schedule::Schedule;
use super::session::{ADDED, SessionKey};
use super::session_change::{Different, SessionChange};
use super::terms::{DAY_MINUTES, TermsChange};
use super::timetable::{Days, Timetable, seen, wants};
use super::{SLICE, ScheduleId};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::time::{Timestamp, Zone};

/// Adds a session to a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddSession {
    /// To which schedule.
    pub schedule_id: ScheduleId,
    /// On which day.
    pub on: NaiveDate,
    /// What is different from the schedule's other sessions around that day.
    #[serde(default)]
    pub terms: TermsChange,
}

impl AddSession {
    /// What makes the session, in a timetable that knows the days around it: a form shows its clashes before it is added.
    pub fn applied(
        &self,
        schedule: &Schedule,
        timetable: &Timetable,
        now: Timestamp,
        zone: Zone,
    ) -> Result<SessionChange, ClassRefusal> {
        let day = Days { first: self.on, last: self.on };
        if !timetable.sessions_of(schedule, day, zone).is_empty() {
            return Err(ClassRefusal::SessionThatDay);
        }
        if timetable.was_deleted(schedule, self.on) {
            return Err(ClassRefusal::DateDeleted);
        }
        let around = schedule.terms_around(self.on).ok_or(ClassRefusal::NoSchedule)?;
        let start_minute = self.terms.applied(around).start_minute;
        if zone.instant(self.on, start_minute) <= now {
            return Err(ClassRefusal::IntoThePast);
        }
        let key = self.free_name(timetable, start_minute);
        // It keeps its own start: the schedule's may change around it.
        let terms = TermsChange { start_minute: Some(start_minute), ..self.terms.clone() };
        let rules = u8::try_from(schedule.patterns.len()).unwrap_or(u8::MAX);
        let different = Different { on: None, terms };
        Ok(SessionChange { revision: 1, different, rules, ..nothing(key) })
    }

    /// A session that was added for this day and time and then moved away keeps its name, and whoever booked it.
    fn free_name(&self, timetable: &Timetable, start_minute: u32) -> SessionKey {
        let named = |start_minute| SessionKey {
            schedule_id: self.schedule_id,
            on: self.on,
            start_minute,
            pattern: ADDED,
        };
        let mut names = (start_minute..DAY_MINUTES).chain(0..start_minute).map(named);
        let free = names.find(|key| timetable.change(key).is_none());
        free.unwrap_or_else(|| named(start_minute))
    }
}

impl Command for AddSession {
    const KIND: &'static str = "classes.add_session";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        let mut all = wants(self.schedule_id, self.on);
        all.extend(self.terms.wants());
        all
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.terms.is_well_formed()
    }
}

impl Request for AddSession {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let (schedule, timetable) = seen(facts, self.schedule_id, self.on)?;
        self.terms.check(facts)?;
        let mut decision = Decision::nothing();
        decision.put(&self.applied(&schedule, &timetable, ctx.effective_at, ctx.zone)?);
        Ok(decision)
    }
}
