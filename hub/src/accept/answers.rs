//! Answers, their receipts, and the chain of the hub's history.

use rollcall_domain::kernel::decide::{Hold, Parked};
use rollcall_domain::kernel::ids::{CommandId, Hash, Id};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold, Receipt};

use super::{AcceptError, Incoming};
use crate::hub::Secret;
use crate::storage::{Link, Stored, Studio};

const PURPOSE: &str = "rollcall receipt v1";

/// What a receipt's seal covers.
fn seal_text(
    id: CommandId,
    envelope: &Hash,
    answer: &OutcomeOrHold,
    receipt: &Receipt,
) -> Result<String, AcceptError> {
    let answer = serde_json::to_string(answer).map_err(|_| AcceptError::Encoding)?;
    Ok(format!(
        "{id}\n{}\n{}\n{}\n{}\n{}",
        envelope.0,
        receipt.hub_epoch,
        receipt.hub_seq,
        receipt.effective_at.0,
        Hash::of(answer.as_bytes()).0
    ))
}

/// The answer with its receipt.
pub(crate) fn answered(
    secret: &Secret,
    id: CommandId,
    envelope: &Hash,
    answer: OutcomeOrHold,
    (hub_epoch, hub_seq, effective_at): (Id, u64, Timestamp),
) -> Result<Answered, AcceptError> {
    let mut receipt = Receipt { hub_epoch, hub_seq, effective_at, mac: String::new() };
    receipt.mac = secret.seal(PURPOSE, &seal_text(id, envelope, &answer, &receipt)?);
    Ok(Answered { id, answer, receipt })
}

/// True when this hub, in this or an earlier life, gave the answer.
pub(crate) fn is_ours(secret: &Secret, envelope: &Hash, answered: &Answered) -> bool {
    seal_text(answered.id, envelope, &answered.answer, &answered.receipt)
        .is_ok_and(|text| secret.fits(PURPOSE, &text, &answered.receipt.mac))
}

/// A link: over the one before, its place, its command, and what that says.
pub(crate) fn link_hash(before: &Hash, seq: u64, command: CommandId, digest: &Hash) -> Hash {
    Hash::of(format!("{}\n{seq}\n{command}\n{}", before.0, digest.0).as_bytes())
}

/// The next link of the history, and the studio's head moved on to it.
pub(super) fn link(
    studio: &mut Studio,
    command: CommandId,
    envelope: &Hash,
    answer: &str,
    at: Timestamp,
) -> Link {
    let digest = Hash::of(format!("{}\n{}", envelope.0, Hash::of(answer.as_bytes()).0).as_bytes());
    let hash = link_hash(&studio.hash, studio.head, command, &digest);
    studio.hash = hash.clone();
    Link { seq: studio.head, command, digest, hash, at }
}

/// What became of a command elsewhere.
pub(crate) struct Before {
    pub(crate) answer: OutcomeOrHold,
    /// A hub's word that stays as it is; without one this hub gives its own.
    pub(crate) receipt: Option<Receipt>,
    pub(crate) effective_at: Timestamp,
    pub(crate) lane: u32,
}

/// A command that was decided elsewhere, as this hub keeps it from here on.
pub(crate) fn entered(
    secret: &Secret,
    studio: &mut Studio,
    incoming: &Incoming,
    before: Before,
    now: Timestamp,
) -> Result<(Stored, Link), AcceptError> {
    let envelope = &incoming.envelope;
    let hash = incoming.entry.hash();
    let hold = match &before.answer {
        OutcomeOrHold::Hold(hold) => Some(hold_name(hold).to_owned()),
        OutcomeOrHold::Outcome(_) => None,
    };
    let answered = match before.receipt {
        Some(receipt) => {
            studio.head = receipt.hub_seq;
            Answered { id: envelope.id, answer: before.answer, receipt }
        }
        None => {
            studio.head += 1;
            let place = (studio.hub_epoch, studio.head, before.effective_at);
            answered(secret, envelope.id, &hash, before.answer, place)?
        }
    };
    let answer = serde_json::to_string(&answered).map_err(|_| AcceptError::Encoding)?;
    let link = link(studio, envelope.id, &hash, &answer, now);
    let stored = Stored {
        id: envelope.id,
        device: envelope.device,
        epoch: envelope.epoch,
        seq: envelope.seq,
        lane: before.lane,
        hash,
        entry: incoming.entry.clone(),
        received_at: now,
        effective_at: before.effective_at,
        hub_seq: studio.head,
        answer,
        was_held: hold.is_some(),
        hold,
    };
    Ok((stored, link))
}

/// The name under which a hold is kept.
pub(super) const fn hold_name(hold: &Hold) -> &'static str {
    match hold {
        Hold::Parked { why: Parked::UnknownKind } => "unknown_kind",
        Hold::Parked { why: Parked::Dependency } => DEPENDENCY,
        Hold::Parked { why: Parked::InternalError | Parked::Other } => "internal_error",
        Hold::Parked { why: Parked::Recovering } => RECOVERING,
        Hold::Quarantined { .. } => QUARANTINED,
    }
}

/// Waits for what devices know of the time since an older state.
pub(super) const RECOVERING: &str = "recovering";
/// Waits for another command.
pub(super) const DEPENDENCY: &str = "dependency";

/// A manager decides.
pub(super) const QUARANTINED: &str = "quarantined";
