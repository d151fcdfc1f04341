//! The roster: marks, walk-ins, closing; and that nothing is held against anybody before.

use super::*;
use crate::bookings::{Mark, Note, Settled};
use crate::flow::fixture::MINUTE_MS;

#[test]
fn a_whole_class_is_marked_in_one_tap_and_the_missing_unmarked() {
    let mut club = Club::open(3);
    let all: Vec<MemberId> = (0..3).map(|_| club.unlimited()).collect();
    all.iter().for_each(|member| _ = club.book(*member));
    let session = club.key();
    let row = |booking: &Booking, mark| MarkRow { booking_id: booking.id, mark };
    let rows = club.roster(&session).iter().map(|booking| row(booking, Some(Mark::Present))).collect();
    club.at("2026-11-24", 18 * 60 + 5);
    assert_eq!(codes(&club.desk.room.fact(&MarkRoster { session, rows }, &())), Vec::<String>::new());
    let unmark = vec![row(&club.booking(all[1]), None)];
    club.desk.room.fact(&MarkRoster { session, rows: unmark }, &());
    let marks: Vec<Option<Mark>> =
        all.iter().map(|member| club.booking(*member).mark.map(|marked| marked.mark)).collect();
    assert_eq!(marks, [Some(Mark::Present), None, Some(Mark::Present)]);
}

#[test]
fn whoever_the_coach_did_not_know_of_loses_nothing() {
    let mut club = Club::open(3);
    let (seen, seen_pass) = club.with_visits(5);
    let (unseen, unseen_pass) = club.with_visits(5);
    for member in [seen, unseen] {
        club.book(member);
    }
    let (seen_booking, unseen_booking) = (club.booking(seen), club.booking(unseen));
    club.at("2026-11-24", 19 * 60);
    assert_eq!(codes(&club.close(&[seen])), ["not_on_the_roster"]);
    assert_eq!(club.attended(&seen_booking).state, State::Absent);
    assert_eq!(club.attended(&unseen_booking).state, State::NotOnTheRoster);
    assert_eq!((club.visits(&seen_pass), club.visits(&unseen_pass)), ((0, 4), (0, 5)));
    // Closed twice, from two devices: the second changes nothing.
    let session = club.key();
    let before = club.seats();
    let again = club.desk.room.fact(&CloseSession { session, absent: vec![unseen_booking.id] }, &());
    assert_eq!((codes(&again), club.seats()), (Vec::new(), before));
    assert_eq!(
        codes(&club.desk.room.fact(&MarkRoster { session, rows: Vec::new() }, &())),
        ["closed_before"]
    );
}

#[test]
fn nothing_is_held_against_anybody_in_a_session_that_nobody_closes() {
    let mut club = Club::open(3);
    let (absent, absent_pass) = club.with_visits(5);
    let (late, late_pass) = club.with_visits(5);
    for member in [absent, late] {
        club.book(member);
    }
    club.at("2026-11-24", 17 * 60);
    club.cancel(late);
    club.at("2026-11-24", 18 * 60 + 10);
    club.mark(absent, Mark::Absent);
    club.at("2026-12-24", 0);
    assert_eq!(club.tick(), ["bookings.sweep"]);
    let told = club.desk.room.open_exceptions();
    assert_eq!(codes(&told), ["not_closed"]);
    assert_eq!((club.visits(&absent_pass), club.visits(&late_pass)), ((1, 4), (1, 4)));
    assert_eq!(club.tick(), Vec::<String>::new(), "told once");
    // And closing it late works as ever.
    club.close(&[]);
    assert_eq!((club.visits(&absent_pass), club.visits(&late_pass)), ((0, 4), (0, 4)));
}

#[test]
fn a_session_is_not_closed_before_it_begins() {
    let mut club = Club::open(3);
    let member = club.unlimited();
    club.book(member);
    assert_eq!(codes(&club.close(&[member])), ["not_begun"]);
    assert_eq!(club.state(member), State::Booked);
    let session = SessionKey { start_minute: 3, ..club.key() };
    assert_eq!(
        codes(&club.desk.room.fact(&CloseSession { session, absent: Vec::new() }, &())),
        ["no_such_session"]
    );
}

fn walk_in(club: &mut Club, member_id: MemberId, reason: &str) -> Vec<Exception> {
    let command = WalkIn { session: club.key(), member_id, mark: Mark::Present, lease_id: None };
    club.desk.room.fact(&command, &OverWhy { reason: reason.to_owned() })
}

#[test]
fn whoever_walks_in_has_a_seat_and_is_there() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(5);
    club.at("2026-11-24", 18 * 60 + 2);
    assert_eq!(codes(&walk_in(&mut club, member, "")), Vec::<String>::new());
    let booking = club.booking(member);
    assert!(booking.walk_in && booking.has_seat());
    assert_eq!((club.visits(&pass), club.seats().taken), ((1, 4), 1));
    // Twice, from two devices: one seat.
    walk_in(&mut club, member, "");
    assert_eq!((club.roster(&club.key()).len(), club.seats().taken), (1, 1));
    club.at("2026-11-24", 19 * 60);
    club.close(&[]);
    assert_eq!(club.attended(&booking).state, State::Came { late: false });
}

#[test]
fn more_than_seats_come_with_a_reason_or_are_looked_at() {
    let mut club = Club::open(1);
    let all: Vec<MemberId> = (0..4).map(|_| club.unlimited()).collect();
    for member in [all[0], all[1]] {
        club.book(member);
    }
    club.at("2026-11-24", 18 * 60 + 2);
    assert_eq!(codes(&walk_in(&mut club, all[2], "brought a mat")), Vec::<String>::new());
    assert_eq!(club.booking(all[2]).over, "brought a mat");
    assert_eq!(codes(&walk_in(&mut club, all[3], " ")), ["over_capacity"]);
    assert_eq!((club.seats().taken, club.seats().free()), (3, 0));
    // Somebody who waits and comes all the same leaves the queue.
    walk_in(&mut club, all[1], "was waiting");
    assert_eq!((club.state(all[1]), club.seats().waiting), (State::Booked, 0));
}

#[test]
fn somebody_without_a_pass_is_written_down_and_looked_at() {
    let mut club = Club::open(2);
    let member = club.desk.member();
    club.at("2026-11-24", 18 * 60 + 2);
    assert_eq!(codes(&walk_in(&mut club, member, "")), ["nothing_opens_it"]);
    let booking = club.booking(member);
    assert_eq!(booking.pays, None);
    club.at("2026-11-24", 19 * 60);
    club.close(&[]);
    assert_eq!(club.attended(&booking).state, State::Came { late: false });
    assert_eq!(club.desk.visits(member).unwrap().count, 1);
}

#[test]
fn the_door_and_the_roster_are_one_visit() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(5);
    club.book(member);
    let booking = club.booking(member);
    club.at("2026-11-24", 17 * 60 + 50);
    club.desk.check_in(member);
    assert_eq!(club.visits(&pass), (1, 3));
    club.at("2026-11-24", 19 * 60);
    club.mark(member, Mark::Present);
    club.close(&[]);
    assert_eq!(club.visits(&pass), (0, 4), "one visit for one evening");
    assert_eq!(club.desk.visits(member).unwrap().count, 1);
    assert_eq!(club.attended(&booking).pays.unwrap().settled, Settled::Returned);
    // The last visit is kept for a class and the door is passed first: nothing is missing.
    let (last, last_pass) = club.with_visits(1);
    let next = club.key_on("2026-12-01");
    club.desk.room.granted(&book(next, &[last]), &());
    club.at("2026-12-01", 17 * 60 + 50);
    assert_eq!(codes(&club.desk.check_in(last)), Vec::<String>::new());
    club.desk.room.now = club.desk.room.now.plus_ms(70 * MINUTE_MS);
    let row = |one: &Booking| MarkRow { booking_id: one.id, mark: Some(Mark::Present) };
    let rows = club.roster(&next).iter().map(row).collect();
    club.desk.room.fact(&MarkRoster { session: next, rows }, &());
    club.desk.room.fact(&CloseSession { session: next, absent: Vec::new() }, &());
    assert_eq!(club.visits(&last_pass), (0, 0));
}

#[test]
fn two_classes_of_one_evening_are_two_visits() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(5);
    let other = club.plan(19 * 60 + 30, 5);
    let second = SessionKey { schedule_id: other, start_minute: 19 * 60 + 30, ..club.key() };
    club.book(member);
    club.desk.room.granted(&book(second, &[member]), &());
    club.at("2026-11-24", 21 * 60);
    for session in [club.key(), second] {
        let rows = club
            .roster(&session)
            .iter()
            .map(|one| MarkRow { booking_id: one.id, mark: Some(Mark::Present) })
            .collect();
        club.desk.room.fact(&MarkRoster { session, rows }, &());
        club.desk.room.fact(&CloseSession { session, absent: Vec::new() }, &());
    }
    assert_eq!(club.visits(&pass), (0, 3));
    assert_eq!(club.desk.visits(member).unwrap().count, 2);
}

#[test]
fn a_row_nobody_has_is_looked_at() {
    let mut club = Club::open(2);
    let member = club.unlimited();
    club.book(member);
    let (session, booking_id) = (club.key(), club.booking(member).id);
    club.cancel(member);
    let rows = vec![MarkRow { booking_id, mark: Some(Mark::Present) }];
    assert_eq!(codes(&club.desk.room.fact(&MarkRoster { session, rows }, &())), ["no_seat"]);
    let nowhere = SessionKey { start_minute: 3, ..session };
    let command = WalkIn { session: nowhere, member_id: member, mark: Mark::Present, lease_id: None };
    assert_eq!(codes(&club.desk.room.fact(&command, &OverWhy::default())), ["no_such_session"]);
}

#[test]
fn what_was_noted_about_somebody_stays_with_the_booking_and_nothing_follows_from_it() {
    let mut club = Club::open(3);
    let (member, pass) = club.with_visits(5);
    club.book(member);
    let booking = club.booking(member);
    let note = NoteBooking { member_id: member, booking_id: booking.id };
    assert_eq!(codes(&club.desk.room.fact(&note, &Noted { note: Some(Note::Watch) })), Vec::<String>::new());
    assert_eq!(club.booking(member), Booking { note: Some(Note::Watch), ..booking.clone() });
    club.at("2026-11-24", 19 * 60);
    club.close(&[member]);
    club.desk.room.fact(&note, &Noted { note: Some(Note::Injured) });
    assert_eq!(club.attended(&booking).note, Some(Note::Injured));
    assert_eq!(club.visits(&pass), (0, 4));
    club.desk.room.fact(&note, &Noted::default());
    assert_eq!(club.attended(&booking).note, None);
    // About somebody else's booking nothing is written down.
    let other = NoteBooking { member_id: club.unlimited(), ..note };
    assert_eq!(codes(&club.desk.room.fact(&other, &Noted { note: Some(Note::Good) })), ["no_seat"]);
    assert_eq!(club.attended(&booking).note, None);
}
