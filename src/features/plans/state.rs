//! The catalogue and a plan in hand, without markup.

use leptos::prelude::*;
use rollcall_domain::kernel::money::{Currency, Money};
use rollcall_domain::plans::{Grant, Length, NAME_CHARS_MAX, PlanDraft, PlanRefusal, PlanRules, Starts};
use rollcall_domain::studio::Section;

use crate::fmt;
use crate::parts::catalogue;
use crate::studio::Studio;
use crate::tr::plans as t;

pub(super) use crate::parts::catalogue::{Listed, in_words};

/// All plans in the order they were offered, with the revision that is sold.
pub(super) fn listed(studio: &Studio) -> Vec<Listed> {
    catalogue::listed(studio)
}

/// What a plan gives, as the form asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Time,
    Count,
    Lifetime,
    StoredValue,
}

/// Days or months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Days,
    Months,
    /// Without an end: only for visits.
    None,
}

/// The form's signals over one revision.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub(super) name: RwSignal<String>,
    pub(super) price: RwSignal<Option<i64>>,
    pub(super) kind: RwSignal<Option<Kind>>,
    pub(super) length: RwSignal<Option<i64>>,
    pub(super) unit: RwSignal<Option<Unit>>,
    pub(super) visits: RwSignal<Option<i64>>,
    pub(super) principal: RwSignal<Option<i64>>,
    pub(super) gift: RwSignal<Option<i64>>,
    pub(super) starts: RwSignal<Option<Starts>>,
    pub(super) indoor: RwSignal<bool>,
    pub(super) outdoor: RwSignal<bool>,
    pub(super) freeze_days: RwSignal<Option<i64>>,
    pub(super) grace_days: RwSignal<Option<i64>>,
    pub(super) shareable: RwSignal<bool>,
    pub(super) transferable: RwSignal<bool>,
    pub(super) tried: RwSignal<bool>,
}

impl Fields {
    pub(super) fn of(listed: Option<&Listed>) -> Self {
        let revision = listed.and_then(|l| l.revision.as_ref());
        let rules = revision.map(|r| r.rules.clone());
        let grant = rules.as_ref().map_or(Grant::Time { length: Length::Months(1) }, |r| r.grant);
        let (kind, visits, principal, gift) = match grant {
            Grant::Time { .. } => (Kind::Time, None, None, None),
            Grant::Count { visits, .. } => (Kind::Count, Some(i64::from(visits)), None, None),
            Grant::Lifetime => (Kind::Lifetime, None, None, None),
            Grant::StoredValue { principal_cents, gift_cents } => {
                (Kind::StoredValue, None, Some(principal_cents), Some(gift_cents))
            }
        };
        let (length, unit) = match grant.length() {
            Some(Length::Days(days)) => (Some(i64::from(days)), Unit::Days),
            Some(Length::Months(months)) => (Some(i64::from(months)), Unit::Months),
            None => (Some(6), if kind == Kind::Count { Unit::None } else { Unit::Months }),
        };
        let has = |section| rules.as_ref().is_some_and(|r| r.sections.contains(&section));
        let days = |days: Option<u32>| RwSignal::new(days.map(i64::from).or(Some(0)));
        Self {
            name: RwSignal::new(listed.map(|l| l.plan.name.clone()).unwrap_or_default()),
            price: RwSignal::new(revision.map(|r| r.price.cents)),
            kind: RwSignal::new(Some(kind)),
            length: RwSignal::new(length),
            unit: RwSignal::new(Some(unit)),
            visits: RwSignal::new(visits.or(Some(10))),
            principal: RwSignal::new(principal),
            gift: RwSignal::new(gift.or(Some(0))),
            starts: RwSignal::new(Some(rules.as_ref().map_or(Starts::AtPurchase, |r| r.starts))),
            indoor: RwSignal::new(has(Section::Indoor)),
            outdoor: RwSignal::new(has(Section::Outdoor)),
            freeze_days: days(rules.as_ref().map(|r| r.freeze_days)),
            grace_days: days(rules.as_ref().map(|r| r.grace_days)),
            shareable: RwSignal::new(rules.as_ref().is_some_and(|r| r.shareable)),
            transferable: RwSignal::new(rules.as_ref().is_some_and(|r| r.transferable)),
            tried: RwSignal::new(false),
        }
    }

    fn length(self) -> Option<Length> {
        // What is missing or out of range becomes a length the rule refuses with its own sentence.
        let n = self.length.get().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        match self.unit.get() {
            Some(Unit::Days) => Some(Length::Days(n)),
            Some(Unit::None) if self.kind.get() == Some(Kind::Count) => None,
            _ => Some(Length::Months(n)),
        }
    }

    /// The draft as it stands; the price is missing when nothing readable was typed.
    pub(super) fn draft(self, currency: Currency) -> PlanDraft {
        let count =
            |value: RwSignal<Option<i64>>| value.get().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        let grant = match self.kind.get() {
            Some(Kind::Count) => Grant::Count { visits: count(self.visits), length: self.length() },
            Some(Kind::Lifetime) => Grant::Lifetime,
            Some(Kind::StoredValue) => Grant::StoredValue {
                principal_cents: self.principal.get().unwrap_or(0),
                gift_cents: self.gift.get().unwrap_or(0),
            },
            Some(Kind::Time) | None => Grant::Time { length: self.length().unwrap_or(Length::Months(0)) },
        };
        let dated = matches!(self.kind.get(), Some(Kind::Time | Kind::Count) | None);
        let sections = [(self.indoor, Section::Indoor), (self.outdoor, Section::Outdoor)];
        PlanDraft {
            name: self.name.get(),
            // No amount is not free of charge: a price below zero is refused with its sentence.
            price: Money::new(self.price.get().unwrap_or(-1), currency),
            rules: PlanRules {
                grant,
                starts: if dated { self.starts.get().unwrap_or_default() } else { Starts::AtPurchase },
                sections: sections
                    .into_iter()
                    .filter(|(on, _)| on.get())
                    .map(|(_, section)| section)
                    .collect(),
                freeze_days: count(self.freeze_days),
                grace_days: count(self.grace_days),
                shareable: self.shareable.get(),
                transferable: self.transferable.get(),
            },
        }
    }

    /// The first thing that is wrong, once saving was tried.
    pub(super) fn flaw(self, currency: Currency) -> Option<PlanRefusal> {
        if self.tried.get() { self.draft(currency).check(currency).err() } else { None }
    }
}

/// Characters of a plan's name, as the field wants it.
pub(super) fn name_chars_max() -> u32 {
    u32::try_from(NAME_CHARS_MAX).unwrap_or(60)
}

/// A refusal as a sentence with its figures.
pub(super) fn refusal(why: &PlanRefusal, currency: Currency) -> String {
    let amount = |cents: i64| fmt::money(cents, currency.code(), currency.exponent());
    match why {
        PlanRefusal::NameMissing => t::refused_name_missing().to_owned(),
        PlanRefusal::NameTaken { name } => t::refused_name_taken(name),
        PlanRefusal::PriceOutOfRange { max_cents } => t::refused_price(amount(*max_cents)),
        PlanRefusal::CurrencyDiffers { studio } => t::refused_currency(studio.code()),
        PlanRefusal::LengthOutOfRange { max_days, max_months } => t::refused_length(max_days, max_months),
        PlanRefusal::VisitsOutOfRange { max } => t::refused_visits(fmt::count(i64::from(*max))),
        PlanRefusal::ValueOutOfRange { max_cents } => t::refused_value(amount(*max_cents)),
        PlanRefusal::SpareDaysOutOfRange { max } => t::refused_spare_days(max),
        PlanRefusal::Unknown => t::refused_unknown().to_owned(),
        PlanRefusal::RevisedMeanwhile => t::refused_revised_meanwhile().to_owned(),
        PlanRefusal::RetiredBefore => t::refused_retired_before().to_owned(),
        PlanRefusal::OnSale => t::refused_on_sale().to_owned(),
    }
}
