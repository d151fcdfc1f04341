//! The zones of a calendar: those this build knows by name, those the reader brings along, and those the file itself
//! describes in a VTIMEZONE.

use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::{NaiveDate, NaiveDateTime};

use super::clock::{self, Clock, Fixed};
use super::event::Fault;
use super::expand::Expansion;
use super::rule::{self, Rule, Until};
use super::text::Component;

/// Changes of a described zone that are kept at most, for each of its observances.
const CHANGES_MAX: usize = 2_000;

/// A clock that several events share.
pub type SharedClock = Rc<dyn Clock>;

/// Finds the clock of an IANA name.
pub type Known<'a> = &'a dyn Fn(&str) -> Option<SharedClock>;

/// The zones of one calendar.
pub struct Zones<'a> {
    known: Known<'a>,
    described: BTreeMap<String, SharedClock>,
    /// What times without a zone are read in: the calendar's own zone, else what the reader says.
    pub floating: SharedClock,
}

impl<'a> Zones<'a> {
    /// The zones of a calendar. One that is described badly is left out: events in it then say that they have no zone.
    #[must_use]
    pub fn of(calendar: &Component, known: Known<'a>, floating: SharedClock) -> Self {
        let mut described = BTreeMap::new();
        for zone in calendar.inside.iter().filter(|inside| inside.name == "VTIMEZONE") {
            if let (Some(id), Some(changes)) = (zone.text("TZID"), Changes::of(zone)) {
                described.insert(id, Rc::new(changes) as SharedClock);
            }
        }
        let mut zones = Self { known, described, floating };
        if let Some(own) = calendar.text("X-WR-TIMEZONE").and_then(|id| zones.find(&id)) {
            zones.floating = own;
        }
        zones
    }

    /// The clock of a TZID.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<SharedClock> {
        let id = id.trim();
        if matches!(id, "UTC" | "Etc/UTC" | "GMT" | "Z") {
            return Some(Rc::new(Fixed(0)));
        }
        // Some programs write a path in front: /example.org/20260101/Europe/London.
        let tails = id.match_indices('/').map(|(at, _)| &id[at + 1..]);
        let named = std::iter::once(id).chain(tails.filter(|_| id.starts_with('/'))).find_map(self.known);
        named.or_else(|| self.described.get(id).cloned())
    }
}

/// A zone as a file describes it: the instants at which its offset changes.
struct Changes {
    first_s: i32,
    // Instants in UTC, in order, each with the seconds ahead of UTC from then on.
    changes: Vec<(NaiveDateTime, i32)>,
}

impl Clock for Changes {
    fn offset_s(&self, utc: NaiveDateTime) -> i32 {
        let after = self.changes.partition_point(|(at, _)| *at <= utc);
        after
            .checked_sub(1)
            .and_then(|last| self.changes.get(last))
            .map_or(self.first_s, |(_, offset)| *offset)
    }
}

impl Changes {
    fn of(zone: &Component) -> Option<Self> {
        let mut changes: Vec<(NaiveDateTime, i32)> = Vec::new();
        let mut first: Option<(NaiveDateTime, i32)> = None;
        for part in zone.inside.iter().filter(|part| matches!(part.name.as_str(), "STANDARD" | "DAYLIGHT")) {
            let from_s = offset(&part.first("TZOFFSETFROM")?.value)?;
            let to_s = offset(&part.first("TZOFFSETTO")?.value)?;
            let start = wall(&part.first("DTSTART")?.value)?;
            for wall in onsets(part, start, from_s)? {
                changes.push((clock::plus_s(wall, -from_s), to_s));
            }
            if first.is_none_or(|(known, _)| start < known) {
                first = Some((start, from_s));
            }
        }
        changes.sort();
        let (_, first_s) = first?;
        Some(Self { first_s, changes })
    }
}

/// The wall clocks, by the offset before, at which an observance begins.
fn onsets(part: &Component, start: NaiveDateTime, from_s: i32) -> Option<Vec<NaiveDateTime>> {
    let before = NaiveDate::from_ymd_opt(2200, 1, 1)?.and_hms_opt(0, 0, 0)?;
    let mut all = vec![start];
    for property in part.all("RRULE") {
        let rule: Rule = property.value.parse().ok()?;
        let within = |wall: NaiveDateTime| match rule.until {
            None => true,
            Some(Until::Day(on)) => wall.date() <= on,
            Some(Until::Local(last)) => wall <= last,
            Some(Until::Utc(last)) => clock::plus_s(wall, -from_s) <= last,
        };
        all.extend(Expansion::new(&rule, start, before, &within).take(CHANGES_MAX));
    }
    for property in part.all("RDATE") {
        all.extend(property.value.split(',').filter_map(wall).take(CHANGES_MAX));
    }
    Some(all)
}

fn wall(value: &str) -> Option<NaiveDateTime> {
    rule::date_time(value.trim().trim_end_matches('Z'))
}

/// `+0530` or `-053000` in seconds.
fn offset(value: &str) -> Option<i32> {
    let value = value.trim();
    let (sign, digits) = match value.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => (1, value),
    };
    let plain = matches!(digits.len(), 4 | 6) && digits.bytes().all(|b| b.is_ascii_digit());
    let number = |from: usize| digits.get(from..from + 2).map_or(Some(0), |two| two.parse::<i32>().ok());
    let (hours, minutes, seconds) = (number(0)?, number(2)?, number(4)?);
    (plain && hours < 24 && minutes < 60 && seconds < 60)
        .then_some(sign * (hours * 3_600 + minutes * 60 + seconds))
}

/// The clock of a property's TZID, or a fault that names it.
pub(super) fn of_param(zones: &Zones<'_>, id: &str) -> Result<SharedClock, Fault> {
    zones.find(id).ok_or_else(|| Fault::UnknownZone(id.to_owned()))
}
