//! The deeds of the timetable in the studio's life: each of its commands once.

use super::{Role, made, of, uuid};
use crate::calendar::Rule;
use crate::classes::import::{
    ImportCalendar, ImportedPlan, ImportedRow, ImportedSession, ImportedStretch, NewClass,
};
use crate::classes::{
    AddSession, CallOffSession, ChangeSchedule, ChangeSession, ClassDraft, ClassTypeId, ClosureId, CoachName,
    DeclareClosure, DeleteSession, DescribeClass, DescribePlace, EndSchedule, HireCourt, HireId, HirerName,
    IntroduceCoach, Level, LiftClosure, MapPoint, PlaceDraft, PlaceId, PlaceKind, PlanSchedule, ReleaseCourt,
    RepeatSchedule, ScheduleId, SessionKey, Terms, TermsChange,
};
use crate::kernel::Input;
use crate::kernel::ids::PersonId;
use crate::members::MemberId;
use chrono::{NaiveDate, Weekday};

const CLASS: u128 = 0x100;
const COURT: u128 = 0x201;
const PARK: u128 = 0x202;
const COACH: u128 = 0xD1;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn class(name: &str) -> ClassDraft {
    ClassDraft {
        name: name.to_owned(),
        names: [("zh-Hans".to_owned(), "晨练".to_owned())].into(),
        colour: 3,
        length_minutes: 60,
        capacity: 12,
        level: Level::Beginner,
        opened_by: Vec::new(),
    }
}

fn terms() -> Terms {
    Terms {
        class_type_id: ClassTypeId(uuid(CLASS)),
        coaches: vec![PersonId(uuid(COACH))],
        place_id: Some(PlaceId(uuid(PARK))),
        start_minute: 7 * 60,
        length_minutes: 60,
        capacity: 12,
        people_min: 0,
    }
}

fn place(id: u128, name: &str, kind: PlaceKind) -> DescribePlace {
    let draft =
        PlaceDraft { name: name.to_owned(), kind, capacity: Some(20), note: "by the gate".to_owned() };
    DescribePlace { place_id: PlaceId(uuid(id)), seen_revision: 0, draft, retired: false }
}

/// Taken over from a file: weekly, one day taken out, one session moved.
fn calendar() -> ImportCalendar {
    let stretch =
        ImportedStretch { from: day("2027-03-01"), moved_days: 0, start_minute: 600, length_minutes: 45 };
    let session = ImportedSession {
        day: Some(day("2027-03-15")),
        on: day("2027-03-16"),
        start_minute: 660,
        length_minutes: 45,
        called_off: false,
    };
    let plan = ImportedPlan {
        schedule_id: ScheduleId(uuid(0x400)),
        first_on: day("2027-03-01"),
        rule: Some(Rule::weekly(&[Weekday::Mon])),
        last_on: Some(day("2027-06-30")),
        until: None,
        stretches: vec![stretch],
        deleted: vec![day("2027-03-08")],
        sessions: vec![session],
    };
    let class_type_id = ClassTypeId(uuid(CLASS + 1));
    ImportCalendar {
        classes: vec![NewClass { class_type_id, draft: class("Stretching") }],
        rows: vec![ImportedRow { plan, terms: Terms { class_type_id, ..terms() } }],
    }
}

/// The deeds, the first of them the `first`-th command of the room.
pub(super) fn deeds(first: u128) -> Vec<(Role, Input)> {
    let schedule_id = ScheduleId(made(first + 4, 0));
    let key = |on: &str| SessionKey { schedule_id, on: day(on), start_minute: 7 * 60, pattern: 0 };
    let later = TermsChange { capacity: Some(14), ..TermsChange::default() };
    let point = Some(MapPoint { lat_e7: 312_304_000, lon_e7: 1_214_737_000 });
    let class_type_id = ClassTypeId(uuid(CLASS));
    let closure = DeclareClosure {
        name: "Spring festival".to_owned(),
        names: [("zh-Hant".to_owned(), "春節".to_owned())].into(),
        first_on: day("2027-02-06"),
        last_on: day("2027-02-12"),
        places: vec![PlaceId(uuid(COURT))],
        kept: vec![schedule_id],
    };
    let hire = HireCourt {
        place_id: PlaceId(uuid(COURT)),
        on: day("2027-01-09"),
        from_hour: 10,
        hours: 2,
        member_id: Some(MemberId(uuid(0xE1))),
    };
    let plan = PlanSchedule {
        terms: terms(),
        first_on: day("2027-01-05"),
        rule: Some(Rule::weekly(&[Weekday::Tue])),
    };
    let introduce = IntroduceCoach { person_id: PersonId(uuid(COACH)), seen_revision: 0, retired: false };
    let two = Rule::weekly(&[Weekday::Tue, Weekday::Thu]);
    let described =
        DescribeClass { class_type_id, seen_revision: 0, draft: class("Morning"), retired: false };
    let onward =
        ChangeSchedule { from: key("2027-01-12"), seen_revision: 1, move_days: 1, terms: later.clone() };
    let repeat =
        RepeatSchedule { from: key("2027-01-19"), seen_revision: 2, rule: two, terms: later.clone() };
    let (owner, none) = (Role::Owner, TermsChange::default());
    vec![
        of(owner, &described, &()),
        of(owner, &place(COURT, "Court 1", PlaceKind::Court { opens: 8, closes: 22 }), &()),
        of(owner, &place(PARK, "Park gate", PlaceKind::Outdoor { point }), &()),
        of(owner, &introduce, &CoachName { name: "Fang".to_owned() }),
        of(owner, &plan, &()),
        of(owner, &onward, &()),
        of(owner, &repeat, &()),
        of(owner, &ChangeSession { key: key("2027-01-05"), seen_revision: 0, on: None, terms: later }, &()),
        of(owner, &CallOffSession { key: key("2027-01-12"), seen_revision: 0, why: "storm".to_owned() }, &()),
        of(owner, &DeleteSession { key: key("2027-01-05"), seen_revision: 1 }, &()),
        of(owner, &AddSession { schedule_id, on: day("2027-01-11"), terms: none }, &()),
        of(owner, &closure, &()),
        of(owner, &LiftClosure { closure_id: ClosureId(made(first + 11, 0)) }, &()),
        of(owner, &hire, &HirerName { name: "Lin An".to_owned() }),
        of(owner, &ReleaseCourt { hire_id: HireId(made(first + 13, 0)) }, &()),
        of(owner, &calendar(), &()),
        of(
            owner,
            &EndSchedule { from: SessionKey { pattern: 1, ..key("2027-01-28") }, seen_revision: 3 },
            &(),
        ),
    ]
}
