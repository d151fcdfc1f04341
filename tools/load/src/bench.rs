//! Two figures by themselves: how fast one studio's commands are accepted on SQLite with every commit on the disk, and
//! how long a thousand waiting changes of one device take over HTTP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use hyper::Request;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::sync::wire::{PUSH_COUNT_MAX, Pairing, PushAnswer, StartPairing};
use rollcall_hub::outside::Machine;
use rollcall_hub::serve::{self, Folder};
use rollcall_hub::{Pages, router};
use tower::ServiceExt as _;

use crate::Wish;
use crate::desk::Desk;
use crate::device::Device;
use crate::figures::per_second;
use crate::hubs::Hubs;
use crate::world::World;

/// Devices, and full pushes of each.
const DEVICES: u128 = 10;
const PUSHES: usize = 10;
/// What a tablet brings after a long day offline.
const WAITING: usize = 1_000;

/// Batches of commands into one studio, without sockets: signatures, decisions, commits.
pub(crate) async fn accepting() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::hold(dir.path()).unwrap();
    let pages = || Pages::folder(dir.path().join("app"));
    let serving = serve::start(folder, Arc::new(Machine), "127.0.0.1:0".parse().unwrap(), pages(), false)
        .await
        .unwrap();
    let world = World::new(serving.address);
    let mut owner = Device::solo(&world, 1);
    owner.open_studio();
    owner.claim_and_upload(&serving.hub().claim_code().await.unwrap().unwrap()).await;
    owner.pull().await;
    let mut bodies: Vec<Vec<Vec<u8>>> = Vec::new();
    for number in 2..2 + DEVICES {
        let wish = StartPairing { role: Role::Owner, person: None };
        let pairing: Pairing = owner.post("/api/v1/pairing", &wish).await.json();
        let mut device = Device::new(&world, number);
        device.from = std::net::Ipv4Addr::new(127, 2, 0, u8::try_from(number).unwrap());
        device.join(&pairing.code).await;
        device.pull().await;
        bodies.push(filled(Desk::new(device)));
    }
    let app = router(serving.hub().clone(), pages());
    let count = bodies.iter().map(Vec::len).sum::<usize>() * PUSH_COUNT_MAX;
    let started = Instant::now();
    let work: Vec<_> = bodies
        .into_iter()
        .map(|bodies| {
            let app = app.clone();
            tokio::spawn(async move {
                for body in bodies {
                    let request = Request::post("/api/v1/push").header("content-type", "application/json");
                    let answer = app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
                    assert_eq!(answer.status(), 200);
                }
            })
        })
        .collect();
    for one in work {
        one.await.unwrap();
    }
    let took = started.elapsed();
    serving.stop().await;
    said("accepting in batches, SQLite, synchronous=FULL", count, took, 5_000.0);
}

/// Full pushes of a day at the desk, ready to be sent.
fn filled(mut desk: Desk) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    while desk.device.waiting.len() < PUSHES * PUSH_COUNT_MAX {
        desk.customer();
    }
    for lines in desk.device.waiting.chunks(PUSH_COUNT_MAX).take(PUSHES) {
        bodies.push(serde_json::to_vec(&desk.device.push_of(lines)).unwrap());
    }
    bodies
}

/// A device that comes back with a thousand changes, at a hub process of its own.
pub(crate) async fn waiting(wish: &Wish) {
    let hubs = Hubs::start(&Wish { processes: 1, server: None, ..wish.clone() }).await;
    let world = World::new(hubs.at(0));
    let mut owner = Device::solo(&world, 1);
    owner.open_studio();
    owner.claim_and_upload(&hubs.code().await).await;
    owner.pull().await;
    let mut desk = Desk::new(owner);
    while desk.device.waiting.len() < WAITING {
        desk.customer();
    }
    desk.device.waiting.truncate(WAITING);
    let lines = std::mem::take(&mut desk.device.waiting);
    let pushes: Vec<_> = lines.chunks(PUSH_COUNT_MAX).map(|lines| desk.device.push_of(lines)).collect();
    let started = Instant::now();
    let mut answered = 0;
    for push in &pushes {
        let answer: PushAnswer = desk.device.send(push).await.json();
        answered += answer.answers.len();
    }
    let took = started.elapsed();
    assert_eq!(answered, WAITING);
    said("1,000 waiting changes of one device over HTTP", answered, took, 3_000.0);
}

fn said(what: &str, count: usize, took: Duration, wanted: f64) {
    let speed = per_second(count, took);
    let word = if speed >= wanted { "reached" } else { "MISSED" };
    println!("{what}: {count} in {:.2} s = {speed:.0}/s ({wanted:.0}/s {word})", took.as_secs_f64());
}
