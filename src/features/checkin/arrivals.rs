//! Who came in last today, newest first.

use leptos::prelude::*;
use rollcall_domain::attendance::{DAY_KEY, DoorReason, MemberVisits, Visit, member_visits_id};
use rollcall_domain::flow::check_in::arrivals;
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::passes::Pass;

use super::answer::undo;
use crate::parts::door::{answer_of, sentence};
use crate::parts::members::{called, href, person, photo_of};
use crate::parts::passes::name_or_plain;
use crate::parts::settings::clock;
use crate::shell::use_shell;
use crate::studio::{Studio, use_studio};
use crate::tr::attendance as t;
use crate::ui::{Button, ButtonKind, ButtonSize, Face, Mark, Skeleton};

/// Rows shown; the rest is in the reports.
const ROWS_MAX: usize = 40;

/// The list.
#[component]
pub(super) fn Arrivals() -> impl IntoView {
    let studio = use_studio();
    let for_day = studio.clone();
    let today = Memo::new(move |_| for_day.today());
    let visits =
        studio.live().history::<Visit>(move || Want::key::<Visit>(DAY_KEY, KeyValue::of(today.get())));
    let came = Memo::new(move |_| visits.get().map(arrivals));
    let rows = move || came.get().unwrap_or_default().into_iter().take(ROWS_MAX).collect::<Vec<_>>();
    // Nothing is said of how many before that is known.
    let count = move || {
        came.with(|came| came.as_ref().map(|came| t::recent_count(u64::try_from(came.len()).unwrap_or(0))))
    };
    view! {
        <section class="door__recent">
            <h2 class="door__recent-title">{t::recent} " " <small class="quiet">{count}</small></h2>
            <Show when=move || came.with(Option::is_none)><Skeleton rows=3 /></Show>
            <Show when=move || came.with(|c| c.as_ref().is_some_and(Vec::is_empty))><p class="quiet">{t::recent_none}</p></Show>
            <ul class="list" data-testid="arrivals">
                <For each=rows key=|visit| (visit.id, visit.scans.len()) children=|visit| view! { <Arrival visit /> } />
            </ul>
        </section>
    }
}

#[component]
fn Arrival(visit: Visit) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (for_name, for_words, for_clock, for_last) =
        (studio.clone(), studio.clone(), studio.clone(), studio.clone());
    let member = visit.member_id;
    let name = Signal::derive(move || person(&for_name, member).map(|m| called(&m)).unwrap_or_default());
    let photo = match untrack(|| person(&studio, member)) {
        Some(member) => photo_of(&studio, &member),
        None => Signal::stored(None),
    };
    let shown = visit.clone();
    let words = move || in_words(&for_words, &shown);
    let (light, at, id) = (answer_of(visit.light), visit.at, visit.id);
    let is_last = move || {
        for_last
            .live()
            .get::<MemberVisits>(member_visits_id(member))
            .and_then(|v| v.last)
            .is_some_and(|last| last.id == id)
    };
    let take_back = move || {
        let (studio, visit) = (studio.clone(), visit.clone());
        is_last().then(|| {
            let press = move |()| undo(&studio, shell, &visit, name.get_untracked());
            view! { <Button size=ButtonSize::Small kind=ButtonKind::Quiet on_press=press>{t::undo}</Button> }
        })
    };
    view! {
        <li class="row">
            <Face name photo_url=photo />
            <div class="row__words"><b><a href=href(member)>{name}</a></b> <small>{words}</small></div>
            <div class="row__after">{take_back} <Mark answer=Signal::stored(light) text=move || clock(&for_clock, at) /></div>
        </li>
    }
}

/// What the visit was on, in a few words.
fn in_words(studio: &Studio, visit: &Visit) -> String {
    let pass =
        visit.pass_id.and_then(|id| studio.live().get::<Pass>(id)).map(|pass| name_or_plain(&pass.name));
    let first = match (&visit.let_in, pass, visit.counted) {
        (Some(reason), _, _) => t::recent_let_in(reason),
        (None, Some(name), Some((before, after))) => t::recent_counted(name, before, after),
        (None, Some(name), None) => name,
        (None, None, _) => match &visit.reason {
            // A second scan is kept on the first visit; what stands here otherwise is the sentence of the door.
            DoorReason::AlreadyIn { .. } => String::new(),
            reason => sentence(studio, reason),
        },
    };
    let scans = u64::try_from(visit.scans.len()).unwrap_or(0);
    if scans == 0 { first } else { format!("{first} · {}", t::recent_scans(scans)) }
}
