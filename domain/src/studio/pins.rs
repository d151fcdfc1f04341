//! The PIN by which people change places at a shared tablet: four to eight digits, kept as a hash that the desk's
//! devices have, so that it works without a network. It opens the till and nothing above it; it is no password.

use serde::{Deserialize, Serialize};

use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, CommandId, Id, PersonId};
use crate::kernel::record::RecordBody;
use crate::kernel::text::HASH_START;

/// Digits a PIN has at least.
pub const DIGITS_MIN: usize = 4;
/// Digits a PIN has at most.
pub const DIGITS_MAX: usize = 8;
/// Characters a hash has at most.
const HASH_CHARS_MAX: usize = 160;

/// True for what somebody may choose as a PIN.
#[must_use]
pub fn is_pin(digits: &str) -> bool {
    (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Somebody's PIN. One per person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Whose.
    pub person: PersonId,
    /// The hash, as a PHC string; see [`HASH_START`].
    pub hash: String,
}

impl Pin {
    /// The PIN record of a person.
    #[must_use]
    pub fn id_of(person: PersonId) -> Id {
        ids::named(person.raw(), b"pin")
    }
}

impl RecordBody for Pin {
    const KIND: &'static str = "pin";
    const KEYS_VERSION: u16 = 2;
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        Self::id_of(self.person)
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.person.raw()]
    }
}

/// Somebody sets their PIN, or takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPin {
    /// Whose; only one's own is set, but owners and managers may take away anybody's.
    pub person_id: PersonId,
}

/// The PIN itself, hashed where it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PinHash {
    /// The hash; nothing to take the PIN away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// Why a PIN stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PinRefusal {
    /// Nobody sets another's PIN.
    #[error("a PIN is set by its own person")]
    NotYours,
}

impl Command for SetPin {
    const KIND: &'static str = "studio.set_pin";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = PinHash;
    fn subjects(&self, _: &PinHash, _: CommandId) -> Vec<Id> {
        vec![self.person_id.raw()]
    }
    fn wants(&self, _: &PinHash, _: &Facts) -> Vec<Want> {
        vec![Want::id::<Pin>(Pin::id_of(self.person_id))]
    }
    fn is_well_formed(&self, personal: &PinHash) -> bool {
        let fits = |hash: &String| hash.starts_with(HASH_START) && hash.len() <= HASH_CHARS_MAX;
        personal.hash.as_ref().is_none_or(fits)
    }
}

impl Request for SetPin {
    type Refusal = PinRefusal;
    const SLICE: &'static str = "studio";
    fn decide(&self, personal: &PinHash, _: &Facts, ctx: &Ctx) -> Result<Decision, PinRefusal> {
        let own = ctx.actor == self.person_id;
        let may = own || (personal.hash.is_none() && access::MANAGERS.contains(&ctx.role));
        if !may {
            return Err(PinRefusal::NotYours);
        }
        let mut decision = Decision::nothing();
        match &personal.hash {
            Some(hash) => decision.put(&Pin { person: self.person_id, hash: hash.clone() }),
            None => decision.delete::<Pin>(Pin::id_of(self.person_id)),
        }
        Ok(decision)
    }
}
