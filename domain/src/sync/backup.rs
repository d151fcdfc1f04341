//! The backup file, version 1: a line of JSON each for the header, records, commands with their decisions, blobs and
//! the end, which carries the SHA-256 of all lines before it.
//!
//! No I/O: the writer gives lines, the reader takes lines; files, sockets and clocks are the shell's. Sealing under a
//! passphrase is [`sealed`]. Nothing in here may name a slice.

#[cfg(feature = "sealing")]
pub mod sealed;
pub mod whole;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::envelope::Entry;
use super::wire::{OutcomeOrHold, Receipt};
use crate::kernel::ids::{Hash, Id, StudioId};
use crate::kernel::record::{Change, Record};
use crate::kernel::time::Timestamp;

/// The format this build writes, and the newest it reads.
pub const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The format: 1.
    pub rollcall_backup: u32,
    /// Whose records.
    pub studio: StudioId,
    /// The hub's life it was made in; nothing for a device that has no hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub_epoch: Option<Id>,
    /// The newest change in it: the hub's sequence number, or the last line of the journal.
    pub head: u64,
    /// The last link of that history.
    pub head_hash: Hash,
    /// When it was made.
    pub created_at: Timestamp,
    /// True for a sample studio: no real person is in it, so it may lie about in plain text.
    pub sample: bool,
    /// How many records follow.
    pub records: u64,
    /// How many commands follow.
    pub entries: u64,
    /// How many blobs follow.
    pub blobs: u64,
}

/// A command with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The command, byte for byte.
    pub entry: Entry,
    /// What it changed, where that is kept with it (a device that is its own authority).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Vec<Change>>,
    /// Outcome or hold; nothing while it waits for a hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<OutcomeOrHold>,
    /// The hub's word, where there is a hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// The life of its device it counts to, where its history forked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<u32>,
    /// When it counts; the device's own claim where nothing else is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<Timestamp>,
}

/// A blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    /// Its name: the SHA-256 of the bytes.
    pub hash: Hash,
    /// The bytes in base64.
    pub base64: String,
}

impl Blob {
    /// Packs bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { hash: Hash::of(bytes), base64: STANDARD.encode(bytes) }
    }

    /// The bytes, if they are the ones the name says.
    pub fn bytes(&self) -> Result<Vec<u8>, BadBackup> {
        let bytes = STANDARD.decode(&self.base64).map_err(|_| BadBackup::Blob)?;
        if Hash::of(&bytes) == self.hash { Ok(bytes) } else { Err(BadBackup::Blob) }
    }
}

/// Something only the machine that wrote it understands (a hub's devices); others skip it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shell {
    /// What it is.
    pub name: String,
    /// Its content.
    pub body: serde_json::Value,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// SHA-256 over all lines before this one, their line ends included.
    pub sha256: Hash,
}

/// Everything between header and end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A record.
    Record(Record),
    /// A command.
    Entry(Decided),
    /// A blob.
    Blob(Blob),
    /// The writer's own.
    Shell(Shell),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Closing {
    End(End),
}

/// What a line turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// The first line.
    Header(Header),
    /// One of the body.
    Line(Line),
    /// The last line, and it fits.
    End(End),
}

/// Why a file is no backup, or not a whole one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBackup {
    /// The first line is something else.
    #[error("this is no Rollcall backup")]
    NoBackup,
    /// Written by a newer version.
    #[error("the backup is of a newer format ({0})")]
    Newer(u32),
    /// A line that is none of ours.
    #[error("line {0} cannot be read")]
    Line(u64),
    /// A blob that is not what its name says.
    #[error("a photo in the backup is damaged")]
    Blob,
    /// The last line does not fit what came before.
    #[error("the backup was changed or damaged: its checksum does not fit")]
    Checksum,
    /// Fewer or more lines than the header says.
    #[error("the backup is not complete: it does not hold what its first line says")]
    Counts,
    /// Something after the end.
    #[error("there is something after the end of the backup")]
    AfterEnd,
    /// Something that cannot be written.
    #[error("a line cannot be encoded")]
    Encoding,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counts {
    records: u64,
    entries: u64,
    blobs: u64,
}

impl Counts {
    const fn add(&mut self, line: &Line) {
        match line {
            Line::Record(_) => self.records += 1,
            Line::Entry(_) => self.entries += 1,
            Line::Blob(_) => self.blobs += 1,
            Line::Shell(_) => {}
        }
    }

    const fn fit(&self, header: &Header) -> bool {
        self.records == header.records && self.entries == header.entries && self.blobs == header.blobs
    }
}

/// Writes a backup, line by line.
#[derive(Debug, Clone)]
pub struct Writer {
    hash: Sha256,
    header: Header,
    counts: Counts,
}

impl Writer {
    /// Begins; gives the first line. The format number is set here.
    pub fn start(mut header: Header) -> Result<(Self, String), BadBackup> {
        header.rollcall_backup = FORMAT;
        let mut writer = Self { hash: Sha256::new(), header, counts: Counts::default() };
        let line = writer.encoded(&writer.header.clone())?;
        Ok((writer, line))
    }

    /// One line, with its line end.
    pub fn line(&mut self, line: &Line) -> Result<String, BadBackup> {
        self.counts.add(line);
        self.encoded(line)
    }

    /// The last line. Fails when the header promised something else.
    pub fn finish(self) -> Result<String, BadBackup> {
        if !self.counts.fit(&self.header) {
            return Err(BadBackup::Counts);
        }
        let end = Closing::End(End { sha256: hex(self.hash) });
        serde_json::to_string(&end).map(|line| line + "\n").map_err(|_| BadBackup::Encoding)
    }

    fn encoded(&mut self, value: &impl Serialize) -> Result<String, BadBackup> {
        let line = serde_json::to_string(value).map_err(|_| BadBackup::Encoding)? + "\n";
        self.hash.update(line.as_bytes());
        Ok(line)
    }
}

fn hex(hash: Sha256) -> Hash {
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    Hash(text)
}

/// Reads a backup, line by line. Nothing of it may count before [`Reader::is_whole`].
#[derive(Debug, Clone, Default)]
pub struct Reader {
    hash: Sha256,
    header: Option<Header>,
    counts: Counts,
    lines: u64,
    ended: bool,
}

impl Reader {
    /// Nothing read yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next line, without its line end. Empty lines after the end are forgiven.
    pub fn line(&mut self, line: &str) -> Result<Option<Item>, BadBackup> {
        if self.ended {
            return if line.trim().is_empty() { Ok(None) } else { Err(BadBackup::AfterEnd) };
        }
        self.lines += 1;
        let Some(header) = &self.header else {
            return self.first(line).map(Some);
        };
        if line.starts_with("{\"end\":") {
            let Closing::End(end) = serde_json::from_str(line).map_err(|_| BadBackup::Line(self.lines))?;
            if hex(self.hash.clone()) != end.sha256 {
                return Err(BadBackup::Checksum);
            }
            if !self.counts.fit(header) {
                return Err(BadBackup::Counts);
            }
            self.ended = true;
            return Ok(Some(Item::End(end)));
        }
        let read: Line = serde_json::from_str(line).map_err(|_| BadBackup::Line(self.lines))?;
        self.counts.add(&read);
        self.update(line);
        Ok(Some(Item::Line(read)))
    }

    fn first(&mut self, line: &str) -> Result<Item, BadBackup> {
        /// Only this much of a newer format can be relied on.
        #[derive(Deserialize)]
        struct Version {
            rollcall_backup: u32,
        }
        let version: Version = serde_json::from_str(line).map_err(|_| BadBackup::NoBackup)?;
        if version.rollcall_backup != FORMAT {
            return Err(BadBackup::Newer(version.rollcall_backup));
        }
        let header: Header = serde_json::from_str(line).map_err(|_| BadBackup::NoBackup)?;
        self.header = Some(header.clone());
        self.update(line);
        Ok(Item::Header(header))
    }

    fn update(&mut self, line: &str) {
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
    }

    /// What the first line said.
    #[must_use]
    pub const fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// True once the end was read and fits.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.ended
    }
}

#[cfg(test)]
mod tests;
