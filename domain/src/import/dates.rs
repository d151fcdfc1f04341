//! Dates as lists write them, in three orders and two calendars. Where a list could mean two things it says so instead of guessing.

use chrono::{Datelike as _, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Spreadsheets count days from here (the day before 1900-01-01, and one more for a leap day that never was).
const SERIAL_ZERO: NaiveDate = match NaiveDate::from_ymd_opt(1899, 12, 30) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The order of day, month and year where a date does not begin with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/12/2008.
    DayFirst,
    /// 12/31/2008.
    MonthFirst,
}

/// What a list's dates say about their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderGuess {
    /// Some date fits only this one, or no date depends on it.
    Clear(DateOrder),
    /// Every date fits both: a person must say.
    Ambiguous,
    /// Some dates fit only the one and some only the other; those that do not fit become flaws of their rows.
    Mixed,
}

/// Guesses the order from all dates of a list.
pub fn guess_order<'a>(cells: impl Iterator<Item = &'a str>) -> OrderGuess {
    let (mut day_only, mut month_only, mut either) = (0usize, 0usize, 0usize);
    for cell in cells {
        let Some([first, second]) = order_parts(cell) else { continue };
        match (first > 12, second > 12) {
            (true, false) => day_only += 1,
            (false, true) => month_only += 1,
            (false, false) if first != second => either += 1,
            _ => {}
        }
    }
    match (day_only, month_only, either) {
        (0, 0, 0) | (1.., 0, _) => OrderGuess::Clear(DateOrder::DayFirst),
        (0, 1.., _) => OrderGuess::Clear(DateOrder::MonthFirst),
        (0, 0, _) => OrderGuess::Ambiguous,
        _ => OrderGuess::Mixed,
    }
}

/// The date in a cell; nothing when there is none or it does not exist.
#[must_use]
pub fn parse(cell: &str, order: DateOrder) -> Option<NaiveDate> {
    let text = plain(cell);
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return digits_only(&text);
    }
    if let Some(day) = minguo(&text) {
        return Some(day);
    }
    let parts = parts(&text);
    match parts.as_slice() {
        [Part::Number(y, 4), Part::Number(m, _), Part::Number(d, _)] => {
            NaiveDate::from_ymd_opt(i32::try_from(*y).ok()?, *m, *d)
        }
        [Part::Number(a, 1 | 2), Part::Number(b, 1 | 2), Part::Number(y, 4)] => {
            let (d, m) = if order == DateOrder::DayFirst { (*a, *b) } else { (*b, *a) };
            NaiveDate::from_ymd_opt(i32::try_from(*y).ok()?, m, d)
        }
        // Taiwan's lists count years from 1912 and pad them to three digits: 097/09/01.
        [Part::Number(y, 3), Part::Number(m, _), Part::Number(d, _)] => from_minguo(*y, *m, *d),
        [Part::Month(m), Part::Number(d, 1 | 2), Part::Number(y, 4)]
        | [Part::Number(d, 1 | 2), Part::Month(m), Part::Number(y, 4)] => {
            NaiveDate::from_ymd_opt(i32::try_from(*y).ok()?, *m, *d)
        }
        _ => None,
    }
}

/// The first two numbers of a date whose order matters: both one or two digits, then a year of four.
fn order_parts(cell: &str) -> Option<[u32; 2]> {
    match parts(&plain(cell)).as_slice() {
        [Part::Number(a, 1 | 2), Part::Number(b, 1 | 2), Part::Number(_, 4)] => Some([*a, *b]),
        _ => None,
    }
}

/// Width folded, the time of day cut off, the characters for year and month turned into dashes.
fn plain(cell: &str) -> String {
    let text: String = cell.trim().nfkc().collect();
    let text = text.replace(['年', '月', '/', '.'], "-").replace(['日', '号', '號'], "");
    let text = text
        .split_once('T')
        .filter(|(day, _)| day.starts_with(|c: char| c.is_ascii_digit()))
        .map_or(text.as_str(), |(day, _)| day);
    let day = text
        .split(' ')
        .filter(|w| !w.contains(':') && !matches!(w.to_lowercase().as_str(), "am" | "pm"))
        .collect::<Vec<_>>()
        .join(" ");
    day.trim_end_matches('-').to_owned()
}

enum Part {
    /// A number and how many digits it was written with.
    Number(u32, usize),
    /// A month by its English name.
    Month(u32),
}

fn parts(text: &str) -> Vec<Part> {
    let words = text.split(['-', ' ', ',']).filter(|w| !w.is_empty()).take(5);
    words
        .filter_map(|w| {
            w.parse().ok().map(|n| Part::Number(n, w.len())).or_else(|| month_name(w).map(Part::Month))
        })
        .collect()
}

fn month_name(word: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_lowercase();
    let at = NAMES.iter().position(|name| {
        word.len() >= 3 && name.starts_with(&word)
            || *name == word
            || (word == "sept" && *name == "september")
    })?;
    u32::try_from(at + 1).ok()
}

/// `20080901`, a spreadsheet's serial number, or `0970901` of Taiwan's calendar.
fn digits_only(text: &str) -> Option<NaiveDate> {
    let number: u64 = text.parse().ok()?;
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    match text.len() {
        8 => NaiveDate::from_ymd_opt(i32::try_from(part(0, 4)?).ok()?, part(4, 6)?, part(6, 8)?),
        7 => from_minguo(part(0, 3)?, part(3, 5)?, part(5, 7)?),
        // Years 1927 to 2119: what a list of people can mean.
        5 if (10_000..=80_500).contains(&number) => SERIAL_ZERO.checked_add_days(Days::new(number)),
        _ => None,
    }
}

/// A year of Taiwan's calendar with its name: 民國97-9-1.
fn minguo(text: &str) -> Option<NaiveDate> {
    let rest = text
        .strip_prefix("民國")
        .or_else(|| text.strip_prefix("民国"))
        .or_else(|| text.strip_prefix("中華民國"))?;
    match parts(rest).as_slice() {
        [Part::Number(y, _), Part::Number(m, _), Part::Number(d, _)] => from_minguo(*y, *m, *d),
        _ => None,
    }
}

fn from_minguo(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok()?.checked_add(1911)?;
    NaiveDate::from_ymd_opt(year, month, day).filter(|d| d.year() <= 2200)
}
