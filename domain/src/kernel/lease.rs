//! The data lease: how long a device may show a studio's records without meeting its hub.
//!
//! Time is counted so that a clock that is set back never gives any of it back: what lies beyond the highest time ever
//! seen counts, and below it the time the app is open does. The clocks' readings come from outside.

use serde::{Deserialize, Serialize};

use super::access::Role;
use super::time::Timestamp;

/// Days a device of this role keeps its records without meeting the hub: the less a role needs them, the fewer.
#[must_use]
pub const fn lease_days(role: Role) -> u32 {
    match role {
        Role::Owner | Role::Manager | Role::Desk | Role::Accountant => 30,
        Role::Coach => 14,
        Role::Member | Role::System | Role::Unknown => 7,
    }
}

/// What a device knows of its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Milliseconds used up since the hub was last met.
    pub used_ms: i64,
    /// The highest time ever seen on the device's clock since then.
    pub seen_at: Timestamp,
    /// True from the end of a lease until the hub is met again.
    #[serde(default)]
    pub locked: bool,
}

impl Lease {
    /// The hub was met at this time of the device's clock.
    #[must_use]
    pub const fn met(now: Timestamp) -> Self {
        Self { used_ms: 0, seen_at: now, locked: false }
    }

    /// The device's clock says `now`; so many milliseconds have passed in this page since it was last looked at.
    #[must_use]
    pub fn at(self, now: Timestamp, open_ms: i64) -> Self {
        let beyond_ms = now.0.saturating_sub(self.seen_at.0);
        let passed_ms = if beyond_ms > 0 { beyond_ms } else { open_ms.max(0) };
        Self {
            used_ms: self.used_ms.saturating_add(passed_ms),
            seen_at: Timestamp(self.seen_at.0.max(now.0)),
            ..self
        }
    }

    /// True when it has run out for a device of this role.
    #[must_use]
    pub fn is_over(&self, role: Role) -> bool {
        self.locked || self.used_ms >= i64::from(lease_days(role)).saturating_mul(Timestamp::DAY_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = Timestamp::DAY_MS;

    const fn day(n: i64) -> Timestamp {
        Timestamp(n * DAY_MS)
    }

    #[test]
    fn each_role_has_its_days() {
        for (role, days) in [(Role::Owner, 30), (Role::Desk, 30), (Role::Coach, 14), (Role::Member, 7)] {
            let last = Lease::met(day(100)).at(Timestamp(day(100 + days).0 - 1), 0);
            assert!(!last.is_over(role), "{role:?}");
            assert!(last.at(day(100 + days), 0).is_over(role), "{role:?}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_gives_nothing_back() {
        let used = Lease::met(day(100)).at(day(129), 0);
        let back = used.at(day(109), 0);
        assert_eq!((back.used_ms, back.seen_at), (29 * DAY_MS, day(129)));
        // Below the highest time only open hours count, and they do.
        assert!(!back.at(day(110), DAY_MS / 2).is_over(Role::Desk));
        assert!(back.at(day(110), DAY_MS).is_over(Role::Desk));
        assert!(back.at(day(130), 0).is_over(Role::Desk));
    }

    #[test]
    fn a_clock_that_forgot_the_year_and_learns_it_again_costs_nothing() {
        let lease = Lease::met(day(20_000)).at(day(0), 60_000).at(day(20_001), 60_000);
        assert_eq!(lease.used_ms, DAY_MS + 60_000);
    }

    #[test]
    fn a_lock_lasts_until_the_hub_is_met() {
        let locked = Lease { locked: true, ..Lease::met(day(1)) };
        assert!(locked.is_over(Role::Owner));
        assert!(!Lease::met(day(2)).is_over(Role::Owner));
        assert_eq!(Lease::met(Timestamp(i64::MIN)).at(Timestamp(i64::MAX), i64::MAX).used_ms, i64::MAX);
    }
}
