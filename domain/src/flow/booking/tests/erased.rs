//! Whoever is erased comes to nothing any more: seats and places in a queue are somebody else's, and no word is left.

use super::*;
use crate::bookings::Mark;
use crate::members::{EraseMember, MergeMembers};

fn erase(club: &mut Club, member_id: MemberId, also: &[MemberId]) {
    let mut also = also.to_vec();
    also.sort();
    club.desk.room.granted(&EraseMember { member_id, also }, &());
}

#[test]
fn a_seat_of_somebody_who_is_erased_is_free_and_the_next_gets_it_once() {
    let mut club = Club::open(1);
    let (gone, pass) = club.with_visits(5);
    let waiting = [club.unlimited(), club.unlimited()];
    club.book(gone);
    waiting.iter().for_each(|member| _ = club.book(*member));
    erase(&mut club, gone, &[]);
    assert_eq!(club.visits(&pass), (0, 5));
    assert_eq!((club.seats().taken, club.seats().waiting), (0, 2));
    assert_eq!(club.tick(), ["bookings.promote"]);
    assert_eq!(club.state(waiting[0]), State::Booked);
    assert_eq!(waits_at(&club.state(waiting[1])), Some(1));
    assert_eq!((club.seats().taken, club.seats().waiting), (1, 1));
}

#[test]
fn two_entries_of_one_person_leave_two_seats_of_one_class() {
    let mut club = Club::open(2);
    let ((one, pass), (other, other_pass)) = (club.with_visits(5), club.with_visits(5));
    club.book(one);
    club.book(other);
    club.desk.room.granted(&MergeMembers { survivor: one, absorbed: other }, &Default::default());
    erase(&mut club, one, &[other]);
    assert_eq!((club.visits(&pass), club.visits(&other_pass)), ((0, 5), (0, 5)));
    assert_eq!(club.seats().taken, 0);
    for account in [&pass, &other_pass] {
        assert_eq!(club.desk.lines_sum(account.id.raw(), VISITS_RESERVED), 0);
    }
}

#[test]
fn whoever_waits_behind_somebody_who_is_erased_moves_up() {
    let mut club = Club::open(1);
    let all: Vec<MemberId> = (0..3).map(|_| club.unlimited()).collect();
    all.iter().for_each(|member| _ = club.book(*member));
    erase(&mut club, all[1], &[]);
    assert_eq!(waits_at(&club.state(all[2])), Some(1));
    assert_eq!((club.seats().taken, club.seats().waiting), (1, 1));
}

#[test]
fn what_was_written_about_somebody_goes_and_that_they_came_stays() {
    let mut club = Club::open(1);
    let gone = club.unlimited();
    club.at("2026-11-24", 18 * 60 + 5);
    let first = club.unlimited();
    for (member_id, reason) in [(first, ""), (gone, "Quxlatte's last class")] {
        let walk_in = WalkIn { session: club.key(), member_id, mark: Mark::Present, lease_id: None };
        club.desk.room.fact(&walk_in, &OverWhy { reason: reason.to_owned() });
    }
    let booking = club.booking(gone);
    assert!(!booking.over.is_empty());
    erase(&mut club, gone, &[]);
    assert_eq!(club.booking(gone), Booking { over: String::new(), ..booking.clone() });
    club.at("2026-11-24", 19 * 60);
    club.close(&[]);
    let past = club.attended(&booking);
    assert_eq!((past.state, past.over), (State::Came { late: false }, String::new()));
    let left: Vec<_> =
        club.desk.room.records().iter().filter(|r| r.body.contains("Quxlatte")).cloned().collect();
    assert_eq!(left, []);
}
