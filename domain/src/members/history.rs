//! The lines of a member's file: what was done to it, by whom and where. Append-only; other slices keep their own lines.

use serde::{Deserialize, Serialize};

use super::change::Part;
use super::document::ShowReason;
use super::person::MemberId;
use crate::kernel::access::Reader;
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::ids::{DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::{RecordBody, Temperature};
use crate::kernel::time::Timestamp;

/// The key of all lines of one member.
pub const MEMBER_KEY: &str = "file_entry.member";
/// Where the ids of file lines begin among those a command creates.
const ENTRY_INDEX: u32 = 1 << 16;

/// One field as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// In this record.
    pub part: Part,
    /// The field's name.
    pub field: String,
    /// What it said.
    pub was: serde_json::Value,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum FileEvent {
    /// Written down.
    Enrolled,
    /// Fields changed; what they said before.
    Changed {
        /// The changed fields.
        before: Vec<Before>,
    },
    /// Joined with another entry of the same person.
    Merged {
        /// Which one.
        other: MemberId,
    },
    /// Parted from it again.
    Unmerged {
        /// Which one.
        other: MemberId,
    },
    /// Taken off the lists.
    Archived,
    /// Back on the lists.
    Restored,
    /// A document was written down.
    DocumentRecorded {
        /// Which record.
        document: Id,
    },
    /// A document's number was shown in full.
    DocumentShown {
        /// Which record.
        document: Id,
        /// Why.
        reason: ShowReason,
        /// In the words of who asked.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
}

/// One line of a member's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Which line.
    pub id: Id,
    /// In whose file.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// What.
    pub what: FileEvent,
}

impl RecordBody for FileEntry {
    const KIND: &'static str = "file_entry";
    const KEYS_VERSION: u16 = 2;
    const TEMPERATURE: Temperature = Temperature::Cold;
    const READERS: &'static [Reader] = &[Reader::Desk];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        let tells = match &self.what {
            FileEvent::Changed { before } => !before.is_empty(),
            FileEvent::DocumentShown { note, .. } => !note.is_empty(),
            _ => false,
        };
        tells.then(|| self.member.raw()).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        // Who did something when stays; what the fields said before goes.
        let what = match self.what {
            FileEvent::Changed { .. } => FileEvent::Changed { before: Vec::new() },
            FileEvent::DocumentShown { document, reason, .. } => {
                FileEvent::DocumentShown { document, reason, note: String::new() }
            }
            other => other,
        };
        Fate::Becomes(Self { what, ..self })
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(MEMBER_KEY, KeyValue::of(self.member.raw()));
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// Adds the `index`-th line of this command to a member's file.
pub(crate) fn note(decision: &mut Decision, ctx: &Ctx, index: u32, member: MemberId, what: FileEvent) {
    decision.put(&FileEntry {
        id: ctx.id(ENTRY_INDEX + index),
        member,
        at: ctx.effective_at,
        by: ctx.actor,
        device: ctx.device,
        what,
    });
}
