//! The hub itself, without HTTP: what it keeps, its clock, its secret, its news. Knows no kind of record.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use rollcall_domain::kernel::Catalogue;
use rollcall_domain::kernel::ids::{DeviceId, Hash};
use rollcall_domain::kernel::time::Timestamp;
use sha2::Sha256;
use tokio::sync::watch;

use crate::accept::{self, AcceptError, Door};
use crate::auth::codes;
use crate::http::limits::Limits;
use crate::outside::{NoRandomness, Outside, random};
use crate::storage::{Storage, StorageError};

/// The setting under which the claim code waits; gone once used.
pub(crate) const CLAIM_CODE: &str = "claim_code";
/// The setting that holds the secret of seals and challenges.
pub(crate) const SECRET: &str = "secret";
/// How far the clock may have gone back since the last change before the hub refuses to start.
const CLOCK_BACK_MS: i64 = 5 * 60_000;

/// Why the hub does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The machine.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// All deadlines rest on the clock.
    #[error(
        "the clock of this machine is {0} minutes behind the last change in the data. Set the clock, or start with --trust-clock"
    )]
    ClockBehind(i64),
    /// What was kept cannot be brought up to this build.
    #[error("bringing the data up to this version failed: {0}")]
    Upkeep(#[from] AcceptError),
}

/// A running hub; clones are the same one.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

/// What every part of the hub may use.
pub struct Inner {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) outside: Arc<dyn Outside>,
    pub(crate) catalogue: &'static Catalogue,
    pub(crate) secret: Secret,
    pub(crate) news: News,
    pub(crate) door: Door,
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
}

impl std::ops::Deref for Hub {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Hub {
    /// Opens for business over a storage: makes the secret and the claim code if they are missing, brings the
    /// look-ups up to this build, decides again what an older build could not.
    pub async fn start(
        storage: Arc<dyn Storage>,
        outside: Arc<dyn Outside>,
        catalogue: &'static Catalogue,
        trust_clock: bool,
    ) -> Result<Self, StartError> {
        let secret = prepare(&*storage, &*outside).await?;
        let (door, jobs) = Door::new();
        let inner = Inner {
            limits: Limits::new(outside.clone()),
            news: News::default(),
            counters: Counters::default(),
            storage,
            outside,
            catalogue,
            secret,
            door,
        };
        let hub = Self(Arc::new(inner));
        hub.check_clock(trust_clock).await?;
        accept::upkeep(&hub).await?;
        tokio::spawn(accept::work(hub.weak(), jobs));
        Ok(hub)
    }

    pub(crate) fn weak(&self) -> std::sync::Weak<Inner> {
        Arc::downgrade(&self.0)
    }

    pub(crate) fn of(inner: Arc<Inner>) -> Self {
        Self(inner)
    }

    /// The code the first device needs; nothing once claimed.
    pub async fn claim_code(&self) -> Result<Option<String>, StorageError> {
        self.storage.read().await?.setting(CLAIM_CODE).await
    }

    async fn check_clock(&self, trust: bool) -> Result<(), StartError> {
        let mut look = self.storage.read().await?;
        let Some(studio) = look.studio().await? else { return Ok(()) };
        self.news.tell(studio.head);
        let last = look.last_link(studio.studio, studio.head).await?.map(|link| link.at).unwrap_or_default();
        let behind = last.0 - self.outside.now().0;
        if behind > CLOCK_BACK_MS && !trust {
            return Err(StartError::ClockBehind(behind / 60_000));
        }
        Ok(())
    }
}

impl Inner {
    /// The hub's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.outside.now()
    }
}

async fn prepare(storage: &dyn Storage, outside: &dyn Outside) -> Result<Secret, StartError> {
    let mut work = storage.write().await?;
    let secret = match work.setting(SECRET).await?.as_deref().and_then(Secret::read) {
        Some(secret) => secret,
        None => {
            let secret = Secret(random(outside)?);
            work.set(SECRET, Some(&URL_SAFE_NO_PAD.encode(secret.0))).await?;
            secret
        }
    };
    if work.studio().await?.is_none() && work.setting(CLAIM_CODE).await?.is_none() {
        work.set(CLAIM_CODE, Some(&codes::claim_code(outside)?)).await?;
    }
    work.commit().await?;
    Ok(secret)
}

/// What only the hub knows: seals of receipts and challenges are made with it.
#[derive(Clone, Copy)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    /// For reading what was sealed elsewhere; seals nothing anybody would take.
    pub(crate) const fn none() -> Self {
        Self([0; 32])
    }

    /// As it is kept.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        <[u8; 32]>::try_from(bytes).ok().map(Self)
    }

    /// A seal over a text; `purpose` keeps seals of different things apart.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, text).finalize().into_bytes())
    }

    /// True when the seal is ours; takes the same time either way.
    pub(crate) fn fits(&self, purpose: &str, text: &str, seal: &str) -> bool {
        URL_SAFE_NO_PAD.decode(seal).is_ok_and(|seal| self.mac(purpose, text).verify_slice(&seal).is_ok())
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        // A key of one SHA-256 block or less is used as it is; 32 bytes always fit.
        let mut mac = <Hmac<Sha256> as hmac::Mac>::new(&key_block(&self.0));
        mac.update(purpose.as_bytes());
        mac.update(b"\n");
        mac.update(text.as_bytes());
        mac
    }
}

fn key_block(key: &[u8; 32]) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..32].copy_from_slice(key);
    block
}

/// Tells open streams that there is something new, and that somebody must go.
#[derive(Debug)]
pub(crate) struct News {
    head: watch::Sender<u64>,
    ended: watch::Sender<Option<DeviceId>>,
    closing: watch::Sender<bool>,
}

impl Default for News {
    fn default() -> Self {
        Self {
            head: watch::Sender::new(0),
            ended: watch::Sender::new(None),
            closing: watch::Sender::new(false),
        }
    }
}

impl News {
    pub(crate) fn tell(&self, head: u64) {
        self.head.send_replace(head);
    }

    pub(crate) fn heads(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Every stream looks whether its session still holds.
    pub(crate) fn end(&self, device: DeviceId) {
        self.ended.send_replace(Some(device));
    }

    pub(crate) fn ends(&self) -> watch::Receiver<Option<DeviceId>> {
        self.ended.subscribe()
    }

    /// The hub stops: streams end, so that the server can.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    pub(crate) fn closings(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
}

/// Figures for `GET /metrics`: counts only, nothing about anybody.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) requests: AtomicU64,
    pub(crate) faults: AtomicU64,
    pub(crate) commands: AtomicU64,
    pub(crate) held: AtomicU64,
    pub(crate) batches: AtomicU64,
    pub(crate) rolled_back: AtomicU64,
    pub(crate) pulled_rows: AtomicU64,
    pub(crate) streams: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn text(&self) -> String {
        let lines = [
            ("requests_total", &self.requests, "counter", "Calls answered."),
            ("faults_total", &self.faults, "counter", "Calls answered with a problem."),
            ("commands_total", &self.commands, "counter", "Commands made durable."),
            ("holds_total", &self.held, "counter", "Commands answered with a hold."),
            ("batches_total", &self.batches, "counter", "Transactions with commands."),
            (
                "batches_rolled_back_total",
                &self.rolled_back,
                "counter",
                "Transactions repeated one command at a time.",
            ),
            ("pulled_rows_total", &self.pulled_rows, "counter", "Records sent to devices."),
            ("news_streams", &self.streams, "gauge", "Open streams of news."),
        ];
        let mut text = String::new();
        for (name, value, kind, help) in lines {
            let value = value.load(Ordering::Relaxed);
            text.push_str(&format!(
                "# HELP rollcall_{name} {help}\n# TYPE rollcall_{name} {kind}\nrollcall_{name} {value}\n"
            ));
        }
        text
    }
}

/// The name under which a secret is kept: its hash.
pub(crate) fn hashed(secret: &str) -> Hash {
    Hash::of(secret.as_bytes())
}
