//! What floats over the page: the modal dialog and the sheet for the thing in hand.

use leptos::html;
use leptos::prelude::*;

use super::dom::{focus, focused, is_composing, media, next_id};
use super::input::Cross;
use super::text::Text;
use super::words::words;

/// Below this width a sheet lies over the page; above, beside the list.
const FOLDED: &str = "(max-width: 63.9375rem)";

/// A modal dialog: the browser keeps the focus inside, Escape closes, the focus returns.
///
/// The inside is made when it opens and dropped when it closes, so a draft starts fresh.
#[component]
pub fn Dialog(
    #[prop(into)] title: Text,
    open: RwSignal<bool>,
    /// Runs after it closed, however it was closed.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    #[prop(optional)] width: DialogWidth,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = StoredValue::new(next_id("dialog"));
    let children = StoredValue::new(children);
    // Opening what is open already must not make the inside anew: a draft would be lost.
    let is_open = Memo::new(move |_| open.get());
    Effect::new(move |_| {
        let (Some(dialog), open) = (node.get(), is_open.get()) else { return };
        if open && !dialog.open() {
            // It throws only while the element is not in the document; then nothing is lost by not opening.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let closed = move |_| {
        open.try_set(false);
        on_close.into_iter().for_each(|closed| {
            closed.try_run(());
        });
    };
    view! {
        <dialog node_ref=node class=width.class() aria-labelledby=title_id.get_value() on:close=closed>
            <header class="dialog__head">
                <h2 class="dialog__title" id=title_id.get_value()>{move || title.get()}</h2>
            </header>
            <div class="dialog__body">
                {move || is_open.get().then(|| children.with_value(|children| children()))}
            </div>
            // Last, so that the first thing to fill in gets the focus.
            <div class="dialog__close"><CloseButton on_press=Callback::new(move |()| open.set(false)) /></div>
        </dialog>
    }
}

/// How wide a dialog may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DialogWidth {
    #[default]
    Normal,
    Wide,
}

impl DialogWidth {
    fn class(self) -> &'static str {
        match self {
            Self::Normal => "dialog",
            Self::Wide => "dialog dialog--wide",
        }
    }
}

/// The buttons at the end of a dialog or a form; the primary one last.
#[component]
pub fn Actions(children: Children) -> impl IntoView {
    view! { <footer class="actions">{children()}</footer> }
}

/// The cross in the corner of what can be closed.
#[component]
pub fn CloseButton(#[prop(into)] on_press: Callback<()>) -> impl IntoView {
    view! {
        <button type="button" class="close" aria-label=move || (words().close)() on:click=move |_| on_press.run(())>
            <Cross />
        </button>
    }
}

/// A list and, beside it, the sheet of the thing in hand. The sheet is the second child.
#[component]
pub fn Split(children: Children) -> impl IntoView {
    view! { <div class="split">{children()}</div> }
}

/// The thing in hand: beside the list on a wide screen, over it from the side or from below on others.
#[component]
pub fn Sheet(
    #[prop(into)] label: Text,
    #[prop(into)] open: Signal<bool>,
    #[prop(into)] on_close: Callback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Aside>::new();
    let open = Memo::new(move |_| open.get());
    let before = StoredValue::new_local(None);
    let children = StoredValue::new(children);
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if is_open && was_open != Some(true) {
            before.set_value(focused());
            if let Some(sheet) = node.get().filter(|_| media(FOLDED)) {
                focus(&sheet);
            }
        } else if !is_open
            && was_open == Some(true)
            && let Some(before) = before.get_value()
        {
            focus(&before);
        }
        is_open
    });
    let keys = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && !is_composing(&event) {
            event.prevent_default();
            on_close.run(());
        }
    };
    view! {
        <div class="sheet__shade" hidden=move || !open.get() on:click=move |_| on_close.run(())></div>
        <aside
            node_ref=node
            class="sheet"
            tabindex="-1"
            aria-label=move || label.get()
            hidden=move || !open.get()
            on:keydown=keys
        >
            <div class="sheet__close"><CloseButton on_press=on_close /></div>
            {move || open.get().then(|| children.with_value(|children| children()))}
        </aside>
    }
}
