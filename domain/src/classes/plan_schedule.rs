//! A new schedule: from a day on by a rule, or once. Nothing is planned into the past.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::refusal::ClassRefusal;
use super::schedule::{Pattern, Schedule, Stretch, first_of};
use super::terms::{DAY_MINUTES, Terms};
use super::{COACHES_MAX, SLICE, ScheduleId};
use crate::calendar::{Expansion, Rule, Until};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::time::Timestamp;

/// Plans sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSchedule {
    /// What holds for them.
    pub terms: Terms,
    /// From this day on; the rule's next day is the first.
    pub first_on: NaiveDate,
    /// How it repeats, COUNT and UNTIL as they are meant; once when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
}

impl PlanSchedule {
    /// The schedule it would make: a form shows its clashes before it is planned.
    pub fn schedule(&self, id: ScheduleId, planned_at: Timestamp) -> Result<Schedule, ClassRefusal> {
        let pattern = pattern(self.rule.as_ref(), self.first_on, &self.terms)?;
        Ok(Schedule { id, revision: 1, patterns: vec![pattern], planned_at })
    }
}

/// A rule from a day on, with its end as a day.
pub(super) fn pattern(rule: Option<&Rule>, from: NaiveDate, terms: &Terms) -> Result<Pattern, ClassRefusal> {
    let start_minute = terms.start_minute;
    let (first_on, last_on) = match rule {
        None => (from, Some(from)),
        Some(rule) if rule.says_times() => return Err(ClassRefusal::SeveralADay),
        Some(rule) => {
            let first = first_of(rule, from).ok_or(ClassRefusal::NeverHappens)?;
            (first, last_of(rule, first)?)
        }
    };
    let stretch = Stretch { from: first_on, moved_days: 0, terms: terms.clone() };
    Ok(Pattern {
        first_on,
        start_minute,
        rule: rule.map(Rule::endless),
        last_on,
        until: None,
        handed_days: 0,
        stretches: vec![stretch],
    })
}

/// The last day a rule means by COUNT or UNTIL.
fn last_of(rule: &Rule, first: NaiveDate) -> Result<Option<NaiveDate>, ClassRefusal> {
    let last = match (rule.until, rule.count) {
        // An instant is a matter of the zone; whoever makes a rule of one gives it as a day.
        (Some(Until::Day(on)), _) => Some(on),
        (Some(Until::Local(at) | Until::Utc(at)), _) => Some(at.date()),
        (None, Some(_)) => {
            let midnight = |day: NaiveDate| -> NaiveDateTime { day.and_time(NaiveTime::MIN) };
            // What is counted further than this has no end that anybody meant.
            let far = first.checked_add_months(chrono::Months::new(12 * 50)).unwrap_or(NaiveDate::MAX);
            let last = Expansion::new(rule, midnight(first), midnight(far), &|_| true).last();
            Some(last.ok_or(ClassRefusal::NeverHappens)?.date())
        }
        (None, None) => None,
    };
    if last.is_some_and(|last| last < first) { Err(ClassRefusal::NeverHappens) } else { Ok(last) }
}

impl Command for PlanSchedule {
    const KIND: &'static str = "classes.plan_schedule";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        self.terms.as_change().wants()
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.terms.start_minute < DAY_MINUTES && self.terms.coaches.len() <= COACHES_MAX
    }
}

impl Request for PlanSchedule {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        self.terms.as_change().check(facts)?;
        let schedule = self.schedule(ScheduleId(ctx.id(0)), ctx.effective_at)?;
        let first = schedule.patterns.first().map_or(self.first_on, |pattern| pattern.first_on);
        if ctx.zone.instant(first, self.terms.start_minute) <= ctx.effective_at {
            return Err(ClassRefusal::IntoThePast);
        }
        let mut decision = Decision::nothing();
        decision.put(&schedule);
        Ok(decision)
    }
}
