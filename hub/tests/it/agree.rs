//! Devices and hub agree: claim with a studio, pairing, both ways, conflicts, news.

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::edit::FieldEdit;
use rollcall_domain::kernel::exceptions::{Exception, OPEN_KEY};
use rollcall_domain::kernel::{PersonId, Want};
use rollcall_domain::members::{
    Application, ChangeMember, Contact, EnrolMember, Member, MemberEdits, MemberId,
};
use rollcall_domain::studio::{
    AddPerson, ChangeSettings, Person, PersonName, Section, Settings, settings_id,
};
use rollcall_domain::sync::wire::{DeviceRow, OutcomeOrHold, ProblemCode, PushAnswer, Uploaded};

use crate::device::Device;
use crate::http::{Call, next};
use crate::world::World;

pub(crate) fn change(seen_revision: u32, name: &str) -> ChangeSettings {
    ChangeSettings {
        seen_revision,
        name: name.to_owned(),
        language: "en".to_owned(),
        sections: vec![Section::Indoor],
        window_minutes: 60,
        closing_minute: 0,
        guardian_may_sign: true,
    }
}

pub(crate) fn settings(device: &Device) -> Settings {
    device.find(settings_id(device.studio)).unwrap()
}

/// Somebody new, written down at the desk.
pub(crate) fn enrol(device: &mut Device, name: &str, phone: &str) -> MemberId {
    let member_id = MemberId(device.mint());
    let command = EnrolMember {
        member_id,
        sections: vec![Section::Indoor],
        referrer: None,
        joined_on: None,
        different_from: Vec::new(),
    };
    let personal = Application {
        name: name.to_owned(),
        name_keys: name.to_lowercase(),
        phone: Some(phone.to_owned()),
        ..Application::default()
    };
    device.give(&command, &personal);
    member_id
}

fn change_phone(device: &mut Device, member_id: MemberId, phone: &str) {
    let before: Contact = device.find(Contact::id_of(member_id)).unwrap();
    let edit =
        FieldEdit { field: "phone".to_owned(), was: serde_json::json!(before.phone), now: phone.into() };
    device.give(&ChangeMember { member_id }, &MemberEdits { contact: vec![edit], ..MemberEdits::default() });
}

#[tokio::test]
async fn the_owner_brings_a_studio_and_a_second_device_sees_it() {
    let (world, mut owner) = World::claimed().await;
    assert_eq!((owner.epoch, owner.series.as_str()), (2, "B"));
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    assert_eq!((desk.epoch, desk.series.as_str()), (1, "C"));
    assert_eq!(settings(&desk).name, "Riverside");
    owner.pull().await;
    assert_eq!(desk.confirmed(), owner.confirmed());

    enrol(&mut desk, "Ada", "+8613800000001");
    owner.give(
        &AddPerson { person_id: desk.person, role: Role::Desk },
        &PersonName { name: "Wen".to_owned() },
    );
    owner.sync().await;
    desk.sync().await;
    owner.pull().await;
    assert_eq!(desk.find::<Person>(desk.person.raw()).unwrap().name, "Wen");
    assert_eq!(desk.confirmed(), owner.confirmed());
    assert!(desk.book.pending().is_empty() && owner.book.pending().is_empty());
    let rows: Vec<DeviceRow> = owner.get("/api/v1/devices").await.json();
    assert_eq!(
        rows.iter().map(|r| (r.device, r.person)).collect::<Vec<_>>(),
        [(owner.id, owner.person), (desk.id, desk.person)]
    );
}

#[tokio::test]
async fn a_claim_and_an_upload_whose_answers_were_lost_are_answered_again() {
    let world = World::new().await;
    let mut owner = Device::solo(&world, 1);
    owner.open_studio();
    let code = world.code().await;
    let first = owner.post("/api/v1/claim", &owner.claim(&code)).await;
    let second = owner.post("/api/v1/claim", &owner.claim(&code)).await;
    assert_eq!(first.body, second.body);
    owner.sign_in().await;
    let backup = owner.backup();
    let first: Uploaded = owner.upload(&backup).await.json();
    let second: Uploaded = owner.upload(&backup).await.json();
    assert_eq!((first.records, first.entries), (u64::try_from(owner.confirmed().len()).unwrap(), 1));
    assert_eq!(first, second);
    // The device went on alone, because it never heard the answer: what it brings now takes the place of the first.
    owner.give_solo(&change(1, "Hillside"), &());
    let third: Uploaded = owner.upload(&owner.backup()).await.json();
    assert_eq!(third.entries, 2);
    // Once somebody else's command is here, it is too late for that.
    let joined = owner.post("/api/v1/claim", &owner.claim(&code)).await.json();
    owner.waiting.clear();
    owner.enter(&joined);
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Hillside");
    let backup = owner.backup();
    owner.give(&change(2, "Seaside"), &());
    owner.push().await;
    owner.upload(&backup).await.refused(409, ProblemCode::AlreadyClaimed);
}

#[tokio::test]
async fn two_devices_offline_agree_and_one_conflict_becomes_a_card() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let ada = enrol(&mut owner, "Ada", "+8613800000001");
    owner.sync().await;
    desk.pull().await;
    for device in [&mut owner, &mut desk] {
        enrol(device, "Bo", "+8613800000002");
    }
    change_phone(&mut owner, ada, "+8613800000011");
    change_phone(&mut desk, ada, "+8613800000022");
    desk.sync().await;
    owner.sync().await;
    desk.pull().await;
    assert_eq!(desk.confirmed(), owner.confirmed());
    // The first at the hub stands, the other one is asked about.
    assert_eq!(owner.find::<Contact>(Contact::id_of(ada)).unwrap().phone.as_deref(), Some("+8613800000022"));
    let open: Vec<Exception> = desk.all(&Want::key::<Exception>(OPEN_KEY, Exception::open_value()));
    let about_ada: Vec<_> = open.iter().filter(|e| e.about.first() == Some(&ada.raw())).collect();
    assert_eq!(about_ada.len(), 1, "{open:?}");
    assert_eq!(about_ada[0].what["code"], "conflict");
}

#[tokio::test]
async fn a_request_based_on_what_is_no_longer_so_is_refused() {
    let (world, mut owner) = World::claimed().await;
    let mut second = world.joined(&mut owner, 2, Role::Owner).await;
    owner.give(&change(1, "Hillside"), &());
    second.give(&change(1, "Seaside"), &());
    owner.sync().await;
    let answers = second.push().await;
    assert!(matches!(&answers[0].answer, OutcomeOrHold::Outcome(Outcome::Refused { .. })));
    second.pull().await;
    assert_eq!(settings(&second).name, "Hillside");
    assert!(second.book.pending().is_empty());
}

#[tokio::test]
async fn sixteen_devices_at_once_lose_nothing() {
    let (world, mut owner) = World::claimed().await;
    let mut devices = Vec::new();
    for number in 2..18 {
        let mut device = world.joined(&mut owner, number, Role::Desk).await;
        for n in 0..10 {
            enrol(&mut device, &format!("Member {number} {n}"), &format!("+86138{:08}", number * 100 + n));
        }
        devices.push(device);
    }
    let work: Vec<_> = devices
        .into_iter()
        .map(|mut device| {
            tokio::spawn(async move {
                device.sync().await;
                device
            })
        })
        .collect();
    let mut done = Vec::new();
    for one in work {
        done.push(one.await.unwrap());
    }
    owner.pull().await;
    assert_eq!(owner.confirmed().iter().filter(|(kind, ..)| kind == "member").count(), 160);
    for device in &mut done {
        assert!(device.waiting.is_empty());
        device.pull().await;
        assert_eq!(device.confirmed(), owner.confirmed());
    }
}

#[tokio::test]
async fn a_pull_of_everything_is_cut_into_whole_changes() {
    let (world, mut owner) = World::claimed().await;
    for n in 0..25 {
        enrol(&mut owner, &format!("Member {n}"), &format!("+86138{n:08}"));
    }
    owner.sync().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    desk.cursors.clear();
    desk.hub_epoch = rollcall_domain::kernel::Id::nil();
    let mut pages = 0;
    loop {
        let answer = desk.pull_once(7).await;
        assert!(answer.rows.len() <= 7 + 8, "{}", answer.rows.len());
        pages += 1;
        if !answer.more {
            break;
        }
    }
    assert!(pages > 5);
    // The new device has been written down meanwhile.
    owner.pull().await;
    assert_eq!(desk.confirmed(), owner.confirmed());
}

#[tokio::test]
async fn a_role_limits_what_is_sent_and_what_may_be_done() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    assert!(!desk.cursors.keys().any(|scope| scope.0 == "managers"));
    // Whatever the envelope says, the device is the desk's.
    desk.role = Role::Owner;
    desk.person = owner.person;
    desk.give(&change(1, "Mine now"), &());
    desk.give(&AddPerson { person_id: PersonId(desk.id.raw()), role: Role::Owner }, &PersonName::default());
    let answers = desk.push().await;
    assert!(matches!(&answers[0].answer, OutcomeOrHold::Outcome(Outcome::Refused { .. })));
    assert!(matches!(&answers[1].answer, OutcomeOrHold::Hold(_)));
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Riverside");
    let open: Vec<Exception> = owner.all(&Want::key::<Exception>(OPEN_KEY, Exception::open_value()));
    assert_eq!(open[0].what["code"], "quarantined");
}

#[tokio::test]
async fn scopes_that_are_not_the_devices_any_more_are_named() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    desk.cursors.insert(rollcall_domain::kernel::Scope::managers(), 1);
    let answer = desk.pull_once(10).await;
    assert_eq!(answer.left, [rollcall_domain::kernel::Scope::managers()]);
    assert!(!answer.cursors.contains_key(&rollcall_domain::kernel::Scope::managers()));
}

#[tokio::test]
async fn news_arrives_and_says_only_how_far() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let mut stream = Call::get(world.at(), "/api/v1/news").cookie(desk.cookie.as_deref()).open().await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let first = next(&mut stream).await.unwrap();
    let head: u64 =
        first.trim().trim_start_matches("data: {\"head\":").trim_end_matches('}').parse().unwrap();
    owner.give(&change(1, "Hillside"), &());
    let answer: PushAnswer = {
        let push = owner.next_push();
        owner.send(&push).await.json()
    };
    assert_eq!(next(&mut stream).await.unwrap().trim(), format!("data: {{\"head\":{}}}", head + 1));
    assert_eq!(answer.answers[0].receipt.hub_seq, head + 1);
    desk.pull().await;
    assert_eq!(settings(&desk).name, "Hillside");
}

#[tokio::test]
async fn a_photo_is_read_by_whoever_reads_the_record_that_names_it() {
    let (world, mut owner) = World::claimed().await;
    let bytes = b"the bytes of a photo".to_vec();
    let hash = rollcall_domain::kernel::ids::Hash::of(&bytes);
    let path = format!("/api/v1/blobs/{}", hash.0);
    let put = |cookie: Option<String>, body: Vec<u8>| {
        Call::new(world.at(), hyper::Method::PUT, &path).cookie(cookie.as_deref()).body(body).send()
    };
    assert_eq!(put(owner.cookie.clone(), bytes.clone()).await.status, 204);
    assert_eq!(put(owner.cookie.clone(), b"other".to_vec()).await.status, 400);
    assert_eq!(owner.get(&path).await.status, 404);
    let member_id = enrol(&mut owner, "Ada", "+8613800000001");
    owner.sync().await;
    let photo =
        FieldEdit { field: "photo".to_owned(), was: serde_json::Value::Null, now: hash.0.clone().into() };
    owner.give(&ChangeMember { member_id }, &MemberEdits { member: vec![photo], ..MemberEdits::default() });
    owner.sync().await;
    assert_eq!(owner.find::<Member>(member_id).unwrap().photo, Some(hash));
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    assert_eq!(desk.get(&path).await.body, bytes);
}
