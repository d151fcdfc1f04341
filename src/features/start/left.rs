//! The still page of a device that is not in use any more: what it still had is with the hub, and nothing is left here.
//!
//! It opens no records. Where the removing was cut short it is done again, in the same order, until nothing is left.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::device::{self, StillOpen};
use crate::tr::start as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, Empty};

/// The page.
#[component]
pub fn Left() -> impl IntoView {
    let done = RwSignal::new(None::<Result<(), StillOpen>>);
    let remove = move |()| {
        done.set(None);
        spawn_local(async move {
            let removed = device::remove_all().await;
            done.try_set(Some(removed));
        });
    };
    remove(());
    view! {
        <div class="page page--narrow start" data-testid="left">
            <Empty heading=true title=t::left_title note=t::left_note>
                {move || match done.get() {
                    None => view! { <p role="status">{t::left_removing}</p> }.into_any(),
                    Some(Ok(())) => view! {
                        <div class="stack">
                            <p role="status">{t::left_removed}</p>
                            <Button kind=ButtonKind::Plain on_press=move |()| device::begin_anew()>{t::left_anew}</Button>
                        </div>
                    }.into_any(),
                    Some(Err(StillOpen)) => view! {
                        <div class="stack">
                            <Banner answer=Answer::Warn text=t::left_still_open />
                            <Button kind=ButtonKind::Primary on_press=remove>{crate::tr::common::retry}</Button>
                        </div>
                    }.into_any(),
                }}
            </Empty>
        </div>
    }
}
