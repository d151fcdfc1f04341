//! Device keys: ECDSA P-256, checked here and nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use rollcall_domain::kernel::text;
use rollcall_domain::sync::wire::DeviceKey;

use crate::http::fault::Fault;

/// Characters of a device's name.
const NAME_CHARS_MAX: usize = 80;

fn key(public_key: &str) -> Option<VerifyingKey> {
    let point = URL_SAFE_NO_PAD.decode(public_key).ok()?;
    if point.len() != 65 {
        return None;
    }
    VerifyingKey::from_sec1_bytes(&point).ok()
}

/// A new device's key and name, in order or refused.
pub(crate) fn check(device: &DeviceKey) -> Result<String, Fault> {
    if key(&device.public_key).is_none() {
        return Err(Fault::bad("the public key is no point of P-256 in base64url"));
    }
    if device.device.raw().is_nil() {
        return Err(Fault::bad("a device needs an id"));
    }
    let name = text::tidy_line(&device.name);
    if name.is_empty() || !text::fits(&name, NAME_CHARS_MAX) {
        return Err(Fault::bad("a device's name has 1 to 80 characters"));
    }
    Ok(name)
}

/// True when the signature (64 bytes r‖s, base64url) over the message is the key's.
pub(crate) fn fits(public_key: &str, message: &[u8], signature: &str) -> bool {
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|s| Signature::from_slice(&s).ok());
    match (key(public_key), signature) {
        (Some(key), Some(signature)) => key.verify(message, &signature).is_ok(),
        _ => false,
    }
}
