//! The day at a glance: what needs somebody, who came, who has a birthday, whose pass ends. Every figure opens its list.
//!
//! No charts, no classes yet. What an empty studio could do next stands where its lists will be.

mod state;
pub mod steps;

use leptos::prelude::*;
use rollcall_domain::kernel::Exception;

use crate::hub::{self, use_link};
use crate::parts::odd::{OddItem, open_items};
use crate::parts::settings::clock;
use crate::studio::{Authority, Studio, use_studio};
use crate::tr::today as t;
use crate::ui::{Banner, ButtonLink, Face, Page, Section};
use crate::{device, fmt, remember};

use state::{Birthday, Came, Ending, birthdays, came_today, ending_soon};
use steps::FirstSteps;

/// Items of the exceptions desk shown here; the rest is one press away.
const NEEDS_MAX: usize = 4;
/// Arrivals shown; the rest is on the check-in page.
const CAME_MAX: usize = 12;
/// Passes shown before the rest is only counted.
const ENDING_MAX: usize = 8;

/// The page.
#[component]
pub fn Today() -> impl IntoView {
    let studio = use_studio();
    let heading = move || fmt::day_heading(studio.today());
    view! {
        <Page>
            <header class="page__head today__head"><h1 class="today__date">{heading}</h1></header>
            <HubOffer />
            <div class="columns today">
                <div class="stack stack--wide">
                    <FirstSteps />
                    <CameToday />
                </div>
                <div class="stack stack--wide">
                    <Needs />
                    <BirthdaysToday />
                    <EndingSoon />
                </div>
            </div>
        </Page>
    }
}

/// What needs somebody.
#[component]
fn Needs() -> impl IntoView {
    let studio = use_studio();
    let items = Memo::new(move |_| open_items(&studio));
    let count = move || items.with(Vec::len);
    let some = move || items.with(|items| items.iter().take(NEEDS_MAX).cloned().collect::<Vec<Exception>>());
    view! {
        <Section title=t::needs_you>
            <Show when=move || count() == 0>
                <p class="quiet">{t::needs_nothing}</p>
            </Show>
            <ul class="list">
                <For each=some key=|item| item.id children=|item| view! { <OddItem item /> } />
            </ul>
            {move || (count() > NEEDS_MAX).then(|| view! { <p class="today__more"><a href="/needs-you">{move || t::needs_all(count())}</a></p> })}
        </Section>
    }
}

/// Who came today, newest first.
#[component]
fn CameToday() -> impl IntoView {
    let studio = use_studio();
    let for_all = studio.clone();
    let all = Memo::new(move |_| came_today(&for_all));
    let count = move || all.with(|all| u64::try_from(all.len()).unwrap_or(0));
    let some = move || all.with(|all| all.iter().take(CAME_MAX).cloned().collect::<Vec<Came>>());
    let row = move |came: Came| view! { <Arrival came studio=studio.clone() /> };
    view! {
        <Section title=t::came>
            {move || match count() {
                0 => view! {
                    <div class="today__none">
                        <p class="quiet">{t::came_none}</p>
                        <ButtonLink href="/check-in">{t::came_open}</ButtonLink>
                    </div>
                }.into_any(),
                _ => view! { <p class="today__count"><a href="/check-in">{move || t::came_count(count())}</a></p> }.into_any(),
            }}
            <ul class="list">
                <For each=some key=|came| came.visit_id children=row />
            </ul>
        </Section>
    }
}

#[component]
fn Arrival(came: Came, studio: Studio) -> impl IntoView {
    let photo = studio.live().photo(came.photo.clone());
    let when = move || clock(&studio, came.at);
    let note = move || match (came.let_in, came.left) {
        (true, _) => Some(t::came_let_in().to_owned()),
        (false, Some(left)) => Some(t::came_left(left)),
        (false, None) => None,
    };
    view! {
        <li>
            <a class="row row--press today__row" href=came.href>
                <Face name=came.name.clone() photo_url=photo />
                <span class="row__words"><b>{came.name}</b> <small>{note}</small></span>
                <span class="row__after">{when}</span>
            </a>
        </li>
    }
}

/// Whose birthday it is.
#[component]
fn BirthdaysToday() -> impl IntoView {
    let studio = use_studio();
    let for_all = studio.clone();
    let all = Memo::new(move |_| birthdays(&for_all));
    let row = move |one: Birthday| {
        let photo = studio.live().photo(one.photo.clone());
        view! {
            <li>
                <a class="row row--press today__row" href=one.href>
                    <Face name=one.name.clone() photo_url=photo />
                    <span class="row__words"><b>{one.name}</b> <small>{move || t::birthday_turns(one.turns)}</small></span>
                </a>
            </li>
        }
    };
    view! {
        <Section title=t::birthdays>
            <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::birthdays_none}</p></Show>
            <ul class="list"><For each=move || all.get() key=|one| one.id children=row /></ul>
        </Section>
    }
}

/// Whose pass ends soon.
#[component]
fn EndingSoon() -> impl IntoView {
    let studio = use_studio();
    let for_all = studio.clone();
    let all = Memo::new(move |_| ending_soon(&for_all));
    let some = move || all.with(|all| all.iter().take(ENDING_MAX).cloned().collect::<Vec<Ending>>());
    let more = move || all.with(Vec::len).saturating_sub(ENDING_MAX);
    let row = move |one: Ending| {
        let photo = studio.live().photo(one.photo.clone());
        let Ending { plan, ends_on, days, .. } = one;
        let sentence = move || {
            if days == 0 { t::ends_today(&plan) } else { t::ends_in(days, &plan, fmt::day_short(ends_on)) }
        };
        view! {
            <li>
                <a class="row row--press today__row" href=one.href>
                    <Face name=one.name.clone() photo_url=photo />
                    <span class="row__words"><b>{one.name}</b> <small>{sentence}</small></span>
                </a>
            </li>
        }
    };
    view! {
        <Section title=t::ending>
            <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::ending_none}</p></Show>
            <ul class="list"><For each=some key=|one| one.pass_id children=row /></ul>
            {move || (more() > 0).then(|| view! { <p class="today__more"><a href="/members">{move || t::ending_more(more())}</a></p> })}
        </Section>
    }
}

/// Offers to connect a hub that has no studio, once, and gently.
#[component]
fn HubOffer() -> impl IntoView {
    let (studio, link) = (use_studio(), use_link().state());
    let away = RwSignal::new(remember::read(device::HUB_OFFER_KEY).is_some());
    let is_solo =
        Memo::new(move |_| studio.me().is_some_and(|me| me.authority == Authority::Solo && !me.sample));
    let free = LocalResource::new(move || {
        let ask = is_solo.get() && !away.get();
        // Asked again when the sync's state changes: the network may have come back.
        let _ = link.get().phase;
        async move { ask && hub::status().await.is_some_and(|status| !status.claimed) }
    });
    let put_away = move |()| {
        remember::write(device::HUB_OFFER_KEY, "away");
        away.set(true);
    };
    move || {
        (free.get() == Some(true)).then(|| {
            view! {
                <div class="today__offer">
                    <Banner text=t::hub_offer on_close=put_away>
                        <ButtonLink href="/settings/hub">{t::hub_offer_go}</ButtonLink>
                    </Banner>
                </div>
            }
        })
    }
}
