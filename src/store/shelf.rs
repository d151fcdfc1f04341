//! The shelf: every hot record in memory, as slices of the pages it was loaded from, with key indexes and the search.
//!
//! It must never know a database. What changed since loading lies beside the pages and wins over them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::{Catalogue, Id, KeyRow, Record, SearchRow, Temperature};
use rollcall_domain::sync::book::Confirmed;
use rollcall_domain::sync::wire::Row;

use super::index::KeyIndex;
use super::page::Page;
use super::rows::{SearchView, Stored};
use super::search::{Hit, Origin, Search};

/// Beyond so many changed subjects the search is built anew when next asked.
const CHANGED_MAX: usize = 1_024;

/// A record that changed after its page was loaded; nothing inside when it was deleted.
#[derive(Debug)]
struct Changed {
    record: Option<Arc<Record>>,
    keys: Vec<KeyRow>,
    search: Option<SearchRow>,
}

/// The records of one kind.
#[derive(Debug, Default)]
struct Kind {
    /// In the order of their lower bounds.
    pages: Vec<Page>,
    changed: HashMap<Id, Changed>,
    indexes: RefCell<HashMap<String, KeyIndex>>,
    count: usize,
}

/// All hot records.
#[derive(Debug)]
pub struct Shelf {
    catalogue: &'static Catalogue,
    kinds: Vec<Kind>,
    numbers: HashMap<&'static str, usize>,
    search: RefCell<Option<Search>>,
}

impl Shelf {
    /// An empty shelf, for a studio that is just beginning.
    #[must_use]
    pub fn new(catalogue: &'static Catalogue) -> Self {
        let hot = catalogue.kinds().filter(|k| k.temperature == Temperature::Hot).map(|k| k.name);
        let numbers: HashMap<&'static str, usize> = hot.zip(0..).collect();
        let kinds = (0..numbers.len()).map(|_| Kind::default()).collect();
        Self { catalogue, kinds, numbers, search: RefCell::new(None) }
    }

    /// True when there is nothing at all.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.kinds.iter().all(|kind| kind.count == 0)
    }

    /// Takes the pages the database holds, in the order of their keys.
    pub(super) fn load(catalogue: &'static Catalogue, pages: Vec<Page>) -> Self {
        let mut shelf = Self::new(catalogue);
        for page in pages {
            if let Some(kind) = shelf.numbers.get(&*page.kind).and_then(|n| shelf.kinds.get_mut(*n)) {
                kind.count += page.count();
                kind.pages.push(page);
            }
        }
        shelf
    }

    fn kind(&self, name: &str) -> Option<&Kind> {
        self.numbers.get(name).and_then(|n| self.kinds.get(*n))
    }

    /// How many records of a kind there are.
    #[must_use]
    pub fn count(&self, kind: &str) -> usize {
        self.kind(kind).map_or(0, |k| k.count)
    }

    /// The ids of a kind, in order.
    #[must_use]
    pub fn ids_of(&self, kind: &str) -> Vec<Id> {
        let Some(kind) = self.kind(kind) else { return Vec::new() };
        let kept = kind
            .pages
            .iter()
            .flat_map(|p| (0..p.count()).map(|row| p.id(row)))
            .filter(|id| !kind.changed.contains_key(id));
        let mut ids: Vec<Id> =
            kept.chain(kind.changed.iter().filter(|(_, c)| c.record.is_some()).map(|(id, _)| *id)).collect();
        ids.sort_unstable();
        ids
    }

    /// The first subjects, in their sort order, whose search rows contain every one of the words. The caller folds the
    /// words as the slices fold what they are searched by.
    #[must_use]
    pub fn search(&self, words: &str, limit: usize) -> Vec<Hit> {
        self.searched(|search| search.find(words, limit))
    }

    /// Builds the search now rather than at the first key stroke.
    pub fn prepare_search(&self) {
        self.searched(|_| ());
    }

    fn searched<T>(&self, with: impl FnOnce(&Search) -> T) -> T {
        if let Some(search) = self.search.borrow().as_ref().filter(|s| s.changed() <= CHANGED_MAX) {
            return with(search);
        }
        let search = self.build_search();
        let result = with(&search);
        self.search.replace(Some(search));
        result
    }

    fn build_search(&self) -> Search {
        let mut rows: Vec<(Origin, SearchView<'_>)> = Vec::new();
        for (number, kind) in self.kinds.iter().enumerate() {
            for page in &kind.pages {
                let unchanged = (0..page.count())
                    .filter(|row| kind.changed.is_empty() || !kind.changed.contains_key(&page.id(*row)));
                rows.extend(
                    unchanged.filter_map(|row| page.search(row).map(|s| ((number, page.id(row)), s))),
                );
            }
            rows.extend(
                kind.changed.iter().filter_map(|(id, c)| c.search.as_ref().map(|s| ((number, *id), view(s)))),
            );
        }
        Search::build(&rows)
    }

    /// Takes rows that were described already.
    pub(super) fn take(&mut self, rows: impl IntoIterator<Item = Stored>) {
        for row in rows {
            self.change(row);
        }
    }

    fn change(&mut self, row: Stored) {
        let Some(number) = self.numbers.get(&*row.kind).copied() else { return };
        let Some(kind) = self.kinds.get_mut(number) else { return };
        let before = kind.search(row.id).map(SearchView::to_row);
        let record = row.record().map(Arc::new);
        let after = row.search.filter(|_| record.is_some());
        let existed = kind.exists(row.id);
        kind.count = kind.count + usize::from(record.is_some()) - usize::from(existed);
        let old = kind.changed.insert(row.id, Changed { record, keys: row.keys, search: after.clone() });
        kind.reindex(row.id, old.as_ref());
        if before != after {
            let subjects = [before.map(|s| s.subject), after.map(|s| s.subject)];
            for subject in subjects.into_iter().flatten() {
                self.search_again(subject, (number, row.id));
            }
        }
    }

    /// Puts together again what one subject is found by.
    fn search_again(&self, subject: Id, origin: Origin) {
        let mut search = self.search.borrow_mut();
        let Some(search) = search.as_mut() else { return };
        let origins = search.origins(subject, Some(origin));
        let rows: Vec<SearchView<'_>> = origins
            .iter()
            .filter_map(|(number, id)| self.kinds.get(*number).and_then(|k| k.search(*id)))
            .filter(|row| row.subject == subject)
            .collect();
        search.replace(subject, &rows);
    }
}

impl Kind {
    fn page_of(&self, id: Id) -> Option<&Page> {
        let after = self.pages.partition_point(|p| p.bound <= id);
        self.pages.get(after.checked_sub(1)?)
    }

    fn exists(&self, id: Id) -> bool {
        match self.changed.get(&id) {
            Some(changed) => changed.record.is_some(),
            None => self.page_of(id).and_then(|p| p.find(id)).is_some(),
        }
    }

    fn get(&self, id: Id) -> Option<Arc<Record>> {
        match self.changed.get(&id) {
            Some(changed) => changed.record.clone(),
            None => {
                let page = self.page_of(id)?;
                page.record(page.find(id)?)
            }
        }
    }

    fn search(&self, id: Id) -> Option<SearchView<'_>> {
        match self.changed.get(&id) {
            Some(changed) => changed.search.as_ref().map(view),
            None => {
                let page = self.page_of(id)?;
                page.search(page.find(id)?)
            }
        }
    }

    /// Brings the indexes that were built so far up to date with a changed record.
    fn reindex(&self, id: Id, old: Option<&Changed>) {
        let mut indexes = self.indexes.borrow_mut();
        for (name, index) in indexes.iter_mut() {
            for key in old.into_iter().flat_map(|c| &c.keys).filter(|k| k.name == *name) {
                index.remove(&key.value, id);
            }
            if let Some(new) = self.changed.get(&id).filter(|c| c.record.is_some()) {
                for key in new.keys.iter().filter(|k| k.name == *name) {
                    index.add(key.value.clone(), id);
                }
            }
        }
    }

    fn ids(&self, name: &str, from: &KeyValue, to: &KeyValue, limit: usize) -> Vec<Id> {
        let mut indexes = self.indexes.borrow_mut();
        if !indexes.contains_key(name) {
            let mut index = KeyIndex::build(&self.pages, name);
            for (id, changed) in self.changed.iter().filter(|(_, c)| c.record.is_some()) {
                for key in changed.keys.iter().filter(|k| k.name == name) {
                    index.add(key.value.clone(), *id);
                }
            }
            indexes.insert(name.to_owned(), index);
        }
        indexes
            .get(name)
            .map(|i| i.range(&self.pages, from, to, limit, |id| self.changed.contains_key(&id)))
            .unwrap_or_default()
    }
}

fn view(row: &SearchRow) -> SearchView<'_> {
    SearchView { subject: row.subject, sort: &row.sort, words: &row.words }
}

impl Confirmed for Shelf {
    fn get(&self, kind: &str, id: Id) -> Option<Arc<Record>> {
        self.kind(kind)?.get(id)
    }

    fn by_key(&self, kind: &str, name: &str, value: &KeyValue) -> Vec<Arc<Record>> {
        let Some(kind) = self.kind(kind) else { return Vec::new() };
        kind.ids(name, value, value, usize::MAX).into_iter().filter_map(|id| kind.get(id)).collect()
    }

    fn range(&self, kind: &str, name: &str, from: &KeyValue, to: &KeyValue, limit: u32) -> Vec<Arc<Record>> {
        let Some(kind) = self.kind(kind) else { return Vec::new() };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        kind.ids(name, from, to, limit).into_iter().filter_map(|id| kind.get(id)).collect()
    }

    fn apply(&mut self, rows: &[Row]) {
        for row in rows {
            self.change(Stored::of(self.catalogue, row));
        }
    }
}
