//! Decisions, outcomes and the context a rule decides in. A rule invents nothing: everything it uses is in facts and context.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::access::Role;
use super::exceptions::ExceptionDraft;
use super::ids::{self, CommandId, DeviceId, Id, PersonId, StudioId};
use super::record::{Change, KindName, Record, RecordBody};
use super::time::{Timestamp, Zone};

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// A device that has no hub: what it decides is final.
    Solo,
    /// The hub: what it decides is final.
    Hub,
    /// A device guessing what the hub will say.
    Prediction,
}

/// What a rule may know besides facts.
#[derive(Debug, Clone, Copy)]
pub struct Ctx {
    /// The command being decided.
    pub command: CommandId,
    /// The studio.
    pub studio: StudioId,
    /// The device it was given on.
    pub device: DeviceId,
    /// Who gave it.
    pub actor: PersonId,
    /// What that person is here.
    pub role: Role,
    /// When it counts as having happened; fixed once by the authority.
    pub effective_at: Timestamp,
    /// The studio's zone.
    pub zone: Zone,
    /// The business day: the civil day of `effective_at` in the studio's zone.
    pub today: NaiveDate,
    /// Who decides.
    pub authority: Authority,
}

impl Ctx {
    /// The `index`-th id this command creates.
    #[must_use]
    pub fn id(&self, index: u32) -> Id {
        ids::derived(self.command, index)
    }
}

/// What a rule grants: the records it changes, in order, and what a person must look at or be told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// Records after the decision.
    pub changes: Vec<Change>,
    /// What could not be settled by a rule.
    pub exceptions: Vec<ExceptionDraft>,
    /// Set when the authority gave something else than was asked; the slice's words for it.
    pub changed: Option<RefusalBody>,
    /// Set when a body could not be encoded: a bug, turned into a hold by the runner.
    pub broken: bool,
}

impl Decision {
    /// Nothing changes.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// A new record, or the whole new body of a known one whose unknown fields need not be kept.
    pub fn put<T: RecordBody>(&mut self, body: &T) {
        match serde_json::to_string(body) {
            Ok(json) => self.changes.push(change::<T>(body.id(), Some(json))),
            Err(_) => self.broken = true,
        }
    }

    /// The new body of a known record; fields that this build does not know stay as they were.
    pub fn replace<T: RecordBody>(&mut self, old: Option<&Arc<Record>>, body: &T) {
        match old.and_then(|old| keep_unknown(old, body)) {
            Some(json) => self.changes.push(change::<T>(body.id(), Some(json))),
            None => self.put(body),
        }
    }

    /// The record is gone. Only for what is derived or was never real: people and money are archived, not deleted.
    pub fn delete<T: RecordBody>(&mut self, id: impl Into<Id>) {
        self.changes.push(change::<T>(id.into(), None));
    }

    /// Something a person must look at.
    pub fn raise(&mut self, exception: ExceptionDraft) {
        self.exceptions.push(exception);
    }

    /// Takes over everything of another decision.
    pub fn absorb(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.exceptions.extend(other.exceptions);
        self.changed = self.changed.take().or(other.changed);
        self.broken |= other.broken;
    }
}

fn change<T: RecordBody>(id: Id, json: Option<String>) -> Change {
    Change { kind: KindName::Borrowed(T::KIND), kind_version: T::VERSION, id, body: json.map(Arc::from) }
}

/// The new body's JSON with every field of the old one that today's type does not know.
fn keep_unknown<T: RecordBody>(old: &Record, body: &T) -> Option<String> {
    let read = old.read::<T>().ok()?;
    // Nearly every body was written by this build's type, and then there is nothing to look for.
    if serde_json::to_string(&read).is_ok_and(|text| *text == *old.body) {
        return serde_json::to_string(body).ok();
    }
    let known_before = serde_json::to_value(read).ok()?;
    let before: serde_json::Value = serde_json::from_str(&old.body).ok()?;
    let mut after = serde_json::to_value(body).ok()?;
    let fields = after.as_object_mut()?;
    let mut kept = false;
    for (name, value) in before.as_object()? {
        if known_before.get(name).is_none() && !value.is_null() && !fields.contains_key(name) {
            fields.insert(name.clone(), value.clone());
            kept = true;
        }
    }
    // Without unknown fields the plain encoding keeps the struct's own field order.
    if kept { serde_json::to_string(&after).ok() } else { serde_json::to_string(body).ok() }
}

/// What a rule said, before the runner made records of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Ruled {
    /// Yes, perhaps changed, perhaps with exceptions.
    Granted(Decision),
    /// No.
    Refused(RefusalBody),
    /// Nothing a form of ours would send.
    Malformed,
}

/// A refusal, or a change of what was asked: the slice's enum as JSON, to be told in words by the slice's feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalBody {
    /// Whose words.
    pub slice: String,
    /// The slice's enum, tagged by `code`.
    pub why: serde_json::Value,
}

/// The authority's answer: final, immutable, one per command for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Outcome {
    /// As asked.
    Accepted,
    /// Something else than was asked.
    Changed {
        /// In the slice's words.
        what: RefusalBody,
    },
    /// A Fact, with what a person must look at.
    Recorded {
        /// The exceptions raised beside it.
        exceptions: Vec<Id>,
    },
    /// No.
    Refused {
        /// In the slice's words.
        why: RefusalBody,
    },
}

/// Why the authority has a command but no outcome yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Hold {
    /// Will be decided again by itself.
    Parked {
        /// Why.
        why: Parked,
    },
    /// A manager decides.
    Quarantined {
        /// Why.
        why: Quarantined,
    },
}

/// Why a command waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parked {
    /// A newer build's command.
    UnknownKind,
    /// It depends on one that waits itself, or has not arrived.
    Dependency,
    /// A rule met something it could not read, or failed three times.
    InternalError,
    /// The hub was put back to an older state and waits for what devices know of the time since.
    Recovering,
    /// A newer hub's word.
    #[serde(other)]
    Other,
}

/// Why a command needs a manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quarantined {
    /// Nothing a form of ours would send.
    Malformed,
    /// The role may not give it, and it is a Fact.
    NotAllowed,
    /// The device had been revoked.
    RevokedDevice,
    /// The bytes do not fit their hashes or the signature.
    BadSeal,
    /// A newer hub's word.
    #[serde(other)]
    Other,
}

/// The runner's result.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Final.
    Decided {
        /// The answer.
        outcome: Outcome,
        /// Records after the decision, exceptions among them.
        changes: Vec<Change>,
    },
    /// Not yet.
    Held(Hold),
}

#[cfg(test)]
mod tests {
    use super::super::access::Scope;
    use super::*;

    #[derive(Debug, Clone, Serialize, Deserialize)]
    struct Towel {
        id: Id,
        colour: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u32>,
    }
    impl RecordBody for Towel {
        const KIND: &'static str = "towel";
        fn id(&self) -> Id {
            self.id
        }
        fn scopes(&self) -> Vec<Scope> {
            vec![Scope::desk()]
        }
    }

    fn stored(json: &str) -> Arc<Record> {
        Arc::new(Record {
            kind: KindName::Borrowed("towel"),
            kind_version: 1,
            id: Id::nil(),
            version: 1,
            body: json.into(),
        })
    }

    fn replaced(json: &str, edit: impl Fn(&mut Towel)) -> serde_json::Value {
        let old = stored(json);
        let mut towel: Towel = old.read().unwrap();
        edit(&mut towel);
        let mut decision = Decision::nothing();
        decision.replace(Some(&old), &towel);
        serde_json::from_str(decision.changes[0].body.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn fields_of_a_newer_build_survive_an_edit_by_an_older_one() {
        let json = r#"{"id":"00000000-0000-0000-0000-000000000000","colour":"red","warmth":{"deg":40}}"#;
        let after = replaced(json, |t| t.colour = "blue".to_owned());
        assert_eq!(after["colour"], "blue");
        assert_eq!(after["warmth"]["deg"], 40);
    }

    #[test]
    fn a_known_field_that_was_emptied_stays_empty() {
        let json = r#"{"id":"00000000-0000-0000-0000-000000000000","colour":"red","size":3}"#;
        let after = replaced(json, |t| t.size = None);
        assert!(after.get("size").is_none());
    }
}
