//! Folding: changes leave `recent` and become part of pages and packs, a step at a time, when nobody is waiting.
//!
//! It must never lose a row: pages are written first, and the values in `recent` go last. A step that finds that
//! somebody else has folded gives its plan up; what it wrote is what the values in `recent` still say.

use std::collections::{BTreeMap, VecDeque};

use rollcall_domain::kernel::{KindName, Temperature};

use super::absorb::{self, Group, last_of_each, next_fold};
use super::gate::{Ask, Guard, META, Op, PAGES, RECENT, Span};
use super::rows::Stored;
use super::{FOLDS, Store, StoreError, key_stamp, load, page, stamp_key};

/// So many rows wait before folding begins.
const BEGIN_ROWS: usize = 512;
/// Rows in one plan at most.
const PLAN_ROWS: usize = 8_192;
/// Cold rows in one step at most.
const COLD_STEP: usize = 256;

/// What is being folded, and what is left of it.
#[derive(Debug)]
pub(super) struct Plan {
    /// The count of folds every step must find.
    folds: String,
    first: u64,
    last: u64,
    hot: VecDeque<Group>,
    cold: VecDeque<Vec<Stored>>,
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rows of {}/{}", self.rows.len(), self.kind, self.bound)
    }
}

impl Store {
    /// One step of folding, for an idle moment: a page or a pack. True when there is more to do.
    pub async fn fold_step(&self) -> Result<bool, StoreError> {
        if self.inner.folding.replace(true) {
            return Ok(false);
        }
        let turn = self.inner.turn.lock().await;
        let stepped = self.step().await;
        drop(turn);
        self.inner.folding.set(false);
        match stepped {
            Err(StoreError::Moved) => {
                // Another tab folds too, or absorbed much at once: begin again from what is there now.
                self.learn().await?;
                Ok(true)
            }
            other => other,
        }
    }

    /// Folds everything that waits, whether it is much or little.
    pub async fn fold_all(&self) -> Result<(), StoreError> {
        self.inner.memory.borrow_mut().urgent = true;
        while self.fold_step().await? {}
        Ok(())
    }

    async fn step(&self) -> Result<bool, StoreError> {
        let plan = self.inner.memory.borrow_mut().plan.take();
        let Some(mut plan) = plan else { return self.begin().await };
        if let Some(group) = plan.hot.pop_front() {
            self.fold_page(&mut plan, &group).await?;
        } else if let Some(rows) = plan.cold.pop_front() {
            plan.folds = self.fold_cold(&plan.folds, rows).await?;
        } else {
            self.end(&plan).await?;
            return Ok(self.has_work());
        }
        let mut memory = self.inner.memory.borrow_mut();
        memory.plan = Some(plan);
        Ok(true)
    }

    fn has_work(&self) -> bool {
        let waiting: usize = self.inner.memory.borrow().unfolded.values().sum();
        waiting >= BEGIN_ROWS || self.has_urgent_work()
    }

    /// What does not wait until there is much of it.
    pub(super) fn has_urgent_work(&self) -> bool {
        let memory = self.inner.memory.borrow();
        (memory.urgent && !memory.unfolded.is_empty())
            || !memory.stale_pages.is_empty()
            || !memory.stale_packs.is_empty()
            || !memory.stale_kinds.is_empty()
    }

    async fn begin(&self) -> Result<bool, StoreError> {
        if !self.has_work() {
            self.inner.memory.borrow_mut().urgent = false;
            return Ok(false);
        }
        let Some((first, last, urgent)) = self.choose() else { return self.renew_step().await };
        let plan = self.plan(first, last).await?;
        let mut memory = self.inner.memory.borrow_mut();
        memory.urgent = urgent;
        memory.plan = Some(plan);
        Ok(true)
    }

    /// The stamps of the next plan; none while too little waits.
    fn choose(&self) -> Option<(u64, u64, bool)> {
        let memory = self.inner.memory.borrow();
        let waiting: usize = memory.unfolded.values().sum();
        if waiting < BEGIN_ROWS && !(memory.urgent && waiting > 0) {
            return None;
        }
        let mut rows = 0;
        let chosen = memory.unfolded.iter().take_while(|(_, count)| {
            let fits = rows == 0 || rows + **count <= PLAN_ROWS;
            rows += **count;
            fits
        });
        let stamps: Vec<u64> = chosen.map(|(stamp, _)| *stamp).collect();
        Some((*stamps.first()?, *stamps.last()?, memory.urgent))
    }

    async fn plan(&self, first: u64, last: u64) -> Result<Plan, StoreError> {
        let span = Some(Span(stamp_key(first), stamp_key(last)));
        let asks = [
            Ask::Get(META, FOLDS.into()),
            Ask::Keys(PAGES, None),
            Ask::Keys(RECENT, span.clone()),
            Ask::Values(RECENT, span),
        ];
        let answers = self.inner.gate.read(&asks).await?;
        let [folds, pages, keys, values] = answers.as_slice() else { return Err(StoreError::Unreadable) };
        let stamps = keys.iter().map(key_stamp).collect::<Result<Vec<_>, _>>()?;
        let expected: Vec<u64> =
            self.inner.memory.borrow().unfolded.range(first..=last).map(|(stamp, _)| *stamp).collect();
        if stamps != expected {
            // Another tab has folded them; what this tab remembers of them is old.
            self.load().await?;
            self.inner.memory.borrow_mut().reload = true;
            return Err(StoreError::Moved);
        }
        let mut rows = Vec::new();
        for (key, value) in keys.iter().zip(values) {
            rows.extend(self.read_recent(key, value)?);
        }
        let hot = |row: &Stored| self.inner.catalogue.temperature(&row.kind) == Temperature::Hot;
        let (hot, cold): (Vec<_>, Vec<_>) = last_of_each(rows.into_iter()).into_iter().partition(hot);
        Ok(Plan {
            folds: load::text(folds),
            first,
            last,
            hot: absorb::group(pages, hot)?.into(),
            cold: by_month(cold),
        })
    }

    async fn fold_page(&self, plan: &mut Plan, group: &Group) -> Result<(), StoreError> {
        let key = page::key(&group.kind, group.bound);
        let found = self.inner.gate.read(&[Ask::Get(PAGES, key.as_str().into())]).await?;
        let mut ops = Vec::new();
        self.merge_group(group, found.first().and_then(|v| v.first()), &mut ops)?;
        plan.folds = self.write_fold(&plan.folds, ops).await?;
        self.inner.memory.borrow_mut().stale_pages.remove(&key);
        Ok(())
    }

    /// Writes pages or packs, if nobody else has since the count was read; returns the new count.
    pub(super) async fn write_fold(&self, folds: &str, mut ops: Vec<Op>) -> Result<String, StoreError> {
        let after = next_fold(folds);
        ops.push(Op::Put(META, FOLDS.into(), after.as_str().into()));
        self.inner.gate.write(&[Guard { name: FOLDS, text: folds.to_owned() }], &ops).await?;
        Ok(after)
    }

    async fn end(&self, plan: &Plan) -> Result<(), StoreError> {
        let gone = Op::DeleteSpan(RECENT, Span(stamp_key(plan.first), stamp_key(plan.last)));
        self.write_fold(&plan.folds, vec![gone]).await?;
        let mut memory = self.inner.memory.borrow_mut();
        memory.folded(plan.last);
        memory.urgent &= !memory.unfolded.is_empty();
        Ok(())
    }

    /// Writes one page again whose keys were computed by older slices, or that is not sealed yet; then the packs.
    async fn renew_step(&self) -> Result<bool, StoreError> {
        let key = self.inner.memory.borrow().stale_pages.first().cloned();
        let Some(key) = key else { return self.renew_pack_step().await };
        let answers = self
            .inner
            .gate
            .read(&[Ask::Get(META, FOLDS.into()), Ask::Get(PAGES, key.as_str().into())])
            .await?;
        let [folds, found] = answers.as_slice() else { return Err(StoreError::Unreadable) };
        if let Some(value) = found.first() {
            let page = self.read_page(&key, value)?.renewed(self.inner.catalogue)?;
            let put = self.put_page(key.clone(), page.bytes().to_vec())?;
            self.write_fold(&load::text(folds), vec![put]).await?;
        }
        self.inner.memory.borrow_mut().stale_pages.remove(&key);
        Ok(self.has_work())
    }
}

/// Cold rows by kind and month, in steps.
fn by_month(rows: Vec<Stored>) -> VecDeque<Vec<Stored>> {
    let mut months: BTreeMap<(KindName, String), Vec<Stored>> = BTreeMap::new();
    for row in rows {
        months.entry((row.kind.clone(), super::cold::month(&row))).or_default().push(row);
    }
    let steps = months
        .into_values()
        .flat_map(|rows| rows.chunks(COLD_STEP).map(<[Stored]>::to_vec).collect::<Vec<_>>());
    steps.collect()
}
