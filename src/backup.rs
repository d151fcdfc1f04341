//! The backup file of this device, in plain lines or sealed under a passphrase.
//!
//! It knows the file's format through `domain::sync::backup` and the studio's lines; never what a record means.

use rollcall_domain::sync::backup::sealed::{BadSeal, Sealer, Seeds};

use crate::studio::{Failure, Studio};

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
