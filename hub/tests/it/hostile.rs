//! Bad input of every kind at every endpoint: a clear problem, no panic, nothing lost.

use hyper::Method;
use rollcall_domain::sync::wire::{PUSH_BYTES_MAX, ProblemCode, PushAnswer};
use rollcall_hub::routes;

use crate::agree::{enrol, settings};
use crate::device::Device;
use crate::http::{Call, Reply};
use crate::world::World;

const CORPUS: &[&str] = &[
    "",
    "null",
    "[]",
    "{}",
    "\"\"",
    "-1",
    "1e999",
    "{\"a\":",
    "{\"code\":1,\"device\":2}",
    "{\"device\":\"00000000-0000-0000-0000-000000000000\"}",
    "{\"hub_epoch\":\"x\",\"cursors\":[],\"limit\":-5}",
    "{\"hub_epoch\":\"00000000-0000-0000-0000-000000000000\",\"cursors\":{\"desk\":18446744073709551616},\"limit\":1}",
    "{\"role\":\"system\"}",
    "{\"role\":\"emperor\"}",
    "{\"studio\":\"' OR 1=1 --\",\"device\":\"\u{0}\",\"epoch\":4294967296,\"entries\":{},\"signature\":[]}",
    "\u{202e}\u{0}\u{feff}<script>alert(1)</script>",
];

async fn hit(world: &World, owner: &Device, route: &rollcall_hub::Route, body: Vec<u8>) -> Reply {
    let path = route.path.replace("{sha256}", "../../etc/passwd").replace("{id}", "%27%20OR%201=1");
    Call::new(world.at(), route.method.clone(), &path)
        .header("content-type", "application/json")
        .cookie(owner.cookie.as_deref())
        .body(body)
        .send()
        .await
}

#[tokio::test]
async fn every_endpoint_answers_nonsense_with_a_problem() {
    let (world, mut owner) = World::claimed().await;
    for route in routes().iter().filter(|r| r.method != Method::GET) {
        let mut bodies: Vec<Vec<u8>> = CORPUS.iter().map(|text| text.as_bytes().to_vec()).collect();
        bodies.push(vec![0xff, 0xfe, 0x00]);
        bodies.push("[".repeat(50_000).into_bytes());
        for body in bodies {
            let reply = hit(&world, &owner, route, body.clone()).await;
            let status = reply.status.as_u16();
            assert!(
                (400..500).contains(&status) || route.path.ends_with("challenge"),
                "{route:?} {status} {}",
                String::from_utf8_lossy(&body)
            );
            if status >= 400 {
                assert!(!reply.problem().detail.contains("script"), "{}", reply.text());
            }
            // The clock stands still; the buckets must not empty.
            world.pass(6_000);
            owner.sign_in().await;
        }
    }
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Riverside");
}

#[tokio::test]
async fn bodies_that_are_too_large_are_refused_before_they_are_read() {
    let (world, owner) = World::claimed().await;
    for (method, path, size) in [
        (Method::POST, "/api/v1/claim", 65 * 1024),
        (Method::POST, "/api/v1/pull", 65 * 1024),
        (Method::POST, "/api/v1/push", 1024 * 1024 + 1),
        (
            Method::PUT,
            "/api/v1/blobs/abababababababababababababababababababababababababababababababab",
            513 * 1024,
        ),
    ] {
        let reply = Call::new(world.at(), method, path)
            .header("content-type", "application/json")
            .cookie(owner.cookie.as_deref())
            .body(vec![b' '; size])
            .send()
            .await;
        reply.refused(413, ProblemCode::TooLarge);
    }
}

#[tokio::test]
async fn a_push_with_too_much_in_it_is_refused_whole() {
    let (_world, mut owner) = World::claimed().await;
    for n in 0..101 {
        enrol(&mut owner, &format!("Member {n}"), &format!("+86138{n:08}"));
    }
    let push = owner.push_of(&owner.waiting);
    owner.send(&push).await.refused(413, ProblemCode::TooLarge);
    assert!(owner.waiting.iter().map(|l| l.entry.bytes()).sum::<usize>() < PUSH_BYTES_MAX);
    assert_eq!(owner.push().await.len(), 101);
}

#[tokio::test]
async fn hostile_texts_in_a_command_are_data() {
    let (_world, mut owner) = World::claimed().await;
    for name in [
        "Robert'); DROP TABLE records;--",
        "\u{202e}evil",
        "a\u{0}b",
        "\u{1F9D7}\u{200d}\u{2642}\u{fe0f}",
        "<img src=x onerror=alert(1)>",
        &"x".repeat(70_000),
    ] {
        enrol(&mut owner, name, "+8613800000001");
    }
    let answers = owner.push().await;
    assert_eq!(answers.len(), 6);
    owner.pull().await;
    assert!(owner.confirmed().iter().any(|(_, _, _, body)| body.contains("DROP TABLE")));
    assert_eq!(settings(&owner).name, "Riverside");
}

#[tokio::test]
async fn a_payload_that_no_form_sends_is_quarantined_and_the_next_one_goes_on() {
    let (_world, mut owner) = World::claimed().await;
    for payload in ["{}", "[]", "null", "{\"seen_revision\":-1}", "nonsense", &"[".repeat(5_000)] {
        let input = rollcall_domain::kernel::Input {
            kind: "studio.change_settings".to_owned(),
            kind_version: 1,
            payload: payload.to_owned(),
            personal: Some("{\"x\":1}".to_owned()),
        };
        owner.give_input(input, Vec::new());
    }
    owner.give(&crate::agree::change(1, "Hillside"), &());
    let push = owner.next_push();
    let answer: PushAnswer = owner.send(&push).await.json();
    assert_eq!(answer.answers.len(), 7);
    owner.hear(&answer);
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Hillside");
}

#[tokio::test]
async fn an_upload_that_is_no_backup_changes_nothing() {
    let world = World::new().await;
    let mut owner = Device::solo(&world, 1);
    owner.open_studio();
    let code = world.code().await;
    owner.post("/api/v1/claim", &owner.claim(&code)).await;
    owner.sign_in().await;
    let good = owner.backup();
    let other = {
        let mut other = Device::solo(&world, 2);
        other.studio =
            rollcall_domain::kernel::StudioId(rollcall_domain::kernel::ids::Uuid::from_u128(0xBAD));
        other.open_studio();
        other.backup()
    };
    let cut: String = good.lines().take(2).map(|l| format!("{l}\n")).collect();
    for bad in [
        "",
        "name,phone\nAda,1\n",
        cut.as_str(),
        &good.replace("Riverside", "Elsewhere"),
        &other,
        &format!("{good}{good}"),
    ] {
        owner.upload(bad).await.refused(400, ProblemCode::BadRequest);
    }
    assert_eq!(owner.upload(&good).await.status, 200);
    // Another studio's never takes its place, also not before the first command.
    owner.upload(&other).await.refused(400, ProblemCode::BadRequest);
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Riverside");
}

#[tokio::test]
async fn metrics_count_and_name_nobody() {
    let (_world, mut owner) = World::claimed().await;
    enrol(&mut owner, "Canary", "+8613800000001");
    owner.sync().await;
    let text = owner.get("/metrics").await.text();
    assert!(text.contains("rollcall_commands_total 1") && !text.contains("Canary"), "{text}");
    assert_eq!(owner.get("/healthz").await.text(), "ok\n");
    let about: serde_json::Value = owner.get("/api/v1/hub").await.json();
    assert_eq!(about["commands"], 2);
}
