//! A field for a calendar day: the browser's own picker, and tolerance for what people paste.

use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

use super::dom::tell_left;
use super::field::{FieldParts, Need, framed};
use super::input::narrow_digits;
use super::text::Text;
use super::words::words;
use crate::fmt;

/// A calendar day.
#[component]
pub fn DateField(
    #[prop(into)] label: Text,
    value: RwSignal<Option<NaiveDate>>,
    #[prop(optional, into)] min: Signal<Option<NaiveDate>>,
    #[prop(optional, into)] max: Signal<Option<NaiveDate>>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let half_typed = RwSignal::new(false);
    let shown = Signal::derive(move || {
        error.get().or_else(|| bounds_error(value.get(), min.get(), max.get(), half_typed.get()))
    });
    let parts = FieldParts::new(label, hint, shown, need);
    let node = NodeRef::<leptos::html::Input>::new();
    let take = move |day: Option<NaiveDate>| {
        if value.get_untracked() != day {
            value.set(day);
        }
    };
    let leave = move |_| {
        let unfinished = node.try_get_untracked().flatten().is_some_and(|input| input.validity().bad_input());
        half_typed.try_set(unfinished);
        tell_left(on_leave);
    };
    let paste = move |event: web_sys::ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text").ok());
        if let Some(day) = text.and_then(|text| parse_date(&text)) {
            event.prevent_default();
            half_typed.set(false);
            take(Some(day));
        }
    };
    let control = view! {
        <input
            node_ref=node
            class="input input--figures input--date"
            id=parts.id()
            type="date"
            autocomplete="off"
            min=move || min.get().map(fmt::date_input)
            max=move || max.get().map_or_else(|| "9999-12-31".to_owned(), fmt::date_input)
            prop:value=move || value.get().map(fmt::date_input).unwrap_or_default()
            aria-required=parts.required()
            aria-invalid=parts.invalid()
            aria-describedby=parts.described_by()
            on:input:target=move |event| {
                let day = NaiveDate::parse_from_str(&event.target().value(), "%Y-%m-%d").ok();
                // While a year is typed the browser reports 0002, 0020, 0202: days nobody means.
                take(day.filter(|day| day.year() >= 1000));
            }
            on:paste=paste
            on:blur=leave
        />
    };
    framed(parts, control)
}

fn bounds_error(
    day: Option<NaiveDate>,
    min: Option<NaiveDate>,
    max: Option<NaiveDate>,
    half_typed: bool,
) -> Option<String> {
    match (day, min, max) {
        (Some(day), Some(min), _) if day < min => Some((words().date_too_early)(&fmt::day(min))),
        (Some(day), _, Some(max)) if day > max => Some((words().date_too_late)(&fmt::day(max))),
        (None, ..) if half_typed => Some((words().not_a_date)().to_owned()),
        _ => None,
    }
}

/// Reads a day that is written in one of the ways that cannot be misunderstood.
///
/// Year first in any separators, or `20260403`, or Chinese `2026年4月3日`. A day written as 3/4/2026 is two days,
/// depending on who wrote it, so it is not read.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = narrow_digits(text);
    let mut parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    match (second, third) {
        (Some(month), Some(day)) if first.len() == 4 => {
            NaiveDate::from_ymd_opt(first.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        }
        (None, None) if first.len() == 8 && first.is_ascii() => {
            let (year, rest) = first.split_at(4);
            let (month, day) = rest.split_at(2);
            NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        }
        (Some(month), Some(year)) if year.len() == 4 => both_ways(first, month, year),
        _ => None,
    }
}

/// A day with its year last: read only if swapping day and month gives no other day.
fn both_ways(first: &str, second: &str, year: &str) -> Option<NaiveDate> {
    let (first, second, year) = (first.parse().ok()?, second.parse().ok()?, year.parse().ok()?);
    let day_first = NaiveDate::from_ymd_opt(year, second, first);
    let month_first = NaiveDate::from_ymd_opt(year, first, second);
    match (day_first, month_first) {
        (Some(a), Some(b)) if a != b => None,
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
