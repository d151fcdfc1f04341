//! An instant that a view waits for: a class begins, an appointment can be confirmed.

use std::time::Duration;

use leptos::prelude::*;
use rollcall_domain::kernel::Timestamp;

use crate::studio::Studio;

/// Between two looks at the clock.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// True from an instant on; it looks at the clock for as long as the view lives.
pub fn reached(studio: &Studio, at: Timestamp) -> Signal<bool> {
    let there = RwSignal::new(at <= studio.now());
    if !there.get_untracked() {
        let studio = studio.clone();
        let look = move || {
            if there.try_get_untracked() == Some(false) && at <= studio.now() {
                there.set(true);
            }
        };
        // Without timers it is right again when the view is opened the next time.
        if let Ok(timer) = set_interval_with_handle(look, LOOK_EVERY) {
            on_cleanup(move || timer.clear());
        }
    }
    there.into()
}
