//! PostgreSQL: any number of hubs over one database, a studio's writers taking turns at its head row.
//!
//! Isolation. A writer runs READ COMMITTED and locks the head row of its studio (or the row of the house) before it reads
//! anything. Everything a studio has is written under that lock only, so nothing a writer reads can move until it
//! commits; a stricter level would find the same and would take neighbours on an index page for conflicts. A reader runs
//! REPEATABLE READ: one unchanging moment. Locks that cross anyhow, and engines that stop a transaction for another's
//! sake, surface as [`StorageError::Busy`]: whoever writes begins again.
//!
//! Only this folder and SQLite's know SQL; both know no kind of record.

mod ear;
mod facts;
mod look;
mod row;
mod work;

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use async_trait::async_trait;
use rollcall_domain::kernel::ids::StudioId;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Executor as _, Postgres as Engine, Row as _, Transaction};

use super::{Ear, Look, Storage, StorageError, Word, Work, check_build};

/// The tables this build writes.
const SCHEMA: i64 = 2;
/// What turns a schema into the next: the first one makes everything.
const STEPS: [&str; 2] = [include_str!("schema.sql"), include_str!("schema_2.sql")];
/// Connections of one hub. A studio that writes holds one, a device that reads another.
const CONNECTIONS: u32 = 16;
/// A call that gets no connection in this time comes again later.
const WAIT: Duration = Duration::from_secs(15);
/// Makes two hubs that start at once build the tables one after the other.
const BUILDING: i64 = 0x726f_6c6c_6361_6c6c;
/// Every statement here finds its rows by an index, whatever the planner knows of a table that was just filled. A hub
/// that hangs with a studio's head in its hand, or whose machine is gone, lets go after a while.
const SESSION: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
     SET jit = off; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'; \
     SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
     SET application_name = 'rollcall-hub'";

/// The database.
#[derive(Debug, Clone)]
pub struct Postgres {
    pub(super) pool: PgPool,
}

/// A transaction, for reading or for writing.
struct Conn(Transaction<'static, Engine>);

impl Postgres {
    /// Connects, and makes the tables or brings them up to this build. Refuses a newer build's.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(WAIT)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    conn.execute(sqlx::raw_sql(SESSION)).await?;
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        if let Err(fault) = prepare(&pool).await {
            pool.close().await;
            return Err(fault);
        }
        Ok(Self { pool })
    }

    /// An address as people may see it: without the password.
    #[must_use]
    pub fn shown(url: &str) -> String {
        match PgConnectOptions::from_str(url) {
            Ok(at) => {
                let database = at.get_database().unwrap_or_else(|| at.get_username());
                format!("postgres://{}:{}/{database}", at.get_host(), at.get_port())
            }
            Err(_) => "postgres://…".to_owned(),
        }
    }

    async fn begin(&self) -> Result<Conn, StorageError> {
        Ok(Conn(self.pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?))
    }
}

/// Brings the tables up to this build.
async fn prepare(pool: &PgPool) -> Result<(), StorageError> {
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(BUILDING).execute(&mut *tx).await?;
    let made: bool =
        sqlx::query("SELECT to_regclass('hub') IS NOT NULL").fetch_one(&mut *tx).await?.try_get(0)?;
    let mut found = 0;
    if made {
        found = setting(&mut tx, "tables").await?.and_then(|text| text.parse().ok()).unwrap_or(0);
        check_build(setting(&mut tx, "written_by").await?.as_deref())?;
    }
    if found > SCHEMA {
        return Err(super::newer(format!("a newer build (tables {found})")));
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute(sqlx::raw_sql(*step)).await?;
    }
    for (key, value) in [("tables", SCHEMA.to_string()), ("written_by", env!("CARGO_PKG_VERSION").to_owned())]
    {
        sqlx::query(
            "INSERT INTO hub (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2",
        )
        .bind(key)
        .bind(value)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn setting(tx: &mut Transaction<'static, Engine>, key: &str) -> Result<Option<String>, StorageError> {
    let found =
        sqlx::query("SELECT value FROM hub WHERE key = $1").bind(key).fetch_optional(&mut **tx).await?;
    Ok(found.map(|row| row.try_get(0)).transpose()?)
}

#[async_trait]
impl Storage for Postgres {
    async fn read(&self) -> Result<Box<dyn Look>, StorageError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        Ok(Box::new(Conn(self.pool.begin_with(begin).await?)))
    }

    async fn write(&self, studio: StudioId) -> Result<Box<dyn Work>, StorageError> {
        let mut conn = self.begin().await?;
        sqlx::query("SELECT head FROM studios WHERE studio = $1 FOR UPDATE")
            .bind(studio.raw())
            .fetch_optional(&mut *conn.0)
            .await?;
        Ok(Box::new(conn))
    }

    async fn write_house(&self) -> Result<Box<dyn Work>, StorageError> {
        let mut conn = self.begin().await?;
        sqlx::query("SELECT value FROM hub WHERE key = 'house' FOR UPDATE")
            .fetch_optional(&mut *conn.0)
            .await?;
        Ok(Box::new(conn))
    }

    /// A database server is copied by its own tools, not file by file.
    async fn snapshot(&self, _: &Path) -> Result<(), StorageError> {
        Err(StorageError::NoCopies)
    }

    async fn listen(&self) -> Result<Option<Box<dyn Ear>>, StorageError> {
        Ok(Some(ear::listen(&self.pool).await?))
    }

    async fn tell(&self, words: &[Word]) -> Result<(), StorageError> {
        ear::tell(&self.pool, words).await
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
