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
