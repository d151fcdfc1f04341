//! Writing a calendar: a zone as a file describes it, and points in time. Whoever has events writes them with these.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::clock::{self, Clock};
use super::text::Writer;

/// `20261122T180000`.
#[must_use]
pub fn wall(at: NaiveDateTime) -> String {
    at.format("%Y%m%dT%H%M%S").to_string()
}

/// `20261122T180000Z`, of a wall clock of UTC.
#[must_use]
pub fn utc(at: NaiveDateTime) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Describes a zone for the years of a calendar. Each change of its offset is listed: rules of summer time last as long
/// as a law does, and some zones follow the moon.
pub fn zone(out: &mut Writer, id: &str, clock: &dyn Clock, first: NaiveDate, last: NaiveDate) {
    let start = first.and_time(NaiveTime::MIN);
    let usual = clock.offset_s(start);
    out.line("BEGIN", "VTIMEZONE");
    out.words("TZID", id);
    observance(out, usual, usual, &[start]);
    for ((from_s, to_s), onsets) in changes(clock, first, last) {
        observance(out, from_s, to_s, &onsets);
    }
    out.line("END", "VTIMEZONE");
}

fn observance(out: &mut Writer, from_s: i32, to_s: i32, onsets: &[NaiveDateTime]) {
    let Some((first, more)) = onsets.split_first() else { return };
    let name = if to_s > from_s { "DAYLIGHT" } else { "STANDARD" };
    out.line("BEGIN", name);
    out.line("DTSTART", &wall(*first));
    out.line("TZOFFSETFROM", &offset(from_s));
    out.line("TZOFFSETTO", &offset(to_s));
    for onset in more {
        out.line("RDATE", &wall(*onset));
    }
    out.line("END", name);
}

/// The changes of a clock's offset in a span of days: by what they are from and to, the wall clocks at which they begin,
/// by the offset before.
fn changes(clock: &dyn Clock, first: NaiveDate, last: NaiveDate) -> BTreeMap<(i32, i32), Vec<NaiveDateTime>> {
    let mut found: BTreeMap<(i32, i32), Vec<NaiveDateTime>> = BTreeMap::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        let from = day.and_time(NaiveTime::MIN);
        let to = from + TimeDelta::days(1);
        let (before, after) = (clock.offset_s(from), clock.offset_s(to));
        if before != after {
            let onset = clock::plus_s(instant_of_change(clock, from, to), before);
            found.entry((before, after)).or_default().push(onset);
        }
    }
    found
}

/// The first second, between two instants with different offsets, that has the later one.
fn instant_of_change(clock: &dyn Clock, from: NaiveDateTime, to: NaiveDateTime) -> NaiveDateTime {
    let before = clock.offset_s(from);
    let (mut low, mut high) = (0, (to - from).num_seconds());
    while high - low > 1 {
        let middle = i64::midpoint(low, high);
        if clock.offset_s(from + TimeDelta::seconds(middle)) == before {
            low = middle;
        } else {
            high = middle;
        }
    }
    from + TimeDelta::seconds(high)
}

fn offset(seconds: i32) -> String {
    let (sign, size) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
    let (hours, minutes, rest) = (size / 3_600, size / 60 % 60, size % 60);
    if rest == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{rest:02}")
    }
}
