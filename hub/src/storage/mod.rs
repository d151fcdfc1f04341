//! What the hub keeps, as a trait: accepting, pulling and signing in know this and no database.
//!
//! A reader sees one unchanging moment; a writer is alone, and what it wrote is there as a whole or not at all.
//! Nothing in here may know a kind of record.

mod rows;
mod sqlite;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::{KindName, Record};
use rollcall_domain::kernel::time::Timestamp;

pub use rows::{
    CHALLENGE, Device, Due, Lane, Link, Login, Pairing, SESSION, ScopeRow, Stored, Studio, Token, Writes,
    Written,
};
pub use sqlite::{Sqlite, check_build};

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database's own word.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// No room left.
    #[error("the disk is full")]
    Full,
    /// Two records want what only one may hold.
    #[error("a value that only one record may hold is taken")]
    Claimed,
    /// Written by a newer build: this one would spoil it.
    #[error("the database was written by Rollcall {wrote}; this is {own}. Start that version or a newer one")]
    Newer {
        /// The version that wrote it.
        wrote: String,
        /// This version.
        own: String,
    },
    /// A row that no build of ours writes.
    #[error("a stored {0} cannot be read")]
    Damaged(&'static str),
    /// The folder.
    #[error("the data folder: {0}")]
    Folder(#[from] std::io::Error),
}

/// Where everything is.
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// One unchanging moment to read.
    async fn read(&self) -> Result<Box<dyn Look>, StorageError>;
    /// The only writer, until committed or dropped; dropping leaves no trace.
    async fn write(&self) -> Result<Box<dyn Work>, StorageError>;
    /// A whole copy beside the running database.
    async fn snapshot(&self, to: &Path) -> Result<(), StorageError>;
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
    /// The studio that lives here.
    async fn studio(&mut self) -> Result<Option<Studio>, StorageError>;
    /// A device.
    async fn device(&mut self, device: DeviceId) -> Result<Option<Device>, StorageError>;
    /// All devices of a studio, in the order they joined.
    async fn devices(&mut self, studio: StudioId) -> Result<Vec<Device>, StorageError>;
    /// What people are here.
    async fn people(&mut self, studio: StudioId) -> Result<Vec<(PersonId, Role)>, StorageError>;
    /// The lives of a device.
    async fn lanes(&mut self, device: DeviceId) -> Result<Vec<Lane>, StorageError>;
    /// Those of the commands that are here.
    async fn commands(&mut self, ids: &[CommandId]) -> Result<Vec<Stored>, StorageError>;
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
    /// When the newest change up to `seq` was committed.
    async fn committed_at(&mut self, studio: StudioId, seq: u64) -> Result<Option<Timestamp>, StorageError>;
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
    /// Who signs in by this name.
    async fn login(&mut self, login: &str) -> Result<Option<Login>, StorageError>;
    /// Everybody of a studio who can sign in, by name.
    async fn logins(&mut self, studio: StudioId) -> Result<Vec<Login>, StorageError>;
    /// Records that are due and were not fired, oldest first.
    async fn due(&mut self, studio: StudioId, now: Timestamp, limit: u32) -> Result<Vec<Due>, StorageError>;
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
    /// Forgets everything a backup brought: records, commands, history. Devices, people and blobs stay.
    async fn clear(&mut self, studio: StudioId) -> Result<(), StorageError>;
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
    /// A person's way to sign in, in place of the one they had.
    async fn put_login(&mut self, login: &Login) -> Result<(), StorageError>;
    /// Forgets tokens and pairings that expired.
    async fn sweep(&mut self, now: Timestamp) -> Result<(), StorageError>;
    /// A way in for a device.
    async fn put_pairing(&mut self, pairing: &Pairing) -> Result<(), StorageError>;
    /// The pairing this code or secret belongs to.
    async fn pairing(&mut self, hash: &Hash, now: Timestamp) -> Result<Option<Pairing>, StorageError>;
    /// A wrong code was typed: every open pairing has one try less.
    async fn wrong_code(&mut self, now: Timestamp) -> Result<(), StorageError>;
    /// All or nothing, now.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
}
