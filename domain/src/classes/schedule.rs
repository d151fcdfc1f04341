//! The pattern that makes sessions. It grows by additions only: a new rule is a further pattern, a change of this and all
//! later sessions a further stretch; what was before stays as it was.
//!
//! Identity. A session is named after the day its rule first gave it. A change of place, coach, time or weekday keeps the
//! rule and adds a stretch that says how far from the rule's day the sessions now are: the names stay. Another rule is
//! another pattern; a day that both rules have keeps the session it had, found by following the rules back.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::ScheduleId;
use super::session::{ADDED, SessionKey, shifted};
use super::terms::Terms;
use super::timetable::Days;
use crate::calendar::{Expansion, Rule};
use crate::kernel::access::Reader;
use crate::kernel::erasure::Tells;
use crate::kernel::ids::Id;
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;

/// What holds from one of a rule's days on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// From this day of the rule on.
    pub from: NaiveDate,
    /// Days from the rule's day to the day the session is on.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub moved_days: i32,
    /// What holds.
    pub terms: Terms,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_zero(days: &i32) -> bool {
    *days == 0
}

/// One rule with what holds under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// The day the rule counts from.
    pub first_on: NaiveDate,
    /// When sessions begin by the name they keep: minutes after midnight.
    pub start_minute: u32,
    /// How it repeats, without COUNT and UNTIL; once when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// The last day it was planned for; no end when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_on: Option<NaiveDate>,
    /// The first of its days that it no longer has: another rule took over, or the schedule ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// How far from the rule's days its sessions were when another rule took over: names are followed across by it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub handed_days: i32,
    /// What holds, in the order of their days; never empty.
    pub stretches: Vec<Stretch>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Which one.
    pub id: ScheduleId,
    /// Counts up with each change, from 1.
    pub revision: u32,
    /// Its rules, each taking over from the one before.
    pub patterns: Vec<Pattern>,
    /// When it was planned.
    pub planned_at: Timestamp,
}

/// The key of schedules by the last day on which they can have a session.
pub(super) const LAST_KEY: &str = "schedule.last";
/// The key of schedules by each place they use, and used.
pub(super) const PLACE_KEY: &str = "schedule.place";
/// The key of schedules by each coach they have, and had.
pub(super) const COACH_KEY: &str = "schedule.coach";

impl RecordBody for Schedule {
    const KIND: &'static str = "schedule";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(LAST_KEY, KeyValue::of(self.last_on().unwrap_or(NaiveDate::MAX)));
        let terms =
            || self.patterns.iter().flat_map(|pattern| &pattern.stretches).map(|stretch| &stretch.terms);
        let mut places: Vec<Id> = terms().filter_map(|terms| terms.place_id).map(Into::into).collect();
        let mut coaches: Vec<Id> =
            terms().flat_map(|terms| &terms.coaches).map(|coach| coach.raw()).collect();
        for (name, ids) in [(PLACE_KEY, &mut places), (COACH_KEY, &mut coaches)] {
            ids.sort_unstable();
            ids.dedup();
            ids.iter().for_each(|id| keys.shared(name, KeyValue::of(*id)));
        }
    }
}

/// How the sessions around one of them repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeating<'a> {
    /// By which rule, without its end.
    pub rule: &'a Rule,
    /// Days from the rule's days to those the sessions are on.
    pub moved_days: i32,
    /// The last day it can have a session; nothing while it has no end.
    pub last_on: Option<NaiveDate>,
}

/// A day as one of a schedule's rules gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Given {
    /// Which rule.
    pub(super) pattern: usize,
    /// Which of its days.
    pub(super) day: NaiveDate,
}

impl Pattern {
    /// True when the rule itself gives this day, whether or not another one has taken over by then.
    fn gives(&self, day: NaiveDate) -> bool {
        self.days(Days { first: day, last: day }).next().is_some()
    }

    /// True when the rule is in force on a day, or was before another one took over.
    fn has_begun_on(&self, day: NaiveDate) -> bool {
        self.stretches.first().map_or(self.first_on, |stretch| stretch.from) <= day
    }

    /// The rule's days in a span, whether or not another rule has taken over by then.
    fn days(&self, span: Days) -> impl Iterator<Item = NaiveDate> + '_ {
        let first = self.stretches.first().map_or(self.first_on, |stretch| stretch.from).max(span.first);
        let last = self.last_on.unwrap_or(NaiveDate::MAX).min(span.last);
        let once = self.rule.is_none().then_some(self.first_on);
        let all = self.rule.iter().flat_map(move |rule| expanded(rule, self.first_on, first, last));
        once.into_iter().chain(all).filter(move |day| *day >= first && *day <= last)
    }

    /// What holds on one of its days.
    pub(super) fn stretch(&self, day: NaiveDate) -> Option<&Stretch> {
        self.stretches.iter().rfind(|stretch| stretch.from <= day)
    }
}

fn expanded(rule: &Rule, first_on: NaiveDate, from: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
    let midnight = |day: NaiveDate| -> NaiveDateTime { day.and_time(NaiveTime::MIN) };
    let before = midnight(last.succ_opt().unwrap_or(last));
    let expansion = Expansion::new(rule, midnight(first_on), before, &|_| true).strict().skip_to(from);
    expansion.map(|at| at.date()).collect()
}

/// The first day of a rule from a day on; nothing if it has none in the next years.
pub(super) fn first_of(rule: &Rule, from: NaiveDate) -> Option<NaiveDate> {
    let midnight = from.and_time(NaiveTime::MIN);
    let before = midnight.checked_add_days(chrono::Days::new(366 * 9))?;
    Expansion::new(rule, midnight, before, &|_| true).strict().next().map(|at| at.date())
}

impl Schedule {
    /// The last day on which it can have a session that nobody moved by itself; nothing while it has no end.
    #[must_use]
    pub fn last_on(&self) -> Option<NaiveDate> {
        let last = self.patterns.last()?;
        let end = match (last.last_on, last.until) {
            (Some(own), Some(until)) => Some(own.min(until)),
            (one, other) => one.or(other),
        }?;
        // Later rules end later, but the sessions of an earlier one may have been moved further.
        let moved =
            self.patterns.iter().flat_map(|pattern| &pattern.stretches).map(|one| one.moved_days).max();
        Some(shifted(end, moved.unwrap_or(0).max(0)))
    }

    /// The days its rules give in a span, as far as each of them is in force.
    pub(super) fn given(&self, span: Days) -> Vec<Given> {
        let mut all = Vec::new();
        for (pattern, one) in self.patterns.iter().enumerate() {
            let last = one.until.and_then(|until| until.pred_opt()).unwrap_or(NaiveDate::MAX).min(span.last);
            all.extend(one.days(Days { last, ..span }).map(|day| Given { pattern, day }));
        }
        all
    }

    /// The name of the session on a day that a rule gives: that of the session which the rules before handed on to that
    /// day, else its own.
    pub(super) fn key(&self, given: Given) -> Option<SessionKey> {
        let mut named = given;
        for (pattern, own) in self.patterns.iter().enumerate().take(given.pattern).rev() {
            let day = shifted(named.day, -own.handed_days);
            if own.until.is_some_and(|until| day >= until) && own.gives(day) {
                named = Given { pattern, day };
            } else if own.has_begun_on(named.day) {
                // It had no session to hand on to that day: what stands there now is new.
                break;
            }
        }
        let start_minute = self.patterns.get(named.pattern)?.start_minute;
        let pattern = u8::try_from(named.pattern).ok().filter(|pattern| *pattern != ADDED)?;
        Some(SessionKey { schedule_id: self.id, on: named.day, start_minute, pattern })
    }

    /// Where a session of this name is given now; nothing when there never was one, or no rule has it any more.
    pub(super) fn given_of(&self, key: &SessionKey) -> Option<Given> {
        let named = Given { pattern: usize::from(key.pattern), day: key.on };
        let own = self.patterns.get(named.pattern)?;
        if key.schedule_id != self.id || key.start_minute != own.start_minute || !own.gives(named.day) {
            return None;
        }
        // A name that a later rule took from an earlier one belongs to that one alone: ask for it again.
        self.followed(named).filter(|given| self.key(*given) == Some(*key))
    }

    /// Where the session of a day is, once the rule that gave the day was taken over.
    fn followed(&self, from: Given) -> Option<Given> {
        let own = self.patterns.get(from.pattern)?;
        if own.until.is_none_or(|until| from.day < until) {
            return Some(from);
        }
        let day = shifted(from.day, own.handed_days);
        // A rule that was planned for later and overruled before it began stands in nobody's way.
        let mut later = self.patterns.iter().enumerate().skip(from.pattern + 1);
        let (pattern, next) = later.find(|(_, one)| one.has_begun_on(day))?;
        if next.gives(day) { self.followed(Given { pattern, day }) } else { None }
    }

    /// Ends its rules from a day of one of them on. What they gave before stays theirs.
    pub(super) fn cut(&mut self, from: Given) {
        for (pattern, own) in self.patterns.iter_mut().enumerate().skip(from.pattern) {
            let until = if pattern == from.pattern {
                Some(from.day)
            } else {
                own.stretches.first().map(|one| one.from)
            };
            let earlier = own.until.filter(|known| until.is_none_or(|until| *known <= until));
            if earlier.is_none() {
                own.handed_days =
                    until.and_then(|day| own.stretch(day)).map_or(0, |stretch| stretch.moved_days);
                own.until = until;
            }
        }
    }

    /// What holds on a day that a rule gives, and the day the session is on then.
    pub(super) fn terms(&self, given: Given) -> Option<(NaiveDate, &Terms)> {
        let stretch = self.patterns.get(given.pattern)?.stretch(given.day)?;
        Some((shifted(given.day, stretch.moved_days), &stretch.terms))
    }

    /// The day on which a schedule has the session of a name, wherever it was moved by hand; nothing where it has none.
    #[must_use]
    pub fn planned_on(&self, key: &SessionKey) -> Option<NaiveDate> {
        self.given_of(key).and_then(|given| self.terms(given)).map(|(on, _)| on)
    }

    /// How the session of a name repeats; nothing where it was planned once, or added by hand.
    #[must_use]
    pub fn repeating(&self, key: &SessionKey) -> Option<Repeating<'_>> {
        let given = self.given_of(key)?;
        let pattern = self.patterns.get(given.pattern)?;
        let moved_days = pattern.stretch(given.day)?.moved_days;
        let taken_over = pattern.until.and_then(|until| until.pred_opt());
        let last_on = match (pattern.last_on, taken_over) {
            (Some(own), Some(before)) => Some(own.min(before)),
            (one, other) => one.or(other),
        };
        let last_on = last_on.map(|last| shifted(last, moved_days));
        Some(Repeating { rule: pattern.rule.as_ref()?, moved_days, last_on })
    }

    /// What held or will hold on a day on which no rule has a session.
    #[must_use]
    pub fn terms_around(&self, day: NaiveDate) -> Option<&Terms> {
        let stretches = || self.patterns.iter().flat_map(|pattern| &pattern.stretches);
        stretches().rfind(|stretch| stretch.from <= day).or_else(|| stretches().next()).map(|one| &one.terms)
    }

    /// The furthest that its sessions stand away from their rules' days.
    pub(super) fn furthest(&self) -> i32 {
        let stretches = self.patterns.iter().flat_map(|pattern| &pattern.stretches);
        stretches.map(|stretch| stretch.moved_days.abs()).max().unwrap_or(0)
    }
}
