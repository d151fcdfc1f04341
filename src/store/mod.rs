//! The store: the records an authority has confirmed, on this device. It can be thrown away and built again.
//!
//! It must never know a slice or a prediction. Hot kinds lie in packed pages that are loaded whole; a change is one
//! small row in `recent` until it is folded; history lies in packs by kind and month and is read when asked for.

mod absorb;
mod cold;
mod error;
mod fold;
mod gate;
mod index;
mod kinds;
mod load;
mod page;
mod rows;
mod search;
mod shelf;
mod whole;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use futures_util::lock::Mutex;
use rollcall_domain::kernel::{Catalogue, Id, KindName, Scope};
use rollcall_domain::sync::wire::{Mark, Row};
use serde::{Deserialize, Serialize};

pub use error::StoreError;
pub use search::Hit;
pub use shelf::Shelf;

use fold::Plan;
use gate::Gate;
use rows::Stored;

use crate::vault::Sealer;

/// In `meta`: the last stamp, and the marks.
const STATE: &str = "state";
/// In `meta`: counts every change of pages and packs. Whoever folds must find it as it was.
const FOLDS: &str = "folds";
/// In `meta`: the kinds as they were when pages and packs were written.
const KINDS: &str = "kinds";

/// How far the records reach.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Marks {
    /// The hub's life the cursors belong to; nil without a hub.
    pub hub_epoch: Id,
    /// How far each scope has been read.
    pub cursors: BTreeMap<Scope, u64>,
    /// The last line of this device's journal that is folded in.
    pub folded_at: u64,
    /// The last link of the hub's history that has been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// Up to which change of the hub's history everybody who was erased is known.
    #[serde(default)]
    pub erased: u64,
}

/// What a call to [`Store::catch_up`] brought.
#[derive(Debug)]
pub enum News {
    /// No other tab has written.
    Nothing,
    /// Rows other tabs absorbed.
    Rows(Vec<Row>),
    /// Too much has changed: everything, read again.
    Everything(Box<Shelf>),
}

/// A handle on the store; clones share one connection.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    catalogue: &'static Catalogue,
    gate: Gate,
    /// Seals pages, packs and what is in `recent`, each bound to its key. Keys of rows and `meta` are in clear.
    sealer: Sealer,
    memory: RefCell<Memory>,
    folding: Cell<bool>,
    /// One writer at a time in this tab: each write builds on what the one before it left.
    turn: Mutex<()>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct State {
    /// Counts what was absorbed; the key of the rows in `recent`.
    stamp: u64,
    marks: Marks,
}

/// What this tab knows of the database besides the shelf.
#[derive(Debug, Default)]
struct Memory {
    state: State,
    /// The state's text in `meta`, to be found unchanged by the next write.
    state_text: String,
    /// The values in `recent`, by stamp, with their number of rows.
    unfolded: BTreeMap<u64, usize>,
    /// Hot records that have a row in `recent`, with its last stamp.
    hot: HashMap<(KindName, Id), u64>,
    /// Cold records that have a row in `recent`: the last one, with its stamp.
    cold: BTreeMap<(KindName, Id), (u64, Stored)>,
    /// What other tabs absorbed and nobody has asked for yet.
    news: Vec<Row>,
    /// Set when other tabs did more than can be followed.
    reload: bool,
    /// Set when something must leave the disk soon: somebody was erased.
    urgent: bool,
    /// Pages whose keys were computed by older slices, or that are not sealed yet.
    stale_pages: BTreeSet<String>,
    /// The same of packs, and the kinds whose keys are meant.
    stale_packs: BTreeSet<String>,
    stale_kinds: BTreeSet<String>,
    plan: Option<Plan>,
}

impl Memory {
    /// Notes the rows of a value in `recent`.
    fn note(&mut self, catalogue: &Catalogue, stamp: u64, rows: Vec<Stored>) {
        self.unfolded.insert(stamp, rows.len());
        for row in rows {
            let name = (row.kind.clone(), row.id);
            match catalogue.temperature(&row.kind) {
                rollcall_domain::kernel::Temperature::Hot => {
                    self.hot.insert(name, stamp);
                }
                rollcall_domain::kernel::Temperature::Cold => {
                    self.cold.insert(name, (stamp, row));
                }
            }
        }
    }

    /// Forgets what was folded.
    fn folded(&mut self, up_to: u64) {
        self.unfolded.retain(|stamp, _| *stamp > up_to);
        self.hot.retain(|_, stamp| *stamp > up_to);
        self.cold.retain(|_, (stamp, _)| *stamp > up_to);
    }
}

impl Store {
    /// Opens the store, creating it when there is none: itself, all hot records, and how far they reach.
    pub async fn open(
        name: &str,
        catalogue: &'static Catalogue,
        sealer: Sealer,
    ) -> Result<(Self, Shelf, Marks), StoreError> {
        let store = Self::new(name, catalogue, sealer);
        let shelf = store.load_first(name).await?;
        let marks = store.marks();
        Ok((store, shelf, marks))
    }

    /// The same, throwing away unread what lies there: it is under a key that was given up.
    pub async fn open_anew(
        name: &str,
        catalogue: &'static Catalogue,
        sealer: Sealer,
    ) -> Result<(Self, Shelf, Marks), StoreError> {
        let store = Self::new(name, catalogue, sealer);
        load::forget_early();
        store.wipe().await?;
        let shelf = store.load().await?;
        let marks = store.marks();
        Ok((store, shelf, marks))
    }

    fn new(name: &str, catalogue: &'static Catalogue, sealer: Sealer) -> Self {
        let inner = Inner {
            catalogue,
            gate: Gate::new(name),
            sealer,
            memory: RefCell::default(),
            folding: Cell::new(false),
            turn: Mutex::new(()),
        };
        Self { inner: Rc::new(inner) }
    }

    /// How far the records reach, as far as this tab knows.
    #[must_use]
    pub fn marks(&self) -> Marks {
        self.inner.memory.borrow().state.marks.clone()
    }

    /// Rows that wait to be folded.
    #[must_use]
    pub fn unfolded(&self) -> usize {
        self.inner.memory.borrow().unfolded.values().sum()
    }

    /// True when something must be written again soon: rows of somebody who was erased, or that are not sealed yet.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.has_urgent_work()
    }

    /// Closes the connection, for a test or before deleting. The next call opens it again.
    pub fn close(&self) {
        self.inner.gate.close();
    }

    /// Removes the whole store. Every other tab must have closed it.
    pub async fn destroy(name: &str) -> Result<(), StoreError> {
        Gate::delete(name).await
    }
}

/// A stamp as a key. Stamps stay far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "IndexedDB numbers are doubles; stamps stay far below 2^53")]
fn stamp_key(stamp: u64) -> wasm_bindgen::JsValue {
    wasm_bindgen::JsValue::from_f64(stamp as f64)
}

/// A key as a stamp.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the database only holds what `stamp_key` wrote"
)]
fn key_stamp(key: &wasm_bindgen::JsValue) -> Result<u64, StoreError> {
    key.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64).ok_or(StoreError::Unreadable)
}
