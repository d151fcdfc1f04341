//! Answering wants in bulk: one statement for all ids, one for all keys, one per range.

use std::collections::BTreeMap;
use std::sync::Arc;

use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{Id, StudioId};
use rollcall_domain::kernel::record::Record;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::super::Name;
use super::row::{id, kind, record, text};
use super::{Conn, StorageError};

type KeyOf = (String, String, String);

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

/// Names as two columns.
pub(super) fn columns(names: &[Name]) -> (Vec<String>, Vec<Id>) {
    names.iter().map(|(kind, id)| (kind.to_string(), *id)).unzip()
}

/// Those of the records that exist.
pub(super) async fn records(
    conn: &mut Conn,
    studio: StudioId,
    names: &[Name],
) -> Result<Vec<Record>, StorageError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let (kinds, ids) = columns(names);
    let rows = sqlx::query(
        "SELECT r.kind, r.id, r.kind_version, r.version, r.body \
         FROM unnest($2::text[], $3::uuid[]) AS w (kind, id) \
         JOIN records r ON r.studio = $1 AND r.kind = w.kind AND r.id = w.id",
    )
    .bind(studio.raw())
    .bind(kinds)
    .bind(ids)
    .fetch_all(&mut *conn.0)
    .await?;
    rows.iter().map(record).collect()
}

async fn keys(
    conn: &mut Conn,
    studio: StudioId,
    wants: &[Want],
) -> Result<BTreeMap<KeyOf, Vec<Arc<Record>>>, StorageError> {
    let (mut kinds, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for want in wants {
        if let Want::Key { kind, name, value } = want {
            kinds.push(kind.to_string());
            names.push(name.to_string());
            values.push(value.0.clone().into_bytes());
        }
    }
    let mut found: BTreeMap<KeyOf, Vec<Arc<Record>>> = BTreeMap::new();
    if kinds.is_empty() {
        return Ok(found);
    }
    let rows = sqlx::query(
        "SELECT DISTINCT w.name, w.value, r.kind, r.id, r.kind_version, r.version, r.body \
         FROM unnest($2::text[], $3::text[], $4::bytea[]) AS w (kind, name, value) \
         JOIN record_keys k ON k.studio = $1 AND k.kind = w.kind AND k.name = w.name AND k.value = w.value \
         JOIN records r ON r.studio = $1 AND r.kind = k.kind AND r.id = k.id ORDER BY r.id",
    )
    .bind(studio.raw())
    .bind(kinds)
    .bind(names)
    .bind(values)
    .fetch_all(&mut *conn.0)
    .await?;
    for row in rows {
        let key = (kind(&row)?.into_owned(), row.try_get("name")?, text(&row, "value")?);
        found.entry(key).or_default().push(Arc::new(record(&row)?));
    }
    Ok(found)
}

async fn range(conn: &mut Conn, studio: StudioId, want: &Want) -> Result<Vec<Arc<Record>>, StorageError> {
    let Want::Range { kind, name, from, to, limit } = want else { return Ok(Vec::new()) };
    let rows = sqlx::query(
        "SELECT r.kind, r.id, r.kind_version, r.version, r.body FROM record_keys k \
         JOIN records r ON r.studio = k.studio AND r.kind = k.kind AND r.id = k.id \
         WHERE k.studio = $1 AND k.kind = $2 AND k.name = $3 AND k.value BETWEEN $4 AND $5 \
         ORDER BY k.value, k.id LIMIT $6",
    )
    .bind(studio.raw())
    .bind(kind.to_string())
    .bind(name.to_string())
    .bind(from.0.as_bytes())
    .bind(to.0.as_bytes())
    .bind(i64::from(*limit))
    .fetch_all(&mut *conn.0)
    .await?;
    rows.iter().map(|row| record(row).map(Arc::new)).collect()
}

/// The names in a result, in its order.
pub(super) fn names(rows: &[PgRow]) -> Result<Vec<Name>, StorageError> {
    rows.iter().map(|row| Ok((kind(row)?, id(row, "id")?))).collect()
}
