//! What is different about one session: a record that is there only where something is. Its id is the session's, so that
//! it is found however the schedule is changed, and so a deleted date never comes back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ScheduleId;
use super::session::SessionKey;
use super::terms::TermsChange;
use crate::kernel::access::Reader;
use crate::kernel::erasure::Tells;
use crate::kernel::facts::Want;
use crate::kernel::ids::Id;
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::time;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// It is going to be, or was.
    #[default]
    Planned,
    /// Called off; it stays in the timetable.
    CalledOff {
        /// Why, in the studio's own words.
        why: String,
    },
    /// Taken out of the timetable for ever.
    Deleted {
        /// The day its schedule had it on: no other session of the schedule fills it by itself.
        from: NaiveDate,
    },
}

/// What is different.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Different {
    /// The day it is on; as its schedule says when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Anything else.
    #[serde(default)]
    pub terms: TermsChange,
}

/// What is different about one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionChange {
    /// Which session.
    pub key: SessionKey,
    /// Counts up with each change, from 1.
    pub revision: u32,
    /// What became of it.
    #[serde(default)]
    pub state: State,
    /// What is different.
    #[serde(default)]
    pub different: Different,
    /// How many rules the schedule had when this session was added by hand; 0 for one that a rule made. A later rule
    /// that comes over its day leaves the day to it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub rules: u8,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_none(rules: &u8) -> bool {
    *rules == 0
}

/// The key of changes by schedule and by the day the session was first planned for.
pub(super) const SCHEDULE_KEY: &str = "session_change.schedule";
/// The key of changes by the day the session was first planned for.
pub(super) const DAY_KEY: &str = "session_change.day";
/// The key of changes by the day a session was moved to.
pub(super) const MOVED_KEY: &str = "session_change.moved";

impl RecordBody for SessionChange {
    const KIND: &'static str = "session_change";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.key.id().raw()
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(SCHEDULE_KEY, KeyValue::pair(self.key.schedule_id.raw(), self.key.on));
        keys.shared(DAY_KEY, KeyValue::of(self.key.on));
        if let Some(on) = self.different.on {
            keys.shared(MOVED_KEY, KeyValue::of(on));
        }
    }
}

/// The changes of a schedule's sessions that were first planned for days of a span.
pub(super) fn of_schedule(schedule_id: ScheduleId, from: NaiveDate, to: NaiveDate) -> Want {
    let value = |day: NaiveDate| KeyValue::pair(schedule_id.raw(), day);
    Want::range::<SessionChange>(SCHEDULE_KEY, value(from), value(to), super::SEEN_MAX)
}

/// The days around a day within which a schedule's sessions can meet it.
pub(super) fn around(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    // Twice as far as sessions may stand apart: one may come from the past, one from the future.
    let days = 2 * super::MOVED_DAYS_MAX;
    (super::session::shifted(day, -days), time::plus_days(day, days.unsigned_abs()))
}
