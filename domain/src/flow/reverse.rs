//! A payment is taken back: money is returned, and everything it wrote is written once more with the other sign.
//!
//! A Fact, because the money has changed hands at the desk. What a careful rule would have refused (taken back before, on a
//! later day, visits used already) becomes an exception beside it. Nothing is edited: the reversal is a payment of its own,
//! with its own number, that names the one it takes back.

use serde::{Deserialize, Serialize};

use super::till::{Till, receipt_want};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::keys::KeyValue;
use crate::kernel::ledger::{Balance, Posting, balance_id};
use crate::kernel::money::Currency;
use crate::kernel::number::Number;
use crate::kernel::text;
use crate::members::MemberId;
use crate::passes::{GIFT_CENTS, PRINCIPAL_CENTS, Pass, VISITS};
use crate::payments::{
    Effect, LineOf, Payment, PaymentException, PaymentId, REASON_CHARS_MAX, REVERSES_KEY, Tender,
};

/// A payment is taken back in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReversePayment {
    /// Which one.
    pub payment_id: PaymentId,
    /// Whose.
    pub member_id: MemberId,
    /// The number of the reversal's own receipt.
    pub receipt: Number,
}

/// Why, in the desk's words; they may name somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reason {
    /// One sentence.
    pub reason: String,
}

impl Command for ReversePayment {
    const KIND: &'static str = "payments.reverse";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = Reason;

    fn subjects(&self, _: &Reason, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }

    fn wants(&self, _: &Reason, facts: &Facts) -> Vec<Want> {
        let original = Want::id::<Payment>(self.payment_id);
        let known = facts.peek::<Payment>(&original).pop();
        let mut wants = vec![
            original,
            Want::key::<Payment>(REVERSES_KEY, KeyValue::of(self.payment_id.raw())),
            receipt_want(&self.receipt),
        ];
        if let Some(payment) = known {
            wants.extend(pass_ids(&payment).map(Want::id::<Pass>));
            wants.extend(payment.effects.iter().map(|e| Want::id::<Balance>(balance_id(e.account, &e.unit))));
        }
        wants
    }

    fn is_well_formed(&self, personal: &Reason) -> bool {
        self.receipt.is_well_formed() && text::fits(&personal.reason, REASON_CHARS_MAX)
    }
}

impl Fact for ReversePayment {
    fn decide(&self, personal: &Reason, facts: &Facts, ctx: &Ctx) -> Decision {
        let mut till = Till::open(facts, ctx);
        let id = PaymentId(ctx.id(0));
        let about = vec![self.member_id.raw(), self.payment_id.raw(), id.raw()];
        let reason = text::tidy_line(&personal.reason);
        let before = facts.by_key::<Payment>(REVERSES_KEY, KeyValue::of(self.payment_id.raw()));
        let original = facts.get::<Payment>(self.payment_id).filter(|p| p.reverses.is_none() && !p.void);
        let Some(original) = original else {
            till.raise(&PaymentException::NotReversible {}, about);
            till.write_payment(self.void(id, None, reason, ctx));
            return till.decision;
        };
        if before.iter().any(|p| !p.void && p.id != id) {
            till.raise(&PaymentException::ReversedBefore { label: original.label() }, about);
            till.write_payment(self.void(id, Some(&original), reason, ctx));
            return till.decision;
        }
        if original.on != ctx.today {
            till.raise(
                &PaymentException::ReversedLater { label: original.label(), taken_on: original.on },
                about.clone(),
            );
        }
        take_back_passes(&mut till, &original);
        take_back_lines(&mut till, &original.effects, id.raw(), &about);
        till.write_payment(self.mirrored(id, &original, reason, ctx));
        till.decision
    }
}

impl ReversePayment {
    /// The reversal: every figure of the original with the other sign.
    fn mirrored(&self, id: PaymentId, original: &Payment, reason: String, ctx: &Ctx) -> Payment {
        let mut lines = original.lines.clone();
        for line in &mut lines {
            line.price_cents = -line.price_cents;
        }
        Payment {
            lines,
            tenders: original
                .tenders
                .iter()
                .map(|t| Tender { kind: t.kind, amount_cents: -t.amount_cents })
                .collect(),
            total_cents: -original.total_cents,
            paid_cents: -original.paid_cents,
            void: false,
            ..self.void(id, Some(original), reason, ctx)
        }
    }

    /// A number that was used up without money moving: the series has no gaps.
    fn void(&self, id: PaymentId, original: Option<&Payment>, reason: String, ctx: &Ctx) -> Payment {
        Payment {
            id,
            number: self.receipt.clone(),
            number_mark: String::new(),
            // With the payment it takes back, under whichever id that was taken.
            member_id: original.map_or(self.member_id, |p| p.member_id),
            lines: Vec::new(),
            tenders: Vec::new(),
            total_cents: 0,
            paid_cents: 0,
            given_cents: None,
            currency: original.map_or_else(Currency::default, |p| p.currency),
            effects: Vec::new(),
            reverses: Some(self.payment_id),
            reason,
            void: true,
            at: ctx.effective_at,
            on: ctx.today,
            by: ctx.actor,
            device: ctx.device,
            command: ctx.command,
        }
    }
}

fn pass_ids(payment: &Payment) -> impl Iterator<Item = Id> + '_ {
    payment.lines.iter().filter_map(|line| match line.of {
        LineOf::Pass { pass_id } => Some(pass_id),
        LineOf::Owed => None,
    })
}

fn take_back_passes(till: &mut Till<'_>, original: &Payment) {
    for id in pass_ids(original) {
        if let Some(pass) = till.facts.get::<Pass>(id) {
            let after = Pass { reversed_at: Some(till.ctx.effective_at), ..pass };
            till.decision.replace(till.facts.record::<Pass>(id), &after);
        }
    }
}

/// Writes every ledger line once more with the other sign, and names what is missing afterwards.
fn take_back_lines(till: &mut Till<'_>, effects: &[Effect], source: Id, about: &[Id]) {
    let mut short_cents = 0;
    for effect in effects {
        let left = till.post(&Posting {
            account: effect.account,
            unit: &effect.unit,
            amount: -effect.amount,
            why: "reversed",
            source: Some(source),
            reverses: Some(effect.entry),
            whose: None,
        });
        let taken_away = effect.amount > 0 && left < 0;
        match effect.unit.as_str() {
            VISITS if taken_away => {
                till.raise(&PaymentException::VisitsUsedBefore { used: -left }, about.to_vec());
            }
            PRINCIPAL_CENTS | GIFT_CENTS if taken_away => short_cents -= left,
            _ => {}
        }
    }
    if short_cents > 0 {
        till.raise(&PaymentException::ValueSpentBefore { short_cents }, about.to_vec());
    }
}
