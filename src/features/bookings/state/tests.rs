use rollcall_domain::bookings::{BookingId, Marked};
use rollcall_domain::classes::ScheduleId;
use rollcall_domain::kernel::ids::{DeviceId, Id, PersonId};

use super::*;

fn session() -> SessionKey {
    let schedule_id = ScheduleId(Id::nil());
    SessionKey { schedule_id, on: "2026-11-24".parse().unwrap(), start_minute: 540, pattern: 0 }
}

fn booking(n: u128, state: State, mark: Option<Mark>) -> Booking {
    let marked = |mark| Marked { mark, at: Timestamp(0), by: PersonId(Id::nil()) };
    Booking {
        id: BookingId(Id::from_u128(n)),
        session: session(),
        member_id: MemberId(Id::from_u128(n)),
        state,
        group: None,
        pays: None,
        lease_id: None,
        told_starts_at: Timestamp(0),
        booked_at: Timestamp(0),
        booked_by: PersonId(Id::nil()),
        booked_on: DeviceId(Id::nil()),
        walk_in: false,
        over: String::new(),
        mark: mark.map(marked),
        forgiven: None,
        note: None,
    }
}

#[test]
fn whoever_has_no_mark_counts_as_absent_and_whoever_waits_does_not_count() {
    let waiting = State::Waiting { rank: 0, turn: 1, position: 1, moved: None };
    let rows = [
        booking(1, State::Booked, Some(Mark::Present)),
        booking(2, State::Booked, Some(Mark::Late)),
        booking(3, State::Booked, Some(Mark::Absent)),
        booking(4, State::Booked, None),
        booking(5, waiting, None),
    ];
    let tally = Tally::of(&rows);
    assert_eq!(tally, Tally { came: 2, absent: 2, open: 1 });
    assert_eq!(tally.all(), 4);
    let everybody = everybody_came(session(), &rows);
    let marked: Vec<_> = everybody.rows.iter().map(|row| (row.booking_id, row.mark)).collect();
    assert_eq!(marked, [(BookingId(Id::from_u128(4)), Some(Mark::Present))]);
    assert_eq!(close_as_seen(session(), &rows).absent, [BookingId(Id::from_u128(4))]);
}
