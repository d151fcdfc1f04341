//! The field that always has the focus: a scanner types into it, people type into it, Enter decides. Beside it the
//! camera, which reads the same codes.

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::members::{Member, MemberId};

use super::state::{Door, hits, is_whole, read};
use crate::hub;
use crate::parts::members::phone_of;
use crate::parts::passes::member_line;
use crate::parts::scanning::{LINE_CHARS_MAX, LineKey, keep_focus, line_key};
use crate::parts::session::{roster_at, roster_href};
use crate::studio::{Studio, use_studio};
use crate::tr::attendance as t;
use crate::ui::{ButtonSize, ScanButton, Scanner, Steer, Steered, is_composing, next_id};

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
    keep_focus(node, move || door.shown.track());
    let list_id = StoredValue::new(next_id("hits"));
    let (for_read, navigate) = (studio.clone(), use_navigate());
    let take = Callback::new(move |(text, picked): (String, Option<MemberId>)| {
        open.set(false);
        // The code of a roster on paper: what is on the sheet is written down on its screen.
        if let Some(key) = roster_at(&text, &hub::address()) {
            navigate(&roster_href(key), NavigateOptions::default());
        } else if let Some(shown) = untrack(|| read(&for_read, &text, picked)) {
            door.show(shown);
        }
    });
    let decide = Callback::new(move |picked: Option<MemberId>| take.run((door.text.get_untracked(), picked)));
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
    let for_tab = studio.clone();
    let keys = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match line_key(&event, || door.text.with_untracked(|text| untrack(|| is_whole(&for_tab, text)))) {
            // A key that is held down confirms once.
            LineKey::Held => return,
            LineKey::End => return enter(),
            LineKey::Other => {}
        }
        match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                door.clear();
            }
            _ => {
                let _: Steered = steer.key(&event);
            }
        }
    };
    let camera = RwSignal::new(false);
    view! {
      <div class="door__line">
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
                maxlength=LINE_CHARS_MAX
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
        <ScanButton open=camera size=ButtonSize::Large />
      </div>
      <Scanner open=camera on_read=move |text| take.run((text, None)) />
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
