//! The rows the hub keeps, as plain data. No database in here, and no kind of record.

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::devices::Standing;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::{Described, KindName, Record};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::Entry;
use serde::{Deserialize, Serialize};

/// A studio that lives here, and the head of its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Studio {
    /// Which.
    pub studio: StudioId,
    /// The present life of the history.
    pub hub_epoch: Id,
    /// The newest sequence number.
    pub head: u64,
    /// The chain's last link.
    pub hash: Hash,
    /// What the chain begins with: the backup it was claimed with, or nothing.
    pub genesis: Hash,
    /// Counts the letters given to devices.
    pub series_next: u32,
    /// When it came here.
    pub claimed_at: Timestamp,
}

/// A device that was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Which.
    pub device: DeviceId,
    /// Of which studio.
    pub studio: StudioId,
    /// What people call it.
    pub name: String,
    /// Its public key, base64url.
    pub public_key: String,
    /// Who is at it.
    pub person: PersonId,
    /// What it may do.
    pub role: Role,
    /// Its present life.
    pub epoch: u32,
    /// The letters of its human numbers in that life.
    pub series: String,
    /// True once it was shut out.
    pub revoked: bool,
    /// When it was let in.
    pub joined_at: Timestamp,
    /// When the hub last heard of it.
    pub seen_at: Timestamp,
    /// How far its clock was behind the hub's when that could last be told.
    pub skew_ms: Option<i64>,
    /// True once another device took its place.
    #[serde(default)]
    pub retired: bool,
    /// How many commands waited on it when it last said so.
    #[serde(default)]
    pub waiting: Option<u32>,
}

impl Device {
    /// How it stands; shut out is the stronger word.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        match (self.revoked, self.retired) {
            (true, _) => Standing::ShutOut,
            (false, true) => Standing::Retired,
            (false, false) => Standing::InUse,
        }
    }

    /// True while it is let in.
    #[must_use]
    pub const fn is_in_use(&self) -> bool {
        !self.revoked && !self.retired
    }
}

/// A person's way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The login name, folded; one person's in the whole hub.
    pub login: String,
    /// Of which studio.
    pub studio: StudioId,
    /// Who.
    pub person: PersonId,
    /// The password's hash, a PHC string.
    pub hash: String,
    /// When it was set.
    pub set_at: Timestamp,
}

/// One life of a device: how far the hub has its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Of which device.
    pub device: DeviceId,
    /// Which life.
    pub epoch: u32,
    /// Its letters.
    pub series: String,
    /// The last command's place.
    pub last_seq: u64,
    /// The last command's link.
    pub last_hash: Hash,
}

/// A command the hub has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Which.
    pub id: CommandId,
    /// From which device.
    pub device: DeviceId,
    /// Of which of its lives, by its own word.
    pub epoch: u32,
    /// Its place there.
    pub seq: u64,
    /// The life it counts to.
    pub lane: u32,
    /// Its link.
    pub hash: Hash,
    /// Byte for byte.
    pub entry: Entry,
    /// When it came.
    pub received_at: Timestamp,
    /// When it counts; fixed once.
    pub effective_at: Timestamp,
    /// Its place in the hub's history: of the hold, later of the outcome.
    pub hub_seq: u64,
    /// What the device is answered, byte for byte.
    pub answer: String,
    /// Why there is no outcome yet: the name of the hold.
    pub hold: Option<String>,
    /// True when its outcome came later than its first answer.
    pub was_held: bool,
}

/// A link of the hub's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its place.
    pub seq: u64,
    /// Which command.
    pub command: CommandId,
    /// Over envelope and answer.
    pub digest: Hash,
    /// Over the link before and the digest.
    pub hash: Hash,
    /// When.
    pub at: Timestamp,
}

/// A record after a transaction, with what the plumbing must know of it.
#[derive(Debug, Clone)]
pub struct Written {
    /// What it is.
    pub kind: KindName,
    /// Which one.
    pub id: Id,
    /// The hub's sequence number of the change.
    pub version: u64,
    /// The record; nothing when it was deleted.
    pub record: Option<Record>,
    /// Its look-ups.
    pub described: Described,
}

/// Everything that follows from a batch of commands.
#[derive(Debug, Clone, Default)]
pub struct Writes {
    /// Commands that are new, or have a new answer.
    pub commands: Vec<Stored>,
    /// The links they add.
    pub links: Vec<Link>,
    /// Each changed record once, as it is at the end.
    pub records: Vec<Written>,
    /// People, and commands whose personal blocks are about them.
    pub subjects: Vec<(Id, CommandId)>,
}

/// A change in a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeRow {
    /// What.
    pub kind: KindName,
    /// Which.
    pub id: Id,
    /// The change's place.
    pub seq: u64,
    /// True when it is not in this scope any more.
    pub gone: bool,
}

/// What a token is for.
pub const SESSION: &str = "session";
/// A challenge that was used.
pub const CHALLENGE: &str = "challenge";

/// A secret the hub handed out, by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of the secret.
    pub hash: Hash,
    /// What for.
    pub purpose: String,
    /// To whom.
    pub device: DeviceId,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A way in for one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// SHA-256 of the typed code.
    pub code_hash: Hash,
    /// SHA-256 of the link's secret.
    pub secret_hash: Hash,
    /// Into which studio.
    pub studio: StudioId,
    /// As what.
    pub role: Role,
    /// For whom.
    pub person: PersonId,
    /// Until when.
    pub expires_at: Timestamp,
    /// Wrong codes it survives.
    pub tries_left: i64,
    /// The device that came in by it.
    pub used_by: Option<DeviceId>,
}

/// A record the clockwork must look at.
#[derive(Debug, Clone)]
pub struct Due {
    /// The record.
    pub record: Record,
    /// Since when.
    pub due_at: Timestamp,
}
