//! History on demand: cold records are read when a view asks, and again when their kind changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::record::{Record, RecordBody};

use super::Live;
use crate::studio::use_studio;

impl Live {
    /// What a want finds among cold kinds, newest changes included. Nothing while it is being read.
    pub fn history<T: RecordBody + Send + Sync>(
        &self,
        want: impl Fn() -> Want + 'static,
    ) -> Signal<Option<Vec<T>>> {
        self.histories(move || vec![want()])
    }

    /// What several wants find among cold kinds, one after the other.
    pub fn histories<T: RecordBody + Send + Sync>(
        &self,
        wants: impl Fn() -> Vec<Want> + 'static,
    ) -> Signal<Option<Vec<T>>> {
        let found = RwSignal::new(None);
        let studio = use_studio();
        // Reads may overtake each other: only the last one asked for counts.
        let asked = StoredValue::new(0_u64);
        Effect::new(move |_| {
            let turn = asked.get_value() + 1;
            asked.set_value(turn);
            let wants = wants();
            for want in &wants {
                studio.live().track_want(want);
            }
            let studio = studio.clone();
            spawn_local(async move {
                let mut records = Vec::new();
                for want in wants {
                    let confirmed = studio.store.cold(&want).await.unwrap_or_default();
                    records.extend(studio.merged(&want, confirmed));
                }
                let bodies = records.iter().filter_map(|r| r.read::<T>().ok()).collect();
                // The view may be gone by now.
                if asked.try_get_value() == Some(turn) {
                    found.try_set(Some(bodies));
                }
            });
        });
        found.into()
    }
}

impl crate::studio::Studio {
    /// History from the store with the overlay's and the not yet folded lines over it.
    fn merged(&self, want: &Want, confirmed: Vec<Arc<Record>>) -> Vec<Arc<Record>> {
        let mut by_id: BTreeMap<Id, Arc<Record>> = confirmed.into_iter().map(|r| (r.id, r)).collect();
        let book = self.book.borrow();
        let (Want::Id(kind, _) | Want::Key { kind, .. } | Want::Range { kind, .. }) = want;
        for (id, over) in book.overlaid(kind) {
            if over.is_none() {
                by_id.remove(&id);
            }
        }
        for record in book.answer(want).records {
            by_id.insert(record.id, record);
        }
        by_id.into_values().collect()
    }
}
