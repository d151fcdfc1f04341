//! The classes there are, as a member books them: a day, a class, one press.

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::bookings::{Booking, State};
use rollcall_domain::flow::booking::{BookSeats, IfFull};
use rollcall_domain::kernel::record::RecordBody as _;

use super::super::state::words;
use super::courts::Views;
use super::home::CancelIt;
use super::state::{Offer, days_ahead, offers, own};
use crate::fmt;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::one_to_one::one_to_one;
use crate::parts::settings::zone_name;
use crate::shell::use_shell;
use crate::studio::{Done, Order, use_studio};
use crate::tr::mine as t;
use crate::ui::{Button, ButtonKind, Empty, Page, PageHead, PageWidth};

/// The screen.
#[component]
pub fn PickClass() -> impl IntoView {
    let studio = use_studio();
    let for_lead = studio.clone();
    let lead = move || t::lead(u64::from(days_ahead(&for_lead)));
    let days = Memo::new(move |_| offers(&studio));
    let dates = move || days.with(|days| days.iter().map(|(on, _)| *on).collect::<Vec<_>>());
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::title note=lead />
            <Views />
            {one_to_one().map(|parts| (parts.offer)())}
            <For each=dates key=|on| *on children=move |on| view! { <Day on days /> } />
            <Show when=move || days.with(Vec::is_empty)><Empty title=t::nothing note=t::nothing_note /></Show>
        </Page>
    }
}

/// One day.
#[component]
fn Day(on: NaiveDate, days: Memo<Vec<(NaiveDate, Vec<Offer>)>>) -> impl IntoView {
    let offers = Memo::new(move |_| {
        days.with(|days| days.iter().find(|(day, _)| *day == on).map(|(_, all)| all.clone()))
            .unwrap_or_default()
    });
    let keys = move || offers.with(|all| all.iter().map(|one| one.session.id()).collect::<Vec<_>>());
    view! {
        <section class="pick">
            <h2 class="pick__day">{move || fmt::day_heading(on)}</h2>
            <ul class="list">
                <For each=keys key=|id| *id children=move |id| {
                    let find = move || offers.with(|all| all.iter().find(|one| one.session.id() == id).cloned());
                    // A class that is gone stays for the moment in which its row goes.
                    let first = untrack(find);
                    let offer = Memo::new(move |_| find());
                    first.map(|first| {
                        let offer = Memo::new(move |_| offer.get().unwrap_or_else(|| first.clone()));
                        view! { <Class offer /> }
                    })
                } />
            </ul>
        </section>
    }
}

/// One class: when, what, how many places, and the one thing to do.
#[component]
fn Class(offer: Memo<Offer>) -> impl IntoView {
    let studio = use_studio();
    let doing = Doing::new(&studio);
    let (for_time, for_word) = (studio.clone(), studio);
    let time = move || {
        let (starts_at, ends_at) = offer.with(|one| (one.session.starts_at, one.session.ends_at));
        let zone = zone_name(&for_time);
        view! { <b>{fmt::clock(starts_at.0, &zone)}</b> <small>{fmt::clock(ends_at.0, &zone)}</small> }
    };
    let places = move || {
        offer.with(|one| {
            [places(one), one.lacks.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
    };
    let word = move || offer.with(|one| one.mine.as_ref().map(|booking| words(&for_word, booking)));
    let title = Signal::derive(move || offer.with(|one| one.title.clone()));
    let mine = Memo::new(move |_| offer.with(|one| one.mine.clone()));
    let open = move || offer.with(|one| one.off.is_none());
    view! {
        <li class="row pick__row">
            <p class="pick__time figures">{time}</p>
            <div class="row__words">
                <b>{title}</b>
                <small>{move || offer.with(|one| one.by.clone())}</small>
                <small class="pick__places">{places}</small>
                <Trouble doing />
            </div>
            <div class="row__after">
                {move || match mine.get() {
                    Some(booking) => {
                        let now = Memo::new(move |_| mine.get().unwrap_or_else(|| booking.clone()));
                        view! { <span class="mine__word">{word.clone()}</span> <CancelIt now title doing /> }.into_any()
                    }
                    None => view! { <Show when=open><Book offer doing /></Show> }.into_any(),
                }}
            </div>
        </li>
    }
}

/// Whoever has a seat need not know how many are left.
fn places(offer: &Offer) -> Option<String> {
    let has_seat = offer.mine.as_ref().is_some_and(Booking::has_seat);
    Some(match (&offer.off, offer.free, offer.waiting) {
        (Some(off), ..) => off.clone(),
        _ if has_seat => return None,
        (None, 0, 0) => t::full().to_owned(),
        (None, 0, waiting) => t::full_waiting(u64::from(waiting)),
        (None, free, _) => t::left(u64::from(free)),
    })
}

/// Books it, or waits.
#[component]
fn Book(offer: Memo<Offer>, doing: Doing) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let full = Memo::new(move |_| offer.with(|one| one.free == 0));
    let press = move |()| {
        let Some(me) = untrack(|| own(&studio)) else { return };
        let session = offer.with_untracked(|one| one.session.key);
        let command = BookSeats { session, members: vec![me.id], if_full: IfFull::Wait, lease_id: None };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |done| shell.say(said(&done)));
    };
    let label = Signal::derive(move || {
        let title = offer.with(|one| one.title.clone());
        if full.get() { t::wait_of(title) } else { t::book_of(title) }
    });
    view! {
        {move || {
            let kind = if full.get() { ButtonKind::Plain } else { ButtonKind::Primary };
            let text = if full.get() { t::wait } else { t::book };
            view! { <Button kind busy=doing.busy() on_press=press.clone() label>{text}</Button> }
        }}
    }
}

/// What became of it, in honest words.
fn said(done: &Done) -> String {
    if done.predicted {
        return t::requested_said().to_owned();
    }
    let bodies = done.changes.iter().filter(|change| change.kind == Booking::KIND);
    let mut read = bodies.filter_map(|change| serde_json::from_str::<Booking>(change.body.as_deref()?).ok());
    match read.next().map(|booking| booking.state) {
        Some(State::Waiting { position, .. }) => t::waitlisted_said(position),
        _ => t::booked_said().to_owned(),
    }
}
