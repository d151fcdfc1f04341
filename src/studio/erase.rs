//! Forgetting people who were erased: in the journal, among the photos, in pages, and in the snapshot.
//!
//! It must never know what a command or a record means: what is left of either, the catalogue says. Everything here may
//! be cut off anywhere and done again: twice is the same as once.

use std::collections::BTreeSet;

use leptos::prelude::GetUntracked as _;
use rollcall_domain::kernel::ids::{CommandId, Hash, Id};
use rollcall_domain::kernel::{Erased, Input, RecordBody as _};
use rollcall_domain::registry;
use rollcall_domain::sync::Confirmed as _;
use rollcall_domain::sync::erasing::{blobs_in, changes_without, entry_without};

use super::Studio;
use super::failure::Failure;
use super::fold::covered;
use crate::journal::Line;
use crate::store::StoreError;

/// In the journal's meta: whom a device that decides alone has forgotten for good.
const FORGOTTEN: &str = "forgotten";
/// In the journal's meta: whether the journal has forgotten somebody whose other traces are still to go.
const TRACES: &str = "traces";
const LEFT: &str = "left";
const NONE: &str = "none";
/// Times the store is waited for.
const TRIES_MAX: u32 = 3;
/// Lines read from the journal at a time.
const LINES_MAX: u32 = 200;

impl Studio {
    /// No line of the journal tells anything any more about these people. Before the store says that it heard of them.
    pub(super) async fn forget_in_journal(&self, erased: &[Erased]) -> Result<(), Failure> {
        let mut at = 0;
        loop {
            let lines = self.journal.lines_after(at, LINES_MAX).await?;
            let Some(last) = lines.last() else { return Ok(self.journal.set_meta(TRACES, LEFT).await?) };
            at = last.at;
            let left: Vec<Line> = lines.into_iter().filter_map(|line| without(line, erased)).collect();
            self.journal.rewrite(&left).await?;
        }
    }

    /// Goes on where forgetting was cut off.
    pub(super) async fn finish_forgetting(&self) -> Result<(), Failure> {
        if self.locked.get_untracked() {
            // Nothing opens; the meeting that unlocks this device tells of everybody from the beginning.
            return Ok(());
        }
        if self.is_solo() {
            return self.forget_alone().await;
        }
        match self.journal.meta(TRACES).await? {
            Some(left) if left == LEFT => self.forget_traces().await,
            _ => Ok(()),
        }
    }

    /// Another tab has heard of an erasure: what this one saved meanwhile must not tell of them either.
    pub(super) async fn forget_again(&self) {
        let erased = self.erased();
        if let Err(error) = self.forget_in_journal(&erased).await {
            // The other tab has forgotten them; the next erasure and the next start look again.
            leptos::logging::warn!("what was erased may still be in the journal: {error}");
        }
    }

    /// Everybody who is known to have been erased.
    fn erased(&self) -> Vec<Erased> {
        let book = self.book.borrow();
        let ids = book.confirmed().ids_of(Erased::KIND).into_iter();
        ids.filter_map(|id| book.get(Erased::KIND, id)?.record.read().ok()).collect()
    }

    /// A command about somebody who was erased is saved without what its personal block tells of them.
    pub(super) fn forgetful(&self, input: Input, command: CommandId) -> Input {
        let book = self.book.borrow();
        // One that is only predicted may come to nothing.
        let is_gone = |id: &Id| book.confirmed().get(Erased::KIND, Erased::id_of(*id)).is_some();
        let mut gone = registry::catalogue().subjects(&input, command);
        gone.retain(is_gone);
        registry::catalogue().input_without(&input, command, &gone).unwrap_or(input)
    }

    /// Once the store holds what is left of them: nothing else on this device does any more.
    pub(super) async fn forget_traces(&self) -> Result<(), Failure> {
        self.store.fold_all().await?;
        self.drop_unnamed_blobs().await?;
        let covered = self.inbox.snapshot_at();
        if covered > 0 && self.is_solo() {
            self.write_snapshot().await?;
        } else if covered > 0 {
            // Where a hub decides, the hub has what this device once decided alone: its old snapshot is of no use.
            self.journal.write_snapshot(covered, Vec::new()).await?;
        }
        Ok(self.journal.set_meta(TRACES, NONE).await?)
    }

    /// Photos that no record and no line names go.
    async fn drop_unnamed_blobs(&self) -> Result<(), Failure> {
        let mut unnamed: BTreeSet<Hash> = self.journal.blobs().await?.into_iter().collect();
        if unnamed.is_empty() {
            return Ok(());
        }
        self.store
            .all_records(|record| {
                let named = registry::catalogue().describe(record).map(|d| d.blobs).unwrap_or_default();
                for hash in named {
                    unnamed.remove(&hash);
                }
            })
            .await?;
        let mut at = 0;
        loop {
            let lines = self.journal.lines_after(at, LINES_MAX).await?;
            let Some(last) = lines.last() else { break };
            at = last.at;
            for named in lines.iter().filter_map(|l| l.entry.personal.as_deref()).flat_map(blobs_in) {
                unnamed.remove(&named);
            }
        }
        for hash in unnamed {
            self.journal.drop_blob(&hash).await?;
            self.live().forget_photo(&hash);
        }
        Ok(())
    }

    /// Waits until the store holds every line that was taken in.
    async fn settle_store(&self) -> Result<(), Failure> {
        for _ in 0..TRIES_MAX {
            self.drain_all().await?;
            // Somebody else may be writing what was taken out of the inbox before.
            let _turn = self.store_turn.lock().await;
            if self.store.marks().folded_at >= self.taken_at.get() {
                return Ok(());
            }
        }
        Err(Failure::Contended)
    }

    /// History that was still on its way into the store when the erasure was decided, and was not seen by it.
    async fn forget_in_store(&self, erased: &[Erased]) -> Result<(), Failure> {
        for _ in 0..TRIES_MAX {
            let _turn = self.store_turn.lock().await;
            let marks = self.store.marks();
            match self.store.absorb(&[], &marks, &[], erased).await {
                Ok(left) => {
                    let touched = self.book.borrow_mut().absorb(&left, covered(&marks));
                    self.notify(&touched);
                    return Ok(());
                }
                Err(StoreError::Moved) => self.hear_store().await?,
                Err(other) => return Err(other.into()),
            }
        }
        Err(Failure::Contended)
    }

    /// A device that decides alone has erased somebody, now or before it was cut off: it sees to its own traces.
    pub(super) async fn forget_alone(&self) -> Result<(), Failure> {
        let known: BTreeSet<Id> = match self.journal.meta(FORGOTTEN).await? {
            Some(json) => serde_json::from_str(&json).map_err(|_| Failure::Broken)?,
            None => BTreeSet::new(),
        };
        let mut erased = self.erased();
        erased.retain(|erased| !known.contains(&erased.subject));
        if erased.is_empty() {
            return Ok(());
        }
        self.settle_store().await?;
        self.forget_in_store(&erased).await?;
        self.forget_in_journal(&erased).await?;
        self.forget_traces().await?;
        let all: BTreeSet<Id> = known.into_iter().chain(erased.iter().map(|e| e.subject)).collect();
        let json = serde_json::to_string(&all).map_err(|_| Failure::Broken)?;
        Ok(self.journal.set_meta(FORGOTTEN, &json).await?)
    }
}

/// What is left of a line; nothing when it stays as it is.
fn without(line: Line, erased: &[Erased]) -> Option<Line> {
    let catalogue = registry::catalogue();
    let gone: Vec<Id> = erased.iter().map(|erased| erased.subject).collect();
    let entry = entry_without(catalogue, &line.entry, &gone);
    let decision = line.decision.as_deref().and_then(|changes| changes_without(catalogue, changes, erased));
    if entry.is_none() && decision.is_none() {
        return None;
    }
    let entry = entry.unwrap_or_else(|| line.entry.clone());
    Some(Line { entry, decision: decision.or_else(|| line.decision.clone()), ..line })
}
