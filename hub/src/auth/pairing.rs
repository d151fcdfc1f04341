//! Pairing: the owner makes a code and a link, a new device comes in by one of them; ten minutes, five tries, one use.

use axum::http::StatusCode;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::number::series;
use rollcall_domain::sync::wire::{Join, Joined, Pairing as Offer, ProblemCode, StartPairing};

use super::claim::{first_lane, joined};
use super::{codes, keys};
use crate::http::fault::Fault;
use crate::http::{Answer, Call, json};
use crate::hub::{Hub, hashed};
use crate::outside::mint;
use crate::storage::{Device, Pairing, Studio, Work};

/// How long a way in stays open.
pub(crate) const OPEN_MS: i64 = 10 * 60_000;
/// Wrong codes after which it closes.
const TRIES: i64 = 5;

/// `POST /api/v1/pairing`: the owner lets another device in.
pub(crate) async fn start(mut call: Call) -> Answer {
    let wish: StartPairing = call.json().await?;
    if !matches!(wish.role, Role::Owner | Role::Desk) {
        return Err(Fault::bad("a device is paired for a role of people"));
    }
    let studio = call.session()?.studio;
    let outside = &*call.hub.outside;
    let code = codes::pairing_code(outside)?;
    let secret = codes::link_secret(outside)?;
    let person = match wish.person {
        Some(person) if !person.raw().is_nil() => person,
        _ => PersonId(mint(outside)?),
    };
    let expires_at = call.hub.now().plus_ms(OPEN_MS);
    let mut work = call.hub.storage.write().await?;
    work.sweep(call.hub.now()).await?;
    let pairing = Pairing {
        code_hash: hashed(&code),
        secret_hash: hashed(&secret),
        studio,
        role: wish.role,
        person,
        expires_at,
        tries_left: TRIES,
        used_by: None,
    };
    work.put_pairing(&pairing).await?;
    work.commit().await?;
    json(&Offer { code, secret, expires_at, person })
}

/// `POST /api/v1/join`: a device comes in.
pub(crate) async fn join(mut call: Call) -> Answer {
    let join: Join = call.json().await?;
    let name = keys::check(&join.device)?;
    let hub = call.hub.clone();
    let mut work = hub.storage.write().await?;
    let studio = work.studio().await?.ok_or_else(Fault::not_claimed)?;
    let Some(pairing) = find(&mut *work, &hub, &join.code).await? else {
        // Only what looks like a typed code was a guess worth counting: nobody guesses 128 bits.
        if codes::typed(&join.code).len() <= codes::PAIRING_SIGNS {
            work.wrong_code(hub.now()).await?;
            work.commit().await?;
        }
        return Err(Fault::wrong_code());
    };
    let known = work.device(join.device.device).await?;
    if pairing.used_by.is_some() {
        let same =
            known.filter(|d| pairing.used_by == Some(d.device) && d.public_key == join.device.public_key);
        let device = same.filter(|d| !d.revoked).ok_or_else(Fault::wrong_code)?;
        return json(&joined(&device, studio.hub_epoch, hub.now()));
    }
    let answer = enter(&mut *work, &hub, studio, &pairing, &join, name, known).await?;
    work.commit().await?;
    json(&answer)
}

async fn find(work: &mut dyn Work, hub: &Hub, code: &str) -> Result<Option<Pairing>, Fault> {
    let now = hub.now();
    if let Some(found) = work.pairing(&hashed(code.trim()), now).await? {
        return Ok(Some(found));
    }
    Ok(work.pairing(&hashed(&codes::typed(code)), now).await?)
}

async fn enter(
    work: &mut dyn Work,
    hub: &Hub,
    mut studio: Studio,
    pairing: &Pairing,
    join: &Join,
    name: String,
    known: Option<Device>,
) -> Result<Joined, Fault> {
    let now = hub.now();
    if known.as_ref().is_some_and(|d| d.revoked) {
        return Err(Fault::revoked());
    }
    if known.as_ref().is_some_and(|d| d.public_key != join.device.public_key) {
        return Err(Fault::new(StatusCode::CONFLICT, ProblemCode::BadRequest, "another device has this id"));
    }
    let device = Device {
        device: join.device.device,
        studio: pairing.studio,
        name,
        public_key: join.device.public_key.clone(),
        person: pairing.person,
        role: pairing.role,
        // A device that comes again begins a new life: what it counted before may be lost.
        epoch: known.as_ref().map_or(1, |d| d.epoch.saturating_add(1)),
        series: series(studio.series_next),
        revoked: false,
        joined_at: known.as_ref().map_or(now, |d| d.joined_at),
        seen_at: now,
        skew_ms: None,
    };
    studio.series_next = studio.series_next.saturating_add(1);
    work.put_studio(&studio).await?;
    if !work.people(studio.studio).await?.iter().any(|(person, _)| *person == pairing.person) {
        work.put_person(studio.studio, pairing.person, pairing.role).await?;
    }
    work.put_device(&device).await?;
    work.put_lane(&first_lane(&device)).await?;
    work.put_pairing(&Pairing { used_by: Some(device.device), ..pairing.clone() }).await?;
    Ok(joined(&device, studio.hub_epoch, now))
}
