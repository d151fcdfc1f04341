//! Emptying this device: what would be lost is said first, and the studio's name is typed, because there is no way back.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::settings::studio_settings;
use crate::device;
use crate::studio::{Authority, use_studio};
use crate::tr::settings as t;
use crate::ui::{Actions, Answer, Banner, Button, ButtonKind, Dialog, Mark, Need, TextField};

/// The button and its dialog. `waiting` is how many entries no hub has; afterwards the app starts afresh at `then_to`.
#[component]
pub fn EmptyDevice(#[prop(into)] waiting: Signal<u64>, #[prop(into)] then_to: String) -> impl IntoView {
    let open = RwSignal::new(false);
    let then_to = StoredValue::new(then_to);
    view! {
        <div class="cluster">
            <Button kind=ButtonKind::Stop on_press=move |()| open.set(true)>{t::device_empty}</Button>
        </div>
        <Dialog title=t::empty_title open>
            <Question waiting then_to=then_to.get_value() on_keep=move |()| open.set(false) />
        </Dialog>
    }
}

#[component]
fn Question(waiting: Signal<u64>, then_to: String, #[prop(into)] on_keep: Callback<()>) -> impl IntoView {
    let studio = use_studio();
    let name = studio_settings(&studio).map(|settings| settings.name).unwrap_or_default();
    let has_hub = studio.me_now().is_some_and(|me| me.authority == Authority::Hub);
    let typed = RwSignal::new(String::new());
    let (tried, failed, busy) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let name = StoredValue::new(name);
    let fits = move || name.with_value(|name| typed.with(|typed| typed.trim() == name.as_str()));
    let empty = move |()| {
        tried.set(true);
        if !untrack(fits) {
            return;
        }
        busy.set(true);
        let (studio, then_to) = (studio.clone(), then_to.clone());
        spawn_local(async move {
            let emptied = device::empty(&studio, &then_to).await;
            // When it went well the page starts afresh by now.
            busy.try_set(false);
            failed.try_set(emptied.is_err());
        });
    };
    let what_about = if has_hub { t::empty_with_hub } else { t::empty_solo };
    let error = move || (tried.get() && !fits()).then(|| t::empty_word_wrong().to_owned());
    view! {
        <div class="stack">
            <p>{move || t::empty_lead(name.get_value())}</p>
            <p>{what_about}</p>
            {move || (waiting.get() > 0).then(|| view! { <Mark answer=Answer::Stop text=move || t::empty_waiting(waiting.get()) /> })}
            <TextField label=move || t::empty_word(name.get_value()) value=typed need=Need::Required error />
            {move || failed.get().then(|| view! { <Banner answer=Answer::Stop text=t::empty_failed /> })}
        </div>
        <Actions>
            <Button on_press=move |()| on_keep.run(())>{crate::tr::common::cancel}</Button>
            <Button kind=ButtonKind::Stop busy on_press=empty>{t::empty_yes}</Button>
        </Actions>
    }
}
