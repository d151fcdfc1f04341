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

/// The business day is looked at each minute: a tablet at the desk stays open over midnight.
fn turn_the_day(opened: RwSignal<Option<Opened>>) {
    let look = move || {
        if let Some(Opened::Yes(studio, _)) = opened.get_untracked() {
            studio.live().day_may_have_turned(studio.day_now());
        }
    };
    if let Ok(timer) = set_interval_with_handle(look, std::time::Duration::from_secs(60)) {
        on_cleanup(move || timer.clear());
    }
}

/// The records cannot be opened now. They are still there.
#[component]
fn Rescue(failure: Failure, on_retry: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let sentence = move || match failure {
        Failure::Full => tr::opening::full(),
        Failure::Lost | Failure::Contended | Failure::NoStudio => tr::opening::lost(),
        Failure::Broken | Failure::Newer => tr::opening::broken(),
    };
    view! {
        <div class="empty" role="alert">
            <p class="empty__title">{tr::opening::title}</p>
            <p class="empty__note">{sentence}</p>
            <p class="empty__note">{tr::opening::safe}</p>
            <div class="empty__acts">
                <Button kind=ButtonKind::Primary on_press=move |()| on_retry()>{tr::common::retry}</Button>
            </div>
        </div>
    }
}
