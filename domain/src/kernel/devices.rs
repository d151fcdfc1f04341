//! The studio's devices as records: what people call them and whether they are in use, so that whoever reads a receipt
//! or an exception can say on which device it was. Keys and sessions are never here.

use serde::{Deserialize, Serialize};

use super::access::{Reader, Role};
use super::command::{Command, Fact};
use super::decide::{Ctx, Decision};
use super::erasure::Tells;
use super::facts::{Facts, Want};
use super::ids::{DeviceId, Id};
use super::record::RecordBody;
use super::text;

/// Characters a device's name may have.
pub const NAME_CHARS_MAX: usize = 80;

/// How a device stands with its hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It works here.
    #[default]
    InUse,
    /// Another one took its place: it gets nothing any more; what it still drops off counts as always.
    Retired,
    /// Lost or stolen: it gets nothing any more, and a manager looks at what it drops off.
    ShutOut,
}

/// A device the hub let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Which.
    pub id: Id,
    /// What people call it.
    pub name: String,
    /// How it stands.
    #[serde(default)]
    pub standing: Standing,
    /// Which life of its history it is in: counts up when its storage was copied or put back. What it held by itself in
    /// an earlier life it holds no more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub life: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_zero(life: &u32) -> bool {
    *life == 0
}

impl RecordBody for Device {
    const KIND: &'static str = "device";
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Books];
    // A device is the studio's: a name somebody gave it is not asked back.
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id
    }
}

/// The hub's own word about a device. Nobody else gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowDevice {
    /// Which.
    pub device_id: DeviceId,
    /// How it stands.
    pub standing: Standing,
    /// Which life of its history it is in.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub life: u32,
}

/// What a device is called.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeviceName {
    /// By people.
    pub name: String,
}

impl Command for KnowDevice {
    const KIND: &'static str = "kernel.know_device";
    const ROLES: &'static [Role] = &[Role::System];
    const TELLS: Tells = Tells::OfNobody;
    type Personal = DeviceName;
    fn wants(&self, _: &DeviceName, _: &Facts) -> Vec<Want> {
        vec![Want::id::<Device>(self.device_id)]
    }
    fn is_well_formed(&self, personal: &DeviceName) -> bool {
        text::fits(&personal.name, NAME_CHARS_MAX)
    }
}

impl Fact for KnowDevice {
    fn decide(&self, personal: &DeviceName, facts: &Facts, _ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        let device = Device {
            id: self.device_id.raw(),
            name: text::tidy_line(&personal.name),
            standing: self.standing,
            life: self.life,
        };
        decision.replace(facts.record::<Device>(self.device_id), &device);
        decision
    }
}
