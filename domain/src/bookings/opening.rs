//! Which pass opens a session for somebody: one that runs on its day, and has a visit to give where visits are counted.
//! Passes without a count come first, then the one that ends first.

use chrono::NaiveDate;

use super::refusal::BookingRefusal;
use crate::classes::ClassType;
use crate::passes::stand::{Stand, stand};
use crate::passes::{Holding, Moment, PassId, PassKind};

/// The pass that opens a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Which pass.
    pub pass_id: PassId,
    /// True where a visit is kept for it.
    pub counts: bool,
}

/// The pass that opens a class on a day, or why none does. A class nobody described is opened by every pass.
pub fn opening(
    holdings: &[Holding],
    class: Option<&ClassType>,
    on: NaiveDate,
) -> Result<Opening, BookingRefusal> {
    let opened_by = class.map_or(&[][..], |class| &class.draft.opened_by);
    let fits = |holding: &&Holding| {
        let pass = &holding.pass;
        pass.opens_doors()
            && (opened_by.is_empty() || pass.plan_id.is_some_and(|plan| opened_by.contains(&plan)))
    };
    let moment = Moment::day(on);
    let runs = |holding: &&Holding| matches!(stand(holding, moment), Stand::Runs);
    let all: Vec<&Holding> = holdings.iter().filter(fits).filter(runs).collect();
    let counts = |holding: &Holding| holding.pass.kind == PassKind::Count;
    let usable = all.iter().filter(|holding| !counts(holding) || holding.visits_free() > 0);
    let best = usable.min_by_key(|holding| {
        let ends = holding.pass.valid_until.filter(|_| holding.pass.kind != PassKind::Lifetime);
        (counts(holding), ends.unwrap_or(NaiveDate::MAX), holding.pass.sold_at, holding.pass.id)
    });
    match best {
        Some(holding) => Ok(Opening { pass_id: holding.pass.id, counts: counts(holding) }),
        None if all.is_empty() => Err(BookingRefusal::NoPass),
        None => Err(BookingRefusal::VisitsAllKept),
    }
}
