//! History: packs of one kind and month, found by the keys of the rows inside.
//!
//! It must never know what a key means. A record is in one pack at most; what has not been folded wins over packs. The
//! index holds ids, dates and numbers as they are, and a keyed hash of any other text (a name, a phone number): such a
//! text is found when it is asked for whole, and a range of such texts is looked for in every pack of the kind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use js_sys::{Array, Object, Reflect};
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::{Id, KeyRow, Record, Want};
use wasm_bindgen::JsValue;

use super::gate::{Ask, COLD, KEYS, META, Op, Span};
use super::rows::{self, Stored};
use super::{FOLDS, Store, StoreError, load};

/// Rows in a pack; the last pack of a month grows up to this.
const PACK_ROWS: usize = 128;
const BYTES: &str = "bytes";
/// Between the parts of a key: below every character a key may hold.
const SEAM: char = '\u{1}';
/// In front of a keyed hash: no id, date or number begins so.
const BLINDED: char = '#';
/// Above every text.
const TOP: &str = "\u{FFFF}";

/// The month of a row, by UTC: only a shelf to look on, never a business day.
pub(super) fn month(row: &Stored) -> String {
    chrono::DateTime::from_timestamp_millis(row.happened_at.0)
        .map_or_else(|| "0000-00".to_owned(), |at| at.format("%Y-%m").to_string())
}

fn id_key(kind: &str, id: Id) -> String {
    format!("{kind}{SEAM}{SEAM}{}", id.simple())
}

fn key_of(kind: &str, name: &str, value: &str) -> String {
    format!("{kind}{SEAM}{name}{SEAM}{value}")
}

/// True for ids, dates and numbers, as the domain writes them: digits of a fixed width, that say nothing about anybody.
fn is_plain(value: &KeyValue) -> bool {
    let digits = |part: &str| {
        matches!(part.len(), 16 | 32) && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    value.0.split(SEAM).all(digits)
}

fn at(key: &str) -> Span {
    Span(key.into(), key.into())
}

/// Keys of a kind's packs, or of one month's.
pub(super) fn packs_of(prefix: &str) -> Span {
    Span(format!("{prefix}/").into(), format!("{prefix}/{TOP}").into())
}

impl Store {
    /// Records of a cold kind. A range comes in key order, a key's records by id.
    pub async fn cold(&self, want: &Want) -> Result<Vec<Arc<Record>>, StoreError> {
        let kind = match want {
            Want::Id(kind, _) | Want::Key { kind, .. } | Want::Range { kind, .. } => kind.clone(),
        };
        // What waits to be folded is looked at first: should it be folded meanwhile, it is found twice, not missed.
        let waiting: BTreeMap<Id, Stored> = {
            let memory = self.inner.memory.borrow();
            let from = (kind.clone(), Id::nil());
            memory
                .cold
                .range(from..)
                .take_while(|((k, _), _)| *k == kind)
                .map(|((_, id), (_, row))| (*id, row.clone()))
                .collect()
        };
        let packed = self.packed(&kind, want, waiting.len()).await?;
        let kept =
            packed.into_iter().filter(|row| !waiting.contains_key(&row.id)).chain(waiting.values().cloned());
        let mut found: Vec<(Vec<KeyRow>, Stored)> = kept
            .map(|row| (matching(want, &row), row))
            .filter(|(keys, row)| !keys.is_empty() || is_wanted(want, row))
            .collect();
        match want {
            Want::Id(..) | Want::Key { .. } => found.sort_by_key(|(_, row)| row.id),
            Want::Range { .. } => found.sort_by(|(a, x), (b, y)| {
                (a.first().map(|k| &k.value), x.id).cmp(&(b.first().map(|k| &k.value), y.id))
            }),
        }
        let limit = match want {
            Want::Range { limit, .. } => usize::try_from(*limit).unwrap_or(usize::MAX),
            Want::Id(..) | Want::Key { .. } => usize::MAX,
        };
        Ok(found.into_iter().filter_map(|(_, row)| row.record()).take(limit).map(Arc::new).collect())
    }

    /// Rows of the packs that may hold what is wanted.
    async fn packed(&self, kind: &str, want: &Want, waiting: usize) -> Result<Vec<Stored>, StoreError> {
        let stale = self.inner.memory.borrow().stale_kinds.contains(kind);
        let ask = match want {
            Want::Id(kind, id) => Ask::Holding(at(&id_key(kind, *id)), None),
            // The index still holds older keys: look at every pack of the kind.
            _ if stale => Ask::Keys(COLD, Some(packs_of(kind))),
            Want::Key { kind, name, value } => Ask::Holding(at(&self.index_key(kind, name, value)), None),
            Want::Range { from, to, .. } if from > to => Ask::Keys(COLD, Some(at(""))),
            Want::Range { from, to, .. } if self.is_sealing() && !(is_plain(from) && is_plain(to)) => {
                Ask::Keys(COLD, Some(packs_of(kind)))
            }
            Want::Range { kind, name, from, to, limit } => {
                let span = Span(key_of(kind, name, &from.0).into(), key_of(kind, name, &to.0).into());
                // Rows that wait may take the place of as many packed ones.
                let limit = limit.saturating_add(u32::try_from(waiting).unwrap_or(u32::MAX));
                Ask::Holding(span, Some(limit))
            }
        };
        // A pack from before rows were sealed still has the text itself.
        let older = match want {
            Want::Key { kind, name, value } if self.is_sealing() && !is_plain(value) => {
                Some(Ask::Holding(at(&key_of(kind, name, &value.0)), None))
            }
            _ => None,
        };
        let asks: Vec<Ask> = std::iter::once(ask).chain(older).collect();
        let keys: BTreeSet<String> =
            self.inner.gate.read(&asks).await?.into_iter().flatten().filter_map(|k| k.as_string()).collect();
        let mut rows = Vec::new();
        for pack in self.packs(keys.into_iter().collect()).await?.into_values() {
            rows.extend(pack);
        }
        Ok(rows)
    }

    /// The rows of packs, by the packs' keys.
    pub(super) async fn packs(&self, keys: Vec<String>) -> Result<BTreeMap<String, Vec<Stored>>, StoreError> {
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        let asks: Vec<Ask> = keys.iter().map(|k| Ask::Get(COLD, k.as_str().into())).collect();
        let values = self.inner.gate.read(&asks).await?;
        let mut packs = BTreeMap::new();
        for (key, value) in keys.into_iter().zip(values) {
            if let Some(value) = value.first() {
                let pack = self.read_pack(&key, value)?;
                packs.insert(key, pack);
            }
        }
        Ok(packs)
    }

    pub(super) fn read_pack(&self, key: &str, value: &JsValue) -> Result<Vec<Stored>, StoreError> {
        let bytes = Reflect::get(value, &BYTES.into()).map_err(|_| StoreError::Unreadable)?;
        let bytes = self.inner.sealer.opened(&load::place(COLD, key), &bytes)?;
        Ok(rows::read_pack(self.inner.catalogue, &bytes)?)
    }

    fn is_sealing(&self) -> bool {
        self.inner.sealer.is_sealing()
    }

    /// A key as the index holds it.
    fn index_key(&self, kind: &str, name: &str, value: &KeyValue) -> String {
        let key = key_of(kind, name, &value.0);
        if !self.is_sealing() || is_plain(value) {
            return key;
        }
        key_of(kind, name, &format!("{BLINDED}{}", self.inner.sealer.blind(&key)))
    }

    /// Folds rows of one kind and month. A record that is in a pack already leaves it.
    pub(super) async fn fold_cold(&self, folds: &str, rows: Vec<Stored>) -> Result<String, StoreError> {
        let Some(first) = rows.first() else { return Ok(folds.to_owned()) };
        let prefix = format!("{}/{}", first.kind, month(first));
        let mut asks = self.asks_for_older(&rows).await?;
        asks.push(Ask::Keys(COLD, Some(packs_of(&prefix))));
        let mut answers = self.inner.gate.read(&asks).await?;
        let tail = answers.pop().and_then(|keys| keys.last().and_then(JsValue::as_string));
        let mut keys: BTreeSet<String> =
            answers.into_iter().flatten().filter_map(|k| k.as_string()).collect();
        keys.extend(tail.clone());
        let before = self.packs(keys.into_iter().collect()).await?;
        let ops = self.fold_into(&prefix, tail.as_deref(), before, rows)?;
        self.write_fold(folds, ops).await
    }

    /// The look-ups that find rows of these ids in packs. New rows mostly have new ids: one look-up tells.
    async fn asks_for_older(&self, rows: &[Stored]) -> Result<Vec<Ask>, StoreError> {
        let key = |row: Option<&Stored>| row.map(|r| id_key(&r.kind, r.id)).unwrap_or_default();
        let (low, high) = (key(rows.iter().min_by_key(|r| r.id)), key(rows.iter().max_by_key(|r| r.id)));
        let any = self.inner.gate.read(&[Ask::Holding(Span(low.into(), high.into()), Some(1))]).await?;
        if any.iter().all(Vec::is_empty) {
            return Ok(Vec::new());
        }
        Ok(rows.iter().map(|row| Ask::Holding(at(&id_key(&row.kind, row.id)), None)).collect())
    }

    /// Writes one pack again whose keys were computed by older slices, or that is not sealed yet.
    pub(super) async fn renew_pack_step(&self) -> Result<bool, StoreError> {
        let key = self.inner.memory.borrow().stale_packs.first().cloned();
        let Some(key) = key else {
            self.write_kinds().await?;
            self.inner.memory.borrow_mut().stale_kinds.clear();
            return Ok(false);
        };
        let answers = self
            .inner
            .gate
            .read(&[Ask::Get(META, FOLDS.into()), Ask::Get(COLD, key.as_str().into())])
            .await?;
        let [folds, found] = answers.as_slice() else { return Err(StoreError::Unreadable) };
        if let Some(value) = found.first() {
            let put = self.put_pack(&key, &self.read_pack(&key, value)?)?;
            self.write_fold(&load::text(folds), vec![put]).await?;
        }
        self.inner.memory.borrow_mut().stale_packs.remove(&key);
        Ok(true)
    }

    /// The writes that put rows at the end of a month, and take their older selves out of the packs they were in.
    fn fold_into(
        &self,
        prefix: &str,
        tail: Option<&str>,
        mut packs: BTreeMap<String, Vec<Stored>>,
        rows: Vec<Stored>,
    ) -> Result<Vec<Op>, StoreError> {
        let ids: BTreeSet<Id> = rows.iter().map(|r| r.id).collect();
        let mut touched: BTreeSet<String> = BTreeSet::new();
        for (key, pack) in &mut packs {
            let before = pack.len();
            pack.retain(|row| !ids.contains(&row.id));
            if pack.len() < before {
                touched.insert(key.clone());
            }
        }
        let mut number = tail.and_then(|key| key.rsplit_once('/')).and_then(|(_, n)| n.parse::<u32>().ok());
        let mut open = tail.map(str::to_owned);
        for row in rows.into_iter().filter(|r| r.body.is_some()) {
            let room =
                open.as_ref().and_then(|key| packs.get(key)).is_some_and(|pack| pack.len() < PACK_ROWS);
            let key = match open.take().filter(|_| room) {
                Some(key) => key,
                None => {
                    let next = number.map_or(0, |n| n + 1);
                    number = Some(next);
                    format!("{prefix}/{next:06}")
                }
            };
            packs.entry(key.clone()).or_default().push(row);
            touched.insert(key.clone());
            open = Some(key);
        }
        let mut ops = Vec::new();
        for key in touched {
            match packs.get(&key) {
                Some(pack) if !pack.is_empty() => ops.push(self.put_pack(&key, pack)?),
                _ => ops.push(Op::Delete(COLD, key.into())),
            }
        }
        Ok(ops)
    }

    /// A pack with the list of its keys, which the database's one index is made of.
    fn put_pack(&self, key: &str, rows: &[Stored]) -> Result<Op, StoreError> {
        let mut keys: BTreeSet<String> = BTreeSet::new();
        for row in rows {
            keys.insert(id_key(&row.kind, row.id));
            keys.extend(row.keys.iter().map(|k| self.index_key(&row.kind, &k.name, &k.value)));
        }
        let list: Array = keys.iter().map(|k| JsValue::from_str(k)).collect();
        let value = Object::new();
        let bytes = self.inner.sealer.sealed(&load::place(COLD, key), rows::write_pack(rows))?;
        let set = Reflect::set(&value, &KEYS.into(), &list)
            .and_then(|_| Reflect::set(&value, &BYTES.into(), &bytes));
        set.map_err(|_| StoreError::Unreadable)?;
        Ok(Op::Put(COLD, key.into(), value.into()))
    }
}

/// The key rows by which a row is wanted, smallest first.
fn matching(want: &Want, row: &Stored) -> Vec<KeyRow> {
    let mut keys: Vec<KeyRow> = match want {
        Want::Id(..) => Vec::new(),
        Want::Key { name, value, .. } => {
            row.keys.iter().filter(|k| k.name == **name && k.value == *value).cloned().collect()
        }
        Want::Range { name, from, to, .. } => row
            .keys
            .iter()
            .filter(|k| k.name == **name && k.value >= *from && k.value <= *to)
            .cloned()
            .collect(),
    };
    keys.sort();
    keys
}

fn is_wanted(want: &Want, row: &Stored) -> bool {
    matches!(want, Want::Id(_, id) if *id == row.id)
}
