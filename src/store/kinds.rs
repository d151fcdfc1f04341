//! Kinds that changed between two builds: one that was history and is needed today, one whose keys are computed anew.
//!
//! It must never know a kind by name. Unknown kinds lie in packs, byte for byte, until a build knows them.

use std::collections::BTreeMap;

use rollcall_domain::kernel::{KindName, Temperature};

use super::gate::{Ask, COLD, META, Op, PAGES};
use super::page;
use super::rows::Stored;
use super::{FOLDS, KINDS, Store, StoreError, absorb, cold, load};

/// A kind as it was written: whether it lay in pages, and the version of its keys.
type Written = BTreeMap<String, (bool, u16)>;

impl Store {
    /// The kinds of this build, as they are noted in the database.
    pub(super) fn kinds_text(&self) -> String {
        let kinds: Written = self
            .inner
            .catalogue
            .kinds()
            .map(|k| (k.name.to_owned(), (k.temperature == Temperature::Hot, k.keys_version)))
            .collect();
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
        let mut stale = false;
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
            let page = load::read_page(&key.as_string().ok_or(StoreError::Unreadable)?, value)?;
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
