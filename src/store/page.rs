//! A page: up to 512 rows of one hot kind, sorted by id. Read in place; a row is decoded when somebody asks for it.
//!
//! It must never know a transaction. The pages of a kind divide the ids among them: a page holds the ids from its own
//! lower bound up to the next page's, so an id has one page, whether it is there or not.
//!
//! Layout: format, sealed, keys version, names, count, ids, offsets, rows.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use rollcall_domain::kernel::{Catalogue, Id, KindName, Record};

use super::rows::{self, FORMAT, KeyView, Names, PLAIN, SearchView, Stored};
use crate::bytes::{Garbled, Reader, Writer};

/// Rows in a page at most.
pub(super) const ROWS_MAX: usize = 512;

/// A page in memory.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) kind: KindName,
    /// Ids from here on.
    pub(super) bound: Id,
    bytes: Rc<[u8]>,
    keys_version: u16,
    names: Names,
    count: usize,
    ids_at: usize,
    offsets_at: usize,
    rows_at: usize,
}

/// A page's key in the database: kind and lower bound.
pub(super) fn key(kind: &str, bound: Id) -> String {
    format!("{kind}/{}", bound.simple())
}

/// Kind and lower bound out of a page's key.
pub(super) fn parse_key(key: &str) -> Result<(&str, Id), Garbled> {
    let (kind, bound) = key.rsplit_once('/').ok_or(Garbled)?;
    Ok((kind, Id::try_parse(bound).map_err(|_| Garbled)?))
}

impl Page {
    /// Takes a page's bytes. Afterwards no row of it reaches outside.
    pub(super) fn read(kind: KindName, bound: Id, bytes: Rc<[u8]>) -> Result<Self, Garbled> {
        let total = bytes.len();
        let mut r = Reader::new(&bytes);
        if (r.u8()?, r.u8()?) != (FORMAT, PLAIN) {
            return Err(Garbled);
        }
        let keys_version = r.u16()?;
        let names = Names::read(&mut r)?;
        let count = r.count()?;
        let at = |r: &Reader<'_>| total - r.left_len();
        let ids_at = at(&r);
        r.take(count.checked_mul(16).ok_or(Garbled)?)?;
        let offsets_at = at(&r);
        let mut before = 0;
        for _ in 0..=count {
            let offset = r.count()?;
            if offset < before {
                return Err(Garbled);
            }
            before = offset;
        }
        if before != r.left_len() {
            return Err(Garbled);
        }
        let rows_at = at(&r);
        Ok(Self { kind, bound, keys_version, names, count, ids_at, offsets_at, rows_at, bytes })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    pub(super) const fn keys_version(&self) -> u16 {
        self.keys_version
    }

    /// The id of a row; nil behind the end.
    pub(super) fn id(&self, row: usize) -> Id {
        let at = self.ids_at + row * 16;
        self.bytes.get(at..at + 16).and_then(|b| b.try_into().ok()).map(Id::from_bytes).unwrap_or_default()
    }

    /// The row of an id.
    pub(super) fn find(&self, id: Id) -> Option<usize> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let mid = usize::midpoint(low, high);
            match self.id(mid).cmp(&id) {
                std::cmp::Ordering::Less => low = mid + 1,
                std::cmp::Ordering::Greater => high = mid,
                std::cmp::Ordering::Equal => return Some(mid),
            }
        }
        None
    }

    fn offset(&self, n: usize) -> usize {
        let at = self.offsets_at + n * 4;
        let raw = self.bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        self.rows_at + usize::try_from(raw).unwrap_or(0)
    }

    /// A row's bytes; empty behind the end.
    fn row(&self, row: usize) -> &[u8] {
        self.bytes.get(self.offset(row)..self.offset(row + 1)).unwrap_or_default()
    }

    pub(super) fn search(&self, row: usize) -> Option<SearchView<'_>> {
        rows::search_of(self.row(row)).ok().flatten()
    }

    /// Calls back with each key row under a name: its value's place in the page.
    pub(super) fn keys_named(&self, name: u16, mut each: impl FnMut(usize, Spot)) {
        let start = self.bytes.as_ptr().addr();
        for row in 0..self.count {
            let take = |key: KeyView<'_>| {
                if key.name == name {
                    let from = key.value.as_ptr().addr() - start;
                    each(row, Spot { from: small(from), len: small(key.value.len()) });
                }
            };
            // Bytes were checked when they were written; a row that cannot be read has no keys.
            let _read = rows::keys_of(self.row(row), take);
        }
    }

    pub(super) fn name(&self, name: &str) -> Option<u16> {
        self.names.find(name)
    }

    /// The bytes at a place.
    pub(super) fn at(&self, spot: Spot) -> &[u8] {
        let from = usize::try_from(spot.from).unwrap_or(usize::MAX);
        let len = usize::try_from(spot.len).unwrap_or(0);
        self.bytes.get(from..from.saturating_add(len)).unwrap_or_default()
    }

    /// The record of a row.
    pub(super) fn record(&self, row: usize) -> Option<Arc<Record>> {
        let (version, kind_version, body) = rows::body_of(self.row(row)).ok()?;
        Some(Arc::new(Record {
            kind: self.kind.clone(),
            kind_version,
            id: self.id(row),
            version,
            body: body?.into(),
        }))
    }

    /// Everything of a row.
    pub(super) fn stored(&self, row: usize) -> Result<Stored, Garbled> {
        rows::read_row(
            &mut Reader::new(self.row(row)),
            &self.names,
            self.kind.clone(),
            self.id(row),
            self.keys_version,
        )
    }

    /// The page computed again by today's slices.
    pub(super) fn renewed(&self, catalogue: &Catalogue) -> Result<Self, Garbled> {
        let rows = (0..self.count)
            .map(|row| self.stored(row).map(|s| s.renewed(catalogue)))
            .collect::<Result<Vec<_>, _>>()?;
        let bytes = write(None, rows.first().map_or(0, |r| r.keys_version), rows.iter().map(Source::New));
        Self::read(self.kind.clone(), self.bound, bytes.into())
    }
}

/// A value's place in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    from: u32,
    len: u32,
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Where a row of a new page comes from.
enum Source<'a> {
    Old(&'a Page, usize),
    New(&'a Stored),
}

impl Source<'_> {
    fn id(&self) -> Id {
        match self {
            Self::Old(page, row) => page.id(*row),
            Self::New(row) => row.id,
        }
    }
}

/// Writes a page. Rows of `old` are copied as bytes; they name their keys by number, so its list of names comes first.
fn write<'a>(old: Option<&Page>, keys_version: u16, sources: impl Iterator<Item = Source<'a>>) -> Vec<u8> {
    let mut names = old.map(|p| p.names.clone()).unwrap_or_default();
    let (mut ids, mut offsets, mut rows) =
        (Writer::default(), Writer::default(), Writer::with_capacity(ROWS_MAX * 512));
    let mut count = 0;
    for source in sources {
        ids.id(source.id());
        offsets.len(rows.0.len());
        count += 1;
        match source {
            Source::Old(page, row) => rows.0.extend_from_slice(page.row(row)),
            Source::New(row) => rows::write_row(&mut rows, &mut names, row),
        }
    }
    offsets.len(rows.0.len());
    let mut w = Writer::with_capacity(rows.0.len() + ids.0.len() + offsets.0.len() + 256);
    w.u8(FORMAT);
    w.u8(PLAIN);
    w.u16(keys_version);
    names.write(&mut w);
    w.len(count);
    w.0.extend_from_slice(&ids.0);
    w.0.extend_from_slice(&offsets.0);
    w.0.extend_from_slice(&rows.0);
    w.0
}

/// The pages that take the place of `old` once `changes` are folded in: none when nothing is left, several when it grew.
///
/// The first keeps the lower bound.
pub(super) fn merge(
    old: Option<&Page>,
    bound: Id,
    changes: &BTreeMap<Id, Stored>,
    keys_version: u16,
) -> Vec<(Id, Vec<u8>)> {
    let sources = merged(old, changes);
    // A page that just overflows leaves room in both halves; a long run of new rows is packed full.
    let full = match sources.len() {
        n if n > ROWS_MAX && n <= 2 * ROWS_MAX => n.div_ceil(2),
        _ => ROWS_MAX,
    };
    let mut pages = Vec::new();
    let mut rest = sources.into_iter().peekable();
    while let Some(first) = rest.peek().map(Source::id) {
        let bound = if pages.is_empty() { bound } else { first };
        pages.push((bound, write(old, keys_version, rest.by_ref().take(full))));
    }
    pages
}

/// Old rows and changes by id; a change takes the place of the old row.
fn merged<'a>(old: Option<&'a Page>, changes: &'a BTreeMap<Id, Stored>) -> Vec<Source<'a>> {
    let mut sources = Vec::new();
    let mut fresh = changes.values().peekable();
    let new = |change: &'a Stored| change.body.is_some().then_some(Source::New(change));
    for (row, page) in old.into_iter().flat_map(|p| (0..p.count()).map(move |row| (row, p))) {
        let id = page.id(row);
        while let Some(change) = fresh.next_if(|c| c.id < id) {
            sources.extend(new(change));
        }
        match fresh.next_if(|c| c.id == id) {
            Some(change) => sources.extend(new(change)),
            None => sources.push(Source::Old(page, row)),
        }
    }
    sources.extend(fresh.filter_map(new));
    sources
}
