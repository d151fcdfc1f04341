use rollcall_domain::classes::{ClassTypeId, ScheduleId, Standing, Terms};
use rollcall_domain::kernel::Id;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn session(on: &str, start_minute: u32, length_minutes: u32) -> Session {
    let key = SessionKey { schedule_id: ScheduleId(Id::nil()), on: day(on), start_minute, pattern: 0 };
    let minute = i64::from(start_minute);
    let begin = i64::from(chrono::Datelike::num_days_from_ce(&day(on))) * 1_440 + minute;
    Session {
        key,
        on: day(on),
        terms: Terms {
            class_type_id: ClassTypeId(Id::nil()),
            coaches: Vec::new(),
            place_id: None,
            start_minute,
            length_minutes,
            capacity: 10,
            people_min: 0,
        },
        starts_at: Timestamp(begin * 60_000),
        ends_at: Timestamp((begin + i64::from(length_minutes)) * 60_000),
        standing: Standing::Planned,
        revision: 0,
    }
}

#[test]
fn a_week_begins_on_a_monday() {
    assert_eq!(monday(day("2026-11-22")), day("2026-11-16"));
    assert_eq!(monday(day("2026-11-23")), day("2026-11-23"));
    assert_eq!(days(day("2026-11-23"))[6], day("2026-11-29"));
}

#[test]
fn what_overlaps_lies_side_by_side_and_what_follows_begins_anew() {
    let sessions = [
        session("2026-11-23", 540, 60),
        session("2026-11-23", 570, 60),
        session("2026-11-23", 600, 30),
        session("2026-11-23", 660, 60),
        session("2026-11-24", 540, 60),
        session("2026-11-24", 540, 60),
    ];
    assert_eq!(lanes(&sessions), [(0, 2), (1, 2), (0, 2), (0, 1), (0, 2), (1, 2)]);
}
