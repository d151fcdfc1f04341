//! Sealing and opening rows, at once and in memory: nothing here waits, so that saving waits for nothing but the disk.
//!
//! It must never know where a key comes from. Bytes that were written before rows were sealed are handed back as they
//! are; a nonce is drawn anew for every row.

use std::rc::Rc;

use js_sys::Uint8Array;
use rollcall_domain::kernel::seal::{DataKey, KEY_BYTES, NONCE_BYTES, NotOpened, is_sealed};
use wasm_bindgen::{JsCast as _, JsValue};

/// Why a row cannot be sealed or opened. Nothing was written, and nothing is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The browser gives no random numbers: a nonce that may come twice is worse than no row.
    #[error("the browser offers no random numbers")]
    NoRandom,
    /// Sealed, and this profile has no key at all.
    #[error("the key is missing")]
    NoKey,
    /// Sealed under a key this device gave up when its lease ended.
    #[error("sealed under a key that was given up")]
    GivenUp,
    /// Another key, another place, or bytes that were changed.
    #[error("the seal does not fit")]
    Foreign,
    /// Not bytes at all.
    #[error("there are no bytes here")]
    NotBytes,
}

impl From<NotOpened> for SealError {
    fn from(error: NotOpened) -> Self {
        match error {
            NotOpened::GivenUp => Self::GivenUp,
            NotOpened::Foreign => Self::Foreign,
        }
    }
}

/// Seals under one data key, or not at all; clones share it.
#[derive(Clone)]
pub struct Sealer(Option<Rc<DataKey>>);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_sealing() { "Sealer" } else { "Sealer(plain)" })
    }
}

impl Sealer {
    /// Seals nothing: what the browser leaves when it offers no cryptography.
    #[must_use]
    pub const fn plain() -> Self {
        Self(None)
    }

    /// Seals under this key.
    #[must_use]
    pub fn new(key: [u8; KEY_BYTES], generation: u32) -> Self {
        Self(Some(Rc::new(DataKey::new(key, generation))))
    }

    /// True where rows are sealed.
    #[must_use]
    pub const fn is_sealing(&self) -> bool {
        self.0.is_some()
    }

    /// The bytes as they are written at this place.
    pub fn seal(&self, place: &str, plain: Vec<u8>) -> Result<Vec<u8>, SealError> {
        match &self.0 {
            None => Ok(plain),
            Some(key) => Ok(key.seal(place, &plain, random()?)?),
        }
    }

    /// The same for the database.
    pub fn sealed(&self, place: &str, plain: Vec<u8>) -> Result<Uint8Array, SealError> {
        Ok(Uint8Array::from(self.seal(place, plain)?.as_slice()))
    }

    /// The plain bytes of what was written at this place; as they are when they were never sealed.
    pub fn open(&self, place: &str, bytes: Vec<u8>) -> Result<Vec<u8>, SealError> {
        if !is_sealed(&bytes) {
            return Ok(bytes);
        }
        let key = self.0.as_ref().ok_or(SealError::NoKey)?;
        Ok(key.open(place, &bytes)?)
    }

    /// The same out of the database.
    pub fn opened(&self, place: &str, value: &JsValue) -> Result<Vec<u8>, SealError> {
        let bytes = value.dyn_ref::<Uint8Array>().ok_or(SealError::NotBytes)?;
        self.open(place, bytes.to_vec())
    }

    /// A text as an index may hold it; the text itself where nothing is sealed.
    #[must_use]
    pub fn blind(&self, text: &str) -> String {
        self.0.as_ref().map_or_else(|| text.to_owned(), |key| key.blind(text))
    }
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], SealError> {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok()).ok_or(SealError::NoRandom)?;
    let mut bytes = [0u8; N];
    crypto.get_random_values_with_u8_array(&mut bytes).map_err(|_| SealError::NoRandom)?;
    Ok(bytes)
}

const _: () = assert!(NONCE_BYTES == 12, "96 bits: the nonce GCM takes as it is");
