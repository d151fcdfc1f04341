//! Messages of the page itself: the bar that can undo, and the banner that stays.

use std::time::Duration;

use leptos::prelude::*;

use super::dialog::CloseButton;
use super::mark::Answer;
use super::text::Text;
use super::words::words;

/// How long undoing is offered.
pub const UNDO_SECONDS: u64 = 10;

/// A sentence about what was just done, and for ten seconds the way back.
///
/// The time stops while the pointer or the focus is on it, so nobody has to hurry.
#[component]
pub fn UndoBar(
    #[prop(into)] text: Text,
    /// Without it the bar only says something.
    #[prop(optional, into)]
    on_undo: Option<Callback<()>>,
    /// Runs when the bar is done with: undone, timed out or closed.
    #[prop(into)]
    on_gone: Callback<()>,
) -> impl IntoView {
    let left = StoredValue::new(UNDO_SECONDS);
    let held = RwSignal::new(false);
    let tick = move || {
        // A tick that was on its way when the bar went finds nothing left to count.
        if held.try_get_untracked() != Some(false) {
            return;
        }
        left.update_value(|left| *left = left.saturating_sub(1));
        if left.get_value() == 0 {
            on_gone.run(());
        }
    };
    if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || timer.clear());
    }
    let undo = move |_| {
        on_undo.into_iter().for_each(|undo| undo.run(()));
        on_gone.run(());
    };
    view! {
        <div
            class="undo"
            role="status"
            on:pointerenter=move |_| held.set(true)
            on:pointerleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| { held.try_set(false); }
        >
            <span class="undo__text">{move || text.get()}</span>
            {on_undo.map(|_| view! {
                <button type="button" class="undo__button" on:click=undo>{move || (words().undo)()}</button>
            })}
        </div>
    }
}

/// A sentence that stays until its reason is gone. `Stop` interrupts a reader, others wait their turn.
#[component]
pub fn Banner(
    #[prop(into)] text: Text,
    #[prop(optional)] answer: Answer,
    #[prop(optional, into)] on_close: Option<Callback<()>>,
    /// Buttons beside the sentence.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let role = if answer == Answer::Stop { "alert" } else { "status" };
    view! {
        <div class=format!("banner banner--{}", answer.class())>
            <p class=format!("mark mark--{} banner__text", answer.class()) role=role>{move || text.get()}</p>
            {children.map(|children| view! { <div class="banner__acts">{children()}</div> })}
            {on_close.map(|on_close| view! { <CloseButton on_press=on_close /> })}
        </div>
    }
}
