//! What a hub shows to whoever holds a secret: a kind of record says for whom, and its slice makes the text out of records.
//!
//! The secret is made on a device and leaves it only inside the address that is handed over. The record keeps its
//! SHA-256, so that neither a database nor a backup opens anything. Must never know what is shown.

use std::fmt;
use std::str::FromStr;

use super::facts::{Facts, Want};
use super::ids::{DeviceId, Hash, Id, PersonId, StudioId};
use super::record::Record;
use super::time::{Timestamp, Zone};

/// Bytes of a secret: nobody guesses 128 bits.
pub const SECRET_BYTES: usize = 16;
/// Rounds in which a feed may ask for more after seeing the first answers.
pub const ROUNDS_MAX: usize = 6;
/// Where a hub answers; the address follows.
pub const PATH: &str = "/api/v1/calendar/";
/// How an address ends, for programs that look at it.
pub const ENDING: &str = ".ics";

/// Who reads through a feed, and where it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub person: PersonId,
    /// On which device.
    pub device: DeviceId,
}

/// When and where a feed is read.
#[derive(Debug, Clone, Copy)]
pub struct FeedCtx {
    /// Which studio.
    pub studio: StudioId,
    /// Now.
    pub now: Timestamp,
    /// The studio's zone; the usual one before it was read.
    pub zone: Zone,
}

/// What a kind of record shows to whoever holds the secret of one of them.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    /// The unique key under which a record is found by [`Address::hash`].
    pub key: &'static str,
    /// Of which type the text is.
    pub content_type: &'static str,
    /// Whose it is.
    pub holder: fn(&Record) -> Option<Holder>,
    /// What must be read, as far as the facts so far can tell.
    pub wants: fn(&Record, &Facts, &FeedCtx) -> Vec<Want>,
    /// The text; nothing once whoever holds it may see nothing any more. The same facts on the same day give the same text.
    pub text: fn(&Record, &Facts, &FeedCtx) -> Option<String>,
}

/// The part of an address that finds one: which studio, and the secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// Of which studio.
    pub studio: StudioId,
    secret: [u8; SECRET_BYTES],
}

/// What is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no such address")]
pub struct NoAddress;

impl Address {
    /// From a secret that was drawn just now.
    #[must_use]
    pub const fn of(studio: StudioId, secret: [u8; SECRET_BYTES]) -> Self {
        Self { studio, secret }
    }

    /// Under what the record is found.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&self.secret)
    }
}

/// Never the secret: what is printed for programmers ends in logs.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("studio", &self.studio).finish_non_exhaustive()
    }
}

/// The last part of the address, with its ending: 32 hex digits, a dash, 32 hex digits.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = Id::from_bytes(self.secret);
        write!(f, "{}-{}{ENDING}", self.studio.raw().simple(), secret.simple())
    }
}

impl FromStr for Address {
    type Err = NoAddress;
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let (studio, secret) =
            text.strip_suffix(ENDING).and_then(|rest| rest.split_once('-')).ok_or(NoAddress)?;
        let hex = |text: &str| {
            let plain =
                text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            if plain { Id::parse_str(text).map_err(|_| NoAddress) } else { Err(NoAddress) }
        };
        Ok(Self { studio: StudioId(hex(studio)?), secret: hex(secret)?.into_bytes() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_address_is_read_as_it_was_written(studio: u128, secret: [u8; SECRET_BYTES]) {
            let address = Address::of(StudioId(Id::from_u128(studio)), secret);
            let text = address.to_string();
            prop_assert_eq!(text.parse(), Ok(address));
            prop_assert_eq!(text.len(), 69);
            let printed = format!("{address:?}");
            prop_assert!(!printed.contains(&text[33..65]));
        }

        #[test]
        fn whatever_else_stands_there_is_no_address(text in "[0-9a-g-]{0,70}(\\.ics)?") {
            if let Ok(address) = text.parse::<Address>() {
                prop_assert_eq!(address.to_string(), text);
            }
        }
    }
}
