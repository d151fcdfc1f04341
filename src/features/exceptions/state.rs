//! What was settled at the exceptions desk, without markup.

use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::order;
use rollcall_domain::kernel::{Exception, Timestamp};

use crate::parts::odd::sentence;
use crate::studio::Studio;

/// Settled items that are shown.
const SETTLED_MAX: usize = 20;

/// A settled item in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) sentence: String,
    pub(super) by: PersonId,
    pub(super) at: Timestamp,
}

/// What was settled, newest first.
pub(super) fn settled_lately(studio: &Studio) -> Vec<Told> {
    let all = studio.live().of_kind::<Exception>();
    let mut items: Vec<(Exception, PersonId, Timestamp)> = all
        .into_iter()
        .filter_map(|item| item.settled.clone().map(|settled| (item, settled.by, settled.at)))
        .collect();
    order::by_key(&mut items, |(_, _, at)| std::cmp::Reverse(*at));
    items.truncate(SETTLED_MAX);
    items.into_iter().map(|(item, by, at)| Told { sentence: sentence(studio, &item), by, at }).collect()
}
