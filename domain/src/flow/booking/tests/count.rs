//! Whether enough people come: a person is told in time, once, and nothing happens by itself.

use super::*;

/// A class of so many seats that takes three people.
fn takes_three() -> Club {
    let mut club = Club::open(4);
    club.change(None, TermsChange { people_min: Some(3), ..TermsChange::default() });
    club
}

#[test]
fn a_person_is_told_once_that_too_few_come_and_the_class_stays() {
    let mut club = takes_three();
    let members = [club.unlimited(), club.unlimited()];
    for member in members {
        club.book(member);
    }
    assert_eq!(club.seats().missing(), 1);
    club.at("2026-11-24", 8 * 60);
    assert_eq!(club.tick(), Vec::<String>::new(), "somebody may still book");
    club.at("2026-11-24", 17 * 60 + 59);
    assert_eq!(club.tick(), ["bookings.count_people"]);
    let told = club.desk.room.open_exceptions();
    assert_eq!(codes(&told), ["too_few"]);
    assert_eq!(members.map(|member| club.state(member)), [State::Booked, State::Booked]);
    assert_eq!(club.tick(), Vec::<String>::new());
    club.at("2026-12-24", 0);
    assert_eq!(club.tick(), ["bookings.sweep"], "and it is looked at later as any other");
}

#[test]
fn of_enough_people_nobody_is_told_and_who_waits_is_asked_first() {
    let mut club = takes_three();
    let members: Vec<MemberId> = (0..5).map(|_| club.unlimited()).collect();
    for member in &members {
        club.book(*member);
    }
    club.at("2026-11-24", 17 * 60 + 59);
    assert_eq!(club.tick(), ["bookings.promote", "bookings.count_people"]);
    assert_eq!(codes(&club.desk.room.open_exceptions()), Vec::<String>::new());
}

#[test]
fn a_class_that_moves_is_asked_about_again_and_one_that_is_off_is_not() {
    let mut club = takes_three();
    let member = club.unlimited();
    club.book(member);
    club.at("2026-11-24", 17 * 60 + 59);
    club.tick();
    club.change(Some("2026-11-26"), TermsChange::default());
    assert_eq!(club.tick(), Vec::<String>::new());
    club.at("2026-11-26", 17 * 60 + 59);
    assert_eq!(club.tick(), ["bookings.count_people"]);
    assert_eq!(codes(&club.desk.room.open_exceptions()), ["too_few", "too_few"]);

    let mut club = takes_three();
    let member = club.unlimited();
    club.book(member);
    club.call_off();
    club.at("2026-11-24", 17 * 60 + 59);
    assert_eq!(club.tick(), Vec::<String>::new());
}

#[test]
fn in_the_room_nobody_has_to_be_told_how_many_they_are() {
    let mut club = takes_three();
    let member = club.unlimited();
    club.at("2026-11-24", 18 * 60 + 5);
    let walk_in = WalkIn {
        session: club.key(),
        member_id: member,
        mark: crate::bookings::Mark::Present,
        lease_id: None,
    };
    club.desk.room.fact(&walk_in, &OverWhy::default());
    club.tick();
    assert_eq!(codes(&club.desk.room.open_exceptions()), Vec::<String>::new());
}
