//! The key index of one key of one kind: sorted once when first asked, changed rows beside it.
//!
//! It must never know what a value means; values are compared as bytes.

use std::collections::BTreeSet;

use rollcall_domain::kernel::Id;
use rollcall_domain::kernel::keys::KeyValue;

use super::page::{Page, Spot};

/// One key row that lies in a page.
#[derive(Debug, Clone, Copy)]
struct Base {
    page: u32,
    row: u32,
    value: Spot,
}

/// All key rows of one name.
#[derive(Debug, Default)]
pub(super) struct KeyIndex {
    /// Sorted by (value, id).
    base: Vec<Base>,
    /// Key rows of changed records. The base rows of those are skipped.
    delta: BTreeSet<(KeyValue, Id)>,
}

impl KeyIndex {
    /// Sorts the key rows of all pages.
    pub(super) fn build(pages: &[Page], name: &str) -> Self {
        let mut rows: Vec<([u8; 8], Base)> = Vec::new();
        for (number, page) in (0u32..).zip(pages) {
            let Some(name) = page.name(name) else { continue };
            page.keys_named(name, |row, value| {
                let row = u32::try_from(row).unwrap_or(u32::MAX);
                rows.push((prefix(page.at(value)), Base { page: number, row, value }));
            });
        }
        // Comparing eight bytes first spares most walks into the pages.
        rows.sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then_with(|| full(pages, x).cmp(&full(pages, y))));
        rows.dedup_by(|(_, x), (_, y)| full(pages, x) == full(pages, y));
        Self { base: rows.into_iter().map(|(_, base)| base).collect(), delta: BTreeSet::new() }
    }

    /// A changed record's key row.
    pub(super) fn add(&mut self, value: KeyValue, id: Id) {
        self.delta.insert((value, id));
    }

    /// A changed record has changed again.
    pub(super) fn remove(&mut self, value: &KeyValue, id: Id) {
        self.delta.remove(&(value.clone(), id));
    }

    /// Ids in the order of (value, id), each value in `from..=to`, without the base rows of what has changed.
    pub(super) fn range(
        &self,
        pages: &[Page],
        from: &KeyValue,
        to: &KeyValue,
        limit: usize,
        changed: impl Fn(Id) -> bool,
    ) -> Vec<Id> {
        if from > to {
            return Vec::new();
        }
        let start = self.base.partition_point(|b| full(pages, b).0 < from.0.as_bytes());
        let end = self.base.partition_point(|b| full(pages, b).0 <= to.0.as_bytes());
        let base = self.base.get(start..end).unwrap_or_default();
        let mut base = base.iter().map(|b| full(pages, b)).filter(|(_, id)| !changed(*id)).peekable();
        let lowest = (from.clone(), Id::nil());
        let mut delta = self
            .delta
            .range(lowest..)
            .take_while(|(value, _)| value <= to)
            .map(|(value, id)| (value.0.as_bytes(), *id))
            .peekable();
        let mut ids = Vec::new();
        while ids.len() < limit {
            let next = match (base.peek(), delta.peek()) {
                (Some(a), Some(b)) if b < a => delta.next(),
                (None, Some(_)) => delta.next(),
                _ => base.next(),
            };
            let Some((_, id)) = next else { break };
            ids.push(id);
        }
        ids
    }
}

fn full<'a>(pages: &'a [Page], base: &Base) -> (&'a [u8], Id) {
    let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    match pages.get(at(base.page)) {
        Some(page) => (page.at(base.value), page.id(at(base.row))),
        None => (&[], Id::nil()),
    }
}

/// The first eight bytes, filled up with zeros: they order as the whole does, where they differ.
fn prefix(value: &[u8]) -> [u8; 8] {
    let mut head = [0; 8];
    for (to, from) in head.iter_mut().zip(value) {
        *to = *from;
    }
    head
}
