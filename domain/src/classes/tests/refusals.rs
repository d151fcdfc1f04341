//! Each reason for which the timetable stays as it is.

use chrono::Weekday::{Thu, Tue};

use super::*;
use crate::calendar::Freq;
use crate::kernel::Role;

fn describe(class_type_id: ClassTypeId, seen_revision: u32, draft: ClassDraft) -> DescribeClass {
    DescribeClass { class_type_id, seen_revision, draft, retired: false }
}

fn planned(terms: Terms) -> PlanSchedule {
    PlanSchedule { terms, first_on: day("2026-11-24"), rule: None }
}

#[test]
fn classes_are_described_as_they_can_be() {
    let mut house = House::open();
    let new = ClassTypeId(Uuid::from_u128(0x101));
    let room = &mut house.room;
    assert_eq!(room.refused(&describe(CLASS, 0, class("Yoga")), &()), ClassRefusal::ChangedMeanwhile);
    assert_eq!(room.refused(&describe(new, 0, class("  ")), &()), ClassRefusal::NameMissing);
    let name = "YOGA".to_owned();
    assert_eq!(room.refused(&describe(new, 0, class(" YOGA ")), &()), ClassRefusal::NameTaken { name });
    let short = ClassDraft { length_minutes: 4, ..class("Run") };
    assert_eq!(room.refused(&describe(new, 0, short), &()), ClassRefusal::LENGTH);
    let empty = ClassDraft { capacity: 0, ..class("Run") };
    assert_eq!(room.refused(&describe(new, 0, empty), &()), ClassRefusal::CAPACITY);
    room.granted(&describe(CLASS, 1, class("Yoga 1")), &());
    let after: ClassType = room.get(CLASS);
    assert_eq!((after.revision, after.name_in("zh-Hans"), after.name_in("en")), (2, "瑜伽", "Yoga 1"));
    room.granted(&DescribeClass { retired: true, ..describe(CLASS, 2, class("Yoga 1")) }, &());
    // The name is free again, and nothing new is planned of a class that is retired.
    room.granted(&describe(new, 0, class("Yoga 1")), &());
    assert_eq!(room.refused(&planned(terms(600)), &()), ClassRefusal::NoClass);
}

#[test]
fn places_and_coaches_are_described_as_they_can_be() {
    let mut house = House::open();
    let room = &mut house.room;
    let hall = |seen_revision, name: &str| DescribePlace {
        place_id: HALL,
        seen_revision,
        draft: place(name, PlaceKind::Room),
        retired: false,
    };
    assert_eq!(room.refused(&hall(0, "Hall"), &()), ClassRefusal::ChangedMeanwhile);
    assert_eq!(room.refused(&hall(1, ""), &()), ClassRefusal::NameMissing);
    let name = "court 1".to_owned();
    assert_eq!(room.refused(&hall(1, "court 1"), &()), ClassRefusal::NameTaken { name });
    let mut crowded = hall(1, "Hall");
    crowded.draft.capacity = Some(0);
    assert_eq!(room.refused(&crowded, &()), ClassRefusal::CAPACITY);
    room.granted(&DescribePlace { retired: true, ..hall(1, "Hall") }, &());
    assert_eq!(room.refused(&planned(terms(600)), &()), ClassRefusal::NoPlace);
    let coach = |person_id, seen_revision| IntroduceCoach { person_id, seen_revision, retired: true };
    let named = CoachName { name: "Lin".to_owned() };
    assert_eq!(room.refused(&coach(PersonId(Uuid::nil()), 0), &named), ClassRefusal::NoCoach);
    assert_eq!(room.refused(&coach(COACH, 0), &named), ClassRefusal::ChangedMeanwhile);
    assert_eq!(room.refused(&coach(COACH, 1), &CoachName::default()), ClassRefusal::NameMissing);
    room.granted(&coach(COACH, 1), &named);
    let in_the_park = Terms { place_id: None, ..terms(600) };
    assert_eq!(room.refused(&planned(in_the_park), &()), ClassRefusal::NoCoach);
}

#[test]
fn schedules_are_planned_as_they_can_be() {
    let mut house = House::open();
    let room = &mut house.room;
    let long = Terms { length_minutes: 721, ..terms(600) };
    assert_eq!(room.refused(&planned(long), &()), ClassRefusal::LENGTH);
    let crowded = Terms { capacity: 1_001, ..terms(600) };
    assert_eq!(room.refused(&planned(crowded), &()), ClassRefusal::CAPACITY);
    let lonely = Terms { people_min: 13, ..terms(600) };
    assert_eq!(room.refused(&planned(lonely), &()), ClassRefusal::NeedsMoreThanSeats { seats: 12 });
    let today = PlanSchedule { first_on: day("2026-11-22"), ..planned(terms(9 * 60)) };
    assert_eq!(room.refused(&today, &()), ClassRefusal::IntoThePast);
    for rule in ["FREQ=HOURLY", "FREQ=DAILY;BYHOUR=9,10"] {
        let often = PlanSchedule { rule: Some(rule.parse().unwrap()), ..planned(terms(600)) };
        assert_eq!(room.refused(&often, &()), ClassRefusal::SeveralADay, "{rule}");
    }
    for rule in ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;UNTIL=20261101"] {
        let never = PlanSchedule { rule: Some(rule.parse().unwrap()), ..planned(terms(600)) };
        assert_eq!(room.refused(&never, &()), ClassRefusal::NeverHappens, "{rule}");
    }
}

#[test]
fn the_past_stays_as_it_was() {
    let mut house = House::open();
    let schedule_id = house.weekly(&[Tue]);
    let key = house.key("2026-11-24");
    house.at("2026-11-24", 18 * 60);
    let room = &mut house.room;
    let change = ChangeSchedule { from: key, seen_revision: 1, move_days: 0, terms: start(19 * 60) };
    assert_eq!(room.refused(&change, &()), ClassRefusal::Begun);
    let repeat =
        RepeatSchedule { from: key, seen_revision: 1, rule: Rule::weekly(&[Thu]), terms: start(600) };
    assert_eq!(room.refused(&repeat, &()), ClassRefusal::Begun);
    assert_eq!(room.refused(&EndSchedule { from: key, seen_revision: 1 }, &()), ClassRefusal::Begun);
    let one = ChangeSession { key, seen_revision: 0, on: None, terms: start(19 * 60) };
    assert_eq!(room.refused(&one, &()), ClassRefusal::Begun);
    assert_eq!(room.refused(&DeleteSession { key, seen_revision: 0 }, &()), ClassRefusal::Begun);
    let off = CallOffSession { key, seen_revision: 0, why: String::new() };
    assert_eq!(room.refused(&off, &()), ClassRefusal::Begun);
    let add = AddSession { schedule_id, on: day("2026-11-23"), terms: TermsChange::default() };
    assert_eq!(room.refused(&add, &()), ClassRefusal::IntoThePast);
    // Nor does anything move into it.
    let next = house.key("2026-12-01");
    let room = &mut house.room;
    let back = ChangeSession { key: next, seen_revision: 0, on: Some(day("2026-11-23")), terms: start(600) };
    assert_eq!(room.refused(&back, &()), ClassRefusal::IntoThePast);
    let closure = DeclareClosure {
        name: "Yesterday".to_owned(),
        names: [].into(),
        first_on: day("2026-11-23"),
        last_on: day("2026-11-25"),
        places: vec![],
        kept: vec![],
    };
    assert_eq!(room.refused(&closure, &()), ClassRefusal::IntoThePast);
    // Closing today leaves alone what has begun.
    room.granted(&DeclareClosure { first_on: day("2026-11-24"), ..closure }, &());
    assert_eq!(house.told("2026-11-24", "2026-11-24"), ["11-24 18:00"]);
}

#[test]
fn moves_have_their_limits() {
    let mut house = House::open();
    let id = house.weekly(&[Tue]);
    let (second, third) = (house.key("2026-12-01"), house.key("2026-12-08"));
    let room = &mut house.room;
    let moved =
        |move_days| ChangeSchedule { from: third, seen_revision: 1, move_days, terms: start(18 * 60) };
    assert_eq!(room.refused(&moved(32), &()), ClassRefusal::TOO_FAR);
    assert_eq!(room.refused(&moved(-7), &()), ClassRefusal::MeetsEarlier { on: day("2026-12-01") });
    assert_eq!(
        room.refused(&ChangeSchedule { seen_revision: 9, ..moved(1) }, &()),
        ClassRefusal::ChangedMeanwhile
    );
    room.granted(&moved(-6), &());
    assert_eq!(house.told("2026-12-01", "2026-12-09"), ["12-01 18:00", "12-02 18:00", "12-09 18:00"]);
    house.at("2026-12-01", 17 * 60);
    let room = &mut house.room;
    let back =
        ChangeSchedule { from: second, seen_revision: 2, move_days: -1, terms: TermsChange::default() };
    assert_eq!(room.refused(&back, &()), ClassRefusal::IntoThePast);
    let nowhere = ScheduleId(Uuid::nil());
    let lost = SessionKey { schedule_id: nowhere, ..second };
    assert_eq!(room.refused(&EndSchedule { from: lost, seen_revision: 1 }, &()), ClassRefusal::NoSchedule);
    let never = SessionKey { on: day("2026-12-03"), ..second };
    assert_eq!(room.refused(&EndSchedule { from: never, seen_revision: 2 }, &()), ClassRefusal::NoSession);
    let mut crowded = house.schedule(id);
    let pattern = crowded.patterns[0].clone();
    crowded.patterns = vec![pattern; PATTERNS_MAX];
    let repeat =
        RepeatSchedule { from: second, seen_revision: 2, rule: Rule::every(Freq::Daily), terms: start(600) };
    assert_eq!(repeat.applied(&crowded, house.room.now, house.zone), Err(ClassRefusal::TooManyChanges));
}

#[test]
fn one_session_is_changed_once_by_whoever_saw_it_last() {
    let mut house = House::open();
    let schedule_id = house.weekly(&[Tue]);
    let key = house.key("2026-12-01");
    let change = |seen_revision| ChangeSession { key, seen_revision, on: None, terms: start(600) };
    house.room.granted(&change(0), &());
    assert_eq!(house.room.refused(&change(0), &()), ClassRefusal::ChangedMeanwhile);
    let off = |seen_revision| CallOffSession { key, seen_revision, why: String::new() };
    house.room.granted(&off(1), &());
    assert_eq!(house.room.refused(&off(2), &()), ClassRefusal::CalledOffBefore);
    assert_eq!(house.room.refused(&change(2), &()), ClassRefusal::CalledOffBefore);
    house.room.granted(&DeleteSession { key, seen_revision: 2 }, &());
    assert_eq!(
        house.room.refused(&DeleteSession { key, seen_revision: 3 }, &()),
        ClassRefusal::DeletedBefore
    );
    let add = |on: &str| AddSession { schedule_id, on: day(on), terms: TermsChange::default() };
    assert_eq!(house.room.refused(&add("2026-12-01"), &()), ClassRefusal::DateDeleted);
    assert_eq!(house.room.refused(&add("2026-12-08"), &()), ClassRefusal::SessionThatDay);
    let never = SessionKey { on: day("2026-12-02"), ..key };
    assert_eq!(
        house.room.refused(&DeleteSession { key: never, seen_revision: 0 }, &()),
        ClassRefusal::NoSession
    );
}

#[test]
fn coaches_change_their_own_classes() {
    let mut house = House::open();
    house.weekly(&[Tue]);
    let key = house.key("2026-12-01");
    (house.room.role, house.room.actor) = (Role::Coach, OTHER);
    let off = CallOffSession { key, seen_revision: 0, why: "Rain".to_owned() };
    assert_eq!(house.room.refused(&off, &()), ClassRefusal::NotYourClass);
    house.room.actor = COACH;
    house.room.granted(&off, &());
}

#[test]
fn closures_and_courts_as_they_can_be() {
    let mut house = House::open();
    let closure = |name: &str, last_on: &str| DeclareClosure {
        name: name.to_owned(),
        names: [].into(),
        first_on: day("2026-12-24"),
        last_on: day(last_on),
        places: vec![],
        kept: vec![],
    };
    let room = &mut house.room;
    assert_eq!(room.refused(&closure("", "2026-12-26"), &()), ClassRefusal::NameMissing);
    assert_eq!(room.refused(&closure("Holidays", "2026-12-23"), &()), ClassRefusal::CLOSURE);
    assert_eq!(room.refused(&closure("Holidays", "2027-12-25"), &()), ClassRefusal::CLOSURE);
    let closure_id = ClosureId(Uuid::nil());
    assert_eq!(room.refused(&LiftClosure { closure_id }, &()), ClassRefusal::NoClosure);
    room.granted(&closure("Holidays", "2026-12-26"), &());
    let closure_id = ClosureId(room.changes[0].id);
    let hire = |place_id, on: &str, from_hour| HireCourt {
        place_id,
        on: day(on),
        from_hour,
        hours: 1,
        member_id: None,
    };
    let guest = HirerName { name: "Guest".to_owned() };
    assert_eq!(
        room.refused(&hire(COURT, "2026-12-01", 10), &HirerName::default()),
        ClassRefusal::NameMissing
    );
    assert_eq!(room.refused(&hire(HALL, "2026-12-01", 10), &guest), ClassRefusal::NoCourt);
    let closed = ClassRefusal::CourtClosed { opens: 8, closes: 22 };
    assert_eq!(room.refused(&hire(COURT, "2026-12-01", 22), &guest), closed);
    let name = "Holidays".to_owned();
    assert_eq!(room.refused(&hire(COURT, "2026-12-24", 10), &guest), ClassRefusal::ClosedThatDay { name });
    room.granted(&LiftClosure { closure_id }, &());
    assert_eq!(room.refused(&LiftClosure { closure_id }, &()), ClassRefusal::NoClosure);
    room.granted(&hire(COURT, "2026-12-24", 10), &guest);
}
