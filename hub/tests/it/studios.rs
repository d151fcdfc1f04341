//! Several studios on one hub: each by itself on every route, with its own order, news, codes, copies and backups.

use hyper::Method;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::command::Input;
use rollcall_domain::kernel::decide::{Hold, Outcome, Parked};
use rollcall_domain::kernel::ids::{Hash, Uuid};
use rollcall_domain::sync::wire::{
    DeviceRow, Join, OutcomeOrHold, Pairing, ProblemCode, PushAnswer, StartPairing, Status, Uploaded,
};
use rollcall_hub::backup::{self, BackupError};
use rollcall_hub::serve::Folder;
use rollcall_hub::storage::{Sqlite, Storage as _};

use crate::agree::{change, enrol, settings};
use crate::device::{Device, Line};
use crate::http::{Call, next};
use crate::world::World;

const PASSPHRASE: &str = "correct horse battery staple";

/// Two studios with an owner's device each.
async fn two() -> (World, Device, Device) {
    beside(World::claimed().await).await
}

async fn beside((world, first): (World, Device)) -> (World, Device, Device) {
    let second = world.another(9, "Hillside").await;
    (world, first, second)
}

fn names(device: &Device) -> Vec<String> {
    let bodies = device.confirmed().into_iter().filter(|(kind, ..)| kind == "member");
    bodies.map(|(.., body)| body).collect()
}

async fn join(device: &mut Device, code: &str) -> crate::http::Reply {
    let join = Join { code: code.to_owned(), device: device.device_key() };
    device.post("/api/v1/join", &join).await
}

async fn pairing(owner: &mut Device) -> Pairing {
    owner.post("/api/v1/pairing", &StartPairing { role: Role::Desk, person: None }).await.json()
}

#[tokio::test]
async fn a_further_code_moves_one_more_studio_in_and_is_used_up() {
    let (world, mut first, second) = two().await;
    assert_ne!(first.studio, second.studio);
    assert_eq!((settings(&first).name.as_str(), settings(&second).name.as_str()), ("Riverside", "Hillside"));
    let claimed = async |device: &mut Device| device.get("/api/v1/status").await.json::<Status>().claimed;
    assert!(claimed(&mut first).await);
    let (one, other) =
        (world.hub().another_claim_code().await.unwrap(), world.hub().another_claim_code().await.unwrap());
    assert_ne!(one, other);
    // While a code waits a studio can still move in.
    assert!(!claimed(&mut first).await);
    let mut third = Device::solo(&world, 10);
    third.studio = second.studio;
    // Another one's studio is not to be had, not even with a code; nor is another one's device.
    third.post("/api/v1/claim", &third.claim(&one)).await.refused(409, ProblemCode::AlreadyClaimed);
    third.studio = rollcall_domain::kernel::StudioId(Uuid::from_u128(0xA10));
    let mut thief = third.claim(&one);
    thief.device.device = first.id;
    third.post("/api/v1/claim", &thief).await.refused(409, ProblemCode::AlreadyClaimed);
    third.post("/api/v1/claim", &third.claim("AAAA-AAAA")).await.refused(403, ProblemCode::WrongCode);
    third.open_studio();
    third.claim_and_upload(&one).await;
    let mut fourth = Device::solo(&world, 11);
    fourth.studio = rollcall_domain::kernel::StudioId(Uuid::from_u128(0xA11));
    fourth.post("/api/v1/claim", &fourth.claim(&one)).await.refused(403, ProblemCode::WrongCode);
    world.pass(60_000);
    fourth.open_studio();
    fourth.claim_and_upload(&other).await;
    assert!(claimed(&mut first).await);
    world.pass(60_000);
    // With no code open nobody learns from a claim which studios live here.
    for studio in [second.studio, rollcall_domain::kernel::StudioId(Uuid::from_u128(0xBEEF))] {
        let mut stranger = Device::solo(&world, 12);
        stranger.studio = studio;
        let claim = stranger.claim(&one);
        stranger.post("/api/v1/claim", &claim).await.refused(409, ProblemCode::AlreadyClaimed);
    }
}

#[tokio::test]
async fn two_studios_do_not_see_each_other_on_any_route() {
    let (world, mut first, mut second) = two().await;
    let photo = b"a face".to_vec();
    let hash = Hash::of(&photo);
    let path = format!("/api/v1/blobs/{}", hash.0);
    enrol(&mut first, "Ada", "+8613800000001");
    first.sync().await;
    enrol(&mut second, "Bo", "+8613800000001");
    second.sync().await;
    first.pull().await;
    assert_eq!((names(&first).len(), names(&second).len()), (1, 1));
    assert_ne!(names(&first), names(&second));
    // Photos: the same bytes are kept twice, each for its own.
    let put = Call::new(world.at(), Method::PUT, &path).cookie(first.cookie.as_deref()).body(photo);
    assert_eq!(put.send().await.status, 204);
    second.get(&path).await.refused(404, ProblemCode::NotFound);
    // Devices: the list is one's own, and another studio's device is none that could be shut out.
    let rows: Vec<DeviceRow> = second.get("/api/v1/devices").await.json();
    assert_eq!(rows.iter().map(|row| row.device).collect::<Vec<_>>(), [second.id]);
    let foreign = second.post(&format!("/api/v1/devices/{}/revoke", first.id), &()).await;
    let unknown = second.post(&format!("/api/v1/devices/{}/revoke", Uuid::from_u128(77)), &()).await;
    foreign.refused(404, ProblemCode::NotFound);
    assert_eq!(foreign.body, unknown.body);
    // A push in the name of another studio is what a push of a stranger is.
    enrol(&mut second, "Cai", "+8613800000003");
    let mut push = second.next_push();
    push.studio = first.studio;
    second.send(&push).await.refused(400, ProblemCode::BadRequest);
    let own = second.studio;
    second.studio = first.studio;
    let mut line = second.waiting.clone();
    for one in &mut line {
        one.envelope.studio = first.studio;
        let input = one.entry.input(&one.envelope);
        one.entry = rollcall_domain::sync::Entry::seal(one.envelope.clone(), input).unwrap();
    }
    let push = second.push_of(&line);
    second.send(&push).await.refused(403, ProblemCode::BadSignature);
    second.studio = own;
    second.push().await;
    // The figures are one's own.
    let about: serde_json::Value = first.get("/api/v1/hub").await.json();
    assert_eq!(about["commands"], 2);
    // An upload is one's own, and the other's lies untouched.
    second.upload("no backup").await.refused(409, ProblemCode::AlreadyClaimed);
    first.pull().await;
    assert_eq!(names(&first).len(), 1);
}

#[tokio::test]
async fn the_same_command_id_in_two_studios_is_two_commands() {
    let (_world, mut first, mut second) = two().await;
    let id = first.give(&change(1, "Seaside"), &());
    first.push().await;
    let input = Input::encode(&change(1, "Lakeside"), &()).unwrap();
    let (entry, envelope) = second.seal(id, input, Vec::new());
    second.waiting.push(Line { id, entry, envelope, decision: None, outcome: None });
    let push = second.next_push();
    let answer: PushAnswer = second.send(&push).await.json();
    assert_eq!(answer.answers[0].answer, OutcomeOrHold::Outcome(Outcome::Accepted));
    second.hear(&answer);
    first.pull().await;
    second.pull().await;
    assert_eq!((settings(&first).name.as_str(), settings(&second).name.as_str()), ("Seaside", "Lakeside"));
    // Waiting for another studio's command is waiting for one that is not there.
    let foreign = first.give(&change(2, "Riverside"), &());
    first.push().await;
    second.give_after(&change(2, "Hilltop"), &(), vec![foreign]);
    let answers = second.push().await;
    assert_eq!(answers[0].answer, OutcomeOrHold::Hold(Hold::Parked { why: Parked::Dependency }));
}

#[tokio::test]
async fn news_tells_of_ones_own_studio_only() {
    let (world, mut first, mut second) = two().await;
    let mut stream = Call::get(world.at(), "/api/v1/news").cookie(second.cookie.as_deref()).open().await;
    let head = second.covered();
    assert_eq!(next(&mut stream).await.unwrap().trim(), format!("data: {{\"head\":{head}}}"));
    for n in 0..3 {
        enrol(&mut first, &format!("Member {n}"), &format!("+86138{n:08}"));
        first.push().await;
    }
    enrol(&mut second, "Bo", "+8613800000002");
    second.push().await;
    assert_eq!(next(&mut stream).await.unwrap().trim(), format!("data: {{\"head\":{}}}", head + 1));
}

#[tokio::test]
async fn a_typed_code_leads_into_the_studio_that_gave_it() {
    let (world, mut first, mut second) = two().await;
    let (one, other) = (pairing(&mut first).await, pairing(&mut second).await);
    let mut tablet = Device::new(&world, 3);
    // Guesses close nobody's way in: they would be somebody else's guesses.
    for _ in 0..6 {
        join(&mut tablet, "AAAAAAAAAA").await.refused(403, ProblemCode::WrongCode);
    }
    world.pass(60_000);
    assert_eq!(join(&mut tablet, &other.code).await.status, 200);
    let joined = join(&mut tablet, &other.code).await.json::<rollcall_domain::sync::wire::Joined>();
    assert_eq!(joined.studio, second.studio);
    // A device is of one studio; a second one's code does not take it over.
    join(&mut tablet, &one.code).await.refused(409, ProblemCode::BadRequest);
    let mut another = Device::new(&world, 4);
    another.join(&one.secret).await;
    assert_eq!(another.studio, first.studio);
    another.pull().await;
    assert_eq!(settings(&another).name, "Riverside");
}

#[tokio::test]
async fn a_backup_of_one_studio_leaves_the_others_as_they_are() {
    let (mut world, mut first, mut second) = beside(World::in_folder().await.with_owner().await).await;
    let file = world.dir.path().join("first.rollcall");
    {
        let storage = Sqlite::open(&world.database()).await.unwrap();
        let unnamed = backup::save(&storage, &*world.outside, None, PASSPHRASE, &file).await;
        let Err(BackupError::Which(studios)) = unnamed else { panic!("{unnamed:?}") };
        assert_eq!(studios.len(), 2);
        let studio = Some(first.studio);
        backup::save(&storage, &*world.outside, studio, PASSPHRASE, &file).await.unwrap();
        storage.close().await;
    }
    enrol(&mut first, "Ada", "+8613800000001");
    first.sync().await;
    enrol(&mut second, "Bo", "+8613800000002");
    second.sync().await;
    world.stop().await;
    let folder = Folder::hold(world.dir.path()).unwrap();
    backup::restore(&folder, &*world.outside, Some(PASSPHRASE), &file).await.unwrap();
    drop(folder);
    let report = world.verify().await;
    assert_eq!((report.studios, report.wrong), (2, Vec::new()));
    world.start().await;
    (first.at, second.at) = (world.at(), world.at());
    first.sign_in().await;
    let (before, epoch) = (first.hub_epoch, second.hub_epoch);
    first.pull().await;
    assert_ne!(first.hub_epoch, before);
    assert_eq!(names(&first).len(), 0);
    // The other one's session, history and records went on.
    second.pull().await;
    assert_eq!((second.hub_epoch, names(&second).len()), (epoch, 1));
    // A copy of the whole puts both back, each with a new life.
    let copy = world.dir.path().join("copy.db");
    {
        let storage = Sqlite::open(&world.database()).await.unwrap();
        storage.snapshot(&copy).await.unwrap();
        storage.close().await;
    }
    world.stop().await;
    let folder = Folder::hold(world.dir.path()).unwrap();
    backup::restore(&folder, &*world.outside, None, &copy).await.unwrap();
    drop(folder);
    world.start().await;
    second.at = world.at();
    second.sign_in().await;
    second.pull().await;
    assert_ne!(second.hub_epoch, epoch);
    assert_eq!(names(&second).len(), 1);
}

#[tokio::test]
async fn another_hubs_backup_does_not_enter_beside_others() {
    let (world, _first, second) = beside(World::in_folder().await.with_owner().await).await;
    let (mut elsewhere, _stranger) = World::in_folder().await.with_owner().await;
    let file = elsewhere.dir.path().join("here.rollcall");
    let storage = Sqlite::open(&world.database()).await.unwrap();
    backup::save(&storage, &*world.outside, Some(second.studio), PASSPHRASE, &file).await.unwrap();
    storage.close().await;
    elsewhere.stop().await;
    // Both worlds draw the same random bytes: another hub has another secret.
    let storage = Sqlite::open(&elsewhere.database()).await.unwrap();
    let mut work = storage.write_house().await.unwrap();
    work.set("secret", Some(&"A".repeat(43))).await.unwrap();
    work.commit().await.unwrap();
    storage.close().await;
    let folder = Folder::hold(elsewhere.dir.path()).unwrap();
    let refused = backup::restore(&folder, &*elsewhere.outside, Some(PASSPHRASE), &file).await;
    assert!(matches!(refused, Err(BackupError::OtherHub)), "{refused:?}");
}

#[tokio::test]
async fn an_upload_asked_again_is_answered_by_its_own_studio() {
    let (world, _first, second) = two().await;
    let code = world.hub().another_claim_code().await.unwrap();
    let mut third = Device::solo(&world, 10);
    third.studio = rollcall_domain::kernel::StudioId(Uuid::from_u128(0xA10));
    third.open_studio();
    world.pass(60_000);
    third.post("/api/v1/claim", &third.claim(&code)).await;
    third.sign_in().await;
    let backup = third.backup();
    let answers: [Uploaded; 2] = [third.upload(&backup).await.json(), third.upload(&backup).await.json()];
    assert_eq!(answers[0], answers[1]);
    // Another studio's backup does not fit, and its being here already answers nothing.
    second.upload(&backup).await.refused(400, ProblemCode::BadRequest);
}
