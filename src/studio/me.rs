//! Who this device is: studio, device, person at it, and who decides. Kept in the journal's database.

use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::decide;
use rollcall_domain::kernel::ids::{DeviceId, Id, PersonId, StudioId};
use serde::{Deserialize, Serialize};

/// The key under which it is kept.
pub(super) const KEY: &str = "me";

/// This device's place in a studio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The studio.
    pub studio: StudioId,
    /// This browser profile.
    pub device: DeviceId,
    /// What people call it.
    pub device_name: String,
    /// Who is at it.
    pub person: PersonId,
    /// What that person is here.
    pub role: Role,
    /// The sign-in.
    pub session: Id,
    /// The letters its human numbers begin with.
    pub series: String,
    /// Who decides.
    pub authority: Authority,
    /// True for a sample studio: nobody in it is real.
    #[serde(default)]
    pub sample: bool,
    /// Whose device it is at the hub, while somebody else is at it by their PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Own>,
}

/// Whose device it is at the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// Who.
    pub person: PersonId,
    /// What that person is here.
    pub role: Role,
}

/// What somebody may do who typed a PIN: no more than the device, and never more than the till.
fn by_pin(device: Role, person: Role) -> Role {
    Role::Desk.weaker(device.weaker(person))
}

/// Who decides for this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// This device itself: there is no hub yet.
    Solo,
    /// The hub of this page's origin.
    Hub,
}

impl Me {
    /// The same after somebody was given another role. By a PIN nobody has more than the till.
    pub(super) fn with_role(mut self, person: PersonId, role: Role) -> Self {
        match &mut self.own {
            None if person == self.person => self.role = role,
            Some(own) => {
                if person == own.person {
                    own.role = role;
                    self.role = self.role.weaker(role);
                }
                if person == self.person {
                    self.role = by_pin(own.role, role);
                }
            }
            None => {}
        }
        self
    }

    /// Whose device it is at the hub.
    #[must_use]
    pub fn owner(&self) -> Own {
        self.own.unwrap_or(Own { person: self.person, role: self.role })
    }

    /// The same with somebody else at it, who typed their PIN.
    pub(super) fn switched(self, person: PersonId, role: Role, session: Id) -> Self {
        let own = self.owner();
        Self { person, role: by_pin(own.role, role), session, own: Some(own), ..self }
    }

    /// In what capacity this device decides.
    pub(super) const fn decides_as(&self) -> decide::Authority {
        match self.authority {
            Authority::Solo => decide::Authority::Solo,
            Authority::Hub => decide::Authority::Prediction,
        }
    }
}
