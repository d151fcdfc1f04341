//! Records: one stored thing each. The plumbing sees kind, id, version and bytes; only a slice knows the body.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::access::{Reader, Scope};
use super::command::Input;
use super::erasure::{Erased, Fate, SUBJECT_KEY, Tells, subject_value};
use super::feed::Feed;
use super::ids::{Hash, Id};
use super::json::lifted;
use super::keys::Keys;
use super::time::Timestamp;

/// The name of a kind of record: `member`, `pass`. Known ones cost no allocation.
pub type KindName = Cow<'static, str>;

/// A record's body: compact JSON, kept byte for byte as received.
pub type Body = Arc<str>;

/// One stored thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What it is.
    pub kind: KindName,
    /// The version of the body's shape.
    pub kind_version: u16,
    /// Which one.
    pub id: Id,
    /// The hub's sequence number of its last change; 0 for what no hub has confirmed.
    pub version: u64,
    /// The compact JSON.
    pub body: Body,
}

impl Record {
    /// The typed body, lifted to today's shape. Fails for bytes this build cannot read.
    pub fn read<T: RecordBody>(&self) -> Result<T, Unreadable> {
        let read = match self.kind_version == T::VERSION {
            true => serde_json::from_str(&self.body),
            false => {
                lifted(self.kind_version, &self.body, T::upcast).and_then(|text| serde_json::from_str(&text))
            }
        };
        read.map_err(|_| Unreadable { kind: self.kind.clone(), id: self.id })
    }
}

/// A body this build cannot read. The bytes are kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {kind} {id} cannot be read")]
pub struct Unreadable {
    /// Of which kind.
    pub kind: KindName,
    /// Which record.
    pub id: Id,
}

/// One record after a decision: a new body, or gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is.
    pub kind: KindName,
    /// The version of the body's shape.
    pub kind_version: u16,
    /// Which one.
    pub id: Id,
    /// The new body; nothing when the record is deleted.
    pub body: Option<Body>,
}

/// Where a kind lives on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temperature {
    /// Needed today: loaded whole at start, searchable at once.
    Hot,
    /// History: packed by month, read when asked for.
    Cold,
}

/// What the search box finds a record by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchRow {
    /// The record a hit opens: a phone number's hit opens the member.
    pub subject: Id,
    /// Orders the hits; empty for rows that only add words to a subject named elsewhere.
    pub sort: String,
    /// Folded words, separated by spaces: the search looks for a substring.
    pub words: String,
}

/// A kind of record, as its slice declares it.
pub trait RecordBody: Serialize + DeserializeOwned + Clone + 'static {
    /// The kind's name; never changes once released.
    const KIND: &'static str;
    /// The version of the body's shape, counted from 1.
    const VERSION: u16 = 1;
    /// The version of what [`keys`](Self::keys) and [`search`](Self::search) compute; a change re-indexes.
    const KEYS_VERSION: u16 = 1;
    /// Where it lives on a device.
    const TEMPERATURE: Temperature = Temperature::Hot;
    /// Whom it is for: the kind's row in the table of roles.
    const READERS: &'static [Reader] = &[Reader::Desk];
    /// Whether it tells something about people. Every kind of the registry answers.
    const TELLS: Tells = Tells::Unsaid;

    /// Which record this is.
    fn id(&self) -> Id;
    /// Who may read it: at least one scope, and none of anybody but [`Self::READERS`].
    fn scopes(&self) -> Vec<Scope> {
        let shared = Self::READERS.iter().filter_map(|reader| reader.scope());
        shared.chain(self.about().into_iter().map(Scope::person)).collect()
    }
    /// Whom it is about: people and members who read it as their own, where [`Reader::Own`] is among the readers.
    fn about(&self) -> Vec<Id> {
        Vec::new()
    }
    /// The people with whose erasure this record changes; nobody once there is nothing left to forget.
    fn subjects(&self) -> Vec<Id> {
        Vec::new()
    }
    /// What is left of it once one of them is erased. Doing so twice is the same as once.
    fn without(self, _erased: &Erased) -> Fate<Self> {
        Fate::Goes
    }
    /// The rows it is looked up by.
    fn keys(&self, _keys: &mut Keys) {}
    /// What the search box finds it by.
    fn search(&self) -> Option<SearchRow> {
        None
    }
    /// When it happened; cold kinds are packed by the month of this instant.
    fn happened_at(&self) -> Timestamp {
        Timestamp(0)
    }
    /// When the authority's clockwork must look at it.
    fn due_at(&self) -> Option<Timestamp> {
        None
    }
    /// What the clockwork then gives as the system, once per record and instant.
    fn when_due(&self) -> Option<Input> {
        None
    }
    /// The blobs it names, readable by whoever may read the record.
    fn blobs(&self) -> Vec<Hash> {
        Vec::new()
    }
    /// Lifts an older body to today's shape.
    fn upcast(_from_version: u16, body: serde_json::Value) -> serde_json::Value {
        body
    }
}

/// Everything the plumbing needs of a kind, without its type.
#[derive(Debug, Clone, Copy)]
pub struct KindDef {
    /// The kind's name.
    pub name: &'static str,
    /// The version of the body's shape.
    pub version: u16,
    /// The version of its keys and search row.
    pub keys_version: u16,
    /// Where it lives on a device.
    pub temperature: Temperature,
    /// Whom it is for.
    pub readers: &'static [Reader],
    /// Whether it tells something about people.
    pub tells: Tells,
    /// What is left of a record once somebody was erased.
    pub without: fn(&Record, &Erased) -> Result<Fate<Body>, Unreadable>,
    /// All the plumbing wants to know of one record.
    pub describe: fn(&Record) -> Result<Described, Unreadable>,
    /// What a hub shows of it to whoever holds its secret.
    pub feed: Option<Feed>,
}

/// What a record says about itself to the plumbing.
#[derive(Debug, Clone, Default)]
pub struct Described {
    /// Who may read it.
    pub scopes: Vec<Scope>,
    /// What it is looked up by.
    pub keys: Keys,
    /// What the search box finds it by.
    pub search: Option<SearchRow>,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When the clockwork must look at it.
    pub due_at: Option<Timestamp>,
    /// What the clockwork then gives as the system.
    pub when_due: Option<Input>,
    /// The blobs it names.
    pub blobs: Vec<Hash>,
    /// The people with whose erasure it changes.
    pub subjects: Vec<Id>,
}

impl Clone for Keys {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl KindDef {
    /// The definition of a slice's kind.
    #[must_use]
    pub const fn of<T: RecordBody>() -> Self {
        Self {
            name: T::KIND,
            version: T::VERSION,
            keys_version: T::KEYS_VERSION,
            temperature: T::TEMPERATURE,
            readers: T::READERS,
            tells: T::TELLS,
            without: without::<T>,
            describe: describe::<T>,
            feed: None,
        }
    }

    /// The same, shown by a hub to whoever holds the secret of such a record.
    #[must_use]
    pub const fn shown(self, feed: Feed) -> Self {
        Self { feed: Some(feed), ..self }
    }
}

fn describe<T: RecordBody>(record: &Record) -> Result<Described, Unreadable> {
    let body: T = record.read()?;
    let mut keys = Keys::default();
    body.keys(&mut keys);
    let mut subjects = body.subjects();
    subjects.sort();
    subjects.dedup();
    for subject in &subjects {
        keys.shared(SUBJECT_KEY, subject_value(*subject));
    }
    Ok(Described {
        scopes: body.scopes(),
        keys,
        search: body.search(),
        happened_at: body.happened_at(),
        due_at: body.due_at(),
        when_due: body.when_due(),
        blobs: body.blobs(),
        subjects,
    })
}

fn without<T: RecordBody>(record: &Record, erased: &Erased) -> Result<Fate<Body>, Unreadable> {
    let body: T = record.read()?;
    if !body.subjects().contains(&erased.subject) {
        return Ok(Fate::Stays);
    }
    Ok(match body.without(erased) {
        Fate::Stays => Fate::Stays,
        Fate::Goes => Fate::Goes,
        // What cannot be written any more is gone rather than left as it was.
        Fate::Becomes(rest) => {
            serde_json::to_string(&rest).map_or(Fate::Goes, |json| Fate::Becomes(json.into()))
        }
    })
}
