//! The plans a new studio begins with, so that the desk can sell on its first morning. The owner changes or retires them.

use super::offer::{self, PlanDraft};
use super::{Grant, Length, PlanId, PlanRevisionId, PlanRules, Starts};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::facts::Facts;
use crate::kernel::money::{Currency, Money};
use crate::kernel::record::Change;
use crate::studio::Settings;

/// Ids of what this reaction creates start here, clear of those the opening command counts up itself.
const INDEX_BASE: u32 = 1 << 16;

/// One plan to begin with.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// English, Simplified, Traditional: data of the new studio from here on, not words of the app.
    names: [&'static str; 3],
    /// In hundredths of a month's price.
    months_percent: i64,
    grant: Grant,
    starts: Starts,
    freeze_days: u32,
}

const fn time(names: [&'static str; 3], months: u32, months_percent: i64, freeze_days: u32) -> Preset {
    Preset {
        names,
        months_percent,
        grant: Grant::Time { length: Length::Months(months) },
        starts: Starts::AtPurchase,
        freeze_days,
    }
}

/// All of them, in the order of the tiles.
pub const PRESETS: [Preset; 5] = [
    time(["Month", "月卡", "月票"], 1, 100, 0),
    time(["Quarter", "季卡", "季票"], 3, 270, 15),
    time(["Year", "年卡", "年票"], 12, 900, 60),
    Preset {
        names: ["10 visits", "10 次卡", "10 次票"],
        months_percent: 160,
        grant: Grant::Count { visits: 10, length: Some(Length::Months(6)) },
        starts: Starts::AtFirstUse,
        freeze_days: 0,
    },
    Preset {
        names: ["Single visit", "单次票", "單次票"],
        months_percent: 20,
        grant: Grant::Count { visits: 1, length: Some(Length::Days(30)) },
        starts: Starts::AtPurchase,
        freeze_days: 0,
    },
];

/// What a month costs in a studio that has not set its prices yet: a figure to overwrite, not an advice.
const fn month_units(currency: Currency) -> i64 {
    match currency {
        Currency::Cny => 300,
        Currency::Hkd | Currency::Mop => 600,
        Currency::Twd => 1_500,
        Currency::Sgd | Currency::Aud => 100,
        Currency::Myr => 200,
        Currency::Jpy => 9_000,
        Currency::Usd => 80,
        Currency::Eur => 70,
        Currency::Gbp => 60,
        Currency::Cad => 90,
    }
}

/// A preset as a draft of this studio.
#[must_use]
pub fn draft_of(preset: &Preset, language: &str, currency: Currency) -> PlanDraft {
    let name = match language {
        "zh-Hans" => preset.names[1],
        "zh-Hant" => preset.names[2],
        _ => preset.names[0],
    };
    let units = month_units(currency) * preset.months_percent / 100;
    PlanDraft {
        name: name.to_owned(),
        price: Money::new(units * 10_i64.pow(currency.exponent()), currency),
        rules: PlanRules {
            grant: preset.grant,
            starts: preset.starts,
            sections: Vec::new(),
            freeze_days: preset.freeze_days,
            grace_days: 0,
            shareable: false,
            transferable: false,
        },
    }
}

/// Reaction to a studio's first settings: its catalogue is not empty. The sample studio brings its own.
#[must_use]
pub fn add_presets(changes: &[&Change], _facts: &Facts, ctx: &Ctx) -> Decision {
    let mut decision = Decision::nothing();
    let body = changes.first().and_then(|change| change.body.as_deref());
    let Some(settings) = body.and_then(|body| serde_json::from_str::<Settings>(body).ok()) else {
        return decision;
    };
    if settings.revision != 1 || settings.sample {
        return decision;
    }
    for (step, preset) in (0u32..).zip(&PRESETS) {
        let draft = draft_of(preset, &settings.language, settings.currency);
        let index = INDEX_BASE + step * 2;
        // The list is ordered by this instant; a millisecond apart keeps the order of the tiles.
        let ctx = Ctx { effective_at: ctx.effective_at.plus_ms(i64::from(step)), ..*ctx };
        offer::offer(&mut decision, &draft, PlanId(ctx.id(index)), PlanRevisionId(ctx.id(index + 1)), &ctx);
    }
    decision
}
