//! What spends a credit and counts a lesson: the member's word, once, however it came.

use super::*;
use crate::bookings::Settled;
use crate::members::Signature;

fn held(club: &mut Club, credits: u32) -> (MemberId, Pass, Appointment) {
    let (member, pass) = club.with_credits(credits);
    let booked = club.book(member, 9 * 60);
    club.at(ON, 10 * 60);
    (member, pass, booked)
}

#[test]
fn nothing_is_spent_before_the_member_confirms() {
    let mut club = Club::open();
    let (_, pass, booked) = held(&mut club, 10);
    club.as_coach();
    assert!(club.mark(&booked, Some(Mark::Came)).is_empty());
    assert_eq!((club.credits(&pass), club.lessons()), ((1, 9), 0));
    let code = club.code(&booked);
    assert!(club.tell(&booked, &code).is_empty());
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 9), 1));
    assert!(matches!(club.one(&booked).state, State::Confirmed { how: Proof::Code, .. }));
}

#[test]
fn code_signature_and_press_count_once_in_any_order() {
    for order in 0..6 {
        let mut club = Club::open();
        let (member, pass, booked) = held(&mut club, 10);
        let code = club.code(&booked);
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for which in orders[order] {
            match which {
                0 => {
                    club.as_coach();
                    assert!(club.tell(&booked, &code).is_empty());
                }
                1 => {
                    club.as_coach();
                    assert!(club.sign(&booked).is_empty());
                }
                _ => {
                    club.as_member(member);
                    club.agree(&booked);
                }
            }
            assert_eq!((club.credits(&pass), club.lessons()), ((0, 9), 1), "{order}");
        }
        assert_eq!(club.desk.lines_sum(COACH.raw(), LESSONS), 1);
    }
}

#[test]
fn a_wrong_code_is_told_and_nothing_is_lost() {
    let mut club = Club::open();
    let (_, pass, booked) = held(&mut club, 10);
    let code = club.code(&booked);
    club.as_coach();
    assert_eq!(club.tell(&booked, other(&code)), ["wrong_code"]);
    let after = club.one(&booked);
    assert!(matches!(after.typed, Some(Typed::Wrong { .. })) && after.wrong_codes == 1);
    assert_eq!((club.credits(&pass), club.lessons()), ((1, 9), 0));
    assert!(club.tell(&booked, &code).is_empty());
    assert_eq!((club.one(&booked).typed, club.lessons()), (None, 1));
}

#[test]
fn nobody_finds_a_code_by_trying() {
    let mut club = Club::open();
    let (member, _, booked) = held(&mut club, 10);
    let code = club.code(&booked);
    club.as_coach();
    for _ in 0..CODE_TRIES_MAX {
        assert_eq!(club.tell(&booked, other(&code)), ["wrong_code"]);
    }
    assert_eq!(club.tell(&booked, &code), ["code_not_compared"]);
    assert_eq!(club.lessons(), 0);
    club.as_member(member);
    club.agree(&booked);
    assert_eq!(club.lessons(), 1);
}

#[test]
fn a_signature_is_kept_apart() {
    let mut club = Club::open();
    let (member, _, booked) = held(&mut club, 10);
    club.as_coach();
    assert!(club.sign(&booked).is_empty());
    let State::Confirmed { how: Proof::Signature { signature: Some(id) }, .. } = club.one(&booked).state
    else {
        panic!("not signed")
    };
    assert_eq!(club.desk.room.get::<Signature>(id).member, Some(member));
}

#[test]
fn it_is_not_confirmed_before_it_began_nor_by_somebody_else() {
    let mut club = Club::open();
    let ((member, _), (friend, _)) = (club.with_credits(10), club.with_credits(1));
    let booked = club.book(member, 9 * 60);
    let code = club.code(&booked);
    assert_eq!(club.tell(&booked, &code), ["not_begun"]);
    assert_eq!(club.mark(&booked, Some(Mark::Absent)), ["not_begun"]);
    let agree = AgreeAppointment { appointment_id: booked.id };
    club.as_member(member);
    assert_eq!(club.desk.room.refused(&agree, &()), AppointmentRefusal::NotBegun);
    club.at(ON, 10 * 60);
    club.as_member(friend);
    assert_eq!(club.desk.room.refused(&agree, &()), AppointmentRefusal::NotYours);
    (club.desk.room.role, club.desk.room.actor) = (Role::Coach, PersonId(Uuid::from_u128(0x999)));
    assert_eq!(club.tell(&booked, &code), ["other_coach"]);
    assert_eq!(club.lessons(), 0);
    let unknown = Appointment { id: AppointmentId::default(), ..booked };
    assert_eq!(club.tell(&unknown, &code), ["no_appointment"]);
}

#[test]
fn who_did_not_come_spends_the_credit_and_no_lesson_counts() {
    let mut club = Club::open();
    let (member, pass, booked) = held(&mut club, 10);
    club.as_coach();
    assert!(club.mark(&booked, Some(Mark::Absent)).is_empty());
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 9), 0));
    // A slip of the finger costs nobody anything.
    club.mark(&booked, None);
    assert_eq!((club.credits(&pass), club.one(&booked).pays.settled), ((1, 9), Settled::Reserved));
    club.mark(&booked, Some(Mark::Absent));
    // The member's own word weighs more than a mark.
    club.as_member(member);
    club.agree(&booked);
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 9), 1));
    club.as_coach();
    assert_eq!(club.mark(&booked, Some(Mark::Absent)), ["confirmed_before"]);
}

#[test]
fn a_penalty_is_waived_with_a_reason() {
    let mut club = Club::open();
    let (member, pass, booked) = held(&mut club, 10);
    let forgive = ForgiveAppointment { member_id: member, appointment_id: booked.id };
    let none = WhyForgiven::default();
    club.as_coach();
    assert_eq!(club.desk.room.refused(&forgive, &none), AppointmentRefusal::ReasonMissing);
    let why = WhyForgiven { reason: "ill".to_owned() };
    assert_eq!(club.desk.room.refused(&forgive, &why), AppointmentRefusal::NothingToForgive);
    club.mark(&booked, Some(Mark::Absent));
    club.forgive(&booked);
    assert_eq!(club.credits(&pass), (0, 10));
    assert_eq!(club.sign(&booked), ["not_booked"]);
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 10), 0));
}

#[test]
fn what_was_confirmed_the_desk_takes_back() {
    let mut club = Club::open();
    let (member, pass, booked) = held(&mut club, 10);
    club.as_coach();
    club.sign(&booked);
    let forgive = ForgiveAppointment { member_id: member, appointment_id: booked.id };
    let why = WhyForgiven { reason: "wrong day".to_owned() };
    assert_eq!(club.desk.room.refused(&forgive, &why), AppointmentRefusal::OnlyDesk);
    club.as_desk();
    club.forgive(&booked);
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 10), 0));
    assert_eq!(club.desk.room.refused(&forgive, &why), AppointmentRefusal::NothingToForgive);
}

#[test]
fn in_time_the_credit_comes_back_and_too_late_somebody_decides() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    club.as_member(member);
    let booked = club.book(member, 9 * 60);
    club.cancel(&booked);
    assert_eq!((club.credits(&pass), club.taken()), ((0, 10), 0));
    let gone = club.desk.room.refused(&CancelAppointment { appointment_id: booked.id }, &());
    assert_eq!(gone, AppointmentRefusal::NoAppointment);
    let second = club.book(member, 9 * 60);
    club.at(ON, 8 * 60);
    club.cancel(&second);
    assert_eq!((club.credits(&pass), club.taken()), ((1, 9), 0));
    club.at(ON, 10 * 60);
    club.as_desk();
    assert!(club.mark(&second, Some(Mark::Absent)).is_empty());
    assert_eq!(club.credits(&pass), (0, 9));
    club.forgive(&second);
    assert_eq!(club.credits(&pass), (0, 10));
    assert_eq!(club.sign(&second), ["not_booked"]);
}

#[test]
fn a_coach_who_cannot_come_costs_nobody_anything() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    let booked = club.book(member, 9 * 60);
    club.at(ON, 8 * 60 + 50);
    club.as_coach();
    club.cancel(&booked);
    assert_eq!((club.credits(&pass), club.taken()), ((0, 10), 0));
    club.at(ON, 9 * 60);
    let late = club.desk.room.refused(&CancelAppointment { appointment_id: booked.id }, &());
    assert_eq!(late, AppointmentRefusal::NoAppointment);
}

#[test]
fn what_the_door_spent_on_the_same_pass_is_not_spent_again() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(10);
    let booked = club.book(member, 9 * 60);
    club.at(ON, 8 * 60 + 55);
    club.desk.check_in(member);
    assert_eq!(club.credits(&pass), (1, 8));
    club.at(ON, 10 * 60);
    club.as_coach();
    club.sign(&booked);
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 9), 1));
}

#[test]
fn days_later_the_desk_is_told_once() {
    let mut club = Club::open();
    let (_, pass, booked) = held(&mut club, 10);
    use crate::kernel::record::RecordBody as _;
    let due = club.one(&booked).due_at().unwrap();
    assert_eq!(due.0 - booked.ends_at.0, 3 * Timestamp::DAY_MS);
    club.desk.room.now = due;
    let remind = RemindAppointment { appointment_id: booked.id, due_at: due };
    for _ in 0..2 {
        let told = club.system(Input::encode(&remind, &()).unwrap());
        assert_eq!(codes(&told), ["not_confirmed"]);
    }
    assert_eq!((club.one(&booked).due_at(), club.credits(&pass)), (None, (1, 9)));
}

#[test]
fn a_visit_that_was_the_credit_and_is_taken_back_leaves_the_lesson_its_own() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(2);
    let one = club.book(member, 9 * 60);
    club.at(ON, 9 * 60);
    club.desk.check_in(member);
    club.sign(&one);
    assert_eq!(club.credits(&pass), (0, 1));
    let visit = club.desk.last_visit(member);
    club.desk.undo(member, visit.id);
    assert_eq!(club.one(&one).pays.settled, Settled::Spent);
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 1), 1));
    // What was confirmed is taken back after all: then the credit is theirs again, once.
    club.forgive(&one);
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 2), 0));
    assert_eq!(club.desk.lines_sum(pass.id.raw(), VISITS), 2);
}

#[test]
fn a_visit_that_is_taken_back_after_the_lesson_was_forgiven_is_given_back_once() {
    let mut club = Club::open();
    let (member, pass) = club.with_credits(2);
    let one = club.book(member, 9 * 60);
    club.at(ON, 9 * 60);
    club.desk.check_in(member);
    club.sign(&one);
    club.forgive(&one);
    let visit = club.desk.last_visit(member);
    club.desk.undo(member, visit.id);
    assert_eq!((club.credits(&pass), club.lessons()), ((0, 2), 0));
}
