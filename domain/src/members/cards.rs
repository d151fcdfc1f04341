//! What is cut from a member for those who may not read the whole: a name and a photo for the roster and the books, and
//! for the roster how somebody is found, which terms they signed, and whether there is anything to ask about before
//! training. Never what it is, never a way to reach them.

use serde::{Deserialize, Serialize};

use super::health::Health;
use super::person::{Member, MemberId};
use crate::kernel::access::Reader;
use crate::kernel::catalogue::View;
use crate::kernel::erasure::Tells;
use crate::kernel::ids::{Hash, Id};
use crate::kernel::record::{Body, Record, RecordBody, SearchRow};

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

/// What a roster needs of a member beyond name and photo. It has the member's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterCard {
    /// Whose.
    pub member: MemberId,
    /// What the name is found by, as the member says it.
    pub name_keys: String,
    /// True once they are off the lists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// The version of the newest terms they signed; nothing for whoever signed none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_version: Option<u32>,
}

impl RecordBody for RosterCard {
    const KIND: &'static str = "roster_card";
    const READERS: &'static [Reader] = &[Reader::Roster];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.member.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.member.raw()]
    }
    fn search(&self) -> Option<SearchRow> {
        Some(Member::search_row(self.member, &self.name_keys, self.archived))
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

/// Cuts a [`RosterCard`] from every member.
pub const ROSTER_CARD: View =
    View { of: Member::KIND, kind: RosterCard::KIND, kind_version: RosterCard::VERSION, body: roster_card };

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

fn roster_card(record: &Record) -> Option<Body> {
    let member: Member = record.read().ok().filter(|m: &Member| !m.erased)?;
    body(&RosterCard {
        member: member.id,
        name_keys: member.name_keys,
        archived: member.archived.is_some(),
        signed_version: member.signed.map(|signed| signed.version),
    })
}

fn alert(record: &Record) -> Option<Body> {
    let health: Health = record.read().ok()?;
    health.says_something().then(|| body(&Alert { member: health.member })).flatten()
}

fn body(of: &impl Serialize) -> Option<Body> {
    serde_json::to_string(of).ok().map(Body::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Timestamp;
    use crate::members::person::SignedTerms;

    #[test]
    fn a_card_is_found_by_the_members_words_and_says_which_terms_were_signed() {
        let body = r#"{"id":"00000000-0000-0000-0000-00000000000a","name":"Ada Wong","name_keys":"ada wong",
            "joined_on":"2026-01-01","enrolled_at":0}"#;
        let member: Member = serde_json::from_str(body).unwrap();
        let card = |member: &Member| {
            let (kind, body) = (Member::KIND.into(), serde_json::to_string(member).unwrap().into());
            let record = Record { kind, kind_version: Member::VERSION, id: member.id(), version: 1, body };
            roster_card(&record).map(|body| serde_json::from_str::<RosterCard>(&body).unwrap())
        };
        let plain = card(&member).unwrap();
        assert_eq!((plain.search(), plain.signed_version), (member.search(), None));
        let signed = Some(SignedTerms { version: 3, at: Timestamp(0) });
        assert_eq!(card(&Member { signed, ..member.clone() }).unwrap().signed_version, Some(3));
        assert_eq!(card(&Member { erased: true, ..member }), None);
    }
}
