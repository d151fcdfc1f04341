//! What is cut from a member for those who may not read the whole: a name and a photo for the roster and the books, and
//! for the roster whether there is anything to ask about before training. Never what it is, never a way to reach them.

use serde::{Deserialize, Serialize};

use super::health::Health;
use super::person::{Member, MemberId};
use crate::kernel::access::Reader;
use crate::kernel::catalogue::View;
use crate::kernel::erasure::Tells;
use crate::kernel::ids::{Hash, Id};
use crate::kernel::record::{Body, Record, RecordBody};

/// A member as coaches and accountants see them. It has the member's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameCard {
    /// Whose.
    pub member: MemberId,
    /// As they write it.
    pub name: String,
    /// The photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Hash>,
    /// True once they are off the lists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

impl RecordBody for NameCard {
    const KIND: &'static str = "name_card";
    const KEYS_VERSION: u16 = 2;
    const READERS: &'static [Reader] = &[Reader::Roster, Reader::Books];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.member.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.member.raw()]
    }
    fn blobs(&self) -> Vec<Hash> {
        self.photo.iter().cloned().collect()
    }
}

/// There is something to ask about before this member trains. It has the health record's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Who.
    pub member: MemberId,
}

impl RecordBody for Alert {
    const KIND: &'static str = "health_alert";
    const KEYS_VERSION: u16 = 2;
    const READERS: &'static [Reader] = &[Reader::Roster];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        Health::id_of(self.member)
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.member.raw()]
    }
}

/// Cuts a [`NameCard`] from every member.
pub const NAME_CARD: View =
    View { of: Member::KIND, kind: NameCard::KIND, kind_version: NameCard::VERSION, body: name_card };

/// Cuts an [`Alert`] from every health record that says something.
pub const ALERT: View =
    View { of: Health::KIND, kind: Alert::KIND, kind_version: Alert::VERSION, body: alert };

fn name_card(record: &Record) -> Option<Body> {
    let member: Member = record.read().ok().filter(|m: &Member| !m.erased)?;
    body(&NameCard {
        member: member.id,
        name: member.name,
        photo: member.photo,
        archived: member.archived.is_some(),
    })
}

fn alert(record: &Record) -> Option<Body> {
    let health: Health = record.read().ok()?;
    let says_something = !health.notes.trim().is_empty() || !health.allergies.trim().is_empty();
    says_something.then(|| body(&Alert { member: health.member })).flatten()
}

fn body(of: &impl Serialize) -> Option<Body> {
    serde_json::to_string(of).ok().map(Body::from)
}
