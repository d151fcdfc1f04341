//! Accepting commands: the only writer of records. One transaction for all that waits in a studio, answered after its
//! commit; studios do not wait for each other, as far as the storage allows.
//!
//! If a transaction fails it is repeated one push at a time, then one command at a time, so that the one that spoils
//! it is named and parked and blocks nobody. Knows no kind of record.

mod answers;
mod batch;
mod lanes;
mod overlay;
mod times;
mod upkeep;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, Weak};
use std::time::Duration;

use rollcall_domain::kernel::ids::{CommandId, DeviceId, Id, StudioId};
use rollcall_domain::sync::wire::{Answered, Fork};
use rollcall_domain::sync::{Entry, Envelope};
use tokio::sync::{mpsc, oneshot};

use crate::erasures::ListError;
use crate::hub::{Counters, Hub, Inner};
use crate::outside::random;
use crate::storage::StorageError;

#[cfg(test)]
pub(crate) use answers::answered;
pub(crate) use answers::{Before, entered, is_ours, link_hash};
pub(crate) use overlay::written;
pub(crate) use upkeep::{recover, upkeep};

/// Failures after which a command is parked.
const TRIES: u32 = 3;
/// Repeats of a transaction that was in another one's way, and the first wait between two; it doubles.
const BUSY_TRIES: u32 = 7;
const BUSY_MS: u64 = 5;
/// Commands of several pushes that share one commit.
const TOGETHER: usize = 1_000;
/// Pushes of a studio that may wait; more are told to come back.
const QUEUE: usize = 256;
/// A writer that had nothing to do for this long goes; the next push brings another.
const IDLE: Duration = Duration::from_secs(60);

/// Why nothing was accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A rule broke down, or wrote what it cannot read.
    #[error("command {0} breaks its rule")]
    Poison(CommandId),
    /// The device is not known here.
    #[error("the device is not known")]
    UnknownDevice,
    /// An id that another device has used.
    #[error("an id belongs to another device")]
    ForeignId,
    /// No studio.
    #[error("no studio lives here")]
    NotClaimed,
    /// An answer that cannot be written down.
    #[error("an answer cannot be encoded")]
    Encoding,
    /// Too many wait.
    #[error("too many pushes wait")]
    Busy,
    /// The hub stops.
    #[error("the hub stops")]
    Closing,
    /// Somebody was to be erased, and the list of it could not be kept.
    #[error(transparent)]
    List(#[from] ListError),
}

impl AcceptError {
    /// True when the same again may go through, and nobody's command is to blame.
    const fn passes(&self) -> bool {
        matches!(self, Self::Storage(fault) if fault.passes())
    }
}

/// A command on its way in: its texts, and its envelope as read. Nothing when the payload does not fit its hash.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) entry: Entry,
    pub(crate) envelope: Envelope,
    /// False when payload or personal block are not the ones the envelope names.
    pub(crate) whole: bool,
    /// What a hub answered before it was put back.
    pub(crate) promised: Option<Answered>,
}

/// A push whose signature was checked, or the clockwork's commands.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) studio: StudioId,
    /// Nil for the clockwork.
    pub(crate) device: DeviceId,
    pub(crate) incoming: Vec<Incoming>,
    /// Due records that were looked at, to be marked in the same transaction.
    pub(crate) fired: Vec<crate::storage::Due>,
}

/// What a push is answered, the answers byte for byte as stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) hub_epoch: Id,
    pub(crate) answers: Vec<String>,
    pub(crate) fork: Option<Fork>,
    pub(crate) retry_after_ms: Option<u32>,
}

struct Job {
    request: Request,
    reply: oneshot::Sender<Result<Reply, AcceptError>>,
}

/// The way to the writers: each studio has one of its own while there is something to write.
#[derive(Default)]
pub(crate) struct Door(Mutex<BTreeMap<StudioId, mpsc::Sender<Job>>>);

impl Door {
    /// Hands commands to their studio's writer and waits until they are durable.
    pub(crate) async fn accept(&self, hub: &Hub, request: Request) -> Result<Reply, AcceptError> {
        let (reply, answer) = oneshot::channel();
        self.queue(hub, Job { request, reply })?;
        answer.await.unwrap_or(Err(AcceptError::Closing))
    }

    fn queue(&self, hub: &Hub, job: Job) -> Result<(), AcceptError> {
        let studio = job.request.studio;
        let mut writers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = writers.entry(studio).or_insert_with(|| {
            let (sender, jobs) = mpsc::channel(QUEUE);
            tokio::spawn(work(hub.weak(), studio, jobs));
            sender
        });
        writer.try_send(job).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => AcceptError::Busy,
            mpsc::error::TrySendError::Closed(_) => AcceptError::Closing,
        })
    }

    /// Lets an idle writer go, unless something came just now: jobs are queued under the same lock.
    fn leave(&self, studio: StudioId, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
        let mut writers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let late = jobs.try_recv().ok();
        if late.is_none() {
            writers.remove(&studio);
        }
        late
    }
}

/// The next job; nothing when the writer is no longer needed.
async fn next(hub: &Weak<Inner>, studio: StudioId, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
    match tokio::time::timeout(IDLE, jobs.recv()).await {
        Ok(job) => job,
        Err(_) => hub.upgrade()?.door.leave(studio, jobs),
    }
}

/// A studio's writer. What arrives while one transaction commits shares the next one.
async fn work(hub: Weak<Inner>, studio: StudioId, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = next(&hub, studio, &mut jobs).await {
        let mut together = vec![first];
        let mut count = together[0].request.incoming.len();
        while count < TOGETHER {
            let Ok(next) = jobs.try_recv() else { break };
            count += next.request.incoming.len();
            together.push(next);
        }
        let Some(hub) = hub.upgrade() else { return };
        serve(&Hub::of(hub), together).await;
    }
}

async fn serve(hub: &Hub, jobs: Vec<Job>) {
    let (requests, senders): (Vec<Request>, Vec<_>) = jobs.into_iter().map(|j| (j.request, j.reply)).unzip();
    match patient(hub, &requests, None).await {
        Ok(replies) => {
            for (reply, sender) in replies.into_iter().zip(senders) {
                // Nobody waits any more when the connection broke; the commands are durable all the same.
                let _ = sender.send(Ok(reply));
            }
        }
        Err(fault) if fault.passes() => {
            tracing::warn!(%fault, pushes = requests.len(), "nothing could be written; the devices come again");
            for sender in senders {
                let _ = sender.send(Err(AcceptError::Busy));
            }
        }
        Err(fault) => {
            Counters::add(&hub.counters.rolled_back, 1);
            tracing::warn!(%fault, pushes = requests.len(), "a transaction was rolled back");
            for (request, sender) in requests.into_iter().zip(senders) {
                let _ = sender.send(alone(hub, request).await);
            }
        }
    }
}

/// A transaction, again and again while somebody else is in its way, so that no device hears of it.
async fn patient(
    hub: &Hub,
    requests: &[Request],
    park: Option<CommandId>,
) -> Result<Vec<Reply>, AcceptError> {
    let mut wait_ms = BUSY_MS;
    for _ in 0..BUSY_TRIES {
        match batch::run(hub, requests, park).await {
            Err(AcceptError::Storage(StorageError::Busy(fault))) => tracing::debug!(%fault, "again"),
            result => return result,
        }
        // Two hubs that were in each other's way must not be so again at the same instant.
        let [byte] = random::<1>(&*hub.outside).unwrap_or([0]);
        let jittered_ms = wait_ms / 2 + wait_ms * u64::from(byte) / 255;
        tokio::time::sleep(Duration::from_millis(jittered_ms)).await;
        wait_ms *= 2;
    }
    batch::run(hub, requests, park).await
}

/// One push by itself; if that fails, one command at a time.
async fn alone(hub: &Hub, request: Request) -> Result<Reply, AcceptError> {
    match one(hub, request.clone(), None).await {
        Err(fault) if fault.passes() => Err(AcceptError::Busy),
        Err(fault @ (AcceptError::Storage(_) | AcceptError::Poison(_))) => {
            tracing::warn!(%fault, "a push was rolled back");
            one_by_one(hub, request).await
        }
        result => result,
    }
}

async fn one(hub: &Hub, request: Request, park: Option<CommandId>) -> Result<Reply, AcceptError> {
    let replies = patient(hub, std::slice::from_ref(&request), park).await?;
    replies.into_iter().next().ok_or(AcceptError::Encoding)
}

async fn one_by_one(hub: &Hub, request: Request) -> Result<Reply, AcceptError> {
    let mut whole = Reply::default();
    for incoming in request.incoming {
        let id = incoming.envelope.id;
        let single = Request {
            studio: request.studio,
            device: request.device,
            incoming: vec![incoming],
            fired: request.fired.clone(),
        };
        match stubborn(hub, &single, id).await {
            Ok(reply) => {
                whole.hub_epoch = reply.hub_epoch;
                whole.answers.extend(reply.answers);
                whole.fork = reply.fork.or(whole.fork);
            }
            // What is durable is answered; the rest comes again.
            Err(_) if !whole.answers.is_empty() => {
                whole.retry_after_ms = Some(5_000);
                break;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(whole)
}

/// Tries a command three times, then parks it. A database that cannot even do that is the database's trouble.
async fn stubborn(hub: &Hub, single: &Request, id: CommandId) -> Result<Reply, AcceptError> {
    for _ in 0..TRIES {
        match one(hub, single.clone(), None).await {
            Ok(reply) => return Ok(reply),
            // Nobody's command is to blame for these.
            Err(fault @ AcceptError::Storage(StorageError::Full)) => return Err(fault),
            Err(fault) if fault.passes() => return Err(AcceptError::Busy),
            Err(fault) => tracing::warn!(command = %id, %fault, "a command failed"),
        }
    }
    tracing::error!(command = %id, "parked after {TRIES} failures");
    one(hub, single.clone(), Some(id)).await
}

#[cfg(test)]
mod tests;
