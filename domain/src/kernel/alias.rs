//! One subject under several ids: what was written down twice and joined since. Nothing is rewritten when two are
//! joined; whoever asks for the one asks for all of its ids, so that parting them again restores both.
//!
//! Must never know what the subject is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::access::Reader;
use super::decide::Decision;
use super::erasure::Tells;
use super::exceptions::ExceptionDraft;
use super::facts::{Facts, Want};
use super::ids::Id;
use super::record::RecordBody;

/// The words of the kernel's own items.
pub const SLICE: &str = "kernel";
/// Ids one subject may have.
pub const CIRCLE_IDS_MAX: usize = 12;

/// One id was absorbed by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Join {
    /// This one stands for the other from then on.
    pub absorbed: Id,
    /// The one it stands for; it may have been absorbed itself since.
    pub into: Id,
}

/// What an id belongs to. Every id of a circle has one, with all joins of the circle: one look-up says all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The id it is about, which is the record's own.
    pub id: Id,
    /// All joins of its circle, sorted; never empty.
    pub joins: Vec<Join>,
}

impl RecordBody for Alias {
    const KIND: &'static str = "alias";
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Roster, Reader::Books, Reader::Own];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id
    }
    fn about(&self) -> Vec<Id> {
        self.circle().ids
    }
}

impl Alias {
    /// All ids of the subject.
    #[must_use]
    pub fn circle(&self) -> Circle {
        Circle::from_joins(self.id, &self.joins)
    }
}

/// All ids of one subject, the one it goes by first, the others sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    ids: Vec<Id>,
}

impl Circle {
    /// An id that was never joined with another.
    #[must_use]
    pub fn alone(id: Id) -> Self {
        Self { ids: vec![id] }
    }

    /// The circle of an id; of an alias that is not there, the id alone.
    #[must_use]
    pub fn from_alias(id: Id, alias: Option<&Alias>) -> Self {
        alias.map_or_else(|| Self::alone(id), |alias| Self::from_joins(id, &alias.joins))
    }

    fn from_joins(id: Id, joins: &[Join]) -> Self {
        let root = root(id, joins);
        let mut others: BTreeSet<Id> = joins.iter().flat_map(|join| [join.absorbed, join.into]).collect();
        others.insert(id);
        others.remove(&root);
        Self { ids: std::iter::once(root).chain(others).collect() }
    }

    /// The circle as the facts say; the runner asks for the aliases of a command's subjects by itself.
    #[must_use]
    pub fn of(id: Id, facts: &Facts) -> Self {
        Self::from_alias(id, facts.get::<Alias>(id).as_ref())
    }

    /// The same for wants, which are asked before the aliases are there.
    #[must_use]
    pub fn so_far(id: Id, facts: &Facts) -> Self {
        Self::from_alias(id, facts.peek::<Alias>(&Want::id::<Alias>(id)).first())
    }

    /// The id the subject goes by.
    #[must_use]
    pub fn root(&self) -> Id {
        self.ids.first().copied().unwrap_or_default()
    }

    /// All ids, the one it goes by first.
    #[must_use]
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// True when there is more than one id.
    #[must_use]
    pub fn is_joined(&self) -> bool {
        self.ids.len() > 1
    }
}

/// Where an id ends up. At most as many steps as there are joins: a body with a ring in it must not hang a device.
fn root(id: Id, joins: &[Join]) -> Id {
    joins.iter().fold(id, |at, _| joins.iter().find(|join| join.absorbed == at).map_or(at, |join| join.into))
}

/// The aliases of both circles with one join more: the absorbed one's root becomes one of the other's ids.
///
/// Both must be the roots of circles of their own, and the aliases of all their ids among the facts.
pub fn join(decision: &mut Decision, facts: &Facts, absorbed: Id, into: Id) {
    let mut joins = joins_of(absorbed, facts);
    joins.extend(joins_of(into, facts));
    joins.push(Join { absorbed, into });
    write(decision, facts, absorbed, joins);
}

/// The aliases of a circle with one join less. The aliases of all its ids must be among the facts.
pub fn part(decision: &mut Decision, facts: &Facts, absorbed: Id, into: Id) {
    let rest: Vec<Join> =
        joins_of(into, facts).into_iter().filter(|j| (j.absorbed, j.into) != (absorbed, into)).collect();
    for half in [absorbed, into] {
        let reached = reached(half, &rest);
        let own: Vec<Join> = rest.iter().copied().filter(|j| reached.contains(&j.absorbed)).collect();
        if own.is_empty() {
            decision.delete::<Alias>(half);
        } else {
            write(decision, facts, half, own);
        }
    }
}

fn joins_of(id: Id, facts: &Facts) -> Vec<Join> {
    facts.get::<Alias>(id).map(|alias| alias.joins).unwrap_or_default()
}

/// Everything that hangs together with an id.
fn reached(id: Id, joins: &[Join]) -> BTreeSet<Id> {
    let mut reached = BTreeSet::from([id]);
    for _ in joins {
        for join in joins {
            if reached.contains(&join.absorbed) || reached.contains(&join.into) {
                reached.extend([join.absorbed, join.into]);
            }
        }
    }
    reached
}

fn write(decision: &mut Decision, facts: &Facts, of: Id, mut joins: Vec<Join>) {
    joins.sort_unstable();
    joins.dedup();
    for id in Circle::from_joins(of, &joins).ids {
        decision.replace(facts.record::<Alias>(id), &Alias { id, joins: joins.clone() });
    }
}

/// What is raised beside a command that named an id which another one stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AliasNote {
    /// It was given where nobody had heard of the join; it counts for the one that stands.
    CameForAbsorbed {
        /// The id that was named.
        named: Id,
        /// The one it counts for.
        stands: Id,
        /// What was given: `slice.verb`.
        command: String,
    },
}

impl AliasNote {
    /// The two buttons.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        match self {
            Self::CameForAbsorbed { .. } => ["look", "seen"],
        }
    }
}

/// The note beside a command of this kind that named `named`; nothing where that stands for itself.
#[must_use]
pub fn note(named: Id, command: &str, facts: &Facts) -> Option<ExceptionDraft> {
    let stands = Circle::so_far(named, facts).root();
    let what = AliasNote::CameForAbsorbed { named, stands, command: command.to_owned() };
    (stands != named).then(|| ExceptionDraft::new(SLICE, &what, vec![stands, named]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::facts::Answer;
    use crate::kernel::ids::Uuid;
    use crate::kernel::record::{KindName, Record};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn id(n: u8) -> Id {
        Uuid::from_u128(u128::from(n) + 1)
    }

    /// Aliases as a store has them.
    #[derive(Debug, Default, Clone, PartialEq)]
    struct Shelf(BTreeMap<Id, Alias>);

    impl Shelf {
        fn facts(&self) -> Facts {
            let mut facts = Facts::default();
            for n in 0..12 {
                let body = self.0.get(&id(n)).map(|alias| serde_json::to_string(alias).unwrap());
                let record = body.map(|body| {
                    Arc::new(Record {
                        kind: KindName::Borrowed(Alias::KIND),
                        kind_version: 1,
                        id: id(n),
                        version: 1,
                        body: body.into(),
                    })
                });
                let answer = Answer { records: record.into_iter().collect(), complete: true };
                facts.add(Want::id::<Alias>(id(n)), answer);
            }
            facts
        }
        fn take(&mut self, decision: &Decision) {
            for change in &decision.changes {
                match &change.body {
                    Some(body) => self.0.insert(change.id, serde_json::from_str(body).unwrap()),
                    None => self.0.remove(&change.id),
                };
            }
        }
        fn join(&mut self, absorbed: u8, into: u8) -> bool {
            let facts = self.facts();
            let roots = [Circle::of(id(absorbed), &facts).root(), Circle::of(id(into), &facts).root()];
            if roots[0] == roots[1] || roots != [id(absorbed), id(into)] {
                return false;
            }
            let mut decision = Decision::nothing();
            join(&mut decision, &facts, id(absorbed), id(into));
            self.take(&decision);
            true
        }
        fn part(&mut self, absorbed: u8, into: u8) {
            let mut decision = Decision::nothing();
            part(&mut decision, &self.facts(), id(absorbed), id(into));
            self.take(&decision);
        }
        fn circle(&self, n: u8) -> Circle {
            Circle::of(id(n), &self.facts())
        }
    }

    #[test]
    fn a_chain_ends_at_its_last() {
        let mut shelf = Shelf::default();
        assert!(shelf.join(0, 1) && shelf.join(1, 2));
        for n in 0..3 {
            assert_eq!(shelf.circle(n).ids(), [id(2), id(0), id(1)]);
        }
        assert!(!shelf.join(2, 0), "a ring");
        shelf.part(0, 1);
        assert_eq!(shelf.circle(0), Circle::alone(id(0)));
        assert_eq!(shelf.circle(1).ids(), [id(2), id(1)]);
        shelf.part(1, 2);
        assert_eq!(shelf, Shelf::default());
    }

    #[test]
    fn a_ring_in_the_bytes_hangs_nobody() {
        let joins = vec![Join { absorbed: id(0), into: id(1) }, Join { absorbed: id(1), into: id(0) }];
        assert_eq!(Alias { id: id(0), joins }.circle().ids().len(), 2);
    }

    proptest! {
        /// Every id of a circle says the same of it, and joins that are taken back in any order leave nothing behind.
        #[test]
        fn whatever_is_joined_can_be_parted_in_any_order(
            pairs in prop::collection::vec((0..12u8, 0..12u8), 0..20),
            order in prop::collection::vec(any::<prop::sample::Index>(), 20),
        ) {
            let mut shelf = Shelf::default();
            let mut standing: Vec<(u8, u8)> = pairs.into_iter().filter(|(a, b)| shelf.join(*a, *b)).collect();
            for n in 0..12 {
                let circle = shelf.circle(n);
                for other in circle.ids() {
                    let other = u8::try_from(other.as_u128() - 1).unwrap();
                    prop_assert_eq!(&shelf.circle(other), &circle);
                }
            }
            for at in order {
                if standing.is_empty() { break; }
                let (absorbed, into) = standing.remove(at.index(standing.len()));
                shelf.part(absorbed, into);
                prop_assert_ne!(shelf.circle(absorbed).root(), shelf.circle(into).root());
            }
            prop_assert_eq!(shelf, Shelf::default());
        }
    }
}
