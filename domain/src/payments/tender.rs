//! How money is given. The amounts of a bill add up before anything is saved.

use serde::{Deserialize, Serialize};

use crate::kernel::money::Money;

/// Tenders of one bill at most.
pub const TENDERS_MAX: usize = 6;

/// A way to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins.
    Cash,
    /// A card terminal.
    BankCard,
    /// WeChat Pay.
    WechatPay,
    /// Alipay.
    Alipay,
    /// A bank transfer.
    Transfer,
    /// The member's prepaid money.
    StoredValue,
}

impl TenderKind {
    /// All of them, in the order of the buttons.
    pub const ALL: [Self; 6] =
        [Self::Cash, Self::BankCard, Self::WechatPay, Self::Alipay, Self::Transfer, Self::StoredValue];
}

/// One way a bill was paid, with how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// Which way.
    pub kind: TenderKind,
    /// How much; below zero when it was given back.
    pub amount_cents: i64,
}

/// Σ of tenders; nothing when it leaves the range.
#[must_use]
pub fn sum(tenders: &[Tender]) -> Option<i64> {
    tenders
        .iter()
        .try_fold(0i64, |sum, t| sum.checked_add(t.amount_cents))
        .filter(|sum| sum.abs() <= Money::CENTS_MAX)
}

/// True when tenders make sense for a bill: each above zero and named once, together no more than the total, and the cash
/// that was handed over covers the cash that was taken.
#[must_use]
pub fn tenders_well_formed(tenders: &[Tender], total_cents: i64, given_cents: Option<i64>) -> bool {
    let each = tenders.iter().all(|t| (1..=Money::CENTS_MAX).contains(&t.amount_cents));
    let once = TenderKind::ALL.iter().all(|kind| tenders.iter().filter(|t| t.kind == *kind).count() <= 1);
    let cash: i64 = tenders
        .iter()
        .filter(|t| t.kind == TenderKind::Cash)
        .fold(0, |cash, t| cash.saturating_add(t.amount_cents));
    let given = given_cents.is_none_or(|given| cash > 0 && (cash..=Money::CENTS_MAX).contains(&given));
    each && once
        && given
        && tenders.len() <= TENDERS_MAX
        && sum(tenders).is_some_and(|paid| paid <= total_cents)
}
