//! Prepaid money: in which order it is spent, who may spend how much of it now, and what becomes of a bill that went beyond.
//!
//! The till asks [`Spender::way`] before it makes a command; the rule asks the same leases when the command is decided. A
//! bill is a Fact and is recorded whatever it spent: what was beyond what its device was entitled to is a debt with a name.

use crate::kernel::alias::Circle;
use crate::kernel::decide::{Authority, Ctx};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{DeviceId, Id};
use crate::kernel::ledger::{Balance, balance_id};
use crate::kernel::time::Timestamp;
use crate::kernel::{Planted, order, planted};
use crate::members::MemberId;
use crate::passes::{GIFT_CENTS, Holding, PRINCIPAL_CENTS, PassId, PassKind, holdings_wants};
use crate::payments::{
    MoneyLease, MoneyLeaseId, OfflineSpending, PaymentException, Tender, TenderKind, money_leases_of,
};

mod lease;

pub(crate) use lease::REACTIONS;
pub use lease::{HoldMoney, LeaseMoney, ReleaseMoney, ReturnMoney};

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

/// A part of a bill out of one purse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which purse.
    pub pass_id: PassId,
    /// Whose it is.
    pub whose: MemberId,
    /// [`PRINCIPAL_CENTS`] or [`GIFT_CENTS`].
    pub unit: &'static str,
    /// How much, above zero.
    pub cents: i64,
}

/// What somebody holds of prepaid money, the oldest first.
pub(super) fn purses(holdings: &[Holding]) -> Vec<&Holding> {
    let standing = |h: &&Holding| h.pass.kind == PassKind::StoredValue && h.pass.reversed_at.is_none();
    let mut purses: Vec<&Holding> = holdings.iter().filter(standing).collect();
    order::by_key(&mut purses, |h| (h.pass.sold_at, h.pass.id));
    purses
}

/// What a sum is taken from: all that was paid in before anything that was given, the oldest first; less where less is there.
#[must_use]
pub fn draw(holdings: &[Holding], cents: i64) -> Vec<Part> {
    let (purses, mut rest, mut parts) = (purses(holdings), cents, Vec::new());
    for unit in [PRINCIPAL_CENTS, GIFT_CENTS] {
        for purse in &purses {
            let there = if unit == PRINCIPAL_CENTS { purse.principal_cents } else { purse.gift_cents };
            let cents = rest.min(there.max(0));
            if cents > 0 {
                parts.push(Part { pass_id: purse.pass.id, whose: purse.pass.member_id, unit, cents });
                rest -= cents;
            }
        }
    }
    parts
}

/// Prepaid money that is there, by where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct There {
    /// Paid in.
    pub principal_cents: i64,
    /// Given on top.
    pub gift_cents: i64,
}

impl There {
    /// A sum in its parts.
    #[must_use]
    pub fn of(parts: &[Part]) -> Self {
        let sum = |unit| parts.iter().filter(|part| part.unit == unit).map(|part| part.cents).sum();
        Self { principal_cents: sum(PRINCIPAL_CENTS), gift_cents: sum(GIFT_CENTS) }
    }

    /// Both.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.principal_cents.saturating_add(self.gift_cents)
    }
}

/// What somebody has left.
#[must_use]
pub fn there(holdings: &[Holding]) -> There {
    There::of(&draw(holdings, i64::MAX))
}

/// What of somebody's money is kept for other devices, and for bills of this one that are not paid yet, in cents.
#[must_use]
pub fn kept_cents(leases: &[MoneyLease], device: DeviceId, ids: &[Id]) -> i64 {
    if planted(Planted::LeasesIgnored) {
        return 0;
    }
    let own = |lease: &&MoneyLease| lease.device == device && lease.is_for_all();
    let others = leases.iter().filter(|lease| lease.runs() && !own(lease));
    others.map(|lease| lease.kept_of(ids)).fold(0, i64::saturating_add)
}

/// Whether the hub can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It answered last.
    InReach,
    /// It does not.
    OutOfReach,
}

/// All that decides whether a device may spend somebody's money now.
#[derive(Debug, Clone, Copy)]
pub struct Spender<'a> {
    /// Which device.
    pub device: DeviceId,
    /// What it is: a device alone decides by itself.
    pub authority: Authority,
    /// Whether it can ask.
    pub reach: Reach,
    /// What the studio allows.
    pub rules: OfflineSpending,
    /// All ids of whoever pays.
    pub ids: &'a [Id],
    /// What they have left, as this device knows it.
    pub there_cents: i64,
    /// The leases that run on their money.
    pub leases: &'a [MoneyLease],
    /// The instant, by the device's clock.
    pub now: Timestamp,
}

/// How a device may spend a sum now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It decides by itself.
    Freely,
    /// Under a lease it holds: nobody is asked, now or later.
    Leased(MoneyLeaseId),
    /// The hub keeps the sum for this bill first.
    AskFirst,
    /// Not now.
    Not(NotNow),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// So much is left.
    TooLittle {
        /// In cents.
        there_cents: i64,
    },
    /// Another device may spend the rest.
    KeptElsewhere {
        /// What can be spent here, in cents.
        free_cents: i64,
    },
    /// The hub does not answer, and the studio lets no device spend without it.
    OfflineOff,
    /// The hub does not answer, and this device does not hold the right.
    NoLease,
    /// The hub does not answer, and the right this device held is over.
    LeaseOver,
    /// The hub does not answer, and the right does not go as far.
    CapReached {
        /// What it still covers of this member's money, in cents.
        left_cents: i64,
    },
}

impl Spender<'_> {
    /// May this device spend that now, and how?
    #[must_use]
    pub fn way(&self, cents: i64) -> Way {
        if cents > self.there_cents {
            return Way::Not(NotNow::TooLittle { there_cents: self.there_cents });
        }
        if self.authority == Authority::Solo {
            return Way::Freely;
        }
        if let Some(lease) = self.own().find(|lease| lease.is_good(self.now) && cents <= self.left_of(lease))
        {
            return Way::Leased(lease.id);
        }
        if self.reach == Reach::OutOfReach {
            return Way::Not(self.why_not());
        }
        let kept = kept_cents(self.leases, self.device, self.ids);
        let free_cents = self.there_cents.saturating_sub(kept).max(0);
        if cents <= free_cents { Way::AskFirst } else { Way::Not(NotNow::KeptElsewhere { free_cents }) }
    }

    /// The most that can be spent now, in cents.
    #[must_use]
    pub fn most_cents(&self) -> i64 {
        let all = self.there_cents;
        let left = match self.way(all) {
            Way::Not(NotNow::KeptElsewhere { free_cents }) => free_cents,
            Way::Not(NotNow::CapReached { left_cents }) => left_cents,
            Way::Not(_) => 0,
            Way::Freely | Way::Leased(_) | Way::AskFirst => all,
        };
        let leased = self.own().filter(|lease| lease.is_good(self.now)).map(|lease| self.left_of(lease));
        leased.fold(left, i64::max)
    }

    /// Leases of this device; a right to everybody's money only where the studio allows that.
    fn own(&self) -> impl Iterator<Item = &MoneyLease> {
        let mine = |lease: &&MoneyLease| lease.runs() && lease.device == self.device;
        self.leases.iter().filter(mine).filter(|lease| self.rules.allowed || !lease.is_for_all())
    }

    /// What a lease of this device still covers of this member's money.
    fn left_of(&self, lease: &MoneyLease) -> i64 {
        // Whoever keeps money for one bill had it before: the right to everybody's is the right to the rest.
        let bills =
            self.leases.iter().filter(|other| other.runs() && !other.is_for_all() && other.id != lease.id);
        let kept = bills.map(|other| other.kept_of(self.ids)).fold(0, i64::saturating_add);
        lease.left_of(self.ids).min(self.there_cents.saturating_sub(kept)).max(0)
    }

    fn why_not(&self) -> NotNow {
        if !self.rules.allowed {
            return NotNow::OfflineOff;
        }
        let mut own = self.own().filter(|lease| lease.is_for_all() && !lease.guessed);
        match own.next() {
            None => NotNow::NoLease,
            Some(lease) if !lease.is_good(self.now) => NotNow::LeaseOver,
            Some(lease) => NotNow::CapReached { left_cents: self.left_of(lease) },
        }
    }
}

/// Prepaid money a bill is paid with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spend {
    /// Whose.
    pub(super) member_id: MemberId,
    /// How much.
    pub(super) cents: i64,
    /// Under which right.
    pub(super) lease_id: Option<MoneyLeaseId>,
}

/// What a bill is entitled to.
pub(super) struct Ruled {
    /// So much of what is there.
    pub(super) granted_cents: i64,
    /// So much of the rest is kept for others.
    pub(super) kept_cents: i64,
    /// The lease it counts to.
    pub(super) lease: Option<MoneyLease>,
    why: WhyShort,
}

/// Why a bill would not be covered.
enum WhyShort {
    NotThere,
    HeldElsewhere,
    AfterLease,
}

impl Ruled {
    /// What is said about what was not covered.
    pub(super) const fn exception(&self, short_cents: i64) -> PaymentException {
        match self.why {
            WhyShort::NotThere => PaymentException::StoredValueOverdrawn { short_cents },
            WhyShort::HeldElsewhere => PaymentException::SpentHeldElsewhere { short_cents },
            WhyShort::AfterLease => PaymentException::SpentAfterLease { short_cents },
        }
    }
}

impl Spend {
    /// What of some tenders is prepaid money.
    pub(super) fn of(member_id: MemberId, tenders: &[Tender], lease_id: Option<MoneyLeaseId>) -> Self {
        let own = tenders.iter().filter(|tender| tender.kind == TenderKind::StoredValue);
        Self { member_id, cents: own.map(|tender| tender.amount_cents).sum(), lease_id }
    }

    /// What must be seen to rule on it.
    pub(super) fn wants(&self, facts: &Facts) -> Vec<Want> {
        // A debt may fall on the member where no pass can carry it.
        let mut wants = vec![Want::id::<Balance>(balance_id(self.member_id.raw(), PRINCIPAL_CENTS))];
        wants.extend(holdings_wants(self.member_id, facts));
        if self.cents > 0 {
            wants.extend(money_leases_of(Circle::so_far(self.member_id.raw(), facts).ids()));
            wants.extend(self.lease_id.map(Want::id::<MoneyLease>));
        }
        wants
    }

    /// Within a lease that runs, all of it is granted: it was kept. Otherwise what is kept for others is not touched.
    pub(super) fn ruled(&self, holdings: &[Holding], facts: &Facts, ctx: &Ctx) -> Ruled {
        let circle = Circle::of(self.member_id.raw(), facts);
        let ids = circle.ids();
        let named = self.lease_id.and_then(|id| facts.get::<MoneyLease>(id));
        let lease =
            named.filter(|lease| lease.device == ctx.device && self.cents <= self.within(lease, ids, ctx));
        if let Some(lease) = lease.clone().filter(MoneyLease::runs) {
            let (granted_cents, why) = (self.cents, WhyShort::NotThere);
            return Ruled { granted_cents, kept_cents: 0, lease: Some(lease), why };
        }
        let taken = lease.filter(MoneyLease::was_taken);
        let mut leases: Vec<MoneyLease> =
            money_leases_of(ids).iter().flat_map(|want| facts.all::<MoneyLease>(want)).collect();
        // A prediction of a lease entitles nobody.
        leases.retain(|lease| !lease.guessed);
        let there_cents = there(holdings).cents();
        let kept_cents = kept_cents(&leases, ctx.device, ids).min(there_cents);
        let why = match (taken.is_some(), kept_cents > 0) {
            (true, _) => WhyShort::AfterLease,
            (false, true) => WhyShort::HeldElsewhere,
            (false, false) => WhyShort::NotThere,
        };
        Ruled { granted_cents: self.cents.min(there_cents - kept_cents), kept_cents, lease: taken, why }
    }

    /// How far a lease goes for it: on the device as the till reckons, at the hub as was kept.
    fn within(&self, lease: &MoneyLease, ids: &[Id], ctx: &Ctx) -> i64 {
        match ctx.authority {
            Authority::Prediction if lease.is_good(ctx.effective_at) => lease.left_of(ids),
            Authority::Prediction => 0,
            // Also of a lease that ended meanwhile: what was left of it then.
            Authority::Solo | Authority::Hub => lease.kept_of(ids),
        }
    }
}
