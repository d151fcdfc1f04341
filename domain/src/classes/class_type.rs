//! What is taught: a kind of class with its colour, its usual length and seats, and the passes that open it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::refusal::ClassRefusal;
use super::{
    CAPACITY_MAX, COLOURS, ClassTypeId, LENGTH_MINUTES_MAX, LENGTH_MINUTES_MIN, NAME_CHARS_MAX, SLICE,
};
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
use crate::plans::PlanId;

/// Languages a name may be given in.
const LANGUAGES_MAX: usize = 8;
/// Plans that may open a class.
const PLANS_MAX: usize = 200;

/// For whom a class is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For everybody.
    #[default]
    Open,
    /// For those who begin.
    Beginner,
    /// For those who have trained a while.
    Intermediate,
    /// For those who know it well.
    Advanced,
}

/// A kind of class, as it is described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassDraft {
    /// What it is called.
    pub name: String,
    /// What it is called in other languages, by their tags: `en`, `zh-Hans`, `zh-Hant`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// Its colour in the timetable: 0..[`COLOURS`].
    pub colour: u8,
    /// How long it usually takes.
    pub length_minutes: u32,
    /// How many seats it usually has.
    pub capacity: u32,
    /// For whom it is.
    #[serde(default)]
    pub level: Level,
    /// The plans whose passes open it; every pass that opens a door when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened_by: Vec<PlanId>,
}

/// A kind of class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassType {
    /// Which one.
    pub id: ClassTypeId,
    /// Counts up with each change, from 1.
    pub revision: u32,
    /// What it is like.
    #[serde(flatten)]
    pub draft: ClassDraft,
    /// Since when it is taught no more; what was planned stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

/// The key of class types by folded name.
pub(super) const NAME_KEY: &str = "class_type.name";

/// The value of a name under the keys of names in this slice.
pub(super) fn name_value(name: &str) -> KeyValue {
    KeyValue::of(text::tidy_line(name).to_lowercase())
}

impl ClassType {
    /// What it is called in a language.
    #[must_use]
    pub fn name_in(&self, language: &str) -> &str {
        self.draft.names.get(language).unwrap_or(&self.draft.name)
    }
}

impl RecordBody for ClassType {
    const KIND: &'static str = "class_type";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(NAME_KEY, name_value(&self.draft.name));
    }
}

impl ClassDraft {
    /// What is wrong with it, if anything; the form asks while typing, the rule before it grants.
    pub fn check(&self) -> Result<(), ClassRefusal> {
        if text::tidy_line(&self.name).is_empty() {
            return Err(ClassRefusal::NameMissing);
        }
        if !(LENGTH_MINUTES_MIN..=LENGTH_MINUTES_MAX).contains(&self.length_minutes) {
            return Err(ClassRefusal::LENGTH);
        }
        if !(1..=CAPACITY_MAX).contains(&self.capacity) {
            return Err(ClassRefusal::CAPACITY);
        }
        Ok(())
    }

    pub(super) fn is_well_formed(&self) -> bool {
        let fits = |name: &String| text::fits(name, NAME_CHARS_MAX);
        fits(&self.name)
            && self.names.len() <= LANGUAGES_MAX
            && self.names.iter().all(|(language, name)| language.len() <= 16 && fits(name))
            && self.colour < COLOURS
            && self.opened_by.len() <= PLANS_MAX
    }

    pub(super) fn tidied(&self) -> Self {
        let names = self.names.iter().map(|(language, name)| (language.clone(), text::tidy_line(name)));
        Self {
            name: text::tidy_line(&self.name),
            names: names.filter(|(_, name)| !name.is_empty()).collect(),
            ..self.clone()
        }
    }
}

/// Describes a kind of class, a new one or one there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeClass {
    /// Minted when the form of a new one opened.
    pub class_type_id: ClassTypeId,
    /// The revision that was seen; 0 for a new one.
    pub seen_revision: u32,
    /// What it shall be.
    pub draft: ClassDraft,
    /// True when it shall be taught no more.
    #[serde(default)]
    pub retired: bool,
}

impl Command for DescribeClass {
    const KIND: &'static str = "classes.describe_class";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![
            Want::id::<ClassType>(self.class_type_id),
            Want::key::<ClassType>(NAME_KEY, name_value(&self.draft.name)),
        ]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.draft.is_well_formed()
    }
}

impl Request for DescribeClass {
    type Refusal = ClassRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ClassRefusal> {
        let before = facts.get::<ClassType>(self.class_type_id);
        if before.as_ref().map_or(0, |class| class.revision) != self.seen_revision {
            return Err(ClassRefusal::ChangedMeanwhile);
        }
        self.draft.check()?;
        let namesakes = facts.by_key::<ClassType>(NAME_KEY, name_value(&self.draft.name));
        let taken = namesakes.iter().any(|one| one.id != self.class_type_id && one.retired_at.is_none());
        if taken && !self.retired {
            return Err(ClassRefusal::NameTaken { name: text::tidy_line(&self.draft.name) });
        }
        let since = before.and_then(|class| class.retired_at).unwrap_or(ctx.effective_at);
        let mut decision = Decision::nothing();
        let after = ClassType {
            id: self.class_type_id,
            revision: self.seen_revision + 1,
            draft: self.draft.tidied(),
            retired_at: self.retired.then_some(since),
        };
        decision.replace(facts.record::<ClassType>(self.class_type_id), &after);
        Ok(decision)
    }
}
