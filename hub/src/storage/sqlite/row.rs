//! Reading columns: texts to ids, integers to numbers. A row no build of ours writes is damaged, never guessed at.

use std::sync::Arc;

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::{KindName, Record};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::Entry;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::super::rows::{Device, Lane, Login, Pairing, Stored, Studio, Token};
use super::StorageError;

type Read<T> = Result<T, StorageError>;

pub(super) fn id(row: &SqliteRow, column: &str) -> Read<Id> {
    let text: &str = row.try_get(column)?;
    Id::parse_str(text).map_err(|_| StorageError::Damaged("id"))
}

pub(super) fn hash(row: &SqliteRow, column: &str) -> Read<Hash> {
    Ok(Hash(row.try_get(column)?))
}

pub(super) fn at(row: &SqliteRow, column: &str) -> Read<Timestamp> {
    Ok(Timestamp(row.try_get(column)?))
}

pub(super) fn number<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Read<T> {
    let value: i64 = row.try_get(column)?;
    T::try_from(value).map_err(|_| StorageError::Damaged("number"))
}

pub(super) fn flag(row: &SqliteRow, column: &str) -> Read<bool> {
    Ok(row.try_get::<i64, _>(column)? != 0)
}

/// Sequence numbers end where SQLite's integers do; nobody lives that long.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn role_text(role: Role) -> Read<String> {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        _ => Err(StorageError::Damaged("role")),
    }
}

pub(super) fn role(row: &SqliteRow) -> Read<Role> {
    let text: String = row.try_get("role")?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StorageError::Damaged("role"))
}

pub(super) fn record(row: &SqliteRow) -> Read<Record> {
    let body: String = row.try_get("body")?;
    Ok(Record {
        kind: kind(row)?,
        kind_version: number(row, "kind_version")?,
        id: id(row, "id")?,
        version: number(row, "version")?,
        body: Arc::from(body),
    })
}

pub(super) fn kind(row: &SqliteRow) -> Read<KindName> {
    Ok(KindName::Owned(row.try_get("kind")?))
}

pub(super) fn studio(row: &SqliteRow) -> Read<Studio> {
    Ok(Studio {
        studio: StudioId(id(row, "studio")?),
        hub_epoch: id(row, "hub_epoch")?,
        head: number(row, "head")?,
        hash: hash(row, "hash")?,
        genesis: hash(row, "genesis")?,
        series_next: number(row, "series_next")?,
        claimed_at: at(row, "claimed_at")?,
    })
}

pub(super) fn device(row: &SqliteRow) -> Read<Device> {
    Ok(Device {
        device: DeviceId(id(row, "device")?),
        studio: StudioId(id(row, "studio")?),
        name: row.try_get("name")?,
        public_key: row.try_get("public_key")?,
        person: PersonId(id(row, "person")?),
        role: role(row)?,
        epoch: number(row, "epoch")?,
        series: row.try_get("series")?,
        revoked: flag(row, "revoked")?,
        joined_at: at(row, "joined_at")?,
        seen_at: at(row, "seen_at")?,
        skew_ms: row.try_get("skew_ms")?,
        retired: flag(row, "retired")?,
        waiting: row.try_get("waiting")?,
    })
}

pub(super) fn login(row: &SqliteRow) -> Read<Login> {
    Ok(Login {
        login: row.try_get("login")?,
        studio: StudioId(id(row, "studio")?),
        person: PersonId(id(row, "person")?),
        hash: row.try_get("hash")?,
        set_at: at(row, "set_at")?,
    })
}

pub(super) fn lane(row: &SqliteRow) -> Read<Lane> {
    Ok(Lane {
        device: DeviceId(id(row, "device")?),
        epoch: number(row, "epoch")?,
        series: row.try_get("series")?,
        last_seq: number(row, "last_seq")?,
        last_hash: hash(row, "last_hash")?,
    })
}

pub(super) fn stored(row: &SqliteRow) -> Read<Stored> {
    Ok(Stored {
        id: CommandId(id(row, "id")?),
        device: DeviceId(id(row, "device")?),
        epoch: number(row, "epoch")?,
        seq: number(row, "seq")?,
        lane: number(row, "lane")?,
        hash: hash(row, "hash")?,
        entry: Entry {
            envelope: row.try_get("envelope")?,
            payload: row.try_get("payload")?,
            personal: row.try_get("personal")?,
        },
        received_at: at(row, "received_at")?,
        effective_at: at(row, "effective_at")?,
        hub_seq: number(row, "hub_seq")?,
        answer: row.try_get("answer")?,
        hold: row.try_get("hold")?,
        was_held: flag(row, "was_held")?,
    })
}

pub(super) fn token(row: &SqliteRow) -> Read<Token> {
    Ok(Token {
        hash: hash(row, "hash")?,
        purpose: row.try_get("purpose")?,
        device: DeviceId(id(row, "device")?),
        expires_at: at(row, "expires_at")?,
    })
}

pub(super) fn pairing(row: &SqliteRow) -> Read<Pairing> {
    let used_by: Option<String> = row.try_get("used_by")?;
    let used_by =
        used_by.map(|text| Id::parse_str(&text)).transpose().map_err(|_| StorageError::Damaged("id"))?;
    Ok(Pairing {
        code_hash: hash(row, "code_hash")?,
        secret_hash: hash(row, "secret_hash")?,
        studio: StudioId(id(row, "studio")?),
        role: role(row)?,
        person: PersonId(id(row, "person")?),
        expires_at: at(row, "expires_at")?,
        tries_left: row.try_get("tries_left")?,
        used_by: used_by.map(DeviceId),
    })
}
