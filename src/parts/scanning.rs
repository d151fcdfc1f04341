//! A line that people and scanners type into: how it ends, and that what is typed beside it is not lost.
//!
//! A USB scanner is a keyboard: it types fast, wherever the focus is, and ends with a return, a line feed or a tab.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::ui::{focus, focused};

/// Characters that fit into such a line: the address of a roster is the longest that is scanned.
pub const LINE_CHARS_MAX: u32 = 300;

/// What a key means to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKey {
    /// The line is at its end.
    End,
    /// The key of the end is held down: nothing more follows from it.
    Held,
    /// Any other key.
    Other,
}

/// Whether a key ends the line; one that does goes nowhere else. `is_whole` says whether what stands there was scanned:
/// only then does a tab end it, for whoever types a name and presses Tab wants to go on to the next thing.
pub fn line_key(event: &KeyboardEvent, is_whole: impl FnOnce() -> bool) -> LineKey {
    let ends = match event.key().as_str() {
        "Enter" => true,
        // A scanner that ends with a line feed presses Ctrl and J.
        "j" | "J" => event.ctrl_key(),
        "Tab" => !event.shift_key() && is_whole(),
        _ => false,
    };
    if !ends {
        return LineKey::Other;
    }
    event.prevent_default();
    if event.repeat() { LineKey::Held } else { LineKey::End }
}

/// The line takes the focus at first, whenever what `follows` reads has changed, and whenever somebody types beside any
/// field.
pub fn keep_focus(node: NodeRef<html::Input>, follows: impl Fn() + 'static) {
    let take = move || {
        if let Some(input) = node.get_untracked() {
            focus(&input);
        }
    };
    Effect::new(move |_| {
        follows();
        if let Some(input) = node.get() {
            focus(&input);
        }
    });
    let typed = window_event_listener(ev::keydown, move |event| {
        // A button takes a space and an Enter, and nothing else that is typed.
        let plain = event.key().chars().count() == 1
            && event.key() != " "
            && !event.ctrl_key()
            && !event.alt_key()
            && !event.meta_key();
        if plain && focused().is_none_or(|element| takes_no_text(&element)) {
            take();
        }
    });
    on_cleanup(move || typed.remove());
}

/// True for what is no field, and in no dialog.
fn takes_no_text(element: &HtmlElement) -> bool {
    let nothing_written =
        matches!(element.tag_name().as_str(), "BODY" | "MAIN" | "HTML" | "BUTTON" | "A" | "SUMMARY");
    nothing_written && matches!(element.closest("dialog"), Ok(None))
}
