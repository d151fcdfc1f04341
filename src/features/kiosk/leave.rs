//! The way back to the desk: a PIN of somebody who works here, counted and locked as changing places is.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::ids::PersonId;

use crate::parts::kiosk;
use crate::parts::pins::{PinForm, PinWords, TryDigits, pin_holders};
use crate::shell::use_shell;
use crate::studio::use_studio;
use crate::tr;
use crate::tr::kiosk as t;
use crate::ui::{Button, ButtonKind, Dialog};

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

const WORDS: PinWords = PinWords { wrong: t::leave_wrong, go: t::leave_go, leave: tr::common::cancel };

#[component]
fn Digits(open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let close = move || {
        open.try_set(false);
    };
    if let Ok(timer) = set_timeout_with_handle(close, PATIENCE) {
        on_cleanup(move || timer.clear());
    }
    let try_digits: TryDigits = Arc::new(move |digits| {
        let holders: Vec<(PersonId, Role, String)> = untrack(|| pin_holders(&studio))
            .into_iter()
            .map(|(person, hash)| (PersonId(person.id), person.role, hash))
            .collect();
        let studio = studio.clone();
        Box::pin(async move {
            studio.end_by_pin(&holders, kiosk::code().as_deref(), &digits).await?;
            kiosk::end();
            shell.say(t::ended());
            Ok(())
        })
    });
    let label = move || if kiosk::code().is_some() { t::leave_code() } else { t::leave_pin() };
    view! { <PinForm label words=WORDS try_digits on_leave=move |()| open.set(false) /> }
}
