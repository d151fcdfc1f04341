//! The exceptions desk as data: what no rule could settle, one sentence with two buttons each, never dropped.
//!
//! The sentence belongs to the slice that raised it; here are only its code and its figures.

use serde::{Deserialize, Serialize};

use super::access::{self, Reader, Role, Scope};
use super::command::{Command, Request};
use super::decide::{Ctx, Decision, RefusalBody};
use super::erasure::Tells;
use super::facts::{Facts, Want};
use super::ids::{CommandId, DeviceId, Id, PersonId};
use super::keys::{KeyValue, Keys};
use super::record::{RecordBody, Temperature};
use super::time::Timestamp;

/// What a rule raises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionDraft {
    /// Whose words.
    pub slice: &'static str,
    /// The slice's enum as JSON, tagged by `code`.
    pub what: serde_json::Value,
    /// The records it is about, the first one being what a tap opens.
    pub about: Vec<Id>,
}

impl ExceptionDraft {
    /// From a slice's enum; an enum that cannot be encoded still raises, with its slice's name alone.
    pub fn new(slice: &'static str, what: &impl Serialize, about: Vec<Id>) -> Self {
        Self { slice, what: serde_json::to_value(what).unwrap_or_default(), about }
    }
}

/// Who settles an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anybody at the desk.
    #[default]
    Desk,
    /// Owners and managers, who alone see it.
    Managers,
    /// Whoever gave the command, and nobody else: a member's own matter.
    Author,
    /// Anybody at the desk, and whoever gave the command.
    DeskAndAuthor,
}

impl Audience {
    /// True for what anybody at the desk may settle.
    #[must_use]
    pub fn is_desk(&self) -> bool {
        *self == Self::Desk
    }

    /// Who hears that a command was refused later on: whoever gave it, and those who could give it again.
    #[must_use]
    pub fn of_refusal(given_as: Role, roles: &[Role]) -> Self {
        match given_as {
            Role::Member => Self::Author,
            Role::Coach | Role::Accountant => Self::DeskAndAuthor,
            _ if roles.contains(&Role::Desk) => Self::Desk,
            _ => Self::Managers,
        }
    }

    fn takes(self, by_author: bool, role: Role) -> bool {
        match self {
            Self::Desk => access::TILL.contains(&role),
            Self::Managers => access::MANAGERS.contains(&role),
            Self::Author => by_author,
            Self::DeskAndAuthor => by_author || access::TILL.contains(&role),
        }
    }
}

/// What a device was told "yes" by its own rules, and the hub could not do: whoever asked must hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AboutAnswer {
    /// It was not done.
    RefusedLater {
        /// The command's kind.
        kind: String,
        /// What was asked for: the command without its personal block.
        asked: serde_json::Value,
        /// Why not.
        refusal: RefusalBody,
    },
}

/// One item of the exceptions desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Derived from the command that raised it.
    pub id: Id,
    /// Whose words.
    pub slice: String,
    /// The slice's enum, tagged by `code`.
    pub what: serde_json::Value,
    /// The records it is about.
    pub about: Vec<Id>,
    /// The command that raised it.
    pub command: CommandId,
    /// Who gave that command.
    pub actor: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// When that happened.
    pub raised_at: Timestamp,
    /// Who settles it.
    #[serde(default, skip_serializing_if = "Audience::is_desk")]
    pub audience: Audience,
    /// How it was settled; nothing while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

/// Who settled an exception, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The button's code, the slice's own word.
    pub choice: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// On which device; nothing in what earlier builds wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// The key of all exceptions that wait.
pub const OPEN_KEY: &str = "exception.open";
/// The key under which settled exceptions are ordered by when they were settled.
pub const SETTLED_KEY: &str = "exception.settled";

impl Exception {
    /// True for whom it is to settle. A device may foresee items for others: they are not this person's matter.
    #[must_use]
    pub fn is_for(&self, person: PersonId, role: Role) -> bool {
        self.audience.takes(self.actor == person, role)
    }

    /// The value under [`OPEN_KEY`].
    #[must_use]
    pub fn open_value() -> KeyValue {
        KeyValue::of("open")
    }
}

impl RecordBody for Exception {
    const KIND: &'static str = "exception";
    const KEYS_VERSION: u16 = 3;
    const TEMPERATURE: Temperature = Temperature::Hot;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Managers, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    // What is left of one is its slice's matter: see `Catalogue::without`.
    fn subjects(&self) -> Vec<Id> {
        self.about.clone()
    }
    fn id(&self) -> Id {
        self.id
    }
    fn scopes(&self) -> Vec<Scope> {
        let author = Scope::person(self.actor.raw());
        match self.audience {
            Audience::Desk => vec![Scope::desk()],
            Audience::Managers => vec![Scope::managers()],
            Audience::Author => vec![author],
            Audience::DeskAndAuthor => vec![Scope::desk(), author],
        }
    }
    fn keys(&self, keys: &mut Keys) {
        match &self.settled {
            None => keys.shared(OPEN_KEY, Self::open_value()),
            Some(settled) => keys.shared(SETTLED_KEY, KeyValue::of(settled.at)),
        }
    }
    fn happened_at(&self) -> Timestamp {
        self.raised_at
    }
}

/// Settles one item: the choice is logged; what it does beyond that is another command of the same group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleException {
    /// Which item.
    pub exception_id: Id,
    /// The button's code.
    pub choice: String,
}

/// Why an item was not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SettleRefusal {
    /// It does not exist here.
    #[error("there is no such item")]
    Unknown,
    /// Somebody was faster.
    #[error("the item was settled before, as {choice}")]
    SettledBefore {
        /// How.
        choice: String,
    },
    /// Only owners and managers settle it.
    #[error("a manager settles this")]
    ForManagers,
}

impl Command for SettleException {
    const KIND: &'static str = "kernel.settle_exception";
    const ROLES: &'static [Role] = &access::PEOPLE;
    const REFUSAL_IS_NEWS: bool = false;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _facts: &Facts) -> Vec<Want> {
        vec![Want::id::<Exception>(self.exception_id)]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        !self.choice.is_empty() && self.choice.len() <= 64
    }
}

impl Request for SettleException {
    type Refusal = SettleRefusal;
    const SLICE: &'static str = "kernel";
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, SettleRefusal> {
        let mut item = facts.get::<Exception>(self.exception_id).ok_or(SettleRefusal::Unknown)?;
        if !item.is_for(ctx.actor, ctx.role) {
            return Err(match item.audience {
                Audience::Managers => SettleRefusal::ForManagers,
                _ => SettleRefusal::Unknown,
            });
        }
        if let Some(settled) = item.settled {
            return Err(SettleRefusal::SettledBefore { choice: settled.choice });
        }
        item.settled = Some(Settled {
            choice: self.choice.clone(),
            by: ctx.actor,
            at: ctx.effective_at,
            device: Some(ctx.device),
        });
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Exception>(self.exception_id), &item);
        Ok(decision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_for_those_who_settle_it_and_for_nobody_else() {
        let author = PersonId(Id::from_u128(1));
        let item = |audience| Exception {
            id: Id::from_u128(9),
            slice: "kernel".to_owned(),
            what: serde_json::Value::Null,
            about: Vec::new(),
            command: CommandId(Id::from_u128(8)),
            actor: author,
            device: DeviceId(Id::from_u128(7)),
            raised_at: Timestamp(0),
            audience,
            settled: None,
        };
        let other = PersonId(Id::from_u128(2));
        // (whose, the author as a member, the author as a coach, another member, a coach, the desk, a manager)
        for (audience, expected) in [
            (Audience::Desk, [false, false, false, false, true, true]),
            (Audience::Managers, [false, false, false, false, false, true]),
            (Audience::Author, [true, true, false, false, false, false]),
            (Audience::DeskAndAuthor, [true, true, false, false, true, true]),
        ] {
            let who = [
                (author, Role::Member),
                (author, Role::Coach),
                (other, Role::Member),
                (other, Role::Coach),
                (other, Role::Desk),
                (other, Role::Manager),
            ];
            assert_eq!(
                who.map(|(person, role)| item(audience).is_for(person, role)),
                expected,
                "{audience:?}"
            );
        }
    }
}
