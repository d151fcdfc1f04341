//! Whom a change of the timetable touches, shown before anything is saved, so that people can be asked first. The names
//! come from whoever knows who booked; this must never ask for bookings itself.

use leptos::prelude::*;
use rollcall_domain::classes::{Days, Effect, Session, Timetable, touched};

use super::state::ahead;
use crate::fmt;
use crate::parts::session::session_people;
use crate::parts::sessions::Naming;
use crate::parts::settings::moment;
use crate::studio::Studio;
use crate::tr::classes as t;
use crate::ui::{Answer, Mark};

/// Sessions that are named; of the rest the people are counted.
const SESSIONS_MAX: usize = 6;
/// People of one session that are named.
const NAMES_MAX: usize = 12;

/// A session that will be another one, and who booked it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Touch {
    /// What and when it was.
    what: String,
    /// What becomes of it.
    becomes: String,
    people: Vec<String>,
}

/// What is at stake where one timetable takes another's place. Follows changes.
pub(super) fn of_change(studio: &Studio, span: Days, before: &Timetable, after: &Timetable) -> Vec<Touch> {
    let zone = studio.zone();
    let before = before.sessions(span, zone);
    let keys: Vec<_> = before.iter().map(|session| (session.key, ())).collect();
    let changed = touched(&before, &after.sessions(span, zone), &keys, studio.now());
    words(studio, span, changed.into_iter().map(|one| (one.before, one.effects)))
}

/// The same for sessions that will not take place. Follows changes.
pub(super) fn of_gone(studio: &Studio, sessions: impl IntoIterator<Item = Session>) -> Vec<Touch> {
    let now = studio.now();
    let gone = sessions.into_iter().filter(|one| one.takes_place() && !one.has_begun(now));
    words(studio, ahead(studio), gone.map(|one| (one, vec![Effect::Gone])))
}

fn words(studio: &Studio, span: Days, changed: impl Iterator<Item = (Session, Vec<Effect>)>) -> Vec<Touch> {
    let named = Naming::of(studio, span);
    changed
        .map(|(session, effects)| Touch {
            what: format!("{} · {}", named.title(&session), moment(studio, session.starts_at)),
            becomes: fmt::list(&effects.iter().map(|effect| becomes(studio, effect)).collect::<Vec<_>>()),
            people: session_people(studio, session.key),
        })
        .collect()
}

fn becomes(studio: &Studio, effect: &Effect) -> String {
    match effect {
        Effect::Gone => t::touched_gone(),
        Effect::Back => t::touched_back(),
        Effect::Moved { to } => return t::touched_moved(moment(studio, *to)),
        Effect::OtherCoach => t::touched_coach(),
        Effect::OtherPlace => t::touched_place(),
        Effect::OtherLength => t::touched_length(),
        Effect::OtherClass => t::touched_class(),
        Effect::FewerSeats => t::touched_seats(),
    }
    .to_owned()
}

fn count(all: &[Touch]) -> u64 {
    u64::try_from(all.iter().map(|one| one.people.len()).sum::<usize>()).unwrap_or(u64::MAX)
}

/// The list: nothing while nothing changes, a quiet word where nobody booked what does.
#[component]
pub(super) fn TouchedPeople(#[prop(into)] all: Signal<Vec<Touch>>) -> impl IntoView {
    let row = |one: Touch| {
        let more = one.people.len().saturating_sub(NAMES_MAX);
        let mut names = one.people;
        names.truncate(NAMES_MAX);
        if more > 0 {
            names.push(t::touched_more(u64::try_from(more).unwrap_or(u64::MAX)));
        }
        view! { <li><b>{one.what}</b> " — " {one.becomes} <br /> {fmt::list(&names)}</li> }
    };
    move || {
        let mut all = all.get();
        if all.is_empty() {
            return ().into_any();
        }
        all.retain(|one| !one.people.is_empty());
        if all.is_empty() {
            return view! { <p class="quiet">{t::touched_none}</p> }.into_any();
        }
        let people = count(&all);
        let rest = count(all.get(SESSIONS_MAX..).unwrap_or_default());
        all.truncate(SESSIONS_MAX);
        view! {
            <section class="touched" data-testid="touched">
                <Mark answer=Answer::Warn text=move || t::touched_people(people) />
                <ul class="touched__list">
                    {all.into_iter().map(row).collect_view()}
                    {(rest > 0).then(|| view! { <li class="quiet">{t::touched_more(rest)}</li> })}
                </ul>
            </section>
        }
        .into_any()
    }
}
