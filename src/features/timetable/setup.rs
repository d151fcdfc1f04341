//! What a timetable is made of: classes, places, coaches, closed days. Each is a short list with a form.

mod calendar;
mod classes;
mod closures;
mod coaches;
mod places;

use leptos::prelude::*;
use rollcall_domain::classes::NAME_CHARS_MAX;

use crate::parts::doing::{Doing, Trouble};
use crate::tr;
use crate::tr::classes as t;
use crate::ui::{Actions, Button, ButtonKind, ButtonRole};

use calendar::CalendarFiles;
use classes::Classes;
use closures::Closures;
use coaches::Coaches;
use places::Places;

/// The page.
#[component]
pub(super) fn Setup() -> impl IntoView {
    view! {
        <div class="stack stack--wide">
            <Classes />
            <Places />
            <Coaches />
            <Closures />
            <CalendarFiles />
        </div>
    }
}

fn name_chars() -> u32 {
    u32::try_from(NAME_CHARS_MAX).unwrap_or(60)
}

fn needed(tried: RwSignal<bool>, value: RwSignal<String>) -> Signal<Option<String>> {
    Signal::derive(move || {
        (tried.get() && value.with(|text| text.trim().is_empty())).then(|| t::needed().to_owned())
    })
}

/// The last line of every form here.
#[component]
pub(super) fn Ends(doing: Doing, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    view! {
        <Trouble doing />
        <Actions>
            <Button on_press=move |()| on_done.run(())>{tr::common::cancel}</Button>
            <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{tr::common::save}</Button>
        </Actions>
    }
}
