//! Which reader to wake for which record: one trigger per record and per kind that somebody reads.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos::reactive::graph::Observer;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::registry;
use rollcall_domain::sync::book::Name;

/// A trigger that can stand in a plain struct.
#[derive(Debug)]
pub(super) struct Bell(ArcTrigger);

impl Default for Bell {
    fn default() -> Self {
        Self(ArcTrigger::new())
    }
}

impl Bell {
    pub(super) fn track_one(&self) {
        self.0.track();
    }
    pub(super) fn notify_all(&self) {
        self.0.notify();
    }
}

#[derive(Debug, Default)]
pub(super) struct Triggers {
    kinds: RefCell<BTreeMap<String, Bell>>,
    records: RefCell<BTreeMap<(String, Id), Bell>>,
    words: Bell,
    pub(super) day: Bell,
}

impl Triggers {
    pub(super) fn track_kind(&self, kind: &str) {
        if Observer::get().is_some() {
            self.kinds.borrow_mut().entry(kind.to_owned()).or_default().track_one();
        }
    }

    pub(super) fn track_record(&self, kind: &str, id: Id) {
        if Observer::get().is_some() {
            self.records.borrow_mut().entry((kind.to_owned(), id)).or_default().track_one();
        }
    }

    pub(super) fn track_words(&self) {
        self.words.track_one();
    }

    /// Collects first and rings after, because a woken reader reads (and tracks) again at once.
    pub(super) fn fire(&self, names: &[Name]) {
        let mut bells: Vec<ArcTrigger> = Vec::new();
        let mut kinds: BTreeSet<&str> = BTreeSet::new();
        {
            let records = self.records.borrow();
            for (kind, id) in names {
                kinds.insert(kind);
                bells.extend(records.get(&(kind.to_string(), *id)).map(|b| b.0.clone()));
            }
            let by_kind = self.kinds.borrow();
            bells.extend(kinds.iter().filter_map(|k| by_kind.get(*k)).map(|b| b.0.clone()));
        }
        for bell in bells {
            bell.notify();
        }
        let catalogue = registry::catalogue();
        if kinds.iter().any(|k| catalogue.kind(k).is_some()) {
            self.words.notify_all();
        }
    }

    pub(super) fn fire_all(&self) {
        let bells: Vec<ArcTrigger> = self
            .kinds
            .borrow()
            .values()
            .map(|b| b.0.clone())
            .chain(self.records.borrow().values().map(|b| b.0.clone()))
            .collect();
        for bell in bells {
            bell.notify();
        }
        self.words.notify_all();
    }
}
