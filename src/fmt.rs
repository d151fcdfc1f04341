//! Numbers, money, days and times as the reader's language writes them, through the browser's `Intl`.
//!
//! It takes plain values and knows nothing of members or passes. Formatters are made once per language.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use js_sys::{Array, Function, Object, Reflect};
use leptos::wasm_bindgen::{JsCast, JsValue};

use crate::tr::{self, Lang};

thread_local! {
    static MADE: RefCell<HashMap<(Lang, String), Option<JsValue>>> = RefCell::new(HashMap::new());
}

/// The region whose habits apply: the browser's own English, mainland and Taiwan Chinese.
fn region(lang: Lang) -> String {
    match lang {
        Lang::En => {
            let wanted = leptos::prelude::window().navigator().languages();
            let english = wanted.iter().filter_map(|tag| tag.as_string()).find(|tag| tag.starts_with("en-"));
            english.unwrap_or_else(|| "en-GB".to_owned())
        }
        Lang::ZhHans => "zh-CN".to_owned(),
        Lang::ZhHant => "zh-TW".to_owned(),
    }
}

/// One option of an `Intl` formatter.
enum Opt<'a> {
    Word(&'a str),
    Number(u32),
}

type Opts<'a> = &'a [(&'a str, Opt<'a>)];

/// The formatter of this kind and these options in the language of the moment; `None` where the browser refuses,
/// as it does for a time zone it does not know.
fn formatter(kind: &str, opts: Opts<'_>) -> Option<JsValue> {
    let lang = tr::lang();
    let mut name = kind.to_owned();
    for (key, value) in opts {
        name.push_str(key);
        match value {
            Opt::Word(word) => name.push_str(word),
            Opt::Number(number) => name.push_str(&number.to_string()),
        }
    }
    MADE.with_borrow_mut(|made| made.entry((lang, name)).or_insert_with(|| make(kind, lang, opts)).clone())
}

fn make(kind: &str, lang: Lang, opts: Opts<'_>) -> Option<JsValue> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let constructor: Function = Reflect::get(&intl, &kind.into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    for (key, value) in opts {
        let value = match value {
            Opt::Word(word) => JsValue::from_str(word),
            Opt::Number(number) => JsValue::from(*number),
        };
        Reflect::set(&options, &(*key).into(), &value).ok()?;
    }
    let args = Array::of2(&region(lang).into(), &options);
    Reflect::construct(&constructor, &args).ok()
}

fn format(kind: &str, opts: Opts<'_>, value: &JsValue) -> Option<String> {
    let formatter = formatter(kind, opts)?;
    let method: Function = Reflect::get(&formatter, &"format".into()).ok()?.dyn_into().ok()?;
    method.call1(&formatter, value).ok()?.as_string()
}

/// A whole number with its groups: `1,240`.
pub fn count(number: i64) -> String {
    let text = number.to_string();
    format("NumberFormat", &[], &JsValue::from_str(&text)).unwrap_or(text)
}

/// A share in whole percent: `12%`.
pub fn percent(per_cent: i64) -> String {
    let text = format!("{}e-2", per_cent);
    format("NumberFormat", &[("style", Opt::Word("percent"))], &JsValue::from_str(&text))
        .unwrap_or_else(|| format!("{per_cent}%"))
}

/// An amount in its smallest unit, as shown on screen: `¥2,680`, `¥2,680.50`.
pub fn money(cents: i64, currency: &str, exponent: u32) -> String {
    let whole = cents.unsigned_abs().is_multiple_of(10_u64.pow(exponent.min(6)));
    money_with(cents, currency, exponent, if whole { 0 } else { exponent }, "auto")
}

/// An amount with all its decimals, as printed on a receipt: `¥2,680.00`.
pub fn money_exact(cents: i64, currency: &str, exponent: u32) -> String {
    money_with(cents, currency, exponent, exponent, "auto")
}

/// An amount with its sign, for lines of an account: `+¥60`, `-¥60`.
pub fn money_signed(cents: i64, currency: &str, exponent: u32) -> String {
    let whole = cents.unsigned_abs().is_multiple_of(10_u64.pow(exponent.min(6)));
    money_with(cents, currency, exponent, if whole { 0 } else { exponent }, "exceptZero")
}

fn money_with(cents: i64, currency: &str, exponent: u32, decimals: u32, sign: &str) -> String {
    // A decimal text is exact at every size; a float would not be.
    let decimal = decimal_text(cents, exponent);
    let opts = [
        ("style", Opt::Word("currency")),
        ("currency", Opt::Word(currency)),
        ("currencyDisplay", Opt::Word("narrowSymbol")),
        ("minimumFractionDigits", Opt::Number(decimals)),
        ("maximumFractionDigits", Opt::Number(decimals)),
        ("signDisplay", Opt::Word(sign)),
    ];
    format("NumberFormat", &opts, &JsValue::from_str(&decimal))
        .unwrap_or_else(|| format!("{currency} {decimal}"))
}

/// `-123450` with exponent 2 as `-1234.50`.
fn decimal_text(cents: i64, exponent: u32) -> String {
    let exponent = exponent.min(6);
    let unit = 10_u64.pow(exponent);
    let (whole, rest) = (cents.unsigned_abs() / unit, cents.unsigned_abs() % unit);
    let sign = if cents < 0 { "-" } else { "" };
    let places = usize::try_from(exponent).unwrap_or(0);
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0places$}") }
}

/// The sign of a currency alone: `¥`, `NT$`, `€`.
pub fn currency_sign(currency: &str) -> String {
    let shown = money_with(0, currency, 0, 0, "auto");
    let sign: String = shown.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect();
    if sign.is_empty() { currency.to_owned() } else { sign }
}

/// A day at noon UTC, so that no zone moves it.
fn js_day(day: NaiveDate) -> JsValue {
    let millis = js_sys::Date::utc(f64::from(day.year()), f64::from(day.month0()));
    let date = js_sys::Date::new(&JsValue::from_f64(millis));
    date.set_utc_full_year_with_month_date(
        u32::try_from(day.year()).unwrap_or(0),
        i32::try_from(day.month0()).unwrap_or(0),
        i32::try_from(day.day()).unwrap_or(1),
    );
    date.set_utc_hours(12);
    date.into()
}

fn day_with(day: NaiveDate, opts: Opts<'_>) -> String {
    format("DateTimeFormat", opts, &js_day(day)).unwrap_or_else(|| date_input(day))
}

const UTC: (&str, Opt<'static>) = ("timeZone", Opt::Word("UTC"));
const YEAR: (&str, Opt<'static>) = ("year", Opt::Word("numeric"));
const MONTH: (&str, Opt<'static>) = ("month", Opt::Word("short"));
const DAY: (&str, Opt<'static>) = ("day", Opt::Word("numeric"));

/// A day without its year: `25 Nov`, `11月25日`.
pub fn day_short(day: NaiveDate) -> String {
    day_with(day, &[UTC, MONTH, DAY])
}

/// A day with its year: `25 Nov 2026`, `2026年11月25日`.
pub fn day(day: NaiveDate) -> String {
    day_with(day, &[UTC, YEAR, MONTH, DAY])
}

/// A day as a heading: `Sunday 22 November`, `11月22日星期日`.
pub fn day_heading(day: NaiveDate) -> String {
    day_with(day, &[UTC, ("weekday", Opt::Word("long")), ("month", Opt::Word("long")), DAY])
}

/// A day in full: `Wednesday 25 November 2026`.
pub fn day_long(day: NaiveDate) -> String {
    day_with(day, &[UTC, ("weekday", Opt::Word("long")), YEAR, ("month", Opt::Word("long")), DAY])
}

/// The name of the day of the week: `Wed`, `周三`.
pub fn weekday(day: NaiveDate) -> String {
    day_with(day, &[UTC, ("weekday", Opt::Word("short"))])
}

/// A month: `November 2026`, `2026年11月`.
pub fn month(day: NaiveDate) -> String {
    day_with(day, &[UTC, YEAR, ("month", Opt::Word("long"))])
}

/// A day as seen from today: `Today`, `Yesterday`, `25 Nov`, and with its year in another year.
pub fn day_near(day: NaiveDate, today: NaiveDate) -> String {
    let away = (day - today).num_days();
    if (-1..=1).contains(&away) {
        capital(&days_from_now(away))
    } else if day.year() == today.year() {
        day_short(day)
    } else {
        self::day(day)
    }
}

/// A distance in days from now: `today`, `tomorrow`, `in 3 days`, `2 days ago`.
pub fn days_from_now(days: i64) -> String {
    relative(days, "day").unwrap_or_else(|| days.to_string())
}

/// A distance from now in the unit that reads best: `5 minutes ago`, `in 2 hours`, `3 days ago`.
pub fn ago(at_ms: i64, now_ms: i64) -> String {
    let minutes = (at_ms - now_ms) / 60_000;
    let (amount, unit) = match minutes.abs() {
        0..=59 => (minutes, "minute"),
        60..=1439 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    relative(amount, unit).unwrap_or_else(|| amount.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "a distance in days or minutes is far below 2^53")]
fn relative(amount: i64, unit: &str) -> Option<String> {
    let formatter = formatter("RelativeTimeFormat", &[("numeric", Opt::Word("auto"))])?;
    let method: Function = Reflect::get(&formatter, &"format".into()).ok()?.dyn_into().ok()?;
    method.call2(&formatter, &JsValue::from_f64(amount as f64), &unit.into()).ok()?.as_string()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn js_instant(at_ms: i64) -> JsValue {
    JsValue::from_f64(at_ms as f64)
}

/// The time of day in a zone: `14:02`.
pub fn clock(at_ms: i64, zone: &str) -> String {
    let opts = [
        ("timeZone", Opt::Word(zone)),
        ("hour", Opt::Word("2-digit")),
        ("minute", Opt::Word("2-digit")),
        ("hourCycle", Opt::Word("h23")),
    ];
    format("DateTimeFormat", &opts, &js_instant(at_ms)).unwrap_or_default()
}

/// Day and time in a zone: `25 Nov 2026, 14:02`.
pub fn moment(at_ms: i64, zone: &str) -> String {
    let opts = [
        ("timeZone", Opt::Word(zone)),
        YEAR,
        MONTH,
        DAY,
        ("hour", Opt::Word("2-digit")),
        ("minute", Opt::Word("2-digit")),
        ("hourCycle", Opt::Word("h23")),
    ];
    format("DateTimeFormat", &opts, &js_instant(at_ms)).unwrap_or_default()
}

/// Day and time as seen from now: `Today 14:02`, `25 Nov 14:02`.
pub fn moment_near(at_ms: i64, zone: &str, now_ms: i64) -> String {
    match (day_in(at_ms, zone), day_in(now_ms, zone)) {
        (Some(day), Some(today)) => format!("{} {}", day_near(day, today), clock(at_ms, zone)),
        _ => moment(at_ms, zone),
    }
}

/// The calendar day of an instant in a zone.
fn day_in(at_ms: i64, zone: &str) -> Option<NaiveDate> {
    let opts = [
        ("timeZone", Opt::Word(zone)),
        ("calendar", Opt::Word("iso8601")),
        YEAR,
        ("month", Opt::Word("2-digit")),
        ("day", Opt::Word("2-digit")),
    ];
    let formatter = formatter("DateTimeFormat", &opts)?;
    let method: Function = Reflect::get(&formatter, &"formatToParts".into()).ok()?.dyn_into().ok()?;
    let parts: Array = method.call1(&formatter, &js_instant(at_ms)).ok()?.dyn_into().ok()?;
    let part = |kind: &str| {
        parts.iter().find_map(|part| {
            let is_it = Reflect::get(&part, &"type".into()).ok()?.as_string()? == kind;
            if is_it {
                Reflect::get(&part, &"value".into()).ok()?.as_string()?.parse::<u32>().ok()
            } else {
                None
            }
        })
    };
    NaiveDate::from_ymd_opt(i32::try_from(part("year")?).ok()?, part("month")?, part("day")?)
}

/// Several things in one phrase: `a, b and c`, `a、b和c`.
pub fn list(items: &[String]) -> String {
    let array: Array = items.iter().map(JsValue::from).collect();
    format("ListFormat", &[], &array).unwrap_or_else(|| items.join(", "))
}

/// The value of a native date field: `2026-11-25`.
pub fn date_input(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// The zone this browser is set to, for a studio that has not chosen one.
pub fn device_zone() -> Option<String> {
    let formatter = formatter("DateTimeFormat", &[])?;
    let method: Function = Reflect::get(&formatter, &"resolvedOptions".into()).ok()?.dyn_into().ok()?;
    let resolved = method.call0(&formatter).ok()?;
    Reflect::get(&resolved, &"timeZone".into()).ok()?.as_string()
}

#[cfg(test)]
mod tests;
