//! What device and hub say to each other, version 1. JSON over HTTPS; nothing in here may name a slice.
//!
//! | call | body → answer |
//! |---|---|
//! | `GET  /api/v1/status` | → [`Status`] |
//! | `POST /api/v1/claim` | [`Claim`] → [`Joined`] (first device; code printed by the hub) |
//! | `POST /api/v1/upload` | a backup (NDJSON, see [`super::backup`]) → [`Uploaded`]; once, by the claiming owner, before its first push |
//! | `POST /api/v1/pairing` | [`StartPairing`] → [`Pairing`] (owner) |
//! | `POST /api/v1/join` | [`Join`] → [`Joined`] |
//! | `POST /api/v1/sign-in` | [`SignIn`] → [`Joined`] and a cookie (login name, password, and the device's signature) |
//! | `POST /api/v1/password` | [`SetPassword`] → 204 (one's own; or an owner or manager for somebody) |
//! | `GET  /api/v1/logins` | → `Vec<`[`LoginRow`]`>` (owner, manager) |
//! | `POST /api/v1/challenge` | [`AskChallenge`] → [`Challenge`] |
//! | `POST /api/v1/session` | [`Prove`] → 204 and a cookie of 15 minutes |
//! | `POST /api/v1/push` | [`Push`] → [`PushAnswer`] (signed; no cookie needed) |
//! | `POST /api/v1/pull` | [`Pull`] → [`PullAnswer`] |
//! | `GET  /api/v1/news` | → server-sent events, each [`News`] |
//! | `PUT, GET /api/v1/blobs/{sha256}` | bytes |
//! | `GET  /api/v1/devices` | → `Vec<`[`DeviceRow`]`>` (owner) |
//! | `POST /api/v1/devices/{id}/retire` | → 204 (owner) |
//! | `POST /api/v1/devices/{id}/revoke` | → 204 (owner) |
//!
//! An error is a [`Problem`] with a fitting status code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::envelope::{Entry, Envelope};
use crate::kernel::access::{Role, Scope};
use crate::kernel::decide::{Hold, Outcome, Quarantined};
use crate::kernel::devices::Standing;
use crate::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use crate::kernel::record::{Body, KindName};
use crate::kernel::time::Timestamp;

/// Commands in one push at most.
pub const PUSH_COUNT_MAX: usize = 100;
/// Bytes of entries in one push at most.
pub const PUSH_BYTES_MAX: usize = 256 * 1024;
/// Records in one answer to a pull at most.
pub const PULL_COUNT_MAX: u32 = 2_000;
/// Erased people told in one answer to a pull at most. More than a hub ever gives one place in its history.
pub const ERASED_COUNT_MAX: u32 = 1_000;
/// Bytes of a blob at most: a photo is scaled to 60 KB before it is saved.
pub const BLOB_BYTES_MAX: usize = 512 * 1024;

/// What anybody may know of a hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Always `rollcall`: a captive portal says something else.
    pub product: String,
    /// The hub's version.
    pub version: String,
    /// True once a studio lives here.
    pub claimed: bool,
    /// The hub's clock.
    pub hub_time: Timestamp,
}

/// A device's key and its name for the list of devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKey {
    /// The id the device gave itself.
    pub device: DeviceId,
    /// ECDSA P-256, uncompressed point (65 bytes), base64url without padding.
    pub public_key: String,
    /// What people call it.
    pub name: String,
}

/// The first device makes the hub its studio's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The code the hub printed at its first start.
    pub code: String,
    /// The claiming device.
    pub device: DeviceKey,
    /// The studio that will live here.
    pub studio: StudioId,
    /// The owner at the device.
    pub person: PersonId,
    /// The last life the device had on its own; the hub's first one follows it.
    #[serde(default)]
    pub epoch: u32,
    /// The letters its human numbers began with so far: the hub gives none of them again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used_series: Vec<String>,
}

/// A device belongs to the studio now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The studio.
    pub studio: StudioId,
    /// The device.
    pub device: DeviceId,
    /// Its life, from 1.
    pub epoch: u32,
    /// The letters its human numbers begin with: unique per device and epoch.
    pub series: String,
    /// Who is at it.
    pub person: PersonId,
    /// What that person is here.
    pub role: Role,
    /// The hub's present life.
    pub hub_epoch: Id,
    /// The hub's clock.
    pub hub_time: Timestamp,
}

/// A backup was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// Records stored.
    pub records: u64,
    /// Commands stored as decided.
    pub entries: u64,
    /// The hub's sequence number after it.
    pub hub_seq: u64,
}

/// The owner lets another device in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartPairing {
    /// What the new device may do.
    pub role: Role,
    /// Who will be at it; a new person when empty.
    #[serde(default)]
    pub person: Option<PersonId>,
}

/// A way in, for one device, for ten minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// Ten characters to type.
    pub code: String,
    /// 128 bits for the link's fragment, base64url.
    pub secret: String,
    /// When both stop working.
    pub expires_at: Timestamp,
    /// Who will be at the device: the one asked for, or a new id the owner's app gives a name to.
    #[serde(default)]
    pub person: PersonId,
}

/// A device comes in by a typed code or by the secret of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The code or the secret.
    pub code: String,
    /// The new device.
    pub device: DeviceKey,
}

/// A device asks what to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskChallenge {
    /// Which device.
    pub device: DeviceId,
}

/// Something to sign, for one use within two minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// The text; see [`session_message`].
    pub nonce: String,
}

/// The proof that a device holds its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prove {
    /// Which device.
    pub device: DeviceId,
    /// The nonce it was given.
    pub nonce: String,
    /// ECDSA P-256 with SHA-256 over [`session_message`], 64 bytes r‖s, base64url without padding.
    pub signature: String,
    /// How many commands wait on the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u32>,
}

/// Characters of a login name at most.
pub const LOGIN_CHARS_MAX: usize = 80;
/// Characters of a password at least.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Characters of a password at most.
pub const PASSWORD_CHARS_MAX: usize = 128;

/// Somebody signs in with their own name and password: a new device comes in as theirs, a known one becomes theirs.
///
/// Has no `Debug`: a password must not be printed by accident.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// The login name, as typed.
    pub login: String,
    /// The password.
    pub password: String,
    /// The device, with its key.
    pub device: DeviceKey,
    /// The nonce it was given.
    pub nonce: String,
    /// Over [`session_message`]: the device holds the key it names.
    pub signature: String,
}

/// A person gets a login name and a password. Has no `Debug`, for the same reason.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPassword {
    /// Whose.
    pub person: PersonId,
    /// The login name: one person's in the whole hub.
    pub login: String,
    /// [`PASSWORD_CHARS_MIN`]..=[`PASSWORD_CHARS_MAX`] characters.
    pub password: String,
}

/// Who can sign in, and by which name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRow {
    /// Who.
    pub person: PersonId,
    /// By this name.
    pub login: String,
}

/// The bytes a device signs to open a session.
#[must_use]
pub fn session_message(device: DeviceId, nonce: &str) -> Vec<u8> {
    format!("rollcall session v1\n{device}\n{nonce}").into_bytes()
}

/// The bytes a device signs under a push.
#[must_use]
pub fn push_message(studio: StudioId, device: DeviceId, epoch: u32, last_hash: &Hash) -> Vec<u8> {
    format!("rollcall push v1\n{studio}\n{device}\n{epoch}\n{}", last_hash.0).into_bytes()
}

/// What waits, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The studio.
    pub studio: StudioId,
    /// The device.
    pub device: DeviceId,
    /// Its life.
    pub epoch: u32,
    /// The commands, in the device's order, each linked to the one before; see [`one_push`].
    pub entries: Vec<Entry>,
    /// ECDSA over [`push_message`] with the hash of the last entry, base64url without padding.
    pub signature: String,
    /// What a hub answered before it was put back to an older state, for those of the entries it answered then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Answered>,
    /// What the device knows of the hub's history. A hub whose history is another one answers
    /// [`ProblemCode::Restored`] and takes nothing yet; without it, it takes everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
}

/// What a device knows of the hub's history: so much that a hub that was put back to an older copy notices by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Known {
    /// The hub's life the device follows; nil before the first contact.
    pub hub_epoch: Id,
    /// The last link of the history that it has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Mark>,
    /// The newest answer to one of its own commands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

/// A link of the hub's history under the hub's seal: the proof that it was once there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The hub's life.
    pub hub_epoch: Id,
    /// Its place.
    pub seq: u64,
    /// The link.
    pub hash: Hash,
    /// The hub's seal over the rest; only the hub checks it.
    pub mac: String,
}

/// An answer with what its seal covers besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The hash of the command's envelope.
    pub envelope: Hash,
    /// The answer.
    pub answered: Answered,
}

/// Commands that a device which is not in use any more may drop off at once.
pub const DROP_COUNT_MAX: usize = 25;
/// Bytes of entries that it may drop off at once; a single larger one may.
pub const DROP_BYTES_MAX: usize = 64 * 1024;

/// How many of these commands, oldest first, go into one push: of one life, each linked to the one before it
/// (the signature covers the last link, and through it all of them), within count and bytes. At least one of any.
#[must_use]
pub fn one_push<'a>(entries: impl IntoIterator<Item = (&'a Entry, &'a Envelope)>) -> usize {
    together(entries, PUSH_COUNT_MAX, PUSH_BYTES_MAX)
}

/// The same for a device that is not in use any more.
#[must_use]
pub fn one_drop<'a>(entries: impl IntoIterator<Item = (&'a Entry, &'a Envelope)>) -> usize {
    together(entries, DROP_COUNT_MAX, DROP_BYTES_MAX)
}

fn together<'a>(
    entries: impl IntoIterator<Item = (&'a Entry, &'a Envelope)>,
    count_max: usize,
    bytes_max: usize,
) -> usize {
    let mut bytes = 0;
    let mut before: Option<(&Entry, &Envelope)> = None;
    let mut count = 0;
    for (entry, envelope) in entries {
        bytes += entry.bytes();
        let linked = before.is_none_or(|(e, v)| v.epoch == envelope.epoch && e.hash() == envelope.prev_hash);
        if !linked || count == count_max || (bytes > bytes_max && count > 0) {
            break;
        }
        before = Some((entry, envelope));
        count += 1;
    }
    count
}

/// The hub's word that it has a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The hub's life in which it was given.
    pub hub_epoch: Id,
    /// The command's place in that history.
    pub hub_seq: u64,
    /// When it counts as having happened, by the hub.
    pub effective_at: Timestamp,
    /// The hub's seal over id, envelope hash, place and outcome: only the hub checks it, when a device gives back what the hub forgot.
    pub mac: String,
}

/// The answer to one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Which.
    pub id: CommandId,
    /// Outcome or hold.
    pub answer: OutcomeOrHold,
    /// The hub's word.
    pub receipt: Receipt,
}

impl Answered {
    /// The answer as a device's book takes it: which command, its outcome if it has one, its place.
    #[must_use]
    pub fn heard(&self) -> (CommandId, Option<Outcome>, u64) {
        let outcome = match &self.answer {
            OutcomeOrHold::Outcome(outcome) => Some(outcome.clone()),
            OutcomeOrHold::Hold(_) => None,
        };
        (self.id, outcome, self.receipt.hub_seq)
    }
}

/// Final, or not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeOrHold {
    /// Final.
    Outcome(Outcome),
    /// The hub has it; the outcome comes later.
    Hold(Hold),
}

/// The hub's answer to a push: exactly the ids that are durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAnswer {
    /// The hub's present life.
    pub hub_epoch: Id,
    /// The hub's clock.
    pub hub_time: Timestamp,
    /// One for each command that is durable now.
    pub answers: Vec<Answered>,
    /// Set when the device's chain did not fit: its new life and series from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<Fork>,
    /// Set when the rest should come later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
    /// Set when the device is not in use any more: as soon as nothing waits on it, it forgets all it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wipe: Option<Standing>,
}

/// A device's history went back in time or was copied: nothing is dropped, it starts a new life.
///
/// Said again with every push of the old life; one that is not newer than the device's own is no news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// The new life.
    pub epoch: u32,
    /// The new letters for human numbers.
    pub series: String,
}

/// How far the device has read, per scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// The hub's life the cursors belong to; nil before the first contact.
    pub hub_epoch: Id,
    /// One number per scope it holds.
    pub cursors: BTreeMap<Scope, u64>,
    /// Rows at most.
    pub limit: u32,
    /// How many commands wait on the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u32>,
    /// The last link of the history that it has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Mark>,
    /// The newest answer to one of its own commands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// Up to which change it has heard of everybody who was erased.
    #[serde(default)]
    pub erased: u64,
}

/// One record for the device: its new body, or gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What it is.
    pub kind: KindName,
    /// Of the body's shape.
    pub kind_version: u16,
    /// Which one.
    pub id: Id,
    /// The hub's sequence number of this change.
    pub version: u64,
    /// The body; nothing when it is deleted or left the device's scopes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// What the device must do, in this order: erase, drop scopes, then take rows; cursors last, with the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullAnswer {
    /// The hub's present life. Another one than asked: the device starts over from nothing.
    pub hub_epoch: Id,
    /// The hub's clock.
    pub hub_time: Timestamp,
    /// Who was erased since the device last heard of it: forgotten first of all, in journal, store and memory. As long
    /// as there are more of them to tell, there are no other rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<Row>,
    /// Up to which change that tells of everybody.
    #[serde(default)]
    pub erased_to: u64,
    /// Scopes the device may no longer hold: their records go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Scope>,
    /// Records, oldest change first.
    pub rows: Vec<Row>,
    /// The cursors after these rows.
    pub cursors: BTreeMap<Scope, u64>,
    /// True when there is more to fetch at once.
    pub more: bool,
    /// The newest link of the history that these cursors cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// Outcomes of this device's commands that were on hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answered>,
}

impl PullAnswer {
    /// Up to which change of the hub's the device's picture is whole after this answer.
    #[must_use]
    pub fn covered(&self) -> u64 {
        self.cursors.values().copied().min().unwrap_or(0)
    }
}

/// There is something new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The hub's newest sequence number.
    pub head: u64,
}

/// A line of the list of devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Which.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// Who is at it.
    #[serde(default)]
    pub person: PersonId,
    /// Its role.
    pub role: Role,
    /// Its series.
    pub series: String,
    /// When the hub last heard of it.
    pub seen_at: Timestamp,
    /// True once it is not in use any more.
    #[serde(default)]
    pub revoked: bool,
    /// How it stands.
    #[serde(default)]
    pub standing: Standing,
    /// How many commands waited on it when it last said so.
    #[serde(default)]
    pub waiting: Option<u32>,
}

/// Figures of a hub, for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its version.
    pub version: String,
    /// The newest sequence number.
    pub head: u64,
    /// Records here.
    pub records: u64,
    /// Commands here.
    pub commands: u64,
    /// Photos here.
    pub blobs: u64,
    /// Commands without an outcome.
    pub held: u64,
    /// Who is still waited for after a restore; nothing in ordinary times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovering: Option<Recovering>,
}

/// A studio that was put back to an older state waits until its devices have sent again what they knew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovering {
    /// Since when.
    pub since: Timestamp,
    /// The devices that have not come yet.
    pub missing: Vec<DeviceId>,
    /// True once the owner said to go on: what they had asked for still waits for them, nothing else does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone_on: bool,
}

/// The owner waits no longer: `POST /api/v1/hub/continue`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoOn {
    /// As [`Recovering`] said.
    pub since: Timestamp,
    /// The missing devices will never come: what they had asked for is decided too, even if one of them was told
    /// something else before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_good: bool,
}

/// Why the hub did not do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?}: {detail}")]
pub struct Problem {
    /// For the app.
    pub code: ProblemCode,
    /// For a person reading a log; never personal.
    pub detail: String,
    /// With [`ProblemCode::Restored`]: the hub's present life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub_epoch: Option<Id>,
}

impl Problem {
    /// The hub's history is another one than the device knows.
    #[must_use]
    pub fn restored(hub_epoch: Id) -> Self {
        let detail = "the history began a new life: send again what it may have forgotten".to_owned();
        Self { code: ProblemCode::Restored, detail, hub_epoch: Some(hub_epoch) }
    }
}

/// The kinds of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// No session, or it ended.
    SignIn,
    /// The role may not.
    NotAllowed,
    /// Wrong or expired code.
    WrongCode,
    /// A studio lives here already.
    AlreadyClaimed,
    /// No studio lives here yet.
    NotClaimed,
    /// The device is not in use any more: it may only drop off what it has.
    Revoked,
    /// Name or password do not fit.
    WrongPassword,
    /// Somebody else has this login name.
    LoginTaken,
    /// The signature does not fit.
    BadSignature,
    /// The hub's history is another one than the device knows: first send again what it may have forgotten.
    Restored,
    /// Not what the call takes.
    BadRequest,
    /// More than the call takes.
    TooLarge,
    /// Too often; see `Retry-After`.
    TooOften,
    /// No such thing.
    NotFound,
    /// The hub's own fault; try again.
    Failed,
    /// A newer hub's word.
    #[serde(other)]
    Other,
}

/// The slice name under which the hub's own findings lie on the exceptions desk.
pub const SYNC_SLICE: &str = "sync";

/// A manager's choice: the command is decided now, as its author's.
pub const IMPORT: &str = "import";
/// A manager's choice: the command is refused for ever.
pub const DISCARD: &str = "discard";

/// Why a manager's word, and no rule, refused a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SyncRefusal {
    /// A manager discarded it.
    Discarded {
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// A manager wanted it, but no rule could take it.
    NotImported {
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
}

/// What the hub finds odd about a device or a command. Nothing was dropped; somebody should look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SyncException {
    /// Commands of a device are missing: perhaps still on it, perhaps lost with its storage.
    Gap {
        /// Which device.
        device: DeviceId,
        /// The first that is missing.
        from_seq: u64,
        /// The last that is missing.
        to_seq: u64,
    },
    /// A device's storage went back in time or was copied; both histories are here.
    Fork {
        /// Which device.
        device: DeviceId,
        /// Where the histories part.
        seq: u64,
    },
    /// A command that no form of ours would send, or from a device that was shut out.
    Quarantined {
        /// `slice.verb`.
        kind: String,
        /// Why.
        why: Quarantined,
    },
    /// Promised before the hub was put back to an older state, and not possible any more. The promise stands.
    Promised {
        /// `slice.verb`.
        kind: String,
    },
}

impl SyncException {
    /// The codes of its two buttons.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        match self {
            Self::Gap { .. } => ["look_at_device", "accept_loss"],
            Self::Fork { .. } => ["keep_both", "look_at_device"],
            Self::Quarantined { why: Quarantined::BadSeal | Quarantined::Malformed, .. } => {
                ["look_at_device", DISCARD]
            }
            Self::Quarantined { .. } => [IMPORT, DISCARD],
            Self::Promised { .. } => ["keep_promise", "look_at_device"],
        }
    }
}
