//! Changing places at a shared device by PIN, without a network. A PIN opens the till and nothing above it.
//!
//! Wrong PINs are counted in the journal's database, so that neither a reload nor a clock that was set back forgets them.

use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::secret::{self, lock_ms};
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::{Authority, Studio, clock};

/// The key under which wrong PINs are counted.
const KEY: &str = "pin";
/// Hashes that are looked at for one try: hashing is slow on purpose.
const HASHES_MAX: usize = 32;

/// Wrong PINs in a row, and when the last one was typed by this device's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tries {
    /// How many.
    pub wrong: u32,
    /// Since when the present lock counts.
    pub since: Timestamp,
}

impl Tries {
    /// Milliseconds until the next try, and the count as it must be kept. A clock that lies before the last wrong PIN
    /// was set back: the whole lock begins again.
    #[must_use]
    pub fn left_ms(self, now: Timestamp) -> (u64, Self) {
        let lock = lock_ms(self.wrong);
        if now < self.since {
            return (lock, Self { since: now, ..self });
        }
        (lock.saturating_sub(now.0.abs_diff(self.since.0)), self)
    }
}

/// Why nobody changed places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// Not this person's PIN.
    #[error("the PIN does not fit")]
    Wrong,
    /// Too many wrong PINs.
    #[error("locked for {left_ms} ms")]
    Locked {
        /// Milliseconds until the next try.
        left_ms: u64,
    },
    /// The storage, or no memory for hashing.
    #[error(transparent)]
    Storage(#[from] Failure),
}

impl Studio {
    /// Puts somebody of this role at this device, if the digits are what the hash is of.
    pub async fn switch_by_pin(
        &self,
        (person, role): (PersonId, Role),
        hash: &str,
        digits: &str,
    ) -> Result<(), SwitchError> {
        let me = self.me_now().filter(|me| me.authority == Authority::Hub).ok_or(Failure::NoStudio)?;
        self.try_pin(&[hash], digits).await?;
        let session = self.mint();
        Ok(self.set_me(&me.switched(person, role, session)).await?)
    }

    /// Ends what only those who work here may end, if the digits are somebody's PIN or the `code` chosen for it. Whoever
    /// of the `holders` it is has the place here from now on; a code changes nobody.
    pub async fn end_by_pin(
        &self,
        holders: &[(PersonId, Role, String)],
        code: Option<&str>,
        digits: &str,
    ) -> Result<(), SwitchError> {
        let me = self.me_now().ok_or(Failure::NoStudio)?;
        let hashes: Vec<&str> = holders.iter().map(|(_, _, hash)| hash.as_str()).chain(code).collect();
        let at = self.try_pin(&hashes, digits).await?;
        match holders.get(at) {
            Some((person, role, _)) if *person != me.person && me.authority == Authority::Hub => {
                let session = self.mint();
                Ok(self.set_me(&me.switched(*person, *role, session)).await?)
            }
            _ => Ok(()),
        }
    }

    /// The first of the hashes that the digits are of. All of them together are one try.
    async fn try_pin(&self, hashes: &[&str], digits: &str) -> Result<usize, SwitchError> {
        let kept = self.tries().await?;
        let (left_ms, tries) = kept.left_ms(self.clock.device_now());
        if tries != kept {
            self.keep_tries(tries).await?;
        }
        if left_ms > 0 {
            return Err(SwitchError::Locked { left_ms });
        }
        // Counted before it is looked at: a page that is closed meanwhile has had its try.
        let tries = Tries { wrong: tries.wrong.saturating_add(1), since: self.clock.device_now() };
        self.keep_tries(tries).await?;
        for (at, hash) in hashes.iter().take(HASHES_MAX).enumerate() {
            if secret::fits(digits, hash).map_err(|_| Failure::Broken)? {
                self.keep_tries(Tries::default()).await?;
                return Ok(at);
            }
        }
        let (left_ms, _) = tries.left_ms(self.clock.device_now());
        Err(if left_ms > 0 { SwitchError::Locked { left_ms } } else { SwitchError::Wrong })
    }

    /// The hash of a PIN that somebody chose, as their record keeps it.
    pub fn hash_pin(&self, digits: &str) -> Result<String, Failure> {
        let mut salt = [0u8; secret::SALT_BYTES];
        for (at, byte) in salt.iter_mut().zip(clock::random().into_iter().chain(clock::random())) {
            *at = byte;
        }
        secret::hash(digits, salt).map_err(|_| Failure::Broken)
    }

    async fn tries(&self) -> Result<Tries, Failure> {
        let kept = self.journal.meta(KEY).await?;
        // What cannot be read was not written by us; it must not open the lock.
        Ok(kept.map_or_else(Tries::default, |json| {
            let locked = Tries { wrong: u32::MAX, since: self.clock.device_now() };
            serde_json::from_str(&json).unwrap_or(locked)
        }))
    }

    async fn keep_tries(&self, tries: Tries) -> Result<(), Failure> {
        let json = serde_json::to_string(&tries).map_err(|_| Failure::Broken)?;
        Ok(self.journal.set_meta(KEY, &json).await?)
    }
}

#[cfg(test)]
mod tests {
    use rollcall_domain::kernel::secret::{LOCK_MS, LOCK_MS_MAX, TRIES_MAX};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn ten_wrong_pins_lock_for_a_time_that_grows() {
        let at = |wrong| Tries { wrong, since: Timestamp(1_000) }.left_ms(Timestamp(1_000)).0;
        assert_eq!(at(TRIES_MAX - 1), 0);
        assert_eq!(at(TRIES_MAX), LOCK_MS);
        assert_eq!(at(TRIES_MAX + 1), 2 * LOCK_MS);
        assert_eq!(at(u32::MAX), LOCK_MS_MAX);
    }

    #[wasm_bindgen_test]
    fn a_clock_that_is_set_back_begins_the_lock_again() {
        let tries = Tries { wrong: TRIES_MAX, since: Timestamp(10 * 60_000) };
        let (left_ms, tries) = tries.left_ms(Timestamp(0));
        assert_eq!((left_ms, tries.since), (LOCK_MS, Timestamp(0)));
        assert_eq!(tries.left_ms(Timestamp(LOCK_MS.cast_signed())).0, 0);
    }
}
