//! Who is let in: every route without a session, roles, codes, sessions, origins, rates.

use hyper::Method;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::sync::wire::{
    AskChallenge, Challenge, Join, Pairing, ProblemCode, Prove, StartPairing, Status, session_message,
};
use rollcall_hub::{Needs, routes};

use crate::device::Device;
use crate::http::Call;
use crate::world::World;

fn filled(path: &str) -> String {
    path.replace("{sha256}", &"ab".repeat(32))
        .replace("{id}", "00000000-0000-0000-0000-00000000d001")
        .replace("{address}", &format!("{}-{}.ics", "ab".repeat(16), "cd".repeat(16)))
}

#[tokio::test]
async fn every_route_without_a_session_is_shut_unless_it_is_on_the_list() {
    let (world, _owner) = World::claimed().await;
    let open = [
        ("GET", "/api/v1/status"),
        ("POST", "/api/v1/claim"),
        ("POST", "/api/v1/join"),
        ("POST", "/api/v1/sign-in"),
        ("POST", "/api/v1/challenge"),
        ("POST", "/api/v1/session"),
        ("POST", "/api/v1/push"),
        ("GET", "/healthz"),
        // From this very machine.
        ("GET", "/metrics"),
    ];
    for route in routes() {
        let call = Call::new(world.at(), route.method.clone(), &filled(route.path))
            .header("content-type", "application/json")
            .body("{}");
        for cookie in
            [None, Some("rollcall_session=abc"), Some("rollcall_session="), Some("x=y; rollcall_session=a=b")]
        {
            let reply = call.clone().cookie(cookie).send().await;
            if route.needs == Needs::Secret {
                // Nothing is told without the secret, whoever asks: not even that a session is missing.
                assert_eq!(route.path, "/api/v1/calendar/{address}", "the only path that is a secret");
                reply.refused(404, ProblemCode::NotFound);
            } else if open.contains(&(route.method.as_str(), route.path)) {
                assert_ne!(reply.status, 401, "{route:?}");
            } else {
                reply.refused(401, ProblemCode::SignIn);
            }
        }
    }
    for path in ["/api", "/api/", "/api/v1", "/api/v2/pull", "/api/v1/devices/x/y/z"] {
        Call::get(world.at(), path).send().await.refused(401, ProblemCode::SignIn);
    }
    assert_eq!(Call::get(world.at(), "/api/v1/push").send().await.status, 405);
}

#[tokio::test]
async fn the_desk_may_not_do_what_is_the_owners() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    for route in routes().iter().filter(|r| r.needs == Needs::Owner) {
        let call = Call::new(world.at(), route.method.clone(), &filled(route.path))
            .header("content-type", "application/json")
            .body("{}");
        call.cookie(desk.cookie.as_deref()).send().await.refused(403, ProblemCode::NotAllowed);
    }
    desk.get("/api/v1/nothing").await.refused(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn a_hub_is_claimed_once_and_only_with_its_code() {
    let world = World::new().await;
    let mut owner = Device::solo(&world, 1);
    let status: Status = owner.get("/api/v1/status").await.json();
    assert_eq!((status.product.as_str(), status.claimed), ("rollcall", false));
    owner.post("/api/v1/claim", &owner.claim("AAAA-AAAA")).await.refused(403, ProblemCode::WrongCode);
    owner.post("/api/v1/claim", &owner.claim("")).await.refused(403, ProblemCode::WrongCode);
    let code = world.code().await;
    // As people type it.
    let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
    assert_eq!(owner.post("/api/v1/claim", &owner.claim(&typed)).await.status, 200);
    assert_eq!(world.hub().claim_code().await.unwrap(), None);
    let mut other = Device::solo(&world, 2);
    other.post("/api/v1/claim", &other.claim(&code)).await.refused(409, ProblemCode::AlreadyClaimed);
    let status: Status = owner.get("/api/v1/status").await.json();
    assert!(status.claimed);
}

async fn pairing(owner: &mut Device) -> Pairing {
    owner.post("/api/v1/pairing", &StartPairing { role: Role::Desk, person: None }).await.json()
}

async fn join(device: &mut Device, code: &str) -> crate::http::Reply {
    let join = Join { code: code.to_owned(), device: device.device_key() };
    device.post("/api/v1/join", &join).await
}

#[tokio::test]
async fn a_pairing_code_is_for_one_device_and_ten_minutes() {
    let (world, mut owner) = World::claimed().await;
    let offer = pairing(&mut owner).await;
    assert_eq!((offer.code.len(), offer.secret.len()), (10, 22));
    let (mut a, mut b) = (Device::new(&world, 2), Device::new(&world, 3));
    let first = join(&mut a, &offer.code.to_lowercase()).await;
    assert_eq!(first.status, 200);
    // The answer was lost: the same device hears it again; no other does, by neither of the two.
    assert_eq!(join(&mut a, &offer.secret).await.body, first.body);
    join(&mut b, &offer.code).await.refused(403, ProblemCode::WrongCode);
    join(&mut b, &offer.secret).await.refused(403, ProblemCode::WrongCode);
    let late = pairing(&mut owner).await;
    world.pass(10 * 60_000);
    join(&mut b, &late.code).await.refused(403, ProblemCode::WrongCode);
    join(&mut b, &late.secret).await.refused(403, ProblemCode::WrongCode);
}

#[tokio::test]
async fn five_wrong_codes_close_a_pairing() {
    let (world, mut owner) = World::claimed().await;
    let offer = pairing(&mut owner).await;
    let mut device = Device::new(&world, 2);
    for _ in 0..5 {
        join(&mut device, "AAAAAAAAAA").await.refused(403, ProblemCode::WrongCode);
    }
    join(&mut device, &offer.code).await.refused(403, ProblemCode::WrongCode);
    let offer = pairing(&mut owner).await;
    assert_eq!(join(&mut device, &offer.secret).await.status, 200);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let (world, _owner) = World::claimed().await;
    let mut device = Device::new(&world, 2);
    let mut refused = None;
    for _ in 0..20 {
        let reply = join(&mut device, "AAAAAAAAAA").await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.problem().code, ProblemCode::TooOften);
    let after: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    world.pass(after * 1000);
    assert_eq!(join(&mut device, "AAAAAAAAAA").await.status, 403);
}

#[tokio::test]
async fn a_device_that_calls_without_end_is_told_to_wait() {
    let (world, mut owner) = World::claimed().await;
    let mut statuses = Vec::new();
    for _ in 0..700 {
        statuses.push(owner.get("/api/v1/devices").await.status.as_u16());
    }
    assert!(statuses.contains(&429) && statuses[0] == 200);
    world.pass(60_000);
    assert_eq!(owner.get("/api/v1/devices").await.status, 200);
}

#[tokio::test]
async fn a_session_ends_after_a_quarter_of_an_hour() {
    let (world, mut owner) = World::claimed().await;
    world.pass(15 * 60_000 - 1);
    assert_eq!(owner.get("/api/v1/devices").await.status, 200);
    world.pass(1);
    owner.get("/api/v1/devices").await.refused(401, ProblemCode::SignIn);
    owner.sign_in().await;
    assert_eq!(owner.get("/api/v1/devices").await.status, 200);
}

#[tokio::test]
async fn a_challenge_is_answered_once_in_time_by_its_own_device() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let ask = async |device: &mut Device| -> Challenge {
        device.post("/api/v1/challenge", &AskChallenge { device: device.id }).await.json()
    };
    let proof = |device: &Device, nonce: &str| Prove {
        device: device.id,
        nonce: nonce.to_owned(),
        signature: device.sign(&session_message(device.id, nonce)),
        waiting: None,
    };
    let nonce = ask(&mut owner).await.nonce;
    assert_eq!(owner.post("/api/v1/session", &proof(&owner, &nonce)).await.status, 204);
    owner.post("/api/v1/session", &proof(&owner, &nonce)).await.refused(401, ProblemCode::SignIn);
    let nonce = ask(&mut owner).await.nonce;
    desk.post("/api/v1/session", &proof(&desk, &nonce)).await.refused(401, ProblemCode::SignIn);
    let mut stolen = proof(&owner, &nonce);
    stolen.signature = desk.sign(&session_message(owner.id, &nonce));
    owner.post("/api/v1/session", &stolen).await.refused(403, ProblemCode::BadSignature);
    world.pass(2 * 60_000);
    owner.post("/api/v1/session", &proof(&owner, &nonce)).await.refused(401, ProblemCode::SignIn);
    let mut made_up = ask(&mut owner).await.nonce;
    made_up.replace_range(0..1, if made_up.starts_with('A') { "B" } else { "A" });
    owner.post("/api/v1/session", &proof(&owner, &made_up)).await.refused(401, ProblemCode::SignIn);
}

#[tokio::test]
async fn pages_of_other_origins_move_nothing() {
    let (world, owner) = World::claimed().await;
    let body = serde_json::json!({ "role": "desk" });
    let call = || Call::post(world.at(), "/api/v1/pairing", &body).cookie(owner.cookie.as_deref());
    let own = format!("http://{}", world.at());
    for (name, value, status) in [
        ("sec-fetch-site", "same-origin", 200),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "none", 403),
        ("origin", own.as_str(), 200),
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
    ] {
        assert_eq!(call().header(name, value).send().await.status, status, "{name}: {value}");
    }
    let form = Call::new(world.at(), Method::POST, "/api/v1/pairing")
        .header("content-type", "text/plain")
        .cookie(owner.cookie.as_deref())
        .body(body.to_string());
    assert_eq!(form.send().await.status, 415);
}

#[tokio::test]
async fn a_device_id_cannot_be_taken_over() {
    let (world, mut owner) = World::claimed().await;
    let desk = world.joined(&mut owner, 2, Role::Desk).await;
    let offer = pairing(&mut owner).await;
    let mut thief = Device::new(&world, 3);
    thief.id = desk.id;
    join(&mut thief, &offer.code).await.refused(409, ProblemCode::BadRequest);
    // The same device may come again: a new life with new letters.
    let mut again = Device::new(&world, 2);
    again.join(&offer.code).await;
    assert_eq!(again.epoch, 2);
    assert_ne!(again.series, desk.series);
}
