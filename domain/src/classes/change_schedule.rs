//! This session and all later ones: another coach, place, time or length, or some days earlier or later. Sessions keep
//! their names, so whoever booked stays booked. "All" is the same, from the first session to come.

use serde::{Deserialize, Serialize};

use super::refusal::ClassRefusal;
use super::schedule::{Given, Pattern, Schedule, Stretch};
use super::session::{Session, SessionKey, shifted};
use super::terms::TermsChange;
use super::timetable::Days;
use super::{MOVED_DAYS_MAX, SLICE, STRETCHES_MAX};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::time::{Timestamp, Zone};

/// Changes a session and all later ones of its schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSchedule {
    /// From this session on; it must not have begun.
    pub from: SessionKey,
    /// The schedule's revision that was seen.
    pub seen_revision: u32,
    /// Days later, or earlier below zero.
    #[serde(default)]
    pub move_days: i32,
    /// What shall be different.
    #[serde(default)]
    pub terms: TermsChange,
}

impl ChangeSchedule {
    /// The schedule after it: a form shows whom it touches before it is done.
    pub fn applied(&self, before: &Schedule, now: Timestamp, zone: Zone) -> Result<Schedule, ClassRefusal> {
        let given = to_come(before, &self.from, now, zone)?.0;
        let mut after = before.clone();
        after.revision += 1;
        for (index, pattern) in after.patterns.iter_mut().enumerate().skip(given.pattern) {
            // Later rules have days of their own.
            let (from, move_days) = if index == given.pattern {
                begin(pattern, given)?;
                (Some(given.day), self.move_days)
            } else {
                (None, 0)
            };
            for stretch in pattern.stretches.iter_mut().filter(|one| from.is_none_or(|from| one.from >= from))
            {
                stretch.moved_days += move_days;
                stretch.terms = self.terms.applied(&stretch.terms);
                if stretch.moved_days.abs() > MOVED_DAYS_MAX {
                    return Err(ClassRefusal::TOO_FAR);
                }
            }
        }
        if after.patterns.iter().map(|pattern| pattern.stretches.len()).sum::<usize>() > STRETCHES_MAX {
            return Err(ClassRefusal::TooManyChanges);
        }
        check_order(&after, given)?;
        let (on, terms) = after.terms(given).ok_or(ClassRefusal::NoSession)?;
        if zone.instant(on, terms.start_minute) <= now {
            return Err(ClassRefusal::IntoThePast);
        }
        Ok(after)
    }
}

/// Lets a stretch begin on a day, if none does.
fn begin(pattern: &mut Pattern, given: Given) -> Result<(), ClassRefusal> {
    let before = pattern.stretch(given.day).ok_or(ClassRefusal::NoSession)?.clone();
    if before.from != given.day {
        let at = pattern.stretches.partition_point(|stretch| stretch.from < given.day);
        pattern.stretches.insert(at, Stretch { from: given.day, ..before });
    }
    Ok(())
}

/// Refuses sessions that would come before one that stays where it is.
fn check_order(after: &Schedule, given: Given) -> Result<(), ClassRefusal> {
    let (first, last) = (shifted(given.day, -MOVED_DAYS_MAX), given.day);
    let (on, _) = after.terms(given).ok_or(ClassRefusal::NoSession)?;
    let mut earlier = after.given(Days { first, last });
    earlier.retain(|one| one.pattern == given.pattern && one.day < given.day);
    match earlier.last().and_then(|one| after.terms(*one)) {
        Some((before, _)) if before >= on => Err(ClassRefusal::MeetsEarlier { on: before }),
        _ => Ok(()),
    }
}

/// A session that has not begun, as its schedule alone has it: where it is given, and the day it is on.
pub(super) fn to_come(
    schedule: &Schedule,
    key: &SessionKey,
    now: Timestamp,
    zone: Zone,
) -> Result<(Given, Session), ClassRefusal> {
    let given = schedule.given_of(key).ok_or(ClassRefusal::NoSession)?;
    let (on, terms) = schedule.terms(given).ok_or(ClassRefusal::NoSession)?;
    let session = Session::on_day(*key, on, terms.clone(), zone);
    if session.has_begun(now) { Err(ClassRefusal::Begun) } else { Ok((given, session)) }
}

impl Command for ChangeSchedule {
    const KIND: &'static str = "classes.change_schedule";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        let mut all = vec![Want::id::<Schedule>(self.from.schedule_id)];
        all.extend(self.terms.wants());
        all
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.terms.is_well_formed() && self.move_days.abs() <= 366
    }
}

impl Request for ChangeSchedule {
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
