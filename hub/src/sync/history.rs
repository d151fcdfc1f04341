//! Whether the history a device knows is the one that is here. After a restore it is not: everybody then sends again
//! what may have been forgotten, and until that has come, what could be promised twice is not decided.
//!
//! A device proves what it knows by this hub's own seals, so that nobody can make the others start over by a lie.

use rollcall_domain::kernel::ids::{DeviceId, Id};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::wire::{Known, Mark, Problem, Recovering};

use crate::accept::is_ours;
use crate::http::fault::Fault;
use crate::hub::{Hub, Secret};
use crate::outside::mint;
use crate::storage::{Link, Look, StorageError, Studio, Work};

const PURPOSE: &str = "rollcall mark v1";
/// Letters that may have been given to devices since the older state was saved.
const SERIES_SKIPPED: u32 = 100;
/// Devices that were heard of so recently are waited for after a restore.
const AWAITED_MS: i64 = 7 * Timestamp::DAY_MS;

fn seal_text(mark: &Mark) -> String {
    format!("{}\n{}\n{}", mark.hub_epoch, mark.seq, mark.hash.0)
}

/// A link under this hub's seal.
pub(crate) fn mark(secret: &Secret, studio: &Studio, link: Link) -> Mark {
    let mut mark = Mark { hub_epoch: studio.hub_epoch, seq: link.seq, hash: link.hash, mac: String::new() };
    mark.mac = secret.seal(PURPOSE, &seal_text(&mark));
    mark
}

/// True when this hub, in this or an earlier life, gave the mark.
pub(crate) fn is_mark(secret: &Secret, mark: &Mark) -> bool {
    secret.fits(PURPOSE, &seal_text(mark), &mark.mac)
}

/// What a device knows, against what is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Nothing it knows is missing here.
    Together,
    /// It follows another life of this history.
    Apart,
    /// It proves that this history once went further: an older copy of the database was put back.
    TurnedBack,
}

/// Compares.
pub(crate) async fn compare(
    look: &mut dyn Look,
    secret: &Secret,
    studio: &Studio,
    known: &Known,
) -> Result<Stands, StorageError> {
    if known.hub_epoch.is_nil() {
        return Ok(Stands::Together);
    }
    if known.hub_epoch != studio.hub_epoch {
        return Ok(Stands::Apart);
    }
    if let Some(mark) = known.read.as_ref().filter(|m| m.hub_epoch == studio.hub_epoch)
        && is_mark(secret, mark)
    {
        let here = look.links_after(studio.studio, mark.seq.saturating_sub(1), 1).await?;
        if !here.first().is_some_and(|link| link.seq == mark.seq && link.hash == mark.hash) {
            return Ok(Stands::TurnedBack);
        }
    }
    // In whatever life it was answered: a history that can be put back can be put back into an older life, too.
    if let Some(told) = known.told.as_ref()
        && is_ours(secret, &told.envelope, &told.answered)
        && look.commands(studio.studio, &[told.answered.id]).await?.is_empty()
    {
        return Ok(Stands::TurnedBack);
    }
    Ok(Stands::Together)
}

/// Lets a call go on whose device stands together with this history; tells it otherwise.
pub(crate) async fn check(hub: &Hub, studio: &Studio, known: &Known) -> Result<(), Fault> {
    let mut look = hub.storage.read().await?;
    let stands = compare(&mut *look, &hub.secret, studio, known).await?;
    drop(look);
    match stands {
        Stands::Together => Ok(()),
        Stands::Apart => Err(restored(studio)),
        Stands::TurnedBack => Err(restored(&turn_back(hub, studio).await?)),
    }
}

fn restored(studio: &Studio) -> Fault {
    Fault::of(axum::http::StatusCode::CONFLICT, Problem::restored(studio.hub_epoch))
}

/// The history begins a new life, so that every device compares what it knows.
pub(crate) async fn turn_back(hub: &Hub, seen: &Studio) -> Result<Studio, Fault> {
    let mut work = hub.storage.write(seen.studio).await?;
    let studio = work.studio(seen.studio).await?.ok_or_else(Fault::not_claimed)?;
    if studio.hub_epoch != seen.hub_epoch {
        // Another call was first.
        return Ok(studio);
    }
    let studio = begin_life(&mut *work, studio, mint(&*hub.outside)?, hub.now()).await?;
    work.commit().await?;
    tracing::warn!(head = studio.head, "a device knows more than this database: a new life begins");
    Ok(studio)
}

fn key(studio: &Studio) -> String {
    format!("recovering {}", studio.studio)
}

/// Begins another life of a history that was put back: with letters nobody can have been given since, and waiting for
/// the devices it lately heard of.
pub(crate) async fn begin_life(
    work: &mut dyn Work,
    studio: Studio,
    hub_epoch: Id,
    now: Timestamp,
) -> Result<Studio, StorageError> {
    let series_next = studio.series_next.saturating_add(SERIES_SKIPPED);
    let studio = Studio { hub_epoch, series_next, ..studio };
    work.put_studio(&studio).await?;
    let devices = work.devices(studio.studio).await?;
    let recent = |seen_at: Timestamp| now.0.saturating_sub(seen_at.0) <= AWAITED_MS;
    let missing: Vec<DeviceId> =
        devices.into_iter().filter(|d| d.is_in_use() && recent(d.seen_at)).map(|d| d.device).collect();
    keep(work, &studio, &Recovering { since: now, missing, gone_on: false }).await?;
    Ok(studio)
}

async fn keep(work: &mut dyn Work, studio: &Studio, recovering: &Recovering) -> Result<(), StorageError> {
    if recovering.missing.is_empty() {
        return work.set(&key(studio), None).await;
    }
    let text = serde_json::to_string(recovering).map_err(|_| StorageError::Damaged("recovery"))?;
    work.set(&key(studio), Some(&text)).await
}

/// Who is waited for; nothing in ordinary times.
pub(crate) async fn recovering(
    look: &mut dyn Look,
    studio: &Studio,
) -> Result<Option<Recovering>, StorageError> {
    let text = look.setting(&key(studio)).await?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| StorageError::Damaged("recovery"))).transpose()
}

/// What ends the waiting for devices after a restore, or shortens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// This device has sent what it knew.
    Device(DeviceId),
    /// The owner waits no longer. Only the missing devices can have been answered what they asked for: that waits on.
    GoOn,
    /// They will never come.
    ForGood,
}

/// Takes note; gives what is still waited for, if anything was.
pub(crate) async fn heard(
    work: &mut dyn Work,
    studio: &Studio,
    came: Came,
) -> Result<Option<Recovering>, StorageError> {
    let Some(mut recovering) = recovering(work, studio).await? else { return Ok(None) };
    match came {
        Came::Device(device) => recovering.missing.retain(|missing| *missing != device),
        Came::GoOn => recovering.gone_on = true,
        Came::ForGood => recovering.missing.clear(),
    }
    keep(work, studio, &recovering).await?;
    Ok(Some(recovering))
}
