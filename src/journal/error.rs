//! What can go wrong with the journal, by its cause and not by the browser's wording.

use super::idb::Fault;
use super::{Head, Line};
use crate::bytes::Garbled;
use crate::vault::SealError;

/// Why a call to the journal failed. Nothing of it has become durable, except where the variant says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Another tab was first: decide again over this head.
    #[error("another tab wrote first")]
    HeadMoved(Head),
    /// A line with this id exists; it is durable.
    #[error("the command is in the journal already")]
    AlreadyThere(Box<Line>),
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
    /// No answer in time. What was asked may still happen: ask again with the same id.
    #[error("the database did not answer in time")]
    Timeout,
    /// The database was written by a newer build.
    #[error("the database was written by a newer build")]
    Newer,
    /// The browser offers no storage, as in some private windows.
    #[error("there is no storage here")]
    NoStorage,
    /// Bytes this build cannot read. They are kept.
    #[error("the journal cannot be read")]
    Unreadable,
    /// The snapshot does not cover lines that were to be removed.
    #[error("the snapshot does not cover line {0}")]
    NotCovered(u64),
    /// A line that cannot be sealed, or whose seal does not open here. It is kept.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// Any other fault, by the browser's name for it.
    #[error("the database failed: {0}")]
    Other(String),
}

impl From<Fault> for JournalError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Quota => Self::Quota,
            Fault::Closed => Self::Closed,
            Fault::Aborted(why) => Self::Aborted(why),
            Fault::Blocked => Self::Blocked,
            Fault::Timeout => Self::Timeout,
            Fault::Newer => Self::Newer,
            Fault::NoStorage => Self::NoStorage,
            Fault::Exists => Self::Other("ConstraintError".to_owned()),
            Fault::Other(name) => Self::Other(name),
        }
    }
}

impl From<Garbled> for JournalError {
    fn from(_: Garbled) -> Self {
        Self::Unreadable
    }
}

impl From<wasm_bindgen::JsValue> for JournalError {
    fn from(value: wasm_bindgen::JsValue) -> Self {
        Fault::of(&value).into()
    }
}
