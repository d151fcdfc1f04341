//! Who may read and command what: roles and scopes. A role limits what is sent to a device, not only what is drawn.

use serde::{Deserialize, Serialize};

use super::ids::{DeviceId, Id, PersonId};

/// A preset of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, and the only one who pairs and revokes devices.
    Owner,
    /// The front desk.
    #[default]
    Desk,
    /// The rules' own clockwork; never a person.
    System,
    /// A role of a newer build: reads and commands nothing.
    #[serde(other)]
    Unknown,
}

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
    let mut scopes = match principal.role {
        Role::Owner | Role::System => vec![Scope::everyone(), Scope::desk(), Scope::managers()],
        Role::Desk => vec![Scope::everyone(), Scope::desk()],
        Role::Unknown => return Vec::new(),
    };
    scopes.push(Scope::person(principal.person.raw()));
    scopes.sort();
    scopes
}
