//! The roster in a session's sheet: who has a seat and who waits, one more, one less, who came, and the close.

use leptos::prelude::*;
use rollcall_domain::bookings::{Booking, Mark, State};
use rollcall_domain::classes::{Session, SessionKey};
use rollcall_domain::flow::booking::{CancelBooking, CloseSession, MarkRoster, MarkRow};

use super::add::{Add, How};
use super::closed::Closed;
use super::hold::Hold;
use super::state::{
    Tally, close_as_seen, everybody_came, file_of, is_closed, mark_words, marks_from, may, name_of, photo_of,
    roster, seats, words,
};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::reached::reached;
use crate::parts::session::{SessionParts, roster_href};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr::bookings as t;
use crate::ui::{Actions, Button, ButtonKind, ButtonSize, Face, gradual_rows};

/// What stands in a session's sheet, and on its block.
pub static SESSION: SessionParts =
    SessionParts { panel: |session| view! { <Roster session /> }.into_any(), brief, lacks, people };

/// The seats in a few figures; nothing before the first booking. Follows changes.
pub(super) fn brief(studio: &Studio, key: SessionKey) -> Option<String> {
    let seats = seats(studio, key).filter(|seats| seats.taken > 0 || seats.waiting > 0)?;
    Some(if seats.waiting > 0 {
        t::brief_waiting(seats.taken, seats.capacity, seats.waiting)
    } else {
        t::brief(seats.taken, seats.capacity)
    })
}

/// How many people are still missing before it takes place; nothing once it has begun. Follows changes.
pub(super) fn lacks(studio: &Studio, session: &Session) -> Option<String> {
    if session.terms.people_min == 0 || !session.takes_place() || session.has_begun(studio.now()) {
        return None;
    }
    let missing = seats(studio, session.key).map_or(session.terms.people_min, |seats| seats.missing());
    (missing > 0).then(|| t::missing(u64::from(missing)))
}

/// Who has a seat or waits for one. Follows changes.
fn people(studio: &Studio, key: SessionKey) -> Vec<String> {
    roster(studio, key).iter().map(|booking| name_of(studio, booking)).collect()
}

#[component]
fn Roster(session: Session) -> impl IntoView {
    let studio = use_studio();
    let key = session.key;
    let (for_closed, for_count) = (studio.clone(), studio.clone());
    let closed = Memo::new(move |_| is_closed(&for_closed, key));
    let capacity = session.terms.capacity;
    let count = move || {
        let now = seats(&for_count, key);
        let (taken, waiting) = now.map_or((0, 0), |seats| (seats.taken, seats.waiting));
        if waiting > 0 { t::count_waiting(taken, capacity, waiting) } else { t::count(taken, capacity) }
    };
    let session = StoredValue::new(session);
    view! {
        <section class="stack" data-testid="roster">
            <h3 class="session__part">{t::roster} " " <small class="quiet">{count}</small></h3>
            <p><a class="roster__whole" href=roster_href(key)>{t::hand_open}</a></p>
            {move || if closed.get() {
                view! { <Closed key /> }.into_any()
            } else {
                view! { <Open session=session.get_value() /> }.into_any()
            }}
        </section>
    }
}

/// Before the close.
#[component]
fn Open(session: Session) -> impl IntoView {
    let studio = use_studio();
    let key = session.key;
    let takes_place = session.takes_place();
    let may_mark = takes_place && may::<MarkRoster>(&studio);
    let (begun, open) = (reached(&studio, session.starts_at), reached(&studio, marks_from(&session)));
    let marks = Signal::derive(move || may_mark && open.get());
    let may_close = may_mark && may::<CloseSession>(&studio);
    let for_rows = studio.clone();
    let rows = Memo::new(move |_| roster(&for_rows, key));
    let to_hold = session.clone();
    let by_now = gradual_rows(Signal::stored(key), rows);
    view! {
        {takes_place.then_some(move || {
            let how = if begun.get() { How::WalkIn } else { How::Booked };
            view! { <Add key how /> }
        })}
        {takes_place.then(|| view! { <Hold session=to_hold /> })}
        <ul class="list" aria-label=t::roster>
            <For each=by_now key=|booking| booking.id children=move |booking| view! { <OnIt booking marks begun /> } />
        </ul>
        <Show when=move || takes_place && rows.with(Vec::is_empty)><p class="quiet">{t::roster_none}</p></Show>
        <Show when=move || may_close && begun.get()><Close key rows /></Show>
    }
}

/// One person of the roster.
#[component]
fn OnIt(booking: Booking, marks: Signal<bool>, begun: Signal<bool>) -> impl IntoView {
    let studio = use_studio();
    let (for_now, for_name, for_word) = (studio.clone(), studio.clone(), studio.clone());
    let (id, member) = (booking.id, booking.member_id);
    let now = Memo::new(move |_| for_now.live().get::<Booking>(id).unwrap_or_else(|| booking.clone()));
    let name = Memo::new(move |_| now.with(|booking| name_of(&for_name, booking)));
    let word = move || now.with(|booking| words(&for_word, booking));
    let photo = photo_of(&studio, member);
    let has_seat = Memo::new(move |_| now.with(Booking::has_seat));
    let doing = Doing::new(&studio);
    let (may_cancel, file) = (may::<CancelBooking>(&studio), file_of(&studio, member));
    view! {
        <li class="roster__row">
            <Face name photo_url=photo />
            <div class="row__words"><b><a class="roster__name" href=file>{move || name.get()}</a></b> <small>{word}</small></div>
            <Show when=move || may_cancel && !begun.get()><Cancel now name doing /></Show>
            <Show when=move || marks.get() && has_seat.get()><Marks now name doing /></Show>
            <Trouble doing />
        </li>
    }
}

/// Came, late, absent: one press each, and another press takes it back.
#[component]
fn Marks(now: Memo<Booking>, name: Memo<String>, doing: Doing) -> impl IntoView {
    let studio = StoredValue::new(use_studio());
    let one = move |mark: Mark| {
        let set = Memo::new(move |_| now.with(|b| b.mark.as_ref().is_some_and(|set| set.mark == mark)));
        let press = move |_| {
            let booking = now.get_untracked();
            let mark = (!set.get_untracked()).then_some(mark);
            let rows = vec![MarkRow { booking_id: booking.id, mark }];
            let command = MarkRoster { session: booking.session, rows };
            studio.with_value(|studio| doing.run(studio, |id| Order::new(id, &command, &()), |_| {}));
        };
        view! {
            <button
                type="button"
                class="roster__mark"
                aria-pressed=move || set.get().to_string()
                aria-label=move || t::mark_of(mark_words(mark), name.get())
                on:click=press
            >
                {move || mark_words(mark)}
            </button>
        }
    };
    view! { <div class="roster__marks" role="group">{[Mark::Present, Mark::Late, Mark::Absent].map(one).collect_view()}</div> }
}

/// Gives the seat back, or the place in the queue.
#[component]
fn Cancel(now: Memo<Booking>, name: Memo<String>, doing: Doing) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let press = move |()| {
        let command = CancelBooking { booking_id: now.with_untracked(|booking| booking.id) };
        let who = name.get_untracked();
        doing.run(
            &studio,
            |id| Order::new(id, &command, &()),
            move |done| {
                let late = done.changes.iter().any(|change| {
                    change.body.as_deref().is_some_and(|body| {
                        let read = serde_json::from_str::<Booking>(body);
                        read.is_ok_and(|b| matches!(b.state, State::Cancelled { late: true, .. }))
                    })
                });
                shell.say(if late { t::cancelled_late_said(who) } else { t::cancelled_said(who) });
            },
        );
    };
    let label = move || t::cancel_of(name.get());
    view! {
        <span title=label><Button size=ButtonSize::Small kind=ButtonKind::Quiet busy=doing.busy() on_press=press>{t::cancel}</Button></span>
    }
}

/// Everybody at once, and the close: what it will say of whom is said before.
#[component]
fn Close(key: SessionKey, rows: Memo<Vec<Booking>>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let for_all = studio.clone();
    let doing = Doing::new(&studio);
    let tally = Memo::new(move |_| rows.with(|rows| Tally::of(rows)));
    let everybody = move |()| {
        let command = rows.with_untracked(|rows| everybody_came(key, rows));
        doing.run(&for_all, |id| Order::new(id, &command, &()), |_| {});
    };
    let close = move |()| {
        let command = rows.with_untracked(|rows| close_as_seen(key, rows));
        doing.run(&studio, |id| Order::new(id, &command, &()), move |_| shell.say(t::closed_said()));
    };
    view! {
        <Trouble doing />
        <p class="quiet">{move || t::close_note(tally.get().came, tally.get().absent)}</p>
        <Actions>
            <Show when=move || { tally.get().open > 0 }>
                <Button busy=doing.busy() on_press=everybody.clone()>{t::everybody_came}</Button>
            </Show>
            <Button kind=ButtonKind::Primary busy=doing.busy() on_press=close>{t::close}</Button>
        </Actions>
    }
}
