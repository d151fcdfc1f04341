//! This session alone: another day, time, coach or place. It keeps its name, and later changes of its schedule leave what
//! was said here as it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::refusal::ClassRefusal;
use super::session::{Session, SessionKey, Standing};
use super::session_change::{Different, SessionChange, State};
use super::terms::TermsChange;
use super::timetable::{Timetable, seen, wants};
use super::{DESK_AND_COACHES, SLICE};
use crate::kernel::Role;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

/// Changes one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSession {
    /// Which session; it must not have begun.
    pub key: SessionKey,
    /// The revision of what is different about it that was seen; 0 when nothing was.
    pub seen_revision: u32,
    /// The day it shall be on; stays when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// What else shall be different.
    #[serde(default)]
    pub terms: TermsChange,
}

impl ChangeSession {
    /// What is different about the session after it.
    #[must_use]
    pub fn applied(&self, before: Option<&SessionChange>, session: &Session) -> SessionChange {
        let mut after = before.cloned().unwrap_or_else(|| nothing(self.key));
        after.revision += 1;
        if self.on.is_some_and(|on| on < session.on) {
            // It may be over before its schedule would have had it: then no change of the schedule may reach it.
            after.different.terms = session.terms.as_change();
        }
        after.different.on = self.on.or(after.different.on);
        after.different.terms = after.different.terms.then(&self.terms);
        after
    }
}

/// Nothing is different yet.
pub(super) fn nothing(key: SessionKey) -> SessionChange {
    SessionChange { key, revision: 0, state: State::Planned, different: Different::default(), rules: 0 }
}

/// The session of a name, if it can still be changed by this person.
pub(super) fn changeable(
    timetable: &Timetable,
    key: &SessionKey,
    seen_revision: u32,
    ctx: &Ctx,
) -> Result<Session, ClassRefusal> {
    let deleted = timetable.change(key).is_some_and(|change| matches!(change.state, State::Deleted { .. }));
    if deleted {
        return Err(ClassRefusal::DeletedBefore);
    }
    let session = timetable.session(key, ctx.zone).ok_or(ClassRefusal::NoSession)?;
    if session.has_begun(ctx.effective_at) {
        return Err(ClassRefusal::Begun);
    }
    if ctx.role == Role::Coach && !session.terms.coaches.contains(&ctx.actor) {
        return Err(ClassRefusal::NotYourClass);
    }
    if session.revision != seen_revision {
        return Err(ClassRefusal::ChangedMeanwhile);
    }
    Ok(session)
}

impl Command for ChangeSession {
    const KIND: &'static str = "classes.change_session";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        let mut all = wants(self.key.schedule_id, self.key.on);
        all.push(Want::id::<SessionChange>(self.key.id()));
        all.extend(self.terms.wants());
        all
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.terms.is_well_formed()
    }
}

impl Request for ChangeSession {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let (_, timetable) = seen(facts, self.key.schedule_id, self.key.on)?;
        let session = changeable(&timetable, &self.key, self.seen_revision, ctx)?;
        if matches!(session.standing, Standing::CalledOff { .. }) {
            return Err(ClassRefusal::CalledOffBefore);
        }
        self.terms.check(facts)?;
        let change = self.applied(timetable.change(&self.key), &session);
        let after = timetable.with_change(change.clone());
        if after.session(&self.key, ctx.zone).is_none_or(|session| session.has_begun(ctx.effective_at)) {
            return Err(ClassRefusal::IntoThePast);
        }
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<SessionChange>(self.key.id()), &change);
        Ok(decision)
    }
}
