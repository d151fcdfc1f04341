//! The page of the settings that hands the device to the members, and says how it comes back.

use leptos::prelude::*;
use rollcall_domain::studio::pins::{DIGITS_MAX, is_pin};

use crate::parts::kiosk;
use crate::parts::pins::pin_holders;
use crate::parts::refusals::say_failure;
use crate::studio::{Failure, use_studio};
use crate::tr;
use crate::tr::kiosk as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, ButtonSize, LineKind, Need, TextField,
};

/// Why it did not begin.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    NotKept,
    Failed(Failure),
}

/// The page.
#[component]
pub(super) fn BeginPage() -> impl IntoView {
    let studio = use_studio();
    let trouble = RwSignal::new(None::<Trouble>);
    let names = Memo::new(move |_| {
        pin_holders(&studio).into_iter().map(|(person, _)| person.name).collect::<Vec<_>>()
    });
    let begin = Callback::new(move |code: Option<String>| {
        if kiosk::begin(code).is_err() {
            trouble.set(Some(Trouble::NotKept));
        }
    });
    view! {
        <div class="stack stack--wide">
            <p>{t::lead}</p>
            <p>{t::nothing_else}</p>
            {move || trouble.get().map(|trouble| view! { <Banner answer=Answer::Stop text=move || say(trouble) /> })}
            {move || match names.get() {
                names if names.is_empty() => view! { <WithCode begin trouble /> }.into_any(),
                names => view! {
                    <p>{move || t::ends_with(names.join(" · "))}</p>
                    <div class="cluster">
                        <Button kind=ButtonKind::Primary size=ButtonSize::Large on_press=move |()| begin.run(None)>{t::begin}</Button>
                    </div>
                }.into_any(),
            }}
        </div>
    }
}

/// Where nobody has a PIN, a code of this one time.
#[component]
fn WithCode(begin: Callback<Option<String>>, trouble: RwSignal<Option<Trouble>>) -> impl IntoView {
    let studio = use_studio();
    let (typed, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let tried = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let digits = typed.get_untracked();
        if !is_pin(&digits) || digits != again.get_untracked() {
            return;
        }
        match studio.hash_pin(&digits) {
            Ok(hash) => begin.run(Some(hash)),
            Err(failure) => trouble.set(Some(Trouble::Failed(failure))),
        }
    };
    let length_max = u32::try_from(DIGITS_MAX).unwrap_or(8);
    let bad =
        move || (tried.get() && !typed.with(|pin| is_pin(pin))).then(|| tr::people::pin_bad().to_owned());
    let other =
        move || (tried.get() && typed.get() != again.get()).then(|| tr::people::pin_not_same().to_owned());
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p>{t::code_lead}</p>
            <TextField label=t::code value=typed kind=LineKind::Password need=Need::Required length_max error=bad />
            <TextField label=t::code_again value=again kind=LineKind::Password need=Need::Required length_max error=other />
            <Actions>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit>{t::begin}</Button>
            </Actions>
        </form>
    }
}

fn say(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::NotKept => t::not_kept(),
        Trouble::Failed(failure) => say_failure(failure),
    }
}
