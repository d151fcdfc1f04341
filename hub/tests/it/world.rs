//! A hub in a temporary folder that can be stopped, started again, moved in time and put back.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{StudioId, Uuid};
use rollcall_domain::sync::wire::{Pairing, StartPairing};
use rollcall_hub::outside::{NoRandomness, Outside};
use rollcall_hub::serve::{self, Folder, Serving};
use rollcall_hub::{Hub, Pages};
use sha2::{Digest as _, Sha256};

use crate::device::Device;

/// 2026-11-22 09:00 in Shanghai.
pub(crate) const MORNING: Timestamp = Timestamp(1_795_309_200_000);

/// A clock that stands still and random bytes that repeat from run to run.
#[derive(Debug)]
pub(crate) struct Still {
    now: AtomicI64,
    drawn: AtomicU64,
}

impl Outside for Still {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        for chunk in bytes.chunks_mut(32) {
            let drawn = self.drawn.fetch_add(1, Ordering::SeqCst);
            chunk.copy_from_slice(&Sha256::digest(drawn.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

/// The hub, its folder and its clock.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) outside: Arc<Still>,
    serving: Option<Serving>,
}

impl World {
    /// A hub nobody has claimed.
    pub(crate) async fn new() -> Self {
        let outside = Arc::new(Still { now: AtomicI64::new(MORNING.0), drawn: AtomicU64::new(0) });
        let mut world = Self { dir: tempfile::tempdir().unwrap(), outside, serving: None };
        world.start().await;
        world
    }

    /// A hub with its owner's device, which brought its studio along.
    pub(crate) async fn claimed() -> (Self, Device) {
        let world = Self::new().await;
        let mut owner = Device::solo(&world, 1);
        owner.open_studio();
        owner.claim_and_upload(&world.code().await).await;
        owner.pull().await;
        (world, owner)
    }

    /// One more studio on the same hub, with its owner's device.
    pub(crate) async fn another(&self, number: u128, name: &str) -> Device {
        self.pass(6_000);
        let code = self.hub().another_claim_code().await.unwrap();
        let mut owner = Device::solo(self, number);
        owner.studio = StudioId(Uuid::from_u128(0xA00 + number));
        owner.open_studio_named(name);
        owner.claim_and_upload(&code).await;
        owner.pull().await;
        owner
    }

    /// Another device, let in by the owner.
    pub(crate) async fn joined(&self, owner: &mut Device, number: u128, role: Role) -> Device {
        // So that many can join one after another without being taken for guessing.
        self.pass(6_000);
        let pairing: Pairing =
            owner.post("/api/v1/pairing", &StartPairing { role, person: None }).await.json();
        let mut device = Device::new(self, number);
        device.join(&pairing.code).await;
        device.pull().await;
        device
    }

    pub(crate) async fn start(&mut self) {
        let folder = Folder::hold(self.dir.path()).unwrap();
        let pages = Pages::folder(self.dir.path().join("app"));
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        self.serving = Some(serve::start(folder, self.outside.clone(), any, pages, false).await.unwrap());
    }

    pub(crate) async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.stop().await;
        }
    }

    /// Stops and starts again over the same files.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.serving.as_ref().unwrap().address
    }

    pub(crate) fn hub(&self) -> &Hub {
        self.serving.as_ref().unwrap().hub()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir.path().join(serve::DATABASE)
    }

    pub(crate) async fn code(&self) -> String {
        self.hub().claim_code().await.unwrap().unwrap()
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.outside.now.fetch_add(ms, Ordering::SeqCst);
    }
}
