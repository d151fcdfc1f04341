//! Schedules, changes and closures put together: which sessions there are. Pure, and quick enough for every repaint.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::ScheduleId;
use super::change_schedule::to_come;
use super::closure::{self, Closure};
use super::refusal::ClassRefusal;
use super::schedule::{self, Given, Schedule};
use super::session::{ADDED, Session, SessionKey, Standing, shifted};
use super::session_change::{self, SessionChange, State};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::keys::KeyValue;
use crate::kernel::order;
use crate::kernel::time::{Timestamp, Zone};

/// A span of days, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
}

impl Days {
    /// True when a day is in it.
    #[must_use]
    pub fn has(self, day: NaiveDate) -> bool {
        self.first <= day && day <= self.last
    }

    fn widened(self, days: i32) -> Self {
        Self { first: shifted(self.first, -days), last: shifted(self.last, days) }
    }
}

/// The days of a schedule that its rules do not fill by themselves.
#[derive(Debug, Default)]
struct Filled {
    /// A session of that day was deleted: nothing comes to stand there.
    emptied: BTreeSet<NaiveDate>,
    /// A session was added on that day, beside so many rules: a later one makes no second one there.
    added: BTreeMap<NaiveDate, u8>,
}

impl Filled {
    fn has(&self, key: &SessionKey, on: NaiveDate) -> bool {
        self.emptied.contains(&on) || self.added.get(&key.on).is_some_and(|rules| key.pattern >= *rules)
    }
}

/// What sessions are made of.
#[derive(Debug, Clone, Default)]
pub struct Timetable {
    schedules: Vec<Schedule>,
    changes: BTreeMap<SessionKey, SessionChange>,
    closures: Vec<Closure>,
}

impl Timetable {
    /// From the records of a span, or all there are.
    #[must_use]
    pub fn of(
        schedules: Vec<Schedule>,
        changes: impl IntoIterator<Item = SessionChange>,
        closures: Vec<Closure>,
    ) -> Self {
        let changes = changes.into_iter().map(|change| (change.key, change)).collect();
        Self { schedules, changes, closures }
    }

    /// What must be read for the sessions on the days of a span, of each kind: schedules, then changes by the day they
    /// were planned for and by the day they were moved to, then closures.
    #[must_use]
    pub fn wants(span: Days) -> [Want; 4] {
        let wide = span.widened(2 * super::MOVED_DAYS_MAX);
        let from = |day: NaiveDate| (KeyValue::of(day), KeyValue::of(NaiveDate::MAX));
        let days = |days: Days| (KeyValue::of(days.first), KeyValue::of(days.last));
        let (schedules, planned, moved) = (from(span.first), days(wide), days(span));
        [
            Want::range::<Schedule>(schedule::LAST_KEY, schedules.0, schedules.1, super::SEEN_MAX),
            Want::range::<SessionChange>(session_change::DAY_KEY, planned.0, planned.1, super::SEEN_MAX),
            Want::range::<SessionChange>(session_change::MOVED_KEY, moved.0, moved.1, super::SEEN_MAX),
            closure::from_day(span.first),
        ]
    }

    /// The schedules besides those that [`Self::wants`] finds by their last day: a session that was added to one, or
    /// moved, comes after its end. `changes` are what was found of them.
    fn outlived(span: Days, found: &[Schedule], changes: &[SessionChange]) -> Vec<Want> {
        let here = changes.iter().filter(|change| {
            let by_hand = change.key.is_added() || change.different.on.is_some();
            by_hand && span.has(change.different.on.unwrap_or(change.key.on))
        });
        let ids: BTreeSet<ScheduleId> = here.map(|change| change.key.schedule_id).collect();
        let missing = ids.into_iter().filter(|id| found.iter().all(|schedule| schedule.id != *id));
        missing.map(Want::id::<Schedule>).collect()
    }

    /// What must be read for the sessions of a span by a rule that is asked again with what was found so far.
    #[must_use]
    pub fn wants_so_far(span: Days, facts: &Facts) -> Vec<Want> {
        let [schedules, planned, moved, closures] = Self::wants(span);
        let mut changes = facts.peek::<SessionChange>(&planned);
        changes.extend(facts.peek::<SessionChange>(&moved));
        let outlived = Self::outlived(span, &facts.peek(&schedules), &changes);
        [schedules, planned, moved, closures].into_iter().chain(outlived).collect()
    }

    /// The timetable of a span, as far as what [`Self::wants_so_far`] asked for is known by now.
    #[must_use]
    pub fn so_far(span: Days, facts: &Facts) -> Self {
        let [schedules, planned, moved, closures] = Self::wants(span);
        let mut changes = facts.peek::<SessionChange>(&planned);
        changes.extend(facts.peek::<SessionChange>(&moved));
        let outlived = |want: &Want| facts.peek::<Schedule>(want);
        Self::with_outlived(span, facts.peek(&schedules), changes, facts.peek(&closures), outlived)
    }

    /// The timetable of a span, from all that [`Self::wants_so_far`] asked for.
    #[must_use]
    pub fn seen(span: Days, facts: &Facts) -> Self {
        let [schedules, planned, moved, closures] = Self::wants(span);
        let mut changes = facts.all::<SessionChange>(&planned);
        changes.extend(facts.all::<SessionChange>(&moved));
        let outlived = |want: &Want| facts.all::<Schedule>(want);
        Self::with_outlived(span, facts.all(&schedules), changes, facts.all(&closures), outlived)
    }

    /// The timetable of a span out of what [`Self::wants`] found, and those of [`Self::outlived`] besides.
    #[must_use]
    pub fn with_outlived(
        span: Days,
        mut schedules: Vec<Schedule>,
        changes: Vec<SessionChange>,
        closures: Vec<Closure>,
        read: impl Fn(&Want) -> Vec<Schedule>,
    ) -> Self {
        let outlived = Self::outlived(span, &schedules, &changes);
        schedules.extend(outlived.iter().flat_map(read));
        Self::of(schedules, changes, closures)
    }

    /// The schedules.
    #[must_use]
    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// The same with one schedule as it shall be: what a change would do, before it is done.
    #[must_use]
    pub fn with(&self, schedule: Schedule) -> Self {
        let mut after = self.clone();
        match after.schedules.iter_mut().find(|one| one.id == schedule.id) {
            Some(before) => *before = schedule,
            None => after.schedules.push(schedule),
        }
        after
    }

    /// The same with one session as it shall be.
    #[must_use]
    pub fn with_change(&self, change: SessionChange) -> Self {
        let mut after = self.clone();
        after.changes.insert(change.key, change);
        after
    }

    /// The same with one more closure, or a closure as it shall be.
    #[must_use]
    pub fn with_closure(&self, closure: Closure) -> Self {
        let mut after = self.clone();
        after.closures.retain(|one| one.id != closure.id);
        after.closures.push(closure);
        after
    }

    /// The sessions on the days of a span, by their start; those that are called off or fall into a closure among them,
    /// deleted ones not.
    #[must_use]
    pub fn sessions(&self, span: Days, zone: Zone) -> Vec<Session> {
        let mut all = Vec::new();
        for schedule in &self.schedules {
            self.collect(schedule, span, zone, &mut all);
        }
        order::by_key(&mut all, |session: &Session| (session.starts_at, session.key));
        all
    }

    /// The sessions of one schedule on the days of a span.
    #[must_use]
    pub fn sessions_of(&self, schedule: &Schedule, span: Days, zone: Zone) -> Vec<Session> {
        let mut all = Vec::new();
        self.collect(schedule, span, zone, &mut all);
        order::by_key(&mut all, |session: &Session| (session.starts_at, session.key));
        all
    }

    /// The session of this name; nothing where there is none, or it was deleted.
    #[must_use]
    pub fn session(&self, key: &SessionKey, zone: Zone) -> Option<Session> {
        let schedule = self.schedules.iter().find(|one| one.id == key.schedule_id)?;
        if key.pattern == ADDED {
            return self.added(schedule, self.changes.get(key)?, zone);
        }
        let given = schedule
            .given_of(key)
            .and_then(|given| self.given(schedule, given, &self.filled(schedule), zone));
        given.or_else(|| self.brought_forward(schedule, self.changes.get(key)?, zone))
    }

    /// The record of what is different about a session.
    #[must_use]
    pub fn change(&self, key: &SessionKey) -> Option<&SessionChange> {
        self.changes.get(key)
    }

    /// True when the session that a schedule had on a day was deleted.
    #[must_use]
    pub(super) fn was_deleted(&self, schedule: &Schedule, on: NaiveDate) -> bool {
        let here = |change: &SessionChange| matches!(change.state, State::Deleted { from } if from == on);
        self.changes_of(schedule).any(here)
    }

    fn collect(&self, schedule: &Schedule, span: Days, zone: Zone, all: &mut Vec<Session>) {
        let filled = self.filled(schedule);
        let wide = span.widened(schedule.furthest());
        let mut seen = BTreeSet::new();
        for given in schedule.given(wide) {
            let session = self.given(schedule, given, &filled, zone);
            if let Some(session) = session {
                seen.insert(session.key);
                all.extend(Some(session).filter(|session| span.has(session.on)));
            }
        }
        for change in self.changes_of(schedule).filter(|change| !seen.contains(&change.key)) {
            let session = match change.key.pattern {
                ADDED => self.added(schedule, change, zone),
                // Moved from outside the span; whoever is inside was seen above.
                _ if change.different.on.is_some_and(|on| span.has(on)) => {
                    let given = schedule.given_of(&change.key);
                    let session = given.and_then(|given| self.given(schedule, given, &filled, zone));
                    session.or_else(|| self.brought_forward(schedule, change, zone))
                }
                _ => None,
            };
            all.extend(session.filter(|session| span.has(session.on)));
        }
    }

    fn changes_of(&self, schedule: &Schedule) -> impl Iterator<Item = &SessionChange> {
        let (id, max) = (schedule.id, NaiveDate::MAX);
        let from = SessionKey { schedule_id: id, on: NaiveDate::MIN, start_minute: 0, pattern: 0 };
        let to = SessionKey { schedule_id: id, on: max, start_minute: u32::MAX, pattern: u8::MAX };
        self.changes.range(from..=to).map(|(_, change)| change)
    }

    /// The days of a schedule that its rules do not fill by themselves.
    fn filled(&self, schedule: &Schedule) -> Filled {
        let mut filled = Filled::default();
        for change in self.changes_of(schedule) {
            match (&change.state, change.key.pattern) {
                (State::Deleted { from }, _) => _ = filled.emptied.insert(*from),
                (_, ADDED) => _ = filled.added.insert(change.key.on, change.rules),
                _ => {}
            }
        }
        filled
    }

    /// The session of a day that a rule gives.
    fn given(&self, schedule: &Schedule, given: Given, filled: &Filled, zone: Zone) -> Option<Session> {
        let key = schedule.key(given)?;
        let (on, terms) = schedule.terms(given)?;
        let change = self.changes.get(&key);
        if matches!(change, Some(SessionChange { state: State::Deleted { .. }, .. })) {
            return None;
        }
        let moved = change.and_then(|change| change.different.on);
        // Who was put on a day by hand stays there; a rule alone does not bring a deleted date back.
        if moved.is_none() && filled.has(&key, on) {
            return None;
        }
        let terms = change.map_or_else(|| terms.clone(), |change| change.different.terms.applied(terms));
        Some(self.standing(Session::on_day(key, moved.unwrap_or(on), terms, zone), change))
    }

    /// A session that was added by hand.
    fn added(&self, schedule: &Schedule, change: &SessionChange, zone: Zone) -> Option<Session> {
        if matches!(change.state, State::Deleted { .. }) {
            return None;
        }
        let terms = change.different.terms.applied(schedule.terms_around(change.key.on)?);
        let on = change.different.on.unwrap_or(change.key.on);
        Some(self.standing(Session::on_day(change.key, on, terms, zone), Some(change)))
    }

    /// A session that was moved to an earlier day, before the day from which on its schedule has it no more.
    fn brought_forward(&self, schedule: &Schedule, change: &SessionChange, zone: Zone) -> Option<Session> {
        let (on, terms) = (change.different.on?, change.different.terms.whole()?);
        let own = schedule.patterns.get(usize::from(change.key.pattern))?;
        let until = shifted(own.until?, own.handed_days);
        if on > until || matches!(change.state, State::Deleted { .. }) {
            return None;
        }
        Some(self.standing(Session::on_day(change.key, on, terms, zone), Some(change)))
    }

    fn standing(&self, session: Session, change: Option<&SessionChange>) -> Session {
        let closed = self.closures.iter().find(|closure| closure.removes(&session));
        let standing = match (change.map(|change| &change.state), closed) {
            (Some(State::CalledOff { why }), _) => Standing::CalledOff { why: why.clone() },
            (_, Some(closure)) => Standing::Closed { closure_id: closure.id },
            _ => Standing::Planned,
        };
        Session { standing, revision: change.map_or(0, |change| change.revision), ..session }
    }

    /// The first session of a schedule that has not begun, as its rules have them: with it, "all sessions" begins.
    #[must_use]
    pub fn first_to_come(&self, schedule: &Schedule, now: Timestamp, zone: Zone) -> Option<Session> {
        // A year at a time: a rule without a day in ten years has none.
        let today = zone.day(now);
        (0..10).find_map(|year| {
            let first = shifted(today, year * 366);
            let span = Days { first, last: shifted(first, 365) };
            let to_come = |one: &Session| {
                let (given, _) = to_come(schedule, &one.key, now, zone).ok()?;
                (!one.has_begun(now)).then_some((given.pattern, given.day))
            };
            let sessions = self.sessions_of(schedule, span, zone).into_iter();
            let given = sessions.filter_map(|one| to_come(&one).map(|given| (given, one)));
            // Whoever was moved by hand stands elsewhere than its rule has it.
            given.min_by_key(|(given, _)| *given).map(|(_, one)| one)
        })
    }
}

/// What a command about one session must see: its schedule, what is different about sessions around it, and closures.
pub(super) fn wants(schedule_id: ScheduleId, day: NaiveDate) -> Vec<Want> {
    let (from, to) = session_change::around(day);
    vec![
        Want::id::<Schedule>(schedule_id),
        session_change::of_schedule(schedule_id, from, to),
        closure::from_day(from),
    ]
}

/// What was asked for by [`wants`].
pub(super) fn seen(
    facts: &Facts,
    schedule_id: ScheduleId,
    day: NaiveDate,
) -> Result<(Schedule, Timetable), ClassRefusal> {
    let schedule = facts.get::<Schedule>(schedule_id).ok_or(ClassRefusal::NoSchedule)?;
    let (from, to) = session_change::around(day);
    let changes: Vec<SessionChange> = facts.all(&session_change::of_schedule(schedule_id, from, to));
    let closures = facts.all(&closure::from_day(from));
    let timetable = Timetable::of(vec![schedule.clone()], changes, closures);
    Ok((schedule, timetable))
}

/// What somebody must see who asks for one session: see [`session_of`].
#[must_use]
pub fn session_wants(key: &SessionKey) -> Vec<Want> {
    wants(key.schedule_id, key.on)
}

/// A session by its name, from what [`session_wants`] asked for; nothing where there is none, or it was deleted.
#[must_use]
pub fn session_of(key: &SessionKey, facts: &Facts, zone: Zone) -> Option<Session> {
    timetable_of(key, facts).session(key, zone)
}

/// The timetable around a session, as far as the facts know it by now; empty before they were asked.
#[must_use]
pub fn timetable_of(key: &SessionKey, facts: &Facts) -> Timetable {
    let (from, to) = session_change::around(key.on);
    let schedules: Vec<Schedule> = facts.peek(&Want::id::<Schedule>(key.schedule_id));
    let changes: Vec<SessionChange> = facts.peek(&session_change::of_schedule(key.schedule_id, from, to));
    Timetable::of(schedules, changes, facts.peek(&closure::from_day(from)))
}
