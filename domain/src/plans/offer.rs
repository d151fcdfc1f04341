//! Offering, revising, retiring and restoring a plan. A revision adds; what was sold keeps the revision it was sold under.

use serde::{Deserialize, Serialize};

use super::{
    Grant, LENGTH_DAYS_MAX, LENGTH_MONTHS_MAX, Length, NAME_CHARS_MAX, NAME_KEY, PRICE_CENTS_MAX, Plan,
    PlanId, PlanRevision, PlanRevisionId, PlanRules, SPARE_DAYS_MAX, VISITS_MAX,
};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::money::{Currency, Money};
use crate::kernel::text;
use crate::studio::{Settings, settings_id};

/// A plan as the owner describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDraft {
    /// What it is called.
    pub name: String,
    /// What it costs.
    pub price: Money,
    /// What it gives.
    pub rules: PlanRules,
}

/// Why the catalogue stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PlanRefusal {
    /// No name.
    #[error("a plan needs a name")]
    NameMissing,
    /// Another plan on sale has this name: two alike tiles would be mistaken at the desk.
    #[error("another plan is called {name}")]
    NameTaken {
        /// Which name.
        name: String,
    },
    /// Below zero or above the largest price.
    #[error("the price must lie between 0 and {max_cents}")]
    PriceOutOfRange {
        /// The largest.
        max_cents: i64,
    },
    /// Not the studio's currency.
    #[error("prices here are in {}", studio.code())]
    CurrencyDiffers {
        /// The studio's.
        studio: Currency,
    },
    /// No validity, or one of more than ten years.
    #[error("a validity is 1 to {max_days} days or 1 to {max_months} months")]
    LengthOutOfRange {
        /// The most days.
        max_days: u32,
        /// The most months.
        max_months: u32,
    },
    /// No visits, or too many.
    #[error("visits are 1 to {max}")]
    VisitsOutOfRange {
        /// The most.
        max: u32,
    },
    /// Stored value of nothing, below zero, or beyond the largest price.
    #[error("stored value is 1 to {max_cents}, its gift 0 to as much")]
    ValueOutOfRange {
        /// The largest.
        max_cents: i64,
    },
    /// More than a year of freezing or grace.
    #[error("freezing and grace are at most {max} days")]
    SpareDaysOutOfRange {
        /// The most.
        max: u32,
    },
    /// It does not exist here.
    #[error("there is no such plan")]
    Unknown,
    /// Somebody else revised it meanwhile.
    #[error("the plan was revised meanwhile")]
    RevisedMeanwhile,
    /// It was taken off sale before.
    #[error("the plan was retired before")]
    RetiredBefore,
    /// It is on sale.
    #[error("the plan is on sale")]
    OnSale,
}

impl PlanDraft {
    /// What is wrong with it, if anything; the form asks while typing, the rule before it grants.
    pub fn check(&self, currency: Currency) -> Result<(), PlanRefusal> {
        if text::tidy_line(&self.name).is_empty() {
            return Err(PlanRefusal::NameMissing);
        }
        if self.price.currency != currency {
            return Err(PlanRefusal::CurrencyDiffers { studio: currency });
        }
        if !(0..=PRICE_CENTS_MAX).contains(&self.price.cents) {
            return Err(PlanRefusal::PriceOutOfRange { max_cents: PRICE_CENTS_MAX });
        }
        check_grant(self.rules.grant)?;
        if self.rules.freeze_days > SPARE_DAYS_MAX || self.rules.grace_days > SPARE_DAYS_MAX {
            return Err(PlanRefusal::SpareDaysOutOfRange { max: SPARE_DAYS_MAX });
        }
        Ok(())
    }

    fn is_well_formed(&self) -> bool {
        text::fits(&self.name, NAME_CHARS_MAX) && self.rules.sections.len() <= 8
    }

    fn revision(&self, id: PlanRevisionId, plan_id: PlanId, revision: u32, ctx: &Ctx) -> PlanRevision {
        PlanRevision {
            id,
            plan_id,
            revision,
            name: text::tidy_line(&self.name),
            price: self.price,
            rules: self.rules.clone(),
            since: ctx.effective_at,
            by: ctx.actor,
        }
    }
}

fn check_grant(grant: Grant) -> Result<(), PlanRefusal> {
    if !grant.length().is_none_or(Length::in_range) {
        return Err(PlanRefusal::LengthOutOfRange {
            max_days: LENGTH_DAYS_MAX,
            max_months: LENGTH_MONTHS_MAX,
        });
    }
    match grant {
        Grant::Count { visits, .. } if !(1..=VISITS_MAX).contains(&visits) => {
            Err(PlanRefusal::VisitsOutOfRange { max: VISITS_MAX })
        }
        Grant::StoredValue { principal_cents, gift_cents }
            if !(1..=PRICE_CENTS_MAX).contains(&principal_cents)
                || !(0..=PRICE_CENTS_MAX).contains(&gift_cents) =>
        {
            Err(PlanRefusal::ValueOutOfRange { max_cents: PRICE_CENTS_MAX })
        }
        _ => Ok(()),
    }
}

/// Refuses a name that another plan on sale has.
fn check_name(name: &str, own: Option<PlanId>, facts: &Facts) -> Result<(), PlanRefusal> {
    let taken = facts
        .by_key::<Plan>(NAME_KEY, Plan::name_value(name))
        .iter()
        .any(|p| p.retired_at.is_none() && Some(p.id) != own);
    if taken { Err(PlanRefusal::NameTaken { name: text::tidy_line(name) }) } else { Ok(()) }
}

fn currency(facts: &Facts, ctx: &Ctx) -> Currency {
    facts.get::<Settings>(settings_id(ctx.studio)).map(|s| s.currency).unwrap_or_default()
}

/// A new plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPlan {
    /// What it shall be.
    pub draft: PlanDraft,
}

impl Command for OfferPlan {
    const KIND: &'static str = "plans.offer";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::key::<Plan>(NAME_KEY, Plan::name_value(&self.draft.name))]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.draft.is_well_formed()
    }
}

impl Request for OfferPlan {
    type Refusal = PlanRefusal;
    const SLICE: &'static str = "plans";
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, PlanRefusal> {
        self.draft.check(currency(facts, ctx))?;
        check_name(&self.draft.name, None, facts)?;
        let mut decision = Decision::nothing();
        offer(&mut decision, &self.draft, PlanId(ctx.id(0)), PlanRevisionId(ctx.id(1)), ctx);
        Ok(decision)
    }
}

/// Writes a new plan with its first revision.
pub(super) fn offer(
    decision: &mut Decision,
    draft: &PlanDraft,
    plan_id: PlanId,
    revision_id: PlanRevisionId,
    ctx: &Ctx,
) {
    let revision = draft.revision(revision_id, plan_id, 1, ctx);
    decision.put(&Plan {
        id: plan_id,
        name: revision.name.clone(),
        revision_id,
        revision: 1,
        offered_at: ctx.effective_at,
        retired_at: None,
    });
    decision.put(&revision);
}

/// A plan gets another price, name or rule from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisePlan {
    /// Which one.
    pub plan_id: PlanId,
    /// The revision the owner saw.
    pub seen_revision: u32,
    /// What it shall be.
    pub draft: PlanDraft,
}

impl Command for RevisePlan {
    const KIND: &'static str = "plans.revise";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Plan>(self.plan_id), Want::key::<Plan>(NAME_KEY, Plan::name_value(&self.draft.name))]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.draft.is_well_formed()
    }
}

impl Request for RevisePlan {
    type Refusal = PlanRefusal;
    const SLICE: &'static str = "plans";
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, PlanRefusal> {
        let before = facts.get::<Plan>(self.plan_id).ok_or(PlanRefusal::Unknown)?;
        if before.revision != self.seen_revision {
            return Err(PlanRefusal::RevisedMeanwhile);
        }
        self.draft.check(currency(facts, ctx))?;
        check_name(&self.draft.name, Some(self.plan_id), facts)?;
        let revision = self.draft.revision(PlanRevisionId(ctx.id(0)), self.plan_id, before.revision + 1, ctx);
        let after = Plan {
            name: revision.name.clone(),
            revision_id: revision.id,
            revision: revision.revision,
            ..before
        };
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Plan>(self.plan_id), &after);
        decision.put(&revision);
        Ok(decision)
    }
}

/// A plan is sold no more; what was sold of it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetirePlan {
    /// Which one.
    pub plan_id: PlanId,
}

/// A retired plan is sold again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestorePlan {
    /// Which one.
    pub plan_id: PlanId,
}

impl Command for RetirePlan {
    const KIND: &'static str = "plans.retire";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Plan>(self.plan_id)]
    }
}

impl Request for RetirePlan {
    type Refusal = PlanRefusal;
    const SLICE: &'static str = "plans";
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, PlanRefusal> {
        let before = facts.get::<Plan>(self.plan_id).ok_or(PlanRefusal::Unknown)?;
        if before.retired_at.is_some() {
            return Err(PlanRefusal::RetiredBefore);
        }
        let mut decision = Decision::nothing();
        decision.replace(
            facts.record::<Plan>(self.plan_id),
            &Plan { retired_at: Some(ctx.effective_at), ..before },
        );
        Ok(decision)
    }
}

impl Command for RestorePlan {
    const KIND: &'static str = "plans.restore";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let own = Want::id::<Plan>(self.plan_id);
        let alike =
            facts.peek::<Plan>(&own).first().map(|p| Want::key::<Plan>(NAME_KEY, Plan::name_value(&p.name)));
        std::iter::once(own).chain(alike).collect()
    }
}

impl Request for RestorePlan {
    type Refusal = PlanRefusal;
    const SLICE: &'static str = "plans";
    fn decide(&self, (): &(), facts: &Facts, _ctx: &Ctx) -> Result<Decision, PlanRefusal> {
        let before = facts.get::<Plan>(self.plan_id).ok_or(PlanRefusal::Unknown)?;
        if before.retired_at.is_none() {
            return Err(PlanRefusal::OnSale);
        }
        check_name(&before.name, Some(self.plan_id), facts)?;
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Plan>(self.plan_id), &Plan { retired_at: None, ..before });
        Ok(decision)
    }
}
