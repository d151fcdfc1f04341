//! Taking over a backup, in one transaction: a studio's own at the claim, or a hub's at a restore.
//!
//! Its commands enter as decided, their texts untouched; its records enter as they are. Nothing is decided again, and
//! nothing counts before the last line fits. Knows no kind of record.

use std::collections::BTreeMap;

use rollcall_domain::kernel::catalogue::Catalogue;
use rollcall_domain::kernel::decide::{Hold, Outcome, Parked};
use rollcall_domain::kernel::ids::{DeviceId, Hash};
use rollcall_domain::kernel::record::Change;
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::backup::{BadBackup, Decided, Item, Line, Reader};
use rollcall_domain::sync::wire::{OutcomeOrHold, Uploaded};
use rollcall_domain::sync::{Envelope, erasing};

use crate::accept::{AcceptError, Before, Incoming, entered, written};
use crate::hub::Secret;
use crate::storage::{Lane, StorageError, Studio, Work, Writes, Written};

/// Rows of one statement.
const PAGE: usize = 500;

/// Why a backup was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The file.
    #[error(transparent)]
    Backup(#[from] BadBackup),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A command or record in it.
    #[error("{0}")]
    Content(&'static str),
    /// The answers.
    #[error(transparent)]
    Accept(#[from] AcceptError),
    /// Another studio's.
    #[error("the backup is of another studio")]
    OtherStudio,
    /// Its end is missing.
    #[error("the backup breaks off before its end")]
    BrokenOff,
}

/// What a backup is taken over with.
#[derive(Clone, Copy)]
pub(crate) struct Ground {
    pub(crate) catalogue: &'static Catalogue,
    pub(crate) secret: Secret,
    pub(crate) now: Timestamp,
    /// True for a restore: places and receipts stay as a hub once gave them. False at a claim: this hub gives its own.
    pub(crate) keep: bool,
}

/// A backup on its way in.
pub(crate) struct Intake {
    ground: Ground,
    work: Box<dyn Work>,
    studio: Studio,
    reader: Reader,
    records: Vec<(Change, u64)>,
    entries: Writes,
    counts: (u64, u64),
    lanes: BTreeMap<(DeviceId, u32), Lane>,
    shell: Shells,
    end: Option<Hash>,
}

impl Intake {
    /// Begins over an empty studio.
    pub(crate) fn new(ground: Ground, work: Box<dyn Work>, studio: Studio) -> Self {
        Self {
            ground,
            work,
            studio,
            reader: Reader::new(),
            records: Vec::new(),
            entries: Writes::default(),
            counts: (0, 0),
            lanes: BTreeMap::new(),
            shell: Vec::new(),
            end: None,
        }
    }

    /// Takes the next line.
    pub(crate) async fn line(&mut self, line: &str) -> Result<(), IntakeError> {
        match self.reader.line(line)? {
            Some(Item::Header(header)) if header.studio != self.studio.studio => {
                Err(IntakeError::OtherStudio)
            }
            Some(Item::Line(line)) => self.take(line).await,
            Some(Item::End(end)) => {
                self.end = Some(end.sha256);
                Ok(())
            }
            Some(Item::Header(_)) | None => Ok(()),
        }
    }

    async fn take(&mut self, line: Line) -> Result<(), IntakeError> {
        match line {
            Line::Record(record) => {
                self.counts.0 += 1;
                let (kind, kind_version, id) = (record.kind, record.kind_version, record.id);
                let change = Change { kind, kind_version, id, body: Some(record.body) };
                // What is cut from other records is cut anew.
                if !self.ground.catalogue.is_view(&change.kind) {
                    self.records.push((change, record.version));
                }
            }
            Line::Entry(decided) => {
                self.counts.1 += 1;
                self.entry(decided)?;
            }
            Line::Blob(blob) => {
                let bytes = blob.bytes()?;
                self.work.put_blob(self.studio.studio, &blob.hash, &bytes, self.ground.now).await?;
            }
            Line::Shell(shell) => self.shell.push((shell.name, shell.body)),
        }
        if self.records.len() >= PAGE {
            self.flush_records().await?;
        }
        if self.entries.commands.len() >= PAGE {
            self.flush_entries().await?;
        }
        Ok(())
    }

    /// A command as it was decided elsewhere: kept, never decided again.
    fn entry(&mut self, decided: Decided) -> Result<(), IntakeError> {
        let (envelope, whole) = match decided.entry.open() {
            Ok(envelope) => (envelope, true),
            Err(_) => {
                let read: Result<Envelope, _> = serde_json::from_str(&decided.entry.envelope);
                (read.map_err(|_| IntakeError::Content("a command's envelope cannot be read"))?, false)
            }
        };
        let hash = decided.entry.hash();
        let device = envelope.device;
        let lane = self.lanes.entry((device, envelope.epoch)).or_insert_with(|| Lane {
            device,
            epoch: envelope.epoch,
            series: String::new(),
            last_seq: 0,
            last_hash: Hash::default(),
        });
        if envelope.seq > lane.last_seq {
            lane.last_seq = envelope.seq;
            lane.last_hash = hash;
        }
        let answer = match decided.answer {
            Some(answer) => answer,
            // It changed something, so it was granted; the file does not say in which words.
            None if decided.decision.is_some() => OutcomeOrHold::Outcome(Outcome::Accepted),
            None => OutcomeOrHold::Hold(Hold::Parked { why: Parked::InternalError }),
        };
        let receipt = decided.receipt.filter(|_| self.ground.keep);
        let at =
            decided.effective_at.or(receipt.as_ref().map(|r| r.effective_at)).unwrap_or(envelope.claimed_at);
        let lane = decided.lane.unwrap_or(envelope.epoch);
        let incoming = Incoming { entry: decided.entry, envelope, whole, promised: None };
        let before = Before { answer, receipt, effective_at: at, lane };
        let (stored, link) =
            entered(&self.ground.secret, &mut self.studio, &incoming, before, self.ground.now)?;
        let subjects = erasing::subjects(self.ground.catalogue, &stored.entry);
        self.entries.subjects.extend(subjects.into_iter().map(|subject| (subject, stored.id)));
        self.entries.commands.push(stored);
        self.entries.links.push(link);
        Ok(())
    }

    async fn flush_entries(&mut self) -> Result<(), IntakeError> {
        let entries = std::mem::take(&mut self.entries);
        self.work.put(self.studio.studio, &entries).await?;
        Ok(())
    }

    /// Each record has a place of its own in the history, so that a pull of the whole can be cut anywhere.
    async fn flush_records(&mut self) -> Result<(), IntakeError> {
        let mut rows: Vec<Written> = Vec::with_capacity(self.records.len());
        for (change, version) in std::mem::take(&mut self.records) {
            let version = if self.ground.keep {
                version
            } else {
                self.studio.head += 1;
                self.studio.head
            };
            if let Some((person, role)) = (self.ground.catalogue.person)(&change)
                .filter(|(_, role)| !self.ground.keep && role.is_of_people())
            {
                self.work.put_person(self.studio.studio, person, role).await?;
            }
            let cut = self.ground.catalogue.views(&change);
            for change in std::iter::once(change).chain(cut) {
                let row = written(self.ground.catalogue, &change, version);
                rows.push(row.map_err(|_| IntakeError::Content("a record cannot be read"))?);
            }
        }
        let writes = Writes { records: rows, ..Writes::default() };
        self.work.put(self.studio.studio, &writes).await?;
        Ok(())
    }

    /// The end: everything in, or nothing. Gives the work back uncommitted, for what belongs into the same transaction.
    pub(crate) async fn finish(mut self) -> Result<(Box<dyn Work>, Studio, Uploaded, Shells), IntakeError> {
        if !self.reader.is_whole() {
            return Err(IntakeError::BrokenOff);
        }
        self.flush_entries().await?;
        self.flush_records().await?;
        for lane in self.lanes.values() {
            self.work.put_lane(lane).await?;
        }
        for kind in self.ground.catalogue.kinds() {
            self.work.put_kind(self.studio.studio, kind.name, kind.keys_version).await?;
        }
        if let Some(header) = self.reader.header().filter(|_| self.ground.keep) {
            self.studio.head = self.studio.head.max(header.head);
        }
        self.studio.genesis = self.end.clone().unwrap_or_default();
        self.work.put_studio(&self.studio).await?;
        let uploaded = Uploaded { records: self.counts.0, entries: self.counts.1, hub_seq: self.studio.head };
        Ok((self.work, self.studio, uploaded, self.shell))
    }
}

/// A hub's own lines.
pub(crate) type Shells = Vec<(String, serde_json::Value)>;
