//! A booking from the wish to the history, and every reason why there is none.

use super::*;
use crate::bookings::{BookingRefusal, Settled};
use crate::classes::{CoachName, IntroduceCoach};
use crate::members::ArchiveMember;
use crate::studio::{AddPerson, PersonName};

#[test]
fn a_visit_is_kept_and_spent_when_the_session_is_closed() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(10);
    assert_eq!(club.book(member), Outcome::Accepted);
    assert_eq!(club.visits(&pass), (1, 9));
    // Kept visits are still theirs: neither used up nor free for another session.
    let held = &club.desk.holdings(member)[0];
    assert_eq!((held.visits_left, held.visits_free()), (10, 9));
    assert_eq!((club.seats().taken, club.seats().free()), (1, 1));
    club.at("2026-11-24", 19 * 60);
    club.mark(member, crate::bookings::Mark::Present);
    assert_eq!(club.visits(&pass), (1, 9), "a mark settles nothing");
    let booking = club.booking(member);
    assert_eq!(codes(&club.close(&[])), Vec::<String>::new());
    assert_eq!(club.visits(&pass), (0, 9));
    let past = club.attended(&booking);
    assert_eq!((past.state, past.pays.unwrap().settled), (State::Came { late: false }, Settled::Spent));
    assert_eq!(club.roster(&club.key()), []);
    assert_eq!(club.desk.last_visit(member).booking_id, Some(booking.id.raw()));
}

#[test]
fn passes_without_a_count_keep_nothing() {
    let mut club = Club::open(2);
    let member = club.unlimited();
    club.book(member);
    let pays = club.booking(member).pays.unwrap();
    assert_eq!(pays.entry, None);
    assert_eq!(club.desk.lines_sum(pays.pass_id.raw(), VISITS_RESERVED), 0);
}

#[test]
fn a_visit_comes_back_in_time_and_not_too_late() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(10);
    club.book(member);
    club.at("2026-11-24", 6 * 60);
    club.cancel(member);
    assert_eq!(club.visits(&pass), (0, 10), "twelve hours before, to the minute");
    assert_eq!(club.words(&pass), ["sold 10", "reserved -1", "returned 1"]);
    club.book(member);
    club.at("2026-11-24", 6 * 60 + 1);
    club.cancel(member);
    assert_eq!(club.seats().taken, 0, "the seat is free at once");
    assert_eq!(club.visits(&pass), (1, 9), "and nothing is spent before the session is closed");
    club.at("2026-11-24", 19 * 60);
    club.close(&[]);
    assert_eq!(club.visits(&pass), (0, 9));
}

#[test]
fn what_is_held_against_somebody_can_be_forgiven_with_a_reason() {
    let mut club = Club::open(3);
    let (late, late_pass) = club.with_visits(10);
    let (absent, absent_pass) = club.with_visits(10);
    let came = club.unlimited();
    for member in [late, absent, came] {
        club.book(member);
    }
    club.at("2026-11-24", 17 * 60);
    let forgive =
        |member_id, club: &Club| ForgiveBooking { member_id, booking_id: club.booking(member_id).id };
    let [of_late, of_absent, of_came] = [late, absent, came].map(|member| forgive(member, &club));
    club.cancel(late);
    let why = |reason: &str| Why { reason: reason.to_owned() };
    assert_eq!(club.desk.room.refused(&of_late, &why(" ")), BookingRefusal::ReasonMissing);
    // Before the session is closed as well: then nothing will be spent.
    club.desk.room.granted(&of_late, &why("was ill"));
    assert_eq!(club.visits(&late_pass), (0, 10));
    club.at("2026-11-24", 19 * 60);
    club.mark(came, crate::bookings::Mark::Late);
    club.close(&[absent]);
    assert_eq!((club.visits(&late_pass), club.visits(&absent_pass)), ((0, 10), (0, 9)));
    club.desk.room.granted(&of_absent, &why("train"));
    assert_eq!(club.visits(&absent_pass), (0, 10));
    for one in [&of_late, &of_absent, &of_came] {
        assert_eq!(club.desk.room.refused(one, &why("x")), BookingRefusal::NothingToForgive);
    }
    let nowhere = ForgiveBooking { booking_id: BookingId::default(), ..of_absent };
    assert_eq!(club.desk.room.refused(&nowhere, &why("x")), BookingRefusal::NoBooking);
    let somebody_elses = ForgiveBooking { member_id: late, ..nowhere };
    assert_eq!(club.desk.room.refused(&somebody_elses, &why("x")), BookingRefusal::NoBooking);
}

#[test]
fn every_refusal_of_a_booking_has_its_reason() {
    let mut club = Club::open(2);
    let key = club.key();
    let member = club.unlimited();
    let refused = |club: &mut Club, command: &BookSeats| club.desk.room.refused(command, &());
    let nowhere = SessionKey { start_minute: 5, ..key };
    assert_eq!(refused(&mut club, &book(nowhere, &[member])), BookingRefusal::NoSession);
    let nobody = MemberId(Uuid::from_u128(1));
    assert_eq!(refused(&mut club, &book(key, &[nobody])), BookingRefusal::NoMember);
    let without = club.desk.member();
    assert_eq!(refused(&mut club, &book(key, &[without])), BookingRefusal::NoPass);
    let twice = book(key, &[member, member]);
    assert_eq!(refused(&mut club, &twice), BookingRefusal::SamePersonTwice);
    club.book(member);
    assert_eq!(refused(&mut club, &book(key, &[member])), BookingRefusal::AlreadyBooked);
    let other = club.plan(18 * 60 + 30, 5);
    let overlapping = SessionKey { schedule_id: other, start_minute: 18 * 60 + 30, ..key };
    let starts_at = club.seats().starts_at;
    assert_eq!(refused(&mut club, &book(overlapping, &[member])), BookingRefusal::OtherSession { starts_at });
    let (one_visit, _) = club.with_visits(1);
    club.desk.room.granted(&book(overlapping, &[one_visit]), &());
    let later = book(club.key_on("2026-12-01"), &[one_visit]);
    assert_eq!(refused(&mut club, &later), BookingRefusal::VisitsAllKept);
    let left = club.unlimited();
    club.desk.room.granted(&ArchiveMember { member_id: left }, &());
    assert_eq!(refused(&mut club, &book(key, &[left])), BookingRefusal::MemberLeft);
    let second = club.unlimited();
    club.book(second);
    let third = club.unlimited();
    let at_once = BookSeats { if_full: IfFull::Leave, ..book(key, &[third]) };
    assert_eq!(refused(&mut club, &at_once), BookingRefusal::Full);
    club.at("2026-11-24", 18 * 60);
    assert_eq!(refused(&mut club, &book(key, &[third])), BookingRefusal::Begun);
    let booking_id = club.booking(member).id;
    assert_eq!(club.desk.room.refused(&CancelBooking { booking_id }, &()), BookingRefusal::Begun);
    club.close(&[]);
    assert_eq!(refused(&mut club, &book(key, &[third])), BookingRefusal::RosterClosed);
    assert_eq!(club.desk.room.refused(&CancelBooking { booking_id }, &()), BookingRefusal::NoBooking);
}

#[test]
fn a_session_that_is_called_off_takes_nobody() {
    let mut club = Club::open(2);
    let member = club.unlimited();
    club.call_off();
    let command = book(club.key(), &[member]);
    assert_eq!(club.desk.room.refused(&command, &()), BookingRefusal::DoesNotTakePlace);
}

#[test]
fn a_queue_has_an_end() {
    let mut club = Club::open(1);
    let members: Vec<MemberId> = (0..=crate::bookings::WAITING_MAX).map(|_| club.unlimited()).collect();
    members.iter().for_each(|member| _ = club.book(*member));
    let last = club.unlimited();
    let command = book(club.key(), &[last]);
    let waiting = crate::bookings::WAITING_MAX;
    assert_eq!(club.desk.room.refused(&command, &()), BookingRefusal::QueueFull { waiting });
}

#[test]
fn only_passes_that_open_a_class_count() {
    let mut club = Club::open(2);
    let (member, pass) = club.with_visits(10);
    let other = club.desk.member();
    let revision = club.desk.plan(rules(Grant::Time { length: Length::Months(1) }));
    club.desk.sell_today(other, &revision);
    let draft = ClassDraft {
        name: "Yoga".to_owned(),
        names: [].into(),
        colour: 1,
        length_minutes: 60,
        capacity: 2,
        level: Level::Open,
        opened_by: vec![pass.plan_id.unwrap()],
    };
    let describe = DescribeClass { class_type_id: CLASS, seen_revision: 1, draft, retired: false };
    club.desk.room.granted(&describe, &());
    club.book(member);
    let command = book(club.key(), &[other]);
    assert_eq!(club.desk.room.refused(&command, &()), BookingRefusal::NoPass);
    // A pass that ends before the day opens nothing on it.
    let far = club.key_on("2027-03-02");
    assert_eq!(club.desk.room.refused(&book(far, &[other]), &()), BookingRefusal::NoPass);
}

#[test]
fn rules_are_changed_by_whoever_saw_them() {
    let mut club = Club::open(2);
    club.rules(|rules| BookingRules { late_minutes: 60, ..rules });
    let again = crate::bookings::SetBookingRules { seen_revision: 0, rules: BookingRules::usual() };
    assert_eq!(club.desk.room.refused(&again, &()), BookingRefusal::ChangedMeanwhile);
    let (member, pass) = club.with_visits(10);
    club.book(member);
    club.at("2026-11-24", 17 * 60);
    club.cancel(member);
    assert_eq!(club.visits(&pass), (0, 10));
}

#[test]
fn a_coach_forgives_in_their_own_classes() {
    let mut club = Club::open(2);
    let member = club.unlimited();
    for person_id in [COACH, PersonId(Uuid::from_u128(0x301))] {
        let name = PersonName { name: "Lin".to_owned() };
        club.desk.room.fact(&AddPerson { person_id, role: Role::Coach }, &name);
        let name = CoachName { name: "Lin".to_owned() };
        club.desk.room.granted(&IntroduceCoach { person_id, seen_revision: 0, retired: false }, &name);
    }
    club.change(None, TermsChange { coaches: Some(vec![COACH]), ..TermsChange::default() });
    club.book(member);
    club.at("2026-11-24", 17 * 60);
    let command = ForgiveBooking { member_id: member, booking_id: club.booking(member).id };
    club.cancel(member);
    let why = Why { reason: "snow".to_owned() };
    club.desk.room.role = Role::Coach;
    club.desk.room.actor = PersonId(Uuid::from_u128(0x301));
    assert_eq!(club.desk.room.refused(&command, &why), BookingRefusal::NotYourClass);
    club.desk.room.actor = COACH;
    club.desk.room.granted(&command, &why);
}
