//! What a recurrence rule yields: wall clocks in their order. It knows no zone; where a rule ends at an instant, the
//! caller says which wall clocks are still within.
//!
//! A period (a year, a month, a week, a day, or less) is asked day by day which of its days fit, each fitting day gives its
//! times, BYSETPOS picks among them. The first time is always the start itself, whether the rule fits it or not, and it
//! counts for COUNT.

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _, Weekday};

use super::rule::{Freq, Nth, Rule};

/// Periods below a day that are looked at, at most; whoever repeats by the second for years gets what fits in.
pub const STEPS_MAX: u32 = 4_000_000;

/// The times of a rule from its start up to a bound.
pub struct Expansion<'a> {
    rule: &'a Rule,
    start: NaiveDateTime,
    before: NaiveDateTime,
    within: &'a dyn Fn(NaiveDateTime) -> bool,
    days: Fits<'a>,
    times: Vec<NaiveTime>,
    period: i64,
    steps: u32,
    given: u32,
    // Of the period at hand, the last first.
    waiting: Vec<NaiveDateTime>,
    // What comes next lies after this, or on it.
    after: Option<NaiveDateTime>,
    over: bool,
}

impl<'a> Expansion<'a> {
    /// Begins at `start` and ends before `before`, or with the first time that is no longer `within`.
    #[must_use]
    pub fn new(
        rule: &'a Rule,
        start: NaiveDateTime,
        before: NaiveDateTime,
        within: &'a dyn Fn(NaiveDateTime) -> bool,
    ) -> Self {
        Self {
            rule,
            start,
            before,
            within,
            days: Fits { rule, start: start.date() },
            times: times(rule, start.time()),
            period: 0,
            steps: 0,
            given: 0,
            waiting: vec![start],
            after: Some(start),
            over: false,
        }
    }

    /// Leaves the start out where the rule does not fit it: for what takes out, and for finding a start that fits.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.waiting.clear();
        self.after = None;
        self
    }

    /// Begins no earlier than needed to give everything from this day on. What is counted is counted from its start.
    #[must_use]
    pub fn skip_to(mut self, on: NaiveDate) -> Self {
        let from = self.start.date();
        if self.rule.count.is_some() || on <= from {
            return self;
        }
        let seconds = (on.and_time(NaiveTime::MIN) - self.start).num_seconds().max(0);
        let interval = i64::from(self.rule.interval);
        let days = (on - from).num_days();
        let whole = match self.rule.freq {
            Freq::Yearly => i64::from(on.year() - from.year()),
            Freq::Monthly => months(on) - months(from),
            Freq::Weekly => days / 7,
            Freq::Daily => days,
            Freq::Hourly | Freq::Minutely | Freq::Secondly => seconds / unit_s(self.rule.freq),
        };
        // One period more than needed: the start of a week need not be the start of the rule.
        self.period = (whole / interval - 1).max(0);
        if self.period > 0 {
            self.waiting.clear();
        }
        self
    }

    /// True when it gave up before its end: so many empty periods are no timetable.
    #[must_use]
    pub fn gave_up(&self) -> bool {
        self.steps >= STEPS_MAX
    }

    /// Fills `waiting` with the times of the next period; false when there is none.
    fn next_period(&mut self) -> bool {
        self.steps += 1;
        if self.steps >= STEPS_MAX {
            return false;
        }
        let step = self.period * i64::from(self.rule.interval);
        let Some(first) = self.first_of(step).filter(|first| *first < self.before) else {
            return false;
        };
        self.period += 1;
        let mut found = match self.rule.freq {
            Freq::Yearly => self.of_days(first.date(), |day, first| day.year() == first.year()),
            Freq::Monthly => self.of_days(first.date(), |day, first| day.month() == first.month()),
            Freq::Weekly => self.of_days(first.date(), |day, first| (day - first).num_days() < 7),
            Freq::Daily => self.of_days(first.date(), |day, first| day == first),
            Freq::Hourly | Freq::Minutely | Freq::Secondly => self.within_day(first),
        };
        pick(&mut found, &self.rule.by_set_pos);
        found.retain(|at| *at >= self.start && self.after.is_none_or(|after| *at > after));
        found.reverse();
        self.waiting = found;
        true
    }

    /// Where the period so many units after the start begins.
    fn first_of(&self, step: i64) -> Option<NaiveDateTime> {
        let on = self.start.date();
        let day = match self.rule.freq {
            Freq::Yearly => NaiveDate::from_ymd_opt(on.year() + i32::try_from(step).ok()?, 1, 1)?,
            Freq::Monthly => {
                let month = months(on) + step;
                let (year, month0) = (month.div_euclid(12), month.rem_euclid(12));
                NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month0).ok()? + 1, 1)?
            }
            Freq::Weekly => plus_days(week_of(on, self.rule.week_start), step * 7)?,
            Freq::Daily => plus_days(on, step)?,
            Freq::Hourly => return self.start.checked_add_signed(TimeDelta::hours(step)),
            Freq::Minutely => return self.start.checked_add_signed(TimeDelta::minutes(step)),
            Freq::Secondly => return self.start.checked_add_signed(TimeDelta::seconds(step)),
        };
        Some(day.and_time(NaiveTime::MIN))
    }

    /// The times of all days that fit, from the first one on as long as they belong to the period.
    fn of_days(
        &self,
        first: NaiveDate,
        belongs: impl Fn(NaiveDate, NaiveDate) -> bool,
    ) -> Vec<NaiveDateTime> {
        let days =
            first.iter_days().take_while(|day| belongs(*day, first)).filter(|day| self.days.fits(*day));
        days.flat_map(|day| self.times.iter().map(move |time| day.and_time(*time))).collect()
    }

    /// The times of an hour, a minute or a second.
    fn within_day(&mut self, at: NaiveDateTime) -> Vec<NaiveDateTime> {
        if !self.days.fits(at.date()) {
            self.pass(at, 86_400 - at.num_seconds_from_midnight());
            return Vec::new();
        }
        if !fits(&self.rule.by_hour, at.hour()) {
            self.pass(at, 3_600 - at.minute() * 60 - at.second());
            return Vec::new();
        }
        let freq = self.rule.freq;
        if freq < Freq::Hourly && !fits(&self.rule.by_minute, at.minute()) {
            return Vec::new();
        }
        if freq == Freq::Secondly && !fits(&self.rule.by_second, at.second()) {
            return Vec::new();
        }
        let same = |time: &NaiveTime| {
            time.hour() == at.hour()
                && (freq == Freq::Hourly || time.minute() == at.minute())
                && (freq != Freq::Secondly || time.second() == at.second())
        };
        let minutes = either(&self.rule.by_minute, at.minute(), freq == Freq::Hourly);
        let seconds = either(&self.rule.by_second, at.second(), freq != Freq::Secondly);
        let all = clocks(&[at.hour()], &minutes, &seconds);
        all.into_iter().filter(same).map(|time| at.date().and_time(time)).collect()
    }

    /// Leaves out the periods of the next `seconds`: none of them can fit.
    fn pass(&mut self, at: NaiveDateTime, seconds: u32) {
        let step = unit_s(self.rule.freq) * i64::from(self.rule.interval);
        let target = at + TimeDelta::seconds(i64::from(seconds));
        let away = (target - self.start).num_seconds();
        // The first period that begins at the target or after it.
        self.period = self.period.max(away.div_euclid(step) + i64::from(away.rem_euclid(step) != 0));
    }
}

impl Iterator for Expansion<'_> {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        let mut next = self.waiting.pop();
        while next.is_none() && !self.over {
            self.over = !self.next_period();
            next = self.waiting.pop();
        }
        let at = next?;
        let enough = self.rule.count.is_some_and(|count| self.given >= count);
        if enough || at >= self.before || !(self.within)(at) {
            self.over = true;
            self.waiting.clear();
            return None;
        }
        self.given += 1;
        Some(at)
    }
}

/// Which days a rule fits: every part of it is a question to one day.
struct Fits<'a> {
    rule: &'a Rule,
    start: NaiveDate,
}

impl Fits<'_> {
    fn fits(&self, day: NaiveDate) -> bool {
        let rule = self.rule;
        fits(&rule.by_month, day.month())
            && (rule.by_week_no.is_empty() || week_fits(day, rule))
            && (rule.by_year_day.is_empty()
                || from_either_end(&rule.by_year_day, day.ordinal(), year_days(day)))
            && (rule.by_month_day.is_empty()
                || from_either_end(&rule.by_month_day, day.day(), month_days(day)))
            && (rule.by_day.is_empty() || rule.by_day.iter().any(|nth| self.nth_fits(*nth, day)))
            && self.as_the_start(day)
    }

    /// What the rule does not say is as it is at the start.
    fn as_the_start(&self, day: NaiveDate) -> bool {
        let rule = self.rule;
        if !rule.by_day.is_empty() || !rule.by_month_day.is_empty() || !rule.by_year_day.is_empty() {
            return true;
        }
        match rule.freq {
            Freq::Yearly if !rule.by_week_no.is_empty() => day.weekday() == self.start.weekday(),
            Freq::Yearly => {
                day.day() == self.start.day()
                    && (!rule.by_month.is_empty() || day.month() == self.start.month())
            }
            Freq::Monthly => day.day() == self.start.day(),
            Freq::Weekly => day.weekday() == self.start.weekday(),
            _ => true,
        }
    }

    fn nth_fits(&self, nth: Nth, day: NaiveDate) -> bool {
        if day.weekday() != nth.weekday {
            return false;
        }
        if nth.nth == 0 {
            return true;
        }
        let of_year = self.rule.freq == Freq::Yearly && self.rule.by_month.is_empty();
        let (place, length) =
            if of_year { (day.ordinal(), year_days(day)) } else { (day.day(), month_days(day)) };
        let from_start = (place - 1) / 7 + 1;
        let from_end = (length - place) / 7 + 1;
        let wanted = u32::from(nth.nth.unsigned_abs());
        wanted == if nth.nth > 0 { from_start } else { from_end }
    }
}

/// True when a list says nothing or names the value.
fn fits(list: &[u8], value: u32) -> bool {
    list.is_empty() || list.iter().any(|one| u32::from(*one) == value)
}

/// True when a list names the place, counted from 1 or from the end.
fn from_either_end<T: Copy + Into<i32>>(list: &[T], place: u32, length: u32) -> bool {
    let is = |wanted: i32, value: u32| i64::from(wanted) == i64::from(value);
    list.iter().any(|one| {
        let wanted: i32 = (*one).into();
        if wanted > 0 { is(wanted, place) } else { is(-wanted, length - place + 1) }
    })
}

/// Week 1 is the first with at least four days in the year; its days before New Year belong to it.
fn week_fits(day: NaiveDate, rule: &Rule) -> bool {
    let Some(fourth) = plus_days(week_of(day, rule.week_start), 3) else { return false };
    let number = fourth.ordinal0() / 7 + 1;
    // Further fourth days follow in the same year, one a week.
    let weeks = number + (year_days(fourth) - fourth.ordinal()) / 7;
    from_either_end(&rule.by_week_no, number, weeks)
}

fn week_of(day: NaiveDate, start: Weekday) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().days_since(start)))
}

/// The seconds of a period below a day.
fn unit_s(freq: Freq) -> i64 {
    match freq {
        Freq::Hourly => 3_600,
        Freq::Minutely => 60,
        _ => 1,
    }
}

fn plus_days(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    day.checked_add_signed(TimeDelta::try_days(days)?)
}

fn months(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

fn year_days(day: NaiveDate) -> u32 {
    if day.leap_year() { 366 } else { 365 }
}

fn month_days(day: NaiveDate) -> u32 {
    u32::from(day.num_days_in_month())
}

/// The times of a day: what the rule says, else as at the start.
fn times(rule: &Rule, start: NaiveTime) -> Vec<NaiveTime> {
    let hours = either(&rule.by_hour, start.hour(), true);
    let minutes = either(&rule.by_minute, start.minute(), true);
    let seconds = either(&rule.by_second, start.second(), true);
    clocks(&hours, &minutes, &seconds)
}

/// What a list says, where it counts and says something; else the one value.
fn either(list: &[u8], value: u32, counts: bool) -> Vec<u32> {
    if list.is_empty() || !counts { vec![value] } else { list.iter().copied().map(u32::from).collect() }
}

fn clocks(hours: &[u32], minutes: &[u32], seconds: &[u32]) -> Vec<NaiveTime> {
    let mut all = Vec::with_capacity(hours.len() * minutes.len() * seconds.len());
    for hour in hours {
        for minute in minutes {
            all.extend(seconds.iter().filter_map(|second| NaiveTime::from_hms_opt(*hour, *minute, *second)));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Keeps the places BYSETPOS names.
fn pick(found: &mut Vec<NaiveDateTime>, places: &[i16]) {
    if places.is_empty() {
        return;
    }
    let length = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let mut place = 0;
    found.retain(|_| {
        place += 1;
        from_either_end(places, place, length)
    });
}
