//! The list of devices, and how one leaves: retired, when another takes its place, or shut out, when it is lost. Either
//! way its sessions and streams end at once, and what it has it may still drop off.

use rollcall_domain::kernel::command::Input;
use rollcall_domain::kernel::devices::{DeviceName, KnowDevice, Standing};
use rollcall_domain::kernel::ids::{self, CommandId, DeviceId, Id, StudioId};
use rollcall_domain::kernel::{Planted, planted};
use rollcall_domain::sync::wire::DeviceRow;

use crate::accept::{self, AcceptError, Incoming, Request};
use crate::clockwork::own_hand;
use crate::http::fault::Fault;
use crate::http::{Answer, Call, Session, json, no_content};
use crate::hub::Hub;
use crate::storage::{Device, Studio};
use crate::sync::history::Came;
use crate::sync::push;

/// A device heard of this recently is not written down again.
const HEARD_MS: i64 = 60_000;

/// `GET /api/v1/devices`.
pub(crate) async fn list(call: Call) -> Answer {
    let studio = call.session()?.studio;
    let devices = call.hub.storage.read().await?.devices(studio).await?;
    let row = |d: Device| DeviceRow {
        standing: d.standing(),
        revoked: !d.is_in_use(),
        device: d.device,
        name: d.name,
        person: d.person,
        role: d.role,
        series: d.series,
        seen_at: d.seen_at,
        waiting: d.waiting,
    };
    json(&devices.into_iter().map(row).collect::<Vec<_>>())
}

/// `POST /api/v1/devices/{id}/revoke`: lost. What it drops off is looked at by a manager.
pub(crate) async fn revoke(call: Call) -> Answer {
    leave(call, Standing::ShutOut).await
}

/// `POST /api/v1/devices/{id}/retire`: another one takes its place. What it drops off counts as always.
pub(crate) async fn retire(call: Call) -> Answer {
    leave(call, Standing::Retired).await
}

/// The device of the call itself stays, or nobody could let anyone in again.
async fn leave(call: Call, standing: Standing) -> Answer {
    let id = call.param.as_deref().and_then(|text| Id::parse_str(text).ok()).map(DeviceId);
    let id = id.ok_or_else(|| Fault::bad("a device is named by a UUID"))?;
    let session = call.session()?;
    if session.principal.device == id {
        return Err(Fault::not_allowed("a device cannot shut itself out"));
    }
    let mut work = call.hub.storage.write(session.studio).await?;
    let device =
        work.device(id).await?.filter(|d| d.studio == session.studio).ok_or_else(Fault::not_found)?;
    let shut_out = standing == Standing::ShutOut;
    work.put_device(&Device { revoked: device.revoked || shut_out, retired: true, ..device }).await?;
    if !planted(Planted::SessionOutlives) {
        work.end_sessions(id).await?;
    }
    work.commit().await?;
    call.hub.news.end(id);
    // After a restore nobody waits for a device that left: what it was promised comes with its own receipts, if it comes.
    accept::recover(&call.hub, session.studio, Came::Device(id)).await.map_err(push::refused)?;
    introduce(&call.hub, session.studio).await;
    Ok(no_content())
}

/// Writes down that a device called, and how much waits on it, where that is news.
pub(crate) async fn heard(hub: &Hub, session: &Session, waiting: Option<u32>) -> Result<(), Fault> {
    let device = hub.storage.read().await?.device(session.principal.device).await?;
    let is_old = |d: &Device| d.seen_at.plus_ms(HEARD_MS) <= hub.now();
    let is_news = device.is_some_and(|d| is_old(&d) || (waiting.is_some() && d.waiting != waiting));
    if is_news {
        let mut work = hub.storage.write(session.studio).await?;
        work.seen(session.principal.device, hub.now(), waiting).await?;
        work.commit().await?;
    }
    Ok(())
}

/// Tells the studio's records of devices they do not know as they are, by the hub's own hand. It comes again with the
/// next session, so that a failure only delays it.
pub(crate) async fn introduce(hub: &Hub, studio: StudioId) {
    if let Err(fault) = tell(hub, studio).await {
        tracing::warn!(%fault, "devices could not be written down");
    }
}

async fn tell(hub: &Hub, studio: StudioId) -> Result<(), AcceptError> {
    let mut look = hub.storage.read().await?;
    // Before its backup has come a studio's history must stay empty.
    let Some(studio) = look.studio(studio).await?.filter(|studio| studio.head > 0) else { return Ok(()) };
    let devices = look.devices(studio.studio).await?;
    let words: Vec<Incoming> = devices.iter().filter_map(|device| word(hub, &studio, device)).collect();
    let named: Vec<CommandId> = words.iter().map(|word| word.envelope.id).collect();
    let known = look.commands(studio.studio, &named).await?;
    let known: Vec<CommandId> = known.into_iter().map(|stored| stored.id).collect();
    drop(look);
    let incoming: Vec<Incoming> = words.into_iter().filter(|w| !known.contains(&w.envelope.id)).collect();
    if !incoming.is_empty() {
        let request =
            Request { studio: studio.studio, device: DeviceId::default(), incoming, fired: Vec::new() };
        hub.door.accept(hub, request).await?;
    }
    Ok(())
}

/// The same word about the same device is the same command.
fn word(hub: &Hub, studio: &Studio, device: &Device) -> Option<Incoming> {
    let standing = device.standing();
    let command = KnowDevice { device_id: device.device, standing };
    let input = Input::encode(&command, &DeviceName { name: device.name.clone() }).ok()?;
    let name = format!("know {} {} {standing:?}", studio.studio, device.name);
    own_hand(studio, CommandId(ids::named(device.device.raw(), name.as_bytes())), hub.now(), input)
}
