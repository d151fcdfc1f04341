//! One VEVENT as data: when it is, how it repeats, what it is called. Which of its occurrences there are is told by `set`.

use std::rc::Rc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::clock;
use super::rule::{self, Rule, RuleFault};
use super::text::{self, Component, Property};
use super::zones::{self, SharedClock, Zones};

/// Dates an event may list at most.
pub const DATES_MAX: usize = 20_000;

/// Days an event may take at most.
const DAYS_MAX: i64 = 1_000_000;

/// Why an event cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file ends in the middle of it.
    #[error("it is cut off")]
    CutOff,
    /// It does not say when it begins.
    #[error("it has no DTSTART")]
    NoStart,
    /// A value that cannot be.
    #[error("its {property} cannot be {value}")]
    BadValue {
        /// Of which property.
        property: String,
        /// What was written.
        value: String,
    },
    /// A zone that neither this build nor the file knows.
    #[error("nobody knows the zone {0}")]
    UnknownZone(String),
    /// It ends before it begins.
    #[error("it ends before it begins")]
    EndsFirst,
    /// A rule that is none.
    #[error("{0}")]
    Rule(#[from] RuleFault),
    /// More dates than any calendar has.
    #[error("it lists more than {DATES_MAX} dates")]
    TooManyDates,
}

/// A point in time as a calendar writes it.
#[derive(Clone)]
pub struct When {
    /// The wall clock; midnight for a whole day.
    pub local: NaiveDateTime,
    /// Where that wall clock hangs.
    pub clock: SharedClock,
    /// What kind of value it was.
    pub form: Form,
    // The instant, where it is known better than by the wall clock: in autumn an hour has two of each.
    exact: Option<NaiveDateTime>,
}

/// The kinds of value a point in time is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A whole day.
    Day,
    /// A wall clock wherever one is.
    Floating,
    /// A wall clock in a zone, or UTC.
    Placed,
}

impl When {
    /// A wall clock somewhere.
    #[must_use]
    pub fn new(local: NaiveDateTime, clock: SharedClock, form: Form) -> Self {
        Self { local, clock, form, exact: None }
    }

    /// The instant, as the wall clock of UTC.
    #[must_use]
    pub fn utc(&self) -> NaiveDateTime {
        self.exact.unwrap_or_else(|| clock::utc(&*self.clock, self.local))
    }

    /// The same kind of value at another wall clock.
    #[must_use]
    pub fn moved(&self, local: NaiveDateTime) -> Self {
        Self::new(local, self.clock.clone(), self.form)
    }

    /// As RFC 3339 has it, with the offset its zone has then.
    #[must_use]
    pub fn rfc3339(&self) -> String {
        let utc = self.utc();
        let offset_s = self.clock.offset_s(utc);
        let wall = clock::plus_s(utc, offset_s);
        let (sign, size) = if offset_s < 0 { ('-', -offset_s) } else { ('+', offset_s) };
        // Offsets with seconds are older than any calendar here; RFC 3339 has minutes only.
        format!("{}{sign}{:02}:{:02}", wall.format("%Y-%m-%dT%H:%M:%S"), size / 3_600, size / 60 % 60)
    }
}

impl std::fmt::Debug for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

/// How long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// Whole days of the calendar, as a DURATION of days or a whole-day event has them.
    pub days: i64,
    /// Exact seconds after them.
    pub seconds: i64,
}

impl Length {
    /// No time at all.
    pub const ZERO: Self = Self { days: 0, seconds: 0 };

    /// The end of what begins then.
    #[must_use]
    pub fn end(self, start: &When) -> When {
        let day = start.local.checked_add_signed(TimeDelta::days(self.days)).unwrap_or(start.local);
        if self.seconds == 0 {
            return start.moved(day);
        }
        let utc = start.moved(day).utc();
        let end = utc.checked_add_signed(TimeDelta::seconds(self.seconds)).unwrap_or(utc);
        When { exact: Some(end), ..start.moved(clock::local(&*start.clock, end)) }
    }

    /// At most so many days, for looking back far enough.
    #[must_use]
    pub fn days_max(self) -> i64 {
        self.days + self.seconds / 86_400 + 2
    }
}

/// One more time an event is, and how long if it says so.
#[derive(Debug, Clone)]
pub struct Extra {
    /// When.
    pub start: When,
    /// Its own length.
    pub length: Option<Length>,
}

/// Which occurrence of another event this one stands for.
#[derive(Debug, Clone)]
pub struct StandsFor {
    /// Its time before any change.
    pub at: When,
    /// All that follow as well.
    pub and_future: bool,
}

/// One VEVENT.
#[derive(Debug, Clone)]
pub struct Event {
    /// Which event; several VEVENTs may share it.
    pub uid: String,
    /// What it is called.
    pub summary: String,
    /// Where it is.
    pub location: String,
    /// Counts its revisions.
    pub sequence: i64,
    /// When this revision was written, as text that compares.
    pub stamp: String,
    /// It does not take place.
    pub cancelled: bool,
    /// When it begins first.
    pub start: When,
    /// How long it takes.
    pub length: Length,
    /// How it repeats.
    pub rules: Vec<Rule>,
    /// What is taken out by a rule, as calendars before 2009 did.
    pub ex_rules: Vec<Rule>,
    /// More times.
    pub extra: Vec<Extra>,
    /// Times at which it is not.
    pub except: Vec<When>,
    /// Set for a single change of another event.
    pub stands_for: Option<StandsFor>,
    /// The line it begins on.
    pub line: usize,
}

/// What an event is called where it is talked about, also when it cannot be read.
#[must_use]
pub fn called(component: &Component) -> String {
    let summary = component.text("SUMMARY").map(|text| one_line(&text)).filter(|text| !text.is_empty());
    let uid = component.text("UID").filter(|text| !text.is_empty());
    match (summary, uid) {
        (Some(summary), Some(uid)) => format!("\"{summary}\" ({uid}, line {})", component.line),
        (Some(summary), None) => format!("\"{summary}\" (line {})", component.line),
        (None, Some(uid)) => format!("{uid} (line {})", component.line),
        (None, None) => format!("the event of line {}", component.line),
    }
}

/// A text on one line.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Event {
    /// Reads a VEVENT.
    pub fn read(component: &Component, zones: &Zones<'_>) -> Result<Self, Fault> {
        if component.cut_off {
            return Err(Fault::CutOff);
        }
        let start = when(component.first("DTSTART").ok_or(Fault::NoStart)?, zones)?;
        let text = |name: &str| component.text(name).unwrap_or_default();
        let event = Self {
            uid: text("UID"),
            summary: one_line(&text("SUMMARY")),
            location: one_line(&text("LOCATION")),
            sequence: text("SEQUENCE").trim().parse().unwrap_or(0),
            stamp: text("DTSTAMP"),
            cancelled: text("STATUS").trim().eq_ignore_ascii_case("CANCELLED"),
            length: length(component, &start, zones)?,
            rules: rules(component, "RRULE")?,
            ex_rules: rules(component, "EXRULE")?,
            extra: extra(component, zones)?,
            except: except(component, zones)?,
            stands_for: stands_for(component, zones)?,
            line: component.line,
            start,
        };
        if event.extra.len() > DATES_MAX || event.except.len() > DATES_MAX {
            return Err(Fault::TooManyDates);
        }
        Ok(event)
    }
}

fn bad(property: &Property, value: &str) -> Fault {
    Fault::BadValue { property: property.name.clone(), value: one_line(value) }
}

fn when(property: &Property, zones: &Zones<'_>) -> Result<When, Fault> {
    moment(property, property.value.trim(), zones)
}

/// One value of a property that holds points in time.
fn moment(property: &Property, value: &str, zones: &Zones<'_>) -> Result<When, Fault> {
    if value.len() == 8 {
        let day: NaiveDate = rule::day(value).ok_or_else(|| bad(property, value))?;
        let local = day.and_time(NaiveTime::MIN);
        return Ok(When::new(local, zones.floating.clone(), Form::Day));
    }
    let in_utc = value.strip_suffix('Z');
    let local = rule::date_time(in_utc.unwrap_or(value)).ok_or_else(|| bad(property, value))?;
    Ok(match (in_utc, property.param("TZID")) {
        (Some(_), _) => When::new(local, Rc::new(clock::Fixed(0)), Form::Placed),
        (None, Some(id)) => When::new(local, zones::of_param(zones, id)?, Form::Placed),
        (None, None) => When::new(local, zones.floating.clone(), Form::Floating),
    })
}

fn length(component: &Component, start: &When, zones: &Zones<'_>) -> Result<Length, Fault> {
    let whole_day = start.form == Form::Day;
    let usual = if whole_day { Length { days: 1, seconds: 0 } } else { Length::ZERO };
    if let Some(property) = component.first("DTEND") {
        let end = when(property, zones)?;
        if whole_day != (end.form == Form::Day) {
            return Err(bad(property, &property.value));
        }
        let length = between(start, &end).ok_or(Fault::EndsFirst)?;
        // A whole day that ends on the day it begins is written by some programs, and meant as that day.
        return Ok(if length == Length::ZERO { usual } else { length });
    }
    match component.first("DURATION") {
        Some(property) => duration(&property.value).ok_or_else(|| bad(property, &property.value)),
        None => Ok(usual),
    }
}

/// What lies between two points of one kind; nothing when the second is earlier.
fn between(start: &When, end: &When) -> Option<Length> {
    let length = if start.form == Form::Day {
        Length { days: (end.local - start.local).num_days(), seconds: 0 }
    } else {
        Length { days: 0, seconds: (end.utc() - start.utc()).num_seconds() }
    };
    (length.days >= 0 && length.seconds >= 0).then_some(length)
}

/// `P1DT2H30M`; nothing for what is none, or goes back.
fn duration(value: &str) -> Option<Length> {
    let value = value.trim().to_ascii_uppercase();
    let mut rest = value.strip_prefix('+').unwrap_or(&value).strip_prefix('P')?;
    let mut length = Length::ZERO;
    let (mut in_time, mut parts) = (false, 0);
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('T').filter(|_| !in_time) {
            (rest, in_time) = (time, true);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest.get(..end)?.parse().ok().filter(|n| *n < 1_000_000_000)?;
        match (rest.as_bytes().get(end)?, in_time) {
            (b'W', false) => length.days += 7 * number,
            (b'D', false) => length.days += number,
            (b'H', true) => length.seconds += 3_600 * number,
            (b'M', true) => length.seconds += 60 * number,
            (b'S', true) => length.seconds += number,
            _ => return None,
        }
        parts += 1;
        rest = rest.get(end + 1..)?;
    }
    // A million days are enough, and stay within what dates can be counted in.
    let fits = length.days < DAYS_MAX && length.seconds < DAYS_MAX * 86_400;
    (parts > 0 && fits).then_some(length)
}

fn rules(component: &Component, name: &str) -> Result<Vec<Rule>, Fault> {
    component.all(name).map(|property| Ok(property.value.parse()?)).collect()
}

fn values(property: &Property) -> impl Iterator<Item = &str> {
    property.value.split(',').map(str::trim).filter(|value| !value.is_empty())
}

fn extra(component: &Component, zones: &Zones<'_>) -> Result<Vec<Extra>, Fault> {
    let mut all = Vec::new();
    for property in component.all("RDATE") {
        for value in values(property) {
            let Some((from, to)) = value.split_once('/') else {
                all.push(Extra { start: moment(property, value, zones)?, length: None });
                continue;
            };
            let start = moment(property, from, zones)?;
            let length = match duration(to) {
                Some(length) => length,
                None => between(&start, &moment(property, to, zones)?).ok_or(Fault::EndsFirst)?,
            };
            all.push(Extra { start, length: Some(length) });
        }
    }
    Ok(all)
}

fn except(component: &Component, zones: &Zones<'_>) -> Result<Vec<When>, Fault> {
    let mut all = Vec::new();
    for property in component.all("EXDATE") {
        for value in values(property) {
            all.push(moment(property, value, zones)?);
        }
    }
    Ok(all)
}

fn stands_for(component: &Component, zones: &Zones<'_>) -> Result<Option<StandsFor>, Fault> {
    let Some(property) = component.first("RECURRENCE-ID") else { return Ok(None) };
    let and_future = property.param("RANGE").is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
    Ok(Some(StandsFor { at: when(property, zones)?, and_future }))
}

/// The events of a calendar, and those that cannot be read with the reason.
#[must_use]
pub fn events(calendar: &Component, zones: &Zones<'_>) -> (Vec<Event>, Vec<(String, Fault)>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for component in calendar.inside.iter().filter(|inside| inside.name == text::EVENT) {
        match Event::read(component, zones) {
            Ok(event) => good.push(event),
            Err(fault) => bad.push((called(component), fault)),
        }
    }
    (good, bad)
}
