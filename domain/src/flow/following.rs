//! What follows from elsewhere for all that keeps visits of passes: classes first, then appointments, over the same
//! balances. Apart each would take the balance it found for the last word, and number its lines like the other.

use super::till::Till;
use super::{appointment, booking};
use crate::classes::{Closure, Coach, Schedule, SessionChange};
use crate::kernel::catalogue::Reaction;
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Erased;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ledger::Balance;
use crate::kernel::record::{Change, RecordBody};
use crate::passes::Pass;

/// What is followed.
pub(crate) const REACTIONS: &[Reaction] = &[Reaction {
    on: &[
        Schedule::KIND,
        SessionChange::KIND,
        Closure::KIND,
        Coach::KIND,
        Erased::KIND,
        Pass::KIND,
        Balance::KIND,
    ],
    wants,
    react,
}];

fn wants(changes: &[&Change], facts: &Facts) -> Vec<Want> {
    [booking::reactions::wants(changes, facts), appointment::reactions::wants(changes, facts)].concat()
}

fn react(changes: &[&Change], facts: &Facts, ctx: &Ctx) -> Decision {
    let mut till = Till::reacting(facts, ctx);
    // A sale that is taken back moves the balances a visit returns to.
    let moved = changes.iter().filter(|change| change.kind == Balance::KIND);
    let moved = moved.filter_map(|change| serde_json::from_str(change.body.as_deref()?).ok());
    moved.for_each(|balance: Balance| till.knowing(balance));
    booking::reactions::follow(&mut till, changes);
    appointment::reactions::follow(&mut till, changes);
    till.decision
}
