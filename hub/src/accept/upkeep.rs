//! At start: look-ups of an older build are made anew, and what an older build could not decide is decided.

use std::collections::BTreeMap;

use rollcall_domain::kernel::record::{Change, Record};

use super::AcceptError;
use super::batch::Batch;
use super::overlay::written;
use crate::hub::Hub;
use crate::storage::{Name, Studio, Work, Writes};

/// Records looked at in one go.
const PAGE: u32 = 500;

/// Brings everything up to this build.
pub(crate) async fn upkeep(hub: &Hub) -> Result<(), AcceptError> {
    let Some(studio) = hub.storage.read().await?.studio().await? else { return Ok(()) };
    reindex(hub, studio).await?;
    let mut batch = Batch::begin(hub, None).await?;
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

/// Describes again every record of a kind whose look-ups this build computes otherwise.
async fn reindex(hub: &Hub, mut studio: Studio) -> Result<(), AcceptError> {
    let mut work = hub.storage.write().await?;
    let kept: BTreeMap<String, u16> = work.kinds(studio.studio).await?.into_iter().collect();
    let stale: Vec<&str> = hub
        .catalogue
        .kinds()
        .filter(|kind| kept.get(kind.name) != Some(&kind.keys_version))
        .map(|kind| kind.name)
        .collect();
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
        hub.news.tell(studio.head);
    }
    Ok(())
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
