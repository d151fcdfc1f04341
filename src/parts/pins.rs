//! Whose PIN opens the till at this device, and the form that asks for one. It must never know what a PIN opens.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::access::TILL;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::studio::Person;
use rollcall_domain::studio::pins::{DIGITS_MAX, Pin, is_pin};

use super::refusals::say_failure;
use super::settings::people;
use crate::studio::{Studio, SwitchError};
use crate::tr;
use crate::ui::{Actions, Answer, Banner, Button, ButtonKind, ButtonRole, LineKind, Need, Text, TextField};

/// Everybody of the till who has a PIN, with its hash, by name. Follows changes.
#[must_use]
pub fn pin_holders(studio: &Studio) -> Vec<(Person, String)> {
    let with_pin = |person: Person| {
        let pin: Pin = studio.live().get(Pin::id_of(PersonId(person.id)))?;
        Some((person, pin.hash))
    };
    people(studio).into_iter().filter(|person| TILL.contains(&person.role)).filter_map(with_pin).collect()
}

/// Tries digits. What follows when they are right is its own matter.
pub type TryDigits = Arc<dyn Fn(String) -> LocalBoxFuture<'static, Result<(), SwitchError>> + Send + Sync>;

/// What is written on the form.
#[derive(Debug, Clone, Copy)]
pub struct PinWords {
    /// Why digits were not taken.
    pub wrong: fn() -> &'static str,
    /// The button that tries them.
    pub go: fn() -> &'static str,
    /// The button that gives up.
    pub leave: fn() -> &'static str,
}

/// Asks for a PIN, and says what was wrong with it. The field is empty again after a wrong one.
#[component]
pub fn PinForm(
    #[prop(into)] label: Text,
    words: PinWords,
    try_digits: TryDigits,
    #[prop(into)] on_leave: Callback<()>,
) -> impl IntoView {
    let (typed, busy, trouble) =
        (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(None::<SwitchError>));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let digits = typed.get_untracked();
        if busy.get_untracked() || !is_pin(&digits) {
            trouble.set(Some(SwitchError::Wrong));
            return;
        }
        busy.set(true);
        let answer = try_digits(digits);
        spawn_local(async move {
            if let Err(error) = answer.await {
                typed.try_set(String::new());
                trouble.try_set(Some(error));
            }
            busy.try_set(false);
        });
    };
    let say = move |error| match error {
        SwitchError::Wrong => (words.wrong)().to_owned(),
        SwitchError::Locked { left_ms } => tr::people::switch_locked(left_ms.div_ceil(60_000)),
        SwitchError::Storage(failure) => say_failure(failure).to_owned(),
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <TextField label value=typed kind=LineKind::Password need=Need::Required
                length_max=u32::try_from(DIGITS_MAX).unwrap_or(8) />
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say(error) /> })}
            <Actions>
                <Button on_press=move |()| on_leave.run(())>{words.leave}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{words.go}</Button>
            </Actions>
        </form>
    }
}
