//! Where sessions are: a room, a meeting point outside, or a court that is also let by the hour.

use serde::{Deserialize, Serialize};

use super::class_type::name_value;
use super::map_point::MapPoint;
use super::refusal::ClassRefusal;
use super::{CAPACITY_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX, PlaceId, SLICE};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::keys::Keys;
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PlaceKind {
    /// Holds one class at a time.
    Room,
    /// Outside: has room for several classes at once.
    Outdoor {
        /// Where to meet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<MapPoint>,
    },
    /// Holds one class at a time, and is let by the hour.
    Court {
        /// The hour it opens: 0..=23.
        opens: u32,
        /// The hour it closes: up to 24, after it opens.
        closes: u32,
    },
}

/// A place, as it is described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceDraft {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// How many people it holds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// How to find it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Which one.
    pub id: PlaceId,
    /// Counts up with each change, from 1.
    pub revision: u32,
    /// What it is like.
    #[serde(flatten)]
    pub draft: PlaceDraft,
    /// Since when nothing new is planned there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

/// The key of places by folded name.
pub(super) const NAME_KEY: &str = "place.name";

impl Place {
    /// True where two sessions at once are one too many.
    #[must_use]
    pub const fn holds_one(&self) -> bool {
        !matches!(self.draft.kind, PlaceKind::Outdoor { .. })
    }

    /// Where to meet on the map; nothing inside a house, or while nobody said so.
    #[must_use]
    pub const fn point(&self) -> Option<MapPoint> {
        match self.draft.kind {
            PlaceKind::Outdoor { point } => point,
            PlaceKind::Room | PlaceKind::Court { .. } => None,
        }
    }
}

impl RecordBody for Place {
    const KIND: &'static str = "place";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(NAME_KEY, name_value(&self.draft.name));
    }
}

impl PlaceDraft {
    /// What is wrong with it, if anything.
    pub fn check(&self) -> Result<(), ClassRefusal> {
        if text::tidy_line(&self.name).is_empty() {
            return Err(ClassRefusal::NameMissing);
        }
        if self.capacity.is_some_and(|capacity| !(1..=CAPACITY_MAX).contains(&capacity)) {
            return Err(ClassRefusal::CAPACITY);
        }
        Ok(())
    }

    fn is_well_formed(&self) -> bool {
        let kind = match self.kind {
            PlaceKind::Room | PlaceKind::Outdoor { point: None } => true,
            PlaceKind::Outdoor { point: Some(point) } => point.is_on_earth(),
            PlaceKind::Court { opens, closes } => opens < closes && closes <= 24,
        };
        kind && text::fits(&self.name, NAME_CHARS_MAX) && text::fits(&self.note, NOTE_CHARS_MAX)
    }
}

/// Describes a place, a new one or one there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribePlace {
    /// Minted when the form of a new one opened.
    pub place_id: PlaceId,
    /// The revision that was seen; 0 for a new one.
    pub seen_revision: u32,
    /// What it shall be.
    pub draft: PlaceDraft,
    /// True when nothing new shall be planned there.
    #[serde(default)]
    pub retired: bool,
}

impl Command for DescribePlace {
    const KIND: &'static str = "classes.describe_place";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Place>(self.place_id), Want::key::<Place>(NAME_KEY, name_value(&self.draft.name))]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.draft.is_well_formed()
    }
}

impl Request for DescribePlace {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let before = facts.get::<Place>(self.place_id);
        if before.as_ref().map_or(0, |place| place.revision) != self.seen_revision {
            return Err(ClassRefusal::ChangedMeanwhile);
        }
        self.draft.check()?;
        let namesakes = facts.by_key::<Place>(NAME_KEY, name_value(&self.draft.name));
        let taken = namesakes.iter().any(|one| one.id != self.place_id && one.retired_at.is_none());
        if taken && !self.retired {
            return Err(ClassRefusal::NameTaken { name: text::tidy_line(&self.draft.name) });
        }
        let since = before.and_then(|place| place.retired_at).unwrap_or(ctx.effective_at);
        let mut draft = self.draft.clone();
        (draft.name, draft.note) = (text::tidy_line(&draft.name), text::tidy_line(&draft.note));
        let mut decision = Decision::nothing();
        let after = Place {
            id: self.place_id,
            revision: self.seen_revision + 1,
            draft,
            retired_at: self.retired.then_some(since),
        };
        decision.replace(facts.record::<Place>(self.place_id), &after);
        Ok(decision)
    }
}
