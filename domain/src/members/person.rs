//! The member itself: the small record every list shows. Contact, health and documents are records of their own.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::han;
use crate::kernel::access::Reader;
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::ids::{Hash, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::{RecordBody, SearchRow};
use crate::kernel::time::{Timestamp, age_on};
use crate::studio::Section;
use crate::typed_id;

/// The key of everybody born on a day.
pub const BIRTH_KEY: &str = "member.birth";

typed_id! {
    /// Somebody who trains or has trained here.
    MemberId,
}

/// As the application says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// A woman or a girl.
    Female,
    /// A man or a boy.
    Male,
    /// Neither, or not to be said.
    Other,
}

/// Off the lists, nothing lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// The last terms somebody signed, as the lists and the till need it; the consent itself is history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTerms {
    /// Of this version.
    pub version: u32,
    /// When.
    pub at: Timestamp,
}

/// Somebody who trains or has trained here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Which one.
    pub id: MemberId,
    /// As they write it.
    pub name: String,
    /// What the name is found by; see [`han::name_keys`]. Computed where it was saved, the same everywhere.
    pub name_keys: String,
    /// As the application says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// The birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_on: Option<NaiveDate>,
    /// The photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Hash>,
    /// The branches they belong to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// Who brought them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<MemberId>,
    /// The studio's own words for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What they want to reach.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub goals: String,
    /// What they like.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub preferences: String,
    /// Since when.
    pub joined_on: NaiveDate,
    /// The newest terms they signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedTerms>,
    /// Off the lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<Archived>,
    /// The import that wrote them down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<Id>,
    /// When they were written down.
    pub enrolled_at: Timestamp,
    /// Counts what was changed since.
    #[serde(default)]
    pub revision: u32,
    /// True once everything about them was erased: what is left is a number that sums stand under.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

impl Member {
    /// What stays of somebody who was erased: an id, since when, and what they agreed to.
    #[must_use]
    pub fn pseudonym(self, erased: &Erased) -> Self {
        Self {
            name: String::new(),
            name_keys: String::new(),
            sex: None,
            birth_on: None,
            photo: None,
            referrer: None,
            tags: Vec::new(),
            goals: String::new(),
            preferences: String::new(),
            archived: self.archived.or(Some(Archived { at: erased.at, by: erased.by })),
            erased: true,
            ..self
        }
    }

    /// What the search box finds somebody by.
    pub(super) fn search_row(id: MemberId, name_keys: &str, archived: bool) -> SearchRow {
        // Archived people stay findable, after the others: a returning member must not be written down twice.
        let order = if archived { "\u{10FFFF}" } else { "" };
        let sort = format!("{order}{}", han::sort_of(name_keys));
        SearchRow { subject: id.raw(), sort, words: name_keys.to_owned() }
    }

    /// The number under which sums stand once somebody was erased: the last six characters of the id.
    #[must_use]
    pub fn number_of(id: MemberId) -> String {
        let digits = id.raw().simple().to_string().to_uppercase();
        digits.chars().skip(digits.len().saturating_sub(6)).collect()
    }

    /// The age on a day, when the birth date is known.
    #[must_use]
    pub fn age_on(&self, on: NaiveDate) -> Option<i32> {
        self.birth_on.map(|born| age_on(born, on))
    }

    /// True on the day the member may celebrate: 29 February falls on 28 February of common years.
    #[must_use]
    pub fn has_birthday_on(&self, on: NaiveDate) -> bool {
        use chrono::Datelike as _;
        let Some(born) = self.birth_on else { return false };
        let leap_child = (born.month(), born.day()) == (2, 29) && !on.leap_year();
        (born.month(), if leap_child { 28 } else { born.day() }) == (on.month(), on.day())
    }
}

impl RecordBody for Member {
    const KIND: &'static str = "member";
    const KEYS_VERSION: u16 = 4;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        (!self.erased).then(|| self.id.raw()).into_iter().collect()
    }
    fn without(self, erased: &Erased) -> Fate<Self> {
        Fate::Becomes(self.pseudonym(erased))
    }
    fn about(&self) -> Vec<Id> {
        vec![self.id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        if let Some(born) = self.birth_on {
            keys.shared(BIRTH_KEY, KeyValue::of(born));
        }
    }
    fn search(&self) -> Option<SearchRow> {
        (!self.erased).then(|| Self::search_row(self.id, &self.name_keys, self.archived.is_some()))
    }
    fn happened_at(&self) -> Timestamp {
        self.enrolled_at
    }
    fn blobs(&self) -> Vec<Hash> {
        self.photo.iter().cloned().collect()
    }
}
