//! Seats a device holds: nobody else gets them, the device promises them at once, and every way in which that ends.

use super::*;
use crate::bookings::{BookingRefusal, LeaseEnd, LeaseId};
use crate::kernel::decide::Authority;
use crate::kernel::devices::{DeviceName, KnowDevice, Standing as DeviceStanding};
use crate::sync::deciding::{Case, decide_now};

fn out_of(lease: &SeatLease, members: &[MemberId]) -> BookSeats {
    BookSeats { lease_id: Some(lease.id), ..book(lease.session, members) }
}

fn know(club: &mut Club, device: u128, life: u32, standing: DeviceStanding) {
    let command = KnowDevice { device_id: DeviceId(Uuid::from_u128(device)), standing, life };
    club.system(input(&command, &DeviceName { name: "Tablet".to_owned() }));
}

/// What a device says of a command by itself.
fn predicted<C: Command<Personal = ()>>(club: &Club, command: &C) -> Verdict {
    let room = &club.desk.room;
    let case = Case {
        input: input(command, &()),
        command: crate::kernel::CommandId(Uuid::from_u128(0xFEED)),
        studio: room.studio,
        device: room.device,
        actor: room.actor,
        role: room.role,
        effective_at: room.now,
        authority: Authority::Prediction,
    };
    decide_now(crate::registry::catalogue(), &case, |want| room.answer(want))
}

fn is_booked_at_once(club: &Club, command: &BookSeats) -> bool {
    matches!(predicted(club, command), Verdict::Decided { outcome: Outcome::Accepted, .. })
}

#[test]
fn seats_a_device_has_only_asked_for_are_promised_to_nobody() {
    let mut club = Club::open(3);
    let (session, device) = (club.key(), club.desk.room.device);
    let asked = LeaseSeats { session, device, seats: 2, not_after: None };
    let Verdict::Decided { changes, .. } = predicted(&club, &asked) else { panic!() };
    let guess: Vec<SeatLease> = changes
        .iter()
        .filter(|change| change.kind == SeatLease::KIND)
        .map(|change| serde_json::from_str(change.body.as_deref().unwrap()).unwrap())
        .collect();
    let [guess] = guess.as_slice() else { panic!("{changes:?}") };
    assert!(guess.guessed && guess.runs() && !guess.promises(1, club.desk.room.now));
    // Decided by the hub it is one.
    let lease = club.lease(2);
    assert!(!lease.guessed && lease.promises(2, club.desk.room.now));
}

#[test]
fn held_seats_are_sold_to_nobody_else_and_given_at_once() {
    let mut club = Club::open(2);
    club.on_device(0xD0);
    let lease = club.lease(1);
    assert_eq!((club.seats().held, club.seats().free()), (1, 1));
    club.on_device(0xD1);
    let (first, second, third) = (club.unlimited(), club.unlimited(), club.unlimited());
    assert_eq!(club.book(first), Outcome::Accepted);
    assert!(matches!(club.book(second), Outcome::Changed { .. }), "the last one is the other device's");
    // Another device cannot name it.
    assert!(matches!(club.desk.room.granted(&out_of(&lease, &[third]), &()), Outcome::Changed { .. }));
    club.cancel(third);
    club.on_device(0xD0);
    assert!(is_booked_at_once(&club, &out_of(&lease, &[third])));
    assert_eq!(club.desk.room.granted(&out_of(&lease, &[third]), &()), Outcome::Accepted);
    let seats = club.seats();
    assert_eq!((seats.taken, seats.held, seats.free()), (2, 0, 0));
    // It is used up.
    let fourth = club.unlimited();
    assert!(matches!(club.desk.room.granted(&out_of(&lease, &[fourth]), &()), Outcome::Changed { .. }));
}

#[test]
fn a_device_stops_before_the_end_and_the_hub_counts_what_was_promised() {
    let mut club = Club::open(1);
    club.at("2026-11-24", 8 * 60);
    let lease = club.lease(1);
    let member = club.unlimited();
    // Ten hours: the device promises for eight.
    club.at("2026-11-24", 16 * 60 - 1);
    assert!(is_booked_at_once(&club, &out_of(&lease, &[member])));
    club.at("2026-11-24", 16 * 60);
    assert!(!is_booked_at_once(&club, &out_of(&lease, &[member])));
    // Promised a minute later by a clock that is a little behind: it is there.
    assert_eq!(club.desk.room.granted(&out_of(&lease, &[member]), &()), Outcome::Accepted);
    assert_eq!((club.seats().taken, club.seats().held), (1, 0));
}

#[test]
fn only_free_seats_are_held_and_not_before_those_who_wait() {
    let mut club = Club::open(1);
    let (session, device) = (club.key(), club.desk.room.device);
    let ask = |seats| LeaseSeats { session, device, seats, not_after: None };
    assert_eq!(club.desk.room.refused(&ask(2), &()), BookingRefusal::TooFewSeats { free: 1 });
    let other = LeaseSeats { device: DeviceId(Uuid::from_u128(9)), ..ask(1) };
    assert_eq!(club.desk.room.refused(&other, &()), BookingRefusal::OtherDevice);
    let (first, second) = (club.unlimited(), club.unlimited());
    for member in [first, second] {
        club.book(member);
    }
    club.cancel(first);
    assert_eq!(club.desk.room.refused(&ask(1), &()), BookingRefusal::TooFewSeats { free: 0 });
    club.at("2026-11-24", 18 * 60);
    assert_eq!(club.desk.room.refused(&ask(1), &()), BookingRefusal::Begun);
}

#[test]
fn seats_come_back_by_the_device_by_the_clock_and_by_closing() {
    let mut club = Club::open(3);
    let lease = club.lease(1);
    let end = |club: &Club, id: LeaseId| club.desk.room.get::<SeatLease>(id).ended.map(|(_, why)| why);
    club.on_device(0xD1);
    let give_back = ReturnSeats { lease_id: lease.id };
    assert_eq!(club.desk.room.refused(&give_back, &()), BookingRefusal::OtherDevice);
    club.desk.room.device = lease.device;
    club.desk.room.granted(&give_back, &());
    assert_eq!(end(&club, lease.id), Some(LeaseEnd::Returned));
    assert_eq!(club.desk.room.refused(&give_back, &()), BookingRefusal::NoLease);
    assert_eq!((club.seats().held, club.seats().free()), (0, 3));
    // By the clock, and the first who waits is asked.
    let lease = club.lease(3);
    let member = club.unlimited();
    club.book(member);
    let (session, device) = (lease.session, lease.device);
    assert_eq!(waits_at(&club.state(member)), Some(1));
    club.at("2026-11-24", 12 * 60);
    club.desk.room.granted(&ReleaseSeats { lease_id: lease.id }, &());
    assert_eq!(end(&club, lease.id), Some(LeaseEnd::Released { by: club.desk.room.actor }));
    assert_eq!(club.tick(), ["bookings.promote"]);
    assert_eq!(club.state(member), State::Booked);
    let soon = Some(club.desk.room.now.plus_ms(60_000));
    club.desk.room.granted(&LeaseSeats { session, device, seats: 1, not_after: soon }, &());
    let short: SeatLease = club.desk.changed();
    club.at("2026-11-24", 12 * 60 + 1);
    assert_eq!(club.tick(), ["bookings.end_lease"]);
    assert_eq!((end(&club, short.id), club.seats().held), (Some(LeaseEnd::RanOut), 0));
    club.end_lease(&short);
    let last = club.lease(1);
    club.at("2026-11-24", 19 * 60);
    club.close(&[]);
    assert_eq!((end(&club, last.id), club.seats().held), (Some(LeaseEnd::SessionClosed), 0));
}

#[test]
fn a_device_that_left_or_was_copied_holds_nothing() {
    for (life, standing) in
        [(2, DeviceStanding::InUse), (1, DeviceStanding::Retired), (1, DeviceStanding::ShutOut)]
    {
        let mut club = Club::open(2);
        know(&mut club, 0xD0, 1, DeviceStanding::InUse);
        club.on_device(0xD0);
        let lease = club.lease(2);
        let member = club.unlimited();
        club.on_device(0xD1);
        club.book(member);
        assert_eq!((lease.life, waits_at(&club.state(member))), (1, Some(1)));
        // The same word again ends nothing.
        know(&mut club, 0xD0, 1, DeviceStanding::InUse);
        assert_eq!(club.seats().held, 2);
        know(&mut club, 0xD0, life, standing);
        let ended = club.desk.room.get::<SeatLease>(lease.id).ended.map(|(_, why)| why);
        assert_eq!((ended, club.seats().held), (Some(LeaseEnd::DeviceGone), 0));
        assert_eq!(club.tick(), ["bookings.promote"]);
        assert_eq!(club.state(member), State::Booked);
    }
}

#[test]
fn a_promise_stands_after_the_seats_were_taken_away_and_somebody_is_told() {
    let mut club = Club::open(1);
    let lease = club.lease(1);
    let (sold, promised, beyond) = (club.unlimited(), club.unlimited(), club.unlimited());
    club.desk.room.granted(&ReleaseSeats { lease_id: lease.id }, &());
    club.on_device(0xD1);
    assert_eq!(club.book(sold), Outcome::Accepted);
    // The device had not heard of it.
    club.desk.room.device = lease.device;
    let outcome = club.desk.room.granted(&out_of(&lease, &[promised]), &());
    assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
    assert_eq!(codes(&club.desk.room.open_exceptions()), ["promised_beyond"]);
    assert_eq!((club.seats().taken, club.state(promised)), (2, State::Booked));
    // Never more than it held.
    assert!(matches!(club.desk.room.granted(&out_of(&lease, &[beyond]), &()), Outcome::Changed { .. }));
}

#[test]
fn a_promised_seat_without_a_pass_is_kept_and_looked_at() {
    let mut club = Club::open(1);
    let lease = club.lease(1);
    let member = club.desk.member();
    club.desk.room.granted(&out_of(&lease, &[member]), &());
    assert_eq!(codes(&club.desk.room.open_exceptions()), ["nothing_opens_it"]);
    assert_eq!(club.state(member), State::Booked);
}

#[test]
fn a_lease_ends_with_its_session() {
    let mut club = Club::open(1);
    let lease = club.lease(1);
    let before = TermsChange { start_minute: Some(10 * 60), ..TermsChange::default() };
    club.change(None, before);
    let moved: SeatLease = club.desk.room.get(lease.id);
    assert_eq!(moved.not_after, club.seats().starts_at);
    club.call_off();
    let off: SeatLease = club.desk.room.get(lease.id);
    assert_eq!(off.ended.map(|(_, why)| why), Some(LeaseEnd::SessionOff));
    assert_eq!(club.seats().held, 0);
}
