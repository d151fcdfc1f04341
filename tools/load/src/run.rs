//! The run: studios move in, devices work for a while, hubs die meanwhile, and at the end everything is compared.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{CommandId, StudioId, Uuid};
use rollcall_domain::sync::wire::{Pairing, Push, PushAnswer, StartPairing};

use crate::Wish;
use crate::desk::{Desk, EACH};
use crate::device::Device;
use crate::figures::{Times, ms, per_second};
use crate::http::Call;
use crate::hubs::Hubs;
use crate::world::World;

/// Customers of one push, and pushes between two pulls.
const CUSTOMERS: usize = 4;
const PUSHES: usize = 10;
/// Time between two kills.
const KILL_EVERY: Duration = Duration::from_secs(2);
/// Time before a device knocks again.
const KNOCK: Duration = Duration::from_millis(20);

/// What a device's work came to.
struct Worked {
    desk: Desk,
    number: usize,
    given: BTreeSet<CommandId>,
    first: Option<(Push, PushAnswer)>,
    times: Times,
    knocked: usize,
}

/// Runs the wish; says how many commands were lost.
pub(crate) async fn run(wish: &Wish) -> usize {
    let database = wish.server.as_ref().map_or("SQLite", |_| "PostgreSQL");
    println!(
        "{} studios of {} devices for {} s at {} hub process(es) over {database}{}",
        wish.studios,
        wish.devices,
        wish.seconds,
        wish.processes,
        if wish.kill { ", one killed every 2 s" } else { "" }
    );
    let hubs = Arc::new(Hubs::start(wish).await);
    let started = Instant::now();
    let mut desks = Vec::new();
    for studio in 0..wish.studios {
        desks.extend(move_in(&hubs, wish, studio).await);
    }
    println!("moved in after {:.1} s", started.elapsed().as_secs_f64());
    let began = Instant::now();
    let until = began + Duration::from_secs(wish.seconds);
    let work: Vec<_> = desks
        .into_iter()
        .enumerate()
        .map(|(number, desk)| tokio::spawn(work(desk, number, hubs.clone(), until)))
        .collect();
    let kills = if wish.kill { killing(&hubs, until).await } else { 0 };
    let mut worked = Vec::new();
    for one in work {
        worked.push(one.await.unwrap());
    }
    let took = began.elapsed();
    tell(&mut worked, took, kills);
    compare(&hubs, worked, wish).await
}

async fn killing(hubs: &Hubs, until: Instant) -> usize {
    let mut kills = 0;
    while Instant::now() + KILL_EVERY < until {
        tokio::time::sleep(KILL_EVERY).await;
        hubs.kill(kills).await;
        kills += 1;
    }
    kills
}

/// A studio with its devices. Each device has an address of its own, as in the world.
async fn move_in(hubs: &Hubs, wish: &Wish, studio: u32) -> Vec<Desk> {
    let number = |device: u32| u128::from(studio * wish.devices + device + 1);
    let world = World::new(hubs.at(0));
    let mut owner = placed(Device::solo(&world, number(0)));
    owner.studio = StudioId(Uuid::from_u128(0xA000_0000 + u128::from(studio)));
    owner.open_studio_named(&format!("Studio {studio}"));
    owner.claim_and_upload(&hubs.code().await).await;
    owner.pull().await;
    let mut devices = Vec::new();
    for device in 1..wish.devices {
        let wish = StartPairing { role: Role::Owner, person: None };
        let pairing: Pairing = owner.post("/api/v1/pairing", &wish).await.json();
        let mut device = placed(Device::new(&world, number(device)));
        device.join(&pairing.code).await;
        device.pull().await;
        devices.push(device);
    }
    devices.insert(0, owner);
    devices.into_iter().map(Desk::new).collect()
}

fn placed(mut device: Device) -> Device {
    let [.., a, b] = device.id.raw().as_u128().to_be_bytes();
    device.from = Ipv4Addr::new(127, 1, a, b);
    device
}

async fn work(desk: Desk, number: usize, hubs: Arc<Hubs>, until: Instant) -> Worked {
    let mut worked =
        Worked { desk, number, given: BTreeSet::new(), first: None, times: Times::default(), knocked: 0 };
    let mut pushes = 0;
    while Instant::now() < until {
        for _ in 0..CUSTOMERS {
            worked.desk.customer();
        }
        worked.given.extend(worked.desk.device.waiting.iter().map(|line| line.id));
        while !worked.desk.device.waiting.is_empty() {
            push(&mut worked, &hubs).await;
        }
        pushes += 1;
        if pushes % PUSHES == 0 {
            try_pull(&mut worked.desk.device, &hubs, number).await;
        }
    }
    worked
}

/// One push, again and again until it is answered: an answer may be lost, a hub may be gone.
async fn push(worked: &mut Worked, hubs: &Hubs) {
    let push = worked.desk.device.next_push();
    let started = Instant::now();
    for knock in worked.number.. {
        let device = &worked.desk.device;
        let call = Call::post(hubs.at(knock), "/api/v1/push", &push).from(device.from);
        match call.try_send().await {
            Some(reply) if reply.status == 200 => {
                worked.times.0.push(started.elapsed());
                let answer: PushAnswer = reply.json();
                worked.desk.device.hear(&answer);
                worked.first.get_or_insert((push, answer));
                return;
            }
            Some(reply) => assert!(reply.status == 503, "{}: {}", reply.status, reply.text()),
            None => {}
        }
        worked.knocked += 1;
        tokio::time::sleep(KNOCK).await;
    }
}

/// Reads what is new, if a hub is there.
async fn try_pull(device: &mut Device, hubs: &Hubs, number: usize) {
    device.at = hubs.at(number);
    // The hub may die in the middle of it: the device then goes on with what it had.
    device.try_pull_once(500).await;
}

fn tell(worked: &mut [Worked], took: Duration, kills: usize) {
    let answered: usize = worked.iter().map(|one| one.desk.device.sent.len()).sum();
    let knocked: usize = worked.iter().map(|one| one.knocked).sum();
    let mut times = Times(worked.iter_mut().flat_map(|one| std::mem::take(&mut one.times.0)).collect());
    println!(
        "{answered} commands answered in {:.1} s by {} pushes of {}; {kills} hubs killed, {knocked} pushes knocked again",
        took.as_secs_f64(),
        times.0.len(),
        CUSTOMERS * EACH
    );
    let (p50, p99) = (times.percentile(50), times.percentile(99));
    println!("throughput {:.0} commands/s", per_second(answered, took));
    println!("push p50 {} p99 {}", ms(p50), ms(p99));
}

/// Everything is pulled; what was given and is not there, or is there twice, is lost.
async fn compare(hubs: &Hubs, mut worked: Vec<Worked>, wish: &Wish) -> usize {
    let mut lost = 0;
    for one in &mut worked {
        let device = &mut one.desk.device;
        device.at = hubs.at(one.number);
        let sent: BTreeSet<CommandId> = device.sent.iter().map(|(line, _)| line.id).collect();
        lost += one.given.difference(&sent).count() + device.waiting.len();
        // What was answered once is answered so for ever.
        if let Some((push, answer)) = &one.first {
            let again: PushAnswer = device.send(push).await.json();
            let other = again.answers.iter().zip(&answer.answers).filter(|(a, b)| a != b).count();
            lost += other + again.answers.len().abs_diff(answer.answers.len());
        }
        device.sign_in().await;
        device.pull().await;
    }
    for studio in worked.chunks_mut(wish.devices as usize) {
        let given: usize = studio.iter().map(|one| one.given.len()).sum();
        // One came with the upload, and the hub wrote each device down once.
        let own = 1 + studio.len();
        let members: Vec<_> = studio.iter().flat_map(|one| one.desk.members.clone()).collect();
        let owner = &mut studio[0].desk.device;
        let about: serde_json::Value = owner.get("/api/v1/hub").await.json();
        let kept = usize::try_from(about["commands"].as_u64().unwrap()).unwrap() - own;
        lost += given.abs_diff(kept);
        let here = |id: &rollcall_domain::members::MemberId| {
            owner.find::<rollcall_domain::members::Member>(*id).is_some()
        };
        lost += members.iter().filter(|id| !here(id)).count();
        let kinds = |kind: &str| owner.confirmed().iter().filter(|row| row.0 == kind).count();
        lost += kinds("member").abs_diff(members.len()) + kinds("payment").abs_diff(members.len());
        let all = owner.confirmed();
        let differs = studio.iter().filter(|one| one.desk.device.confirmed() != all).count();
        assert_eq!(differs, 0, "devices of one studio see different things");
    }
    println!("lost = {lost}");
    lost
}
