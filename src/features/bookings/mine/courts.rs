//! Courts on a member's own phone: what they have, and which hours are free. The desk lets them; whoever has the other
//! hours is not known here.

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::classes::{Hire, Place};
use rollcall_domain::kernel::order;

use crate::fmt;
use crate::parts::courts::{ClassViews, Court, Hour, courts, courts_of, word};
use crate::studio::{Studio, use_studio};
use crate::tr::courts as t;
use crate::ui::{Empty, List, Page, PageHead, PageWidth, Row, Section, time_text};

/// Days that are offered.
const DAYS: i64 = 7;

/// The way to the courts; nothing in a studio that has none.
#[component]
pub(super) fn Views() -> impl IntoView {
    let studio = use_studio();
    let any = Memo::new(move |_| !courts(&studio).is_empty());
    view! { <Show when=move || any.get()><ClassViews /></Show> }
}

/// Hires that are not over, soonest first. On a member's phone all of them are theirs. Follows changes.
fn own(studio: &Studio) -> Vec<Hire> {
    let today = studio.today();
    let mut all = studio.live().of_kind::<Hire>();
    all.retain(|hire| hire.released_at.is_none() && hire.on >= today);
    order::by_key(&mut all, |hire| (hire.on, hire.from_hour, hire.id));
    all
}

/// What this member has hired; nothing where there is nothing.
#[component]
pub(super) fn MyHires() -> impl IntoView {
    let studio = use_studio();
    let for_all = studio.clone();
    let all = Memo::new(move |_| own(&for_all));
    let studio = StoredValue::new(studio);
    let row = move |hire: Hire| {
        let shown = hire.clone();
        let word = move || studio.with_value(|studio| word(studio, &shown));
        let court = move || {
            let place = studio.with_value(|studio| studio.live().get::<Place>(hire.place_id.raw()));
            place.map(|place| place.draft.name).unwrap_or_default()
        };
        let (on, from, to) = (hire.on, hire.from_hour, hire.from_hour + hire.hours);
        view! {
            <Row after=view! { <span class="mine__word">{word}</span> }.into_any()>
                <b>{court}</b>
                <span>{move || fmt::day_heading(on)} ", " <span class="figures">{time_text(from * 60)}"–"{time_text(to * 60 % (24 * 60))}</span></span>
            </Row>
        }
    };
    view! {
        <Show when=move || !all.with(Vec::is_empty)>
            <Section title=t::mine>
                <List label=t::mine><For each=move || all.get() key=|hire| (hire.id, hire.on, hire.from_hour, hire.hours) children=row /></List>
            </Section>
        </Show>
    }
}

/// The screen.
#[component]
pub fn FreeCourts() -> impl IntoView {
    let studio = use_studio();
    let day = RwSignal::new(studio.day_now());
    let (for_days, for_shown) = (studio.clone(), studio);
    let strip = move || {
        let today = for_days.today();
        let button = |on: NaiveDate| {
            let current = (on == today).then_some("date");
            view! {
                <button type="button" class="strip__day" aria-current=current
                    aria-pressed=move || (day.get() == on).to_string() on:click=move |_| day.set(on)>
                    <small>{move || fmt::weekday(on)}</small> <b>{chrono::Datelike::day(&on)}</b>
                </button>
            }
        };
        (0..DAYS).map(|by| button(today + chrono::Duration::days(by))).collect_view()
    };
    let shown = Memo::new(move |_| courts_of(&for_shown, day.get()).courts);
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::view_courts note=t::mine_note />
            <ClassViews />
            <div class="strip" role="group" aria-label=t::which_day>{strip}</div>
            <Show when=move || !shown.with(Vec::is_empty) fallback=|| view! { <Empty title=t::mine_empty /> }>
                <h2 class="pick__day">{move || fmt::day_heading(day.get())}</h2>
                <ul class="list">{move || shown.get().into_iter().map(|court| view! { <Free court /> }).collect_view()}</ul>
            </Show>
        </Page>
    }
}

/// The free hours of one court, or why there are none.
#[component]
fn Free(court: Court) -> impl IntoView {
    let closed = court.cells.iter().find_map(|cell| match &cell.what {
        Hour::Closed(name) => Some(t::closed(name)),
        _ => None,
    });
    let free: Vec<u32> =
        court.cells.iter().filter(|cell| cell.what == Hour::Free).map(|cell| cell.from).collect();
    let hours = free
        .iter()
        .map(|from| view! { <li class="free__hour figures">{time_text(from * 60)}</li> })
        .collect_view();
    let none = free.is_empty().then(|| closed.unwrap_or_else(|| t::mine_none().to_owned()));
    view! {
        <li class="row">
            <div class="row__words">
                <b>{court.name}</b>
                {none.map(|none| view! { <small>{none}</small> })}
                <ul class="free">{hours}</ul>
            </div>
        </li>
    }
}
