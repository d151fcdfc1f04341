//! Another rule from a session on: other weekdays, every second week, an end. A day that both rules have keeps its
//! session; what only the old one had is gone, and a form shows whom that touches first.

use serde::{Deserialize, Serialize};

use super::change_schedule::to_come;
use super::plan_schedule::pattern;
use super::refusal::ClassRefusal;
use super::schedule::Schedule;
use super::session::SessionKey;
use super::terms::TermsChange;
use super::{PATTERNS_MAX, SLICE};
use crate::calendar::Rule;
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::time::{Timestamp, Zone};

/// Lets a schedule repeat by another rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatSchedule {
    /// From this session's day on; it must not have begun.
    pub from: SessionKey,
    /// The schedule's revision that was seen.
    pub seen_revision: u32,
    /// How it repeats from then on; COUNT counts from that day.
    pub rule: Rule,
    /// What shall be different besides.
    #[serde(default)]
    pub terms: TermsChange,
}

impl RepeatSchedule {
    /// The schedule after it: a form shows whom it touches before it is done.
    pub fn applied(&self, before: &Schedule, now: Timestamp, zone: Zone) -> Result<Schedule, ClassRefusal> {
        let (given, session) = to_come(before, &self.from, now, zone)?;
        if before.patterns.len() >= PATTERNS_MAX {
            return Err(ClassRefusal::TooManyChanges);
        }
        let terms = self.terms.applied(&session.terms);
        let next = pattern(Some(&self.rule), session.on, &terms)?;
        if zone.instant(next.first_on, terms.start_minute) <= now {
            return Err(ClassRefusal::IntoThePast);
        }
        let mut after = before.clone();
        after.revision += 1;
        after.cut(given);
        after.patterns.push(next);
        Ok(after)
    }
}

impl Command for RepeatSchedule {
    const KIND: &'static str = "classes.repeat_schedule";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        let mut all = vec![Want::id::<Schedule>(self.from.schedule_id)];
        all.extend(self.terms.wants());
        all
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.terms.is_well_formed()
    }
}

impl Request for RepeatSchedule {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let before = facts.get::<Schedule>(self.from.schedule_id).ok_or(ClassRefusal::NoSchedule)?;
        if before.revision != self.seen_revision {
            return Err(ClassRefusal::ChangedMeanwhile);
        }
        self.terms.check(facts)?;
        let after = self.applied(&before, ctx.effective_at, ctx.zone)?;
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Schedule>(before.id), &after);
        Ok(decision)
    }
}
