//! Answering wants in bulk: one statement for all ids, one for all keys, one per range.

use std::collections::BTreeMap;
use std::sync::Arc;

use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::StudioId;
use rollcall_domain::kernel::record::Record;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _};

use super::super::Name;
use super::row::{id, kind, record};
use super::{Conn, StorageError};

/// Parameters of one statement stay well under SQLite's 32,766.
pub(super) const CHUNK: usize = 2_000;
/// Rows of the statements that a batch is read and written with.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];
const BODY: &str = "r.kind, r.id, r.kind_version, r.version, r.body";

type KeyOf = (String, String, String);

/// Rows in parts of a few sizes, the largest that fits first: a statement for a number of rows that comes again is prepared
/// once; preparing each anew was an eighth of SQLite's time in a batch.
pub(super) fn parts<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (part, rest) = rows.split_at_checked(size)?;
        rows = rest;
        Some(part)
    })
}

pub(super) async fn answers(
    conn: &mut Conn,
    studio: StudioId,
    wants: &[Want],
) -> Result<Vec<Vec<Arc<Record>>>, StorageError> {
    let by_id = ids(conn, studio, wants).await?;
    let by_key = keys(conn, studio, wants).await?;
    let mut answers = Vec::with_capacity(wants.len());
    for want in wants {
        answers.push(match want {
            Want::Id(kind, id) => by_id.get(&(kind.clone(), *id)).cloned().into_iter().collect(),
            Want::Key { kind, name, value } => {
                let key = (kind.to_string(), name.to_string(), value.0.clone());
                by_key.get(&key).cloned().unwrap_or_default()
            }
            Want::Range { .. } => range(conn, studio, want).await?,
        });
    }
    Ok(answers)
}

async fn ids(
    conn: &mut Conn,
    studio: StudioId,
    wants: &[Want],
) -> Result<BTreeMap<Name, Arc<Record>>, StorageError> {
    let names: Vec<Name> = wants
        .iter()
        .filter_map(|w| match w {
            Want::Id(kind, id) => Some((kind.clone(), *id)),
            _ => None,
        })
        .collect();
    let found = records(conn, studio, &names).await?;
    Ok(found.into_iter().map(|r| ((r.kind.clone(), r.id), Arc::new(r))).collect())
}

/// Those of the records that exist.
pub(super) async fn records(
    conn: &mut Conn,
    studio: StudioId,
    names: &[Name],
) -> Result<Vec<Record>, StorageError> {
    let mut found = Vec::with_capacity(names.len());
    for names in parts(names) {
        let mut sql = QueryBuilder::new("WITH w (kind, id) AS (");
        sql.push_values(names, |mut row, (kind, id)| {
            row.push_bind(kind.to_string()).push_bind(id.to_string());
        });
        sql.push(format_args!(
            ") SELECT {BODY} FROM w CROSS JOIN records r ON r.kind = w.kind AND r.id = w.id AND r.studio = "
        ));
        sql.push_bind(studio.to_string());
        for row in sql.build().fetch_all(&mut *conn.0).await? {
            found.push(record(&row)?);
        }
    }
    Ok(found)
}

async fn keys(
    conn: &mut Conn,
    studio: StudioId,
    wants: &[Want],
) -> Result<BTreeMap<KeyOf, Vec<Arc<Record>>>, StorageError> {
    let wanted: Vec<KeyOf> = wants
        .iter()
        .filter_map(|w| match w {
            Want::Key { kind, name, value } => Some((kind.to_string(), name.to_string(), value.0.clone())),
            _ => None,
        })
        .collect();
    let mut found: BTreeMap<KeyOf, Vec<Arc<Record>>> = BTreeMap::new();
    for keys in parts(&wanted) {
        let mut sql = QueryBuilder::new("WITH w (kind, name, value) AS (");
        sql.push_values(keys, |mut row, (kind, name, value)| {
            row.push_bind(kind.clone()).push_bind(name.clone()).push_bind(value.clone());
        });
        sql.push(format_args!(
            ") SELECT w.name, w.value, {BODY} FROM w \
             CROSS JOIN record_keys k ON k.kind = w.kind AND k.name = w.name AND k.value = w.value \
             CROSS JOIN records r ON r.studio = k.studio AND r.kind = k.kind AND r.id = k.id \
             WHERE k.studio = "
        ));
        sql.push_bind(studio.to_string());
        sql.push(" ORDER BY r.id");
        for row in sql.build().fetch_all(&mut *conn.0).await? {
            let key = (kind(&row)?.into_owned(), row.try_get("name")?, row.try_get("value")?);
            found.entry(key).or_default().push(Arc::new(record(&row)?));
        }
    }
    Ok(found)
}

async fn range(conn: &mut Conn, studio: StudioId, want: &Want) -> Result<Vec<Arc<Record>>, StorageError> {
    let Want::Range { kind, name, from, to, limit } = want else { return Ok(Vec::new()) };
    let rows = sqlx::query(
        "SELECT r.kind, r.id, r.kind_version, r.version, r.body FROM record_keys k \
         CROSS JOIN records r ON r.studio = k.studio AND r.kind = k.kind AND r.id = k.id \
         WHERE k.studio = ?1 AND k.kind = ?2 AND k.name = ?3 AND k.value BETWEEN ?4 AND ?5 \
         ORDER BY k.value, k.id LIMIT ?6",
    )
    .bind(studio.to_string())
    .bind(kind.to_string())
    .bind(name.to_string())
    .bind(from.0.clone())
    .bind(to.0.clone())
    .bind(i64::from(*limit))
    .fetch_all(&mut *conn.0)
    .await?;
    rows.iter().map(|row| record(row).map(Arc::new)).collect()
}

/// The names in a result, in its order.
pub(super) fn names(rows: &[SqliteRow]) -> Result<Vec<Name>, StorageError> {
    rows.iter().map(|row| Ok((kind(row)?, id(row, "id")?))).collect()
}
