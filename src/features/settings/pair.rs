//! Letting one more device in: who will be at it, then a code to type and a picture to scan, for ten minutes.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::devices::Device;
use rollcall_domain::kernel::ids::{Id, PersonId};
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::kernel::text;
use rollcall_domain::studio::{AddPerson, NAME_CHARS_MAX, PersonName};

use super::people::role_choices;
use super::state::{minutes_left, spaced};
use crate::hub::{self, JoinError, Pairing, use_link};
use crate::parts::refusals::say_run_error;
use crate::parts::settings::people;
use crate::studio::{Order, Studio, use_studio};
use crate::tr::sync as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, Choice, Mark, Need, QrCode, RadioGroup,
    RadioLook, Select, TextField,
};

/// The dialog's inside.
#[component]
pub fn Pair() -> impl IntoView {
    let pairing = RwSignal::new(None::<Pairing>);
    move || match pairing.get() {
        None => view! { <Who pairing /> }.into_any(),
        Some(now) => view! { <Code now on_again=move |()| pairing.set(None) /> }.into_any(),
    }
}

/// Who will be at the device.
#[component]
fn Who(pairing: RwSignal<Option<Pairing>>) -> impl IntoView {
    let (studio, link) = (use_studio(), use_link());
    let person = RwSignal::new(Some(None::<PersonId>));
    let (name, role) = (RwSignal::new(String::new()), RwSignal::new(Some(Role::Desk)));
    let (tried, busy, trouble) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<String>));
    let everybody = people(&studio);
    let roles_of: Vec<(Id, Role)> = everybody.iter().map(|person| (person.id, person.role)).collect();
    let known = everybody.into_iter().map(|person| Choice::new(Some(PersonId(person.id)), person.name));
    let persons: Vec<Choice<Option<PersonId>>> =
        std::iter::once(Choice::new(None, t::pair_new_person)).chain(known).collect();
    let is_new = move || person.get() == Some(None);
    let nameless = move || is_new() && name.with(|name| text::tidy_line(name).is_empty());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() || untrack(nameless) {
            return;
        }
        let chosen = person.get_untracked().flatten();
        let role = chosen
            .and_then(|chosen| roles_of.iter().find(|(id, _)| *id == chosen.raw()).map(|(_, role)| *role))
            .or_else(|| role.get_untracked())
            .unwrap_or(Role::Desk);
        busy.set(true);
        trouble.set(None);
        let (studio, link) = (studio.clone(), link.clone());
        let wanted = Wanted { person: chosen, role, name: text::tidy_line(&name.get_untracked()) };
        spawn_local(async move {
            match begin(&studio, wanted).await {
                Ok(begun) => {
                    link.ring();
                    pairing.try_set(Some(begun));
                }
                Err(sentence) => {
                    trouble.try_set(Some(sentence));
                }
            }
            busy.try_set(false);
        });
    };
    let name_error = move || (tried.get() && nameless()).then(|| t::pair_name_missing().to_owned());
    let roles = StoredValue::new(role_choices());
    view! {
        <form class="stack" novalidate on:submit=submit>
            <Select label=t::pair_who value=person choices=persons need=Need::Required />
            <Show when=is_new>
                <TextField label=t::pair_name value=name need=Need::Required error=name_error length_max=u32::try_from(NAME_CHARS_MAX).unwrap_or(80) />
                <RadioGroup label=t::pair_role value=role choices=roles.get_value() look=RadioLook::Tiles />
            </Show>
            {move || trouble.get().map(|sentence| view! { <Banner answer=Answer::Stop text=sentence /> })}
            <Actions><Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::pair_make}</Button></Actions>
        </form>
    }
}

/// Who was asked for.
struct Wanted {
    person: Option<PersonId>,
    role: Role,
    name: String,
}

/// The hub makes the code; somebody new gets their name by a command of the owner's.
async fn begin(studio: &Studio, wanted: Wanted) -> Result<Pairing, String> {
    let say = |error: JoinError| hub::say(&error).to_owned();
    let pairing = hub::start_pairing(studio, wanted.role, wanted.person).await.map_err(say)?;
    if wanted.person.is_none() {
        let add = AddPerson { person_id: pairing.person, role: wanted.role };
        let order = Order::new(studio.intent(), &add, &PersonName { name: wanted.name });
        studio.run(order).await.map_err(|error| say_run_error(&error))?;
    }
    Ok(pairing)
}

/// The name of the device that has come in since. Every newcomer is introduced to the others by a record, and so is this
/// device itself when it has only just met the hub.
fn newcomer(studio: &Studio) -> Memo<Option<String>> {
    let mut known: Vec<Id> = untrack(|| studio.live().ids(Device::KIND));
    known.extend(studio.me_now().map(|me| me.device.raw()));
    let studio = studio.clone();
    Memo::new(move |_| {
        let now = studio.live().of_kind::<Device>();
        now.into_iter().find(|device| !known.contains(&device.id)).map(|device| device.name)
    })
}

/// Code, picture and the time they work.
#[component]
pub(super) fn Code(now: Pairing, #[prop(into)] on_again: Callback<()>) -> impl IntoView {
    let studio = use_studio();
    let Pairing { code, secret, expires_at, .. } = now;
    let left_ms = RwSignal::new(expires_at.0 - studio.now().0);
    let for_tick = studio.clone();
    let tick = move || {
        left_ms.try_set(expires_at.0 - for_tick.now().0);
    };
    if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || timer.clear());
    }
    let joined = newcomer(&studio);
    let link = format!("{}/#join={secret}", hub::address());
    let over = Memo::new(move |_| left_ms.get() <= 0);
    let (code, link) = (StoredValue::new(code), StoredValue::new(link));
    move || {
        if let Some(device) = joined.get() {
            return view! { <Mark answer=Answer::Ok text=move || t::pair_joined(&device) /> }.into_any();
        }
        if over.get() {
            return view! {
                <div class="stack">
                    <Mark answer=Answer::Warn text=t::pair_over />
                    <Actions><Button kind=ButtonKind::Primary on_press=move |()| on_again.run(())>{t::pair_again}</Button></Actions>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="pair">
                <div class="pair__words">
                    <p>{move || t::pair_lead(hub::address())}</p>
                    <div>
                        <p class="quiet" id="pair-code">{t::pair_code}</p>
                        <output class="pair__code" aria-labelledby="pair-code" data-testid="pair-code">{spaced(&code.get_value())}</output>
                    </div>
                    <p class="quiet">{move || t::pair_left(minutes_left(left_ms.get()))}</p>
                </div>
                <div class="pair__qr" data-link=link.get_value()><QrCode data=link.get_value() label=t::pair_qr /></div>
            </div>
        }
        .into_any()
    }
}
