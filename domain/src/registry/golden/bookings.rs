//! The deeds of booking in the studio's life: each of its commands once, on a class of two seats.

use super::{
    Application, MemberId, PlanId, PlanRevisionId, Role, SellPass, StartChoice, cash, enrol, made, money,
    number, of, uuid, whole,
};
use crate::bookings::{
    BookingId, BookingRules, CountPeople, EndLease, LeaseId, Mark, Note, Promote, SetBookingRules, Sweep,
};
use crate::classes::{ClassTypeId, PlanSchedule, ScheduleId, SessionKey, Terms};
use crate::flow::booking::{
    BookSeats, CancelBooking, CloseSession, ForgiveBooking, IfFull, LeaseSeats, MarkRoster, MarkRow,
    NoteBooking, Noted, OverWhy, ReleaseSeats, ReturnSeats, WalkIn, Why,
};
use crate::kernel::ids::DeviceId;
use crate::kernel::{Input, Timestamp};
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The day on which the class is, once; the life of this file has come so far by then.
const ON: &str = "2026-11-25";

/// The session, planned by the third of the deeds.
fn session(first: u128) -> SessionKey {
    SessionKey { schedule_id: ScheduleId(made(first + 2, 0)), on: day(ON), start_minute: 9 * 60, pattern: 0 }
}

/// It is looked at whether enough people come.
pub(super) fn counted(first: u128) -> (Role, Input) {
    of(Role::System, &CountPeople { session: session(first), due_at: Timestamp(0) }, &())
}

/// The deeds, the first of them the `first`-th command of the room.
pub(super) fn deeds(first: u128) -> Vec<(Role, Input)> {
    let owner = Role::Owner;
    let one = MemberId(uuid(0xE5));
    let terms = Terms {
        class_type_id: ClassTypeId(uuid(0x100)),
        coaches: Vec::new(),
        place_id: None,
        start_minute: 9 * 60,
        length_minutes: 45,
        capacity: 2,
        people_min: 0,
    };
    let session = session(first);
    let book =
        |member, lease_id| BookSeats { session, members: vec![member], if_full: IfFull::Wait, lease_id };
    let lease = |seats| LeaseSeats {
        session,
        device: DeviceId(uuid(0xB)),
        seats,
        not_after: Some(Timestamp(1_795_560_000_000)),
    };
    let booking = |n: u128| BookingId(made(first + n, 0));
    let lease_id = |n: u128| LeaseId(made(first + n, 0));
    let rows = vec![MarkRow { booking_id: booking(17), mark: Some(Mark::Late) }];
    let due_at = Timestamp(1_795_000_000_000);
    let sold = SellPass {
        member_id: one,
        plan_id: PlanId(made(6, 0)),
        revision_id: PlanRevisionId(made(6, 1)),
        start: StartChoice::Today,
        valid_from: "2026-11-24".parse().ok(),
        price: money(90_000),
        tenders: cash(90_000),
        given_cents: None,
        receipt: number(5),
        card: None,
        lease_id: None,
    };
    vec![
        of(owner, &enrol(0xE5), &Application { document: None, ..whole("Zhou Ping", "+8613700000055") }),
        of(owner, &sold, &()),
        of(owner, &PlanSchedule { terms, first_on: day(ON), rule: None }, &()),
        of(
            owner,
            &SetBookingRules {
                seen_revision: 0,
                rules: BookingRules { late_minutes: 24 * 60, ..BookingRules::usual() },
            },
            &(),
        ),
        of(owner, &lease(1), &()),
        of(owner, &book(one, Some(lease_id(4))), &()),
        of(Role::System, &EndLease { lease_id: lease_id(4) }, &()),
        of(owner, &CancelBooking { booking_id: booking(5) }, &()),
        of(owner, &lease(2), &()),
        of(owner, &book(one, None), &()),
        of(owner, &ReturnSeats { lease_id: lease_id(8) }, &()),
        of(Role::System, &Promote { session, due_at }, &()),
        of(owner, &lease(1), &()),
        of(owner, &ReleaseSeats { lease_id: lease_id(12) }, &()),
        of(
            owner,
            &ForgiveBooking { member_id: one, booking_id: booking(5) },
            &Why { reason: "was ill".to_owned() },
        ),
        of(Role::System, &Sweep { session, due_at }, &()),
        of(owner, &CancelBooking { booking_id: booking(9) }, &()),
        of(
            owner,
            &WalkIn { session, member_id: one, mark: Mark::Present, lease_id: None },
            &OverWhy { reason: "a guest".to_owned() },
        ),
        of(owner, &MarkRoster { session, rows }, &()),
        of(owner, &CloseSession { session, absent: vec![booking(9)] }, &()),
        of(
            owner,
            &NoteBooking { member_id: one, booking_id: booking(17) },
            &Noted { note: Some(Note::Watch) },
        ),
    ]
}
