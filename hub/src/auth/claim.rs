//! The claim: whoever brings a printed code moves a studio in. The first code is there at the first start, further ones
//! are the machine's owner's to print.

use axum::http::StatusCode;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{Hash, Id};
use rollcall_domain::kernel::number::{series, series_count};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::wire::{Claim, Joined, ProblemCode};

use super::{codes, keys};
use crate::http::fault::Fault;
use crate::http::{Answer, Call, json};
use crate::hub::{Hub, claim_codes, hashed, put_claim_codes};
use crate::outside::mint;
use crate::storage::{Device, Lane, Studio, Work};

/// `POST /api/v1/claim`.
pub(crate) async fn call(mut call: Call) -> Answer {
    let claim: Claim = call.json().await?;
    let name = keys::check(&claim.device)?;
    if claim.studio.raw().is_nil() || claim.person.raw().is_nil() {
        return Err(Fault::bad("a claim names its studio and its owner"));
    }
    let hub = call.hub.clone();
    // A studio that moves in belongs to nobody yet: codes are the house's.
    let mut work = hub.storage.write_house().await?;
    if let Some(joined) = answered_before(&mut *work, &hub, &claim).await? {
        return json(&joined);
    }
    let open = claim_codes(&mut *work).await?;
    if open.is_empty() {
        return Err(taken());
    }
    // Hashes are compared, so that the time it takes says nothing about a code.
    let typed = hashed(&codes::typed(&claim.code));
    let (used, kept): (Vec<_>, Vec<_>) =
        open.into_iter().partition(|code| hashed(&codes::typed(code)) == typed);
    if used.is_empty() {
        return Err(Fault::wrong_code());
    }
    // Only whoever holds a code hears that a studio or a device is here already.
    if work.studio(claim.studio).await?.is_some() || work.device(claim.device.device).await?.is_some() {
        return Err(taken());
    }
    let joined = settle(&mut *work, &hub, &claim, name).await?;
    put_claim_codes(&mut *work, &kept).await?;
    work.commit().await?;
    tracing::info!("claimed");
    json(&joined)
}

/// The studio moves in, with its first device and its owner.
async fn settle(work: &mut dyn Work, hub: &Hub, claim: &Claim, name: String) -> Result<Joined, Fault> {
    let now = hub.now();
    // "A" belongs to the time before the hub, whatever the device says.
    let used = claim.used_series.iter().filter_map(|s| series_count(s)).max().unwrap_or(0);
    let series = series(used.saturating_add(1));
    let studio = Studio {
        studio: claim.studio,
        hub_epoch: mint(&*hub.outside)?,
        head: 0,
        hash: Hash::default(),
        genesis: Hash::default(),
        series_next: used.saturating_add(2),
        claimed_at: now,
    };
    let device = Device {
        device: claim.device.device,
        studio: claim.studio,
        name,
        public_key: claim.device.public_key.clone(),
        person: claim.person,
        role: Role::Owner,
        epoch: claim.epoch.saturating_add(1),
        series,
        revoked: false,
        joined_at: now,
        seen_at: now,
        skew_ms: None,
        retired: false,
        waiting: None,
    };
    work.put_studio(&studio).await?;
    work.put_person(studio.studio, claim.person, Role::Owner).await?;
    work.put_device(&device).await?;
    work.put_lane(&first_lane(&device)).await?;
    Ok(joined(&device, studio.hub_epoch, now))
}

/// The same device asks again, because the answer was lost.
async fn answered_before(work: &mut dyn Work, hub: &Hub, claim: &Claim) -> Result<Option<Joined>, Fault> {
    let Some(studio) = work.studio(claim.studio).await? else { return Ok(None) };
    let device = work.device(claim.device.device).await?.filter(|d| {
        d.studio == studio.studio
            && d.public_key == claim.device.public_key
            && d.role == Role::Owner
            && d.is_in_use()
    });
    Ok(device.map(|d| joined(&d, studio.hub_epoch, hub.now())))
}

/// Somebody else comes too late.
fn taken() -> Fault {
    Fault::new(StatusCode::CONFLICT, ProblemCode::AlreadyClaimed, "a studio lives here already")
}

/// The lane of a device's present life, empty yet.
pub(super) fn first_lane(device: &Device) -> Lane {
    Lane {
        device: device.device,
        epoch: device.epoch,
        series: device.series.clone(),
        last_seq: 0,
        last_hash: Hash::default(),
    }
}

/// What a device is told when it is in.
pub(super) fn joined(device: &Device, hub_epoch: Id, now: Timestamp) -> Joined {
    Joined {
        studio: device.studio,
        device: device.device,
        epoch: device.epoch,
        series: device.series.clone(),
        person: device.person,
        role: device.role,
        hub_epoch,
        hub_time: now,
    }
}
