//! What the clockwork asks for: payloads without a rule, so that a record can name what falls due.

use serde::{Deserialize, Serialize};

use super::LeaseId;
use crate::classes::SessionKey;
use crate::kernel::time::Timestamp;

/// A seat came free, or the queue's time is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promote {
    /// Of which session.
    pub session: SessionKey,
    /// The instant that was due.
    pub due_at: Timestamp,
}

/// Nobody is promoted any more: do enough people come?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountPeople {
    /// To which session.
    pub session: SessionKey,
    /// The instant that was due.
    pub due_at: Timestamp,
}

/// Days after its end a session is looked at once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// Which session.
    pub session: SessionKey,
    /// The instant that was due.
    pub due_at: Timestamp,
}

/// The term of a lease is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndLease {
    /// Which lease.
    pub lease_id: LeaseId,
}
