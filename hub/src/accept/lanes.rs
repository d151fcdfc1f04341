//! A device's chain of commands: what fits, what is missing, what came late, and where a history forked.
//!
//! Detection only: nothing is ever refused here, and an id is still the only key of idempotency.

use rollcall_domain::kernel::ids::Hash;

use crate::storage::Lane;

/// Where a command stands in its device's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Right after the last one.
    Next,
    /// Some before it are missing.
    Gap {
        /// The first that is missing.
        from: u64,
        /// The last that is missing.
        to: u64,
    },
    /// At or before the last one: late, or of another history.
    Behind,
    /// It does not link to what is here, or its life is unknown.
    Fork,
}

pub(super) fn place(lane: Option<&Lane>, seq: u64, prev_hash: &Hash) -> Place {
    let Some(lane) = lane else { return Place::Fork };
    let next = lane.last_seq.saturating_add(1);
    match seq {
        seq if seq < next => Place::Behind,
        seq if seq > next => Place::Gap { from: next, to: seq - 1 },
        _ if *prev_hash == lane.last_hash => Place::Next,
        _ => Place::Fork,
    }
}
