//! How one pass stands at one moment: the small question under every status and every answer at the door.

use chrono::NaiveDate;

use super::{Holding, PassKind};
use crate::kernel::time::{self, Timestamp, Zone};

/// A moment as the studio's days count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The civil day.
    pub today: NaiveDate,
    /// The earliest last day that still counts: yesterday between midnight and closing time, else today.
    pub still_counts: NaiveDate,
}

impl Moment {
    /// An instant in a studio that closes so many minutes after midnight.
    #[must_use]
    pub fn at(at: Timestamp, zone: Zone, closing_minute: u32) -> Self {
        let today = zone.day(at);
        let before_closing = zone.minute_of_day(at) < closing_minute;
        Self { today, still_counts: if before_closing { today.pred_opt().unwrap_or(today) } else { today } }
    }

    /// Noon of a day: no closing time in the way.
    #[must_use]
    pub const fn day(today: NaiveDate) -> Self {
        Self { today, still_counts: today }
    }
}

/// How one pass stands at a moment. Ordered: what opens a door comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stand {
    /// Opens the door.
    Runs,
    /// Paused until a day.
    Paused(NaiveDate),
    /// Over, with grace until a day.
    Grace(NaiveDate),
    /// Begins later.
    Ahead(NaiveDate),
    /// No visits left.
    UsedUp,
    /// Over.
    Over(NaiveDate),
}

/// How a pass that opens doors stands at a moment.
pub(crate) fn stand(holding: &Holding, moment: Moment) -> Stand {
    let pass = &holding.pass;
    if let Some(from) = pass.valid_from.filter(|from| *from > moment.today) {
        return Stand::Ahead(from);
    }
    // Lifetime never expires, whatever date slipped in.
    let until = pass.valid_until.filter(|_| pass.kind != PassKind::Lifetime);
    if let Some(until) = until.filter(|until| *until < moment.still_counts) {
        let grace_until = time::plus_days(until, pass.grace_days);
        let in_grace = grace_until >= moment.still_counts && !holding.is_used_up();
        return if in_grace { Stand::Grace(grace_until) } else { Stand::Over(until) };
    }
    if holding.is_used_up() {
        return Stand::UsedUp;
    }
    match pass.freeze_on(moment.today) {
        Some(span) => Stand::Paused(span.until),
        None => Stand::Runs,
    }
}
