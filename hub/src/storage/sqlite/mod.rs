//! SQLite: one file, one writer, any number of readers. What is committed is on the disk (`synchronous=FULL`).
//!
//! Only this folder knows SQL; it knows no kind of record.

mod facts;
mod look;
mod row;
mod work;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use rollcall_domain::kernel::ids::StudioId;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Executor as _, Row as _, Sqlite as Engine, Transaction};

use super::moving::MOVED;
use super::{Look, Storage, StorageError, Work, check_build, newer};

/// The tables this build writes.
const SCHEMA: i64 = 4;
/// What turns a schema into the next: the first one makes everything.
const STEPS: [&str; 4] = [
    include_str!("schema.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];
/// More than the longest batch takes; a reader never waits for a writer in WAL mode.
const BUSY: Duration = Duration::from_secs(30);
/// Statements that stay prepared: a batch's, in every size of its parts.
const STATEMENTS: usize = 250;
/// Milliseconds a scrub waits for readers before it is put off: nobody can write meanwhile.
const SCRUB_MS: u64 = 500;

/// The hub's file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    readers: SqlitePool,
    pub(super) writer: SqlitePool,
}

/// A transaction, for reading or for writing.
struct Conn(Transaction<'static, Engine>);

impl Sqlite {
    /// Opens the file, makes it or brings its tables up to this build. Refuses a newer build's.
    pub async fn open(file: &Path) -> Result<Self, StorageError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What a statement would have to take back is kept in memory, not in a file of its own.
            .pragma("temp_store", "MEMORY")
            .busy_timeout(BUSY)
            // 64 MiB: look-ups of a large studio stay in memory over a batch that touches them everywhere.
            .pragma("cache_size", "-65536")
            // 64 MiB of log: a page that every batch writes again goes into the file once.
            .pragma("wal_autocheckpoint", "16000")
            .statement_cache_capacity(STATEMENTS)
            // Deleted content is overwritten: who was erased is not to be found in the file.
            .pragma("secure_delete", "ON");
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        if let Err(fault) = prepare(&writer).await {
            writer.close().await;
            return Err(fault);
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self { readers, writer })
    }
}

/// Brings the tables up to this build.
async fn prepare(writer: &SqlitePool) -> Result<(), StorageError> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query("PRAGMA user_version").fetch_one(&mut *tx).await?.try_get(0)?;
    if found > SCHEMA {
        return Err(newer(format!("a newer build (tables {found})")));
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute(*step).await?;
    }
    let wrote =
        sqlx::query("SELECT value FROM hub WHERE key = 'written_by'").fetch_optional(&mut *tx).await?;
    let wrote: Option<String> = wrote.map(|row| row.try_get(0)).transpose()?;
    check_build(wrote.as_deref())?;
    let moved =
        sqlx::query("SELECT value FROM hub WHERE key = ?1").bind(MOVED).fetch_optional(&mut *tx).await?;
    if let Some(row) = moved {
        return Err(StorageError::Moved(row.try_get(0)?));
    }
    sqlx::query(
        "INSERT INTO hub (key, value) VALUES ('written_by', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1",
    )
    .bind(env!("CARGO_PKG_VERSION"))
    .execute(&mut *tx)
    .await?;
    // The number is a constant of ours; a PRAGMA takes no parameters.
    tx.execute("PRAGMA user_version = 4").await?;
    tx.commit().await?;
    Ok(())
}

#[async_trait]
impl Storage for Sqlite {
    async fn read(&self) -> Result<Box<dyn Look>, StorageError> {
        Ok(Box::new(Conn(self.readers.begin().await?)))
    }

    /// A file has one writer: studios that share it take turns.
    async fn write(&self, _: StudioId) -> Result<Box<dyn Work>, StorageError> {
        self.write_house().await
    }

    async fn write_house(&self) -> Result<Box<dyn Work>, StorageError> {
        Ok(Box::new(Conn(self.writer.begin_with("BEGIN IMMEDIATE").await?)))
    }

    async fn snapshot(&self, to: &Path) -> Result<(), StorageError> {
        let to = to.to_str().ok_or(StorageError::Damaged("path"))?;
        sqlx::query("VACUUM INTO ?1").bind(to).execute(&self.writer).await?;
        Ok(())
    }

    /// What was overwritten in the file is still in the log beside it until that is emptied.
    async fn scrub(&self) -> Result<bool, StorageError> {
        let mut conn = self.writer.acquire().await?;
        conn.execute(AssertSqlSafe(format!("PRAGMA busy_timeout = {SCRUB_MS}"))).await?;
        let row = conn.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await;
        conn.execute(AssertSqlSafe(format!("PRAGMA busy_timeout = {}", BUSY.as_millis()))).await?;
        Ok(row?.try_get::<i64, _>(0)? == 0)
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests;
