//! One meeting with the hub: photos first, then what waits, then what is new.

use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::CommandId;
use rollcall_domain::sync::envelope::{Entry, Envelope};
use rollcall_domain::sync::wire::{
    Answered, AskChallenge, Challenge, DROP_COUNT_MAX, OutcomeOrHold, PULL_COUNT_MAX, PUSH_COUNT_MAX,
    ProblemCode, Prove, Pull, PullAnswer, Push, PushAnswer, one_drop, one_push, push_message,
    session_message,
};

use super::keys::{DeviceKeys, KeyError};
use super::transport::{self, TransportError};
use crate::journal::Line;
use crate::studio::{Failure, Me, Studio};

/// Why a meeting ended early. Nothing is lost by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoundError {
    /// The hub could not be reached or said no.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The device cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The device cannot read or write its storage.
    #[error(transparent)]
    Storage(#[from] Failure),
}

impl RoundError {
    /// True when the hub does not let this device in.
    pub(super) fn is_shut_out(&self) -> bool {
        matches!(self, Self::Transport(e) if matches!(e.code(), Some(ProblemCode::Revoked | ProblemCode::NotClaimed)))
    }

    /// True when nobody answered.
    pub(super) const fn is_offline(&self) -> bool {
        matches!(self, Self::Transport(TransportError::Offline))
    }
}

/// Opens a session by proving the device's key.
pub(super) async fn open_session(studio: &Studio, me: &Me, keys: &DeviceKeys) -> Result<(), RoundError> {
    let waiting = waiting(studio).await?;
    let challenge: Challenge =
        transport::post("/api/v1/challenge", &AskChallenge { device: me.device }).await?;
    let signature = keys.sign(&session_message(me.device, &challenge.nonce)).await?;
    let proof = Prove { device: me.device, nonce: challenge.nonce, signature, waiting };
    Ok(transport::post_quiet("/api/v1/session", &proof).await?)
}

/// How many commands wait here, for the owner's list of devices.
async fn waiting(studio: &Studio) -> Result<Option<u32>, RoundError> {
    let counts = studio.journal.counts().await.map_err(Failure::from)?;
    Ok(u32::try_from(counts.waiting).ok())
}

/// Drops off what waits at a hub that does not let this device in any more. True once the hub has everything and says
/// that this device shall forget; only an answer to what the device signed can say so.
pub(super) async fn drop_off(studio: &Studio, me: &Me, keys: &DeviceKeys) -> Result<bool, RoundError> {
    loop {
        let lines = studio
            .journal
            .waiting(u32::try_from(DROP_COUNT_MAX).unwrap_or(25))
            .await
            .map_err(Failure::from)?;
        let nothing_left = lines.is_empty();
        let batch = batch(lines, |pairs| one_drop(pairs.iter().copied()));
        let answer = push(me, keys, &batch).await?;
        studio.clock.hear(answer.hub_time);
        take_answers(studio, &answer.answers).await?;
        if nothing_left {
            return Ok(answer.wipe.is_some());
        }
        if answer.answers.is_empty() {
            return Err(TransportError::Offline.into());
        }
    }
}

/// Sends everything that waits; calls `progress` with (done, total).
pub(super) async fn push_all(
    studio: &Studio,
    me: &Me,
    keys: &DeviceKeys,
    progress: impl Fn(u64, u64),
) -> Result<(), RoundError> {
    push_blobs(studio).await?;
    let mut done = 0;
    loop {
        let waiting = studio
            .journal
            .waiting(u32::try_from(PUSH_COUNT_MAX).unwrap_or(100))
            .await
            .map_err(Failure::from)?;
        if waiting.is_empty() {
            return Ok(());
        }
        let total = done + studio.journal.counts().await.map_err(Failure::from)?.waiting;
        let batch = batch(waiting, |pairs| one_push(pairs.iter().copied()));
        progress(done, total);
        let answer = push(me, keys, &batch).await?;
        studio.clock.hear(answer.hub_time);
        let settled = u64::try_from(answer.answers.len()).unwrap_or(0);
        take_answers(studio, &answer.answers).await?;
        if let Some(fork) = answer.fork {
            studio.begin_new_life(fork.epoch, &fork.series).await?;
        }
        done += settled;
        // An answer that settles nothing must not be asked for again at once.
        if settled == 0 {
            return Err(TransportError::Offline.into());
        }
    }
}

async fn push_blobs(studio: &Studio) -> Result<(), RoundError> {
    for hash in studio.journal.blobs_waiting().await.map_err(Failure::from)? {
        let Some(bytes) = studio.journal.blob(&hash).await.map_err(Failure::from)? else { continue };
        transport::put_bytes(&format!("/api/v1/blobs/{}", hash.0), &bytes).await?;
        studio.journal.blob_sent(&hash).await.map_err(Failure::from)?;
    }
    Ok(())
}

/// As many lines as one push may carry; at least one. A line whose cover this build cannot read goes alone.
fn batch(mut lines: Vec<Line>, fits: fn(&[(&Entry, &Envelope)]) -> usize) -> Vec<Line> {
    let covers: Vec<Envelope> = lines.iter().map_while(|l| l.entry.open().ok()).collect();
    let pairs: Vec<(&Entry, &Envelope)> = lines.iter().map(|l| &l.entry).zip(&covers).collect();
    let count = fits(&pairs);
    lines.truncate(count.max(1));
    lines
}

async fn push(me: &Me, keys: &DeviceKeys, batch: &[Line]) -> Result<PushAnswer, RoundError> {
    let last = batch.last().map(|l| l.entry.hash()).unwrap_or_default();
    let epoch = batch.last().and_then(|l| l.entry.open().ok()).map_or(1, |e| e.epoch);
    let signature = keys.sign(&push_message(me.studio, me.device, epoch, &last)).await?;
    let entries = batch.iter().map(|l| l.entry.clone()).collect();
    Ok(transport::post(
        "/api/v1/push",
        &Push { studio: me.studio, device: me.device, epoch, entries, signature, receipts: Vec::new() },
    )
    .await?)
}

/// Writes the hub's answers into the journal, exactly the ids it names, and lets the screen follow.
async fn take_answers(studio: &Studio, answers: &[Answered]) -> Result<(), RoundError> {
    studio.journal.answered(answers).await.map_err(Failure::from)?;
    let told: Vec<(CommandId, Option<Outcome>, u64)> = answers
        .iter()
        .map(|a| {
            let outcome = match &a.answer {
                OutcomeOrHold::Outcome(outcome) => Some(outcome.clone()),
                OutcomeOrHold::Hold(_) => None,
            };
            (a.id, outcome, a.receipt.hub_seq)
        })
        .collect();
    studio.hear_answers(&told);
    Ok(())
}

/// Takes what is new until there is no more.
pub(super) async fn pull_all(studio: &Studio) -> Result<(), RoundError> {
    loop {
        let (hub_epoch, cursors) = studio.cursors();
        let waiting = waiting(studio).await?;
        let answer: PullAnswer =
            transport::post("/api/v1/pull", &Pull { hub_epoch, cursors, limit: PULL_COUNT_MAX, waiting })
                .await?;
        studio.clock.hear(answer.hub_time);
        if !answer.answers.is_empty() {
            take_answers(studio, &answer.answers).await?;
        }
        let more = answer.more;
        studio.take_pull(answer).await?;
        if !more {
            return Ok(());
        }
    }
}
