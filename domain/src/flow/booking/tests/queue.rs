//! The queue: honest places, one promotion for one freed seat, and why somebody was passed over.

use super::*;
use crate::bookings::{BookingRefusal, MovedUp, PassedOver, queue as in_order};

#[test]
fn whoever_finds_no_seat_waits_at_a_place_they_are_told() {
    let mut club = Club::open(1);
    let all: Vec<MemberId> = (0..3).map(|_| club.unlimited()).collect();
    assert_eq!(club.book(all[0]), Outcome::Accepted);
    for (place, member) in (1..).zip(&all[1..]) {
        let Outcome::Changed { what } = club.book(*member) else { panic!("not told") };
        assert_eq!(what.why, serde_json::json!({ "code": "waitlisted", "position": place }));
        assert_eq!(waits_at(&club.state(*member)), Some(place));
    }
    assert_eq!((club.seats().taken, club.seats().waiting), (1, 2));
    assert_eq!(in_order(&club.roster(&club.key())).len(), 2);
}

#[test]
fn a_freed_seat_goes_to_the_first_once_and_the_others_see_why_they_moved() {
    let mut club = Club::open(1);
    let all: Vec<MemberId> = (0..4).map(|_| club.unlimited()).collect();
    all.iter().for_each(|member| _ = club.book(*member));
    club.cancel(all[0]);
    // Between the seat and the clock nobody slips in.
    let late = club.unlimited();
    assert!(matches!(club.book(late), Outcome::Changed { .. }));
    assert_eq!(club.tick(), ["bookings.promote"]);
    assert_eq!(club.state(all[1]), State::Booked);
    let moved = |club: &Club, member| match club.state(member) {
        State::Waiting { position, moved, .. } => (position, moved),
        other => panic!("{other:?}"),
    };
    assert_eq!(moved(&club, all[2]), (1, Some(MovedUp::Promoted)));
    assert_eq!(moved(&club, late), (3, Some(MovedUp::Promoted)));
    assert_eq!(club.tick(), Vec::<String>::new(), "one seat, one promotion");
    // The promoted one leaves as well: the next moves up, once.
    club.cancel(all[1]);
    club.cancel(all[3]);
    assert_eq!(moved(&club, late), (2, Some(MovedUp::Left)));
    assert_eq!(club.tick(), ["bookings.promote"]);
    assert_eq!((club.state(all[2]), moved(&club, late).0), (State::Booked, 1));
    assert_eq!((club.seats().taken, club.seats().waiting), (1, 1));
}

#[test]
fn two_seats_freed_at_one_instant_are_two_promotions() {
    let mut club = Club::open(2);
    let all: Vec<MemberId> = (0..4).map(|_| club.unlimited()).collect();
    all.iter().for_each(|member| _ = club.book(*member));
    club.cancel(all[0]);
    club.tick();
    // A command that arrives late frees a seat at an instant the clockwork has dealt with.
    club.cancel(all[1]);
    assert_eq!(club.tick(), ["bookings.promote"]);
    assert_eq!([club.state(all[2]), club.state(all[3])], [State::Booked, State::Booked]);
}

#[test]
fn whoever_cannot_have_the_seat_is_passed_over_and_told() {
    let mut club = Club::open(1);
    let first = club.unlimited();
    let (no_visit, pass) = club.with_visits(1);
    let elsewhere = club.unlimited();
    let next = club.unlimited();
    for member in [first, no_visit, elsewhere, next] {
        club.book(member);
    }
    let other = club.plan(18 * 60 + 30, 5);
    let overlapping = SessionKey { schedule_id: other, start_minute: 18 * 60 + 30, ..club.key() };
    club.desk.room.granted(&book(overlapping, &[elsewhere]), &());
    club.desk.room.granted(&book(club.key_on("2026-12-01"), &[no_visit]), &());
    club.cancel(first);
    club.tick();
    assert_eq!(club.state(next), State::Booked);
    let passed = |because| Some(MovedUp::PassedOver { because });
    let why = |club: &Club, member| match club.state(member) {
        State::Waiting { position, moved, .. } => (position, moved),
        other => panic!("{other:?}"),
    };
    assert_eq!(why(&club, no_visit), (1, passed(PassedOver::NoPass)));
    assert_eq!(why(&club, elsewhere), (2, passed(PassedOver::OtherSession)));
    assert_eq!(club.visits(&pass), (1, 0));
}

#[test]
fn after_the_cut_off_nobody_is_promoted_and_all_are_told() {
    let mut club = Club::open(1);
    let all: Vec<MemberId> = (0..2).map(|_| club.unlimited()).collect();
    all.iter().for_each(|member| _ = club.book(*member));
    club.at("2026-11-24", 16 * 60 + 59);
    club.cancel(all[0]);
    // The hub was asleep: what fell due before the cut-off is not made up for after it.
    club.at("2026-11-24", 17 * 60);
    club.tick();
    assert_eq!((club.state(all[1]), club.seats().waiting), (State::Missed, 0));
    assert_eq!(club.seats().free(), 1);
}

#[test]
fn without_a_freed_seat_the_queue_ends_at_the_cut_off() {
    let mut club = Club::open(1);
    let all: Vec<MemberId> = (0..2).map(|_| club.unlimited()).collect();
    all.iter().for_each(|member| _ = club.book(*member));
    club.at("2026-11-24", 16 * 60 + 59);
    assert_eq!(club.tick(), Vec::<String>::new());
    club.at("2026-11-24", 17 * 60);
    assert_eq!(club.tick(), ["bookings.promote"]);
    assert_eq!(club.state(all[1]), State::Missed);
}

#[test]
fn who_books_together_sits_or_waits_together() {
    let mut club = Club::open(3);
    let (a, b) = (club.unlimited(), club.unlimited());
    let (c, d) = (club.unlimited(), club.unlimited());
    let single = club.unlimited();
    let key = club.key();
    assert_eq!(club.desk.room.granted(&book(key, &[a, b]), &()), Outcome::Accepted);
    assert!(club.booking(a).group.is_some() && club.booking(a).group == club.booking(b).group);
    assert!(matches!(club.desk.room.granted(&book(key, &[c, d]), &()), Outcome::Changed { .. }));
    assert_eq!((waits_at(&club.state(c)), waits_at(&club.state(d))), (Some(1), Some(2)));
    assert_eq!(club.seats().free(), 1);
    club.desk.room.granted(&book(key, &[single]), &());
    assert_eq!(club.state(single), State::Booked, "a seat that is too few for two is enough for one");
    // One leaves: one seat is not enough for the two.
    club.cancel(a);
    club.tick();
    assert_eq!(waits_at(&club.state(c)), Some(1));
    assert_eq!(club.seats().free(), 1);
    club.cancel(b);
    club.tick();
    assert_eq!([club.state(c), club.state(d)], [State::Booked, State::Booked]);
    // One of them cannot: then neither.
    let without = club.desk.member();
    let command = book(club.key_on("2026-12-01"), &[a, without]);
    assert_eq!(club.desk.room.refused(&command, &()), BookingRefusal::NoPass);
    assert_eq!(club.roster(&club.key_on("2026-12-01")), []);
}

#[test]
fn without_a_hub_the_desk_asks_the_queue_and_with_one_only_the_clock() {
    let mut club = Club::open(1);
    let all: Vec<MemberId> = (0..2).map(|_| club.unlimited()).collect();
    all.iter().for_each(|member| _ = club.book(*member));
    club.cancel(all[0]);
    let command = crate::bookings::Promote { session: club.key(), due_at: club.desk.room.now };
    let room = &club.desk.room;
    let case = crate::sync::deciding::Case {
        input: input(&command, &()),
        command: crate::kernel::CommandId(Uuid::from_u128(0xFEED)),
        studio: room.studio,
        device: room.device,
        actor: room.actor,
        role: Role::Desk,
        effective_at: room.now,
        authority: crate::kernel::Authority::Hub,
    };
    let at_hub =
        crate::sync::deciding::decide_now(crate::registry::catalogue(), &case, |want| room.answer(want));
    assert_eq!(at_hub, Verdict::Decided { outcome: Outcome::Accepted, changes: Vec::new() });
    club.desk.room.granted(&command, &());
    assert_eq!(club.state(all[1]), State::Booked);
}
