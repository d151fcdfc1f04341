//! Money that was taken or given back: numbered receipts, tenders, and nothing ever edited.
//!
//! Must never know what a pass opens; it knows what was paid for and by which lines of the ledger it can be taken back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::access::Reader;
use crate::kernel::alias::Circle;
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::ledger::{Balance, balance_id};
use crate::kernel::money::{Currency, Money};
use crate::kernel::number::Number;
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::typed_id;

mod exceptions;
mod lease;
mod offline;
mod receipt;
mod refusal;
mod tender;

pub use exceptions::PaymentException;
pub use lease::{
    EndMoneyLease, HOLD_TERM_MS, LEASE_TERM_MS, MONEY_ALL_KEY, MONEY_DEVICE_KEY, MONEY_MEMBER_KEY,
    MoneyLease, MoneyLeaseEnd, Used, lease_for_all, money_leases_of, money_leases_of_device,
};
pub use offline::{OfflineSpending, SetOfflineSpending, offline_id, offline_of, offline_want};
pub use receipt::{Receipt, ReceiptLine, receipt};
pub use refusal::MoneyRefusal;
pub use tender::{TENDERS_MAX, Tender, TenderKind, sum, tenders_well_formed};

typed_id! {
    /// One payment, either way.
    PaymentId,
    /// The right of a device to spend prepaid money by itself.
    MoneyLeaseId,
}

/// The slice's name in refusals and exceptions.
pub const SLICE: &str = "payments";

/// The ledger's unit of what a member owes; the account is the member.
pub const OWED_CENTS: &str = "owed_cents";
/// Characters of a reason.
pub const REASON_CHARS_MAX: usize = 200;

/// What a line of a receipt stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum LineOf {
    /// A pass.
    Pass {
        /// Which one.
        pass_id: Id,
    },
    /// Something owed before.
    Owed,
}

/// One line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it stands for.
    pub of: LineOf,
    /// What it is called; the screen finds words for an empty one.
    pub name: String,
    /// The first day, for a pass with dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// What it cost.
    pub price_cents: i64,
}

/// A ledger line this payment wrote, kept small so that a reversal needs no history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The line.
    pub entry: Id,
    /// Its account.
    pub account: Id,
    /// Its unit.
    pub unit: String,
    /// Its amount.
    pub amount: i64,
}

/// Money taken or given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Which one.
    pub id: PaymentId,
    /// The receipt's number in its device's series.
    pub number: Number,
    /// Told apart from another receipt that had this number first; empty in all other cases.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number_mark: String,
    /// Whose.
    pub member_id: MemberId,
    /// For what.
    pub lines: Vec<Line>,
    /// How it was paid, or paid back (below zero).
    pub tenders: Vec<Tender>,
    /// Σ of the lines.
    pub total_cents: i64,
    /// Σ of the tenders; less than the total where something stays owed.
    pub paid_cents: i64,
    /// Cash that was handed over, where change was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_cents: Option<i64>,
    /// The currency of all of it.
    pub currency: Currency,
    /// The ledger lines it wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// The payment it takes back, if it is a reversal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<PaymentId>,
    /// Why it was taken back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// True for a number that was used up without any money moving.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
    /// When.
    pub at: Timestamp,
    /// On which business day.
    pub on: NaiveDate,
    /// By whom.
    pub by: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// The command it came from.
    pub command: CommandId,
}

/// The key of the one payment of a receipt number.
pub const NUMBER_KEY: &str = "payment.number";
/// The key of a member's payments.
pub const MEMBER_KEY: &str = "payment.member";
/// The key of a business day's payments.
pub const DAY_KEY: &str = "payment.day";
/// The key of the reversals of a payment.
pub const REVERSES_KEY: &str = "payment.reverses";

impl Payment {
    /// What is printed: `A-000123`.
    #[must_use]
    pub fn label(&self) -> String {
        let mark = if self.number_mark.is_empty() { String::new() } else { format!("/{}", self.number_mark) };
        format!("{}{mark}", self.number.label())
    }

    /// Given back out of the cash that was handed over.
    #[must_use]
    pub fn change_cents(&self) -> i64 {
        let cash: i64 =
            self.tenders.iter().filter(|t| t.kind == TenderKind::Cash).map(|t| t.amount_cents).sum();
        self.given_cents.map_or(0, |given| (given - cash).max(0))
    }

    /// What stays owed of it.
    #[must_use]
    pub const fn owed_cents(&self) -> i64 {
        self.total_cents - self.paid_cents
    }

    /// The total as money.
    #[must_use]
    pub const fn total(&self) -> Money {
        Money::new(self.total_cents, self.currency)
    }
}

impl RecordBody for Payment {
    const KIND: &'static str = "payment";
    const KEYS_VERSION: u16 = 3;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Books, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        (!self.reason.is_empty()).then(|| self.member_id.raw()).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        // The receipt with its sums stays; what somebody wrote about it goes.
        Fate::Becomes(Self { reason: String::new(), ..self })
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.unique(NUMBER_KEY, KeyValue::of(self.label()));
        keys.shared(MEMBER_KEY, KeyValue::of(self.member_id.raw()));
        keys.shared(DAY_KEY, KeyValue::pair(self.on, self.at));
        if let Some(original) = self.reverses {
            keys.shared(REVERSES_KEY, KeyValue::of(original.raw()));
        }
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// The balance record of what a member owes.
#[must_use]
pub fn owed_id(member_id: MemberId) -> Id {
    balance_id(member_id.raw(), OWED_CENTS)
}

/// What a member owes, given that balance.
#[must_use]
pub fn owed(balance: Option<&Balance>) -> i64 {
    balance.map_or(0, |b| b.sum)
}

/// The wants for what a member owes under any of their ids.
#[must_use]
pub fn owed_wants(member_id: MemberId, facts: &Facts) -> Vec<Want> {
    let circle = Circle::so_far(member_id.raw(), facts);
    circle.ids().iter().map(|id| Want::id::<Balance>(owed_id(MemberId(*id)))).collect()
}

/// What a member owes under all of their ids, as the facts say.
#[must_use]
pub fn owed_in_all(member_id: MemberId, facts: &Facts) -> i64 {
    let circle = Circle::of(member_id.raw(), facts);
    circle.ids().iter().map(|id| owed(facts.get::<Balance>(owed_id(MemberId(*id))).as_ref())).sum()
}

/// The two keys of a day's payments: from the first to the last instant of it.
#[must_use]
pub fn day_range(on: NaiveDate) -> (KeyValue, KeyValue) {
    (KeyValue::pair(on, Timestamp(i64::MIN)), KeyValue::pair(on, Timestamp(i64::MAX)))
}

#[cfg(test)]
pub(crate) mod tests;
