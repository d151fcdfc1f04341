//! Addresses for a calendar program: made here, shown once, taken back here. What a program reads there is the hub's
//! matter; this page must never know a session.

mod saying;
mod state;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::feeds::{CalendarFeed, EndFeed, Shows};
use rollcall_domain::kernel::access::PEOPLE;
use rollcall_domain::kernel::record::RecordBody as _;

use crate::device;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::pages::SettingsPage;
use crate::parts::settings::moment;
use crate::shell::use_shell;
use crate::studio::{Authority, Order, use_studio};
use crate::tr::feeds as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, Mark, Section};

pub use saying::SAYING;

use state::{Drawn, again, draw, offered};

/// The page of the settings.
pub const PAGE: SettingsPage = SettingsPage {
    path: "calendar",
    title: t::title,
    note: t::note,
    view: || view! { <Feeds /> }.into_any(),
    roles: &PEOPLE,
};

#[component]
fn Feeds() -> impl IntoView {
    let studio = use_studio();
    let for_hub = studio.clone();
    let has_hub = Memo::new(move |_| for_hub.me().is_some_and(|me| me.authority == Authority::Hub));
    let all = Memo::new(move |_| offered(&studio));
    view! {
        <div class="stack stack--wide">
            <p>{t::lead}</p>
            <Show when=move || has_hub.get() fallback=|| view! { <p class="quiet">{t::needs_hub}</p> }>
                <For each=move || all.get() key=|shows| *shows children=|shows| view! { <One shows /> } />
            </Show>
        </div>
    }
}

/// What one address shows, in words.
fn words(shows: Shows) -> (fn() -> &'static str, fn() -> &'static str) {
    match shows {
        Shows::Timetable => (t::timetable, t::timetable_note),
        Shows::Classes => (t::classes, t::classes_note),
        Shows::Bookings => (t::bookings, t::bookings_note),
    }
}

#[component]
fn One(shows: Shows) -> impl IntoView {
    let studio = use_studio();
    let doing = Doing::new(&studio);
    // The secret is nowhere but here, and goes with the page.
    let drawn = RwSignal::new(None::<Drawn>);
    let (for_kept, for_state) = (studio.clone(), studio.clone());
    let kept = Memo::new(move |_| {
        for_kept.live().get::<CalendarFeed>(CalendarFeed::id_of(for_kept.me()?.person, shows))
    });
    let state = move || {
        kept.get().map(|feed| {
            let waits = for_state.live().is_pending(CalendarFeed::KIND, feed.id());
            if waits { t::waits().to_owned() } else { t::in_use(moment(&for_state, feed.made_at)) }
        })
    };
    let (title, note) = words(shows);
    view! {
        <Section title=title>
            <div class="stack">
                <p class="quiet">{note}</p>
                <p role="status">{state}</p>
                {move || drawn.get().map(|drawn| view! { <Address drawn /> })}
                <Trouble doing />
                <div class="cluster">
                    <Make shows kept drawn doing />
                    <Show when=move || kept.with(Option::is_some)><End shows kept drawn doing /></Show>
                </div>
            </div>
        </Section>
    }
}

/// The address, for as long as the page is open.
#[component]
fn Address(drawn: Drawn) -> impl IntoView {
    let shell = use_shell();
    let address = StoredValue::new(drawn.address);
    let refused = RwSignal::new(false);
    let copy = move |()| {
        spawn_local(async move {
            if device::copy(&address.get_value()).await {
                shell.say(t::copied());
            } else {
                refused.try_set(true);
            }
        });
    };
    view! {
        <div class="stack">
            <Mark answer=Answer::Ok text=t::once />
            <p class="address"><code data-testid="feed-address">{address.get_value()}</code></p>
            {move || refused.get().then(|| view! { <Banner answer=Answer::Warn text=t::not_copied /> })}
            <div class="cluster"><Button kind=ButtonKind::Primary on_press=copy>{t::copy}</Button></div>
        </div>
    }
}

#[component]
fn Make(
    shows: Shows,
    kept: Memo<Option<CalendarFeed>>,
    drawn: RwSignal<Option<Drawn>>,
    doing: Doing,
) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let no_random = RwSignal::new(false);
    let press = move |()| {
        let Some(new) = draw(&studio, shows) else {
            no_random.set(true);
            return;
        };
        let (before, for_undo) = (kept.get_untracked(), studio.clone());
        let command = new.command.clone();
        doing.run(
            &studio,
            move |id| Order::new(id, &command, &()),
            move |_| {
                drawn.try_set(Some(new));
                match before {
                    // Whoever pressed it by mistake has the address from before back.
                    Some(before) => shell.say_undo(t::replaced_said(), move || {
                        drawn.try_set(None);
                        again(&for_undo, shell, &before);
                    }),
                    None => shell.say(t::made_said()),
                }
            },
        );
    };
    let label = move || if kept.with(Option::is_some) { t::make_another() } else { t::make() };
    view! {
        <Button busy=doing.busy() on_press=press>{label}</Button>
        {move || no_random.get().then(|| view! { <Banner answer=Answer::Stop text=t::no_random /> })}
    }
}

#[component]
fn End(
    shows: Shows,
    kept: Memo<Option<CalendarFeed>>,
    drawn: RwSignal<Option<Drawn>>,
    doing: Doing,
) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let press = move |()| {
        let Some(before) = kept.get_untracked() else { return };
        let command = EndFeed { person_id: before.person_id, shows };
        let for_undo = studio.clone();
        doing.run(
            &studio,
            move |id| Order::new(id, &command, &()),
            move |_| {
                drawn.try_set(None);
                shell.say_undo(t::ended_said(), move || again(&for_undo, shell, &before));
            },
        );
    };
    view! { <Button kind=ButtonKind::Quiet busy=doing.busy() on_press=press>{t::end}</Button> }
}
