//! What the day's lists hold, read from records; no markup.

use chrono::{Datelike as _, NaiveDate};
use rollcall_domain::attendance::{LAST_KEY, MemberVisits, VisitId};
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::ids::Hash;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::order;
use rollcall_domain::kernel::time::plus_days;
use rollcall_domain::members::{BIRTH_KEY, Member, MemberId};
use rollcall_domain::passes::{MEMBER_KEY, Pass, PassId, PassKind, UNTIL_KEY};

use crate::parts::members::{kept, person, stands};
use crate::studio::Studio;

/// Days ahead in which a pass counts as ending soon.
const SOON_DAYS: u32 = 14;
/// Arrivals read at most; a day with more has its own page.
const CAME_READ_MAX: u32 = 2_000;
/// Passes read at most.
const ENDING_READ_MAX: u32 = 500;
/// The oldest person a studio celebrates.
const AGE_YEARS_MAX: i32 = 110;

/// Somebody who came today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Came {
    pub(super) visit_id: VisitId,
    pub(super) name: String,
    pub(super) photo: Option<Hash>,
    pub(super) at: Timestamp,
    /// Let in at red, with a reason.
    pub(super) let_in: bool,
    /// Visits left after it, where they are counted.
    pub(super) left: Option<u64>,
    pub(super) href: String,
}

/// Who came today, newest first.
pub(super) fn came_today(studio: &Studio) -> Vec<Came> {
    let (zone, today) = (studio.zone(), studio.today());
    let from = KeyValue::of(zone.instant(today, 0));
    let to = KeyValue::of(zone.instant(plus_days(today, 1), 0));
    let mut all: Vec<Came> = studio
        .live()
        .range::<MemberVisits>(LAST_KEY, from, to, CAME_READ_MAX)
        .into_iter()
        .filter_map(|visits| visits.last)
        .filter(|visit| visit.undone.is_none() && visit.on == today)
        .map(|visit| {
            let member = person(studio, visit.member_id);
            Came {
                visit_id: visit.id,
                name: member.as_ref().map(|m| m.name.clone()).unwrap_or_default(),
                photo: member.and_then(|m| m.photo),
                at: visit.at,
                let_in: visit.let_in.is_some(),
                left: visit.counted.map(|(_, after)| u64::try_from(after).unwrap_or(0)),
                href: href(stands(studio, visit.member_id)),
            }
        })
        .collect();
    order::by_key(&mut all, |came| std::cmp::Reverse(came.at));
    all
}

/// Somebody whose birthday it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Birthday {
    pub(super) id: MemberId,
    pub(super) name: String,
    pub(super) photo: Option<Hash>,
    pub(super) turns: u64,
    pub(super) href: String,
}

/// Whose birthday it is, by name.
pub(super) fn birthdays(studio: &Studio) -> Vec<Birthday> {
    let today = studio.today();
    let mut all: Vec<Birthday> = born_on_this_day(today)
        .flat_map(|born| studio.live().by_key::<Member>(BIRTH_KEY, KeyValue::of(born)))
        .filter(|member| member.archived.is_none() && member.has_birthday_on(today))
        .filter(|member| stands(studio, member.id) == member.id)
        .map(|member| Birthday {
            id: member.id,
            turns: member
                .birth_on
                .and_then(|born| u64::try_from(today.year() - born.year()).ok())
                .unwrap_or(0),
            photo: member.photo,
            href: href(member.id),
            name: member.name,
        })
        .collect();
    order::by(&mut all, |a, b| a.name.cmp(&b.name));
    all
}

/// The birth dates of people who celebrate on a day; on 28 February of a common year those of the 29th as well.
fn born_on_this_day(today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let leap = (today.month(), today.day()) == (2, 28) && !today.leap_year();
    (1..=AGE_YEARS_MAX).map(move |years| today.year() - years).flat_map(move |year| {
        let same = NaiveDate::from_ymd_opt(year, today.month(), today.day());
        let extra = if leap { NaiveDate::from_ymd_opt(year, 2, 29) } else { None };
        same.into_iter().chain(extra)
    })
}

/// A pass that ends soon, with nothing bought after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) pass_id: PassId,
    pub(super) name: String,
    pub(super) photo: Option<Hash>,
    pub(super) plan: String,
    pub(super) ends_on: NaiveDate,
    pub(super) days: u64,
    pub(super) href: String,
}

/// Whose pass ends within the next days, soonest first.
pub(super) fn ending_soon(studio: &Studio) -> Vec<Ending> {
    let today = studio.today();
    let (from, to) = (KeyValue::of(today), KeyValue::of(plus_days(today, SOON_DAYS)));
    studio
        .live()
        .range::<Pass>(UNTIL_KEY, from, to, ENDING_READ_MAX)
        .into_iter()
        .filter(|pass| !is_followed(studio, pass))
        .filter_map(|pass| {
            let member = person(studio, pass.member_id).filter(|m| m.archived.is_none())?;
            let ends_on = pass.valid_until?;
            Some(Ending {
                pass_id: pass.id,
                name: member.name,
                photo: member.photo,
                plan: pass.name,
                ends_on,
                days: u64::try_from((ends_on - today).num_days()).unwrap_or(0),
                href: href(member.id),
            })
        })
        .collect()
}

/// True when the member holds something that opens doors for longer.
fn is_followed(studio: &Studio, pass: &Pass) -> bool {
    let all = kept::<Pass>(studio, pass.member_id, MEMBER_KEY);
    all.iter().any(|other| other.id != pass.id && other.opens_doors() && lasts_longer(other, pass))
}

fn lasts_longer(other: &Pass, pass: &Pass) -> bool {
    other.kind == PassKind::Lifetime
        || other.unopened
        || other.valid_until > pass.valid_until
        || other.valid_until.is_none()
}

fn href(member_id: MemberId) -> String {
    format!("/members/{member_id}")
}

#[cfg(test)]
mod tests;
