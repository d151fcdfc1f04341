//! Prepaid money a device may spend by itself: nobody else is let at it meanwhile. One device at a time holds the right for
//! everybody's money, within two caps, for where there is no network; any device may hold one member's money for one bill.
//! What can go wrong with that, and how much at most, is in docs/leases.md.

use serde::{Deserialize, Serialize};

use super::MoneyLeaseId;
use crate::kernel::access::{Reader, Role};
use crate::kernel::command::{Command, Input};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;
use crate::members::MemberId;

/// How long a device may spend by itself at most, in milliseconds.
pub const LEASE_TERM_MS: i64 = 24 * 3_600_000;
/// How long money is kept for one bill at most, in milliseconds: a bill that is paid or given up ends it at once, and only a
/// device that fell silent in between leaves it to the clock.
pub const HOLD_TERM_MS: i64 = LEASE_TERM_MS;
/// The part of a lease's term in which its device spends by itself, in hundredths.
const LEASE_USED_PERCENT: i64 = 80;

/// Why a device holds the right no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum MoneyLeaseEnd {
    /// It gave it back, or has a new one.
    Returned,
    /// The bill it was for is paid.
    Spent,
    /// Its term was over.
    RanOut,
    /// The device was retired or shut out, or its storage was copied or put back.
    DeviceGone,
    /// An owner took it away without the device.
    Released {
        /// Who.
        by: PersonId,
    },
}

/// What was spent of one member's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Whose, under the id the bill named.
    pub member_id: MemberId,
    /// How much.
    pub cents: i64,
}

/// The right of one device to spend prepaid money without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyLease {
    /// Which lease.
    pub id: MoneyLeaseId,
    /// Which device.
    pub device: DeviceId,
    /// Which life of that device's history.
    #[serde(default)]
    pub life: u32,
    /// Whose money; everybody's where nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_id: Option<MemberId>,
    /// Of one member at most.
    pub member_cents: i64,
    /// In all at most.
    pub in_all_cents: i64,
    /// What was spent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used: Vec<Used>,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// True while only the device itself has said so: it has asked and was not told yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guessed: bool,
    /// When and why it ended before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<(Timestamp, MoneyLeaseEnd)>,
}

/// The key of leases that run, by whose money it is.
pub const MONEY_MEMBER_KEY: &str = "money_lease.member";
/// The key of the lease that runs for everybody's money.
pub const MONEY_ALL_KEY: &str = "money_lease.all";
/// The key of leases that run, by device.
pub const MONEY_DEVICE_KEY: &str = "money_lease.device";

/// The term of a lease is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndMoneyLease {
    /// Which lease.
    pub lease_id: MoneyLeaseId,
}

impl Command for EndMoneyLease {
    const KIND: &'static str = "payments.end_lease";
    const ROLES: &'static [Role] = &[Role::System];
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<MoneyLease>(self.lease_id)]
    }
}

impl RecordBody for MoneyLease {
    const KIND: &'static str = "money_lease";
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Books];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn keys(&self, keys: &mut Keys) {
        if self.runs() {
            match self.member_id {
                Some(member) => keys.shared(MONEY_MEMBER_KEY, KeyValue::of(member.raw())),
                None => keys.shared(MONEY_ALL_KEY, KeyValue::of("all")),
            }
            keys.shared(MONEY_DEVICE_KEY, KeyValue::of(self.device.raw()));
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
        self.due_at().and_then(|_| Input::encode(&EndMoneyLease { lease_id: self.id }, &()).ok())
    }
}

impl MoneyLease {
    /// True while the hub keeps the money for it.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.ended.is_none()
    }

    /// True for the right to everybody's money.
    #[must_use]
    pub const fn is_for_all(&self) -> bool {
        self.member_id.is_none()
    }

    /// What was spent under it, in cents.
    #[must_use]
    pub fn used_cents(&self) -> i64 {
        self.used.iter().map(|used| used.cents).sum()
    }

    /// What is left of it in all, in cents.
    #[must_use]
    pub fn left_cents(&self) -> i64 {
        self.in_all_cents.saturating_sub(self.used_cents()).max(0)
    }

    fn used_of(&self, id: Id) -> i64 {
        self.used.iter().filter(|used| used.member_id.raw() == id).map(|used| used.cents).sum()
    }

    fn covers(&self, ids: &[Id]) -> bool {
        self.member_id.is_none_or(|member| ids.contains(&member.raw()))
    }

    /// What its device may still spend of somebody's money, all ids of theirs taken together, in cents.
    #[must_use]
    pub fn left_of(&self, ids: &[Id]) -> i64 {
        let used: i64 = ids.iter().map(|id| self.used_of(*id)).sum();
        let left = self.member_cents.saturating_sub(used).min(self.left_cents());
        if self.covers(ids) { left.max(0) } else { 0 }
    }

    /// What is kept for it of somebody's money, in cents. The device may not have heard that two entries are one person:
    /// as much is kept for each.
    #[must_use]
    pub fn kept_of(&self, ids: &[Id]) -> i64 {
        let covered = ids.iter().filter(|id| self.member_id.is_none_or(|member| member.raw() == **id));
        let left = |id: &Id| self.member_cents.saturating_sub(self.used_of(*id)).max(0);
        covered.map(left).fold(0, i64::saturating_add).min(self.left_cents())
    }

    /// Until when its device spends by itself: it stops well before the end, so that a clock that is a little wrong spends
    /// nothing that is not kept for it any more.
    #[must_use]
    pub const fn spends_until(&self) -> Timestamp {
        let term_ms = self.not_after.0.saturating_sub(self.from.0);
        self.from.plus_ms(term_ms / 100 * LEASE_USED_PERCENT)
    }

    /// True while its device may spend by itself, at an instant of its own clock.
    #[must_use]
    pub const fn is_good(&self, at: Timestamp) -> bool {
        self.runs() && !self.guessed && at.0 < self.spends_until().0
    }

    /// True where it ended without its device having had a say.
    #[must_use]
    pub const fn was_taken(&self) -> bool {
        matches!(
            self.ended,
            Some((_, MoneyLeaseEnd::RanOut | MoneyLeaseEnd::DeviceGone | MoneyLeaseEnd::Released { .. }))
        )
    }

    /// Something was spent under it. What was kept for one bill is over with it.
    pub(crate) fn spend(&mut self, member_id: MemberId, cents: i64, at: Timestamp) {
        match self.used.iter_mut().find(|used| used.member_id == member_id) {
            Some(used) => used.cents = used.cents.saturating_add(cents),
            None => self.used.push(Used { member_id, cents }),
        }
        if !self.is_for_all() {
            self.end(at, MoneyLeaseEnd::Spent);
        }
    }

    /// It ends, if it runs.
    pub(crate) fn end(&mut self, at: Timestamp, why: MoneyLeaseEnd) {
        self.ended = self.ended.or(Some((at, why)));
    }
}

/// The lease that runs for everybody's money: there is one at most.
#[must_use]
pub fn lease_for_all() -> Want {
    Want::key::<MoneyLease>(MONEY_ALL_KEY, KeyValue::of("all"))
}

/// The leases of a device that run.
#[must_use]
pub fn money_leases_of_device(device: Id) -> Want {
    Want::key::<MoneyLease>(MONEY_DEVICE_KEY, KeyValue::of(device))
}

/// The leases that run on somebody's money, by all of their ids.
#[must_use]
pub fn money_leases_of(ids: &[Id]) -> Vec<Want> {
    let own = ids.iter().map(|id| Want::key::<MoneyLease>(MONEY_MEMBER_KEY, KeyValue::of(*id)));
    own.chain([lease_for_all()]).collect()
}
