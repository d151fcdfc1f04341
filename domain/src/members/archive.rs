//! Off the lists and back: people are archived, never deleted, and found again when they return.

use serde::{Deserialize, Serialize};

use super::SLICE;
use super::history::{FileEvent, note};
use super::person::{Archived, Member, MemberId};
use crate::kernel::access::{self, Role};
use crate::kernel::alias::Circle;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::time::Timestamp;

/// Takes somebody off the lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveMember {
    /// Whom.
    pub member_id: MemberId,
}

/// Puts somebody back on the lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreMember {
    /// Whom.
    pub member_id: MemberId,
}

/// Why somebody stays where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ArchiveRefusal {
    /// Nobody of this id.
    #[error("there is no such member")]
    Unknown,
    /// Off the lists already.
    #[error("archived before")]
    ArchivedBefore {
        /// Since when.
        at: Timestamp,
    },
    /// On the lists.
    #[error("not archived")]
    NotArchived,
    /// Joined with another entry since, which stays as it is.
    #[error("merged with another entry")]
    MergedInto {
        /// The entry that stands.
        into: MemberId,
    },
}

impl Command for ArchiveMember {
    const KIND: &'static str = "members.archive";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Member>(self.member_id)]
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
}

impl Request for ArchiveMember {
    type Refusal = ArchiveRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ArchiveRefusal> {
        let member = standing(self.member_id, facts)?;
        if let Some(archived) = member.archived {
            return Err(ArchiveRefusal::ArchivedBefore { at: archived.at });
        }
        let mut decision = Decision::nothing();
        archive(&mut decision, member, facts, ctx, 0);
        Ok(decision)
    }
}

/// The member, who must stand for themselves: whoever wanted an entry off the lists that was merged since did not mean
/// the other one.
fn standing(id: MemberId, facts: &Facts) -> Result<Member, ArchiveRefusal> {
    let into = MemberId(Circle::of(id.raw(), facts).root());
    if into != id {
        return Err(ArchiveRefusal::MergedInto { into });
    }
    facts.get::<Member>(id).ok_or(ArchiveRefusal::Unknown)
}

/// Takes a member off the lists; `index` tells the file lines of one command apart.
pub(crate) fn archive(decision: &mut Decision, member: Member, facts: &Facts, ctx: &Ctx, index: u32) {
    let id = member.id;
    let after = Member {
        archived: Some(Archived { at: ctx.effective_at, by: ctx.actor }),
        revision: member.revision + 1,
        ..member
    };
    decision.replace(facts.record::<Member>(id), &after);
    note(decision, ctx, index, id, FileEvent::Archived);
}

impl Command for RestoreMember {
    const KIND: &'static str = "members.restore";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Member>(self.member_id)]
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
}

impl Request for RestoreMember {
    type Refusal = ArchiveRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, ArchiveRefusal> {
        let member = standing(self.member_id, facts)?;
        if member.archived.is_none() {
            return Err(ArchiveRefusal::NotArchived);
        }
        let after = Member { archived: None, revision: member.revision + 1, ..member };
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Member>(self.member_id), &after);
        note(&mut decision, ctx, 0, self.member_id, FileEvent::Restored);
        Ok(decision)
    }
}
