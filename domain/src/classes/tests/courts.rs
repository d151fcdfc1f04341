//! Courts by the hour: one hour, one hire.

use super::*;
use crate::kernel::Role;
use crate::kernel::access::{Principal, scopes_of};
use crate::kernel::record::RecordBody as _;
use crate::members::MemberId;

fn hire(from_hour: u32, hours: u32) -> HireCourt {
    HireCourt { place_id: COURT, on: day("2026-11-24"), from_hour, hours, member_id: None }
}

fn guest() -> HirerName {
    HirerName { name: "Guest".to_owned() }
}

#[test]
fn an_hour_is_let_once() {
    let mut house = House::open();
    house.room.granted(&hire(10, 2), &guest());
    assert_eq!(house.room.refused(&hire(11, 1), &guest()), ClassRefusal::CourtTaken { hour: 11 });
    assert_eq!(house.room.refused(&hire(9, 4), &guest()), ClassRefusal::CourtTaken { hour: 10 });
    house.room.granted(&hire(12, 1), &guest());
    let other_day = HireCourt { on: day("2026-11-25"), ..hire(10, 2) };
    house.room.granted(&other_day, &guest());
    let court_day: CourtDay = house.room.get(CourtDay::id_of(COURT, day("2026-11-24")));
    assert_eq!(court_day.taken.iter().map(|one| one.from_hour).collect::<Vec<_>>(), [10, 12]);
}

#[test]
fn hours_that_are_given_back_are_free() {
    let mut house = House::open();
    house.room.granted(&hire(10, 2), &guest());
    let hire_id = HireId(house.room.changes[0].id);
    house.room.granted(&ReleaseCourt { hire_id }, &());
    house.room.granted(&hire(11, 1), &guest());
    assert_eq!(house.room.refused(&ReleaseCourt { hire_id }, &()), ClassRefusal::NoHire);
}

#[test]
fn a_class_has_its_court_wherever_it_comes_from() {
    let mut house = House::open();
    let on_court = Terms { place_id: Some(COURT), ..terms(18 * 60 + 30) };
    let id = house.plan("2026-11-24", on_court, None);
    assert_eq!(house.room.refused(&hire(17, 2), &guest()), ClassRefusal::ClassOnCourt { hour: 18 });
    assert_eq!(house.room.refused(&hire(19, 1), &guest()), ClassRefusal::ClassOnCourt { hour: 19 });
    house.room.granted(&hire(17, 1), &guest());
    // Moved here for once, by a schedule that is in the hall and on another day.
    house.plan("2026-11-26", terms(8 * 60), None);
    let key = house.key("2026-11-26");
    let terms = TermsChange { place_id: Some(COURT), ..TermsChange::default() };
    let here = ChangeSession { key, seen_revision: 0, on: Some(day("2026-11-24")), terms };
    house.room.granted(&here, &());
    assert_eq!(house.room.refused(&hire(8, 1), &guest()), ClassRefusal::ClassOnCourt { hour: 8 });
    // What is called off needs no court.
    let key =
        house.sessions("2026-11-24", "2026-11-24").iter().find(|one| one.key.schedule_id == id).unwrap().key;
    house.room.granted(&CallOffSession { key, seen_revision: 0, why: String::new() }, &());
    house.room.granted(&hire(19, 1), &guest());
}

#[test]
fn the_hour_that_runs_can_still_be_let_and_a_past_one_not() {
    let mut house = House::open();
    house.at("2026-11-24", 10 * 60 + 10);
    house.room.granted(&hire(10, 1), &guest());
    let hire_id = HireId(house.room.changes[0].id);
    assert_eq!(house.room.refused(&hire(9, 1), &guest()), ClassRefusal::IntoThePast);
    assert_eq!(house.room.refused(&ReleaseCourt { hire_id }, &()), ClassRefusal::Begun);
}

#[test]
fn everybody_sees_the_hours_and_only_the_desk_and_the_member_who_has_them() {
    let mut house = House::open();
    let member_id = MemberId(Uuid::from_u128(0x77));
    let command = HireCourt { member_id: Some(member_id), ..hire(10, 1) };
    house.room.granted(&command, &HirerName::default());
    let hire: Hire = house.room.get(house.room.changes[0].id);
    let day: CourtDay = house.room.get(CourtDay::id_of(COURT, hire.on));
    let reads = |role: Role, person: Uuid, scopes: &[crate::kernel::Scope]| {
        let principal =
            Principal { device: crate::kernel::DeviceId::default(), person: PersonId(person), role };
        let held = scopes_of(&principal);
        scopes.iter().any(|scope| held.contains(scope))
    };
    let stranger = Uuid::from_u128(0x78);
    for role in crate::kernel::access::PEOPLE {
        assert!(reads(role, stranger, &day.scopes()), "{role:?}");
        let desk = crate::kernel::access::TILL.contains(&role);
        assert_eq!(reads(role, stranger, &hire.scopes()), desk, "{role:?}");
    }
    assert!(reads(Role::Member, member_id.raw(), &hire.scopes()));
    assert!(!serde_json::to_string(&day).unwrap().contains(&member_id.to_string()));
}
