//! A calendar from elsewhere, and ours for elsewhere.

use chrono::{NaiveDateTime, Weekday};
use proptest::prelude::*;

use super::super::export::Export;
use super::super::import::{Here, ImportCalendar, ImportedRow, LeftOut, NewClass, Row, preview};
use super::*;
use crate::calendar::event::{Fault, events};
use crate::calendar::set::{self, Span};
use crate::calendar::text::{NoCalendar, calendars};
use crate::calendar::zones::{SharedClock, Zones};
use crate::kernel::ids::StudioId;

fn here(now: Timestamp, zone: Zone, has: &dyn Fn(ScheduleId) -> bool) -> Here<'_> {
    Here { studio: StudioId(Uuid::from_u128(0xA)), zone, now, has }
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.replace("; ", "\n"))
}

fn looked_at(house: &House, bodies: &[String]) -> Vec<Row> {
    let file = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", bodies.concat());
    preview(file.as_bytes(), &here(house.now(), house.zone, &|_| false)).unwrap()
}

const NY: &str = "TZID=America/New_York";

fn new_york() -> House {
    let mut house = House::open_in("America/New_York");
    house.at("2026-09-01", 12 * 60);
    house
}

/// Takes all rows over that can be.
fn take_over(house: &mut House, rows: &[Row]) {
    let rows = rows.iter().filter_map(|row| row.outcome.as_ref().ok());
    let rows = rows.map(|offer| ImportedRow { plan: offer.plan.clone(), terms: terms(0) }).collect();
    house.room.granted(&ImportCalendar { classes: vec![], rows }, &());
}

#[test]
fn a_file_becomes_schedules_as_it_stands() {
    let mut house = new_york();
    let series = event(&format!(
        "UID:1; SUMMARY:Yoga; DTSTART;{NY}:20260804T180000; DURATION:PT1H; RRULE:FREQ=WEEKLY;COUNT=12; \
         EXDATE;{NY}:20260915T180000; RDATE;{NY}:20260918T070000"
    ));
    let moved = event(&format!(
        "UID:1; SUMMARY:Yoga; RECURRENCE-ID;{NY}:20260908T180000; DTSTART;{NY}:20260910T200000; DURATION:PT90M"
    ));
    let off = event(&format!(
        "UID:1; SUMMARY:Yoga; RECURRENCE-ID;{NY}:20260922T180000; DTSTART;{NY}:20260922T180000; DURATION:PT1H; \
         STATUS:CANCELLED"
    ));
    let onward = event(&format!(
        "UID:1; SUMMARY:Yoga; RECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20260929T180000; DTSTART;{NY}:20260930T190000; \
         DURATION:PT1H"
    ));
    let once =
        event(&format!("UID:2; SUMMARY:Talk; DTSTART;{NY}:20260903T190000; DTEND;{NY}:20260903T203000"));
    let rows = looked_at(&house, &[moved, series, off, onward, once]);
    assert_eq!(rows.iter().map(|row| row.summary.as_str()).collect::<Vec<_>>(), ["Yoga", "Talk"]);
    take_over(&mut house, &rows);
    assert_eq!(
        house.told("2026-08-01", "2027-08-01"),
        [
            "09-01 18:00",
            "09-03 19:00",
            "09-10 20:00",
            "09-18 07:00",
            "09-30 19:00",
            "10-07 19:00",
            "10-14 19:00",
            "10-21 19:00"
        ]
    );
    let called_off = house.sessions("2026-09-22", "2026-09-22");
    assert!(matches!(called_off[0].standing, Standing::CalledOff { .. }));
    let long = house.sessions("2026-09-10", "2026-09-10");
    assert_eq!(long[0].terms.length_minutes, 90);
}

#[test]
fn what_is_left_out_says_why() {
    let house = new_york();
    let timed = |rest: &str| event(&format!("UID:x; SUMMARY:Yoga; DTSTART;{NY}:20260908T180000; {rest}"));
    for (body, why) in [
        (timed("DURATION:PT1H; STATUS:CANCELLED"), LeftOut::Cancelled),
        (event("SUMMARY:Old; DTSTART:20200101T100000Z; DURATION:PT1H"), LeftOut::Over),
        (event("SUMMARY:Day; DTSTART;VALUE=DATE:20260908"), LeftOut::WholeDay),
        (timed("DURATION:PT3M"), LeftOut::Length),
        (timed("DURATION:PT1H; RRULE:FREQ=DAILY;BYHOUR=9,18"), LeftOut::SeveralADay),
        (timed("DURATION:PT1H; RRULE:FREQ=DAILY; RRULE:FREQ=WEEKLY"), LeftOut::SeveralRules),
        (timed("DURATION:PT1H; RECURRENCE-ID;TZID=America/New_York:20260908T180000"), LeftOut::NoEvent),
        (
            event(
                "SUMMARY:Far; DTSTART;TZID=Europe/London:20260908T180000; DURATION:PT1H; RRULE:FREQ=WEEKLY",
            ),
            LeftOut::OtherZone,
        ),
        (event("SUMMARY:None"), LeftOut::Unreadable(Fault::NoStart)),
    ] {
        let rows = looked_at(&house, std::slice::from_ref(&body));
        assert_eq!(rows[0].outcome.clone().map(|_| ()), Err(why), "{body}");
    }
    assert_eq!(
        preview(b"Yoga,Tuesday", &here(house.now(), house.zone, &|_| false)),
        Err(NoCalendar::NoBegin)
    );
}

#[test]
fn a_file_is_taken_over_once() {
    let mut house = new_york();
    let body =
        event(&format!("UID:1; SUMMARY:Run; DTSTART;{NY}:20260908T180000; DURATION:PT1H; RRULE:FREQ=WEEKLY"));
    let rows = looked_at(&house, std::slice::from_ref(&body));
    let offer = rows[0].outcome.clone().unwrap();
    let class_type_id = ClassTypeId(Uuid::from_u128(0x999));
    let command = ImportCalendar {
        classes: vec![NewClass { class_type_id, draft: class("Run") }],
        rows: vec![ImportedRow { plan: offer.plan.clone(), terms: Terms { class_type_id, ..terms(0) } }],
    };
    house.room.granted(&command, &());
    assert_eq!(house.room.get::<ClassType>(class_type_id).draft.name, "Run");
    assert_eq!(house.told("2026-09-08", "2026-09-15"), ["09-08 18:00", "09-15 18:00"]);
    assert_eq!(house.room.refused(&command, &()), ClassRefusal::NothingToImport);
    let has = |id: ScheduleId| id == offer.plan.schedule_id;
    let file = format!("BEGIN:VCALENDAR\n{body}END:VCALENDAR\n");
    let again = preview(file.as_bytes(), &here(house.now(), house.zone, &has)).unwrap();
    assert_eq!(again[0].outcome, Err(LeftOut::HereAlready));
    let unknown = ImportCalendar { classes: vec![], ..command };
    let row = ImportedRow {
        terms: Terms { class_type_id: ClassTypeId(Uuid::nil()), ..terms(0) },
        ..unknown.rows[0].clone()
    };
    assert_eq!(
        house.room.refused(&ImportCalendar { classes: vec![], rows: vec![row] }, &()),
        ClassRefusal::NoClass
    );
}

fn naive(at: Timestamp) -> NaiveDateTime {
    chrono::DateTime::from_timestamp_millis(at.0).unwrap().naive_utc()
}

/// What a reader finds in our file, as instants.
fn read_back(file: &str, from: NaiveDateTime, to: NaiveDateTime) -> Vec<(NaiveDateTime, NaiveDateTime)> {
    let calendar = calendars(file.as_bytes()).unwrap().remove(0);
    // As a program that knows no zone by name: our own description of it must do.
    let known = |_: &str| -> Option<SharedClock> { None };
    let zones = Zones::of(&calendar, &known, std::rc::Rc::new(crate::calendar::clock::Fixed(0)));
    let (good, bad) = events(&calendar, &zones);
    assert!(bad.is_empty(), "{bad:?}\n{file}");
    let (found, _) = set::occurrences(&good, Span { from, to });
    found.iter().map(|one| (one.start.utc(), one.end.utc())).filter(|(start, _)| *start >= from).collect()
}

fn exported(timetable: &Timetable, zone: Zone, now: Timestamp) -> String {
    let words = |_: &Terms| ("Yoga, slow; 瑜伽".repeat(6), "Hall\nground floor".to_owned());
    let from = zone.day(now);
    Export { studio: "Riverside", zone, now, from, words: &words }.text(timetable)
}

#[test]
fn our_own_file_says_what_the_timetable_says() {
    let mut house = new_york();
    let id = house.plan("2026-09-03", terms(18 * 60), Some(Rule::weekly(&[Weekday::Tue, Weekday::Thu])));
    let key = |house: &House, on: &str| house.key(on);
    let (a, b, c) = (key(&house, "2026-09-08"), key(&house, "2026-09-10"), key(&house, "2026-09-15"));
    house.delete(a);
    house.room.granted(&CallOffSession { key: b, seen_revision: 0, why: "Rain".to_owned() }, &());
    house.onward(c, 1, start(19 * 60));
    let moved = key(&house, "2026-09-23");
    house.room.granted(
        &ChangeSession {
            key: moved,
            seen_revision: 0,
            on: Some(day("2026-09-26")),
            terms: TermsChange::default(),
        },
        &(),
    );
    house.room.granted(&AddSession { schedule_id: id, on: day("2026-09-28"), terms: start(420) }, &());
    let from = key(&house, "2026-10-28");
    house.repeat(from, Rule::weekly(&[Weekday::Mon]));
    let file = exported(&house.timetable(), house.zone, house.now());
    assert!(file.lines().all(|line| line.len() <= 75), "folded");
    assert!(
        file.contains("RRULE:FREQ=WEEKLY;UNTIL=20261024T000000Z;BYDAY=WE,FR") || file.contains("BYDAY=WE,FR"),
        "{file}"
    );
    assert!(file.contains("STATUS:CANCELLED"));
    check(&house.timetable(), house.zone, house.now());
}

#[track_caller]
fn check(timetable: &Timetable, zone: Zone, now: Timestamp) {
    let file = exported(timetable, zone, now);
    let first = zone.day(now);
    let last = crate::kernel::time::plus_days(first, 600);
    let from = naive(zone.instant(first, 0));
    let to = naive(zone.instant(last, 0));
    let days = Days { first, last };
    let sessions = timetable.sessions(days, zone);
    let mut expected: Vec<(NaiveDateTime, NaiveDateTime)> = sessions
        .iter()
        .filter(|session| session.takes_place())
        .map(|session| (naive(session.starts_at), naive(session.ends_at)))
        .filter(|(start, _)| *start >= from && *start < to)
        .collect();
    expected.sort_unstable();
    assert_eq!(read_back(&file, from, to), expected, "{file}");
}

#[test]
fn our_file_says_it_in_every_zone() {
    for name in
        ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Shanghai"]
    {
        let zone = Zone::named(name).unwrap();
        for year in [2026, 2028] {
            let now = zone.instant(NaiveDate::from_ymd_opt(year, 1, 15).unwrap(), 720);
            for minute in [90, 150, 1_080] {
                let rule = Some(Rule::every(crate::calendar::Freq::Daily));
                let plan = PlanSchedule { terms: terms(minute), first_on: zone.day(now), rule };
                let schedule = plan.schedule(ScheduleId(Uuid::from_u128(1)), now).unwrap();
                check(&Timetable::of(vec![schedule], [], Vec::new()), zone, now);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_timetable_comes_back_from_its_file(
        days in worlds::weekdays(),
        acts in worlds::acts(),
    ) {
        let world = worlds::lived_in(&days, &acts);
        check(&world.0, world.1, world.2);
    }
}
