//! Rows as bytes: a record with its keys and its search row computed beforehand, so that opening parses no JSON.
//!
//! It must never know where a row is kept. A pack is rows of any kind one after another: what `recent` and `cold` hold.

use std::sync::Arc;

use rollcall_domain::kernel::{Catalogue, Id, KeyRow, KindName, Record, SearchRow, Timestamp};
use rollcall_domain::sync::wire::Row;

use crate::bytes::{Garbled, Reader, Writer};

/// The format of pages and packs.
pub(super) const FORMAT: u8 = 1;
/// The bytes are plain. Sealed ones (1) are opened before they come here, see `domain::kernel::seal`.
pub(super) const PLAIN: u8 = 0;

/// One row, with everything the plumbing looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) kind: KindName,
    pub(super) id: Id,
    pub(super) version: u64,
    pub(super) kind_version: u16,
    /// The version of what the rest was computed by.
    pub(super) keys_version: u16,
    /// Nothing when the record is deleted.
    pub(super) body: Option<Arc<str>>,
    pub(super) keys: Vec<KeyRow>,
    pub(super) search: Option<SearchRow>,
    pub(super) happened_at: Timestamp,
}

impl Stored {
    /// A row with what its slice says about it. A body this build cannot read is kept without keys.
    pub(super) fn of(catalogue: &Catalogue, row: &Row) -> Self {
        let kind = catalogue.kind(&row.kind);
        let mut stored = Self {
            kind: kind.map_or_else(|| row.kind.clone(), |k| KindName::Borrowed(k.name)),
            id: row.id,
            version: row.version,
            kind_version: row.kind_version,
            keys_version: kind.map_or(0, |k| k.keys_version),
            body: row.body.clone(),
            keys: Vec::new(),
            search: None,
            happened_at: Timestamp(0),
        };
        if let Some(record) = stored.record()
            && let Ok(described) = catalogue.describe(&record)
        {
            stored.keys = described.keys.0;
            stored.search = described.search;
            stored.happened_at = described.happened_at;
        }
        stored
    }

    /// The row computed again by today's slices, if they have changed.
    pub(super) fn renewed(self, catalogue: &Catalogue) -> Self {
        let now = catalogue.kind(&self.kind).map_or(0, |k| k.keys_version);
        if now == self.keys_version { self } else { Self::of(catalogue, &self.row()) }
    }

    /// The record, unless it is deleted.
    pub(super) fn record(&self) -> Option<Record> {
        let body = self.body.clone()?;
        Some(Record {
            kind: self.kind.clone(),
            kind_version: self.kind_version,
            id: self.id,
            version: self.version,
            body,
        })
    }

    /// As it goes over the wire.
    pub(super) fn row(&self) -> Row {
        Row {
            kind: self.kind.clone(),
            kind_version: self.kind_version,
            id: self.id,
            version: self.version,
            body: self.body.clone(),
        }
    }
}

/// Names that repeat in every row, written once per page or pack.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    fn put(&mut self, name: &str) -> u16 {
        let at = self.0.iter().position(|n| n == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        });
        // A slice has a handful of keys; the reader refuses a number it has no name for.
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    pub(super) fn get(&self, n: u16) -> Option<&str> {
        self.0.get(usize::from(n)).map(String::as_str)
    }

    pub(super) fn find(&self, name: &str) -> Option<u16> {
        self.0.iter().position(|n| n == name).and_then(|at| u16::try_from(at).ok())
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.len(self.0.len());
        for name in &self.0 {
            w.text(name);
        }
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, Garbled> {
        let count = r.count()?;
        let mut names = Vec::new();
        for _ in 0..count {
            names.push(r.text()?.to_owned());
        }
        Ok(Self(names))
    }
}

/// Writes everything but kind and id: search row, keys, body, in the order in which opening needs them.
pub(super) fn write_row(w: &mut Writer, names: &mut Names, row: &Stored) {
    w.u64(row.version);
    w.u16(row.kind_version);
    w.u8(u8::from(row.search.is_some()));
    if let Some(search) = &row.search {
        w.id(search.subject);
        w.text(&search.sort);
        w.text(&search.words);
    }
    w.len(row.keys.len());
    for key in &row.keys {
        w.u16(names.put(&key.name));
        w.u8(u8::from(key.unique));
        w.text(&key.value.0);
    }
    w.maybe_text(row.body.as_deref());
}

/// A search row inside a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SearchView<'a> {
    pub(super) subject: Id,
    pub(super) sort: &'a str,
    pub(super) words: &'a str,
}

impl SearchView<'_> {
    pub(super) fn to_row(self) -> SearchRow {
        SearchRow { subject: self.subject, sort: self.sort.to_owned(), words: self.words.to_owned() }
    }
}

/// A key row inside a page: the number of its name, and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyView<'a> {
    pub(super) name: u16,
    pub(super) value: &'a str,
}

/// The search row at the beginning of a row's bytes.
pub(super) fn search_of(bytes: &[u8]) -> Result<Option<SearchView<'_>>, Garbled> {
    let mut r = Reader::new(bytes);
    r.take(10)?;
    read_search(&mut r)
}

/// Calls back with each key row.
pub(super) fn keys_of<'a>(bytes: &'a [u8], mut each: impl FnMut(KeyView<'a>)) -> Result<(), Garbled> {
    let mut r = Reader::new(bytes);
    r.take(10)?;
    skip_search(&mut r)?;
    for _ in 0..r.count()? {
        let name = r.u16()?;
        // Whether it is unique only matters to whoever reads the whole row.
        r.u8()?;
        each(KeyView { name, value: r.text()? });
    }
    Ok(())
}

/// Version, version of the shape, and body.
pub(super) fn body_of(bytes: &[u8]) -> Result<(u64, u16, Option<&str>), Garbled> {
    let mut r = Reader::new(bytes);
    let (version, kind_version) = (r.u64()?, r.u16()?);
    skip_search(&mut r)?;
    for _ in 0..r.count()? {
        r.take(3)?;
        r.bytes()?;
    }
    Ok((version, kind_version, r.maybe_text()?))
}

fn skip_search(r: &mut Reader<'_>) -> Result<(), Garbled> {
    if r.u8()? == 1 {
        r.take(16)?;
        r.bytes()?;
        r.bytes()?;
    }
    Ok(())
}

fn read_search<'a>(r: &mut Reader<'a>) -> Result<Option<SearchView<'a>>, Garbled> {
    if r.u8()? == 0 {
        return Ok(None);
    }
    Ok(Some(SearchView { subject: r.id()?, sort: r.text()?, words: r.text()? }))
}

/// Everything of a row, owned.
pub(super) fn read_row(
    r: &mut Reader<'_>,
    names: &Names,
    kind: KindName,
    id: Id,
    keys_version: u16,
) -> Result<Stored, Garbled> {
    let (version, kind_version) = (r.u64()?, r.u16()?);
    let search = read_search(r)?.map(SearchView::to_row);
    let mut keys = Vec::new();
    for _ in 0..r.count()? {
        let (name, unique, value) = (r.u16()?, r.u8()? == 1, r.text()?);
        let name = names.get(name).ok_or(Garbled)?.to_owned();
        keys.push(KeyRow { name, value: rollcall_domain::kernel::keys::KeyValue(value.to_owned()), unique });
    }
    let body = r.maybe_text()?.map(Arc::from);
    Ok(Stored {
        kind,
        id,
        version,
        kind_version,
        keys_version,
        body,
        keys,
        search,
        happened_at: Timestamp(0),
    })
}

/// Rows of any kind in one value.
pub(super) fn write_pack(rows: &[Stored]) -> Vec<u8> {
    let mut names = Names::default();
    let mut body = Writer::with_capacity(rows.len() * 512);
    body.len(rows.len());
    for row in rows {
        body.u16(names.put(&row.kind));
        body.u16(row.keys_version);
        body.id(row.id);
        body.u64(row.happened_at.0.cast_unsigned());
        write_row(&mut body, &mut names, row);
    }
    let mut w = Writer::with_capacity(body.0.len() + 256);
    w.u8(FORMAT);
    w.u8(PLAIN);
    names.write(&mut w);
    w.0.extend_from_slice(&body.0);
    w.0
}

/// The rows of a pack, by today's slices.
pub(super) fn read_pack(catalogue: &Catalogue, bytes: &[u8]) -> Result<Vec<Stored>, Garbled> {
    let mut r = Reader::new(bytes);
    if (r.u8()?, r.u8()?) != (FORMAT, PLAIN) {
        return Err(Garbled);
    }
    let names = Names::read(&mut r)?;
    let count = r.count()?;
    let mut rows = Vec::new();
    for _ in 0..count {
        let kind = names.get(r.u16()?).ok_or(Garbled)?;
        let kind = catalogue
            .kind(kind)
            .map_or_else(|| KindName::Owned(kind.to_owned()), |k| KindName::Borrowed(k.name));
        let (keys_version, id, happened_at) = (r.u16()?, r.id()?, Timestamp(r.u64()?.cast_signed()));
        let mut row = read_row(&mut r, &names, kind, id, keys_version)?;
        row.happened_at = happened_at;
        rows.push(row.renewed(catalogue));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests;
