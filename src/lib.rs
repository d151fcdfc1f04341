//! The app: what a studio's people see and press. It decides nothing by itself; rules live in `domain`.
#![allow(
    unreachable_pub,
    reason = "the component macro makes its functions pub, however narrow they are meant"
)]

pub mod backup;
pub mod bytes;
pub mod desk;
pub mod device;
pub mod features;
pub mod fmt;
pub mod gallery;
pub mod hub;
pub mod journal;
pub mod live;
pub mod opening;
pub mod panic;
pub mod parts;
pub mod remember;
pub mod routes;
pub mod sample;
pub mod shell;
pub mod store;
pub mod studio;
pub mod sync;
pub mod tr;
pub mod ui;
pub mod vault;
mod wiring;
mod words;

use leptos::prelude::*;
use leptos_router::components::Router;

use shell::{Chrome, Shell, ShellState};

/// Starts the app: takes the place of the page painted before it.
pub fn start() {
    panic::install();
    tr::init();
    words::give();
    wiring::give();
    mount_to_body(App);
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}

/// Frame and screens.
#[component]
pub fn App() -> impl IntoView {
    let shell = ShellState::new();
    // A device that has never had a studio begins without a frame, so that none flashes up before the first question.
    if shell.is_first_visit() || device::has_left() {
        shell.chrome.set(Chrome::Bare);
    } else if untrack(parts::kiosk::is_on) {
        shell.chrome.set(Chrome::Alone);
    }
    provide_context(shell);
    let inside = move || match device::has_left() {
        true => view! { <features::start::Left /> }.into_any(),
        false => view! { <opening::Opening><desk::Desk /></opening::Opening> }.into_any(),
    };
    view! {
        <Router>
            <Shell>
                {inside()}
            </Shell>
        </Router>
    }
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
