//! A studio with a class, a room, a court, a park and a coach; the tests of the timetable plan in it.

use chrono::{NaiveDate, Weekday};

use super::*;
use crate::calendar::Rule;
use crate::kernel::facts::Want;
use crate::kernel::ids::{PersonId, Uuid};
use crate::kernel::keys::KeyValue;
use crate::kernel::money::Currency;
use crate::kernel::time::{Timestamp, Zone};
use crate::studio::{AddPerson, OpenStudio, OwnerName, PersonName, Section};
use crate::testing::Room as Studio;

mod calendars;
mod clocks;
mod courts;
mod planning;
mod refusals;
mod worlds;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const CLASS: ClassTypeId = ClassTypeId(Uuid::from_u128(0x100));
const HALL: PlaceId = PlaceId(Uuid::from_u128(0x200));
const COURT: PlaceId = PlaceId(Uuid::from_u128(0x201));
const PARK: PlaceId = PlaceId(Uuid::from_u128(0x202));
const COACH: PersonId = PersonId(Uuid::from_u128(0x300));
const OTHER: PersonId = PersonId(Uuid::from_u128(0x301));

/// The studio, and what its tests do over and over.
struct House {
    room: Studio,
    zone: Zone,
}

fn class(name: &str) -> ClassDraft {
    ClassDraft {
        name: name.to_owned(),
        names: [("zh-Hans".to_owned(), "瑜伽".to_owned())].into(),
        colour: 3,
        length_minutes: 60,
        capacity: 12,
        level: Level::Open,
        opened_by: Vec::new(),
    }
}

fn place(name: &str, kind: PlaceKind) -> PlaceDraft {
    PlaceDraft { name: name.to_owned(), kind, capacity: None, note: String::new() }
}

fn terms(start_minute: u32) -> Terms {
    Terms {
        class_type_id: CLASS,
        coaches: vec![COACH],
        place_id: Some(HALL),
        start_minute,
        length_minutes: 60,
        capacity: 12,
        people_min: 0,
    }
}

impl House {
    /// It is Sunday, 2026-11-22, 09:00 in Shanghai.
    fn open() -> Self {
        Self::open_in("Asia/Shanghai")
    }

    fn open_in(zone: &str) -> Self {
        let zone = Zone::named(zone).unwrap();
        let mut room = Studio::empty();
        let open = OpenStudio {
            name: "Riverside".to_owned(),
            zone,
            currency: Currency::Cny,
            language: "en".to_owned(),
            sections: vec![Section::Indoor],
            sample: false,
        };
        room.fact(&open, &OwnerName { owner_name: "Owner".to_owned() });
        let mut house = Self { room, zone };
        house.furnish();
        house
    }

    fn furnish(&mut self) {
        let room = &mut self.room;
        room.granted(
            &DescribeClass { class_type_id: CLASS, seen_revision: 0, draft: class("Yoga"), retired: false },
            &(),
        );
        let court = PlaceKind::Court { opens: 8, closes: 22 };
        let point = Some(MapPoint { lat_e7: 312_304_000, lon_e7: 1_214_737_000 });
        for (place_id, name, kind) in [
            (HALL, "Hall", PlaceKind::Room),
            (COURT, "Court 1", court),
            (PARK, "Park gate", PlaceKind::Outdoor { point }),
        ] {
            room.granted(
                &DescribePlace { place_id, seen_revision: 0, draft: place(name, kind), retired: false },
                &(),
            );
        }
        for (person_id, name) in [(COACH, "Lin"), (OTHER, "Mo")] {
            room.fact(&AddPerson { person_id, role: Role::Coach }, &PersonName { name: name.to_owned() });
            room.granted(
                &IntroduceCoach { person_id, seen_revision: 0, retired: false },
                &CoachName { name: name.to_owned() },
            );
        }
    }

    /// Plans a class at 18:00 on these weekdays, from the 24th of November 2026 on.
    fn weekly(&mut self, days: &[Weekday]) -> ScheduleId {
        self.plan("2026-11-24", terms(18 * 60), Some(Rule::weekly(days)))
    }

    fn plan(&mut self, first_on: &str, terms: Terms, rule: Option<Rule>) -> ScheduleId {
        self.room.granted(&PlanSchedule { terms, first_on: day(first_on), rule }, &());
        let made = self.room.changes.iter().find(|change| change.kind == "schedule").unwrap();
        ScheduleId(made.id)
    }

    fn schedule(&self, id: ScheduleId) -> Schedule {
        self.room.get(id)
    }

    fn timetable(&self) -> Timetable {
        let (low, high) = (KeyValue::of(NaiveDate::MIN), KeyValue::of(NaiveDate::MAX));
        let all = |kind: &'static str, name: &'static str| Want::Range {
            kind: kind.into(),
            name: name.into(),
            from: low.clone(),
            to: high.clone(),
            limit: 100_000,
        };
        Timetable::of(
            self.room.all(&all("schedule", schedule::LAST_KEY)),
            self.room.all::<SessionChange>(&all("session_change", session_change::DAY_KEY)),
            self.room.all(&all("closure", closure::LAST_KEY)),
        )
    }

    fn sessions(&self, first: &str, last: &str) -> Vec<Session> {
        self.timetable().sessions(Days { first: day(first), last: day(last) }, self.zone)
    }

    /// The sessions that take place, as `month-day hour:minute`.
    fn told(&self, first: &str, last: &str) -> Vec<String> {
        self.sessions(first, last).iter().filter(|session| session.takes_place()).map(told).collect()
    }

    /// The same by what is asked for a span alone, as screens and calendars do.
    fn shown(&self, first: &str, last: &str) -> Vec<String> {
        let span = Days { first: day(first), last: day(last) };
        let [schedules, planned, moved, closures] = Timetable::wants(span);
        let mut changes: Vec<SessionChange> = self.room.all(&planned);
        changes.extend(self.room.all::<SessionChange>(&moved));
        let read = |want: &Want| self.room.all::<Schedule>(want);
        let all = Timetable::with_outlived(
            span,
            self.room.all(&schedules),
            changes,
            self.room.all(&closures),
            read,
        );
        all.sessions(span, self.zone).iter().filter(|session| session.takes_place()).map(told).collect()
    }

    /// The name of the session that is on a day.
    fn key(&self, on: &str) -> SessionKey {
        let sessions = self.sessions(on, on);
        assert_eq!(sessions.len(), 1, "{on}");
        sessions[0].key
    }

    /// Changes a session and all later ones.
    fn onward(&mut self, from: SessionKey, move_days: i32, terms: TermsChange) {
        let seen_revision = self.schedule(from.schedule_id).revision;
        self.room.granted(&ChangeSchedule { from, seen_revision, move_days, terms }, &());
    }

    fn repeat(&mut self, from: SessionKey, rule: Rule) {
        let seen_revision = self.schedule(from.schedule_id).revision;
        let command = RepeatSchedule { from, seen_revision, rule, terms: TermsChange::default() };
        self.room.granted(&command, &());
    }

    fn delete(&mut self, key: SessionKey) {
        let seen_revision = self.timetable().session(&key, self.zone).map_or(0, |session| session.revision);
        self.room.granted(&DeleteSession { key, seen_revision }, &());
    }

    /// It is so late now, by the studio's wall clock.
    fn at(&mut self, on: &str, minute: u32) {
        self.room.now = self.zone.instant(day(on), minute);
    }

    fn now(&self) -> Timestamp {
        self.room.now
    }
}

fn told(session: &Session) -> String {
    let (on, minute) = (session.on, session.terms.start_minute);
    format!("{} {:02}:{:02}", on.format("%m-%d"), minute / 60, minute % 60)
}

fn add(schedule_id: ScheduleId, on: &str) -> AddSession {
    AddSession { schedule_id, on: day(on), terms: TermsChange::default() }
}

fn start(minute: u32) -> TermsChange {
    TermsChange { start_minute: Some(minute), ..TermsChange::default() }
}

fn taught_by(coach: PersonId) -> TermsChange {
    TermsChange { coaches: Some(vec![coach]), ..TermsChange::default() }
}
