//! The seats of one session as everybody may count them: taken, held by devices, waited for. No name is in here. There is
//! one record for each session that somebody booked, under the session's id, written by every decision about its seats.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::SEEN_MAX;
use super::due::{CountPeople, Promote, Sweep};
use crate::classes::{ClassTypeId, ScheduleId, Session, SessionKey};
use crate::kernel::access::Reader;
use crate::kernel::command::Input;
use crate::kernel::erasure::Tells;
use crate::kernel::facts::Want;
use crate::kernel::ids::Id;
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;

/// How a session stands for those who book it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SeatsStanding {
    /// Seats are given.
    #[default]
    Open,
    /// It does not take place.
    Off,
    /// Its roster is closed.
    Closed {
        /// When.
        at: Timestamp,
    },
}

/// The seats of one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Of which session.
    pub key: SessionKey,
    /// The day it is on now.
    pub on: NaiveDate,
    /// When it begins now.
    pub starts_at: Timestamp,
    /// When it ends now.
    pub ends_at: Timestamp,
    /// What is taught.
    pub class_type_id: ClassTypeId,
    /// Seats in all.
    pub capacity: u32,
    /// Fewest people with whom it takes place; 0 while any number will do.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub people_min: u32,
    /// Seats somebody has. More than `capacity` only by walk-ins, by fewer seats than were booked, or by promises of a
    /// device whose lease had been ended under it.
    pub taken: u32,
    /// Seats that devices hold and have not given yet.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: u32,
    /// People who wait.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waiting: u32,
    /// The next one's turn in the queue.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub next_turn: u32,
    /// How it stands.
    #[serde(default)]
    pub standing: SeatsStanding,
    /// Until when seats that come free go to the queue.
    pub promote_until: Timestamp,
    /// Later than any instant at which the clockwork was asked to look at the queue before.
    #[serde(default)]
    pub freed_at: Timestamp,
    /// True once somebody was told that nobody has closed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reminded: bool,
    /// True once it was looked at whether enough people come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counted: bool,
    /// True while a seat is free that the queue has not been asked about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_promote: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// The key of seats by the day their session is on: a week in one read.
pub const DAY_KEY: &str = "seats.on";
/// The key of seats of sessions that are not closed, by schedule and by the day they were first planned for.
pub const SCHEDULE_KEY: &str = "seats.schedule";
/// Days after its end when a session that nobody closed, or that was called off, is looked at.
const SWEEP_DAYS: i64 = 3;

impl RecordBody for Seats {
    const KIND: &'static str = "seats";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.key.id().raw()
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(DAY_KEY, KeyValue::of(self.on));
        if !self.is_closed() {
            keys.shared(SCHEDULE_KEY, KeyValue::pair(self.key.schedule_id.raw(), self.key.on));
        }
    }
    fn happened_at(&self) -> Timestamp {
        self.starts_at
    }
    fn due_at(&self) -> Option<Timestamp> {
        match self.standing {
            SeatsStanding::Closed { .. } => None,
            _ if self.reminded => None,
            SeatsStanding::Open if self.to_promote => Some(self.freed_at),
            SeatsStanding::Open if self.waiting > 0 || self.is_to_count() => Some(self.promote_until),
            SeatsStanding::Open | SeatsStanding::Off => {
                Some(self.ends_at.plus_ms(SWEEP_DAYS * Timestamp::DAY_MS))
            }
        }
    }
    fn when_due(&self) -> Option<Input> {
        let due = self.due_at()?;
        let asks = self.to_promote || self.waiting > 0;
        let input = match self.standing {
            SeatsStanding::Open if asks => Input::encode(&Promote { session: self.key, due_at: due }, &()),
            SeatsStanding::Open if self.is_to_count() => {
                Input::encode(&CountPeople { session: self.key, due_at: due }, &())
            }
            _ => Input::encode(&Sweep { session: self.key, due_at: due }, &()),
        };
        // It holds a key and an instant: there is nothing in it that could fail to be written.
        input.ok()
    }
}

impl Seats {
    /// The seats of a session that nobody booked yet.
    #[must_use]
    pub fn none(session: &Session, promote_until: Timestamp) -> Self {
        Self {
            key: session.key,
            on: session.on,
            starts_at: session.starts_at,
            ends_at: session.ends_at,
            class_type_id: session.terms.class_type_id,
            capacity: session.terms.capacity,
            people_min: session.terms.people_min,
            taken: 0,
            held: 0,
            waiting: 0,
            next_turn: 0,
            standing: SeatsStanding::Open,
            promote_until,
            freed_at: Timestamp(0),
            reminded: false,
            counted: false,
            to_promote: false,
        }
    }

    /// Takes over what the timetable says of its session by now.
    pub(crate) fn follow(&mut self, session: &Session, promote_until: Timestamp) {
        // At another time, or with another number, it is another question.
        let asked = (self.starts_at, self.people_min) == (session.starts_at, session.terms.people_min);
        self.counted = self.counted && asked;
        self.people_min = session.terms.people_min;
        self.on = session.on;
        self.starts_at = session.starts_at;
        self.ends_at = session.ends_at;
        self.class_type_id = session.terms.class_type_id;
        self.capacity = session.terms.capacity;
        self.promote_until = promote_until;
    }

    /// Seats that nobody has or holds.
    #[must_use]
    pub const fn free(&self) -> u32 {
        self.capacity.saturating_sub(self.taken).saturating_sub(self.held)
    }

    /// People who are still missing before it takes place.
    #[must_use]
    pub const fn missing(&self) -> u32 {
        self.people_min.saturating_sub(self.taken)
    }

    /// True while the clockwork has still to look whether enough people come.
    #[must_use]
    pub const fn is_to_count(&self) -> bool {
        self.people_min > 0 && !self.counted
    }

    /// Seats somebody new can have at once: none while the queue has not been asked.
    #[must_use]
    pub const fn free_now(&self) -> u32 {
        if self.to_promote { 0 } else { self.free() }
    }

    /// True once its roster is closed.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.standing, SeatsStanding::Closed { .. })
    }

    /// A seat came free, or there are more: the queue is asked, once, by the clockwork.
    pub(crate) fn freed(&mut self, now: Timestamp) {
        if self.waiting > 0 && self.free() > 0 {
            self.freed_at = Timestamp(self.freed_at.plus_ms(1).0.max(now.0));
            self.to_promote = true;
        }
    }

    /// True when somebody else has this time.
    #[must_use]
    pub fn meets(&self, starts_at: Timestamp, ends_at: Timestamp) -> bool {
        self.starts_at < ends_at && starts_at < self.ends_at
    }
}

/// The seats of a week, or of any days.
#[must_use]
pub fn seats_between(first: NaiveDate, last: NaiveDate) -> Want {
    Want::range::<Seats>(DAY_KEY, KeyValue::of(first), KeyValue::of(last), SEEN_MAX)
}

/// The seats of a schedule's sessions that are not closed.
#[must_use]
pub fn seats_of_schedule(schedule_id: ScheduleId) -> Want {
    let value = |day: NaiveDate| KeyValue::pair(schedule_id.raw(), day);
    Want::range::<Seats>(SCHEDULE_KEY, value(NaiveDate::MIN), value(NaiveDate::MAX), SEEN_MAX)
}
