//! Saved and put back: a new life of the history, devices that notice and push again, and copies beside the database.

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::decide::{Hold, Parked};
use rollcall_domain::sync::wire::{About, Answered, GoOn, OutcomeOrHold, ProblemCode, PushAnswer};
use rollcall_hub::backup::{self, BackupError};
use rollcall_hub::outside::Outside as _;
use rollcall_hub::serve::Folder;
use rollcall_hub::storage::{Sqlite, Storage as _};
use rollcall_hub::verify::verify;

use crate::agree::{change, enrol, settings};
use crate::device::Device;
use crate::world::World;

const PASSPHRASE: &str = "correct horse battery staple";

async fn save(world: &World, name: &str) -> std::path::PathBuf {
    let storage = world.storage().await;
    let file = world.dir.path().join(name);
    backup::save(&*storage, &*world.outside, None, PASSPHRASE, &file).await.unwrap();
    storage.close().await;
    file
}

async fn put_back(world: &mut World, file: &std::path::Path) {
    world.stop().await;
    world.restore(PASSPHRASE, file).await.unwrap();
    world.start().await;
}

/// Pushes again, with their receipts, what the hub answered in a life it has forgotten.
async fn push_again(device: &mut Device, after: u64) {
    let forgotten: Vec<_> = device.sent.iter().filter(|(_, a)| a.receipt.hub_seq > after).cloned().collect();
    let lines: Vec<_> = forgotten.iter().map(|(line, _)| line.clone()).collect();
    let mut push = device.push_of(&lines);
    push.receipts = forgotten.into_iter().map(|(_, answered)| answered).collect();
    let answer: PushAnswer = device.send(&push).await.json();
    for (line, now) in lines.iter().zip(&answer.answers) {
        let (_, before) = device.sent.iter().find(|(l, _)| l.id == line.id).unwrap();
        assert_eq!((before.id, &before.answer), (now.id, &now.answer));
        assert_eq!(before.receipt.effective_at, now.receipt.effective_at);
    }
    device.hear(&answer);
}

#[tokio::test]
async fn a_restored_hub_says_so_and_gets_back_what_it_forgot() {
    let (mut world, mut owner) = World::claimed().await;
    enrol(&mut owner, "Ada", "+8613800000001");
    owner.sync().await;
    // With a session the hub writes the device itself down.
    owner.sign_in().await;
    owner.pull().await;
    let file = save(&world, "monday.rollcall").await;
    let kept = owner.covered();
    enrol(&mut owner, "Bo", "+8613800000002");
    owner.give(&change(1, "Hillside"), &());
    owner.give(&change(1, "Refused"), &());
    owner.sync().await;
    let before = owner.confirmed();
    put_back(&mut world, &file).await;
    owner.at = world.at();
    owner.get("/api/v1/devices").await.refused(401, ProblemCode::SignIn);
    owner.sign_in().await;
    let epoch = owner.hub_epoch;
    let answer = owner.pull_once(500).await;
    assert_ne!(answer.hub_epoch, epoch);
    assert_eq!(settings(&owner).name, "Riverside");
    push_again(&mut owner, kept).await;
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Hillside");
    let bodies = |rows: &[(String, rollcall_domain::kernel::Id, u64, String)]| {
        rows.iter().map(|(k, i, _, b)| (k.clone(), *i, b.clone())).collect::<Vec<_>>()
    };
    assert_eq!(bodies(&owner.confirmed()), bodies(&before));
    // New letters leave out those that may have been given meanwhile.
    let desk = world.joined(&mut owner, 3, Role::Desk).await;
    assert_ne!(desk.series, "C");
    world.stop().await;
    assert_eq!(world.verify().await.wrong, Vec::<String>::new());
}

/// A hub put back to before the owner's rename, the owner back at it, another owner's device of its next life, and up to
/// where the history is kept.
async fn put_back_before_a_rename() -> (World, Device, Device, u64) {
    let (mut world, mut owner) = World::claimed().await;
    let file = save(&world, "monday.rollcall").await;
    let kept = owner.covered();
    owner.give(&change(1, "Hillside"), &());
    owner.sync().await;
    put_back(&mut world, &file).await;
    owner.at = world.at();
    owner.sign_in().await;
    owner.pull().await;
    let second = world.joined(&mut owner, 2, Role::Owner).await;
    (world, owner, second, kept)
}

#[tokio::test]
async fn a_promise_stands_although_the_rules_would_say_no_now() {
    let (_world, mut owner, mut second, kept) = put_back_before_a_rename().await;
    // Somebody else was faster in the new life.
    second.give(&change(1, "Seaside"), &());
    let answers = second.push().await;
    let waits = OutcomeOrHold::Hold(Hold::Parked { why: Parked::Recovering });
    assert_eq!(answers[0].answer, waits);
    // The owner does not want to wait for the device that may know better.
    let about: About = owner.get("/api/v1/hub").await.json();
    let recovering = about.recovering.unwrap();
    assert_eq!(recovering.missing, [owner.id]);
    owner.post("/api/v1/hub/continue", &GoOn { since: recovering.since.plus_ms(1), for_good: false }).await;
    assert_eq!(
        owner.post("/api/v1/hub/continue", &GoOn { since: recovering.since, for_good: false }).await.status,
        204
    );
    second.pull().await;
    assert_eq!(settings(&second).name, "Seaside");
    push_again(&mut owner, kept).await;
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Seaside");
    let codes: Vec<_> =
        owner.confirmed().into_iter().filter(|(k, ..)| k == "exception").map(|(.., b)| b).collect();
    assert!(codes.len() == 1 && codes[0].contains("promised"), "{codes:?}");
}

#[tokio::test]
async fn what_a_copy_of_the_device_brought_without_the_promise_stays_and_somebody_is_told_once() {
    let (_world, mut owner, mut second, kept) = put_back_before_a_rename().await;
    let about: About = owner.get("/api/v1/hub").await.json();
    let since = about.recovering.unwrap().since;
    owner.post("/api/v1/hub/continue", &GoOn { since, for_good: true }).await;
    second.give(&change(1, "Seaside"), &());
    second.push().await;
    // A copy of the owner's storage has the change and not the hub's answer to it.
    let forgotten: Vec<_> = owner.sent.iter().filter(|(_, a)| a.receipt.hub_seq > kept).cloned().collect();
    let lines: Vec<_> = forgotten.iter().map(|(line, _)| line.clone()).collect();
    let bare = owner.push_of(&lines);
    let refused: PushAnswer = owner.send(&bare).await.json();
    let mut push = bare.clone();
    push.receipts = forgotten.into_iter().map(|(_, answered)| answered).collect();
    for _ in 0..2 {
        let again: PushAnswer = owner.send(&push).await.json();
        assert_eq!(again.answers[0].answer, refused.answers[0].answer);
        second.pull().await;
        assert_eq!(settings(&second).name, "Seaside");
        let told =
            second.confirmed().into_iter().filter(|(k, .., b)| k == "exception" && b.contains("promised"));
        assert_eq!(told.count(), 1);
    }
}

#[tokio::test]
async fn what_was_promised_to_a_device_that_is_shut_out_since_needs_nobody_to_vouch_for_it() {
    let (mut world, mut owner) = World::claimed().await;
    let mut lost = world.joined(&mut owner, 2, Role::Desk).await;
    lost.pull().await;
    let file = save(&world, "monday.rollcall").await;
    let kept = lost.covered();
    let bo = enrol(&mut lost, "Bo", "+8613800000002");
    lost.sync().await;
    put_back(&mut world, &file).await;
    owner.at = world.at();
    lost.at = world.at();
    owner.sign_in().await;
    owner.pull().await;
    assert!(owner.find::<rollcall_domain::members::Member>(bo.raw()).is_none());
    let reply = owner.post(&format!("/api/v1/devices/{}/revoke", lost.id), &()).await;
    assert_eq!(reply.status, 204);
    push_again(&mut lost, kept).await;
    owner.pull().await;
    assert!(owner.find::<rollcall_domain::members::Member>(bo.raw()).is_some());
    assert_eq!(owner.confirmed().into_iter().filter(|(kind, ..)| kind == "exception").count(), 0);
}

#[tokio::test]
async fn a_forged_receipt_moves_nobody_past_those_who_are_waited_for() {
    let (_world, owner, mut second, _) = put_back_before_a_rename().await;
    second.give(&change(1, "Seaside"), &());
    let mut push = second.next_push();
    // The hub's hand, under another command.
    let (_, real) = owner.sent.last().unwrap();
    push.receipts = vec![Answered { id: second.waiting[0].id, ..real.clone() }];
    let answer: PushAnswer = second.send(&push).await.json();
    assert_eq!(answer.answers[0].answer, OutcomeOrHold::Hold(Hold::Parked { why: Parked::Recovering }));
}

#[tokio::test]
async fn a_forged_receipt_decides_nothing() {
    let (_world, mut owner) = World::claimed().await;
    owner.give(&change(1, "Hillside"), &());
    owner.sync().await;
    let (_, mut forged) = owner.sent[0].clone();
    let id = owner.give(&change(1, "Again"), &());
    forged.id = id;
    let mut push = owner.next_push();
    push.receipts = vec![forged];
    let answer: PushAnswer = owner.send(&push).await.json();
    let OutcomeOrHold::Outcome(outcome) = &answer.answers[0].answer else { panic!() };
    assert!(matches!(outcome, rollcall_domain::kernel::Outcome::Refused { .. }));
}

#[tokio::test]
async fn an_old_copy_of_the_file_is_noticed_by_the_first_device_that_asks() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    world.stop().await;
    let copy = world.dir.path().join("copy.db");
    std::fs::copy(world.database(), &copy).unwrap();
    world.start().await;
    owner.at = world.at();
    owner.give(&change(1, "Hillside"), &());
    owner.sync().await;
    world.stop().await;
    std::fs::copy(&copy, world.database()).unwrap();
    world.start().await;
    owner.at = world.at();
    let epoch = owner.hub_epoch;
    assert_ne!(owner.pull_once(10).await.hub_epoch, epoch);
    push_again(&mut owner, 0).await;
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Hillside");
}

#[tokio::test]
async fn a_backup_is_sealed_and_says_what_is_wrong_with_it() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    enrol(&mut owner, "Canary-Name", "+8613800000001");
    owner.sync().await;
    let file = save(&world, "a.rollcall").await;
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("Canary") && text.starts_with("{\"rollcall_sealed\":1"));
    let storage = Sqlite::open(&world.database()).await.unwrap();
    let again = backup::save(&storage, &*world.outside, None, PASSPHRASE, &file).await;
    assert!(matches!(again, Err(BackupError::Exists(_))));
    let bare = backup::save(&storage, &*world.outside, None, "", &world.dir.path().join("b")).await;
    assert!(matches!(bare, Err(BackupError::NoPassphrase)));
    storage.close().await;
    world.stop().await;
    let folder = Folder::hold(world.dir.path()).unwrap();
    let before = std::fs::read(world.database()).unwrap();
    for (passphrase, content) in [
        (Some("wrong"), text.clone()),
        (None, text.clone()),
        (Some(PASSPHRASE), text.lines().next().unwrap().to_owned() + "\n"),
        (Some(PASSPHRASE), text.replacen('a', "b", 40)),
        (Some(PASSPHRASE), "name,phone\nAda,1\n".to_owned()),
        (Some(PASSPHRASE), String::new()),
    ] {
        let bad = world.dir.path().join("bad");
        std::fs::write(&bad, content).unwrap();
        assert!(backup::restore(&folder, &*world.outside, passphrase, &bad).await.is_err());
        assert_eq!(std::fs::read(world.database()).unwrap(), before);
    }
}

#[tokio::test]
async fn a_devices_own_backup_is_no_hubs() {
    let world = World::new().await;
    let mut solo = Device::solo(&world, 1);
    solo.open_studio();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("device.ndjson");
    std::fs::write(&file, solo.backup()).unwrap();
    let folder = Folder::hold(&dir.path().join("data")).unwrap();
    let refused = backup::restore(&folder, &*world.outside, None, &file).await;
    assert!(matches!(refused, Err(BackupError::FromDevice)));
}

#[tokio::test]
async fn a_copy_a_day_and_seven_of_them() {
    let (world, _owner) = World::in_folder().await.with_owner().await;
    let mut made = 0;
    for _ in 0..40 {
        made += usize::from(backup::snapshot_if_due(world.hub(), world.dir.path()).await.unwrap().is_some());
        world.pass(6 * 3_600_000);
    }
    // The server's own schedule may have made the first one.
    assert!((9..=10).contains(&made), "{made}");
    let mut copies: Vec<_> =
        std::fs::read_dir(world.dir.path().join("snapshots")).unwrap().map(|e| e.unwrap().path()).collect();
    copies.sort();
    assert_eq!(copies.len(), 7);
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::hold(dir.path()).unwrap();
    backup::restore(&folder, &*world.outside, None, copies.last().unwrap()).await.unwrap();
    let storage = Sqlite::open(&folder.database()).await.unwrap();
    assert_eq!(verify(&storage).await.unwrap().wrong, Vec::<String>::new());
    assert!(world.outside.now() > crate::world::MORNING);
}

#[tokio::test]
async fn two_hubs_over_one_folder_are_refused() {
    let world = World::in_folder().await;
    assert!(Folder::hold(world.dir.path()).is_err());
}

/// Hears that it follows another life, and reads that one: then it has come.
async fn come(device: &mut Device) {
    device.sign_in().await;
    device.pull().await;
    device.pull().await;
}

#[tokio::test]
async fn what_a_missing_device_may_have_been_told_waits_for_it_even_when_the_owner_goes_on() {
    let (mut world, mut owner) = World::claimed().await;
    let mut second = world.joined(&mut owner, 2, Role::Owner).await;
    let monday = save(&world, "monday.rollcall").await;
    put_back(&mut world, &monday).await;
    for device in [&mut owner, &mut second] {
        device.at = world.at();
    }
    come(&mut second).await;
    second.give(&change(1, "Seaside"), &());
    let held = second.push().await;
    assert_eq!(held[0].answer, OutcomeOrHold::Hold(Hold::Parked { why: Parked::Recovering }));
    // Saved while it waited; then the last device comes, and it is answered.
    let tuesday = save(&world, "tuesday.rollcall").await;
    come(&mut owner).await;
    second.pull().await;
    let told = second.sent.last().unwrap().1.answer.clone();
    assert!(matches!(told, OutcomeOrHold::Outcome(_)), "{told:?}");
    put_back(&mut world, &tuesday).await;
    owner.at = world.at();
    second.at = world.at();
    come(&mut owner).await;
    let about: About = owner.get("/api/v1/hub").await.json();
    let since = about.recovering.unwrap().since;
    let go_on = GoOn { since, for_good: false };
    assert_eq!(owner.post("/api/v1/hub/continue", &go_on).await.status, 204);
    let about: About = owner.get("/api/v1/hub").await.json();
    assert_eq!(
        (about.held, about.recovering.map(|r| (r.missing, r.gone_on))),
        (1, Some((vec![second.id], true)))
    );
    // Others are decided again, and it comes with its answer.
    owner.give(&change(1, "Hillside"), &());
    assert!(matches!(owner.push().await[0].answer, OutcomeOrHold::Outcome(_)));
    push_again(&mut second, 0).await;
    come(&mut second).await;
    assert_eq!(second.sent.last().unwrap().1.answer, told);
    let about: About = owner.get("/api/v1/hub").await.json();
    assert_eq!((about.held, about.recovering), (0, None));
}

#[tokio::test]
async fn nobody_waits_for_a_device_that_leaves_meanwhile() {
    for how in ["retire", "revoke"] {
        let (mut world, mut owner) = World::claimed().await;
        let second = world.joined(&mut owner, 2, Role::Desk).await;
        let monday = save(&world, "monday.rollcall").await;
        put_back(&mut world, &monday).await;
        owner.at = world.at();
        come(&mut owner).await;
        owner.give(&change(1, "Seaside"), &());
        assert_eq!(
            owner.push().await[0].answer,
            OutcomeOrHold::Hold(Hold::Parked { why: Parked::Recovering })
        );
        let leave = format!("/api/v1/devices/{}/{how}", second.id);
        assert_eq!(owner.post(&leave, &()).await.status, 204, "{how}");
        let about: About = owner.get("/api/v1/hub").await.json();
        assert_eq!((about.held, about.recovering), (0, None), "{how}");
    }
}
