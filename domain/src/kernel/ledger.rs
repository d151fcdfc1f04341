//! Append-only lines and the balance that is their sum, the same fold everywhere.

use serde::{Deserialize, Serialize};

use super::access::Reader;
use super::decide::{Ctx, Decision};
use super::erasure::Tells;
use super::ids::{self, CommandId, DeviceId, Id, PersonId};
use super::keys::{KeyValue, Keys};
use super::record::{RecordBody, Temperature};
use super::time::Timestamp;
use super::{Planted, planted};

/// One signed line of an account. Never edited, only reversed by another line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Derived from the command.
    pub id: Id,
    /// The account: usually the record it belongs to (a pass).
    pub account: Id,
    /// What is counted: `visits`, `principal_cents`.
    pub unit: String,
    /// How many, signed.
    pub amount: i64,
    /// Why, the slice's own word: `sold`, `spent`, `returned`.
    pub why: String,
    /// The record that explains it (a visit, a payment).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Id>,
    /// The line it takes back, if it is a reversal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<Id>,
    /// The command it came from.
    pub command: CommandId,
    /// Who.
    pub by: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// When it counts.
    pub at: Timestamp,
    /// Whose account it is, where it is not the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whose: Option<Id>,
}

/// The key of all lines of an account.
pub const ACCOUNT_KEY: &str = "ledger.account";

impl RecordBody for LedgerEntry {
    const KIND: &'static str = "ledger_entry";
    const KEYS_VERSION: u16 = 2;
    const TEMPERATURE: Temperature = Temperature::Cold;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Books, Reader::Own];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id
    }
    fn about(&self) -> Vec<Id> {
        about(self.account, self.whose)
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(ACCOUNT_KEY, KeyValue::of(self.account));
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// What an account holds: written by the decision that adds a line, so that the lines need not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// One per account and unit; see [`balance_id`].
    pub id: Id,
    /// The account.
    pub account: Id,
    /// What is counted.
    pub unit: String,
    /// Σ of all lines.
    pub sum: i64,
    /// How many lines.
    pub count: u64,
    /// The newest line.
    pub last_entry: Id,
    /// Whose account it is, where it is not the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whose: Option<Id>,
}

/// Whom a line or a balance is about: somebody whose own account it is, and whoever holds it.
fn about(account: Id, whose: Option<Id>) -> Vec<Id> {
    let mut about = vec![account];
    about.extend(whose.filter(|id| *id != account));
    about
}

/// The one balance record of an account and unit.
#[must_use]
pub fn balance_id(account: Id, unit: &str) -> Id {
    ids::named(account, unit.as_bytes())
}

impl RecordBody for Balance {
    const KIND: &'static str = "balance";
    const KEYS_VERSION: u16 = 2;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Books, Reader::Own];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id
    }
    fn about(&self) -> Vec<Id> {
        about(self.account, self.whose)
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared("balance.account", KeyValue::of(self.account));
    }
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct Posting<'a> {
    /// The account.
    pub account: Id,
    /// What is counted.
    pub unit: &'a str,
    /// How many, signed.
    pub amount: i64,
    /// Why.
    pub why: &'a str,
    /// The record that explains it.
    pub source: Option<Id>,
    /// The line it takes back.
    pub reverses: Option<Id>,
    /// Whose account it is, where that is not known of it yet.
    pub whose: Option<Id>,
}

/// Writes a line and the account's new balance. `index` numbers the line within the command.
///
/// Returns the new balance. A sum that leaves the range of i64 stops at its end and is raised by the caller's own checks.
pub fn post(
    decision: &mut Decision,
    ctx: &Ctx,
    index: u32,
    before: Option<Balance>,
    posting: &Posting<'_>,
) -> Balance {
    let whose = posting.whose.or_else(|| before.as_ref().and_then(|b| b.whose));
    let entry = LedgerEntry {
        id: ctx.id(index),
        account: posting.account,
        unit: posting.unit.to_owned(),
        amount: posting.amount,
        why: posting.why.to_owned(),
        source: posting.source,
        reverses: posting.reverses,
        command: ctx.command,
        by: ctx.actor,
        device: ctx.device,
        at: ctx.effective_at,
        whose,
    };
    let (sum, count) = before.as_ref().map_or((0, 0), |b| (b.sum, b.count));
    let balance = Balance {
        id: balance_id(posting.account, posting.unit),
        account: posting.account,
        unit: posting.unit.to_owned(),
        sum: if planted(Planted::BalanceApart) && count > 1 {
            sum
        } else {
            sum.saturating_add(posting.amount)
        },
        count: count + 1,
        last_entry: entry.id,
        whose,
    };
    decision.put(&entry);
    decision.put(&balance);
    balance
}
