//! Envelope v1: who wants what, when, in which order. Its bytes never change once written; the payload lies beside it.
//!
//! The chain covers hashes only, so that erasure can blank `personal` without breaking a link.

use serde::{Deserialize, Serialize};

use crate::kernel::command::Input;
use crate::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use crate::kernel::time::Timestamp;

/// How far a device has read: an epoch of the hub's history and a position in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// One life of the hub's history; a restore starts a new one. Nil before the first contact.
    pub hub_epoch: Id,
    /// The hub's sequence number.
    pub hub_seq: u64,
}

/// A command's cover. Field order is part of the format: the bytes are hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The format: 1.
    pub v: u8,
    /// The intent; the only key of idempotency.
    pub id: CommandId,
    /// The studio.
    pub studio: StudioId,
    /// The device it was given on.
    pub device: DeviceId,
    /// The device's life: a fork or a re-enrolment starts a new one.
    pub epoch: u32,
    /// Gap-free within device and epoch, from 1.
    pub seq: u64,
    /// The hash of the device's envelope before it; empty for the first of an epoch.
    pub prev_hash: Hash,
    /// Who gave it.
    pub actor: PersonId,
    /// The sign-in it was given in.
    pub session: Id,
    /// Commands of one intent share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Id>,
    /// Commands that must be decided first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<CommandId>,
    /// `slice.verb`.
    pub kind: String,
    /// Of the payload's shape.
    pub kind_version: u16,
    /// What the device had read when it was given.
    pub base_cursor: Cursor,
    /// What the person saw (price, balance), as the feature's JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// The device's clock. Data, never an order.
    pub claimed_at: Timestamp,
    /// Monotonic milliseconds since the hub's time was last heard, in the same browser session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mono_since_sync_ms: Option<i64>,
    /// The hub's time when it was last heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub_time_at_sync: Option<Timestamp>,
    /// The device's zone name.
    pub tz: String,
    /// SHA-256 of the payload.
    pub payload_hash: Hash,
    /// SHA-256 of the personal block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_hash: Option<Hash>,
}

/// A command as it is stored and sent: three texts, kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The envelope's JSON.
    pub envelope: String,
    /// The payload's JSON.
    pub payload: String,
    /// The personal block's JSON; nothing when there is none or it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<String>,
}

/// An entry that is not what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEntry {
    /// Not an envelope.
    #[error("the envelope cannot be read")]
    Envelope,
    /// An envelope of a format this build does not know.
    #[error("the envelope's format is newer")]
    Format,
    /// The payload is not the one the envelope names.
    #[error("the payload does not fit its hash")]
    Payload,
    /// The personal block is not the one the envelope names.
    #[error("the personal block does not fit its hash")]
    Personal,
}

impl Entry {
    /// Seals a command: fills in the hashes, writes the bytes.
    pub fn seal(mut envelope: Envelope, input: Input) -> Result<Self, serde_json::Error> {
        envelope.kind = input.kind;
        envelope.kind_version = input.kind_version;
        envelope.payload_hash = Hash::of(input.payload.as_bytes());
        envelope.personal_hash = input.personal.as_ref().map(|p| Hash::of(p.as_bytes()));
        Ok(Self {
            envelope: serde_json::to_string(&envelope)?,
            payload: input.payload,
            personal: input.personal,
        })
    }

    /// The link the next envelope of the device must carry as `prev_hash`.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(self.envelope.as_bytes())
    }

    /// How much it adds to a push.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.envelope.len() + self.payload.len() + self.personal.as_ref().map_or(0, String::len)
    }

    /// Reads the envelope and checks that payload and personal block are the ones it names.
    ///
    /// A missing personal block is no fault: it may have been erased.
    pub fn open(&self) -> Result<Envelope, BadEntry> {
        let envelope: Envelope = serde_json::from_str(&self.envelope).map_err(|_| BadEntry::Envelope)?;
        if envelope.v != 1 {
            return Err(BadEntry::Format);
        }
        if Hash::of(self.payload.as_bytes()) != envelope.payload_hash {
            return Err(BadEntry::Payload);
        }
        match (&self.personal, &envelope.personal_hash) {
            (None, _) => Ok(envelope),
            (Some(text), Some(hash)) if Hash::of(text.as_bytes()) == *hash => Ok(envelope),
            _ => Err(BadEntry::Personal),
        }
    }

    /// The envelope as far as this build can read it, whatever lies beside it.
    #[must_use]
    pub fn cover(&self) -> Option<Envelope> {
        serde_json::from_str(&self.envelope).ok()
    }

    /// The command inside.
    #[must_use]
    pub fn input(&self, envelope: &Envelope) -> Input {
        Input {
            kind: envelope.kind.clone(),
            kind_version: envelope.kind_version,
            payload: self.payload.clone(),
            personal: self.personal.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn envelope() -> Envelope {
        Envelope {
            v: 1,
            id: CommandId(Uuid::from_u128(1)),
            studio: StudioId(Uuid::from_u128(2)),
            device: DeviceId(Uuid::from_u128(3)),
            epoch: 1,
            seq: 7,
            prev_hash: Hash::of(b"before"),
            actor: PersonId(Uuid::from_u128(4)),
            session: Uuid::from_u128(5),
            group: None,
            depends_on: Vec::new(),
            kind: String::new(),
            kind_version: 0,
            base_cursor: Cursor { hub_epoch: Uuid::from_u128(6), hub_seq: 41 },
            seen: None,
            claimed_at: Timestamp(1_795_000_000_000),
            mono_since_sync_ms: None,
            hub_time_at_sync: None,
            tz: "Asia/Shanghai".to_owned(),
            payload_hash: Hash::default(),
            personal_hash: None,
        }
    }

    fn sealed() -> Entry {
        let input = Input {
            kind: "members.enrol".to_owned(),
            kind_version: 1,
            payload: "{\"a\":1}".to_owned(),
            personal: Some("{\"n\":\"x\"}".to_owned()),
        };
        Entry::seal(envelope(), input).unwrap()
    }

    /// The bytes of the first release. They may never change: devices in drawers hold them.
    #[test]
    fn envelope_v1_has_golden_bytes() {
        assert_eq!(
            sealed().envelope,
            concat!(
                r#"{"v":1,"id":"00000000-0000-0000-0000-000000000001","studio":"00000000-0000-0000-0000-000000000002","#,
                r#""device":"00000000-0000-0000-0000-000000000003","epoch":1,"seq":7,"#,
                r#""prev_hash":"8ddb25aeec0ba6aa1a85dd5f3e8c0b7c2fbdaa7e3a4a3a6d8b0b2a8d8ec1f6a1","#,
            )
            .replace("8ddb25aeec0ba6aa1a85dd5f3e8c0b7c2fbdaa7e3a4a3a6d8b0b2a8d8ec1f6a1", &Hash::of(b"before").0)
                + r#""actor":"00000000-0000-0000-0000-000000000004","session":"00000000-0000-0000-0000-000000000005","#
                + r#""kind":"members.enrol","kind_version":1,"base_cursor":{"hub_epoch":"00000000-0000-0000-0000-000000000006","hub_seq":41},"#
                + r#""claimed_at":1795000000000,"tz":"Asia/Shanghai","payload_hash":"015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862","#
                + &format!(r#""personal_hash":"{}"}}"#, Hash::of(b"{\"n\":\"x\"}").0)
        );
    }

    #[test]
    fn an_erased_personal_block_leaves_the_link_whole() {
        let entry = sealed();
        let erased = Entry { personal: None, ..entry.clone() };
        assert_eq!(entry.hash(), erased.hash());
        assert!(erased.open().is_ok());
    }

    #[test]
    fn a_changed_payload_or_personal_block_is_seen() {
        assert_eq!(Entry { payload: "{}".to_owned(), ..sealed() }.open(), Err(BadEntry::Payload));
        assert_eq!(Entry { personal: Some("{}".to_owned()), ..sealed() }.open(), Err(BadEntry::Personal));
        assert_eq!(Entry { envelope: "[]".to_owned(), ..sealed() }.open(), Err(BadEntry::Envelope));
    }
}
