//! Days on which the studio is closed, and what they remove: every session that begins on them, but for schedules that
//! are kept. Nothing is deleted by it: when a closure is lifted, what has not begun is back.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::refusal::ClassRefusal;
use super::session::Session;
use super::{CLOSURE_DAYS_MAX, ClosureId, NAME_CHARS_MAX, PlaceId, SLICE, ScheduleId};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;

/// Schedules and places a closure may name.
const NAMED_MAX: usize = 200;

/// Days on which the studio, or some of its places, are closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// Which one.
    pub id: ClosureId,
    /// What it is called: a holiday's name.
    pub name: String,
    /// What it is called in other languages, by their tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// The first day.
    pub first_on: NaiveDate,
    /// The last day.
    pub last_on: NaiveDate,
    /// Only these places; all when empty, and sessions without a place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<PlaceId>,
    /// Schedules that go on nevertheless.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<ScheduleId>,
    /// When it was declared: what had begun by then took place.
    pub declared_at: Timestamp,
    /// When it was lifted: what begins later takes place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<Timestamp>,
}

/// The key of closures by their last day.
pub(super) const LAST_KEY: &str = "closure.last";

impl RecordBody for Closure {
    const KIND: &'static str = "closure";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(LAST_KEY, KeyValue::of(self.last_on));
    }
}

impl Closure {
    /// True when a session does not take place because of it.
    #[must_use]
    pub fn removes(&self, session: &Session) -> bool {
        self.first_on <= session.on
            && session.on <= self.last_on
            && session.starts_at > self.declared_at
            && self.lifted_at.is_none_or(|lifted| session.starts_at <= lifted)
            && !self.kept.contains(&session.key.schedule_id)
            && (self.places.is_empty()
                || session.terms.place_id.is_some_and(|place| self.places.contains(&place)))
    }
}

impl Closure {
    /// True when nothing that belongs to no place takes place at an instant of a day because of it.
    #[must_use]
    pub fn shuts(&self, on: NaiveDate, starts_at: Timestamp) -> bool {
        self.places.is_empty()
            && self.first_on <= on
            && on <= self.last_on
            && starts_at > self.declared_at
            && self.lifted_at.is_none_or(|lifted| starts_at <= lifted)
    }
}

/// The closures that can meet sessions from a day on.
pub(super) fn from_day(day: NaiveDate) -> Want {
    let (from, to) = (KeyValue::of(day), KeyValue::of(NaiveDate::MAX));
    Want::range::<Closure>(LAST_KEY, from, to, super::SEEN_MAX)
}

/// Closes the studio, or some of its places, for some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareClosure {
    /// What it is called.
    pub name: String,
    /// What it is called in other languages, by their tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// The first day; today at the earliest.
    pub first_on: NaiveDate,
    /// The last day.
    pub last_on: NaiveDate,
    /// Only these places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<PlaceId>,
    /// Schedules that go on nevertheless.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<ScheduleId>,
}

impl DeclareClosure {
    /// The closure it would make: a form shows what that removes before it is declared.
    #[must_use]
    pub fn closure(&self, id: ClosureId, declared_at: Timestamp) -> Closure {
        Closure {
            id,
            name: text::tidy_line(&self.name),
            names: self.names.iter().map(|(tag, name)| (tag.clone(), text::tidy_line(name))).collect(),
            first_on: self.first_on,
            last_on: self.last_on,
            places: self.places.clone(),
            kept: self.kept.clone(),
            declared_at,
            lifted_at: None,
        }
    }
}

impl Command for DeclareClosure {
    const KIND: &'static str = "classes.declare_closure";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        Vec::new()
    }
    fn is_well_formed(&self, (): &()) -> bool {
        let fits = |name: &String| text::fits(name, NAME_CHARS_MAX);
        fits(&self.name)
            && self.names.len() <= 8
            && self.names.iter().all(|(tag, name)| tag.len() <= 16 && fits(name))
            && self.places.len() <= NAMED_MAX
            && self.kept.len() <= NAMED_MAX
    }
}

impl Request for DeclareClosure {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), _: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        if text::tidy_line(&self.name).is_empty() {
            return Err(ClassRefusal::NameMissing);
        }
        if !(0..CLOSURE_DAYS_MAX).contains(&(self.last_on - self.first_on).num_days()) {
            return Err(ClassRefusal::CLOSURE);
        }
        if self.first_on < ctx.today {
            return Err(ClassRefusal::IntoThePast);
        }
        let mut decision = Decision::nothing();
        decision.put(&self.closure(ClosureId(ctx.id(0)), ctx.effective_at));
        Ok(decision)
    }
}

/// Opens again: what has not begun takes place after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftClosure {
    /// Which closure.
    pub closure_id: ClosureId,
}

impl Command for LiftClosure {
    const KIND: &'static str = "classes.lift_closure";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Closure>(self.closure_id)]
    }
}

impl Request for LiftClosure {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let before = facts.get::<Closure>(self.closure_id).ok_or(ClassRefusal::NoClosure)?;
        if before.lifted_at.is_some() || before.last_on < ctx.today {
            return Err(ClassRefusal::NoClosure);
        }
        let mut decision = Decision::nothing();
        let after = Closure { lifted_at: Some(ctx.effective_at), ..before };
        decision.replace(facts.record::<Closure>(self.closure_id), &after);
        Ok(decision)
    }
}
