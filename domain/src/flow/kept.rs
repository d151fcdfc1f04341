//! A visit of a counted pass that is kept for something booked: first it is kept, then spent or given back. Every step is
//! a ledger line.

use super::till::Till;
use crate::bookings::{Opening, Pays, Settled};
use crate::kernel::facts::Want;
use crate::kernel::ids::Id;
use crate::kernel::ledger::{Balance, Posting, balance_id};
use crate::passes::{PassId, VISITS, VISITS_RESERVED};

/// The wants for the balances of a pass of which a visit is kept.
pub(super) fn pass_wants(pass_id: PassId) -> Vec<Want> {
    let balance = |unit| Want::id::<Balance>(balance_id(pass_id.raw(), unit));
    [VISITS, VISITS_RESERVED].map(balance).to_vec()
}

/// Keeps a visit for what is booked; where visits are not counted, only says which pass it is on.
pub(super) fn keep(till: &mut Till<'_>, source: Id, opening: Opening, whose: Option<Id>) -> Pays {
    let account = opening.pass_id.raw();
    let mut entry = None;
    if opening.counts {
        for (unit, amount) in [(VISITS_RESERVED, 1), (VISITS, -1)] {
            let source = Some(source);
            till.post(&Posting { account, unit, amount, why: "reserved", source, reverses: None, whose });
            entry = till.effects.last().map(|effect| effect.entry);
        }
    }
    Pays { pass_id: opening.pass_id, entry, settled: Settled::Reserved }
}

/// Spends the visit that was kept, or gives it back. What was settled before stays as it is.
pub(super) fn settle(till: &mut Till<'_>, source: Id, pays: &mut Pays, how: Settled) {
    if pays.settled != Settled::Reserved {
        return;
    }
    let (account, returns) = (pays.pass_id.raw(), how == Settled::Returned);
    if pays.entry.is_some() {
        let why = if returns { "returned" } else { "spent" };
        let source = Some(source);
        let line =
            |unit, amount, reverses| Posting { account, unit, amount, why, source, reverses, whose: None };
        till.post(&line(VISITS_RESERVED, -1, None));
        if returns {
            till.post(&line(VISITS, 1, pays.entry));
        }
    }
    pays.settled = how;
}

/// A visit that was spent is theirs again.
pub(super) fn give_back(till: &mut Till<'_>, source: Id, pays: &mut Pays) {
    if pays.settled != Settled::Spent {
        return;
    }
    if pays.entry.is_some() {
        till.post(&Posting {
            account: pays.pass_id.raw(),
            unit: VISITS,
            amount: 1,
            why: "forgiven",
            source: Some(source),
            reverses: pays.entry,
            whose: None,
        });
    }
    pays.settled = Settled::Returned;
}

/// A visit that was spent is kept again, as if nothing had been said.
pub(super) fn keep_again(till: &mut Till<'_>, source: Id, pays: &mut Pays) {
    if pays.settled != Settled::Spent {
        return;
    }
    if pays.entry.is_some() {
        till.post(&Posting {
            account: pays.pass_id.raw(),
            unit: VISITS_RESERVED,
            amount: 1,
            why: "kept_again",
            source: Some(source),
            reverses: None,
            whose: None,
        });
    }
    pays.settled = Settled::Reserved;
}
