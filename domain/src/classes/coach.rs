//! Who teaches, as everybody may know them: a person who works here, under the name that stands in the timetable. What
//! else is known about that person stays with the studio.

use serde::{Deserialize, Serialize};

use super::refusal::ClassRefusal;
use super::{NAME_CHARS_MAX, SLICE};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id, PersonId};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;
use crate::studio::Person;

/// Somebody who teaches here. The id is the person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coach {
    /// Which person.
    pub id: PersonId,
    /// Counts up with each change, from 1.
    pub revision: u32,
    /// What stands in the timetable.
    pub name: String,
    /// Since when they teach no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

// Kept beside the person, and not under the same id: a member's device has this one and not the other.
impl RecordBody for Coach {
    const KIND: &'static str = "coach";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        (!self.name.is_empty()).then_some(self.id.raw()).into_iter().collect()
    }
    fn without(self, erased: &Erased) -> Fate<Self> {
        let retired_at = self.retired_at.or(Some(erased.at));
        Fate::Becomes(Self { name: String::new(), retired_at, ..self })
    }
}

/// Puts somebody who works here into the timetable under a name, or takes them out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntroduceCoach {
    /// Whom.
    pub person_id: PersonId,
    /// The revision that was seen; 0 for somebody new.
    pub seen_revision: u32,
    /// True when they teach no more.
    #[serde(default)]
    pub retired: bool,
}

/// What they are called in the timetable.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CoachName {
    /// By everybody.
    pub name: String,
}

impl Command for IntroduceCoach {
    const KIND: &'static str = "classes.introduce_coach";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = CoachName;
    fn subjects(&self, _: &CoachName, _: CommandId) -> Vec<Id> {
        vec![self.person_id.raw()]
    }
    fn wants(&self, _: &CoachName, _: &Facts) -> Vec<Want> {
        vec![Want::id::<Coach>(self.person_id), Want::id::<Person>(self.person_id)]
    }
    fn is_well_formed(&self, personal: &CoachName) -> bool {
        text::fits(&personal.name, NAME_CHARS_MAX)
    }
}

impl Request for IntroduceCoach {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, personal: &CoachName, facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let before = facts.get::<Coach>(self.person_id);
        if before.as_ref().map_or(0, |coach| coach.revision) != self.seen_revision {
            return Err(ClassRefusal::ChangedMeanwhile);
        }
        let works_here = |person: Person| access::STAFF.contains(&person.role);
        if !facts.get::<Person>(self.person_id).is_some_and(works_here) {
            return Err(ClassRefusal::NoCoach);
        }
        let name = text::tidy_line(&personal.name);
        if name.is_empty() {
            return Err(ClassRefusal::NameMissing);
        }
        let since = before.and_then(|coach| coach.retired_at).unwrap_or(ctx.effective_at);
        let after = Coach {
            id: self.person_id,
            revision: self.seen_revision + 1,
            name,
            retired_at: self.retired.then_some(since),
        };
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Coach>(self.person_id), &after);
        Ok(decision)
    }
}
