//! Paper on the screen, and the same paper alone on the printer.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, MediaQueryListEvent};

use super::button::{Button, ButtonKind};
use super::words::words;

/// What it is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// A till roll, 80 mm wide.
    Receipt,
    A5,
    #[default]
    A4,
    /// A4 with member cards in bank-card size.
    Cards,
}

impl Paper {
    fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::A5 => "a5",
            Self::A4 => "a4",
            Self::Cards => "cards",
        }
    }
}

/// Shows its inside as paper. While it is on the page, printing prints it and nothing else.
#[component]
pub fn PrintFrame(#[prop(optional)] paper: Paper, children: Children) -> impl IntoView {
    let node = NodeRef::<html::Section>::new();
    // Printing is announced by an event; where only the medium changes (a print to file), by the media query.
    let before = window_event_listener_untyped("beforeprint", move |_| lay_out(node));
    let after = window_event_listener_untyped("afterprint", |_| remove_copies());
    let medium = window().match_media("print").ok().flatten();
    let changed = Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
        if event.matches() { lay_out(node) } else { remove_copies() }
    });
    if let Some(medium) = &medium {
        medium.set_onchange(Some(changed.as_ref().unchecked_ref()));
    }
    let listening = StoredValue::new_local((medium, changed));
    on_cleanup(move || {
        before.remove();
        after.remove();
        listening.with_value(|(medium, _)| medium.iter().for_each(|medium| medium.set_onchange(None)));
        remove_copies();
    });
    view! { <section node_ref=node class="paper" data-paper=paper.name()>{children()}</section> }
}

/// Puts a copy right under the body: it prints from any depth, out of dialogs and scrolled boxes too.
fn lay_out(node: NodeRef<html::Section>) {
    let (Some(frame), Some(body)) = (node.get_untracked(), document().body()) else { return };
    remove_copies();
    if let Ok(copy) = frame.clone_node_with_deep(true)
        && let Some(copy) = copy.dyn_ref::<HtmlElement>()
    {
        copy.set_class_name("paper print-root");
        // Without a body there is nothing to print either.
        let _ = body.append_child(copy);
    }
}

fn remove_copies() {
    if let Ok(copies) = document().query_selector_all(".print-root") {
        for at in 0..copies.length() {
            if let Some(copy) = copies.item(at).and_then(|copy| copy.dyn_into::<web_sys::Element>().ok()) {
                copy.remove();
            }
        }
    }
}

/// Opens the browser's print window.
pub fn print_page() {
    // Refused where there is no printing at all; the browser then says so itself.
    let _ = window().print();
}

/// The button beside a [`PrintFrame`].
#[component]
pub fn PrintButton(#[prop(optional)] kind: ButtonKind) -> impl IntoView {
    view! { <Button kind on_press=|()| print_page()>{move || (words().print)()}</Button> }
}
