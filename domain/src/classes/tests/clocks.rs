//! Wall clocks: a class is at the same time of day through every jump of the four zones, 2026 to 2030.

use chrono::{Datelike as _, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::*;
use crate::calendar::{Clock as _, local, utc};

const ALL: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn pure(zone: Zone, start_minute: u32) -> Timetable {
    let plan = PlanSchedule {
        terms: terms(start_minute),
        first_on: day("2026-01-01"),
        rule: Some(Rule::weekly(&ALL)),
    };
    let schedule = plan.schedule(ScheduleId(Uuid::from_u128(1)), Timestamp(0)).unwrap();
    let _ = zone;
    Timetable::of(vec![schedule], [], Vec::new())
}

fn naive(at: Timestamp) -> NaiveDateTime {
    chrono::DateTime::from_timestamp_millis(at.0).unwrap().naive_utc()
}

#[test]
fn classes_keep_their_wall_clock_through_every_jump() {
    for (name, gaps) in
        [("America/New_York", 5), ("Europe/London", 5), ("Australia/Lord_Howe", 5), ("Africa/Casablanca", 5)]
    {
        let zone = Zone::named(name).unwrap();
        let span = Days { first: day("2026-01-01"), last: day("2030-12-31") };
        // 01:30 and 02:15 and 02:30 lie in the gaps of these zones; 18:00 never does.
        let mut shifted = 0;
        for minute in [90, 135, 150, 18 * 60] {
            let sessions = pure(zone, minute).sessions(span, zone);
            assert_eq!(sessions.len(), 1_826, "{name}");
            for session in &sessions {
                let meant = session.on.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
                let instant = naive(session.starts_at);
                assert_eq!(instant, utc(&zone, meant), "{name} {meant}");
                assert_eq!(session.ends_at.0 - session.starts_at.0, 3_600_000, "an hour is an hour");
                let is = local(&zone, instant);
                if is != meant {
                    let before = zone.offset_s(instant - TimeDelta::hours(6));
                    let after = zone.offset_s(instant + TimeDelta::hours(6));
                    assert_eq!(is - meant, TimeDelta::seconds(i64::from(after - before)), "{name} {meant}");
                    shifted += 1;
                }
            }
        }
        assert!(shifted >= gaps, "{name}: {shifted} sessions met a gap");
    }
}

#[test]
fn of_an_hour_that_comes_twice_the_first_counts() {
    for (name, on, minute) in [
        ("America/New_York", "2026-11-01", 90),
        ("Europe/London", "2026-10-25", 90),
        ("Australia/Lord_Howe", "2026-04-05", 105),
        ("Africa/Casablanca", "2026-02-15", 150),
    ] {
        let zone = Zone::named(name).unwrap();
        let span = Days { first: day(on), last: day(on) };
        let session = pure(zone, minute).sessions(span, zone).remove(0);
        let overlap = naive(session.starts_at);
        let hour = TimeDelta::hours(1);
        let (before, after) = (zone.offset_s(overlap), zone.offset_s(overlap + hour));
        assert!(after < before, "{name}: the clock goes back after it: {before} {after}");
        assert_eq!(local(&zone, overlap).day(), day(on).day());
    }
}
