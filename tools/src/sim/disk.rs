//! What survives on a device when its browser dies: the journal, and a store that may lose its last writes.
//!
//! The same promises as the app's own: an append is whole or not there, and found under the head it was decided on; the
//! store holds what the hub confirmed, and may be thrown away. It knows no network and no rule.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_domain::kernel::Planted;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::kernel::{Erased, planted};
use rollcall_domain::payments::MoneyLease;
use rollcall_domain::registry;
use rollcall_domain::sync::book::Name;
use rollcall_domain::sync::meeting::{Reading, Resending};
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold, Row};
use rollcall_domain::sync::{Entry, erasing};

/// Store writes that a power loss may take, newest first.
const RELAXED_MAX: usize = 4;

/// Who this device is.
#[derive(Debug, Clone)]
pub(crate) struct Me {
    pub(crate) studio: StudioId,
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
    pub(crate) role: Role,
    pub(crate) series: String,
}

/// Where the chain of commands stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) epoch: u32,
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
    pub(crate) counters: BTreeMap<&'static str, u64>,
}

/// What has become of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    Waiting,
    Sent(Answered),
    Held(Answered),
    Aside,
}

/// A line of the journal.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) at: u64,
    pub(crate) id: CommandId,
    pub(crate) entry: Entry,
    pub(crate) standing: Standing,
}

/// What the hub confirmed, with how far that reaches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) reading: Reading,
    pub(crate) rows: BTreeMap<Name, Row>,
    /// Counts writes: a tab that did not see the last one must look again before it writes.
    pub(crate) stamp: u64,
    /// Leases on everybody's money beside which everything has been read that was there when they were given.
    pub(crate) whole: BTreeSet<Id>,
}

/// How the next append goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AppendFault {
    /// No room.
    Quota,
    /// All was written, and the browser undid it.
    Aborted,
}

/// Why nothing was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotSaved {
    /// Another tab was first.
    HeadMoved,
    /// The device.
    Fault(AppendFault),
}

/// A device's storage.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    pub(crate) me: Me,
    pub(crate) head: Head,
    pub(crate) last_at: u64,
    pub(crate) lines: Vec<Line>,
    /// How far answered lines were sent again, while that is not finished.
    pub(crate) resending: Option<Resending>,
    pub(crate) store: Store,
    relaxed: Vec<Store>,
    pub(crate) next_append: Option<AppendFault>,
    /// Lines a planted bug has not made durable yet.
    unsynced: usize,
}

impl Disk {
    pub(crate) fn new(me: Me, epoch: u32) -> Self {
        Self {
            me,
            head: Head { epoch, ..Head::default() },
            last_at: 0,
            lines: Vec::new(),
            resending: None,
            store: Store::default(),
            relaxed: Vec::new(),
            next_append: None,
            unsynced: 0,
        }
    }

    /// Makes a command durable, if the chain stands where it was decided.
    pub(crate) fn append(
        &mut self,
        before: &Head,
        next: Head,
        id: CommandId,
        entry: Entry,
    ) -> Result<u64, NotSaved> {
        if self.head != *before {
            return Err(NotSaved::HeadMoved);
        }
        if let Some(fault) = self.next_append.take() {
            return Err(NotSaved::Fault(fault));
        }
        self.last_at += 1;
        self.head = next;
        self.lines.push(Line { at: self.last_at, id, entry, standing: Standing::Waiting });
        self.unsynced += 1;
        Ok(self.last_at)
    }

    /// Lines after a place.
    pub(crate) fn after(&self, at: u64) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |l| l.at > at)
    }

    /// Notes answers as the app's journal does: a final one stays, only its receipt may become a newer one.
    pub(crate) fn answered(&mut self, answers: &[Answered]) {
        for answer in answers {
            let Some(line) = self.lines.iter_mut().find(|l| l.id == answer.id) else { continue };
            let keeps = matches!(&line.standing, Standing::Sent(kept) if kept.answer != answer.answer);
            if !keeps {
                line.standing = match answer.answer {
                    OutcomeOrHold::Outcome(_) => Standing::Sent(answer.clone()),
                    OutcomeOrHold::Hold(_) => Standing::Held(answer.clone()),
                };
            }
        }
    }

    /// No line tells anything any more about people who were erased; the chain stays as it is.
    pub(crate) fn forget_people(&mut self, erased: &[Erased]) {
        if planted(Planted::ErasureForgetsJournal) {
            return;
        }
        let gone: Vec<Id> = erased.iter().map(|erased| erased.subject).collect();
        for line in &mut self.lines {
            if let Some(rest) = erasing::entry_without(registry::catalogue(), &line.entry, &gone) {
                line.entry = rest;
            }
        }
    }

    /// The store's last state before a write, so that a power loss can bring it back.
    pub(crate) fn before_write(&mut self) {
        self.relaxed.push(self.store.clone());
        if self.relaxed.len() > RELAXED_MAX {
            self.relaxed.remove(0);
        }
        self.store.stamp += 1;
    }

    /// A meeting ended well: the picture is whole up to its last row.
    pub(crate) fn read_all(&mut self) {
        let leases = self.store.rows.values().filter(|row| row.kind == MoneyLease::KIND);
        self.store.whole = leases.map(|row| row.id).collect();
    }

    /// Power is lost: up to so many of the store's last writes are gone. The journal was strict.
    pub(crate) fn lose_power(&mut self, writes: usize) {
        for _ in 0..writes {
            if let Some(before) = self.relaxed.pop() {
                self.store = before;
            }
        }
        if planted(Planted::RelaxedJournal) {
            let keep = self.lines.len().saturating_sub(self.unsynced.min(writes));
            self.lines.truncate(keep);
        }
    }

    /// Everything written so far has reached the disk.
    pub(crate) fn synced(&mut self) {
        self.unsynced = 0;
    }

    /// All of it is removed: the hub has what was here, and said so.
    pub(crate) fn forget(&mut self) {
        self.lose_store();
        self.lines.clear();
    }

    /// The browser threw the store away; the journal is another database.
    pub(crate) fn lose_store(&mut self) {
        let stamp = self.store.stamp + 1;
        self.store = Store { stamp, ..Store::default() };
        self.relaxed.clear();
    }
}

impl Line {
    /// What the hub said of it, if it has it.
    pub(crate) const fn answered(&self) -> Option<&Answered> {
        match &self.standing {
            Standing::Sent(answered) | Standing::Held(answered) => Some(answered),
            Standing::Waiting | Standing::Aside => None,
        }
    }
}
