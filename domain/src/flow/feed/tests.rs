use chrono::Weekday;

use super::*;
use crate::calendar::Rule;
use crate::classes::{
    AddSession, CallOffSession, ChangeSession, ClassDraft, ClassTypeId, DescribeClass, DescribePlace,
    EndSchedule, HireCourt, HirerName, IntroduceCoach, Level, PlaceDraft, PlaceKind, PlanSchedule,
    ScheduleId, Terms, TermsChange,
};
use crate::feeds::{FeedWords, MakeFeed};
use crate::flow::booking::{BookSeats, CancelBooking, IfFull};
use crate::flow::fixture::{Desk, rules};
use crate::kernel::Role;
use crate::kernel::ids::{Hash, PersonId, Uuid};
use crate::members::{ArchiveMember, MemberId, MergeMembers, RestoreMember};
use crate::plans::{Grant, Length};
use crate::studio::{AddPerson, PersonName};

const CLASS: ClassTypeId = ClassTypeId(Uuid::from_u128(0x100));
const COURT: PlaceId = PlaceId(Uuid::from_u128(0x201));
const COACH: PersonId = PersonId(Uuid::from_u128(0x300));

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A studio with a class of two seats on Tuesdays at 18:00, taught by Lin on a court; it is Sunday, 2026-11-22.
struct Club {
    desk: Desk,
    schedule_id: ScheduleId,
}

impl Club {
    fn open() -> Self {
        let mut desk = Desk::open();
        let room = &mut desk.room;
        let draft = ClassDraft {
            name: "Yoga, gentle".to_owned(),
            names: [("zh-Hant".to_owned(), "瑜伽".to_owned())].into(),
            colour: 1,
            length_minutes: 60,
            capacity: 2,
            level: Level::Open,
            opened_by: Vec::new(),
        };
        room.granted(&DescribeClass { class_type_id: CLASS, seen_revision: 0, draft, retired: false }, &());
        let kind = PlaceKind::Court { opens: 8, closes: 22 };
        let draft = PlaceDraft { name: "Court 1".to_owned(), kind, capacity: None, note: String::new() };
        room.granted(&DescribePlace { place_id: COURT, seen_revision: 0, draft, retired: false }, &());
        let name = "Lin".to_owned();
        room.fact(&AddPerson { person_id: COACH, role: Role::Coach }, &PersonName { name: name.clone() });
        let introduce = IntroduceCoach { person_id: COACH, seen_revision: 0, retired: false };
        room.granted(&introduce, &crate::classes::CoachName { name });
        let terms = Terms {
            class_type_id: CLASS,
            coaches: vec![COACH],
            place_id: Some(COURT),
            start_minute: 18 * 60,
            length_minutes: 60,
            capacity: 2,
            people_min: 0,
        };
        let rule = Some(Rule::weekly(&[Weekday::Tue]));
        desk.room.granted(&PlanSchedule { terms, first_on: day("2026-11-24"), rule }, &());
        let schedule_id = desk.changed::<Schedule>().id;
        Self { desk, schedule_id }
    }

    fn key(&self, on: &str) -> SessionKey {
        SessionKey { schedule_id: self.schedule_id, on: day(on), start_minute: 18 * 60, pattern: 0 }
    }

    fn member(&mut self) -> MemberId {
        let member = self.desk.member();
        let revision = self.desk.plan(rules(Grant::Time { length: Length::Months(3) }));
        self.desk.sell_today(member, &revision);
        member
    }

    fn book(&mut self, on: &str, member: MemberId) {
        let session = self.key(on);
        let book = BookSeats { session, members: vec![member], if_full: IfFull::Wait, lease_id: None };
        self.desk.room.granted(&book, &());
    }

    /// Somebody makes an address and reads it.
    fn read_as(&mut self, person: PersonId, role: Role, shows: Shows) -> Option<String> {
        let room = &mut self.desk.room;
        let before = (room.actor, room.role);
        (room.actor, room.role) = (person, role);
        let words = FeedWords {
            name: "Plan".to_owned(),
            taken: "{taken} of {seats} seats taken".to_owned(),
            waiting: "On the waiting list".to_owned(),
        };
        let secret = Hash::of(shows.is_for(role).to_string().as_bytes());
        let make = MakeFeed { person_id: person, shows, secret, language: "en".to_owned(), words };
        room.granted(&make, &());
        (room.actor, room.role) = before;
        self.read(CalendarFeed::id_of(person, shows))
    }

    fn read(&self, id: Id) -> Option<String> {
        let room = &self.desk.room;
        let all = room.records();
        let record = all.iter().find(|one| one.kind == CalendarFeed::KIND && one.id == id)?;
        let ctx = FeedCtx { studio: room.studio, now: room.now, zone: Zone::default() };
        let mut facts = Facts::default();
        for _ in 0..crate::kernel::feed::ROUNDS_MAX {
            for want in (FEED.wants)(record, &facts, &ctx) {
                if !facts.has(&want) {
                    facts.add(want.clone(), room.answer(&want));
                }
            }
        }
        let more: Vec<Want> =
            (FEED.wants)(record, &facts, &ctx).into_iter().filter(|want| !facts.has(want)).collect();
        assert_eq!(more, [], "everything is there after so many rounds");
        (FEED.text)(record, &facts, &ctx)
    }
}

/// The lines of the event that begins at an instant.
fn event(text: &str, start: &str) -> Vec<String> {
    let unfolded = text.replace("\r\n ", "");
    let mut events = unfolded.split("BEGIN:VEVENT\r\n").skip(1);
    let found = events.find(|event| event.contains(&format!("DTSTART:{start}\r\n")));
    let found = found.unwrap_or_else(|| panic!("nothing at {start} in\n{unfolded}"));
    found.lines().map(str::to_owned).collect()
}

fn line(event: &[String], name: &str) -> String {
    let found = event.iter().find_map(|line| line.strip_prefix(&format!("{name}:")));
    found.unwrap_or_else(|| panic!("no {name} in {event:?}")).to_owned()
}

#[test]
fn the_timetable_is_read_in_utc_and_is_the_same_all_day() {
    let mut club = Club::open();
    let text = club.read_as(COACH, Role::Coach, Shows::Timetable).unwrap();
    let first = event(&text, "20261124T100000Z");
    assert_eq!(line(&first, "SUMMARY"), "Yoga\\, gentle");
    assert_eq!(line(&first, "LOCATION"), "Court 1");
    assert_eq!(line(&first, "DESCRIPTION"), "Lin");
    assert_eq!(line(&first, "DTEND"), "20261124T110000Z");
    assert_eq!(line(&first, "STATUS"), "CONFIRMED");
    assert_eq!(line(&first, "UID"), format!("{}@rollcall", club.key("2026-11-24").id()));
    assert!(!text.contains("TZID") && text.ends_with("END:VCALENDAR\r\n"));
    let id = CalendarFeed::id_of(COACH, Shows::Timetable);
    club.desk.room.now = club.desk.room.now.plus_ms(6 * 3_600_000);
    assert_eq!(club.read(id).unwrap(), text);
    assert_eq!(crate::calendar::text::calendars(text.as_bytes()).unwrap().len(), 1);
}

#[test]
fn an_event_keeps_its_name_and_its_number_only_goes_up() {
    let mut club = Club::open();
    let text = club.read_as(COACH, Role::Coach, Shows::Classes).unwrap();
    let before = event(&text, "20261124T100000Z");
    let key = club.key("2026-11-24");
    let terms = TermsChange { start_minute: Some(19 * 60), ..TermsChange::default() };
    club.desk.room.granted(&ChangeSession { key, seen_revision: 0, on: Some(day("2026-11-25")), terms }, &());
    let id = CalendarFeed::id_of(COACH, Shows::Classes);
    let moved = event(&club.read(id).unwrap(), "20261125T110000Z");
    club.desk.room.granted(&CallOffSession { key, seen_revision: 1, why: "storm; all home".to_owned() }, &());
    let text = club.read(id).unwrap();
    let off = event(&text, "20261125T110000Z");
    assert_eq!(
        (line(&off, "STATUS"), line(&off, "COMMENT")),
        ("CANCELLED".into(), "storm\\; all home".into())
    );
    let number = |event: &[String]| line(event, "SEQUENCE").parse::<u32>().unwrap();
    assert!(number(&before) < number(&moved) && number(&moved) < number(&off));
    assert_eq!(line(&before, "UID"), line(&off, "UID"));
    // The others are as they were.
    assert_eq!(number(&event(&text, "20261201T100000Z")), number(&before));
}

#[test]
fn a_coach_reads_numbers_and_a_member_reads_nobody_elses_name() {
    let mut club = Club::open();
    let (ann, bo, cai) = (club.member(), club.member(), club.member());
    for member in [ann, bo, cai] {
        club.book("2026-11-24", member);
    }
    let text = club.read_as(COACH, Role::Coach, Shows::Classes).unwrap();
    assert_eq!(line(&event(&text, "20261124T100000Z"), "DESCRIPTION"), "2 of 2 seats taken");
    assert_eq!(line(&event(&text, "20261201T100000Z"), "DESCRIPTION"), "0 of 2 seats taken");
    let names: Vec<String> =
        [ann, bo, cai].iter().map(|one| club.desk.room.get::<Member>(one.raw()).name).collect();
    let read = |club: &mut Club, member: MemberId| {
        club.read_as(PersonId(member.raw()), Role::Member, Shows::Bookings).unwrap()
    };
    let (has_seat, waits) = (read(&mut club, ann), read(&mut club, cai));
    for text in [&text, &has_seat, &waits] {
        assert!(names.iter().all(|name| !text.contains(name.as_str())), "{text}");
        assert!([ann, bo, cai].iter().all(|one| !text.contains(&one.to_string())), "{text}");
    }
    assert_eq!(line(&event(&has_seat, "20261124T100000Z"), "STATUS"), "CONFIRMED");
    let waiting = event(&waits, "20261124T100000Z");
    assert_eq!(line(&waiting, "STATUS"), "TENTATIVE");
    assert_eq!(line(&waiting, "DESCRIPTION"), "On the waiting list");
    // A class without a booking of theirs is not theirs.
    assert_eq!(has_seat.matches("BEGIN:VEVENT").count(), 1);
}

#[test]
fn a_member_reads_what_was_called_off_and_not_what_they_gave_back() {
    let mut club = Club::open();
    let ann = club.member();
    club.book("2026-11-24", ann);
    club.book("2026-12-01", ann);
    let hire =
        HireCourt { place_id: COURT, on: day("2026-11-26"), from_hour: 10, hours: 2, member_id: Some(ann) };
    club.desk.room.granted(&hire, &HirerName::default());
    let me = PersonId(ann.raw());
    let text = club.read_as(me, Role::Member, Shows::Bookings).unwrap();
    let hired = event(&text, "20261126T020000Z");
    assert_eq!(
        (line(&hired, "SUMMARY"), line(&hired, "DTEND")),
        ("Court 1".into(), "20261126T040000Z".into())
    );
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 3);
    let key = club.key("2026-11-24");
    club.desk.room.granted(&CallOffSession { key, seen_revision: 0, why: String::new() }, &());
    let id = CalendarFeed::id_of(me, Shows::Bookings);
    assert_eq!(line(&event(&club.read(id).unwrap(), "20261124T100000Z"), "STATUS"), "CANCELLED");
    let session = club.key("2026-12-01").id();
    let booking = club.desk.room.all::<Booking>(&crate::bookings::of_session(session)).remove(0);
    club.desk.room.granted(&CancelBooking { booking_id: booking.id }, &());
    assert!(!club.read(id).unwrap().contains("20261201T100000Z"));
}

#[test]
fn whoever_left_reads_nothing_and_two_entries_of_one_person_are_one() {
    let mut club = Club::open();
    let (ann, twin) = (club.member(), club.member());
    club.book("2026-11-24", twin);
    let me = PersonId(ann.raw());
    let id = CalendarFeed::id_of(me, Shows::Bookings);
    let none = club.read_as(me, Role::Member, Shows::Bookings).unwrap();
    assert!(!none.contains("BEGIN:VEVENT"));
    club.desk
        .room
        .granted(&MergeMembers { survivor: twin, absorbed: ann }, &crate::members::MemberEdits::default());
    assert!(club.read(id).unwrap().contains("DTSTART:20261124T100000Z"));
    let archive = |club: &mut Club| club.desk.room.granted(&ArchiveMember { member_id: twin }, &());
    archive(&mut club);
    assert_eq!(club.read(id), None);
    club.desk.room.granted(&RestoreMember { member_id: twin }, &());
    assert!(club.read(id).is_some());
}

#[test]
fn nobody_reads_a_closed_day() {
    let mut club = Club::open();
    let closure = crate::classes::DeclareClosure {
        name: "Repairs".to_owned(),
        names: [].into(),
        first_on: day("2026-11-24"),
        last_on: day("2026-11-24"),
        places: Vec::new(),
        kept: Vec::new(),
    };
    club.desk.room.granted(&closure, &());
    let text = club.read_as(COACH, Role::Coach, Shows::Timetable).unwrap();
    assert!(!text.contains("20261124T100000Z") && text.contains("20261201T100000Z"));
}

#[test]
fn another_date_of_a_schedule_that_is_over_is_read() {
    let mut club = Club::open();
    let end = EndSchedule { from: club.key("2026-12-01"), seen_revision: 1 };
    club.desk.room.granted(&end, &());
    club.desk.room.now = Zone::default().instant(day("2027-02-15"), 9 * 60);
    let add =
        AddSession { schedule_id: club.schedule_id, on: day("2027-02-20"), terms: TermsChange::default() };
    club.desk.room.granted(&add, &());
    let text = club.read_as(COACH, Role::Coach, Shows::Timetable).unwrap();
    let extra = event(&text, "20270220T100000Z");
    assert_eq!(line(&extra, "SUMMARY"), "Yoga\\, gentle");
    assert_eq!(line(&extra, "LOCATION"), "Court 1");
}
