//! What a coach opens the phone for: the own classes from now on, those that were not closed yet, and whether the phone is
//! ready for them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::classes::{Days, Session, SessionKey};
use rollcall_domain::kernel::Timestamp;

use super::ready::{Lacking, Readiness, prepare, summary};
use super::roster::{brief, lacks};
use super::state::{is_closed, seats};
use crate::fmt;
use crate::hub::use_link;
use crate::parts::one_to_one::one_to_one;
use crate::parts::session::roster_href;
use crate::parts::sessions::{Naming, timetable};
use crate::studio::{Studio, use_studio};
use crate::tr::bookings as t;
use crate::ui::{Answer, Button, ButtonKind, ButtonSize, Mark, Page, time_text};

/// Days ahead that are shown.
const AHEAD_DAYS: i64 = 7;
/// Days back in which a class that was not closed is still asked for.
const BACK_DAYS: i64 = 3;
/// How long before it begins a class is prepared.
const PREPARED_MS: i64 = 36 * 3_600_000;
/// Classes prepared at once.
const PREPARED_MAX: usize = 8;

/// A class of the coach's, as it is listed.
#[derive(Debug, Clone, PartialEq)]
struct Own {
    session: Session,
    title: String,
    place: Option<String>,
    off: Option<String>,
    closed: bool,
    colour: u8,
}

/// The own classes, by their start: those to come, and those that wait for their close. Follows changes.
fn own(studio: &Studio) -> Vec<Own> {
    let Some(me) = studio.me() else { return Vec::new() };
    let (today, days) = (studio.today(), chrono::Duration::days);
    let span = Days { first: today - days(BACK_DAYS), last: today + days(AHEAD_DAYS) };
    let named = Naming::of(studio, span);
    let sessions = timetable(studio, span).sessions(span, studio.zone());
    let mine = sessions.into_iter().filter(|session| session.terms.coaches.contains(&me.person));
    let shown = mine.map(|session| Own {
        title: named.title(&session),
        place: named.place(&session),
        off: named.off(&session),
        closed: is_closed(studio, session.key),
        colour: named.colour(&session),
        session,
    });
    let waits = |one: &Own| one.off.is_none() && !one.closed && seats(studio, one.session.key).is_some();
    shown.filter(|one| one.session.on >= today || waits(one)).collect()
}

/// The page.
#[component]
pub fn CoachDay() -> impl IntoView {
    let studio = use_studio();
    let for_all = studio.clone();
    let all = Memo::new(move |_| own(&for_all));
    let heading = {
        let studio = studio.clone();
        move || fmt::day_heading(studio.today())
    };
    // What tells one row from another is all that is shown in it.
    let id =
        |one: &Own| (one.session.key, one.session.revision, one.closed, one.title.clone(), one.session.on);
    view! {
        <Page>
            <header class="page__head today__head"><h1 class="today__date">{heading}</h1></header>
            <div class="stack">
                <Prepare all />
                <Show when=move || all.with(Vec::is_empty)>
                    <p class="quiet">{t::day_none}</p>
                </Show>
                <ul class="day__list" aria-label=t::day_own>
                    <For each=move || all.get() key=id children=|one| view! { <OwnRow one /> } />
                </ul>
                {one_to_one().map(|parts| (parts.day)())}
            </div>
        </Page>
    }
}

#[component]
fn OwnRow(one: Own) -> impl IntoView {
    let studio = use_studio();
    let Own { session, title, place, off, closed, colour } = one;
    let (key, on, start) = (session.key, session.on, session.terms.start_minute);
    let today = studio.clone();
    let when = move || (today.today() != on).then(|| fmt::day_near(on, today.today()));
    let note = {
        let (studio, for_note) = (studio.clone(), session.clone());
        move || {
            let short = lacks(&studio, &for_note);
            [when(), brief(&studio, key), short, place.clone()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        }
    };
    let is_off = off.is_some();
    let late = !closed && !is_off && session.ends_at <= studio.now();
    let word = off.or_else(|| closed.then(|| t::day_closed().to_owned()));
    let word = word.or_else(|| late.then(|| t::day_to_close().to_owned()));
    view! {
        <li>
            <a class=format!("day-row day-row--own block--{colour}") class:block--off=is_off href=roster_href(key)>
                <span class="block__time">{time_text(start)}</span>
                <b class="block__title">{title}</b>
                <small class="block__note">{note}</small>
                {word.map(|word| view! { <small class="block__word">{word}</small> })}
                {(!closed && !is_off).then(|| view! { <small class="block__note"><Readiness key /></small> })}
            </a>
        </li>
    }
}

/// The next classes, which a phone is prepared for. Follows changes.
fn next(all: &[Own], now: Timestamp) -> Vec<SessionKey> {
    let soon = now.plus_ms(PREPARED_MS);
    let open = all.iter().filter(|one| !one.closed && one.off.is_none());
    let next = open.filter(|one| one.session.ends_at > now && one.session.starts_at <= soon);
    next.take(PREPARED_MAX).map(|one| one.session.key).collect()
}

/// The button, and what came of it.
#[component]
fn Prepare(all: Memo<Vec<Own>>) -> impl IntoView {
    let (studio, link) = (use_studio(), use_link());
    let (for_next, for_words) = (studio.clone(), studio.clone());
    let keys = Memo::new(move |_| all.with(|all| next(all, for_next.now())));
    let (busy, done) = (RwSignal::new(false), RwSignal::new(None::<Vec<Lacking>>));
    let press = move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (studio, link, keys) = (studio.clone(), link.clone(), keys.get_untracked());
        spawn_local(async move {
            let lacking = prepare(&studio, &link, keys).await;
            busy.try_set(false);
            done.try_set(Some(lacking));
        });
    };
    let said = move || {
        done.get().map(|lacking| match lacking.is_empty() {
            true => view! { <Mark answer=Answer::Ok text=t::ready_said /> }.into_any(),
            false => lacking
                .iter()
                .map(|one| view! { <Mark answer=Answer::Warn text=one.words() /> })
                .collect_view()
                .into_any(),
        })
    };
    view! {
        <Show when=move || !keys.with(Vec::is_empty)>
            <section class="pack stack" data-testid="pack">
                <p>{
                    let studio = for_words.clone();
                    move || keys.with(|keys| summary(&studio, keys))
                }</p>
                <Button kind=ButtonKind::Primary size=ButtonSize::Large busy on_press=press.clone()>{t::prepare}</Button>
                <div class="pack__said" role="status">{said}</div>
            </section>
        </Show>
    }
}
