//! Erasure over what lies in journals and histories: commands, decisions and rows without what they tell about somebody.
//!
//! It must never know a slice: whom a command is about, and what is left of it, the catalogue says.

use super::envelope::Entry;
use super::wire::Row;
use crate::kernel::catalogue::Catalogue;
use crate::kernel::erasure::Erased;
use crate::kernel::ids::{Hash, Id};
use crate::kernel::record::{Change, Record, RecordBody as _};

/// Characters of a blob's name.
const BLOB_CHARS: usize = 64;

/// The people a command is about; nobody for what this build cannot read.
#[must_use]
pub fn subjects(catalogue: &Catalogue, entry: &Entry) -> Vec<Id> {
    entry.cover().map(|cover| catalogue.subjects(&entry.input(&cover), cover.id)).unwrap_or_default()
}

/// A command without what its personal block tells about these people; nothing when there is nothing to leave out.
/// Its envelope and payload stay byte for byte, so that the chain holds.
#[must_use]
pub fn entry_without(catalogue: &Catalogue, entry: &Entry, gone: &[Id]) -> Option<Entry> {
    let cover = entry.cover()?;
    let rest = catalogue.input_without(&entry.input(&cover), cover.id, gone)?;
    Some(Entry { personal: rest.personal, ..entry.clone() })
}

/// What a decision wrote, without what it tells about these people; nothing when it tells nothing.
#[must_use]
pub fn changes_without(catalogue: &Catalogue, changes: &[Change], erased: &[Erased]) -> Option<Vec<Change>> {
    let mut left = changes.to_vec();
    let mut differs = false;
    for change in &mut left {
        for erased in erased {
            if let Some(rest) = catalogue.change_without(change, erased) {
                *change = rest;
                differs = true;
            }
        }
    }
    differs.then_some(left)
}

/// What a record becomes without these people, as a row of the same version; nothing when it stays as it is.
#[must_use]
pub fn row_without(catalogue: &Catalogue, record: &Record, erased: &[Erased]) -> Option<Row> {
    let change = Change {
        kind: record.kind.clone(),
        kind_version: record.kind_version,
        id: record.id,
        body: Some(record.body.clone()),
    };
    let left = changes_without(catalogue, std::slice::from_ref(&change), erased)?.pop()?;
    Some(Row {
        kind: left.kind,
        kind_version: left.kind_version,
        id: left.id,
        version: record.version,
        body: left.body,
    })
}

/// The people whom these rows tell to have been erased.
#[must_use]
pub fn erased_in(rows: &[Row]) -> Vec<Erased> {
    let bodies = rows.iter().filter(|row| row.kind == Erased::KIND).filter_map(|row| row.body.as_ref());
    bodies.filter_map(|body| serde_json::from_str(body).ok()).collect()
}

/// Names of blobs that a text may hold: whoever forgets the text looks whether anything else names them.
#[must_use]
pub fn blobs_in(text: &str) -> Vec<Hash> {
    let runs = text.split(|c: char| !c.is_ascii_hexdigit()).filter(|run| run.len() == BLOB_CHARS);
    runs.map(|run| Hash(run.to_owned())).filter(Hash::is_well_formed).collect()
}
