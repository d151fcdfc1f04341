//! An address for a calendar program: who may read it, until when, and that nothing else is told about it.

use std::io::{BufRead as _, BufReader};
use std::net::Ipv4Addr;
use std::process::Stdio;

use hyper::Method;
use rollcall_domain::classes::{CallOffSession, SessionKey};
use rollcall_domain::feeds::{CalendarFeed, EndFeed, FeedWords, MakeFeed, Shows};
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::feed::{Address, PATH};
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::members::{ArchiveMember, EraseMember, MemberId};
use rollcall_domain::sync::wire::ProblemCode;

use crate::binary::program;
use crate::bookings;
use crate::device::Device;
use crate::http::{Call, Reply};
use crate::roles::device_of;
use crate::world::World;

/// A studio with a class of one seat that two members asked for, and the phone of the first.
struct Club {
    world: World,
    owner: Device,
    phone: Device,
    members: Vec<MemberId>,
    session: SessionKey,
}

impl Club {
    async fn open() -> Self {
        let mut club = bookings::club(2).await;
        for n in 0..2 {
            let book = club.book(n);
            club.owner.give(&book, &());
        }
        club.owner.sync().await;
        let bookings::Club { world, mut owner, session, members } = club;
        let mut phone = device_of(&world, &mut owner, 2, Role::Member, members[0]).await;
        phone.pull().await;
        Self { world, owner, phone, members, session }
    }

    async fn read(&self, address: &Address) -> Reply {
        Call::get(self.world.at(), &path(address)).send().await
    }
}

fn path(address: &Address) -> String {
    format!("{PATH}{address}")
}

/// Makes an address on a device and sends it to the hub.
async fn make(device: &mut Device, shows: Shows, secret: u8) -> Address {
    let address = Address::of(device.studio, [secret; 16]);
    let words = FeedWords { name: "Plan".to_owned(), ..FeedWords::default() };
    let (person_id, language) = (device.person, "en".to_owned());
    device.give(&MakeFeed { person_id, shows, secret: address.hash(), language, words }, &());
    device.sync().await;
    assert_eq!(device.find::<CalendarFeed>(CalendarFeed::id_of(person_id, shows)).unwrap().shows, shows);
    address
}

#[tokio::test]
async fn whoever_holds_the_address_reads_it_and_asks_again_for_nothing() {
    let mut club = Club::open().await;
    let address = make(&mut club.owner, Shows::Timetable, 1).await;
    let reply = club.read(&address).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("content-type")),
        (200, Some("text/calendar; charset=utf-8"))
    );
    assert_eq!(reply.header("cache-control"), Some("private, no-cache"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    let text = reply.text();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("DTSTART:20261122T040000Z"), "{text}");
    let tag = reply.header("etag").unwrap().to_owned();
    let again = |tag: &str| Call::get(club.world.at(), &path(&address)).header("if-none-match", tag);
    for known in [tag.as_str(), tag.trim_start_matches("W/"), &format!("\"x\", {tag}")] {
        let reply = again(known).send().await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (304, 0), "{known}");
        assert_eq!(reply.header("etag"), Some(tag.as_str()));
        assert_eq!(reply.header("cache-control"), Some("private, no-cache"));
    }
    let key = club.session;
    club.owner.give(&CallOffSession { key, seen_revision: 0, why: "storm".to_owned() }, &());
    club.owner.sync().await;
    let call = Call::get(club.world.at(), &path(&address)).header("if-none-match", &tag);
    let changed = call.send().await;
    assert_eq!(changed.status, 200);
    assert!(changed.text().contains("STATUS:CANCELLED"));
    assert_eq!(Call::new(club.world.at(), Method::POST, &path(&address)).send().await.status, 405);
}

#[tokio::test]
async fn a_member_reads_their_own_and_nobodys_name() {
    let mut club = Club::open().await;
    let address = make(&mut club.phone, Shows::Bookings, 1).await;
    let text = club.read(&address).await.text();
    assert!(text.contains("DTSTART:20261122T040000Z"), "{text}");
    for kept in ["Member 1", "Member 2", &club.members[0].to_string(), &club.members[1].to_string()] {
        assert!(!text.contains(kept), "{text}");
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_an_address_is_answered_alike() {
    let mut club = Club::open().await;
    let address = make(&mut club.owner, Shows::Timetable, 1).await;
    let studio = club.owner.studio;
    let good = address.to_string();
    let unknown = [
        Address::of(studio, [2; 16]).to_string(),
        Address::of(Default::default(), [1; 16]).to_string(),
        good.trim_end_matches(".ics").to_owned(),
        good.to_uppercase(),
        format!("{}.ics", &good[..40]),
        format!("{}.ics", address.hash().0),
        "x".to_owned(),
    ];
    let mut seen = Vec::new();
    for name in unknown {
        for cookie in [None, club.owner.cookie.as_deref()] {
            let reply = Call::get(club.world.at(), &format!("{PATH}{name}")).cookie(cookie).send().await;
            reply.refused(404, ProblemCode::NotFound);
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            seen.push(reply.body);
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 1);
    assert_eq!(club.read(&address).await.status, 200);
}

#[tokio::test]
async fn another_address_ends_the_one_before_and_it_can_be_taken_back() {
    let mut club = Club::open().await;
    let first = make(&mut club.owner, Shows::Timetable, 1).await;
    let second = make(&mut club.owner, Shows::Timetable, 2).await;
    assert_eq!(
        (club.read(&first).await.status.as_u16(), club.read(&second).await.status.as_u16()),
        (404, 200)
    );
    club.owner.give(&EndFeed { person_id: club.owner.person, shows: Shows::Timetable }, &());
    club.owner.sync().await;
    club.read(&second).await.refused(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn nobody_makes_one_for_somebody_else() {
    let mut club = Club::open().await;
    let address = Address::of(club.phone.studio, [1; 16]);
    let other = PersonId(club.members[1].raw());
    let words = FeedWords::default();
    let (shows, language) = (Shows::Bookings, "en".to_owned());
    club.phone.give(&MakeFeed { person_id: other, shows, secret: address.hash(), language, words }, &());
    club.phone.sync().await;
    club.read(&address).await.refused(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn whoever_is_shut_out_leaves_or_is_erased_reads_nothing_any_more() {
    let mut club = Club::open().await;
    let address = make(&mut club.phone, Shows::Bookings, 1).await;
    let member_id = club.members[0];
    club.owner.sync().await;
    club.owner.give(&ArchiveMember { member_id }, &());
    club.owner.sync().await;
    club.read(&address).await.refused(404, ProblemCode::NotFound);

    let mut club = Club::open().await;
    let address = make(&mut club.phone, Shows::Bookings, 1).await;
    let shut = format!("/api/v1/devices/{}/revoke", club.phone.id);
    assert_eq!(club.owner.post(&shut, &()).await.status, 204);
    club.read(&address).await.refused(404, ProblemCode::NotFound);

    let mut club = Club::open().await;
    let address = make(&mut club.phone, Shows::Bookings, 1).await;
    let member_id = club.members[0];
    club.owner.sync().await;
    club.owner.give(&EraseMember { member_id, also: Vec::new() }, &());
    club.owner.sync().await;
    club.read(&address).await.refused(404, ProblemCode::NotFound);
    assert_eq!(
        club.owner.find::<CalendarFeed>(CalendarFeed::id_of(club.phone.person, Shows::Bookings)),
        None
    );
}

#[tokio::test]
async fn a_phone_that_took_the_place_of_another_keeps_the_address() {
    let mut club = Club::open().await;
    let address = make(&mut club.phone, Shows::Bookings, 1).await;
    let retire = format!("/api/v1/devices/{}/retire", club.phone.id);
    assert_eq!(club.owner.post(&retire, &()).await.status, 204);
    club.read(&address).await.refused(404, ProblemCode::NotFound);
    let member = club.members[0];
    let _new = device_of(&club.world, &mut club.owner, 3, Role::Member, member).await;
    assert_eq!(club.read(&address).await.status, 200);
}

#[tokio::test]
async fn one_address_asks_so_often_and_no_other_waits_for_it() {
    let mut club = Club::open().await;
    let address = make(&mut club.owner, Shows::Timetable, 1).await;
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(club.read(&address).await.status.as_u16());
    }
    assert!(statuses[..30].iter().all(|status| *status == 200) && statuses.contains(&429), "{statuses:?}");
    let elsewhere = Call::get(club.world.at(), &path(&address)).from(Ipv4Addr::new(127, 0, 0, 2));
    assert_eq!(elsewhere.send().await.status, 200);
    club.world.pass(60_000);
    assert_eq!(club.read(&address).await.status, 200);
}

#[tokio::test]
async fn the_secret_is_in_no_log_and_in_no_record() {
    let mut club = Club::open().await;
    let address = make(&mut club.owner, Shows::Timetable, 0xA7).await;
    club.world.stop().await;
    // The program itself, and all it has to say.
    let mut child = program()
        .args(["serve", "--listen", "127.0.0.1:0", "--trust-clock", "--verbose"])
        .args(club.world.place())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let at = out.find_map(|line| Some(line.unwrap().strip_prefix("listening on http://")?.parse().unwrap()));
    let gone = Address::of(club.owner.studio, [0xA8; 16]);
    assert_eq!(Call::get(at.unwrap(), &path(&address)).send().await.status, 200);
    assert_eq!(Call::get(at.unwrap(), &path(&gone)).send().await.status, 404);
    child.kill().unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(
        said.contains("/api/v1/calendar/{address}"),
        "a refusal is noted by the table's own words: {said}"
    );
    for secret in ["a7".repeat(16), "a8".repeat(16)] {
        assert!(!said.contains(&secret), "{said}");
        assert!(club.owner.confirmed().iter().all(|(.., body)| !body.contains(&secret)));
    }
}
