//! What a device knows: confirmed records, and over them the effect of commands that no authority has confirmed yet.
//!
//! Predictions live only here, in memory; they are never written to the confirmed side.

use crate::kernel::order;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::deciding::{Case, decide_now};
use super::erasing::{erased_in, row_without};
use super::overlay::{Laid, Overlay};
use super::wire::Row;
use crate::kernel::catalogue::Catalogue;
use crate::kernel::decide::{Outcome, Verdict};
use crate::kernel::erasure::Erased;
use crate::kernel::facts::{Answer, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::keys::{KeyRow, KeyValue};
use crate::kernel::record::{Change, KindName, Record};
use crate::kernel::{Planted, planted};

/// Names one record.
pub type Name = (KindName, Id);

/// The confirmed records of a device that are in memory.
pub trait Confirmed {
    /// One record.
    fn get(&self, kind: &str, id: Id) -> Option<Arc<Record>>;
    /// All records of a kind with this key value, by id.
    fn by_key(&self, kind: &str, name: &str, value: &KeyValue) -> Vec<Arc<Record>>;
    /// Records of a kind whose key lies in `from..=to`, in key order, at most `limit`.
    fn range(&self, kind: &str, name: &str, from: &KeyValue, to: &KeyValue, limit: u32) -> Vec<Arc<Record>>;
    /// Takes new bodies and deletions.
    fn apply(&mut self, rows: &[Row]);
}

/// A command whose effect the confirmed side does not hold yet.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The command with its context.
    pub case: Case,
    /// What it is predicted to change.
    pub changes: Vec<Change>,
    /// What it is predicted to be answered.
    pub predicted: Verdict,
    /// The hub's place for it, once answered.
    pub hub_seq: Option<u64>,
    /// Answers that are not in memory (history), as they were when it was given.
    pub loaded: Vec<(Want, Answer)>,
}

/// A record as the screen shows it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The record.
    pub record: Arc<Record>,
    /// True when it rests on something not confirmed yet.
    pub pending: bool,
}

/// What a prediction rests on, and what it lays over the confirmed records. A rule is a function of its command and of
/// these answers: while they are the same, so is the prediction.
#[derive(Debug, Clone)]
struct Basis {
    seen: Vec<(Want, Answer)>,
    laid: Vec<Laid>,
}

/// Confirmed records and the overlay.
#[derive(Debug)]
pub struct Book<C> {
    catalogue: &'static Catalogue,
    confirmed: C,
    pending: Vec<Pending>,
    over: Overlay,
    /// Of what waits, as far as it was decided again.
    bases: BTreeMap<CommandId, Basis>,
}

impl<C: Confirmed> Book<C> {
    /// Nothing waits yet.
    pub fn new(catalogue: &'static Catalogue, confirmed: C) -> Self {
        Self { catalogue, confirmed, pending: Vec::new(), over: Overlay::default(), bases: BTreeMap::new() }
    }

    /// The confirmed side.
    pub const fn confirmed(&self) -> &C {
        &self.confirmed
    }

    /// The confirmed side, for what changes no record (loading, folding).
    pub const fn confirmed_mut(&mut self) -> &mut C {
        &mut self.confirmed
    }

    /// Begins again over other records, with nothing waiting.
    pub fn start_over(&mut self, confirmed: C) {
        self.confirmed = confirmed;
        self.pending.clear();
        self.over = Overlay::default();
        self.bases.clear();
    }

    /// What waits, in the order it was given.
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// The overlay's records of a kind, the deleted ones as nothing.
    pub fn overlaid<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (Id, Option<&'a Arc<Record>>)> + 'a {
        self.over.of_kind(kind)
    }

    /// One record as the screen shows it.
    pub fn get(&self, kind: &str, id: Id) -> Option<Seen> {
        match self.over.get(&(KindName::Owned(kind.to_owned()), id)) {
            Some(over) => over.cloned().map(|record| Seen { record, pending: true }),
            None => self.confirmed.get(kind, id).map(|record| Seen { record, pending: false }),
        }
    }

    /// The answer to a want from memory, overlay included.
    pub fn answer(&self, want: &Want) -> Answer {
        let records = match want {
            Want::Id(kind, id) => self.get(kind, *id).map(|s| s.record).into_iter().collect(),
            Want::Key { kind, name, value } => {
                let found = self.confirmed.by_key(kind, name, value);
                self.overlay(kind, name, value, value, found)
            }
            Want::Range { kind, name, from, to, limit } => self.range(kind, name, from, to, *limit),
        };
        Answer { records, complete: true }
    }

    /// Adds a command that was made durable, with its verdict; names what changed on the screen.
    pub fn add(&mut self, pending: Pending) -> Vec<Name> {
        let touched = pending.changes.iter().map(|c| (c.kind.clone(), c.id)).collect();
        self.lay(self.laid(&pending.changes));
        if planted(Planted::PredictionKept) {
            self.confirmed.apply(&rows_of(&pending.changes, 0));
        }
        self.pending.push(pending);
        touched
    }

    /// Takes decided changes into the confirmed side at once: a solo device is its own authority.
    /// `version` orders them: the line of the journal they came from.
    pub fn settle_here(&mut self, changes: &[Change], version: u64) -> Vec<Name> {
        self.confirmed.apply(&rows_of(changes, version));
        changes.iter().map(|c| (c.kind.clone(), c.id)).collect()
    }

    /// Notes the hub's answers: refused commands leave, the others stay until their effect arrives.
    pub fn answered(&mut self, answers: &[(CommandId, Option<Outcome>, u64)], covered: u64) -> Vec<Name> {
        for (id, outcome, hub_seq) in answers {
            let refused = matches!(outcome, Some(Outcome::Refused { .. }));
            if refused {
                self.pending.retain(|p| p.case.command != *id);
            } else if outcome.is_some()
                && let Some(p) = self.pending.iter_mut().find(|p| p.case.command == *id)
            {
                p.hub_seq = Some(*hub_seq);
            }
        }
        self.drop_covered(covered);
        self.rebase(BTreeSet::new())
    }

    /// Takes rows the authority confirmed, up to `covered`; names what changed on the screen.
    pub fn absorb(&mut self, rows: &[Row], covered: u64) -> Vec<Name> {
        self.confirmed.apply(rows);
        let erased = erased_in(rows);
        if !erased.is_empty() {
            self.forget(&erased);
        }
        self.drop_covered(covered);
        self.rebase(rows.iter().map(|r| (r.kind.clone(), r.id)).collect())
    }

    /// What waits tells nothing any more about people who were erased; it is decided again with the rest.
    fn forget(&mut self, erased: &[Erased]) {
        // What predictions rested on told of them as well.
        self.bases.clear();
        let gone: Vec<Id> = erased.iter().map(|erased| erased.subject).collect();
        for pending in &mut self.pending {
            let (input, command) = (&pending.case.input, pending.case.command);
            if let Some(rest) = self.catalogue.input_without(input, command, &gone) {
                pending.case.input = rest;
            }
            for (_, answer) in &mut pending.loaded {
                let left = |record: &Arc<Record>| match row_without(self.catalogue, record, erased) {
                    None => Some(record.clone()),
                    Some(row) => row.body.map(|body| Arc::new(Record { body, ..(**record).clone() })),
                };
                answer.records = answer.records.iter().filter_map(left).collect();
            }
        }
    }

    fn drop_covered(&mut self, covered: u64) {
        self.pending.retain(|p| p.hub_seq.is_none_or(|seq| seq > covered));
    }

    /// Decides what waits again over what is confirmed now, and names every record whose shown state may differ.
    fn rebase(&mut self, mut touched: BTreeSet<Name>) -> Vec<Name> {
        let before = std::mem::take(&mut self.over);
        let mut pending = std::mem::take(&mut self.pending);
        let mut bases = std::mem::take(&mut self.bases);
        for p in &mut pending {
            let basis = match bases.remove(&p.case.command).filter(|basis| self.rests(p, basis)) {
                Some(basis) => basis,
                None => self.predict(p),
            };
            self.lay(basis.laid.iter().cloned());
            self.bases.insert(p.case.command, basis);
        }
        self.pending = pending;
        let differs = |name: &&Name| before.get(name) != self.over.get(name);
        let differs: Vec<Name> = before.names().chain(self.over.names()).filter(differs).cloned().collect();
        touched.extend(differs);
        touched.into_iter().collect()
    }

    fn recall(&self, p: &Pending, want: &Want) -> Answer {
        match p.loaded.iter().find(|(w, _)| w == want) {
            Some((_, answer)) => answer.clone(),
            None => self.answer(want),
        }
    }

    /// True when everything a prediction rests on is as it was.
    fn rests(&self, p: &Pending, basis: &Basis) -> bool {
        basis.seen.iter().all(|(want, was)| {
            let now = self.recall(p, want);
            now.complete == was.complete && now.records == was.records
        })
    }

    /// Decides what waits over what is known now.
    fn predict(&self, p: &mut Pending) -> Basis {
        let mut seen = Vec::new();
        let verdict = decide_now(self.catalogue, &p.case, |want| {
            let answer = self.recall(p, want);
            seen.push((want.clone(), answer.clone()));
            answer
        });
        p.changes = match &verdict {
            Verdict::Decided { changes, .. } => changes.clone(),
            Verdict::Held(_) => Vec::new(),
        };
        p.predicted = verdict;
        Basis { seen, laid: self.laid(&p.changes) }
    }

    /// Changes as records with their keys.
    fn laid(&self, changes: &[Change]) -> Vec<Laid> {
        let laid = |change: &Change| {
            let record = change.body.as_ref().map(|body| {
                Arc::new(Record {
                    kind: change.kind.clone(),
                    kind_version: change.kind_version,
                    id: change.id,
                    version: 0,
                    body: body.clone(),
                })
            });
            let keys = record.as_deref().map(|r| self.keys(r)).unwrap_or_default();
            Laid { name: (change.kind.clone(), change.id), record, keys: keys.into() }
        };
        changes.iter().map(laid).collect()
    }

    fn lay(&mut self, laid: impl IntoIterator<Item = Laid>) {
        for one in laid {
            self.over.lay(one);
        }
    }

    fn keys(&self, record: &Record) -> Vec<KeyRow> {
        self.catalogue.describe(record).map(|d| d.keys.0).unwrap_or_default()
    }

    fn key_of(&self, record: &Arc<Record>, name: &str) -> Option<KeyValue> {
        self.keys(record).into_iter().find(|k| k.name == name).map(|k| k.value)
    }

    /// Lays the overlay over what was found: without what is predicted to be otherwise, with what is predicted to fit.
    fn overlay(
        &self,
        kind: &KindName,
        name: &str,
        from: &KeyValue,
        to: &KeyValue,
        found: Vec<Arc<Record>>,
    ) -> Vec<Arc<Record>> {
        if self.over.is_empty() {
            return found;
        }
        let mut records: Vec<Arc<Record>> =
            found.into_iter().filter(|r| self.is_confirmed(kind, r)).collect();
        records.extend(self.over.found(kind, name, from, to).cloned());
        order::by_key(&mut records, |r| r.id);
        records
    }

    fn is_confirmed(&self, kind: &KindName, record: &Record) -> bool {
        self.over.get(&(kind.clone(), record.id)).is_none()
    }

    /// The first records of a range. Those that are predicted to leave it make room for others.
    fn range(
        &self,
        kind: &KindName,
        name: &str,
        from: &KeyValue,
        to: &KeyValue,
        limit: u32,
    ) -> Vec<Arc<Record>> {
        let (mut ask, enough) = (limit, usize::try_from(limit).unwrap_or(usize::MAX));
        let found = loop {
            let found = self.confirmed.range(kind, name, from, to, ask);
            let all = found.len() < usize::try_from(ask).unwrap_or(usize::MAX);
            let stay = found.iter().filter(|r| self.is_confirmed(kind, r)).count();
            if all || stay >= enough || ask == u32::MAX {
                break found;
            }
            ask = ask.saturating_mul(2);
        };
        let mut records = self.overlay(kind, name, from, to, found);
        records.sort_by_cached_key(|r| self.key_of(r, name));
        records.truncate(enough);
        records
    }
}

/// Decided changes as rows of a store.
#[must_use]
pub fn rows_of(changes: &[Change], version: u64) -> Vec<Row> {
    let row = |c: &Change| Row {
        kind: c.kind.clone(),
        kind_version: c.kind_version,
        id: c.id,
        version,
        body: c.body.clone(),
    };
    changes.iter().map(row).collect()
}

/// Confirmed records in plain maps: for native devices and tests.
#[derive(Debug, Clone)]
pub struct MemConfirmed {
    catalogue: &'static Catalogue,
    records: BTreeMap<Name, (Arc<Record>, Vec<KeyRow>)>,
}

impl MemConfirmed {
    /// Empty.
    #[must_use]
    pub const fn new(catalogue: &'static Catalogue) -> Self {
        Self { catalogue, records: BTreeMap::new() }
    }

    /// All records, in (kind, id) order.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.records.values().map(|(r, _)| r)
    }

    fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a (Arc<Record>, Vec<KeyRow>)> {
        self.records
            .range((KindName::Owned(kind.to_owned()), Id::nil())..)
            .take_while(move |((k, _), _)| k == kind)
            .map(|(_, v)| v)
    }
}

impl Confirmed for MemConfirmed {
    fn get(&self, kind: &str, id: Id) -> Option<Arc<Record>> {
        self.records.get(&(KindName::Owned(kind.to_owned()), id)).map(|(r, _)| r.clone())
    }

    fn by_key(&self, kind: &str, name: &str, value: &KeyValue) -> Vec<Arc<Record>> {
        self.of_kind(kind)
            .filter(|(_, keys)| keys.iter().any(|k| k.name == name && k.value == *value))
            .map(|(r, _)| r.clone())
            .collect()
    }

    fn range(&self, kind: &str, name: &str, from: &KeyValue, to: &KeyValue, limit: u32) -> Vec<Arc<Record>> {
        let mut found: Vec<(&KeyValue, &Arc<Record>)> = self
            .of_kind(kind)
            .flat_map(|(r, keys)| {
                keys.iter()
                    .filter(|k| k.name == name && k.value >= *from && k.value <= *to)
                    .map(move |k| (&k.value, r))
            })
            .collect();
        found.sort_by(|a, b| (a.0, a.1.id).cmp(&(b.0, b.1.id)));
        found.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX)).map(|(_, r)| r.clone()).collect()
    }

    fn apply(&mut self, rows: &[Row]) {
        for row in rows {
            let name = (row.kind.clone(), row.id);
            match &row.body {
                None => {
                    self.records.remove(&name);
                }
                Some(body) => {
                    let record = Record {
                        kind: row.kind.clone(),
                        kind_version: row.kind_version,
                        id: row.id,
                        version: row.version,
                        body: body.clone(),
                    };
                    let keys = self.catalogue.describe(&record).map(|d| d.keys.0).unwrap_or_default();
                    self.records.insert(name, (Arc::new(record), keys));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
