//! The snapshot: all records of a device that is its own authority, so that decided lines may be trimmed.
//!
//! It must never know what is in a piece.

use js_sys::Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{IdbKeyRange, IdbObjectStore, IdbRequest};

use super::idb::{Conn, ask};
use super::schema::{BLOBS, BY_STANDING, BY_WAITS, COVERS, ENTRIES, META, SNAPSHOT};
use super::write::{number, place};
use super::{Journal, JournalError, line};

/// What the snapshot covers.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Covers {
    /// The last line folded into it.
    up_to: u64,
    /// Its pieces.
    pieces: u32,
}

impl Journal {
    /// Replaces the snapshot, all or nothing.
    pub async fn write_snapshot(&self, up_to: u64, chunks: Vec<Vec<u8>>) -> Result<(), JournalError> {
        let covers = Covers { up_to, pieces: u32::try_from(chunks.len()).map_err(|_| JournalError::Quota)? };
        let text = serde_json::to_string(&covers).map_err(|_| JournalError::Unreadable)?;
        let mut pieces: Vec<JsValue> = Vec::with_capacity(chunks.len());
        for (n, chunk) in chunks.into_iter().enumerate() {
            pieces.push(self.inner.sealer.sealed(&place_of(up_to, n), chunk)?.into());
        }
        self.inner
            .link
            .with(async |conn| {
                let tx = conn.writing(&[META, SNAPSHOT])?;
                let store = tx.store(SNAPSHOT)?;
                store.clear()?;
                for (n, piece) in (0u32..).zip(&pieces) {
                    store.put_with_key(piece, &n.into())?;
                }
                tx.store(META)?.put_with_key(&text.as_str().into(), &COVERS.into())?;
                Ok(tx.done().await?)
            })
            .await
    }

    /// The last line folded into the snapshot, without reading it.
    pub async fn snapshot_reaches(&self) -> Result<Option<u64>, JournalError> {
        let covers = self.read_meta(COVERS).await?;
        let read = |text: String| serde_json::from_str::<Covers>(&text).map_err(|_| JournalError::Unreadable);
        Ok(covers.map(read).transpose()?.map(|covers| covers.up_to))
    }

    /// The snapshot, and the last line folded into it.
    pub async fn read_snapshot(&self) -> Result<Option<(u64, Vec<Vec<u8>>)>, JournalError> {
        let Some((covers, pieces)) = self.inner.link.with(read).await? else {
            return Ok(None);
        };
        if pieces.length() != covers.pieces {
            return Err(JournalError::Unreadable);
        }
        let opened = |(n, piece): (usize, JsValue)| {
            self.inner.sealer.opened(&place_of(covers.up_to, n), &piece).map_err(JournalError::from)
        };
        Ok(Some((covers.up_to, pieces.iter().enumerate().map(opened).collect::<Result<_, _>>()?)))
    }

    /// A lock: of everything here only what the hub does not have yet, or has not answered, stays. May be repeated.
    pub async fn keep_what_waits(&self) -> Result<(), JournalError> {
        self.inner.link.with(forget_the_rest).await
    }

    /// Removes lines up to a place: decided ones the snapshot covers, and sent ones. What waits or is held stays.
    ///
    /// Refuses, and removes nothing, when a decided line is not covered.
    pub async fn trim(&self, up_to: u64) -> Result<(), JournalError> {
        self.inner.link.with(async |conn| trim(conn, up_to).await).await
    }

    /// Removes answered lines up to a place. What waits, is held, laid aside or was decided here stays.
    pub async fn trim_sent(&self, up_to: u64) -> Result<(), JournalError> {
        self.inner
            .link
            .with(async |conn| {
                let tx = conn.writing(&[ENTRIES])?;
                let entries = tx.store(ENTRIES)?;
                let sent = entries.index(BY_STANDING)?.get_all_keys_with_key(&line::SENT.into())?;
                ask(&sent).await?;
                remove(&entries, places(sent.result()?, up_to))?;
                Ok(tx.done().await?)
            })
            .await
    }
}

async fn read(conn: &Conn) -> Result<Option<(Covers, Array)>, JournalError> {
    let tx = conn.reading(&[META, SNAPSHOT])?;
    let covers = tx.store(META)?.get(&COVERS.into())?;
    let pieces = tx.store(SNAPSHOT)?.get_all()?;
    ask(&pieces).await?;
    match covers.result()?.as_string() {
        Some(text) => {
            let covers = serde_json::from_str(&text).map_err(|_| JournalError::Unreadable)?;
            Ok(Some((covers, pieces.result()?.unchecked_into())))
        }
        None => Ok(None),
    }
}

/// A piece's place, for its seal.
fn place_of(up_to: u64, n: usize) -> String {
    format!("snapshot/{up_to}/{n}")
}

async fn forget_the_rest(conn: &Conn) -> Result<(), JournalError> {
    let tx = conn.writing(&[META, ENTRIES, BLOBS, SNAPSHOT])?;
    let (entries, blobs) = (tx.store(ENTRIES)?, tx.store(BLOBS)?);
    let index = entries.index(BY_STANDING)?;
    let decided = index.get_all_keys_with_key(&line::DECIDED.into())?;
    let sent = index.get_all_keys_with_key(&line::SENT.into())?;
    let photos = blobs.get_all_keys()?;
    let waiting = blobs.index(BY_WAITS)?.get_all_keys()?;
    // Requests of a transaction are answered in order: the last answer means all.
    ask(&waiting).await?;
    let list = |request: &IdbRequest| Ok::<Array, JournalError>(request.result()?.unchecked_into());
    let places = list(&decided)?.iter().chain(list(&sent)?.iter()).filter_map(|key| number(&key)).collect();
    for (from, to) in runs(places) {
        let run: JsValue = IdbKeyRange::bound(&place(from), &place(to))?.into();
        entries.delete(&run)?;
    }
    let waiting: Vec<String> = list(&waiting)?.iter().filter_map(|key| key.as_string()).collect();
    for key in list(&photos)?.iter().filter(|key| key.as_string().is_none_or(|name| !waiting.contains(&name)))
    {
        blobs.delete(&key)?;
    }
    tx.store(SNAPSHOT)?.clear()?;
    tx.store(META)?.delete(&COVERS.into())?;
    Ok(tx.done().await?)
}

async fn trim(conn: &Conn, up_to: u64) -> Result<(), JournalError> {
    let tx = conn.writing(&[META, ENTRIES])?;
    let covers = tx.store(META)?.get(&COVERS.into())?;
    let entries = tx.store(ENTRIES)?;
    let index = entries.index(BY_STANDING)?;
    let decided = index.get_all_keys_with_key(&line::DECIDED.into())?;
    let sent = index.get_all_keys_with_key(&line::SENT.into())?;
    ask(&sent).await?;
    let covered = match covers.result()?.as_string() {
        Some(text) => serde_json::from_str::<Covers>(&text).map_err(|_| JournalError::Unreadable)?.up_to,
        None => 0,
    };
    let decided = places(decided.result()?, up_to);
    if let Some(at) = decided.iter().copied().find(|at| *at > covered) {
        tx.undo().await;
        return Err(JournalError::NotCovered(at));
    }
    let mut gone = decided;
    gone.extend(places(sent.result()?, up_to));
    remove(&entries, gone)?;
    Ok(tx.done().await?)
}

/// The places of an index's answer, up to one.
fn places(keys: JsValue, up_to: u64) -> Vec<u64> {
    keys.unchecked_into::<Array>().iter().filter_map(|k| number(&k)).filter(|at| *at <= up_to).collect()
}

fn remove(entries: &IdbObjectStore, gone: Vec<u64>) -> Result<(), JournalError> {
    for (from, to) in runs(gone) {
        let run: JsValue = IdbKeyRange::bound(&place(from), &place(to))?.into();
        entries.delete(&run)?;
    }
    Ok(())
}

/// Neighbouring places as ranges: one request for a thousand lines.
fn runs(mut places: Vec<u64>) -> Vec<(u64, u64)> {
    places.sort_unstable();
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for at in places {
        match runs.last_mut() {
            Some((_, to)) if *to + 1 == at => *to = at,
            _ => runs.push((at, at)),
        }
    }
    runs
}
