//! Why a device may not spend prepaid money by itself. The sentences are the screens' matter; here is what they need to say.

use serde::{Deserialize, Serialize};

use crate::kernel::ids::DeviceId;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MoneyRefusal {
    /// The studio does not let devices spend without asking.
    #[error("no device spends prepaid money without asking here")]
    OfflineOff,
    /// Another device has the right, and there is one at a time.
    #[error("another device holds the right")]
    HeldElsewhere {
        /// Which.
        device: DeviceId,
    },
    /// Less is there than shall be spent, or the rest is another device's to spend.
    #[error("{free_cents} can be spent")]
    TooLittle {
        /// So much is.
        free_cents: i64,
    },
    /// No such lease, or it is over.
    #[error("this lease is over")]
    NoLease,
    /// It is another device's.
    #[error("this is another device's")]
    OtherDevice,
    /// Its term would be over before it begins.
    #[error("this term is over")]
    TermOver,
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile")]
    ChangedMeanwhile,
}
