//! Tabs over one panel.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::choice::Choice;
use super::dom::{focus, next_id};
use super::text::Text;

/// A strip of tabs. Arrow keys, Home and End move; the panel below follows.
#[component]
pub fn Tabs<K>(
    #[prop(into)] label: Text,
    active: RwSignal<K>,
    tabs: Vec<Choice<K>>,
    /// The inside of the panel for a tab.
    panel: fn(K) -> AnyView,
) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
{
    let values: Vec<K> = tabs.iter().map(|tab| tab.value.clone()).collect();
    let labels: Vec<Text> = tabs.iter().map(|tab| tab.label).collect();
    let place = {
        let values = values.clone();
        Memo::new(move |_| active.with(|now| values.iter().position(|value| value == now).unwrap_or(0)))
    };
    let pick = Callback::new(move |place: usize| {
        if let Some(value) = values.get(place) {
            active.set(value.clone());
        }
    });
    let id = next_id("tabs");
    view! {
        <div class="tabs">
            {strip(id.clone(), label, labels, place, pick)}
            <div class="tabs__panel" role="tabpanel" id=format!("{id}-panel") tabindex="0"
                aria-labelledby=move || format!("{id}-{}", place.get())>
                {move || panel(active.get())}
            </div>
        </div>
    }
}

fn strip(
    id: String,
    label: Text,
    labels: Vec<Text>,
    place: Memo<usize>,
    pick: Callback<usize>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let count = labels.len();
    let keys = move |event: web_sys::KeyboardEvent| {
        let at = place.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        pick.run(to);
        let tab =
            node.get_untracked().and_then(|strip| strip.children().item(u32::try_from(to).unwrap_or(0)));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into().ok()) {
            focus(&tab);
        }
    };
    let tab = |(at, text): (usize, Text)| {
        let is_active = move || place.get() == at;
        view! {
            <button
                type="button"
                class="tabs__tab"
                role="tab"
                id=format!("{id}-{at}")
                aria-controls=format!("{id}-panel")
                aria-selected=move || is_active().to_string()
                tabindex=move || if is_active() { "0" } else { "-1" }
                on:click=move |_| pick.run(at)
            >
                {move || text.get()}
            </button>
        }
    };
    view! {
        <div node_ref=node class="tabs__strip" role="tablist" aria-label=move || label.get() on:keydown=keys>
            {labels.into_iter().enumerate().map(tab).collect_view()}
        </div>
    }
}
