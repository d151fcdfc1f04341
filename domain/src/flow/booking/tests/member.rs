//! A member at a device of their own: their bookings, everybody's seats, nobody's names.

use super::*;
use crate::bookings::{BookingRefusal, DecidedBy, Word, word};
use crate::kernel::access::{PEOPLE, Principal, scopes_of};

fn as_member(club: &mut Club, member: MemberId) {
    club.desk.room.role = Role::Member;
    club.desk.room.actor = PersonId(member.raw());
}

#[test]
fn a_member_books_for_themselves_alone() {
    let mut club = Club::open(2);
    let (own, other) = (club.unlimited(), club.unlimited());
    club.book(other);
    let others = club.booking(other).id;
    as_member(&mut club, own);
    assert_eq!(club.book(own), Outcome::Accepted);
    let key = club.key();
    let friend = club.desk.room.refused(&book(key, &[other]), &());
    assert_eq!(friend, BookingRefusal::NotYours);
    assert_eq!(club.desk.room.refused(&CancelBooking { booking_id: others }, &()), BookingRefusal::NotYours);
    club.cancel(own);
    assert_eq!(club.seats().taken, 1);
}

#[test]
fn a_member_books_within_the_window_and_the_desk_until_it_begins() {
    let mut club = Club::open(2);
    let member = club.unlimited();
    let far = club.key_on("2026-12-08");
    club.rules(|rules| BookingRules { closes_minutes: 30, opens_days: 7, ..rules });
    as_member(&mut club, member);
    let opens = BookingRefusal::OpensOn { on: day("2026-12-01") };
    assert_eq!(club.desk.room.refused(&book(far, &[member]), &()), opens);
    club.at("2026-12-01", 0);
    club.desk.room.granted(&book(far, &[member]), &());
    let second = club.key_on("2026-12-01");
    club.at("2026-12-01", 17 * 60 + 30);
    let at = club.desk.room.now;
    assert_eq!(club.desk.room.refused(&book(second, &[member]), &()), BookingRefusal::ClosedAt { at });
    club.desk.room.role = Role::Desk;
    club.desk.room.granted(&book(second, &[member]), &());
}

#[test]
fn seats_are_everybodys_and_bookings_are_not() {
    let mut club = Club::open(2);
    let (own, other) = (club.unlimited(), club.unlimited());
    for member in [own, other] {
        club.book(member);
    }
    let seats = club.seats();
    let lease_free = serde_json::to_string(&seats).unwrap();
    for member in [own, other] {
        assert!(!lease_free.contains(&member.raw().to_string()));
    }
    let reads = |role, person: Id, scopes: &[crate::kernel::Scope]| {
        let principal = Principal { device: DeviceId::default(), person: PersonId(person), role };
        let held = scopes_of(&principal);
        scopes.iter().any(|scope| held.contains(scope))
    };
    for role in PEOPLE {
        assert!(reads(role, own.raw(), &seats.scopes()), "{role:?}");
        let roster = matches!(role, Role::Owner | Role::Manager | Role::Desk | Role::Coach);
        assert_eq!(reads(role, own.raw(), &club.booking(other).scopes()), roster, "{role:?}");
    }
    assert!(reads(Role::Member, own.raw(), &club.booking(own).scopes()));
}

#[test]
fn words_are_honest() {
    let mut club = Club::open(1);
    let (first, second) = (club.unlimited(), club.unlimited());
    for member in [first, second] {
        club.book(member);
    }
    let (booked, waits) = (club.booking(first), club.booking(second));
    assert_eq!(word(&booked, DecidedBy::ByAuthority), Word::Booked);
    assert_eq!(word(&booked, DecidedBy::OnlyHere), Word::Requested);
    assert_eq!(word(&waits, DecidedBy::ByAuthority), Word::WaitlistedAt(1));
    assert_eq!(word(&waits, DecidedBy::OnlyHere), Word::Requested);
    let leased = Booking { lease_id: Some(crate::bookings::LeaseId::default()), ..booked };
    assert_eq!(word(&leased, DecidedBy::OnlyHere), Word::Booked);
    club.cancel(second);
    assert_eq!(word(&club.booking(second), DecidedBy::ByAuthority), Word::NotBooked);
}
