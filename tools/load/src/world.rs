//! What a device needs to be in: a hub's address and a clock, here the machine's own.

use std::net::SocketAddr;
use std::sync::Arc;

use rollcall_domain::kernel::Timestamp;
use rollcall_hub::outside::{Machine, NoRandomness, Outside};

/// The machine's clock, under the name by which the device knows it.
#[derive(Debug)]
pub(crate) struct Still;

impl Outside for Still {
    fn now(&self) -> Timestamp {
        Machine.now()
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        Machine.fill(bytes)
    }
}

/// Where a device is.
#[derive(Debug)]
pub(crate) struct World {
    at: SocketAddr,
    pub(crate) outside: Arc<Still>,
}

impl World {
    pub(crate) fn new(at: SocketAddr) -> Self {
        Self { at, outside: Arc::new(Still) }
    }

    pub(crate) const fn at(&self) -> SocketAddr {
        self.at
    }
}
