//! Which occurrences a calendar's events have: rules and dates, what is taken out, and changes of single occurrences.
//!
//! How it reads what RFC 5545 leaves open:
//! - DTSTART is the first occurrence, whether the rule fits it or not, unless UNTIL lies before it.
//! - Of several revisions of one event the highest SEQUENCE counts, then the later DTSTAMP, then the later in the file.
//! - A day in EXDATE takes out whatever is on that day. A change of an occurrence that EXDATE took out stays out.
//! - A change of an occurrence that the rule does not yield (any more) is shown for itself.
//! - THISANDFUTURE moves all that follow by as much as it moved its own occurrence, on the wall clock.
//! - A DTEND gives an exact length, a DURATION of days one on the wall clock.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use super::clock;
use super::event::{Event, Form, Length, StandsFor, When};
use super::expand::Expansion;
use super::rule::{Rule, Until};

/// Occurrences of one event in the span that is asked for, at most.
pub const OCCURRENCES_MAX: usize = 500_000;

/// One time an event takes place.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// When it begins.
    pub start: When,
    /// When it ends.
    pub end: When,
    /// What it is called.
    pub summary: String,
}

/// A span of instants, as wall clocks of UTC: from the first on, before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From this instant on.
    pub from: NaiveDateTime,
    /// Before this instant.
    pub to: NaiveDateTime,
}

impl Span {
    /// True for what has a part in it, or, where it takes no time, begins in it.
    #[must_use]
    pub fn meets(self, start: NaiveDateTime, end: NaiveDateTime) -> bool {
        start < self.to && (end > self.from || (start == end && start >= self.from))
    }
}

/// All VEVENTs of one event: itself, and its changes in the order of what they stand for.
#[derive(Debug)]
pub struct Series<'a> {
    /// The event itself; a file may hold changes alone.
    pub master: Option<&'a Event>,
    /// Changes of one occurrence.
    pub singles: Vec<&'a Event>,
    /// Changes of an occurrence and all that follow.
    pub onward: Vec<&'a Event>,
}

/// One of a series' times before its changes, and how long it is where it says so itself.
#[derive(Debug, Clone)]
pub struct Planned {
    /// When.
    pub start: When,
    /// Its own length.
    pub length: Option<Length>,
}

/// Sorts events into series; of each thing only the newest revision is left.
#[must_use]
pub fn series(events: &[Event]) -> Vec<Series<'_>> {
    let mut groups: BTreeMap<(&str, usize), Vec<&Event>> = BTreeMap::new();
    for (place, event) in events.iter().enumerate() {
        // What has no name of its own belongs to nothing else.
        let place = if event.uid.is_empty() { place + 1 } else { 0 };
        groups.entry((&event.uid, place)).or_default().push(event);
    }
    let mut all: Vec<Series<'_>> = groups.into_values().map(one_series).collect();
    all.sort_by_key(|series| series.master.or(series.singles.first().copied()).map_or(0, |event| event.line));
    all
}

fn one_series(mut events: Vec<&Event>) -> Series<'_> {
    // The newest comes last and takes the place of what stood there.
    events.sort_by(|a, b| (a.sequence, &a.stamp, a.line).cmp(&(b.sequence, &b.stamp, b.line)));
    let mut master = None;
    let mut singles = BTreeMap::new();
    let mut onward = BTreeMap::new();
    for event in events {
        match &event.stands_for {
            None => master = Some(event),
            Some(StandsFor { at, and_future: false }) => _ = singles.insert(at.utc(), event),
            Some(StandsFor { at, and_future: true }) => _ = onward.insert(at.utc(), event),
        }
    }
    Series { master, singles: singles.into_values().collect(), onward: onward.into_values().collect() }
}

/// What a calendar holds in a span, in order, and the names of events that repeat more often than can be counted.
#[must_use]
pub fn occurrences(events: &[Event], span: Span) -> (Vec<Occurrence>, Vec<String>) {
    let (mut all, mut endless) = (Vec::new(), Vec::new());
    for series in series(events) {
        let (found, whole) = series.occurrences(span);
        all.extend(found);
        if let (false, Some(master)) = (whole, series.master) {
            endless.push(master.summary.clone());
        }
    }
    all.sort_by_cached_key(|one| (one.start.utc(), one.end.utc(), one.summary.clone()));
    (all, endless)
}

impl Series<'_> {
    /// What takes place in a span; false beside it when it was cut short.
    #[must_use]
    pub fn occurrences(&self, span: Span) -> (Vec<Occurrence>, bool) {
        if self.master.is_some_and(|master| master.cancelled) {
            return (Vec::new(), true);
        }
        let mut used = vec![false; self.singles.len()];
        let mut all = Vec::new();
        let mut whole = true;
        if let Some(master) = self.master {
            let (planned, complete) = planned(master, self.widened(master, span));
            whole = complete;
            for time in planned {
                match self.singles.iter().position(|single| stands_for(single, &time.start)) {
                    Some(place) => used[place] = true,
                    None => all.extend(self.unless_onward(master, &time)),
                }
            }
        } else {
            all.extend(self.onward.iter().filter(|event| !event.cancelled).map(|event| as_it_is(event)));
        }
        for (single, used) in self.singles.iter().zip(used) {
            let orphan = !used && self.master.is_some_and(|master| taken_out(master, single));
            if !single.cancelled && !orphan {
                all.push(as_it_is(single));
            }
        }
        all.retain(|one| span.meets(one.start.utc(), one.end.utc()));
        (all, whole)
    }

    /// The span in which times must be looked for, so that none is missed that is moved or long.
    fn widened(&self, master: &Event, span: Span) -> Span {
        let lengths = master.extra.iter().filter_map(|extra| extra.length);
        let lengths = lengths.chain(self.onward.iter().map(|event| event.length)).chain([master.length]);
        let longest = lengths.map(Length::days_max).max().unwrap_or(2);
        let moved = self.onward.iter().filter_map(|event| {
            let at = &event.stands_for.as_ref()?.at;
            Some((event.start.utc() - at.utc()).num_days().abs() + 2)
        });
        let furthest = moved.max().unwrap_or(2);
        let back = TimeDelta::days(longest + furthest);
        let from = span.from.checked_sub_signed(back).unwrap_or(span.from);
        let to = span.to.checked_add_signed(TimeDelta::days(furthest)).unwrap_or(span.to);
        Span { from, to }
    }

    /// A time as the event has it, or as a change of it and all that follow has it.
    fn unless_onward(&self, master: &Event, time: &Planned) -> Option<Occurrence> {
        let instant = time.start.utc();
        let since = |event: &&&Event| event.stands_for.as_ref().is_some_and(|one| one.at.utc() <= instant);
        let Some(change) = self.onward.iter().rfind(since) else {
            let end = time.length.unwrap_or(master.length).end(&time.start);
            return Some(Occurrence { start: time.start.clone(), end, summary: master.summary.clone() });
        };
        if change.cancelled {
            return None;
        }
        let own = change.stands_for.as_ref()?.at.clone();
        let moved = change.start.local - like(master, &own).local;
        let start = change.start.moved(time.start.local.checked_add_signed(moved)?);
        let end = change.length.end(&start);
        Some(Occurrence { start, end, summary: change.summary.clone() })
    }
}

fn as_it_is(event: &Event) -> Occurrence {
    let (start, end) = (event.start.clone(), event.length.end(&event.start));
    Occurrence { start, end, summary: event.summary.clone() }
}

/// True when a change stands for a time that EXDATE takes out.
fn taken_out(master: &Event, single: &Event) -> bool {
    let Some(own) = &single.stands_for else { return false };
    master.except.iter().any(|except| same(except, &like(master, &own.at)))
}

fn stands_for(single: &Event, start: &When) -> bool {
    single.stands_for.as_ref().is_some_and(|own| same(&own.at, start))
}

/// True when a point that another property names is this time of an event.
fn same(named: &When, start: &When) -> bool {
    if named.form == Form::Day || start.form == Form::Day {
        return named.local.date() == start.local.date();
    }
    if named.form == Form::Floating || start.form == Form::Floating {
        return named.local == start.local;
    }
    named.utc() == start.utc()
}

/// A point as the event itself would write it: in its zone, and a bare day at its time of day.
fn like(master: &Event, point: &When) -> When {
    let start = &master.start;
    let local = match (point.form, start.form) {
        (_, Form::Day) => point.local.date().and_time(NaiveTime::MIN),
        (Form::Day, _) => point.local.date().and_time(start.local.time()),
        (Form::Floating, _) | (_, Form::Floating) => point.local,
        (Form::Placed, Form::Placed) => clock::local(&*start.clock, point.utc()),
    };
    start.moved(local)
}

/// An event's times in a span before changes of single ones; false beside it when they were too many.
#[must_use]
pub fn planned(master: &Event, span: Span) -> (Vec<Planned>, bool) {
    let mut whole = true;
    let mut times: BTreeMap<NaiveDateTime, Planned> = BTreeMap::new();
    let mut take = |time: When, length: Option<Length>| {
        times.entry(time.utc()).or_insert(Planned { start: time, length });
    };
    if master.rules.is_empty() {
        take(master.start.clone(), None);
    }
    for rule in &master.rules {
        let (walls, complete) = walls(master, rule, span, Start::Counts);
        whole &= complete;
        for wall in walls {
            take(master.start.moved(wall), None);
        }
    }
    for extra in &master.extra {
        take(like(master, &extra.start), extra.length);
    }
    for rule in &master.ex_rules {
        let (walls, complete) = walls(master, rule, span, Start::MustFit);
        whole &= complete;
        for wall in walls {
            times.remove(&master.start.moved(wall).utc());
        }
    }
    let mut times: Vec<Planned> = times.into_values().collect();
    times.retain(|time| !master.except.iter().any(|except| same(except, &time.start)));
    (times, whole)
}

/// Whether the start belongs to a rule that does not fit it.
#[derive(Clone, Copy)]
enum Start {
    Counts,
    MustFit,
}

fn walls(master: &Event, rule: &Rule, span: Span, start: Start) -> (Vec<NaiveDateTime>, bool) {
    let within = |wall: NaiveDateTime| match rule.until {
        None => true,
        Some(Until::Day(on)) => wall.date() <= on,
        Some(Until::Local(last)) => wall <= last,
        Some(Until::Utc(last)) if master.start.form == Form::Day => wall.date() <= last.date(),
        Some(Until::Utc(last)) => master.start.moved(wall).utc() <= last,
    };
    // No wall clock is more than a day from UTC.
    let day = TimeDelta::days(1);
    let before = span.to.checked_add_signed(day).unwrap_or(span.to);
    let from = span.from.checked_sub_signed(day).unwrap_or(span.from);
    let mut expansion = Expansion::new(rule, master.start.local, before, &within).skip_to(from.date());
    if matches!(start, Start::MustFit) {
        expansion = expansion.strict();
    }
    let found: Vec<NaiveDateTime> = expansion.by_ref().take(OCCURRENCES_MAX).collect();
    let whole = !expansion.gave_up() && found.len() < OCCURRENCES_MAX;
    (found, whole)
}
