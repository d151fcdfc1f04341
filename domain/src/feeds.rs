//! Addresses under which a calendar program reads a hub: whose they are, what they show, and by which secret.
//!
//! A person has one address for each thing they may read; another one takes its place. The secret is drawn on the
//! device and only its hash comes here. What is shown is put together in `flow::feed`. Must never know a session.

use serde::{Deserialize, Serialize};

use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, CommandId, DeviceId, Hash, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;

/// The slice's name in refusals.
pub const SLICE: &str = "feeds";
/// Characters each of the words may have.
pub const WORDS_CHARS_MAX: usize = 80;
/// Characters a language's tag may have.
const LANGUAGE_CHARS_MAX: usize = 16;

/// What an address shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// What is on in the studio, as everybody sees it.
    Timetable,
    /// What its person teaches, with how many seats are taken.
    Classes,
    /// What its person has booked, waits for, or hired.
    Bookings,
}

impl Shows {
    const fn name(self) -> &'static str {
        match self {
            Self::Timetable => "timetable",
            Self::Classes => "classes",
            Self::Bookings => "bookings",
        }
    }

    /// True for whoever can have something to read there.
    #[must_use]
    pub fn is_for(self, role: Role) -> bool {
        match self {
            Self::Timetable => access::PEOPLE.contains(&role),
            Self::Classes => access::STAFF.contains(&role),
            Self::Bookings => role == Role::Member,
        }
    }
}

/// The words of a calendar, in the language of whoever asked for it: rules have none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FeedWords {
    /// What it is called, beside the studio's name.
    pub name: String,
    /// How many seats are taken; `{taken}` and `{seats}` stand for the numbers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub taken: String,
    /// That somebody waits for a seat.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub waiting: String,
}

impl FeedWords {
    fn fit(&self) -> bool {
        [&self.name, &self.taken, &self.waiting].into_iter().all(|one| text::fits(one, WORDS_CHARS_MAX))
    }
}

/// An address that is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFeed {
    /// Whose: somebody who works here, or a member.
    pub person_id: PersonId,
    /// What it shows.
    pub shows: Shows,
    /// The SHA-256 of its secret.
    pub secret: Hash,
    /// The language of what is shown.
    pub language: String,
    /// Its words in that language.
    pub words: FeedWords,
    /// On which device it was asked for: where that one is shut out, this is read no more.
    pub device_id: DeviceId,
    /// When.
    pub made_at: Timestamp,
}

/// The unique key of addresses, by the hash of their secret.
pub const SECRET_KEY: &str = "calendar_feed.secret";

impl CalendarFeed {
    /// The record of what one person reads.
    #[must_use]
    pub fn id_of(person_id: PersonId, shows: Shows) -> Id {
        ids::named(person_id.raw(), format!("feed {}", shows.name()).as_bytes())
    }
}

impl RecordBody for CalendarFeed {
    const KIND: &'static str = "calendar_feed";
    const READERS: &'static [Reader] = &[Reader::Managers, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        Self::id_of(self.person_id, self.shows)
    }
    fn about(&self) -> Vec<Id> {
        vec![self.person_id.raw()]
    }
    fn subjects(&self) -> Vec<Id> {
        // With the person the address goes, and nothing is left of it.
        vec![self.person_id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.unique(SECRET_KEY, KeyValue::of(self.secret.0.as_str()));
    }
}

/// Why an address is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FeedRefusal {
    /// Everybody makes their own.
    #[error("an address is made by its own person")]
    NotYours,
    /// A member teaches nothing, and who works here books nothing.
    #[error("there is nothing to read for this role")]
    NothingToRead,
    /// It was taken back before.
    #[error("there is no such address")]
    NoFeed,
}

/// Makes an address, or another one in its place: the one before is read no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeFeed {
    /// Whose; always one's own.
    pub person_id: PersonId,
    /// What it shows.
    pub shows: Shows,
    /// The SHA-256 of a secret of [`SECRET_BYTES`](crate::kernel::feed::SECRET_BYTES) that was drawn for it.
    pub secret: Hash,
    /// The language of what is shown.
    pub language: String,
    /// Its words in that language.
    pub words: FeedWords,
}

impl Command for MakeFeed {
    const KIND: &'static str = "feeds.make";
    const ROLES: &'static [Role] = &access::PEOPLE;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.person_id.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<CalendarFeed>(CalendarFeed::id_of(self.person_id, self.shows))]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.secret.is_well_formed()
            && !self.language.is_empty()
            && self.language.len() <= LANGUAGE_CHARS_MAX
            && self.words.fit()
    }
}

impl Request for MakeFeed {
    type Refusal = FeedRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, FeedRefusal> {
        if ctx.actor != self.person_id {
            return Err(FeedRefusal::NotYours);
        }
        if !self.shows.is_for(ctx.role) {
            return Err(FeedRefusal::NothingToRead);
        }
        let after = CalendarFeed {
            person_id: self.person_id,
            shows: self.shows,
            secret: self.secret.clone(),
            language: self.language.clone(),
            words: self.words.clone(),
            device_id: ctx.device,
            made_at: ctx.effective_at,
        };
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<CalendarFeed>(after.id()), &after);
        Ok(decision)
    }
}

/// Takes an address back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndFeed {
    /// Whose; owners and managers may take back anybody's.
    pub person_id: PersonId,
    /// What it shows.
    pub shows: Shows,
}

impl Command for EndFeed {
    const KIND: &'static str = "feeds.end";
    const ROLES: &'static [Role] = &access::PEOPLE;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.person_id.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<CalendarFeed>(CalendarFeed::id_of(self.person_id, self.shows))]
    }
}

impl Request for EndFeed {
    type Refusal = FeedRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, FeedRefusal> {
        if ctx.actor != self.person_id && !access::MANAGERS.contains(&ctx.role) {
            return Err(FeedRefusal::NotYours);
        }
        let id = CalendarFeed::id_of(self.person_id, self.shows);
        facts.get::<CalendarFeed>(id).ok_or(FeedRefusal::NoFeed)?;
        let mut decision = Decision::nothing();
        decision.delete::<CalendarFeed>(id);
        Ok(decision)
    }
}

#[cfg(test)]
mod tests;
