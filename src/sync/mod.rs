//! Meeting the hub: send what waits, take what is new, and say plainly how things stand.
//!
//! It must never know a slice, and never touch a signal another view reads except through the studio.

mod join;
mod keys;
mod link;
mod side;
mod state;
mod transport;

pub use join::{
    JoinError, claim, devices, go_on, hub_status, join, logins, recovering, retire, revoke, set_password,
    sign_in, start_pairing,
};
pub use link::{Link, use_link};
pub use state::{Phase, SyncState};
pub use transport::TransportError;

use rollcall_domain::kernel::ids::Hash;

use crate::studio::{Authority, Studio};

/// A blob from the hub, kept on this device from then on; nothing when there is no hub or it does not have it now.
pub(crate) async fn fetch_blob(studio: &Studio, hash: &Hash) -> Option<Vec<u8>> {
    if studio.me_now()?.authority == Authority::Solo {
        return None;
    }
    let bytes = transport::get_bytes(&format!("/api/v1/blobs/{}", hash.0)).await.ok()?;
    // Bytes that are not what their name says are not shown.
    if Hash::of(&bytes) != *hash {
        return None;
    }
    if let Err(error) = studio.journal.put_blob(hash, &bytes).await {
        leptos::logging::warn!("a photo was not kept: {error}");
    }
    Some(bytes)
}
