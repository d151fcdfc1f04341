//! A room to decide in: an in-memory studio for the tests of rules, with a clock that only moves when told.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::kernel::command::{Command, Fact, Input, Request};
use crate::kernel::decide::{Authority, Outcome, Verdict};
use crate::kernel::exceptions::{Exception, OPEN_KEY};
use crate::kernel::facts::Want;
use crate::kernel::ids::{CommandId, DeviceId, Id, PersonId, StudioId, Uuid};
use crate::kernel::record::{Change, Record, RecordBody};
use crate::kernel::{Role, Timestamp};
use crate::registry;
use crate::sync::book::{Book, MemConfirmed};
use crate::sync::deciding::{Case, decide_now};

/// A studio in memory that is its own authority.
pub(crate) struct Room {
    pub(crate) studio: StudioId,
    pub(crate) device: DeviceId,
    pub(crate) actor: PersonId,
    pub(crate) role: Role,
    /// What time it is.
    pub(crate) now: Timestamp,
    /// The changes of the last decision.
    pub(crate) changes: Vec<Change>,
    commands: u128,
    book: Book<MemConfirmed>,
}

impl Room {
    /// No studio yet; it is 2026-11-22 09:00 in Shanghai.
    pub(crate) fn empty() -> Self {
        let book = Book::new(registry::catalogue(), MemConfirmed::new(registry::catalogue()));
        Self {
            studio: StudioId(Uuid::from_u128(0xA)),
            device: DeviceId(Uuid::from_u128(0xB)),
            actor: PersonId(Uuid::from_u128(0xC)),
            role: Role::Owner,
            now: Timestamp(1_795_309_200_000),
            changes: Vec::new(),
            commands: 0x1000,
            book,
        }
    }

    /// Decides the next command without taking anything over.
    pub(crate) fn dry_run(&self, input: Input) -> Verdict {
        let case = self.case(input, self.commands + 1);
        decide_now(registry::catalogue(), &case, |want| self.book.answer(want))
    }

    fn case(&self, input: Input, command: u128) -> Case {
        Case {
            input,
            command: CommandId(Uuid::from_u128(command)),
            studio: self.studio,
            device: self.device,
            actor: self.actor,
            role: self.role,
            effective_at: self.now,
            authority: Authority::Solo,
        }
    }

    /// Takes over changes that were decided elsewhere.
    pub(crate) fn settle(&mut self, changes: &[Change]) {
        self.book.settle_here(changes, 0);
    }

    /// The answer to a want.
    pub(crate) fn answer(&self, want: &Want) -> crate::kernel::Answer {
        self.book.answer(want)
    }

    /// Decides and takes over the changes.
    pub(crate) fn run(&mut self, input: Input) -> Verdict {
        self.commands += 1;
        let case = self.case(input, self.commands);
        let verdict = decide_now(registry::catalogue(), &case, |want| self.book.answer(want));
        if let Verdict::Decided { changes, .. } = &verdict {
            self.book.settle_here(changes, 0);
            self.changes.clone_from(changes);
        }
        verdict
    }

    /// Runs a Fact; returns the exceptions it raised.
    #[track_caller]
    pub(crate) fn fact<C: Fact>(&mut self, command: &C, personal: &C::Personal) -> Vec<Exception> {
        match self.run(Input::encode(command, personal).unwrap()) {
            Verdict::Decided { outcome: Outcome::Recorded { exceptions }, .. } => {
                exceptions.into_iter().map(|id| self.get(id)).collect()
            }
            other => panic!("a Fact must be recorded: {other:?}"),
        }
    }

    /// Runs a Request or Edit that must be accepted; returns the outcome.
    #[track_caller]
    pub(crate) fn granted<C: Command>(&mut self, command: &C, personal: &C::Personal) -> Outcome {
        match self.run(Input::encode(command, personal).unwrap()) {
            Verdict::Decided { outcome, .. } if !matches!(outcome, Outcome::Refused { .. }) => outcome,
            other => panic!("not granted: {other:?}"),
        }
    }

    /// Runs a Request that must be refused; returns the reason.
    #[track_caller]
    pub(crate) fn refused<C: Request>(&mut self, command: &C, personal: &C::Personal) -> C::Refusal
    where
        C::Refusal: DeserializeOwned,
    {
        match self.run(Input::encode(command, personal).unwrap()) {
            Verdict::Decided { outcome: Outcome::Refused { why }, .. } => {
                serde_json::from_value(why.why).unwrap()
            }
            other => panic!("not refused: {other:?}"),
        }
    }

    /// A record that must exist.
    #[track_caller]
    pub(crate) fn get<T: RecordBody>(&self, id: impl Into<Id>) -> T {
        self.find(id).unwrap_or_else(|| panic!("no such {}", T::KIND))
    }

    /// A record, if it exists.
    pub(crate) fn find<T: RecordBody>(&self, id: impl Into<Id>) -> Option<T> {
        self.book.get(T::KIND, id.into()).map(|seen| seen.record.read().unwrap())
    }

    /// All records under a key.
    pub(crate) fn all<T: RecordBody>(&self, want: &Want) -> Vec<T> {
        self.book.answer(want).records.iter().map(|r| r.read().unwrap()).collect()
    }

    /// Everything that is here.
    pub(crate) fn records(&self) -> Vec<Arc<Record>> {
        self.book.confirmed().all().cloned().collect()
    }

    /// The id the next command will have.
    pub(crate) fn next_command(&self) -> CommandId {
        CommandId(Uuid::from_u128(self.commands + 1))
    }

    /// What waits on the exceptions desk.
    pub(crate) fn open_exceptions(&self) -> Vec<Exception> {
        self.all(&Want::key::<Exception>(OPEN_KEY, Exception::open_value()))
    }
}
