//! Records in memory with an index over their keys: what a sample of ten thousand members is decided against.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kernel::catalogue::Catalogue;
use crate::kernel::facts::{Answer, Want};
use crate::kernel::ids::Id;
use crate::kernel::keys::{KeyRow, KeyValue};
use crate::kernel::record::{Change, KindName, Record, RecordBody};

type Name = (KindName, Id);

/// All records of a studio.
pub(super) struct Memory {
    catalogue: &'static Catalogue,
    records: BTreeMap<Name, (Arc<Record>, Vec<KeyRow>)>,
    index: BTreeMap<String, BTreeMap<KeyValue, BTreeSet<Name>>>,
}

impl Memory {
    pub(super) const fn new(catalogue: &'static Catalogue) -> Self {
        Self { catalogue, records: BTreeMap::new(), index: BTreeMap::new() }
    }

    pub(super) fn take(&mut self, changes: &[Change]) {
        for change in changes {
            let name = (change.kind.clone(), change.id);
            if let Some((_, keys)) = self.records.remove(&name) {
                for row in keys {
                    if let Some(names) =
                        self.index.get_mut(&row.name).and_then(|values| values.get_mut(&row.value))
                    {
                        names.remove(&name);
                    }
                }
            }
            let Some(body) = change.body.clone() else { continue };
            let record = Record {
                kind: change.kind.clone(),
                kind_version: change.kind_version,
                id: change.id,
                version: 0,
                body,
            };
            let keys = self.catalogue.describe(&record).map(|d| d.keys.0).unwrap_or_default();
            for row in &keys {
                self.index
                    .entry(row.name.clone())
                    .or_default()
                    .entry(row.value.clone())
                    .or_default()
                    .insert(name.clone());
            }
            self.records.insert(name, (Arc::new(record), keys));
        }
    }

    pub(super) fn answer(&self, want: &Want) -> Answer {
        let records = match want {
            Want::Id(kind, id) => {
                self.records.get(&(kind.clone(), *id)).map(|(r, _)| r.clone()).into_iter().collect()
            }
            Want::Key { kind, name, value } => self.found(kind, name, value, value, usize::MAX),
            Want::Range { kind, name, from, to, limit } => {
                self.found(kind, name, from, to, usize::try_from(*limit).unwrap_or(usize::MAX))
            }
        };
        Answer { records, complete: true }
    }

    fn found(
        &self,
        kind: &str,
        name: &str,
        from: &KeyValue,
        to: &KeyValue,
        limit: usize,
    ) -> Vec<Arc<Record>> {
        let Some(values) = self.index.get(name) else { return Vec::new() };
        let names = values.range(from..=to).flat_map(|(_, names)| names).filter(|(k, _)| k == kind);
        names.filter_map(|name| self.records.get(name)).map(|(r, _)| r.clone()).take(limit).collect()
    }

    pub(super) fn get<T: RecordBody>(&self, id: Id) -> Option<T> {
        self.records.get(&(KindName::Borrowed(T::KIND), id)).and_then(|(r, _)| r.read().ok())
    }

    pub(super) fn answer_all<T: RecordBody>(&self, want: &Want) -> Vec<T> {
        self.answer(want).records.iter().filter_map(|r| r.read().ok()).collect()
    }

    pub(super) fn by_key<T: RecordBody>(&self, name: &str, value: &KeyValue) -> Vec<T> {
        self.found(T::KIND, name, value, value, usize::MAX).iter().filter_map(|r| r.read().ok()).collect()
    }

    pub(super) fn all<T: RecordBody>(&self) -> Vec<T> {
        let from = (KindName::Borrowed(T::KIND), Id::nil());
        self.records
            .range(from..)
            .take_while(|((kind, _), _)| kind == T::KIND)
            .filter_map(|(_, (r, _))| r.read().ok())
            .collect()
    }

    pub(super) fn into_records(self) -> Vec<Record> {
        self.records.into_values().map(|(r, _)| Arc::unwrap_or_clone(r)).collect()
    }
}
