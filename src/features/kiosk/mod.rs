//! Self check-in: a desk's device in the members' hands. It is all that is reachable there, and it shows nobody but the
//! one who stands before it: the own first name, a colour, one kind sentence.

mod begin;
mod leave;
mod state;

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::kernel::access::TILL;

use crate::parts::pages::SettingsPage;
use crate::parts::scanning::{LINE_CHARS_MAX, LineKey, keep_focus, line_key};
use crate::parts::settings::studio_settings;
use crate::studio::use_studio;
use crate::tr;
use crate::tr::kiosk as t;
use crate::ui::{Button, ButtonKind, ButtonRole, ButtonSize, ScanButton, Scanner, is_composing, next_id};

use leave::Leave;
use state::{Said, Stand, is_whole};

/// Handing the device to the members.
pub const PAGE: SettingsPage = SettingsPage {
    path: "self-check-in",
    title: t::title,
    note: t::note,
    view: || view! { <begin::BeginPage /> }.into_any(),
    roles: TILL,
};

/// The screen. There is no other one until somebody of the studio takes the device back.
#[component]
pub fn Kiosk() -> impl IntoView {
    let (studio, stand) = (use_studio(), Stand::new());
    let navigate = use_navigate();
    // Whatever address was typed: what is shown is this, also when the device is taken back.
    Effect::new(move |_| {
        navigate("/", NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let name = move || studio_settings(&studio).map(|settings| settings.name).unwrap_or_default();
    let class = move || match stand.shown.with(|shown| shown.as_ref().map(Said::answer)) {
        Some(answer) => format!("kiosk kiosk--{}", answer.class()),
        None => "kiosk".to_owned(),
    };
    view! {
        <div class=class data-testid="kiosk">
            <header class="kiosk__head">
                <p class="kiosk__studio">{name}</p>
                <Languages />
            </header>
            <div class="kiosk__middle" aria-live="assertive">
                {move || match stand.shown.get() {
                    Some(said) => view! { <Answered stand said /> }.into_any(),
                    None => view! {
                        <div class="kiosk__words">
                            <h1 class="kiosk__title">{t::hello}</h1>
                            <p class="kiosk__note">{t::ask}</p>
                        </div>
                    }.into_any(),
                }}
            </div>
            <Entry stand />
            <footer class="kiosk__foot"><Leave /></footer>
        </div>
    }
}

/// Each language by its own name, all of them in sight.
#[component]
fn Languages() -> impl IntoView {
    let one = |lang: tr::Lang| {
        view! {
            <button type="button" class="button button--quiet kiosk__language" lang=lang.tag()
                aria-pressed=move || (tr::lang() == lang).to_string()
                on:click=move |_| tr::set_lang(lang)>{lang.own_name()}</button>
        }
    };
    view! {
        <div class="kiosk__languages" role="group" aria-label=t::languages>
            {tr::Lang::ALL.map(one).collect_view()}
        </div>
    }
}

/// The answer to one person. It goes by itself; a press anywhere on it is quicker.
#[component]
fn Answered(stand: Stand, said: Said) -> impl IntoView {
    let mark = format!("kiosk__title mark mark--{}", said.answer().class());
    let (title, note) = (said.clone(), said.clone());
    view! {
        <div class="kiosk__words" data-testid="kiosk-answer" data-light=said.answer().class() on:click=move |_| stand.back()>
            <h1 class=mark>{move || title.title()}</h1>
            <p class="kiosk__note">{move || note.note()}</p>
            <Button size=ButtonSize::Large on_press=move |()| stand.back()>{t::next}</Button>
        </div>
    }
}

/// What is scanned and typed. It is there all the time: the next person need not wait for the answer to go.
#[component]
fn Entry(stand: Stand) -> impl IntoView {
    let studio = use_studio();
    let node = NodeRef::<html::Input>::new();
    let (camera, id) = (RwSignal::new(false), next_id("kiosk"));
    keep_focus(node, move || stand.shown.track());
    let for_take = studio.clone();
    let take = Callback::new(move |text: String| stand.take(&for_take, &text));
    let give = move || take.run(stand.text.get_untracked());
    let keys = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        let whole = || stand.text.with_untracked(|text| untrack(|| is_whole(&studio, text)));
        match line_key(&event, whole) {
            LineKey::End => give(),
            LineKey::Other if event.key() == "Escape" => stand.back(),
            LineKey::Held | LineKey::Other => {}
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        give();
    };
    view! {
        <form class="kiosk__entry" novalidate on:submit=submit>
            <label class="kiosk__label" for=id.clone()>{t::field}</label>
            <div class="kiosk__line">
                <input
                    node_ref=node
                    class="input kiosk__field"
                    id=id
                    type="text"
                    inputmode="tel"
                    data-testid="kiosk-field"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="go"
                    maxlength=LINE_CHARS_MAX
                    prop:value=move || stand.text.get()
                    on:input:target=move |event| stand.text.set(event.target().value())
                    on:keydown=keys
                />
                <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit>{t::go}</Button>
            </div>
            <ScanButton open=camera size=ButtonSize::Large />
            <Scanner open=camera on_read=take />
        </form>
    }
}
