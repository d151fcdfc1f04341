//! Erasing a person for good: what is left is a number under which sums stand. There is no way back.
//!
//! Somebody who was written down twice has several entries by now: all of them go, and only if whoever typed the word
//! was shown them all, for nobody can give back the file of another person that was joined with this one by mistake.
//!
//! Owed money stands in nobody's way: the sum stays on the books, under the number. Whoever wants it collects it before.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::SLICE;
use super::person::{Member, MemberId};
use crate::kernel::access::{self, Role};
use crate::kernel::alias::{Alias, CIRCLE_IDS_MAX, Circle};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Tells};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::time::Timestamp;

/// Erases everything about somebody, everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseMember {
    /// Whom.
    pub member_id: MemberId,
    /// The other entries of the same person, as they were shown; in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<MemberId>,
}

impl EraseMember {
    /// Everything about somebody with these ids; the first is the one they go by.
    #[must_use]
    pub fn of(circle: &Circle) -> Self {
        let member_id = MemberId(circle.root());
        Self { member_id, also: circle.ids().iter().skip(1).copied().map(MemberId).collect() }
    }

    fn names(&self, circle: &Circle) -> bool {
        let named: BTreeSet<Id> = self.also.iter().chain([&self.member_id]).map(|id| id.raw()).collect();
        named == circle.ids().iter().copied().collect()
    }
}

/// Why somebody is not erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EraseRefusal {
    /// Nobody of this id.
    #[error("there is no such member")]
    Unknown,
    /// Erased already.
    #[error("erased before")]
    ErasedBefore {
        /// When.
        at: Timestamp,
    },
    /// They were joined with another entry, or parted from one, since they were shown.
    #[error("joined or parted meanwhile")]
    EntriesChanged,
}

impl Command for EraseMember {
    const KIND: &'static str = "members.erase";
    const ROLES: &'static [Role] = access::MANAGERS;
    // It tells nothing of them but a number, and being erased already is its own rule's matter.
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let circle = Circle::so_far(self.member_id.raw(), facts);
        let each = |id: &Id| [Want::id::<Member>(*id), Erased::want(*id)];
        circle.ids().iter().flat_map(each).chain([Want::id::<Alias>(self.member_id)]).collect()
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.also.len() < CIRCLE_IDS_MAX
    }
}

impl Request for EraseMember {
    type Refusal = EraseRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, EraseRefusal> {
        let mut decision = Decision::nothing();
        if let Some(before) = facts.get::<Erased>(Erased::id_of(self.member_id.raw())) {
            // A hub that was put back has done it again by itself before this came back to it.
            return if before.command == ctx.command {
                Ok(decision)
            } else {
                Err(EraseRefusal::ErasedBefore { at: before.at })
            };
        }
        if facts.get::<Member>(self.member_id).is_none() {
            return Err(EraseRefusal::Unknown);
        }
        let circle = Circle::of(self.member_id.raw(), facts);
        if !self.names(&circle) {
            return Err(EraseRefusal::EntriesChanged);
        }
        // What becomes of all that tells something about them follows from these records.
        for id in circle.ids() {
            if facts.get::<Erased>(Erased::id_of(*id)).is_none() {
                decision.put(&Erased::now(*id, ctx));
            }
        }
        Ok(decision)
    }
}
