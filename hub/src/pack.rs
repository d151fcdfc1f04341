//! The app's files made small: once, beside the files, so that no first visitor waits for it. Knows files and Brotli,
//! nothing of requests.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Nearly as small as the best at a tenth of the time.
pub(crate) const WHILE_SOMEBODY_WAITS: i32 = 9;
const BEFOREHAND: i32 = 11;
/// Larger files are sent as they are: nothing a first visit needs is that big.
const COMPRESS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What `pack` did. Bytes are those of the files that have become smaller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Packed {
    /// Files that have a smaller one beside them now.
    pub files: usize,
    /// Their bytes as they are.
    pub plain_bytes: usize,
    /// Their bytes as they are sent.
    pub small_bytes: usize,
}

/// Writes `name.br` beside every file of a built app that gets smaller by it. What is packed already stays.
///
/// # Errors
/// A file or folder that cannot be read or written.
pub fn pack(folder: &Path) -> io::Result<Packed> {
    let mut done = Packed::default();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some((plain, small)) = pack_file(&path)? {
                done.files += 1;
                done.plain_bytes += plain;
                done.small_bytes += small;
            }
        }
    }
    Ok(done)
}

/// Bytes before and after; none for a file that does not get smaller.
fn pack_file(file: &Path) -> io::Result<Option<(usize, usize)>> {
    if file.extension().is_some_and(|ending| ending == "br") {
        return Ok(None);
    }
    let plain = fs::read(file)?;
    let beside = beside(file);
    let changed = fs::metadata(file)?.modified()?;
    if let Some(there) =
        fs::metadata(&beside).ok().filter(|there| there.modified().is_ok_and(|at| at >= changed))
    {
        return Ok(Some((plain.len(), usize::try_from(there.len()).unwrap_or(usize::MAX))));
    }
    let Some(small) = compress(&file.to_string_lossy(), &plain, BEFOREHAND) else { return Ok(None) };
    // Written aside and renamed: a hub that runs never sends half of it.
    let aside = beside.with_extension("new");
    fs::write(&aside, &small)?;
    fs::rename(&aside, &beside)?;
    Ok(Some((plain.len(), small.len())))
}

/// Where the small one of a file lies.
pub(crate) fn beside(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".br");
    name.into()
}

/// The bytes as Brotli; none where that gains nothing or would take too long.
pub(crate) fn compress(name: &str, plain: &[u8], quality: i32) -> Option<Vec<u8>> {
    if !is_text(name) || plain.len() > COMPRESS_BYTES_MAX {
        return None;
    }
    let mut small = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*plain, &mut small, &params).ok()?;
    (small.len() < plain.len()).then_some(small)
}

fn is_text(name: &str) -> bool {
    !matches!(name.rsplit('.').next(), Some("png" | "jpg" | "jpeg" | "webp" | "ico" | "woff2"))
}
