//! The timetable as an .ics file, made without a network. A stretch of a schedule is an event with a rule where a rule
//! says exactly its days, else with its days one by one; what is different about a session is a change of that event.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::schedule::{Given, Schedule, Stretch};
use super::session::{Session, SessionKey, Standing, shifted};
use super::terms::Terms;
use super::timetable::{Days, Timetable};
use crate::calendar::clock;
use crate::calendar::text::Writer;
use crate::calendar::write;
use crate::calendar::{Expansion, Freq, Rule, Until};
use crate::kernel::time::{self, Timestamp, Zone};

/// Days from today on for which days are listed where no rule says them, and changes are written.
pub const AHEAD_DAYS: u32 = 2 * 366;

/// What an export needs to know besides the timetable.
pub struct Export<'a> {
    /// The studio's name: what the calendar is called.
    pub studio: &'a str,
    /// Its zone.
    pub zone: Zone,
    /// When it is written.
    pub now: Timestamp,
    /// The first day that is written; earlier sessions are left out.
    pub from: NaiveDate,
    /// What a session is called, and where it is, for people.
    pub words: &'a dyn Fn(&Terms) -> (String, String),
}

/// A part of a schedule that is one event.
struct Part<'a> {
    schedule: &'a Schedule,
    pattern: usize,
    stretch: &'a Stretch,
    // The rule's days with the days its sessions are on, as far as they are listed.
    days: Vec<(NaiveDate, NaiveDate)>,
    // Something else follows: no end of its rule, but one that is written.
    ends: bool,
}

impl Export<'_> {
    /// The file.
    #[must_use]
    pub fn text(&self, timetable: &Timetable) -> String {
        let mut out = Writer::default();
        out.line("BEGIN", "VCALENDAR");
        out.line("VERSION", "2.0");
        out.line("PRODID", "-//Rollcall//Timetable//EN");
        out.line("METHOD", "PUBLISH");
        out.words("X-WR-CALNAME", self.studio);
        out.line("X-WR-TIMEZONE", self.zone.0.name());
        // Rules without an end go on beyond what is listed: readers take the last offset then, or know the zone by name.
        let last = shifted(self.last(), 366 * 8);
        write::zone(&mut out, self.zone.0.name(), &self.zone, shifted(self.from, -366), last);
        for schedule in timetable.schedules() {
            let mut written = BTreeSet::new();
            for part in self.parts(schedule) {
                self.part(&mut out, timetable, &part, &mut written);
            }
            self.left_over(&mut out, timetable, schedule, &written);
        }
        out.line("END", "VCALENDAR");
        out.finish()
    }

    fn last(&self) -> NaiveDate {
        time::plus_days(self.from.max(self.zone.day(self.now)), AHEAD_DAYS)
    }

    fn parts<'a>(&self, schedule: &'a Schedule) -> Vec<Part<'a>> {
        let wide = schedule.furthest();
        let all = schedule.given(Days { first: shifted(self.from, -wide), last: shifted(self.last(), wide) });
        let mut parts: Vec<Part<'a>> = Vec::new();
        for given in all {
            let Some(pattern) = schedule.patterns.get(given.pattern) else { continue };
            let Some(stretch) = pattern.stretch(given.day) else { continue };
            let on = shifted(given.day, stretch.moved_days);
            if on < self.from {
                continue;
            }
            match parts
                .last_mut()
                .filter(|one| one.pattern == given.pattern && one.stretch.from == stretch.from)
            {
                Some(part) => part.days.push((given.day, on)),
                None => {
                    let last = pattern.stretches.last().is_some_and(|last| last.from == stretch.from);
                    let ends = !last || pattern.until.is_some();
                    let days = vec![(given.day, on)];
                    parts.push(Part { schedule, pattern: given.pattern, stretch, days, ends });
                }
            }
        }
        parts
    }

    fn part(
        &self,
        out: &mut Writer,
        timetable: &Timetable,
        part: &Part<'_>,
        written: &mut BTreeSet<SessionKey>,
    ) {
        let Some((_, first)) = part.days.first() else { return };
        let uid = format!("{}-{}-{}@rollcall", part.schedule.id, part.pattern, part.stretch.from);
        let terms = &part.stretch.terms;
        let planned = |on: NaiveDate| start(on, terms.start_minute);
        out.line("BEGIN", "VEVENT");
        self.head(out, &uid, terms);
        self.times(out, planned(*first), terms.length_minutes);
        match part.rule(self.zone) {
            Some(rule) => out.shown("RRULE", rule),
            None => {
                for (_, on) in part.days.iter().skip(1) {
                    self.at(out, "RDATE", planned(*on));
                }
            }
        }
        let mut changed = Vec::new();
        for (day, on) in &part.days {
            let key = part.schedule.key(Given { pattern: part.pattern, day: *day });
            written.extend(key);
            let session = key.and_then(|key| timetable.session(&key, self.zone));
            match session.filter(|session| !matches!(session.standing, Standing::Closed { .. })) {
                None => self.at(out, "EXDATE", planned(*on)),
                Some(session) if session.on != *on || session.terms != *terms || !session.takes_place() => {
                    changed.push((*on, session));
                }
                Some(_) => {}
            }
        }
        out.line("END", "VEVENT");
        for (on, session) in changed {
            self.session(out, &uid, &session, Some(planned(on)));
        }
    }

    /// Sessions that were added by hand, or moved here from before the first day, are events of their own.
    fn left_over(
        &self,
        out: &mut Writer,
        timetable: &Timetable,
        schedule: &Schedule,
        written: &BTreeSet<SessionKey>,
    ) {
        let days = Days { first: self.from, last: self.last() };
        let sessions = timetable.sessions_of(schedule, days, self.zone);
        for session in sessions.iter().filter(|session| !written.contains(&session.key)) {
            if !matches!(session.standing, Standing::Closed { .. }) {
                self.session(out, &format!("{}@rollcall", session.id()), session, None);
            }
        }
    }

    fn session(&self, out: &mut Writer, uid: &str, session: &Session, stands_for: Option<NaiveDateTime>) {
        out.line("BEGIN", "VEVENT");
        self.head(out, uid, &session.terms);
        if let Some(at) = stands_for {
            self.at(out, "RECURRENCE-ID", at);
        }
        self.times(out, start(session.on, session.terms.start_minute), session.terms.length_minutes);
        if let Standing::CalledOff { why } = &session.standing {
            out.line("STATUS", "CANCELLED");
            if !why.is_empty() {
                out.words("COMMENT", why);
            }
        }
        out.line("END", "VEVENT");
    }

    fn head(&self, out: &mut Writer, uid: &str, terms: &Terms) {
        let (summary, location) = (self.words)(terms);
        let now = chrono::DateTime::from_timestamp_millis(self.now.0).unwrap_or_default();
        out.line("UID", uid);
        out.line("DTSTAMP", &write::utc(now.naive_utc()));
        out.words("SUMMARY", &summary);
        if !location.is_empty() {
            out.words("LOCATION", &location);
        }
    }

    fn times(&self, out: &mut Writer, start: NaiveDateTime, length_minutes: u32) {
        self.at(out, "DTSTART", start);
        out.shown("DURATION", format_args!("PT{length_minutes}M"));
    }

    fn at(&self, out: &mut Writer, name: &str, at: NaiveDateTime) {
        out.line(&format!("{name};TZID={}", self.zone.0.name()), &write::wall(at));
    }
}

fn start(on: NaiveDate, minute: u32) -> NaiveDateTime {
    on.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute))
}

impl Part<'_> {
    /// The rule that says exactly the days of this part; nothing where none does.
    fn rule(&self, zone: Zone) -> Option<Rule> {
        let pattern = self.schedule.patterns.get(self.pattern)?;
        let mut rule = pattern.rule.clone()?;
        let moved = self.stretch.moved_days;
        if moved != 0 {
            rule = moved_week(&rule, pattern.first_on, moved)?;
        }
        let ((_, first), (_, last)) = (self.days.first()?, self.days.last()?);
        let midnight = |on: NaiveDate| on.and_time(NaiveTime::MIN);
        let after = midnight(last.succ_opt()?);
        let said = Expansion::new(&rule, midnight(*first), after, &|_| true);
        let said: BTreeSet<NaiveDate> = said.map(|at| at.date()).collect();
        let meant: BTreeSet<NaiveDate> = self.days.iter().map(|(_, on)| *on).collect();
        if said != meant {
            return None;
        }
        if self.ends {
            // An instant, as the standard wants it beside a start in a zone.
            let last = clock::utc(&zone, start(*last, self.stretch.terms.start_minute));
            rule.until = Some(Until::Utc(last));
        } else if let Some(last_on) = pattern.last_on {
            let last = start(shifted(last_on, moved), self.stretch.terms.start_minute);
            rule.until = Some(Until::Utc(clock::utc(&zone, last)));
        }
        Some(rule)
    }
}

/// A weekly rule on days so much later; nothing for rules whose days cannot be moved.
fn moved_week(rule: &Rule, first_on: NaiveDate, moved: i32) -> Option<Rule> {
    let plain = rule.freq == Freq::Weekly && rule.by_month.is_empty() && rule.by_set_pos.is_empty();
    let mut after = rule.clone();
    if after.by_day.is_empty() {
        after.by_day = vec![crate::calendar::Nth::every(chrono::Datelike::weekday(&first_on))];
    }
    for day in &mut after.by_day {
        for _ in 0..moved.rem_euclid(7) {
            day.weekday = day.weekday.succ();
        }
    }
    plain.then_some(after)
}
