//! The journal's database, version 1 for ever. A later build may add rows, never a store, an index or a version:
//! any build must be able to read the journal any other build left behind.

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{IdbDatabase, IdbIndexParameters, IdbObjectStore};

/// The version; it never grows.
pub(super) const VERSION: u32 = 1;

/// Texts by name.
pub(super) const META: &str = "meta";
/// Lines by their place.
pub(super) const ENTRIES: &str = "entries";
/// Blobs by their hash.
pub(super) const BLOBS: &str = "blobs";
/// Pieces of the snapshot by their number.
pub(super) const SNAPSHOT: &str = "snapshot";

/// Entries by the command's id; two lines cannot have one.
pub(super) const BY_ID: &str = "id";
/// Entries by what has become of them; within one standing in the order of their places.
pub(super) const BY_STANDING: &str = "stands";
/// Blobs that the hub does not have.
pub(super) const BY_WAITS: &str = "waits";

/// In `meta`: the end of the journal.
pub(super) const TIP: &str = "tip";
/// In `meta`: up to which line the snapshot covers, and in how many pieces.
pub(super) const COVERS: &str = "covers";

/// Creates the four stores.
pub(super) fn create(db: &IdbDatabase) -> Result<(), JsValue> {
    db.create_object_store(META)?;
    let entries = db.create_object_store(ENTRIES)?;
    index(&entries, BY_ID, true)?;
    index(&entries, BY_STANDING, false)?;
    index(&db.create_object_store(BLOBS)?, BY_WAITS, false)?;
    db.create_object_store(SNAPSHOT)?;
    Ok(())
}

fn index(store: &IdbObjectStore, name: &str, unique: bool) -> Result<(), JsValue> {
    let params = IdbIndexParameters::new();
    params.set_unique(unique);
    store.create_index_with_str_and_optional_parameters(name, name, params.unchecked_ref()).map(|_| ())
}
