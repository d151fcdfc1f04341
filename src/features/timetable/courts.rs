//! The courts of one day: a table of hours, letting one, and the sheet of a hire.
//!
//! One cell takes the focus and the arrow keys go on from there; a press on what is free lets it.

mod grid;
mod hire;
mod offer;

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::classes::{DescribePlace, Hire, HireId, PlaceId};

use super::may;
use super::state::{days, monday};
use crate::fmt;
use crate::parts::courts::{ClassViews, CourtsDay, courts_of};
use crate::studio::use_studio;
use crate::tr::classes as tc;
use crate::tr::courts as t;
use crate::ui::{Button, ButtonKind, ButtonLink, Dialog, Empty, Page, PageWidth, Sheet, Split};

use grid::Grid;
use hire::HireSheet;
use offer::LetForm;

/// A free hour that somebody wants.
#[derive(Debug, Clone, PartialEq)]
struct Slot {
    place_id: PlaceId,
    court: String,
    on: NaiveDate,
    from: u32,
    /// Hours that are free from there on.
    free: u32,
}

/// What is in hand on this page.
#[derive(Debug, Clone, Copy)]
struct Courts {
    on: RwSignal<NaiveDate>,
    hire: RwSignal<Option<HireId>>,
    wish: RwSignal<Option<Slot>>,
    letting: RwSignal<bool>,
    /// The court, by its place in the table, and the hour that takes the focus.
    at: RwSignal<(usize, u32)>,
}

impl Courts {
    fn show(self, day: NaiveDate) {
        self.hire.set(None);
        self.on.set(day);
    }
}

/// The page.
#[component]
pub fn CourtsDesk() -> impl IntoView {
    let studio = use_studio();
    let today = studio.day_now();
    let here = Courts {
        on: RwSignal::new(today),
        hire: RwSignal::new(None),
        wish: RwSignal::new(None),
        letting: RwSignal::new(false),
        at: RwSignal::new((0, 0)),
    };
    let (for_day, for_hire) = (studio.clone(), studio.clone());
    let shown = Memo::new(move |_| courts_of(&for_day, here.on.get()));
    let selected = Memo::new(move |_| for_hire.live().get::<Hire>(here.hire.get()?.raw()));
    let close = move |()| here.hire.set(None);
    let any = move || shown.with(|day| !day.courts.is_empty());
    view! {
        <Split>
            <Page width=PageWidth::Full>
                <Head here />
                <Strip here />
                <Show when=any fallback=|| view! { <NoCourt /> }><Grid here shown /></Show>
            </Page>
            <Sheet label=t::hire open=Signal::derive(move || selected.with(Option::is_some)) on_close=close>
                {move || selected.get().map(|hire| view! { <HireSheet hire here /> })}
            </Sheet>
        </Split>
        <Dialog title=t::let_title open=here.letting on_close=move |()| grid::focus_cell(here)>
            {move || here.wish.get_untracked().map(|wish| view! { <LetForm wish here /> })}
        </Dialog>
    }
}

/// Which day.
#[component]
fn Head(here: Courts) -> impl IntoView {
    let studio = use_studio();
    let step = move |by: i64| here.show(here.on.get_untracked() + chrono::Duration::days(by));
    let today = move |()| here.show(studio.day_now());
    view! {
        <header class="page__head week__head">
            <h1>{move || fmt::day_heading(here.on.get())}</h1>
            <div class="cluster">
                <ClassViews />
                <div class="week__turn" role="group" aria-label=tc::which_day>
                    <button type="button" class="week__step" aria-label=t::day_before on:click=move |_| step(-1)>"‹"</button>
                    <Button kind=ButtonKind::Quiet on_press=today>{t::today}</Button>
                    <button type="button" class="week__step" aria-label=t::day_after on:click=move |_| step(1)>"›"</button>
                </div>
            </div>
        </header>
    }
}

/// The days of the week around.
#[component]
fn Strip(here: Courts) -> impl IntoView {
    let studio = use_studio();
    let first = Memo::new(move |_| monday(here.on.get()));
    let strip = move || {
        let today = studio.today();
        let day = |day: NaiveDate| {
            let current = (day == today).then_some("date");
            view! {
                <button type="button" class="strip__day" aria-current=current
                    aria-pressed=move || (here.on.get() == day).to_string() on:click=move |_| here.show(day)>
                    <small>{move || fmt::weekday(day)}</small> <b>{chrono::Datelike::day(&day)}</b>
                </button>
            }
        };
        days(first.get()).map(day).collect_view()
    };
    view! { <div class="strip courts__strip" role="group" aria-label=t::which_day>{strip}</div> }
}

/// What to do first where there is no court.
#[component]
fn NoCourt() -> impl IntoView {
    let may_add = may::<DescribePlace>(&use_studio());
    let note: fn() -> &'static str = if may_add { t::none_note } else { t::none_note_desk };
    view! {
        <Empty title=t::none note=note>
            {may_add.then(|| view! { <ButtonLink href="/settings/classes" kind=ButtonKind::Primary>{t::none_begin}</ButtonLink> })}
        </Empty>
    }
}

/// The court and the cells around a place in the table.
fn court_name(day: &CourtsDay, place: usize) -> String {
    day.courts.get(place).map(|court| court.name.clone()).unwrap_or_default()
}
