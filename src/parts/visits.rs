//! When somebody was here last, as lists and files say it.

use rollcall_domain::attendance::{MemberVisits, member_visits_id};
use rollcall_domain::members::MemberId;

use super::members;
use crate::fmt;
use crate::studio::Studio;
use crate::tr::attendance as t;

/// A member's visits, newest whole; nothing before the first one. Follows changes.
#[must_use]
pub fn visits_of(studio: &Studio, member: MemberId) -> Option<MemberVisits> {
    let visits = |id| studio.live().get::<MemberVisits>(member_visits_id(MemberId(id)));
    MemberVisits::joined(members::circle(studio, member).ids().iter().copied().filter_map(visits).collect())
}

/// The last visit in a few words: "Today", "2 days ago"; nothing before the first one.
#[must_use]
pub fn last_seen(studio: &Studio, member: MemberId) -> Option<String> {
    let at = visits_of(studio, member)?.last_at()?;
    Some(fmt::day_near(studio.zone().day(at), studio.today()))
}

/// The same with a word for those who never came.
#[must_use]
pub fn last_seen_or_never(studio: &Studio, member: MemberId) -> String {
    last_seen(studio, member).unwrap_or_else(|| t::never().to_owned())
}
