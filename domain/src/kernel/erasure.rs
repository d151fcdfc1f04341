//! Erasing a person: who was erased, and what becomes of everything that tells something about them.
//!
//! Slices say of their records and commands whom they tell about; nothing in here may know what they tell. Sums stay:
//! what was paid, visited and given keeps its number, and only who it was is forgotten.

use serde::{Deserialize, Serialize};

use super::access::{Reader, Role};
use super::command::{Command, Fact};
use super::decide::{Ctx, Decision};
use super::facts::{Facts, Want};
use super::ids::{self, CommandId, Id, PersonId};
use super::keys::KeyValue;
use super::record::RecordBody;
use super::time::Timestamp;

/// The key of every record that must change when somebody is erased, whatever its kind.
pub const SUBJECT_KEY: &str = "subject";

/// The value of somebody under [`SUBJECT_KEY`].
#[must_use]
pub fn subject_value(subject: Id) -> KeyValue {
    KeyValue::of(subject)
}

/// Whether a kind of record, or the personal block of a command, tells something about people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tells {
    /// Nobody has answered yet; a test of the registry asks.
    #[default]
    Unsaid,
    /// Nothing that could be traced to somebody but by a number.
    OfNobody,
    /// Something; the record or command says about whom.
    OfPeople,
}

/// What becomes of a record when somebody it tells about is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate<T> {
    /// Nothing in it is about them.
    Stays,
    /// What is left of it.
    Becomes(T),
    /// Nothing is left.
    Goes,
}

/// Somebody was erased. Kept for ever, everywhere, and about nobody: an id, an instant, and who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Whose id it was.
    pub subject: Id,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// By this command.
    pub command: CommandId,
}

impl Erased {
    /// Somebody is erased by the command being decided.
    #[must_use]
    pub const fn now(subject: Id, ctx: &Ctx) -> Self {
        Self { subject, at: ctx.effective_at, by: ctx.actor, command: ctx.command }
    }

    /// The record of a subject's erasure.
    #[must_use]
    pub fn id_of(subject: Id) -> Id {
        ids::named(subject, b"erased")
    }

    /// Was this subject erased?
    #[must_use]
    pub fn want(subject: Id) -> Want {
        Want::id::<Self>(Self::id_of(subject))
    }
}

impl RecordBody for Erased {
    const KIND: &'static str = "erased";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        Self::id_of(self.subject)
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// What the exceptions desk and refusals say of erased people, under the kernel's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AboutErased {
    /// Something that happened was told of somebody who had been erased: it was recorded under their number alone.
    ErasedSubject,
    /// What was asked here told something about somebody who was erased since.
    Erased,
    /// A wish or a change for somebody who had been erased.
    WasErased,
}

impl AboutErased {
    /// The codes of its two buttons.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        ["seen", "look_into"]
    }
}

/// The same erasure once more, over records that came back: the hub's own hand, after an older state was put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseAgain {
    /// The erasure as it was.
    pub erased: Erased,
}

impl Command for EraseAgain {
    const KIND: &'static str = "kernel.erase_again";
    const ROLES: &'static [Role] = &[Role::System];
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Erased::want(self.erased.subject)]
    }
}

impl Fact for EraseAgain {
    fn decide(&self, (): &(), facts: &Facts, _: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        if facts.get::<Erased>(Erased::id_of(self.erased.subject)).is_none() {
            decision.put(&self.erased);
        }
        decision
    }
}
