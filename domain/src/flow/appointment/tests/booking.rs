//! Who gets a time of a coach, who does not, and why.

use super::*;
use crate::bookings::{BookingRefusal, BookingRules, SetBookingRules};
use crate::calendar::Rule;
use crate::classes::{
    AddSession, DeclareClosure, EndSchedule, PlanSchedule, Schedule, SessionKey, Terms, TermsChange,
};
use crate::flow::booking::{BookSeats, IfFull};
use crate::kernel::ids::DeviceId;
use crate::members::ArchiveMember;

fn plan_class(club: &mut Club, coaches: Vec<PersonId>, start_minute: u32) -> SessionKey {
    let terms = Terms {
        class_type_id: SERVICE,
        coaches,
        place_id: None,
        start_minute,
        length_minutes: 60,
        capacity: 4,
        people_min: 0,
    };
    let rule = Some(Rule::weekly(&[chrono::Weekday::Tue]));
    club.desk.room.granted(&PlanSchedule { terms, first_on: day(ON), rule }, &());
    let schedule_id = club.desk.changed::<Schedule>().id;
    SessionKey { schedule_id, on: day(ON), start_minute, pattern: 0 }
}

#[test]
fn a_member_books_a_time_and_keeps_a_credit_for_it() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    club.as_member(member);
    let booked = club.book(member, 9 * 60);
    assert_eq!((club.credits(&pass), club.taken(), club.lessons()), ((1, 9), 1, 0));
    assert_eq!(booked.ends_at.0 - booked.starts_at.0, 3_600_000);
    assert_eq!(booked.pays.pass_id, pass.id);
    assert!(booked.has_code && club.code(&booked).len() == 4);
}

#[test]
fn one_time_is_given_once() {
    let mut club = Club::open();
    let ((one, _), (two, pass)) = (club.with_credits(10), club.with_credits(10));
    club.book(one, 9 * 60 + 30);
    for minute in [9 * 60, 9 * 60 + 30, 10 * 60, 10 * 60 + 29] {
        assert_eq!(club.refused(&book(two, minute)), AppointmentRefusal::Taken, "{minute}");
    }
    assert_eq!(club.credits(&pass), (0, 10));
    club.book(two, 10 * 60 + 30);
    assert_eq!(club.taken(), 2);
}

#[test]
fn hours_and_services_are_what_the_coach_published() {
    let mut club = Club::open();
    let (member, _) = club.with_credits(10);
    assert_eq!(club.refused(&book(member, 8 * 60 + 30)), AppointmentRefusal::OutsideHours);
    assert_eq!(club.refused(&book(member, 11 * 60 + 30)), AppointmentRefusal::OutsideHours);
    let wednesday = BookAppointment { on: day("2026-12-02"), ..book(member, 9 * 60) };
    assert_eq!(club.refused(&wednesday), AppointmentRefusal::OutsideHours);
    let nobody = BookAppointment { coach_id: PersonId(Uuid::from_u128(9)), ..book(member, 9 * 60) };
    assert_eq!(club.refused(&nobody), AppointmentRefusal::NoCoach);
    club.desk.room.granted(&PublishHours { services: Vec::new(), ..publish(COACH, 1) }, &());
    assert_eq!(club.refused(&book(member, 9 * 60)), AppointmentRefusal::NotOffered);
}

#[test]
fn a_coach_publishes_their_own_hours_alone() {
    let mut club = Club::open();
    let other = PersonId(Uuid::from_u128(0x301));
    club.coach(other);
    club.as_coach();
    let theirs = club.desk.room.refused(&publish(other, 1), &());
    assert_eq!(theirs, AppointmentRefusal::NotYourHours);
    assert_eq!(club.desk.room.refused(&publish(COACH, 0), &()), AppointmentRefusal::ChangedMeanwhile);
    club.desk.room.granted(&publish(COACH, 1), &());
    assert_eq!(club.desk.room.get::<CoachHours>(hours_id(COACH)).revision, 2);
    let wrong = Span { from_minute: 600, to_minute: 600 };
    let weekly = vec![Weekly { weekday: 1, span: wrong }];
    let meet = club.desk.room.refused(&PublishHours { weekly, ..publish(COACH, 2) }, &());
    assert_eq!(meet, AppointmentRefusal::HoursMeet);
    let unknown = PublishHours { services: vec![ClassTypeId(Uuid::from_u128(1))], ..publish(COACH, 2) };
    assert_eq!(club.desk.room.refused(&unknown, &()), AppointmentRefusal::NotOffered);
    club.as_desk();
    let nobody = publish(PersonId(Uuid::from_u128(9)), 0);
    assert_eq!(club.desk.room.refused(&nobody, &()), AppointmentRefusal::NoCoach);
}

#[test]
fn a_coach_teaches_another_date_of_a_schedule_that_is_over() {
    let mut club = Club::open();
    let (member, _) = club.with_credits(10);
    let once = plan_class(&mut club, vec![COACH], 11 * 60);
    let end = EndSchedule { from: SessionKey { on: day("2026-12-08"), ..once }, seen_revision: 1 };
    club.desk.room.granted(&end, &());
    let on = day("2026-12-15");
    let add = AddSession { schedule_id: once.schedule_id, on, terms: TermsChange::default() };
    club.desk.room.granted(&add, &());
    let starts_at = Zone::default().instant(on, 11 * 60);
    let wish = BookAppointment { on, ..book(member, 11 * 60) };
    assert_eq!(club.refused(&wish), AppointmentRefusal::CoachTeaches { starts_at });
}

#[test]
fn neither_of_the_two_is_in_two_places() {
    let mut club = Club::open();
    let ((member, _), (second, _)) = (club.with_credits(10), club.with_credits(10));
    let class = plan_class(&mut club, Vec::new(), 9 * 60);
    let seat = BookSeats { session: class, members: vec![member], if_full: IfFull::Leave, lease_id: None };
    club.desk.room.granted(&seat, &());
    let starts_at = Zone::default().instant(day(ON), 9 * 60);
    assert_eq!(club.refused(&book(member, 9 * 60 + 30)), AppointmentRefusal::OtherSession { starts_at });
    club.book(member, 10 * 60);
    let later = plan_class(&mut club, Vec::new(), 10 * 60 + 30);
    let seat = BookSeats { session: later, members: vec![member], if_full: IfFull::Leave, lease_id: None };
    let starts_at = Zone::default().instant(day(ON), 10 * 60);
    assert_eq!(club.desk.room.refused(&seat, &()), BookingRefusal::OtherSession { starts_at });
    plan_class(&mut club, vec![COACH], 11 * 60);
    let starts_at = Zone::default().instant(day(ON), 11 * 60);
    assert_eq!(club.refused(&book(second, 11 * 60)), AppointmentRefusal::CoachTeaches { starts_at });
    // With another coach at the time of the first one.
    let other = PersonId(Uuid::from_u128(0x301));
    club.coach(other);
    let starts_at = Zone::default().instant(day(ON), 10 * 60);
    let again = BookAppointment { coach_id: other, ..book(member, 10 * 60 + 30) };
    assert_eq!(club.refused(&again), AppointmentRefusal::OtherSession { starts_at });
}

#[test]
fn nobody_is_booked_on_a_closed_day() {
    let mut club = Club::open();
    let (member, _) = club.with_credits(10);
    let closure = DeclareClosure {
        name: "Holiday".to_owned(),
        names: [].into(),
        first_on: day(ON),
        last_on: day(ON),
        places: Vec::new(),
        kept: Vec::new(),
    };
    club.desk.room.granted(&closure, &());
    let name = "Holiday".to_owned();
    assert_eq!(club.refused(&book(member, 9 * 60)), AppointmentRefusal::ClosedThatDay { name });
}

#[test]
fn it_takes_a_pack_with_credits_that_runs_on_the_day() {
    let mut club = Club::open();
    let member = club.desk.member();
    assert_eq!(club.refused(&book(member, 9 * 60)), AppointmentRefusal::NoPack);
    let unlimited = club.desk.plan(rules(Grant::Time { length: Length::Months(3) }));
    club.desk.sell_today(member, &unlimited);
    assert_eq!(club.refused(&book(member, 9 * 60)), AppointmentRefusal::NoPack);
    let short = club.desk.plan(rules(Grant::Count { visits: 5, length: Some(Length::Days(3)) }));
    club.desk.sell_today(member, &short);
    let until = day("2026-11-24");
    assert_eq!(club.refused(&book(member, 9 * 60)), AppointmentRefusal::PackEnds { until });
    let one = club.desk.plan(rules(Grant::Count { visits: 1, length: None }));
    club.desk.sell_today(member, &one);
    club.book(member, 9 * 60);
    assert_eq!(club.refused(&book(member, 10 * 60)), AppointmentRefusal::NoCredits);
}

#[test]
fn a_member_books_for_themselves_within_the_window() {
    let mut club = Club::open();
    let ((member, _), (friend, _)) = (club.with_credits(10), club.with_credits(10));
    let rules = BookingRules { opens_days: 7, closes_minutes: 60, ..BookingRules::usual() };
    club.desk.room.granted(&SetBookingRules { seen_revision: 0, rules }, &());
    club.as_member(member);
    assert_eq!(club.refused(&book(friend, 9 * 60)), AppointmentRefusal::NotYours);
    let on = day("2026-11-24");
    assert_eq!(club.refused(&book(member, 9 * 60)), AppointmentRefusal::OpensOn { on });
    club.at(ON, 8 * 60);
    let at = club.desk.room.now;
    assert_eq!(club.refused(&book(member, 9 * 60)), AppointmentRefusal::ClosedAt { at });
    club.as_desk();
    club.book(member, 9 * 60);
    club.at(ON, 10 * 60);
    assert_eq!(club.refused(&book(friend, 10 * 60)), AppointmentRefusal::Begun);
}

#[test]
fn only_members_are_booked() {
    let mut club = Club::open();
    let nobody = MemberId(Uuid::from_u128(0xABC));
    assert_eq!(club.refused(&book(nobody, 9 * 60)), AppointmentRefusal::NoMember);
    let (left, _) = club.with_credits(10);
    let archive = ArchiveMember { member_id: left };
    club.desk.room.granted(&archive, &Default::default());
    assert_eq!(club.refused(&book(left, 9 * 60)), AppointmentRefusal::MemberLeft);
}

#[test]
fn a_coach_books_their_own_time_and_knows_no_code() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    let other = PersonId(Uuid::from_u128(0x301));
    club.coach(other);
    club.as_coach();
    let theirs = BookAppointment { coach_id: other, ..book(member, 9 * 60) };
    assert_eq!(club.refused(&theirs), AppointmentRefusal::NotYourHours);
    let booked = club.book(member, 9 * 60);
    assert_eq!((booked.has_code, club.credits(&pass)), (false, (1, 9)));
    assert!(club.desk.room.find::<AppointmentCode>(AppointmentCode::id_of(booked.id)).is_none());
}

#[test]
fn what_is_taken_is_everybodys_and_who_it_is_is_not() {
    use crate::kernel::access::{PEOPLE, Principal, scopes_of};
    use crate::kernel::record::RecordBody as _;
    let mut club = Club::open();
    let (member, _) = club.with_credits(10);
    let booked = club.book(member, 9 * 60);
    let taken: CoachDay = club.desk.room.get(CoachDay::id_of(COACH, day(ON)));
    assert!(!serde_json::to_string(&taken).unwrap().contains(&member.raw().to_string()));
    let code: AppointmentCode = club.desk.room.get(AppointmentCode::id_of(booked.id));
    let reads = |role, person: Id, scopes: &[crate::kernel::Scope]| {
        let principal = Principal { device: DeviceId::default(), person: PersonId(person), role };
        let held = scopes_of(&principal);
        scopes.iter().any(|scope| held.contains(scope))
    };
    let stranger = Uuid::from_u128(0xEEEE);
    for role in PEOPLE {
        let (desk, managers) = (
            matches!(role, Role::Owner | Role::Manager | Role::Desk),
            matches!(role, Role::Owner | Role::Manager),
        );
        assert!(reads(role, stranger, &taken.scopes()), "{role:?}");
        assert_eq!(reads(role, stranger, &booked.scopes()), desk, "{role:?}");
        assert_eq!(reads(role, stranger, &code.scopes()), managers, "{role:?}");
    }
    assert!(reads(Role::Coach, COACH.raw(), &booked.scopes()));
    assert!(!reads(Role::Coach, COACH.raw(), &code.scopes()));
    assert!(reads(Role::Member, member.raw(), &booked.scopes()));
    assert!(reads(Role::Member, member.raw(), &code.scopes()));
}
