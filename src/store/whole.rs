//! The store as a whole: every record for an export or a snapshot, emptied, built again.
//!
//! It must never know what a record means.

use std::collections::BTreeMap;

use rollcall_domain::kernel::{Id, KindName, Record};

use super::gate::{Ask, COLD, Guard, META, Op, PAGES, RECENT};
use super::rows::{self, Stored};
use super::{FOLDS, KINDS, Marks, Memory, STATE, Shelf, State, Store, StoreError, load};

/// Rows in one piece of a snapshot.
const PIECE_ROWS: usize = 1_024;
/// Times it is begun again because another tab wrote.
const TRIES_MAX: u32 = 3;

impl Store {
    /// Calls back with every record, hot and cold, and says how far they reach. What this tab or another absorbs
    /// meanwhile is not among them; [`StoreError::Moved`] when somebody folded meanwhile: try again.
    pub async fn all_records(&self, mut each: impl FnMut(&Record)) -> Result<Marks, StoreError> {
        self.all_stored(|row| {
            if let Some(record) = row.record() {
                each(&record);
            }
        })
        .await
    }

    async fn all_stored(&self, mut each: impl FnMut(Stored)) -> Result<Marks, StoreError> {
        let asks = [
            Ask::Get(META, STATE.into()),
            Ask::Get(META, FOLDS.into()),
            Ask::Keys(RECENT, None),
            Ask::Values(RECENT, None),
            Ask::Keys(PAGES, None),
            Ask::Keys(COLD, None),
        ];
        let answers = self.inner.gate.read(&asks).await?;
        let [state, folds, stamps, recent, pages, packs] = answers.as_slice() else {
            return Err(StoreError::Unreadable);
        };
        let mut newer: BTreeMap<(KindName, Id), Stored> = BTreeMap::new();
        for (stamp, value) in stamps.iter().zip(recent) {
            let rows = self.read_recent(stamp, value)?;
            newer.extend(rows.into_iter().map(|row| ((row.kind.clone(), row.id), row)));
        }
        let is_old = |row: &Stored| newer.contains_key(&(row.kind.clone(), row.id));
        for key in pages {
            let found = self.inner.gate.read(&[Ask::Get(PAGES, key.clone())]).await?;
            let Some(value) = found.first().and_then(|v| v.first()) else { return Err(StoreError::Moved) };
            let page = self.read_page(&key.as_string().ok_or(StoreError::Unreadable)?, value)?;
            for row in 0..page.count() {
                let row = page.stored(row)?;
                if !is_old(&row) {
                    each(row);
                }
            }
        }
        for key in packs {
            let found = self.inner.gate.read(&[Ask::Get(COLD, key.clone())]).await?;
            let Some(value) = found.first().and_then(|v| v.first()) else { return Err(StoreError::Moved) };
            let pack = self.read_pack(&key.as_string().ok_or(StoreError::Unreadable)?, value)?;
            pack.into_iter().filter(|row| !is_old(row)).for_each(&mut each);
        }
        newer.into_values().for_each(&mut each);
        let after = self.inner.gate.read(&[Ask::Get(META, FOLDS.into())]).await?;
        if after.first().map(|v| load::text(v)) != Some(load::text(folds)) {
            return Err(StoreError::Moved);
        }
        Ok(load::parse_state(&load::text(state))?.marks)
    }

    /// All records in pieces, for the journal's snapshot, and how far they reach.
    pub async fn snapshot(&self) -> Result<(Marks, Vec<Vec<u8>>), StoreError> {
        let (mut pieces, mut rows) = (Vec::new(), Vec::new());
        let marks = self
            .all_stored(|row| {
                if row.body.is_some() {
                    rows.push(row);
                }
                if rows.len() == PIECE_ROWS {
                    pieces.push(rows::write_pack(&std::mem::take(&mut rows)));
                }
            })
            .await?;
        if !rows.is_empty() {
            pieces.push(rows::write_pack(&rows));
        }
        Ok((marks, pieces))
    }

    /// Throws everything away and takes a snapshot's pieces instead.
    ///
    /// The marks are written with the last piece: an interrupted restore is begun again by whoever looks at them.
    pub async fn restore(&self, pieces: &[Vec<u8>], marks: &Marks) -> Result<Shelf, StoreError> {
        let _turn = self.inner.turn.lock().await;
        self.wipe().await?;
        for (n, piece) in pieces.iter().enumerate() {
            let rows = rows::read_pack(self.inner.catalogue, piece)?;
            let reached = if n + 1 == pieces.len() { marks.clone() } else { Marks::default() };
            self.take_in(rows, &reached, false).await?;
        }
        if pieces.is_empty() {
            self.take_in(Vec::new(), marks, false).await?;
        }
        self.load().await
    }

    /// Throws everything away and begins again at these marks, in one transaction.
    pub async fn start_over(&self, marks: &Marks) -> Result<(), StoreError> {
        let _turn = self.inner.turn.lock().await;
        for _ in 0..TRIES_MAX {
            // Another tab may be further: its stamp must be passed, or it would not notice.
            self.learn().await?;
            let (stamp, before) = {
                let memory = self.inner.memory.borrow();
                (memory.state.stamp + 1, memory.state_text.clone())
            };
            let state = State { stamp, marks: marks.clone() };
            let text = serde_json::to_string(&state).map_err(|_| StoreError::Unreadable)?;
            let mut ops = self.emptied();
            ops.push(Op::Put(META, STATE.into(), text.as_str().into()));
            match self.inner.gate.write(&[Guard { name: STATE, text: before }], &ops).await {
                Ok(()) => {
                    self.inner.memory.replace(Memory { state, state_text: text, ..Memory::default() });
                    return Ok(());
                }
                Err(StoreError::Moved) => {}
                Err(other) => return Err(other),
            }
        }
        Err(StoreError::Moved)
    }

    pub(super) async fn wipe(&self) -> Result<(), StoreError> {
        self.inner.gate.write(&[], &self.emptied()).await?;
        self.inner.memory.take();
        Ok(())
    }

    fn emptied(&self) -> Vec<Op> {
        let kinds = Op::Put(META, KINDS.into(), self.kinds_text().as_str().into());
        vec![Op::Clear(META), Op::Clear(PAGES), Op::Clear(RECENT), Op::Clear(COLD), kinds]
    }
}
