//! From the journal into the store: decided lines in their order, several at a time, never two writers in one tab.
//!
//! The journal holds every line for good before it comes here, so that a store that fails or is behind loses nothing.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;
use rollcall_domain::kernel::record::{Change, Temperature};
use rollcall_domain::registry;
use rollcall_domain::sync::book::{Name, rows_of};
use rollcall_domain::sync::kept::Kept;
use rollcall_domain::sync::wire::Row;

use super::{Failure, Studio};
use crate::journal::JournalError;
use crate::store::{Marks, News, Shelf, StoreError};

/// Tries of one write before it is left to the next change or start.
const TRIES_MAX: u32 = 3;
/// Quiet milliseconds before rows are folded into pages.
const IDLE_MS: u32 = 1_500;
/// Rows that may wait before folding is worth it.
const UNFOLDED_MAX: usize = 64;
/// Decided lines after which the journal takes a snapshot and lets go of them.
const LINES_MAX: u64 = 4_000;
/// In the journal's texts: where its answered part ended on earlier days.
const KEPT: &str = "kept";

/// What is on its way into the store.
#[derive(Default)]
pub(super) struct Inbox {
    lines: RefCell<VecDeque<(u64, Vec<Row>)>>,
    busy: Cell<bool>,
    folding: Cell<bool>,
    /// The line the last snapshot covers.
    snapshot_at: Cell<u64>,
}

impl Inbox {
    pub(super) fn covered_by_snapshot(&self, at: u64) {
        self.snapshot_at.set(at);
    }

    /// The line the last snapshot covers; 0 when there is none.
    pub(super) fn snapshot_at(&self) -> u64 {
        self.snapshot_at.get()
    }
}

impl Studio {
    /// Takes a decided line into memory at once and into the store soon.
    pub(super) fn settle(&self, changes: &[Change], at: u64) {
        let touched = self.book.borrow_mut().settle_here(changes, at);
        self.notify(&touched);
        self.inbox.lines.borrow_mut().push_back((at, rows_of(changes, at)));
        self.drain();
    }

    fn drain(&self) {
        if self.inbox.busy.replace(true) {
            return;
        }
        let studio = self.clone();
        spawn_local(async move {
            let result = studio.drain_all().await;
            studio.inbox.busy.set(false);
            match result {
                Ok(()) => studio.fold_soon(),
                // The next start finds the lines above the store's mark and takes them again.
                Err(error) => {
                    leptos::logging::warn!("the store is behind the journal: {error}");
                    studio.note_failure(error.into());
                }
            }
        });
    }

    pub(super) async fn drain_all(&self) -> Result<(), StoreError> {
        loop {
            let lines: Vec<(u64, Vec<Row>)> = self.inbox.lines.borrow_mut().drain(..).collect();
            let Some(last) = lines.last().map(|(at, _)| *at) else { return Ok(()) };
            let cold = cold_names(&lines);
            let _turn = self.store_turn.lock().await;
            self.write_lines(lines, last).await?;
            // History is read from the store: whoever looked before it was there looks again.
            self.notify(&cold);
        }
    }

    async fn write_lines(&self, lines: Vec<(u64, Vec<Row>)>, last: u64) -> Result<(), StoreError> {
        for _ in 0..TRIES_MAX {
            let known = self.store.marks();
            let rows: Vec<Row> = lines
                .iter()
                .filter(|(at, _)| *at > known.folded_at)
                .flat_map(|(_, rows)| rows.clone())
                .collect();
            let marks = Marks { folded_at: known.folded_at.max(last), ..known };
            match self.store.absorb(&rows, &marks, &[], &[]).await {
                Ok(_) => return Ok(()),
                Err(StoreError::Moved) => self.hear_store().await?,
                Err(other) => return Err(other),
            }
        }
        Err(StoreError::Moved)
    }

    /// Takes what other tabs wrote into the store.
    pub(super) async fn hear_store(&self) -> Result<(), StoreError> {
        let known = self.store.marks().erased;
        let (news, marks) = self.store.catch_up().await?;
        let covered = covered(&marks);
        match news {
            News::Nothing => return Ok(()),
            News::Rows(rows) => {
                let touched = self.book.borrow_mut().absorb(&rows, covered);
                self.notify(&touched);
            }
            News::Everything(shelf) => self.replace_shelf(*shelf, covered),
        }
        if marks.erased != known {
            self.forget_again().await;
        }
        Ok(())
    }

    /// Puts another picture of the confirmed records in the place of the old one.
    pub(super) fn replace_shelf(&self, shelf: Shelf, covered: u64) {
        {
            let mut book = self.book.borrow_mut();
            *book.confirmed_mut() = shelf;
            book.absorb(&[], covered);
        }
        self.live().replaced();
    }

    /// Looks after the store in a quiet moment, once at a time.
    pub(super) fn fold_soon(&self) {
        if self.inbox.folding.replace(true) {
            return;
        }
        let studio = self.clone();
        spawn_local(async move {
            studio.fold_when_quiet().await;
            studio.inbox.folding.set(false);
        });
    }

    /// Packs loose rows into pages while nobody is waiting, and seals what is not sealed yet.
    async fn fold_when_quiet(&self) {
        TimeoutFuture::new(IDLE_MS).await;
        let (many, behind) = (self.store.unfolded() >= UNFOLDED_MAX, self.store.is_behind());
        if !(many || behind) || self.inbox.busy.get() {
            return;
        }
        loop {
            let _turn = self.store_turn.lock().await;
            match self.store.fold_step().await {
                Ok(true) if self.inbox.lines.borrow().is_empty() => {}
                Ok(_) => break,
                Err(error) => {
                    leptos::logging::warn!("folding was put off: {error}");
                    break;
                }
            }
        }
        // A device that decides alone lets go of lines from before they were sealed: a snapshot covers them.
        let snapshot = if behind && self.is_solo() {
            self.write_snapshot().await
        } else {
            self.snapshot_when_long().await
        };
        if let Err(error) = snapshot {
            leptos::logging::warn!("the snapshot was put off: {error}");
        }
        if let Err(error) = self.let_go_of_old_answers().await {
            leptos::logging::warn!("old answers stay for now: {error}");
        }
    }

    /// A device of a hub keeps what was answered for a month, in case the hub is put back; then it lets go of it.
    async fn let_go_of_old_answers(&self) -> Result<(), Failure> {
        if self.is_solo() {
            return Ok(());
        }
        let newest = self.journal.last_sent().await?;
        let Some((at, receipt)) = newest.as_ref().and_then(|l| Some((l.at, &l.answered()?.receipt))) else {
            return Ok(());
        };
        let before = self.journal.meta(KEPT).await?;
        let mut kept: Kept = before.as_deref().and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
        let up_to = kept.note(at, receipt.effective_at);
        let after = serde_json::to_string(&kept).map_err(|_| JournalError::Unreadable)?;
        if before.as_ref() == Some(&after) {
            return Ok(());
        }
        if let Some(up_to) = up_to {
            self.journal.trim_sent(up_to).await?;
        }
        Ok(self.journal.set_meta(KEPT, &after).await?)
    }

    /// A device that decides alone keeps its journal short: a snapshot first, then the lines it covers go.
    async fn snapshot_when_long(&self) -> Result<(), Failure> {
        if !self.is_solo() || self.taken_at.get() < self.inbox.snapshot_at.get() + LINES_MAX {
            return Ok(());
        }
        self.write_snapshot().await
    }

    /// Writes what the store holds into the journal's own database, then lets go of the lines it covers.
    pub(super) async fn write_snapshot(&self) -> Result<(), Failure> {
        let _turn = self.store_turn.lock().await;
        let (marks, pieces) = self.store.snapshot().await?;
        self.journal.write_snapshot(marks.folded_at, pieces).await?;
        self.journal.trim(marks.folded_at).await?;
        self.inbox.snapshot_at.set(marks.folded_at);
        Ok(())
    }
}

fn cold_names(lines: &[(u64, Vec<Row>)]) -> Vec<Name> {
    let rows = lines.iter().flat_map(|(_, rows)| rows);
    let is_cold = |row: &&Row| registry::catalogue().temperature(&row.kind) == Temperature::Cold;
    rows.filter(is_cold).map(|row| (row.kind.clone(), row.id)).collect()
}

/// Up to which change of the hub's the device's picture is whole.
pub(super) fn covered(marks: &Marks) -> u64 {
    marks.cursors.values().copied().min().unwrap_or(0)
}
