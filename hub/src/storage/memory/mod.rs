//! Everything in memory, for tests and the simulator: the same promises as a database, a moment of it as a value, and
//! trouble at the very operation a test asks for. Never what a studio lives in.

mod house;
mod look;
mod map;
mod work;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rollcall_domain::kernel::ids::StudioId;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::{Look, Storage, StorageError, Work};
use house::House;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Somebody else was in the way.
    Busy,
    /// The line broke.
    Away,
    /// No room left.
    Full,
    /// The database says no for a reason of its own.
    Broken,
}

impl Trouble {
    fn fault(self) -> StorageError {
        match self {
            Self::Busy => StorageError::Busy(sqlx::Error::PoolTimedOut),
            Self::Away => StorageError::Away(sqlx::Error::WorkerCrashed),
            Self::Full => StorageError::Full,
            Self::Broken => StorageError::Damaged("row"),
        }
    }
}

/// Where it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// At the operation of a writer that comes after so many others; opening, reading, writing and committing count.
    Operation(u64),
    /// At the next commit: nothing of it is there.
    Commit,
    /// At the next commit: all of it is there, and the writer hears of a failure.
    AfterCommit,
}

/// The storage; clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    /// Writers of one studio take turns, as at its head row; those of the house at theirs.
    turns: Mutex<BTreeMap<Option<StudioId>, Arc<Turn<()>>>>,
}

#[derive(Debug, Default)]
struct State {
    house: House,
    /// Counts restores: what was begun before one does not enter after it.
    life: u64,
    commits: u64,
    operations: u64,
    trouble: Option<(Point, Trouble)>,
}

/// A moment of everything, as a value.
#[derive(Debug, Clone, Default)]
pub struct Snapshot(House);

impl Memory {
    /// An empty house.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything as it is committed now. Costs next to nothing.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.state().house.clone())
    }

    /// Puts a moment back, as if nothing had been committed since. Transactions under way come to nothing.
    pub fn restore(&self, moment: &Snapshot) {
        let mut state = self.state();
        state.house = moment.0.clone();
        state.life += 1;
    }

    /// Lets something go wrong, once.
    pub fn trouble(&self, at: Point, what: Trouble) {
        let mut state = self.state();
        let at = match at {
            Point::Operation(after) => Point::Operation(state.operations + after),
            at => at,
        };
        state.trouble = Some((at, what));
    }

    /// Takes back trouble that did not come yet; true when there was some.
    pub fn calm(&self) -> bool {
        self.state().trouble.take().is_some()
    }

    /// True while trouble is still to come.
    #[must_use]
    pub fn is_troubled(&self) -> bool {
        self.state().trouble.is_some()
    }

    /// Operations of writers so far: how many a run has is how many it can fail at.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Commits so far.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.state().commits
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn turn(&self, of: Option<StudioId>) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.entry(of).or_default().clone()
        };
        turn.lock_owned().await
    }

    async fn begin(&self, of: Option<StudioId>) -> Result<Box<dyn Work>, StorageError> {
        let turn = self.turn(of).await;
        let (house, life) = {
            let state = self.state();
            (state.house.clone(), state.life)
        };
        let mut tx = Tx { memory: Some(self.clone()), house, life, dead: false, _turn: Some(turn) };
        tx.step()?;
        Ok(Box::new(tx))
    }
}

/// A transaction: a copy of the moment, with its own changes over it.
struct Tx {
    /// Nothing for a reader.
    memory: Option<Memory>,
    house: House,
    life: u64,
    /// True once something went wrong: like everywhere, there is no going on after that.
    dead: bool,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Tx {
    /// Counts an operation of a writer; here trouble comes.
    fn step(&mut self) -> Result<(), StorageError> {
        let Some(memory) = &self.memory else { return Ok(()) };
        let mut state = memory.state();
        let this = state.operations;
        state.operations += 1;
        if let Some((Point::Operation(at), trouble)) = state.trouble
            && at <= this
        {
            state.trouble = None;
            self.dead = true;
            return Err(trouble.fault());
        }
        if self.dead { Err(Trouble::Broken.fault()) } else { Ok(()) }
    }

    /// Keeps a failure: a transaction that failed is over.
    fn failed<T>(&mut self, fault: StorageError) -> Result<T, StorageError> {
        self.dead = true;
        Err(fault)
    }
}

#[async_trait]
impl Storage for Memory {
    async fn read(&self) -> Result<Box<dyn Look>, StorageError> {
        let house = self.state().house.clone();
        Ok(Box::new(Tx { memory: None, house, life: 0, dead: false, _turn: None }))
    }

    async fn write(&self, studio: StudioId) -> Result<Box<dyn Work>, StorageError> {
        self.begin(Some(studio)).await
    }

    async fn write_house(&self) -> Result<Box<dyn Work>, StorageError> {
        self.begin(None).await
    }

    async fn snapshot(&self, _: &Path) -> Result<(), StorageError> {
        Err(StorageError::NoCopies)
    }

    async fn close(&self) {}
}

#[cfg(test)]
mod tests;
