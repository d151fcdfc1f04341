//! Erasing a person for good: what is left is a number under which sums stand. There is no way back.
//!
//! Owed money stands in nobody's way: the sum stays on the books, under the number. Whoever wants it collects it before.

use serde::{Deserialize, Serialize};

use super::SLICE;
use super::person::{Member, MemberId};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Tells};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::time::Timestamp;

/// Erases everything about somebody, everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseMember {
    /// Whom.
    pub member_id: MemberId,
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
}

impl Command for EraseMember {
    const KIND: &'static str = "members.erase";
    const ROLES: &'static [Role] = access::MANAGERS;
    // It tells nothing of them but a number, and being erased already is its own rule's matter.
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Member>(self.member_id), Erased::want(self.member_id.raw())]
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
        // What becomes of all that tells something about them follows from this one record.
        decision.put(&Erased::now(self.member_id.raw(), ctx));
        Ok(decision)
    }
}
