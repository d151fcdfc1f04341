//! Sessions: a device proves that it holds its key and gets a cookie for a quarter of an hour.
//!
//! A challenge is no row: it carries its own seal and deadline, so that asking for many fills nothing. Only a used
//! one is remembered, until it would have expired.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollcall_domain::kernel::ids::DeviceId;
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::wire::{AskChallenge, Challenge, Prove, session_message};

use super::{codes, devices, keys};
use crate::http::fault::Fault;
use crate::http::{Answer, COOKIE, Call, json, no_content};
use crate::hub::{Hub, hashed};
use crate::outside::random;
use crate::storage::{CHALLENGE, SESSION, Token, Work};

/// How long a session lasts.
pub(crate) const SESSION_MS: i64 = 15 * 60_000;
/// How long a challenge may be answered.
const CHALLENGE_MS: i64 = 2 * 60_000;
const PURPOSE: &str = "rollcall challenge v1";

/// `POST /api/v1/challenge`. Says the same for every device, known or not.
pub(crate) async fn challenge(mut call: Call) -> Answer {
    let ask: AskChallenge = call.json().await?;
    let noise = URL_SAFE_NO_PAD.encode(random::<16>(&*call.hub.outside)?);
    let until = call.hub.now().plus_ms(CHALLENGE_MS).0;
    let seal = call.hub.secret.seal(PURPOSE, &sealed(ask.device, &noise, until));
    json(&Challenge { nonce: format!("{noise}.{until}.{seal}") })
}

fn sealed(device: DeviceId, noise: &str, until: i64) -> String {
    format!("{device}\n{noise}\n{until}")
}

/// `POST /api/v1/session`: the proof, against a cookie.
pub(crate) async fn prove(mut call: Call) -> Answer {
    let proof: Prove = call.json().await?;
    let hub = call.hub.clone();
    let now = hub.now();
    check(&hub, proof.device, &proof.nonce)?;
    let found = hub.storage.read().await?.device(proof.device).await?.ok_or_else(Fault::bad_signature)?;
    let mut work = hub.storage.write(found.studio).await?;
    let device = work.device(proof.device).await?.ok_or_else(Fault::bad_signature)?;
    if !keys::fits(&device.public_key, &session_message(proof.device, &proof.nonce), &proof.signature) {
        return Err(Fault::bad_signature());
    }
    if !device.is_in_use() {
        return Err(Fault::revoked());
    }
    let cookie = begin(&mut *work, &hub, &call.headers, (device.device, &proof.nonce)).await?;
    work.seen(device.device, now, proof.waiting).await?;
    work.commit().await?;
    devices::introduce(&hub, device.studio).await;
    let mut response = no_content();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// A session for a device that has shown who it is. Uses the challenge up.
pub(crate) async fn begin(
    work: &mut dyn Work,
    hub: &Hub,
    headers: &HeaderMap,
    (device, nonce): (DeviceId, &str),
) -> Result<HeaderValue, Fault> {
    let now = hub.now();
    let until = check(hub, device, nonce)?;
    let token = |secret: &str, purpose: &str, expires_at| Token {
        hash: hashed(secret),
        purpose: purpose.to_owned(),
        device,
        expires_at,
    };
    if !work.put_token(&token(nonce, CHALLENGE, until)).await? {
        return Err(Fault::sign_in());
    }
    let secret = codes::session_secret(&*hub.outside)?;
    work.put_token(&token(&secret, SESSION, now.plus_ms(SESSION_MS))).await?;
    cookie(headers, &secret)
}

/// Until when a challenge may be answered; one that is not ours, not this device's or too old is refused.
pub(crate) fn check(hub: &Hub, device: DeviceId, nonce: &str) -> Result<Timestamp, Fault> {
    deadline(hub, device, nonce).filter(|until| *until > hub.now()).ok_or_else(Fault::sign_in)
}

/// Until when a challenge of ours may be answered; nothing for one that is not ours or not this device's.
fn deadline(hub: &Hub, device: DeviceId, nonce: &str) -> Option<Timestamp> {
    let mut parts = nonce.split('.');
    let (noise, until, seal) = (parts.next()?, parts.next()?.parse::<i64>().ok()?, parts.next()?);
    let ours = parts.next().is_none() && hub.secret.fits(PURPOSE, &sealed(device, noise, until), seal);
    ours.then_some(Timestamp(until))
}

fn cookie(headers: &HeaderMap, secret: &str) -> Result<HeaderValue, Fault> {
    // Behind a proxy that speaks TLS the page's origin says so; over plain HTTP a browser would drop a secure cookie.
    let secure = headers.get(header::ORIGIN).is_some_and(|o| o.as_bytes().starts_with(b"https://"));
    let secure = if secure { "; Secure" } else { "" };
    let age = SESSION_MS / 1000;
    HeaderValue::from_str(&format!(
        "{COOKIE}={secret}; Path=/api/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}"
    ))
    .map_err(|_| Fault::failed())
}
