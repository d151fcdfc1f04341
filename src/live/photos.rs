//! Photos by their hash: read from this device, else fetched from the hub, shown through an object URL.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::ids::Hash;
use wasm_bindgen::JsValue;

use super::Live;
use crate::studio::{Studio, use_studio};

/// A photo on its way to the screen: its URL once there is one.
pub(super) type Photo = ArcRwSignal<Option<String>>;

impl Live {
    /// The URL of a blob; nothing while it is not here.
    pub fn photo(&self, hash: Option<Hash>) -> Signal<Option<String>> {
        let Some(hash) = hash else { return Signal::derive(|| None) };
        let (photo, fresh) = {
            let mut photos = self.photos.borrow_mut();
            let fresh = !photos.contains_key(&hash.0);
            (photos.entry(hash.0.clone()).or_insert_with(|| ArcRwSignal::new(None)).clone(), fresh)
        };
        if fresh {
            self.load(hash, photo.clone());
        }
        Signal::derive(move || photo.get())
    }

    /// Brings a photo onto this device, to be shown without a network; true when it is here.
    pub async fn keep_photo(studio: &Studio, hash: &Hash) -> bool {
        photo_bytes(studio, hash).await.is_some()
    }

    /// A photo that is not here any more is not shown any more.
    pub(crate) fn forget_photo(&self, hash: &Hash) {
        if let Some(photo) = self.photos.borrow_mut().remove(&hash.0) {
            if let Some(url) = photo.get_untracked() {
                // A URL that is gone already is as good as revoked.
                let _ = web_sys::Url::revoke_object_url(&url);
            }
            photo.set(None);
        }
    }

    fn load(&self, hash: Hash, photo: Photo) {
        let studio = use_studio();
        spawn_local(async move {
            match photo_bytes(&studio, &hash).await.and_then(|b| object_url(&b)) {
                Some(url) => photo.set(Some(url)),
                // Not here yet: the next view that asks tries again.
                None => {
                    studio.live().photos.borrow_mut().remove(&hash.0);
                }
            }
        });
    }
}

/// From this device, else from the hub, which leaves them here.
async fn photo_bytes(studio: &Studio, hash: &Hash) -> Option<Vec<u8>> {
    match studio.journal.blob(hash).await {
        Ok(Some(bytes)) => Some(bytes),
        _ => crate::sync::fetch_blob(studio, hash).await,
    }
}

fn object_url(bytes: &[u8]) -> Option<String> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("image/jpeg");
    let parts: &JsValue = parts.as_ref();
    let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(parts, &options).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}
