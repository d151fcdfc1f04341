//! The backup file of this device, in plain lines or sealed under a passphrase.
//!
//! It knows the file's format through `domain::sync::backup` and the studio's lines; never what a record means.

use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::ids::{PersonId, StudioId};
use rollcall_domain::registry;
use rollcall_domain::sync::backup::sealed::{self, BadSeal, Opener, Sealer, Seeds};
use rollcall_domain::sync::backup::whole::{Settled, Whole};
use rollcall_domain::sync::backup::{BadBackup, Blob};

use crate::studio::{Arrival, Failure, Studio};

/// Why there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoFile {
    /// The records cannot be read.
    #[error(transparent)]
    Storage(#[from] Failure),
    /// The seal cannot be made.
    #[error(transparent)]
    Seal(#[from] BadSeal),
    /// The browser offers no random numbers.
    #[error("the browser offers no random numbers")]
    NoRandom,
}

/// Everything this device keeps of the studio, as the bytes of one file.
pub async fn file(studio: &Studio, passphrase: Option<&str>) -> Result<Vec<u8>, NoFile> {
    let lines = studio.backup_lines().await?;
    match passphrase {
        Some(passphrase) => Ok(sealed(&lines, passphrase, &seeds()?)?.into_bytes()),
        None => Ok(lines.into_bytes()),
    }
}

fn sealed(lines: &str, passphrase: &str, seeds: &Seeds) -> Result<String, BadSeal> {
    let (mut sealer, first) = Sealer::start(passphrase, seeds)?;
    let mut file = first;
    // Line by line: what is handed over at once is copied once more for every chunk made of it.
    for line in lines.split_inclusive('\n') {
        file.push_str(&sealer.push(line)?);
    }
    file.push_str(&sealer.finish()?);
    Ok(file)
}

fn seeds() -> Result<Seeds, NoFile> {
    let crypto = leptos::prelude::window().crypto().map_err(|_| NoFile::NoRandom)?;
    let (mut salt, mut nonce) = ([0; 16], [0; 7]);
    crypto.get_random_values_with_u8_array(&mut salt).map_err(|_| NoFile::NoRandom)?;
    crypto.get_random_values_with_u8_array(&mut nonce).map_err(|_| NoFile::NoRandom)?;
    Ok(Seeds { salt, nonce })
}

/// Why a file cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// It is sealed, and this does not open it.
    #[error(transparent)]
    Seal(#[from] BadSeal),
    /// It is no backup, or not a whole one.
    #[error(transparent)]
    Backup(#[from] BadBackup),
}

/// True when the file wants a passphrase.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    text.lines().next().is_some_and(sealed::is_sealed)
}

/// What a backup file holds, ready to be taken over.
#[derive(Debug, Clone)]
pub struct Found {
    /// The records, with what had waited for a hub decided; and how many commands that were.
    pub settled: Settled,
    /// When it was made.
    pub created_at: Timestamp,
    studio: StudioId,
    sample: bool,
    series: String,
    blobs: Vec<Blob>,
}

/// Reads a backup file to its end. Takes a moment for a sealed one.
pub fn open(text: &str, passphrase: &str) -> Result<Found, Unopened> {
    let whole = if is_sealed(text) {
        Whole::read(unsealed(text, passphrase)?.iter().map(String::as_str))?
    } else {
        Whole::read(text.lines())?
    };
    let (series, header) = (whole.next_series(), whole.header.clone());
    let blobs = whole.blobs.clone();
    Ok(Found {
        settled: whole.settle(registry::catalogue()),
        created_at: header.created_at,
        studio: header.studio,
        sample: header.sample,
        series,
        blobs,
    })
}

fn unsealed(text: &str, passphrase: &str) -> Result<Vec<String>, Unopened> {
    let mut lines = text.lines();
    let mut opener = Opener::start(passphrase, lines.next().unwrap_or_default())?;
    let mut plain = Vec::new();
    for line in lines {
        plain.extend(opener.line(line)?);
    }
    if opener.is_whole() { Ok(plain) } else { Err(BadBackup::Counts.into()) }
}

/// Makes what was read this device's studio, with `owner` at the desk. The device must not have one.
pub async fn take_over(studio: &Studio, found: Found, owner: PersonId) -> Result<(), Failure> {
    // A photo that is not what its name says is left out: its place stays empty.
    let blobs = found.blobs.iter().filter_map(|blob| Some((blob.hash.clone(), blob.bytes().ok()?))).collect();
    let arrival = Arrival {
        studio: found.studio,
        owner,
        records: found.settled.records,
        blobs,
        sample: found.sample,
        series: found.series,
    };
    studio.take_over(arrival).await
}
