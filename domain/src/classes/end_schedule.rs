//! A schedule ends: this session and all later ones are taken out. What was before stays, and it does not begin again.

use serde::{Deserialize, Serialize};

use super::SLICE;
use super::change_schedule::to_come;
use super::refusal::ClassRefusal;
use super::schedule::Schedule;
use super::session::SessionKey;
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::time::{Timestamp, Zone};

/// Ends a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndSchedule {
    /// The first session that is no more; it must not have begun.
    pub from: SessionKey,
    /// The schedule's revision that was seen.
    pub seen_revision: u32,
}

impl EndSchedule {
    /// The schedule after it: a form shows whom it touches before it is done.
    pub fn applied(&self, before: &Schedule, now: Timestamp, zone: Zone) -> Result<Schedule, ClassRefusal> {
        let (given, _) = to_come(before, &self.from, now, zone)?;
        let mut after = before.clone();
        after.revision += 1;
        after.cut(given);
        Ok(after)
    }
}

impl Command for EndSchedule {
    const KIND: &'static str = "classes.end_schedule";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Schedule>(self.from.schedule_id)]
    }
}

impl Request for EndSchedule {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let before = facts.get::<Schedule>(self.from.schedule_id).ok_or(ClassRefusal::NoSchedule)?;
        if before.revision != self.seen_revision {
            return Err(ClassRefusal::ChangedMeanwhile);
        }
        let after = self.applied(&before, ctx.effective_at, ctx.zone)?;
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Schedule>(before.id), &after);
        Ok(decision)
    }
}
