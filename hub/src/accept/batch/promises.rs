//! What this hub answered before it was put back to an older state: brought along by the devices it answered, under its
//! own seal. Knows no kind of record but the exceptions desk's.

use std::collections::BTreeSet;

use rollcall_domain::kernel::decide::{Outcome, Verdict};
use rollcall_domain::kernel::exceptions::Exception;
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{self, Id};
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold, SyncException};

use super::super::{AcceptError, Incoming};
use super::{Batch, is_ours};
use crate::storage::Stored;

impl Batch<'_> {
    /// What a hub of this history answered before it was put back, if that is its own hand.
    pub(super) fn proven<'i>(&self, incoming: &'i Incoming) -> Option<&'i Answered> {
        // Hardly any command brings one: nothing is hashed for the others.
        let promised = incoming.promised.as_ref().filter(|a| a.id == incoming.envelope.id)?;
        is_ours(&self.hub.secret, &incoming.entry.hash(), promised).then_some(promised)
    }

    /// The final answer of those.
    pub(super) fn promise(&self, incoming: &Incoming) -> Option<Outcome> {
        match &self.proven(incoming)?.answer {
            OutcomeOrHold::Outcome(outcome) => Some(outcome.clone()),
            OutcomeOrHold::Hold(_) => None,
        }
    }

    /// A promise given before the hub was put back stands, whatever the rules say today.
    pub(super) fn kept(&self, incoming: &Incoming, promised: Outcome, verdict: Verdict) -> Verdict {
        let envelope = &incoming.envelope;
        let odd = |id| self.odd(id, envelope, &SyncException::Promised { kind: envelope.kind.clone() });
        let refused = matches!(promised, Outcome::Refused { .. });
        let mut changes = match verdict {
            // What was told about it once is told again.
            Verdict::Decided { outcome: Outcome::Refused { .. }, changes } if refused => changes,
            _ if refused => Vec::new(),
            Verdict::Decided { outcome, changes } if !matches!(outcome, Outcome::Refused { .. }) => changes,
            _ => odd(ids::named(envelope.id.raw(), b"sync promised")),
        };
        // An item the promise speaks of and today's rules do not raise: whoever follows the promise finds this.
        if let Outcome::Recorded { exceptions } = &promised {
            let raised: BTreeSet<Id> = changes.iter().map(|change| change.id).collect();
            changes.extend(exceptions.iter().filter(|id| !raised.contains(id)).flat_map(|id| odd(*id)));
        }
        Verdict::Decided { outcome: promised, changes }
    }

    /// A command that is here already is brought with what was promised for it: one that waits is decided by that. Where
    /// another copy of the device had brought it without the promise, and it was decided otherwise meanwhile, nobody can
    /// be right to both: the decision stays, and somebody is told.
    pub(super) async fn promised_before(
        &mut self,
        stored: &Stored,
        incoming: &Incoming,
    ) -> Result<(), AcceptError> {
        let Some(promised) = self.promise(incoming) else { return Ok(()) };
        if stored.hold.is_some() {
            self.again(stored, incoming.promised.clone()).await?;
            return Ok(());
        }
        let answered: Option<Answered> = serde_json::from_str(&stored.answer).ok();
        let Some(OutcomeOrHold::Outcome(outcome)) = answered.map(|answered| answered.answer) else {
            return Ok(());
        };
        if outcome == promised {
            return Ok(());
        }
        let id = ids::named(stored.id.raw(), b"sync promised");
        let want = Want::id::<Exception>(id);
        self.overlay.load(&mut *self.work, self.studio.studio, std::slice::from_ref(&want)).await?;
        if !self.overlay.answer(&want).records.is_empty() {
            return Ok(());
        }
        let what = SyncException::Promised { kind: incoming.envelope.kind.clone() };
        let odd = self.odd(id, &incoming.envelope, &what);
        self.studio.head += 1;
        let stored = Stored { hub_seq: self.studio.head, ..stored.clone() };
        self.settle(stored, &incoming.envelope, Verdict::Decided { outcome, changes: Vec::new() }, odd)
    }
}
