//! Photos and the like under their hashes, sealed; which of them the hub does not have lies beside them.
//!
//! It must never know what they show.

use js_sys::{Array, Object, Reflect, Uint8Array};
use rollcall_domain::kernel::ids::Hash;
use wasm_bindgen::{JsCast as _, JsValue};

use super::idb::ask;
use super::schema::{BLOBS, BY_WAITS};
use super::{Journal, JournalError};
use crate::vault::Sealer;

/// Plain bytes, from where nothing is sealed.
const BYTES: &str = "bytes";
const SEALED: &str = "sealed";

impl Journal {
    /// A blob's bytes.
    pub async fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, JournalError> {
        let row = self
            .inner
            .link
            .with(async |conn| {
                let tx = conn.reading(&[BLOBS])?;
                let request = tx.store(BLOBS)?.get(&hash.0.as_str().into())?;
                Ok(ask(&request).await?)
            })
            .await?;
        if row.is_undefined() {
            return Ok(None);
        }
        let sealed = Reflect::get(&row, &SEALED.into())?;
        if !sealed.is_undefined() {
            return Ok(Some(self.inner.sealer.opened(&place(hash), &sealed)?));
        }
        let bytes: Uint8Array =
            Reflect::get(&row, &BYTES.into())?.dyn_into().map_err(|_| JournalError::Unreadable)?;
        Ok(Some(bytes.to_vec()))
    }

    /// Keeps a blob that came from the hub.
    pub async fn put_blob(&self, hash: &Hash, bytes: &[u8]) -> Result<(), JournalError> {
        let row = object(hash, bytes, &self.inner.sealer)?;
        self.inner
            .link
            .with(async |conn| {
                let tx = conn.writing(&[BLOBS])?;
                tx.store(BLOBS)?.put_with_key(&row, &hash.0.as_str().into())?;
                Ok(tx.done().await?)
            })
            .await
    }

    /// The blobs the hub does not have.
    pub async fn blobs_waiting(&self) -> Result<Vec<Hash>, JournalError> {
        let keys: Array = self
            .inner
            .link
            .with(async |conn| {
                let tx = conn.reading(&[BLOBS])?;
                let request = tx.store(BLOBS)?.index(BY_WAITS)?.get_all_keys()?;
                Ok(ask(&request).await?)
            })
            .await?
            .unchecked_into();
        Ok(keys.iter().filter_map(|k| k.as_string()).map(Hash).collect())
    }

    /// Notes that the hub has a blob; the bytes stay.
    pub async fn blob_sent(&self, hash: &Hash) -> Result<(), JournalError> {
        match self.blob(hash).await? {
            Some(bytes) => self.put_blob(hash, &bytes).await,
            None => Ok(()),
        }
    }

    /// Every blob that is here.
    pub async fn blobs(&self) -> Result<Vec<Hash>, JournalError> {
        let keys: Array = self
            .inner
            .link
            .with(async |conn| {
                let tx = conn.reading(&[BLOBS])?;
                let request = tx.store(BLOBS)?.get_all_keys()?;
                Ok(ask(&request).await?)
            })
            .await?
            .unchecked_into();
        Ok(keys.iter().filter_map(|k| k.as_string()).map(Hash).collect())
    }

    /// Forgets a blob: the person it showed was erased, or there is no room and the hub has it.
    pub async fn drop_blob(&self, hash: &Hash) -> Result<(), JournalError> {
        self.inner
            .link
            .with(async |conn| {
                let tx = conn.writing(&[BLOBS])?;
                tx.store(BLOBS)?.delete(&hash.0.as_str().into())?;
                Ok(tx.done().await?)
            })
            .await
    }
}

fn place(hash: &Hash) -> String {
    format!("blobs/{}", hash.0)
}

/// A blob under its seal; plain bytes have another property, because a photo may begin like anything.
fn object(hash: &Hash, bytes: &[u8], sealer: &Sealer) -> Result<Object, JournalError> {
    let row = Object::new();
    let name = if sealer.is_sealing() { SEALED } else { BYTES };
    let bytes = sealer.sealed(&place(hash), bytes.to_vec())?;
    Reflect::set(&row, &name.into(), &bytes)?;
    Ok(row)
}

/// Key and row of a blob the hub does not have.
pub(super) fn row(hash: &Hash, bytes: &[u8], sealer: &Sealer) -> Result<(JsValue, JsValue), JournalError> {
    let row = object(hash, bytes, sealer)?;
    Reflect::set(&row, &BY_WAITS.into(), &1.into())?;
    Ok((JsValue::from_str(&hash.0), row.into()))
}
