//! The one way to rexie: four object stores for ever, one burst per transaction, every result checked.
//!
//! It must never know a record. Leaving rexie means writing this file again.
//!
//! What rexie does not do, and this file therefore does: it aborts after an error (a dropped transaction commits),
//! treats an abort as a failure (`done` answers `Ok(Aborted)`), sends all requests before it awaits the first,
//! finds the exception's name, and opens a lost connection again.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use futures_util::future::{Either, LocalBoxFuture, poll_fn, select};
use gloo_timers::future::TimeoutFuture;
use rexie::{Index, KeyRange, ObjectStore, Rexie, Transaction, TransactionMode};
use wasm_bindgen::JsValue;

use super::error::StoreError;

/// Texts by name.
pub(super) const META: &str = "meta";
/// Pages of hot kinds.
pub(super) const PAGES: &str = "pages";
/// Changes that are not folded into pages yet.
pub(super) const RECENT: &str = "recent";
/// Packs of cold kinds, with one index over all their keys.
pub(super) const COLD: &str = "cold";
/// The property of a pack that lists its keys.
pub(super) const KEYS: &str = "keys";

const ALL: [&str; 4] = [META, PAGES, RECENT, COLD];
const VERSION: u32 = 1;
const ANSWER_MS: u32 = 20_000;
const TRIES: u32 = 3;

/// One thing to read.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    /// The value under a key.
    Get(&'static str, JsValue),
    /// The values of a range.
    Values(&'static str, Option<Span>),
    /// The keys of a range.
    Keys(&'static str, Option<Span>),
    /// The packs that hold a key of a range; the limit counts matching keys.
    Holding(Span, Option<u32>),
}

/// Keys from and up to, both included.
#[derive(Debug, Clone)]
pub(super) struct Span(pub(super) JsValue, pub(super) JsValue);

impl Span {
    fn range(&self) -> Result<KeyRange, StoreError> {
        KeyRange::bound(&self.0, &self.1, None, None).map_err(|e| StoreError::Other(e.to_string()))
    }
}

/// One thing to write.
#[derive(Debug, Clone)]
pub(super) enum Op {
    /// A value under a key.
    Put(&'static str, JsValue, JsValue),
    /// No value under a key.
    Delete(&'static str, JsValue),
    /// No values in a range.
    DeleteSpan(&'static str, Span),
    /// No values at all.
    Clear(&'static str),
}

impl Op {
    const fn store(&self) -> &'static str {
        match self {
            Self::Put(store, ..)
            | Self::Delete(store, _)
            | Self::DeleteSpan(store, _)
            | Self::Clear(store) => store,
        }
    }
}

/// A text in `meta` that must be what this tab last saw, or nothing may be written.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    pub(super) name: &'static str,
    /// Empty for a row that must not exist.
    pub(super) text: String,
}

/// The connection.
#[derive(Debug)]
pub(super) struct Gate {
    name: String,
    db: RefCell<Option<Rc<Open>>>,
}

/// rexie does not close when dropped, and what is left open blocks every deletion.
#[derive(Debug)]
struct Open(Option<Rexie>);

impl Open {
    fn rexie(&self) -> Result<&Rexie, StoreError> {
        self.0.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(rexie) = self.0.take() {
            rexie.close();
        }
    }
}

impl Gate {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), db: RefCell::new(None) }
    }

    /// Opens the connection if there is none.
    pub(super) async fn open(&self) -> Result<(), StoreError> {
        self.db().await.map(|_| ())
    }

    /// Closes the connection as soon as nothing runs on it; the next call opens another.
    pub(super) fn close(&self) {
        self.db.take();
    }

    pub(super) async fn delete(name: &str) -> Result<(), StoreError> {
        in_time(Rexie::delete(name))
            .await
            .map_err(|e| if e == StoreError::Timeout { StoreError::Blocked } else { e })
    }

    /// Reads all of it in one transaction: a single picture.
    pub(super) async fn read(&self, asks: &[Ask]) -> Result<Vec<Vec<JsValue>>, StoreError> {
        self.with(async |db| {
            let stores: Vec<&str> =
                ALL.into_iter().filter(|s| asks.iter().any(|a| a.store() == *s)).collect();
            let tx = db.transaction(&stores, TransactionMode::ReadOnly).map_err(|e| named(&e))?;
            let asked = asks.iter().map(|ask| ask.send(&tx)).collect::<Result<Vec<_>, _>>()?;
            burst(asked).await
        })
        .await
    }

    /// Writes all of it or nothing, and only when the guards hold.
    pub(super) async fn write(&self, guards: &[Guard], ops: &[Op]) -> Result<(), StoreError> {
        self.with(async |db| {
            let stores: Vec<&str> =
                ALL.into_iter().filter(|s| *s == META || ops.iter().any(|o| o.store() == *s)).collect();
            let tx = db.transaction(&stores, TransactionMode::ReadWrite).map_err(|e| named(&e))?;
            match send_all(&tx, guards, ops).await {
                Ok(()) => match tx.done().await {
                    Ok(result) if result.is_committed() => Ok(()),
                    Ok(_) => Err(StoreError::Aborted("AbortError".to_owned())),
                    Err(error) => Err(named(&error)),
                },
                Err(error) => {
                    // It has aborted by itself when a request failed; then there is nothing left to undo.
                    let _undone = tx.abort().await;
                    Err(error)
                }
            }
        })
        .await
    }

    async fn with<T>(&self, work: impl AsyncFn(&Rexie) -> Result<T, StoreError>) -> Result<T, StoreError> {
        for _ in 0..TRIES {
            let db = self.db().await?;
            let done = match select(pin!(work(db.rexie()?)), TimeoutFuture::new(ANSWER_MS)).await {
                Either::Left((done, _)) => done,
                Either::Right(_) => Err(StoreError::Timeout),
            };
            match done {
                Err(error @ (StoreError::Closed | StoreError::Timeout)) => {
                    drop(db);
                    self.close();
                    if error == StoreError::Timeout {
                        return Err(error);
                    }
                }
                other => return other,
            }
        }
        Err(StoreError::Closed)
    }

    async fn db(&self) -> Result<Rc<Open>, StoreError> {
        let held = self.db.borrow().clone();
        if let Some(db) = held {
            return Ok(db);
        }
        let db = Rc::new(Open(Some(open(&self.name).await?)));
        self.db.replace(Some(db.clone()));
        Ok(db)
    }
}

/// rexie deletes every store that this list does not name, should the version ever grow.
async fn open(name: &str) -> Result<Rexie, StoreError> {
    let builder = Rexie::builder(name)
        .version(VERSION)
        .add_object_store(ObjectStore::new(META))
        .add_object_store(ObjectStore::new(PAGES))
        .add_object_store(ObjectStore::new(RECENT))
        .add_object_store(
            ObjectStore::new(COLD).add_index(Index::new(KEYS, KEYS).unique(false).multi_entry(true)),
        );
    match in_time(builder.build()).await {
        Err(StoreError::Closed) => Err(StoreError::NoStorage),
        other => other,
    }
}

async fn in_time<T>(work: impl Future<Output = rexie::Result<T>>) -> Result<T, StoreError> {
    match select(pin!(work), TimeoutFuture::new(ANSWER_MS)).await {
        Either::Left((done, _)) => done.map_err(|e| named(&e)),
        Either::Right(_) => Err(StoreError::Timeout),
    }
}

type Asked<'a, T> = LocalBoxFuture<'a, rexie::Result<T>>;

impl Ask {
    const fn store(&self) -> &'static str {
        match self {
            Self::Get(store, _) | Self::Values(store, _) | Self::Keys(store, _) => store,
            Self::Holding(..) => COLD,
        }
    }

    fn send(&self, tx: &Transaction) -> Result<Asked<'static, Vec<JsValue>>, StoreError> {
        let store = tx.store(self.store()).map_err(|e| named(&e))?;
        Ok(match self.clone() {
            Self::Get(_, key) => {
                Box::pin(async move { store.get(key).await.map(|v| v.into_iter().collect()) })
            }
            Self::Values(_, span) => {
                let range = span.map(|s| s.range()).transpose()?;
                Box::pin(async move { store.get_all(range, None).await })
            }
            Self::Keys(_, span) => {
                let range = span.map(|s| s.range()).transpose()?;
                Box::pin(async move { store.get_all_keys(range, None).await })
            }
            Self::Holding(span, limit) => {
                let (index, range) = (store.index(KEYS).map_err(|e| named(&e))?, span.range()?);
                Box::pin(async move { index.get_all_keys(Some(range), limit).await })
            }
        })
    }
}

async fn send_all(tx: &Transaction, guards: &[Guard], ops: &[Op]) -> Result<(), StoreError> {
    let meta = tx.store(META).map_err(|e| named(&e))?;
    let mut asked: Vec<Asked<'_, bool>> = Vec::with_capacity(guards.len() + ops.len());
    for guard in guards {
        let meta = &meta;
        asked.push(Box::pin(async move {
            let found = meta.get(guard.name.into()).await?.and_then(|v| v.as_string()).unwrap_or_default();
            Ok(found == guard.text)
        }));
    }
    for op in ops {
        let store = tx.store(op.store()).map_err(|e| named(&e))?;
        let range = match op {
            Op::DeleteSpan(_, span) => Some(span.range()?),
            _ => None,
        };
        asked.push(Box::pin(async move {
            match op {
                Op::Put(_, key, value) => store.put(value, Some(key)).await.map(|_| ()),
                Op::Delete(_, key) => store.delete(key.clone()).await,
                Op::DeleteSpan(..) => match range {
                    Some(range) => store.delete(range.into()).await,
                    None => Ok(()),
                },
                Op::Clear(_) => store.clear().await,
            }?;
            Ok(true)
        }));
    }
    if burst(asked).await?.into_iter().all(|held| held) { Ok(()) } else { Err(StoreError::Moved) }
}

/// Sends every request before awaiting the first, then collects the answers in order.
async fn burst<T>(mut asked: Vec<Asked<'_, T>>) -> Result<Vec<T>, StoreError> {
    let mut early: Vec<Option<rexie::Result<T>>> = Vec::with_capacity(asked.len());
    poll_fn(|cx| {
        for request in &mut asked {
            early.push(match Pin::new(request).poll(cx) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            });
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(asked.len());
    for (request, early) in asked.into_iter().zip(early) {
        let answer = match early {
            Some(answer) => answer,
            None => request.await,
        };
        answers.push(answer.map_err(|e| named(&e))?);
    }
    Ok(answers)
}

/// rexie keeps the browser's exception inside; its name is in the debug text and nowhere else.
fn named(error: &rexie::Error) -> StoreError {
    let text = format!("{error:?}");
    let has = |name: &str| text.contains(name);
    if has("QuotaExceededError") {
        StoreError::Quota
    } else if has("InvalidStateError") || has("UnknownError") {
        StoreError::Closed
    } else if has("VersionError") {
        StoreError::Newer
    } else if has("SecurityError") || has("IndexedDbNotFound") {
        StoreError::NoStorage
    } else if has("AbortError") || has("TransactionInactiveError") || has("DomExceptionNotFound") {
        StoreError::Aborted("AbortError".to_owned())
    } else {
        StoreError::Other(text.chars().take(200).collect())
    }
}
