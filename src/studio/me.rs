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
    /// In what capacity this device decides.
    pub(super) const fn decides_as(&self) -> decide::Authority {
        match self.authority {
            Authority::Solo => decide::Authority::Solo,
            Authority::Hub => decide::Authority::Prediction,
        }
    }
}
