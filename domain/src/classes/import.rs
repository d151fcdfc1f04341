//! A calendar from elsewhere: looked at first, row by row, with the reason for what is left out; then taken over by one
//! command. Each row is compared with the file before it is offered: what it would put into the timetable is what the file
//! holds, session by session, or it is left out.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _};
use serde::{Deserialize, Serialize};

use super::class_type::{ClassDraft, ClassType, NAME_KEY, name_value};
use super::refusal::ClassRefusal;
use super::schedule::{Given, Pattern, Schedule, Stretch};
use super::session::{ADDED, Session, SessionKey, shifted};
use super::session_change::{Different, SessionChange, State};
use super::terms::{Terms, TermsChange};
use super::timetable::{Days, Timetable};
use super::{ClassTypeId, LENGTH_MINUTES_MAX, LENGTH_MINUTES_MIN, SLICE, ScheduleId};
use crate::calendar::event::{self, Event, Fault, Form, When};
use crate::calendar::set::{self, Series, Span};
use crate::calendar::text::{self, NoCalendar};
use crate::calendar::zones::{SharedClock, Zones};
use crate::calendar::{Expansion, Rule, Until, clock};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, StudioId};
use crate::kernel::time::{self, Timestamp, Zone};

/// Schedules one command may bring.
pub const ROWS_MAX: usize = 200;
/// Days of one row that are taken out, changed or added.
pub const DAYS_MAX: usize = 500;
/// Days ahead for which a row is compared with the file.
const COMPARED_DAYS: u32 = 400;

/// Why an event is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// It cannot be read.
    Unreadable(Fault),
    /// It does not take place.
    Cancelled,
    /// Nothing of it is to come.
    Over,
    /// It takes whole days.
    WholeDay,
    /// Shorter or longer than any class.
    Length,
    /// More than one session a day.
    SeveralADay,
    /// It has several rules at once.
    SeveralRules,
    /// Changes of an event that is not in the file.
    NoEvent,
    /// Its clock jumps on other days than the studio's, or it stands on other weekdays here.
    OtherZone,
    /// It was taken over before.
    HereAlready,
    /// It lists more days than a row may.
    TooManyDays,
    /// What would be taken over is not quite what the file holds.
    NotExactly,
}

/// One row of the preview.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is called: the class.
    pub summary: String,
    /// Where it is.
    pub location: String,
    /// What would be taken over, or why nothing is.
    pub outcome: Result<Offer, LeftOut>,
}

/// What would be taken over.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The schedule, without class, coaches and place.
    pub plan: ImportedPlan,
    /// The first sessions to come.
    pub next: Vec<Timestamp>,
    /// Sessions in the next weeks, as far as they were compared.
    pub count: usize,
}

/// A part of a schedule from one of its rule's days on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedStretch {
    /// From this day of the rule on.
    pub from: NaiveDate,
    /// Days from the rule's day to the session's.
    pub moved_days: i32,
    /// When it begins: minutes after midnight.
    pub start_minute: u32,
    /// How long it takes.
    pub length_minutes: u32,
}

/// One session that differs, or is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedSession {
    /// The rule's day it stands for; nothing for one that is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// The day it is on.
    pub on: NaiveDate,
    /// When it begins: minutes after midnight.
    pub start_minute: u32,
    /// How long it takes.
    pub length_minutes: u32,
    /// True when it does not take place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub called_off: bool,
}

/// A schedule as a file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedPlan {
    /// Hashed from the event's own name: the same file twice is the same schedule.
    pub schedule_id: ScheduleId,
    /// The day the rule counts from.
    pub first_on: NaiveDate,
    /// How it repeats; once when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_on: Option<NaiveDate>,
    /// The first of its days that it no longer has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// What holds, in the order of their days; at least one.
    pub stretches: Vec<ImportedStretch>,
    /// Days of the rule that are taken out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted: Vec<NaiveDate>,
    /// Sessions that differ, or are added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<ImportedSession>,
}

/// What the timetable already has.
pub struct Here<'a> {
    /// The studio.
    pub studio: StudioId,
    /// Its zone.
    pub zone: Zone,
    /// What time it is.
    pub now: Timestamp,
    /// True for schedules that are here.
    pub has: &'a dyn Fn(ScheduleId) -> bool,
}

/// What a file would bring, row by row.
pub fn preview(file: &[u8], here: &Here<'_>) -> Result<Vec<Row>, NoCalendar> {
    let known = |name: &str| Zone::named(name).map(|zone| std::rc::Rc::new(zone) as SharedClock);
    let mut rows = Vec::new();
    for calendar in text::calendars(file)? {
        let zones = Zones::of(&calendar, &known, std::rc::Rc::new(here.zone));
        let (good, bad) = event::events(&calendar, &zones);
        rows.extend(set::series(&good).iter().map(|series| row(series, here)));
        rows.extend(bad.into_iter().map(|(summary, fault)| Row {
            summary,
            location: String::new(),
            outcome: Err(LeftOut::Unreadable(fault)),
        }));
    }
    Ok(rows)
}

fn row(series: &Series<'_>, here: &Here<'_>) -> Row {
    let first = series.master.or(series.singles.first().copied());
    Row {
        summary: first.map(|event| event.summary.clone()).unwrap_or_default(),
        location: first.map(|event| event.location.clone()).unwrap_or_default(),
        outcome: offer(series, here),
    }
}

/// The span in which a row is compared with the file, from now on.
fn compared(here: &Here<'_>) -> Span {
    let from = naive(here.now) + TimeDelta::seconds(1);
    Span { from, to: from + TimeDelta::days(i64::from(COMPARED_DAYS)) }
}

fn naive(at: Timestamp) -> NaiveDateTime {
    DateTime::from_timestamp_millis(at.0).unwrap_or_default().naive_utc()
}

fn offer(series: &Series<'_>, here: &Here<'_>) -> Result<Offer, LeftOut> {
    let master = series.master.ok_or(LeftOut::NoEvent)?;
    check(series, master)?;
    let span = compared(here);
    let mut truth: Vec<(NaiveDateTime, NaiveDateTime)> =
        series.occurrences(span).0.iter().map(|one| (one.start.utc(), one.end.utc())).collect();
    truth.retain(|(start, _)| *start >= span.from);
    truth.sort_unstable();
    if truth.is_empty() {
        return Err(LeftOut::Over);
    }
    let plan = Reading { series, master, here }.plan()?;
    if (here.has)(plan.schedule_id) {
        return Err(LeftOut::HereAlready);
    }
    if plan.deleted.len() + plan.sessions.len() > DAYS_MAX {
        return Err(LeftOut::TooManyDays);
    }
    if !plan.is_well_formed() {
        return Err(LeftOut::NotExactly);
    }
    let sessions = plan.sessions(here);
    let ours: Vec<(NaiveDateTime, NaiveDateTime)> =
        sessions.iter().map(|one| (naive(one.starts_at), naive(one.ends_at))).collect();
    if ours != truth {
        let same_clock = truth
            .iter()
            .all(|(start, _)| clock::local(&*master.start.clock, *start) == clock::local(&here.zone, *start));
        return Err(if same_clock { LeftOut::NotExactly } else { LeftOut::OtherZone });
    }
    let next = sessions.iter().take(3).map(|session| session.starts_at).collect();
    Ok(Offer { plan, next, count: sessions.len() })
}

fn check(series: &Series<'_>, master: &Event) -> Result<(), LeftOut> {
    if master.cancelled {
        return Err(LeftOut::Cancelled);
    }
    if master.start.form == Form::Day {
        return Err(LeftOut::WholeDay);
    }
    if master.rules.len() > 1 || !master.ex_rules.is_empty() {
        return Err(LeftOut::SeveralRules);
    }
    if master.rules.iter().any(Rule::says_times) {
        return Err(LeftOut::SeveralADay);
    }
    let all = series.singles.iter().chain(&series.onward).filter(|event| !event.cancelled);
    let lengths = all.map(|event| minutes(event)).chain([minutes(master)]);
    for length in lengths {
        let fits = length.is_some_and(|length| (LENGTH_MINUTES_MIN..=LENGTH_MINUTES_MAX).contains(&length));
        if !fits {
            return Err(LeftOut::Length);
        }
    }
    Ok(())
}

/// Whole minutes an event takes.
fn minutes(event: &Event) -> Option<u32> {
    let seconds = (event.length.end(&event.start).utc() - event.start.utc()).num_seconds();
    u32::try_from(seconds / 60).ok().filter(|_| seconds % 60 == 0)
}

/// One series on its way into a plan.
struct Reading<'a> {
    series: &'a Series<'a>,
    master: &'a Event,
    here: &'a Here<'a>,
}

impl Reading<'_> {
    /// The day and the minute of a point by the studio's wall clock.
    fn wall(&self, at: &When) -> (NaiveDate, u32) {
        let wall = clock::local(&self.here.zone, at.utc());
        (wall.date(), wall.hour() * 60 + wall.minute())
    }

    fn plan(&self) -> Result<ImportedPlan, LeftOut> {
        let (first_on, start_minute) = self.wall(&self.master.start);
        let length_minutes = minutes(self.master).ok_or(LeftOut::Length)?;
        let rule = self.master.rules.first();
        let schedule_id =
            ScheduleId(ids::named(self.here.studio.raw(), format!("ics {}", self.name()).as_bytes()));
        let mut plan = ImportedPlan {
            schedule_id,
            first_on,
            rule: rule.map(Rule::endless),
            last_on: self.last_on(rule, first_on),
            until: None,
            stretches: vec![ImportedStretch { from: first_on, moved_days: 0, start_minute, length_minutes }],
            deleted: Vec::new(),
            sessions: Vec::new(),
        };
        self.onward(&mut plan);
        self.deleted(&mut plan);
        self.extra(&mut plan, start_minute, length_minutes);
        self.singles(&mut plan);
        Ok(plan)
    }

    /// What tells this event from others; what has no name of its own is told by what it is and when.
    fn name(&self) -> String {
        if self.master.uid.is_empty() {
            format!("{} {}", self.master.start.rfc3339(), self.master.summary)
        } else {
            self.master.uid.clone()
        }
    }

    fn last_on(&self, rule: Option<&Rule>, first_on: NaiveDate) -> Option<NaiveDate> {
        let Some(rule) = rule else { return Some(first_on) };
        if rule.count.is_some() {
            let start = first_on.and_time(NaiveTime::MIN);
            let far = start + TimeDelta::days(366 * 50);
            return Expansion::new(rule, start, far, &|_| true).last().map(|at| at.date());
        }
        let own = &self.master.start;
        match rule.until? {
            Until::Day(on) => Some(on),
            Until::Local(at) => {
                Some(if at.time() < own.local.time() { at.date().pred_opt()? } else { at.date() })
            }
            Until::Utc(at) => {
                let wall = clock::local(&self.here.zone, at);
                let starts = clock::local(&self.here.zone, own.utc()).time();
                Some(if wall.time() < starts { wall.date().pred_opt()? } else { wall.date() })
            }
        }
    }

    /// Changes of an occurrence and all that follow.
    fn onward(&self, plan: &mut ImportedPlan) {
        for event in &self.series.onward {
            let Some(stands_for) = &event.stands_for else { continue };
            let from = self.day(&stands_for.at);
            if event.cancelled {
                plan.until = Some(plan.until.map_or(from, |until| until.min(from)));
                continue;
            }
            let (on, start_minute) = self.wall(&event.start);
            let moved_days = i32::try_from((on - from).num_days()).unwrap_or(i32::MAX);
            let length_minutes = minutes(event).unwrap_or_default();
            plan.stretches.retain(|one| one.from != from);
            plan.stretches.push(ImportedStretch { from, moved_days, start_minute, length_minutes });
        }
    }

    /// The rule's day that a point names.
    fn day(&self, at: &When) -> NaiveDate {
        if at.form == Form::Day { at.local.date() } else { self.wall(at).0 }
    }

    fn deleted(&self, plan: &mut ImportedPlan) {
        let today = self.here.zone.day(self.here.now);
        let days = self.master.except.iter().map(|except| self.day(except));
        plan.deleted = days.filter(|day| *day >= today).collect();
        plan.deleted.sort_unstable();
        plan.deleted.dedup();
    }

    fn extra(&self, plan: &mut ImportedPlan, start_minute: u32, length_minutes: u32) {
        for extra in &self.master.extra {
            let own =
                extra.length.map(|length| (length.end(&extra.start).utc() - extra.start.utc()).num_minutes());
            let length_minutes = own.and_then(|own| u32::try_from(own).ok()).unwrap_or(length_minutes);
            let (on, start_minute) = match extra.start.form {
                Form::Day => (extra.start.local.date(), start_minute),
                _ => self.wall(&extra.start),
            };
            let taken_out = self.master.except.iter().any(|except| self.day(except) == on);
            if !taken_out {
                let called_off = false;
                plan.sessions.push(ImportedSession {
                    day: None,
                    on,
                    start_minute,
                    length_minutes,
                    called_off,
                });
            }
        }
    }

    fn singles(&self, plan: &mut ImportedPlan) {
        for event in &self.series.singles {
            let Some(stands_for) = &event.stands_for else { continue };
            let day = self.day(&stands_for.at);
            let ((on, start_minute), length_minutes) =
                (self.wall(&event.start), minutes(event).unwrap_or_default());
            let called_off = event.cancelled;
            let given = plan.pattern_days(Days { first: day, last: day }).contains(&day);
            let single = ImportedSession { day: Some(day), on, start_minute, length_minutes, called_off };
            // A change of an added session takes its place.
            let added = plan.sessions.iter_mut().find(|one| one.day.is_none() && one.on == day);
            match added {
                Some(added) if called_off => added.called_off = true,
                Some(added) => *added = ImportedSession { day: None, ..single },
                None if plan.deleted.contains(&day) => {}
                None if given => plan.sessions.push(single),
                None if called_off => {}
                None => plan.sessions.push(ImportedSession { day: None, ..single }),
            }
        }
    }
}

impl ImportedPlan {
    fn pattern(&self, terms: &Terms) -> Pattern {
        let stretch = |one: &ImportedStretch| Stretch {
            from: one.from,
            moved_days: one.moved_days,
            terms: Terms {
                start_minute: one.start_minute,
                length_minutes: one.length_minutes,
                ..terms.clone()
            },
        };
        Pattern {
            first_on: self.first_on,
            start_minute: self.stretches.first().map_or(0, |one| one.start_minute),
            rule: self.rule.clone(),
            last_on: self.last_on,
            until: self.until,
            handed_days: 0,
            stretches: self.stretches.iter().map(stretch).collect(),
        }
    }

    fn schedule(&self, terms: &Terms, now: Timestamp) -> Schedule {
        Schedule { id: self.schedule_id, revision: 1, patterns: vec![self.pattern(terms)], planned_at: now }
    }

    fn pattern_days(&self, span: Days) -> Vec<NaiveDate> {
        let nothing = Terms {
            class_type_id: ClassTypeId::default(),
            coaches: Vec::new(),
            place_id: None,
            start_minute: 0,
            length_minutes: 0,
            capacity: 0,
            people_min: 0,
        };
        self.schedule(&nothing, Timestamp(0)).given(span).into_iter().map(|given| given.day).collect()
    }

    /// The records it becomes: what has begun by now is left out for good.
    #[must_use]
    pub fn records(&self, terms: &Terms, now: Timestamp, zone: Zone) -> (Schedule, Vec<SessionChange>) {
        let mut schedule = self.schedule(terms, now);
        self.begin_now(&mut schedule, now, zone);
        let key = |day: NaiveDate| schedule.key(Given { pattern: 0, day });
        let blank = |key: SessionKey, state: State| SessionChange {
            key,
            revision: 1,
            state,
            different: Different::default(),
            // Of its own rule's sessions it takes none away.
            rules: u8::from(key.pattern == ADDED),
        };
        let mut changes: Vec<SessionChange> = Vec::new();
        for day in &self.deleted {
            let given = Given { pattern: 0, day: *day };
            if let (Some(key), Some((from, _))) = (key(*day), schedule.terms(given)) {
                changes.push(blank(key, State::Deleted { from }));
            }
        }
        for one in &self.sessions {
            if zone.instant(one.on, one.start_minute) <= now {
                // Who was moved into the past, or was there, is over.
                let over = one.day.and_then(key);
                changes.extend(over.map(|key| blank(key, State::Deleted { from: one.on })));
                continue;
            }
            let added = SessionKey {
                schedule_id: schedule.id,
                on: one.on,
                start_minute: one.start_minute,
                pattern: ADDED,
            };
            let Some(key) = one.day.map_or(Some(added), key) else { continue };
            let state = if one.called_off { State::CalledOff { why: String::new() } } else { State::Planned };
            let terms = TermsChange {
                start_minute: Some(one.start_minute),
                length_minutes: Some(one.length_minutes),
                ..TermsChange::default()
            };
            let different = if one.called_off && one.day.is_some() {
                Different::default()
            } else {
                Different { on: one.day.map(|_| one.on), terms }
            };
            changes.push(SessionChange { different, ..blank(key, state) });
        }
        (schedule, changes)
    }

    /// Lets the pattern begin with its first day to come.
    fn begin_now(&self, schedule: &mut Schedule, now: Timestamp, zone: Zone) {
        let wide = schedule.furthest();
        let today = zone.day(now);
        let span = Days { first: shifted(today, -wide), last: time::plus_days(today, 366 * 9) };
        let to_come = |given: &Given| {
            let terms = schedule.terms(*given);
            terms.is_some_and(|(on, terms)| zone.instant(on, terms.start_minute) > now)
        };
        // Nothing to come by the rule: only its added sessions are left.
        let days = schedule.given(span);
        let first = days.iter().find(|given| to_come(given)).map_or(NaiveDate::MAX, |given| given.day);
        let Some(pattern) = schedule.patterns.first_mut() else { return };
        let holds = pattern.stretches.iter().rposition(|one| one.from <= first).unwrap_or(0);
        pattern.stretches.drain(..holds);
        if let Some(stretch) = pattern.stretches.first_mut() {
            stretch.from = stretch.from.max(first);
        }
    }

    /// The sessions it would make, as far as they are compared.
    fn sessions(&self, here: &Here<'_>) -> Vec<Session> {
        let terms = Terms {
            class_type_id: ClassTypeId::default(),
            coaches: Vec::new(),
            place_id: None,
            start_minute: 0,
            length_minutes: LENGTH_MINUTES_MIN,
            capacity: 1,
            people_min: 0,
        };
        let (schedule, changes) = self.records(&terms, here.now, here.zone);
        let today = here.zone.day(here.now);
        let days = Days { first: today, last: time::plus_days(today, COMPARED_DAYS + 1) };
        let span = compared(here);
        let timetable = Timetable::of(vec![schedule], changes, Vec::new());
        let mut sessions = timetable.sessions(days, here.zone);
        sessions.retain(|one| {
            one.takes_place() && naive(one.starts_at) < span.to && naive(one.starts_at) >= span.from
        });
        sessions
    }

    fn is_well_formed(&self) -> bool {
        let minute = |minute: u32| minute < super::terms::DAY_MINUTES;
        let length = |length: u32| (LENGTH_MINUTES_MIN..=LENGTH_MINUTES_MAX).contains(&length);
        let stretches = self.stretches.iter();
        let in_order = self.stretches.is_sorted_by(|a, b| a.from < b.from);
        let moved = |days: i32| days.unsigned_abs() <= super::MOVED_DAYS_MAX.unsigned_abs();
        !self.stretches.is_empty()
            && in_order
            && self.first_on.year() > 1900
            && self.rule.as_ref().is_none_or(|rule| !rule.says_times())
            && self.deleted.len() + self.sessions.len() <= DAYS_MAX
            && stretches.clone().all(|one| minute(one.start_minute) && moved(one.moved_days))
            && stretches.clone().all(|one| length(one.length_minutes))
            && self.sessions.iter().all(|one| minute(one.start_minute))
            && self.sessions.iter().all(|one| one.called_off || length(one.length_minutes))
    }
}

/// A class that the file names and the studio does not teach yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewClass {
    /// Minted when the preview was shown.
    pub class_type_id: ClassTypeId,
    /// What it shall be.
    pub draft: ClassDraft,
}

/// One row that is taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedRow {
    /// When its sessions are.
    pub plan: ImportedPlan,
    /// What holds for them; start and length come from the file.
    pub terms: Terms,
}

/// Takes rows of a file over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCalendar {
    /// Classes that are new.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<NewClass>,
    /// At most [`ROWS_MAX`].
    pub rows: Vec<ImportedRow>,
}

impl ImportCalendar {
    fn is_new(&self, id: ClassTypeId) -> bool {
        self.classes.iter().any(|class| class.class_type_id == id)
    }

    /// A row's terms without the class where that is new.
    fn known_terms(&self, row: &ImportedRow) -> TermsChange {
        let all = row.terms.as_change();
        TermsChange {
            class_type_id: all.class_type_id.filter(|id| !self.is_new(*id)),
            length_minutes: None,
            ..all
        }
    }
}

impl Command for ImportCalendar {
    const KIND: &'static str = "classes.import_calendar";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        let schedules = self.rows.iter().map(|row| Want::id::<Schedule>(row.plan.schedule_id));
        let classes = self.classes.iter().flat_map(|class| {
            let name = name_value(&class.draft.name);
            [Want::id::<ClassType>(class.class_type_id), Want::key::<ClassType>(NAME_KEY, name)]
        });
        let terms = self.rows.iter().flat_map(|row| self.known_terms(row).wants());
        schedules.chain(classes).chain(terms).collect()
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.rows.len() <= ROWS_MAX
            && self.classes.len() <= ROWS_MAX
            && self.classes.iter().all(|class| class.draft.is_well_formed())
            && self.rows.iter().all(|row| row.plan.is_well_formed())
    }
}

impl Request for ImportCalendar {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let mut decision = Decision::nothing();
        self.add_classes(facts, &mut decision)?;
        let mut taken: BTreeMap<ScheduleId, ()> = BTreeMap::new();
        for row in &self.rows {
            self.known_terms(row).check(facts)?;
            // Taken over before, perhaps on another device: once is enough.
            let id = row.plan.schedule_id;
            if facts.record::<Schedule>(id).is_some() || taken.insert(id, ()).is_some() {
                continue;
            }
            let (schedule, changes) = row.plan.records(&row.terms, ctx.effective_at, ctx.zone);
            decision.put(&schedule);
            changes.iter().for_each(|change| decision.put(change));
        }
        if taken.is_empty() { Err(ClassRefusal::NothingToImport) } else { Ok(decision) }
    }
}

impl ImportCalendar {
    fn add_classes(&self, facts: &Facts, decision: &mut Decision) -> Result<(), ClassRefusal> {
        for class in &self.classes {
            class.draft.check()?;
            if facts.record::<ClassType>(class.class_type_id).is_some() {
                continue;
            }
            let namesakes = facts.by_key::<ClassType>(NAME_KEY, name_value(&class.draft.name));
            if namesakes.iter().any(|one| one.retired_at.is_none()) {
                return Err(ClassRefusal::NameTaken { name: class.draft.name.clone() });
            }
            decision.put(&ClassType {
                id: class.class_type_id,
                revision: 1,
                draft: class.draft.tidied(),
                retired_at: None,
            });
        }
        Ok(())
    }
}
