use super::*;
use crate::testing::Room;

fn make(room: &Room, shows: Shows, secret: &[u8]) -> MakeFeed {
    let words = FeedWords { name: "Classes".to_owned(), ..FeedWords::default() };
    let secret = Hash::of(secret);
    MakeFeed { person_id: room.actor, shows, secret, language: "en".to_owned(), words }
}

fn kept(room: &Room, shows: Shows) -> Option<CalendarFeed> {
    room.find(CalendarFeed::id_of(room.actor, shows))
}

#[test]
fn another_address_takes_the_place_of_the_one_before() {
    let mut room = Room::empty();
    let (one, two) = (make(&room, Shows::Timetable, b"one"), make(&room, Shows::Timetable, b"two"));
    room.granted(&one, &());
    room.granted(&two, &());
    let by_secret = |room: &Room, secret: &Hash| {
        room.all::<CalendarFeed>(&Want::key::<CalendarFeed>(SECRET_KEY, KeyValue::of(secret.0.as_str())))
    };
    assert_eq!(by_secret(&room, &one.secret), []);
    let kept = by_secret(&room, &two.secret);
    assert_eq!((kept.len(), kept[0].device_id, kept[0].made_at), (1, room.device, room.now));
    // What somebody teaches is another address beside it.
    room.granted(&make(&room, Shows::Classes, b"three"), &());
    assert!(self::kept(&room, Shows::Timetable).is_some() && self::kept(&room, Shows::Classes).is_some());
}

#[test]
fn everybody_makes_their_own_and_only_what_they_can_read() {
    let mut room = Room::empty();
    let mine = make(&room, Shows::Timetable, b"mine");
    room.actor = PersonId(Id::from_u128(0xBEEF));
    assert_eq!(room.refused(&mine, &()), FeedRefusal::NotYours);
    for (role, shows) in
        [(Role::Member, Shows::Classes), (Role::Owner, Shows::Bookings), (Role::Coach, Shows::Bookings)]
    {
        room.role = role;
        assert_eq!(room.refused(&make(&room, shows, b"x"), &()), FeedRefusal::NothingToRead, "{role:?}");
    }
    for role in access::PEOPLE {
        room.role = role;
        room.granted(&make(&room, Shows::Timetable, b"x"), &());
    }
}

#[test]
fn it_is_taken_back_by_its_person_or_by_whoever_runs_the_studio() {
    let mut room = Room::empty();
    let (whose, shows) = (room.actor, Shows::Timetable);
    let end = EndFeed { person_id: whose, shows };
    assert_eq!(room.refused(&end, &()), FeedRefusal::NoFeed);
    room.granted(&make(&room, shows, b"one"), &());
    (room.actor, room.role) = (PersonId(Id::from_u128(0xBEEF)), Role::Desk);
    assert_eq!(room.refused(&end, &()), FeedRefusal::NotYours);
    room.role = Role::Manager;
    room.granted(&end, &());
    room.actor = whose;
    assert_eq!(kept(&room, shows), None);
    // The way back is the same hash once more.
    room.role = Role::Owner;
    room.granted(&make(&room, shows, b"one"), &());
    room.granted(&end, &());
}

#[test]
fn what_is_no_hash_is_not_kept() {
    let room = Room::empty();
    let good = make(&room, Shows::Timetable, b"one");
    assert!(good.is_well_formed(&()));
    for secret in ["", "abc", &"G".repeat(64)] {
        assert!(!MakeFeed { secret: Hash(secret.to_owned()), ..good.clone() }.is_well_formed(&()));
    }
    let long = FeedWords { name: "x".repeat(WORDS_CHARS_MAX + 1), ..FeedWords::default() };
    assert!(!MakeFeed { words: long, ..good }.is_well_formed(&()));
}
