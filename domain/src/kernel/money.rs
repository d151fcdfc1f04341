//! Money in whole minor units with its currency. No float ever touches it.

use serde::{Deserialize, Serialize};

/// The currencies a studio may keep its books in (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Renminbi.
    #[default]
    Cny,
    /// Hong Kong dollar.
    Hkd,
    /// Macau pataca.
    Mop,
    /// New Taiwan dollar; kept without minor units, as it is used.
    Twd,
    /// Singapore dollar.
    Sgd,
    /// Malaysian ringgit.
    Myr,
    /// Japanese yen.
    Jpy,
    /// US dollar.
    Usd,
    /// Euro.
    Eur,
    /// Pound sterling.
    Gbp,
    /// Canadian dollar.
    Cad,
    /// Australian dollar.
    Aud,
}

impl Currency {
    /// All of them, in the order a list shows them.
    pub const ALL: [Self; 12] = [
        Self::Cny,
        Self::Hkd,
        Self::Mop,
        Self::Twd,
        Self::Sgd,
        Self::Myr,
        Self::Jpy,
        Self::Usd,
        Self::Eur,
        Self::Gbp,
        Self::Cad,
        Self::Aud,
    ];

    /// The ISO 4217 letters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cny => "CNY",
            Self::Hkd => "HKD",
            Self::Mop => "MOP",
            Self::Twd => "TWD",
            Self::Sgd => "SGD",
            Self::Myr => "MYR",
            Self::Jpy => "JPY",
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Cad => "CAD",
            Self::Aud => "AUD",
        }
    }

    /// Digits after the decimal point: 0 or 2.
    #[must_use]
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Twd | Self::Jpy => 0,
            _ => 2,
        }
    }

    /// The currency of these ISO letters, if the product knows it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

/// An amount: minor units (cents, fen; whole dollars for TWD and JPY) of one currency. May be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Money {
    /// Minor units.
    pub cents: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// The largest amount a single line may carry, either way: ten thousand million units of a two-digit currency.
    pub const CENTS_MAX: i64 = 1_000_000_000_000;

    /// So many minor units.
    #[must_use]
    pub const fn new(cents: i64, currency: Currency) -> Self {
        Self { cents, currency }
    }

    /// The sum, or nothing when the currencies differ or it leaves the range.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let cents = self.cents.checked_add(other.cents)?;
        (cents.abs() <= Self::CENTS_MAX).then_some(Self { cents, ..self })
    }
}
