//! Records as they are inside a transaction: what the database holds, and over it what this batch changed so far.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rollcall_domain::kernel::catalogue::Catalogue;
use rollcall_domain::kernel::facts::{Answer, Want};
use rollcall_domain::kernel::ids::{Hash, Id, StudioId};
use rollcall_domain::kernel::keys::{KeyRow, KeyValue};
use rollcall_domain::kernel::record::{Change, KindName, Record, Unreadable};

use crate::storage::{Look, Name, StorageError, Written};

/// What this batch sees.
#[derive(Debug)]
pub(super) struct Overlay {
    catalogue: &'static Catalogue,
    base: BTreeMap<Want, Vec<Arc<Record>>>,
    over: BTreeMap<Name, Written>,
    /// What lies over, by what it is looked up by: a large batch must not be walked through for every want.
    by_key: BTreeMap<(KindName, String, KeyValue), BTreeSet<Id>>,
}

/// A record after a change, described for the plumbing.
pub(crate) fn written(catalogue: &Catalogue, change: &Change, version: u64) -> Result<Written, Unreadable> {
    let record = change.body.as_ref().map(|body| Record {
        kind: change.kind.clone(),
        kind_version: change.kind_version,
        id: change.id,
        version,
        body: body.clone(),
    });
    let described = record.as_ref().map(|r| catalogue.describe(r)).transpose()?.unwrap_or_default();
    Ok(Written { kind: change.kind.clone(), id: change.id, version, record, described })
}

impl Overlay {
    pub(super) const fn new(catalogue: &'static Catalogue) -> Self {
        Self { catalogue, base: BTreeMap::new(), over: BTreeMap::new(), by_key: BTreeMap::new() }
    }

    /// Fetches what is not known yet. The database does not move under a transaction, so an answer stays good.
    pub(super) async fn load(
        &mut self,
        look: &mut dyn Look,
        studio: StudioId,
        wants: &[Want],
    ) -> Result<(), StorageError> {
        let missing: Vec<Want> =
            wants.iter().filter(|w| !self.base.contains_key(w)).map(|w| self.widened(w)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let found = look.answers(studio, &missing).await?;
        let asked = wants.iter().filter(|w| !self.base.contains_key(w)).cloned().collect::<Vec<_>>();
        self.base.extend(asked.into_iter().zip(found));
        Ok(())
    }

    /// A range must be read further by as many records as the batch may have taken out of it.
    fn widened(&self, want: &Want) -> Want {
        match want {
            Want::Range { kind, name, from, to, limit } => {
                let more = u32::try_from(self.over.len()).unwrap_or(u32::MAX);
                let limit = limit.saturating_add(more);
                Want::Range {
                    kind: kind.clone(),
                    name: name.clone(),
                    from: from.clone(),
                    to: to.clone(),
                    limit,
                }
            }
            other => other.clone(),
        }
    }

    /// Ranges are read again each time: the batch may have moved more out of one since.
    pub(super) fn forget_ranges(&mut self) {
        self.base.retain(|want, _| !matches!(want, Want::Range { .. }));
    }

    /// The answer to a want that was loaded.
    pub(super) fn answer(&self, want: &Want) -> Answer {
        let base = self.base.get(want).cloned().unwrap_or_default();
        let records = match want {
            Want::Id(kind, id) => match self.over.get(&(kind.clone(), *id)) {
                Some(over) => over.record.clone().map(Arc::new).into_iter().collect(),
                None => base,
            },
            Want::Key { kind, name, value } => {
                let fits = |key: &KeyRow| key.name == *name && key.value == *value;
                let mut records = self.merge(kind, base, self.over_range(kind, name, value, value), fits);
                records.sort_by_key(|r| r.id);
                records
            }
            Want::Range { kind, name, from, to, limit } => {
                let fits = |key: &KeyRow| key.name == *name && key.value >= *from && key.value <= *to;
                let mut records = self.merge(kind, base, self.over_range(kind, name, from, to), fits);
                records.truncate(usize::try_from(*limit).unwrap_or(usize::MAX));
                records
            }
        };
        Answer { records, complete: true }
    }

    /// What lies over with a key in a range.
    fn over_range(&self, kind: &KindName, name: &str, from: &KeyValue, to: &KeyValue) -> BTreeSet<Id> {
        let first = (kind.clone(), name.to_owned(), from.clone());
        let last = (kind.clone(), name.to_owned(), to.clone());
        if first > last {
            return BTreeSet::new();
        }
        self.by_key.range(first..=last).flat_map(|(_, ids)| ids.iter().copied()).collect()
    }

    fn merge(
        &self,
        kind: &KindName,
        base: Vec<Arc<Record>>,
        mine: BTreeSet<Id>,
        fits: impl Fn(&KeyRow) -> bool,
    ) -> Vec<Arc<Record>> {
        let changed = |r: &Arc<Record>| self.over.contains_key(&(r.kind.clone(), r.id));
        let mut records: Vec<Arc<Record>> = base.into_iter().filter(|r| !changed(r)).collect();
        let mine = mine.iter().filter_map(|id| self.over.get(&(kind.clone(), *id)));
        let before = records.len();
        records.extend(mine.filter_map(|w| w.record.clone()).map(Arc::new));
        if records.len() > before {
            // Base came in key order; the new ones have their place by their own keys.
            let key = |r: &Arc<Record>| (self.key_of(r, &fits), r.id);
            records.sort_by_cached_key(key);
        }
        records
    }

    fn key_of(&self, record: &Arc<Record>, fits: &impl Fn(&KeyRow) -> bool) -> Option<KeyRow> {
        let name = (record.kind.clone(), record.id);
        let own = self.over.get(&name).map(|w| w.described.keys.clone());
        let keys = own.or_else(|| self.catalogue.describe(record).ok().map(|d| d.keys));
        keys.and_then(|keys| keys.0.into_iter().find(fits))
    }

    /// Lays a change over what is there.
    pub(super) fn lay(&mut self, written: Written) {
        let (kind, id) = (written.kind.clone(), written.id);
        for key in &written.described.keys.0 {
            let key = (kind.clone(), key.name.clone(), key.value.clone());
            self.by_key.entry(key).or_default().insert(id);
        }
        let fresh: BTreeSet<(String, KeyValue)> =
            written.described.keys.0.iter().map(|key| (key.name.clone(), key.value.clone())).collect();
        let Some(before) = self.over.insert((kind.clone(), id), written) else { return };
        for key in before.described.keys.0 {
            let (name, value) = (key.name, key.value);
            if !fresh.contains(&(name.clone(), value.clone()))
                && let Some(ids) = self.by_key.get_mut(&(kind.clone(), name, value))
            {
                ids.remove(&id);
            }
        }
    }

    /// Blobs that records named before they were changed.
    pub(super) fn blobs_before(&self) -> Vec<Hash> {
        let changed = |r: &&Arc<Record>| self.over.contains_key(&(r.kind.clone(), r.id));
        let before = self.base.values().flatten().filter(changed);
        before.filter_map(|r| self.catalogue.describe(r).ok()).flat_map(|d| d.blobs).collect()
    }

    /// Every changed record once, as it is now.
    pub(super) fn into_changed(self) -> Vec<Written> {
        self.over.into_values().collect()
    }
}
