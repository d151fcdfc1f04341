//! The roster in one hand, over the whole screen of a phone: large rows, one press for who is there, readable in the sun.
//! It needs no network: what is pressed is saved here and goes to the hub when there is one.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rollcall_domain::bookings::{Booking, BookingId, Seats};
use rollcall_domain::classes::{ChangeSession, Days, Session, SessionKey};
use rollcall_domain::flow::booking::{CloseSession, MarkRoster};
use rollcall_domain::kernel::record::RecordBody as _;

use super::add::{Add, How};
use super::closed::Closed;
use super::hand_row::{HandRow, Person};
use super::newcomer::Newcomer;
use super::ready::Readiness;
use super::state::{Tally, close_as_seen, everybody_came, is_closed, marks_from, may, name_of, roster};
use super::tell::{Tell, has_news};
use crate::fmt;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::map::Where;
use crate::parts::members::reads_files;
use crate::parts::reached::reached;
use crate::parts::session::{roster_href, session_acts};
use crate::parts::sessions::{Naming, session};
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr;
use crate::tr::bookings as t;
use crate::ui::{
    Actions, Answer, Button, ButtonKind, ButtonLink, ButtonSize, Dialog, Empty, Mark as Line, gradual_rows,
    time_text,
};

/// The page of `/roster/:session`.
#[component]
pub fn RosterDesk() -> impl IntoView {
    let studio = use_studio();
    let params = use_params_map();
    let named = move || params.with(|params| params.get("session")).and_then(|text| text.parse().ok());
    let shown = Memo::new(move |_| named().and_then(|key: SessionKey| session(&studio, key)));
    move || match shown.get() {
        Some(session) => view! { <Hand session /> }.into_any(),
        None => view! {
            <Empty heading=true title=t::hand_none note=t::hand_none_note>
                <ButtonLink href="/" kind=ButtonKind::Primary>{tr::common::not_found_home}</ButtonLink>
            </Empty>
        }
        .into_any(),
    }
}

/// One session.
#[component]
fn Hand(session: Session) -> impl IntoView {
    let studio = use_studio();
    let key = session.key;
    let (for_rows, for_closed) = (studio.clone(), studio.clone());
    let rows = Memo::new(move |_| roster(&for_rows, key));
    let closed = Memo::new(move |_| is_closed(&for_closed, key));
    let tally = Memo::new(move |_| rows.with(|rows| Tally::of(rows)));
    let news = has_news(&session);
    let (takes_place, for_body) = (session.takes_place(), session.clone());
    let body = move || match (takes_place, closed.get()) {
        (false, _) => ().into_any(),
        (true, true) => view! { <Done key /> }.into_any(),
        (true, false) => view! { <Open session=for_body.clone() rows tally /> }.into_any(),
    };
    view! {
        <div class="hand" data-testid="hand">
            <Head session=session.clone() tally closed />
            {news.then(|| view! { <Tell session=session.clone() /> })}
            {body}
        </div>
    }
}

/// What it is, how many are there, and how this phone stands with the hub.
#[component]
fn Head(session: Session, tally: Memo<Tally>, closed: Memo<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (key, on, takes_place) = (session.key, session.on, session.takes_place());
    let back = if reads_files(&studio) { "/classes" } else { "/" };
    let (start, length) = (session.terms.start_minute, session.terms.length_minutes);
    let named = Memo::new(move |_| {
        let named = Naming::of(&studio, Days { first: on, last: on });
        let place = named.place(&session).map(|name| (name, named.point(&session)));
        (named.title(&session), place, named.off(&session))
    });
    let when = move || {
        let times = format!("{}–{}", time_text(start), time_text((start + length) % (24 * 60)));
        [fmt::day_short(on), times].join(" · ")
    };
    let place = move || {
        let place = named.with(|(_, place, _)| place.clone());
        place.map(|(name, point)| view! { " · " <Where name point /> })
    };
    let off = move || named.with(|(.., off)| off.clone());
    let sync = move || {
        let word = shell.sync.get();
        let text = shell.zone.with(|zone| word.text(zone));
        word.more().map_or_else(|| text.clone(), |more| format!("{text} · {more}"))
    };
    view! {
        <header class="hand__head">
            <a class="hand__back" href=back aria-label=t::hand_back>"‹"</a>
            <div class="hand__what">
                <h1>{move || named.with(|(title, ..)| title.clone())}</h1>
                <p>{when}{place}</p>
            </div>
            <Show when=move || takes_place && !closed.get()>
                <p class="hand__count" aria-label=move || t::hand_count(tally.get().came, tally.get().all())>
                    <b>{move || tally.get().came}</b> <small>"/"{move || tally.get().all()}</small>
                </p>
            </Show>
        </header>
        <div class="hand__state">
            <Readiness key />
            <p class="hand__sync">{sync}</p>
            <a class="hand__paper" href=format!("{}/paper", roster_href(key))>{t::paper_open}</a>
        </div>
        {move || off().map(|off| view! { <Line answer=Answer::Stop text=off /> })}
    }
}

/// Before the close.
#[component]
fn Open(session: Session, rows: Memo<Vec<Booking>>, tally: Memo<Tally>) -> impl IntoView {
    let studio = use_studio();
    let key = session.key;
    let (begun, here) = (reached(&studio, session.starts_at), reached(&studio, marks_from(&session)));
    let may_mark = may::<MarkRoster>(&studio);
    let marks = Signal::derive(move || may_mark && here.get());
    let (in_hand, asking) = (RwSignal::new(None::<BookingId>), RwSignal::new(false));
    let ask = Callback::new(move |id: BookingId| {
        in_hand.set(Some(id));
        asking.set(true);
    });
    let held =
        move || in_hand.get().and_then(|id| rows.with(|rows| rows.iter().find(|b| b.id == id).cloned()));
    let title = {
        let studio = studio.clone();
        move || held().map(|booking| name_of(&studio, &booking)).unwrap_or_default()
    };
    let by_now = gradual_rows(Signal::stored(key), rows);
    view! {
        <Show when=move || !marks.get()><p class="hand__wait">{t::hand_wait}</p></Show>
        <ul class="hand__rows" aria-label=t::roster>
            <For each=by_now key=|booking| booking.id
                children=move |booking| view! { <HandRow booking marks ask /> } />
        </ul>
        <Show when=move || rows.with(Vec::is_empty)><p class="hand__wait">{t::roster_none}</p></Show>
        <Foot session rows tally marks begun />
        <Dialog title open=asking>
            {move || in_hand.get().map(|id| view! { <Person key id marks open=asking /> })}
        </Dialog>
    }
}

/// What a thumb reaches: everybody at once, rain, one more, the close.
#[component]
fn Foot(
    session: Session,
    rows: Memo<Vec<Booking>>,
    tally: Memo<Tally>,
    marks: Signal<bool>,
    begun: Signal<bool>,
) -> impl IntoView {
    let studio = use_studio();
    let key = session.key;
    let doing = Doing::new(&studio);
    let (may_change, may_close) = (may::<ChangeSession>(&studio), may::<CloseSession>(&studio));
    let everybody = move |()| {
        let command = rows.with_untracked(|rows| everybody_came(key, rows));
        doing.run(&studio, |id| Order::new(id, &command, &()), |_| {});
    };
    let (changing, adding, closing) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let session = StoredValue::new(session);
    view! {
        <footer class="hand__foot">
            <Trouble doing />
            <Show when=move || marks.get() && { tally.get().open > 0 }>
                <Button size=ButtonSize::Large busy=doing.busy() on_press=everybody.clone()>{t::everybody_came}</Button>
            </Show>
            <div class="hand__acts">
                <Show when=move || may_change && !begun.get()>
                    <Button size=ButtonSize::Large on_press=move |()| changing.set(true)>{t::hand_rain}</Button>
                </Show>
                <Show when=move || marks.get()>
                    <Button size=ButtonSize::Large on_press=move |()| adding.set(true)>{t::hand_add}</Button>
                </Show>
                <Show when=move || may_close && begun.get()>
                    <Button size=ButtonSize::Large kind=ButtonKind::Primary on_press=move |()| closing.set(true)>{t::close}</Button>
                </Show>
            </div>
        </footer>
        <Dialog title=t::hand_rain_title open=changing>
            <div class="stack">
                <p>{t::hand_rain_note}</p>
                {session_acts(session.get_value())}
            </div>
        </Dialog>
        <Dialog title=t::add_walk_in open=adding>
            <OneMore key open=adding />
        </Dialog>
        <Dialog title=t::close open=closing>
            <Close key rows tally open=closing />
        </Dialog>
    }
}

/// A member, or somebody who has never been here.
#[component]
fn OneMore(key: SessionKey, open: RwSignal<bool>) -> impl IntoView {
    let is_new = RwSignal::new(false);
    let done = move |()| {
        open.try_set(false);
    };
    move || {
        if is_new.get() {
            return view! { <Newcomer key on_done=done /> }.into_any();
        }
        view! {
            <div class="stack">
                <Add key how=How::WalkIn on_done=done />
                <Actions><Button size=ButtonSize::Large on_press=move |()| is_new.set(true)>{t::new_person}</Button></Actions>
            </div>
        }
        .into_any()
    }
}

/// What the close will say of whom is said before.
#[component]
fn Close(
    key: SessionKey,
    rows: Memo<Vec<Booking>>,
    tally: Memo<Tally>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let close = move |()| {
        let command = rows.with_untracked(|rows| close_as_seen(key, rows));
        doing.run(&studio, |id| Order::new(id, &command, &()), move |_| shell.say(t::closed_said()));
    };
    view! {
        <div class="stack">
            <p>{move || t::close_note(tally.get().came, tally.get().absent)}</p>
            <p class="quiet">{t::close_later}</p>
            <Trouble doing />
            <Actions>
                <Button size=ButtonSize::Large on_press=move |()| open.set(false)>{tr::common::cancel}</Button>
                <Button size=ButtonSize::Large kind=ButtonKind::Primary busy=doing.busy() on_press=close>{t::close}</Button>
            </Actions>
        </div>
    }
}

/// After the close: who came, for whoever may keep that; for others whether the hub has it.
#[component]
fn Done(key: SessionKey) -> impl IntoView {
    let studio = use_studio();
    let (for_waits, for_keeps) = (studio.clone(), studio.clone());
    let waits = Memo::new(move |_| for_waits.live().is_pending(Seats::KIND, key.id().raw()));
    let keeps = Memo::new(move |_| reads_files(&for_keeps));
    move || {
        match (waits.get(), keeps.get()) {
        (true, _) => view! { <div class="hand__done"><Line answer=Answer::Warn text=t::done_waits /></div> <Closed key /> }.into_any(),
        (false, true) => view! { <Closed key /> }.into_any(),
        (false, false) => view! {
            <div class="hand__done stack">
                <Line answer=Answer::Ok text=t::done_kept />
                <ButtonLink href="/" kind=ButtonKind::Primary size=ButtonSize::Large>{t::hand_back}</ButtonLink>
            </div>
        }
        .into_any(),
    }
    }
}
