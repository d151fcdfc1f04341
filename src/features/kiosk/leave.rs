//! The way back to the desk: a PIN of somebody who works here, counted and locked as changing places is.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::studio::pins::{DIGITS_MAX, is_pin};

use crate::parts::kiosk;
use crate::parts::pins::pin_holders;
use crate::parts::refusals::say_failure;
use crate::shell::use_shell;
use crate::studio::{SwitchError, use_studio};
use crate::tr;
use crate::tr::kiosk as t;
use crate::ui::{Actions, Answer, Banner, Button, ButtonKind, ButtonRole, Dialog, LineKind, Need, TextField};

/// A question that nobody answers goes, so that the next member finds the screen.
const PATIENCE: Duration = Duration::from_secs(60);

/// The button and its dialog.
#[component]
pub(super) fn Leave() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Button kind=ButtonKind::Quiet on_press=move |()| open.set(true)>{t::staff}</Button>
        <Dialog title=t::leave open><Digits open /></Dialog>
    }
}

#[component]
fn Digits(open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (typed, busy, trouble) =
        (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(None::<SwitchError>));
    let close = move || {
        open.try_set(false);
    };
    if let Ok(timer) = set_timeout_with_handle(close, PATIENCE) {
        on_cleanup(move || timer.clear());
    }
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let digits = typed.get_untracked();
        if busy.get_untracked() || !is_pin(&digits) {
            trouble.set(Some(SwitchError::Wrong));
            return;
        }
        busy.set(true);
        let holders: Vec<(PersonId, Role, String)> = untrack(|| pin_holders(&studio))
            .into_iter()
            .map(|(person, hash)| (PersonId(person.id), person.role, hash))
            .collect();
        let studio = studio.clone();
        spawn_local(async move {
            match studio.end_by_pin(&holders, kiosk::code().as_deref(), &digits).await {
                Ok(()) => {
                    kiosk::end();
                    shell.say(t::ended());
                }
                Err(error) => {
                    typed.try_set(String::new());
                    trouble.try_set(Some(error));
                    busy.try_set(false);
                }
            }
        });
    };
    let label = move || if kiosk::code().is_some() { t::leave_code() } else { t::leave_pin() };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <TextField label value=typed kind=LineKind::Password need=Need::Required
                length_max=u32::try_from(DIGITS_MAX).unwrap_or(8) />
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say(error) /> })}
            <Actions>
                <Button on_press=move |()| open.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::leave_go}</Button>
            </Actions>
        </form>
    }
}

fn say(error: SwitchError) -> String {
    match error {
        SwitchError::Wrong => t::leave_wrong().to_owned(),
        SwitchError::Locked { left_ms } => tr::people::switch_locked(left_ms.div_ceil(60_000)),
        SwitchError::Storage(failure) => say_failure(failure).to_owned(),
    }
}
