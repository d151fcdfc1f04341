//! A button that opens a short list of things to do or to choose.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::dom::{focus, next_id};
use super::text::Text;

/// One line of a menu.
#[derive(Debug, Clone)]
pub struct MenuItem {
    pub label: Text,
    /// The language of the label, where it is not the page's.
    pub lang: Option<&'static str>,
    /// `Some` makes it one of several to choose from.
    pub chosen: Option<Signal<bool>>,
    pub on_pick: Callback<()>,
}

impl MenuItem {
    pub fn new(label: impl Into<Text>, on_pick: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label: label.into(), lang: None, chosen: None, on_pick: Callback::new(move |()| on_pick()) }
    }

    #[must_use]
    pub fn chosen(self, chosen: impl Into<Signal<bool>>) -> Self {
        Self { chosen: Some(chosen.into()), ..self }
    }

    #[must_use]
    pub fn lang(self, tag: &'static str) -> Self {
        Self { lang: Some(tag), ..self }
    }
}

/// A button with a menu under it. Arrow keys move, Escape closes and gives the focus back.
#[component]
pub fn Menu(
    /// What the button is called.
    #[prop(into)]
    label: Text,
    /// What the button shows; the label if nothing is given.
    #[prop(optional, into)]
    face: Option<ViewFn>,
    items: Vec<MenuItem>,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let (button, panel) = (NodeRef::<html::Button>::new(), NodeRef::<html::Div>::new());
    let id = next_id("menu");
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            focus(&button);
        }
    };
    Effect::new(move |_| {
        if open.get()
            && let Some(panel) = panel.get()
        {
            focus_item(&panel, Toward::First);
        }
    });
    let keys = move |event: web_sys::KeyboardEvent| menu_key(&event, open, panel, close);
    let leave = move |event: web_sys::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        let inside = panel.try_get_untracked().flatten().is_some_and(|panel| panel.contains(to.as_ref()));
        if !inside {
            // The focus also leaves when the whole menu goes away.
            open.try_set(false);
        }
    };
    let face = match face {
        Some(face) => face.run(),
        None => (move || label.get()).into_any(),
    };
    view! {
        <div class=format!("menu {class}") on:keydown=keys>
            <button
                node_ref=button
                type="button"
                class="menu__button"
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-controls=id.clone()
                aria-label=move || label.get()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {face}
            </button>
            <div node_ref=panel class="menu__panel" role="menu" id=id tabindex="-1" aria-label=move || label.get()
                hidden=move || !open.get() on:focusout=leave>
                {items.into_iter().map(|item| menu_line(item, close)).collect_view()}
            </div>
        </div>
    }
}

fn menu_line(item: MenuItem, close: impl Fn() + Copy + 'static) -> impl IntoView {
    let pick = move |_| {
        close();
        item.on_pick.run(());
    };
    view! {
        <button
            type="button"
            class="menu__item"
            tabindex="-1"
            lang=item.lang
            role=if item.chosen.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=item.chosen.map(|chosen| move || chosen.get().to_string())
            on:click=pick
        >
            {move || item.label.get()}
        </button>
    }
}

#[derive(Clone, Copy)]
enum Toward {
    First,
    Last,
    Next,
    Previous,
}

fn menu_key(
    event: &web_sys::KeyboardEvent,
    open: RwSignal<bool>,
    panel: NodeRef<html::Div>,
    close: impl Fn(),
) {
    let Some(panel) = panel.get_untracked() else { return };
    let toward = match event.key().as_str() {
        "Escape" if open.get_untracked() => {
            event.prevent_default();
            event.stop_propagation();
            close();
            return;
        }
        "ArrowDown" => Toward::Next,
        "ArrowUp" => Toward::Previous,
        "Home" => Toward::First,
        "End" => Toward::Last,
        _ => return,
    };
    event.prevent_default();
    if open.get_untracked() {
        focus_item(&panel, toward);
    } else {
        open.set(true);
    }
}

fn focus_item(panel: &HtmlElement, toward: Toward) {
    let items = panel.children();
    let count = items.length();
    if count == 0 {
        return;
    }
    let now = document().active_element();
    let at = (0..count).find(|at| items.item(*at) == now);
    let to = match (toward, at) {
        (Toward::Next, Some(at)) => (at + 1) % count,
        (Toward::Previous, Some(at)) => (at + count - 1) % count,
        (Toward::Last, _) | (Toward::Previous, None) => count - 1,
        (Toward::First, _) | (Toward::Next, None) => 0,
    };
    if let Some(item) = items.item(to).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        focus(&item);
    }
}
