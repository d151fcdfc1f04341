//! "Not the person in the photo": nobody is let in, and the incident is kept.

use serde::{Deserialize, Serialize};

use super::AttendanceException;
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::{RecordBody, Temperature};
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::passes::cards::CardId;

/// A card in the wrong hands, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LentCard {
    /// Derived from the command.
    pub id: Id,
    /// Whose card.
    pub member_id: MemberId,
    /// Which card, if one was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_id: Option<CardId>,
    /// When.
    pub at: Timestamp,
    /// Who saw it.
    pub by: PersonId,
    /// On which device.
    pub device: DeviceId,
}

/// The key of a member's incidents.
pub const MEMBER_KEY: &str = "lent_card.member";

impl RecordBody for LentCard {
    const KIND: &'static str = "lent_card";
    const TEMPERATURE: Temperature = Temperature::Cold;
    const READERS: &'static [Reader] = &[Reader::Desk];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(MEMBER_KEY, KeyValue::of(self.member_id.raw()));
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// Somebody else showed this member's card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotThePerson {
    /// Whose card.
    pub member_id: MemberId,
    /// Which card, if one was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_id: Option<CardId>,
}

impl Command for NotThePerson {
    const KIND: &'static str = "attendance.not_the_person";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        Vec::new()
    }
}

impl Fact for NotThePerson {
    fn decide(&self, (): &(), _facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        let incident = LentCard {
            id: ctx.id(0),
            member_id: self.member_id,
            card_id: self.card_id,
            at: ctx.effective_at,
            by: ctx.actor,
            device: ctx.device,
        };
        decision.put(&incident);
        decision.raise(ExceptionDraft::new(
            "attendance",
            &AttendanceException::LentCard {},
            vec![self.member_id.raw(), incident.id],
        ));
        decision
    }
}
