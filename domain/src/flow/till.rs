//! One payment being written: ledger lines that chain within a command, the receipt's number, prepaid money spent in its order.

use std::collections::BTreeMap;

use super::money::{Spend, draw, purses};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::keys::KeyValue;
use crate::kernel::ledger::{self, Balance, Posting, balance_id};
use crate::kernel::number::Number;
use crate::passes::{Holding, PRINCIPAL_CENTS};
use crate::payments::{Effect, MoneyLease, NUMBER_KEY, Payment, PaymentException};

/// Ledger lines of a command get ids from here on, clear of the records it creates.
const LINE_INDEX: u32 = 1 << 10;
/// Lines of a reaction are counted from here on.
const REACTION_LINES: u32 = 1 << 16;

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

    /// The same for lines that a reaction adds: clear of those of the decision it follows.
    pub(super) fn reacting(facts: &'a Facts, ctx: &'a Ctx) -> Self {
        Self { lines: REACTION_LINES, ..Self::open(facts, ctx) }
    }

    /// Takes a balance as the decision it follows has left it: a reaction finds what was before.
    pub(super) fn knowing(&mut self, balance: Balance) {
        self.balances.insert(balance.id, balance);
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

    /// Spends prepaid money: what was paid in first, then what was given, oldest pass first. What is not there, or is kept
    /// for another device, becomes a named debt: on the oldest pass, or on the member where there is none or where a pass
    /// holds what another device may still spend.
    pub(super) fn spend_stored_value(&mut self, spend: &Spend, held: &[Holding], source: Id) {
        if spend.cents <= 0 {
            return;
        }
        let ruled = spend.ruled(held, self.facts, self.ctx);
        let drawn = draw(held, ruled.granted_cents);
        for part in &drawn {
            self.post(&Posting {
                account: part.pass_id.raw(),
                unit: part.unit,
                amount: -part.cents,
                why: "spent",
                source: Some(source),
                reverses: None,
                whose: Some(part.whose.raw()),
            });
        }
        let short_cents = spend.cents - drawn.iter().map(|part| part.cents).sum::<i64>();
        if short_cents > 0 {
            let own = (spend.member_id.raw(), spend.member_id.raw());
            let oldest = purses(held).first().map(|purse| (purse.pass.id.raw(), purse.pass.member_id.raw()));
            let (account, whose) = oldest.filter(|_| ruled.kept_cents == 0).unwrap_or(own);
            self.post(&Posting {
                account,
                unit: PRINCIPAL_CENTS,
                amount: -short_cents,
                why: "overdrawn",
                source: Some(source),
                reverses: None,
                whose: Some(whose),
            });
            self.raise(&ruled.exception(short_cents), vec![spend.member_id.raw(), source]);
        }
        if let Some(mut lease) = ruled.lease {
            lease.spend(spend.member_id, spend.cents, self.ctx.effective_at);
            self.decision.replace(self.facts.record::<MoneyLease>(lease.id), &lease);
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
