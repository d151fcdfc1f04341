//! Whether a device may spend prepaid money where it cannot ask, and how much at most: off until a manager says otherwise.

use serde::{Deserialize, Serialize};

use super::refusal::MoneyRefusal;
use super::{MoneyLease, SLICE};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, Id};
use crate::kernel::money::Money;
use crate::kernel::record::RecordBody;

/// What holds for spending prepaid money without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineSpending {
    /// One per studio.
    pub id: Id,
    /// Counts up with each change, from 1; 0 where nobody has said anything yet.
    pub revision: u32,
    /// Whether it is allowed at all.
    pub allowed: bool,
    /// What a device may spend of one member's money under one lease: above zero.
    pub member_cents: i64,
    /// What it may spend under one lease in all: no less than of one member.
    pub device_cents: i64,
}

/// The one record of a studio.
#[must_use]
pub fn offline_id() -> Id {
    ids::named(Id::nil(), b"offline spending")
}

impl RecordBody for OfflineSpending {
    const KIND: &'static str = "offline_spending";
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Books];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id
    }
}

impl OfflineSpending {
    /// What holds where nobody has said anything: it is off. The figures are what a form begins with.
    #[must_use]
    pub fn usual() -> Self {
        Self { id: offline_id(), revision: 0, allowed: false, member_cents: 5_000, device_cents: 50_000 }
    }

    /// What can be spent at worst that is not there: by each copy of a device's storage, and by each device whose lease
    /// ended while it was away. Nothing while no device may, and none of the old leases runs.
    #[must_use]
    pub fn worst_cents(&self, running: &[MoneyLease]) -> i64 {
        let new = if self.allowed { self.device_cents } else { 0 };
        running.iter().filter(|lease| lease.is_for_all()).map(|lease| lease.in_all_cents).fold(new, i64::max)
    }

    fn is_well_formed(&self) -> bool {
        let range = 1..=Money::CENTS_MAX;
        range.contains(&self.member_cents)
            && range.contains(&self.device_cents)
            && self.member_cents <= self.device_cents
    }
}

/// What must be seen to know it.
#[must_use]
pub fn offline_want() -> Want {
    Want::id::<OfflineSpending>(offline_id())
}

/// What holds.
#[must_use]
pub fn offline_of(facts: &Facts) -> OfflineSpending {
    facts.get::<OfflineSpending>(offline_id()).unwrap_or_else(OfflineSpending::usual)
}

/// Says what holds for spending without asking from now on. A lease that runs keeps its own figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetOfflineSpending {
    /// The revision that was seen; 0 where there was none.
    pub seen_revision: u32,
    /// What shall hold; id and revision are filled in.
    pub rules: OfflineSpending,
}

impl Command for SetOfflineSpending {
    const KIND: &'static str = "payments.set_offline";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![offline_want()]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.rules.is_well_formed()
    }
}

impl Request for SetOfflineSpending {
    type Refusal = MoneyRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, _: &Ctx) -> Result<Decision, MoneyRefusal> {
        if offline_of(facts).revision != self.seen_revision {
            return Err(MoneyRefusal::ChangedMeanwhile);
        }
        let mut decision = Decision::nothing();
        let after = OfflineSpending { id: offline_id(), revision: self.seen_revision + 1, ..self.rules };
        decision.replace(facts.record::<OfflineSpending>(offline_id()), &after);
        Ok(decision)
    }
}
