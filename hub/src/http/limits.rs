//! How often a call may be made: a token bucket per route family and caller, on the hub's own clock.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use rollcall_domain::kernel::ids::DeviceId;

use super::fault::Fault;
use crate::outside::Outside;

/// Which bucket a call draws from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Pace {
    /// Guessing a code: few.
    Code,
    /// Opening sessions, asking for the status.
    Open,
    /// Calls of a device that is known.
    Device,
    /// Signing in by password, per address: 5 a minute.
    Password,
    /// The same per login name: 20 an hour.
    Account,
    /// What a device that is not in use any more drops off.
    Drop,
    /// Calendar programs, which come once an hour, per address: 30 a minute.
    Feed,
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// Nobody known yet: by address, an IPv6 network of 64 bits counting as one.
    Address(IpAddr),
    /// A device with a session, or that signed.
    Device(DeviceId),
    /// A login name, by half its hash; whether anybody has it does not matter.
    Account(u128),
}

impl Caller {
    pub(crate) fn at(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self::Address(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
            v4 => Self::Address(v4),
        }
    }
}

#[derive(Clone)]
struct HubClock(Arc<dyn Outside>);

/// An instant of the hub's clock, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tick(u64);

impl Reference for Tick {
    fn duration_since(&self, earlier: Self) -> Nanos {
        Nanos::new(self.0.saturating_sub(earlier.0))
    }
    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(duration.as_u64()))
    }
}

impl std::ops::Add<Nanos> for Tick {
    type Output = Self;
    fn add(self, other: Nanos) -> Self {
        Self(self.0.saturating_add(other.as_u64()))
    }
}

impl Clock for HubClock {
    type Instant = Tick;
    fn now(&self) -> Tick {
        Tick(u64::try_from(self.0.now().0).unwrap_or(0).saturating_mul(1_000_000))
    }
}

type Bucket = RateLimiter<Caller, HashMapStateStore<Caller>, HubClock, NoOpMiddleware<Tick>>;

/// The buckets.
pub(crate) struct Limits {
    clock: HubClock,
    code: Bucket,
    open: Bucket,
    device: Bucket,
    password: Bucket,
    account: Bucket,
    drop: Bucket,
    feed: Bucket,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

fn per_minute(count: u32, burst: u32) -> Quota {
    let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(at_least_one(count)).allow_burst(at_least_one(burst))
}

fn per_hour(count: u32) -> Quota {
    let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    Quota::per_hour(count).allow_burst(count)
}

impl Limits {
    pub(crate) fn new(outside: Arc<dyn Outside>) -> Self {
        let clock = HubClock(outside);
        let bucket = |quota| RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Self {
            code: bucket(per_minute(10, 10)),
            // A dozen tablets behind one address, all waking up at once.
            open: bucket(per_minute(120, 60)),
            // A day offline is drained at once: 5,000 commands are 50 pushes, 50,000 records 25 pulls.
            device: bucket(per_minute(600, 600)),
            password: bucket(per_minute(5, 5)),
            account: bucket(per_hour(20)),
            drop: bucket(per_minute(20, 20)),
            feed: bucket(per_minute(30, 30)),
            clock,
        }
    }

    /// Takes one token, or says when to come back.
    pub(crate) fn take(&self, pace: Pace, caller: Caller) -> Result<(), Fault> {
        let bucket = match pace {
            Pace::Code => &self.code,
            Pace::Open => &self.open,
            Pace::Device => &self.device,
            Pace::Password => &self.password,
            Pace::Account => &self.account,
            Pace::Drop => &self.drop,
            Pace::Feed => &self.feed,
        };
        bucket.check_key(&caller).map_err(|not_until| {
            let wait: Duration = not_until.wait_time_from(self.clock.now());
            Fault::too_often(wait.as_secs() + 1)
        })
    }

    /// Forgets callers that were quiet for long.
    pub(crate) fn sweep(&self) {
        for bucket in
            [&self.code, &self.open, &self.device, &self.password, &self.account, &self.drop, &self.feed]
        {
            bucket.retain_recent();
        }
    }
}
