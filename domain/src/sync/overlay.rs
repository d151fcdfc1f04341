//! Records as waiting commands are predicted to leave them, found by name and by key.
//!
//! It lies over the confirmed records and is thrown away whole whenever those change. It must never know how a prediction
//! is made, and nothing in it is ever written down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kernel::ids::Id;
use crate::kernel::keys::{KeyRow, KeyValue};
use crate::kernel::record::{KindName, Record};

use super::book::Name;

/// What is predicted of one record: how it will be, or that it will be gone.
#[derive(Debug, Clone)]
pub(super) struct Laid {
    /// Which.
    pub(super) name: Name,
    /// How it will be; nothing when it will be gone.
    pub(super) record: Option<Arc<Record>>,
    /// By what it is found.
    pub(super) keys: Arc<[KeyRow]>,
}

/// All predictions. Looking one up does not grow with how many there are, or a day's queue would be decided in a day.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlay {
    records: BTreeMap<Name, Laid>,
    /// By the key's name: its values, and who has them.
    keys: BTreeMap<String, BTreeSet<(KeyValue, Name)>>,
}

impl Overlay {
    /// Lays one record, or its absence, over what was there.
    pub(super) fn lay(&mut self, laid: Laid) {
        let name = laid.name.clone();
        for row in &*laid.keys {
            self.keys.entry(row.name.clone()).or_default().insert((row.value.clone(), name.clone()));
        }
        let keys = laid.keys.clone();
        let Some(before) = self.records.insert(name.clone(), laid) else { return };
        for row in before.keys.iter().filter(|row| !keys.contains(row)) {
            if let Some(values) = self.keys.get_mut(&row.name) {
                values.remove(&(row.value.clone(), name.clone()));
            }
        }
    }

    /// Nothing when nothing is predicted; else the record, or nothing where it will be gone.
    pub(super) fn get(&self, name: &Name) -> Option<Option<&Arc<Record>>> {
        self.records.get(name).map(|over| over.record.as_ref())
    }

    /// Everything of a kind, by id.
    pub(super) fn of_kind<'a>(
        &'a self,
        kind: &'a str,
    ) -> impl Iterator<Item = (Id, Option<&'a Arc<Record>>)> + 'a {
        let from = (KindName::Owned(kind.to_owned()), Id::nil());
        let these = self.records.range(from..).take_while(move |((k, _), _)| k == kind);
        these.map(|((_, id), over)| (*id, over.record.as_ref()))
    }

    /// Those of a kind whose key has a value in `from..=to`.
    pub(super) fn found<'a>(
        &'a self,
        kind: &'a str,
        key: &str,
        from: &KeyValue,
        to: &'a KeyValue,
    ) -> impl Iterator<Item = &'a Arc<Record>> + 'a {
        let first = (from.clone(), (KindName::Borrowed(""), Id::nil()));
        let values = self.keys.get(key).into_iter().flat_map(move |values| values.range(first.clone()..));
        let names = values.take_while(move |(value, _)| value <= to).map(|(_, name)| name);
        names.filter(move |(k, _)| k == kind).filter_map(|name| self.get(name).flatten())
    }

    /// The names of all that is predicted.
    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        self.records.keys()
    }

    /// True when nothing is predicted.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}
