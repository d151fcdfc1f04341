//! A backup under a passphrase: a header line, then lines of base64, each a chunk sealed by AES-256-GCM under a key
//! made from the passphrase by Argon2id.
//!
//! The chunks are counted and the last one is marked, inside what the seal covers, so that none can be dropped,
//! repeated, swapped or cut off. Salt and nonce come from the shell: there is no randomness here.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Plain bytes of one chunk.
const CHUNK: usize = 64 * 1024;
/// Argon2id as OWASP recommends it first: memory in KiB.
const MEMORY_KIB: u32 = 19_456;
/// Its passes.
const PASSES: u32 = 2;
/// What a file may ask of the machine that opens it.
const MEMORY_KIB_MAX: u32 = 256 * 1024;
const PASSES_MAX: u32 = 16;

/// The first line of a sealed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedHeader {
    /// The format: 1.
    pub rollcall_sealed: u32,
    /// Argon2id's memory.
    pub memory_kib: u32,
    /// Argon2id's passes.
    pub passes: u32,
    /// Argon2id's salt, base64.
    pub salt: String,
    /// The first 7 bytes of every chunk's nonce, base64.
    pub nonce: String,
}

/// What the shell must give: bytes nobody can guess, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    /// For the key.
    pub salt: [u8; 16],
    /// For the chunks.
    pub nonce: [u8; 7],
}

/// Why a sealed file does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSeal {
    /// The first line is something else.
    #[error("this is no sealed Rollcall backup")]
    NotSealed,
    /// Written by a newer version.
    #[error("the sealed backup is of a newer format")]
    Newer,
    /// It would take more memory or time than any file of ours.
    #[error("the sealed backup asks too much of this machine")]
    TooCostly,
    /// Wrong passphrase, or the file was changed.
    #[error("the passphrase is wrong, or the file is damaged")]
    Wrong,
    /// No empty passphrase.
    #[error("a passphrase is needed")]
    NoPassphrase,
    /// More chunks than can be counted, or after the last.
    #[error("the sealed backup does not end where it says")]
    Length,
}

/// True for a line that begins a sealed file.
#[must_use]
pub fn is_sealed(first_line: &str) -> bool {
    first_line.starts_with("{\"rollcall_sealed\":")
}

struct Chunks {
    cipher: Aes256Gcm,
    header: String,
    nonce: [u8; 7],
    count: u32,
}

impl Chunks {
    fn new(passphrase: &str, header: &SealedHeader, line: &str) -> Result<Self, BadSeal> {
        if passphrase.is_empty() {
            return Err(BadSeal::NoPassphrase);
        }
        if header.memory_kib > MEMORY_KIB_MAX || header.passes > PASSES_MAX {
            return Err(BadSeal::TooCostly);
        }
        let salt = STANDARD.decode(&header.salt).map_err(|_| BadSeal::NotSealed)?;
        let nonce = STANDARD.decode(&header.nonce).map_err(|_| BadSeal::NotSealed)?;
        let nonce = <[u8; 7]>::try_from(nonce).map_err(|_| BadSeal::NotSealed)?;
        let params =
            Params::new(header.memory_kib, header.passes, 1, Some(32)).map_err(|_| BadSeal::NotSealed)?;
        let mut key = [0u8; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, &mut key)
            .map_err(|_| BadSeal::NotSealed)?;
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(key));
        Ok(Self { cipher, header: line.to_owned(), nonce, count: 0 })
    }

    /// The nonce of the next chunk: a file's own bytes, the chunk's number, and whether it is the last.
    fn next(&mut self, last: bool) -> Result<[u8; 12], BadSeal> {
        let mut nonce = [0u8; 12];
        nonce[..7].copy_from_slice(&self.nonce);
        nonce[7..11].copy_from_slice(&self.count.to_be_bytes());
        nonce[11] = u8::from(last);
        self.count = self.count.checked_add(1).ok_or(BadSeal::Length)?;
        Ok(nonce)
    }

    fn seal(&mut self, plain: &[u8], last: bool) -> Result<String, BadSeal> {
        let nonce = self.next(last)?;
        let payload = Payload { msg: plain, aad: self.header.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| BadSeal::Wrong)?;
        Ok(STANDARD.encode(sealed) + "\n")
    }

    fn open(&mut self, line: &str) -> Result<(Vec<u8>, bool), BadSeal> {
        let sealed = STANDARD.decode(line.trim_end()).map_err(|_| BadSeal::Wrong)?;
        let before = self.count;
        for last in [false, true] {
            self.count = before;
            let nonce = self.next(last)?;
            let payload = Payload { msg: &sealed, aad: self.header.as_bytes() };
            if let Ok(plain) = self.cipher.decrypt(&Nonce::from(nonce), payload) {
                return Ok((plain, last));
            }
        }
        Err(BadSeal::Wrong)
    }
}

/// Seals a text, piece by piece.
pub struct Sealer {
    chunks: Chunks,
    waiting: Vec<u8>,
}

impl Sealer {
    /// Begins; gives the first line. Takes a moment: the key is made slowly on purpose.
    pub fn start(passphrase: &str, seeds: &Seeds) -> Result<(Self, String), BadSeal> {
        let header = SealedHeader {
            rollcall_sealed: 1,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: STANDARD.encode(seeds.salt),
            nonce: STANDARD.encode(seeds.nonce),
        };
        let line = serde_json::to_string(&header).map_err(|_| BadSeal::NotSealed)?;
        let chunks = Chunks::new(passphrase, &header, &line)?;
        Ok((Self { chunks, waiting: Vec::with_capacity(CHUNK) }, line + "\n"))
    }

    /// Takes more text; gives the lines that are full by now, often none.
    pub fn push(&mut self, text: &str) -> Result<String, BadSeal> {
        self.waiting.extend_from_slice(text.as_bytes());
        let mut lines = String::new();
        // The last chunk must stay behind: it is marked.
        while self.waiting.len() > CHUNK {
            let rest = self.waiting.split_off(CHUNK);
            lines.push_str(&self.chunks.seal(&self.waiting, false)?);
            self.waiting = rest;
        }
        Ok(lines)
    }

    /// The last line.
    pub fn finish(mut self) -> Result<String, BadSeal> {
        let waiting = std::mem::take(&mut self.waiting);
        self.chunks.seal(&waiting, true)
    }
}

/// Opens a sealed text, line by line.
pub struct Opener {
    chunks: Chunks,
    waiting: Vec<u8>,
    ended: bool,
}

impl Opener {
    /// Begins with the first line. Takes a moment; says only with the first chunk whether the passphrase fits.
    pub fn start(passphrase: &str, first_line: &str) -> Result<Self, BadSeal> {
        let line = first_line.trim_end();
        let header: SealedHeader = serde_json::from_str(line).map_err(|_| BadSeal::NotSealed)?;
        if header.rollcall_sealed != 1 {
            return Err(BadSeal::Newer);
        }
        let chunks = Chunks::new(passphrase, &header, line)?;
        Ok(Self { chunks, waiting: Vec::new(), ended: false })
    }

    /// Takes a sealed line; gives the plain lines that are whole by now, without their line ends.
    pub fn line(&mut self, line: &str) -> Result<Vec<String>, BadSeal> {
        if self.ended {
            return if line.trim().is_empty() { Ok(Vec::new()) } else { Err(BadSeal::Length) };
        }
        let (plain, last) = self.chunks.open(line)?;
        self.ended = last;
        self.waiting.extend(plain);
        let whole = match self.waiting.iter().rposition(|b| *b == b'\n') {
            Some(end) => {
                let rest = self.waiting.split_off(end + 1);
                std::mem::replace(&mut self.waiting, rest)
            }
            None => return Ok(Vec::new()),
        };
        let text = String::from_utf8(whole).map_err(|_| BadSeal::Wrong)?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// True once the marked last chunk was read and nothing is left over.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.ended && self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEDS: Seeds = Seeds { salt: [7; 16], nonce: [9; 7] };

    fn sealed(text: &str) -> Vec<String> {
        let (mut sealer, first) = Sealer::start("correct horse", &SEEDS).unwrap();
        let mut out = first;
        for piece in text.as_bytes().chunks(1_000) {
            out.push_str(&sealer.push(std::str::from_utf8(piece).unwrap()).unwrap());
        }
        out.push_str(&sealer.finish().unwrap());
        out.lines().map(str::to_owned).collect()
    }

    fn open(passphrase: &str, lines: &[String]) -> Result<(Vec<String>, bool), BadSeal> {
        let mut opener = Opener::start(passphrase, &lines[0])?;
        let mut plain = Vec::new();
        for line in &lines[1..] {
            plain.extend(opener.line(line)?);
        }
        Ok((plain, opener.is_whole()))
    }

    fn text() -> String {
        (0..9_000).map(|n| format!("line {n} of the file\n")).collect()
    }

    #[test]
    fn what_is_sealed_opens_with_its_passphrase_only() {
        let lines = sealed(&text());
        assert!(lines.len() > 3);
        let (plain, whole) = open("correct horse", &lines).unwrap();
        assert!(whole);
        assert_eq!(plain.join("\n") + "\n", text());
        assert_eq!(open("wrong horse", &lines).unwrap_err(), BadSeal::Wrong);
        assert!(matches!(Opener::start("", &lines[0]), Err(BadSeal::NoPassphrase)));
    }

    #[test]
    fn chunks_cannot_be_swapped_dropped_or_cut() {
        let lines = sealed(&text());
        let mut swapped = lines.clone();
        swapped.swap(1, 2);
        assert_eq!(open("correct horse", &swapped).unwrap_err(), BadSeal::Wrong);
        let mut dropped = lines.clone();
        dropped.remove(1);
        assert_eq!(open("correct horse", &dropped).unwrap_err(), BadSeal::Wrong);
        let cut = &lines[..lines.len() - 1];
        assert!(!open("correct horse", cut).unwrap().1);
        let mut longer = lines.clone();
        longer.push(lines[1].clone());
        assert_eq!(open("correct horse", &longer).unwrap_err(), BadSeal::Length);
    }

    #[test]
    fn a_file_cannot_ask_for_all_memory() {
        let line = sealed("x\n")[0].replace("19456", "99999999");
        assert!(matches!(Opener::start("correct horse", &line), Err(BadSeal::TooCostly)));
        assert!(matches!(Opener::start("x", "{}"), Err(BadSeal::NotSealed)));
    }
}
