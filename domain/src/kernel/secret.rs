//! Passwords and PINs as what may be kept of them: argon2id over 19 MiB, twice, one lane, written as a PHC string.
//! The salt comes from outside; what was typed is never stored, logged or returned.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::text::HASH_START;

/// Bytes of a salt.
pub const SALT_BYTES: usize = 16;
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const HASH_BYTES: usize = 32;

/// Wrong PINs after which the switch is locked for a while.
pub const TRIES_MAX: u32 = 10;
/// How long the first lock lasts; each further wrong PIN doubles it.
pub const LOCK_MS: u64 = 60_000;
/// The longest lock.
pub const LOCK_MS_MAX: u64 = 60 * 60_000;

/// Why a hash could not be made: the parameters are constants, so only the memory can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no memory for hashing")]
pub struct NoHash;

fn raw(typed: &str, salt: &[u8]) -> Result<[u8; HASH_BYTES], NoHash> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(HASH_BYTES)).map_err(|_| NoHash)?;
    let mut out = [0u8; HASH_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(typed.as_bytes(), salt, &mut out)
        .map_err(|_| NoHash)?;
    Ok(out)
}

/// The PHC string of something typed.
pub fn hash(typed: &str, salt: [u8; SALT_BYTES]) -> Result<String, NoHash> {
    let hash = raw(typed, &salt)?;
    Ok(format!("{HASH_START}{}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash)))
}

/// True when the hash is of what was typed. A hash that no build of ours wrote fits nothing. The work is the same for
/// every hash of ours, and the comparison looks at every byte.
pub fn fits(typed: &str, hash: &str) -> Result<bool, NoHash> {
    let parts = hash.strip_prefix(HASH_START).and_then(|rest| rest.split_once('$'));
    let decoded = parts.and_then(|(salt, hash)| {
        Some((STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(hash).ok()?))
    });
    let Some((salt, expected)) = decoded.filter(|(salt, _)| salt.len() == SALT_BYTES) else {
        return Ok(false);
    };
    let got = raw(typed, &salt)?;
    let differs = got.iter().zip(&expected).fold(0u8, |differs, (a, b)| differs | (a ^ b));
    Ok(expected.len() == got.len() && differs == 0)
}

/// How long the switch is locked after so many wrong PINs in a row.
#[must_use]
pub fn lock_ms(wrong: u32) -> u64 {
    match wrong.checked_sub(TRIES_MAX) {
        None => 0,
        Some(further) => LOCK_MS.saturating_mul(1 << further.min(10)).min(LOCK_MS_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_pin_after_the_tenth_locks_twice_as_long() {
        assert_eq!(lock_ms(TRIES_MAX - 1), 0);
        assert_eq!(lock_ms(TRIES_MAX), LOCK_MS);
        assert_eq!(lock_ms(TRIES_MAX + 2), 4 * LOCK_MS);
        assert_eq!(lock_ms(u32::MAX), LOCK_MS_MAX);
    }

    #[test]
    fn only_what_was_typed_fits() {
        let phc = hash("2468", [7; SALT_BYTES]).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(fits("2468", &phc), Ok(true));
        assert_eq!(fits("2469", &phc), Ok(false));
        assert_eq!(fits("2468", &phc[..phc.len() - 4]), Ok(false));
        assert_eq!(fits("2468", "2468"), Ok(false));
        assert_ne!(hash("2468", [8; SALT_BYTES]).unwrap(), phc);
    }
}
