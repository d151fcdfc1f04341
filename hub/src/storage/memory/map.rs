//! A sorted map whose copies cost nothing: what is shared below, and over it what one transaction changed.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::iter::Peekable;
use std::sync::Arc;

/// The map. A copy shares what lies below; only its own changes are its own.
#[derive(Debug, Clone)]
pub(super) struct Map<K, V> {
    base: Arc<BTreeMap<K, V>>,
    over: BTreeMap<K, Option<V>>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self { base: Arc::default(), over: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        match self.over.get(key) {
            Some(changed) => changed.as_ref(),
            None => self.base.get(key),
        }
    }

    pub(super) fn put(&mut self, key: K, value: V) {
        self.over.insert(key, Some(value));
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.over.insert(key.clone(), None);
    }

    /// Everything from this key on, in order.
    pub(super) fn from(&self, key: &K) -> Merged<'_, K, V> {
        Merged { base: self.base.range(key..).peekable(), over: self.over.range(key..).peekable() }
    }

    /// Everything, in order.
    pub(super) fn all(&self) -> Merged<'_, K, V> {
        Merged { base: self.base.range(..).peekable(), over: self.over.range(..).peekable() }
    }

    /// The last entry at or before the key.
    pub(super) fn last_to(&self, key: &K) -> Option<(&K, &V)> {
        let mut base = self.base.range(..=key).rev().peekable();
        let mut over = self.over.range(..=key).rev().peekable();
        loop {
            match (base.peek(), over.peek()) {
                (Some((b, _)), Some((o, _))) if b > o => return base.next(),
                (Some((b, _)), Some((o, _))) if b == o => {
                    base.next();
                }
                (None, None) => return None,
                (_, None) => return base.next(),
                _ => {
                    if let Some((key, Some(value))) = over.next() {
                        return Some((key, value));
                    }
                }
            }
        }
    }

    /// Its own changes, letting go of what is shared.
    pub(super) fn into_changes(self) -> BTreeMap<K, Option<V>> {
        self.over
    }

    /// Takes changes in. What nobody else looks at any more is changed in place.
    pub(super) fn absorb(&mut self, changes: BTreeMap<K, Option<V>>) {
        if changes.is_empty() {
            return;
        }
        let base = Arc::make_mut(&mut self.base);
        for (key, value) in changes {
            match value {
                Some(value) => base.insert(key, value),
                None => base.remove(&key),
            };
        }
    }
}

/// Both layers as one, in order.
pub(super) struct Merged<'a, K, V> {
    base: Peekable<Range<'a, K, V>>,
    over: Peekable<Range<'a, K, Option<V>>>,
}

impl<'a, K: Ord, V> Iterator for Merged<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match (self.base.peek(), self.over.peek()) {
                (Some((b, _)), Some((o, _))) if b < o => return self.base.next(),
                (Some((b, _)), Some((o, _))) if b == o => {
                    self.base.next();
                }
                (_, None) => return self.base.next(),
                _ => {
                    if let Some((key, Some(value))) = self.over.next() {
                        return Some((key, value));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(map: &Map<u8, u8>) -> Vec<(u8, u8)> {
        map.all().map(|(k, v)| (*k, *v)).collect()
    }

    #[test]
    fn changes_lie_over_what_is_shared_until_they_are_taken_in() {
        let mut below: Map<u8, u8> = Map::default();
        below.absorb([(1, Some(1)), (3, Some(3)), (5, Some(5))].into());
        let mut copy = below.clone();
        copy.put(2, 2);
        copy.put(3, 30);
        copy.remove(&5);
        copy.remove(&9);
        assert_eq!(list(&copy), [(1, 1), (2, 2), (3, 30)]);
        assert_eq!(list(&below), [(1, 1), (3, 3), (5, 5)]);
        assert_eq!(copy.from(&2).map(|(k, _)| *k).collect::<Vec<_>>(), [2, 3]);
        assert_eq!((copy.last_to(&4), copy.last_to(&0)), (Some((&3, &30)), None));
        copy.remove(&3);
        assert_eq!(copy.last_to(&9), Some((&2, &2)));
        below.absorb(copy.into_changes());
        assert_eq!(list(&below), [(1, 1), (2, 2)]);
    }
}
