//! Substring search over folded words: one haystack in the order of the results, sieved by pairs of bytes.
//!
//! It must never know a kind; rows come in as subject, sort and words. A row without a sort adds words to a subject that
//! another row orders; a subject nobody orders comes last.
//!
//! A block is all words of one subject. For each pair of neighbouring bytes (folded to 1,024 buckets) there is a bit per
//! block; a query's pairs, and-ed, leave few blocks to look at, and the first fifty hits end the walk.

use std::collections::{BTreeMap, HashMap, HashSet};

use memchr::memmem::Finder;
use rollcall_domain::kernel::Id;

use super::rows::SearchView;

/// What the search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The record to open.
    pub subject: Id,
}

const BUCKETS: usize = 1024;
/// Between two rows of a block, so that no query matches across them.
const SEAM: u8 = b'\n';
/// Sorts after every name.
const LAST: &str = "\u{10FFFF}";

/// Names the row a block's words came from: the number of its kind, and its id.
pub(super) type Origin = (usize, Id);

/// The index over all rows there were when it was built, and a short list of subjects that have changed since.
#[derive(Debug, Default)]
pub(super) struct Search {
    haystack: Vec<u8>,
    /// Where each block begins; one more for the end.
    starts: Vec<u32>,
    subjects: Vec<Id>,
    sorts: Vec<Box<str>>,
    /// For each bucket, a bit per block.
    sieve: Vec<u64>,
    /// Bits of blocks that a changed subject has left behind.
    stale: Vec<u64>,
    origins: HashMap<Id, Vec<Origin>>,
    blocks: HashMap<Id, usize>,
    /// Changed subjects in result order.
    side: BTreeMap<(Box<str>, Id), Box<str>>,
    side_sort: HashMap<Id, Box<str>>,
}

impl Search {
    /// Builds the index of all rows.
    pub(super) fn build(rows: &[(Origin, SearchView<'_>)]) -> Self {
        let mut sort_of: HashMap<Id, &str> = HashMap::with_capacity(rows.len());
        for (_, row) in rows.iter().filter(|(_, r)| !r.sort.is_empty()) {
            let sort = sort_of.entry(row.subject).or_insert(row.sort);
            *sort = (*sort).min(row.sort);
        }
        let mut order: Vec<(&str, Id, Origin, &str)> = rows
            .iter()
            .map(|(origin, row)| {
                (sort_of.get(&row.subject).copied().unwrap_or(LAST), row.subject, *origin, row.words)
            })
            .collect();
        order.sort_unstable();
        let mut search = Self::default();
        for block in order.chunk_by(|a, b| a.1 == b.1) {
            search.push(block);
        }
        search.starts.push(small(search.haystack.len()));
        search.sift();
        search
    }

    fn push(&mut self, block: &[(&str, Id, Origin, &str)]) {
        let Some((sort, subject, ..)) = block.first() else { return };
        self.starts.push(small(self.haystack.len()));
        self.blocks.insert(*subject, self.subjects.len());
        self.subjects.push(*subject);
        self.sorts.push((*sort).into());
        for (_, _, origin, words) in block {
            self.haystack.extend_from_slice(words.as_bytes());
            self.haystack.push(SEAM);
            self.origins.entry(*subject).or_default().push(*origin);
        }
    }

    fn sift(&mut self) {
        let width = self.subjects.len().div_ceil(64);
        self.stale = vec![0; width];
        let mut sieve = vec![0u64; BUCKETS * width];
        for block in 0..self.subjects.len() {
            let (word, bit) = (block / 64, 1u64 << (block % 64));
            for pair in self.block(block).windows(2) {
                if let Some(bits) = sieve.get_mut(bucket(pair) * width + word) {
                    *bits |= bit;
                }
            }
        }
        self.sieve = sieve;
    }

    fn block(&self, block: usize) -> &[u8] {
        let at = |n: usize| {
            self.starts.get(n).and_then(|s| usize::try_from(*s).ok()).unwrap_or(self.haystack.len())
        };
        self.haystack.get(at(block)..at(block + 1)).unwrap_or_default()
    }

    /// How many subjects have changed since the index was built.
    pub(super) fn changed(&self) -> usize {
        self.side.len()
    }

    /// The rows that give a subject its words, with one that may be new.
    pub(super) fn origins(&mut self, subject: Id, new: Option<Origin>) -> Vec<Origin> {
        let origins = self.origins.entry(subject).or_default();
        if let Some(new) = new.filter(|n| !origins.contains(n)) {
            origins.push(new);
        }
        origins.clone()
    }

    /// A subject's words as they are now; none when nothing is left of it.
    pub(super) fn replace(&mut self, subject: Id, rows: &[SearchView<'_>]) {
        if let Some(block) = self.blocks.remove(&subject)
            && let Some(bits) = self.stale.get_mut(block / 64)
        {
            *bits |= 1 << (block % 64);
        }
        if let Some(sort) = self.side_sort.remove(&subject) {
            self.side.remove(&(sort, subject));
        }
        if rows.is_empty() {
            return;
        }
        let sort: Box<str> =
            rows.iter().map(|r| r.sort).filter(|s| !s.is_empty()).min().unwrap_or(LAST).into();
        let words: Vec<&str> = rows.iter().map(|r| r.words).collect();
        self.side_sort.insert(subject, sort.clone());
        self.side.insert((sort, subject), words.join("\n").into());
    }

    /// The first subjects, in sort order, whose rows contain every one of the words.
    pub(super) fn find(&self, words: &str, limit: usize) -> Vec<Hit> {
        let words: Vec<Finder<'_>> =
            words.split([' ', char::from(SEAM)]).filter(|w| !w.is_empty()).map(Finder::new).collect();
        let has_all = |text: &[u8]| words.iter().all(|w| w.find(text).is_some());
        let mut base = self.candidates(&words).filter(|block| has_all(self.block(*block)));
        let mut side = self
            .side
            .iter()
            .filter(|(_, text)| has_all(text.as_bytes()))
            .map(|((sort, id), _)| (&**sort, *id));
        let place = |block: usize| {
            (
                self.sorts.get(block).map_or(LAST, |s| &**s),
                self.subjects.get(block).copied().unwrap_or_default(),
            )
        };
        let (mut a, mut b) = (base.next().map(place), side.next());
        let mut hits = Vec::with_capacity(limit.min(64));
        while hits.len() < limit {
            let from_side = match (a, b) {
                (None, None) => break,
                (Some(x), Some(y)) => y < x,
                (x, _) => x.is_none(),
            };
            let next = if from_side {
                std::mem::replace(&mut b, side.next())
            } else {
                std::mem::replace(&mut a, base.next().map(place))
            };
            hits.extend(next.map(|(_, subject)| Hit { subject }));
        }
        hits
    }

    /// Blocks that hold every pair of the words, in order; all blocks where no word has two bytes.
    fn candidates(&self, words: &[Finder<'_>]) -> impl Iterator<Item = usize> + '_ {
        let width = self.stale.len();
        let buckets: HashSet<usize> = words.iter().flat_map(|w| w.needle().windows(2)).map(bucket).collect();
        let rows: Vec<&[u64]> = buckets
            .into_iter()
            .map(|b| self.sieve.get(b * width..(b + 1) * width).unwrap_or_default())
            .collect();
        let count = self.subjects.len();
        (0..width).flat_map(move |word| {
            let mut bits = rows.iter().fold(!self.stale.get(word).copied().unwrap_or(0), |bits, row| {
                bits & row.get(word).copied().unwrap_or(0)
            });
            std::iter::from_fn(move || {
                if bits == 0 {
                    return None;
                }
                let bit = bits.trailing_zeros();
                bits &= bits - 1;
                Some(word * 64 + usize::try_from(bit).unwrap_or(0))
            })
            .filter(move |block| *block < count)
        })
    }
}

/// Letters and digits differ in their low five bits well enough; what collides is looked at and passed over.
fn bucket(pair: &[u8]) -> usize {
    pair.iter().fold(0, |sum, byte| (sum << 5 | usize::from(byte & 31)) & (BUCKETS - 1))
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
