//! How to reach a member, and whom to call in an emergency.

use serde::{Deserialize, Serialize};

use super::person::MemberId;
use super::phone;
use crate::kernel::access::Reader;
use crate::kernel::erasure::Tells;
use crate::kernel::ids::{self, Id};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::{RecordBody, SearchRow};

/// The key of everybody with a telephone number.
pub const PHONE_KEY: &str = "contact.phone";

/// Whom to call when something happens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Emergency {
    /// Their name.
    pub name: String,
    /// Their number, in its one form.
    pub phone: String,
    /// Who they are to the member, in the member's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub relation: String,
}

/// How to reach a member. One per member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Whose.
    pub member: MemberId,
    /// The number, in its one form; see [`phone::normalise`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where they live.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Whom to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
}

impl Contact {
    /// Nothing known yet.
    #[must_use]
    pub const fn empty(member: MemberId) -> Self {
        Self { member, phone: None, email: None, address: String::new(), emergency: None }
    }

    /// The contact record of a member.
    #[must_use]
    pub fn id_of(member: MemberId) -> Id {
        ids::named(member.raw(), b"contact")
    }
}

impl RecordBody for Contact {
    const KIND: &'static str = "contact";
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
    fn keys(&self, keys: &mut Keys) {
        if let Some(phone) = &self.phone {
            keys.shared(PHONE_KEY, KeyValue::of(phone.as_str()));
        }
    }
    fn search(&self) -> Option<SearchRow> {
        let words = self.phone.as_deref().map(phone::digits)?;
        Some(SearchRow { subject: self.member.raw(), sort: String::new(), words })
    }
}
