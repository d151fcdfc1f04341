//! The studio as a whole: everything in one file, or a studio that comes as a whole onto an empty device.

use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::ids::{DeviceId, Hash, PersonId, StudioId};
use rollcall_domain::kernel::record::Record;
use rollcall_domain::registry;
use rollcall_domain::sync::backup::{Blob, Decided, Header, Line, Shell, Writer};
use rollcall_domain::sync::wire::{OutcomeOrHold, Row};

use super::failure::Failure;
use super::{Authority, Me, Studio};
use crate::journal::Head;
use crate::store::Marks;

/// Lines read from the journal at a time.
const LINES_MAX: u32 = 500;
/// Times the records are read again because a tab folded meanwhile.
const TRIES_MAX: u32 = 3;

/// A studio that comes as a whole.
#[derive(Debug)]
pub struct Arrival {
    /// Which one.
    pub studio: StudioId,
    /// Who sits at this device from now on.
    pub owner: PersonId,
    /// Its records.
    pub records: Vec<Record>,
    /// Photos and signatures.
    pub blobs: Vec<(Hash, Vec<u8>)>,
    /// True for the sample studio.
    pub sample: bool,
    /// Letters for the numbers counted here; no device of the studio may have had them.
    pub series: String,
}

fn unconfirmed(record: Record) -> Row {
    Row {
        kind: record.kind,
        kind_version: record.kind_version,
        id: record.id,
        version: 0,
        body: Some(record.body),
    }
}

impl Studio {
    /// Everything this device holds, as the lines of a plain backup: records, commands with their decisions, photos.
    pub async fn backup_lines(&self) -> Result<String, Failure> {
        let me = self.me_now().ok_or(Failure::NoStudio)?;
        self.drain_all().await?;
        let mut lines = self.record_lines().await?;
        let records = lines.len();
        let blobs = self.blob_lines(&lines).await?;
        let entries = self.entry_lines().await?;
        let header = Header {
            rollcall_backup: 0,
            studio: me.studio,
            hub_epoch: (me.authority == Authority::Hub).then(|| self.store.marks().hub_epoch),
            head: self.taken_at.get(),
            head_hash: self.journal.head().hash,
            created_at: self.now(),
            sample: me.sample,
            records: u64::try_from(records).unwrap_or(u64::MAX),
            entries: u64::try_from(entries.len()).unwrap_or(u64::MAX),
            blobs: u64::try_from(blobs.len()).unwrap_or(u64::MAX),
        };
        lines.extend(entries);
        lines.extend(blobs);
        // A device that opens this must not count on in letters this one may have printed since.
        let body = serde_json::json!({ "series": me.series });
        lines.push(Line::Shell(Shell { name: "numbers".to_owned(), body }));
        let (mut writer, mut text) = Writer::start(header).map_err(|_| Failure::Broken)?;
        for line in &lines {
            text.push_str(&writer.line(line).map_err(|_| Failure::Broken)?);
        }
        text.push_str(&writer.finish().map_err(|_| Failure::Broken)?);
        Ok(text)
    }

    async fn record_lines(&self) -> Result<Vec<Line>, Failure> {
        let _turn = self.store_turn.lock().await;
        let mut tries = 0;
        loop {
            let mut records = Vec::new();
            match self.store.all_records(|record| records.push(Line::Record(record.clone()))).await {
                Ok(_) => return Ok(records),
                Err(crate::store::StoreError::Moved) if tries < TRIES_MAX => tries += 1,
                Err(other) => return Err(other.into()),
            }
        }
    }

    async fn blob_lines(&self, records: &[Line]) -> Result<Vec<Line>, Failure> {
        let mut blobs = Vec::new();
        for line in records {
            let Line::Record(record) = line else { continue };
            for hash in registry::catalogue().describe(record).map(|d| d.blobs).unwrap_or_default() {
                if let Some(bytes) = self.journal.blob(&hash).await? {
                    blobs.push(Line::Blob(Blob::of(&bytes)));
                }
            }
        }
        Ok(blobs)
    }

    async fn entry_lines(&self) -> Result<Vec<Line>, Failure> {
        let (mut entries, mut at) = (Vec::new(), 0);
        loop {
            let lines = self.journal.lines_after(at, LINES_MAX).await?;
            let Some(last) = lines.last() else { return Ok(entries) };
            at = last.at;
            entries.extend(lines.into_iter().map(|line| {
                let answered = line.answered().cloned();
                let effective_at = answered.as_ref().map(|a| a.receipt.effective_at);
                let (answer, receipt) = answered.map(|a| (a.answer, a.receipt)).unzip();
                let answer = answer.or_else(|| line.outcome.map(OutcomeOrHold::Outcome));
                Line::Entry(Decided {
                    entry: line.entry,
                    decision: line.decision,
                    answer,
                    receipt,
                    effective_at,
                    lane: None,
                })
            }));
        }
    }

    /// Takes a studio that comes as a whole (the sample, a backup) onto this device, which becomes its authority.
    ///
    /// The device must not have a studio. The records are in the journal's snapshot before the device says it has one.
    pub async fn take_over(&self, arrival: Arrival) -> Result<(), Failure> {
        self.forget_records().await?;
        for (hash, bytes) in &arrival.blobs {
            self.journal.put_blob(hash, bytes).await?;
        }
        let rows: Vec<Row> = arrival.records.into_iter().map(unconfirmed).collect();
        let marks = Marks { folded_at: self.journal.last_at(), ..Marks::default() };
        {
            let _turn = self.store_turn.lock().await;
            self.store.absorb(&rows, &marks, &[], &[]).await?;
        }
        self.write_snapshot().await?;
        self.journal
            .restart(Head { epoch: 1, seq: 0, hash: Hash::default(), counters: Default::default() })
            .await?;
        self.book.borrow_mut().absorb(&rows, 0);
        self.set_me(&Me {
            studio: arrival.studio,
            device: DeviceId(self.mint()),
            device_name: String::new(),
            person: arrival.owner,
            role: Role::Owner,
            session: self.mint(),
            series: arrival.series,
            authority: Authority::Solo,
            sample: arrival.sample,
            own: None,
        })
        .await?;
        self.live().replaced();
        Ok(())
    }

    /// Lets go of both databases, so that they can be removed.
    pub fn close(&self) {
        self.journal.close();
        self.store.close();
    }
}
