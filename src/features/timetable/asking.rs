//! What was asked of a court, where the hub could not do it after all.

use rollcall_domain::classes::{HireCourt, Place, ReleaseCourt};
use rollcall_domain::kernel::command::Command as _;
use rollcall_domain::kernel::json;
use serde_json::Value;

use crate::fmt;
use crate::parts::answers::Asking;
use crate::parts::members::{called, person};
use crate::studio::Studio;
use crate::tr::courts as t;
use crate::ui::time_text;

/// The slice's wishes in words.
pub static ASKING: Asking = Asking { slice: "classes", words, again };

fn words(studio: &Studio, kind: &str, asked: &Value) -> Option<String> {
    match kind {
        HireCourt::KIND => {
            let HireCourt { place_id, on, from_hour, member_id, .. } = json::read(asked).ok()?;
            let court = studio.live().get::<Place>(place_id.raw()).map(|place| place.draft.name);
            let court = court.unwrap_or_else(|| t::a_court().to_owned());
            let (day, time) = (fmt::day(on), time_text(from_hour * 60));
            let who = member_id.and_then(|id| person(studio, id)).map(|member| called(&member));
            Some(match who {
                Some(who) => t::asked_for(court, day, time, who),
                None => t::asked(court, day, time),
            })
        }
        ReleaseCourt::KIND => Some(t::asked_back().to_owned()),
        _ => None,
    }
}

fn again(_: &Studio, kind: &str) -> Option<(String, &'static str)> {
    (kind == HireCourt::KIND).then(|| ("/classes/courts".to_owned(), t::pick_another()))
}
