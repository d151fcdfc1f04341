//! One payment being written: ledger lines that chain within a command, the receipt's number, prepaid money spent in its order.

use crate::kernel::order;
use std::collections::BTreeMap;

use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::keys::KeyValue;
use crate::kernel::ledger::{self, Balance, Posting, balance_id};
use crate::kernel::number::Number;
use crate::members::MemberId;
use crate::passes::{GIFT_CENTS, Holding, PRINCIPAL_CENTS, PassKind};
use crate::payments::{Effect, NUMBER_KEY, Payment, PaymentException, Tender, TenderKind};

/// Ledger lines of a command get ids from here on, clear of the records it creates.
const LINE_INDEX: u32 = 1 << 10;

/// A decision that writes ledger lines.
pub(super) struct Till<'a> {
    pub(super) facts: &'a Facts,
    pub(super) ctx: &'a Ctx,
    pub(super) decision: Decision,
    pub(super) effects: Vec<Effect>,
    balances: BTreeMap<Id, Balance>,
    lines: u32,
}

impl<'a> Till<'a> {
    pub(super) fn open(facts: &'a Facts, ctx: &'a Ctx) -> Self {
        Self {
            facts,
            ctx,
            decision: Decision::nothing(),
            effects: Vec::new(),
            balances: BTreeMap::new(),
            lines: 0,
        }
    }

    /// Writes one line; returns the account's new sum. Zero writes nothing.
    pub(super) fn post(&mut self, posting: &Posting<'_>) -> i64 {
        let id = balance_id(posting.account, posting.unit);
        let before = self.balances.get(&id).cloned().or_else(|| self.facts.get::<Balance>(id));
        if posting.amount == 0 {
            return before.map_or(0, |b| b.sum);
        }
        self.write(id, before, posting)
    }

    /// Writes the first line of an account that this command creates: nobody could have asked for its balance.
    pub(super) fn post_first(&mut self, posting: &Posting<'_>) {
        if posting.amount != 0 {
            let id = balance_id(posting.account, posting.unit);
            self.write(id, None, posting);
        }
    }

    fn write(&mut self, id: Id, before: Option<Balance>, posting: &Posting<'_>) -> i64 {
        let after = ledger::post(&mut self.decision, self.ctx, LINE_INDEX + self.lines, before, posting);
        self.lines += 1;
        self.effects.push(Effect {
            entry: after.last_entry,
            account: posting.account,
            unit: posting.unit.to_owned(),
            amount: posting.amount,
        });
        let sum = after.sum;
        self.balances.insert(id, after);
        sum
    }

    pub(super) fn raise(&mut self, what: &PaymentException, about: Vec<Id>) {
        self.decision.raise(ExceptionDraft::new("payments", what, about));
    }

    /// Spends prepaid money: what was paid in first, then what was given, oldest pass first. What is not there becomes a
    /// named debt on the oldest pass, or on the member where there is none.
    pub(super) fn spend_stored_value(
        &mut self,
        member_id: MemberId,
        holdings: &[Holding],
        amount_cents: i64,
        source: Id,
    ) {
        let mut purses: Vec<&Holding> = holdings
            .iter()
            .filter(|h| h.pass.kind == PassKind::StoredValue && h.pass.reversed_at.is_none())
            .collect();
        order::by_key(&mut purses, |h| (h.pass.sold_at, h.pass.id));
        let mut rest = amount_cents;
        for unit in [PRINCIPAL_CENTS, GIFT_CENTS] {
            for purse in &purses {
                let there = if unit == PRINCIPAL_CENTS { purse.principal_cents } else { purse.gift_cents };
                let part = rest.min(there.max(0));
                self.post(&Posting {
                    account: purse.pass.id.raw(),
                    unit,
                    amount: -part,
                    why: "spent",
                    source: Some(source),
                    reverses: None,
                    whose: Some(purse.pass.member_id.raw()),
                });
                rest -= part;
            }
        }
        if rest > 0 {
            let own = (member_id.raw(), member_id.raw());
            let (account, whose) =
                purses.first().map_or(own, |purse| (purse.pass.id.raw(), purse.pass.member_id.raw()));
            self.post(&Posting {
                account,
                unit: PRINCIPAL_CENTS,
                amount: -rest,
                why: "overdrawn",
                source: Some(source),
                reverses: None,
                whose: Some(whose),
            });
            self.raise(&PaymentException::StoredValueOverdrawn { short_cents: rest }, vec![member_id.raw()]);
        }
    }

    /// Writes the payment, under its number or, where another receipt had it first, under the number and a mark.
    pub(super) fn write_payment(&mut self, mut payment: Payment) {
        if let Some(other) = self
            .facts
            .by_key::<Payment>(NUMBER_KEY, KeyValue::of(payment.label()))
            .into_iter()
            .find(|p| p.id != payment.id)
        {
            let hex = self.ctx.command.raw().simple().to_string();
            payment.number_mark = hex.get(hex.len() - 6..).unwrap_or_default().to_uppercase();
            self.raise(
                &PaymentException::ReceiptNumberTaken { label: payment.label() },
                vec![payment.id.raw(), other.id.raw()],
            );
        }
        payment.effects = std::mem::take(&mut self.effects);
        self.decision.put(&payment);
    }
}

/// The want that shows whether a receipt's number is taken.
pub(super) fn receipt_want(number: &Number) -> Want {
    Want::key::<Payment>(NUMBER_KEY, KeyValue::of(number.label()))
}

/// How much of a bill is paid with prepaid money.
pub(super) fn stored_value_cents(tenders: &[Tender]) -> i64 {
    tenders.iter().filter(|t| t.kind == TenderKind::StoredValue).map(|t| t.amount_cents).sum()
}

/// The wants for the balance that a debt of spent prepaid money may fall on where the member holds no such pass.
pub(super) fn overdraft_want(member_id: MemberId) -> Want {
    Want::id::<Balance>(balance_id(member_id.raw(), PRINCIPAL_CENTS))
}
