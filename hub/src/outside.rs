//! The two things the hub takes from the machine besides files and sockets: the time and random bytes.
//!
//! Everything that needs one of them gets it through here, so that a test can hold the clock still.

use std::time::{SystemTime, UNIX_EPOCH};

use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::ids::{self, Id};

/// Time and randomness.
pub trait Outside: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
    /// Fills the buffer with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The machine has no random bytes to give: nothing secret may be made up without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine gives no random bytes")]
pub struct NoRandomness;

/// The machine's own clock and random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

impl Outside for Machine {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|_| NoRandomness)
    }
}

/// So many random bytes.
pub fn random<const N: usize>(outside: &dyn Outside) -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    outside.fill(&mut bytes)?;
    Ok(bytes)
}

/// A new id, sorted by time.
pub fn mint(outside: &dyn Outside) -> Result<Id, NoRandomness> {
    Ok(ids::minted(outside.now().0, &random(outside)?))
}
