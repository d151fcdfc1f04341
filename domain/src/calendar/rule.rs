//! The recurrence rule of RFC 5545, section 3.3.10, as data and as text. What it yields is the matter of `expand`.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The largest INTERVAL.
pub const INTERVAL_MAX: u32 = 9_999;
/// The largest COUNT.
pub const COUNT_MAX: u32 = 1_000_000;
/// Values a list of a rule may have.
pub const LIST_MAX: usize = 400;

/// How long a period of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freq {
    /// Seconds.
    Secondly,
    /// Minutes.
    Minutely,
    /// Hours.
    Hourly,
    /// Days.
    Daily,
    /// Weeks.
    Weekly,
    /// Months.
    Monthly,
    /// Years.
    Yearly,
}

const FREQS: [(Freq, &str); 7] = [
    (Freq::Secondly, "SECONDLY"),
    (Freq::Minutely, "MINUTELY"),
    (Freq::Hourly, "HOURLY"),
    (Freq::Daily, "DAILY"),
    (Freq::Weekly, "WEEKLY"),
    (Freq::Monthly, "MONTHLY"),
    (Freq::Yearly, "YEARLY"),
];

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "MO"),
    (Weekday::Tue, "TU"),
    (Weekday::Wed, "WE"),
    (Weekday::Thu, "TH"),
    (Weekday::Fri, "FR"),
    (Weekday::Sat, "SA"),
    (Weekday::Sun, "SU"),
];

/// A weekday, every one of the period or only the n-th.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nth {
    /// Which one of the month or year, from its end when below zero; 0 for every one.
    pub nth: i8,
    /// Which weekday.
    pub weekday: Weekday,
}

impl Nth {
    /// Every such weekday.
    #[must_use]
    pub const fn every(weekday: Weekday) -> Self {
        Self { nth: 0, weekday }
    }
}

/// The last moment of a rule, which belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Until {
    /// The whole of a day.
    Day(NaiveDate),
    /// A wall clock where the event is.
    Local(NaiveDateTime),
    /// An instant.
    Utc(NaiveDateTime),
}

/// A recurrence rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    /// How long a period is.
    pub freq: Freq,
    /// Every so many periods: 1..=[`INTERVAL_MAX`].
    pub interval: u32,
    /// How often, the first time included.
    pub count: Option<u32>,
    /// The last moment.
    pub until: Option<Until>,
    /// Seconds: 0..=59.
    pub by_second: Vec<u8>,
    /// Minutes: 0..=59.
    pub by_minute: Vec<u8>,
    /// Hours: 0..=23.
    pub by_hour: Vec<u8>,
    /// Weekdays.
    pub by_day: Vec<Nth>,
    /// Days of the month: 1..=31, or -31..=-1 from its end.
    pub by_month_day: Vec<i8>,
    /// Days of the year: 1..=366, or below zero from its end.
    pub by_year_day: Vec<i16>,
    /// Weeks of the year: 1..=53, or below zero from its end.
    pub by_week_no: Vec<i8>,
    /// Months: 1..=12.
    pub by_month: Vec<u8>,
    /// Which of a period's times: from 1, or below zero from the end.
    pub by_set_pos: Vec<i16>,
    /// What a week begins with.
    pub week_start: Weekday,
}

/// Why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// No FREQ, or none that there is.
    #[error("a rule needs one FREQ")]
    NoFreq,
    /// A part that RFC 5545 does not know.
    #[error("{0} is no part of a rule")]
    UnknownPart(String),
    /// A part twice.
    #[error("{0} stands twice in the rule")]
    Twice(String),
    /// A value that cannot be.
    #[error("{part} of the rule cannot be {value}")]
    BadValue {
        /// Of which part.
        part: String,
        /// What was written.
        value: String,
    },
    /// COUNT and UNTIL together.
    #[error("a rule ends by COUNT or by UNTIL, not by both")]
    TwoEnds,
    /// A part that this FREQ cannot have.
    #[error("{part} does not go with FREQ={freq}")]
    DoesNotGo {
        /// Which part.
        part: &'static str,
        /// With what.
        freq: &'static str,
    },
}

impl Rule {
    /// Every period, without an end.
    #[must_use]
    pub const fn every(freq: Freq) -> Self {
        Self {
            freq,
            interval: 1,
            count: None,
            until: None,
            by_second: Vec::new(),
            by_minute: Vec::new(),
            by_hour: Vec::new(),
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_year_day: Vec::new(),
            by_week_no: Vec::new(),
            by_month: Vec::new(),
            by_set_pos: Vec::new(),
            week_start: Weekday::Mon,
        }
    }

    /// Every week on these days.
    #[must_use]
    pub fn weekly(days: &[Weekday]) -> Self {
        Self { by_day: days.iter().copied().map(Nth::every).collect(), ..Self::every(Freq::Weekly) }
    }

    /// The same rule without COUNT and UNTIL.
    #[must_use]
    pub fn endless(&self) -> Self {
        Self { count: None, until: None, ..self.clone() }
    }

    /// True when it says what time of day, or repeats within a day.
    #[must_use]
    pub fn says_times(&self) -> bool {
        self.freq < Freq::Daily
            || !self.by_hour.is_empty()
            || !self.by_minute.is_empty()
            || !self.by_second.is_empty()
    }

    fn check(&self) -> Result<(), RuleFault> {
        if self.count.is_some() && self.until.is_some() {
            return Err(RuleFault::TwoEnds);
        }
        let freq = self.freq;
        let nth = self.by_day.iter().any(|day| day.nth != 0);
        let never = [
            ("BYWEEKNO", !self.by_week_no.is_empty() && freq != Freq::Yearly),
            (
                "BYYEARDAY",
                !self.by_year_day.is_empty() && matches!(freq, Freq::Daily | Freq::Weekly | Freq::Monthly),
            ),
            ("BYMONTHDAY", !self.by_month_day.is_empty() && freq == Freq::Weekly),
            ("a numbered BYDAY", nth && !matches!(freq, Freq::Monthly | Freq::Yearly)),
            ("a numbered BYDAY beside BYWEEKNO", nth && !self.by_week_no.is_empty()),
        ];
        match never.into_iter().find(|(_, breach)| *breach) {
            Some((part, _)) => Err(RuleFault::DoesNotGo { part, freq: word(&FREQS, freq) }),
            None => Ok(()),
        }
    }

    fn take(&mut self, part: &str, value: &str) -> Result<(), RuleFault> {
        match part {
            "FREQ" => self.freq = named(&FREQS, value).ok_or(RuleFault::NoFreq)?,
            "INTERVAL" => self.interval = number(part, value, 1, INTERVAL_MAX)?,
            "COUNT" => self.count = Some(number(part, value, 1, COUNT_MAX)?),
            "UNTIL" => self.until = Some(until(value).ok_or_else(|| bad(part, value))?),
            // A leap second is no time of a class: 60 counts as 59, as the RFC says for systems without them.
            "BYSECOND" => self.by_second = list(part, value, |v| plain(v, 0, 60).map(|s: u8| s.min(59)))?,
            "BYMINUTE" => self.by_minute = list(part, value, |v| plain(v, 0, 59))?,
            "BYHOUR" => self.by_hour = list(part, value, |v| plain(v, 0, 23))?,
            "BYDAY" => self.by_day = list(part, value, nth)?,
            "BYMONTHDAY" => self.by_month_day = list(part, value, |v| signed(v, 31))?,
            "BYYEARDAY" => self.by_year_day = list(part, value, |v| signed(v, 366))?,
            "BYWEEKNO" => self.by_week_no = list(part, value, |v| signed(v, 53))?,
            "BYMONTH" => self.by_month = list(part, value, |v| plain(v, 1, 12))?,
            "BYSETPOS" => self.by_set_pos = list(part, value, |v| signed(v, 366))?,
            "WKST" => self.week_start = named(&WEEKDAYS, value).ok_or_else(|| bad(part, value))?,
            _ => return Err(RuleFault::UnknownPart(part.to_owned())),
        }
        Ok(())
    }
}

impl FromStr for Rule {
    type Err = RuleFault;
    fn from_str(text: &str) -> Result<Self, RuleFault> {
        let text = text.trim().to_ascii_uppercase();
        let mut rule = Self::every(Freq::Daily);
        let mut seen: Vec<&str> = Vec::new();
        // A semicolon at the end is common and harmless.
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| bad("RRULE", part))?;
            let (name, value) = (name.trim(), value.trim());
            if seen.contains(&name) {
                return Err(RuleFault::Twice(name.to_owned()));
            }
            seen.push(name);
            rule.take(name, value)?;
        }
        if !seen.contains(&"FREQ") {
            return Err(RuleFault::NoFreq);
        }
        rule.check()?;
        Ok(rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", word(&FREQS, self.freq))?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        match self.until {
            None => {}
            Some(Until::Day(on)) => write!(f, ";UNTIL={}", on.format("%Y%m%d"))?,
            Some(Until::Local(at)) => write!(f, ";UNTIL={}", at.format("%Y%m%dT%H%M%S"))?,
            Some(Until::Utc(at)) => write!(f, ";UNTIL={}Z", at.format("%Y%m%dT%H%M%S"))?,
        }
        let days: Vec<String> = self.by_day.iter().map(ToString::to_string).collect();
        parts(f, "BYMONTH", &texts(&self.by_month))?;
        parts(f, "BYWEEKNO", &texts(&self.by_week_no))?;
        parts(f, "BYYEARDAY", &texts(&self.by_year_day))?;
        parts(f, "BYMONTHDAY", &texts(&self.by_month_day))?;
        parts(f, "BYDAY", &days)?;
        parts(f, "BYHOUR", &texts(&self.by_hour))?;
        parts(f, "BYMINUTE", &texts(&self.by_minute))?;
        parts(f, "BYSECOND", &texts(&self.by_second))?;
        parts(f, "BYSETPOS", &texts(&self.by_set_pos))?;
        if self.week_start != Weekday::Mon {
            write!(f, ";WKST={}", word(&WEEKDAYS, self.week_start))?;
        }
        Ok(())
    }
}

impl fmt::Display for Nth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nth != 0 {
            write!(f, "{}", self.nth)?;
        }
        f.write_str(word(&WEEKDAYS, self.weekday))
    }
}

// In records a rule is its text: other programs can read it, and a part that a newer build adds is not lost in silence.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn parts(f: &mut fmt::Formatter<'_>, name: &str, values: &[String]) -> fmt::Result {
    if values.is_empty() { Ok(()) } else { write!(f, ";{name}={}", values.join(",")) }
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn word<T: PartialEq + Copy>(table: &[(T, &'static str)], value: T) -> &'static str {
    table.iter().find(|(one, _)| *one == value).map_or("", |(_, word)| word)
}

fn named<T: Copy>(table: &[(T, &'static str)], word: &str) -> Option<T> {
    table.iter().find(|(_, name)| *name == word).map(|(one, _)| *one)
}

fn bad(part: &str, value: &str) -> RuleFault {
    RuleFault::BadValue { part: part.to_owned(), value: value.to_owned() }
}

fn number(part: &str, value: &str, min: u32, max: u32) -> Result<u32, RuleFault> {
    plain(value, min, max).ok_or_else(|| bad(part, value))
}

/// A number without a sign.
fn plain<T: TryFrom<u32>>(value: &str, min: u32, max: u32) -> Option<T> {
    let digits = !value.is_empty() && value.len() <= 9 && value.bytes().all(|b| b.is_ascii_digit());
    let number: u32 = value.parse().ok().filter(|_| digits)?;
    (min..=max).contains(&number).then(|| T::try_from(number).ok()).flatten()
}

/// A number with or without a sign, and never zero.
fn signed<T: TryFrom<i32>>(value: &str, max: u32) -> Option<T> {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, value.strip_prefix('+').unwrap_or(value)),
    };
    let size: i32 = plain(digits, 1, max)?;
    T::try_from(sign * size).ok()
}

fn nth(value: &str) -> Option<Nth> {
    let split = value.len().checked_sub(2)?;
    let weekday = named(&WEEKDAYS, value.get(split..)?)?;
    let number = value.get(..split)?;
    let nth = if number.is_empty() { 0 } else { signed(number, 53)? };
    Some(Nth { nth, weekday })
}

fn list<T: PartialEq>(part: &str, text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, RuleFault> {
    let mut values = Vec::new();
    for value in text.split(',') {
        let value = value.trim();
        let read = read(value).ok_or_else(|| bad(part, value))?;
        if !values.contains(&read) {
            values.push(read);
        }
        if values.len() > LIST_MAX {
            return Err(bad(part, text));
        }
    }
    Ok(values)
}

fn until(value: &str) -> Option<Until> {
    if value.len() == 8 {
        return day(value).map(Until::Day);
    }
    match value.strip_suffix('Z') {
        Some(value) => date_time(value).map(Until::Utc),
        None => date_time(value).map(Until::Local),
    }
}

/// `20261122` as a day.
pub(super) fn day(value: &str) -> Option<NaiveDate> {
    let digits = value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit());
    let (year, rest) = value.split_at_checked(4).filter(|_| digits)?;
    let (month, day) = rest.split_at_checked(2)?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// `20261122T090000` as a wall clock.
pub(super) fn date_time(value: &str) -> Option<NaiveDateTime> {
    let (on, time) = value.split_once('T')?;
    let digits = time.len() == 6 && time.bytes().all(|b| b.is_ascii_digit());
    let (hour, rest) = time.split_at_checked(2).filter(|_| digits)?;
    let (minute, second) = rest.split_at_checked(2)?;
    // A leap second counts as the one before it.
    let second = second.parse::<u32>().ok()?.min(59);
    let time = NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, second)?;
    Some(day(on)?.and_time(time))
}
