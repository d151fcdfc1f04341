//! The field that always has the focus: a scanner types into it, people type into it, Enter decides.

use leptos::html;
use leptos::prelude::*;
use rollcall_domain::members::{Member, MemberId};

use super::state::{Door, hits, read};
use crate::parts::members::phone_of;
use crate::parts::passes::member_line;
use crate::studio::{Studio, use_studio};
use crate::tr::attendance as t;
use crate::ui::{Steer, Steered, focus, focused, is_composing, next_id};

/// The field and the people it may mean.
#[component]
pub(super) fn ScanField(door: Door) -> impl IntoView {
    let studio = use_studio();
    let node = NodeRef::<html::Input>::new();
    let (open, active) = (RwSignal::new(false), RwSignal::new(0_usize));
    let for_hits = studio.clone();
    let found = Memo::new(move |_| door.text.with(|text| hits(&for_hits, text)));
    let steer = Steer { open, active, count: Signal::derive(move || found.with(Vec::len)) };
    Effect::new(move |_| {
        found.track();
        active.set(0);
    });
    keep_focus(door, node);
    let list_id = StoredValue::new(next_id("hits"));
    let for_decide = studio.clone();
    let decide = Callback::new(move |picked: Option<MemberId>| {
        open.set(false);
        let text = door.text.get_untracked();
        if let Some(shown) = untrack(|| read(&for_decide, &text, picked)) {
            door.show(shown);
        }
    });
    let enter = move || {
        if door.text.with_untracked(|text| text.trim().is_empty()) {
            if let Some(confirm) = door.confirm.get_value() {
                confirm.run(());
            }
            return;
        }
        let at = active.get_untracked();
        decide.run(found.with_untracked(|all| all.get(at).copied()));
    };
    let keys = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                // A key that is held down confirms once.
                if !event.repeat() {
                    enter();
                }
            }
            "Escape" => {
                event.prevent_default();
                door.clear();
            }
            _ => {
                let _: Steered = steer.key(&event);
            }
        }
    };
    view! {
        <div class="picker door__scan">
            <input
                node_ref=node
                class="input door__field"
                type="text"
                role="combobox"
                data-testid="scan"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="go"
                maxlength="100"
                aria-label=t::field
                aria-autocomplete="list"
                aria-expanded=move || open.get().to_string()
                aria-controls=list_id.get_value()
                aria-activedescendant=move || steer.active_id(&list_id.get_value())
                placeholder=t::field_hint
                prop:value=move || door.text.get()
                on:input:target=move |event| {
                    door.text.set(event.target().value());
                    open.set(true);
                }
                on:keydown=keys
            />
            <div class="picker__list" hidden=move || !(open.get() && found.with(|all| !all.is_empty()))>
                <ul role="listbox" id=list_id.get_value() aria-label=t::who_is_it>
                    {move || found.get().into_iter().enumerate().map(|(place, member)| {
                        let id = format!("{}-{place}", list_id.get_value());
                        hit(&studio, id, place, member, active, decide)
                    }).collect_view()}
                </ul>
            </div>
        </div>
    }
}

/// One of the people the text may mean.
fn hit(
    studio: &Studio,
    id: String,
    place: usize,
    member: MemberId,
    active: RwSignal<usize>,
    decide: Callback<Option<MemberId>>,
) -> impl IntoView + use<> {
    let person = studio.live().get::<Member>(member);
    let status = person.as_ref().map(|person| member_line(studio, person).1);
    let name = person.map(|person| person.name).unwrap_or_default();
    let note = [phone_of(studio, member), status].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li
            class="picker__option"
            role="option"
            id=id
            aria-selected=move || (active.get() == place).to_string()
            // The field keeps the focus: pressing must not take it away.
            on:pointerdown=|event| event.prevent_default()
            on:click=move |_| decide.run(Some(member))
        >
            <span class="picker__title">{name}</span>
            <span class="picker__detail">{note}</span>
        </li>
    }
}

/// The field takes the focus at first, after every answer, and whenever it would lie nowhere.
fn keep_focus(door: Door, node: NodeRef<html::Input>) {
    let take = move || {
        if let Some(input) = node.get_untracked() {
            focus(&input);
        }
    };
    Effect::new(move |_| {
        door.shown.track();
        if let Some(input) = node.get() {
            focus(&input);
        }
    });
    // What is typed beside any field belongs here: a scanner does not look where the focus is.
    let typed = window_event_listener(leptos::ev::keydown, move |event| {
        let plain =
            event.key().chars().count() == 1 && !event.ctrl_key() && !event.alt_key() && !event.meta_key();
        let nowhere =
            focused().is_none_or(|element| matches!(element.tag_name().as_str(), "BODY" | "MAIN" | "HTML"));
        if plain && nowhere {
            take();
        }
    });
    on_cleanup(move || typed.remove());
}
