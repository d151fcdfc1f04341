//! The hub itself, without HTTP: what it keeps, its clock, its secret, its news. Knows no kind of record.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use rollcall_domain::kernel::ids::{DeviceId, Hash, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::kernel::{Catalogue, Planted, planted};
use sha2::Sha256;
use tokio::sync::{Notify, watch};

use crate::accept::{self, AcceptError, Door};
use crate::auth::codes;
use crate::erasures::{self, List, ListError, Listed, NoList, ReconcileError, Stands};
use crate::http::limits::Limits;
use crate::outside::{NoRandomness, Outside, random};
use crate::storage::{Look, Storage, StorageError, Word, Work};

/// The setting under which claim codes wait, between spaces; each is gone once used.
const CLAIM_CODE: &str = "claim_code";
/// Claim codes that may wait at a time.
const CODES_MAX: usize = 100;
/// Studios looked at in one go.
pub(crate) const STUDIOS: u32 = 500;
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
    /// Codes are for use, not for keeping.
    #[error("{0} claim codes wait already; use those first")]
    ManyCodes(usize),
    /// Who came back with an older state could not be erased again.
    #[error(transparent)]
    Erasures(#[from] ReconcileError),
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
    /// Who was erased, outside of the database.
    pub(crate) list: Arc<dyn List>,
    /// Set while something that was erased may still be in a file beside the database.
    unscrubbed: AtomicBool,
    /// Set while the list says of somebody that they are about to be erased.
    unsettled: AtomicBool,
}

impl std::ops::Deref for Hub {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Hub {
    /// Opens for business over a storage: makes the secret and the claim code if they are missing, brings the
    /// look-ups up to this build, decides again what an older build could not. Without a list of who was erased.
    pub async fn start(
        storage: Arc<dyn Storage>,
        outside: Arc<dyn Outside>,
        catalogue: &'static Catalogue,
        trust_clock: bool,
    ) -> Result<Self, StartError> {
        Self::start_with(storage, outside, catalogue, trust_clock, Arc::new(NoList)).await
    }

    /// The same with a list: whoever came back with an older state is erased again before anybody is served.
    pub async fn start_with(
        storage: Arc<dyn Storage>,
        outside: Arc<dyn Outside>,
        catalogue: &'static Catalogue,
        trust_clock: bool,
        list: Arc<dyn List>,
    ) -> Result<Self, StartError> {
        let secret = prepare(&*storage, &*outside).await?;
        let inner = Inner {
            limits: Limits::new(outside.clone()),
            news: News::default(),
            counters: Counters::default(),
            storage,
            outside,
            catalogue,
            secret,
            door: Door::default(),
            list,
            unscrubbed: AtomicBool::new(false),
            unsettled: AtomicBool::new(false),
        };
        let hub = Self(Arc::new(inner));
        hub.check_clock(trust_clock).await?;
        accept::upkeep(&hub).await?;
        if !planted(Planted::ErasureNotRepeated) {
            erasures::again(&hub).await?;
        }
        Ok(hub)
    }

    pub(crate) fn inner(&self) -> Arc<Inner> {
        Arc::clone(&self.0)
    }

    pub(crate) fn weak(&self) -> std::sync::Weak<Inner> {
        Arc::downgrade(&self.0)
    }

    pub(crate) fn of(inner: Arc<Inner>) -> Self {
        Self(inner)
    }

    /// The oldest code with which a studio can move in; nothing when none is open.
    pub async fn claim_code(&self) -> Result<Option<String>, StorageError> {
        Ok(claim_codes(&mut *self.storage.read().await?).await?.into_iter().next())
    }

    /// A further code, with which one more studio can move in.
    pub async fn another_claim_code(&self) -> Result<String, StartError> {
        another_claim_code(&*self.storage, &*self.outside).await
    }

    async fn check_clock(&self, trust: bool) -> Result<(), StartError> {
        let mut look = self.storage.read().await?;
        let now = self.outside.now();
        let mut after = None;
        loop {
            let studios = look.studios_after(after, STUDIOS).await?;
            let Some(last) = studios.last() else { return Ok(()) };
            after = Some(last.studio);
            for studio in studios {
                let last = look.last_link(studio.studio, studio.head).await?;
                let last = last.map(|link| link.at).unwrap_or_default();
                let behind = last.0 - now.0;
                if behind > CLOCK_BACK_MS && !trust {
                    return Err(StartError::ClockBehind(behind / 60_000));
                }
            }
        }
    }
}

/// The codes that are open, oldest first.
pub(crate) async fn claim_codes(look: &mut dyn Look) -> Result<Vec<String>, StorageError> {
    let codes = look.setting(CLAIM_CODE).await?.unwrap_or_default();
    Ok(codes.split_whitespace().map(str::to_owned).collect())
}

/// Keeps the codes that are open.
pub(crate) async fn put_claim_codes(work: &mut dyn Work, codes: &[String]) -> Result<(), StorageError> {
    let text = codes.join(" ");
    work.set(CLAIM_CODE, (!codes.is_empty()).then_some(text.as_str())).await
}

/// A further code, for one more studio. Whoever can run this owns the machine.
pub(crate) async fn another_claim_code(
    storage: &dyn Storage,
    outside: &dyn Outside,
) -> Result<String, StartError> {
    let mut work = storage.write_house().await?;
    let mut codes = claim_codes(&mut *work).await?;
    if codes.len() >= CODES_MAX {
        return Err(StartError::ManyCodes(CODES_MAX));
    }
    let code = codes::claim_code(outside)?;
    codes.push(code.clone());
    put_claim_codes(&mut *work, &codes).await?;
    work.commit().await?;
    Ok(code)
}

impl Inner {
    /// The hub's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.outside.now()
    }

    /// These are about to be erased. It waits for the disk: nobody is erased often enough for that to matter.
    pub(crate) fn begin_erasures(&self, listed: &[Listed]) -> Result<(), ListError> {
        if listed.is_empty() {
            return Ok(());
        }
        self.unsettled.store(true, Ordering::SeqCst);
        self.list.note(listed, Stands::Begun)
    }

    /// They were. What cannot be noted or scrubbed now is seen to later; the erasure itself stands.
    pub(crate) async fn end_erasures(&self, listed: &[Listed]) {
        if listed.is_empty() {
            return self.settle_erasures().await;
        }
        match self.list.note(listed, Stands::Done) {
            Ok(()) => self.unsettled.store(false, Ordering::SeqCst),
            Err(fault) => {
                tracing::error!(%fault, "an erasure could not be noted; the next start looks again");
            }
        }
        self.unscrubbed.store(true, Ordering::SeqCst);
        self.scrub().await;
    }

    /// A transaction may have been committed although its writer heard of a failure: the database knows.
    async fn settle_erasures(&self) {
        if !self.unsettled.swap(false, Ordering::SeqCst) {
            return;
        }
        if let Err(fault) = erasures::reconcile(&*self.storage, &*self.list).await {
            self.unsettled.store(true, Ordering::SeqCst);
            tracing::warn!(%fault, "the list of who was erased could not be compared");
        }
    }

    /// Sees to it that nothing erased is left in any file of the database.
    pub(crate) async fn scrub(&self) {
        if !self.unscrubbed.swap(false, Ordering::SeqCst) {
            return;
        }
        match self.storage.scrub().await {
            Ok(true) => {}
            Ok(false) => self.unscrubbed.store(true, Ordering::SeqCst),
            Err(fault) => {
                self.unscrubbed.store(true, Ordering::SeqCst);
                tracing::warn!(%fault, "the files of the database could not be scrubbed");
            }
        }
    }
}

async fn prepare(storage: &dyn Storage, outside: &dyn Outside) -> Result<Secret, StartError> {
    let mut work = storage.write_house().await?;
    let secret = match work.setting(SECRET).await?.as_deref().and_then(Secret::read) {
        Some(secret) => secret,
        None => {
            let secret = Secret(random(outside)?);
            work.set(SECRET, Some(&URL_SAFE_NO_PAD.encode(secret.0))).await?;
            secret
        }
    };
    if work.studios_after(None, 1).await?.is_empty() && claim_codes(&mut *work).await?.is_empty() {
        put_claim_codes(&mut *work, &[codes::claim_code(outside)?]).await?;
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

/// Tells open streams that there is something new in their studio, and that somebody must go.
#[derive(Debug)]
pub(crate) struct News {
    /// Of the studios that somebody listens to; the others' heads are in the storage.
    heads: Mutex<BTreeMap<StudioId, watch::Sender<u64>>>,
    /// What other hubs have not been told yet; nothing where there are none.
    outgoing: Mutex<Option<BTreeMap<StudioId, u64>>>,
    rung: Notify,
    ended: watch::Sender<Option<DeviceId>>,
    closing: watch::Sender<bool>,
}

impl Default for News {
    fn default() -> Self {
        Self {
            heads: Mutex::default(),
            outgoing: Mutex::default(),
            rung: Notify::new(),
            ended: watch::Sender::new(None),
            closing: watch::Sender::new(false),
        }
    }
}

impl News {
    /// A studio's history goes so far: told here, and to the other hubs.
    pub(crate) fn tell(&self, studio: StudioId, head: u64) {
        self.heard(studio, head);
        if let Some(outgoing) = &mut *self.outgoing.lock().unwrap_or_else(PoisonError::into_inner) {
            outgoing.insert(studio, head);
            self.rung.notify_one();
        }
    }

    /// The same, where the other hubs know it.
    pub(crate) fn heard(&self, studio: StudioId, head: u64) {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = heads.get(&studio) else { return };
        if sender.receiver_count() == 0 {
            heads.remove(&studio);
            return;
        }
        sender.send_if_modified(|known| std::mem::replace(known, head) != head);
    }

    /// A listener read this head by itself: it is no news.
    pub(crate) fn known(&self, studio: StudioId, head: u64) {
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = heads.get(&studio) {
            sender.send_if_modified(|known| {
                *known = head.max(*known);
                false
            });
        }
    }

    /// Studios that somebody listens to.
    pub(crate) fn listened(&self) -> Vec<StudioId> {
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.iter().filter(|(_, sender)| sender.receiver_count() > 0).map(|(studio, _)| *studio).collect()
    }

    /// From now on there are other hubs to tell.
    pub(crate) fn relay(&self) {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
    }

    /// What the other hubs are to be told, once there is something.
    pub(crate) async fn outgoing(&self) -> Vec<Word> {
        loop {
            self.rung.notified().await;
            let mut outgoing = self.outgoing.lock().unwrap_or_else(PoisonError::into_inner);
            let heads = outgoing.as_mut().map(std::mem::take).unwrap_or_default();
            if !heads.is_empty() {
                return heads.into_iter().map(|(studio, head)| Word::Head(studio, head)).collect();
            }
        }
    }

    /// Heads of one studio from now on; the first is the listener's to read from the storage.
    pub(crate) fn heads(&self, studio: StudioId) -> watch::Receiver<u64> {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.entry(studio).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Every stream looks whether its session still holds.
    pub(crate) fn end(&self, device: DeviceId) {
        self.ended.send_replace(Some(device));
    }

    /// The same, after something that was not heard.
    pub(crate) fn look_again(&self) {
        self.ended.send_replace(None);
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
