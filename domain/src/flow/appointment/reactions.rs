//! What follows for appointments from what happens elsewhere: a pass is taken back, a coach teaches no more, the studio
//! closes for a day, somebody is erased. What has not begun is dropped, its time is free, and its credit comes back.

use std::collections::BTreeMap;

use super::super::till::Till;
use super::{Freed, cancelled, dropped, drops, settling_wants};
use crate::appointments::{Appointment, Dropped, State, kept_on, of_day, open_of};
use crate::classes::{Closure, Coach};
use crate::kernel::decide::Ctx;
use crate::kernel::erasure::Erased;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::Id;
use crate::kernel::record::{Change, RecordBody};
use crate::passes::Pass;

fn read<T: RecordBody>(change: &Change) -> Option<T> {
    // A decision of this build wrote it: what cannot be read has no appointments.
    (change.kind == T::KIND).then(|| serde_json::from_str(change.body.as_deref()?).ok())?
}

/// Something after which appointments do not take place.
enum News {
    Pass(Pass),
    Coach(Coach),
    Closure(Closure),
    Erased(Erased),
}

impl News {
    fn of(change: &Change) -> Option<Self> {
        let pass = read::<Pass>(change).filter(|pass| pass.reversed_at.is_some()).map(Self::Pass);
        let coach = || read::<Coach>(change).filter(|coach| coach.retired_at.is_some()).map(Self::Coach);
        let closure = || read::<Closure>(change).filter(|one| one.lifted_at.is_none()).map(Self::Closure);
        pass.or_else(coach).or_else(closure).or_else(|| read::<Erased>(change).map(Self::Erased))
    }

    /// The appointments it may touch.
    fn want(&self) -> Want {
        match self {
            Self::Pass(pass) => kept_on(pass.id),
            Self::Coach(coach) => open_of(coach.id.raw()),
            Self::Closure(closure) => of_day(closure.first_on, closure.last_on),
            Self::Erased(erased) => open_of(erased.subject),
        }
    }

    /// What becomes of one; nothing where it stays.
    fn after(&self, one: &Appointment, ctx: &Ctx) -> Option<State> {
        match self {
            Self::Pass(_) => Some(dropped(Dropped::PassReversed)),
            Self::Coach(_) => Some(dropped(Dropped::CoachLeft)),
            Self::Closure(closure) if closure.shuts(one.on, one.starts_at) => Some(dropped(Dropped::Closed)),
            Self::Closure(_) => None,
            Self::Erased(erased) if erased.subject == one.coach_id.raw() => Some(dropped(Dropped::CoachLeft)),
            Self::Erased(_) => Some(cancelled(ctx.effective_at, false)),
        }
    }
}

/// What must be seen to follow passes, coaches, closed days and erasures.
pub(in crate::flow) fn wants(changes: &[&Change], facts: &Facts) -> Vec<Want> {
    let mut wants = Vec::new();
    for news in changes.iter().filter_map(|change| News::of(change)) {
        let touched = facts.peek::<Appointment>(&news.want());
        wants.extend(touched.iter().flat_map(|one| settling_wants(one, facts)));
        wants.push(news.want());
    }
    wants
}

/// Follows passes, coaches, closed days and erasures.
pub(in crate::flow) fn follow(till: &mut Till<'_>, changes: &[&Change]) {
    let (facts, ctx, mut freed) = (till.facts, till.ctx, Freed::default());
    let mut touched: BTreeMap<Id, (Appointment, State)> = BTreeMap::new();
    for news in changes.iter().filter_map(|change| News::of(change)) {
        for one in facts.all::<Appointment>(&news.want()) {
            // What has begun stays as it was: whoever was there settles it.
            if !one.is_booked() || one.has_begun(ctx.effective_at) {
                continue;
            }
            if let Some(state) = news.after(&one, ctx) {
                touched.entry(one.id.raw()).or_insert((one, state));
            }
        }
    }
    for (one, state) in touched.into_values() {
        drops(till, &mut freed, one, state);
    }
    freed.write(till);
}
