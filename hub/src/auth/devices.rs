//! The list of devices, and shutting one out: its sessions and streams end at once, what it has it may still drop off.

use rollcall_domain::kernel::ids::{DeviceId, Id};
use rollcall_domain::kernel::{Planted, planted};
use rollcall_domain::sync::wire::DeviceRow;

use crate::http::fault::Fault;
use crate::http::{Answer, Call, json, no_content};
use crate::storage::Device;

/// `GET /api/v1/devices`.
pub(crate) async fn list(call: Call) -> Answer {
    let studio = call.session()?.studio;
    let devices = call.hub.storage.read().await?.devices(studio).await?;
    let row = |d: Device| DeviceRow {
        device: d.device,
        name: d.name,
        person: d.person,
        role: d.role,
        series: d.series,
        seen_at: d.seen_at,
        revoked: d.revoked,
    };
    json(&devices.into_iter().map(row).collect::<Vec<_>>())
}

/// `POST /api/v1/devices/{id}/revoke`. The last owner's device stays, or nobody could let anyone in again.
pub(crate) async fn revoke(call: Call) -> Answer {
    let id = call.param.as_deref().and_then(|text| Id::parse_str(text).ok()).map(DeviceId);
    let id = id.ok_or_else(|| Fault::bad("a device is named by a UUID"))?;
    let session = call.session()?;
    if session.principal.device == id {
        return Err(Fault::not_allowed("a device cannot shut itself out"));
    }
    let mut work = call.hub.storage.write(session.studio).await?;
    let device =
        work.device(id).await?.filter(|d| d.studio == session.studio).ok_or_else(Fault::not_found)?;
    work.put_device(&Device { revoked: true, ..device }).await?;
    if !planted(Planted::SessionOutlives) {
        work.end_sessions(id).await?;
    }
    work.commit().await?;
    call.hub.news.end(id);
    Ok(no_content())
}
