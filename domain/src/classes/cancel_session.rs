//! One session does not take place: called off, so that everybody sees it crossed out and why, or deleted, so that it is
//! not there. Neither comes back by a later change of its schedule.

use serde::{Deserialize, Serialize};

use super::change_session::{changeable, nothing};
use super::refusal::ClassRefusal;
use super::session::{SessionKey, Standing};
use super::session_change::{SessionChange, State};
use super::timetable::{seen, wants};
use super::{DESK_AND_COACHES, NOTE_CHARS_MAX, SLICE};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::text;

/// Calls a session off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallOffSession {
    /// Which session; it must not have begun.
    pub key: SessionKey,
    /// The revision of what is different about it that was seen; 0 when nothing was.
    pub seen_revision: u32,
    /// Why, for everybody to read; may be empty.
    pub why: String,
}

/// Takes a session out of the timetable for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteSession {
    /// Which session; it must not have begun.
    pub key: SessionKey,
    /// The revision of what is different about it that was seen; 0 when nothing was.
    pub seen_revision: u32,
}

fn wants_of(key: &SessionKey) -> Vec<Want> {
    let mut all = wants(key.schedule_id, key.on);
    all.push(Want::id::<SessionChange>(key.id()));
    all
}

impl Command for CallOffSession {
    const KIND: &'static str = "classes.call_off";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        wants_of(&self.key)
    }
    fn is_well_formed(&self, (): &()) -> bool {
        text::fits(&self.why, NOTE_CHARS_MAX)
    }
}

impl Request for CallOffSession {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let (_, timetable) = seen(facts, self.key.schedule_id, self.key.on)?;
        let session = changeable(&timetable, &self.key, self.seen_revision, ctx)?;
        if matches!(session.standing, Standing::CalledOff { .. }) {
            return Err(ClassRefusal::CalledOffBefore);
        }
        let before = timetable.change(&self.key).cloned().unwrap_or_else(|| nothing(self.key));
        let state = State::CalledOff { why: text::tidy_line(&self.why) };
        let mut decision = Decision::nothing();
        let after = SessionChange { revision: before.revision + 1, state, ..before };
        decision.replace(facts.record::<SessionChange>(self.key.id()), &after);
        Ok(decision)
    }
}

impl Command for DeleteSession {
    const KIND: &'static str = "classes.delete_session";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        wants_of(&self.key)
    }
}

impl Request for DeleteSession {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let (schedule, timetable) = seen(facts, self.key.schedule_id, self.key.on)?;
        changeable(&timetable, &self.key, self.seen_revision, ctx)?;
        let before = timetable.change(&self.key).cloned().unwrap_or_else(|| nothing(self.key));
        // The day the schedule has it on, and not where it was moved by itself: that day shall stay empty.
        let given = schedule.given_of(&self.key).and_then(|given| schedule.terms(given));
        let from = given.map_or(self.key.on, |(on, _)| on);
        let mut decision = Decision::nothing();
        let after = SessionChange { revision: before.revision + 1, state: State::Deleted { from }, ..before };
        decision.replace(facts.record::<SessionChange>(self.key.id()), &after);
        Ok(decision)
    }
}
