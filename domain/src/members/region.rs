//! The regions whose telephone habits and consumer rules the product knows. Presets are data; a studio edits its own copy.

use serde::{Deserialize, Serialize};

use super::terms::Statutory;
use crate::kernel::money::Currency;
use crate::studio::Settings;

/// Where a studio is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Mainland China.
    Mainland,
    /// Hong Kong.
    HongKong,
    /// Macau.
    Macau,
    /// Taiwan.
    Taiwan,
    /// Singapore.
    Singapore,
    /// Anywhere else.
    #[default]
    Elsewhere,
}

impl Region {
    /// All of them, in the order a list shows them.
    pub const ALL: [Self; 6] =
        [Self::Mainland, Self::HongKong, Self::Macau, Self::Taiwan, Self::Singapore, Self::Elsewhere];

    /// The region a studio's currency speaks of.
    #[must_use]
    pub const fn of(currency: Currency) -> Self {
        match currency {
            Currency::Cny => Self::Mainland,
            Currency::Hkd => Self::HongKong,
            Currency::Mop => Self::Macau,
            Currency::Twd => Self::Taiwan,
            Currency::Sgd => Self::Singapore,
            _ => Self::Elsewhere,
        }
    }

    /// The region of a studio; elsewhere before there is one.
    #[must_use]
    pub fn of_studio(settings: Option<&Settings>) -> Self {
        settings.map(|s| Self::of(s.currency)).unwrap_or_default()
    }

    /// The country calling code, where the region has one of its own.
    #[must_use]
    pub const fn calling_code(self) -> Option<&'static str> {
        match self {
            Self::Mainland => Some("86"),
            Self::HongKong => Some("852"),
            Self::Macau => Some("853"),
            Self::Taiwan => Some("886"),
            Self::Singapore => Some("65"),
            Self::Elsewhere => None,
        }
    }

    /// What the terms of a region usually promise, to begin with. A starting point for the owner and no legal advice:
    /// mainland model contracts for prepaid cards, Taiwan's standard fitness contract, Singapore's CaseTrust.
    #[must_use]
    pub const fn statutory(self) -> Statutory {
        match self {
            Self::Mainland => {
                Statutory { review_days: 0, cooling_off_days: 7, freeze_days: 60, refund_days: 15 }
            }
            Self::Taiwan => {
                Statutory { review_days: 3, cooling_off_days: 7, freeze_days: 90, refund_days: 15 }
            }
            Self::Singapore => {
                Statutory { review_days: 0, cooling_off_days: 5, freeze_days: 30, refund_days: 14 }
            }
            Self::HongKong | Self::Macau => {
                Statutory { review_days: 0, cooling_off_days: 7, freeze_days: 30, refund_days: 14 }
            }
            Self::Elsewhere => {
                Statutory { review_days: 0, cooling_off_days: 14, freeze_days: 30, refund_days: 14 }
            }
        }
    }
}
