//! Pairing: the owner makes a code and a link, a new device comes in by one of them; ten minutes, five tries, one use.
//! The desk does the same for the phone of a member.

use axum::http::StatusCode;
use rollcall_domain::kernel::access::{OWNER, Role};
use rollcall_domain::kernel::ids::{PersonId, StudioId};
use rollcall_domain::kernel::number::series;
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::wire::{DeviceKey, Join, Joined, Pairing as Offer, ProblemCode, StartPairing};

use super::claim::{first_lane, joined};
use super::{codes, devices, keys};
use crate::http::fault::Fault;
use crate::http::{Answer, Call, json};
use crate::hub::{Hub, hashed};
use crate::outside::mint;
use crate::storage::{Device, Look, Pairing, Studio, Work};

/// How long a way in stays open.
pub(crate) const OPEN_MS: i64 = 10 * 60_000;
/// Wrong codes after which it closes.
const TRIES: i64 = 5;
/// Draws of a code; the second is needed once in a lifetime.
const DRAWS_MAX: usize = 4;

/// `POST /api/v1/pairing`: the owner lets another device in, the desk a member's.
pub(crate) async fn start(mut call: Call) -> Answer {
    let wish: StartPairing = call.json().await?;
    if !wish.role.is_of_people() {
        return Err(Fault::bad("a device is paired for a role of people"));
    }
    if wish.role == Role::Member && wish.person.is_none_or(|person| person.raw().is_nil()) {
        return Err(Fault::bad("a member's device is paired for that member"));
    }
    let session = call.session()?;
    let (studio, mine) = (session.studio, session.principal.role);
    let outside = &*call.hub.outside;
    let person = match wish.person {
        Some(person) if !person.raw().is_nil() => person,
        _ => PersonId(mint(outside)?),
    };
    let expires_at = call.hub.now().plus_ms(OPEN_MS);
    let mut work = call.hub.storage.write(studio).await?;
    // Somebody who works here already stays what they are: a role is given by its own command.
    let known = work.people(studio).await?.into_iter().find(|(known, _)| *known == person);
    let role = known.map_or(wish.role, |(_, role)| role);
    // Owners let anybody in; the desk only members, and nobody under another's name.
    if role != Role::Member && !OWNER.contains(&mine) {
        return Err(Fault::not_allowed("the owner pairs devices of those who work here"));
    }
    let (code, secret) = unused(&mut *work, &call.hub).await?;
    let pairing = Pairing {
        code_hash: hashed(&code),
        secret_hash: hashed(&secret),
        studio,
        role,
        person,
        expires_at,
        tries_left: TRIES,
        used_by: None,
    };
    work.put_pairing(&pairing).await?;
    work.commit().await?;
    json(&Offer { code, secret, expires_at, person })
}

/// A code and a secret that open nothing yet, in whatever studio: whoever types one must end where it was given.
async fn unused(work: &mut dyn Work, hub: &Hub) -> Result<(String, String), Fault> {
    for _ in 0..DRAWS_MAX {
        let (code, secret) = (codes::pairing_code(&*hub.outside)?, codes::link_secret(&*hub.outside)?);
        // Also those that ended stay in the way for a day: their answers may still be asked for.
        let since = Timestamp::default();
        let taken = work.pairing(&hashed(&code), since).await?.is_some()
            || work.pairing(&hashed(&secret), since).await?.is_some();
        if !taken {
            return Ok((code, secret));
        }
    }
    Err(Fault::failed())
}

/// `POST /api/v1/join`: a device comes in.
pub(crate) async fn join(mut call: Call) -> Answer {
    let join: Join = call.json().await?;
    let name = keys::check(&join.device)?;
    let hub = call.hub.clone();
    let Some(pairing) = find(&mut *hub.storage.read().await?, &hub, &join.code).await? else {
        return Err(guessed(&hub, &join.code).await?);
    };
    let mut work = hub.storage.write(pairing.studio).await?;
    let studio = work.studio(pairing.studio).await?.ok_or_else(Fault::wrong_code)?;
    // Read again where nobody else can use it meanwhile.
    let pairing = find(&mut *work, &hub, &join.code).await?.ok_or_else(Fault::wrong_code)?;
    let known = work.device(join.device.device).await?;
    if pairing.used_by.is_some() {
        let same =
            known.filter(|d| pairing.used_by == Some(d.device) && d.public_key == join.device.public_key);
        let device = same.filter(Device::is_in_use).ok_or_else(Fault::wrong_code)?;
        return json(&joined(&device, studio.hub_epoch, hub.now()));
    }
    let newcomer = Newcomer {
        studio: pairing.studio,
        person: pairing.person,
        role: pairing.role,
        key: &join.device,
        name,
    };
    let answer = enter(&mut *work, &hub, studio, &pairing, newcomer, known).await?;
    work.commit().await?;
    devices::introduce(&hub, pairing.studio).await;
    json(&answer)
}

/// A code that opens nothing. In a hub of one studio it was meant for that one's pairings, and five close them; where
/// several live nobody's wrong code may close another's way in, and a guess is slowed down by its address alone.
async fn guessed(hub: &Hub, code: &str) -> Result<Fault, Fault> {
    let studios = hub.storage.read().await?.studios_after(None, 2).await?;
    // Only what looks like a typed code was a guess worth counting: nobody guesses 128 bits.
    let counts = codes::typed(code).len() <= codes::PAIRING_SIGNS;
    match studios.as_slice() {
        [] => Ok(Fault::not_claimed()),
        [only] if counts => {
            let mut work = hub.storage.write(only.studio).await?;
            work.wrong_code(only.studio, hub.now()).await?;
            work.commit().await?;
            Ok(Fault::wrong_code())
        }
        _ => Ok(Fault::wrong_code()),
    }
}

async fn find(look: &mut (impl Look + ?Sized), hub: &Hub, code: &str) -> Result<Option<Pairing>, Fault> {
    let now = hub.now();
    if let Some(found) = look.pairing(&hashed(code.trim()), now).await? {
        return Ok(Some(found));
    }
    Ok(look.pairing(&hashed(&codes::typed(code)), now).await?)
}

/// Who comes in, and by whose word.
pub(crate) struct Newcomer<'a> {
    pub(crate) studio: StudioId,
    pub(crate) person: PersonId,
    /// What they are, unless the hub knows better.
    pub(crate) role: Role,
    pub(crate) key: &'a DeviceKey,
    pub(crate) name: String,
}

async fn enter(
    work: &mut dyn Work,
    hub: &Hub,
    studio: Studio,
    pairing: &Pairing,
    newcomer: Newcomer<'_>,
    known: Option<Device>,
) -> Result<Joined, Fault> {
    let (device, joined) = let_in(work, hub, studio, newcomer, known).await?;
    work.put_pairing(&Pairing { used_by: Some(device.device), ..pairing.clone() }).await?;
    Ok(joined)
}

/// A device comes in with a life and letters of its own. One that comes again begins a new life: what it counted
/// before may be lost.
pub(crate) async fn let_in(
    work: &mut dyn Work,
    hub: &Hub,
    mut studio: Studio,
    newcomer: Newcomer<'_>,
    known: Option<Device>,
) -> Result<(Device, Joined), Fault> {
    let now = hub.now();
    let Newcomer { studio: home, person, role, key, name } = newcomer;
    let other = |d: &Device| d.public_key != key.public_key || d.studio != home;
    if known.as_ref().is_some_and(other) {
        return Err(Fault::new(StatusCode::CONFLICT, ProblemCode::BadRequest, "another device has this id"));
    }
    if known.as_ref().is_some_and(|d| !d.is_in_use()) {
        return Err(Fault::revoked());
    }
    let people = work.people(home).await?;
    let known_role = people.iter().find(|(known, _)| *known == person).map(|(_, role)| *role);
    if known_role.is_none() {
        work.put_person(home, person, role).await?;
    }
    let device = Device {
        device: key.device,
        studio: home,
        name,
        public_key: key.public_key.clone(),
        person,
        role: known_role.unwrap_or(role),
        epoch: known.as_ref().map_or(1, |d| d.epoch.saturating_add(1)),
        series: series(studio.series_next),
        revoked: false,
        joined_at: known.as_ref().map_or(now, |d| d.joined_at),
        seen_at: now,
        skew_ms: None,
        retired: false,
        waiting: None,
    };
    studio.series_next = studio.series_next.saturating_add(1);
    work.put_studio(&studio).await?;
    work.put_device(&device).await?;
    work.put_lane(&first_lane(&device)).await?;
    let answer = joined(&device, studio.hub_epoch, now);
    Ok((device, answer))
}
