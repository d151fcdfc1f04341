//! Joining by a login name and a password instead of a code: this device becomes that person's.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::device;
use crate::hub::{self, JoinError, use_link};
use crate::studio::use_studio;
use crate::tr::people as p;
use crate::tr::start as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, ButtonSize, LineKind, Need, TextField, Whole,
};

/// Characters of a device's name.
const NAME_CHARS_MAX: u32 = 40;

/// The form.
#[component]
pub fn SignInStudio() -> impl IntoView {
    let (studio, link) = (use_studio(), use_link());
    let (login, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let name = RwSignal::new(super::device_guess().to_owned());
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<JoinError>));
    let navigate = use_navigate();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (who, secret) = (login.get_untracked(), password.get_untracked());
        let device_name = name.get_untracked().trim().to_owned();
        let missing = who.trim().is_empty() || secret.is_empty() || device_name.is_empty();
        if missing || busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let (studio, link, navigate) = (studio.clone(), link.clone(), navigate.clone());
        spawn_local(async move {
            match hub::sign_in(&studio, &link, &who, &secret, &device_name).await {
                Ok(()) => {
                    device::protect().await;
                    navigate("/", NavigateOptions::default());
                }
                Err(error) => {
                    busy.try_set(false);
                    trouble.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <header class="start__head">
            <h1>{t::sign_in_title}</h1>
            <p class="quiet">{t::sign_in_lead}</p>
        </header>
        <form class="form" novalidate on:submit=submit>
            <div class="group">
                <Whole><TextField label=p::login value=login need=Need::Required autocomplete="username" /></Whole>
                <Whole>
                    <TextField label=p::password value=password kind=LineKind::Password need=Need::Required
                        autocomplete="current-password" />
                </Whole>
                <Whole>
                    <TextField label=t::join_device value=name need=Need::Required length_max=NAME_CHARS_MAX
                        hint=t::join_device_hint />
                </Whole>
            </div>
            {(!hub::is_secure()).then(|| view! { <Banner answer=Answer::Warn text=crate::tr::sync::hub_plain_http /> })}
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=hub::say(&error) /> })}
            <Actions>
                <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy>{p::sign_in_go}</Button>
            </Actions>
            <p class="quiet" role="status">{move || busy.get().then(t::join_fetching)}</p>
        </form>
    }
}
