//! What must not be lost by closing the page: the count for the crash overlay, and a question before leaving too early.

use leptos::ev;
use leptos::prelude::*;

use crate::hub::Link;
use crate::panic::WAITING_KEY;
use crate::remember;
use crate::studio::{Lost, Studio};

/// Keeps both for as long as the app runs.
pub(super) fn guard(studio: &Studio, link: &Link) {
    let state = link.state();
    let waiting = Memo::new(move |_| state.get().waiting);
    let counted = studio.clone();
    Effect::new(move |_| {
        let waiting = waiting.get();
        // What waited when everything was taken away stays known until somebody begins anew.
        if !matches!(counted.lost(), Some(Lost::Everything { .. })) {
            remember::write(WAITING_KEY, &waiting.to_string());
        }
    });
    let studio = studio.clone();
    let heard = window_event_listener(ev::beforeunload, move |event| {
        if studio.is_unsaved() {
            // The browser asks in its own words.
            event.prevent_default();
        }
    });
    on_cleanup(move || heard.remove());
}
