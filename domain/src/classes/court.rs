//! Courts by the hour. Two hires of one hour cannot be: the hours that are taken are one record per court and day, public
//! and without a name, written by the same decision as the hire itself.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::closure::{self, Closure};
use super::place::{Place, PlaceKind};
use super::refusal::ClassRefusal;
use super::schedule::{PLACE_KEY, Schedule};
use super::session_change::{self, DAY_KEY, MOVED_KEY, SessionChange};
use super::timetable::{Days, Timetable};
use super::{HireId, NAME_CHARS_MAX, PlaceId, SEEN_MAX, SLICE};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, CommandId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;
use crate::members::MemberId;

/// Hours that are let.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiredHours {
    /// By which hire.
    pub hire_id: HireId,
    /// The first hour: 0..=23.
    pub from_hour: u32,
    /// How many.
    pub hours: u32,
}

/// The hours of one court that are let on one day: what everybody may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourtDay {
    /// Which court.
    pub place_id: PlaceId,
    /// Which day.
    pub on: NaiveDate,
    /// In the order they were let.
    pub taken: Vec<HiredHours>,
}

/// The key of court days by their day.
pub(super) const COURT_DAY_KEY: &str = "court_day.on";

impl CourtDay {
    /// The record of a court's day.
    #[must_use]
    pub fn id_of(place_id: PlaceId, on: NaiveDate) -> Id {
        ids::named(place_id.raw(), format!("court {on}").as_bytes())
    }
}

impl RecordBody for CourtDay {
    const KIND: &'static str = "court_day";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        Self::id_of(self.place_id, self.on)
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(COURT_DAY_KEY, KeyValue::of(self.on));
    }
}

/// A court is let: for whom is the desk's matter, and theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hire {
    /// Which hire.
    pub id: HireId,
    /// Which court.
    pub place_id: PlaceId,
    /// Which day.
    pub on: NaiveDate,
    /// The first hour: 0..=23.
    pub from_hour: u32,
    /// How many.
    pub hours: u32,
    /// For which member, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_id: Option<MemberId>,
    /// The name to ask for, where it is no member.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When it was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
}

/// Who let it, and when: the desk's matter alone. Hires of before have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HireMade {
    /// Which hire.
    pub hire_id: HireId,
    /// Who let it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl RecordBody for HireMade {
    const KIND: &'static str = "hire_made";
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.hire_id.raw()
    }
}

/// The key of hires by their day.
pub(super) const HIRE_DAY_KEY: &str = "hire.on";
/// The key of hires by their member and their day.
pub const HIRE_MEMBER_KEY: &str = "hire.member";

impl RecordBody for Hire {
    const KIND: &'static str = "hire";
    const KEYS_VERSION: u16 = 2;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn about(&self) -> Vec<Id> {
        // Without a member it is still somebody's own: its own id is nobody's, so nobody else reads it.
        vec![self.member_id.map_or(self.id.raw(), Into::into)]
    }
    fn subjects(&self) -> Vec<Id> {
        self.member_id.map(Into::into).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        // The hours stay let, and nobody is named.
        Fate::Becomes(Self { member_id: None, name: String::new(), ..self })
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(HIRE_DAY_KEY, KeyValue::of(self.on));
        if let Some(member) = self.member_id {
            keys.shared(HIRE_MEMBER_KEY, KeyValue::pair(member.raw(), self.on));
        }
    }
}

/// Lets a court for whole hours of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HireCourt {
    /// Which court.
    pub place_id: PlaceId,
    /// Which day.
    pub on: NaiveDate,
    /// The first hour: 0..=23.
    pub from_hour: u32,
    /// How many: 1..=24.
    pub hours: u32,
    /// For which member, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_id: Option<MemberId>,
}

/// For whom, where it is no member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HirerName {
    /// The name to ask for.
    #[serde(default)]
    pub name: String,
}

impl HireCourt {
    fn around(&self) -> (Want, Want) {
        let (from, to) = session_change::around(self.on);
        let span =
            |key, from, to| Want::range::<SessionChange>(key, KeyValue::of(from), KeyValue::of(to), SEEN_MAX);
        (span(DAY_KEY, from, to), span(MOVED_KEY, self.on, self.on))
    }

    fn by_place(&self) -> Want {
        Want::key::<Schedule>(PLACE_KEY, KeyValue::of(self.place_id.raw()))
    }

    /// The changes that put a session on this court although its schedule may not know it.
    fn brought(&self, facts: &Facts) -> Vec<SessionChange> {
        let (days, moved) = self.around();
        let mut all: Vec<SessionChange> = facts.peek(&days);
        all.extend(facts.peek::<SessionChange>(&moved));
        all
    }

    fn timetable(&self, facts: &Facts, closures: Vec<Closure>) -> Timetable {
        let changes = self.brought(facts);
        let mut schedules: Vec<Schedule> = facts.all(&self.by_place());
        for change in changes.iter().filter(|change| change.different.terms.place_id == Some(self.place_id)) {
            if schedules.iter().all(|known| known.id != change.key.schedule_id) {
                schedules.extend(facts.get::<Schedule>(change.key.schedule_id));
            }
        }
        Timetable::of(schedules, changes, closures)
    }

    /// Refuses hours in which a class is on the court.
    fn check_classes(&self, facts: &Facts, ctx: &Ctx, closures: Vec<Closure>) -> Result<(), ClassRefusal> {
        let (from, to) = self.instants(ctx);
        let days = Days { first: self.on.pred_opt().unwrap_or(self.on), last: self.on };
        let timetable = self.timetable(facts, closures);
        let here = |place: Option<PlaceId>| place == Some(self.place_id);
        let sessions = timetable.sessions(days, ctx.zone);
        let met = sessions.iter().find(|session| {
            session.takes_place()
                && here(session.terms.place_id)
                && session.starts_at < to
                && session.ends_at > from
        });
        match met {
            Some(session) if session.starts_at > from => {
                Err(ClassRefusal::ClassOnCourt { hour: ctx.zone.minute_of_day(session.starts_at) / 60 })
            }
            Some(_) => Err(ClassRefusal::ClassOnCourt { hour: self.from_hour }),
            None => Ok(()),
        }
    }

    fn instants(&self, ctx: &Ctx) -> (Timestamp, Timestamp) {
        let hour = |hour: u32| ctx.zone.instant(self.on, hour * 60);
        (hour(self.from_hour), hour(self.from_hour + self.hours))
    }

    fn check_hours(&self, facts: &Facts, day: &CourtDay) -> Result<(), ClassRefusal> {
        let place = facts.get::<Place>(self.place_id).filter(|place| place.retired_at.is_none());
        let Some(PlaceKind::Court { opens, closes }) = place.map(|place| place.draft.kind) else {
            return Err(ClassRefusal::NoCourt);
        };
        if self.from_hour < opens || self.from_hour + self.hours > closes {
            return Err(ClassRefusal::CourtClosed { opens, closes });
        }
        let taken = |hour: &u32| {
            day.taken.iter().any(|one| (one.from_hour..one.from_hour + one.hours).contains(hour))
        };
        match (self.from_hour..self.from_hour + self.hours).find(taken) {
            Some(hour) => Err(ClassRefusal::CourtTaken { hour }),
            None => Ok(()),
        }
    }
}

impl Command for HireCourt {
    const KIND: &'static str = "classes.hire_court";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = HirerName;
    fn subjects(&self, _: &HirerName, command: CommandId) -> Vec<Id> {
        // A name that is no member's is told by this command alone.
        vec![self.member_id.map_or_else(|| command.raw(), Into::into)]
    }
    fn wants(&self, _: &HirerName, facts: &Facts) -> Vec<Want> {
        let (days, moved) = self.around();
        let mut all = vec![
            Want::id::<Place>(self.place_id),
            Want::Id(CourtDay::KIND.into(), CourtDay::id_of(self.place_id, self.on)),
            closure::from_day(self.on),
            self.by_place(),
            days,
            moved,
        ];
        let brought = self.brought(facts).into_iter();
        let here = brought.filter(|change| change.different.terms.place_id == Some(self.place_id));
        all.extend(here.map(|change| Want::id::<Schedule>(change.key.schedule_id)));
        all
    }
    fn is_well_formed(&self, personal: &HirerName) -> bool {
        self.from_hour < 24
            && (1..=24).contains(&self.hours)
            && self.from_hour + self.hours <= 24
            && text::fits(&personal.name, NAME_CHARS_MAX)
    }
}

impl Request for HireCourt {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, personal: &HirerName, facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let name = text::tidy_line(&personal.name);
        if name.is_empty() && self.member_id.is_none() {
            return Err(ClassRefusal::NameMissing);
        }
        let id = CourtDay::id_of(self.place_id, self.on);
        let mut day = facts.get::<CourtDay>(id).unwrap_or_else(|| CourtDay {
            place_id: self.place_id,
            on: self.on,
            taken: Vec::new(),
        });
        self.check_hours(facts, &day)?;
        // A court is let at ten past as well, for the hour that runs.
        if self.instants(ctx).1 <= ctx.effective_at {
            return Err(ClassRefusal::IntoThePast);
        }
        let closures: Vec<Closure> = facts.all(&closure::from_day(self.on));
        let shut = |one: &&Closure| {
            one.lifted_at.is_none()
                && one.first_on <= self.on
                && self.on <= one.last_on
                && (one.places.is_empty() || one.places.contains(&self.place_id))
        };
        if let Some(closure) = closures.iter().find(shut) {
            return Err(ClassRefusal::ClosedThatDay { name: closure.name.clone() });
        }
        self.check_classes(facts, ctx, closures)?;
        let hire_id = HireId(ctx.id(0));
        day.taken.push(HiredHours { hire_id, from_hour: self.from_hour, hours: self.hours });
        let mut decision = Decision::nothing();
        decision.put(&Hire {
            id: hire_id,
            place_id: self.place_id,
            on: self.on,
            from_hour: self.from_hour,
            hours: self.hours,
            member_id: self.member_id,
            name,
            released_at: None,
        });
        decision.put(&HireMade { hire_id, by: ctx.actor, at: ctx.effective_at });
        decision.replace(facts.record::<CourtDay>(id), &day);
        Ok(decision)
    }
}

/// Gives the hours of a hire back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseCourt {
    /// Which hire.
    pub hire_id: HireId,
}

impl Command for ReleaseCourt {
    const KIND: &'static str = "classes.release_court";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let own = Want::id::<Hire>(self.hire_id);
        let hires: Vec<Hire> = facts.peek(&own);
        let days = hires.iter().map(|hire| CourtDay::id_of(hire.place_id, hire.on));
        std::iter::once(own).chain(days.map(|id| Want::Id(CourtDay::KIND.into(), id))).collect()
    }
}

impl Request for ReleaseCourt {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let hire = facts.get::<Hire>(self.hire_id).filter(|hire| hire.released_at.is_none());
        let hire = hire.ok_or(ClassRefusal::NoHire)?;
        if ctx.zone.instant(hire.on, hire.from_hour * 60) <= ctx.effective_at {
            return Err(ClassRefusal::Begun);
        }
        let id = CourtDay::id_of(hire.place_id, hire.on);
        let mut day = facts.get::<CourtDay>(id).ok_or(ClassRefusal::NoHire)?;
        day.taken.retain(|one| one.hire_id != hire.id);
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<CourtDay>(id), &day);
        let after = Hire { released_at: Some(ctx.effective_at), ..hire };
        decision.replace(facts.record::<Hire>(self.hire_id), &after);
        Ok(decision)
    }
}
