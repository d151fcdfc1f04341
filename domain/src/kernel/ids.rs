//! Identities. An id is minted outside and handed in, or derived here from a command; it is never made up by a rule.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
pub use uuid::Uuid;

/// The identity of any record, whatever its kind.
pub type Id = Uuid;

/// Declares a typed id: a UUID that cannot be mistaken for another slice's.
#[macro_export]
macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $crate::kernel::ids::Uuid);
        impl $name {
            /// The untyped identity, as records carry it.
            #[must_use]
            pub const fn raw(self) -> $crate::kernel::ids::Uuid { self.0 }
        }
        impl From<$name> for $crate::kernel::ids::Uuid { fn from(id: $name) -> Self { id.0 } }
        impl From<$crate::kernel::ids::Uuid> for $name { fn from(id: $crate::kernel::ids::Uuid) -> Self { Self(id) } }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )+};
}

typed_id! {
    /// One intent of one person; the only key of idempotency.
    CommandId,
    /// One browser profile that keeps records.
    DeviceId,
    /// Somebody who signs in: staff, or a member on their own phone.
    PersonId,
    /// The business all records belong to.
    StudioId,
}

/// The `index`-th id a command creates: the same on every machine that decides the command.
///
/// RFC 9562 version 8 (free form): SHA-256 over the command id and the index, cut to 128 bits.
#[must_use]
pub fn derived(command: CommandId, index: u32) -> Id {
    named(command.raw(), &index.to_be_bytes())
}

/// The id that belongs to `name` under `parent`, for things of which there can be only one.
#[must_use]
pub fn named(parent: Id, name: &[u8]) -> Id {
    let mut hash = Sha256::new();
    hash.update(parent.as_bytes());
    hash.update(name);
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A time-ordered id (UUIDv7) from a millisecond clock and ten random bytes, both of which the shell provides.
///
/// A clock before 1970 counts as 1970: the order inside the id is only for index locality, never for meaning.
#[must_use]
pub fn minted(unix_ms: i64, random: &[u8; 10]) -> Id {
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(unix_ms).unwrap_or(0), random).into_uuid()
}

/// SHA-256 in lower-case hex: the name of a blob and of a link in the chain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(pub String);

impl Hash {
    /// Hashes the bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(bytes) {
            for half in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        Self(hex)
    }

    /// True for 64 lower-case hex digits: what may be used as a blob's name.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        self.0.len() == 64 && self.0.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }
}
