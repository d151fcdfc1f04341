//! Reading from SQLite: rows as they are, in a stated order. Knows no kind of record.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::Record;
use rollcall_domain::kernel::time::Timestamp;
use sqlx::{QueryBuilder, Row as _};

use super::super::rows::{Device, Due, Lane, Link, Login, Pairing, ScopeRow, Stored, Studio, Token};
use super::super::{Look, Name};
use super::facts::{self, CHUNK};
use super::{Conn, StorageError, row};

type Read<T> = Result<T, StorageError>;

#[async_trait]
impl Look for Conn {
    async fn setting(&mut self, key: &str) -> Read<Option<String>> {
        let found = sqlx::query("SELECT value FROM hub WHERE key = ?1")
            .bind(key)
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(found.map(|row| row.try_get(0)).transpose()?)
    }

    async fn studio(&mut self, studio: StudioId) -> Read<Option<Studio>> {
        let found = sqlx::query("SELECT * FROM studios WHERE studio = ?1")
            .bind(studio.to_string())
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(row::studio).transpose()
    }

    async fn studios_after(&mut self, after: Option<StudioId>, limit: u32) -> Read<Vec<Studio>> {
        let rows = sqlx::query("SELECT * FROM studios WHERE studio > ?1 ORDER BY studio LIMIT ?2")
            .bind(after.map(|studio| studio.to_string()).unwrap_or_default())
            .bind(i64::from(limit))
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::studio).collect()
    }

    async fn heads(&mut self, studios: &[StudioId]) -> Read<Vec<(StudioId, u64)>> {
        let mut heads = Vec::with_capacity(studios.len());
        for studio in studios {
            heads.extend(self.studio(*studio).await?.map(|found| (*studio, found.head)));
        }
        Ok(heads)
    }

    async fn device(&mut self, device: DeviceId) -> Read<Option<Device>> {
        let found = sqlx::query("SELECT * FROM devices WHERE device = ?1")
            .bind(device.to_string())
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(row::device).transpose()
    }

    async fn devices(&mut self, studio: StudioId) -> Read<Vec<Device>> {
        let rows = sqlx::query("SELECT * FROM devices WHERE studio = ?1 ORDER BY joined_at, device")
            .bind(studio.to_string())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::device).collect()
    }

    async fn people(&mut self, studio: StudioId) -> Read<Vec<(PersonId, Role)>> {
        let rows = sqlx::query("SELECT person, role FROM people WHERE studio = ?1 ORDER BY person")
            .bind(studio.to_string())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|r| Ok((PersonId(row::id(r, "person")?), row::role(r)?))).collect()
    }

    async fn lanes(&mut self, device: DeviceId) -> Read<Vec<Lane>> {
        let rows = sqlx::query("SELECT * FROM lanes WHERE device = ?1 ORDER BY epoch")
            .bind(device.to_string())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::lane).collect()
    }

    async fn commands(&mut self, studio: StudioId, ids: &[CommandId]) -> Read<Vec<Stored>> {
        let mut found = Vec::new();
        for ids in ids.chunks(CHUNK) {
            let mut sql = QueryBuilder::new("SELECT * FROM commands WHERE studio = ");
            sql.push_bind(studio.to_string()).push(" AND id IN (");
            let mut list = sql.separated(", ");
            for id in ids {
                list.push_bind(id.to_string());
            }
            sql.push(")");
            for row in sql.build().persistent(false).fetch_all(&mut *self.0).await? {
                found.push(row::stored(&row)?);
            }
        }
        Ok(found)
    }

    async fn told_of(&mut self, studio: StudioId, subject: Id) -> Read<Vec<CommandId>> {
        let rows = sqlx::query("SELECT command FROM command_subjects WHERE studio = ?1 AND subject = ?2")
            .bind(studio.to_string())
            .bind(subject.to_string())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|r| Ok(CommandId(row::id(r, "command")?))).collect()
    }

    async fn lane_of(&mut self, device: DeviceId, hash: &Hash) -> Read<Option<u32>> {
        let found = sqlx::query("SELECT lane FROM commands WHERE device = ?1 AND hash = ?2")
            .bind(device.to_string())
            .bind(&hash.0)
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(|r| row::number(r, "lane")).transpose()
    }

    async fn count_between(&mut self, device: DeviceId, epoch: u32, from_seq: u64, to_seq: u64) -> Read<u64> {
        let found = sqlx::query(
            "SELECT count(*) AS count FROM commands \
             WHERE device = ?1 AND epoch = ?2 AND lane = ?2 AND seq BETWEEN ?3 AND ?4",
        )
        .bind(device.to_string())
        .bind(i64::from(epoch))
        .bind(row::int(from_seq))
        .bind(row::int(to_seq))
        .fetch_one(&mut *self.0)
        .await?;
        row::number(&found, "count")
    }

    async fn held(&mut self, studio: StudioId, holds: &[&str]) -> Read<Vec<Stored>> {
        let mut sql = QueryBuilder::new("SELECT * FROM commands WHERE hold IS NOT NULL AND studio = ");
        sql.push_bind(studio.to_string()).push(" AND hold IN (");
        let mut list = sql.separated(", ");
        for hold in holds {
            list.push_bind((*hold).to_owned());
        }
        sql.push(") ORDER BY hub_seq");
        let rows = sql.build().fetch_all(&mut *self.0).await?;
        rows.iter().map(row::stored).collect()
    }

    async fn count_held(&mut self, studio: StudioId) -> Read<u64> {
        let found =
            sqlx::query("SELECT count(*) AS count FROM commands WHERE studio = ?1 AND hold IS NOT NULL")
                .bind(studio.to_string())
                .fetch_one(&mut *self.0)
                .await?;
        row::number(&found, "count")
    }

    async fn commands_after(&mut self, studio: StudioId, hub_seq: u64, limit: u32) -> Read<Vec<Stored>> {
        let rows = sqlx::query(
            "SELECT * FROM commands WHERE studio = ?1 AND hub_seq > ?2 ORDER BY hub_seq LIMIT ?3",
        )
        .bind(studio.to_string())
        .bind(row::int(hub_seq))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(row::stored).collect()
    }

    async fn late_answers(&mut self, device: DeviceId, after: u64, up_to: u64) -> Read<Vec<String>> {
        let rows = sqlx::query(
            "SELECT answer FROM commands WHERE device = ?1 AND was_held = 1 AND hold IS NULL \
             AND hub_seq > ?2 AND hub_seq <= ?3 ORDER BY hub_seq",
        )
        .bind(device.to_string())
        .bind(row::int(after))
        .bind(row::int(up_to))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(|r| Ok(r.try_get(0)?)).collect()
    }

    async fn links_after(&mut self, studio: StudioId, seq: u64, limit: u32) -> Read<Vec<Link>> {
        let rows = sqlx::query("SELECT * FROM links WHERE studio = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")
            .bind(studio.to_string())
            .bind(row::int(seq))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(link).collect()
    }

    async fn last_link(&mut self, studio: StudioId, seq: u64) -> Read<Option<Link>> {
        let found =
            sqlx::query("SELECT * FROM links WHERE studio = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1")
                .bind(studio.to_string())
                .bind(row::int(seq))
                .fetch_optional(&mut *self.0)
                .await?;
        found.as_ref().map(link).transpose()
    }

    async fn answers(&mut self, studio: StudioId, wants: &[Want]) -> Read<Vec<Vec<Arc<Record>>>> {
        facts::answers(self, studio, wants).await
    }

    async fn records_after(
        &mut self,
        studio: StudioId,
        after: Option<&Name>,
        limit: u32,
    ) -> Read<Vec<Record>> {
        let (kind, id) = after.map(|(kind, id)| (kind.to_string(), id.to_string())).unwrap_or_default();
        let rows = sqlx::query(
            "SELECT * FROM records WHERE studio = ?1 AND (kind, id) > (?2, ?3) ORDER BY kind, id LIMIT ?4",
        )
        .bind(studio.to_string())
        .bind(kind)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(row::record).collect()
    }

    async fn records_of(
        &mut self,
        studio: StudioId,
        kind: &str,
        after: u64,
        limit: u32,
    ) -> Read<Vec<Record>> {
        let rows = sqlx::query(
            "SELECT * FROM records WHERE studio = ?1 AND kind = ?2 AND version > ?3 ORDER BY version, id LIMIT ?4",
        )
        .bind(studio.to_string())
        .bind(kind.to_owned())
        .bind(row::int(after))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(row::record).collect()
    }

    async fn scope_rows(
        &mut self,
        studio: StudioId,
        scope: &Scope,
        after: u64,
        limit: u32,
    ) -> Read<Vec<ScopeRow>> {
        // Up to and with the change the limit falls into: a change is one command's, and never cut.
        let rows = sqlx::query(
            "SELECT kind, id, seq, gone FROM record_scopes \
             WHERE studio = ?1 AND scope = ?2 AND seq > ?3 AND seq <= COALESCE(( \
                 SELECT seq FROM record_scopes WHERE studio = ?1 AND scope = ?2 AND seq > ?3 \
                 ORDER BY seq LIMIT 1 OFFSET ?4), 9223372036854775807) \
             ORDER BY seq",
        )
        .bind(studio.to_string())
        .bind(&scope.0)
        .bind(row::int(after))
        .bind(i64::from(limit.max(1) - 1))
        .fetch_all(&mut *self.0)
        .await?;
        let read = |r| {
            Ok(ScopeRow {
                kind: row::kind(r)?,
                id: row::id(r, "id")?,
                seq: row::number(r, "seq")?,
                gone: row::flag(r, "gone")?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn visible(&mut self, studio: StudioId, scopes: &[Scope], names: &[Name]) -> Read<Vec<Record>> {
        let mut allowed: BTreeSet<Name> = BTreeSet::new();
        for names in names.chunks(CHUNK) {
            let mut sql = QueryBuilder::new("WITH w (kind, id) AS (");
            sql.push_values(names, |mut row, (kind, id)| {
                row.push_bind(kind.to_string()).push_bind(id.to_string());
            });
            sql.push(
                ") SELECT w.kind, w.id FROM w CROSS JOIN record_scopes s \
                 ON s.kind = w.kind AND s.id = w.id WHERE s.gone = 0 AND s.studio = ",
            );
            sql.push_bind(studio.to_string()).push(" AND s.scope IN (");
            let mut list = sql.separated(", ");
            for scope in scopes {
                list.push_bind(scope.0.clone());
            }
            sql.push(")");
            let rows = sql.build().persistent(false).fetch_all(&mut *self.0).await?;
            allowed.extend(facts::names(&rows)?);
        }
        facts::records(self, studio, &allowed.into_iter().collect::<Vec<_>>()).await
    }

    async fn blob(&mut self, studio: StudioId, scopes: &[Scope], blob: &Hash) -> Read<Option<Vec<u8>>> {
        let rows = sqlx::query("SELECT kind, id FROM blob_refs WHERE studio = ?1 AND blob = ?2")
            .bind(studio.to_string())
            .bind(&blob.0)
            .fetch_all(&mut *self.0)
            .await?;
        if self.visible(studio, scopes, &facts::names(&rows)?).await?.is_empty() {
            return Ok(None);
        }
        let found = sqlx::query("SELECT bytes FROM blobs WHERE studio = ?1 AND blob = ?2")
            .bind(studio.to_string())
            .bind(&blob.0)
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(found.map(|row| row.try_get(0)).transpose()?)
    }

    async fn blobs_after(
        &mut self,
        studio: StudioId,
        after: &Hash,
        limit: u32,
    ) -> Read<Vec<(Hash, Vec<u8>)>> {
        let rows = sqlx::query(
            "SELECT blob, bytes FROM blobs WHERE studio = ?1 AND blob > ?2 ORDER BY blob LIMIT ?3",
        )
        .bind(studio.to_string())
        .bind(&after.0)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(|r| Ok((row::hash(r, "blob")?, r.try_get("bytes")?))).collect()
    }

    async fn token(&mut self, hash: &Hash, now: Timestamp) -> Read<Option<Token>> {
        let found = sqlx::query("SELECT * FROM tokens WHERE hash = ?1 AND expires_at > ?2")
            .bind(&hash.0)
            .bind(now.0)
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(row::token).transpose()
    }

    async fn tokens(&mut self, studio: StudioId) -> Read<Vec<Token>> {
        let rows = sqlx::query(
            "SELECT t.* FROM devices d JOIN tokens t ON t.device = d.device WHERE d.studio = ?1 ORDER BY t.hash",
        )
        .bind(studio.to_string())
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(row::token).collect()
    }

    async fn pairings(&mut self, studio: StudioId) -> Read<Vec<Pairing>> {
        let rows = sqlx::query("SELECT * FROM pairings WHERE studio = ?1 ORDER BY code_hash")
            .bind(studio.to_string())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::pairing).collect()
    }

    async fn login(&mut self, login: &str) -> Read<Option<Login>> {
        let found = sqlx::query("SELECT * FROM logins WHERE login = ?1")
            .bind(login.to_owned())
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(row::login).transpose()
    }

    async fn logins(&mut self, studio: StudioId) -> Read<Vec<Login>> {
        let rows = sqlx::query("SELECT * FROM logins WHERE studio = ?1 ORDER BY login")
            .bind(studio.to_string())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::login).collect()
    }

    async fn due(&mut self, studio: StudioId, now: Timestamp, limit: u32) -> Read<Vec<Due>> {
        let rows = sqlx::query(
            "SELECT r.*, d.due_at FROM due d \
             JOIN records r ON r.studio = d.studio AND r.kind = d.kind AND r.id = d.id \
             WHERE d.studio = ?1 AND d.fired = 0 AND d.due_at <= ?2 ORDER BY d.due_at, d.kind, d.id LIMIT ?3",
        )
        .bind(studio.to_string())
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(|r| Ok(Due { record: row::record(r)?, due_at: row::at(r, "due_at")? })).collect()
    }

    async fn due_studios(
        &mut self,
        now: Timestamp,
        after: Option<StudioId>,
        limit: u32,
    ) -> Read<Vec<StudioId>> {
        let rows = sqlx::query(
            "SELECT DISTINCT studio FROM due WHERE fired = 0 AND due_at <= ?1 AND studio > ?2 \
             ORDER BY studio LIMIT ?3",
        )
        .bind(now.0)
        .bind(after.map(|studio| studio.to_string()).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(|r| Ok(StudioId(row::id(r, "studio")?))).collect()
    }

    async fn pairing(&mut self, hash: &Hash, now: Timestamp) -> Read<Option<Pairing>> {
        let found = sqlx::query(
            "SELECT * FROM pairings WHERE (code_hash = ?1 OR secret_hash = ?1) AND expires_at > ?2 \
             AND tries_left > 0",
        )
        .bind(&hash.0)
        .bind(now.0)
        .fetch_optional(&mut *self.0)
        .await?;
        found.as_ref().map(row::pairing).transpose()
    }

    async fn kinds(&mut self, studio: StudioId) -> Read<Vec<(String, u16)>> {
        let rows = sqlx::query("SELECT kind, keys_version FROM kinds WHERE studio = ?1 ORDER BY kind")
            .bind(studio.to_string())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|r| Ok((r.try_get("kind")?, row::number(r, "keys_version")?))).collect()
    }

    async fn counts(&mut self, studio: StudioId) -> Read<(u64, u64, u64)> {
        let found = sqlx::query(
            "SELECT (SELECT count(*) FROM records WHERE studio = ?1) AS records, \
                    (SELECT count(*) FROM commands WHERE studio = ?1) AS commands, \
                    (SELECT count(*) FROM blobs WHERE studio = ?1) AS blobs",
        )
        .bind(studio.to_string())
        .fetch_one(&mut *self.0)
        .await?;
        Ok((row::number(&found, "records")?, row::number(&found, "commands")?, row::number(&found, "blobs")?))
    }

    async fn integrity(&mut self) -> Read<Vec<String>> {
        let rows = sqlx::query("PRAGMA integrity_check").fetch_all(&mut *self.0).await?;
        let lines: Result<Vec<String>, sqlx::Error> = rows.iter().map(|r| r.try_get(0)).collect();
        Ok(lines?.into_iter().filter(|line| line != "ok").collect())
    }
}

fn link(r: &sqlx::sqlite::SqliteRow) -> Read<Link> {
    Ok(Link {
        seq: row::number(r, "seq")?,
        command: CommandId(row::id(r, "command")?),
        digest: row::hash(r, "digest")?,
        hash: row::hash(r, "hash")?,
        at: row::at(r, "at")?,
    })
}
