//! What a sale would give this person: the dates and the price, shown before anything is sold.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Holding, Pass, PassKind};
use crate::kernel::money::Money;
use crate::plans::{Grant, PlanRevision, Starts};

/// When the validity of a sale begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartChoice {
    /// Today.
    Today,
    /// The day after the pass that still runs: renewing early loses nothing.
    AfterCurrent,
    /// The day after the pass that has ended: as if renewed in time.
    FromOldEnd,
    /// The day of the first visit.
    FirstUse,
}

/// One way to sell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteOption {
    /// When it begins.
    pub start: StartChoice,
    /// The first day; nothing before the first use.
    pub valid_from: Option<NaiveDate>,
    /// The last day; nothing without an end or before the first use.
    pub valid_until: Option<NaiveDate>,
}

/// The offer to one person on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What it costs.
    pub price: Money,
    /// Visits it gives; nothing where visits are not counted.
    pub visits: Option<u32>,
    /// The ways to sell it; the first one is the usual one. Never empty.
    pub options: Vec<QuoteOption>,
}

/// What selling this revision to the holder of these passes would mean today.
#[must_use]
pub fn quote(revision: &PlanRevision, holdings: &[Holding], today: NaiveDate) -> Quote {
    let grant = revision.rules.grant;
    let visits = if let Grant::Count { visits, .. } = grant { Some(visits) } else { None };
    let mut options = Vec::new();
    if revision.rules.starts == Starts::AtFirstUse
        && !matches!(grant, Grant::Lifetime | Grant::StoredValue { .. })
    {
        options.push(QuoteOption { start: StartChoice::FirstUse, valid_from: None, valid_until: None });
    }
    if matches!(grant, Grant::Time { .. }) {
        options.extend(renewals(revision, holdings, today));
    }
    let from_today = option(revision, StartChoice::Today, today);
    match options.first() {
        // Buying again after the end: today is the usual answer, the old end the other one.
        Some(first) if first.start == StartChoice::FromOldEnd => options.insert(0, from_today),
        _ => options.push(from_today),
    }
    Quote { price: revision.price, visits, options }
}

fn option(revision: &PlanRevision, start: StartChoice, from: NaiveDate) -> QuoteOption {
    QuoteOption {
        start,
        valid_from: Some(from),
        valid_until: revision.rules.grant.length().map(|l| l.last_day(from)),
    }
}

/// Beginning after a time pass that runs, or that ended so lately that the new one would still be running.
fn renewals(revision: &PlanRevision, holdings: &[Holding], today: NaiveDate) -> Option<QuoteOption> {
    let last =
        holdings.iter().filter(|h| renews(&h.pass, revision)).filter_map(|h| h.pass.valid_until).max()?;
    let from = last.succ_opt()?;
    if last >= today {
        return Some(option(revision, StartChoice::AfterCurrent, from));
    }
    // A gap of nothing (it ended yesterday) makes both choices the same day.
    if from == today {
        return None;
    }
    let late = option(revision, StartChoice::FromOldEnd, from);
    late.valid_until.is_some_and(|until| until >= today).then_some(late)
}

/// True when buying `revision` goes on from this pass: time after time, for the same branches.
fn renews(pass: &Pass, revision: &PlanRevision) -> bool {
    pass.kind == PassKind::Time && pass.opens_doors() && pass.sections == revision.rules.sections
}
