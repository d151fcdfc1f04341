//! The hub of a simulated world: the real one, over a database that can be copied, put back and made to fail, under a
//! clock that moves only when told.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::Router;
use rollcall_domain::demo::dice::Dice;
use rollcall_domain::kernel::ids::DeviceId;
use rollcall_domain::kernel::{Role, Timestamp};
use rollcall_domain::registry;
use rollcall_hub::erasures::{self, Everybody, List as _, ListError, MemoryList};
use rollcall_hub::outside::{NoRandomness, Outside};
use rollcall_hub::storage::memory::{Memory, Point, Snapshot, Trouble};
use rollcall_hub::storage::{Device, Storage as _, StorageError};
use rollcall_hub::{Hub, Pages, StartError, backup, router};
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

/// Trouble that is still to come.
#[derive(Debug, Clone, Copy)]
struct Coming {
    times: u32,
    what: Trouble,
}

/// The hub, while it runs, and its database.
pub(crate) struct House {
    outside: Arc<Still>,
    storage: Memory,
    hub: Option<(Hub, Router)>,
    /// Who was erased: beside the database, so that it stays when an older one is put back.
    list: MemoryList,
    coming: Option<Coming>,
}

impl House {
    pub(crate) fn new(outside: Arc<Still>) -> Self {
        Self { outside, storage: Memory::new(), hub: None, list: MemoryList::default(), coming: None }
    }

    /// Starts over what the database holds.
    pub(crate) async fn start(&mut self) -> Result<(), StartError> {
        self.heal();
        let storage = Arc::new(self.storage.clone());
        let (outside, list) = (self.outside.clone(), Arc::new(self.list.clone()));
        let hub = Hub::start_with(storage, outside, registry::catalogue(), true, list).await?;
        self.hub = Some((hub.clone(), router(hub, Pages::folder("app".into()))));
        Ok(())
    }

    /// The process dies: what was committed stays.
    pub(crate) fn kill(&mut self) {
        self.hub = None;
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

    /// What time it is for the hub.
    pub(crate) fn now(&self) -> Timestamp {
        self.outside.now()
    }

    pub(crate) const fn storage(&self) -> &Memory {
        &self.storage
    }

    /// A copy of the database as it is.
    pub(crate) fn copy(&self) -> Snapshot {
        self.storage.snapshot()
    }

    /// Stops, puts a copy in the place of the database, and starts again; the tool says so in the data, a hand does not.
    pub(crate) async fn put_back(&mut self, copy: &Snapshot, by_the_tool: bool) -> Result<(), StartError> {
        self.kill();
        self.heal();
        if by_the_tool {
            // What the database knew of erasures goes on the list before it is moved aside.
            erasures::reconcile(&self.storage, &self.list).await?;
        }
        self.storage.restore(copy);
        if by_the_tool && backup::new_lives(&self.storage, &*self.outside).await.is_err() {
            return Err(StartError::ClockBehind(0));
        }
        self.start().await
    }

    /// The database fails so many times, beginning with the n-th operation of a writer from now, or at a commit.
    pub(crate) fn fail_next(&mut self, luck: &mut Dice) {
        let what = *luck.pick(&[Trouble::Busy, Trouble::Away, Trouble::Full, Trouble::Broken]);
        let at = match luck.between(0, 4) {
            0 => Point::Commit,
            1 => Point::AfterCommit,
            _ => Point::Operation(u64::from(luck.between(1, 40))),
        };
        self.storage.trouble(at, what);
        self.coming = Some(Coming { times: luck.between(0, 5), what });
    }

    /// After each step: trouble that came once comes again, as often as it was meant to.
    pub(crate) fn go_on(&mut self) {
        let Some(coming) = self.coming else { return };
        if self.storage.is_troubled() {
            return;
        }
        self.coming = (coming.times > 1).then(|| {
            self.storage.trouble(Point::Operation(1), coming.what);
            Coming { times: coming.times - 1, ..coming }
        });
    }

    /// The database fails no more.
    pub(crate) fn heal(&mut self) {
        self.coming = None;
        self.storage.calm();
    }

    async fn device(&self, device: DeviceId) -> Result<Option<Device>, StorageError> {
        self.storage.read().await?.device(device).await
    }

    /// True when the hub knows the device.
    pub(crate) async fn knows(&self, device: DeviceId) -> Result<bool, StorageError> {
        Ok(self.device(device).await?.is_some())
    }

    /// What a device may do.
    pub(crate) async fn role_of(&self, device: DeviceId) -> Result<Option<Role>, StorageError> {
        Ok(self.device(device).await?.map(|d| d.role))
    }

    /// True when the device was shut out or retired.
    pub(crate) async fn is_shut_out(&self, device: DeviceId) -> Result<bool, StorageError> {
        Ok(self.device(device).await?.is_some_and(|d| !d.is_in_use()))
    }

    /// Who is on the list of who was erased.
    pub(crate) fn listed(&self) -> Result<Everybody, ListError> {
        self.list.everybody()
    }

    /// The newest change.
    pub(crate) async fn head(&self) -> Result<u64, StorageError> {
        Ok(self.storage.read().await?.studios_after(None, 1).await?.first().map_or(0, |s| s.head))
    }
}
