//! What views read: records as signals. Changed only from [`Live::touched`]; a view never writes here.
//!
//! It must never know a slice: records are asked for by type, and found by id, key or word.

mod history;
mod photos;
mod triggers;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use chrono::NaiveDate;
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::record::RecordBody;
use rollcall_domain::registry;
use rollcall_domain::sync::book::Name;
use send_wrapper::SendWrapper;

use crate::studio::{Inner, Studio};
use triggers::Triggers;

/// The records of this device as signals.
#[derive(Default)]
pub struct Live {
    studio: OnceCell<Weak<SendWrapper<Inner>>>,
    triggers: Triggers,
    day: Cell<Option<NaiveDate>>,
    photos: RefCell<BTreeMap<String, photos::Photo>>,
}

impl Live {
    pub(crate) fn attach(&self, studio: &Studio) {
        // Set once, right after the studio was made.
        let _ = self.studio.set(Arc::downgrade(studio.shared()));
    }

    fn with<R>(&self, read: impl FnOnce(&Inner) -> R) -> Option<R> {
        self.studio.get().and_then(Weak::upgrade).map(|inner| read(&inner))
    }

    /// Wakes whatever reads these records.
    pub(crate) fn touched(&self, names: &[Name]) {
        self.triggers.fire(names);
    }

    /// Wakes everything: the whole picture was replaced.
    pub(crate) fn replaced(&self) {
        self.triggers.fire_all();
    }

    /// Wakes what reads the business day, if it is another one than before.
    pub fn day_may_have_turned(&self, today: NaiveDate) {
        if self.day.replace(Some(today)).is_some_and(|before| before != today) {
            self.triggers.day.notify_all();
        }
    }

    /// Follows the business day, and remembers which one was shown first: a device may sleep before the day is looked at
    /// for the first time.
    pub(crate) fn track_day(&self, shown: NaiveDate) {
        self.triggers.day.track_one();
        if self.day.get().is_none() {
            self.day.set(Some(shown));
        }
    }

    pub(crate) fn track_want(&self, want: &Want) {
        match want {
            Want::Id(kind, id) => self.triggers.track_record(kind, *id),
            Want::Key { kind, .. } | Want::Range { kind, .. } => self.triggers.track_kind(kind),
        }
    }

    /// One record.
    pub fn get<T: RecordBody>(&self, id: impl Into<Id>) -> Option<T> {
        let id = id.into();
        self.triggers.track_record(T::KIND, id);
        // A body this build cannot read is shown as absent; its bytes stay.
        self.with(|s| s.book.borrow().get(T::KIND, id)).flatten().and_then(|seen| seen.record.read().ok())
    }

    /// True when what the screen shows of this record is not confirmed yet.
    pub fn is_pending(&self, kind: &str, id: Id) -> bool {
        self.triggers.track_record(kind, id);
        self.with(|s| s.book.borrow().get(kind, id)).flatten().is_some_and(|seen| seen.pending)
    }

    /// All records of a hot kind with this key value.
    pub fn by_key<T: RecordBody>(&self, name: &'static str, value: KeyValue) -> Vec<T> {
        self.all(&Want::key::<T>(name, value))
    }

    /// Records of a hot kind whose key lies in `from..=to`, in key order.
    pub fn range<T: RecordBody>(
        &self,
        name: &'static str,
        from: KeyValue,
        to: KeyValue,
        limit: u32,
    ) -> Vec<T> {
        self.all(&Want::range::<T>(name, from, to, limit))
    }

    /// Everything a want finds among hot kinds.
    pub fn all<T: RecordBody>(&self, want: &Want) -> Vec<T> {
        self.track_want(want);
        self.with(|s| s.book.borrow().answer(want))
            .map(|a| a.records.iter().filter_map(|r| r.read().ok()).collect())
            .unwrap_or_default()
    }

    /// All records of a small hot kind (plans, terms, people), by id.
    pub fn of_kind<T: RecordBody>(&self) -> Vec<T> {
        self.triggers.track_kind(T::KIND);
        let ids = self.ids(T::KIND);
        self.with(|s| {
            let book = s.book.borrow();
            ids.iter()
                .filter_map(|id| book.get(T::KIND, *id))
                .filter_map(|seen| seen.record.read().ok())
                .collect()
        })
        .unwrap_or_default()
    }

    /// How many records of a hot kind there are.
    pub fn count(&self, kind: &str) -> usize {
        self.triggers.track_kind(kind);
        self.with(|s| {
            let book = s.book.borrow();
            let confirmed = book.confirmed();
            let (mut added, mut gone) = (0, 0);
            for (id, over) in book.overlaid(kind) {
                use rollcall_domain::sync::book::Confirmed as _;
                match (over.is_some(), confirmed.get(kind, id).is_some()) {
                    (true, false) => added += 1,
                    (false, true) => gone += 1,
                    _ => {}
                }
            }
            confirmed.count(kind) + added - gone
        })
        .unwrap_or(0)
    }

    /// The ids of all records of a hot kind, sorted.
    pub fn ids(&self, kind: &str) -> Vec<Id> {
        self.triggers.track_kind(kind);
        self.with(|s| {
            let book = s.book.borrow();
            let mut ids = book.confirmed().ids_of(kind);
            for (id, over) in book.overlaid(kind) {
                let at = ids.binary_search(&id);
                match (over.is_some(), at) {
                    (true, Err(at)) => ids.insert(at, id),
                    (false, Ok(at)) => {
                        ids.remove(at);
                    }
                    _ => {}
                }
            }
            ids
        })
        .unwrap_or_default()
    }

    /// Subjects whose words contain every word asked for, in name order. The caller folds the words as the slice does.
    /// No words find everything.
    pub fn search(&self, words: &str, limit: usize) -> Vec<Id> {
        self.triggers.track_words();
        self.with(|s| {
            let book = s.book.borrow();
            let mut found: Vec<Id> = self.pending_hits(&book, words);
            for hit in book.confirmed().search(words, limit) {
                if !found.contains(&hit.subject) {
                    found.push(hit.subject);
                }
            }
            found.truncate(limit);
            found
        })
        .unwrap_or_default()
    }

    /// What waits to be confirmed is found as well, newest names first.
    fn pending_hits(
        &self,
        book: &rollcall_domain::sync::book::Book<crate::store::Shelf>,
        words: &str,
    ) -> Vec<Id> {
        if book.pending().is_empty() {
            return Vec::new();
        }
        let catalogue = registry::catalogue();
        let mut rows: Vec<(String, Id)> = Vec::new();
        for kind in catalogue.kinds() {
            for record in book.overlaid(kind.name).filter_map(|(_, over)| over) {
                let Ok(Some(row)) = catalogue.describe(record).map(|d| d.search) else { continue };
                if words.split(' ').all(|w| row.words.contains(w)) {
                    rows.push((row.sort, row.subject));
                }
            }
        }
        rows.sort();
        let mut seen = std::collections::BTreeSet::new();
        rows.into_iter().filter(|(_, id)| seen.insert(*id)).map(|(_, id)| id).collect()
    }
}
