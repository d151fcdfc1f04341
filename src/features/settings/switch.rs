//! Who is at the desk: two taps and a PIN, also without a network.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::studio::Person;

use crate::parts::pins::{PinForm, PinWords, TryDigits, pin_holders};
use crate::shell::use_shell;
use crate::studio::{Authority, Studio, use_studio};
use crate::tr::people as t;
use crate::ui::{Actions, Button, ButtonKind, Dialog, List, Row};

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

const WORDS: PinWords = PinWords { wrong: t::switch_wrong, go: t::switch_go, leave: crate::tr::common::back };

#[component]
fn Digits(
    person: Person,
    hash: String,
    #[prop(into)] on_done: Callback<()>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let name = StoredValue::new(person.name);
    let (id, role) = (PersonId(person.id), person.role);
    let try_digits: TryDigits = Arc::new(move |digits| {
        let (studio, hash, name) = (studio.clone(), hash.clone(), name.get_value());
        Box::pin(async move {
            studio.switch_by_pin((id, role), &hash, &digits).await?;
            shell.say(t::switch_said(name));
            on_done.try_run(());
            Ok(())
        })
    });
    let label = move || t::switch_pin(name.get_value());
    view! { <PinForm label words=WORDS try_digits on_leave=on_back /> }
}
