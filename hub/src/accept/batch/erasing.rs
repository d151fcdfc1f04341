//! Erasures within a transaction: what a command tells of people who are erased is dropped before it is kept; what was
//! kept of somebody who is erased now is blanked, with the photos nobody else names. Knows no kind of record but the
//! erasure itself.

use rollcall_domain::kernel::erasure::Erased;
use rollcall_domain::kernel::ids::{Hash, Id, PersonId};
use rollcall_domain::kernel::record::{Change, RecordBody as _};
use rollcall_domain::sync::envelope::BadEntry;
use rollcall_domain::sync::{Entry, erasing};

use super::super::{AcceptError, Incoming};
use super::Batch;
use crate::erasures::Listed;
use crate::storage::{Device, Stored};

/// What an erasure leaves to do once the records are written.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// For the list outside of the database.
    pub(super) listed: Vec<Listed>,
    /// Photos that the erased were shown on; those that somebody else's record names stay.
    pub(super) blobs: Vec<Hash>,
}

impl Batch<'_> {
    /// The command as it may be kept, if it is about somebody who was erased: without what it tells of them. One whose
    /// personal block was blanked in part on its device does not fit its hash any more, and is whole all the same.
    ///
    /// A hub that was put back may hear of the command before it hears of the erasure. What it once answered it had whole
    /// then, so that its own promise vouches for the rest.
    pub(super) async fn forgetful(&mut self, incoming: &Incoming) -> Result<Option<Incoming>, AcceptError> {
        let gone = if self.any_erased { self.gone(&incoming.entry).await? } else { Vec::new() };
        let blanked = !incoming.whole && matches!(incoming.entry.open(), Err(BadEntry::Personal));
        if gone.is_empty() {
            let vouched = blanked && self.promise(incoming).is_some();
            return Ok(vouched.then(|| Incoming { whole: true, ..incoming.clone() }));
        }
        let rest = erasing::entry_without(self.catalogue, &incoming.entry, &gone);
        let entry = rest.unwrap_or_else(|| incoming.entry.clone());
        Ok(Some(Incoming { entry, whole: incoming.whole || blanked, ..incoming.clone() }))
    }

    /// Those a command is about who were erased.
    async fn gone(&mut self, entry: &Entry) -> Result<Vec<Id>, AcceptError> {
        let mut subjects = erasing::subjects(self.catalogue, entry);
        let wants: Vec<_> = subjects.iter().map(|subject| Erased::want(*subject)).collect();
        self.overlay.load(&mut *self.work, self.studio.studio, &wants).await?;
        subjects.retain(|subject| !self.overlay.answer(&Erased::want(*subject)).records.is_empty());
        Ok(subjects)
    }

    /// Notes whom a decision erases, and whom a command's personal block is about.
    pub(super) fn note_subjects(&mut self, stored: &Stored, changes: &[Change]) {
        for change in changes.iter().filter(|change| change.kind == Erased::KIND) {
            let erased = change.body.as_ref().and_then(|body| serde_json::from_str::<Erased>(body).ok());
            self.any_erased |= erased.is_some();
            self.erasures.extend(erased);
        }
        // Most check-ins say nothing: an empty block has nothing to blank.
        if stored.entry.personal.as_deref().is_some_and(|block| block != "{}") {
            let subjects = erasing::subjects(self.catalogue, &stored.entry);
            self.writes.subjects.extend(subjects.into_iter().map(|subject| (subject, stored.id)));
        }
    }

    /// Blanks what was kept of those who are erased in this transaction, and in it.
    pub(super) async fn blank(&mut self) -> Result<Traces, AcceptError> {
        let mut traces = Traces::default();
        for erased in std::mem::take(&mut self.erasures) {
            let (studio, gone) = (self.studio.studio, [erased.subject]);
            let told = self.work.told_of(studio, erased.subject).await?;
            for stored in self.work.commands(studio, &told).await? {
                if let Some(rest) = erasing::entry_without(self.catalogue, &stored.entry, &gone) {
                    traces.blobs.extend(blobs_of(&stored.entry));
                    self.work.blank(studio, stored.id, rest.personal.as_deref()).await?;
                }
            }
            for stored in &mut self.writes.commands {
                if let Some(rest) = erasing::entry_without(self.catalogue, &stored.entry, &gone) {
                    traces.blobs.extend(blobs_of(&stored.entry));
                    stored.entry = rest;
                }
            }
            self.let_go(PersonId(erased.subject)).await?;
            traces.listed.push(Listed { studio, erased });
        }
        if !traces.listed.is_empty() {
            traces.blobs.extend(self.overlay.blobs_before());
            traces.blobs.sort();
            traces.blobs.dedup();
        }
        Ok(traces)
    }

    /// Somebody who was erased does not sign in any more, and is at no device.
    async fn let_go(&mut self, person: PersonId) -> Result<(), AcceptError> {
        self.work.drop_login(self.studio.studio, person).await?;
        for device in self.work.devices(self.studio.studio).await? {
            if device.person == person && device.is_in_use() {
                self.work.put_device(&Device { revoked: true, ..device.clone() }).await?;
                self.work.end_sessions(device.device).await?;
                if let Some(known) = self.devices.get_mut(&device.device) {
                    known.device.revoked = true;
                }
            }
        }
        Ok(())
    }
}

/// Names of photos in what is blanked.
fn blobs_of(entry: &Entry) -> Vec<Hash> {
    entry.personal.as_deref().map(erasing::blobs_in).unwrap_or_default()
}
