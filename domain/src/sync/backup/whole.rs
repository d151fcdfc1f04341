//! A backup as the beginning of a studio on one device: records, photos, and what still waited for a hub decided here.
//!
//! No I/O, no slice: kinds are names, bodies are bytes. The device that opens it becomes the studio's authority.

use super::{BadBackup, Blob, Decided, Header, Item, Line, Reader};
use crate::kernel::access::Role;
use crate::kernel::catalogue::Catalogue;
use crate::kernel::decide::{Authority, Outcome, Verdict};
use crate::kernel::number::{series, series_count};
use crate::kernel::record::Record;
use crate::sync::book::{Book, Confirmed as _, MemConfirmed};
use crate::sync::deciding::{Case, decide_now};
use crate::sync::wire::{OutcomeOrHold, Row};

/// A backup that was read to its end and fits.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The first line.
    pub header: Header,
    /// The records as they were saved.
    pub records: Vec<Record>,
    /// The photos and signatures.
    pub blobs: Vec<Blob>,
    waiting: Vec<Decided>,
    used_series: u32,
}

/// What a device takes over.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Every record, with the effects of what had waited.
    pub records: Vec<Record>,
    /// Commands that had waited for a hub and are decided now.
    pub decided: usize,
    /// Commands that could not be decided: refused by today's records, or of a kind this build does not know.
    pub left_out: usize,
}

impl Whole {
    /// Reads all lines, without their line ends. Fails unless the last one says that it is complete.
    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self, BadBackup> {
        let mut reader = Reader::new();
        let mut used_series = 0;
        let (mut records, mut blobs, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for line in lines {
            used_series = used_series.max(series_in(line));
            match reader.line(line)? {
                Some(Item::Line(Line::Record(record))) => records.push(record),
                Some(Item::Line(Line::Blob(blob))) => blobs.push(blob),
                Some(Item::Line(Line::Entry(entry))) => entries.push(entry),
                Some(Item::Line(Line::Shell(_)) | Item::Header(_) | Item::End(_)) | None => {}
            }
        }
        let (true, Some(header)) = (reader.is_whole(), reader.header().cloned()) else {
            return Err(BadBackup::Counts);
        };
        let newest = records.iter().map(|record| record.version).max().unwrap_or(0);
        let waiting = entries.into_iter().filter(|entry| is_open(entry, newest)).collect();
        Ok(Self { header, records, blobs, waiting, used_series })
    }

    /// Letters for the receipts and cards of a device that opens this: never used in the studio before.
    #[must_use]
    pub fn next_series(&self) -> String {
        series(self.used_series)
    }

    /// Commands that no authority had decided when the backup was made.
    #[must_use]
    pub const fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Decides what had waited, in its order, and gives everything over.
    #[must_use]
    pub fn settle(self, catalogue: &'static Catalogue) -> Settled {
        let mut confirmed = MemConfirmed::new(catalogue);
        confirmed.apply(&self.records.into_iter().map(row).collect::<Vec<_>>());
        let mut book = Book::new(catalogue, confirmed);
        let (mut decided, mut left_out) = (0, 0);
        for entry in &self.waiting {
            match decide(catalogue, &book, entry) {
                Some(Verdict::Decided { outcome, changes })
                    if !matches!(outcome, Outcome::Refused { .. }) =>
                {
                    book.settle_here(&changes, 0);
                    decided += 1;
                }
                _ => left_out += 1,
            }
        }
        let records = book.confirmed().all().map(|record| Record::clone(record)).collect();
        Settled { records, decided, left_out }
    }
}

/// True for a command whose effect is not among the records: nobody decided it, or the hub did so after `newest`.
fn is_open(entry: &Decided, newest: u64) -> bool {
    match (&entry.answer, &entry.receipt) {
        (Some(OutcomeOrHold::Outcome(Outcome::Refused { .. })), _) => false,
        (Some(OutcomeOrHold::Outcome(_)), Some(receipt)) => receipt.hub_seq > newest,
        (Some(OutcomeOrHold::Outcome(_)), None) => false,
        (Some(OutcomeOrHold::Hold(_)) | None, _) => entry.decision.is_none(),
    }
}

fn decide(catalogue: &Catalogue, book: &Book<MemConfirmed>, entry: &Decided) -> Option<Verdict> {
    let envelope = entry.entry.open().ok()?;
    let case = Case {
        input: entry.entry.input(&envelope),
        command: envelope.id,
        studio: envelope.studio,
        device: envelope.device,
        actor: envelope.actor,
        // The device let that person give it, and the passphrase was the owner's.
        role: Role::Owner,
        effective_at: entry.effective_at.unwrap_or(envelope.claimed_at),
        authority: Authority::Solo,
    };
    Some(decide_now(catalogue, &case, |want| book.answer(want)))
}

fn row(record: Record) -> Row {
    Row {
        kind: record.kind,
        kind_version: record.kind_version,
        id: record.id,
        version: record.version,
        body: Some(record.body),
    }
}

/// The number of series up to the highest one a line mentions. Numbers are written the same way by every slice, and a
/// quotation mark inside a text is escaped, so the text of a note never looks like one.
fn series_in(line: &str) -> u32 {
    const MARKS: [&str; 2] = ["\"series\":\"", "\\\"series\\\":\\\""];
    let after =
        MARKS.iter().flat_map(|mark| line.match_indices(mark).map(|(at, _)| &line[at + mark.len()..]));
    let letters = after.map(|rest| rest.split(['"', '\\']).next().unwrap_or_default());
    letters.filter_map(series_count).map(|count| count.saturating_add(1)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
