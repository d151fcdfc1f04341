//! Several hubs over one PostgreSQL database, and the way from a folder to one.

use std::time::Duration;

use rollcall_domain::kernel::access::Role;
use rollcall_domain::sync::wire::{ProblemCode, PushAnswer};
use rollcall_hub::serve::ServeError;
use rollcall_hub::storage::{MoveError, Postgres, Sqlite, Storage as _, StorageError, move_to};
use rollcall_hub::verify::verify;
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};

use crate::agree::{change, enrol, settings};
use crate::binary::{Process, program, said};
use crate::device::Device;
use crate::http::{Call, next};
use crate::world::{World, fresh_database, server};

/// What one hub did another one knows after this long.
const SOON: Duration = Duration::from_secs(5);

async fn database() -> String {
    fresh_database(&server().unwrap()).await
}

async fn ask(world: &World, sql: &'static str) -> PgConnection {
    let mut conn = PgConnection::connect(world.server.as_deref().unwrap()).await.unwrap();
    conn.execute(sql).await.unwrap();
    conn
}

fn members(device: &Device) -> usize {
    device.confirmed().iter().filter(|(kind, ..)| kind == "member").count()
}

#[tokio::test]
async fn a_push_at_one_hub_is_news_at_another_and_is_pulled_there() {
    let (world, mut owner) = World::claimed().await;
    let second = world.another_hub().await.unwrap();
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    // Its session was opened at the first hub.
    desk.at = second.address;
    let mut stream = Call::get(desk.at, "/api/v1/news").cookie(desk.cookie.as_deref()).open().await;
    next(&mut stream).await.unwrap();
    for round in 1..=3 {
        let member = enrol(&mut owner, &format!("Member {round}"), &format!("+86138{round:08}"));
        owner.push().await;
        let news = tokio::time::timeout(SOON, next(&mut stream)).await.unwrap().unwrap();
        desk.pull().await;
        assert!(news.contains(&desk.covered().to_string()), "{news}");
        assert!(desk.find::<rollcall_domain::members::Member>(member).is_some());
    }
    // And the other way round.
    enrol(&mut desk, "Bo", "+8613900000001");
    desk.sync().await;
    owner.pull().await;
    assert_eq!((members(&owner), owner.confirmed()), (4, desk.confirmed()));
    second.stop().await;
}

#[tokio::test]
async fn who_is_shut_out_at_one_hub_is_gone_from_all() {
    let (world, mut owner) = World::claimed().await;
    let second = world.another_hub().await.unwrap();
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    desk.at = second.address;
    let mut stream = Call::get(desk.at, "/api/v1/news").cookie(desk.cookie.as_deref()).open().await;
    next(&mut stream).await.unwrap();
    let reply = owner.post(&format!("/api/v1/devices/{}/revoke", desk.id), &()).await;
    assert_eq!(reply.status, 204);
    assert_eq!(tokio::time::timeout(SOON, next(&mut stream)).await.unwrap(), None);
    desk.get("/api/v1/news").await.refused(401, ProblemCode::SignIn);
    desk.prove().await.refused(403, ProblemCode::Revoked);
    second.stop().await;
}

#[tokio::test]
async fn hubs_that_start_at_once_over_nothing_make_one_house() {
    let mut world = World::over(Some(database().await)).await;
    // From here on another database, which nobody has used.
    world.server = Some(database().await);
    let (one, two, three) = tokio::join!(world.another_hub(), world.another_hub(), world.another_hub());
    let hubs = [one.unwrap(), two.unwrap(), three.unwrap()];
    let mut codes = Vec::new();
    for hub in &hubs {
        codes.push(hub.hub().claim_code().await.unwrap().unwrap());
    }
    codes.dedup();
    assert_eq!(codes.len(), 1);
    // One secret: a challenge of one is answered at another.
    let mut owner = Device::solo(&world, 1);
    owner.at = hubs[0].address;
    owner.open_studio();
    owner.claim_and_upload(&codes[0]).await;
    owner.at = hubs[1].address;
    owner.sign_in().await;
    owner.at = hubs[2].address;
    owner.pull().await;
    assert_eq!(settings(&owner).name, "Riverside");
    for hub in hubs {
        hub.stop().await;
    }
}

#[tokio::test]
async fn what_a_newer_build_wrote_is_refused() {
    let mut world = World::over(Some(database().await)).await;
    world.stop().await;
    for sql in [
        "UPDATE hub SET value = '99' WHERE key = 'tables'",
        "UPDATE hub SET value = '999.0.0' WHERE key = 'written_by'",
    ] {
        ask(&world, sql).await;
        let started = world.another_hub().await;
        assert!(matches!(started, Err(ServeError::Storage(StorageError::Newer { .. }))), "{sql}");
        ask(&world, "UPDATE hub SET value = '1' WHERE key = 'tables'").await;
    }
}

#[tokio::test]
async fn lines_that_break_are_made_again_and_no_device_loses_anything() {
    let (world, mut owner) = World::claimed().await;
    for round in 0..5 {
        enrol(&mut owner, &format!("Member {round}"), &format!("+86138{round:08}"));
        ask(
            &world,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
        let push = owner.next_push();
        let mut replies = Vec::new();
        let answer: PushAnswer = loop {
            let reply = owner.send(&push).await;
            if reply.status == 200 {
                break reply.json();
            }
            replies.push(reply.status.as_u16());
            assert!(replies.len() < 20, "{replies:?}");
        };
        // Come again, and never that something is wrong with the command.
        assert!(replies.iter().all(|status| *status == 503), "{replies:?}");
        owner.hear(&answer);
    }
    owner.pull().await;
    assert_eq!((members(&owner), owner.waiting.len()), (5, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_killed_in_the_middle_of_its_batches_leaves_the_rest_to_the_others() {
    let (mut world, mut owner) = World::claimed().await;
    let devices = {
        let mut devices = Vec::new();
        for number in 2..6 {
            devices.push(world.joined(&mut owner, number, Role::Desk).await);
        }
        devices
    };
    world.stop().await;
    let mut first = Process::start(&world);
    let mut second = Process::start(&world);
    let at = first.line("listening on http://").parse().unwrap();
    let other = second.line("listening on http://").parse().unwrap();
    let (answered, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let work: Vec<_> = devices
        .into_iter()
        .map(|mut device| {
            for n in 0..20 {
                let phone = format!("+86139{:08}", device.mint().as_u128() % 1_000 * 100 + n);
                enrol(&mut device, &format!("Member {n}"), &phone);
            }
            let answered = answered.clone();
            tokio::spawn(async move {
                // Five at a time, so that the kill falls between and into them.
                while !device.waiting.is_empty() {
                    let push = device.push_of(&device.waiting[..device.waiting.len().min(5)]);
                    device.at = at;
                    let reply = match Call::post(at, "/api/v1/push", &push).try_send().await {
                        Some(reply) if reply.status == 200 => reply,
                        _ => {
                            device.at = other;
                            device.send(&push).await
                        }
                    };
                    device.hear(&reply.json());
                    answered.send(()).unwrap();
                }
                device
            })
        })
        .collect();
    for _ in 0..4 {
        answers.recv().await.unwrap();
    }
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    owner.at = other;
    let mut heard = 0;
    for one in work {
        heard += one.await.unwrap().sent.len();
    }
    owner.sign_in().await;
    owner.pull().await;
    assert_eq!((heard, members(&owner)), (80, 80));
    assert_eq!(second.terminate(), 0);
    assert_eq!(world.verify().await.wrong, Vec::<String>::new());
}

#[tokio::test]
async fn a_folder_moves_to_a_server_and_no_device_notices() {
    let (mut world, mut owner) = World::in_folder().await.with_owner().await;
    let mut other = world.another(9, "Hillside").await;
    let mut desk = world.joined(&mut owner, 2, Role::Desk).await;
    enrol(&mut owner, "Ada", "+8613800000001");
    owner.give(&change(1, "Seaside"), &());
    // Something that left a scope, waits, or was odd goes along as it is.
    let missing = rollcall_domain::kernel::CommandId(owner.mint());
    owner.give_after(&change(2, "Lakeside"), &(), vec![missing]);
    owner.sync().await;
    desk.pull().await;
    enrol(&mut desk, "Bo", "+8613800000002");
    let lost = desk.next_push();
    let before = desk.send(&lost).await.text();
    let place = world.place();
    world.stop().await;

    let address = database().await;
    let moved = program().args(["migrate-to", &address]).args(&place).output().unwrap();
    assert!(moved.status.success() && said(&moved).contains("moved 2 studios"), "{}", said(&moved));
    let refused = program().args(["serve", "--listen", "127.0.0.1:0"]).args(&place).output().unwrap();
    assert!(
        !refused.status.success() && said(&refused).contains("was moved to postgres://"),
        "{}",
        said(&refused)
    );
    assert!(!said(&refused).contains("password"));

    world.server = Some(address);
    world.start().await;
    for device in [&mut owner, &mut other, &mut desk] {
        device.at = world.at();
    }
    // The answer that was lost is given again byte for byte, and nothing happens twice.
    let answers = |text: &str| text.split("\"answers\":").nth(1).unwrap().to_owned();
    let again = desk.send(&lost).await;
    assert_eq!(answers(&again.text()), answers(&before));
    let answer: PushAnswer = again.json();
    assert_eq!(answer.fork, None);
    desk.hear(&answer);
    let epoch = owner.hub_epoch;
    // The sessions of before still hold, the cursors too.
    owner.pull().await;
    assert_eq!((owner.hub_epoch, members(&owner)), (epoch, 2));
    enrol(&mut owner, "Cai", "+8613800000003");
    owner.sync().await;
    desk.pull().await;
    assert_eq!(members(&desk), 3);
    assert!(desk.waiting.is_empty() && desk.epoch == 1);
    // What waited is decided there when what it waits for comes.
    let input = rollcall_domain::kernel::command::Input::encode(&change(9, "Nowhere"), &()).unwrap();
    let (entry, envelope) = owner.seal(missing, input, Vec::new());
    owner.waiting.push(crate::device::Line { id: missing, entry, envelope, decision: None, outcome: None });
    owner.sync().await;
    assert!(owner.confirmed().iter().any(|(.., body)| body.contains("Lakeside")));
    enrol(&mut other, "Dai", "+8613800000004");
    other.sync().await;
    assert_eq!((members(&other), settings(&other).name.as_str()), (1, "Hillside"));
    world.stop().await;
    assert_eq!(world.verify().await.wrong, Vec::<String>::new());
}

#[tokio::test]
async fn a_move_that_broke_off_before_its_mark_is_finished_and_a_used_database_is_not_taken() {
    let (mut world, _owner) = World::in_folder().await.with_owner().await;
    world.stop().await;
    let copy = world.dir.path().join("copy.db");
    std::fs::copy(world.database(), &copy).unwrap();
    let address = database().await;
    let to = Postgres::open(&address).await.unwrap();
    let from = Sqlite::open(&world.database()).await.unwrap();
    let moved = move_to(&from, &to, "there").await.unwrap();
    assert_eq!((moved.studios, moved.commands), (1, 1));
    from.close().await;
    let refused = Sqlite::open(&world.database()).await;
    assert!(matches!(refused, Err(StorageError::Moved(at)) if at == "there"));
    // As if the mark had not been made.
    let from = Sqlite::open(&copy).await.unwrap();
    assert_eq!(move_to(&from, &to, "there").await.unwrap(), moved);
    assert_eq!(verify(&to).await.unwrap().wrong, Vec::<String>::new());
    let other = World::over(Some(database().await)).await;
    let used = Postgres::open(other.server.as_deref().unwrap()).await.unwrap();
    let (mut third, _) = World::in_folder().await.with_owner().await;
    third.stop().await;
    let from = Sqlite::open(&third.database()).await.unwrap();
    assert!(matches!(move_to(&from, &used, "there").await, Err(MoveError::NotEmpty)));
    from.close().await;
    // Nothing was marked: the folder serves on.
    third.start().await;
    let mut conn = ask(&other, "SELECT 1").await;
    let row = conn.fetch_one("SELECT count(*) FROM studios").await.unwrap();
    assert_eq!(row.get::<i64, _>(0), 0);
}
