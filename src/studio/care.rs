//! Looking after this device's place in the studio: its name, its clock, what is not saved yet, and letting go of the databases.

use rollcall_domain::kernel::ids::{DeviceId, PersonId, StudioId};
use rollcall_domain::kernel::record::{Change, Record};
use rollcall_domain::kernel::Role;
use rollcall_domain::sync::book::rows_of;

use super::failure::Failure;
use super::me::Authority;
use super::{Me, Studio};
use crate::journal::Head;
use crate::store::Marks;

/// Rows written to the store at a time.
const ROWS_MAX: usize = 500;
/// The letters of a device that has no hub to give it others.
const SOLO_SERIES: &str = "A";

impl Studio {
    /// Begins a studio on this device from records that were decided elsewhere (a sample, a backup), this device being
    /// its own authority from here on.
    pub async fn take_over(&self, studio: StudioId, person: PersonId, records: Vec<Record>) -> Result<(), Failure> {
        let turn = self.gate.lock().await;
        self.journal.restart(Head { epoch: 1, ..Head::default() }).await?;
        let changes: Vec<Change> = records
            .into_iter()
            .map(|r| Change { kind: r.kind, kind_version: r.kind_version, id: r.id, body: Some(r.body) })
            .collect();
        // The version of rows that came before any line of this device's journal.
        let rows = rows_of(&changes, self.taken_at.get());
        for some in rows.chunks(ROWS_MAX) {
            let marks = Marks { folded_at: self.taken_at.get(), ..self.store.marks() };
            self.store.absorb(some, &marks, &[], &[]).await?;
        }
        let touched = self.book.borrow_mut().absorb(&rows, 0);
        // The records first, then who we are: cut off in between, the next start begins from nothing.
        self.set_me(&Me {
            studio,
            device: DeviceId(self.mint()),
            device_name: String::new(),
            person,
            role: Role::Owner,
            session: self.mint(),
            series: SOLO_SERIES.to_owned(),
            authority: Authority::Solo,
        })
        .await?;
        drop(turn);
        self.notify(&touched);
        self.live().replaced();
        self.write_snapshot().await
    }

    /// Gives this device another name, here; the hub hears of it at the next pairing.
    pub async fn rename_device(&self, name: &str) -> Result<(), Failure> {
        let me = self.me_now().ok_or(Failure::NoStudio)?;
        self.set_me(&Me { device_name: name.to_owned(), ..me }).await
    }

    /// How far this device's clock is from the hub's, in milliseconds; nothing before any contact.
    #[must_use]
    pub fn clock_skew_ms(&self) -> Option<i64> {
        self.clock.skew_ms()
    }

    /// True while something is being decided or written: closing the page now may lose it.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.gate.try_lock().is_none()
    }

    /// Lets go of both databases, so that they can be removed. The next use opens them again.
    pub fn close(&self) {
        self.journal.close();
        self.store.close();
    }
}
