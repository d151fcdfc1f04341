use super::*;
use crate::passes::{Moment, Standing, Status, explain};

fn made(seed: u64, members: u32) -> Sample {
    let han = Han::read(include_bytes!("../../data/han.bin").as_slice()).unwrap();
    sample(&Wish { seed, members, now: Timestamp(1_795_320_000_000), language: "zh-Hans", han: &han })
}

fn count(sample: &Sample, kind: &str) -> usize {
    sample.records.iter().filter(|r| r.kind == kind).count()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (a, b) = (made(7, 20), made(7, 20));
    assert_eq!(a.records, b.records);
    assert_ne!(made(8, 20).records, a.records);
}

/// After a change of the rules or of the script: `UPDATE_KNOWN=1 cargo test -p rollcall-domain known`.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test keeps what it compares with in a file")]
fn known_seeds_come_to_the_same_state() {
    let han = Han::read(include_bytes!("../../data/han.bin").as_slice()).unwrap();
    let mut lines = String::new();
    for seed in 1..=12_u64 {
        let language = ["en", "zh-Hans", "zh-Hant"][usize::try_from(seed % 3).unwrap()];
        let wish = Wish { seed, members: KNOWN_MEMBERS, now: KNOWN_AT, language, han: &han };
        lines.push_str(&format!("{seed} {language} {}\n", sample(&wish).hash().0));
    }
    if std::env::var_os("UPDATE_KNOWN").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/demo/known.txt"), &lines).unwrap();
    }
    assert_eq!(lines, KNOWN, "set UPDATE_KNOWN=1 if the rules were meant to change");
}

#[test]
fn everybody_is_there_and_passes_stand_in_many_ways() {
    let sample = made(7, 150);
    assert_eq!(count(&sample, "member"), 150);
    assert!(
        count(&sample, "payment") > 120 && count(&sample, "visit") > 500,
        "{} {}",
        count(&sample, "payment"),
        count(&sample, "visit")
    );
    assert_eq!(count(&sample, "exception"), 0, "{:?}", sample.records.iter().find(|r| r.kind == "exception"));
    assert!(sample.records.iter().any(|r| r.body.contains("欧阳·阿卜杜勒-热合曼 伊斯马伊力")));
    assert_eq!(plan_names(&sample).len(), 7);
    assert_statuses(&sample);
    assert_week(&sample);
}

/// Most of what a member can be is found in a sample.
fn assert_statuses(sample: &Sample) {
    let mut seen = std::collections::BTreeSet::new();
    let of = |kind: &str| sample.records.iter().filter(|r| r.kind == kind).cloned().collect::<Vec<_>>();
    let balances: Vec<Balance> = of("balance").iter().map(|r| r.read().unwrap()).collect();
    let passes: Vec<Pass> = of("pass").iter().map(|r| r.read().unwrap()).collect();
    let today = Zone::default().day(Timestamp(1_795_320_000_000));
    for record in of("member") {
        let member: Member = record.read().unwrap();
        let held: Vec<Holding> = passes
            .iter()
            .filter(|p| p.member_id == member.id)
            .map(|p| Holding::new(p.clone(), |id| balances.iter().find(|b| b.id == id).cloned()))
            .collect();
        seen.insert(explain(Standing::of(&member, Zone::default()), &held, Moment::day(today)).status);
    }
    for status in [Status::Applicant, Status::Active, Status::Expired, Status::Lapsed, Status::Left] {
        assert!(seen.contains(&status), "{status:?} of {seen:?}");
    }
}

/// There is a week to look at: classes that took place, seats that are taken, somebody who waits.
fn assert_week(sample: &Sample) {
    assert_eq!((count(sample, "class_type"), count(sample, "coach"), count(sample, "place")), (6, 3, 4));
    assert!(
        count(sample, "schedule") == 9 && count(sample, "attended") > 60,
        "{}",
        count(sample, "attended")
    );
    let seats: Vec<crate::bookings::Seats> =
        sample.records.iter().filter(|r| r.kind == "seats").map(|r| r.read().unwrap()).collect();
    let to_come: Vec<_> = seats.iter().filter(|one| !one.is_closed()).collect();
    assert!(to_come.len() > 10 && to_come.iter().any(|one| one.waiting > 0), "{}", to_come.len());
    assert!(seats.iter().all(|one| one.taken <= one.capacity));
}

#[test]
fn a_full_week_has_two_hundred_classes_and_one_that_is_large() {
    let han = Han::read(include_bytes!("../../data/han.bin").as_slice()).unwrap();
    let wish = Wish { seed: 1, members: 100, now: KNOWN_AT, language: "en", han: &han };
    let full = full_sample(&wish);
    let schedules: Vec<crate::classes::Schedule> =
        full.records.iter().filter(|r| r.kind == "schedule").map(|r| r.read().unwrap()).collect();
    let tomorrow = Zone::default().day(KNOWN_AT) + chrono::Days::new(1);
    let week = crate::classes::Days { first: tomorrow, last: tomorrow + chrono::Days::new(6) };
    let timetable = crate::classes::Timetable::of(schedules, [], Vec::new());
    assert!(timetable.sessions(week, Zone::default()).len() >= 200);
    let seats: Vec<crate::bookings::Seats> =
        full.records.iter().filter(|r| r.kind == "seats").map(|r| r.read().unwrap()).collect();
    assert!(seats.iter().any(|one| (one.capacity, one.taken) == (60, 60)));
}

#[test]
fn what_waits_after_days_without_a_network_are_visits_and_registrations_that_hold() {
    let han = Han::read(include_bytes!("../../data/han.bin").as_slice()).unwrap();
    let wish = Wish { seed: 3, members: 40, now: KNOWN_AT, language: "en", han: &han };
    let sample = sample(&wish);
    let cases = waiting(&sample, &wish, 100);
    assert_eq!(cases.len(), 100);
    let kinds: std::collections::BTreeSet<&str> = cases.iter().map(|c| &*c.input.kind).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
}
