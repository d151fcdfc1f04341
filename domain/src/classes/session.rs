//! One session, and how it is told from every other for ever.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::terms::Terms;
use super::{ClosureId, ScheduleId, SessionId};
use crate::kernel::ids;
use crate::kernel::time::{self, Timestamp, Zone};

/// What tells a session from every other: the schedule, and the local date and start it was first planned for. It stays
/// the same wherever the session moves, however the schedule is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionKey {
    /// Of which schedule.
    pub schedule_id: ScheduleId,
    /// The day it was first planned for.
    pub on: NaiveDate,
    /// Minutes after midnight at which it was first planned to begin.
    pub start_minute: u32,
    /// Which of the schedule's rules made it, counted from 0, or [`ADDED`]. Two rules can name one date and start for two
    /// different sessions, when one of them had been moved away in between.
    #[serde(default, skip_serializing_if = "is_first")]
    pub pattern: u8,
}

/// The pattern of sessions that were added to a schedule by hand.
pub(super) const ADDED: u8 = u8::MAX;

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_first(pattern: &u8) -> bool {
    *pattern == 0
}

/// `schedule_day_minute_pattern`: the session's name in an address, where a dot would stand for a file.
impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}_{}", self.schedule_id.raw().simple(), self.on, self.start_minute, self.pattern)
    }
}

/// What is no session's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this names no session")]
pub struct NoSessionKey;

impl FromStr for SessionKey {
    type Err = NoSessionKey;
    fn from_str(text: &str) -> Result<Self, NoSessionKey> {
        let mut parts = text.split('_');
        let mut next = || parts.next().ok_or(NoSessionKey);
        let key = Self {
            schedule_id: ScheduleId(next()?.parse().map_err(|_| NoSessionKey)?),
            on: next()?.parse().map_err(|_| NoSessionKey)?,
            start_minute: next()?.parse().map_err(|_| NoSessionKey)?,
            pattern: next()?.parse().map_err(|_| NoSessionKey)?,
        };
        if parts.next().is_some() { Err(NoSessionKey) } else { Ok(key) }
    }
}

impl SessionKey {
    /// True for a session that was added to its schedule by hand: no rule has it.
    #[must_use]
    pub const fn is_added(&self) -> bool {
        self.pattern == ADDED
    }

    /// The id under which everything about this session is kept: its changes, its seats, its bookings.
    #[must_use]
    pub fn id(&self) -> SessionId {
        let name = format!("session {} {} {}", self.on, self.start_minute, self.pattern);
        SessionId(ids::named(self.schedule_id.raw(), name.as_bytes()))
    }
}

/// How a session stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is going to be, or was.
    Planned,
    /// Called off; it stays in the timetable, crossed out.
    CalledOff {
        /// Why, in the studio's own words.
        why: String,
    },
    /// The studio is closed.
    Closed {
        /// By which closure.
        closure_id: ClosureId,
    },
}

/// One class at one time in one place. It is no record: a timetable makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which one.
    pub key: SessionKey,
    /// The day it begins.
    pub on: NaiveDate,
    /// What holds for it, its wall-clock start among it.
    pub terms: Terms,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// How it stands.
    pub standing: Standing,
    /// The revision of what is different about it; 0 when nothing is.
    pub revision: u32,
}

impl Session {
    /// A session of these terms on a day.
    pub(super) fn on_day(key: SessionKey, on: NaiveDate, terms: Terms, zone: Zone) -> Self {
        let starts_at = zone.instant(on, terms.start_minute);
        let ends_at = starts_at.plus_ms(i64::from(terms.length_minutes) * 60_000);
        Self { key, on, terms, starts_at, ends_at, standing: Standing::Planned, revision: 0 }
    }

    /// The id of everything about it.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.key.id()
    }

    /// True when it has begun: from then on nothing about it is changed any more.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.starts_at <= now
    }

    /// True when somebody can come.
    #[must_use]
    pub fn takes_place(&self) -> bool {
        self.standing == Standing::Planned
    }
}

/// A day earlier or later.
pub(super) fn shifted(on: NaiveDate, days: i32) -> NaiveDate {
    if days >= 0 {
        time::plus_days(on, days.unsigned_abs())
    } else {
        on.checked_sub_days(chrono::Days::new(u64::from(days.unsigned_abs()))).unwrap_or(NaiveDate::MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::Uuid;

    #[test]
    fn a_session_has_a_name_for_addresses() {
        let schedule_id = ScheduleId(Uuid::from_u128(0x0190_5f3c_0000_7000_8000_0000_0000_00ab));
        let on = "2026-11-24".parse().unwrap();
        for pattern in [0, 3, ADDED] {
            let key = SessionKey { schedule_id, on, start_minute: 1_080, pattern };
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        let name = "01905f3c000070008000 0000000000ab_2026-11-24_1080_0";
        for wrong in ["", "x_2026-11-24_1080_0", name, "01905f3c0000700080000000000000ab_2026-11-24_1080"] {
            assert_eq!(wrong.parse::<SessionKey>(), Err(NoSessionKey), "{wrong}");
        }
        let more = "01905f3c0000700080000000000000ab_2026-11-24_1080_0_1";
        assert_eq!(more.parse::<SessionKey>(), Err(NoSessionKey));
    }
}
