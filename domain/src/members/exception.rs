//! What this slice's rules cannot settle: each has a sentence in the app and two buttons.

use serde::{Deserialize, Serialize};

use super::SLICE;
use super::change::Part;
use super::duplicates::Reason;
use super::person::MemberId;
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::ids::Id;

/// Something a person must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MembersException {
    /// Somebody was written down who may be here already.
    PossibleDuplicate {
        /// Who was here before.
        known: MemberId,
        /// What speaks for it.
        reasons: Vec<Reason>,
    },
    /// Somebody under age was written down without anybody to sign for them.
    MinorWithoutGuardian {
        /// Their age on that day.
        years: i32,
    },
    /// Two people changed the same guarded field.
    Conflict {
        /// In this record.
        part: Part,
        /// The field's name.
        field: String,
        /// What it says now.
        theirs: serde_json::Value,
        /// What the later change wanted.
        mine: serde_json::Value,
        /// What a changed name would be found by; empty for other fields.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        mine_keys: String,
    },
    /// A change to a member that is not here.
    UnknownMember,
    /// Terms were signed that a newer version had replaced.
    SignedOldTerms {
        /// The version that was signed; 0 when it is not known here.
        signed: u32,
        /// The version in force.
        in_force: u32,
    },
    /// An import wrote down people who may be here already; the batch names them.
    ImportedLookalikes {
        /// How many.
        count: u32,
    },
}

impl MembersException {
    /// The codes of the two buttons: what changes something first, what leaves it second.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        match self {
            Self::PossibleDuplicate { .. } => ["same_person", "different"],
            Self::MinorWithoutGuardian { .. } => ["add_guardian", "leave"],
            Self::Conflict { .. } => ["take_mine", "keep_theirs"],
            Self::UnknownMember => ["look", "leave"],
            Self::SignedOldTerms { .. } => ["sign_again", "leave"],
            Self::ImportedLookalikes { .. } => ["look", "leave"],
        }
    }

    pub(crate) fn draft(&self, about: Vec<Id>) -> ExceptionDraft {
        ExceptionDraft::new(SLICE, self, about)
    }
}
