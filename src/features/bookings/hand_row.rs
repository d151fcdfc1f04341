//! One person of the roster in one hand: a row that is one large button, and what else can be said of them.

use leptos::prelude::*;
use rollcall_domain::bookings::{Booking, BookingId, Mark, Note, State};
use rollcall_domain::classes::SessionKey;
use rollcall_domain::flow::booking::{MarkRoster, MarkRow, NoteBooking, Noted, OverWhy, WalkIn};
use rollcall_domain::members::Signer;

use super::hold::own_lease;
use super::state::{Flag, flags, mark_words, may, name_of, note_words, photo_of, roster, seats, words};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::signing::{SignDialog, WhoSigns};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr;
use crate::tr::bookings as t;
use crate::ui::{Actions, Answer, Button, ButtonKind, ButtonSize, Face, Mark as Line, Need, TextField};

/// A row: the whole of it marks who is here, and another press takes that back.
#[component]
pub(super) fn HandRow(booking: Booking, marks: Signal<bool>, ask: Callback<BookingId>) -> impl IntoView {
    let studio = use_studio();
    let (id, member) = (booking.id, booking.member_id);
    let now = following(&studio, booking);
    let (for_name, for_flags, for_word) = (studio.clone(), studio.clone(), studio.clone());
    let name = Signal::derive(move || now.with(|booking| name_of(&for_name, booking)));
    let photo = photo_of(&studio, member);
    let mark = Memo::new(move |_| now.with(|booking| booking.mark.as_ref().map(|marked| marked.mark)));
    let here = move || matches!(mark.get(), Some(Mark::Present | Mark::Late));
    let doing = Doing::new(&studio);
    let press = move |_| {
        let booking = now.get_untracked();
        if !marks.get_untracked() || !booking.has_seat() {
            ask.run(id);
            return;
        }
        let mark = booking.mark.is_none().then_some(Mark::Present);
        let command = MarkRoster { session: booking.session, rows: vec![MarkRow { booking_id: id, mark }] };
        doing.run(&studio, |id| Order::new(id, &command, &()), |_| {});
    };
    let said = move || {
        now.with(|booking| match booking.state {
            State::Waiting { .. } => Some(words(&for_word, booking)),
            _ if booking.walk_in => Some(t::word_walk_in().to_owned()),
            _ => None,
        })
    };
    let pills = move || {
        let flags = now.with(|booking| flags(&for_flags, booking)).into_iter();
        let note = now
            .with(|booking| booking.note)
            .map(|note| view! { <em class="pill pill--note">{note_words(note)}</em> });
        (flags.map(|flag| view! { <em class="pill">{flag.words()}</em> }).collect_view(), note)
    };
    view! {
        <li class="hand__row" data-mark=move || mark.get().map(mark_name)>
            <button type="button" class="hand__who" aria-pressed=move || here().to_string() on:click=press>
                <Face name photo_url=photo />
                <span class="hand__name"><b>{name}</b> <small>{said}</small> <span class="hand__flags">{pills}</span></span>
                <span class="hand__tick">{move || mark.get().map(mark_words)}</span>
            </button>
            <button type="button" class="hand__more" aria-label=move || t::hand_more(name.get()) on:click=move |_| ask.run(id)>"⋯"</button>
            <Trouble doing />
        </li>
    }
}

/// A booking as it is by now.
fn following(studio: &Studio, booking: Booking) -> Memo<Booking> {
    let studio = studio.clone();
    Memo::new(move |_| studio.live().get::<Booking>(booking.id).unwrap_or_else(|| booking.clone()))
}

const fn mark_name(mark: Mark) -> &'static str {
    match mark {
        Mark::Present => "present",
        Mark::Late => "late",
        Mark::Absent => "absent",
    }
}

/// What else can be said of somebody: late, absent, a word, a seat, a signature.
#[component]
pub(super) fn Person(
    key: SessionKey,
    id: BookingId,
    marks: Signal<bool>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let studio = use_studio();
    let found = untrack(|| roster(&studio, key)).into_iter().find(|booking| booking.id == id)?;
    let now = following(&studio, found);
    let has_seat = Memo::new(move |_| now.with(Booking::has_seat));
    let doing = Doing::new(&studio);
    let may_note = may::<NoteBooking>(&studio);
    Some(view! {
        <div class="stack">
            <Flags now />
            <Trouble doing />
            <Show when=move || marks.get() && has_seat.get()><Marks now doing open /></Show>
            <Show when=move || marks.get() && !has_seat.get()><GiveSeat now open /></Show>
            <Show when=move || may_note && has_seat.get()><Notes now doing /></Show>
        </div>
    })
}

/// What to know of them, and what to do about it.
#[component]
fn Flags(now: Memo<Booking>) -> impl IntoView {
    let studio = use_studio();
    let (for_name, for_who) = (studio.clone(), studio.clone());
    let all = Memo::new(move |_| now.with(|booking| flags(&studio, booking)));
    let signing = RwSignal::new(false);
    let who = Signal::derive(move || {
        let name = now.with(|booking| name_of(&for_who, booking));
        Some(WhoSigns {
            member_id: now.with(|booking| booking.member_id),
            member_name: name.clone(),
            signer: Signer::Member,
            signer_name: name,
        })
    });
    let unsigned = move || all.with(|all| all.contains(&Flag::NotSigned));
    let said = move || {
        let name = now.with(|booking| name_of(&for_name, booking));
        let line = |flag: Flag| view! { <Line answer=Answer::Warn text=flag.advice() /> };
        (!name.is_empty()).then(|| all.get().into_iter().map(line).collect_view())
    };
    view! {
        {said}
        <Show when=unsigned>
            <Button size=ButtonSize::Large on_press=move |()| signing.set(true)>{t::sign_now}</Button>
        </Show>
        <SignDialog open=signing who />
    }
}

/// Came, late, absent.
#[component]
fn Marks(now: Memo<Booking>, doing: Doing, open: RwSignal<bool>) -> impl IntoView {
    let studio = StoredValue::new(use_studio());
    let one = move |mark: Mark| {
        let set = move || now.with(|booking| booking.mark.as_ref().is_some_and(|marked| marked.mark == mark));
        let press = move |_| {
            let booking = now.get_untracked();
            let mark = (!untrack(set)).then_some(mark);
            let rows = vec![MarkRow { booking_id: booking.id, mark }];
            let command = MarkRoster { session: booking.session, rows };
            let done = move |_| {
                open.try_set(false);
            };
            studio.with_value(|studio| doing.run(studio, |id| Order::new(id, &command, &()), done));
        };
        view! { <button type="button" class="roster__mark" aria-pressed=move || set().to_string() on:click=press>{move || mark_words(mark)}</button> }
    };
    view! {
        <div class="roster__marks hand__marks" role="group" aria-label=t::hand_mark>
            {[Mark::Present, Mark::Late, Mark::Absent].map(one).collect_view()}
        </div>
    }
}

/// One of three words; another press takes it back.
#[component]
fn Notes(now: Memo<Booking>, doing: Doing) -> impl IntoView {
    let studio = StoredValue::new(use_studio());
    let one = move |note: Note| {
        let set = move || now.with(|booking| booking.note == Some(note));
        let press = move |_| {
            let booking = now.get_untracked();
            let noted = Noted { note: (!untrack(set)).then_some(note) };
            let command = NoteBooking { member_id: booking.member_id, booking_id: booking.id };
            studio.with_value(|studio| doing.run(studio, |id| Order::new(id, &command, &noted), |_| {}));
        };
        view! { <button type="button" class="roster__mark" aria-pressed=move || set().to_string() on:click=press>{move || note_words(note)}</button> }
    };
    view! {
        <div>
            <p class="quiet" id="hand-note">{t::note}</p>
            <div class="roster__marks hand__marks" role="group" aria-labelledby="hand-note">
                {[Note::Good, Note::Watch, Note::Injured].map(one).collect_view()}
            </div>
        </div>
    }
}

/// Somebody who waits stands here: a seat, over the number of seats with a reason.
#[component]
fn GiveSeat(now: Memo<Booking>, open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let for_full = studio.clone();
    let full = Memo::new(move |_| {
        let key = now.with(|booking| booking.session);
        seats(&for_full, key).is_some_and(|seats| seats.free() == 0)
    });
    let (reason, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let missing = move || tried.get() && full.get() && reason.with(|reason| reason.trim().is_empty());
    let give = move |()| {
        tried.set(true);
        if untrack(missing) {
            return;
        }
        let (booking, why) = (now.get_untracked(), OverWhy { reason: reason.get_untracked() });
        let (session, member_id) = (booking.session, booking.member_id);
        let name = untrack(|| name_of(&studio, &booking));
        let lease_id = untrack(|| own_lease(&studio, session)).map(|lease| lease.id);
        let command = WalkIn { session, member_id, mark: Mark::Present, lease_id };
        doing.run(
            &studio,
            |id| Order::new(id, &command, &why),
            move |_| {
                shell.say(t::booked_said(name));
                open.try_set(false);
            },
        );
    };
    let error = Signal::derive(move || missing().then(|| t::refused_reason_missing().to_owned()));
    view! {
        <div class="stack">
            <Show when=move || full.get()>
                <TextField label=t::over_why value=reason need=Need::Required error placeholder=t::over_why_example />
            </Show>
            <Trouble doing />
            <Actions>
                <Button size=ButtonSize::Large on_press=move |()| open.set(false)>{tr::common::cancel}</Button>
                <Button size=ButtonSize::Large kind=ButtonKind::Primary busy=doing.busy() on_press=give>{t::give_seat}</Button>
            </Actions>
        </div>
    }
}
