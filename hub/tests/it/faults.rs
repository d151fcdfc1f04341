//! What goes wrong on the way: lost answers, repeats, gaps, forks, restarts, wrong clocks, devices that were shut out.

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::command::Input;
use rollcall_domain::kernel::decide::{Hold, Outcome, Parked, Quarantined};
use rollcall_domain::kernel::exceptions::{Exception, OPEN_KEY};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::kernel::{CommandId, Want};
use rollcall_domain::sync::wire::{OutcomeOrHold, ProblemCode, PushAnswer};

use crate::agree::{change, enrol, settings};
use crate::device::Device;
use crate::world::World;

fn open(device: &Device) -> Vec<String> {
    let open: Vec<Exception> = device.all(&Want::key::<Exception>(OPEN_KEY, Exception::open_value()));
    open.iter().map(|e| e.what["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_reply_lost_after_the_commit_is_given_again_byte_for_byte() {
    let (mut world, mut owner) = World::claimed().await;
    enrol(&mut owner, "Ada", "+8613800000001");
    owner.give(&change(1, "Hillside"), &());
    let push = owner.next_push();
    let first = owner.send(&push).await;
    world.pass(3_600_000);
    world.restart().await;
    owner.at = world.at();
    let second = owner.send(&push).await;
    let answers = |reply: &crate::http::Reply| {
        let value: serde_json::Value = reply.json();
        (value["answers"].to_string(), reply.text().split("\"answers\":").nth(1).unwrap().to_owned())
    };
    assert_eq!(answers(&first), answers(&second));
    owner.sign_in().await;
    owner.sync().await;
    assert_eq!((settings(&owner).revision, owner.waiting.len()), (2, 0));
    assert_eq!(owner.confirmed().iter().filter(|(kind, ..)| kind == "member").count(), 1);
}

#[tokio::test]
async fn part_of_a_push_again_and_the_rest_later_has_one_effect_each() {
    let (_world, mut owner) = World::claimed().await;
    for n in 0..6 {
        enrol(&mut owner, &format!("Member {n}"), &format!("+86138{n:08}"));
    }
    let lines = owner.waiting.clone();
    for range in [0..3, 2..5, 0..6, 4..6] {
        let push = owner.push_of(&lines[range.clone()]);
        let answer: PushAnswer = owner.send(&push).await.json();
        assert_eq!(
            answer.answers.iter().map(|a| a.id).collect::<Vec<_>>(),
            lines[range].iter().map(|l| l.id).collect::<Vec<_>>()
        );
        assert_eq!(answer.fork, None);
        owner.hear(&answer);
    }
    owner.pull().await;
    assert_eq!(owner.waiting.len(), 0);
    assert_eq!(owner.confirmed().iter().filter(|(kind, ..)| kind == "member").count(), 6);
    assert!(open(&owner).is_empty());
}

#[tokio::test]
async fn what_overtakes_leaves_a_gap_that_closes_by_itself() {
    let (_world, mut owner) = World::claimed().await;
    for n in 0..4 {
        enrol(&mut owner, &format!("Member {n}"), &format!("+86138{n:08}"));
    }
    let lines = owner.waiting.clone();
    let answer: PushAnswer = owner.send(&owner.push_of(&lines[2..4]).clone()).await.json();
    owner.hear(&answer);
    owner.pull().await;
    assert_eq!(open(&owner), ["gap"]);
    let answer: PushAnswer = owner.send(&owner.push_of(&lines[0..2]).clone()).await.json();
    assert_eq!(answer.fork, None);
    owner.hear(&answer);
    owner.pull().await;
    assert!(open(&owner).is_empty());
    assert_eq!(owner.confirmed().iter().filter(|(kind, ..)| kind == "member").count(), 4);
}

#[tokio::test]
async fn a_copied_device_forks_and_nothing_is_dropped() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let mut copy = Device::new(&world, 2);
    (copy.studio, copy.person, copy.role, copy.epoch) = (desk.studio, desk.person, desk.role, desk.epoch);
    copy.sign_in().await;
    enrol(&mut desk, "Ada", "+8613800000001");
    enrol(&mut desk, "Bo", "+8613800000002");
    // The copy mints other ids: its storage is older, its clock went on.
    for _ in 0..10 {
        copy.mint();
    }
    enrol(&mut copy, "Cai", "+8613800000003");
    enrol(&mut copy, "Dai", "+8613800000004");
    desk.push().await;
    assert_eq!(desk.epoch, 1);
    let push = copy.push_of(&copy.waiting[..1]);
    let first: PushAnswer = copy.send(&push).await.json();
    // The answer is lost; the whole is sent again, and it is one fork still.
    let push = copy.next_push();
    let second: PushAnswer = copy.send(&push).await.json();
    assert_eq!(first.fork, second.fork);
    let fork = second.fork.clone().unwrap();
    assert_eq!((fork.epoch, second.answers.len()), (2, 2));
    assert_ne!(fork.series, desk.series);
    copy.hear(&second);
    enrol(&mut copy, "Eva", "+8613800000005");
    copy.push().await;
    enrol(&mut desk, "Fei", "+8613800000006");
    desk.push().await;
    assert_eq!((desk.epoch, copy.epoch), (1, 2));
    owner.pull().await;
    assert_eq!(owner.confirmed().iter().filter(|(kind, ..)| kind == "member").count(), 6);
    assert_eq!(open(&owner).iter().filter(|code| *code == "fork").count(), 1);
}

#[tokio::test]
async fn a_wrong_signature_or_a_foreign_envelope_leaves_no_trace() {
    let (world, mut owner) = World::claimed().await;
    let desk = world.joined(&mut owner, 2, Role::Desk).await;
    enrol(&mut owner, "Ada", "+8613800000001");
    enrol(&mut owner, "Bo", "+8613800000002");
    let good = owner.next_push();
    let mut other_key = good.clone();
    other_key.signature = desk.sign(b"something else");
    owner.send(&other_key).await.refused(403, ProblemCode::BadSignature);
    // One command less under the same signature.
    let mut shorter = good.clone();
    shorter.entries.pop();
    owner.send(&shorter).await.refused(403, ProblemCode::BadSignature);
    let mut longer = good.clone();
    longer.entries.swap(0, 1);
    owner.send(&longer).await.refused(400, ProblemCode::BadRequest);
    // Another device's envelope, signed by this one.
    let mut foreign = desk.push_of(&owner.waiting);
    foreign.epoch = owner.epoch;
    owner.send(&foreign).await.refused(400, ProblemCode::BadRequest);
    let mut stranger = Device::new(&world, 9);
    stranger.studio = owner.studio;
    enrol(&mut stranger, "Cai", "+8613800000003");
    let push = stranger.next_push();
    stranger.send(&push).await.refused(403, ProblemCode::BadSignature);
    owner.pull().await;
    assert_eq!(owner.confirmed().iter().filter(|(kind, ..)| kind == "member").count(), 0);
    assert_eq!(owner.send(&good).await.status, 200);
}

#[tokio::test]
async fn a_payload_that_was_changed_is_kept_apart() {
    let (_world, mut owner) = World::claimed().await;
    enrol(&mut owner, "Ada", "+8613800000001");
    owner.waiting[0].entry.payload.push(' ');
    let answers = owner.push().await;
    let held = OutcomeOrHold::Hold(Hold::Quarantined { why: Quarantined::BadSeal });
    assert_eq!(answers[0].answer, held);
    owner.pull().await;
    assert_eq!(open(&owner), ["quarantined"]);
}

#[tokio::test]
async fn a_device_that_was_shut_out_drops_off_what_it_has_and_gets_nothing() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let mut stream =
        crate::http::Call::get(world.at(), "/api/v1/news").cookie(desk.cookie.as_deref()).open().await;
    crate::http::next(&mut stream).await.unwrap();
    enrol(&mut desk, "Ada", "+8613800000001");
    let reply = owner.post(&format!("/api/v1/devices/{}/revoke", desk.id), &()).await;
    assert_eq!(reply.status, 204);
    // The stream ends by itself, the session at once.
    assert_eq!(crate::http::next(&mut stream).await, None);
    desk.get("/api/v1/news").await.refused(401, ProblemCode::SignIn);
    desk.prove().await.refused(403, ProblemCode::Revoked);
    let answers = desk.push().await;
    let held = OutcomeOrHold::Hold(Hold::Quarantined { why: Quarantined::RevokedDevice });
    assert_eq!(answers[0].answer, held);
    assert!(desk.waiting.is_empty());
    owner.pull().await;
    assert_eq!(owner.confirmed().iter().filter(|(kind, ..)| kind == "member").count(), 0);
    assert_eq!(open(&owner), ["quarantined"]);
    let own = owner.post(&format!("/api/v1/devices/{}/revoke", owner.id), &()).await;
    own.refused(403, ProblemCode::NotAllowed);
}

#[tokio::test]
async fn a_command_waits_for_the_one_it_depends_on() {
    let (_world, mut owner) = World::claimed().await;
    let missing = CommandId(owner.mint());
    let waits = owner.give_after(&change(1, "Hillside"), &(), vec![missing]);
    let answers = owner.push().await;
    let parked = OutcomeOrHold::Hold(Hold::Parked { why: Parked::Dependency });
    assert_eq!(answers[0].answer, parked);
    owner.pull().await;
    // Shown, because it is predicted; not confirmed.
    assert_eq!((settings(&owner).name.as_str(), owner.book.pending().len()), ("Hillside", 1));
    assert!(!owner.confirmed().iter().any(|(.., body)| body.contains("Hillside")));
    // The missing one comes after all: what waited is decided in the same transaction.
    let input = Input::encode(&change(9, "Nowhere"), &()).unwrap();
    let (entry, envelope) = owner.seal(missing, input, Vec::new());
    owner.waiting.push(crate::device::Line { id: missing, entry, envelope, decision: None, outcome: None });
    let answers = owner.push().await;
    assert!(matches!(&answers[0].answer, OutcomeOrHold::Outcome(Outcome::Refused { .. })));
    owner.pull().await;
    assert!(owner.confirmed().iter().any(|(.., body)| body.contains("Hillside")));
    assert!(owner.book.pending().is_empty());
    let (_, answered) = owner.sent.iter().find(|(line, _)| line.id == waits).unwrap();
    assert_eq!(answered.answer, OutcomeOrHold::Outcome(Outcome::Accepted));
}

#[tokio::test]
async fn a_command_of_a_newer_app_is_parked_and_blocks_nobody() {
    let (_world, mut owner) = World::claimed().await;
    let input =
        Input { kind: "sauna.heat".to_owned(), kind_version: 1, payload: "{}".to_owned(), personal: None };
    owner.give_input(input, Vec::new());
    enrol(&mut owner, "Ada", "+8613800000001");
    let answers = owner.push().await;
    assert_eq!(answers[0].answer, OutcomeOrHold::Hold(Hold::Parked { why: Parked::UnknownKind }));
    assert!(matches!(answers[1].answer, OutcomeOrHold::Outcome(Outcome::Recorded { .. })));
}

#[tokio::test]
async fn no_order_and_no_future_come_from_a_devices_clock() {
    let (world, mut owner) = World::claimed().await;
    world.pass(3_600_000);
    let now = rollcall_hub::outside::Outside::now(&*world.outside);
    for (off_ms, expected) in [
        (3 * 3_600_000, now),
        (-1_800_000, now.plus_ms(-1_800_000)),
        // Not before what the device had already read.
        (-200 * Timestamp::DAY_MS, crate::world::MORNING),
    ] {
        owner.clock_off_ms = off_ms;
        enrol(&mut owner, "Ada", &format!("+86138{:08}", off_ms.unsigned_abs() % 100_000_000));
        let answers = owner.push().await;
        assert_eq!(answers[0].receipt.effective_at, expected, "{off_ms}");
    }
    owner.clock_off_ms = 3 * 3_600_000;
    let member = enrol(&mut owner, "Bo", "+8613900000001");
    let line = owner.waiting.last_mut().unwrap();
    let mut envelope = line.envelope.clone();
    envelope.hub_time_at_sync = Some(crate::world::MORNING);
    envelope.mono_since_sync_ms = Some(600_000);
    line.entry = rollcall_domain::sync::Entry::seal(envelope, line.entry.input(&line.envelope)).unwrap();
    line.envelope = line.entry.open().unwrap();
    owner.hash = line.entry.hash();
    let answers = owner.push().await;
    assert_eq!(answers[0].receipt.effective_at, crate::world::MORNING.plus_ms(600_000));
    let _ = member;
}

#[tokio::test]
async fn a_stop_in_the_middle_loses_nothing_that_was_answered() {
    let (mut world, mut owner) = World::claimed().await;
    for n in 0..30 {
        enrol(&mut owner, &format!("Member {n}"), &format!("+86138{n:08}"));
    }
    let lines = owner.waiting.clone();
    let push = owner.push_of(&lines[..10]);
    let answer: PushAnswer = owner.send(&push).await.json();
    owner.hear(&answer);
    world.restart().await;
    owner.at = world.at();
    owner.sync().await;
    assert_eq!(owner.confirmed().iter().filter(|(kind, ..)| kind == "member").count(), 30);
    world.stop().await;
    let report = world.verify().await;
    assert!(report.wrong.is_empty(), "{:?}", report.wrong);
    assert_eq!(report.commands, 31);
}

#[tokio::test]
async fn a_clock_that_went_back_stops_the_start() {
    let (mut world, mut owner) = World::claimed().await;
    world.pass(86_400_000);
    owner.sign_in().await;
    owner.give(&change(1, "Hillside"), &());
    owner.push().await;
    world.stop().await;
    world.pass(-7_200_000);
    let started = world.another_hub().await;
    assert!(started.unwrap_err().to_string().contains("120 minutes behind"));
}
