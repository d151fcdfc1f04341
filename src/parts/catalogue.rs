//! Plans as several screens list them: the catalogue orders and describes, selling picks from it.

use rollcall_domain::kernel::order;
use rollcall_domain::plans::{Grant, Length, Plan, PlanRevision, PlanRules};

use super::settings::money;
use crate::studio::Studio;
use crate::tr;
use crate::tr::plans as t;

/// A plan with the revision that is sold now; nothing while that has not arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The plan.
    pub plan: Plan,
    /// What it costs and gives now.
    pub revision: Option<PlanRevision>,
}

/// All plans in the order they were offered, retired ones among them. Follows changes.
#[must_use]
pub fn listed(studio: &Studio) -> Vec<Listed> {
    let mut plans = studio.live().of_kind::<Plan>();
    order::by_key(&mut plans, |plan| (plan.offered_at, plan.id));
    plans
        .into_iter()
        .map(|plan| Listed { revision: studio.live().get::<PlanRevision>(plan.revision_id), plan })
        .collect()
}

/// What is sold now. Follows changes.
#[must_use]
pub fn on_sale(studio: &Studio) -> Vec<PlanRevision> {
    listed(studio)
        .into_iter()
        .filter(|one| one.plan.retired_at.is_none())
        .filter_map(|one| one.revision)
        .collect()
}

/// A validity in words.
#[must_use]
pub fn length_words(length: Option<Length>) -> String {
    match length {
        Some(Length::Days(days)) => tr::common::days(u64::from(days)),
        Some(Length::Months(months)) => t::months(u64::from(months)),
        None => t::length_none().to_owned(),
    }
}

/// What a plan gives, in one line.
#[must_use]
pub fn in_words(studio: &Studio, rules: &PlanRules) -> String {
    match rules.grant {
        Grant::Time { length } => length_words(Some(length)),
        Grant::Count { visits, length } => {
            t::line_count(tr::common::visits(u64::from(visits)), length_words(length))
        }
        Grant::Lifetime => t::kind_lifetime().to_owned(),
        Grant::StoredValue { principal_cents, gift_cents } => {
            t::line_value(money(studio, principal_cents), money(studio, gift_cents))
        }
    }
}
