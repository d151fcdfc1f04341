//! When a coach can be booked: spans of a week by the clock on the studio's wall, and single days that are different.
//! Hours are what is offered; what was booked stays when they change.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::day::CoachDay;
use super::refusal::AppointmentRefusal;
use super::{DAYS_MAX, SERVICES_MAX, SLICE, SPANS_MAX};
use crate::classes::{ClassType, ClassTypeId, Coach};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, Id, PersonId};
use crate::kernel::record::RecordBody;
use crate::kernel::time::{Timestamp, Zone};

/// Minutes of a day.
const DAY_MINUTES: u32 = 24 * 60;
/// Minutes between two starts that are offered.
pub const STEP_MINUTES: u32 = 30;

/// Hours in a row by the clock on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Minutes after midnight: 0..=1439.
    pub from_minute: u32,
    /// Minutes after midnight at which they end: 1..=1440.
    pub to_minute: u32,
}

/// Hours of one day of every week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Weekly {
    /// Which day, from Monday: 0..=6.
    pub weekday: u32,
    /// Its hours.
    #[serde(flatten)]
    pub span: Span,
}

/// A day that is different from its week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayHours {
    /// Which day.
    pub on: NaiveDate,
    /// Its hours; none when they are away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
}

/// When an appointment may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// By the clock on the wall, in minutes after midnight.
    pub minute: u32,
    /// The instant.
    pub at: Timestamp,
}

/// The hours a coach publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoachHours {
    /// Whose.
    pub coach_id: PersonId,
    /// Counts up with each change, from 1.
    pub revision: u32,
    /// What can be booked: kinds of class that the coach gives to one alone.
    pub services: Vec<ClassTypeId>,
    /// The week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekly: Vec<Weekly>,
    /// Days that are different.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayHours>,
}

/// The id of a coach's hours.
#[must_use]
pub fn hours_id(coach_id: PersonId) -> Id {
    ids::named(coach_id.raw(), b"hours")
}

impl RecordBody for CoachHours {
    const KIND: &'static str = "coach_hours";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        hours_id(self.coach_id)
    }
}

impl CoachHours {
    /// The hours of a day, by their start.
    #[must_use]
    pub fn spans_on(&self, on: NaiveDate) -> Vec<Span> {
        let different = self.days.iter().find(|day| day.on == on).map(|day| day.spans.clone());
        let weekday = on.weekday().num_days_from_monday();
        let of_week =
            || self.weekly.iter().filter(|one| one.weekday == weekday).map(|one| one.span).collect();
        let mut spans = different.unwrap_or_else(of_week);
        spans.sort_unstable();
        spans
    }

    /// When an appointment of so many minutes that begins at a minute of a day would begin; nothing where it does not lie
    /// within the hours, or where the clock on the wall never shows that minute.
    #[must_use]
    pub fn start(&self, on: NaiveDate, minute: u32, length_minutes: u32, zone: Zone) -> Option<Start> {
        let at = zone.instant(on, minute);
        let ends_at = at.plus_ms(i64::from(length_minutes) * 60_000);
        let shown = zone.day(at) == on && zone.minute_of_day(at) == minute;
        let within = |span: &Span| {
            span.from_minute <= minute
                && zone.instant(on, span.from_minute) <= at
                && ends_at <= zone.instant(on, span.to_minute)
        };
        (shown && self.spans_on(on).iter().any(within)).then_some(Start { minute, at })
    }

    /// The starts a day offers, each once, by their time.
    #[must_use]
    pub fn starts_on(&self, on: NaiveDate, length_minutes: u32, zone: Zone) -> Vec<Start> {
        let steps = |span: Span| {
            let count = span.to_minute.saturating_sub(span.from_minute).div_ceil(STEP_MINUTES);
            (0..count).map(move |step| span.from_minute + step * STEP_MINUTES)
        };
        let minutes: BTreeSet<u32> = self.spans_on(on).into_iter().flat_map(steps).collect();
        minutes.into_iter().filter_map(|minute| self.start(on, minute, length_minutes, zone)).collect()
    }

    /// The starts that are left of a day: later than now, and not within what is taken or busy.
    #[must_use]
    pub fn free_on(
        &self,
        on: NaiveDate,
        length_minutes: u32,
        taken: Option<&CoachDay>,
        busy: &[(Timestamp, Timestamp)],
        now: Timestamp,
        zone: Zone,
    ) -> Vec<Start> {
        let mut starts = self.starts_on(on, length_minutes, zone);
        starts.retain(|start| {
            let ends_at = start.at.plus_ms(i64::from(length_minutes) * 60_000);
            let taken = taken.is_some_and(|day| day.meets(start.at, ends_at).is_some());
            let is_busy = busy.iter().any(|(from, to)| *from < ends_at && *to > start.at);
            start.at > now && !taken && !is_busy
        });
        starts
    }
}

/// True for spans that lie within a day and do not meet.
fn are_spans(spans: &[Span]) -> bool {
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    let fit = |span: &Span| span.from_minute < span.to_minute && span.to_minute <= DAY_MINUTES;
    spans.iter().all(fit) && spans.windows(2).all(|two| two[0].to_minute <= two[1].from_minute)
}

/// Says when a coach can be booked from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishHours {
    /// Whose hours.
    pub coach_id: PersonId,
    /// The revision that was seen; 0 where there were none.
    pub seen_revision: u32,
    /// What can be booked.
    pub services: Vec<ClassTypeId>,
    /// The week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekly: Vec<Weekly>,
    /// Days that are different.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayHours>,
}

impl PublishHours {
    /// What is wrong with the hours, if anything; the form asks before it sends them.
    pub fn check(&self) -> Result<(), AppointmentRefusal> {
        let of = |weekday| {
            let spans = self.weekly.iter().filter(move |one| one.weekday == weekday).map(|one| one.span);
            spans.collect::<Vec<Span>>()
        };
        let days: BTreeSet<NaiveDate> = self.days.iter().map(|day| day.on).collect();
        let fine = (0..7).all(|weekday| are_spans(&of(weekday)))
            && self.days.iter().all(|day| are_spans(&day.spans))
            && days.len() == self.days.len();
        if fine { Ok(()) } else { Err(AppointmentRefusal::HoursMeet) }
    }
}

impl Command for PublishHours {
    const KIND: &'static str = "appointments.publish_hours";
    const ROLES: &'static [Role] = access::ROOM;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        let services = self.services.iter().map(|id| Want::id::<ClassType>(*id));
        let own = [Want::id::<CoachHours>(hours_id(self.coach_id)), Want::id::<Coach>(self.coach_id)];
        own.into_iter().chain(services).collect()
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.services.len() <= SERVICES_MAX
            && self.weekly.len() <= SPANS_MAX
            && self.weekly.iter().all(|one| one.weekday < 7)
            && self.days.len() <= DAYS_MAX
            && self.days.iter().all(|day| day.spans.len() <= SPANS_MAX)
    }
}

impl Request for PublishHours {
    type Refusal = AppointmentRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, AppointmentRefusal> {
        if ctx.role == Role::Coach && ctx.actor != self.coach_id {
            return Err(AppointmentRefusal::NotYourHours);
        }
        let teaches = |coach: &Coach| coach.retired_at.is_none();
        facts.get::<Coach>(self.coach_id).filter(teaches).ok_or(AppointmentRefusal::NoCoach)?;
        let before = facts.get::<CoachHours>(hours_id(self.coach_id));
        if before.map_or(0, |hours| hours.revision) != self.seen_revision {
            return Err(AppointmentRefusal::ChangedMeanwhile);
        }
        self.check()?;
        if self.services.iter().any(|id| facts.get::<ClassType>(*id).is_none()) {
            return Err(AppointmentRefusal::NotOffered);
        }
        let after = CoachHours {
            coach_id: self.coach_id,
            revision: self.seen_revision + 1,
            services: self.services.clone(),
            weekly: self.weekly.clone(),
            days: self.days.clone(),
        };
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<CoachHours>(hours_id(self.coach_id)), &after);
        Ok(decision)
    }
}
