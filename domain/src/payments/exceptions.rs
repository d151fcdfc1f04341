//! What money raises for a person to look at. Nothing in here stops a Fact.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What no rule may settle about money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PaymentException {
    /// The receipt's number was taken; it carries a mark now.
    ReceiptNumberTaken {
        /// How it is printed now.
        label: String,
    },
    /// Prepaid money was spent that was not there.
    StoredValueOverdrawn {
        /// By how much.
        short_cents: i64,
    },
    /// Prepaid money was spent without asking that is kept for another device.
    SpentHeldElsewhere {
        /// How much of it.
        short_cents: i64,
    },
    /// A device spent by itself after its right to had ended, and the money was gone by then.
    SpentAfterLease {
        /// How much was.
        short_cents: i64,
    },
    /// More was paid than was owed.
    PaidMoreThanOwed {
        /// By how much.
        over_cents: i64,
    },
    /// A payment was taken back that had been taken back before: no money was booked a second time.
    ReversedBefore {
        /// The receipt that was taken back.
        label: String,
    },
    /// A payment was taken back that is not known here, or is a reversal itself: nothing was booked.
    NotReversible {},
    /// A payment was taken back on a later day: the day it was taken is closed.
    ReversedLater {
        /// The receipt that was taken back.
        label: String,
        /// The day it was taken.
        taken_on: NaiveDate,
    },
    /// The sale was taken back after some of its visits had been used.
    VisitsUsedBefore {
        /// How many.
        used: i64,
    },
    /// The top-up was taken back after some of it had been spent.
    ValueSpentBefore {
        /// How much is missing.
        short_cents: i64,
    },
}

impl PaymentException {
    /// The two buttons.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        match self {
            Self::ReceiptNumberTaken { .. } => ["print_again", "seen"],
            Self::StoredValueOverdrawn { .. }
            | Self::SpentHeldElsewhere { .. }
            | Self::SpentAfterLease { .. }
            | Self::ValueSpentBefore { .. } => ["collect", "waive"],
            Self::PaidMoreThanOwed { .. } => ["give_back", "keep_as_credit"],
            Self::ReversedBefore { .. } => ["given_once", "given_twice"],
            Self::NotReversible {} => ["seen", "look_into"],
            Self::ReversedLater { .. } => ["approve", "look_into"],
            Self::VisitsUsedBefore { .. } => ["waive", "collect"],
        }
    }
}
