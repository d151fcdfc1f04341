//! Giving people roles: the owner alone, and never so that nobody is left who could. Devices and passwords are no
//! matter of this file.

use serde::{Deserialize, Serialize};

use super::Person;
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id, PersonId};
use crate::kernel::keys::KeyValue;

/// The key of everybody with a role.
pub const ROLE_KEY: &str = "person.role";

/// The value of a role under [`ROLE_KEY`].
#[must_use]
pub fn role_value(role: Role) -> KeyValue {
    KeyValue::of(role.name())
}

/// The owner gives somebody another role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRole {
    /// Whom.
    pub person_id: PersonId,
    /// The role the owner saw.
    pub seen: Role,
    /// The new one; never that of a member, whose id is another one.
    pub role: Role,
}

/// Why somebody keeps their role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RoleRefusal {
    /// Nobody of that id works here.
    #[error("nobody of that id works here")]
    UnknownPerson,
    /// Somebody else gave them another role meanwhile.
    #[error("the role was changed meanwhile")]
    RoleChangedMeanwhile,
    /// Nobody could let anybody in again.
    #[error("a studio needs an owner")]
    LastOwner,
}

impl Command for ChangeRole {
    const KIND: &'static str = "studio.change_role";
    const ROLES: &'static [Role] = access::OWNER;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.person_id.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Person>(self.person_id), Want::key::<Person>(ROLE_KEY, role_value(Role::Owner))]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        access::STAFF.contains(&self.role)
    }
}

impl Request for ChangeRole {
    type Refusal = RoleRefusal;
    const SLICE: &'static str = "studio";
    fn decide(&self, (): &(), facts: &Facts, _ctx: &Ctx) -> Result<Decision, RoleRefusal> {
        let person = facts.get::<Person>(self.person_id).ok_or(RoleRefusal::UnknownPerson)?;
        if person.role != self.seen {
            return Err(RoleRefusal::RoleChangedMeanwhile);
        }
        let owners = facts.by_key::<Person>(ROLE_KEY, role_value(Role::Owner));
        let others = owners.iter().filter(|owner| owner.id != person.id).count();
        if person.role == Role::Owner && self.role != Role::Owner && others == 0 {
            return Err(RoleRefusal::LastOwner);
        }
        let mut decision = Decision::nothing();
        let after = Person { role: self.role, ..person };
        decision.replace(facts.record::<Person>(self.person_id), &after);
        Ok(decision)
    }
}
