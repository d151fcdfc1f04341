//! The hub of a simulated world: the real one, over a database that can be copied, put back and made to fail, under a
//! clock that moves only when told.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::Router;
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::ids::DeviceId;
use rollcall_domain::registry;
use rollcall_hub::outside::{NoRandomness, Outside};
use rollcall_hub::storage::{Device, Sqlite, Storage, StorageError};
use rollcall_hub::{Hub, Pages, backup, router};
use sha2::{Digest as _, Sha256};

/// 2026-11-22 09:00 in Shanghai.
pub(crate) const MORNING: Timestamp = Timestamp(1_795_309_200_000);

/// A clock that stands still and random bytes that repeat from run to run.
#[derive(Debug)]
pub(crate) struct Still {
    now: AtomicI64,
    drawn: AtomicU64,
    seed: u64,
}

impl Still {
    pub(crate) fn new(seed: u64) -> Self {
        Self { now: AtomicI64::new(MORNING.0), drawn: AtomicU64::new(0), seed }
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Outside for Still {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        for chunk in bytes.chunks_mut(32) {
            let drawn = self.drawn.fetch_add(1, Ordering::SeqCst);
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(drawn.to_be_bytes());
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
        Ok(())
    }
}

/// The hub, while it runs, and its database.
pub(crate) struct House {
    folder: tempfile::TempDir,
    outside: Arc<Still>,
    storage: Option<Arc<Sqlite>>,
    hub: Option<(Hub, Router)>,
    copies: u32,
}

impl House {
    pub(crate) fn new(outside: Arc<Still>) -> std::io::Result<Self> {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
        Ok(Self { folder, outside, storage: None, hub: None, copies: 0 })
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("hub.db")
    }

    /// Starts over what the database holds.
    pub(crate) async fn start(&mut self) -> Result<(), String> {
        let storage = Arc::new(Sqlite::open(&self.file()).await.map_err(|e| e.to_string())?);
        let hub = Hub::start(storage.clone(), self.outside.clone(), registry::catalogue(), true)
            .await
            .map_err(|e| e.to_string())?;
        let app = Pages::folder(self.folder.path().join("app"));
        self.hub = Some((hub.clone(), router(hub, app)));
        self.storage = Some(storage);
        Ok(())
    }

    /// The process dies: what was committed stays.
    pub(crate) async fn kill(&mut self) {
        self.hub = None;
        if let Some(storage) = self.storage.take() {
            storage.close().await;
        }
    }

    pub(crate) fn router(&self) -> Option<Router> {
        self.hub.as_ref().map(|(_, router)| router.clone())
    }

    pub(crate) const fn hub(&self) -> Option<&Hub> {
        match &self.hub {
            Some((hub, _)) => Some(hub),
            None => None,
        }
    }

    pub(crate) fn storage(&self) -> Option<Arc<dyn Storage>> {
        self.storage.clone().map(|s| s as Arc<dyn Storage>)
    }

    /// A copy of the database as it is.
    pub(crate) async fn copy(&mut self) -> Option<PathBuf> {
        self.copies += 1;
        let to = self.folder.path().join(format!("copy-{}.db", self.copies));
        self.storage.as_ref()?.snapshot(&to).await.ok()?;
        Some(to)
    }

    /// Stops, puts a copy in the place of the database, and starts again; the tool says so in the data, a hand does not.
    pub(crate) async fn put_back(&mut self, copy: &Path, by_the_tool: bool) -> Result<(), String> {
        self.kill().await;
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file().display()));
        }
        std::fs::copy(copy, self.file()).map_err(|e| e.to_string())?;
        if by_the_tool {
            let storage = Sqlite::open(&self.file()).await.map_err(|e| e.to_string())?;
            let done = backup::new_lives(&storage, &*self.outside).await;
            storage.close().await;
            done.map_err(|e| e.to_string())?;
        }
        self.start().await
    }

    /// The database fails so many times, beginning with the n-th operation from now.
    pub(crate) fn fail_next(&mut self, _after: u32, _times: u32) {}

    /// The database fails no more.
    pub(crate) fn heal(&mut self) {}

    async fn device(&self, device: DeviceId) -> Result<Option<Device>, StorageError> {
        let Some(storage) = &self.storage else { return Ok(None) };
        storage.read().await?.device(device).await
    }

    /// True when the hub knows the device.
    pub(crate) async fn knows(&self, device: DeviceId) -> Result<bool, StorageError> {
        Ok(self.device(device).await?.is_some())
    }

    /// True when the device was shut out.
    pub(crate) async fn is_shut_out(&self, device: DeviceId) -> Result<bool, StorageError> {
        Ok(self.device(device).await?.is_some_and(|d| d.revoked))
    }

    /// The newest change.
    pub(crate) async fn head(&self) -> Result<u64, StorageError> {
        let Some(storage) = &self.storage else { return Ok(0) };
        Ok(storage.read().await?.studios_after(None, 1).await?.first().map_or(0, |s| s.head))
    }
}
