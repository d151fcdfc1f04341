//! A line one types into and a list one picks from, filled by whoever knows the answers.

use leptos::html;
use leptos::prelude::*;

use super::dom::{is_composing, next_id, reveal};
use super::field::{FieldParts, Need, framed};
use super::text::Text;
use super::words::words;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickOption {
    /// What is handed back when it is picked.
    pub id: String,
    pub title: String,
    /// A second, quieter line.
    pub note: String,
}

/// Type, and pick one of what was found. The list comes from outside, at once or later.
#[component]
pub fn Picker(
    #[prop(into)] label: Text,
    /// What is typed. The owner watches it and fills `options`.
    query: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<PickOption>>,
    #[prop(into)] on_pick: Callback<PickOption>,
    /// While the answers are on their way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What stands there when nothing was found; `words().nothing_found` otherwise.
    #[prop(optional, into)]
    empty: Option<Text>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] placeholder: Option<Text>,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] node: NodeRef<html::Input>,
) -> impl IntoView {
    let parts = FieldParts::new(label, hint, error, need);
    let open = RwSignal::new(false);
    let active = RwSignal::new(0_usize);
    let list_id = StoredValue::new(next_id("options"));
    Effect::new(move |_| {
        options.track();
        active.set(0);
    });
    let pick = move |place: usize| {
        let option = options.with_untracked(|all| all.get(place).cloned());
        if let Some(option) = option {
            open.set(false);
            on_pick.run(option);
        }
    };
    let steer = Steer { open, active, count: Signal::derive(move || options.with(Vec::len)) };
    let keys = move |event: web_sys::KeyboardEvent| {
        if steer.key(&event) == Steered::Pick {
            pick(active.get_untracked());
        }
    };
    let control = view! {
        <div class="picker">
            <input
                node_ref=node
                class="input"
                id=parts.id()
                type="text"
                role="combobox"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="100"
                aria-autocomplete="list"
                aria-expanded=move || open.get().to_string()
                aria-controls=list_id.get_value()
                aria-activedescendant=move || steer.active_id(&list_id.get_value())
                aria-required=parts.required()
                aria-invalid=parts.invalid()
                aria-describedby=parts.described_by()
                placeholder=placeholder.map(|text| move || text.get())
                prop:value=move || query.get()
                on:input:target=move |event| {
                    query.set(event.target().value());
                    open.set(true);
                }
                on:focus=move |_| open.set(!query.read_untracked().is_empty())
                on:blur=move |_| { open.try_set(false); }
                on:keydown=keys
            />
            <div class="picker__list" hidden=move || !open.get()>
                <PickList id=list_id.get_value() label options active on_pick=Callback::new(pick) />
                <p class="picker__note" role="status">{move || pick_note(options, busy, empty, open)}</p>
            </div>
        </div>
    };
    framed(parts, control)
}

fn pick_note(
    options: Signal<Vec<PickOption>>,
    busy: Signal<bool>,
    empty: Option<Text>,
    open: RwSignal<bool>,
) -> Option<String> {
    match (open.get(), busy.get(), options.with(Vec::is_empty)) {
        (true, true, _) => Some((words().loading)().to_owned()),
        (true, false, true) => {
            Some(empty.map_or_else(|| (words().nothing_found)().to_owned(), |text| text.get().to_string()))
        }
        _ => None,
    }
}

#[component]
fn PickList(
    id: String,
    label: Text,
    options: Signal<Vec<PickOption>>,
    active: RwSignal<usize>,
    on_pick: Callback<usize>,
) -> impl IntoView {
    let prefix = id.clone();
    let row = move |place: usize, option: PickOption| {
        let node = NodeRef::<html::Li>::new();
        Effect::new(move |_| {
            if active.get() == place
                && let Some(node) = node.get()
            {
                reveal(&node);
            }
        });
        view! {
            <li
                node_ref=node
                class="picker__option"
                role="option"
                id=format!("{prefix}-{place}")
                aria-selected=move || (active.get() == place).to_string()
                // The line keeps the focus: pressing must not take it away.
                on:pointerdown=|event| event.prevent_default()
                on:click=move |_| on_pick.run(place)
            >
                <span class="picker__title">{option.title}</span>
                <span class="picker__detail">{option.note}</span>
            </li>
        }
    };
    view! {
        <ul role="listbox" id=id aria-label=move || label.get()>
            {move || options.get().into_iter().enumerate().map(|(place, option)| row(place, option)).collect_view()}
        </ul>
    }
}

/// What a key did to a list under a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steered {
    Nothing,
    Moved,
    Pick,
}

/// Keyboard steering of a list while the focus stays in the line above it.
#[derive(Debug, Clone, Copy)]
pub struct Steer {
    pub open: RwSignal<bool>,
    pub active: RwSignal<usize>,
    pub count: Signal<usize>,
}

impl Steer {
    /// Uses a key, unless an input method is composing.
    pub fn key(&self, event: &web_sys::KeyboardEvent) -> Steered {
        let count = self.count.get_untracked();
        if is_composing(event) {
            return Steered::Nothing;
        }
        let key = event.key();
        if key == "Escape" && self.open.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            self.open.set(false);
            return Steered::Moved;
        }
        if count == 0 {
            return Steered::Nothing;
        }
        let at = self.active.get_untracked().min(count - 1);
        let to = match key.as_str() {
            "ArrowDown" if !self.open.get_untracked() => at,
            "ArrowDown" => (at + 1) % count,
            "ArrowUp" => (at + count - 1) % count,
            "PageDown" => (at + 8).min(count - 1),
            "PageUp" => at.saturating_sub(8),
            "Enter" if self.open.get_untracked() => {
                event.prevent_default();
                return Steered::Pick;
            }
            _ => return Steered::Nothing,
        };
        event.prevent_default();
        self.open.set(true);
        self.active.set(to);
        Steered::Moved
    }

    /// The id of the active line, for `aria-activedescendant`.
    pub fn active_id(&self, prefix: &str) -> Option<String> {
        let count = self.count.get();
        (self.open.get() && count > 0).then(|| format!("{prefix}-{}", self.active.get().min(count - 1)))
    }
}
