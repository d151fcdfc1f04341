//! The week without markup: sessions with their words and their lanes, the forms' signals, and what a change would do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use leptos::prelude::*;
use rollcall_domain::calendar::Freq;
use rollcall_domain::classes::{
    ClassType, Coach, Days, MapPoint, Over, Place, PlaceId, Repeating, Schedule, Session, SessionKey, Side,
    Timetable, clashes,
};
use rollcall_domain::kernel::{Timestamp, order};

use super::repeats::moved;
use crate::parts::courts::let_hours;
use crate::parts::sessions::Naming;
pub(super) use crate::parts::sessions::timetable;
use crate::studio::Studio;
use crate::{fmt, tr};

/// Minutes to which a block snaps when it is moved.
pub(super) const SNAP_MINUTES: i32 = 15;
/// Days in which a form looks for clashes.
const CLASH_DAYS: i64 = 56;

/// A session as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub(super) session: Session,
    /// What is taught, in the reader's language.
    pub(super) title: String,
    pub(super) colour: u8,
    /// Who teaches; empty while nobody does.
    pub(super) coaches: String,
    /// Where; nothing while that is not said.
    pub(super) place: Option<String>,
    /// Its point on the map, where it has one.
    pub(super) point: Option<MapPoint>,
    /// Why it does not take place, if it does not.
    pub(super) off: Option<String>,
    /// What else needs its coach or its room meanwhile.
    pub(super) clash: Option<String>,
    /// Which of the lanes of its day it lies in, and how many there are beside each other.
    pub(super) lane: (usize, usize),
}

/// Where somebody is in the timetable, and what is in hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct InHand {
    /// The Monday of the week that is shown.
    pub(super) first: RwSignal<NaiveDate>,
    /// The day a phone shows.
    pub(super) day: RwSignal<NaiveDate>,
    /// The session whose sheet is open.
    pub(super) session: RwSignal<Option<SessionKey>>,
    pub(super) planning: RwSignal<bool>,
    pub(super) changing: RwSignal<bool>,
    /// What the form of a change begins with.
    pub(super) moved: RwSignal<Option<Moved>>,
    pub(super) calling_off: RwSignal<bool>,
    pub(super) taking_out: RwSignal<bool>,
    /// Another date is being added to its schedule.
    pub(super) adding: RwSignal<bool>,
    /// Its schedule is being given another rule.
    pub(super) repeating: RwSignal<bool>,
    /// The session that one of the last four is about, as it was when that was asked for.
    pub(super) held: RwSignal<Option<Session>>,
}

/// A session and where it was dropped, or where it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moved {
    pub(super) session: Session,
    pub(super) on: NaiveDate,
    pub(super) start_minute: u32,
}

impl InHand {
    pub(super) fn new(today: NaiveDate) -> Self {
        Self {
            first: RwSignal::new(monday(today)),
            day: RwSignal::new(today),
            session: RwSignal::new(None),
            planning: RwSignal::new(false),
            changing: RwSignal::new(false),
            moved: RwSignal::new(None),
            calling_off: RwSignal::new(false),
            taking_out: RwSignal::new(false),
            adding: RwSignal::new(false),
            repeating: RwSignal::new(false),
            held: RwSignal::new(None),
        }
    }

    /// Shows a day and its week.
    pub(super) fn show(self, day: NaiveDate) {
        self.session.set(None);
        self.day.set(day);
        self.first.set(monday(day));
    }

    /// Opens the form of a change.
    pub(super) fn change(self, moved: Moved) {
        self.moved.set(Some(moved));
        self.changing.set(true);
    }

    /// Opens one of the dialogs about a session. They lie outside of its sheet: a sheet is made anew with every change
    /// of what it shows, and what was typed would be gone.
    pub(super) fn ask(self, open: RwSignal<bool>, session: Session) {
        self.held.set(Some(session));
        open.set(true);
    }
}

/// The Monday of a day's week.
pub(super) fn monday(day: NaiveDate) -> NaiveDate {
    day - chrono::Duration::days(i64::from(day.weekday().num_days_from_monday()))
}

/// The seven days of a week.
pub(super) fn days(first: NaiveDate) -> [NaiveDate; 7] {
    [0, 1, 2, 3, 4, 5, 6].map(|day| first + chrono::Duration::days(day))
}

/// A week in words.
pub(super) fn span_words(first: NaiveDate) -> String {
    let [.., last] = days(first);
    tr::classes::week_span(fmt::day_short(first), fmt::day(last))
}

/// What is taught, by name; retired ones not. Follows changes.
pub(super) fn classes(studio: &Studio) -> Vec<ClassType> {
    let mut all = studio.live().of_kind::<ClassType>();
    all.retain(|class| class.retired_at.is_none());
    order::by(&mut all, |a, b| a.draft.name.cmp(&b.draft.name));
    all
}

/// Where it can be; retired places not. Follows changes.
pub(super) fn places(studio: &Studio) -> Vec<Place> {
    let mut all = studio.live().of_kind::<Place>();
    all.retain(|place| place.retired_at.is_none());
    order::by(&mut all, |a, b| a.draft.name.cmp(&b.draft.name));
    all
}

/// Who teaches; those who stopped not. Follows changes.
pub(super) fn coaches(studio: &Studio) -> Vec<Coach> {
    let mut all = studio.live().of_kind::<Coach>();
    all.retain(|coach| coach.retired_at.is_none());
    order::by(&mut all, |a, b| a.name.cmp(&b.name));
    all
}

impl Naming {
    fn holds_one(&self, place: PlaceId) -> bool {
        self.place_of(place).is_some_and(Place::holds_one)
    }

    fn over(&self, over: Over) -> String {
        let name = match over {
            Over::Coach(coach) => self.coach(coach),
            Over::Place(place) => self.place_of(place).map(|place| place.draft.name.as_str()),
        };
        name.unwrap_or_default().to_owned()
    }

    fn shown(&self, session: Session) -> Shown {
        Shown {
            title: self.title(&session),
            colour: self.colour(&session),
            coaches: self.coaches(&session),
            place: self.place(&session),
            point: self.point(&session),
            off: self.off(&session),
            clash: None,
            lane: (0, 1),
            session,
        }
    }
}

/// The sessions of the week that begins on a day, by their start. Follows changes.
pub(super) fn week_of(studio: &Studio, first: NaiveDate) -> Vec<Shown> {
    let [.., last] = days(first);
    let span = Days { first, last };
    let sessions = timetable(studio, span).sessions(span, studio.zone());
    let named = Naming::of(studio, span);
    let found = clashes(&sessions, &let_hours(studio, span), |place| named.holds_one(place));
    let mut over: BTreeMap<usize, Over> = BTreeMap::new();
    for clash in found {
        for side in [clash.first, clash.second] {
            if let Side::Session(index) = side {
                over.entry(index).or_insert(clash.over);
            }
        }
    }
    let lanes = lanes(&sessions);
    let shown = sessions.into_iter().map(|session| named.shown(session)).enumerate();
    shown
        .map(|(index, one)| Shown {
            clash: over.get(&index).map(|over| tr::classes::clash(named.over(*over))),
            lane: lanes.get(index).copied().unwrap_or((0, 1)),
            ..one
        })
        .collect()
}

/// Sessions of one day that overlap lie beside each other: the lane of each, and how many their group has.
fn lanes(sessions: &[Session]) -> Vec<(usize, usize)> {
    let mut all = vec![(0, 1); sessions.len()];
    let mut group: Vec<usize> = Vec::new();
    let mut ends: Vec<Timestamp> = Vec::new();
    let close = |group: &mut Vec<usize>, ends: &mut Vec<Timestamp>, all: &mut Vec<(usize, usize)>| {
        for index in group.drain(..) {
            if let Some(place) = all.get_mut(index) {
                place.1 = ends.len().max(1);
            }
        }
        ends.clear();
    };
    for (index, session) in sessions.iter().enumerate() {
        let other_day =
            group.last().and_then(|last| sessions.get(*last)).is_some_and(|last| last.on != session.on);
        if other_day || ends.iter().all(|end| *end <= session.starts_at) {
            close(&mut group, &mut ends, &mut all);
        }
        let lane = ends.iter().position(|end| *end <= session.starts_at).unwrap_or(ends.len());
        match ends.get_mut(lane) {
            Some(end) => *end = session.ends_at,
            None => ends.push(session.ends_at),
        }
        if let Some(place) = all.get_mut(index) {
            place.0 = lane;
        }
        group.push(index);
    }
    close(&mut group, &mut ends, &mut all);
    all
}

/// The first and the last hour of a week's grid: the day from morning to evening, and whatever lies outside it.
pub(super) fn hours(shown: &[Shown]) -> (u32, u32) {
    let start = |one: &Shown| one.session.terms.start_minute;
    let first = shown.iter().map(|one| start(one) / 60).min().unwrap_or(8).min(8);
    let end = |one: &Shown| (start(one) + one.session.terms.length_minutes).div_ceil(60);
    let last = shown.iter().map(end).max().unwrap_or(20).clamp(20, 24);
    (first, last)
}

/// Why sessions as they would be are at odds with others in a span: who or what is needed twice, and when first.
pub(super) fn clashes_of(
    studio: &Studio,
    span: Days,
    after: &Timetable,
    ours: impl Fn(&SessionKey) -> bool,
) -> Vec<(String, Timestamp)> {
    let zone = untrack(|| studio.zone());
    let sessions = after.sessions(span, zone);
    let named = untrack(|| Naming::of(studio, span));
    let ours = |side| match side {
        Side::Session(index) => sessions.get(index).is_some_and(|one| ours(&one.key)),
        Side::Hire(_) => false,
    };
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    let hires = untrack(|| let_hours(studio, span));
    for clash in clashes(&sessions, &hires, |place| named.holds_one(place)) {
        if (ours(clash.first) || ours(clash.second)) && seen.insert(clash.over) {
            let at = match clash.second {
                Side::Session(index) => sessions.get(index).map(|one| one.starts_at),
                Side::Hire(id) => hires.iter().find(|one| one.hire_id == id).map(|one| one.from),
            };
            all.extend(at.map(|at| (named.over(clash.over), at)));
        }
    }
    all
}

/// The schedule of a session.
pub(super) fn schedule(studio: &Studio, key: SessionKey) -> Option<Schedule> {
    studio.live().get::<Schedule>(key.schedule_id.raw())
}

/// True when a schedule has more than the one session it began with.
pub(super) fn goes_on(schedule: &Schedule) -> bool {
    schedule.patterns.last().is_some_and(|pattern| pattern.rule.is_some())
}

/// How a session repeats, in words.
pub(super) fn repeats(studio: &Studio, session: &Session) -> String {
    if session.key.is_added() {
        return tr::classes::repeat_added().to_owned();
    }
    let schedule = schedule(studio, session.key);
    let Some(now) = schedule.as_ref().and_then(|one| one.repeating(&session.key)) else {
        return tr::classes::repeat_once().to_owned();
    };
    let words = rule_words(&now, session.on);
    match now.last_on {
        Some(last) => tr::classes::repeat_until(words, fmt::day(last)),
        None => words,
    }
}

fn rule_words(now: &Repeating<'_>, on: NaiveDate) -> String {
    let rule = now.rule;
    match (rule.freq, rule.interval) {
        (Freq::Daily, 1) => tr::classes::repeat_daily().to_owned(),
        (Freq::Weekly, every) => {
            let monday = monday(on);
            let given = rule.by_day.iter().map(|nth| moved(nth.weekday, now.moved_days));
            let mut weekdays: Vec<i64> = given.map(|day| i64::from(day.num_days_from_monday())).collect();
            if weekdays.is_empty() {
                weekdays.push(i64::from(on.weekday().num_days_from_monday()));
            }
            weekdays.sort_unstable();
            let names: Vec<String> =
                weekdays.into_iter().map(|day| fmt::weekday(monday + chrono::Duration::days(day))).collect();
            let names = fmt::list(&names);
            if every == 1 {
                tr::classes::repeat_weekly(names)
            } else {
                tr::classes::repeat_every(every, names)
            }
        }
        (Freq::Monthly, 1) => tr::classes::repeat_monthly().to_owned(),
        _ => tr::classes::repeat_rule(rule.to_string()),
    }
}

/// The span in which a form looks at what it would do.
pub(super) fn ahead(studio: &Studio) -> Days {
    let first = studio.day_now();
    Days { first, last: first + chrono::Duration::days(CLASH_DAYS) }
}

/// The same for what may be further ahead: as far beyond that day.
pub(super) fn ahead_of(studio: &Studio, on: NaiveDate) -> Days {
    let first = studio.day_now();
    Days { first, last: first.max(on) + chrono::Duration::days(CLASH_DAYS) }
}

#[cfg(test)]
mod tests;
