//! The seal over what a device keeps: AES-256-GCM under a data key of this device, bound to the place a row lies in.
//!
//! Sealed bytes: format (1), sealed (1), the key's generation (4, little-endian), nonce (12), cipher text, tag (16). The
//! first six bytes and the place are covered by the tag, so that no row can be taken for another, nor for one under an
//! older key. The plain bytes are whole, with a header of their own whose second byte says "not sealed". The nonce comes
//! from outside: there is no randomness here, and where a key comes from is unknown.

use std::cmp::Ordering;

use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Key, Nonce, Tag};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// Bytes of a data key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce: drawn by chance, for 2^32 rows at most under one key.
pub const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Format and sealed byte, as every row begins.
const SEALED: [u8; 2] = [1, 1];
/// They and the generation.
const HEAD_BYTES: usize = 6;
/// Keeps blinded texts apart from anything else the key may be used for.
const BLINDING: &[u8] = b"rollcall blinded index v1";
/// Bytes of a blinded text: nobody meets another one by chance.
const BLINDED_BYTES: usize = 16;

/// Why sealed bytes do not open, or plain ones could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// Sealed under a key that was given up on purpose.
    #[error("sealed under a key that was given up")]
    GivenUp,
    /// Another key, another place, or bytes that were changed.
    #[error("the seal does not fit")]
    Foreign,
}

/// A data key. Has no `Debug`: a key must not be printed by accident.
pub struct DataKey {
    cipher: Aes256Gcm,
    blinding: Hmac<Sha256>,
    generation: u32,
}

/// True for bytes under a seal.
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(&SEALED)
}

impl DataKey {
    /// The key of one generation, counted from 1. A new one is made when the one before is given up.
    #[must_use]
    pub fn new(key: [u8; KEY_BYTES], generation: u32) -> Self {
        let mac = |key: &[u8]| {
            let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
            // A key of one block or less is used as it is; 32 bytes always fit.
            block[..KEY_BYTES].copy_from_slice(key);
            <Hmac<Sha256> as hmac::Mac>::new(&block)
        };
        let mut derived = mac(&key);
        derived.update(BLINDING);
        let blinding = mac(&derived.finalize().into_bytes());
        Self { cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(key)), blinding, generation }
    }

    /// Seals bytes for a place. `nonce` must never come twice.
    pub fn seal(&self, place: &str, plain: &[u8], nonce: [u8; NONCE_BYTES]) -> Result<Vec<u8>, NotOpened> {
        let mut sealed = Vec::with_capacity(HEAD_BYTES + NONCE_BYTES + plain.len() + TAG_BYTES);
        sealed.extend_from_slice(&SEALED);
        sealed.extend_from_slice(&self.generation.to_le_bytes());
        let covered = covered(&sealed, place);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(HEAD_BYTES + NONCE_BYTES);
        let tag = self
            .cipher
            .encrypt_inout_detached(&Nonce::from(nonce), &covered, body.into())
            .map_err(|_| NotOpened::Foreign)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// The plain bytes of a place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
        let (head, rest) = sealed.split_at_checked(HEAD_BYTES).ok_or(NotOpened::Foreign)?;
        let (nonce, rest) = rest.split_at_checked(NONCE_BYTES).ok_or(NotOpened::Foreign)?;
        let body = rest.len().checked_sub(TAG_BYTES).ok_or(NotOpened::Foreign)?;
        let (body, tag) = rest.split_at_checked(body).ok_or(NotOpened::Foreign)?;
        let generation = head.last_chunk::<4>().map_or(0, |raw| u32::from_le_bytes(*raw));
        match generation.cmp(&self.generation) {
            Ordering::Less => return Err(NotOpened::GivenUp),
            // This profile lost its keys and began to count again.
            Ordering::Greater => return Err(NotOpened::Foreign),
            Ordering::Equal => {}
        }
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).map_err(|_| NotOpened::Foreign)?;
        let tag = <[u8; TAG_BYTES]>::try_from(tag).map_err(|_| NotOpened::Foreign)?;
        let mut plain = body.to_vec();
        self.cipher
            .decrypt_inout_detached(
                &Nonce::from(nonce),
                &covered(head, place),
                plain.as_mut_slice().into(),
                &Tag::from(tag),
            )
            .map_err(|_| NotOpened::Foreign)?;
        Ok(plain)
    }

    /// A text as an index may hold it: the same text gives the same digits under this key, and says nothing without it.
    #[must_use]
    pub fn blind(&self, text: &str) -> String {
        let mut mac = self.blinding.clone();
        mac.update(text.as_bytes());
        let digest = mac.finalize().into_bytes();
        digest.iter().take(BLINDED_BYTES).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What the tag covers besides the text.
fn covered(head: &[u8], place: &str) -> Vec<u8> {
    [head, place.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: [u8; NONCE_BYTES] = [3; NONCE_BYTES];

    fn key(first: u8, generation: u32) -> DataKey {
        DataKey::new([first; KEY_BYTES], generation)
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_under_its_key_only() {
        let ours = key(7, 2);
        let sealed = ours.seal("pages/towel/1", b"Chen Wei", NONCE).unwrap();
        assert!(is_sealed(&sealed));
        assert_eq!(ours.open("pages/towel/1", &sealed).unwrap(), b"Chen Wei");
        assert_eq!(ours.open("pages/towel/2", &sealed), Err(NotOpened::Foreign));
        assert_eq!(key(8, 2).open("pages/towel/1", &sealed), Err(NotOpened::Foreign));
        assert_eq!(key(7, 1).open("pages/towel/1", &sealed), Err(NotOpened::Foreign));
        assert_eq!(key(9, 3).open("pages/towel/1", &sealed), Err(NotOpened::GivenUp));
    }

    /// Rows under these bytes lie on devices; `public/start.js` reads them too.
    #[test]
    fn sealed_bytes_are_what_they_were_in_the_first_release() {
        let sealed = key(7, 2).seal("recent/5", b"row", NONCE).unwrap();
        let hex: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "0101020000000303030303030303030303035791d4e177e9d57b04679f6bdebb1acfc8a069");
    }

    #[test]
    fn every_changed_bit_is_seen() {
        let ours = key(7, 1);
        let sealed = ours.seal("place", b"body", NONCE).unwrap();
        for at in SEALED.len()..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ours.open("place", &changed).is_err(), "byte {at}");
        }
        for cut in 0..sealed.len() {
            assert_eq!(ours.open("place", &sealed[..cut]), Err(NotOpened::Foreign), "{cut} bytes");
        }
    }

    #[test]
    fn a_blinded_text_is_the_same_under_one_key_only() {
        let (ours, other) = (key(7, 1), key(8, 1));
        assert_eq!(ours.blind("0912 000 001"), ours.blind("0912 000 001"));
        assert_ne!(ours.blind("0912 000 001"), ours.blind("0912 000 002"));
        assert_ne!(ours.blind("0912 000 001"), other.blind("0912 000 001"));
        assert_eq!(ours.blind("").len(), 2 * BLINDED_BYTES);
    }
}
