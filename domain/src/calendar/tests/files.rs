//! Calendar files with what they hold. A `.txt` begins with `# FROM TO [ZONE]`, as the program `expand` is given them; a line
//! with `!` is a complaint. Where another engine reads a file differently, the head of `set` says why this one does not.

use std::rc::Rc;

use chrono::{NaiveDateTime, NaiveTime, Offset as _, TimeZone as _};
use proptest::prelude::*;

use super::super::clock::{Clock, Fixed, utc};
use super::super::event::{events, one_line};
use super::super::set::{Span, occurrences};
use super::super::text::{Component, NoCalendar, calendars, escaped, plain};
use super::super::zones::{SharedClock, Zones};

const FILES: &[(&str, &[u8], &str)] = &[
    (
        "a-day-taken-out-of-a-timed-event",
        include_bytes!("../fixtures/a-day-taken-out-of-a-timed-event.ics"),
        include_str!("../fixtures/a-day-taken-out-of-a-timed-event.txt"),
    ),
    (
        "below-a-day",
        include_bytes!("../fixtures/below-a-day.ics"),
        include_str!("../fixtures/below-a-day.txt"),
    ),
    (
        "calendar-zone",
        include_bytes!("../fixtures/calendar-zone.ics"),
        include_str!("../fixtures/calendar-zone.txt"),
    ),
    ("casablanca", include_bytes!("../fixtures/casablanca.ics"), include_str!("../fixtures/casablanca.txt")),
    ("exrule", include_bytes!("../fixtures/exrule.ics"), include_str!("../fixtures/exrule.txt")),
    ("folded", include_bytes!("../fixtures/folded.ics"), include_str!("../fixtures/folded.txt")),
    (
        "gap-at-half-past-two",
        include_bytes!("../fixtures/gap-at-half-past-two.ics"),
        include_str!("../fixtures/gap-at-half-past-two.txt"),
    ),
    (
        "kinds-of-time",
        include_bytes!("../fixtures/kinds-of-time.ics"),
        include_str!("../fixtures/kinds-of-time.txt"),
    ),
    (
        "last-friday",
        include_bytes!("../fixtures/last-friday.ics"),
        include_str!("../fixtures/last-friday.txt"),
    ),
    ("leap-day", include_bytes!("../fixtures/leap-day.ics"), include_str!("../fixtures/leap-day.txt")),
    (
        "lengths-across-a-jump",
        include_bytes!("../fixtures/lengths-across-a-jump.ics"),
        include_str!("../fixtures/lengths-across-a-jump.txt"),
    ),
    ("lord-howe", include_bytes!("../fixtures/lord-howe.ics"), include_str!("../fixtures/lord-howe.txt")),
    (
        "lord-howe-spring",
        include_bytes!("../fixtures/lord-howe-spring.ics"),
        include_str!("../fixtures/lord-howe-spring.txt"),
    ),
    ("malformed", include_bytes!("../fixtures/malformed.ics"), include_str!("../fixtures/malformed.txt")),
    (
        "monthly-on-the-31st",
        include_bytes!("../fixtures/monthly-on-the-31st.ics"),
        include_str!("../fixtures/monthly-on-the-31st.txt"),
    ),
    ("more-dates", include_bytes!("../fixtures/more-dates.ics"), include_str!("../fixtures/more-dates.txt")),
    (
        "one-cancelled",
        include_bytes!("../fixtures/one-cancelled.ics"),
        include_str!("../fixtures/one-cancelled.txt"),
    ),
    (
        "one-moved-to-another-day",
        include_bytes!("../fixtures/one-moved-to-another-day.ics"),
        include_str!("../fixtures/one-moved-to-another-day.txt"),
    ),
    ("orphans", include_bytes!("../fixtures/orphans.ics"), include_str!("../fixtures/orphans.txt")),
    (
        "overlap-at-half-past-one",
        include_bytes!("../fixtures/overlap-at-half-past-one.ics"),
        include_str!("../fixtures/overlap-at-half-past-one.txt"),
    ),
    ("own-zone", include_bytes!("../fixtures/own-zone.ics"), include_str!("../fixtures/own-zone.txt")),
    ("sequences", include_bytes!("../fixtures/sequences.ics"), include_str!("../fixtures/sequences.txt")),
    (
        "set-positions",
        include_bytes!("../fixtures/set-positions.ics"),
        include_str!("../fixtures/set-positions.txt"),
    ),
    (
        "start-beside-the-rule",
        include_bytes!("../fixtures/start-beside-the-rule.ics"),
        include_str!("../fixtures/start-beside-the-rule.txt"),
    ),
    (
        "this-and-future",
        include_bytes!("../fixtures/this-and-future.ics"),
        include_str!("../fixtures/this-and-future.txt"),
    ),
    (
        "this-and-future-cancelled",
        include_bytes!("../fixtures/this-and-future-cancelled.ics"),
        include_str!("../fixtures/this-and-future-cancelled.txt"),
    ),
    ("until", include_bytes!("../fixtures/until.ics"), include_str!("../fixtures/until.txt")),
    (
        "week-starts",
        include_bytes!("../fixtures/week-starts.ics"),
        include_str!("../fixtures/week-starts.txt"),
    ),
    (
        "weeks-of-the-year",
        include_bytes!("../fixtures/weeks-of-the-year.ics"),
        include_str!("../fixtures/weeks-of-the-year.txt"),
    ),
];

struct EveryZone(every_zone::Tz);

impl Clock for EveryZone {
    fn offset_s(&self, utc: NaiveDateTime) -> i32 {
        self.0.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    }
}

fn known(name: &str) -> Option<SharedClock> {
    name.parse().ok().map(|zone| Rc::new(EveryZone(zone)) as SharedClock)
}

/// What a calendar holds in a span of days, as lines, and the complaints about it.
fn told(calendar: &Component, span: &str) -> Vec<String> {
    let words: Vec<&str> = span.split_whitespace().collect();
    let mut zones = Zones::of(calendar, &known, Rc::new(Fixed(0)));
    if let Some(zone) = words.get(2) {
        zones.floating = known(zone).unwrap();
    }
    let midnight =
        |day: &str| utc(&*zones.floating, day.parse::<chrono::NaiveDate>().unwrap().and_time(NaiveTime::MIN));
    let (good, bad) = events(calendar, &zones);
    let (found, endless) = occurrences(&good, Span { from: midnight(words[0]), to: midnight(words[1]) });
    assert!(endless.is_empty(), "{endless:?}");
    let lines = found
        .iter()
        .map(|one| format!("{} {} {}", one.start.rfc3339(), one.end.rfc3339(), one_line(&one.summary)));
    lines.chain(bad.into_iter().map(|(called, fault)| format!("! left out {called}: {fault}"))).collect()
}

#[test]
fn every_file_holds_what_is_written_beside_it() {
    for (name, file, expected) in FILES {
        let calendars = calendars(file).unwrap();
        let (head, expected) = expected.split_once('\n').unwrap();
        let found = told(&calendars[0], head.trim_start_matches("# "));
        assert_eq!(found, expected.lines().collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn what_is_no_calendar_says_so() {
    for file in ["", "\u{0}\u{1}\u{2}", "Monday 18:00 Yoga", "BEGIN:VCARD\nEND:VCARD\n"] {
        assert_eq!(calendars(file.as_bytes()), Err(NoCalendar::NoBegin), "{file:?}");
    }
}

#[test]
fn old_line_ends_and_a_mark_in_front_are_read() {
    let file = "\u{feff}BEGIN:VCALENDAR\rBEGIN:VEVENT\rDTSTART:20260601T090000Z\rSUMMARY:Run\rEND:VEVENT\rEND:VCALENDAR\r";
    let calendars = calendars(file.as_bytes()).unwrap();
    let expected = ["2026-06-01T09:00:00+00:00 2026-06-01T09:00:00+00:00 Run"];
    assert_eq!(told(&calendars[0], "2026-06-01 2026-06-02"), expected);
}

proptest! {
    #[test]
    fn text_comes_back_from_its_escapes(text in "[a-z;,:\"\\\\\n 瑜伽]{0,40}") {
        prop_assert_eq!(plain(&escaped(&text)), text);
    }

    #[test]
    fn nothing_written_into_a_file_breaks_the_reader(
        which in 0..FILES.len(),
        places in prop::collection::vec((any::<prop::sample::Index>(), "[0-9A-Z;:=,\n /+-]{1,3}"), 1..6),
    ) {
        let mut file = FILES[which].1.to_vec();
        for (place, text) in places {
            let at = place.index(file.len());
            let end = (at + text.len()).min(file.len());
            file.splice(at..end, text.bytes());
        }
        for calendar in calendars(&file).unwrap_or_default() {
            let zones = Zones::of(&calendar, &known, Rc::new(Fixed(0)));
            let (good, _) = events(&calendar, &zones);
            let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap().and_time(NaiveTime::MIN);
            let (found, _) = occurrences(&good, Span { from: day("2026-01-01"), to: day("2026-03-01") });
            prop_assert!(found.iter().all(|one| one.start.utc() <= one.end.utc()));
        }
    }
}
