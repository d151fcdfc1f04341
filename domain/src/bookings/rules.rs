//! What holds for booking in the whole studio: how early, how late, and until when a seat can be given back.

use serde::{Deserialize, Serialize};

use super::SLICE;
use super::refusal::BookingRefusal;
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, Id};
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;

/// Days before a session from which it may be booked, at most.
const OPENS_DAYS_MAX: u32 = 366;
/// Minutes before a session that any of the other figures may have.
const MINUTES_MAX: u32 = 14 * 24 * 60;

/// What holds for booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRules {
    /// One per studio.
    pub id: Id,
    /// Counts up with each change, from 1; 0 where nobody has said anything yet.
    pub revision: u32,
    /// So many days before, members may begin to book: 1..=366.
    pub opens_days: u32,
    /// So many minutes before it begins, members may book no more.
    pub closes_minutes: u32,
    /// Whoever gives a seat back later than so many minutes before does not get the visit back.
    pub late_minutes: u32,
    /// Seats that come free later than so many minutes before go to nobody in the queue: they could not come in time.
    pub promote_minutes: u32,
}

/// The one record of a studio's rules.
#[must_use]
pub fn rules_id() -> Id {
    ids::named(Id::nil(), b"booking rules")
}

impl RecordBody for BookingRules {
    const KIND: &'static str = "booking_rules";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id
    }
}

impl BookingRules {
    /// What holds where nobody has said anything: two weeks ahead, until it begins, back until twelve hours before, the
    /// queue until an hour before.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            id: rules_id(),
            revision: 0,
            opens_days: 14,
            closes_minutes: 0,
            late_minutes: 12 * 60,
            promote_minutes: 60,
        }
    }

    fn is_well_formed(&self) -> bool {
        let minutes = [self.closes_minutes, self.late_minutes, self.promote_minutes];
        (1..=OPENS_DAYS_MAX).contains(&self.opens_days)
            && minutes.iter().all(|minutes| *minutes <= MINUTES_MAX)
    }

    /// So many minutes before an instant.
    #[must_use]
    pub const fn before(starts_at: Timestamp, minutes: u32) -> Timestamp {
        starts_at.plus_ms(-60_000 * minutes as i64)
    }

    /// Until when seats that come free go to the queue.
    #[must_use]
    pub const fn promote_until(&self, starts_at: Timestamp) -> Timestamp {
        Self::before(starts_at, self.promote_minutes)
    }

    /// True when a seat that is given back now is given back too late.
    #[must_use]
    pub const fn is_late(&self, starts_at: Timestamp, now: Timestamp) -> bool {
        now.0 > Self::before(starts_at, self.late_minutes).0
    }
}

/// What must be seen to know the rules.
#[must_use]
pub fn rules_want() -> Want {
    Want::id::<BookingRules>(rules_id())
}

/// The rules as they are.
#[must_use]
pub fn rules_of(facts: &Facts) -> BookingRules {
    facts.get::<BookingRules>(rules_id()).unwrap_or_else(BookingRules::usual)
}

/// Says what holds for booking from now on. What was booked stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetBookingRules {
    /// The revision that was seen; 0 where there was none.
    pub seen_revision: u32,
    /// What shall hold; id and revision are filled in.
    pub rules: BookingRules,
}

impl Command for SetBookingRules {
    const KIND: &'static str = "bookings.set_rules";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![rules_want()]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.rules.is_well_formed()
    }
}

impl Request for SetBookingRules {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, _: &Ctx) -> Result<Decision, BookingRefusal> {
        if rules_of(facts).revision != self.seen_revision {
            return Err(BookingRefusal::ChangedMeanwhile);
        }
        let mut decision = Decision::nothing();
        let after = BookingRules { id: rules_id(), revision: self.seen_revision + 1, ..self.rules };
        decision.replace(facts.record::<BookingRules>(rules_id()), &after);
        Ok(decision)
    }
}
