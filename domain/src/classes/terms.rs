//! What holds for a session besides its day: what is taught, by whom, where, from when, how long, for how many.

use serde::{Deserialize, Serialize};

use super::class_type::ClassType;
use super::coach::Coach;
use super::place::Place;
use super::refusal::ClassRefusal;
use super::{CAPACITY_MAX, COACHES_MAX, ClassTypeId, LENGTH_MINUTES_MAX, LENGTH_MINUTES_MIN, PlaceId};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::PersonId;

/// Minutes of a day.
pub(super) const DAY_MINUTES: u32 = 24 * 60;

/// What holds for a session besides its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What is taught.
    pub class_type_id: ClassTypeId,
    /// By whom, the first one leading; nobody yet when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coaches: Vec<PersonId>,
    /// Where; not said yet when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_id: Option<PlaceId>,
    /// When it begins: minutes after midnight by the wall clock, 0..=1439.
    pub start_minute: u32,
    /// How long it takes, in minutes of a clock that does not jump.
    pub length_minutes: u32,
    /// Seats.
    pub capacity: u32,
    /// Fewest people with whom it takes place, at most as many as there are seats; 0 while any number will do.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub people_min: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// What shall be different. What is empty stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TermsChange {
    /// What is taught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_type_id: Option<ClassTypeId>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coaches: Option<Vec<PersonId>>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_id: Option<PlaceId>,
    /// When it begins: minutes after midnight, 0..=1439.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_minute: Option<u32>,
    /// How long it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_minutes: Option<u32>,
    /// Seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Fewest people; 0 for any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_min: Option<u32>,
}

impl TermsChange {
    /// The terms after it.
    #[must_use]
    pub fn applied(&self, terms: &Terms) -> Terms {
        let capacity = self.capacity.unwrap_or(terms.capacity);
        Terms {
            class_type_id: self.class_type_id.unwrap_or(terms.class_type_id),
            coaches: self.coaches.clone().unwrap_or_else(|| terms.coaches.clone()),
            place_id: self.place_id.or(terms.place_id),
            start_minute: self.start_minute.unwrap_or(terms.start_minute),
            length_minutes: self.length_minutes.unwrap_or(terms.length_minutes),
            capacity,
            // Fewer seats than people it needs: then it needs as many as there are.
            people_min: self.people_min.unwrap_or(terms.people_min).min(capacity),
        }
    }

    /// The terms themselves, where nothing is left to others.
    pub(super) fn whole(&self) -> Option<Terms> {
        Some(Terms {
            class_type_id: self.class_type_id?,
            coaches: self.coaches.clone()?,
            place_id: self.place_id,
            start_minute: self.start_minute?,
            length_minutes: self.length_minutes?,
            capacity: self.capacity?,
            people_min: self.people_min.unwrap_or_default(),
        })
    }

    /// This change and a later one together.
    #[must_use]
    pub fn then(&self, later: &Self) -> Self {
        Self {
            class_type_id: later.class_type_id.or(self.class_type_id),
            coaches: later.coaches.clone().or_else(|| self.coaches.clone()),
            place_id: later.place_id.or(self.place_id),
            start_minute: later.start_minute.or(self.start_minute),
            length_minutes: later.length_minutes.or(self.length_minutes),
            capacity: later.capacity.or(self.capacity),
            people_min: later.people_min.or(self.people_min),
        }
    }

    /// True for what a form can send.
    pub(super) fn is_well_formed(&self) -> bool {
        self.start_minute.is_none_or(|minute| minute < DAY_MINUTES)
            && self.coaches.as_ref().is_none_or(|coaches| coaches.len() <= COACHES_MAX)
    }

    /// What must be seen before it can be granted.
    pub(super) fn wants(&self) -> Vec<Want> {
        let coaches = self.coaches.iter().flatten().map(|coach| Want::id::<Coach>(*coach));
        let class = self.class_type_id.map(Want::id::<ClassType>);
        class.into_iter().chain(self.place_id.map(Want::id::<Place>)).chain(coaches).collect()
    }

    /// Refuses what is not in use, and figures that no class has.
    pub(super) fn check(&self, facts: &Facts) -> Result<(), ClassRefusal> {
        if self
            .length_minutes
            .is_some_and(|length| !(LENGTH_MINUTES_MIN..=LENGTH_MINUTES_MAX).contains(&length))
        {
            return Err(ClassRefusal::LENGTH);
        }
        if self.capacity.is_some_and(|seats| !(1..=CAPACITY_MAX).contains(&seats)) {
            return Err(ClassRefusal::CAPACITY);
        }
        let seats = self.capacity.unwrap_or(CAPACITY_MAX);
        if self.people_min.is_some_and(|people| people > seats) {
            return Err(ClassRefusal::NeedsMoreThanSeats { seats });
        }
        let class = |id| facts.get::<ClassType>(id).is_some_and(|class| class.retired_at.is_none());
        if !self.class_type_id.is_none_or(class) {
            return Err(ClassRefusal::NoClass);
        }
        let place = |id| facts.get::<Place>(id).is_some_and(|place| place.retired_at.is_none());
        if !self.place_id.is_none_or(place) {
            return Err(ClassRefusal::NoPlace);
        }
        let coach = |id: &PersonId| facts.get::<Coach>(*id).is_some_and(|coach| coach.retired_at.is_none());
        if !self.coaches.iter().flatten().all(coach) {
            return Err(ClassRefusal::NoCoach);
        }
        Ok(())
    }
}

impl Terms {
    /// All of it as a change, for the checks.
    pub(super) fn as_change(&self) -> TermsChange {
        TermsChange {
            class_type_id: Some(self.class_type_id),
            coaches: Some(self.coaches.clone()),
            place_id: self.place_id,
            start_minute: Some(self.start_minute),
            length_minutes: Some(self.length_minutes),
            capacity: Some(self.capacity),
            people_min: Some(self.people_min),
        }
    }
}
