//! Something owed is paid: money, a receipt, and a smaller debt.

use serde::{Deserialize, Serialize};

use super::money::Spend;
use super::till::{Till, receipt_want};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::ledger::{Balance, Posting};
use crate::kernel::money::Money;
use crate::kernel::number::Number;
use crate::members::MemberId;
use crate::passes::holdings;
use crate::payments::{
    self, Line, LineOf, MoneyLeaseId, OWED_CENTS, Payment, PaymentException, PaymentId, Tender,
    tenders_well_formed,
};

/// A member pays what they owe, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakePayment {
    /// Who.
    pub member_id: MemberId,
    /// How much.
    pub amount: Money,
    /// How it was paid, all of it.
    pub tenders: Vec<Tender>,
    /// Cash handed over, where change was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_cents: Option<i64>,
    /// The receipt's number.
    pub receipt: Number,
    /// The lease of this device under which prepaid money is spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<MoneyLeaseId>,
}

impl TakePayment {
    fn spend(&self) -> Spend {
        Spend::of(self.member_id, &self.tenders, self.lease_id)
    }
}

impl Command for TakePayment {
    const KIND: &'static str = "payments.take";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();

    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }

    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let mut wants =
            vec![Want::id::<Balance>(payments::owed_id(self.member_id)), receipt_want(&self.receipt)];
        wants.extend(payments::owed_wants(self.member_id, facts));
        wants.extend(self.spend().wants(facts));
        wants
    }

    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }

    fn is_well_formed(&self, (): &()) -> bool {
        let paid_in_full = payments::sum(&self.tenders) == Some(self.amount.cents);
        self.amount.cents > 0
            && paid_in_full
            && self.receipt.is_well_formed()
            && tenders_well_formed(&self.tenders, self.amount.cents, self.given_cents)
    }
}

impl Fact for TakePayment {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let id = PaymentId(ctx.id(0));
        let source = Some(id.raw());
        let mut till = Till::open(facts, ctx);
        let left = payments::owed_in_all(self.member_id, facts).saturating_sub(self.amount.cents);
        till.post(&Posting {
            account: self.member_id.raw(),
            unit: OWED_CENTS,
            amount: -self.amount.cents,
            why: "paid",
            source,
            reverses: None,
            whose: None,
        });
        if left < 0 {
            let over_cents = (-left).min(self.amount.cents);
            till.raise(
                &PaymentException::PaidMoreThanOwed { over_cents },
                vec![self.member_id.raw(), id.raw()],
            );
        }
        till.spend_stored_value(&self.spend(), &holdings(self.member_id, facts), id.raw());
        till.write_payment(Payment {
            id,
            number: self.receipt.clone(),
            number_mark: String::new(),
            member_id: self.member_id,
            lines: vec![Line {
                of: LineOf::Owed,
                name: String::new(),
                valid_from: None,
                valid_until: None,
                price_cents: self.amount.cents,
            }],
            tenders: self.tenders.clone(),
            total_cents: self.amount.cents,
            paid_cents: self.amount.cents,
            given_cents: self.given_cents,
            currency: self.amount.currency,
            effects: Vec::new(),
            reverses: None,
            reason: String::new(),
            void: false,
            at: ctx.effective_at,
            on: ctx.today,
            by: ctx.actor,
            device: ctx.device,
            command: ctx.command,
        });
        till.decision
    }
}
