//! What members bought: passes with dates and counts, the cards they show, and the status all of it adds up to.
//!
//! Must never know a tender or a receipt; what a pass may open at the door is `attendance`'s question.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::access::Reader;
use crate::kernel::alias::Circle;
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::ledger::{Balance, balance_id};
use crate::kernel::money::Money;
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::plans::{Length, PlanId, PlanRevisionId};
use crate::studio::Section;
use crate::typed_id;

pub mod cards;
mod quote;
pub(crate) mod stand;
mod status;

pub use quote::{Quote, QuoteOption, StartChoice, quote};
pub use stand::Moment;
pub use status::{Because, Explanation, LAPSED_MONTHS, Standing, Status, explain};

typed_id! {
    /// One thing a member bought.
    PassId,
}

/// The ledger's unit of visits.
pub const VISITS: &str = "visits";
/// The ledger's unit of visits that are kept for sessions somebody booked: neither spent nor free for another one.
pub const VISITS_RESERVED: &str = "visits_reserved";
/// The ledger's unit of stored value that was paid in.
pub const PRINCIPAL_CENTS: &str = "principal_cents";
/// The ledger's unit of stored value that was given on top.
pub const GIFT_CENTS: &str = "gift_cents";

/// What a pass opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassKind {
    /// The door, between two dates.
    Time,
    /// The door, so many times; how many are left is a balance.
    Count,
    /// The door, for life.
    Lifetime,
    /// Nothing by itself: it pays.
    StoredValue,
}

/// Where a pass came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Sold here.
    #[default]
    Sold,
    /// Taken over from another system.
    Imported,
}

/// Days in a row, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub until: NaiveDate,
}

/// What a member bought. Its dates are final figures: a freeze or an extension moves them, nothing recomputes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// Which one.
    pub id: PassId,
    /// Whose.
    pub member_id: MemberId,
    /// What it opens.
    pub kind: PassKind,
    /// What it was called when it was sold.
    pub name: String,
    /// The offer it was bought from; nothing for one taken over from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<PlanId>,
    /// The revision it was bought under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<PlanRevisionId>,
    /// The first day; nothing until the first use where validity begins then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; nothing without an end, or until the first use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// The validity that begins with the first use; nothing once it has begun or where it began at purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_for: Option<Length>,
    /// True until the first use where validity begins then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unopened: bool,
    /// The branches it opens; all of them when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// When it is paused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<Span>,
    /// Days after its end during which the door still opens, in amber.
    #[serde(default)]
    pub grace_days: u32,
    /// When it was sold or taken over.
    pub sold_at: Timestamp,
    /// What it cost.
    pub price: Money,
    /// The payment it was sold with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Id>,
    /// Where it came from.
    #[serde(default)]
    pub origin: Origin,
    /// Since when it counts no more, because its sale was reversed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reversed_at: Option<Timestamp>,
}

/// The key of all passes of a member.
pub const MEMBER_KEY: &str = "pass.member";
/// The key under which passes that open doors are ordered by their last day.
pub const UNTIL_KEY: &str = "pass.until";

impl RecordBody for Pass {
    const KIND: &'static str = "pass";
    const KEYS_VERSION: u16 = 2;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Books, Reader::Own];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(MEMBER_KEY, KeyValue::of(self.member_id.raw()));
        if let Some(until) = self.valid_until.filter(|_| self.opens_doors()) {
            keys.shared(UNTIL_KEY, KeyValue::of(until));
        }
    }
    fn happened_at(&self) -> Timestamp {
        self.sold_at
    }
}

impl Pass {
    /// Begins the validity of an unopened pass.
    pub fn open(&mut self, on: NaiveDate) {
        self.valid_from = Some(on);
        self.valid_until = self.opens_for.map(|length| length.last_day(on));
        self.unopened = false;
    }

    /// Takes the opening back, as if it had not been used.
    pub fn close_again(&mut self) {
        self.valid_from = None;
        self.valid_until = None;
        self.unopened = true;
    }

    /// The freeze a day lies in.
    #[must_use]
    pub fn freeze_on(&self, on: NaiveDate) -> Option<Span> {
        self.freezes.iter().copied().find(|span| span.from <= on && on <= span.until)
    }

    /// True for what opens doors and has not been taken back.
    #[must_use]
    pub const fn opens_doors(&self) -> bool {
        self.reversed_at.is_none() && !matches!(self.kind, PassKind::StoredValue)
    }
}

/// A pass with what its ledgers hold: all a rule needs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The pass.
    pub pass: Pass,
    /// Visits not spent yet, those kept for booked sessions among them; only a count pass has them. May be below zero.
    pub visits_left: i64,
    /// Visits of these that are kept for booked sessions.
    pub visits_reserved: i64,
    /// Paid-in money left.
    pub principal_cents: i64,
    /// Given money left.
    pub gift_cents: i64,
}

impl Holding {
    /// A pass with balances looked up by account and unit.
    pub fn new(pass: Pass, balance: impl Fn(Id) -> Option<Balance>) -> Self {
        let sum = |unit| balance(balance_id(pass.id.raw(), unit)).map_or(0, |b| b.sum);
        let (free, visits_reserved, principal_cents, gift_cents) = match pass.kind {
            PassKind::Count => (sum(VISITS), sum(VISITS_RESERVED), 0, 0),
            PassKind::StoredValue => (0, 0, sum(PRINCIPAL_CENTS), sum(GIFT_CENTS)),
            PassKind::Time | PassKind::Lifetime => (0, 0, 0, 0),
        };
        let visits_left = free.saturating_add(visits_reserved);
        Self { pass, visits_left, visits_reserved, principal_cents, gift_cents }
    }

    /// Visits that can still be given to a session.
    #[must_use]
    pub const fn visits_free(&self) -> i64 {
        self.visits_left.saturating_sub(self.visits_reserved)
    }

    /// True for a count pass without visits left. It stands in nobody's way.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.pass.kind == PassKind::Count && self.visits_left <= 0
    }
}

/// The balances a pass may have.
pub fn balance_ids(pass: &Pass) -> impl Iterator<Item = Id> + '_ {
    let units: &[&str] = match pass.kind {
        PassKind::Count => &[VISITS, VISITS_RESERVED],
        PassKind::StoredValue => &[PRINCIPAL_CENTS, GIFT_CENTS],
        PassKind::Time | PassKind::Lifetime => &[],
    };
    units.iter().map(|unit| balance_id(pass.id.raw(), unit))
}

/// The wants for everything a member holds under any of their ids: passes first, their balances once the passes are known.
#[must_use]
pub fn holdings_wants(member_id: MemberId, facts: &Facts) -> Vec<Want> {
    let circle = Circle::so_far(member_id.raw(), facts);
    let passes: Vec<Want> = circle.ids().iter().map(|id| passes_want(*id)).collect();
    let balances: Vec<Want> = passes
        .iter()
        .flat_map(|want| facts.peek::<Pass>(want))
        .flat_map(|p| balance_ids(&p).map(Want::id::<Balance>).collect::<Vec<_>>())
        .collect();
    passes.into_iter().chain(balances).collect()
}

/// Everything a member holds under any of their ids, as the facts say.
#[must_use]
pub fn holdings(member_id: MemberId, facts: &Facts) -> Vec<Holding> {
    let circle = Circle::of(member_id.raw(), facts);
    let passes = circle.ids().iter().flat_map(|id| facts.all::<Pass>(&passes_want(*id)));
    passes.map(|pass| Holding::new(pass, |id| facts.get::<Balance>(id))).collect()
}

fn passes_want(id: Id) -> Want {
    Want::key::<Pass>(MEMBER_KEY, KeyValue::of(id))
}

/// What the slice's rules raise for a person to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PassException {
    /// Sold at a price that was no longer the plan's.
    PriceOutOfDate {
        /// What was taken.
        sold: Money,
        /// What it costs by now.
        now: Money,
    },
    /// Sold at a price that no revision names.
    PriceNotThePlans {
        /// What was taken.
        sold: Money,
        /// What the revision says.
        plan: Money,
    },
    /// Sold after the plan had been taken off sale.
    PlanRetired {
        /// Which one.
        name: String,
    },
    /// Money was taken for a plan that is not known here; there is no pass yet.
    PlanUnknown {},
    /// Sold to somebody who is not known here.
    MemberUnknown {},
    /// Two devices renewed the same pass: the dates overlap.
    RenewedTwice {
        /// The last day of the other one.
        other_until: NaiveDate,
    },
    /// The card's number is somebody else's: both cards work, a scan asks whose it is.
    CardNumberTaken {
        /// The number.
        number: String,
    },
    /// A card was ended that is not known here, or had been ended before.
    CardNotActive {
        /// The number, if known.
        number: String,
    },
}

impl PassException {
    /// The two buttons.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        match self {
            Self::PriceOutOfDate { .. } | Self::PriceNotThePlans { .. } => {
                ["keep_price", "settle_difference"]
            }
            Self::PlanRetired { .. } => ["keep_sale", "reverse_sale"],
            Self::PlanUnknown {} => ["seen", "reverse_sale"],
            Self::MemberUnknown {} => ["seen", "reverse_sale"],
            Self::RenewedTwice { .. } => ["keep_both", "reverse_sale"],
            Self::CardNumberTaken { .. } => ["new_card", "keep_both"],
            Self::CardNotActive { .. } => ["seen", "look_into"],
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
