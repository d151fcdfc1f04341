//! The code on a member's phone: said or shown to the coach, who cannot know it. It is made from a secret that comes with
//! the booking, lies in a record of its own, and neither coaches nor the desk pull that.

use serde::{Deserialize, Serialize};

use super::AppointmentId;
use crate::kernel::access::Reader;
use crate::kernel::erasure::Tells;
use crate::kernel::ids::{self, Id};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::members::MemberId;

/// Digits of a code.
pub const CODE_DIGITS: usize = 4;
/// Wrong codes after which no code counts any more: the member signs, or presses on their own phone.
pub const CODE_TRIES_MAX: u32 = 5;

/// The secret a code is made from: minted by whoever books, and nothing where it came from the coach.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CodeSeed {
    /// Random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Id>,
}

/// The code of one appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentCode {
    /// Of which appointment.
    pub appointment_id: AppointmentId,
    /// Whose.
    pub member_id: MemberId,
    /// Digits, [`CODE_DIGITS`] of them.
    pub code: String,
}

impl AppointmentCode {
    /// The id of an appointment's code.
    #[must_use]
    pub fn id_of(appointment_id: AppointmentId) -> Id {
        ids::named(appointment_id.raw(), b"code")
    }

    /// The code that a secret gives an appointment.
    #[must_use]
    pub fn made(appointment_id: AppointmentId, member_id: MemberId, seed: Id) -> Self {
        let mixed = ids::named(seed, appointment_id.raw().as_bytes());
        let number = u128::from_be_bytes(*mixed.as_bytes()) % 10_u128.pow(4);
        Self { appointment_id, member_id, code: format!("{number:04}") }
    }

    /// True for what was said, however it was typed.
    #[must_use]
    pub fn is(&self, typed: &str) -> bool {
        text::tidy_code(typed) == self.code
    }
}

impl RecordBody for AppointmentCode {
    const KIND: &'static str = "appointment_code";
    const READERS: &'static [Reader] = &[Reader::Managers, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        Self::id_of(self.appointment_id)
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
}
