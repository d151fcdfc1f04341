//! Who is at the desk: two taps and a PIN, also without a network.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::studio::Person;
use rollcall_domain::studio::pins::{DIGITS_MAX, is_pin};

use crate::parts::pins::pin_holders;
use crate::parts::refusals::say_failure;
use crate::shell::use_shell;
use crate::studio::{Authority, Studio, SwitchError, use_studio};
use crate::tr::people as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, Dialog, LineKind, List, Need, Row, TextField,
};

/// Everybody else who may take the place here by PIN, with its hash.
fn others(studio: &Studio) -> Vec<(Person, String)> {
    let Some(me) = studio.me() else { return Vec::new() };
    pin_holders(studio).into_iter().filter(|(person, _)| person.id != me.person.raw()).collect()
}

/// The dialog behind the name in the frame. Only with a hub: alone there is nobody to change places with.
#[component]
pub fn SwitchPerson() -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let open = RwSignal::new(false);
    let chosen = RwSignal::new(None::<(Person, String)>);
    let is_hub = Memo::new(move |_| studio.me().is_some_and(|me| me.authority == Authority::Hub));
    Effect::new(move |_| {
        let ask: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
            chosen.set(None);
            open.set(true);
        });
        let name = shell.desk.get_untracked();
        shell.on_desk.set_value(is_hub.get().then_some(ask));
        // The name is drawn anew as a button.
        shell.desk.set(name);
    });
    view! {
        <Dialog title=t::switch_title open>
            {move || match chosen.get() {
                None => view! { <Who chosen on_leave=move |()| open.set(false) /> }.into_any(),
                Some((person, hash)) => view! { <Digits person hash on_done=move |()| open.set(false) on_back=move |()| chosen.set(None) /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Who(chosen: RwSignal<Option<(Person, String)>>, #[prop(into)] on_leave: Callback<()>) -> impl IntoView {
    let studio = use_studio();
    let found = Memo::new(move |_| others(&studio));
    let navigate = use_navigate();
    let by_password = move |()| {
        on_leave.try_run(());
        navigate("/settings/me", NavigateOptions::default());
    };
    let row = move |(person, hash): (Person, String)| {
        let name = person.name.clone();
        view! {
            <Row><Button kind=ButtonKind::Plain on_press=move |()| chosen.set(Some((person.clone(), hash.clone())))>{name}</Button></Row>
        }
    };
    view! {
        <Show when=move || found.with(Vec::is_empty)><p>{t::switch_nobody}</p></Show>
        <List label=t::switch_title>{move || found.get().into_iter().map(row).collect_view()}</List>
        <Actions>
            <Button on_press=move |()| on_leave.run(())>{crate::tr::common::cancel}</Button>
            <Button on_press=by_password>{t::switch_password}</Button>
        </Actions>
    }
}

#[component]
fn Digits(
    person: Person,
    hash: String,
    #[prop(into)] on_done: Callback<()>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (typed, busy, trouble) =
        (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(None::<SwitchError>));
    let name = StoredValue::new(person.name);
    let (id, role, hash) = (PersonId(person.id), person.role, StoredValue::new(hash));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let digits = typed.get_untracked();
        if busy.get_untracked() || !is_pin(&digits) {
            trouble.set(Some(SwitchError::Wrong));
            return;
        }
        busy.set(true);
        let studio = studio.clone();
        spawn_local(async move {
            match studio.switch_by_pin((id, role), &hash.get_value(), &digits).await {
                Ok(()) => {
                    shell.say(t::switch_said(name.get_value()));
                    on_done.try_run(());
                }
                Err(error) => {
                    typed.try_set(String::new());
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <TextField label=move || t::switch_pin(name.get_value()) value=typed kind=LineKind::Password need=Need::Required
                length_max=u32::try_from(DIGITS_MAX).unwrap_or(8) />
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say(error) /> })}
            <Actions>
                <Button on_press=move |()| on_back.run(())>{crate::tr::common::back}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::switch_go}</Button>
            </Actions>
        </form>
    }
}

fn say(error: SwitchError) -> String {
    match error {
        SwitchError::Wrong => t::switch_wrong().to_owned(),
        SwitchError::Locked { left_ms } => t::switch_locked(left_ms.div_ceil(60_000)),
        SwitchError::Storage(failure) => say_failure(failure).to_owned(),
    }
}
