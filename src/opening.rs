//! Between the first paint and the first screen: opens what this device keeps, and says plainly when it cannot.
//!
//! It never deletes anything: a database that does not open is left as it is.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::studio::{DATABASES, Failure, Studio};
use crate::sync::Link;
use crate::tr;
use crate::ui::{Button, ButtonKind, Skeleton};

#[derive(Clone)]
enum Opened {
    Yes(Studio, Link),
    No(Failure),
}

/// Opens the studio of this browser profile and shows the screens once it is there.
#[component]
pub fn Opening(children: ChildrenFn) -> impl IntoView {
    let opened = RwSignal::new(None::<Opened>);
    let open = move || {
        opened.set(None);
        spawn_local(async move {
            let result = match Studio::open(DATABASES).await {
                Ok(studio) => {
                    let link = Link::start(&studio);
                    Opened::Yes(studio, link)
                }
                Err(failure) => Opened::No(failure),
            };
            opened.set(Some(result));
        });
    };
    open();
    turn_the_day(opened);
    watch_the_lease(opened);
    move || match opened.get() {
        None => view! { <Skeleton rows=6 /> }.into_any(),
        Some(Opened::Yes(studio, link)) => {
            provide_context(studio);
            provide_context(link);
            children().into_any()
        }
        Some(Opened::No(failure)) => view! { <Rescue failure=failure on_retry=open /> }.into_any(),
    }
}

/// The business day is looked at each minute, and whenever the page comes back into sight: a tablet at the desk stays open
/// over midnight, and wakes on another day.
fn turn_the_day(opened: RwSignal<Option<Opened>>) {
    let look = move || {
        if let Some(Opened::Yes(studio, _)) = opened.get_untracked() {
            studio.live().day_may_have_turned(studio.day_now());
        }
    };
    if let Ok(timer) = set_interval_with_handle(look, std::time::Duration::from_secs(60)) {
        on_cleanup(move || timer.clear());
    }
    for event in ["visibilitychange", "pageshow", "focus"] {
        let heard = window_event_listener_untyped(event, move |_| look());
        on_cleanup(move || heard.remove());
    }
}

/// The data lease is looked at each minute and whenever the page comes back into sight. When it is over the page is
/// opened again, which locks it: nothing that was drawn before stays.
fn watch_the_lease(opened: RwSignal<Option<Opened>>) {
    let look = move || {
        let Some(Opened::Yes(studio, _)) = opened.get_untracked() else { return };
        spawn_local(async move {
            match studio.lease_is_over().await {
                Ok(true) => {
                    let _turn = studio.gate.lock().await;
                    // A browser that refuses to reload asks again in a minute.
                    let _ = window().location().reload();
                }
                Ok(false) => {}
                Err(failure) => leptos::logging::warn!("the lease could not be looked at: {failure}"),
            }
        });
    };
    if let Ok(timer) = set_interval_with_handle(look, std::time::Duration::from_secs(60)) {
        on_cleanup(move || timer.clear());
    }
    for event in ["visibilitychange", "pageshow", "focus"] {
        let heard = window_event_listener_untyped(event, move |_| look());
        on_cleanup(move || heard.remove());
    }
}

/// The records cannot be opened now. They are still there.
#[component]
fn Rescue(failure: Failure, on_retry: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let sentence = move || match failure {
        Failure::Full => tr::opening::full(),
        Failure::Lost | Failure::Contended | Failure::NoStudio => tr::opening::lost(),
        Failure::Broken | Failure::Newer => tr::opening::broken(),
        Failure::Sealed => tr::opening::sealed(),
    };
    view! {
        <div class="empty" role="alert">
            <h1 class="empty__title">{tr::opening::title}</h1>
            <p class="empty__note">{sentence}</p>
            <p class="empty__note">{tr::opening::safe}</p>
            <div class="empty__acts">
                <Button kind=ButtonKind::Primary on_press=move |()| on_retry()>{tr::common::retry}</Button>
            </div>
        </div>
    }
}
