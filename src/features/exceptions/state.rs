//! What was settled at the exceptions desk, without markup.

use rollcall_domain::kernel::exceptions::Settled;
use rollcall_domain::kernel::ids::{DeviceId, PersonId};
use rollcall_domain::kernel::order;
use rollcall_domain::kernel::{Exception, Timestamp};

use crate::parts::odd::{choices, sentence};
use crate::studio::Studio;

/// Settled items that are shown.
const SETTLED_MAX: usize = 20;

/// A settled item in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) sentence: String,
    /// What was chosen, in the words of its button; empty where this build has none.
    pub(super) choice: String,
    pub(super) by: PersonId,
    pub(super) device: Option<DeviceId>,
    pub(super) at: Timestamp,
}

/// What was settled, newest first.
pub(super) fn settled_lately(studio: &Studio) -> Vec<Told> {
    let all = studio.live().of_kind::<Exception>();
    let mut items: Vec<(Exception, Settled)> =
        all.into_iter().filter_map(|item| item.settled.clone().map(|settled| (item, settled))).collect();
    order::by_key(&mut items, |(_, settled)| std::cmp::Reverse(settled.at));
    items.truncate(SETTLED_MAX);
    items.into_iter().map(|(item, settled)| told(studio, &item, settled)).collect()
}

fn told(studio: &Studio, item: &Exception, settled: Settled) -> Told {
    let button = choices(studio, item).into_iter().find(|choice| choice.code == settled.choice);
    Told {
        sentence: sentence(studio, item),
        choice: button.map(|choice| format!("{} ·", choice.label)).unwrap_or_default(),
        by: settled.by,
        device: settled.device,
        at: settled.at,
    }
}
