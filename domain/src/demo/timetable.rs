//! The sample's week: classes, coaches, places and schedules; who booked, who waits, who came last week.

use chrono::{Days, NaiveDate, Weekday};

use super::Desk;
use crate::bookings::{Booking, Mark, of_session};
use crate::calendar::Rule;
use crate::classes::Days as Span;
use crate::classes::{
    ClassDraft, ClassTypeId, CoachName, DescribeClass, DescribePlace, IntroduceCoach, Level, MapPoint,
    PlaceDraft, PlaceId, PlaceKind, PlanSchedule, Schedule, Session, Terms, Timetable,
};
use crate::flow::booking::{BookSeats, CloseSession, IfFull, MarkRoster, MarkRow};
use crate::kernel::Role;
use crate::kernel::ids::{self, PersonId};
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::studio::{AddPerson, PersonName};

/// Days before and after today of which bookings are told.
const BOOKED_DAYS: u64 = 7;
/// Days the schedules reach back.
const PLANNED_DAYS: u64 = 21;

/// A class: its names in three languages, colour, minutes, seats, for whom.
const CLASSES: [(&str, &str, &str, u8, u32, u32, Level); 6] = [
    ("Morning yoga", "晨间瑜伽", "晨間瑜伽", 3, 60, 14, Level::Open),
    ("Pilates", "普拉提", "皮拉提斯", 5, 50, 10, Level::Beginner),
    ("Spinning", "动感单车", "飛輪", 0, 45, 12, Level::Open),
    ("Boxing basics", "拳击基础", "拳擊基礎", 8, 60, 8, Level::Beginner),
    ("Park circuit", "公园体能", "公園體能訓練", 4, 60, 16, Level::Intermediate),
    ("Stretch and breathe", "拉伸与呼吸", "伸展與呼吸", 6, 40, 12, Level::Open),
];

/// A place: its names, and which one of the kinds it is.
const PLACES: [(&str, &str, &str, PlaceKind); 4] = [
    ("Hall", "大厅", "大廳", PlaceKind::Room),
    ("Studio 2", "二号教室", "二號教室", PlaceKind::Room),
    (
        "Park lawn",
        "公园草坪",
        "公園草坪",
        PlaceKind::Outdoor { point: Some(MapPoint { lat_e7: 312_397_000, lon_e7: 1_214_693_000 }) },
    ),
    ("Badminton court 1", "一号羽毛球场", "一號羽球場", PlaceKind::Court { opens: 9, closes: 22 }),
];

/// Who teaches.
const COACHES: [(&str, &str, &str); 3] =
    [("Lin Yue", "林悦", "林悅"), ("Marco", "马可", "馬可"), ("He Qing", "何青", "何青")];

/// A schedule: which class, coach and place, on which days, when.
const WEEK: [(usize, usize, usize, &[Weekday], u32); 9] = [
    (0, 0, 0, &[Weekday::Mon, Weekday::Wed, Weekday::Fri], 7 * 60),
    (1, 2, 1, &[Weekday::Tue, Weekday::Thu], 9 * 60 + 30),
    (2, 1, 1, &[Weekday::Mon, Weekday::Tue, Weekday::Thu], 12 * 60 + 15),
    (3, 1, 0, &[Weekday::Mon, Weekday::Thu], 18 * 60 + 30),
    (0, 0, 0, &[Weekday::Tue, Weekday::Thu], 19 * 60),
    (2, 1, 1, &[Weekday::Wed, Weekday::Fri], 18 * 60 + 30),
    (4, 2, 2, &[Weekday::Sat], 9 * 60),
    (5, 2, 0, &[Weekday::Sun], 10 * 60),
    (1, 2, 1, &[Weekday::Sat, Weekday::Sun], 11 * 60),
];

/// Hours of the day at which a full timetable has classes, and how many begin at each.
const FULL_HOURS: std::ops::Range<u32> = 7..21;
const FULL_AT_ONCE: usize = 2;
/// Seats of its large class.
const LARGE_SEATS: u32 = 60;

fn in_language<'a>(language: &str, en: &'a str, hans: &'a str, hant: &'a str) -> &'a str {
    match language {
        "zh-Hans" => hans,
        "zh-Hant" => hant,
        _ => en,
    }
}

impl Desk {
    fn named(&self, what: &str, n: usize) -> ids::Id {
        ids::named(self.studio.raw(), format!("sample {what} {n}").as_bytes())
    }

    /// Classes, places, coaches and schedules, as they were planned weeks ago.
    pub(super) fn plan_week(&mut self, now: Timestamp, language: &str) {
        for (n, (en, hans, hant, colour, length_minutes, capacity, level)) in CLASSES.into_iter().enumerate()
        {
            let names = [("en", en), ("zh-Hans", hans), ("zh-Hant", hant)];
            let draft = ClassDraft {
                name: in_language(language, en, hans, hant).to_owned(),
                names: names.map(|(tag, name)| (tag.to_owned(), name.to_owned())).into(),
                colour,
                length_minutes,
                capacity,
                level,
                opened_by: Vec::new(),
            };
            let class_type_id = ClassTypeId(self.named("class", n));
            self.give(&DescribeClass { class_type_id, seen_revision: 0, draft, retired: false }, &());
        }
        for (n, (en, hans, hant, kind)) in PLACES.into_iter().enumerate() {
            let name = in_language(language, en, hans, hant).to_owned();
            let draft = PlaceDraft { name, kind, capacity: None, note: String::new() };
            let place_id = PlaceId(self.named("place", n));
            self.give(&DescribePlace { place_id, seen_revision: 0, draft, retired: false }, &());
        }
        for (n, (en, hans, hant)) in COACHES.into_iter().enumerate() {
            let name = in_language(language, en, hans, hant).to_owned();
            let person_id = PersonId(self.named("coach", n));
            self.give(&AddPerson { person_id, role: Role::Coach }, &PersonName { name: name.clone() });
            self.give(&IntroduceCoach { person_id, seen_revision: 0, retired: false }, &CoachName { name });
        }
        let first_on = self.zone.day(now) - Days::new(PLANNED_DAYS);
        for (class, coach, place, days, start_minute) in WEEK {
            let Some((.., length_minutes, capacity, _)) = CLASSES.get(class) else { continue };
            let terms = Terms {
                class_type_id: ClassTypeId(self.named("class", class)),
                coaches: vec![PersonId(self.named("coach", coach))],
                place_id: Some(PlaceId(self.named("place", place))),
                start_minute,
                length_minutes: *length_minutes,
                capacity: *capacity,
                people_min: 0,
            };
            self.give(&PlanSchedule { terms, first_on, rule: Some(Rule::weekly(days)) }, &());
        }
    }

    /// Classes at every hour of every day from tomorrow on, and a large one tomorrow at eight in the evening that is as
    /// full as it can be.
    pub(super) fn fill_week(&mut self, now: Timestamp) {
        let first_on = self.zone.day(now) + Days::new(1);
        let every_day = [
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ];
        for at_once in 0..FULL_AT_ONCE {
            let name = format!("Room {}", at_once + 1);
            let draft = PlaceDraft { name, kind: PlaceKind::Room, capacity: None, note: String::new() };
            let place_id = PlaceId(self.named("room", at_once));
            self.give(&DescribePlace { place_id, seen_revision: 0, draft, retired: false }, &());
            for hour in FULL_HOURS {
                let which = usize::try_from(hour).unwrap_or_default() + at_once;
                let terms = Terms {
                    class_type_id: ClassTypeId(self.named("class", which % CLASSES.len())),
                    coaches: vec![PersonId(self.named("coach", which % COACHES.len()))],
                    place_id: Some(place_id),
                    start_minute: hour * 60,
                    length_minutes: 45,
                    capacity: 12,
                    people_min: 0,
                };
                let rule = Some(Rule::weekly(&every_day));
                self.give(&PlanSchedule { terms, first_on, rule }, &());
            }
        }
        self.fill_large(first_on);
    }

    fn fill_large(&mut self, on: NaiveDate) {
        let terms = Terms {
            class_type_id: ClassTypeId(self.named("class", 4)),
            coaches: vec![PersonId(self.named("coach", 1))],
            place_id: Some(PlaceId(self.named("place", 2))),
            start_minute: 20 * 60,
            length_minutes: 60,
            capacity: LARGE_SEATS,
            people_min: 0,
        };
        self.give(&PlanSchedule { terms, first_on: on, rule: None }, &());
        let timetable = Timetable::of(self.memory.all::<Schedule>(), [], Vec::new());
        let sessions = timetable.sessions(Span { first: on, last: on }, self.zone);
        let Some(large) = sessions.into_iter().find(|one| one.terms.capacity == LARGE_SEATS) else { return };
        let members: Vec<MemberId> = self.members.values().copied().collect();
        for member in members {
            let roster: Vec<Booking> = self.memory.answer_all(&of_session(large.id()));
            if roster.len() >= usize::try_from(LARGE_SEATS).unwrap_or_default() {
                break;
            }
            let book = BookSeats {
                session: large.key,
                members: vec![member],
                if_full: IfFull::Wait,
                lease_id: None,
            };
            self.give(&book, &());
        }
    }

    /// Who booked what of last week and of the next, and who came.
    pub(super) fn book_week(&mut self, now: Timestamp) {
        let today: NaiveDate = self.zone.day(now);
        let days = Span { first: today - Days::new(BOOKED_DAYS), last: today + Days::new(BOOKED_DAYS) };
        let timetable = Timetable::of(self.memory.all::<Schedule>(), [], Vec::new());
        for session in timetable.sessions(days, self.zone) {
            self.book_session(&session, now);
            if session.ends_at < now {
                self.hold_session(&session);
            }
        }
    }

    fn book_session(&mut self, session: &Session, now: Timestamp) {
        let members: Vec<MemberId> = self.members.values().copied().collect();
        // Mostly half full; now and then somebody waits.
        let wanted = self.dice.between(3, 3 * session.terms.capacity);
        for _ in 0..wanted.min(u32::try_from(members.len()).unwrap_or(0)) {
            let hours = i64::from(self.dice.between(2, 60));
            let member = *self.dice.pick(&members);
            let at = session.starts_at.plus_ms(-hours * 3_600_000);
            self.now = Timestamp(at.0.min(now.0 - 60_000));
            let command = BookSeats {
                session: session.key,
                members: vec![member],
                if_full: IfFull::Wait,
                lease_id: None,
            };
            self.give(&command, &());
        }
    }

    fn hold_session(&mut self, session: &Session) {
        let roster: Vec<Booking> = self.memory.answer_all(&of_session(session.id()));
        let mark = |dice: &mut super::Dice| match dice.between(0, 20) {
            0 => Mark::Late,
            1 => Mark::Absent,
            _ => Mark::Present,
        };
        let there = roster.iter().filter(|booking| booking.has_seat());
        let rows: Vec<MarkRow> = there
            .map(|booking| MarkRow { booking_id: booking.id, mark: Some(mark(&mut self.dice)) })
            .collect();
        self.now = session.starts_at.plus_ms(5 * 60_000);
        self.give(&MarkRoster { session: session.key, rows }, &());
        self.now = session.ends_at.plus_ms(60_000);
        self.give(&CloseSession { session: session.key, absent: Vec::new() }, &());
    }
}
