//! Joining a studio: the code that was typed or came with the link, and a name for this device.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::hub::{self, JoinError, use_link};
use crate::studio::use_studio;
use crate::tr::start as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, ButtonSize, LineKind, Mark, Need, TextField,
    Whole, narrow_digits,
};
use crate::{device, tr};

/// Characters of a device's name.
const NAME_CHARS_MAX: u32 = 40;
/// Characters of a code, with the spaces and dashes people put between.
const CODE_CHARS_MAX: u32 = 20;

/// The code as the hub knows it, without what people put between its characters.
fn tidy_code(typed: &str) -> String {
    narrow_digits(typed).chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_uppercase()
}

/// The form.
#[component]
pub fn JoinStudio(code: Option<String>, #[prop(into)] on_password: Callback<()>) -> impl IntoView {
    let (studio, link) = (use_studio(), use_link());
    let by_link = code.is_some();
    let secret = StoredValue::new(code);
    let (typed, name) = (RwSignal::new(String::new()), RwSignal::new(super::device_guess().to_owned()));
    let (tried, busy, trouble) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<JoinError>));
    let navigate = use_navigate();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let code = secret.get_value().unwrap_or_else(|| tidy_code(&typed.get_untracked()));
        let device_name = name.get_untracked().trim().to_owned();
        if code.is_empty() || device_name.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let (studio, link, navigate) = (studio.clone(), link.clone(), navigate.clone());
        spawn_local(async move {
            match hub::join(&studio, &link, &code, &device_name).await {
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
    let code_error = move || {
        (tried.get() && !by_link && typed.with(|code| tidy_code(code).is_empty()))
            .then(|| t::join_code_missing().to_owned())
    };
    let name_error = move || {
        (tried.get() && name.with(|name| name.trim().is_empty())).then(|| t::join_device_missing().to_owned())
    };
    view! {
        <header class="start__head">
            <h1>{t::join_title}</h1>
            <p class="quiet">{t::join_lead}</p>
        </header>
        <form class="form" novalidate on:submit=submit>
            <div class="group">
                <Whole>
                    {if by_link {
                        view! { <p><Mark answer=Answer::Ok text=t::join_by_link /></p> }.into_any()
                    } else {
                        view! {
                            <div class="start__code">
                                <TextField label=t::join_code value=typed kind=LineKind::Code need=Need::Required length_max=CODE_CHARS_MAX
                                    hint=t::join_code_hint error=code_error />
                            </div>
                        }.into_any()
                    }}
                </Whole>
                <Whole>
                    <TextField label=t::join_device value=name need=Need::Required length_max=NAME_CHARS_MAX
                        hint=t::join_device_hint error=name_error />
                </Whole>
            </div>
            {(!hub::is_secure()).then(|| view! { <Banner answer=Answer::Warn text=tr::sync::hub_plain_http /> })}
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=hub::say(&error) /> })}
            <Actions>
                <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy>{t::join_go}</Button>
            </Actions>
            <Button kind=ButtonKind::Quiet on_press=move |()| on_password.run(())>{t::join_by_password}</Button>
            <p class="quiet" role="status">{move || busy.get().then(t::join_fetching)}</p>
        </form>
    }
}
