//! A closed roster: who came, who did not, what that cost them, and the way to forgive it.

use leptos::prelude::*;
use rollcall_domain::bookings::{ATTENDED_SESSION_KEY, Attended, Booking, REASON_CHARS_MAX, Settled, State};
use rollcall_domain::classes::SessionKey;
use rollcall_domain::flow::booking::{ForgiveBooking, Why};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::keys::KeyValue;

use super::state::{file_of, may, name_of, photo_of};
use crate::parts::doing::{Doing, Trouble};
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr;
use crate::tr::bookings as t;
use crate::ui::{Actions, Button, ButtonKind, ButtonRole, ButtonSize, Dialog, Face, Need, TextField};

/// What became of everybody who had a seat.
#[component]
pub(super) fn Closed(key: SessionKey) -> impl IntoView {
    let studio = use_studio();
    let want = Want::key::<Attended>(ATTENDED_SESSION_KEY, KeyValue::of(key.id().raw()));
    let past = studio.live().history::<Attended>(move || want.clone());
    let rows = move || {
        let all = past.get().unwrap_or_default().into_iter().map(|attended| attended.0);
        all.filter(|booking| became(booking).is_some()).collect::<Vec<_>>()
    };
    let held = RwSignal::new(None::<Booking>);
    let asking = RwSignal::new(false);
    let ask = Callback::new(move |booking: Booking| {
        held.set(Some(booking));
        asking.set(true);
    });
    // Forgiven or not is part of what tells one row from another: the row follows.
    let one = |booking: &Booking| (booking.id, booking.forgiven.is_some());
    view! {
        <p class="quiet">{t::closed_note}</p>
        <ul class="list" aria-label=t::roster>
            <For each=rows key=one children=move |booking| view! { <Row booking ask /> } />
        </ul>
        <Dialog title=t::forgive_title open=asking>
            {move || held.get_untracked().map(|booking| view! { <Forgive booking open=asking /> })}
        </Dialog>
    }
}

/// What became of somebody, in a word; nothing for whoever gave the seat back in time.
fn became(booking: &Booking) -> Option<&'static str> {
    match booking.state {
        State::Came { late: false } => Some(t::mark_present()),
        State::Came { late: true } => Some(t::mark_late()),
        State::Absent => Some(t::mark_absent()),
        State::Cancelled { late: true, .. } => Some(t::late_cancel()),
        State::NotOnTheRoster => Some(t::not_on_the_roster()),
        _ => None,
    }
}

/// True for somebody against whom something is held.
fn is_held(booking: &Booking) -> bool {
    matches!(booking.state, State::Absent | State::Cancelled { late: true, .. })
}

fn words(booking: &Booking) -> String {
    let became = became(booking).unwrap_or_default();
    let spent =
        booking.pays.as_ref().is_some_and(|pays| pays.settled == Settled::Spent && pays.entry.is_some());
    match &booking.forgiven {
        Some(why) if why.reason.is_empty() => t::became_forgiven(became),
        Some(why) => t::became_forgiven_why(became, &why.reason),
        None if is_held(booking) && spent => t::became_spent(became),
        None => became.to_owned(),
    }
}

#[component]
fn Row(booking: Booking, ask: Callback<Booking>) -> impl IntoView {
    let studio = use_studio();
    let member = booking.member_id;
    let photo = photo_of(&studio, member);
    let may_forgive = is_held(&booking) && booking.forgiven.is_none() && may::<ForgiveBooking>(&studio);
    let booking = StoredValue::new(booking);
    let file = file_of(&studio, member);
    let name = Signal::derive(move || booking.with_value(|booking| name_of(&studio, booking)));
    let label = move || t::forgive_of(name.get());
    view! {
        <li class="roster__row">
            <Face name photo_url=photo />
            <div class="row__words">
                <b><a class="roster__name" href=file>{name}</a></b>
                <small>{move || booking.with_value(words)}</small>
            </div>
            {may_forgive.then(|| view! {
                <span title=label><Button size=ButtonSize::Small kind=ButtonKind::Quiet on_press=move |()| ask.run(booking.get_value())>{t::forgive}</Button></span>
            })}
        </li>
    }
}

/// Why it is not held against them.
#[component]
fn Forgive(booking: Booking, open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (reason, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let name = untrack(|| name_of(&studio, &booking));
    let note = t::forgive_note(&name);
    let command = ForgiveBooking { member_id: booking.member_id, booking_id: booking.id };
    let missing = move || tried.get() && reason.with(|reason| reason.trim().is_empty());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if untrack(missing) {
            return;
        }
        let (why, said) = (Why { reason: reason.get_untracked() }, t::forgiven_said(&name));
        doing.run(
            &studio,
            |id| Order::new(id, &command, &why),
            move |_| {
                shell.say(said);
                open.try_set(false);
            },
        );
    };
    let error = Signal::derive(move || missing().then(|| t::refused_reason_missing().to_owned()));
    let chars = u32::try_from(REASON_CHARS_MAX).unwrap_or(200);
    view! {
        <form class="form" novalidate on:submit=submit>
            <p>{note}</p>
            <TextField label=t::forgive_why value=reason length_max=chars need=Need::Required error placeholder=t::forgive_why_example />
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| open.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{t::forgive}</Button>
            </Actions>
        </form>
    }
}
