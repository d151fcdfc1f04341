//! What is written to the journal and read back: appending by compare-and-swap, answers, meta.
//!
//! It must never await anything but the database while a transaction runs.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use js_sys::Array;
use rollcall_domain::kernel::ids::CommandId;
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold, Problem};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{IdbKeyRange, IdbObjectStore, IdbRequest};

use super::idb::{Conn, Tx, ask};
use super::schema::{BLOBS, BY_ID, BY_STANDING, ENTRIES, META, TIP};
use super::{Counts, Draft, Head, Journal, JournalError, Line, Tip, blobs, line};
use crate::vault::Sealer;

/// In front of the names of other modules' meta rows, so that they never meet the journal's own.
const THEIRS: &str = "app:";

/// Everything one append writes, encoded before the transaction opens.
struct Append {
    /// The tip's text the transaction must find.
    before: String,
    at: u64,
    row: JsValue,
    after: String,
    blobs: Vec<(JsValue, JsValue)>,
}

/// How an append ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Written,
    /// The tip was not the expected one, or the id exists; nothing was written.
    Refused,
}

impl Journal {
    /// Makes a command durable. Returns its place once the transaction is complete, and not before.
    ///
    /// [`JournalError::HeadMoved`] when the chain does not stand where the decision was made;
    /// [`JournalError::AlreadyThere`] when the intent has been saved before.
    pub async fn append(&self, expected: &Head, draft: &Draft) -> Result<u64, JournalError> {
        let (tip, before) = self.inner.tip.borrow().clone();
        if tip.head != *expected {
            return self.why_refused(draft, false).await;
        }
        let next = Tip { at: tip.at + 1, head: draft.next.clone() };
        let after = serde_json::to_string(&next).map_err(|_| JournalError::Unreadable)?;
        let sealer = &self.inner.sealer;
        let blobs = draft.blobs.iter().map(|(hash, bytes)| blobs::row(hash, bytes, sealer));
        let blobs = blobs.collect::<Result<_, _>>()?;
        let row = line::encode(next.at, draft, sealer)?;
        let write = Append { before, at: next.at, row, after: after.clone(), blobs };
        let tries = Cell::new(0);
        let ended = self
            .inner
            .link
            .with(async |conn| {
                tries.set(tries.get() + 1);
                put(conn, &write).await
            })
            .await?;
        match ended {
            Ended::Written => {
                let at = next.at;
                self.inner.tip.replace((next, after));
                Ok(at)
            }
            Ended::Refused => self.why_refused(draft, tries.get() > 1).await,
        }
    }

    /// An append found something else than it expected. After a lost connection this may be its own first try.
    async fn why_refused(&self, draft: &Draft, may_be_ours: bool) -> Result<u64, JournalError> {
        self.refresh().await?;
        match self.find(draft.id).await? {
            Some(line) if may_be_ours && line.entry == draft.entry => Ok(line.at),
            Some(line) => Err(JournalError::AlreadyThere(Box::new(line))),
            None => Err(JournalError::HeadMoved(self.head())),
        }
    }

    /// Reads again where the chain stands: another tab may have gone on.
    pub async fn refresh(&self) -> Result<Head, JournalError> {
        let text = self.read_meta(TIP).await?;
        self.learn(text)?;
        Ok(self.head())
    }

    /// The line of a command.
    pub async fn find(&self, id: CommandId) -> Result<Option<Line>, JournalError> {
        let row = self
            .inner
            .link
            .with(async |conn| {
                let tx = conn.reading(&[ENTRIES])?;
                let request = tx.store(ENTRIES)?.index(BY_ID)?.get(&line::id_key(id))?;
                Ok(ask(&request).await?)
            })
            .await?;
        if row.is_undefined() { Ok(None) } else { line::decode(&row, &self.inner.sealer).map(Some) }
    }

    /// Lines after a place, in order.
    pub async fn lines_after(&self, at: u64, limit: u32) -> Result<Vec<Line>, JournalError> {
        self.rows(async |conn| {
            let range = IdbKeyRange::lower_bound_with_open(&place(at), true)?;
            let tx = conn.reading(&[ENTRIES])?;
            let request = tx.store(ENTRIES)?.get_all_with_key_and_limit(&range, limit)?;
            Ok(ask(&request).await?)
        })
        .await
    }

    /// Lines the hub does not have, oldest first.
    pub async fn waiting(&self, limit: u32) -> Result<Vec<Line>, JournalError> {
        self.standing(line::WAITING, limit).await
    }

    /// Lines the hub holds without an answer, oldest first.
    pub async fn held(&self, limit: u32) -> Result<Vec<Line>, JournalError> {
        self.standing(line::HELD, limit).await
    }

    /// Lines no hub can read, oldest first.
    pub async fn aside(&self, limit: u32) -> Result<Vec<Line>, JournalError> {
        self.standing(line::ASIDE, limit).await
    }

    /// Lays a waiting line aside; one that was answered meanwhile stays as it is.
    pub async fn lay_aside(&self, at: u64, why: &Problem) -> Result<(), JournalError> {
        let why = serde_json::to_string(why).map_err(|_| JournalError::Unreadable)?;
        self.inner
            .link
            .with(async |conn| {
                let tx = conn.writing(&[ENTRIES])?;
                let entries = tx.store(ENTRIES)?;
                let row = ask(&entries.get(&place(at))?).await?;
                if !row.is_undefined() && line::is_waiting(&row) {
                    line::laid_aside(&row, &why)?;
                    entries.put_with_key(&row, &place(at))?;
                }
                Ok(tx.done().await?)
            })
            .await
    }

    /// Lines the hub has, answered or held, after a place, in order; fewer than `limit` only at the end.
    pub async fn with_the_hub(&self, after: u64, limit: u32) -> Result<Vec<Line>, JournalError> {
        let (mut found, mut at) = (Vec::new(), after);
        loop {
            let lines = self.lines_after(at, limit).await?;
            let Some(last) = lines.last() else { return Ok(found) };
            at = last.at;
            found.extend(lines.into_iter().filter(|l| l.answered().is_some()));
            if found.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                return Ok(found);
            }
        }
    }

    /// The newest line the hub has, answered or held.
    pub async fn last_sent(&self) -> Result<Option<Line>, JournalError> {
        let (sent, held) = self
            .inner
            .link
            .with(async |conn| {
                let tx = conn.reading(&[ENTRIES])?;
                let index = tx.store(ENTRIES)?.index(BY_STANDING)?;
                let sent = index.get_all_keys_with_key(&line::SENT.into())?;
                let held = index.get_all_keys_with_key(&line::HELD.into())?;
                ask(&held).await?;
                Ok((newest(sent.result()?), newest(held.result()?)))
            })
            .await?;
        let Some(at) = sent.max(held) else { return Ok(None) };
        Ok(self.lines_after(at.saturating_sub(1), 1).await?.pop())
    }

    async fn standing(&self, name: &str, limit: u32) -> Result<Vec<Line>, JournalError> {
        self.rows(async |conn| {
            let tx = conn.reading(&[ENTRIES])?;
            let request =
                tx.store(ENTRIES)?.index(BY_STANDING)?.get_all_with_key_and_limit(&name.into(), limit)?;
            Ok(ask(&request).await?)
        })
        .await
    }

    async fn rows(
        &self,
        read: impl AsyncFn(&Conn) -> Result<JsValue, JournalError>,
    ) -> Result<Vec<Line>, JournalError> {
        let rows: Array = self.inner.link.with(read).await?.unchecked_into();
        rows.iter().map(|row| line::decode(&row, &self.inner.sealer)).collect()
    }

    /// How much waits.
    pub async fn counts(&self) -> Result<Counts, JournalError> {
        self.inner
            .link
            .with(async |conn| {
                let tx = conn.reading(&[ENTRIES])?;
                let index = tx.store(ENTRIES)?.index(BY_STANDING)?;
                let waiting = index.count_with_key(&line::WAITING.into())?;
                let held = index.count_with_key(&line::HELD.into())?;
                let aside = index.count_with_key(&line::ASIDE.into())?;
                let oldest = index.get_key(&line::WAITING.into())?;
                tx.done().await?;
                Ok(Counts {
                    waiting: number(&waiting.result()?).unwrap_or(0),
                    held: number(&held.result()?).unwrap_or(0),
                    aside: number(&aside.result()?).unwrap_or(0),
                    oldest_waiting_at: number(&oldest.result()?),
                })
            })
            .await
    }

    /// Notes the hub's answers: exactly the lines of these ids move. A line that is final stays as it is.
    pub async fn answered(&self, answers: &[Answered]) -> Result<(), JournalError> {
        let sealer = &self.inner.sealer;
        let sealed = answers.iter().map(|answer| line::encode_answer(answer, sealer));
        let sealed = sealed.collect::<Result<Vec<_>, _>>()?;
        self.inner.link.with(async |conn| note_answers(conn, answers, &sealed, sealer).await).await
    }

    /// Puts other words in the place of lines, after somebody they told about was erased. Place, id, link and standing of
    /// a line stay as they are; one that is not there any more stays away.
    pub async fn rewrite(&self, lines: &[Line]) -> Result<(), JournalError> {
        // Sealed before the transaction opens, and all of them in one: a crash leaves every line as it was, or none.
        let sealer = &self.inner.sealer;
        let rewritten = lines.iter().map(|line| Ok((line.at, line::rewritten(line, sealer)?)));
        let rewritten = rewritten.collect::<Result<Vec<_>, JournalError>>()?;
        if rewritten.is_empty() {
            return Ok(());
        }
        self.inner
            .link
            .with(async |conn| {
                let tx = conn.writing(&[ENTRIES])?;
                let entries = tx.store(ENTRIES)?;
                for (at, bytes) in &rewritten {
                    let row = ask(&entries.get(&place(*at))?).await?;
                    if !row.is_undefined() {
                        line::replace(&row, bytes)?;
                        entries.put_with_key(&row, &place(*at))?;
                    }
                }
                Ok(tx.done().await?)
            })
            .await
    }

    /// Another module's text under a name.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, JournalError> {
        self.read_meta(&format!("{THEIRS}{key}")).await
    }

    /// Keeps a text under a name.
    pub async fn set_meta(&self, key: &str, json: &str) -> Result<(), JournalError> {
        let key = format!("{THEIRS}{key}");
        self.inner
            .link
            .with(async |conn| {
                let tx = conn.writing(&[META])?;
                tx.store(META)?.put_with_key(&json.into(), &key.as_str().into())?;
                Ok(tx.done().await?)
            })
            .await
    }

    pub(super) async fn read_meta(&self, key: &str) -> Result<Option<String>, JournalError> {
        let value = self
            .inner
            .link
            .with(async |conn| {
                let tx = conn.reading(&[META])?;
                let request = tx.store(META)?.get(&key.into())?;
                Ok(ask(&request).await?)
            })
            .await?;
        if value.is_undefined() {
            Ok(None)
        } else {
            value.as_string().map(Some).ok_or(JournalError::Unreadable)
        }
    }

    /// Starts a new life of the device (after a claim, a join or a fork). Places are never used again.
    pub async fn restart(&self, head: Head) -> Result<(), JournalError> {
        let text = self
            .inner
            .link
            .with(async |conn| {
                let tx = conn.writing(&[META])?;
                let meta = tx.store(META)?;
                let before = ask(&meta.get(&TIP.into())?).await?.as_string();
                let at = match before {
                    Some(text) => {
                        serde_json::from_str::<Tip>(&text).map_err(|_| JournalError::Unreadable)?.at
                    }
                    None => 0,
                };
                let text = serde_json::to_string(&Tip { at, head: head.clone() })
                    .map_err(|_| JournalError::Unreadable)?;
                meta.put_with_key(&text.as_str().into(), &TIP.into())?;
                tx.done().await?;
                Ok(text)
            })
            .await?;
        self.learn(Some(text))
    }
}

/// One burst: the tip is read, and everything written at once; the read's answer undoes it all if the tip had moved.
async fn put(conn: &Conn, write: &Append) -> Result<Ended, JournalError> {
    let stores: &[&str] = if write.blobs.is_empty() { &[META, ENTRIES] } else { &[META, ENTRIES, BLOBS] };
    let tx = conn.writing(stores)?;
    let moved = Rc::new(Cell::new(false));
    let issued = issue(&tx, write, &moved);
    let ended = match &issued {
        Ok(_) => tx.done().await.map_err(JournalError::from),
        Err(_) => {
            tx.undo().await;
            Ok(())
        }
    };
    let check = issued?;
    check.release();
    match ended {
        Ok(()) => Ok(Ended::Written),
        Err(JournalError::Aborted(_)) if moved.get() => Ok(Ended::Refused),
        // The id exists.
        Err(JournalError::Other(name)) if name == "ConstraintError" => Ok(Ended::Refused),
        Err(error) => Err(error),
    }
}

/// The read of the tip with its callback, kept until the transaction has ended.
struct Check {
    request: IdbRequest,
    _compare: Closure<dyn FnMut()>,
}

impl Check {
    fn release(&self) {
        self.request.set_onsuccess(None);
    }
}

fn issue(tx: &Tx, write: &Append, moved: &Rc<Cell<bool>>) -> Result<Check, JournalError> {
    let meta = tx.store(META)?;
    let request = meta.get(&TIP.into())?;
    let (asked, handle, flag, expected) = (request.clone(), tx.handle(), moved.clone(), write.before.clone());
    let compare = Closure::<dyn FnMut()>::new(move || {
        let found = asked.result().ok().and_then(|v| v.as_string()).unwrap_or_default();
        if found == expected {
            Tx::commit(&handle);
        } else {
            flag.set(true);
            let _undone = handle.abort();
        }
    });
    request.set_onsuccess(Some(compare.as_ref().unchecked_ref()));
    tx.store(ENTRIES)?.add_with_key(&write.row, &place(write.at))?;
    meta.put_with_key(&write.after.as_str().into(), &TIP.into())?;
    for (key, row) in &write.blobs {
        tx.store(BLOBS)?.put_with_key(row, key)?;
    }
    Ok(Check { request, _compare: compare })
}

async fn note_answers(
    conn: &Conn,
    answers: &[Answered],
    sealed: &[JsValue],
    sealer: &Sealer,
) -> Result<(), JournalError> {
    let tx = conn.writing(&[ENTRIES])?;
    let entries = tx.store(ENTRIES)?;
    let mut open = open_lines(&entries, answers, sealer).await?;
    for (answer, sealed) in answers.iter().zip(sealed) {
        // A line that is final, or unknown, is not among them: it stays as it is.
        let Some((key, row)) = open.remove(&line::id_text(answer.id)) else { continue };
        let stands = match answer.answer {
            OutcomeOrHold::Outcome(_) => line::SENT,
            OutcomeOrHold::Hold(_) => line::HELD,
        };
        line::answered(&row, stands, sealed)?;
        entries.put_with_key(&row, &key)?;
    }
    Ok(tx.done().await?)
}

/// Key and row of lines by their ids.
type Rows = HashMap<String, (JsValue, JsValue)>;

/// The lines of these answers that are not final. A push is answered for the oldest that wait: as many of those are read
/// in two requests, and only what is not among them one by one.
async fn open_lines(
    entries: &IdbObjectStore,
    answers: &[Answered],
    sealer: &Sealer,
) -> Result<Rows, JournalError> {
    let mut open = Rows::new();
    let Ok(limit @ 1..) = u32::try_from(answers.len()) else { return Ok(open) };
    let (waiting, index) = (JsValue::from(line::WAITING), entries.index(BY_STANDING)?);
    let keys = index.get_all_keys_with_key_and_limit(&waiting, limit)?;
    let rows = index.get_all_with_key_and_limit(&waiting, limit)?;
    // Requests of a transaction are answered in order: the last answer means all.
    ask(&rows).await?;
    let (keys, rows): (Array, Array) = (keys.result()?.unchecked_into(), rows.result()?.unchecked_into());
    for (key, row) in keys.iter().zip(rows.iter()) {
        open.insert(line::id_of(&row)?, (key, row));
    }
    let index = entries.index(BY_ID)?;
    let mut asked = Vec::new();
    for answer in answers.iter().filter(|answer| !open.contains_key(&line::id_text(answer.id))) {
        let key = line::id_key(answer.id);
        asked.push((answer, index.get_key(&key)?, index.get(&key)?));
    }
    if let Some((.., last)) = asked.last() {
        ask(last).await?;
    }
    for (answer, key, row) in &asked {
        let (key, row) = (key.result()?, row.result()?);
        if !key.is_undefined() && line::takes(&row, answer, sealer) {
            open.insert(line::id_of(&row)?, (key, row));
        }
    }
    Ok(open)
}

/// A line's place as a key. Places stay far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "IndexedDB numbers are doubles; places stay far below 2^53")]
pub(super) fn place(at: u64) -> JsValue {
    JsValue::from_f64(at as f64)
}

/// The last of an index's places.
fn newest(keys: JsValue) -> Option<u64> {
    keys.unchecked_into::<Array>().iter().last().as_ref().and_then(number)
}

/// A key or a count as a number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the database only holds what `place` wrote, or counts"
)]
pub(super) fn number(value: &JsValue) -> Option<u64> {
    value.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64)
}
