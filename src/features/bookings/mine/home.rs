//! The first screen of a member's phone: the card for the door, what is booked, what is left, and what was answered.

use leptos::prelude::*;
use rollcall_domain::bookings::{Booking, State};
use rollcall_domain::flow::booking::CancelBooking;
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::members::{Member, MemberId};
use rollcall_domain::passes::cards::face;

use super::super::state::words;
use super::courts::MyHires;
use super::state::{free_until, own, place_of, upcoming};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::map::Where;
use crate::parts::members::called;
use crate::parts::odd::{OddItem, open_items};
use crate::parts::one_to_one::one_to_one;
use crate::parts::passes::{PassChip, active_card, held, owed_cents};
use crate::parts::sessions::named;
use crate::parts::settings::{moment, money, studio_settings};
use crate::shell::use_shell;
use crate::studio::{Done, Order, use_studio};
use crate::tr::mine as t;
use crate::ui::{
    Button, ButtonKind, ButtonLink, ButtonSize, Empty, List, Page, PageWidth, QrCode, Row, Section,
};

/// The screen.
#[component]
pub fn MyClasses() -> impl IntoView {
    let studio = use_studio();
    let me = Memo::new(move |_| own(&studio));
    let id = Memo::new(move |_| me.with(|me| me.as_ref().map(|me| me.id)));
    view! {
        <Page width=PageWidth::Narrow>
            <MyCard me />
            <Answers />
            <Booked />
            <MyHires />
            {one_to_one().map(|parts| (parts.mine)())}
            {move || id.get().map(|member| view! { <Holds member /> })}
        </Page>
    }
}

/// The card: large, for the scanner at the door.
#[component]
fn MyCard(me: Memo<Option<Member>>) -> impl IntoView {
    let studio = use_studio();
    let name = move || me.with(|me| me.as_ref().map(called)).unwrap_or_default();
    let for_name = studio.clone();
    let studio_name = Memo::new(move |_| studio_settings(&for_name).map(|s| s.name).unwrap_or_default());
    let card = Memo::new(move |_| {
        let member = me.with(|me| me.as_ref().map(|me| me.id))?;
        let (card, here) = (active_card(&studio, member)?, studio.me()?.studio);
        Some(face(&card, here, "", ""))
    });
    let code =
        Signal::derive(move || card.with(|card| card.as_ref().map(|c| c.code.clone()).unwrap_or_default()));
    let number = move || card.with(|card| card.as_ref().map(|c| c.number.clone())).unwrap_or_default();
    let has_card = move || card.with(Option::is_some);
    view! {
        <section class="wallet" data-testid="my-card" aria-label=t::card>
            <p class="wallet__studio">{move || studio_name.get()}</p>
            <Show when=has_card fallback=|| view! { <p class="wallet__none">{t::no_card}</p> }>
                <div class="wallet__code"><QrCode data=code label=move || t::code_of(number()) /></div>
            </Show>
            <div class="wallet__foot">
                <h1 class="wallet__name">{name}</h1>
                <Show when=has_card><p class="wallet__number figures">{number}</p></Show>
            </div>
            <Show when=has_card><p class="wallet__note">{t::card_note}</p></Show>
        </section>
    }
}

/// What was asked for on this phone and could not be done after all.
#[component]
fn Answers() -> impl IntoView {
    let studio = use_studio();
    let items = Memo::new(move |_| open_items(&studio));
    view! {
        <ul class="odd-list">
            <For each=move || items.get() key=|item| item.id children=|item| view! { <OddItem item /> } />
        </ul>
    }
}

#[component]
fn Booked() -> impl IntoView {
    let studio = use_studio();
    let all = Memo::new(move |_| upcoming(&studio));
    view! {
        <Section title=t::bookings>
            <List label=t::bookings>
                <For each=move || all.get() key=|(at, one)| (one.id, *at) children=|(at, booking)| view! { <One at booking /> } />
            </List>
            {move || if all.with(Vec::is_empty) {
                view! { <Empty title=t::none note=t::none_note><ButtonLink href="/classes" kind=ButtonKind::Primary>{t::pick}</ButtonLink></Empty> }.into_any()
            } else {
                view! { <ButtonLink href="/classes" kind=ButtonKind::Primary>{t::pick}</ButtonLink> }.into_any()
            }}
        </Section>
    }
}

/// One booking, the honest word for it, and the way out.
#[component]
fn One(at: Timestamp, booking: Booking) -> impl IntoView {
    let studio = use_studio();
    let (key, id) = (booking.session, booking.id);
    let for_now = studio.clone();
    let now = Memo::new(move |_| for_now.live().get::<Booking>(id).unwrap_or_else(|| booking.clone()));
    let (for_title, for_word, for_note) = (studio.clone(), studio.clone(), studio.clone());
    let (for_when, for_place) = (studio.clone(), studio.clone());
    let title = Memo::new(move |_| named(&for_title, key).0.unwrap_or_else(|| t::asked_class().to_owned()));
    let word = move || now.with(|booking| words(&for_word, booking));
    let when = move || moment(&for_when, at);
    let place = Memo::new(move |_| place_of(&for_place, key));
    let place = move || place.get().map(|(name, point)| view! { <small><Where name point /></small> });
    let note = move || {
        if !now.with(Booking::has_seat) {
            return None;
        }
        Some(match now.with(|booking| free_until(&for_note, at, booking)) {
            Some(until) => t::free_until(moment(&for_note, until)),
            None => t::late_now().to_owned(),
        })
    };
    let doing = Doing::new(&studio);
    let after = view! {
        <span class="mine__word">{word}</span>
        <CancelIt now title doing />
    };
    view! {
        <Row after=after.into_any()>
            <b>{title}</b>
            <span>{when}</span>
            {place}
            <small>{note}</small>
            <Trouble doing />
        </Row>
    }
}

/// Gives the seat back, or the place in the queue.
#[component]
pub(super) fn CancelIt(
    now: Memo<Booking>,
    #[prop(into)] title: Signal<String>,
    doing: Doing,
) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let press = move |()| {
        let (booking_id, seat) = now.with_untracked(|booking| (booking.id, booking.has_seat()));
        let command = CancelBooking { booking_id };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |done| shell.say(said(&done, seat)));
    };
    view! {
        <Button size=ButtonSize::Small kind=ButtonKind::Quiet busy=doing.busy() on_press=press label=Signal::derive(move || t::cancel_of(title.get()))>
            {t::cancel}
        </Button>
    }
}

fn said(done: &Done, had_seat: bool) -> &'static str {
    let late = done.changes.iter().filter_map(|change| change.body.as_deref()).any(|body| {
        let read = serde_json::from_str::<Booking>(body);
        read.is_ok_and(|booking| matches!(booking.state, State::Cancelled { late: true, .. }))
    });
    match (had_seat, late) {
        (false, _) => t::left_queue_said(),
        (true, true) => t::cancelled_late_said(),
        (true, false) => t::cancelled_said(),
    }
}

/// Passes and what is owed, in words.
#[component]
fn Holds(member: MemberId) -> impl IntoView {
    let studio = use_studio();
    let (for_passes, for_owed) = (studio.clone(), studio);
    let passes = Memo::new(move |_| held(&for_passes, member));
    let owed = move || {
        let cents = owed_cents(&for_owed, member);
        (cents > 0).then(|| view! { <p>{t::owed(money(&for_owed, cents))}</p> })
    };
    view! {
        <Section title=t::passes>
            <ul class="list">
                {move || passes.get().into_iter().map(|holding| view! { <li class="row"><PassChip holding /></li> }).collect_view()}
            </ul>
            <Show when=move || passes.with(Vec::is_empty)><p class="quiet">{t::no_pass}</p></Show>
            {owed}
        </Section>
    }
}
