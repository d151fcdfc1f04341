//! The journal: a device's durable write-ahead log of commands, in an IndexedDB database of its own.
//!
//! It must never know what a command means, and its schema never changes: it survives every migration of the rest.
//! Every write here is strict: it has reached the disk before it is called saved.

mod blobs;
mod error;
mod idb;
mod line;
pub mod marker;
pub mod persist;
mod schema;
mod snapshot;
mod write;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rollcall_domain::kernel::ids::{CommandId, Hash};
use rollcall_domain::kernel::{Change, Outcome};
use rollcall_domain::sync::envelope::Entry;
use rollcall_domain::sync::wire::{Answered, Problem};
use serde::{Deserialize, Serialize};

pub use error::JournalError;

use crate::vault::Sealer;

/// Where the device's chain of commands stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Head {
    /// The device's life.
    pub epoch: u32,
    /// The last command's place in it.
    pub seq: u64,
    /// The last command's link.
    pub hash: Hash,
    /// The last human number given, by name of the counter.
    pub counters: BTreeMap<String, u64>,
}

/// A command about to become durable.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The intent.
    pub id: CommandId,
    /// The sealed command.
    pub entry: Entry,
    /// Where the chain stands after it.
    pub next: Head,
    /// What it changed, where this device is the authority; nothing where a hub will decide.
    pub decision: Option<Vec<Change>>,
    /// The answer that belongs to the decision.
    pub outcome: Option<Outcome>,
    /// The blobs it names, saved in the same transaction.
    pub blobs: Vec<(Hash, Vec<u8>)>,
}

/// What has become of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The hub does not have it yet.
    Waiting,
    /// The hub has it, and this is its final answer.
    Sent {
        /// The answer with its receipt.
        answered: Answered,
    },
    /// The hub has it and will answer later.
    Held {
        /// Why, with a receipt.
        answered: Answered,
    },
    /// This device decided it by itself.
    Decided,
    /// No hub can read it. It stays here for a person to look at, and holds up nobody.
    Aside {
        /// The hub's words.
        why: Problem,
    },
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place: counted from 1, never used again.
    pub at: u64,
    /// The intent.
    pub id: CommandId,
    /// The sealed command, byte for byte.
    pub entry: Entry,
    /// What it changed, where this device was the authority.
    pub decision: Option<Vec<Change>>,
    /// The answer that belongs to the decision.
    pub outcome: Option<Outcome>,
    /// What has become of it.
    pub standing: Standing,
}

impl Line {
    /// What the hub said of it, if it has it.
    #[must_use]
    pub const fn answered(&self) -> Option<&Answered> {
        match &self.standing {
            Standing::Sent { answered } | Standing::Held { answered } => Some(answered),
            Standing::Waiting | Standing::Decided | Standing::Aside { .. } => None,
        }
    }
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Lines the hub does not have.
    pub waiting: u64,
    /// Lines the hub has but has not answered.
    pub held: u64,
    /// Lines no hub can read.
    pub aside: u64,
    /// The place of the oldest line that waits.
    pub oldest_waiting_at: Option<u64>,
}

/// The last known end of the journal, as it is written in the database.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Tip {
    /// The last line's place.
    at: u64,
    /// Where the chain stands.
    head: Head,
}

/// A handle on the journal; clones share one connection.
#[derive(Debug, Clone)]
pub struct Journal {
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    link: idb::Link,
    /// Seals lines, answers, blobs and the snapshot. Ids, standings, places and the head lie beside them in clear.
    sealer: Sealer,
    /// What is in the database as far as this tab knows, and its exact text there.
    tip: RefCell<(Tip, String)>,
}

impl Journal {
    /// Opens the journal, creating it when there is none.
    pub async fn open(name: &str, sealer: Sealer) -> Result<Self, JournalError> {
        let link = idb::Link::new(name, schema::create);
        let journal = Self { inner: Rc::new(Inner { link, sealer, tip: RefCell::default() }) };
        let text = journal.read_meta(schema::TIP).await?;
        journal.learn(text)?;
        Ok(journal)
    }

    /// Removes the whole journal. Every other tab must have closed it.
    pub async fn destroy(name: &str) -> Result<(), JournalError> {
        idb::delete(name).await.map_err(JournalError::from)
    }

    /// The end of the chain as this tab last saw it; another tab may have gone on.
    #[must_use]
    pub fn head(&self) -> Head {
        self.inner.tip.borrow().0.head.clone()
    }

    /// The place of the last line as this tab last saw it.
    #[must_use]
    pub fn last_at(&self) -> u64 {
        self.inner.tip.borrow().0.at
    }

    /// Closes the connection, for a test or before deleting. The next call opens it again.
    pub fn close(&self) {
        self.inner.link.drop_handle();
    }

    /// Takes the tip's text from the database.
    fn learn(&self, text: Option<String>) -> Result<(), JournalError> {
        let (tip, text) = match text {
            Some(text) => (serde_json::from_str(&text).map_err(|_| JournalError::Unreadable)?, text),
            None => (Tip::default(), String::new()),
        };
        self.inner.tip.replace((tip, text));
        Ok(())
    }
}
