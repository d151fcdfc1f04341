//! Fields for whole numbers and for money, which is whole cents and never a float.

use leptos::prelude::*;

use super::dom::tell_left;
use super::field::{FieldParts, Need, framed};
use super::input::narrow_digits;
use super::text::Text;
use super::words::words;
use crate::fmt;

/// The largest amount a field takes: far above any till, far below an overflow.
pub const CENTS_MAX: i64 = 100_000_000_000;

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("not an amount")]
    NotAnAmount,
    #[error("more decimals than the currency has")]
    TooFine,
    #[error("too large")]
    TooLarge,
}

/// Reads an amount in the smallest unit of its currency: `1,234.50` with exponent 2 is 123450.
///
/// Empty is no amount. A comma groups thousands and nothing else, so `12,50` is refused, not guessed.
pub fn parse_money(text: &str, exponent: u32) -> Result<Option<i64>, AmountError> {
    let text = narrow_digits(text).replace('。', ".");
    let text = text.trim().trim_start_matches(|c: char| !c.is_ascii_digit() && c != '.' && c != '-');
    let text = text.trim_end_matches(|c: char| c == '元' || c == '圆' || c == '圓' || c.is_whitespace());
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = ungrouped(whole).ok_or(AmountError::NotAnAmount)?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(&whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(AmountError::NotAnAmount);
    }
    let places = usize::try_from(exponent).unwrap_or(0);
    if fraction.len() > places {
        return Err(AmountError::TooFine);
    }
    let all = format!("{whole}{fraction:0<places$}");
    let cents: i64 = all.parse().map_err(|_| AmountError::TooLarge)?;
    if cents > CENTS_MAX { Err(AmountError::TooLarge) } else { Ok(Some(cents)) }
}

/// `1,234` without its commas, if they stand where thousands are grouped.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let in_place =
        rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    in_place.then(|| std::iter::once(first).chain(rest).collect())
}

/// Writes an amount as a field shows it: `123450` with exponent 2 is `1234.50`, `5000` is `50`.
pub fn money_text(cents: i64, exponent: u32) -> String {
    let unit = 10_u64.pow(exponent.min(6));
    let size = cents.unsigned_abs();
    let (whole, rest) = (size / unit, size % unit);
    let sign = if cents < 0 { "-" } else { "" };
    if rest == 0 {
        format!("{sign}{whole}")
    } else {
        let places = usize::try_from(exponent).unwrap_or(0);
        format!("{sign}{whole}.{rest:0places$}")
    }
}

/// A text that mirrors a value: typed into by hand, rewritten when the value changes elsewhere.
fn mirrored<T>(
    value: RwSignal<Option<T>>,
    read: impl Fn(&str) -> Option<T> + Copy + 'static,
    write: impl Fn(T) -> String + Copy + 'static,
) -> RwSignal<String>
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let draft = RwSignal::new(value.get_untracked().map(write).unwrap_or_default());
    Effect::new(move |_| {
        let now = value.get();
        let written = draft.read_untracked().clone();
        // What cannot be read stays as typed, so that it can be corrected.
        if now != read(&written) && (now.is_some() || read(&written).is_some()) {
            draft.set(now.map(write).unwrap_or_default());
        }
    });
    draft
}

/// An amount of money in the smallest unit of its currency.
#[component]
pub fn MoneyField(
    #[prop(into)] label: Text,
    /// Cents (or the currency's smallest unit); `None` while empty or unreadable.
    value: RwSignal<Option<i64>>,
    /// ISO 4217 code, for the sign shown before the amount.
    #[prop(into)]
    currency: Signal<String>,
    #[prop(default = Signal::stored(2))] exponent: Signal<u32>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let read = move |text: &str| parse_money(text, exponent.get_untracked()).ok().flatten();
    let draft = mirrored(value, read, move |cents| money_text(cents, exponent.get_untracked()));
    let shown = Signal::derive(move || {
        let unreadable = draft.with(|text| parse_money(text, exponent.get()).is_err());
        error.get().or_else(|| unreadable.then(|| (words().not_an_amount)().to_owned()))
    });
    let parts = FieldParts::new(label, hint, shown, need);
    let typed = move |text: String| {
        let cents = read(&text);
        draft.set(text);
        if value.get_untracked() != cents {
            value.set(cents);
        }
    };
    let leave = move |_| {
        if let (Some(Some(cents)), Some(exponent)) = (value.try_get_untracked(), exponent.try_get_untracked())
        {
            draft.try_set(money_text(cents, exponent));
        }
        tell_left(on_leave);
    };
    let control = view! {
        <div class="affix">
            <span class="affix__before" aria-hidden="true">{move || fmt::currency_sign(&currency.read())}</span>
            <input
                class="input input--figures affix__input"
                id=parts.id()
                type="text"
                inputmode="decimal"
                autocomplete="off"
                maxlength="20"
                prop:value=move || draft.get()
                aria-required=parts.required()
                aria-invalid=parts.invalid()
                aria-describedby=parts.described_by()
                on:input:target=move |event| typed(event.target().value())
                on:blur=leave
            />
        </div>
    };
    framed(parts, control)
}

/// A whole number with a step down and a step up.
#[component]
pub fn NumberField(
    #[prop(into)] label: Text,
    value: RwSignal<Option<i64>>,
    #[prop(default = 0)] min: i64,
    #[prop(default = 1_000_000)] max: i64,
    #[prop(default = 1)] step: i64,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let read = |text: &str| narrow_digits(text).trim().replace(',', "").parse::<i64>().ok();
    let read_inside = move |text: &str| read(text).filter(|number| (min..=max).contains(number));
    let draft = mirrored(value, read_inside, |number: i64| number.to_string());
    let shown = Signal::derive(move || {
        error.get().or_else(|| draft.with(|text| number_error(text, read(text), min, max)))
    });
    let parts = FieldParts::new(label, hint, shown, need);
    let typed = move |text: String| {
        let number = read_inside(&text);
        draft.set(text);
        if value.get_untracked() != number {
            value.set(number);
        }
    };
    let move_by = move |by: i64| {
        let from = value.get_untracked().unwrap_or(if by > 0 { min - by } else { max });
        value.set(Some(from.saturating_add(by).clamp(min, max)));
    };
    let keys = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "ArrowUp" => {
            event.prevent_default();
            move_by(step);
        }
        "ArrowDown" => {
            event.prevent_default();
            move_by(-step);
        }
        _ => {}
    };
    let control = view! {
        <div class="stepper">
            <button type="button" class="stepper__step" tabindex="-1" aria-label=move || (words().less)()
                on:click=move |_| move_by(-step)>"−"</button>
            <input
                class="input input--figures stepper__input"
                id=parts.id()
                type="text"
                inputmode="numeric"
                autocomplete="off"
                maxlength="12"
                prop:value=move || draft.get()
                aria-required=parts.required()
                aria-invalid=parts.invalid()
                aria-describedby=parts.described_by()
                on:input:target=move |event| typed(event.target().value())
                on:keydown=keys
                on:blur=move |_| tell_left(on_leave)
            />
            <button type="button" class="stepper__step" tabindex="-1" aria-label=move || (words().more)()
                on:click=move |_| move_by(step)>"+"</button>
        </div>
    };
    framed(parts, control)
}

fn number_error(text: &str, number: Option<i64>, min: i64, max: i64) -> Option<String> {
    match number {
        _ if text.trim().is_empty() => None,
        None => Some((words().not_a_number)().to_owned()),
        Some(number) if !(min..=max).contains(&number) => {
            Some((words().number_between)(&fmt::count(min), &fmt::count(max)))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
