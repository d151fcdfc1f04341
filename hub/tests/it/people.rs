//! Signing in by name and password, and how devices leave: what is the same for everybody, what is limited, what ends.

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::decide::{Hold, Outcome, Quarantined};
use rollcall_domain::kernel::devices::Standing;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::sync::wire::{
    AskChallenge, Challenge, DROP_COUNT_MAX, DeviceRow, Joined, Known, LoginRow, OutcomeOrHold, ProblemCode,
    PushAnswer, SetPassword, SignIn, session_message,
};

use crate::agree::enrol;
use crate::device::Device;
use crate::http::{Call, Reply, next};
use crate::world::World;

const PASSWORD: &str = "correct horse";

async fn set(device: &mut Device, person: PersonId, login: &str, password: &str) -> Reply {
    let wish = SetPassword { person, login: login.to_owned(), password: password.to_owned() };
    device.post("/api/v1/password", &wish).await
}

async fn sign_in(device: &mut Device, login: &str, password: &str) -> Reply {
    let ask = AskChallenge { device: device.id };
    let challenge: Challenge = device.post("/api/v1/challenge", &ask).await.json();
    let signature = device.sign(&session_message(device.id, &challenge.nonce));
    let wish = SignIn {
        login: login.to_owned(),
        password: password.to_owned(),
        device: device.device_key(),
        nonce: challenge.nonce,
        signature,
    };
    device.post("/api/v1/sign-in", &wish).await
}

fn take_cookie(device: &mut Device, reply: &Reply) {
    let cookie = reply.header("set-cookie").unwrap();
    device.cookie = cookie.split(';').next().map(str::to_owned);
}

#[tokio::test]
async fn a_password_lets_a_new_device_in_and_starts_a_session_on_a_known_one() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    let person = desk.person;
    assert_eq!(set(&mut desk, person, " Wen ", PASSWORD).await.status, 204);
    let lin = owner.person;
    assert_eq!(set(&mut owner, lin, "lin", PASSWORD).await.status, 204);

    let mut new = Device::new(&world, 3);
    let reply = sign_in(&mut new, "WEN", PASSWORD).await;
    let joined: Joined = reply.json();
    assert_eq!((joined.person, joined.role, joined.epoch), (person, Role::Desk, 1));
    take_cookie(&mut new, &reply);
    new.enter(&joined);
    enrol(&mut new, "Ada", "+8613800000001");
    new.sync().await;

    // A known device keeps its life and its letters; only who is at it changes.
    let (epoch, series) = (new.epoch, new.series.clone());
    let reply = sign_in(&mut new, "lin", PASSWORD).await;
    let joined: Joined = reply.json();
    assert_eq!((joined.person, joined.role), (owner.person, Role::Owner));
    assert_eq!((joined.epoch, &joined.series), (epoch, &series));
    new.get("/api/v1/devices").await.refused(401, ProblemCode::SignIn);
    take_cookie(&mut new, &reply);
    assert_eq!(new.get("/api/v1/devices").await.status, 200);
    let logins: Vec<LoginRow> = new.get("/api/v1/logins").await.json();
    assert_eq!(logins.iter().map(|l| l.login.as_str()).collect::<Vec<_>>(), ["lin", "wen"]);
}

#[tokio::test]
async fn a_password_is_nowhere_but_as_its_hash() {
    // A folder's files can be read as they lie there.
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    let person = owner.person;
    set(&mut owner, person, "lin", PASSWORD).await;
    owner.pull().await;
    assert!(owner.confirmed().iter().all(|(.., body)| !body.contains(PASSWORD) && !body.contains("argon2")));
    world.stop().await;
    let bytes: Vec<u8> = std::fs::read_dir(world.dir.path())
        .unwrap()
        .filter_map(|file| std::fs::read(file.unwrap().path()).ok())
        .flatten()
        .collect();
    let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(!has(PASSWORD.as_bytes()));
    assert!(has(b"$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[tokio::test]
async fn an_unknown_name_is_answered_as_a_wrong_password() {
    let (world, mut owner) = World::claimed().await;
    let person = owner.person;
    set(&mut owner, person, "lin", PASSWORD).await;
    let mut device = Device::new(&world, 2);
    let wrong = sign_in(&mut device, "lin", "wrong password").await;
    let unknown = sign_in(&mut device, "nobody", "wrong password").await;
    wrong.refused(403, ProblemCode::WrongPassword);
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body));
    // Who does not hold the key of the device it names gets nowhere, whatever the password.
    let thief = Device::new(&world, 3);
    let ask = AskChallenge { device: device.id };
    let challenge: Challenge = device.post("/api/v1/challenge", &ask).await.json();
    let wish = SignIn {
        login: "lin".to_owned(),
        password: PASSWORD.to_owned(),
        device: device.device_key(),
        signature: thief.sign(&session_message(device.id, &challenge.nonce)),
        nonce: challenge.nonce,
    };
    device.post("/api/v1/sign-in", &wish).await.refused(403, ProblemCode::BadSignature);
}

#[tokio::test]
async fn guessing_a_password_is_slowed_by_address_and_by_account() {
    let (world, mut owner) = World::claimed().await;
    let person = owner.person;
    set(&mut owner, person, "lin", PASSWORD).await;
    let mut device = Device::new(&world, 2);
    let mut asked = 0;
    // Whoever waits as told is never stopped by the address, but after twenty tries by the account.
    let stopped = loop {
        let reply = sign_in(&mut device, "lin", "wrong password").await;
        let Some(after) = reply.header("retry-after").map(|s| s.parse::<i64>().unwrap()) else {
            reply.refused(403, ProblemCode::WrongPassword);
            asked += 1;
            continue;
        };
        reply.refused(429, ProblemCode::TooOften);
        if after > 60 {
            break after;
        }
        assert!(asked >= 5, "stopped after {asked}");
        world.pass(after * 1000);
    };
    assert!((20..=21).contains(&asked), "{asked}");
    assert!((60..=3600).contains(&stopped), "{stopped}");
    // The right password does not open it either, and a name nobody has is locked the same way.
    world.pass(60_000);
    sign_in(&mut device, "lin", PASSWORD).await.refused(429, ProblemCode::TooOften);
    world.pass(stopped * 1000);
    owner.at = world.at();
    assert_eq!(sign_in(&mut device, "lin", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn an_address_in_a_header_changes_nothing() {
    let (world, _owner) = World::claimed().await;
    let mut statuses = Vec::new();
    for n in 0..8 {
        let call = Call::post(world.at(), "/api/v1/sign-in", &serde_json::json!({}))
            .header("x-forwarded-for", &format!("203.0.113.{n}"))
            .header("forwarded", &format!("for=203.0.113.{n}"))
            .header("x-real-ip", &format!("203.0.113.{n}"));
        statuses.push(call.send().await.status.as_u16());
    }
    assert_eq!(statuses, [400, 400, 400, 400, 400, 429, 429, 429]);
}

#[tokio::test]
async fn nobody_reaches_above_themselves_by_setting_a_password() {
    let (world, mut owner) = World::claimed().await;
    let mut manager = world.joined(&mut owner, 2, Role::Manager).await;
    let mut desk = world.joined(&mut owner, 3, Role::Desk).await;
    let (o, m, d) = (owner.person, manager.person, desk.person);
    assert_eq!(set(&mut manager, d, "wen", PASSWORD).await.status, 204);
    assert_eq!(set(&mut manager, m, "kai", PASSWORD).await.status, 204);
    set(&mut manager, o, "lin", PASSWORD).await.refused(403, ProblemCode::NotAllowed);
    set(&mut desk, m, "kai", PASSWORD).await.refused(403, ProblemCode::NotAllowed);
    set(&mut desk, d, "kai", PASSWORD).await.refused(409, ProblemCode::LoginTaken);
    set(&mut desk, d, "wen", "short").await.refused(400, ProblemCode::BadRequest);
    set(&mut desk, d, "", PASSWORD).await.refused(400, ProblemCode::BadRequest);
    set(&mut owner, PersonId(desk.id.raw()), "ghost", PASSWORD).await.refused(404, ProblemCode::NotFound);
    assert_eq!(set(&mut owner, m, "kai", "another one").await.status, 204);
    let mut device = Device::new(&world, 4);
    sign_in(&mut device, "kai", PASSWORD).await.refused(403, ProblemCode::WrongPassword);
    assert_eq!(sign_in(&mut device, "kai", "another one").await.status, 200);
}

#[tokio::test]
async fn a_login_name_is_one_persons_in_the_whole_hub_and_leads_into_their_studio() {
    let (world, mut first) = World::claimed().await;
    let mut second = world.another(9, "Hillside").await;
    let (lin, wen) = (first.person, second.person);
    assert_eq!(set(&mut first, lin, "lin", PASSWORD).await.status, 204);
    set(&mut second, wen, "Lin", PASSWORD).await.refused(409, ProblemCode::LoginTaken);
    assert_eq!(set(&mut second, wen, "wen", PASSWORD).await.status, 204);
    let names = async |device: &mut Device| -> Vec<String> {
        let rows: Vec<LoginRow> = device.get("/api/v1/logins").await.json();
        rows.into_iter().map(|row| row.login).collect()
    };
    assert_eq!((names(&mut first).await, names(&mut second).await), (vec!["lin".into()], vec!["wen".into()]));
    let mut new = Device::new(&world, 3);
    let joined: Joined = sign_in(&mut new, "wen", PASSWORD).await.json();
    assert_eq!((joined.studio, joined.person), (second.studio, wen));
    // Nobody of another studio becomes who is at a device of this one, whatever they know.
    sign_in(&mut first, "wen", PASSWORD).await.refused(409, ProblemCode::BadRequest);
    first.pull().await;
    assert_eq!(first.get("/api/v1/devices").await.json::<Vec<DeviceRow>>().len(), 1);
}

async fn leave(owner: &mut Device, device: &Device, how: &str) {
    let reply = owner.post(&format!("/api/v1/devices/{}/{how}", device.id), &()).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
}

#[tokio::test]
async fn a_retired_device_gets_nothing_and_what_it_drops_off_counts() {
    let (world, mut owner) = World::claimed().await;
    let mut old = world.joined(&mut owner, 2, Role::Desk).await;
    let mut stream = Call::get(world.at(), "/api/v1/news").cookie(old.cookie.as_deref()).open().await;
    next(&mut stream).await.unwrap();
    let ada = enrol(&mut old, "Ada", "+8613800000001");
    leave(&mut owner, &old, "retire").await;
    let ended = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        while next(&mut stream).await.is_some() {}
    });
    ended.await.unwrap();
    old.get("/api/v1/news").await.refused(401, ProblemCode::SignIn);
    old.prove().await.refused(403, ProblemCode::Revoked);
    let push = old.next_push();
    let answer: PushAnswer = old.send(&push).await.json();
    assert_eq!(answer.wipe, Some(Standing::Retired));
    assert!(matches!(answer.answers[0].answer, OutcomeOrHold::Outcome(Outcome::Recorded { .. })));
    old.hear(&answer);
    owner.pull().await;
    assert!(owner.find::<rollcall_domain::members::Member>(ada.raw()).is_some());
    let rows: Vec<DeviceRow> = owner.get("/api/v1/devices").await.json();
    assert_eq!(rows[1].standing, Standing::Retired);
    // Shut out is the stronger word, and the last one.
    leave(&mut owner, &old, "revoke").await;
    leave(&mut owner, &old, "retire").await;
    let rows: Vec<DeviceRow> = owner.get("/api/v1/devices").await.json();
    assert_eq!(rows[1].standing, Standing::ShutOut);
}

#[tokio::test]
async fn a_device_with_nothing_to_drop_off_still_hears_that_it_shall_forget() {
    let (world, mut owner) = World::claimed().await;
    let mut lost = world.joined(&mut owner, 2, Role::Desk).await;
    let nothing = lost.push_of(&[]);
    lost.send(&nothing).await.refused(400, ProblemCode::BadRequest);
    leave(&mut owner, &lost, "revoke").await;
    let answer: PushAnswer = lost.send(&nothing).await.json();
    assert_eq!((answer.wipe, answer.answers.len()), (Some(Standing::ShutOut), 0));
    // The order is for who holds the key, and nobody else.
    let mut forged = lost.push_of(&[]);
    forged.signature = owner.sign(b"something else");
    lost.send(&forged).await.refused(403, ProblemCode::BadSignature);
}

#[tokio::test]
async fn a_device_gives_back_what_the_hub_forgot_before_it_is_told_to_forget() {
    let (world, mut owner) = World::claimed().await;
    let mut old = world.joined(&mut owner, 2, Role::Desk).await;
    leave(&mut owner, &old, "retire").await;
    let mut nothing = old.push_of(&[]);
    nothing.known = Some(Known { hub_epoch: old.studio.raw(), ..Known::default() });
    old.send(&nothing).await.refused(409, ProblemCode::Restored);
    nothing.known = Some(Known { hub_epoch: owner.hub_epoch, ..Known::default() });
    let answer: PushAnswer = old.send(&nothing).await.json();
    assert_eq!(answer.wipe, Some(Standing::Retired));
}

#[tokio::test]
async fn a_device_that_left_drops_off_slowly_and_in_small_pieces() {
    let (world, mut owner) = World::claimed().await;
    let mut lost = world.joined(&mut owner, 2, Role::Desk).await;
    for n in 0..=DROP_COUNT_MAX {
        enrol(&mut lost, &format!("Member {n}"), &format!("+861380000{n:04}"));
    }
    leave(&mut owner, &lost, "revoke").await;
    let all = lost.next_push();
    lost.send(&all).await.refused(413, ProblemCode::TooLarge);
    let piece = lost.push_of(&lost.waiting[..DROP_COUNT_MAX]);
    let answer: PushAnswer = lost.send(&piece).await.json();
    let aside = OutcomeOrHold::Hold(Hold::Quarantined { why: Quarantined::RevokedDevice });
    assert!(answer.answers.len() == DROP_COUNT_MAX && answer.answers.iter().all(|a| a.answer == aside));
    let mut refused = None;
    for _ in 0..25 {
        let reply = lost.send(&piece).await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
    }
    let after: i64 = refused.unwrap().header("retry-after").unwrap().parse().unwrap();
    world.pass(after * 1000);
    assert_eq!(lost.send(&piece).await.status, 200);
}

#[tokio::test]
async fn the_list_says_how_much_waits_on_a_device() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    enrol(&mut desk, "Ada", "+8613800000001");
    enrol(&mut desk, "Bo", "+8613800000002");
    let waiting = async |owner: &mut Device| -> Option<u32> {
        let rows: Vec<DeviceRow> = owner.get("/api/v1/devices").await.json();
        rows[1].waiting
    };
    desk.sign_in().await;
    assert_eq!(waiting(&mut owner).await, Some(2));
    desk.sync().await;
    assert_eq!(waiting(&mut owner).await, Some(0));
    world.pass(60_000);
    let before: Vec<DeviceRow> = owner.get("/api/v1/devices").await.json();
    desk.pull().await;
    let after: Vec<DeviceRow> = owner.get("/api/v1/devices").await.json();
    assert!(after[1].seen_at > before[1].seen_at);
}

#[tokio::test]
async fn an_ended_session_deletes_nothing() {
    let (world, mut owner) = World::claimed().await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    enrol(&mut desk, "Ada", "+8613800000001");
    world.pass(15 * 60_000);
    let reply = desk.get("/api/v1/news").await;
    reply.refused(401, ProblemCode::SignIn);
    assert!(!reply.text().contains("wipe"));
    assert_eq!(desk.waiting.len(), 1);
    desk.sign_in().await;
    desk.sync().await;
    assert!(desk.waiting.is_empty());
}
