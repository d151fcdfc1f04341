//! The studio itself: its name, zone, currency, door rules, and the people who sign in.

use serde::{Deserialize, Serialize};

use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Fact, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, CommandId, Id, PersonId, StudioId};
use crate::kernel::keys::Keys;
use crate::kernel::money::Currency;
use crate::kernel::record::{Change, RecordBody};
use crate::kernel::text;
use crate::kernel::time::Zone;
use crate::typed_id;

pub mod people;
pub mod pins;

/// Characters a studio's or a person's name may have.
pub const NAME_CHARS_MAX: usize = 80;
/// The anti-passback window: minutes within which a second scan is the same visit.
pub const WINDOW_MINUTES_MAX: u32 = 24 * 60;

typed_id! {
    /// The settings record of a studio.
    SettingsId,
}

/// The branches a member may belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Inside.
    Indoor,
    /// Outside.
    Outdoor,
}

/// What holds for the whole studio. Revisions count up; a sale or a visit names the one it saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// One per studio.
    pub id: Id,
    /// Counts up with each change, from 1.
    pub revision: u32,
    /// What it is called.
    pub name: String,
    /// Where its days begin and end.
    pub zone: Zone,
    /// What its prices are in.
    pub currency: Currency,
    /// The language its papers are in: `en`, `zh-Hans`, `zh-Hant`.
    pub language: String,
    /// Its branches.
    pub sections: Vec<Section>,
    /// Minutes within which a second check-in of the same person is the same visit.
    pub window_minutes: u32,
    /// Minutes after midnight of the last paid day during which a pass still opens the door.
    pub closing_minute: u32,
    /// True when a guardian may sign for somebody under 18.
    pub guardian_may_sign: bool,
    /// True for the sample studio.
    #[serde(default)]
    pub sample: bool,
}

/// The settings record of a studio.
#[must_use]
pub fn settings_id(studio: StudioId) -> Id {
    ids::named(studio.raw(), b"settings")
}

impl RecordBody for Settings {
    const KIND: &'static str = "settings";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id
    }
}

/// Where the plumbing finds the studio's zone.
#[must_use]
pub fn zone_want(studio: StudioId) -> Want {
    Want::id::<Settings>(settings_id(studio))
}

/// The studio's zone; the default one before there are settings.
#[must_use]
pub fn zone(facts: &Facts, studio: StudioId) -> Zone {
    facts.peek::<Settings>(&zone_want(studio)).first().map(|s| s.zone).unwrap_or_default()
}

/// The person and their role, if a change is about that: how the plumbing learns what somebody is here.
#[must_use]
pub fn person_of(change: &Change) -> Option<(PersonId, Role)> {
    let body = change.body.as_ref().filter(|_| change.kind == Person::KIND)?;
    let person: Person = serde_json::from_str(body).ok()?;
    Some((PersonId(person.id), person.role))
}

/// Somebody who signs in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Which one.
    pub id: Id,
    /// What the desk calls them.
    pub name: String,
    /// What they are here.
    pub role: Role,
}

impl RecordBody for Person {
    const KIND: &'static str = "person";
    const KEYS_VERSION: u16 = 3;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Books, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        (!self.name.is_empty()).then_some(self.id).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        Fate::Becomes(Self { name: String::new(), ..self })
    }
    fn about(&self) -> Vec<Id> {
        vec![self.id]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(people::ROLE_KEY, people::role_value(self.role));
    }
}

/// A studio opens: its settings and its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStudio {
    /// What it is called.
    pub name: String,
    /// Its zone.
    pub zone: Zone,
    /// Its currency.
    pub currency: Currency,
    /// The language of its papers.
    pub language: String,
    /// Its branches.
    pub sections: Vec<Section>,
    /// True for the sample studio.
    #[serde(default)]
    pub sample: bool,
}

/// Whose studio it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OwnerName {
    /// What the desk calls the owner.
    pub owner_name: String,
}

impl Command for OpenStudio {
    const KIND: &'static str = "studio.open";
    const ROLES: &'static [Role] = access::OWNER;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = OwnerName;
    fn wants(&self, _: &OwnerName, _: &Facts) -> Vec<Want> {
        Vec::new()
    }
    fn is_well_formed(&self, personal: &OwnerName) -> bool {
        !self.name.trim().is_empty()
            && text::fits(&self.name, NAME_CHARS_MAX)
            && text::fits(&personal.owner_name, NAME_CHARS_MAX)
    }
}

impl Fact for OpenStudio {
    fn decide(&self, personal: &OwnerName, _facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        decision.put(&Settings {
            id: settings_id(ctx.studio),
            revision: 1,
            name: text::tidy_line(&self.name),
            zone: self.zone,
            currency: self.currency,
            language: self.language.clone(),
            sections: self.sections.clone(),
            window_minutes: 180,
            closing_minute: 0,
            guardian_may_sign: true,
            sample: self.sample,
        });
        decision.put(&Person {
            id: ctx.actor.raw(),
            name: text::tidy_line(&personal.owner_name),
            role: Role::Owner,
        });
        decision
    }
}

/// The owner changes what holds for the studio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSettings {
    /// The revision the owner saw.
    pub seen_revision: u32,
    /// What it is called.
    pub name: String,
    /// The language of its papers.
    pub language: String,
    /// Its branches.
    pub sections: Vec<Section>,
    /// The anti-passback window: 0..=[`WINDOW_MINUTES_MAX`].
    pub window_minutes: u32,
    /// Minutes after midnight during which the last paid day still counts: 0..=360.
    pub closing_minute: u32,
    /// True when a guardian may sign.
    pub guardian_may_sign: bool,
}

/// Why the settings stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum StudioRefusal {
    /// There is no studio here yet.
    #[error("there is no studio here")]
    NoStudio,
    /// Somebody else changed them meanwhile.
    #[error("the settings were changed meanwhile")]
    ChangedMeanwhile,
    /// No name.
    #[error("a studio needs a name")]
    NameMissing,
}

impl Command for ChangeSettings {
    const KIND: &'static str = "studio.change_settings";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        // The settings themselves are loaded for every command.
        Vec::new()
    }
    fn is_well_formed(&self, (): &()) -> bool {
        text::fits(&self.name, NAME_CHARS_MAX)
            && self.window_minutes <= WINDOW_MINUTES_MAX
            && self.closing_minute <= 360
    }
}

impl Request for ChangeSettings {
    type Refusal = StudioRefusal;
    const SLICE: &'static str = "studio";
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, StudioRefusal> {
        let before = facts.get::<Settings>(settings_id(ctx.studio)).ok_or(StudioRefusal::NoStudio)?;
        if before.revision != self.seen_revision {
            return Err(StudioRefusal::ChangedMeanwhile);
        }
        let name = text::tidy_line(&self.name);
        if name.is_empty() {
            return Err(StudioRefusal::NameMissing);
        }
        let after = Settings {
            revision: before.revision + 1,
            name,
            language: self.language.clone(),
            sections: self.sections.clone(),
            window_minutes: self.window_minutes,
            closing_minute: self.closing_minute,
            guardian_may_sign: self.guardian_may_sign,
            ..before
        };
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Settings>(settings_id(ctx.studio)), &after);
        Ok(decision)
    }
}

/// Somebody new at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddPerson {
    /// Minted when the dialog opened, or by the hub when a device was paired.
    pub person_id: PersonId,
    /// What they are here.
    pub role: Role,
}

/// What they are called.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersonName {
    /// The name the desk uses.
    pub name: String,
}

impl Command for AddPerson {
    const KIND: &'static str = "studio.add_person";
    const ROLES: &'static [Role] = access::OWNER;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = PersonName;
    fn subjects(&self, _: &PersonName, _: CommandId) -> Vec<Id> {
        vec![self.person_id.raw()]
    }
    fn wants(&self, _: &PersonName, _: &Facts) -> Vec<Want> {
        vec![Want::id::<Person>(self.person_id)]
    }
    fn is_well_formed(&self, personal: &PersonName) -> bool {
        self.role.is_of_people() && text::fits(&personal.name, NAME_CHARS_MAX)
    }
}

impl Fact for AddPerson {
    fn decide(&self, personal: &PersonName, facts: &Facts, _ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        // A name may come later than the person; a role given meanwhile stays.
        let role = facts.get::<Person>(self.person_id).map_or(self.role, |known| known.role);
        let person = Person { id: self.person_id.raw(), name: text::tidy_line(&personal.name), role };
        decision.replace(facts.record::<Person>(self.person_id), &person);
        decision
    }
}

#[cfg(test)]
mod tests;
