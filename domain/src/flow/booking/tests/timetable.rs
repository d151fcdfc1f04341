//! What the timetable does to bookings: off, moved, more seats, closed for a holiday.

use super::*;
use crate::bookings::{Dropped, SeatsStanding};
use crate::classes::{ClosureId, DeclareClosure, DeleteSession, EndSchedule, LiftClosure};

#[test]
fn rain_gives_visits_back_and_lets_the_queue_go() {
    let mut club = Club::open(1);
    let (member, pass) = club.with_visits(5);
    let (late, late_pass) = club.with_visits(5);
    let waiting = club.unlimited();
    club.book(late);
    club.at("2026-11-24", 16 * 60);
    club.cancel(late);
    club.book(member);
    club.book(waiting);
    assert_eq!((club.visits(&pass), club.visits(&late_pass)), ((1, 4), (1, 4)));
    club.call_off();
    assert_eq!((club.visits(&pass), club.visits(&late_pass)), ((0, 5), (0, 5)));
    let dropped = State::Dropped { why: Dropped::CalledOff };
    assert_eq!([club.state(member), club.state(waiting)], [dropped.clone(), dropped]);
    let seats = club.seats();
    assert_eq!((seats.standing, seats.taken, seats.waiting), (SeatsStanding::Off, 0, 0));
    club.at("2026-12-24", 0);
    let booking = club.booking(member);
    club.tick();
    assert_eq!(club.attended(&booking), booking, "days later it is history");
    assert_eq!(club.desk.room.find::<Seats>(club.key().id()), None);
    assert_eq!(club.tick(), Vec::<String>::new());
}

#[test]
fn a_moved_session_takes_everybody_along_and_may_be_left_without_loss() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(5);
    club.book(member);
    club.at("2026-11-24", 12 * 60);
    club.change(Some("2026-11-25"), TermsChange { start_minute: Some(8 * 60), ..TermsChange::default() });
    let (seats, booking) = (club.seats(), club.booking(member));
    assert_eq!((seats.on, booking.state.clone()), (day("2026-11-25"), State::Booked));
    assert_ne!(booking.told_starts_at, seats.starts_at);
    club.at("2026-11-25", 7 * 60);
    club.cancel(member);
    assert_eq!(club.state(member), State::Cancelled { at: club.desk.room.now, late: false });
    assert_eq!(club.visits(&pass), (0, 5));
}

#[test]
fn more_seats_go_to_the_queue() {
    let mut club = Club::open(1);
    let all: Vec<MemberId> = (0..3).map(|_| club.unlimited()).collect();
    all.iter().for_each(|member| _ = club.book(*member));
    club.change(None, TermsChange { capacity: Some(2), ..TermsChange::default() });
    assert_eq!(club.tick(), ["bookings.promote"]);
    assert_eq!(club.state(all[1]), State::Booked);
    assert_eq!(waits_at(&club.state(all[2])), Some(1));
    // Fewer seats take none away.
    club.change(None, TermsChange { capacity: Some(1), ..TermsChange::default() });
    let seats = club.seats();
    assert_eq!((seats.taken, seats.capacity, seats.free()), (2, 1, 0));
    assert_eq!(club.tick(), Vec::<String>::new());
}

#[test]
fn holidays_drop_what_they_remove_and_nothing_that_has_begun() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(5);
    club.book(member);
    let next = club.key_on("2026-12-01");
    club.desk.room.granted(&book(next, &[member]), &());
    club.at("2026-11-24", 18 * 60 + 1);
    let closure = DeclareClosure {
        name: "Holiday".to_owned(),
        names: [].into(),
        first_on: day("2026-11-24"),
        last_on: day("2026-12-01"),
        places: Vec::new(),
        kept: Vec::new(),
    };
    club.desk.room.granted(&closure, &());
    let closure_id = ClosureId(club.desk.room.changes[0].id);
    assert_eq!(club.state(member), State::Booked);
    assert_eq!(club.roster(&next)[0].state, State::Dropped { why: Dropped::Closed });
    assert_eq!(club.visits(&pass), (1, 4));
    // Open after all: there are seats again; who was dropped books anew.
    club.desk.room.granted(&LiftClosure { closure_id }, &());
    assert_eq!(club.desk.room.get::<Seats>(next.id()).standing, SeatsStanding::Open);
    club.desk.room.granted(&book(next, &[member]), &());
    assert_eq!(club.visits(&pass), (2, 3));
}

#[test]
fn what_is_deleted_or_ended_is_gone_for_everybody() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(5);
    club.book(member);
    let next = club.key_on("2026-12-01");
    club.desk.room.granted(&book(next, &[member]), &());
    club.desk.room.granted(&DeleteSession { key: club.key(), seen_revision: 0 }, &());
    assert_eq!(club.state(member), State::Dropped { why: Dropped::Gone });
    club.desk.room.granted(&EndSchedule { from: next, seen_revision: 1 }, &());
    assert_eq!(club.roster(&next)[0].state, State::Dropped { why: Dropped::Gone });
    assert_eq!(club.visits(&pass), (0, 5));
}
