//! Taking in what an authority confirmed: rows and marks in one transaction.
//!
//! It must never know a slice. A few rows become one value in `recent`; many at once are folded into pages directly,
//! which is what makes an import fast.

use std::collections::{BTreeMap, HashMap};

use rollcall_domain::kernel::{Erased, Id, KindName, Scope, Temperature};
use rollcall_domain::sync::erasing::row_without;
use rollcall_domain::sync::wire::Row;

use super::gate::{Ask, Guard, META, Op, PAGES};
use super::page::{self, Page};
use super::rows::Stored;
use super::{FOLDS, Marks, STATE, State, Store, StoreError, load};

/// From so many hot rows on, pages are written directly.
const DIRECT_MIN: usize = 256;

/// Changes of one page.
pub(super) struct Group {
    pub(super) kind: KindName,
    pub(super) bound: Id,
    pub(super) rows: BTreeMap<Id, Stored>,
}

impl Store {
    /// Takes rows, and the marks they reach up to, in one transaction. Before them, records of scopes that were left go,
    /// and whatever tells something about people who were erased becomes what is left of it; both are returned as rows,
    /// for whoever keeps a picture of the store.
    ///
    /// [`StoreError::Moved`] when another tab absorbed first: nothing was written; [`Store::catch_up`], then absorb
    /// what is still missing.
    pub async fn absorb(
        &self,
        rows: &[Row],
        marks: &Marks,
        left: &[Scope],
        erased: &[Erased],
    ) -> Result<Vec<Row>, StoreError> {
        let _turn = self.inner.turn.lock().await;
        let gone = if left.is_empty() && erased.is_empty() {
            Vec::new()
        } else {
            self.leaving(left, erased, marks).await?
        };
        let catalogue = self.inner.catalogue;
        let stored = last_of_each(gone.iter().chain(rows).map(|row| Stored::of(catalogue, row)));
        self.take_in(stored, marks, !erased.is_empty()).await?;
        Ok(gone)
    }

    /// Writes described rows and marks.
    pub(super) async fn take_in(
        &self,
        stored: Vec<Stored>,
        marks: &Marks,
        urgent: bool,
    ) -> Result<(), StoreError> {
        let (direct, recent) = self.sort_out(stored);
        let (stamp, state_text) = {
            let memory = self.inner.memory.borrow();
            (memory.state.stamp + 1, memory.state_text.clone())
        };
        let state = State { stamp, marks: marks.clone() };
        let after = serde_json::to_string(&state).map_err(|_| StoreError::Unreadable)?;
        let mut guards = vec![Guard { name: STATE, text: state_text }];
        let mut ops = vec![Op::Put(META, STATE.into(), after.as_str().into())];
        let directly = !direct.is_empty();
        if directly {
            let folds = self.write_directly(direct, &mut ops).await?;
            guards.push(Guard { name: FOLDS, text: folds });
        }
        // Every stamp without a row in `recent` tells other tabs to read everything again.
        if !recent.is_empty() {
            ops.push(self.put_recent(stamp, &recent)?);
        } else if !directly {
            let state = State { stamp: stamp - 1, marks: marks.clone() };
            return self.write_marks(state, guards).await;
        }
        if let Err(error) = self.inner.gate.write(&guards, &ops).await {
            return Err(self.moved(error).await);
        }
        let mut memory = self.inner.memory.borrow_mut();
        (memory.state, memory.state_text) = (state, after);
        memory.urgent |= urgent;
        if !recent.is_empty() {
            memory.note(self.inner.catalogue, stamp, recent);
        }
        Ok(())
    }

    /// Marks without rows: the cursor moved over changes that were not ours to see.
    async fn write_marks(&self, state: State, guards: Vec<Guard>) -> Result<(), StoreError> {
        let text = serde_json::to_string(&state).map_err(|_| StoreError::Unreadable)?;
        if let Err(error) =
            self.inner.gate.write(&guards, &[Op::Put(META, STATE.into(), text.as_str().into())]).await
        {
            return Err(self.moved(error).await);
        }
        let mut memory = self.inner.memory.borrow_mut();
        (memory.state, memory.state_text) = (state, text);
        Ok(())
    }

    /// After a write that found the database moved on, this tab looks again, so that the next try can succeed.
    async fn moved(&self, error: StoreError) -> StoreError {
        if error != StoreError::Moved {
            return error;
        }
        match self.learn().await {
            Ok(()) => StoreError::Moved,
            Err(error) => error,
        }
    }

    /// Which rows go to pages directly. A record with a row in `recent` does not: that row would win over the page.
    fn sort_out(&self, stored: Vec<Stored>) -> (Vec<Stored>, Vec<Stored>) {
        let memory = self.inner.memory.borrow();
        let fits = |row: &Stored| {
            row.body.is_some()
                && self.inner.catalogue.temperature(&row.kind) == Temperature::Hot
                && !memory.hot.contains_key(&(row.kind.clone(), row.id))
        };
        let (direct, recent): (Vec<_>, Vec<_>) = stored.into_iter().partition(fits);
        if direct.len() >= DIRECT_MIN {
            (direct, recent)
        } else {
            (Vec::new(), direct.into_iter().chain(recent).collect())
        }
    }

    /// Adds the pages that hold these rows; returns the count of folds they build on.
    async fn write_directly(&self, rows: Vec<Stored>, ops: &mut Vec<Op>) -> Result<String, StoreError> {
        let answers = self.inner.gate.read(&[Ask::Get(META, FOLDS.into()), Ask::Keys(PAGES, None)]).await?;
        let [folds, keys] = answers.as_slice() else { return Err(StoreError::Unreadable) };
        let before = load::text(folds);
        let groups = group(keys, rows)?;
        let asks: Vec<Ask> =
            groups.iter().map(|g| Ask::Get(PAGES, page::key(&g.kind, g.bound).into())).collect();
        let pages = self.inner.gate.read(&asks).await?;
        for (group, found) in groups.into_iter().zip(&pages) {
            self.merge_group(&group, found.first(), ops)?;
        }
        ops.push(Op::Put(META, FOLDS.into(), next_fold(&before).as_str().into()));
        Ok(before)
    }

    /// The pages that take the place of one page, with its changes.
    pub(super) fn merge_group(
        &self,
        group: &Group,
        found: Option<&wasm_bindgen::JsValue>,
        ops: &mut Vec<Op>,
    ) -> Result<(), StoreError> {
        let key = page::key(&group.kind, group.bound);
        let keys_version = self.inner.catalogue.kind(&group.kind).map_or(0, |k| k.keys_version);
        let old = found.map(|value| self.read_page(&key, value)).transpose()?;
        let old: Option<Page> = match old {
            Some(page) if page.keys_version() != keys_version => Some(page.renewed(self.inner.catalogue)?),
            other => other,
        };
        let pages = page::merge(old.as_ref(), group.bound, &group.rows, keys_version);
        if pages.is_empty() {
            ops.push(Op::Delete(PAGES, key.into()));
        }
        for (bound, bytes) in pages {
            ops.push(self.put_page(page::key(&group.kind, bound), bytes)?);
        }
        Ok(())
    }

    /// The records that leave this device, as deletions, and what is left of those that told of people who were erased.
    async fn leaving(
        &self,
        left: &[Scope],
        erased: &[Erased],
        marks: &Marks,
    ) -> Result<Vec<Row>, StoreError> {
        let mut gone = Vec::new();
        self.all_records(|record| {
            // What cannot be read cannot be shown to leave a scope; it goes only by its id.
            let described = self.inner.catalogue.describe(record).unwrap_or_default();
            let leaves = described.scopes.iter().any(|s| left.contains(s))
                && !described.scopes.iter().any(|s| marks.cursors.contains_key(s));
            if !leaves {
                gone.extend(row_without(self.inner.catalogue, record, erased));
            } else {
                gone.push(Row {
                    kind: record.kind.clone(),
                    kind_version: record.kind_version,
                    id: record.id,
                    version: record.version,
                    body: None,
                });
            }
        })
        .await?;
        Ok(gone)
    }
}

/// The count of folds after one more.
pub(super) fn next_fold(text: &str) -> String {
    (text.parse::<u64>().unwrap_or(0) + 1).to_string()
}

/// Only the last row of each record, in the order of the last rows.
pub(super) fn last_of_each(rows: impl Iterator<Item = Stored>) -> Vec<Stored> {
    let rows: Vec<Stored> = rows.collect();
    let last: HashMap<(KindName, Id), usize> =
        rows.iter().enumerate().map(|(at, row)| ((row.kind.clone(), row.id), at)).collect();
    if last.len() == rows.len() {
        return rows;
    }
    let is_last = |at: usize, row: &Stored| last.get(&(row.kind.clone(), row.id)) == Some(&at);
    rows.into_iter().enumerate().filter_map(|(at, row)| is_last(at, &row).then_some(row)).collect()
}

/// Rows by the page they belong to, given the keys of all pages.
pub(super) fn group(keys: &[wasm_bindgen::JsValue], rows: Vec<Stored>) -> Result<Vec<Group>, StoreError> {
    let mut bounds: BTreeMap<String, Vec<Id>> = BTreeMap::new();
    for key in keys {
        let key = key.as_string().ok_or(StoreError::Unreadable)?;
        let (kind, bound) = page::parse_key(&key)?;
        bounds.entry(kind.to_owned()).or_default().push(bound);
    }
    let mut groups: BTreeMap<(KindName, Id), BTreeMap<Id, Stored>> = BTreeMap::new();
    for row in rows {
        let bounds = bounds.get(&*row.kind).map(Vec::as_slice).unwrap_or_default();
        let after = bounds.partition_point(|b| *b <= row.id);
        let bound = after.checked_sub(1).and_then(|at| bounds.get(at)).copied().unwrap_or_default();
        groups.entry((row.kind.clone(), bound)).or_default().insert(row.id, row);
    }
    Ok(groups.into_iter().map(|((kind, bound), rows)| Group { kind, bound, rows }).collect())
}
