//! A pass is sold: pass, payment, ledger lines and card in one decision, because they happened in one moment at the desk.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::money::Spend;
use super::till::{Till, receipt_want};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::ledger::{Balance, Posting};
use crate::kernel::money::Money;
use crate::kernel::number::Number;
use crate::members::{Member, MemberId};
use crate::passes::cards::{self, CardId, NewCard};
use crate::passes::{
    GIFT_CENTS, Holding, Origin, PRINCIPAL_CENTS, Pass, PassException, PassId, PassKind, StartChoice, VISITS,
    holdings,
};
use crate::payments::{
    self, Line, LineOf, MoneyLeaseId, OWED_CENTS, Payment, PaymentId, Tender, tenders_well_formed,
};
use crate::plans::{Grant, Plan, PlanId, PlanRevision, PlanRevisionId};

/// A pass is sold and, as a rule, paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellPass {
    /// To whom.
    pub member_id: MemberId,
    /// Which offer.
    pub plan_id: PlanId,
    /// The revision the desk saw.
    pub revision_id: PlanRevisionId,
    /// When it begins, as the member chose.
    pub start: StartChoice,
    /// The first day that was shown; nothing before the first use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The price that was shown.
    pub price: Money,
    /// How it was paid; less than the price leaves the rest owed.
    pub tenders: Vec<Tender>,
    /// Cash handed over, where change was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_cents: Option<i64>,
    /// The receipt's number.
    pub receipt: Number,
    /// The card handed out with it; nothing for a member who has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<NewCard>,
    /// The lease of this device under which prepaid money is spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<MoneyLeaseId>,
}

impl SellPass {
    const PASS: u32 = 0;
    const PAYMENT: u32 = 1;
    const CARD: u32 = 2;

    /// The payment this command writes.
    #[must_use]
    pub fn payment_id(ctx: &Ctx) -> PaymentId {
        PaymentId(ctx.id(Self::PAYMENT))
    }

    fn spend(&self) -> Spend {
        Spend::of(self.member_id, &self.tenders, self.lease_id)
    }

    fn pass(&self, revision: &PlanRevision, ctx: &Ctx) -> Pass {
        let rules = &revision.rules;
        let length = rules.grant.length();
        let unopened = self.start == StartChoice::FirstUse;
        Pass {
            id: PassId(ctx.id(Self::PASS)),
            member_id: self.member_id,
            kind: kind(rules.grant),
            name: revision.name.clone(),
            plan_id: Some(self.plan_id),
            revision_id: Some(self.revision_id),
            valid_from: self.valid_from,
            valid_until: self.valid_from.zip(length).map(|(from, length)| length.last_day(from)),
            opens_for: length.filter(|_| unopened),
            unopened,
            sections: rules.sections.clone(),
            freezes: Vec::new(),
            grace_days: rules.grace_days,
            sold_at: ctx.effective_at,
            price: self.price,
            payment_id: Some(ctx.id(Self::PAYMENT)),
            origin: Origin::Sold,
            reversed_at: None,
        }
    }

    fn payment(&self, pass: Option<&Pass>, ctx: &Ctx) -> Payment {
        let line = Line {
            of: LineOf::Pass { pass_id: ctx.id(Self::PASS) },
            name: pass.map(|p| p.name.clone()).unwrap_or_default(),
            valid_from: pass.and_then(|p| p.valid_from),
            valid_until: pass.and_then(|p| p.valid_until),
            price_cents: self.price.cents,
        };
        Payment {
            id: PaymentId(ctx.id(Self::PAYMENT)),
            number: self.receipt.clone(),
            number_mark: String::new(),
            member_id: self.member_id,
            lines: vec![line],
            tenders: self.tenders.clone(),
            total_cents: self.price.cents,
            paid_cents: payments::sum(&self.tenders).unwrap_or_default(),
            given_cents: self.given_cents,
            currency: self.price.currency,
            effects: Vec::new(),
            reverses: None,
            reason: String::new(),
            void: false,
            at: ctx.effective_at,
            on: ctx.today,
            by: ctx.actor,
            device: ctx.device,
            command: ctx.command,
        }
    }

    /// What is odd about the sale. It stays a sale.
    fn doubts(&self, facts: &Facts, revision: Option<&PlanRevision>, held: &[Holding]) -> Vec<PassException> {
        let mut doubts = Vec::new();
        if facts.get::<Member>(self.member_id).is_none() {
            doubts.push(PassException::MemberUnknown {});
        }
        let Some(revision) = revision else {
            doubts.push(PassException::PlanUnknown {});
            return doubts;
        };
        if revision.price != self.price {
            doubts.push(PassException::PriceNotThePlans { sold: self.price, plan: revision.price });
        }
        let plan = facts.get::<Plan>(self.plan_id);
        if let Some(current) = plan
            .as_ref()
            .filter(|p| p.revision_id != self.revision_id)
            .and_then(|p| facts.get::<PlanRevision>(p.revision_id))
            && current.price != self.price
        {
            doubts.push(PassException::PriceOutOfDate { sold: self.price, now: current.price });
        }
        if plan.is_some_and(|p| p.retired_at.is_some()) {
            doubts.push(PassException::PlanRetired { name: revision.name.clone() });
        }
        doubts.extend(self.overlap(revision, held));
        doubts
    }

    /// Another device renewed the same plan for the same days.
    fn overlap(&self, revision: &PlanRevision, held: &[Holding]) -> Option<PassException> {
        let from = self.valid_from.filter(|_| self.start == StartChoice::AfterCurrent)?;
        let covers = |h: &&Holding| {
            h.pass.kind == PassKind::Time
                && h.pass.opens_doors()
                && h.pass.sections == revision.rules.sections
                && h.pass.valid_until.is_some_and(|until| until >= from)
        };
        held.iter()
            .filter(covers)
            .filter_map(|h| h.pass.valid_until)
            .max()
            .map(|other_until| PassException::RenewedTwice { other_until })
    }
}

impl Command for SellPass {
    const KIND: &'static str = "passes.sell";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();

    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }

    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let plan = Want::id::<Plan>(self.plan_id);
        let current = facts.peek::<Plan>(&plan).first().map(|p| Want::id::<PlanRevision>(p.revision_id));
        let mut wants = vec![
            plan,
            Want::id::<PlanRevision>(self.revision_id),
            Want::id::<Member>(self.member_id),
            Want::id::<Balance>(payments::owed_id(self.member_id)),
            receipt_want(&self.receipt),
        ];
        wants.extend(current);
        wants.extend(self.card.as_ref().map(|card| cards::number_want(&card.number())));
        wants.extend(self.spend().wants(facts));
        wants
    }

    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }

    fn is_well_formed(&self, (): &()) -> bool {
        let start = (self.start == StartChoice::FirstUse) == self.valid_from.is_none();
        let year = self.valid_from.is_none_or(|from| (1990..=2190).contains(&from.year()));
        let price = (0..=Money::CENTS_MAX).contains(&self.price.cents);
        let card = self.card.as_ref().is_none_or(NewCard::is_well_formed);
        start
            && year
            && price
            && card
            && self.receipt.is_well_formed()
            && tenders_well_formed(&self.tenders, self.price.cents, self.given_cents)
    }
}

impl Fact for SellPass {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let revision = facts.get::<PlanRevision>(self.revision_id);
        // What this very command wrote is not its own rival when it is decided again.
        let held: Vec<Holding> = holdings(self.member_id, facts)
            .into_iter()
            .filter(|h| h.pass.id.raw() != ctx.id(Self::PASS))
            .collect();
        let mut till = Till::open(facts, ctx);
        for doubt in self.doubts(facts, revision.as_ref(), &held) {
            till.decision.raise(ExceptionDraft::new(
                "passes",
                &doubt,
                vec![self.member_id.raw(), ctx.id(Self::PAYMENT)],
            ));
        }
        let pass = revision.as_ref().map(|revision| self.pass(revision, ctx));
        if let (Some(pass), Some(revision)) = (&pass, &revision) {
            till.decision.put(pass);
            let (account, whose) = (pass.id.raw(), self.member_id.raw());
            grant(&mut till, revision.rules.grant, account, whose, ctx.id(Self::PAYMENT));
        }
        let source = ctx.id(Self::PAYMENT);
        let payment = self.payment(pass.as_ref(), ctx);
        till.post(&Posting {
            account: self.member_id.raw(),
            unit: OWED_CENTS,
            amount: payment.owed_cents(),
            why: "sold",
            source: Some(source),
            reverses: None,
            whose: None,
        });
        till.spend_stored_value(&self.spend(), &held, source);
        till.write_payment(payment);
        if let Some(card) = &self.card {
            cards::issue(
                &mut till.decision,
                facts,
                ctx,
                CardId(ctx.id(Self::CARD)),
                self.member_id,
                &card.number(),
                Origin::Sold,
            );
        }
        till.decision
    }
}

/// The kind of pass a grant makes.
pub(super) const fn kind(grant: Grant) -> PassKind {
    match grant {
        Grant::Time { .. } => PassKind::Time,
        Grant::Count { .. } => PassKind::Count,
        Grant::Lifetime => PassKind::Lifetime,
        Grant::StoredValue { .. } => PassKind::StoredValue,
    }
}

/// The first ledger lines of a new pass.
fn grant(till: &mut Till<'_>, grant: Grant, account: Id, whose: Id, source: Id) {
    let lines: &[(&str, i64)] = match grant {
        Grant::Count { visits, .. } => &[(VISITS, i64::from(visits))],
        Grant::StoredValue { principal_cents, gift_cents } => {
            &[(PRINCIPAL_CENTS, principal_cents), (GIFT_CENTS, gift_cents)]
        }
        Grant::Time { .. } | Grant::Lifetime => &[],
    };
    for &(unit, amount) in lines {
        till.post_first(&Posting {
            account,
            unit,
            amount,
            why: "sold",
            source: Some(source),
            reverses: None,
            whose: Some(whose),
        });
    }
}
