//! The hub: how things stand with it, and making it the studio's by the code it printed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::Role;
use rollcall_domain::sync::wire::Status;

use super::back::PutBack;
use crate::hub::{self, JoinError, Phase, use_link};
use crate::parts::settings::clock;
use crate::studio::{Authority, use_studio};
use crate::tr::sync as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, ButtonRole, Fact, Facts, LineKind, Mark, Need,
    Progress, Skeleton, TextField,
};

/// Characters of a claim code, with what people put between them.
const CODE_CHARS_MAX: u32 = 40;

/// The page.
#[component]
pub fn HubPage() -> impl IntoView {
    let studio = use_studio();
    let authority = Memo::new(move |_| studio.me().map(|me| me.authority));
    move || match authority.get() {
        Some(Authority::Hub) => view! { <Stands /> }.into_any(),
        _ => view! { <Alone /> }.into_any(),
    }
}

/// How the sync stands, in a sentence.
#[component]
fn Stands() -> impl IntoView {
    let (studio, link) = (use_studio(), use_link());
    let is_owner = studio.me_now().is_some_and(|me| me.role == Role::Owner);
    let state = link.state();
    let sentence = move || {
        let now = state.get();
        let (answer, text) = match now.phase {
            Phase::UpToDate | Phase::Solo => (
                Answer::Ok,
                t::hub_up_to_date(now.synced_at.map(|at| clock(&studio, at)).unwrap_or_default()),
            ),
            Phase::Sending { done, total } => (Answer::Plain, t::hub_sending(done, total)),
            Phase::Offline => (Answer::Plain, t::hub_offline().to_owned()),
            Phase::ShutOut => (Answer::Stop, t::hub_shut_out().to_owned()),
            Phase::Trouble => (Answer::Warn, t::hub_trouble().to_owned()),
        };
        view! { <Mark answer text /> }
    };
    let waiting = move || {
        use crate::tr::settings as s;
        match state.get().waiting {
            0 => s::device_waits_none().to_owned(),
            some => s::device_waits_some(some),
        }
    };
    view! {
        <div class="stack">
            <p role="status">{sentence}</p>
            <Facts>
                <Fact name=t::hub_address>{hub::address()}</Fact>
                <Fact name=crate::tr::settings::device_waits>{waiting}</Fact>
            </Facts>
            <div class="cluster">
                <Button on_press=move |()| link.ring()>{t::hub_now}</Button>
                <ButtonLink href="/settings/devices" kind=ButtonKind::Quiet>{t::devices_add}</ButtonLink>
            </div>
            {is_owner.then(|| view! { <PutBack /> })}
        </div>
    }
}

/// This device decides by itself: is there a hub to connect?
#[component]
fn Alone() -> impl IntoView {
    let status = LocalResource::new(hub::status);
    move || {
        match status.get() {
        None => view! { <div><p class="quiet" role="status">{t::hub_asking}</p><Skeleton rows=2 /></div> }.into_any(),
        Some(None) => view! {
            <div class="stack">
                <p>{t::hub_solo_no_hub}</p>
                <div class="cluster"><Button on_press=move |()| status.refetch()>{crate::tr::common::retry}</Button></div>
            </div>
        }
        .into_any(),
        Some(Some(Status { claimed: true, .. })) => view! {
            <div class="stack">
                <p>{t::hub_solo_taken}</p>
                <div class="cluster">
                    <ButtonLink href="/settings/backup">{crate::tr::settings::backup_save}</ButtonLink>
                    <ButtonLink href="/settings/device" kind=ButtonKind::Quiet>{crate::tr::settings::device_title}</ButtonLink>
                </div>
            </div>
        }
        .into_any(),
        Some(Some(_)) => view! { <Claim /> }.into_any(),
    }
    }
}

/// The code, and then the studio goes up.
#[component]
fn Claim() -> impl IntoView {
    let (studio, link, shell) = (use_studio(), use_link(), crate::shell::use_shell());
    let code = RwSignal::new(String::new());
    let (tried, busy, trouble) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<JoinError>));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let typed = code.get_untracked().trim().to_owned();
        if typed.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let (studio, link) = (studio.clone(), link.clone());
        spawn_local(async move {
            match hub::claim(&studio, &link, &typed).await {
                Ok(()) => shell.say(t::hub_connected()),
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    let error = move || {
        (tried.get() && code.with(|code| code.trim().is_empty())).then(|| t::hub_code_missing().to_owned())
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p>{t::hub_solo_lead}</p>
            {(!hub::is_secure()).then(|| view! { <Banner answer=Answer::Warn text=t::hub_plain_http /> })}
            <div class="settings__code">
                <TextField label=t::hub_code value=code kind=LineKind::Code need=Need::Required hint=t::hub_code_hint length_max=CODE_CHARS_MAX error />
            </div>
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=hub::say(&error) /> })}
            <div role="status">
                {move || busy.get().then(|| view! { <Progress label=t::hub_uploading done=0_u64 of=0_u64 /> })}
            </div>
            <Actions><Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::hub_connect}</Button></Actions>
        </form>
    }
}
