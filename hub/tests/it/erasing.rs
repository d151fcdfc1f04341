//! Somebody is erased: nothing about them is in any file of the hub, no device tells of them again, and an older state
//! that is put back brings them back to nobody.

use std::path::Path;

use rollcall_domain::flow::take::TakePayment;
use rollcall_domain::import::{ImportPersonal, ImportRow, ImportRows};
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::edit::FieldEdit;
use rollcall_domain::kernel::ids::{CommandId, Hash, Id, PersonId};
use rollcall_domain::kernel::ledger::Balance;
use rollcall_domain::kernel::money::{Currency, Money};
use rollcall_domain::kernel::number::Number;
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::kernel::{Erased, Exception};
use rollcall_domain::members::{
    Application, ChangeMember, EnrolMember, EraseMember, Member, MemberEdits, MemberId, Merge, MergeMembers,
    UnmergeMembers,
};
use rollcall_domain::payments::{self, Tender, TenderKind};
use rollcall_domain::studio::Section;
use rollcall_domain::sync::erasing;
use rollcall_domain::sync::wire::{OutcomeOrHold, Pairing, ProblemCode, PushAnswer, StartPairing};
use rollcall_hub::backup;
use rollcall_hub::erasures::{self, FileList, List as _, Listed, Stands};
use rollcall_hub::outside::Outside as _;
use rollcall_hub::verify::verify_list;

use crate::device::Device;
use crate::http::Call;
use crate::world::World;

const PASSPHRASE: &str = "correct horse battery staple";
/// In every text about her.
const CANARY: &str = "Quxlatte";

fn application(name: &str) -> Application {
    Application {
        name: name.to_owned(),
        name_keys: name.to_lowercase(),
        phone: Some("+8613812345678".to_owned()),
        address: format!("{name} street 7"),
        goals: format!("{name} wants to run"),
        ..Application::default()
    }
}

fn enrol_with(device: &mut Device, new: &Application) -> MemberId {
    let member_id = MemberId(device.mint());
    let command = EnrolMember {
        member_id,
        sections: vec![Section::Indoor],
        referrer: None,
        joined_on: None,
        different_from: Vec::new(),
    };
    device.give(&command, new);
    member_id
}

fn enrol(device: &mut Device, name: &str) -> MemberId {
    enrol_with(device, &application(name))
}

fn rename(device: &mut Device, member_id: MemberId, was: &str, now: &str) -> CommandId {
    let edit = FieldEdit { field: "name".to_owned(), was: was.into(), now: now.into() };
    let edits = MemberEdits { member: vec![edit], name_keys: now.to_lowercase(), ..MemberEdits::default() };
    device.give(&ChangeMember { member_id }, &edits)
}

fn take(device: &mut Device, member_id: MemberId, n: u64) -> CommandId {
    let command = TakePayment {
        member_id,
        amount: Money::new(1_000, Currency::Cny),
        tenders: vec![Tender { kind: TenderKind::Cash, amount_cents: 1_000 }],
        given_cents: None,
        receipt: Number { series: device.series.clone(), n },
        lease_id: None,
    };
    device.give(&command, &())
}

fn erase(device: &mut Device, member_id: MemberId) -> CommandId {
    device.give(&EraseMember { member_id, also: Vec::new() }, &())
}

/// Files under a folder that hold a text, in whatever letters. The copies of each day are left out: they hold what there
/// was on their day until newer ones take their place.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let needle = text.to_lowercase().into_bytes();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("snapshots") {
                found.extend(files_with(&path, text));
            }
            continue;
        }
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        if bytes.windows(needle.len()).any(|window| window == needle) {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found
}

/// What the hub holds of a text: records, commands, keys; wherever it lives.
async fn told(world: &World, text: &str) -> Vec<String> {
    let storage = world.storage().await;
    let mut look = storage.read().await.unwrap();
    let studio = look.studios_after(None, 1).await.unwrap()[0].studio;
    let needle = text.to_lowercase();
    let holds = |body: &str| body.to_lowercase().contains(&needle);
    let mut found = Vec::new();
    for record in look.records_after(studio, None, 10_000).await.unwrap() {
        if holds(&record.body) {
            found.push(format!("{} {}", record.kind, record.body));
        }
    }
    for command in look.commands_after(studio, 0, 10_000).await.unwrap() {
        if holds(&command.entry.payload) || command.entry.personal.as_deref().is_some_and(holds) {
            found.push(format!("command {}", command.entry.envelope));
        }
    }
    drop(look);
    storage.close().await;
    found
}

/// What a device holds of a text: rows, what waits, what it sent.
fn held(device: &Device, text: &str) -> Vec<String> {
    let needle = text.to_lowercase();
    let rows = device.confirmed().into_iter().map(|(kind, _, _, body)| format!("{kind} {body}"));
    let lines = device.waiting.iter().chain(device.sent.iter().map(|(line, _)| line));
    let lines = lines.map(|line| format!("{} {:?}", line.entry.payload, line.entry.personal));
    rows.chain(lines).filter(|text| text.to_lowercase().contains(&needle)).collect()
}

async fn put_blob(world: &World, device: &mut Device, bytes: &[u8]) {
    let path = format!("/api/v1/blobs/{}", Hash::of(bytes).0);
    let call =
        Call::new(world.at(), hyper::Method::PUT, &path).header("content-type", "application/octet-stream");
    let reply = call.body(bytes.to_vec()).cookie(device.cookie.as_deref()).send().await;
    assert!(reply.status.is_success(), "{}", reply.text());
}

/// A member's own device.
async fn joined_as(world: &World, owner: &mut Device, number: u128, person: PersonId) -> Device {
    let wish = StartPairing { role: Role::Member, person: Some(person) };
    let pairing: Pairing = owner.post("/api/v1/pairing", &wish).await.json();
    let mut device = Device::new(world, number);
    device.join(&pairing.code).await;
    device
}

fn owed(device: &Device, member_id: MemberId) -> i64 {
    device.find::<Balance>(payments::owed_id(member_id)).map_or(0, |balance| balance.sum)
}

fn codes(device: &Device) -> Vec<String> {
    let items = device.confirmed().into_iter().filter(|(kind, ..)| kind == "exception");
    let read = items.map(|(.., body)| serde_json::from_str::<Exception>(&body).unwrap());
    read.map(|item| item.what["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn nothing_about_her_is_in_any_file_and_other_devices_forget_her_first_of_all() {
    let (mut world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let her = enrol(&mut desk, CANARY);
    let other = enrol(&mut desk, "Ada");
    desk.sync().await;
    owner.pull().await;
    rename(&mut desk, her, CANARY, &format!("{CANARY} Li"));
    take(&mut desk, her, 1);
    desk.sync().await;
    assert!(!told(&world, CANARY).await.is_empty() && !held(&owner, CANARY).is_empty());
    owner.pull().await;
    erase(&mut owner, her);
    assert_eq!(owner.push().await.len(), 1);
    assert_eq!(told(&world, CANARY).await, Vec::<String>::new());
    assert!(!held(&desk, CANARY).is_empty(), "it has not heard yet");
    // One row of a page, and she is gone before any of it: from the rows, from what was sent.
    let answer = desk.pull_once(1).await;
    assert_eq!(erasing::erased_in(&answer.erased)[0].subject, her.raw());
    assert_eq!(held(&desk, CANARY), Vec::<String>::new());
    desk.pull().await;
    owner.pull().await;
    assert_eq!(held(&owner, CANARY), Vec::<String>::new());
    assert_eq!(owner.confirmed(), desk.confirmed());
    assert_eq!(owed(&desk, her), -1_000, "sums stay under the number");
    assert!(desk.find::<Member>(her).unwrap().erased);
    assert_eq!(desk.find::<Member>(other).unwrap().name, "Ada");
    // Heard once is heard.
    assert!(desk.pull_once(500).await.erased.is_empty());
    if world.server.is_none() {
        assert_eq!(files_with(world.dir.path(), CANARY), Vec::<String>::new());
        assert_eq!(files_with(world.dir.path(), "13812345678"), ["hub.db"], "Ada has the same number");
    }
    world.stop().await;
    let report = world.verify().await;
    assert_eq!((report.erased, report.wrong), (1, Vec::<String>::new()));
}

/// Pages of the file are split, moved and filled again many times before somebody is erased: no copy of her text may be
/// left between the rows.
#[tokio::test]
async fn a_file_that_has_lived_holds_nothing_of_her_between_its_rows() {
    let (world, mut owner) = World::in_folder().await.with_owner().await;
    let mut hers = Vec::new();
    for n in 0..160 {
        let name = if n % 16 == 7 { format!("{CANARY}-{n}") } else { format!("Member {n}") };
        let id = enrol(&mut owner, &name);
        hers.extend((n % 16 == 7).then_some((id, name)));
    }
    owner.sync().await;
    for round in 0..3 {
        for (id, name) in &mut hers {
            let now = format!("{name} {}", "x".repeat(200 * round + 1));
            rename(&mut owner, *id, name, &now);
            *name = now;
        }
        owner.sync().await;
    }
    assert!(!files_with(world.dir.path(), CANARY).is_empty());
    for (id, _) in &hers {
        erase(&mut owner, *id);
    }
    owner.sync().await;
    assert_eq!(files_with(world.dir.path(), CANARY), Vec::<String>::new());
}

#[tokio::test]
async fn a_device_that_begins_from_nothing_hears_of_everybody() {
    let (world, mut owner) = World::claimed().await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    erase(&mut owner, her);
    owner.sync().await;
    world.pass(6_000);
    let fresh = world.joined(&mut owner, 2, Role::Desk).await;
    owner.pull().await;
    assert_eq!(fresh.find::<Erased>(Erased::id_of(her.raw())).unwrap().subject, her.raw());
    assert_eq!(fresh.confirmed(), owner.confirmed());
}

/// Two entries of one person: what each of them said goes, and what the merge itself took over; one tablet that has not
/// heard tries to part them.
#[tokio::test]
async fn who_was_written_down_twice_goes_with_both_entries_and_stays_one() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let her = enrol(&mut owner, CANARY);
    let again = enrol(&mut owner, &format!("{CANARY} again"));
    let edit = FieldEdit {
        field: "goals".to_owned(),
        was: format!("{CANARY} again wants to run").into(),
        now: format!("{CANARY} wants to run").into(),
    };
    let chosen = MemberEdits { member: vec![edit], ..MemberEdits::default() };
    owner.give(&MergeMembers { survivor: again, absorbed: her }, &chosen);
    owner.sync().await;
    desk.pull().await;
    let merges = desk.confirmed().into_iter().filter(|(kind, ..)| kind == Merge::KIND);
    let merge_id = merges.map(|(_, id, ..)| id).next().unwrap();
    let part = desk.give(&UnmergeMembers { merge_id }, &());
    owner.give(&EraseMember { member_id: again, also: vec![her] }, &());
    owner.sync().await;
    assert_eq!(told(&world, CANARY).await, Vec::<String>::new());
    let answers = desk.push().await;
    let answer = answers.into_iter().find(|a| a.id == part).unwrap().answer;
    let OutcomeOrHold::Outcome(Outcome::Refused { why }) = answer else { panic!("{answer:?}") };
    assert_eq!(why.why["code"], "erased_since");
    desk.pull().await;
    assert_eq!(held(&desk, CANARY), Vec::<String>::new());
    assert!([her, again].iter().all(|id| desk.find::<Member>(*id).unwrap().erased));
    // The other tablet hears of the refusal, too.
    owner.pull().await;
    assert_eq!(owner.confirmed(), desk.confirmed());
    if world.server.is_none() {
        assert_eq!(files_with(world.dir.path(), CANARY), Vec::<String>::new());
    }
}

/// Two tablets without a network: one erases, the other goes on working with her.
#[tokio::test]
async fn what_another_tablet_did_meanwhile_counts_under_the_number_and_tells_nothing() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    desk.pull().await;
    let changed = rename(&mut desk, her, CANARY, &format!("{CANARY} Li"));
    let paid = take(&mut desk, her, 1);
    erase(&mut owner, her);
    owner.sync().await;
    let answers = desk.push().await;
    let of = |id: CommandId| answers.iter().find(|a| a.id == id).unwrap().answer.clone();
    let OutcomeOrHold::Outcome(Outcome::Refused { why }) = of(changed) else { panic!("{:?}", of(changed)) };
    assert_eq!(why.why["code"], "was_erased");
    assert!(
        matches!(of(paid), OutcomeOrHold::Outcome(Outcome::Recorded { exceptions }) if !exceptions.is_empty())
    );
    assert_eq!(
        told(&world, CANARY).await,
        Vec::<String>::new(),
        "not even for a moment in the command itself"
    );
    desk.pull().await;
    owner.pull().await;
    assert_eq!(owed(&owner, her), -1_000);
    assert!(codes(&owner).contains(&"erased_subject".to_owned()), "{:?}", codes(&owner));
    assert_eq!(held(&desk, CANARY), Vec::<String>::new());
    assert_eq!(owner.confirmed(), desk.confirmed());
}

/// The device has heard first, and sends what waited with its personal blocks blanked: nothing is wrong with it.
#[tokio::test]
async fn what_waited_on_a_device_that_has_heard_is_taken_without_its_personal_block() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    desk.pull().await;
    rename(&mut desk, her, CANARY, &format!("{CANARY} Li"));
    take(&mut desk, her, 1);
    erase(&mut owner, her);
    owner.sync().await;
    desk.pull().await;
    assert_eq!(held(&desk, CANARY), Vec::<String>::new());
    assert!(desk.waiting.iter().all(|line| line.entry.open().is_ok()));
    let answers = desk.push().await;
    assert!(answers.iter().all(|a| matches!(a.answer, OutcomeOrHold::Outcome(_))), "{answers:?}");
    desk.pull().await;
    assert_eq!(owed(&desk, her), -1_000);
}

#[tokio::test]
async fn a_photo_that_nobody_else_names_goes_with_her() {
    let (world, mut owner) = World::claimed().await;
    let (hers, shared, old) =
        (b"her photo".as_slice(), b"both of them".as_slice(), b"her first photo".as_slice());
    for bytes in [hers, shared, old] {
        put_blob(&world, &mut owner, bytes).await;
    }
    let photo = |bytes: &[u8]| Some(Hash::of(bytes));
    let new = Application { photo: photo(old), ..application(CANARY) };
    let her = enrol_with(&mut owner, &new);
    let friend = Application { photo: photo(shared), ..application("Ada") };
    enrol_with(&mut owner, &friend);
    let twin = enrol_with(&mut owner, &Application { photo: photo(shared), ..application("Bo") });
    owner.sync().await;
    let edit = FieldEdit {
        field: "photo".to_owned(),
        was: serde_json::json!(Hash::of(old)),
        now: serde_json::json!(Hash::of(hers)),
    };
    owner.give(
        &ChangeMember { member_id: her },
        &MemberEdits { member: vec![edit], ..MemberEdits::default() },
    );
    owner.sync().await;
    erase(&mut owner, her);
    erase(&mut owner, twin);
    owner.sync().await;
    let storage = world.storage().await;
    let mut look = storage.read().await.unwrap();
    let studio = look.studios_after(None, 1).await.unwrap()[0].studio;
    let left = look.blobs_after(studio, &Hash::default(), 10).await.unwrap();
    let is_left = |bytes: &[u8]| left.iter().any(|(hash, _)| *hash == Hash::of(bytes));
    assert_eq!([hers, shared, old].map(is_left), [false, true, false]);
}

#[tokio::test]
async fn of_a_list_only_her_row_goes_and_a_device_may_send_the_rest_again() {
    sends_the_rest_again(true).await;
}

/// The list of people comes back before its erasure does: what the hub promised for it vouches for the other rows.
#[tokio::test]
async fn of_a_list_the_rest_comes_back_although_the_hub_has_forgotten_the_erasure() {
    sends_the_rest_again(false).await;
}

async fn sends_the_rest_again(with_erasures: bool) {
    let (mut world, mut owner) = World::claimed().await;
    owner.sign_in().await;
    owner.pull().await;
    let file = save(&world, "before.rollcall").await;
    let kept = owner.covered();
    let row = |(line, name): (u32, &&str)| ImportRow {
        line,
        new: application(name),
        sections: Vec::new(),
        joined_on: None,
        pass: None,
        erased: false,
    };
    let names = ["Ada", CANARY, "Bo"];
    let rows = (1u32..).zip(&names).map(row).collect();
    let import = ImportRows { import_id: owner.mint(), part: 0, file_name: "list.csv".to_owned() };
    let id = owner.give(&import, &ImportPersonal { rows });
    owner.sync().await;
    let her = MemberId(rollcall_domain::kernel::ids::derived(id, 1));
    erase(&mut owner, her);
    owner.sync().await;
    assert_eq!(told(&world, CANARY).await, Vec::<String>::new());
    assert!(!told(&world, "Ada").await.is_empty());
    assert_eq!(held(&owner, CANARY), Vec::<String>::new());
    // The hub forgets the list of people; the device gives it back as it is by now.
    world.stop().await;
    world.restore(PASSPHRASE, &file).await.unwrap();
    let list = world.dir.path().join(erasures::FILE);
    if !with_erasures && list.exists() {
        std::fs::remove_file(list).unwrap();
    }
    world.start().await;
    owner.at = world.at();
    owner.sign_in().await;
    owner.pull().await;
    push_again(&mut owner, kept).await;
    owner.pull().await;
    let names: Vec<String> = owner
        .confirmed()
        .into_iter()
        .filter(|(kind, ..)| kind == "member")
        .map(|(.., body)| serde_json::from_str::<Member>(&body).unwrap().name)
        .collect();
    assert!(names.contains(&"Ada".to_owned()) && names.contains(&"Bo".to_owned()), "{names:?}");
    assert_eq!(names.len(), 3);
    assert_eq!(told(&world, CANARY).await, Vec::<String>::new());
    world.stop().await;
    assert_eq!(world.verify().await.wrong, Vec::<String>::new());
}

async fn save(world: &World, name: &str) -> std::path::PathBuf {
    let storage = world.storage().await;
    let file = world.dir.path().join(name);
    backup::save(&*storage, &*world.outside, None, PASSPHRASE, &file).await.unwrap();
    storage.close().await;
    file
}

/// Pushes again, with their receipts, what the hub answered in a life it has forgotten.
async fn push_again(device: &mut Device, after: u64) -> PushAnswer {
    let forgotten: Vec<_> = device.sent.iter().filter(|(_, a)| a.receipt.hub_seq > after).cloned().collect();
    let lines: Vec<_> = forgotten.iter().map(|(line, _)| line.clone()).collect();
    let mut push = device.push_of(&lines);
    push.receipts = forgotten.into_iter().map(|(_, answered)| answered).collect();
    let answer: PushAnswer = device.send(&push).await.json();
    device.hear(&answer);
    answer
}

#[tokio::test]
async fn an_older_state_brings_her_back_to_nobody() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    let her = enrol(&mut owner, CANARY);
    take(&mut owner, her, 1);
    owner.sync().await;
    owner.sign_in().await;
    owner.pull().await;
    let file = save(&world, "monday.rollcall").await;
    let kept = owner.covered();
    let erased = erase(&mut owner, her);
    owner.sync().await;
    world.stop().await;
    world.restore(PASSPHRASE, &file).await.unwrap();
    // As it lies there she is in it; `verify` says so.
    let storage = world.storage().await;
    let list = FileList::of(world.dir.path());
    let mut report = world.verify().await;
    verify_list(&*storage, &list, &mut report).await.unwrap();
    assert_eq!(report.wrong.len(), 1, "{:?}", report.wrong);
    storage.close().await;
    assert!(!told(&world, CANARY).await.is_empty());
    // Before a hub serves it she is not.
    world.start().await;
    assert_eq!(told(&world, CANARY).await, Vec::<String>::new());
    owner.at = world.at();
    owner.sign_in().await;
    owner.pull().await;
    assert_eq!(owed(&owner, her), -1_000);
    assert!(owner.find::<Member>(her).unwrap().erased);
    // The device gives the command back with the hub's word: accepted as before, and nothing is odd.
    let answer = push_again(&mut owner, kept).await;
    let of = answer.answers.iter().find(|a| a.id == erased).unwrap();
    assert_eq!(of.answer, OutcomeOrHold::Outcome(Outcome::Accepted));
    owner.pull().await;
    assert!(!codes(&owner).contains(&"promised".to_owned()), "{:?}", codes(&owner));
    world.stop().await;
    assert_eq!(world.verify().await.wrong, Vec::<String>::new());
    // The file that was moved aside and the backup are older than the erasure: they go with their rotation.
    let holding = files_with(world.dir.path(), CANARY);
    assert!(holding.iter().all(|name| name.contains("before-restore")), "{holding:?}");
}

/// The older file is put back by hand, and nobody told the hub.
#[tokio::test]
async fn an_old_copy_of_the_file_brings_her_back_to_nobody() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    world.stop().await;
    let copy = tempfile::tempdir().unwrap();
    let kept = copy.path().join("copy.db");
    std::fs::copy(world.database(), &kept).unwrap();
    world.start().await;
    owner.at = world.at();
    owner.sign_in().await;
    erase(&mut owner, her);
    owner.sync().await;
    world.stop().await;
    for end in ["", "-wal", "-shm"] {
        // What is not there need not go.
        let _ = std::fs::remove_file(format!("{}{end}", world.database().display()));
    }
    std::fs::copy(&kept, world.database()).unwrap();
    world.start().await;
    assert_eq!(told(&world, CANARY).await, Vec::<String>::new());
    assert_eq!(files_with(world.dir.path(), CANARY), Vec::<String>::new());
}

#[tokio::test]
async fn the_tool_erases_again_by_itself() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    let file = save(&world, "monday.rollcall").await;
    erase(&mut owner, her);
    owner.sync().await;
    world.stop().await;
    world.restore(PASSPHRASE, &file).await.unwrap();
    let list = std::sync::Arc::new(FileList::of(world.dir.path()));
    let storage = world.storage().await;
    let again = erasures::after_restore(storage.clone(), world.outside.clone(), list.clone()).await.unwrap();
    assert_eq!(again, 1);
    assert_eq!(erasures::after_restore(storage.clone(), world.outside.clone(), list).await.unwrap(), 0);
    storage.close().await;
    assert_eq!(told(&world, CANARY).await, Vec::<String>::new());
}

/// A word on the list that nothing followed: the transaction failed, and the second time the rules said no.
#[tokio::test]
async fn who_was_only_about_to_be_erased_is_left_alone() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    world.stop().await;
    let erased = Erased {
        subject: her.raw(),
        at: world.outside.now(),
        by: owner.person,
        command: CommandId(Id::nil()),
    };
    let list = FileList::of(world.dir.path());
    list.note(&[Listed { studio: owner.studio, erased }], Stands::Begun).unwrap();
    world.start().await;
    assert!(!told(&world, CANARY).await.is_empty());
    world.stop().await;
    assert!(list.everybody().unwrap().is_empty());
}

/// The power went between the commit and the word that it was done: the database knows.
#[tokio::test]
async fn who_was_erased_and_not_noted_is_on_the_list_after_the_next_start() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    erase(&mut owner, her);
    owner.sync().await;
    world.stop().await;
    let list = FileList::of(world.dir.path());
    let file = world.dir.path().join(erasures::FILE);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.lines().next().unwrap().to_owned() + "\n").unwrap();
    assert_eq!(list.everybody().unwrap().values().next().unwrap().1, Stands::Begun);
    world.restart().await;
    assert_eq!(list.everybody().unwrap().values().next().unwrap().1, Stands::Done);
}

/// On a server there may be no list: the devices give the command back.
#[tokio::test]
async fn without_a_list_the_device_that_erased_her_says_it_again() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    owner.sign_in().await;
    owner.pull().await;
    let file = save(&world, "monday.rollcall").await;
    let kept = owner.covered();
    erase(&mut owner, her);
    owner.sync().await;
    world.stop().await;
    world.restore(PASSPHRASE, &file).await.unwrap();
    std::fs::remove_file(world.dir.path().join(erasures::FILE)).unwrap();
    world.start().await;
    assert!(!told(&world, CANARY).await.is_empty());
    owner.at = world.at();
    owner.sign_in().await;
    owner.pull_once(500).await;
    push_again(&mut owner, kept).await;
    assert_eq!(told(&world, CANARY).await, Vec::<String>::new());
}

#[tokio::test]
async fn only_owners_and_managers_erase_and_nobody_twice() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    desk.pull().await;
    desk.give(&EraseMember { member_id: her, also: Vec::new() }, &());
    let answers = desk.push().await;
    assert!(
        matches!(&answers[0].answer, OutcomeOrHold::Outcome(Outcome::Refused { why }) if why.why["code"] == "not_allowed")
    );
    let mut second = world.joined(&mut owner, 3, Role::Manager).await;
    erase(&mut owner, her);
    erase(&mut second, her);
    owner.sync().await;
    let answers = second.push().await;
    assert!(
        matches!(&answers[0].answer, OutcomeOrHold::Outcome(Outcome::Refused { why }) if why.why["code"] == "erased_before")
    );
}

/// Somebody with a device of their own: it is let in no more, and their password opens nothing.
#[tokio::test]
async fn her_own_device_is_shut_out() {
    let (world, mut owner) = World::claimed().await;
    let her = enrol(&mut owner, CANARY);
    owner.sync().await;
    world.pass(6_000);
    let mut phone = joined_as(&world, &mut owner, 2, PersonId(her.raw())).await;
    erase(&mut owner, her);
    owner.sync().await;
    let reply = phone.prove().await;
    reply.refused(403, ProblemCode::Revoked);
}
