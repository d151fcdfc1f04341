//! From a file to a server: every row as it is, in one transaction, so that no device notices anything.
//!
//! Rows are carried, not records: what left a scope, what was looked at, what a newer build wrote goes along. Knows no
//! kind of record.

use futures_util::StreamExt as _;
use rollcall_domain::kernel::ids::Id;
use sqlx::query_builder::Separated;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Postgres as Server, QueryBuilder, Row as _, Sqlite as File, Transaction};

use super::{Postgres, Sqlite, StorageError};

/// Rows of one statement.
const ROWS: usize = 500;
/// The setting that says where a file's data went.
pub(super) const MOVED: &str = "moved_to";

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// One of the two.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Something lives there.
    #[error("the database there is not empty: a hub has used it")]
    NotEmpty,
    /// What arrived is not what left; nothing was kept.
    #[error("what arrived is not what left ({0}); nothing was kept there")]
    Differs(String),
}

impl From<sqlx::Error> for MoveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// What was moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Studios.
    pub studios: u64,
    /// Commands.
    pub commands: u64,
    /// Records.
    pub records: u64,
    /// Photos.
    pub blobs: u64,
}

/// How a column is kept here and there.
#[derive(Clone, Copy)]
enum Column {
    Id,
    OptId,
    Text,
    OptText,
    /// A text here, its bytes there.
    Bytes,
    OptBytes,
    Blob,
    Int,
    OptInt,
    Bool,
}

use Column::{Blob, Bool, Bytes, Int, OptBytes, OptId, OptInt, OptText, Text};

type Table = (&'static str, &'static [(&'static str, Column)]);

const TABLES: [Table; 18] = [
    (
        "studios",
        &[
            ("studio", Column::Id),
            ("hub_epoch", Column::Id),
            ("head", Int),
            ("hash", Bytes),
            ("genesis", Bytes),
            ("series_next", Int),
            ("claimed_at", Int),
        ],
    ),
    ("people", &[("studio", Column::Id), ("person", Column::Id), ("role", Text)]),
    (
        "devices",
        &[
            ("device", Column::Id),
            ("studio", Column::Id),
            ("name", Text),
            ("public_key", Text),
            ("person", Column::Id),
            ("role", Text),
            ("epoch", Int),
            ("series", Text),
            ("revoked", Bool),
            ("joined_at", Int),
            ("seen_at", Int),
            ("skew_ms", OptInt),
            ("retired", Bool),
            ("waiting", OptInt),
        ],
    ),
    (
        "lanes",
        &[("device", Column::Id), ("epoch", Int), ("series", Text), ("last_seq", Int), ("last_hash", Bytes)],
    ),
    (
        "commands",
        &[
            ("studio", Column::Id),
            ("id", Column::Id),
            ("device", Column::Id),
            ("epoch", Int),
            ("seq", Int),
            ("lane", Int),
            ("hash", Bytes),
            ("envelope", Bytes),
            ("payload", Bytes),
            ("personal", OptBytes),
            ("received_at", Int),
            ("effective_at", Int),
            ("hub_seq", Int),
            ("answer", Bytes),
            ("hold", OptText),
            ("was_held", Bool),
        ],
    ),
    ("command_subjects", &[("studio", Column::Id), ("subject", Column::Id), ("command", Column::Id)]),
    (
        "links",
        &[
            ("studio", Column::Id),
            ("seq", Int),
            ("command", Column::Id),
            ("digest", Bytes),
            ("hash", Bytes),
            ("at", Int),
        ],
    ),
    (
        "records",
        &[
            ("studio", Column::Id),
            ("kind", Text),
            ("id", Column::Id),
            ("kind_version", Int),
            ("version", Int),
            ("body", Bytes),
        ],
    ),
    (
        "record_keys",
        &[("studio", Column::Id), ("kind", Text), ("name", Text), ("value", Bytes), ("id", Column::Id)],
    ),
    (
        "record_claims",
        &[("studio", Column::Id), ("name", Text), ("value", Bytes), ("kind", Text), ("id", Column::Id)],
    ),
    (
        "record_scopes",
        &[
            ("studio", Column::Id),
            ("scope", Text),
            ("kind", Text),
            ("id", Column::Id),
            ("seq", Int),
            ("gone", Bool),
        ],
    ),
    ("kinds", &[("studio", Column::Id), ("kind", Text), ("keys_version", Int)]),
    ("due", &[("studio", Column::Id), ("kind", Text), ("id", Column::Id), ("due_at", Int), ("fired", Bool)]),
    ("blobs", &[("studio", Column::Id), ("blob", Bytes), ("bytes", Blob), ("stored_at", Int)]),
    ("blob_refs", &[("studio", Column::Id), ("blob", Bytes), ("kind", Text), ("id", Column::Id)]),
    ("tokens", &[("hash", Bytes), ("purpose", Text), ("device", Column::Id), ("expires_at", Int)]),
    (
        "pairings",
        &[
            ("code_hash", Bytes),
            ("secret_hash", Bytes),
            ("studio", Column::Id),
            ("role", Text),
            ("person", Column::Id),
            ("expires_at", Int),
            ("tries_left", Int),
            ("used_by", OptId),
        ],
    ),
    (
        "logins",
        &[("login", Bytes), ("studio", Column::Id), ("person", Column::Id), ("hash", Text), ("set_at", Int)],
    ),
];

/// Settings that are a database's own and do not go along.
const OWN: &str = "('house', 'tables', 'written_by')";

/// Moves everything to an empty server, compares, and marks the file as moved to `shown`, the address as people may
/// see it. If it broke off after the server had it all, only the mark is missing, and is made now.
pub async fn move_to(from: &Sqlite, to: &Postgres, shown: &str) -> Result<Moved, MoveError> {
    // Held to the end, so that nothing is written to the file meanwhile; the mark counts only with the last line.
    let mut file = from.writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut server = to.pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    sqlx::query("SELECT value FROM hub WHERE key = 'house' FOR UPDATE").fetch_optional(&mut *server).await?;
    if is_used(&mut server).await? {
        // The same as here: an earlier move that only lacks the mark.
        compare(&mut file, &mut server).await.map_err(|_| MoveError::NotEmpty)?;
    } else {
        settings(&mut file, &mut server).await?;
        for table in &TABLES {
            carry(&mut file, &mut server, table).await?;
        }
        compare(&mut file, &mut server).await?;
    }
    let moved = Moved {
        studios: count(&mut file, "studios").await?,
        commands: count(&mut file, "commands").await?,
        records: count(&mut file, "records").await?,
        blobs: count(&mut file, "blobs").await?,
    };
    server.commit().await?;
    sqlx::query("INSERT INTO hub (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")
        .bind(MOVED)
        .bind(shown)
        .execute(&mut *file)
        .await?;
    file.commit().await?;
    Ok(moved)
}

/// True when a hub was started there, even if nobody came: it holds a secret of its own.
async fn is_used(server: &mut Transaction<'static, Server>) -> Result<bool, MoveError> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT EXISTS (SELECT 1 FROM hub WHERE key NOT IN {OWN}) OR EXISTS (SELECT 1 FROM studios)"
    )));
    Ok(row.fetch_one(&mut **server).await?.try_get(0)?)
}

async fn settings(
    file: &mut Transaction<'static, File>,
    server: &mut Transaction<'static, Server>,
) -> Result<(), MoveError> {
    let rows = sqlx::query(AssertSqlSafe(format!("SELECT key, value FROM hub WHERE key NOT IN {OWN}")));
    for row in rows.fetch_all(&mut **file).await? {
        let (key, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        sqlx::query("INSERT INTO hub (key, value) VALUES ($1, $2)")
            .bind(key)
            .bind(value)
            .execute(&mut **server)
            .await?;
    }
    Ok(())
}

fn names((_, columns): &Table) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

async fn carry(
    file: &mut Transaction<'static, File>,
    server: &mut Transaction<'static, Server>,
    table: &Table,
) -> Result<(), MoveError> {
    let select = format!("SELECT {} FROM {}", names(table), table.0);
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&mut **file).chunks(ROWS);
    while let Some(chunk) = rows.next().await {
        let chunk = chunk.into_iter().collect::<Result<Vec<SqliteRow>, sqlx::Error>>()?;
        let mut sql = QueryBuilder::new(format!("INSERT INTO {} ({}) VALUES ", table.0, names(table)));
        for (at, row) in chunk.iter().enumerate() {
            sql.push(if at == 0 { "(" } else { ", (" });
            let mut cells = sql.separated(", ");
            for (column, (_, kind)) in table.1.iter().enumerate() {
                cell(&mut cells, row, column, *kind)?;
            }
            sql.push(")");
        }
        sql.build().persistent(false).execute(&mut **server).await?;
    }
    Ok(())
}

fn id(text: &str) -> Result<Id, StorageError> {
    Id::parse_str(text).map_err(|_| StorageError::Damaged("id"))
}

fn cell(
    cells: &mut Separated<'_, Server, &'static str>,
    row: &SqliteRow,
    column: usize,
    kind: Column,
) -> Result<(), MoveError> {
    let text = || row.try_get::<Option<String>, _>(column);
    match kind {
        Column::Id => cells.push_bind(id(row.try_get(column)?)?),
        OptId => cells.push_bind(text()?.as_deref().map(id).transpose()?),
        Text => cells.push_bind(row.try_get::<String, _>(column)?),
        OptText => cells.push_bind(text()?),
        Bytes => cells.push_bind(row.try_get::<String, _>(column)?.into_bytes()),
        OptBytes => cells.push_bind(text()?.map(String::into_bytes)),
        Blob => cells.push_bind(row.try_get::<Vec<u8>, _>(column)?),
        Int => cells.push_bind(row.try_get::<i64, _>(column)?),
        OptInt => cells.push_bind(row.try_get::<Option<i64>, _>(column)?),
        Bool => cells.push_bind(row.try_get::<i64, _>(column)? != 0),
    };
    Ok(())
}

async fn count(file: &mut Transaction<'static, File>, table: &str) -> Result<u64, MoveError> {
    let row =
        sqlx::query(AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(&mut **file).await?;
    Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
}

/// Counts of every table, and of every studio its life, its head, the last link of its chain.
async fn compare(
    file: &mut Transaction<'static, File>,
    server: &mut Transaction<'static, Server>,
) -> Result<(), MoveError> {
    for (table, _) in &TABLES {
        let here = count(file, table).await?;
        let there = sqlx::query(AssertSqlSafe(format!("SELECT count(*) FROM {table}")));
        let there: i64 = there.fetch_one(&mut **server).await?.try_get(0)?;
        if i64::try_from(here).ok() != Some(there) {
            return Err(MoveError::Differs(format!("{table}: {here} here, {there} there")));
        }
    }
    let heads = "SELECT studio, hub_epoch, head, hash, genesis, series_next, \
         (SELECT hash FROM links l WHERE l.studio = s.studio ORDER BY seq DESC LIMIT 1) AS last \
         FROM studios s ORDER BY studio";
    let here = sqlx::query(heads).fetch_all(&mut **file).await?;
    let there = sqlx::query(heads).fetch_all(&mut **server).await?;
    let same = here.iter().zip(&there).map(|(here, there)| {
        let text = |column: usize| there.try_get::<Option<Vec<u8>>, _>(column);
        let bytes =
            |column: usize| here.try_get::<Option<String>, _>(column).map(|t| t.map(String::into_bytes));
        let ids = (id(here.try_get(0)?)?, id(here.try_get(1)?)?) == (there.try_get(0)?, there.try_get(1)?);
        let numbers = here.try_get::<i64, _>(2)? == there.try_get::<i64, _>(2)?
            && here.try_get::<i64, _>(5)? == there.try_get::<i64, _>(5)?;
        let hashes = bytes(3)? == text(3)? && bytes(4)? == text(4)? && bytes(6)? == text(6)?;
        Ok(ids && numbers && hashes)
    });
    for (at, same) in same.collect::<Result<Vec<bool>, MoveError>>()?.into_iter().enumerate() {
        if !same {
            return Err(MoveError::Differs(format!("the head of studio {}", at + 1)));
        }
    }
    Ok(())
}
