use super::people::{ChangeRole, RoleRefusal};
use super::pins::{Pin, PinHash, PinRefusal, SetPin};
use super::*;
use crate::kernel::command::Input;
use crate::kernel::decide::{Outcome, Verdict};
use crate::testing::Room;

fn open() -> OpenStudio {
    OpenStudio {
        name: " Riverside  ".to_owned(),
        zone: Zone::default(),
        currency: Currency::Cny,
        language: "en".to_owned(),
        sections: vec![Section::Indoor],
        sample: false,
    }
}

fn change(seen_revision: u32, name: &str) -> ChangeSettings {
    ChangeSettings {
        seen_revision,
        name: name.to_owned(),
        language: "en".to_owned(),
        sections: vec![Section::Indoor],
        window_minutes: 60,
        closing_minute: 0,
        guardian_may_sign: false,
    }
}

#[test]
fn opening_writes_the_settings_and_the_owner() {
    let mut room = Room::empty();
    room.fact(&open(), &OwnerName { owner_name: "Owner".to_owned() });
    let settings: Settings = room.get(settings_id(room.studio));
    assert_eq!((settings.name.as_str(), settings.revision), ("Riverside", 1));
    assert_eq!(room.get::<Person>(room.actor.raw()).role, Role::Owner);
}

#[test]
fn settings_count_their_revisions_and_refuse_a_stale_one() {
    let mut room = Room::empty();
    assert_eq!(room.refused(&change(1, "x"), &()), StudioRefusal::NoStudio);
    room.fact(&open(), &OwnerName::default());
    room.granted(&change(1, "Hillside"), &());
    assert_eq!(room.get::<Settings>(settings_id(room.studio)).revision, 2);
    assert_eq!(room.refused(&change(1, "Seaside"), &()), StudioRefusal::ChangedMeanwhile);
    assert_eq!(room.refused(&change(2, "  "), &()), StudioRefusal::NameMissing);
}

#[test]
fn the_desk_may_not_change_settings() {
    let mut room = Room::empty();
    room.role = Role::Desk;
    let verdict = room.run(Input::encode(&change(1, "x"), &()).unwrap());
    assert!(matches!(verdict, Verdict::Decided { outcome: Outcome::Refused { .. }, .. }));
}

#[test]
fn a_nameless_studio_is_quarantined_not_opened() {
    let mut room = Room::empty();
    let verdict = room
        .run(Input::encode(&OpenStudio { name: " ".to_owned(), ..open() }, &OwnerName::default()).unwrap());
    assert!(matches!(verdict, Verdict::Held(_)));
}

#[test]
fn a_role_is_changed_once_as_it_was_seen() {
    let mut room = Room::empty();
    room.fact(&open(), &OwnerName { owner_name: "Lin".to_owned() });
    let person_id = PersonId(ids::Uuid::from_u128(0xD));
    room.fact(&AddPerson { person_id, role: Role::Desk }, &PersonName { name: "Wen".to_owned() });
    let up = ChangeRole { person_id, seen: Role::Desk, role: Role::Manager };
    room.granted(&up, &());
    assert_eq!(room.get::<Person>(person_id).role, Role::Manager);
    assert_eq!(room.refused(&up, &()), RoleRefusal::RoleChangedMeanwhile);
    // A name that comes later does not take the role back.
    room.fact(&AddPerson { person_id, role: Role::Desk }, &PersonName { name: "Wen Li".to_owned() });
    let person = room.get::<Person>(person_id);
    assert_eq!((person.name.as_str(), person.role), ("Wen Li", Role::Manager));
    let nobody = PersonId(ids::Uuid::from_u128(0xE));
    let who = ChangeRole { person_id: nobody, seen: Role::Desk, role: Role::Coach };
    assert_eq!(room.refused(&who, &()), RoleRefusal::UnknownPerson);
}

#[test]
fn the_last_owner_stays_until_there_is_another() {
    let mut room = Room::empty();
    room.fact(&open(), &OwnerName { owner_name: "Lin".to_owned() });
    let down = ChangeRole { person_id: room.actor, seen: Role::Owner, role: Role::Desk };
    assert_eq!(room.refused(&down, &()), RoleRefusal::LastOwner);
    let person_id = PersonId(ids::Uuid::from_u128(0xD));
    room.fact(&AddPerson { person_id, role: Role::Owner }, &PersonName { name: "Wen".to_owned() });
    room.granted(&down, &());
    let back = ChangeRole { person_id: room.actor, seen: Role::Desk, role: Role::Owner };
    room.granted(&back, &());
}

#[test]
fn everybody_sets_their_own_pin_and_a_manager_may_take_it_away() {
    let hash = format!("{}c2FsdHNhbHRzYWx0c2FsdA$aGFzaA", text::HASH_START);
    let mut room = Room::empty();
    room.fact(&open(), &OwnerName { owner_name: "Lin".to_owned() });
    let (owner, wen) = (room.actor, PersonId(ids::Uuid::from_u128(0xD)));
    let set = SetPin { person_id: wen };
    assert_eq!(room.refused(&set, &PinHash { hash: Some(hash.clone()) }), PinRefusal::NotYours);
    (room.actor, room.role) = (wen, Role::Desk);
    room.granted(&set, &PinHash { hash: Some(hash.clone()) });
    assert_eq!(room.get::<Pin>(Pin::id_of(wen)).hash, hash);
    assert_eq!(room.refused(&SetPin { person_id: owner }, &PinHash::default()), PinRefusal::NotYours);
    (room.actor, room.role) = (owner, Role::Manager);
    room.granted(&set, &PinHash::default());
    assert!(room.find::<Pin>(Pin::id_of(wen)).is_none());
    let bare = Input::encode(&set, &PinHash { hash: Some("2468".to_owned()) }).unwrap();
    assert!(matches!(room.dry_run(bare), Verdict::Held(_)));
    assert!(
        pins::is_pin("2468") && !pins::is_pin("246") && !pins::is_pin("123456789") && !pins::is_pin("24a8")
    );
}
