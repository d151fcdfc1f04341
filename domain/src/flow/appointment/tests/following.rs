//! What follows from elsewhere: passes that are taken back, coaches who stop, closed days, people who are erased.

use super::*;
use crate::appointments::Dropped;
use crate::classes::{DeclareClosure, PlanSchedule, Schedule, SessionKey, Terms};
use crate::flow::booking::{BookSeats, IfFull};
use crate::members::EraseMember;
use crate::payments::PaymentId;

fn dropped_as(club: &Club, booked: &Appointment, why: Dropped) {
    assert_eq!(club.one(booked).state, State::Dropped { why });
    assert_eq!(club.taken(), 0);
}

#[test]
fn a_pass_that_is_taken_back_drops_what_was_on_it() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    let (one, two) = (club.book(member, 9 * 60), club.book(member, 10 * 60));
    let payment = club.desk.payment(PaymentId(pass.payment_id.unwrap()));
    club.desk.reverse(&payment);
    for booked in [one, two] {
        dropped_as(&club, &booked, Dropped::PassReversed);
    }
    assert_eq!(club.credits(&pass), (0, 0));
    assert_eq!(club.desk.lines_sum(pass.id.raw(), VISITS), 0);
    assert_eq!(club.desk.lines_sum(pass.id.raw(), VISITS_RESERVED), 0);
}

#[test]
fn a_coach_who_stops_drops_what_is_to_come_and_keeps_what_was() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    let past = club.book(member, 9 * 60);
    let to_come = club.book(member, 11 * 60);
    club.at(ON, 10 * 60);
    let introduce = IntroduceCoach { person_id: COACH, seen_revision: 1, retired: true };
    club.desk.room.granted(&introduce, &CoachName { name: "Mei".to_owned() });
    assert_eq!(club.one(&to_come).state, State::Dropped { why: Dropped::CoachLeft });
    assert_eq!((club.one(&past).state, club.credits(&pass)), (State::Booked, (1, 9)));
    assert_eq!(club.refused(&book(member, 11 * 60)), AppointmentRefusal::NoCoach);
}

#[test]
fn a_closed_day_drops_its_appointments() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    let booked = club.book(member, 9 * 60);
    let closure = DeclareClosure {
        name: "Holiday".to_owned(),
        names: [].into(),
        first_on: day(ON),
        last_on: day(ON),
        places: Vec::new(),
        kept: Vec::new(),
    };
    club.desk.room.granted(&closure, &());
    dropped_as(&club, &booked, Dropped::Closed);
    assert_eq!(club.credits(&pass), (0, 10));
}

#[test]
fn somebody_who_is_erased_leaves_their_time_and_no_word() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    let (past, to_come) = (club.book(member, 9 * 60), club.book(member, 11 * 60));
    club.at(ON, 10 * 60);
    club.sign(&past);
    club.forgive(&past);
    club.desk.room.granted(&EraseMember { member_id: member, also: Vec::new() }, &());
    assert!(matches!(club.one(&to_come).state, State::Cancelled { late: false, .. }));
    assert_eq!((club.credits(&pass), club.taken()), ((0, 10), 1));
    let left = club.one(&past);
    assert_eq!(left.forgiven.map(|why| why.reason), Some(String::new()));
    assert!(matches!(left.state, State::Confirmed { how: Proof::Signature { signature: None }, .. }));
    for one in [past, to_come] {
        assert!(club.desk.room.find::<AppointmentCode>(AppointmentCode::id_of(one.id)).is_none());
    }
}

#[test]
fn a_class_and_an_appointment_on_one_pass_come_back_together() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    let terms = Terms {
        class_type_id: SERVICE,
        coaches: Vec::new(),
        place_id: None,
        start_minute: 15 * 60,
        length_minutes: 60,
        capacity: 4,
        people_min: 0,
    };
    club.desk.room.granted(&PlanSchedule { terms, first_on: day(ON), rule: None }, &());
    let schedule_id = club.desk.changed::<Schedule>().id;
    let session = SessionKey { schedule_id, on: day(ON), start_minute: 15 * 60, pattern: 0 };
    let seat = BookSeats { session, members: vec![member], if_full: IfFull::Leave, lease_id: None };
    club.desk.room.granted(&seat, &());
    club.book(member, 9 * 60);
    assert_eq!(club.credits(&pass), (2, 8));
    club.desk.room.granted(&EraseMember { member_id: member, also: Vec::new() }, &());
    assert_eq!(club.credits(&pass), (0, 10));
    assert_eq!(club.desk.lines_sum(pass.id.raw(), VISITS), 10);
    assert_eq!(club.desk.lines_sum(pass.id.raw(), VISITS_RESERVED), 0);
}
