//! Kinds that changed between two builds: one that was history and is needed today, one whose keys are computed anew.
//!
//! It must never know a kind by name. Unknown kinds lie in packs, byte for byte, until a build knows them.

use std::collections::BTreeMap;

use rollcall_domain::kernel::{KindName, Temperature};
use wasm_bindgen::JsValue;

use super::gate::{Ask, COLD, META, Op, PAGES, RECENT};
use super::page;
use super::rows::Stored;
use super::{FOLDS, KINDS, Store, StoreError, absorb, cold, load};
use crate::vault::SealError;

/// A kind as it was written: whether it lay in pages, and the version of its keys.
type Written = BTreeMap<String, (bool, u16)>;

/// Noted among the kinds once every row is sealed; no kind has a blank in its name.
const SEALED: &str = "all rows sealed";

impl Store {
    /// The kinds of this build, as they are noted in the database.
    pub(super) fn kinds_text(&self) -> String {
        let kinds = self.inner.catalogue.kinds();
        let mut kinds: Written =
            kinds.map(|k| (k.name.to_owned(), (k.temperature == Temperature::Hot, k.keys_version))).collect();
        if self.inner.sealer.is_sealing() {
            kinds.insert(SEALED.to_owned(), (true, 1));
        }
        serde_json::to_string(&kinds).unwrap_or_default()
    }

    pub(super) async fn write_kinds(&self) -> Result<(), StoreError> {
        self.inner.gate.write(&[], &[Op::Put(META, KINDS.into(), self.kinds_text().as_str().into())]).await
    }

    /// Moves what lies in the wrong place, and notes which packs must be indexed again.
    pub(super) async fn settle_kinds(&self, written: &str) -> Result<(), StoreError> {
        let written: Written = if written.is_empty() {
            Written::new()
        } else {
            serde_json::from_str(written).map_err(|_| StoreError::Unreadable)?
        };
        if written.contains_key(SEALED) && !self.inner.sealer.is_sealing() {
            return Err(SealError::NoKey.into());
        }
        let mut stale =
            self.inner.sealer.is_sealing() && !written.contains_key(SEALED) && self.find_unsealed().await?;
        for kind in self.inner.catalogue.kinds() {
            let before = written.get(kind.name);
            let was_hot = before.is_some_and(|(hot, _)| *hot);
            match kind.temperature {
                Temperature::Hot if !was_hot => self.packs_to_pages(kind.name).await?,
                Temperature::Cold if was_hot => self.pages_to_packs(kind.name).await?,
                Temperature::Cold if before.is_none_or(|(_, version)| *version != kind.keys_version) => {
                    let packs = self.pack_keys(kind.name).await?;
                    if !packs.is_empty() {
                        stale = true;
                        let mut memory = self.inner.memory.borrow_mut();
                        memory.stale_packs.extend(packs);
                        memory.stale_kinds.insert(kind.name.to_owned());
                    }
                }
                Temperature::Hot | Temperature::Cold => {}
            }
        }
        // While packs are indexed again the note stays as it was, so that a reload begins again.
        if stale { Ok(()) } else { self.write_kinds().await }
    }

    /// Rows of a build, or of a page, that did not seal: all of them are written again in quiet moments. True when there
    /// are any.
    async fn find_unsealed(&self) -> Result<bool, StoreError> {
        let asks = [Ask::Keys(PAGES, None), Ask::Keys(COLD, None), Ask::Keys(RECENT, None)];
        let answers = self.inner.gate.read(&asks).await?;
        let [pages, packs, recent] = answers.as_slice() else { return Err(StoreError::Unreadable) };
        if pages.is_empty() && packs.is_empty() && recent.is_empty() {
            return Ok(false);
        }
        let mut memory = self.inner.memory.borrow_mut();
        memory.stale_pages.extend(pages.iter().filter_map(JsValue::as_string));
        memory.stale_packs.extend(packs.iter().filter_map(JsValue::as_string));
        // Remembered until the kinds are written, which is the last step.
        memory.stale_kinds.insert(SEALED.to_owned());
        memory.urgent |= !recent.is_empty();
        Ok(true)
    }

    async fn pack_keys(&self, kind: &str) -> Result<Vec<String>, StoreError> {
        let keys = self.inner.gate.read(&[Ask::Keys(COLD, Some(cold::packs_of(kind)))]).await?;
        Ok(keys.into_iter().flatten().filter_map(|k| k.as_string()).collect())
    }

    async fn packs_to_pages(&self, kind: &str) -> Result<(), StoreError> {
        let keys = self.pack_keys(kind).await?;
        if keys.is_empty() {
            return Ok(());
        }
        let mut ops: Vec<Op> = keys.iter().map(|k| Op::Delete(COLD, k.as_str().into())).collect();
        let rows: Vec<Stored> = self.packs(keys).await?.into_values().flatten().collect();
        let answers = self
            .inner
            .gate
            .read(&[Ask::Get(META, FOLDS.into()), Ask::Keys(PAGES, Some(cold::packs_of(kind)))])
            .await?;
        let [folds, pages] = answers.as_slice() else { return Err(StoreError::Unreadable) };
        for group in absorb::group(pages, rows)? {
            let found =
                self.inner.gate.read(&[Ask::Get(PAGES, page::key(&group.kind, group.bound).into())]).await?;
            self.merge_group(&group, found.first().and_then(|v| v.first()), &mut ops)?;
        }
        self.write_fold(&load::text(folds), ops).await.map(|_| ())
    }

    async fn pages_to_packs(&self, kind: &str) -> Result<(), StoreError> {
        let span = Some(cold::packs_of(kind));
        let answers = self
            .inner
            .gate
            .read(&[Ask::Get(META, FOLDS.into()), Ask::Keys(PAGES, span.clone()), Ask::Values(PAGES, span)])
            .await?;
        let [folds, keys, values] = answers.as_slice() else { return Err(StoreError::Unreadable) };
        let mut folds = load::text(folds);
        for (key, value) in keys.iter().zip(values) {
            let page = self.read_page(&key.as_string().ok_or(StoreError::Unreadable)?, value)?;
            let rows = (0..page.count()).map(|row| page.stored(row)).collect::<Result<Vec<_>, _>>()?;
            // Described anew: pages do not keep the month.
            let described = rows.iter().map(|row| Stored::of(self.inner.catalogue, &row.row()));
            let mut months: BTreeMap<(KindName, String), Vec<Stored>> = BTreeMap::new();
            for row in described {
                months.entry((row.kind.clone(), cold::month(&row))).or_default().push(row);
            }
            for rows in months.into_values() {
                folds = self.fold_cold(&folds, rows).await?;
            }
            folds = self.write_fold(&folds, vec![Op::Delete(PAGES, key.clone())]).await?;
        }
        Ok(())
    }
}
