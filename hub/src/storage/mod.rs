//! What the hub keeps, as a trait: accepting, pulling and signing in know this and no database.
//!
//! A reader sees one unchanging moment; a writer is alone, and what it wrote is there as a whole or not at all.
//! Nothing in here may know a kind of record.

mod fault;
#[cfg(any(test, feature = "memory"))]
pub mod memory;
mod moving;
mod postgres;
mod rows;
mod sqlite;
#[cfg(test)]
mod suite;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::{KindName, Record};
use rollcall_domain::kernel::time::Timestamp;

pub use fault::StorageError;
pub use moving::{MoveError, Moved, move_to};
pub use postgres::Postgres;
pub use rows::{
    CHALLENGE, Device, Due, Lane, Link, Login, Pairing, SESSION, ScopeRow, Stored, Studio, Token, Writes,
    Written,
};
pub use sqlite::Sqlite;

/// Refuses what a newer version wrote: it may hold bodies this one would spoil.
pub fn check_build(wrote: Option<&str>) -> Result<(), StorageError> {
    let parts = |v: &str| v.split('.').map(|p| p.parse::<u64>().unwrap_or(0)).collect::<Vec<_>>();
    match wrote {
        Some(wrote) if parts(wrote) > parts(env!("CARGO_PKG_VERSION")) => Err(newer(wrote.to_owned())),
        _ => Ok(()),
    }
}

fn newer(wrote: String) -> StorageError {
    StorageError::Newer { wrote, own: env!("CARGO_PKG_VERSION").to_owned() }
}

/// What hubs over one database tell each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// A studio's history goes so far.
    Head(StudioId, u64),
    /// Somebody was shut out: every stream looks whether its session still holds.
    Ended,
}

/// Hears what other hubs over the same database say.
#[async_trait]
pub trait Ear: Send {
    /// The next words. An error means that some may have been missed.
    async fn next(&mut self) -> Result<Vec<Word>, StorageError>;
}

/// Where everything is.
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// One unchanging moment to read.
    async fn read(&self) -> Result<Box<dyn Look>, StorageError>;
    /// The only writer of one studio, until committed or dropped; dropping leaves no trace. It holds the studio's head
    /// from the start, so that what it reads does not move; writers of different studios need not wait for each other.
    async fn write(&self, studio: StudioId) -> Result<Box<dyn Work>, StorageError>;
    /// The only writer of what belongs to no studio: settings, claims, what expired.
    async fn write_house(&self) -> Result<Box<dyn Work>, StorageError>;
    /// A whole copy beside the running database.
    async fn snapshot(&self, to: &Path) -> Result<(), StorageError>;
    /// Makes sure that what was deleted is in none of the files any more. False when somebody still reads an older
    /// moment: try again later.
    async fn scrub(&self) -> Result<bool, StorageError> {
        Ok(true)
    }
    /// What other hubs over the same storage say; nothing where there can be no other.
    async fn listen(&self) -> Result<Option<Box<dyn Ear>>, StorageError> {
        Ok(None)
    }
    /// Tells the other hubs.
    async fn tell(&self, words: &[Word]) -> Result<(), StorageError> {
        let _ = words;
        Ok(())
    }
    /// Finishes what is under way and closes the files.
    async fn close(&self);
}

/// A record's name.
pub type Name = (KindName, Id);

/// What can be read.
#[async_trait]
pub trait Look: Send {
    /// A setting of the hub itself.
    async fn setting(&mut self, key: &str) -> Result<Option<String>, StorageError>;
    /// A studio, if it lives here.
    async fn studio(&mut self, studio: StudioId) -> Result<Option<Studio>, StorageError>;
    /// Studios in the order of their ids.
    async fn studios_after(
        &mut self,
        after: Option<StudioId>,
        limit: u32,
    ) -> Result<Vec<Studio>, StorageError>;
    /// How far the histories of some studios go.
    async fn heads(&mut self, studios: &[StudioId]) -> Result<Vec<(StudioId, u64)>, StorageError>;
    /// A device.
    async fn device(&mut self, device: DeviceId) -> Result<Option<Device>, StorageError>;
    /// All devices of a studio, in the order they joined.
    async fn devices(&mut self, studio: StudioId) -> Result<Vec<Device>, StorageError>;
    /// What people are here.
    async fn people(&mut self, studio: StudioId) -> Result<Vec<(PersonId, Role)>, StorageError>;
    /// The lives of a device.
    async fn lanes(&mut self, device: DeviceId) -> Result<Vec<Lane>, StorageError>;
    /// Those of the commands that are here. Another studio's are not.
    async fn commands(&mut self, studio: StudioId, ids: &[CommandId]) -> Result<Vec<Stored>, StorageError>;
    /// Commands whose personal blocks are about somebody.
    async fn told_of(&mut self, studio: StudioId, subject: Id) -> Result<Vec<CommandId>, StorageError>;
    /// The life that a command with this envelope hash counts to.
    async fn lane_of(&mut self, device: DeviceId, hash: &Hash) -> Result<Option<u32>, StorageError>;
    /// How many commands of a life, by its own count, lie at these places.
    async fn count_between(
        &mut self,
        device: DeviceId,
        epoch: u32,
        from_seq: u64,
        to_seq: u64,
    ) -> Result<u64, StorageError>;
    /// Commands held for one of these reasons, oldest first.
    async fn held(&mut self, studio: StudioId, holds: &[&str]) -> Result<Vec<Stored>, StorageError>;
    /// How many commands have no outcome.
    async fn count_held(&mut self, studio: StudioId) -> Result<u64, StorageError>;
    /// Commands in the hub's order.
    async fn commands_after(
        &mut self,
        studio: StudioId,
        hub_seq: u64,
        limit: u32,
    ) -> Result<Vec<Stored>, StorageError>;
    /// Answers a device could not get with its push, because they came later.
    async fn late_answers(
        &mut self,
        device: DeviceId,
        after: u64,
        up_to: u64,
    ) -> Result<Vec<String>, StorageError>;
    /// Links of the chain in order.
    async fn links_after(
        &mut self,
        studio: StudioId,
        seq: u64,
        limit: u32,
    ) -> Result<Vec<Link>, StorageError>;
    /// The newest link up to `seq`.
    async fn last_link(&mut self, studio: StudioId, seq: u64) -> Result<Option<Link>, StorageError>;
    /// The answers to wants, in their order.
    async fn answers(
        &mut self,
        studio: StudioId,
        wants: &[Want],
    ) -> Result<Vec<Vec<Arc<Record>>>, StorageError>;
    /// Records in (kind, id) order.
    async fn records_after(
        &mut self,
        studio: StudioId,
        after: Option<&Name>,
        limit: u32,
    ) -> Result<Vec<Record>, StorageError>;
    /// Records of one kind that changed after a place, in the order of their changes.
    async fn records_of(
        &mut self,
        studio: StudioId,
        kind: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Record>, StorageError>;
    /// Changes in a scope above a cursor, in order: about `limit`, never half of one change.
    async fn scope_rows(
        &mut self,
        studio: StudioId,
        scope: &Scope,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ScopeRow>, StorageError>;
    /// Those of the records that can be read in one of the scopes.
    async fn visible(
        &mut self,
        studio: StudioId,
        scopes: &[Scope],
        names: &[Name],
    ) -> Result<Vec<Record>, StorageError>;
    /// A blob, if a record readable in one of the scopes names it.
    async fn blob(
        &mut self,
        studio: StudioId,
        scopes: &[Scope],
        blob: &Hash,
    ) -> Result<Option<Vec<u8>>, StorageError>;
    /// The names of all blobs, in order.
    async fn blobs_after(
        &mut self,
        studio: StudioId,
        after: &Hash,
        limit: u32,
    ) -> Result<Vec<(Hash, Vec<u8>)>, StorageError>;
    /// A token that has not expired.
    async fn token(&mut self, hash: &Hash, now: Timestamp) -> Result<Option<Token>, StorageError>;
    /// Who signs in by this name. The caller does not know of which studio.
    async fn login(&mut self, login: &str) -> Result<Option<Login>, StorageError>;
    /// Everybody of a studio who can sign in, by name.
    async fn logins(&mut self, studio: StudioId) -> Result<Vec<Login>, StorageError>;
    /// All tokens of a studio's devices, expired or not.
    async fn tokens(&mut self, studio: StudioId) -> Result<Vec<Token>, StorageError>;
    /// All pairings of a studio, open or not.
    async fn pairings(&mut self, studio: StudioId) -> Result<Vec<Pairing>, StorageError>;
    /// Records that are due and were not fired, oldest first.
    async fn due(&mut self, studio: StudioId, now: Timestamp, limit: u32) -> Result<Vec<Due>, StorageError>;
    /// Studios in which something is due, in the order of their ids.
    async fn due_studios(
        &mut self,
        now: Timestamp,
        after: Option<StudioId>,
        limit: u32,
    ) -> Result<Vec<StudioId>, StorageError>;
    /// The pairing this code or secret belongs to. The caller does not know of which studio.
    async fn pairing(&mut self, hash: &Hash, now: Timestamp) -> Result<Option<Pairing>, StorageError>;
    /// Of which version each kind's look-ups are.
    async fn kinds(&mut self, studio: StudioId) -> Result<Vec<(String, u16)>, StorageError>;
    /// How many records, commands and blobs there are.
    async fn counts(&mut self, studio: StudioId) -> Result<(u64, u64, u64), StorageError>;
    /// What the database itself says about its files; empty when all is well.
    async fn integrity(&mut self) -> Result<Vec<String>, StorageError>;
}

/// What can be written. Nothing counts before [`Work::commit`].
#[async_trait]
pub trait Work: Look {
    /// Sets or, with nothing, forgets a setting of the hub itself.
    async fn set(&mut self, key: &str, value: Option<&str>) -> Result<(), StorageError>;
    /// The studio as it is now.
    async fn put_studio(&mut self, studio: &Studio) -> Result<(), StorageError>;
    /// A person's role.
    async fn put_person(
        &mut self,
        studio: StudioId,
        person: PersonId,
        role: Role,
    ) -> Result<(), StorageError>;
    /// A device as it is now.
    async fn put_device(&mut self, device: &Device) -> Result<(), StorageError>;
    /// A device was heard of; so many commands wait on it, if it said so.
    async fn seen(
        &mut self,
        device: DeviceId,
        at: Timestamp,
        waiting: Option<u32>,
    ) -> Result<(), StorageError>;
    /// A device's life as it is now.
    async fn put_lane(&mut self, lane: &Lane) -> Result<(), StorageError>;
    /// Everything that follows from commands.
    async fn put(&mut self, studio: StudioId, writes: &Writes) -> Result<(), StorageError>;
    /// Puts what is left of a command's personal block in its place. Nothing else of a command is ever changed.
    async fn blank(
        &mut self,
        studio: StudioId,
        command: CommandId,
        rest: Option<&str>,
    ) -> Result<(), StorageError>;
    /// Forgets those of the blobs that no record names.
    async fn drop_blobs(&mut self, studio: StudioId, blobs: &[Hash]) -> Result<(), StorageError>;
    /// Forgets somebody's way to sign in.
    async fn drop_login(&mut self, studio: StudioId, person: PersonId) -> Result<(), StorageError>;
    /// Forgets everything a backup brought: records, commands, history. Devices, people and blobs stay.
    async fn clear(&mut self, studio: StudioId) -> Result<(), StorageError>;
    /// Forgets a studio with all it has.
    async fn forget(&mut self, studio: StudioId) -> Result<(), StorageError>;
    /// The look-ups of a kind are of this version now.
    async fn put_kind(&mut self, studio: StudioId, kind: &str, keys_version: u16)
    -> Result<(), StorageError>;
    /// A due record was looked at.
    async fn fired(&mut self, studio: StudioId, due: &Due) -> Result<(), StorageError>;
    /// Keeps a blob.
    async fn put_blob(
        &mut self,
        studio: StudioId,
        blob: &Hash,
        bytes: &[u8],
        at: Timestamp,
    ) -> Result<(), StorageError>;
    /// Keeps a token. False when it is there already.
    async fn put_token(&mut self, token: &Token) -> Result<bool, StorageError>;
    /// Ends all sessions of a device.
    async fn end_sessions(&mut self, device: DeviceId) -> Result<(), StorageError>;
    /// A person's way to sign in, in place of the one they had. A name that is somebody else's fails as
    /// [`StorageError::Claimed`]: a login name is one person's in the whole hub.
    async fn put_login(&mut self, login: &Login) -> Result<(), StorageError>;
    /// Forgets tokens and pairings that expired, of all studios.
    async fn sweep(&mut self, now: Timestamp) -> Result<(), StorageError>;
    /// A way in for a device. A code or secret that is another studio's fails as [`StorageError::Claimed`].
    async fn put_pairing(&mut self, pairing: &Pairing) -> Result<(), StorageError>;
    /// A wrong code was typed: every open pairing of the studio has one try less.
    async fn wrong_code(&mut self, studio: StudioId, now: Timestamp) -> Result<(), StorageError>;
    /// All or nothing, now.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
}
