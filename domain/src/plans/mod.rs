//! The catalogue: what can be bought, at which price, for how long. Revisions never change; a sale names the one it saw.
//!
//! Must never know who bought what.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::kernel::access::Reader;
use crate::kernel::erasure::Tells;
use crate::kernel::ids::{Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::money::Money;
use crate::kernel::record::RecordBody;
use crate::kernel::time::{self, Timestamp};
use crate::studio::Section;
use crate::typed_id;

mod offer;
mod presets;

pub use offer::{OfferPlan, PlanDraft, PlanRefusal, RestorePlan, RetirePlan, RevisePlan};
pub use presets::{PRESETS, Preset, add_presets, draft_of};

/// Characters a plan's name may have.
pub const NAME_CHARS_MAX: usize = 60;
/// The largest price of a plan.
pub const PRICE_CENTS_MAX: i64 = 100_000_000;
/// The longest validity.
pub const LENGTH_DAYS_MAX: u32 = 3_660;
/// The longest validity in months.
pub const LENGTH_MONTHS_MAX: u32 = 120;
/// The most visits a plan may grant.
pub const VISITS_MAX: u32 = 10_000;
/// Days of freezing or grace at most.
pub const SPARE_DAYS_MAX: u32 = 366;

typed_id! {
    /// An offer of the catalogue, through all its revisions.
    PlanId,
    /// One unchanging revision of an offer.
    PlanRevisionId,
}

/// A span of validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// So many days, the first one included.
    Days(u32),
    /// So many months, to the day before the same day of the month.
    Months(u32),
}

impl Length {
    /// The last day of a validity that begins on `from`.
    ///
    /// A month ends on the day before its like: 22 November + 1 month = 21 December. Where the later month is too short
    /// for that, its own last day counts, so that nobody loses a day by starting on the 31st.
    #[must_use]
    pub fn last_day(self, from: NaiveDate) -> NaiveDate {
        match self {
            Self::Days(days) => time::plus_days(from, days.saturating_sub(1)),
            Self::Months(months) => {
                let like = time::plus_months(from, months);
                if like.day() < from.day() { like } else { like.pred_opt().unwrap_or(like) }
            }
        }
    }

    /// True for a span the catalogue may hold.
    #[must_use]
    pub fn in_range(self) -> bool {
        match self {
            Self::Days(days) => (1..=LENGTH_DAYS_MAX).contains(&days),
            Self::Months(months) => (1..=LENGTH_MONTHS_MAX).contains(&months),
        }
    }
}

/// What a plan gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Grant {
    /// The door is open between two dates.
    Time {
        /// For so long.
        length: Length,
    },
    /// A number of visits.
    Count {
        /// How many.
        visits: u32,
        /// Within so long; without an end when empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<Length>,
    },
    /// The door is open for life.
    Lifetime,
    /// Prepaid money, principal and gift. It opens no door by itself: it pays for what does.
    StoredValue {
        /// What was paid in.
        principal_cents: i64,
        /// What was given on top.
        gift_cents: i64,
    },
}

impl Grant {
    /// How long it is valid; nothing for what has no end.
    #[must_use]
    pub const fn length(self) -> Option<Length> {
        match self {
            Self::Time { length } => Some(length),
            Self::Count { length, .. } => length,
            Self::Lifetime | Self::StoredValue { .. } => None,
        }
    }
}

/// When a validity begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Starts {
    /// On the day it is bought, or the day agreed then.
    #[default]
    AtPurchase,
    /// On the day of the first visit.
    AtFirstUse,
}

/// The rules of a revision besides its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRules {
    /// What it gives.
    pub grant: Grant,
    /// When its validity begins.
    #[serde(default)]
    pub starts: Starts,
    /// The branches it opens; all of them when empty.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// Days a buyer may freeze it in all.
    #[serde(default)]
    pub freeze_days: u32,
    /// Days after its end during which the door still opens, in amber.
    #[serde(default)]
    pub grace_days: u32,
    /// Others of the household may use it.
    #[serde(default)]
    pub shareable: bool,
    /// It may go to another member, through the desk.
    #[serde(default)]
    pub transferable: bool,
}

/// An offer of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Which one.
    pub id: PlanId,
    /// What it is called now.
    pub name: String,
    /// The revision that is sold now.
    pub revision_id: PlanRevisionId,
    /// How many revisions there were, from 1.
    pub revision: u32,
    /// Its place in the list.
    pub offered_at: Timestamp,
    /// Since when it is sold no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

/// The key of all plans, in the order they were offered.
pub const ALL_KEY: &str = "plan.all";
/// The key of plans by folded name.
pub const NAME_KEY: &str = "plan.name";

impl Plan {
    /// The value of a name under [`NAME_KEY`].
    #[must_use]
    pub fn name_value(name: &str) -> KeyValue {
        KeyValue::of(crate::kernel::text::tidy_line(name).to_lowercase())
    }
}

impl RecordBody for Plan {
    const KIND: &'static str = "plan";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(ALL_KEY, KeyValue::of(self.offered_at));
        keys.shared(NAME_KEY, Self::name_value(&self.name));
    }
}

/// One revision of an offer: never changed, never deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRevision {
    /// Which one.
    pub id: PlanRevisionId,
    /// Of which offer.
    pub plan_id: PlanId,
    /// Counted from 1.
    pub revision: u32,
    /// What it was called.
    pub name: String,
    /// What it cost.
    pub price: Money,
    /// What it gave.
    pub rules: PlanRules,
    /// Since when it was sold.
    pub since: Timestamp,
    /// Who made it.
    pub by: PersonId,
}

impl RecordBody for PlanRevision {
    const KIND: &'static str = "plan_revision";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
}

#[cfg(test)]
pub(crate) mod tests;
