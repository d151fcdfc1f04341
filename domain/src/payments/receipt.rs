//! What a receipt says, ready to be printed: a view of a payment and the people it names.

use chrono::NaiveDate;

use super::{LineOf, Payment, Tender};
use crate::kernel::money::Currency;
use crate::kernel::time::Timestamp;

/// One printed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLine {
    /// What it stands for.
    pub of: LineOf,
    /// What it is called; the screen finds words for an empty one.
    pub name: String,
    /// The dates it is valid for.
    pub valid: Option<(NaiveDate, Option<NaiveDate>)>,
    /// What it cost.
    pub price_cents: i64,
}

/// A printed receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The studio.
    pub studio_name: String,
    /// The number.
    pub label: String,
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub member_name: String,
    /// By whom.
    pub by_name: String,
    /// For what.
    pub lines: Vec<ReceiptLine>,
    /// Σ of the lines.
    pub total_cents: i64,
    /// How it was paid.
    pub tenders: Vec<Tender>,
    /// Cash handed over, and the change.
    pub given: Option<(i64, i64)>,
    /// What stays owed.
    pub owed_cents: i64,
    /// The currency of all of it.
    pub currency: Currency,
    /// The receipt it takes back, and why.
    pub reverses: Option<(String, String)>,
    /// The receipt that took it back.
    pub reversed_by: Option<String>,
}

/// The receipt of a payment. `original` is the payment it takes back, `reversal` the one that took it back.
#[must_use]
pub fn receipt(
    payment: &Payment,
    original: Option<&Payment>,
    reversal: Option<&Payment>,
    studio_name: &str,
    member_name: &str,
    by_name: &str,
) -> Receipt {
    let line = |l: &super::Line| ReceiptLine {
        of: l.of,
        name: l.name.clone(),
        valid: l.valid_from.map(|from| (from, l.valid_until)),
        price_cents: l.price_cents,
    };
    Receipt {
        studio_name: studio_name.to_owned(),
        label: payment.label(),
        at: payment.at,
        member_name: member_name.to_owned(),
        by_name: by_name.to_owned(),
        lines: payment.lines.iter().map(line).collect(),
        total_cents: payment.total_cents,
        tenders: payment.tenders.clone(),
        given: payment.given_cents.map(|given| (given, payment.change_cents())),
        owed_cents: payment.owed_cents(),
        currency: payment.currency,
        reverses: payment
            .reverses
            .map(|_| (original.map(Payment::label).unwrap_or_default(), payment.reason.clone())),
        reversed_by: reversal.filter(|r| !r.void).map(Payment::label),
    }
}
