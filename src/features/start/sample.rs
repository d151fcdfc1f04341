//! The sample studio: made on this device, marked on every screen, removed with one button that first says what is lost.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::kernel::RecordBody;
use rollcall_domain::members::Member;

use crate::parts::refusals::say_run_error;
use crate::parts::settings::studio_settings;
use crate::studio::{RunError, use_studio};
use crate::tr::start as t;
use crate::ui::{Actions, Answer, Banner, Button, ButtonKind, ButtonSize, Dialog};
use crate::{device, sample, tr};

/// The page that says what the sample is, with the button that makes it.
#[component]
pub fn SampleStudio() -> impl IntoView {
    let studio = use_studio();
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<RunError>));
    let navigate = use_navigate();
    let make = move |()| {
        busy.set(true);
        trouble.set(None);
        let (studio, navigate) = (studio.clone(), navigate.clone());
        spawn_local(async move {
            match sample::make(&studio, tr::lang()).await {
                Ok(()) => navigate("/", NavigateOptions::default()),
                Err(error) => {
                    busy.try_set(false);
                    trouble.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <header class="start__head">
            <h1>{t::sample_title}</h1>
            <p class="quiet">{t::sample_lead}</p>
        </header>
        {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })}
        <div class="cluster">
            <Button kind=ButtonKind::Primary size=ButtonSize::Large busy on_press=make>{t::sample_open}</Button>
            <span class="quiet" role="status">{move || busy.get().then(t::sample_making)}</span>
        </div>
    }
}

/// Above every screen of the sample studio.
#[component]
pub fn SampleBanner() -> impl IntoView {
    let studio = use_studio();
    let open = RwSignal::new(false);
    let is_sample = Memo::new(move |_| studio_settings(&studio).is_some_and(|settings| settings.sample));
    view! {
        <Show when=move || is_sample.get()>
            <div class="sample only-screen">
                <Banner text=t::sample_banner>
                    <Button kind=ButtonKind::Quiet on_press=move |()| open.set(true)>{t::wipe_button}</Button>
                </Banner>
            </div>
            <Dialog title=t::wipe_title open><Wipe on_keep=move |()| open.set(false) /></Dialog>
        </Show>
    }
}

#[component]
fn Wipe(#[prop(into)] on_keep: Callback<()>) -> impl IntoView {
    let studio = use_studio();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(false));
    let members = u64::try_from(studio.live().count(Member::KIND)).unwrap_or(0);
    let wipe = move |()| {
        busy.set(true);
        failed.set(false);
        let studio = studio.clone();
        spawn_local(async move {
            let emptied = device::empty(&studio, "/").await;
            // When it went well the page starts afresh by now.
            busy.try_set(false);
            failed.try_set(emptied.is_err());
        });
    };
    view! {
        <div class="stack">
            <p>{move || t::wipe_lost(t::members(members))}</p>
            <p>{t::wipe_then}</p>
            {move || failed.get().then(|| view! { <Banner answer=Answer::Stop text=t::wipe_failed /> })}
        </div>
        <Actions>
            <Button on_press=move |()| on_keep.run(())>{t::wipe_keep}</Button>
            <Button kind=ButtonKind::Stop busy on_press=wipe>{t::wipe_yes}</Button>
        </Actions>
    }
}
