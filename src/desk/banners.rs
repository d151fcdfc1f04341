//! What stands above every screen while something is wrong with this device: its room, its clock, its storage, its version.
//!
//! Each banner says what a person can do, and goes by itself when its reason is gone. It must never know a record.

use leptos::prelude::*;

use crate::hub::use_link;
use crate::studio::{Lost, use_studio};
use crate::tr;
use crate::ui::{Answer, Banner, Button, ButtonKind, ButtonLink};

/// A clock further away from the hub's than this makes days and times on this screen wrong.
const SKEW_MS_MAX: i64 = 600_000;

/// All of them.
#[component]
pub(super) fn Banners() -> impl IntoView {
    view! { <CannotSave /> <Outdated /> <WentBack /> <WrongClock /> }
}

/// There is no room: what is on the screen is not saved, and the page must stay open.
#[component]
fn CannotSave() -> impl IntoView {
    let studio = use_studio();
    view! {
        <Show when=move || studio.is_full()>
            <div class="sample">
                <Banner answer=Answer::Stop text=tr::studio::failed_full>
                    <ButtonLink href="/settings/backup">{tr::settings::backup_save}</ButtonLink>
                </Banner>
            </div>
        </Show>
    }
}

/// Another tab runs a newer build that has taken over the databases.
#[component]
fn Outdated() -> impl IntoView {
    let studio = use_studio();
    let reload = |()| {
        // A browser that does not reload by itself has a button of its own.
        let _ = window().location().reload();
    };
    view! {
        <Show when=move || studio.is_outdated()>
            <div class="sample">
                <Banner answer=Answer::Stop text=tr::studio::failed_newer>
                    <Button on_press=reload>{tr::opening::reload}</Button>
                </Banner>
            </div>
        </Show>
    }
}

/// The browser put an older copy of the records in the place of the newest.
#[component]
fn WentBack() -> impl IntoView {
    let studio = use_studio();
    let missing = {
        let studio = studio.clone();
        Memo::new(move |_| match studio.lost() {
            Some(Lost::Lately { missing }) => Some(missing),
            _ => None,
        })
    };
    move || {
        let (studio, missing) = (studio.clone(), missing.get()?);
        Some(view! {
            <div class="sample">
                <Banner answer=Answer::Warn text=move || tr::opening::went_back(missing)>
                    <Button kind=ButtonKind::Quiet on_press=move |()| studio.accept_loss()>{tr::opening::went_back_seen}</Button>
                </Banner>
            </div>
        })
    }
}

/// Nothing is refused because of a clock; but whoever looks at this screen sees the wrong day.
#[component]
fn WrongClock() -> impl IntoView {
    let (studio, link) = (use_studio(), use_link().state());
    let is_wrong = Memo::new(move |_| {
        link.track();
        studio.clock_skew_ms().is_some_and(|skew_ms| skew_ms.abs() > SKEW_MS_MAX)
    });
    view! {
        <Show when=move || is_wrong.get()>
            <div class="sample">
                <Banner answer=Answer::Warn text=tr::opening::clock_wrong>
                    <ButtonLink href="/settings/device">{tr::settings::device_title}</ButtonLink>
                </Banner>
            </div>
        </Show>
    }
}
