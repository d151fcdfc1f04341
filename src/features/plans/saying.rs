//! The catalogue's refusals as sentences.

use leptos::prelude::*;
use rollcall_domain::plans::PlanRefusal;
use serde_json::Value;

use super::state::refusal;
use crate::parts::refusals::{Saying, read};
use crate::parts::settings::currency;
use crate::studio::Studio;

/// The slice's words.
pub static SAYING: Saying = Saying { slice: "plans", say };

fn say(why: &Value) -> Option<String> {
    let why: PlanRefusal = read(why)?;
    // Figures are in the studio's currency.
    let currency = match &why {
        PlanRefusal::CurrencyDiffers { studio } => *studio,
        _ => use_context::<Studio>().map(|studio| untrack(|| currency(&studio))).unwrap_or_default(),
    };
    Some(refusal(&why, currency))
}
