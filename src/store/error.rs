//! What can go wrong with the store, by its cause.

use crate::bytes::Garbled;
use crate::vault::SealError;

/// Why a call to the store failed. Nothing of it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another tab wrote first: see `Store::catch_up`.
    #[error("another tab wrote first")]
    Moved,
    /// The device has no room left.
    #[error("the device has no room left")]
    Quota,
    /// The connection was lost, three times.
    #[error("the connection to the database was lost")]
    Closed,
    /// The browser undid the transaction.
    #[error("the browser undid the transaction: {0}")]
    Aborted(String),
    /// Another tab holds an older connection and does not let go.
    #[error("another tab blocks the database")]
    Blocked,
    /// No answer in time.
    #[error("the database did not answer in time")]
    Timeout,
    /// The database was written by a newer build.
    #[error("the database was written by a newer build")]
    Newer,
    /// The browser offers no storage.
    #[error("there is no storage here")]
    NoStorage,
    /// Bytes this build cannot read: clear the store and build it again from the journal or the hub.
    #[error("the store cannot be read")]
    Unreadable,
    /// A row that cannot be sealed, or whose seal does not open here.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// Any other fault, in the browser's words.
    #[error("the database failed: {0}")]
    Other(String),
}

impl From<Garbled> for StoreError {
    fn from(_: Garbled) -> Self {
        Self::Unreadable
    }
}
