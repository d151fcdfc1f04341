//! Where the data keys lie: wrapped, beside the key that unwraps them, in a small database of their own.
//!
//! It must never let a data key leave unwrapped, except into a [`Sealer`]. The wrapping key is made by the browser and
//! cannot be exported; its own bytes lie in the browser's profile, as docs/at-rest.md says.

use std::pin::pin;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Reflect, Uint8Array};
use rexie::{ObjectStore, Rexie, Store, Transaction, TransactionMode};
use rollcall_domain::kernel::lease::Lease;
use rollcall_domain::kernel::seal::{KEY_BYTES, NONCE_BYTES};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use super::VaultError;
use super::sealer::{Sealer, random};

/// The database of this profile's keys. `public/start.js` reads it too.
pub const DATABASE: &str = "rollcall-keys";
/// Its one object store.
pub const STORE: &str = "keys";

/// The row of the data keys: [`WRAP`], [`GENERATION`], and each wrapped key under its name.
const VAULT: &str = "vault";
/// The row of the lease, as JSON.
const LEASE: &str = "lease";
const WRAP: &str = "wrap";
const GENERATION: &str = "generation";
const JOURNAL: &str = "journal";
const RECORDS: &str = "records";
/// Milliseconds the database may take to answer, and how often it is opened before it counts as lost.
const ANSWER_MS: u32 = 10_000;
const OPEN_TRIES: u32 = 2;
/// The journal's key is never given up.
const FIRST: u32 = 1;

/// Removes all keys of this profile: rows under them never open again, and the device is nobody's any more.
pub async fn forget() {
    // A key that stays behind opens nothing: the rows have gone before it.
    let _ = Rexie::delete(DATABASE).await;
}

/// What lies in the drawer, unwrapped.
pub(super) struct Found {
    pub(super) journal: Sealer,
    pub(super) records: Sealer,
    pub(super) lease: Option<Lease>,
}

/// The database; opened for each use and closed again, so that it never stands in the way of emptying the device.
pub(super) struct Drawer {
    name: String,
}

impl Drawer {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }

    /// The keys; nothing where the browser offers no cryptography, or cannot keep a key.
    pub(super) async fn open(&self) -> Result<Option<Found>, VaultError> {
        let Some(subtle) = subtle() else { return Ok(None) };
        if self.row().await?.is_some() || !self.make(&subtle).await? {
            return self.found(&subtle).await;
        }
        match self.found(&subtle).await {
            // Some browsers take a key and do not give it back: found out before anything is sealed under it.
            Err(VaultError::Unusable) => {
                self.with(TransactionMode::ReadWrite, async |store| {
                    store.delete(VAULT.into()).await.map_err(|_| VaultError::Storage)
                })
                .await?;
                Ok(None)
            }
            found => found,
        }
    }

    async fn row(&self) -> Result<Option<JsValue>, VaultError> {
        self.with(TransactionMode::ReadOnly, async |store| get(store, VAULT).await).await
    }

    /// What is kept, unwrapped.
    async fn found(&self, subtle: &SubtleCrypto) -> Result<Option<Found>, VaultError> {
        let Some(row) = self.row().await? else { return Ok(None) };
        let wrap = wrap_of(&row)?;
        let generation = generation_of(&row)?;
        let journal = unwrapped(subtle, &wrap, &row, JOURNAL, FIRST).await?;
        let records = unwrapped(subtle, &wrap, &row, RECORDS, generation).await?;
        Ok(Some(Found {
            journal: Sealer::new(journal, FIRST),
            records: Sealer::new(records, generation),
            lease: self.lease().await?,
        }))
    }

    /// Makes both keys; the first tab's keys count. True when they were made and kept here; a browser that cannot keep a
    /// key in its database keeps none.
    async fn make(&self, subtle: &SubtleCrypto) -> Result<bool, VaultError> {
        let wrap = new_wrap(subtle).await?;
        let row = Object::new();
        set(&row, WRAP, &wrap)?;
        set(&row, GENERATION, &FIRST.into())?;
        for name in [JOURNAL, RECORDS] {
            let (_, wrapped) = new_key(subtle, &wrap, name, FIRST).await?;
            set(&row, name, &wrapped)?;
        }
        let row = JsValue::from(row);
        self.with(TransactionMode::ReadWrite, async |store| {
            if get(store, VAULT).await?.is_some() {
                return Ok(false);
            }
            match store.put(&row, Some(&VAULT.into())).await {
                Ok(_) => Ok(true),
                // Some private windows keep rows, but no keys.
                Err(error) if format!("{error:?}").contains("DataCloneError") => Ok(false),
                Err(_) => Err(VaultError::Storage),
            }
        })
        .await
    }

    /// Another key for the records in the place of theirs, and the lock, in one transaction; nothing where another tab
    /// has locked already. Gives the key that counts from here on.
    pub(super) async fn lock(&self, lease: &Lease) -> Result<Sealer, VaultError> {
        let text = serde_json::to_string(lease).map_err(|_| VaultError::Unusable)?;
        let Some((subtle, row)) = subtle().zip(self.row().await?) else {
            self.note(lease).await?;
            return Ok(Sealer::plain());
        };
        let generation = generation_of(&row)?.checked_add(1).ok_or(VaultError::Unusable)?;
        let (_, wrapped) = new_key(&subtle, &wrap_of(&row)?, RECORDS, generation).await?;
        let after: &Object = row.dyn_ref().ok_or(VaultError::Unusable)?;
        set(after, GENERATION, &generation.into())?;
        set(after, RECORDS, &wrapped)?;
        self.with(TransactionMode::ReadWrite, async |store| {
            if parsed(get(store, LEASE).await?).is_some_and(|kept| kept.locked) {
                return Ok(());
            }
            put(store, LEASE, &text.as_str().into()).await?;
            put(store, VAULT, &row).await
        })
        .await?;
        Ok(self.found(&subtle).await?.map_or_else(Sealer::plain, |found| found.records))
    }

    pub(super) async fn lease(&self) -> Result<Option<Lease>, VaultError> {
        Ok(parsed(self.with(TransactionMode::ReadOnly, async |store| get(store, LEASE).await).await?))
    }

    pub(super) async fn note(&self, lease: &Lease) -> Result<(), VaultError> {
        let text = serde_json::to_string(lease).map_err(|_| VaultError::Unusable)?;
        self.with(TransactionMode::ReadWrite, async |store| put(store, LEASE, &text.as_str().into()).await)
            .await
    }

    /// One transaction on a connection of its own; what fails is undone.
    async fn with<T>(
        &self,
        mode: TransactionMode,
        work: impl AsyncFn(&Store) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let database = self.connected().await?;
        let done = within(transact(&database, mode, work)).await.unwrap_or(Err(VaultError::Storage));
        database.close();
        done
    }

    /// Some browsers never answer the first request after a start: it is asked again once.
    async fn connected(&self) -> Result<Rexie, VaultError> {
        for _ in 0..OPEN_TRIES {
            let opening =
                Rexie::builder(&self.name).version(1).add_object_store(ObjectStore::new(STORE)).build();
            if let Some(opened) = within(opening).await {
                return opened.map_err(|_| VaultError::Storage);
            }
        }
        Err(VaultError::Storage)
    }
}

/// What came of it; nothing when the database does not answer.
async fn within<T>(work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), TimeoutFuture::new(ANSWER_MS)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

async fn transact<T>(
    database: &Rexie,
    mode: TransactionMode,
    work: impl AsyncFn(&Store) -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    let transaction: Transaction = database.transaction(&[STORE], mode).map_err(|_| VaultError::Storage)?;
    let store = transaction.store(STORE).map_err(|_| VaultError::Storage)?;
    match work(&store).await {
        Ok(done) => match transaction.done().await {
            Ok(result) if result.is_committed() => Ok(done),
            _ => Err(VaultError::Storage),
        },
        Err(error) => {
            // It has aborted by itself when a request failed; then there is nothing left to undo.
            let _undone = transaction.abort().await;
            Err(error)
        }
    }
}

/// What cannot be read was not written by us: the lease begins anew rather than locking everybody out.
fn parsed(row: Option<JsValue>) -> Option<Lease> {
    row.and_then(|row| row.as_string()).and_then(|text| serde_json::from_str(&text).ok())
}

async fn get(store: &Store, name: &str) -> Result<Option<JsValue>, VaultError> {
    let found = store.get(name.into()).await.map_err(|_| VaultError::Storage)?;
    Ok(found.filter(|value| !value.is_undefined()))
}

async fn put(store: &Store, name: &str, value: &JsValue) -> Result<(), VaultError> {
    store.put(value, Some(&name.into())).await.map(drop).map_err(|_| VaultError::Storage)
}

// ── Cryptography ───────────────────────────────────────────────────────────────────────────────────────────────────

/// The browser's cryptography; pages over plain HTTP from another machine have none.
fn subtle() -> Option<SubtleCrypto> {
    let window = web_sys::window()?;
    window.is_secure_context().then(|| window.crypto().ok().map(|crypto| crypto.subtle())).flatten()
}

/// A key that wraps and unwraps, and cannot be exported.
async fn new_wrap(subtle: &SubtleCrypto) -> Result<CryptoKey, VaultError> {
    let algorithm = named("AES-GCM")?;
    set(&algorithm, "length", &256.into())?;
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let made = subtle.generate_key_with_object(&algorithm, false, &usages);
    let made: JsValue =
        JsFuture::from(made.map_err(|_| VaultError::Unusable)?).await.map_err(|_| VaultError::Unusable)?;
    made.dyn_into().map_err(|_| VaultError::Unusable)
}

/// A new data key, and its wrapped form: nonce, then cipher text and tag.
async fn new_key(
    subtle: &SubtleCrypto,
    wrap: &CryptoKey,
    name: &str,
    generation: u32,
) -> Result<([u8; KEY_BYTES], Uint8Array), VaultError> {
    let key: [u8; KEY_BYTES] = random().map_err(|_| VaultError::Unusable)?;
    let nonce: [u8; NONCE_BYTES] = random().map_err(|_| VaultError::Unusable)?;
    let sealing = subtle
        .encrypt_with_object_and_u8_array(&algorithm(&nonce, name, generation)?, wrap, &key)
        .map_err(|_| VaultError::Unusable)?;
    let sealed: JsValue = JsFuture::from(sealing).await.map_err(|_| VaultError::Unusable)?;
    let wrapped = [nonce.as_slice(), &Uint8Array::new(&sealed).to_vec()].concat();
    Ok((key, Uint8Array::from(wrapped.as_slice())))
}

async fn unwrapped(
    subtle: &SubtleCrypto,
    wrap: &CryptoKey,
    row: &JsValue,
    name: &str,
    generation: u32,
) -> Result<[u8; KEY_BYTES], VaultError> {
    let wrapped: Uint8Array = field(row, name)?.dyn_into().map_err(|_| VaultError::Unusable)?;
    let wrapped = wrapped.to_vec();
    let (nonce, sealed) = wrapped.split_at_checked(NONCE_BYTES).ok_or(VaultError::Unusable)?;
    let opening = subtle
        .decrypt_with_object_and_u8_array(&algorithm(nonce, name, generation)?, wrap, sealed)
        .map_err(|_| VaultError::Unusable)?;
    let opened: JsValue = JsFuture::from(opening).await.map_err(|_| VaultError::Unusable)?;
    Uint8Array::new(&opened).to_vec().try_into().map_err(|_| VaultError::Unusable)
}

/// AES-GCM over one key's name and generation, so that no wrapped key passes for another.
fn algorithm(nonce: &[u8], name: &str, generation: u32) -> Result<Object, VaultError> {
    let algorithm = named("AES-GCM")?;
    let covered = format!("rollcall data key v1\n{name}\n{generation}");
    set(&algorithm, "iv", &Uint8Array::from(nonce))?;
    set(&algorithm, "additionalData", &Uint8Array::from(covered.as_bytes()))?;
    Ok(algorithm)
}

fn wrap_of(row: &JsValue) -> Result<CryptoKey, VaultError> {
    field(row, WRAP)?.dyn_into().map_err(|_| VaultError::Unusable)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the database only holds small counts"
)]
fn generation_of(row: &JsValue) -> Result<u32, VaultError> {
    field(row, GENERATION)?.as_f64().filter(|n| *n >= 1.0).map(|n| n as u32).ok_or(VaultError::Unusable)
}

fn field(row: &JsValue, name: &str) -> Result<JsValue, VaultError> {
    Reflect::get(row, &name.into()).map_err(|_| VaultError::Unusable)
}

fn named(name: &str) -> Result<Object, VaultError> {
    let object = Object::new();
    set(&object, "name", &name.into())?;
    Ok(object)
}

fn set(on: &Object, name: &str, value: &JsValue) -> Result<(), VaultError> {
    Reflect::set(on, &name.into(), value).map(drop).map_err(|_| VaultError::Unusable)
}
