//! The first start: a new studio, a look around in the sample studio, joining a studio by code, or
//! opening a backup file. No account anywhere.
//!
//! It must never know how records are kept or sent: it gives one command to the studio, or one code to the hub.

pub mod join;
pub mod left;
pub mod new_studio;
pub mod own;
pub mod restore;
pub mod sample;
pub mod sign_in;
mod state;

use leptos::prelude::*;

use crate::studio::{Lost, use_studio};
use crate::tr::start as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, media};

pub use left::Left;
pub use own::OwnStudio;
pub use sample::SampleBanner;

use join::JoinStudio;
use new_studio::NewStudio;
use restore::OpenBackup;
use sample::SampleStudio;
use sign_in::SignInStudio;

/// What a device is called until somebody says otherwise: by its size.
fn device_guess() -> &'static str {
    if media("(max-width: 43.9375rem)") { t::join_device_guess_phone() } else { t::join_device_guess() }
}

/// What the first screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Choose,
    New,
    Sample,
    Join,
    SignIn,
    Backup,
}

/// The first screen. `code` is what a link to join brought along.
#[component]
pub fn Start(code: Option<String>) -> impl IntoView {
    let step = RwSignal::new(if code.is_some() { Step::Join } else { Step::Choose });
    let code = StoredValue::new(code);
    move || {
        match step.get() {
        Step::Choose => view! { <Choose step /> }.into_any(),
        Step::New => view! { <Inside step><NewStudio /></Inside> }.into_any(),
        Step::Sample => view! { <Inside step><SampleStudio /></Inside> }.into_any(),
        Step::Backup => view! { <Inside step><OpenBackup /></Inside> }.into_any(),
        Step::SignIn => view! { <Inside step><SignInStudio /></Inside> }.into_any(),
        Step::Join => view! { <Inside step><JoinStudio code=code.get_value() on_password=move |()| step.set(Step::SignIn) /></Inside> }.into_any(),
    }
    }
}

/// One page of the start with the way back to the choices.
#[component]
fn Inside(step: RwSignal<Step>, children: Children) -> impl IntoView {
    view! {
        <div class="page page--narrow start">
            <div class="start__back">
                <Button kind=ButtonKind::Quiet on_press=move |()| step.set(Step::Choose)>
                    <span aria-hidden="true">"‹ "</span> {t::back}
                </Button>
            </div>
            {children()}
        </div>
    }
}

#[component]
fn Choose(step: RwSignal<Step>) -> impl IntoView {
    let choices: [(Step, fn() -> &'static str, fn() -> &'static str); 4] = [
        (Step::New, t::choose_new, t::choose_new_note),
        (Step::Sample, t::choose_sample, t::choose_sample_note),
        (Step::Join, t::choose_join, t::choose_join_note),
        (Step::Backup, t::choose_backup, t::choose_backup_note),
    ];
    let one = |(to, title, note): (Step, fn() -> &'static str, fn() -> &'static str)| {
        view! {
            <li>
                <button type="button" class="start__choice" class:start__choice--first=to == Step::New on:click=move |_| step.set(to)>
                    <span class="start__title">{title}</span>
                    <span class="start__note">{note}</span>
                </button>
            </li>
        }
    };
    view! {
        <div class="page page--narrow start">
            <header class="start__head">
                <p class="start__brand">{crate::tr::common::app_name}</p>
                <h1>{t::title}</h1>
                <p class="quiet">{t::lead}</p>
            </header>
            <Gone />
            <ul class="start__choices">{choices.map(one).collect_view()}</ul>
        </div>
    }
}

/// There was a studio here, and the browser has removed it.
#[component]
fn Gone() -> impl IntoView {
    let studio = use_studio();
    move || {
        let Some(Lost::Everything { unsent }) = studio.lost() else { return None };
        let missing = (unsent > 0).then(|| view! { <p>{move || t::gone_unsent(unsent)}</p> });
        Some(view! {
            <Banner answer=Answer::Warn text=t::gone />
            <div class="stack stack--tight">{missing} <p class="quiet">{t::gone_next}</p></div>
        })
    }
}
