//! At start: look-ups of an older build are made anew, and what an older build could not decide is decided.

use std::collections::BTreeMap;

use rollcall_domain::kernel::ids::StudioId;
use rollcall_domain::kernel::record::{Change, Record};
use rollcall_domain::sync::erasing;

use super::AcceptError;
use super::batch::Batch;
use super::overlay::written;
use crate::hub::{Hub, STUDIOS};
use crate::storage::{Look, Name, StorageError, Stored, Studio, Work, Writes};
use crate::sync::history::Came;

/// Records looked at in one go.
const PAGE: u32 = 500;

/// Brings every studio up to this build. Two hubs that do so at once take turns, and the second finds nothing to do.
pub(crate) async fn upkeep(hub: &Hub) -> Result<(), AcceptError> {
    index_subjects(hub).await?;
    let mut after = None;
    loop {
        let studios = hub.storage.read().await?.studios_after(after, STUDIOS).await?;
        let Some(last) = studios.last() else { return Ok(()) };
        after = Some(last.studio);
        for studio in studios {
            reindex(hub, studio.studio).await?;
            release(hub, studio.studio).await?;
        }
    }
}

/// The setting that says that the commands of every studio are found by whom they are about.
const SUBJECTS: &str = "subjects";

/// Finds out whom the commands of an older build are about.
async fn index_subjects(hub: &Hub) -> Result<(), AcceptError> {
    if hub.storage.read().await?.setting(SUBJECTS).await?.is_some() {
        return Ok(());
    }
    let mut after = None;
    loop {
        let studios = hub.storage.read().await?.studios_after(after, STUDIOS).await?;
        let Some(last) = studios.last() else { break };
        after = Some(last.studio);
        for studio in studios {
            index_studio(hub, studio.studio).await?;
        }
    }
    let mut work = hub.storage.write_house().await?;
    work.set(SUBJECTS, Some("1")).await?;
    Ok(work.commit().await?)
}

async fn index_studio(hub: &Hub, studio: StudioId) -> Result<(), AcceptError> {
    let mut at = 0;
    loop {
        let mut work = hub.storage.write(studio).await?;
        let commands = work.commands_after(studio, at, PAGE).await?;
        let Some(last) = commands.last() else { return Ok(()) };
        at = last.hub_seq;
        let about = |c: &Stored| {
            let subjects = if c.entry.personal.is_some() {
                erasing::subjects(hub.catalogue, &c.entry)
            } else {
                Vec::new()
            };
            subjects.into_iter().map(|subject| (subject, c.id)).collect::<Vec<_>>()
        };
        let subjects = commands.iter().flat_map(about).collect();
        work.put(studio, &Writes { subjects, ..Writes::default() }).await?;
        work.commit().await?;
    }
}

/// Decides what waited for another build or for another command.
async fn release(hub: &Hub, studio: StudioId) -> Result<(), AcceptError> {
    if hub.storage.read().await?.count_held(studio).await? == 0 {
        return Ok(());
    }
    let mut batch = Batch::begin(hub, studio, None).await?;
    match batch.release(&["unknown_kind", "internal_error", "dependency"]).await {
        Ok(0) => {}
        Ok(freed) => {
            tracing::info!(freed, "commands that waited were decided");
            batch.finish().await?;
        }
        // They waited before and go on waiting; the hub serves all others.
        Err(fault) => tracing::warn!(%fault, "what waits could not be decided again"),
    }
    Ok(())
}

/// Notes that a device has sent again what it knew, or is not waited for; see [`crate::sync::history`].
pub(crate) async fn recover(hub: &Hub, studio: StudioId, came: Came) -> Result<(), AcceptError> {
    let mut batch = Batch::begin(hub, studio, None).await?;
    batch.recovered(came).await?;
    batch.finish().await
}

/// Describes again every record of a kind whose look-ups this build computes otherwise.
async fn reindex(hub: &Hub, studio: StudioId) -> Result<(), AcceptError> {
    // Asked before the studio is held: at most starts there is nothing to do, in any studio.
    if stale(hub, &mut *hub.storage.read().await?, studio).await?.is_empty() {
        return Ok(());
    }
    let mut work = hub.storage.write(studio).await?;
    let Some(mut studio) = work.studio(studio).await? else { return Ok(()) };
    let stale = stale(hub, &mut *work, studio.studio).await?;
    if stale.is_empty() {
        return Ok(());
    }
    let mut after: Option<Name> = None;
    let mut count = 0;
    loop {
        let records = work.records_after(studio.studio, after.as_ref(), PAGE).await?;
        let Some(last) = records.last() else { break };
        after = Some((last.kind.clone(), last.id));
        let is_stale = |r: &Record| stale.contains(&r.kind.as_ref()) && !hub.catalogue.is_view(&r.kind);
        let records: Vec<Record> = records.into_iter().filter(is_stale).collect();
        count += records.len();
        describe(hub, &mut *work, &mut studio, records).await?;
    }
    for kind in hub.catalogue.kinds() {
        work.put_kind(studio.studio, kind.name, kind.keys_version).await?;
    }
    work.put_studio(&studio).await?;
    work.commit().await?;
    if count > 0 {
        tracing::info!(count, "look-ups made anew");
        hub.news.tell(studio.studio, studio.head);
    }
    Ok(())
}

/// Kinds whose look-ups this build computes otherwise.
async fn stale(
    hub: &Hub,
    look: &mut (impl Look + ?Sized),
    studio: StudioId,
) -> Result<Vec<&'static str>, StorageError> {
    let kept: BTreeMap<String, u16> = look.kinds(studio).await?.into_iter().collect();
    let old = hub.catalogue.kinds().filter(|kind| kept.get(kind.name) != Some(&kind.keys_version));
    Ok(old.map(|kind| kind.name).collect())
}

/// New look-ups and scopes are a change devices must hear of: it has a place of its own in the history.
async fn describe(
    hub: &Hub,
    work: &mut dyn Work,
    studio: &mut Studio,
    records: Vec<Record>,
) -> Result<(), AcceptError> {
    if records.is_empty() {
        return Ok(());
    }
    studio.head += 1;
    let mut writes = Writes::default();
    for record in records {
        let change = Change {
            kind: record.kind.clone(),
            kind_version: record.kind_version,
            id: record.id,
            body: Some(record.body.clone()),
        };
        let cut = hub.catalogue.views(&change);
        for change in std::iter::once(change).chain(cut) {
            match written(hub.catalogue, &change, studio.head) {
                Ok(written) => writes.records.push(written),
                Err(fault) => {
                    tracing::error!(%fault, "a record cannot be described; it keeps its old look-ups");
                }
            }
        }
    }
    work.put(studio.studio, &writes).await?;
    Ok(())
}
