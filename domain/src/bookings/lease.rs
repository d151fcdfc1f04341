//! Seats a device holds by itself: it promises them without asking, and the hub sells them to nobody else meanwhile. What
//! can go wrong with that, and how much at most, is in docs/leases.md.

use serde::{Deserialize, Serialize};

use super::due::EndLease;
use super::{LEASE_USED_PERCENT, LeaseId};
use crate::classes::{SessionId, SessionKey};
use crate::kernel::access::Reader;
use crate::kernel::command::Input;
use crate::kernel::erasure::Tells;
use crate::kernel::facts::Want;
use crate::kernel::ids::{DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;

/// Why a device holds its seats no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum LeaseEnd {
    /// It gave them back.
    Returned,
    /// Its term was over.
    RanOut,
    /// The session was closed.
    SessionClosed,
    /// The session does not take place.
    SessionOff,
    /// The device was retired or shut out, or its storage was copied or put back.
    DeviceGone,
    /// An owner took them away without the device.
    Released {
        /// Who.
        by: PersonId,
    },
}

/// Seats a device holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatLease {
    /// Which lease.
    pub id: LeaseId,
    /// Which device.
    pub device: DeviceId,
    /// Which life of that device's history.
    #[serde(default)]
    pub life: u32,
    /// Of which session.
    pub session: SessionKey,
    /// How many.
    pub seats: u32,
    /// How many of them it has given.
    #[serde(default)]
    pub used: u32,
    /// Since when.
    pub from: Timestamp,
    /// Until when; never after the session begins.
    pub not_after: Timestamp,
    /// True while only the device itself has said so: seats it has asked for and was not given yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guessed: bool,
    /// When and why it ended before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<(Timestamp, LeaseEnd)>,
}

/// The key of leases that run, by session.
pub const LEASE_SESSION_KEY: &str = "seat_lease.session";
/// The key of leases that run, by device.
pub const LEASE_DEVICE_KEY: &str = "seat_lease.device";

impl RecordBody for SeatLease {
    const KIND: &'static str = "seat_lease";
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Roster];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn keys(&self, keys: &mut Keys) {
        if self.runs() {
            keys.shared(LEASE_SESSION_KEY, KeyValue::of(self.session.id().raw()));
            keys.shared(LEASE_DEVICE_KEY, KeyValue::of(self.device.raw()));
        }
    }
    fn happened_at(&self) -> Timestamp {
        self.from
    }
    fn due_at(&self) -> Option<Timestamp> {
        self.runs().then_some(self.not_after)
    }
    fn when_due(&self) -> Option<Input> {
        // It holds an id: there is nothing in it that could fail to be written.
        self.due_at().and_then(|_| Input::encode(&EndLease { lease_id: self.id }, &()).ok())
    }
}

impl SeatLease {
    /// True while the hub keeps its seats.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.ended.is_none()
    }

    /// Seats it has not given yet.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.seats.saturating_sub(self.used)
    }

    /// True when its device may promise so many seats at an instant of its own clock: it stops well before the end, so
    /// that a clock that is a little wrong promises nothing that is not there.
    #[must_use]
    pub const fn promises(&self, seats: u32, at: Timestamp) -> bool {
        self.runs() && !self.guessed && seats <= self.left() && at.0 < self.promises_until().0
    }

    /// Until when its device promises seats by itself.
    #[must_use]
    pub const fn promises_until(&self) -> Timestamp {
        let term_ms = self.not_after.0.saturating_sub(self.from.0);
        self.from.plus_ms(term_ms / 100 * LEASE_USED_PERCENT)
    }

    /// It ends; says how many seats that frees.
    pub(crate) fn end(&mut self, at: Timestamp, why: LeaseEnd) -> u32 {
        if !self.runs() {
            return 0;
        }
        self.ended = Some((at, why));
        self.left()
    }
}

/// The leases of a session that run.
#[must_use]
pub fn leases_of_session(session: SessionId) -> Want {
    Want::key::<SeatLease>(LEASE_SESSION_KEY, KeyValue::of(session.raw()))
}

/// The leases of a device that run.
#[must_use]
pub fn leases_of_device(device: Id) -> Want {
    Want::key::<SeatLease>(LEASE_DEVICE_KEY, KeyValue::of(device))
}
