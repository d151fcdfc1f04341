//! What can go wrong with a change besides a rule saying no.

use rollcall_domain::kernel::decide::{Hold, RefusalBody};

use crate::journal::JournalError;
use crate::store::StoreError;
use crate::vault::{SealError, VaultError};

/// Why a command was not saved.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RunError {
    /// A rule said no.
    #[error("refused by {}", .0.slice)]
    Refused(RefusalBody),
    /// The command cannot be decided: a bug, or a newer build's.
    #[error("held: {0:?}")]
    Held(Hold),
    /// The device could not save.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// The device could not save or read: offers to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No room left: "cannot save — do not close".
    #[error("the device has no room left")]
    Full,
    /// The browser lost its connection to the storage, three times over.
    #[error("the browser's storage does not answer")]
    Lost,
    /// A newer build has taken over the databases: this page must be loaded again.
    #[error("a newer build has the records")]
    Newer,
    /// Another tab was faster three times in a row.
    #[error("another tab is busy")]
    Contended,
    /// There is no studio on this device.
    #[error("there is no studio on this device")]
    NoStudio,
    /// A body could not be encoded or read.
    #[error("a record cannot be written or read")]
    Broken,
    /// What is stored here is sealed, and the key of this browser profile does not open it.
    #[error("the records are sealed under another key")]
    Sealed,
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Quota => Self::Full,
            JournalError::Newer => Self::Newer,
            JournalError::HeadMoved(_) => Self::Contended,
            JournalError::Unreadable | JournalError::AlreadyThere(_) => Self::Broken,
            JournalError::Sealed(why) => why.into(),
            _ => Self::Lost,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Quota => Self::Full,
            StoreError::Newer => Self::Newer,
            StoreError::Unreadable => Self::Broken,
            StoreError::Sealed(why) => why.into(),
            _ => Self::Lost,
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        match error {
            SealError::NoRandom | SealError::NotBytes => Self::Broken,
            SealError::NoKey | SealError::GivenUp | SealError::Foreign => Self::Sealed,
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Storage => Self::Lost,
            VaultError::Unusable => Self::Sealed,
        }
    }
}
