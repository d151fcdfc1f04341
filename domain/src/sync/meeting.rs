//! One meeting with the hub: what a device sends and asks, in which order, and what it does with each answer.
//!
//! Journal, store, key and network are behind [`Side`], so that a tablet, a phone and a simulated device with a broken
//! disk follow the same steps. Whatever a call on the way comes back with, a meeting may end there: the next one begins
//! from what is durable, and sending twice is one effect. It must never know a slice, and never keep anything itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::envelope::{Entry, Envelope};
use super::wire::{
    Answered, AskChallenge, Challenge, Fork, Known, Mark, OutcomeOrHold, PULL_COUNT_MAX, PUSH_COUNT_MAX,
    Problem, ProblemCode, Prove, Pull, PullAnswer, Push, PushAnswer, Told, one_drop, one_push, push_message,
    session_message,
};
use crate::kernel::access::Scope;
use crate::kernel::decide::Outcome;
use crate::kernel::devices::Standing;
use crate::kernel::ids::{CommandId, DeviceId, Hash, Id, StudioId};
use crate::kernel::time::Timestamp;
use crate::kernel::{Planted, planted};

/// Times a meeting follows the hub into another life of its history before it gives up for now.
const LIVES_MAX: u32 = 3;
/// Times an answer is asked for again because another tab had gone on, before the meeting gives up for now.
const AGAIN_MAX: u32 = 16;
/// Lines read from the journal at a time.
const LINES_MAX: u32 = 100;

/// Why a call to the hub brought no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// Nobody answered, or somebody who is not the hub.
    Offline,
    /// The hub said no.
    Refused {
        /// Its words.
        problem: Problem,
        /// When it asked to come again, in milliseconds from now.
        retry_ms: Option<u32>,
    },
}

impl CallError {
    /// The hub's code, if it spoke.
    #[must_use]
    pub const fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Offline => None,
            Self::Refused { problem, .. } => Some(problem.code),
        }
    }
}

/// Why a meeting ended early. Nothing is lost by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble<E> {
    /// Nobody answered.
    Offline,
    /// The hub has had enough for now, or has a trouble of its own.
    Later {
        /// When it asked to come again, in milliseconds from now; nothing when it did not say.
        retry_ms: Option<u32>,
    },
    /// The hub does not let this device in any more.
    ShutOut,
    /// The hub has everything that waited here, and said to what this device signed that it shall forget all it has.
    Forget(Standing),
    /// The hub knows no such device or no studio: it is another hub, or an older copy of it.
    Unknown,
    /// It said no for another reason.
    Refused(Problem),
    /// It answers, but settles nothing.
    Stuck,
    /// The device's own storage or key.
    Own(E),
}

impl<E> Trouble<E> {
    fn of(error: CallError) -> Self {
        let CallError::Refused { problem, retry_ms } = error else { return Self::Offline };
        match problem.code {
            ProblemCode::Revoked => Self::ShutOut,
            ProblemCode::NotClaimed | ProblemCode::BadSignature => Self::Unknown,
            ProblemCode::TooOften | ProblemCode::Failed => Self::Later { retry_ms },
            _ => Self::Refused(problem),
        }
    }
}

/// A line of the journal that the hub does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// Its place in the journal.
    pub at: u64,
    /// The command.
    pub entry: Entry,
}

/// A line of the journal that the hub has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its place in the journal.
    pub at: u64,
    /// The command.
    pub entry: Entry,
    /// What it was answered.
    pub answered: Answered,
}

/// How far answered lines were sent again to a hub that was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resending {
    /// In which life of the hub.
    pub hub_epoch: Id,
    /// The last line's place in the journal.
    pub at: u64,
}

/// How far a device has read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The hub's life it follows; nil before the first contact.
    pub hub_epoch: Id,
    /// One number per scope.
    pub cursors: BTreeMap<Scope, u64>,
    /// The last link it has read.
    pub mark: Option<Mark>,
    /// Up to which change it has heard of everybody who was erased.
    pub erased: u64,
}

impl Reading {
    /// Up to which change the picture is whole.
    #[must_use]
    pub fn covered(&self) -> u64 {
        self.cursors.values().copied().min().unwrap_or(0)
    }

    /// True when the picture holds whatever became of an answered command: it was refused, or it was read. A hub that was
    /// put back counts on from where it was, and what it gives a new place the device is told again.
    #[must_use]
    pub fn holds(&self, answered: &Answered) -> bool {
        let refused = matches!(&answered.answer, OutcomeOrHold::Outcome(Outcome::Refused { .. }));
        refused || answered.receipt.hub_seq <= self.covered()
    }
}

/// What became of an answer to a pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Rows, cursors and mark are kept.
    Whole,
    /// Another tab had gone on since it was asked for: nothing of it was kept, and what it told beyond that tab's state
    /// is known to nobody here. The hub has to be asked again, from where the storage is now.
    AskAgain,
}

/// A device as a meeting sees it. Every write is durable when it returns.
#[allow(async_fn_in_trait, reason = "a browser has one thread, and the simulator is one")]
pub trait Side {
    /// What its own storage or key may say.
    type Error;

    /// Which studio, which device.
    fn who(&self) -> (StudioId, DeviceId);
    /// Signs with the device's key: 64 bytes r‖s, base64url without padding.
    async fn sign(&self, message: &[u8]) -> Result<String, Self::Error>;
    /// The hub's clock was heard.
    fn hear(&self, hub_time: Timestamp);
    /// So many commands are with the hub, of so many.
    fn progress(&self, done: u64, total: u64);

    /// What waits, oldest first.
    async fn waiting(&self, limit: u32) -> Result<Vec<Waits>, Self::Error>;
    /// How much waits.
    async fn count_waiting(&self) -> Result<u64, Self::Error>;
    /// What was answered, after a place, oldest first.
    async fn sent_after(&self, at: u64, limit: u32) -> Result<Vec<Sent>, Self::Error>;
    /// The newest line that was answered.
    async fn last_sent(&self) -> Result<Option<Sent>, Self::Error>;
    /// How far the answered lines were sent again, while that is not finished.
    async fn resending(&self) -> Result<Option<Resending>, Self::Error>;
    /// Keeps that; nothing when it is finished.
    async fn note_resending(&self, resending: Option<Resending>) -> Result<(), Self::Error>;
    /// Notes answers: exactly the lines of these ids move, and what was final stays.
    async fn answered(&self, answers: &[Answered]) -> Result<(), Self::Error>;
    /// Lays a line aside that no hub can read: it stays, and does not wait any more.
    async fn lay_aside(&self, at: u64, problem: &Problem) -> Result<(), Self::Error>;
    /// Begins another life of this device, if it is newer than the present one.
    async fn begin_life(&self, fork: &Fork) -> Result<(), Self::Error>;

    /// How far it has read.
    async fn reading(&self) -> Result<Reading, Self::Error>;
    /// Takes rows, cursors and mark together, or nothing of them.
    async fn take_pull(&self, answer: PullAnswer) -> Result<Taken, Self::Error>;
    /// Forgets what it read and follows this life of the hub from nothing.
    async fn begin_history(&self, hub_epoch: Id) -> Result<(), Self::Error>;

    /// Photos the hub does not have.
    async fn blobs_waiting(&self) -> Result<Vec<Hash>, Self::Error>;
    /// Sends one.
    async fn put_blob(&self, hash: &Hash) -> Result<Result<(), CallError>, Self::Error>;
    /// Notes that the hub has it.
    async fn blob_sent(&self, hash: &Hash) -> Result<(), Self::Error>;

    /// `POST /api/v1/challenge`.
    async fn challenge(&self, ask: &AskChallenge) -> Result<Challenge, CallError>;
    /// `POST /api/v1/session`.
    async fn prove(&self, proof: &Prove) -> Result<(), CallError>;
    /// `POST /api/v1/push`.
    async fn push(&self, push: &Push) -> Result<PushAnswer, CallError>;
    /// `POST /api/v1/pull`.
    async fn pull(&self, pull: &Pull) -> Result<PullAnswer, CallError>;
}

/// How much goes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pieces {
    /// As much as the hub takes of a device that is in use.
    Whole,
    /// As much as it takes of one that left.
    Small,
}

impl Pieces {
    /// True when the hub says that this device left: it goes on as one that did.
    fn are_too_large(self, answer: &PushAnswer) -> bool {
        self == Self::Whole && answer.wipe.is_some()
    }
}

/// Meets the hub: photos, then what waits, then what is new. When it returns well, nothing waited and all was read.
pub async fn meet<S: Side>(side: &S) -> Result<(), Trouble<S::Error>> {
    match exchange(side).await {
        Err(Trouble::ShutOut) => leave(side).await,
        ended => ended,
    }
}

async fn exchange<S: Side>(side: &S) -> Result<(), Trouble<S::Error>> {
    send_again(side, Pieces::Whole).await?;
    send_blobs(side).await?;
    send_waiting(side, Pieces::Whole).await?;
    read(side).await
}

/// A device that is not let in any more drops off what it has. Only an answer to what it signed makes it forget, and
/// only when nothing waits: anybody in between could refuse a session.
async fn leave<S: Side>(side: &S) -> Result<(), Trouble<S::Error>> {
    let mut lives = 0;
    loop {
        // What a restored hub forgot comes first here too, be it in this meeting or in one that broke off.
        send_again(side, Pieces::Small).await?;
        send_waiting(side, Pieces::Small).await?;
        let (known, _) = known(side).await?;
        match push(side, std::iter::empty(), Vec::new(), Some(known)).await? {
            Ok(answer) => {
                side.hear(answer.hub_time);
                // Somebody may have gone on working here meanwhile.
                if side.count_waiting().await.map_err(Trouble::Own)? == 0 {
                    return Err(answer.wipe.map_or(Trouble::ShutOut, Trouble::Forget));
                }
            }
            Err(CallError::Refused { problem, .. }) if problem.code == ProblemCode::Restored => {
                lives += 1;
                follow(side, problem, lives, Pieces::Small).await?;
            }
            Err(other) => return Err(Trouble::of(other)),
        }
    }
}

/// Opens a session by proving the device's key.
pub async fn open_session<S: Side>(side: &S) -> Result<(), Trouble<S::Error>> {
    let (_, device) = side.who();
    let challenge = side.challenge(&AskChallenge { device }).await.map_err(Trouble::of)?;
    let signature = side.sign(&session_message(device, &challenge.nonce)).await.map_err(Trouble::Own)?;
    let waiting = waiting(side).await?;
    let proof = Prove { device, nonce: challenge.nonce, signature, waiting };
    side.prove(&proof).await.map_err(Trouble::of)
}

/// How many commands wait here, for the owner's list of devices.
async fn waiting<S: Side>(side: &S) -> Result<Option<u32>, Trouble<S::Error>> {
    Ok(u32::try_from(side.count_waiting().await.map_err(Trouble::Own)?).ok())
}

/// Photos need a session; commands do not. A photo that does not get through never holds up a command.
async fn send_blobs<S: Side>(side: &S) -> Result<(), Trouble<S::Error>> {
    let mut may_sign_in = true;
    for hash in side.blobs_waiting().await.map_err(Trouble::Own)? {
        let mut put = side.put_blob(&hash).await.map_err(Trouble::Own)?;
        if put.as_ref().is_err_and(|e| e.code() == Some(ProblemCode::SignIn)) && may_sign_in {
            may_sign_in = false;
            match open_session(side).await {
                Ok(()) => put = side.put_blob(&hash).await.map_err(Trouble::Own)?,
                Err(Trouble::Own(error)) => return Err(Trouble::Own(error)),
                Err(_) => return Ok(()),
            }
        }
        match put {
            Ok(()) => side.blob_sent(&hash).await.map_err(Trouble::Own)?,
            Err(CallError::Offline) => return Err(Trouble::Offline),
            Err(CallError::Refused { .. }) => {}
        }
    }
    Ok(())
}

/// Sends everything that waits, oldest first.
async fn send_waiting<S: Side>(side: &S, pieces: Pieces) -> Result<(), Trouble<S::Error>> {
    let (mut done, mut cap, mut lives) = (0, PUSH_COUNT_MAX, 0);
    loop {
        let mut lines = side.waiting(LINES_MAX).await.map_err(Trouble::Own)?;
        if lines.is_empty() {
            return Ok(());
        }
        let total = done + side.count_waiting().await.map_err(Trouble::Own)?;
        side.progress(done, total);
        lines.truncate(in_one_push(lines.iter().map(|l| &l.entry), pieces).min(cap));
        let (known, _) = known(side).await?;
        match push(side, lines.iter().map(|l| &l.entry), Vec::new(), Some(known)).await? {
            Ok(answer) => {
                let left = pieces.are_too_large(&answer);
                done += take(side, answer, lines.iter().map(|l| &l.entry)).await?;
                if left {
                    return Err(Trouble::ShutOut);
                }
                cap = cap.saturating_mul(2).min(PUSH_COUNT_MAX);
            }
            Err(CallError::Refused { problem, .. }) if problem.code == ProblemCode::Restored => {
                lives += 1;
                follow(side, problem, lives, pieces).await?;
            }
            Err(CallError::Refused { problem, .. }) if cannot_be_read(&problem) => match lines.as_slice() {
                // Halves find the one in a few calls, and the others are not held up by it.
                [line] => side.lay_aside(line.at, &problem).await.map_err(Trouble::Own)?,
                lines => cap = lines.len() / 2,
            },
            Err(other) => return Err(Trouble::of(other)),
        }
    }
}

const fn cannot_be_read(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::BadRequest | ProblemCode::TooLarge)
}

/// The hub's history is another one: follow it from nothing, and give back what it may have forgotten.
async fn follow<S: Side>(
    side: &S,
    problem: Problem,
    lives: u32,
    pieces: Pieces,
) -> Result<(), Trouble<S::Error>> {
    match problem.hub_epoch {
        Some(hub_epoch) if lives <= LIVES_MAX => {
            side.note_resending(Some(Resending { hub_epoch, at: 0 })).await.map_err(Trouble::Own)?;
            send_again(side, pieces).await
        }
        _ => Err(Trouble::Refused(problem)),
    }
}

/// Sends every answered line again, with the answer it got, from where that was broken off: what the hub still has it
/// answers as before.
async fn send_again<S: Side>(side: &S, pieces: Pieces) -> Result<(), Trouble<S::Error>> {
    let Some(Resending { hub_epoch, mut at }) = side.resending().await.map_err(Trouble::Own)? else {
        return Ok(());
    };
    // The picture of the old history goes first: a place in one says nothing about the other.
    if side.reading().await.map_err(Trouble::Own)?.hub_epoch != hub_epoch {
        side.begin_history(hub_epoch).await.map_err(Trouble::Own)?;
    }
    let (mut cap, mut left) = (PUSH_COUNT_MAX, false);
    while !planted(Planted::NothingSentAgain) {
        let mut lines = side.sent_after(at, LINES_MAX).await.map_err(Trouble::Own)?;
        lines.truncate(in_one_push(lines.iter().map(|l| &l.entry), pieces).min(cap));
        let Some(last) = lines.last() else { break };
        let reached = last.at;
        let receipts = lines.iter().map(|l| l.answered.clone()).collect();
        match push(side, lines.iter().map(|l| &l.entry), receipts, None).await? {
            Ok(answer) => {
                left = pieces.are_too_large(&answer);
                take(side, answer, lines.iter().map(|l| &l.entry)).await?;
                cap = cap.saturating_mul(2).min(PUSH_COUNT_MAX);
            }
            // Too much at once for a device that left, or one among them that holds up the others.
            Err(CallError::Refused { problem, .. }) if cannot_be_read(&problem) && lines.len() > 1 => {
                cap = lines.len() / 2;
                continue;
            }
            // It was read once; a hub that cannot read it now has lost more than this device can give back.
            Err(CallError::Refused { problem, .. }) if cannot_be_read(&problem) => {}
            Err(other) => return Err(Trouble::of(other)),
        }
        at = reached;
        side.note_resending(Some(Resending { hub_epoch, at })).await.map_err(Trouble::Own)?;
        if left {
            return Err(Trouble::ShutOut);
        }
    }
    side.note_resending(None).await.map_err(Trouble::Own)
}

/// As many entries as one push may carry; at least one. One whose cover this build cannot read goes alone.
fn in_one_push<'a>(entries: impl Iterator<Item = &'a Entry>, pieces: Pieces) -> usize {
    let read: Vec<(&Entry, Envelope)> = entries.map_while(|entry| Some((entry, entry.cover()?))).collect();
    let pairs = read.iter().map(|(entry, cover)| (*entry, cover));
    let count = match pieces {
        Pieces::Whole => one_push(pairs),
        Pieces::Small => one_drop(pairs),
    };
    count.max(1)
}

async fn push<'a, S: Side>(
    side: &S,
    entries: impl Iterator<Item = &'a Entry>,
    receipts: Vec<Answered>,
    known: Option<Known>,
) -> Result<Result<PushAnswer, CallError>, Trouble<S::Error>> {
    let (studio, device) = side.who();
    let entries: Vec<Entry> = entries.cloned().collect();
    let last = entries.last().map(Entry::hash).unwrap_or_default();
    let epoch = entries.first().and_then(|e| e.cover()).map_or(1, |cover| cover.epoch);
    let signature = side.sign(&push_message(studio, device, epoch, &last)).await.map_err(Trouble::Own)?;
    Ok(side.push(&Push { studio, device, epoch, entries, signature, receipts, known }).await)
}

/// Writes down the answers to what was sent, and nothing else; says how many.
async fn take<'a, S: Side>(
    side: &S,
    answer: PushAnswer,
    sent: impl Iterator<Item = &'a Entry>,
) -> Result<u64, Trouble<S::Error>> {
    side.hear(answer.hub_time);
    let asked: Vec<CommandId> = sent.filter_map(|e| e.cover()).map(|cover| cover.id).collect();
    let mut answers: Vec<Answered> = answer.answers.into_iter().filter(|a| asked.contains(&a.id)).collect();
    if let (true, Some(first)) = (planted(Planted::AckAll), answers.first().cloned()) {
        answers = asked.iter().map(|id| Answered { id: *id, ..first.clone() }).collect();
    }
    side.answered(&answers).await.map_err(Trouble::Own)?;
    if let Some(fork) = &answer.fork {
        side.begin_life(fork).await.map_err(Trouble::Own)?;
    }
    match answer.retry_after_ms {
        Some(retry_ms) => Err(Trouble::Later { retry_ms: Some(retry_ms) }),
        // An answer that settles nothing must not be asked for again at once.
        None if answers.is_empty() => Err(Trouble::Stuck),
        None => Ok(u64::try_from(answers.len()).unwrap_or(u64::MAX)),
    }
}

async fn told<S: Side>(side: &S) -> Result<Option<Told>, Trouble<S::Error>> {
    let last = side.last_sent().await.map_err(Trouble::Own)?;
    Ok(last.map(|line| Told { envelope: line.entry.hash(), answered: line.answered }))
}

/// A device that has read nothing (yet, or any more) still knows in which life of the hub it was last answered.
async fn known<S: Side>(side: &S) -> Result<(Known, Reading), Trouble<S::Error>> {
    let reading = side.reading().await.map_err(Trouble::Own)?;
    let told = told(side).await?;
    let last = told.as_ref().map(|told| told.answered.receipt.hub_epoch).unwrap_or_default();
    let hub_epoch = if reading.hub_epoch.is_nil() { last } else { reading.hub_epoch };
    Ok((Known { hub_epoch, read: reading.mark.clone(), told }, reading))
}

/// Takes what is new until there is no more.
pub async fn read<S: Side>(side: &S) -> Result<(), Trouble<S::Error>> {
    let (mut lives, mut may_sign_in, mut again) = (0, true, 0);
    loop {
        let (Known { hub_epoch, read, told }, Reading { cursors, erased, .. }) = known(side).await?;
        let waiting = waiting(side).await?;
        let pull = Pull { hub_epoch, cursors, limit: PULL_COUNT_MAX, waiting, read, told, erased };
        let answer = match side.pull(&pull).await {
            Ok(answer) => answer,
            Err(CallError::Refused { problem, .. }) if problem.code == ProblemCode::SignIn && may_sign_in => {
                may_sign_in = false;
                if planted(Planted::DropOnSignIn) {
                    for line in side.waiting(LINES_MAX).await.map_err(Trouble::Own)? {
                        side.lay_aside(line.at, &problem).await.map_err(Trouble::Own)?;
                    }
                }
                open_session(side).await?;
                continue;
            }
            Err(other) => return Err(Trouble::of(other)),
        };
        side.hear(answer.hub_time);
        if answer.hub_epoch != hub_epoch && !hub_epoch.is_nil() {
            lives += 1;
            let problem = Problem::restored(answer.hub_epoch);
            follow(side, problem, lives, Pieces::Whole).await?;
            continue;
        }
        let more = answer.more;
        if !answer.answers.is_empty() {
            side.answered(&answer.answers).await.map_err(Trouble::Own)?;
        }
        match side.take_pull(answer).await.map_err(Trouble::Own)? {
            Taken::Whole if !more => return Ok(()),
            Taken::Whole => {}
            Taken::AskAgain if again < AGAIN_MAX => again += 1,
            Taken::AskAgain => return Err(Trouble::Stuck),
        }
    }
}

/// Milliseconds before the first try after a failure; doubles up to [`RETRY_MS_MAX`].
const RETRY_MS_MIN: u32 = 1_000;
/// Milliseconds between tries at most.
const RETRY_MS_MAX: u32 = 60_000;

/// How long to wait after so many failures in a row: doubling, with up to half of it added by chance, so that tablets
/// do not come back all at once; never less than the hub asked for. `chance` is 0 to 1,000.
#[must_use]
pub fn pause_ms(failures: u32, asked_ms: Option<u32>, chance: u32) -> u32 {
    let base = RETRY_MS_MIN.saturating_mul(1 << failures.min(6)).min(RETRY_MS_MAX).max(asked_ms.unwrap_or(0));
    base.saturating_add(base / 2_000 * chance.min(1_000))
}

#[cfg(test)]
mod tests;
