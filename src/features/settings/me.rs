//! Who is at this device: their PIN, their login name and password, and signing in as somebody else.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::access::TILL;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::studio::pins::{DIGITS_MAX, Pin, PinHash, SetPin, is_pin};
use rollcall_domain::sync::wire::{LOGIN_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};

use super::studio::role_name;
use crate::hub::{self, JoinError, use_link};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::refusals::say_failure;
use crate::parts::settings::person_name;
use crate::shell::use_shell;
use crate::studio::{Authority, Failure, Order, use_studio};
use crate::tr::people as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, Fact, Facts, LineKind, Need, Section, TextField,
};

/// The page.
#[component]
pub fn MePage() -> impl IntoView {
    let studio = use_studio();
    let has_hub = {
        let studio = studio.clone();
        Memo::new(move |_| studio.me().is_some_and(|me| me.authority == Authority::Hub))
    };
    let for_role = studio.clone();
    let at_till = Memo::new(move |_| for_role.me().is_some_and(|me| TILL.contains(&me.role)));
    let for_own = studio.clone();
    // Whoever came by a PIN is not the one the hub knows at this device.
    let is_own = Memo::new(move |_| for_own.me().is_some_and(|me| me.own.is_none()));
    let who = move || {
        let me = studio.me()?;
        let name =
            person_name(&studio, me.person).unwrap_or_else(|| crate::tr::studio::somebody().to_owned());
        Some(format!("{name} ({})", role_name(me.role)))
    };
    view! {
        <div class="stack stack--wide">
            <Facts><Fact name=crate::tr::settings::device_person>{who}</Fact></Facts>
            <Show when=move || has_hub.get() fallback=|| view! { <p>{t::me_solo}</p> }>
                <Show when=move || at_till.get()><Section title=t::pin_title><OwnPin /></Section></Show>
                <Show when=move || is_own.get()><Section title=t::password_title><OwnPassword /></Section></Show>
                <Section title=t::sign_in_title><SignIn /></Section>
            </Show>
        </div>
    }
}

#[component]
fn OwnPin() -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (typed, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let tried = RwSignal::new(false);
    let failed = RwSignal::new(None::<Failure>);
    let doing = Doing::new(&studio);
    let for_has = studio.clone();
    let has = Memo::new(move |_| {
        for_has.me().is_some_and(|me| for_has.live().get::<Pin>(Pin::id_of(me.person)).is_some())
    });
    let for_give = studio.clone();
    let give = move |hash: Option<String>| {
        let Some(me) = for_give.me_now() else { return };
        let is_set = hash.is_some();
        let make = |id| Order::new(id, &SetPin { person_id: me.person }, &PinHash { hash });
        doing.run(&for_give, make, move |_| {
            typed.try_set(String::new());
            again.try_set(String::new());
            tried.try_set(false);
            shell.say(if is_set { t::pin_saved() } else { t::pin_removed() });
        });
    };
    let for_remove = give.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let digits = typed.get_untracked();
        if !is_pin(&digits) || digits != again.get_untracked() {
            return;
        }
        match studio.hash_pin(&digits) {
            Ok(hash) => give(Some(hash)),
            Err(failure) => failed.set(Some(failure)),
        }
    };
    let length_max = u32::try_from(DIGITS_MAX).unwrap_or(8);
    let bad = move || (tried.get() && !typed.with(|pin| is_pin(pin))).then(|| t::pin_bad().to_owned());
    let other = move || (tried.get() && typed.get() != again.get()).then(|| t::pin_not_same().to_owned());
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p class="quiet">{t::pin_lead}</p>
            <TextField label=t::pin_new value=typed kind=LineKind::Password need=Need::Required length_max error=bad />
            <TextField label=t::pin_again value=again kind=LineKind::Password need=Need::Required length_max error=other />
            {move || failed.get().map(|failure| view! { <Banner answer=Answer::Stop text=say_failure(failure) /> })}
            <Trouble doing />
            <Actions>
                {move || {
                    let remove = for_remove.clone();
                    has.get().then(|| view! { <Button kind=ButtonKind::Quiet on_press=move |()| remove(None)>{t::pin_remove}</Button> })
                }}
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{t::pin_save}</Button>
            </Actions>
        </form>
    }
}

#[component]
fn OwnPassword() -> impl IntoView {
    let studio = use_studio();
    let person = studio.me_now().map(|me| me.person).unwrap_or_default();
    view! { <p class="quiet">{t::password_lead}</p> <PasswordForm person on_done=|()| () /> }
}

/// A login name and a password for somebody.
#[component]
pub fn PasswordForm(person: PersonId, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (login, typed) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (tried, busy, trouble) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<JoinError>));
    let nameless = move || login.with(|login| login.trim().is_empty());
    let short = move || typed.with(|typed| typed.chars().count() < PASSWORD_CHARS_MIN);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() || untrack(nameless) || untrack(short) {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let studio = studio.clone();
        let (name, password) = (login.get_untracked(), typed.get_untracked());
        spawn_local(async move {
            match hub::set_password(&studio, person, &name, &password).await {
                Ok(()) => {
                    shell.say(t::password_saved());
                    typed.try_set(String::new());
                    tried.try_set(false);
                    on_done.try_run(());
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    let no_name = move || (tried.get() && nameless()).then(|| t::login_missing().to_owned());
    let too_short = move || (tried.get() && short()).then(|| t::password_short(PASSWORD_CHARS_MIN));
    view! {
        <form class="stack" novalidate on:submit=submit>
            <TextField label=t::login value=login need=Need::Required hint=t::login_hint error=no_name autocomplete="username"
                length_max=u32::try_from(LOGIN_CHARS_MAX).unwrap_or(80) />
            <TextField label=t::password value=typed kind=LineKind::Password need=Need::Required error=too_short
                autocomplete="new-password" length_max=u32::try_from(PASSWORD_CHARS_MAX).unwrap_or(128) />
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=hub::say(&error) /> })}
            <Actions><Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::password_save}</Button></Actions>
        </form>
    }
}

/// Signing in on this very device: from then on it is this person's.
#[component]
fn SignIn() -> impl IntoView {
    let (studio, link, shell) = (use_studio(), use_link(), use_shell());
    let (login, typed) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<JoinError>));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (name, password) = (login.get_untracked(), typed.get_untracked());
        if busy.get_untracked() || name.trim().is_empty() || password.is_empty() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let (studio, link) = (studio.clone(), link.clone());
        spawn_local(async move {
            match hub::sign_in(&studio, &link, &name, &password, "").await {
                Ok(()) => {
                    typed.try_set(String::new());
                    let who = studio.me_now().and_then(|me| untrack(|| person_name(&studio, me.person)));
                    shell.say(t::switch_said(who.unwrap_or(name)));
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p class="quiet">{t::sign_in_lead}</p>
            <TextField label=t::login value=login need=Need::Required autocomplete="username" />
            <TextField label=t::password value=typed kind=LineKind::Password need=Need::Required autocomplete="current-password" />
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=hub::say(&error) /> })}
            <Actions><Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::sign_in_go}</Button></Actions>
        </form>
    }
}
