//! The part of an imported row that is about passes and cards: what somebody brings along from another system.
//!
//! Called by the decision that writes the members of a batch. Must never know columns, encodings or files.

use crate::kernel::order;
use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::sell::kind;
use crate::attendance::{MemberVisits, member_visits_id};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::keys::KeyValue;
use crate::kernel::ledger::{self, Balance, Posting};
use crate::kernel::money::Money;
use crate::kernel::record::RecordBody as _;
use crate::kernel::text;
use crate::members::MemberId;
use crate::passes::cards::{self, Card, CardId, NUMBER_CHARS_MAX};
use crate::passes::{self, Origin, Pass, PassId, PassKind, VISITS, balance_ids};
use crate::plans::{self, Plan, PlanRevision};
use crate::studio::{Settings, settings_id};

/// Ids one row may use, counted from the caller's base.
pub const IDS_PER_ROW: u32 = 4;
/// The most visits a row may bring along.
pub const VISITS_MAX: i64 = 10_000;

/// What a row says about pass and card. Everything may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PassPart {
    /// The plan's name over there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan: String,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Visits left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits_left: Option<u32>,
    /// The card's number, kept as it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub card_number: String,
}

/// What became of a row's pass and card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PassImported {
    /// The pass, if the row named enough for one.
    pub pass_id: Option<PassId>,
    /// The card, if the row named one.
    pub card_id: Option<CardId>,
    /// True when a plan was named without an end, and the plan of that name needs one: no pass was made.
    pub end_missing: bool,
    /// True when the number was another card's; an exception was raised.
    pub card_taken: bool,
}

impl PassPart {
    /// True for texts and counts that a row may hold.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        let visits = self.visits_left.is_none_or(|n| i64::from(n) <= VISITS_MAX);
        visits
            && text::fits(&self.plan, plans::NAME_CHARS_MAX)
            && text::fits(&self.card_number, NUMBER_CHARS_MAX)
    }

    /// What must be seen before [`pass_changes`]: the plan of that name, what it gives, and who has the number.
    #[must_use]
    pub fn wants(&self, facts: &Facts) -> Vec<Want> {
        let mut wants = Vec::new();
        if !self.plan.is_empty() {
            let plan = Want::key::<Plan>(plans::NAME_KEY, Plan::name_value(&self.plan));
            wants.extend(facts.peek::<Plan>(&plan).iter().map(|p| Want::id::<PlanRevision>(p.revision_id)));
            wants.push(plan);
        }
        if self.has_card() {
            wants.push(cards::number_want(&self.card_number));
        }
        wants
    }

    fn has_card(&self) -> bool {
        !text::tidy_code(&self.card_number).is_empty()
    }

    fn revision(&self, facts: &Facts) -> Option<PlanRevision> {
        if self.plan.is_empty() {
            return None;
        }
        let mut named = facts.by_key::<Plan>(plans::NAME_KEY, Plan::name_value(&self.plan));
        order::by_key(&mut named, |p| (p.retired_at.is_some(), p.offered_at, p.id));
        named.first().and_then(|p| facts.get::<PlanRevision>(p.revision_id))
    }

    /// Visits left make a counted pass, a last day makes a pass of time; with neither, only a lifetime plan says enough.
    fn kind(&self, revision: Option<&PlanRevision>) -> Option<PassKind> {
        if self.visits_left.is_some() {
            return Some(PassKind::Count);
        }
        if self.valid_until.is_some() {
            return Some(PassKind::Time);
        }
        revision.map(|r| kind(r.rules.grant)).filter(|kind| *kind == PassKind::Lifetime)
    }
}

/// Writes what a row says about pass and card. `base` is the first of [`IDS_PER_ROW`] ids this row may use; `numbers` holds
/// the card numbers of the batch so far, so that two rows with one number are noticed.
pub fn pass_changes(
    decision: &mut Decision,
    facts: &Facts,
    ctx: &Ctx,
    member_id: MemberId,
    part: &PassPart,
    base: u32,
    numbers: &mut BTreeSet<KeyValue>,
) -> PassImported {
    let mut done = PassImported::default();
    let revision = part.revision(facts);
    if let Some(kind) = part.kind(revision.as_ref()) {
        let pass = pass(part, revision.as_ref(), kind, PassId(ctx.id(base)), member_id, facts, ctx);
        done.pass_id = Some(pass.id);
        decision.put(&pass);
        if let Some(visits) = part.visits_left.filter(|n| *n > 0) {
            let posting = Posting {
                account: pass.id.raw(),
                unit: VISITS,
                amount: i64::from(visits),
                why: "imported",
                source: None,
                reverses: None,
                whose: Some(member_id.raw()),
            };
            ledger::post(decision, ctx, base + 1, None, &posting);
        }
    } else {
        done.end_missing = !part.plan.is_empty();
    }
    if part.has_card() {
        let id = CardId(ctx.id(base + 2));
        let number = text::tidy_line(&part.card_number);
        let before = decision.exceptions.len();
        if numbers.insert(cards::number_value(&number)) {
            cards::issue(decision, facts, ctx, id, member_id, &number, Origin::Imported);
        } else {
            cards::issue_twin(decision, ctx, id, member_id, &number, Origin::Imported);
        }
        done.card_id = Some(id);
        done.card_taken = decision.exceptions.len() > before;
    }
    done
}

fn pass(
    part: &PassPart,
    revision: Option<&PlanRevision>,
    kind: PassKind,
    id: PassId,
    member_id: MemberId,
    facts: &Facts,
    ctx: &Ctx,
) -> Pass {
    let currency = facts.get::<Settings>(settings_id(ctx.studio)).map(|s| s.currency).unwrap_or_default();
    // An imported pass has begun: it was in use over there. Only its end counts.
    let began = part.valid_until.map_or(ctx.today, |until| until.min(ctx.today));
    Pass {
        id,
        member_id,
        kind,
        name: revision.map_or_else(|| text::tidy_line(&part.plan), |r| r.name.clone()),
        plan_id: revision.map(|r| r.plan_id),
        revision_id: revision.map(|r| r.id),
        valid_from: Some(began),
        valid_until: part.valid_until,
        opens_for: None,
        unopened: false,
        sections: revision.map(|r| r.rules.sections.clone()).unwrap_or_default(),
        freezes: Vec::new(),
        grace_days: revision.map_or(0, |r| r.rules.grace_days),
        sold_at: ctx.effective_at,
        price: Money::new(0, currency),
        payment_id: None,
        origin: Origin::Imported,
        reversed_at: None,
    }
}

/// What must be seen before an import of a member is undone.
#[must_use]
pub fn undo_wants(member_id: MemberId, facts: &Facts) -> Vec<Want> {
    let passes = Want::key::<Pass>(passes::MEMBER_KEY, KeyValue::of(member_id.raw()));
    let balances: Vec<Want> = facts
        .peek::<Pass>(&passes)
        .iter()
        .flat_map(|p| balance_ids(p).map(Want::id::<Balance>).collect::<Vec<_>>())
        .collect();
    let mut wants = vec![
        passes,
        Want::key::<Card>(cards::MEMBER_KEY, KeyValue::of(member_id.raw())),
        Want::id::<MemberVisits>(member_visits_id(member_id)),
    ];
    wants.extend(balances);
    wants
}

/// True when nothing has happened to an imported member since: no visit, no sale, no new card. Only then may it go.
#[must_use]
pub fn is_untouched(member_id: MemberId, facts: &Facts) -> bool {
    let key = || KeyValue::of(member_id.raw());
    let passes = facts.by_key::<Pass>(passes::MEMBER_KEY, key());
    let cards = facts.by_key::<Card>(cards::MEMBER_KEY, key());
    let visited = facts.get::<MemberVisits>(member_visits_id(member_id)).is_some_and(|v| v.count > 0);
    !visited
        && passes.iter().all(|p| p.origin == Origin::Imported)
        && cards.iter().all(|c| c.origin == Origin::Imported)
}

/// Takes an untouched member's imported passes and cards away again. They were never real: the numbers are free for the
/// next try. Ledger lines stay, reversed.
pub fn undo_changes(decision: &mut Decision, facts: &Facts, ctx: &Ctx, member_id: MemberId, base: u32) {
    let mut line = base;
    for pass in facts.by_key::<Pass>(passes::MEMBER_KEY, KeyValue::of(member_id.raw())) {
        for id in balance_ids(&pass) {
            if let Some(balance) = facts.get::<Balance>(id).filter(|b| b.sum != 0) {
                let (account, unit, amount, reverses) =
                    (balance.account, balance.unit.clone(), -balance.sum, Some(balance.last_entry));
                ledger::post(
                    decision,
                    ctx,
                    line,
                    Some(balance),
                    &Posting {
                        account,
                        unit: &unit,
                        amount,
                        why: "reversed",
                        source: None,
                        reverses,
                        whose: None,
                    },
                );
                line += 1;
            }
        }
        decision.delete::<Pass>(pass.id());
    }
    for card in facts.by_key::<Card>(cards::MEMBER_KEY, KeyValue::of(member_id.raw())) {
        let id: Id = card.id();
        decision.delete::<Card>(id);
    }
}
