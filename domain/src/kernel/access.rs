//! Who may read and command what: roles and scopes. A role limits what is sent to a device, not only what is drawn.

use serde::{Deserialize, Serialize};

use super::ids::{DeviceId, Id, PersonId};

/// A preset of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, and the only one who pairs devices, shuts them out and gives roles.
    Owner,
    /// Everything of the business; not who is let in as what, and not the hub.
    Manager,
    /// The front desk.
    #[default]
    Desk,
    /// Who teaches: what a list of participants needs, and what everybody sees.
    Coach,
    /// Who keeps the books: money and what it was paid for.
    Accountant,
    /// Somebody who trains here, on a device of their own. The person's id is the member's id.
    Member,
    /// The rules' own clockwork; never a person.
    System,
    /// A role of a newer build: reads and commands nothing.
    #[serde(other)]
    Unknown,
}

/// Who gives roles and lets devices in.
pub const OWNER: &[Role] = &[Role::Owner];
/// Who runs the business: prices, terms, settings, what only they decide.
pub const MANAGERS: &[Role] = &[Role::Owner, Role::Manager];
/// Who works at the till and the door.
pub const TILL: &[Role] = &[Role::Owner, Role::Manager, Role::Desk];
/// Who meets people where they train: the till, and coaches.
pub const ROOM: &[Role] = &[Role::Owner, Role::Manager, Role::Desk, Role::Coach];
/// Everybody who works here.
pub const STAFF: &[Role] = &[Role::Owner, Role::Manager, Role::Desk, Role::Coach, Role::Accountant];
/// Members, on devices of their own.
pub const MEMBER: &[Role] = &[Role::Member];
/// The roles a person can have.
pub const PEOPLE: [Role; 6] =
    [Role::Owner, Role::Manager, Role::Desk, Role::Coach, Role::Accountant, Role::Member];

impl Role {
    /// What a person may do on a device: no more than either of the two roles. Roles of which neither holds the
    /// other's rights have none in common.
    #[must_use]
    pub const fn weaker(self, other: Self) -> Self {
        match (self, other) {
            (Self::Owner, role) | (role, Self::Owner) => role,
            (Self::Manager, role @ (Self::Manager | Self::Desk))
            | (role @ Self::Desk, Self::Manager | Self::Desk) => role,
            (Self::Coach, Self::Coach) => Self::Coach,
            (Self::Accountant, Self::Accountant) => Self::Accountant,
            (Self::Member, Self::Member) => Self::Member,
            _ => Self::Unknown,
        }
    }

    /// True for a role that somebody can have.
    #[must_use]
    pub fn is_of_people(self) -> bool {
        PEOPLE.contains(&self)
    }

    /// As it is written in records and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Desk => "desk",
            Self::Coach => "coach",
            Self::Accountant => "accountant",
            Self::Member => "member",
            Self::System => "system",
            Self::Unknown => "unknown",
        }
    }

    /// True when records tagged for these readers are sent to devices of this role.
    #[must_use]
    pub const fn reads(self, reader: Reader) -> bool {
        match reader {
            Reader::Everyone => !matches!(self, Self::Unknown),
            Reader::Desk => matches!(self, Self::Owner | Self::Manager | Self::Desk | Self::System),
            Reader::Managers => matches!(self, Self::Owner | Self::Manager | Self::System),
            Reader::Roster => matches!(self, Self::Coach),
            Reader::Books => matches!(self, Self::Accountant),
            Reader::Own => !matches!(self, Self::Unknown | Self::System),
        }
    }
}

/// Whom a kind of record is for: with [`Role::reads`] the one table of who pulls what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    /// Every device of the studio, members' own among them.
    Everyone,
    /// The front desk and everyone above it.
    Desk,
    /// Owners and managers.
    Managers,
    /// Coaches.
    Roster,
    /// Accountants.
    Books,
    /// The people the record is about, on their own devices.
    Own,
}

impl Reader {
    /// The scope of all its records; nothing for [`Reader::Own`], which has one for each person.
    #[must_use]
    pub fn scope(self) -> Option<Scope> {
        match self {
            Self::Everyone => Some(Scope::everyone()),
            Self::Desk => Some(Scope::desk()),
            Self::Managers => Some(Scope::managers()),
            Self::Roster => Some(Scope("roster".to_owned())),
            Self::Books => Some(Scope("books".to_owned())),
            Self::Own => None,
        }
    }
}

/// All readers but [`Reader::Own`].
const SHARED: [Reader; 5] = [Reader::Everyone, Reader::Desk, Reader::Managers, Reader::Roster, Reader::Books];

/// A part of the studio's records that is read as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scope(pub String);

impl Scope {
    /// Every device of the studio.
    #[must_use]
    pub fn everyone() -> Self {
        Self("everyone".to_owned())
    }
    /// The front desk and everyone above it.
    #[must_use]
    pub fn desk() -> Self {
        Self("desk".to_owned())
    }
    /// Owners and managers.
    #[must_use]
    pub fn managers() -> Self {
        Self("managers".to_owned())
    }
    /// One person.
    #[must_use]
    pub fn person(id: Id) -> Self {
        Self(format!("person:{}", id.simple()))
    }
}

/// Who is asking: a device with a role, and the person at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The device.
    pub device: DeviceId,
    /// The person at it.
    pub person: PersonId,
    /// What that person is here.
    pub role: Role,
}

/// The scopes a principal reads. Sorted, without repeats.
#[must_use]
pub fn scopes_of(principal: &Principal) -> Vec<Scope> {
    let shared = SHARED.into_iter().filter(|reader| principal.role.reads(*reader));
    let mut scopes: Vec<Scope> = shared.filter_map(Reader::scope).collect();
    if principal.role.reads(Reader::Own) {
        scopes.push(Scope::person(principal.person.raw()));
    }
    scopes.sort();
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn together_two_roles_never_have_more_than_each() {
        let all = PEOPLE.into_iter().chain([Role::System, Role::Unknown]);
        for (a, b) in all.clone().flat_map(|a| all.clone().map(move |b| (a, b))) {
            let both = a.weaker(b);
            assert_eq!(both, b.weaker(a), "{a:?} {b:?}");
            for list in [OWNER, MANAGERS, TILL, ROOM, STAFF] {
                assert!(!list.contains(&both) || (list.contains(&a) && list.contains(&b)), "{a:?} {b:?}");
            }
        }
        assert_eq!(Role::Owner.weaker(Role::Manager), Role::Manager);
        assert_eq!(Role::Desk.weaker(Role::Manager), Role::Desk);
        assert_eq!(Role::Desk.weaker(Role::Coach), Role::Unknown);
    }

    #[test]
    fn a_role_is_called_the_same_everywhere() {
        for role in PEOPLE {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        let newer: Role = serde_json::from_str("\"janitor\"").unwrap();
        assert_eq!(newer, Role::Unknown);
        assert!(
            scopes_of(&Principal { device: DeviceId::default(), person: PersonId::default(), role: newer })
                .is_empty()
        );
    }
}
