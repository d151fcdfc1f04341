//! Opening a backup file on a device that has no studio: which file, its passphrase, what is in it, who sits here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::kernel::{Id, PersonId};
use rollcall_domain::sync::backup::BadBackup;
use rollcall_domain::sync::backup::sealed::BadSeal;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::state::{Inside, inside};
use crate::backup::{self, Found, Unopened};
use crate::parts::refusals::say_failure;
use crate::studio::{Failure, Studio, use_studio};
use crate::tr::start as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, ButtonSize, Choice, Fact, Facts, LineKind, Need,
    RadioGroup, TextField,
};
use crate::{device, fmt};

/// Why there is nothing to open.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trouble {
    Unreadable,
    Unopened(Unopened),
    NoOwner,
    Storage(Failure),
}

impl Trouble {
    fn sentence(&self) -> &'static str {
        match self {
            Self::Unreadable => t::restore_unreadable(),
            Self::NoOwner => t::restore_no_owner(),
            Self::Storage(failure) => say_failure(*failure),
            Self::Unopened(Unopened::Seal(BadSeal::Wrong | BadSeal::NoPassphrase)) => t::restore_wrong(),
            Self::Unopened(Unopened::Seal(BadSeal::Newer) | Unopened::Backup(BadBackup::Newer(_))) => {
                t::restore_newer()
            }
            Self::Unopened(Unopened::Backup(BadBackup::NoBackup)) => t::restore_no_backup(),
            Self::Unopened(Unopened::Seal(_) | Unopened::Backup(_)) => t::restore_damaged(),
        }
    }
}

/// The whole page: the file first, then what is in it.
#[component]
pub fn OpenBackup() -> impl IntoView {
    let (text, found) = (RwSignal::new(None::<String>), RwSignal::new(None::<Found>));
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<Trouble>));
    let read = move |passphrase: String| {
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            // The button says that it works before the machine is busy.
            gloo_timers::future::TimeoutFuture::new(50).await;
            let opened =
                text.with_untracked(|text| backup::open(text.as_deref().unwrap_or_default(), &passphrase));
            match opened {
                Ok(one) => drop(found.try_set(Some(one))),
                Err(why) => drop(trouble.try_set(Some(Trouble::Unopened(why)))),
            }
            busy.try_set(false);
        });
    };
    let take = move |file: File| {
        found.set(None);
        trouble.set(None);
        spawn_local(async move {
            let Some(one) = text_of(&file).await else {
                trouble.try_set(Some(Trouble::Unreadable));
                return;
            };
            let sealed = backup::is_sealed(&one);
            text.try_set(Some(one));
            if !sealed {
                read(String::new());
            }
        });
    };
    let sealed = move || {
        text.with(|text| text.as_deref().is_some_and(backup::is_sealed)) && found.with(Option::is_none)
    };
    view! {
        <header class="start__head">
            <h1>{t::restore_title}</h1>
            <p class="quiet">{t::restore_lead}</p>
        </header>
        <div class="stack">
            <ChooseFile chosen=Signal::derive(move || text.with(Option::is_some)) on_file=take />
            <Show when=sealed><Unlock busy on_passphrase=read /></Show>
            <p class="quiet" role="status">{move || busy.get().then(t::restore_opening)}</p>
            {move || trouble.get().map(|why| view! { <Banner answer=Answer::Stop text=move || why.sentence() /> })}
            {move || found.get().map(|found| view! { <WhatIsInside found trouble /> })}
        </div>
    }
}

async fn text_of(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

#[component]
fn ChooseFile(#[prop(into)] chosen: Signal<bool>, #[prop(into)] on_file: Callback<File>) -> impl IntoView {
    let changed = move |input: web_sys::HtmlInputElement| {
        let file = input.files().and_then(|files| files.get(0));
        // Emptied, so that choosing the same file again is a change again.
        input.set_value("");
        if let Some(file) = file {
            on_file.run(file);
        }
    };
    view! {
        <div>
            <label class="button file" class:button--primary=move || !chosen.get()>
                <input class="only-read" type="file" accept=".rollcall,.ndjson" on:change:target=move |event| changed(event.target()) />
                {move || if chosen.get() { t::restore_other() } else { t::restore_choose() }}
            </label>
        </div>
    }
}

/// The passphrase of a sealed file.
#[component]
fn Unlock(busy: RwSignal<bool>, #[prop(into)] on_passphrase: Callback<String>) -> impl IntoView {
    let (typed, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if !busy.get_untracked() && typed.with_untracked(|text| !text.is_empty()) {
            on_passphrase.run(typed.get_untracked());
        }
    };
    let error = move || {
        (tried.get() && typed.with(String::is_empty)).then(|| t::restore_passphrase_missing().to_owned())
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <TextField label=t::restore_passphrase value=typed kind=LineKind::Password need=Need::Required
                hint=t::restore_passphrase_hint error />
            <Actions>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::restore_unlock}</Button>
            </Actions>
        </form>
    }
}

async fn take_over(studio: &Studio, found: Found, owner: PersonId) -> Result<(), Failure> {
    backup::take_over(studio, found, owner).await?;
    studio.rename_device(t::join_device_guess()).await
}

/// What the file holds, who will sit here, and the button that opens it.
#[component]
fn WhatIsInside(found: Found, trouble: RwSignal<Option<Trouble>>) -> impl IntoView {
    let (studio, navigate, busy) = (use_studio(), use_navigate(), RwSignal::new(false));
    let Inside { name, zone, members, owners } = inside(&found.settled.records);
    let owner = RwSignal::new(owners.first().map(|one| one.id));
    let several = owners.len() > 1;
    let choices: Vec<Choice<Id>> = owners.into_iter().map(|one| Choice::new(one.id, one.name)).collect();
    let (created_at, decided, left_out) = (found.created_at, found.settled.decided, found.settled.left_out);
    let found = StoredValue::new(found);
    let open = move |()| {
        let Some(owner) = owner.get_untracked() else {
            trouble.set(Some(Trouble::NoOwner));
            return;
        };
        busy.set(true);
        let (studio, navigate) = (studio.clone(), navigate.clone());
        spawn_local(async move {
            match take_over(&studio, found.get_value(), owner.into()).await {
                Ok(()) => {
                    device::protect().await;
                    navigate("/", NavigateOptions::default());
                }
                Err(why) => {
                    busy.try_set(false);
                    trouble.try_set(Some(Trouble::Storage(why)));
                }
            }
        });
    };
    view! {
        <section class="start__found stack" data-testid="backup-inside">
            <h2>{name}</h2>
            <Facts>
                <Fact name=t::restore_made>{move || fmt::moment(created_at.0, &zone)}</Fact>
                <Fact name=t::restore_members>{move || fmt::count(members)}</Fact>
            </Facts>
            {(decided > 0).then(|| view! { <p>{move || t::restore_decided(decided as u64)}</p> })}
            {(left_out > 0).then(|| view! { <Banner answer=Answer::Warn text=move || t::restore_left_out(left_out as u64) /> })}
            {several.then(|| view! { <RadioGroup label=t::restore_owner value=owner choices need=Need::Required /> })}
            <p class="quiet">{t::restore_alone}</p>
            <Actions>
                <Button kind=ButtonKind::Primary size=ButtonSize::Large busy on_press=open>{t::restore_open}</Button>
            </Actions>
        </section>
    }
}
