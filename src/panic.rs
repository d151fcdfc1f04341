//! When the app breaks: shows the overlay that `index.html` keeps ready, outside everything the app drew.
//!
//! After a panic nothing of the app may be trusted, so this only unhides static text and fills in one number.
//! It says where the code broke and never what a person entered.

use std::panic::PanicHookInfo;

use crate::remember;

/// Where the sync loop keeps the number of commands not yet sent.
pub const WAITING_KEY: &str = "rollcall.waiting";

/// Installs the hook. Called first of all.
pub fn install() {
    std::panic::set_hook(Box::new(show));
}

fn show(info: &PanicHookInfo<'_>) {
    // The message may quote a value, and a value may be somebody's name: only the place is told.
    let place = info.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
    leptos::logging::error!("Rollcall stopped at {place}");
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Some(overlay) = document.get_element_by_id("crashed") else { return };
    let waiting = remember::read(WAITING_KEY).filter(|text| text.parse::<u32>().is_ok());
    if let Ok(places) = overlay.query_selector_all("[data-waiting]") {
        for at in 0..places.length() {
            if let Some(place) = places.item(at) {
                place.set_text_content(Some(waiting.as_deref().unwrap_or("0")));
            }
        }
    }
    let _ = overlay.remove_attribute("hidden");
}
