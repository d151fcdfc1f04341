//! A hub in a temporary folder that can be stopped, started again, moved in time and put back.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{StudioId, Uuid};
use rollcall_domain::sync::wire::{Pairing, StartPairing};
use rollcall_hub::backup::{self, BackupError};
use rollcall_hub::outside::{NoRandomness, Outside};
use rollcall_hub::serve::{self, Folder, Home, ServeError, Serving};
use rollcall_hub::storage::{Postgres, Sqlite, Storage};
use rollcall_hub::verify::{Report, verify};
use rollcall_hub::{Hub, Pages};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

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

/// The server the whole binary runs against instead of files, if one is named.
pub(crate) fn server() -> Option<String> {
    std::env::var("ROLLCALL_TEST_POSTGRES").ok()
}

/// An empty database of its own on that server.
pub(crate) async fn fresh_database(server: &str) -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let name = format!("it_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
    let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    conn.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    conn.close().await.unwrap();
    format!("{server}/{name}")
}

/// The hub, its folder or its database, and its clock.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) outside: Arc<Still>,
    /// Where the data is, if not in the folder.
    pub(crate) server: Option<String>,
    serving: Option<Serving>,
}

impl World {
    /// A hub nobody has claimed.
    pub(crate) async fn new() -> Self {
        let server = match server() {
            Some(server) => Some(fresh_database(&server).await),
            None => None,
        };
        Self::over(server).await
    }

    /// The same in a folder, for what only a folder has.
    pub(crate) async fn in_folder() -> Self {
        Self::over(None).await
    }

    pub(crate) async fn over(server: Option<String>) -> Self {
        let outside = Arc::new(Still { now: AtomicI64::new(MORNING.0), drawn: AtomicU64::new(0) });
        let mut world = Self { dir: tempfile::tempdir().unwrap(), outside, server, serving: None };
        world.start().await;
        world
    }

    /// A hub with its owner's device, which brought its studio along.
    pub(crate) async fn claimed() -> (Self, Device) {
        Self::new().await.with_owner().await
    }

    pub(crate) async fn with_owner(self) -> (Self, Device) {
        let world = self;
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
        self.serving = Some(self.another_hub().await.unwrap());
    }

    /// One more hub over the same data: with a server there can be any number.
    pub(crate) async fn another_hub(&self) -> Result<Serving, ServeError> {
        let home = match &self.server {
            Some(address) => Home::Server(address.clone()),
            None => Home::Folder(Folder::hold(self.dir.path())?),
        };
        let pages = Pages::folder(self.dir.path().join("app"));
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        serve::start(home, self.outside.clone(), any, pages, false).await
    }

    /// The data itself, beside a running hub.
    pub(crate) async fn storage(&self) -> Arc<dyn Storage> {
        match &self.server {
            Some(address) => Arc::new(Postgres::open(address).await.unwrap()),
            None => Arc::new(Sqlite::open(&self.database()).await.unwrap()),
        }
    }

    pub(crate) async fn verify(&self) -> Report {
        let storage = self.storage().await;
        let report = verify(&*storage).await.unwrap();
        storage.close().await;
        report
    }

    /// Puts a backup back, as the program does.
    pub(crate) async fn restore(&self, passphrase: &str, from: &Path) -> Result<(), BackupError> {
        match &self.server {
            Some(_) => {
                backup::restore_into(self.storage().await, &*self.outside, Some(passphrase), from).await
            }
            None => {
                let folder = Folder::hold(self.dir.path()).unwrap();
                backup::restore(&folder, &*self.outside, Some(passphrase), from).await.map(drop)
            }
        }
    }

    /// Where the data is, for the command line.
    pub(crate) fn place(&self) -> [String; 2] {
        match &self.server {
            Some(address) => ["--database".to_owned(), address.clone()],
            None => ["--data".to_owned(), self.dir.path().display().to_string()],
        }
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
