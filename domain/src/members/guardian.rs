//! Who signs for a member that is not of age.

use serde::{Deserialize, Serialize};

use super::person::MemberId;
use crate::kernel::access::Reader;
use crate::kernel::erasure::Tells;
use crate::kernel::ids::{self, Id};
use crate::kernel::record::RecordBody;

/// A guardian as the application names them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GuardianEntry {
    /// Their name.
    pub name: String,
    /// Their number, in its one form.
    pub phone: String,
    /// Who they are to the member.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub relation: String,
}

/// Who signs for a member. One per member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guardian {
    /// For whom.
    pub member: MemberId,
    /// Their name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Their number, in its one form.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Who they are to the member.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub relation: String,
}

impl Guardian {
    /// Nobody named yet.
    #[must_use]
    pub const fn empty(member: MemberId) -> Self {
        Self { member, name: String::new(), phone: String::new(), relation: String::new() }
    }

    /// The guardian record of a member.
    #[must_use]
    pub fn id_of(member: MemberId) -> Id {
        ids::named(member.raw(), b"guardian")
    }
}

impl RecordBody for Guardian {
    const KIND: &'static str = "guardian";
    const KEYS_VERSION: u16 = 3;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        Self::id_of(self.member)
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.member.raw()]
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member.raw()]
    }
}
