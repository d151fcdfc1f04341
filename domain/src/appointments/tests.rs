//! Hours by the clock on the wall, also where it jumps; codes that fit one appointment alone.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::classes::ClassTypeId;
use crate::kernel::ids::{PersonId, Uuid};
use crate::kernel::time::{Timestamp, Zone};
use crate::members::MemberId;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn hours(weekly: Vec<Weekly>, days: Vec<DayHours>) -> CoachHours {
    let services = vec![ClassTypeId(Uuid::from_u128(1))];
    CoachHours { coach_id: PersonId(Uuid::from_u128(2)), revision: 1, services, weekly, days }
}

const fn span(from_minute: u32, to_minute: u32) -> Span {
    Span { from_minute, to_minute }
}

fn every_day(from_minute: u32, to_minute: u32) -> CoachHours {
    let weekly = (0..7).map(|weekday| Weekly { weekday, span: span(from_minute, to_minute) });
    hours(weekly.collect(), Vec::new())
}

fn minutes(hours: &CoachHours, on: &str, length_minutes: u32, zone: &str) -> Vec<u32> {
    let zone = Zone::named(zone).unwrap();
    hours.starts_on(day(on), length_minutes, zone).into_iter().map(|start| start.minute).collect()
}

#[test]
fn a_day_offers_what_fits_into_its_hours() {
    let monday = Weekly { weekday: 0, span: span(9 * 60, 10 * 60 + 45) };
    let different = DayHours { on: day("2026-12-07"), spans: vec![span(600, 660), span(480, 540)] };
    let away = DayHours { on: day("2026-12-14"), spans: Vec::new() };
    let hours = hours(vec![monday], vec![different, away]);
    let offered = |on| minutes(&hours, on, 60, "Asia/Taipei");
    assert_eq!(offered("2026-11-30"), [540, 570]);
    assert_eq!(offered("2026-12-01"), Vec::<u32>::new());
    assert_eq!(offered("2026-12-07"), [480, 600]);
    assert_eq!(offered("2026-12-14"), Vec::<u32>::new());
    let zone = Zone::named("Asia/Taipei").unwrap();
    assert_eq!(hours.start(day("2026-11-30"), 585, 60, zone).map(|start| start.minute), Some(585));
    assert_eq!(hours.start(day("2026-11-30"), 590, 60, zone), None);
    assert_eq!(hours.start(day("2026-11-30"), 510, 60, zone), None);
}

#[test]
fn an_hour_that_does_not_exist_is_not_offered() {
    // On 28 March 2027 the clock in Berlin goes from 02:00 to 03:00.
    let hours = every_day(60, 5 * 60);
    assert_eq!(minutes(&hours, "2027-03-27", 60, "Europe/Berlin"), [60, 90, 120, 150, 180, 210, 240]);
    assert_eq!(minutes(&hours, "2027-03-28", 60, "Europe/Berlin"), [60, 90, 180, 210, 240]);
    let zone = Zone::named("Europe/Berlin").unwrap();
    let at = |minute| hours.start(day("2027-03-28"), minute, 60, zone).unwrap().at;
    assert_eq!(at(180).0 - at(90).0, 30 * 60_000);
    // Half an hour is missing on Lord Howe Island.
    assert_eq!(minutes(&hours, "2026-10-04", 60, "Australia/Lord_Howe"), [60, 90, 150, 180, 210, 240]);
}

#[test]
fn of_an_hour_that_comes_twice_the_first_is_offered() {
    // On 31 October 2027 the clock in Berlin goes from 03:00 back to 02:00.
    let hours = every_day(60, 4 * 60);
    assert_eq!(minutes(&hours, "2027-10-31", 60, "Europe/Berlin"), [60, 90, 120, 150, 180]);
    let zone = Zone::named("Europe/Berlin").unwrap();
    let at = |minute| hours.start(day("2027-10-31"), minute, 60, zone).unwrap().at;
    assert_eq!(at(180).0 - at(150).0, 90 * 60_000);
}

#[test]
fn hours_of_a_day_do_not_meet() {
    let publish = |spans: &[(u32, Span)]| PublishHours {
        coach_id: PersonId::default(),
        seen_revision: 0,
        services: Vec::new(),
        weekly: spans.iter().map(|(weekday, span)| Weekly { weekday: *weekday, span: *span }).collect(),
        days: Vec::new(),
    };
    assert_eq!(publish(&[(0, span(540, 600)), (0, span(600, 660)), (1, span(550, 600))]).check(), Ok(()));
    for wrong in [
        vec![(0, span(540, 601)), (0, span(600, 660))],
        vec![(0, span(600, 600))],
        vec![(0, span(600, 1441))],
    ] {
        assert_eq!(publish(&wrong).check(), Err(AppointmentRefusal::HoursMeet), "{wrong:?}");
    }
    let twice = DayHours { on: day("2026-12-07"), spans: Vec::new() };
    let days = vec![twice.clone(), twice];
    assert_eq!(PublishHours { days, ..publish(&[]) }.check(), Err(AppointmentRefusal::HoursMeet));
}

#[test]
fn a_code_is_of_one_appointment_and_read_however_it_was_typed() {
    let made = |n: u128, seed: u128| {
        let id = AppointmentId(Uuid::from_u128(n));
        AppointmentCode::made(id, MemberId::default(), Uuid::from_u128(seed)).code
    };
    assert_eq!(made(1, 7), made(1, 7));
    assert_eq!(made(1, 7).len(), CODE_DIGITS);
    assert_ne!(made(1, 7), made(2, 7));
    assert_ne!(made(1, 7), made(1, 8));
    let code = AppointmentCode {
        appointment_id: AppointmentId::default(),
        member_id: MemberId::default(),
        code: "0417".to_owned(),
    };
    assert!(code.is(" 04 17 ") && code.is("０４１７") && !code.is("0418") && !code.is(""));
}

proptest! {
    /// Whatever the clock does: what is offered lies within the hours, each instant once, as long as it says.
    #[test]
    fn starts_lie_within_the_hours(
        days in 0..730_u64, from in 0..47_u32, steps in 1..20_u32, length in 1..24_u32, zone in 0..5_usize,
    ) {
        let zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Taipei", "Africa/Casablanca"];
        let zone = Zone::named(zones[zone]).unwrap();
        let on = day("2026-01-01") + chrono::Days::new(days);
        let (from, length) = (from * 30, length * 10);
        let to = (from + steps * 30).min(24 * 60);
        let hours = every_day(from, to);
        let starts = hours.starts_on(on, length, zone);
        let (opens, closes) = (zone.instant(on, from), zone.instant(on, to));
        for start in &starts {
            prop_assert!(opens <= start.at && start.at.plus_ms(i64::from(length) * 60_000) <= closes);
            prop_assert_eq!((zone.day(start.at), zone.minute_of_day(start.at)), (on, start.minute));
        }
        prop_assert!(starts.windows(2).all(|two| two[0].at < two[1].at));
        // What is taken is not free, and what lies behind neither.
        let taken = starts.first().map(|start| TakenSpan {
            appointment_id: AppointmentId::default(),
            starts_at: start.at,
            ends_at: start.at.plus_ms(i64::from(length) * 60_000),
        });
        let day = CoachDay { coach_id: hours.coach_id, on, taken: taken.into_iter().collect() };
        let free = hours.free_on(on, length, Some(&day), &[], Timestamp(0), zone);
        prop_assert!(free.iter().all(|start| day.meets(start.at, start.at.plus_ms(1)).is_none()));
        prop_assert!(hours.free_on(on, length, None, &[], closes, zone).is_empty());
    }
}
