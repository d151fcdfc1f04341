//! What a rule asks for and what it gets: wants are data, facts say whether they are complete.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::Id;
use super::keys::KeyValue;
use super::record::{KindName, Record, RecordBody};

/// Rounds in which a command may ask for more after seeing the first answers.
pub const ROUNDS_MAX: usize = 4;

/// Something a rule must see before it decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// One record.
    Id(KindName, Id),
    /// All records of a kind that hold this key value.
    Key {
        /// Of this kind.
        kind: KindName,
        /// Under this key.
        name: KindName,
        /// With this value.
        value: KeyValue,
    },
    /// The first `limit` records of a kind whose key lies in `from..=to`, in key order.
    Range {
        /// Of this kind.
        kind: KindName,
        /// Under this key.
        name: KindName,
        /// From here on.
        from: KeyValue,
        /// Up to and with this.
        to: KeyValue,
        /// At most so many.
        limit: u32,
    },
}

impl Want {
    /// One record of a slice's kind.
    pub fn id<T: RecordBody>(id: impl Into<Id>) -> Self {
        Self::Id(KindName::Borrowed(T::KIND), id.into())
    }
    /// All records of a slice's kind with this key value.
    #[must_use]
    pub fn key<T: RecordBody>(name: &'static str, value: KeyValue) -> Self {
        Self::Key { kind: KindName::Borrowed(T::KIND), name: KindName::Borrowed(name), value }
    }
    /// Records of a slice's kind in a range of keys.
    #[must_use]
    pub fn range<T: RecordBody>(name: &'static str, from: KeyValue, to: KeyValue, limit: u32) -> Self {
        Self::Range { kind: KindName::Borrowed(T::KIND), name: KindName::Borrowed(name), from, to, limit }
    }
}

/// The answer to one want.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What was found; empty for an id that does not exist.
    pub records: Vec<Arc<Record>>,
    /// False when this principal may not see all of it: a rule over it may only predict.
    pub complete: bool,
}

/// All answers of a decision.
#[derive(Debug, Default)]
pub struct Facts {
    answers: BTreeMap<Want, Answer>,
    unreadable: Cell<bool>,
    unanswered: Cell<bool>,
}

impl Facts {
    /// Adds the answer to a want.
    pub fn add(&mut self, want: Want, answer: Answer) {
        self.answers.insert(want, answer);
    }

    /// True when the want has been answered.
    #[must_use]
    pub fn has(&self, want: &Want) -> bool {
        self.answers.contains_key(want)
    }

    /// The record of this id, as it is stored.
    #[must_use]
    pub fn record<T: RecordBody>(&self, id: impl Into<Id>) -> Option<&Arc<Record>> {
        self.answer(&Want::id::<T>(id)).and_then(|a| a.records.first())
    }

    /// The record of this id in whatever answer it was found: for rewriting what a key or a range brought.
    #[must_use]
    pub fn found<T: RecordBody>(&self, id: impl Into<Id>) -> Option<&Arc<Record>> {
        let id = id.into();
        let mut all = self.answers.values().flat_map(|answer| &answer.records);
        all.find(|record| record.id == id && record.kind == T::KIND)
    }

    /// The record of this id.
    #[must_use]
    pub fn get<T: RecordBody>(&self, id: impl Into<Id>) -> Option<T> {
        self.record::<T>(id).and_then(|r| self.read(r))
    }

    /// All records with this key value.
    #[must_use]
    pub fn by_key<T: RecordBody>(&self, name: &'static str, value: KeyValue) -> Vec<T> {
        self.all(&Want::key::<T>(name, value))
    }

    /// All records a want found.
    #[must_use]
    pub fn all<T: RecordBody>(&self, want: &Want) -> Vec<T> {
        self.answer(want).map(|a| a.records.iter().filter_map(|r| self.read(r)).collect()).unwrap_or_default()
    }

    /// Records of any kind that a want found, as they are stored; nothing for what was not asked.
    #[must_use]
    pub fn records(&self, want: &Want) -> &[Arc<Record>] {
        self.answers.get(want).map_or(&[], |answer| &answer.records)
    }

    /// True when something of a kind was found under its id.
    #[must_use]
    pub fn has_found(&self, kind: &str) -> bool {
        let found = |(want, answer): (&Want, &Answer)| {
            matches!(want, Want::Id(of, _) if of == kind) && !answer.records.is_empty()
        };
        self.answers.iter().any(found)
    }

    /// True when every want so far was answered completely.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.answers.values().all(|a| a.complete)
    }

    /// True when a rule met a body it could not read, or looked for something nobody asked for.
    #[must_use]
    pub fn faulted(&self) -> bool {
        self.unreadable.get() || self.unanswered.get()
    }

    fn answer(&self, want: &Want) -> Option<&Answer> {
        let answer = self.answers.get(want);
        if answer.is_none() {
            self.unanswered.set(true);
        }
        answer
    }

    fn read<T: RecordBody>(&self, record: &Record) -> Option<T> {
        let body = record.read();
        if body.is_err() {
            self.unreadable.set(true);
        }
        body.ok()
    }

    /// Looks without complaint at something that may not have been loaded yet: for later rounds of wants.
    #[must_use]
    pub fn peek<T: RecordBody>(&self, want: &Want) -> Vec<T> {
        self.answers
            .get(want)
            .map(|a| a.records.iter().filter_map(|r| r.read().ok()).collect())
            .unwrap_or_default()
    }
}
