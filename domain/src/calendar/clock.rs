//! Wall clocks and instants. What is asked of a zone is one number, its offset at an instant; the policy for clocks that
//! jump is here, once, for every kind of zone.
//!
//! Spring: a wall clock that does not exist is read with the offset from before the gap, so it shifts forward by the gap.
//! Autumn: of two instants with the same wall clock the earlier one counts. Both as RFC 5545, section 3.3.5, has it.

use chrono::{NaiveDateTime, Offset as _, TimeDelta, TimeZone as _};

use crate::kernel::time::Zone;

/// Where a wall clock hangs.
pub trait Clock {
    /// Seconds by which its wall clock is ahead of UTC at an instant, given as the wall clock of UTC.
    fn offset_s(&self, utc: NaiveDateTime) -> i32;
}

/// A clock that never jumps: seconds ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed(pub i32);

impl Clock for Fixed {
    fn offset_s(&self, _: NaiveDateTime) -> i32 {
        self.0
    }
}

impl Clock for Zone {
    fn offset_s(&self, utc: NaiveDateTime) -> i32 {
        self.0.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    }
}

/// The wall clock of an instant.
#[must_use]
pub fn local(clock: &dyn Clock, utc: NaiveDateTime) -> NaiveDateTime {
    plus_s(utc, clock.offset_s(utc))
}

/// The instant of a wall clock.
#[must_use]
pub fn utc(clock: &dyn Clock, local: NaiveDateTime) -> NaiveDateTime {
    // No clock is more than a day from UTC and none jumps twice within two days: the two offsets are the one from before
    // a jump near this wall clock and the one from after it, or the same twice.
    let before = clock.offset_s(local - TimeDelta::days(1));
    let after = clock.offset_s(local + TimeDelta::days(1));
    let read = |offset: i32| Some(plus_s(local, -offset)).filter(|at| clock.offset_s(*at) == offset);
    match (read(before), read(after)) {
        (Some(one), Some(other)) => one.min(other),
        (Some(at), None) | (None, Some(at)) => at,
        (None, None) => plus_s(local, -before),
    }
}

/// Later by so many seconds, stopping at the ends of chrono's range.
#[must_use]
pub fn plus_s(at: NaiveDateTime, seconds: i32) -> NaiveDateTime {
    at.checked_add_signed(TimeDelta::seconds(i64::from(seconds))).unwrap_or(at)
}
