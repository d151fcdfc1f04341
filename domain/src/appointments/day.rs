//! What is taken of one coach's day: what everybody may know, and no more. Written by every decision that takes or gives
//! back a time, so that no two can have the same one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AppointmentId, SEEN_MAX};
use crate::kernel::access::Reader;
use crate::kernel::erasure::Tells;
use crate::kernel::facts::Want;
use crate::kernel::ids::{self, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;

/// A time that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenSpan {
    /// By which appointment.
    pub appointment_id: AppointmentId,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// What is taken of one coach's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoachDay {
    /// Whose.
    pub coach_id: PersonId,
    /// Which day.
    pub on: NaiveDate,
    /// In the order they were taken.
    pub taken: Vec<TakenSpan>,
}

/// The key of coaches' days by their day.
pub const COACH_DAY_KEY: &str = "coach_day.on";

impl CoachDay {
    /// The record of a coach's day.
    #[must_use]
    pub fn id_of(coach_id: PersonId, on: NaiveDate) -> Id {
        ids::named(coach_id.raw(), format!("appointments {on}").as_bytes())
    }

    /// A day of which nothing is taken.
    #[must_use]
    pub const fn free(coach_id: PersonId, on: NaiveDate) -> Self {
        Self { coach_id, on, taken: Vec::new() }
    }

    /// What of it meets a span, if anything does.
    #[must_use]
    pub fn meets(&self, starts_at: Timestamp, ends_at: Timestamp) -> Option<&TakenSpan> {
        self.taken.iter().find(|one| one.starts_at < ends_at && one.ends_at > starts_at)
    }
}

impl RecordBody for CoachDay {
    const KIND: &'static str = "coach_day";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        Self::id_of(self.coach_id, self.on)
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(COACH_DAY_KEY, KeyValue::of(self.on));
    }
}

/// What is taken on the days of a span.
#[must_use]
pub fn days_between(first: NaiveDate, last: NaiveDate) -> Want {
    Want::range::<CoachDay>(COACH_DAY_KEY, KeyValue::of(first), KeyValue::of(last), SEEN_MAX)
}
