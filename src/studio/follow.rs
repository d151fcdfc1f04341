//! What the hub says, taken into journal, store and memory: the other half of the one direction.

use std::collections::BTreeMap;

use rollcall_domain::kernel::access::Scope;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::{CommandId, Hash, Id};
use rollcall_domain::sync::wire::PullAnswer;

use super::failure::Failure;
use super::{Me, Studio};
use crate::journal::Head;
use crate::store::Marks;

impl Studio {
    /// How far this device has read.
    pub(crate) fn cursors(&self) -> (Id, BTreeMap<Scope, u64>) {
        let marks = self.marks.borrow();
        (marks.hub_epoch, marks.cursors.clone())
    }

    fn covered(&self) -> u64 {
        self.marks.borrow().cursors.values().copied().min().unwrap_or(0)
    }

    /// Lets the screen follow the hub's answers; the journal has them already.
    pub(crate) fn hear_answers(&self, answers: &[(CommandId, Option<Outcome>, u64)]) {
        let covered = self.covered();
        let touched = self.book.borrow_mut().answered(answers, covered);
        self.notify(&touched);
    }

    /// Takes one answer to a pull: rows and cursors in one transaction, then the screen.
    pub(crate) async fn take_pull(&self, answer: PullAnswer) -> Result<(), Failure> {
        let _turn = self.gate.lock().await;
        let known = self.marks.borrow().hub_epoch;
        let start_over = !answer.left.is_empty() || !answer.erased.is_empty() || (known != answer.hub_epoch && !known.is_nil());
        if start_over {
            // The picture as a whole no longer holds: forget it and let the hub paint it again. The journal stays.
            self.forget_records().await?;
            return Ok(());
        }
        let covered = if answer.more { self.covered() } else { answer.covered() };
        let marks = Marks { hub_epoch: answer.hub_epoch, cursors: answer.cursors.clone(), folded_at: self.taken_at.get() };
        self.store.absorb(&answer.rows, &marks).await?;
        *self.marks.borrow_mut() = marks;
        let touched = self.book.borrow_mut().absorb(&answer.rows, covered);
        self.notify(&touched);
        Ok(())
    }

    /// Empties the store and its picture in memory; what waits in the journal is shown again over what comes next.
    pub(crate) async fn forget_records(&self) -> Result<(), Failure> {
        let (shelf, marks) = self.store.clear().await?;
        *self.marks.borrow_mut() = marks;
        *self.book.borrow_mut().confirmed_mut() = shelf;
        let touched = self.book.borrow_mut().absorb(&[], 0);
        self.notify(&touched);
        self.live().replaced();
        Ok(())
    }

    /// Begins a new life of this device: another epoch and other letters; counts of human numbers go on.
    pub(crate) async fn begin_new_life(&self, epoch: u32, series: &str) -> Result<(), Failure> {
        let _turn = self.gate.lock().await;
        let counters = self.journal.head().counters;
        self.journal.restart(&Head { epoch, seq: 0, hash: Hash::default(), counters }).await?;
        if let Some(me) = self.me_now() {
            self.set_me(&Me { series: series.to_owned(), ..me }).await?;
        }
        Ok(())
    }
}
