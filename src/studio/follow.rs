//! What the hub says, taken into journal, store and memory: the other half of the one direction.

use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::{CommandId, Hash, Id};
use rollcall_domain::kernel::record::Change;
use rollcall_domain::registry;
use rollcall_domain::sync::erasing::erased_in;
use rollcall_domain::sync::meeting::{Reading, Taken};
use rollcall_domain::sync::wire::{PullAnswer, Row};

use super::failure::Failure;
use super::fold::covered;
use super::{Me, Studio};
use crate::journal::Head;
use crate::store::{Marks, Shelf, StoreError};

impl Studio {
    /// How far this device has read.
    pub(crate) fn reading(&self) -> Reading {
        let marks = self.store.marks();
        Reading { hub_epoch: marks.hub_epoch, cursors: marks.cursors, mark: marks.mark, erased: marks.erased }
    }

    fn covered(&self) -> u64 {
        covered(&self.store.marks())
    }

    /// Lets the screen follow the hub's answers; the journal has them already.
    pub(crate) fn hear_answers(&self, answers: &[(CommandId, Option<Outcome>, u64)]) {
        let covered = self.covered();
        let touched = self.book.borrow_mut().answered(answers, covered);
        self.notify(&touched);
    }

    /// Takes one answer to a pull: rows and cursors in one transaction, then the screen.
    pub(crate) async fn take_pull(&self, answer: PullAnswer) -> Result<Taken, Failure> {
        let taken = self.take_rows(answer).await?;
        self.met_the_hub().await?;
        self.fold_soon();
        Ok(taken)
    }

    async fn take_rows(&self, answer: PullAnswer) -> Result<Taken, Failure> {
        let erased = erased_in(&answer.erased);
        // While people are forgotten nothing is saved here: it might tell of them again.
        let _gate = if erased.is_empty() { None } else { Some(self.gate.lock().await) };
        let _turn = self.store_turn.lock().await;
        let known = self.store.marks();
        if !known.hub_epoch.is_nil() && known.hub_epoch != answer.hub_epoch {
            // Another tab follows another life of the hub since this was asked for.
            return Ok(Taken::AskAgain);
        }
        let reached = answer.covered();
        let marks = Marks {
            hub_epoch: answer.hub_epoch,
            cursors: answer.cursors,
            folded_at: known.folded_at,
            mark: answer.mark.or(known.mark),
            erased: answer.erased_to.max(known.erased),
        };
        if !erased.is_empty() {
            self.forget_in_journal(&erased).await?;
        }
        let told: Vec<Row> = answer.erased.into_iter().chain(answer.rows).collect();
        let gone = match self.store.absorb(&told, &marks, &answer.left, &erased).await {
            // Another tab, or the page this one took the place of, has gone on: take its rows, and ask again from there.
            Err(StoreError::Moved) => {
                self.hear_store().await?;
                return Ok(Taken::AskAgain);
            }
            other => other?,
        };
        let rows: Vec<Row> = gone.into_iter().chain(told).collect();
        let touched = self.book.borrow_mut().absorb(&rows, reached);
        self.notify(&touched);
        if !erased.is_empty() {
            self.forget_traces().await?;
        }
        self.tabs.tell();
        self.follow_roles(&rows).await?;
        Ok(Taken::Whole)
    }

    /// Somebody's role was changed: whoever is at this device has it from now on.
    async fn follow_roles(&self, rows: &[Row]) -> Result<(), Failure> {
        let catalogue = registry::catalogue();
        for row in rows {
            let (kind, kind_version, id) = (row.kind.clone(), row.kind_version, row.id);
            let change = Change { kind, kind_version, id, body: row.body.clone() };
            let (Some((person, role)), Some(me)) = ((catalogue.person)(&change), self.me_now()) else {
                continue;
            };
            let after = me.clone().with_role(person, role);
            if after != me {
                self.set_me(&after).await?;
            }
        }
        Ok(())
    }

    /// Empties the store and its picture in memory.
    pub(crate) async fn forget_records(&self) -> Result<(), Failure> {
        let _turn = self.store_turn.lock().await;
        self.start_picture_over(Id::nil()).await
    }

    /// Follows this life of the hub from nothing. What waits in the journal is shown again over what comes next.
    pub(crate) async fn begin_history(&self, hub_epoch: Id) -> Result<(), Failure> {
        let _gate = self.gate.lock().await;
        let _turn = self.store_turn.lock().await;
        self.start_picture_over(hub_epoch).await?;
        self.taken_at.set(0);
        self.catch_up().await
    }

    /// What this device once decided alone is history from here on: the hub's records hold it, and an older state of it
    /// must never be laid over them.
    async fn start_picture_over(&self, hub_epoch: Id) -> Result<(), Failure> {
        let folded_at = self.journal.last_at();
        self.store.start_over(&Marks { hub_epoch, folded_at, ..Marks::default() }).await?;
        self.book.borrow_mut().start_over(Shelf::new(registry::catalogue()));
        self.live().replaced();
        Ok(())
    }

    /// Begins a new life of this device: another epoch and other letters; counts of human numbers go on.
    pub(crate) async fn begin_new_life(&self, epoch: u32, series: &str) -> Result<(), Failure> {
        let _turn = self.gate.lock().await;
        // The hub says so with every push of the old life; only the first time is news.
        if epoch <= self.journal.head().epoch {
            return Ok(());
        }
        let counters = self.journal.head().counters;
        self.journal.restart(Head { epoch, seq: 0, hash: Hash::default(), counters }).await?;
        if let Some(me) = self.me_now() {
            self.set_me(&Me { series: series.to_owned(), ..me }).await?;
        }
        Ok(())
    }
}
