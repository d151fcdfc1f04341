//! Reading columns of PostgreSQL. A row no build of ours writes is damaged, never guessed at.

use std::sync::Arc;

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::{KindName, Record};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::Entry;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::super::rows::{Device, Lane, Link, Login, Pairing, Stored, Studio, Token};
use super::StorageError;

type Read<T> = Result<T, StorageError>;

pub(super) fn id(row: &PgRow, column: &str) -> Read<Id> {
    Ok(row.try_get(column)?)
}

/// Bytes that were a text when they were written.
pub(super) fn text(row: &PgRow, column: &str) -> Read<String> {
    String::from_utf8(row.try_get(column)?).map_err(|_| StorageError::Damaged("text"))
}

pub(super) fn hash(row: &PgRow, column: &str) -> Read<Hash> {
    Ok(Hash(text(row, column)?))
}

pub(super) fn at(row: &PgRow, column: &str) -> Read<Timestamp> {
    Ok(Timestamp(row.try_get(column)?))
}

pub(super) fn number<T: TryFrom<i64>>(row: &PgRow, column: &str) -> Read<T> {
    let value: i64 = row.try_get(column)?;
    T::try_from(value).map_err(|_| StorageError::Damaged("number"))
}

pub(super) fn optional<T: TryFrom<i64>>(row: &PgRow, column: &str) -> Read<Option<T>> {
    let value: Option<i64> = row.try_get(column)?;
    value.map(T::try_from).transpose().map_err(|_| StorageError::Damaged("number"))
}

/// Sequence numbers end where the database's integers do; nobody lives that long.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn role_text(role: Role) -> Read<String> {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        _ => Err(StorageError::Damaged("role")),
    }
}

pub(super) fn role(row: &PgRow) -> Read<Role> {
    let text: String = row.try_get("role")?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StorageError::Damaged("role"))
}

pub(super) fn kind(row: &PgRow) -> Read<KindName> {
    Ok(KindName::Owned(row.try_get("kind")?))
}

pub(super) fn record(row: &PgRow) -> Read<Record> {
    Ok(Record {
        kind: kind(row)?,
        kind_version: number(row, "kind_version")?,
        id: id(row, "id")?,
        version: number(row, "version")?,
        body: Arc::from(text(row, "body")?),
    })
}

pub(super) fn studio(row: &PgRow) -> Read<Studio> {
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

pub(super) fn device(row: &PgRow) -> Read<Device> {
    Ok(Device {
        device: DeviceId(id(row, "device")?),
        studio: StudioId(id(row, "studio")?),
        name: row.try_get("name")?,
        public_key: row.try_get("public_key")?,
        person: PersonId(id(row, "person")?),
        role: role(row)?,
        epoch: number(row, "epoch")?,
        series: row.try_get("series")?,
        revoked: row.try_get("revoked")?,
        joined_at: at(row, "joined_at")?,
        seen_at: at(row, "seen_at")?,
        skew_ms: row.try_get("skew_ms")?,
        retired: row.try_get("retired")?,
        waiting: optional(row, "waiting")?,
    })
}

pub(super) fn login(row: &PgRow) -> Read<Login> {
    Ok(Login {
        login: text(row, "login")?,
        studio: StudioId(id(row, "studio")?),
        person: PersonId(id(row, "person")?),
        hash: row.try_get("hash")?,
        set_at: at(row, "set_at")?,
    })
}

pub(super) fn lane(row: &PgRow) -> Read<Lane> {
    Ok(Lane {
        device: DeviceId(id(row, "device")?),
        epoch: number(row, "epoch")?,
        series: row.try_get("series")?,
        last_seq: number(row, "last_seq")?,
        last_hash: hash(row, "last_hash")?,
    })
}

pub(super) fn stored(row: &PgRow) -> Read<Stored> {
    let personal: Option<Vec<u8>> = row.try_get("personal")?;
    let personal = personal.map(String::from_utf8).transpose().map_err(|_| StorageError::Damaged("text"))?;
    Ok(Stored {
        id: CommandId(id(row, "id")?),
        device: DeviceId(id(row, "device")?),
        epoch: number(row, "epoch")?,
        seq: number(row, "seq")?,
        lane: number(row, "lane")?,
        hash: hash(row, "hash")?,
        entry: Entry { envelope: text(row, "envelope")?, payload: text(row, "payload")?, personal },
        received_at: at(row, "received_at")?,
        effective_at: at(row, "effective_at")?,
        hub_seq: number(row, "hub_seq")?,
        answer: text(row, "answer")?,
        hold: row.try_get("hold")?,
        was_held: row.try_get("was_held")?,
    })
}

pub(super) fn link(row: &PgRow) -> Read<Link> {
    Ok(Link {
        seq: number(row, "seq")?,
        command: CommandId(id(row, "command")?),
        digest: hash(row, "digest")?,
        hash: hash(row, "hash")?,
        at: at(row, "at")?,
    })
}

pub(super) fn token(row: &PgRow) -> Read<Token> {
    Ok(Token {
        hash: hash(row, "hash")?,
        purpose: row.try_get("purpose")?,
        device: DeviceId(id(row, "device")?),
        expires_at: at(row, "expires_at")?,
    })
}

pub(super) fn pairing(row: &PgRow) -> Read<Pairing> {
    Ok(Pairing {
        code_hash: hash(row, "code_hash")?,
        secret_hash: hash(row, "secret_hash")?,
        studio: StudioId(id(row, "studio")?),
        role: role(row)?,
        person: PersonId(id(row, "person")?),
        expires_at: at(row, "expires_at")?,
        tries_left: row.try_get("tries_left")?,
        used_by: row.try_get::<Option<Id>, _>("used_by")?.map(DeviceId),
    })
}
