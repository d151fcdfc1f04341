//! A hire in hand: for whom, when, by whom, and giving it back.

use leptos::prelude::*;
use rollcall_domain::classes::{Hire, HireMade, Place, ReleaseCourt};

use super::super::may;
use super::Courts;
use super::grid::hirer;
use super::offer::let_again;
use crate::fmt;
use crate::parts::courts::{Hour, courts_of, word};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members::{href, reads_files};
use crate::parts::settings::{moment, person_name};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr::courts as t;
use crate::ui::{Answer, Button, Fact, Facts, Mark, time_text};

/// A class that is on the court all the same. Follows changes.
fn clash(studio: &Studio, hire: &Hire) -> Option<String> {
    let day = courts_of(studio, hire.on);
    let court = day.courts.into_iter().find(|court| court.place_id == hire.place_id)?;
    court.cells.into_iter().find_map(|cell| match cell.what {
        Hour::Hired { hire_id, clash } if hire_id == hire.id => clash,
        _ => None,
    })
}

/// The sheet's inside.
#[component]
pub(super) fn HireSheet(hire: Hire, here: Courts) -> impl IntoView {
    let studio = use_studio();
    let (for_who, for_word, for_clash, for_by) =
        (studio.clone(), studio.clone(), studio.clone(), studio.clone());
    let all = StoredValue::new(hire.clone());
    let who = move || all.with_value(|hire| hirer(&for_who, hire));
    let file = reads_files(&studio).then_some(hire.member_id).flatten().map(href);
    let court =
        studio.live().get::<Place>(hire.place_id.raw()).map(|place| place.draft.name).unwrap_or_default();
    let (on, from, to) = (hire.on, hire.from_hour, hire.from_hour + hire.hours);
    let id = hire.id;
    let by = move || {
        let made = for_by.live().get::<HireMade>(id.raw())?;
        let name = person_name(&for_by, made.by);
        Some(name.into_iter().chain([moment(&for_by, made.at)]).collect::<Vec<_>>().join(", "))
    };
    let is_live = hire.released_at.is_none();
    let begun = studio.zone().instant(on, from * 60) <= studio.now();
    let clash = move || all.with_value(|hire| clash(&for_clash, hire));
    view! {
        <div class="stack session">
            <header>
                <h2 class="session__title">{who.clone()}</h2>
                <p>{court} ", " {move || fmt::day_heading(on)} ", " <span class="figures">{time_text(from * 60)}"–"{time_text(to * 60 % (24 * 60))}</span></p>
            </header>
            {move || clash().map(|title| view! { <Mark answer=Answer::Warn text=t::clash(title) /> })}
            <Facts>
                <Fact name=t::whom>{match file {
                    Some(file) => view! { <a href=file>{who}</a> }.into_any(),
                    None => view! { {who} }.into_any(),
                }}</Fact>
                <Fact name=t::state>{move || all.with_value(|hire| word(&for_word, hire))}</Fact>
                {move || by().map(|by| view! { <Fact name=t::let_by>{by}</Fact> })}
            </Facts>
            {match (is_live && may::<ReleaseCourt>(&studio), begun) {
                (false, _) => ().into_any(),
                (true, true) => view! { <p class="quiet">{t::begun_note}</p> }.into_any(),
                (true, false) => view! { <GiveBack hire here /> }.into_any(),
            }}
        </div>
    }
}

/// The hours are free again; the way back is in the bar below.
#[component]
fn GiveBack(hire: Hire, here: Courts) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let press = move |()| {
        let command = ReleaseCourt { hire_id: hire.id };
        let (for_undo, hire) = (studio.clone(), hire.clone());
        doing.run(
            &studio,
            |id| Order::new(id, &command, &()),
            move |_| {
                here.hire.try_set(None);
                shell.say_undo(t::given_back_said(), move || let_again(&for_undo, shell, &hire));
            },
        );
    };
    view! {
        <Trouble doing />
        <div class="cluster"><Button busy=doing.busy() on_press=press>{t::give_back}</Button></div>
    }
}
