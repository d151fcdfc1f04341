//! Who came, and what the door said. The visit is history; what the desk needs at the next scan is kept beside it.
//!
//! Must never know a price. The answer at the door is a pure function ([`door`]), shown before anything is confirmed.

use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::order;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::access::Reader;
use crate::kernel::alias::Circle;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::{RecordBody, Temperature};
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::passes::PassId;
use crate::typed_id;

mod door;
mod exceptions;
mod lent_card;

pub use door::{
    DoorAnswer, DoorFacts, DoorReason, DoorRules, ENDS_SOON_DAYS, FEW_VISITS, Light, Next, PassUse, door,
};
pub use exceptions::AttendanceException;
pub use lent_card::{LentCard, MEMBER_KEY as LENT_CARD_MEMBER_KEY, NotThePerson};

typed_id! {
    /// One visit.
    VisitId,
}

/// Characters of the reason why somebody was let in.
pub const REASON_CHARS_MAX: usize = 200;
/// Scans kept on a visit besides the first.
pub const SCANS_MAX: usize = 20;
/// Visits remembered beside the newest.
const RECENT_MAX: usize = 3;

/// How the desk found somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A card or code was scanned.
    Scan,
    /// Picked from a search.
    Search,
    /// Marked on the roster of a session.
    Roster,
}

/// Another scan of the same visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanned {
    /// When.
    pub at: Timestamp,
    /// On which device.
    pub device: DeviceId,
    /// By whom.
    pub by: PersonId,
}

/// Somebody came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Which one.
    pub id: VisitId,
    /// Who.
    pub member_id: MemberId,
    /// On which business day.
    pub on: NaiveDate,
    /// When.
    pub at: Timestamp,
    /// How the desk found them.
    pub found: Found,
    /// What the screen showed: it stays as it was, whatever was known elsewhere.
    pub light: Light,
    /// Why it showed that.
    pub reason: DoorReason,
    /// Why they were let in at red, in the desk's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub let_in: Option<String>,
    /// The pass it was on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_id: Option<PassId>,
    /// The ledger line of the visit spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Id>,
    /// Visits left before and after, where they are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<(i64, i64)>,
    /// True when this visit began the pass's validity.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opened: bool,
    /// Further scans within the window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scans: Vec<Scanned>,
    /// The booking it belongs to: a visit is never two sessions' at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_id: Option<Id>,
    /// Set when it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Scanned>,
    /// On which device.
    pub device: DeviceId,
    /// By whom.
    pub by: PersonId,
}

/// The key of a business day's visits.
pub const DAY_KEY: &str = "visit.day";
/// The key of a member's visits.
pub const MEMBER_KEY: &str = "visit.member";
/// The key of a business day's visits at red.
pub const LET_IN_KEY: &str = "visit.let_in";

impl Visit {
    /// The visit without what was said about it.
    fn without_reason(self) -> Self {
        Self { let_in: self.let_in.map(|_| String::new()), ..self }
    }
}

impl RecordBody for Visit {
    const KIND: &'static str = "visit";
    const KEYS_VERSION: u16 = 3;
    const TEMPERATURE: Temperature = Temperature::Cold;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        let tells = self.let_in.as_ref().is_some_and(|reason| !reason.is_empty());
        tells.then(|| self.member_id.raw()).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        Fate::Becomes(self.without_reason())
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(DAY_KEY, KeyValue::of(self.on));
        keys.shared(MEMBER_KEY, KeyValue::of(self.member_id.raw()));
        if self.let_in.is_some() {
            keys.shared(LET_IN_KEY, KeyValue::of(self.on));
        }
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// A visit before the newest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentVisit {
    /// Which one.
    pub id: VisitId,
    /// When.
    pub at: Timestamp,
}

/// What the desk needs of a member's visits today: written by the decisions that write them, so that no history is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberVisits {
    /// One per member; see [`member_visits_id`].
    pub id: Id,
    /// Whose.
    pub member_id: MemberId,
    /// All of them.
    pub count: u32,
    /// The month of the newest one, as its first day.
    pub month: NaiveDate,
    /// How many in that month.
    pub month_count: u32,
    /// The newest one, whole: a second scan and an undo rewrite it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Visit>,
    /// The ones before, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<RecentVisit>,
}

/// The key under which members are ordered by their last visit.
pub const LAST_KEY: &str = "member_visits.last";

/// The one record of a member's visits.
#[must_use]
pub fn member_visits_id(member_id: MemberId) -> Id {
    ids::named(member_id.raw(), b"visits")
}

impl RecordBody for MemberVisits {
    const KIND: &'static str = "member_visits";
    const KEYS_VERSION: u16 = 3;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        self.last.as_ref().map(RecordBody::subjects).unwrap_or_default()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        Fate::Becomes(Self { last: self.last.map(Visit::without_reason), ..self })
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        if let Some(at) = self.last_at() {
            keys.shared(LAST_KEY, KeyValue::of(at));
        }
    }
}

/// The wants for the visits of a member under any of their ids.
#[must_use]
pub fn visits_wants(member_id: MemberId, facts: &Facts) -> Vec<Want> {
    let circle = Circle::so_far(member_id.raw(), facts);
    circle.ids().iter().map(|id| Want::id::<MemberVisits>(member_visits_id(MemberId(*id)))).collect()
}

/// The visits of a member, a record for each of their ids that has one, that of the one they go by first.
#[must_use]
pub fn all_visits(member_id: MemberId, facts: &Facts) -> Vec<MemberVisits> {
    let circle = Circle::of(member_id.raw(), facts);
    circle.ids().iter().filter_map(|id| facts.get::<MemberVisits>(member_visits_id(MemberId(*id)))).collect()
}

/// The first day of a day's month.
fn month_of(on: NaiveDate) -> NaiveDate {
    use chrono::Datelike as _;
    on.with_day(1).unwrap_or(on)
}

impl MemberVisits {
    /// Nobody came yet.
    #[must_use]
    pub fn none(member_id: MemberId, on: NaiveDate) -> Self {
        Self {
            id: member_visits_id(member_id),
            member_id,
            count: 0,
            month: month_of(on),
            month_count: 0,
            last: None,
            recent: Vec::new(),
        }
    }

    /// The visits of one person who has several ids, as one: for looking at, never for writing.
    #[must_use]
    pub fn joined(all: Vec<Self>) -> Option<Self> {
        all.into_iter().reduce(|one, other| {
            let month = one.month.max(other.month);
            let in_month = |v: &Self| if v.month == month { v.month_count } else { 0 };
            let (count, month_count) =
                (one.count.saturating_add(other.count), in_month(&one).saturating_add(in_month(&other)));
            let mut lasts: Vec<Visit> = [one.last, other.last].into_iter().flatten().collect();
            order::by_key(&mut lasts, |v| (std::cmp::Reverse(v.at), v.id));
            let mut lasts = lasts.into_iter();
            let last = lasts.next();
            let mut recent = [one.recent, other.recent].concat();
            recent.extend(lasts.map(|v| RecentVisit { id: v.id, at: v.at }));
            order::by_key(&mut recent, |v| (std::cmp::Reverse(v.at), v.id));
            Self { id: one.id, member_id: one.member_id, count, month, month_count, last, recent }
        })
    }

    /// The newest visit that counts.
    #[must_use]
    pub fn last_at(&self) -> Option<Timestamp> {
        self.last.as_ref().map(|v| v.at).or_else(|| self.recent.first().map(|v| v.at))
    }

    /// Visits in the month of a day.
    #[must_use]
    pub fn in_month(&self, on: NaiveDate) -> u32 {
        if self.month == month_of(on) { self.month_count } else { 0 }
    }

    /// The visit that a scan at this instant still belongs to. Either way in time: devices deliver late.
    #[must_use]
    pub fn within(&self, at: Timestamp, window_minutes: u32) -> Option<RecentVisit> {
        let window_ms = u64::from(window_minutes) * 60_000;
        let near = |v: &RecentVisit| v.at.0.abs_diff(at.0) < window_ms;
        let last = self.last.as_ref().map(|v| RecentVisit { id: v.id, at: v.at });
        last.into_iter().chain(self.recent.iter().copied()).find(near)
    }

    /// Adds a visit. One that arrives late, from before the newest, is counted and remembered in its place.
    pub fn add(&mut self, visit: Visit) {
        self.count += 1;
        if self.last.as_ref().is_some_and(|last| last.at > visit.at) {
            self.recent.push(RecentVisit { id: visit.id, at: visit.at });
            order::by_key(&mut self.recent, |v| std::cmp::Reverse(v.at));
            self.recent.truncate(RECENT_MAX);
            self.month_count += u32::from(self.month == month_of(visit.on));
            return;
        }
        if let Some(before) = self.last.take() {
            self.recent.insert(0, RecentVisit { id: before.id, at: before.at });
            self.recent.truncate(RECENT_MAX);
        }
        self.month_count = self.in_month(visit.on) + 1;
        self.month = month_of(visit.on);
        self.last = Some(visit);
    }

    /// Takes the newest visit back out.
    pub fn take_back(&mut self) -> Option<Visit> {
        let visit = self.last.take()?;
        self.count = self.count.saturating_sub(1);
        self.month_count = self.month_count.saturating_sub(1);
        Some(visit)
    }
}

#[cfg(test)]
pub(crate) mod tests;
