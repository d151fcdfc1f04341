//! This device as a meeting with the hub sees it: journal, store and key of this browser, and the network behind them.

use rollcall_domain::kernel::ids::{DeviceId, Hash, Id, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::meeting::{CallError, Reading, Resending, Sent, Side, Taken, Trouble, Waits};
use rollcall_domain::sync::wire::{
    Answered, AskChallenge, Challenge, Fork, Problem, Prove, Pull, PullAnswer, Push, PushAnswer,
};

use super::keys::{DeviceKeys, KeyError};
use super::transport;
use crate::journal::{JournalError, Line};
use crate::studio::{Failure, Me, Studio};

/// In the journal's meta: how far the answered lines were sent again, while that is not finished.
const RESENT: &str = "resent";

/// What this device's own storage or key may say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnError {
    /// The device cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The device cannot read or write its storage.
    #[error(transparent)]
    Storage(#[from] Failure),
}

impl From<JournalError> for OwnError {
    fn from(error: JournalError) -> Self {
        Self::Storage(error.into())
    }
}

/// Why a meeting of this device ended early.
pub(super) type Ended = Trouble<OwnError>;

/// This device.
pub(super) struct Here<'a> {
    studio: &'a Studio,
    me: Me,
    keys: DeviceKeys,
    progress: &'a dyn Fn(u64, u64),
}

impl<'a> Here<'a> {
    /// Loads the key; `progress` is told (done, total).
    pub(super) async fn new(
        studio: &'a Studio,
        me: Me,
        progress: &'a dyn Fn(u64, u64),
    ) -> Result<Self, Ended> {
        let keys = DeviceKeys::load().await.map_err(|e| Trouble::Own(e.into()))?;
        Ok(Self { studio, me, keys, progress })
    }
}

fn waits(line: Line) -> Waits {
    Waits { at: line.at, entry: line.entry }
}

fn sent(line: Line) -> Option<Sent> {
    let answered = line.answered()?.clone();
    Some(Sent { at: line.at, entry: line.entry, answered })
}

impl Side for Here<'_> {
    type Error = OwnError;

    fn who(&self) -> (StudioId, DeviceId) {
        (self.me.studio, self.me.device)
    }

    async fn sign(&self, message: &[u8]) -> Result<String, OwnError> {
        Ok(self.keys.sign(message).await?)
    }

    fn hear(&self, hub_time: Timestamp) {
        self.studio.clock.hear(hub_time);
        // The day on the screen may have been that of a wrong clock.
        self.studio.live().day_may_have_turned(self.studio.day_now());
    }

    fn progress(&self, done: u64, total: u64) {
        (self.progress)(done, total);
    }

    async fn waiting(&self, limit: u32) -> Result<Vec<Waits>, OwnError> {
        Ok(self.studio.journal.waiting(limit).await?.into_iter().map(waits).collect())
    }

    async fn count_waiting(&self) -> Result<u64, OwnError> {
        Ok(self.studio.journal.counts().await?.waiting)
    }

    async fn sent_after(&self, at: u64, limit: u32) -> Result<Vec<Sent>, OwnError> {
        Ok(self.studio.journal.with_the_hub(at, limit).await?.into_iter().filter_map(sent).collect())
    }

    async fn last_sent(&self) -> Result<Option<Sent>, OwnError> {
        Ok(self.studio.journal.last_sent().await?.and_then(sent))
    }

    async fn resending(&self) -> Result<Option<Resending>, OwnError> {
        let kept = self.studio.journal.meta(RESENT).await?;
        Ok(kept.and_then(|json| serde_json::from_str(&json).ok()).flatten())
    }

    async fn note_resending(&self, resending: Option<Resending>) -> Result<(), OwnError> {
        let json = serde_json::to_string(&resending).map_err(|_| Failure::Broken)?;
        Ok(self.studio.journal.set_meta(RESENT, &json).await?)
    }

    async fn answered(&self, answers: &[Answered]) -> Result<(), OwnError> {
        self.studio.journal.answered(answers).await?;
        let told: Vec<_> = answers.iter().map(Answered::heard).collect();
        self.studio.hear_answers(&told);
        Ok(())
    }

    async fn lay_aside(&self, at: u64, problem: &Problem) -> Result<(), OwnError> {
        leptos::logging::warn!("the hub cannot read line {at}: {problem}");
        Ok(self.studio.journal.lay_aside(at, problem).await?)
    }

    async fn begin_life(&self, fork: &Fork) -> Result<(), OwnError> {
        Ok(self.studio.begin_new_life(fork.epoch, &fork.series).await?)
    }

    async fn reading(&self) -> Result<Reading, OwnError> {
        Ok(self.studio.reading())
    }

    async fn take_pull(&self, answer: PullAnswer) -> Result<Taken, OwnError> {
        Ok(self.studio.take_pull(answer).await?)
    }

    async fn begin_history(&self, hub_epoch: Id) -> Result<(), OwnError> {
        Ok(self.studio.begin_history(hub_epoch).await?)
    }

    async fn blobs_waiting(&self) -> Result<Vec<Hash>, OwnError> {
        Ok(self.studio.journal.blobs_waiting().await?)
    }

    async fn put_blob(&self, hash: &Hash) -> Result<Result<(), CallError>, OwnError> {
        let Some(bytes) = self.studio.journal.blob(hash).await? else { return Ok(Ok(())) };
        Ok(transport::put_bytes(&format!("/api/v1/blobs/{}", hash.0), &bytes).await.map_err(CallError::from))
    }

    async fn blob_sent(&self, hash: &Hash) -> Result<(), OwnError> {
        Ok(self.studio.journal.blob_sent(hash).await?)
    }

    async fn challenge(&self, ask: &AskChallenge) -> Result<Challenge, CallError> {
        Ok(transport::post("/api/v1/challenge", ask).await?)
    }

    async fn prove(&self, proof: &Prove) -> Result<(), CallError> {
        Ok(transport::post_quiet("/api/v1/session", proof).await?)
    }

    async fn push(&self, push: &Push) -> Result<PushAnswer, CallError> {
        Ok(transport::post("/api/v1/push", push).await?)
    }

    async fn pull(&self, pull: &Pull) -> Result<PullAnswer, CallError> {
        Ok(transport::post("/api/v1/pull", pull).await?)
    }
}
