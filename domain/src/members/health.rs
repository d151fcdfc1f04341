//! What a coach must know before somebody trains. Apart from the member, so that a later role can be kept from it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::person::MemberId;
use crate::kernel::access::Reader;
use crate::kernel::erasure::Tells;
use crate::kernel::ids::{self, Id};
use crate::kernel::record::RecordBody;

/// What the application says of health.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HealthEntry {
    /// True when the member declared to be fit for training, but for what the notes say.
    #[serde(default)]
    pub declared: bool,
    /// Injuries, illnesses, medicine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Allergies.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub allergies: String,
}

/// What is known of a member's health. One per member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Whose.
    pub member: MemberId,
    /// The day the member declared to be fit for training, but for what the notes say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_on: Option<NaiveDate>,
    /// Injuries, illnesses, medicine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Allergies.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub allergies: String,
}

impl Health {
    /// Nothing known yet.
    #[must_use]
    pub const fn empty(member: MemberId) -> Self {
        Self { member, declared_on: None, notes: String::new(), allergies: String::new() }
    }

    /// True where there is something to ask about before they train.
    #[must_use]
    pub fn says_something(&self) -> bool {
        !self.notes.trim().is_empty() || !self.allergies.trim().is_empty()
    }

    /// The health record of a member.
    #[must_use]
    pub fn id_of(member: MemberId) -> Id {
        ids::named(member.raw(), b"health")
    }
}

impl RecordBody for Health {
    const KIND: &'static str = "health";
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
