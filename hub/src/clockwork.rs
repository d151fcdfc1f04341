//! What falls due without anybody at a screen: a record says when and what, the hub gives the command as the system.
//!
//! The command's id is made of record, instant and purpose, so that twice is one effect; after a stop it catches up in
//! due order. Knows no kind of record.

use std::sync::Arc;
use std::time::Duration;

use rollcall_domain::kernel::command::Input;
use rollcall_domain::kernel::ids::{self, CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::{Cursor, Entry, Envelope};

use crate::accept::{AcceptError, Incoming, Request};
use crate::hub::{Hub, Inner, STUDIOS};
use crate::storage::{Due, StorageError, Studio};

/// Commands of one transaction.
const AT_ONCE: u32 = 100;
/// How often the hub looks.
const PERIOD: Duration = Duration::from_secs(20);

/// Looks now and then, as long as the hub lives.
pub(crate) async fn run(hub: std::sync::Weak<Inner>) {
    let mut period = tokio::time::interval(PERIOD);
    loop {
        period.tick().await;
        let Some(inner) = hub.upgrade() else { return };
        if let Err(fault) = tick(&Hub::of(Arc::clone(&inner))).await {
            tracing::warn!(%fault, "the clockwork stumbled");
        }
        if let Err(fault) = sweep(&inner).await {
            tracing::warn!(%fault, "what expired could not be swept");
        }
        inner.scrub().await;
        inner.limits.sweep();
    }
}

/// Forgets sessions and pairings that expired: nobody asks for them any more.
async fn sweep(hub: &Inner) -> Result<(), StorageError> {
    let mut work = hub.storage.write_house().await?;
    work.sweep(hub.now()).await?;
    work.commit().await
}

/// Gives every command that is due, studio by studio; says how many. What fails in one studio stops no other.
pub async fn tick(hub: &Hub) -> Result<usize, AcceptError> {
    let (mut given, mut after, mut failed) = (0, None, None);
    loop {
        let studios = hub.storage.read().await?.due_studios(hub.now(), after, STUDIOS).await?;
        let Some(last) = studios.last() else { break };
        after = Some(*last);
        for studio in studios {
            match in_studio(hub, studio).await {
                Ok(count) => given += count,
                Err(fault) => {
                    tracing::warn!(%fault, %studio, "the clockwork stumbled");
                    failed = Some(fault);
                }
            }
        }
    }
    failed.map_or(Ok(given), Err)
}

async fn in_studio(hub: &Hub, studio: StudioId) -> Result<usize, AcceptError> {
    let mut given = 0;
    loop {
        let mut look = hub.storage.read().await?;
        let Some(studio) = look.studio(studio).await? else { return Ok(given) };
        let due = look.due(studio.studio, hub.now(), AT_ONCE).await?;
        drop(look);
        if due.is_empty() {
            return Ok(given);
        }
        let incoming: Vec<Incoming> = due.iter().filter_map(|due| command(hub, &studio, due)).collect();
        given += incoming.len();
        // Those without a command are marked all the same, or they would stand in the way for ever.
        let request = Request { studio: studio.studio, device: DeviceId::default(), incoming, fired: due };
        hub.door.accept(hub, request).await?;
    }
}

fn command(hub: &Hub, studio: &Studio, due: &Due) -> Option<Incoming> {
    let input = hub.catalogue.describe(&due.record).ok()?.when_due?;
    let name = format!("due {} {} {}", due.record.kind, due.due_at.0, input.kind);
    let id = CommandId(ids::named(due.record.id, name.as_bytes()));
    own_hand(studio, id, due.due_at, hub.now(), input)
}

/// A command of the hub's own hand, as the system's. It happens now, whatever instant it was due for: after a stop
/// nothing is done as if somebody had still been there.
pub(crate) fn own_hand(
    studio: &Studio,
    id: CommandId,
    due_at: Timestamp,
    now: Timestamp,
    input: Input,
) -> Option<Incoming> {
    let envelope = Envelope {
        v: 1,
        id,
        studio: studio.studio,
        device: DeviceId::default(),
        epoch: 0,
        seq: 0,
        prev_hash: Hash::default(),
        actor: PersonId::default(),
        session: Id::nil(),
        group: None,
        depends_on: Vec::new(),
        kind: String::new(),
        kind_version: 0,
        base_cursor: Cursor { hub_epoch: studio.hub_epoch, hub_seq: studio.head },
        seen: None,
        claimed_at: due_at,
        mono_since_sync_ms: Some(0),
        hub_time_at_sync: Some(now),
        tz: "Etc/UTC".to_owned(),
        payload_hash: Hash::default(),
        personal_hash: None,
    };
    let entry = Entry::seal(envelope, input).ok()?;
    let envelope = entry.open().ok()?;
    Some(Incoming { entry, envelope, whole: true, promised: None })
}
