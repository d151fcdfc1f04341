//! The table: courts across, hours down. On a narrow screen it scrolls sideways inside its own box.

use leptos::prelude::*;
use rollcall_domain::classes::{Hire, HireCourt, HireId};
use wasm_bindgen::JsCast as _;

use super::super::may;
use super::{Courts, Slot, court_name};
use crate::parts::courts::{Cell, Court, CourtsDay, Hour, word};
use crate::parts::members::{called, person};
use crate::studio::{Studio, use_studio};
use crate::tr::courts as t;
use crate::ui::{focus, time_text};

/// The id of a cell, so that the keyboard finds it.
fn cell_id(court: usize, from: u32) -> String {
    format!("court-{court}-{from}")
}

/// The cell that covers an hour.
fn covering(day: &CourtsDay, (court, hour): (usize, u32)) -> Option<&Cell> {
    let cells = &day.courts.get(court)?.cells;
    cells.iter().find(|cell| (cell.from..cell.from + cell.hours).contains(&hour))
}

/// The place in the table that is nearest to one.
fn inside(day: &CourtsDay, (court, hour): (usize, u32)) -> (usize, u32) {
    let last = day.last.saturating_sub(1);
    (court.min(day.courts.len().saturating_sub(1)), hour.clamp(day.first.min(last), last))
}

/// Where an arrow key leads; nothing for other keys.
fn moved(day: &CourtsDay, at: (usize, u32), key: &str) -> Option<(usize, u32)> {
    let (court, hour) = inside(day, at);
    let cell = covering(day, (court, hour))?;
    let to = match key {
        "ArrowDown" => (court, cell.from + cell.hours),
        "ArrowUp" => (court, cell.from.saturating_sub(1).max(day.first)),
        "ArrowRight" => (court + 1, hour),
        "ArrowLeft" => (court.saturating_sub(1), hour),
        "Home" => (court, day.first),
        "End" => (court, day.last),
        _ => return None,
    };
    Some(inside(day, to))
}

/// Gives the focus to the cell that has it by the arrow keys: after a dialog what was pressed may be made anew.
pub(super) fn focus_cell(here: Courts) {
    request_animation_frame(move || {
        let Some((court, hour)) = here.at.try_get_untracked() else { return };
        // The cell that covers the hour begins there or earlier.
        let found = (0..=hour).rev().find_map(|from| document().get_element_by_id(&cell_id(court, from)));
        if let Some(cell) = found.and_then(|cell| cell.dyn_into::<web_sys::HtmlElement>().ok()) {
            focus(&cell);
        }
    });
}

/// The table.
#[component]
pub(super) fn Grid(here: Courts, shown: Memo<CourtsDay>) -> impl IntoView {
    let keys = move |event: web_sys::KeyboardEvent| {
        let to = shown.with_untracked(|day| moved(day, here.at.get_untracked(), &event.key()));
        if let Some(to) = to {
            event.prevent_default();
            here.at.set(to);
            focus_cell(here);
        }
    };
    let heads = move || {
        let name = |court: &Court| view! { <th scope="col">{court.name.clone()}</th> };
        shown.with(|day| day.courts.iter().map(name).collect_view())
    };
    let rows = move || {
        shown.with(|day| {
            let row = |hour: u32| {
                let starting = |(place, court): (usize, &Court)| {
                    let cell = court.cells.iter().find(|cell| cell.from == hour)?.clone();
                    let wish = Slot {
                        place_id: court.place_id,
                        court: court.name.clone(),
                        on: day.on,
                        from: hour,
                        free: court.free_from(hour),
                    };
                    let hours = cell.hours;
                    Some(view! {
                        <td rowspan=hours.to_string()><One place cell wish here shown /></td>
                    })
                };
                let cells = day.courts.iter().enumerate().map(starting).collect_view();
                view! { <tr><th scope="row" class="figures">{time_text(hour * 60)}</th> {cells}</tr> }
            };
            (day.first..day.last).map(row).collect_view()
        })
    };
    view! {
        <div class="courts" role="region" aria-label=t::table tabindex="0">
            <table class="courts__table" role="grid" aria-label=t::table on:keydown=keys>
                <thead><tr><td></td> {heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// What stands in a cell, and how it looks.
fn words(studio: &Studio, what: &Hour) -> (&'static str, String, Option<String>) {
    match what {
        Hour::Free => ("free", t::free().to_owned(), None),
        Hour::Past => ("past", t::past().to_owned(), None),
        Hour::Shut => ("shut", t::shut().to_owned(), None),
        Hour::Closed(name) => ("shut", t::closed(name), None),
        Hour::Class { title, .. } => ("class", title.clone(), Some(t::class().to_owned())),
        Hour::Hired { hire_id, clash } => {
            let hire = studio.live().get::<Hire>(hire_id.raw());
            let note = clash
                .as_ref()
                .map(t::clash)
                .or_else(|| hire.as_ref().map(|hire| word(studio, hire).to_owned()));
            let who = hire.map(|hire| hirer(studio, &hire)).filter(|who| !who.is_empty());
            ("let", who.unwrap_or_else(|| t::taken().to_owned()), note)
        }
    }
}

/// For whom a court is let, as the desk calls them. Follows changes.
pub(super) fn hirer(studio: &Studio, hire: &Hire) -> String {
    let member = hire.member_id.and_then(|id| person(studio, id)).map(|member| called(&member));
    member.unwrap_or_else(|| hire.name.clone())
}

/// One cell. Everything in it can have the focus; only what can be let or looked at can be pressed.
#[component]
fn One(place: usize, cell: Cell, wish: Slot, here: Courts, shown: Memo<CourtsDay>) -> impl IntoView {
    let studio = use_studio();
    let (from, to) = (cell.from, cell.from + cell.hours);
    let what = StoredValue::new(cell.what.clone());
    let for_words = studio.clone();
    let said = Memo::new(move |_| what.with_value(|what| words(&for_words, what)));
    let for_hire = studio.clone();
    let readable = move |id: HireId| untrack(|| for_hire.live().get::<Hire>(id.raw())).is_some();
    let can_press = match &cell.what {
        Hour::Free => may::<HireCourt>(&studio),
        Hour::Hired { hire_id, .. } => readable(*hire_id),
        Hour::Past | Hour::Shut | Hour::Closed(_) | Hour::Class { .. } => false,
    };
    let is_clash = matches!(&cell.what, Hour::Hired { clash: Some(_), .. });
    let wish = StoredValue::new(wish);
    let press = move |_| {
        here.at.set((place, from));
        if !can_press {
            return;
        }
        what.with_value(|what| match what {
            Hour::Free => {
                here.hire.set(None);
                here.wish.set(Some(wish.get_value()));
                here.letting.set(true);
            }
            Hour::Hired { hire_id, .. } => here.hire.set(Some(*hire_id)),
            Hour::Past | Hour::Shut | Hour::Closed(_) | Hour::Class { .. } => {}
        });
    };
    let has_focus = move || {
        let (court, hour) = shown.with(|day| inside(day, here.at.get()));
        court == place && (from..to).contains(&hour)
    };
    let lead = move || {
        shown.with(|day| {
            format!(
                "{}, {}–{}: ",
                court_name(day, place),
                time_text(from * 60),
                time_text(to * 60 % (24 * 60))
            )
        })
    };
    let class = move || said.with(|(look, ..)| format!("court court--{look}"));
    view! {
        <button type="button" id=cell_id(place, from) class=class class:court--clash=is_clash
            tabindex=move || if has_focus() { "0" } else { "-1" } aria-disabled=(!can_press).then_some("true") on:click=press>
            <span class="only-read">{lead}</span>
            <span class="court__what">{move || said.with(|(_, what, _)| what.clone())}</span>
            {move || said.with(|(.., note)| note.clone()).map(|note| view! { <small class="court__note">{note}</small> })}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use rollcall_domain::classes::PlaceId;

    use super::*;

    fn day() -> CourtsDay {
        let cell = |from, hours| Cell { from, hours, what: Hour::Past };
        let court = |cells: Vec<Cell>| Court { place_id: PlaceId::default(), name: String::new(), cells };
        CourtsDay {
            on: chrono::NaiveDate::default(),
            first: 8,
            last: 12,
            courts: vec![
                court(vec![cell(8, 1), cell(9, 2), cell(11, 1)]),
                court(vec![cell(8, 1), cell(9, 1), cell(10, 1), cell(11, 1)]),
            ],
        }
    }

    #[test]
    fn arrows_go_from_cell_to_cell_and_stay_inside() {
        let day = day();
        let to = |at, key| moved(&day, at, key).unwrap();
        assert_eq!(to((0, 8), "ArrowDown"), (0, 9));
        assert_eq!(to((0, 9), "ArrowDown"), (0, 11));
        assert_eq!(to((0, 11), "ArrowDown"), (0, 11));
        assert_eq!(to((0, 11), "ArrowUp"), (0, 10));
        assert_eq!(to((0, 10), "ArrowRight"), (1, 10));
        assert_eq!(to((1, 10), "ArrowRight"), (1, 10));
        assert_eq!(to((1, 8), "ArrowUp"), (1, 8));
        assert_eq!((to((1, 9), "Home"), to((1, 9), "End")), ((1, 8), (1, 11)));
        assert_eq!(moved(&day, (0, 8), "Enter"), None);
        assert_eq!(inside(&day, (7, 0)), (1, 8));
    }
}
