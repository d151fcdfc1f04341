//! "A new version is ready": said only while nobody is in the middle of something.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::state::{ShellState, use_shell};
use crate::tr;
use crate::ui::{Button, ButtonKind};

/// How long nothing must have been pressed.
const IDLE_MS: f64 = 20_000.0;
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Hears from `start.js` that a version waits.
pub fn listen(shell: ShellState) {
    let ready = window_event_listener_untyped("rollcall:update-ready", move |_| shell.update_ready.set(true));
    on_cleanup(move || ready.remove());
    tell("rollcall:update-ask");
}

fn tell(name: &str) {
    if let Ok(event) = web_sys::CustomEvent::new(name) {
        // It only says whether somebody cancelled it; nobody can.
        let _ = window().dispatch_event(&event);
    }
}

/// The notice, with the choice to wait.
#[component]
pub fn UpdateNotice() -> impl IntoView {
    let shell = use_shell();
    let put_off = RwSignal::new(false);
    let idle = RwSignal::new(false);
    let touched_at = StoredValue::new(now_ms());
    let pressed = window_event_listener(ev::pointerdown, move |_| touched_at.set_value(now_ms()));
    let typed = window_event_listener(ev::keydown, move |_| touched_at.set_value(now_ms()));
    let look = move || {
        if shell.update_ready.get_untracked() && !idle.get_untracked() {
            idle.set(now_ms() - touched_at.get_value() > IDLE_MS && !is_busy());
        }
    };
    let timer = set_interval_with_handle(look, LOOK_EVERY).ok();
    on_cleanup(move || {
        pressed.remove();
        typed.remove();
        timer.inspect(|timer| timer.clear());
    });
    view! {
        <Show when=move || shell.update_ready.get() && idle.get() && !put_off.get()>
            <div class="update">
                <p role="status">{tr::shell::update_ready}</p>
                <div class="actions">
                    <Button kind=ButtonKind::Quiet on_press=move |()| put_off.set(true)>{tr::shell::update_later}</Button>
                    <Button kind=ButtonKind::Primary on_press=|()| tell("rollcall:update-now")>{tr::shell::update_now}</Button>
                </div>
            </div>
        </Show>
    }
}

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// A dialog is open or a field holds something: a reload would be felt.
fn is_busy() -> bool {
    let dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
    let filled = document()
        .active_element()
        .and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok())
        .is_some_and(|input| !input.value().is_empty());
    dialog || filled
}
