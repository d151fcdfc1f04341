//! Reading from PostgreSQL: rows as they are, in a stated order. Knows no kind of record.

use std::sync::Arc;

use async_trait::async_trait;
use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::Record;
use rollcall_domain::kernel::time::Timestamp;
use sqlx::Row as _;

use super::super::rows::{Device, Due, Lane, Link, Login, Pairing, ScopeRow, Stored, Studio, Token};
use super::super::{Look, Name};
use super::{Conn, StorageError, facts, row};

type Read<T> = Result<T, StorageError>;

/// Before every id.
fn from(after: Option<StudioId>) -> Id {
    after.map_or(Id::nil(), StudioId::raw)
}

#[async_trait]
impl Look for Conn {
    async fn setting(&mut self, key: &str) -> Read<Option<String>> {
        super::setting(&mut self.0, key).await
    }

    async fn studio(&mut self, studio: StudioId) -> Read<Option<Studio>> {
        let found = sqlx::query("SELECT * FROM studios WHERE studio = $1")
            .bind(studio.raw())
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(row::studio).transpose()
    }

    async fn studios_after(&mut self, after: Option<StudioId>, limit: u32) -> Read<Vec<Studio>> {
        let rows = sqlx::query("SELECT * FROM studios WHERE studio > $1 ORDER BY studio LIMIT $2")
            .bind(from(after))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::studio).collect()
    }

    async fn heads(&mut self, studios: &[StudioId]) -> Read<Vec<(StudioId, u64)>> {
        let studios: Vec<Id> = studios.iter().map(|studio| studio.raw()).collect();
        let rows = sqlx::query("SELECT studio, head FROM studios WHERE studio = ANY($1)")
            .bind(studios)
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|r| Ok((StudioId(row::id(r, "studio")?), row::number(r, "head")?))).collect()
    }

    async fn device(&mut self, device: DeviceId) -> Read<Option<Device>> {
        let found = sqlx::query("SELECT * FROM devices WHERE device = $1")
            .bind(device.raw())
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(row::device).transpose()
    }

    async fn devices(&mut self, studio: StudioId) -> Read<Vec<Device>> {
        let rows = sqlx::query("SELECT * FROM devices WHERE studio = $1 ORDER BY joined_at, device")
            .bind(studio.raw())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::device).collect()
    }

    async fn people(&mut self, studio: StudioId) -> Read<Vec<(PersonId, Role)>> {
        let rows = sqlx::query("SELECT person, role FROM people WHERE studio = $1 ORDER BY person")
            .bind(studio.raw())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|r| Ok((PersonId(row::id(r, "person")?), row::role(r)?))).collect()
    }

    async fn lanes(&mut self, device: DeviceId) -> Read<Vec<Lane>> {
        let rows = sqlx::query("SELECT * FROM lanes WHERE device = $1 ORDER BY epoch")
            .bind(device.raw())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::lane).collect()
    }

    async fn commands(&mut self, studio: StudioId, ids: &[CommandId]) -> Read<Vec<Stored>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Id> = ids.iter().map(|id| id.raw()).collect();
        let rows = sqlx::query("SELECT * FROM commands WHERE studio = $1 AND id = ANY($2)")
            .bind(studio.raw())
            .bind(ids)
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::stored).collect()
    }

    async fn told_of(&mut self, studio: StudioId, subject: Id) -> Read<Vec<CommandId>> {
        let rows = sqlx::query("SELECT command FROM command_subjects WHERE studio = $1 AND subject = $2")
            .bind(studio.raw())
            .bind(subject)
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|r| Ok(CommandId(row::id(r, "command")?))).collect()
    }

    async fn lane_of(&mut self, device: DeviceId, hash: &Hash) -> Read<Option<u32>> {
        let found = sqlx::query("SELECT lane FROM commands WHERE device = $1 AND hash = $2 LIMIT 1")
            .bind(device.raw())
            .bind(hash.0.as_bytes())
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(|r| row::number(r, "lane")).transpose()
    }

    async fn count_between(&mut self, device: DeviceId, epoch: u32, from_seq: u64, to_seq: u64) -> Read<u64> {
        let found = sqlx::query(
            "SELECT count(*) AS count FROM commands \
             WHERE device = $1 AND epoch = $2 AND lane = $2 AND seq BETWEEN $3 AND $4",
        )
        .bind(device.raw())
        .bind(i64::from(epoch))
        .bind(row::int(from_seq))
        .bind(row::int(to_seq))
        .fetch_one(&mut *self.0)
        .await?;
        row::number(&found, "count")
    }

    async fn held(&mut self, studio: StudioId, holds: &[&str]) -> Read<Vec<Stored>> {
        let holds: Vec<String> = holds.iter().map(|hold| (*hold).to_owned()).collect();
        let rows = sqlx::query(
            "SELECT * FROM commands WHERE studio = $1 AND hold IS NOT NULL AND hold = ANY($2) ORDER BY hub_seq",
        )
        .bind(studio.raw())
        .bind(holds)
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(row::stored).collect()
    }

    async fn count_held(&mut self, studio: StudioId) -> Read<u64> {
        let found =
            sqlx::query("SELECT count(*) AS count FROM commands WHERE studio = $1 AND hold IS NOT NULL")
                .bind(studio.raw())
                .fetch_one(&mut *self.0)
                .await?;
        row::number(&found, "count")
    }

    async fn commands_after(&mut self, studio: StudioId, hub_seq: u64, limit: u32) -> Read<Vec<Stored>> {
        let rows = sqlx::query(
            "SELECT * FROM commands WHERE studio = $1 AND hub_seq > $2 ORDER BY hub_seq LIMIT $3",
        )
        .bind(studio.raw())
        .bind(row::int(hub_seq))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(row::stored).collect()
    }

    async fn late_answers(&mut self, device: DeviceId, after: u64, up_to: u64) -> Read<Vec<String>> {
        let rows = sqlx::query(
            "SELECT answer FROM commands WHERE device = $1 AND was_held AND hold IS NULL \
             AND hub_seq > $2 AND hub_seq <= $3 ORDER BY hub_seq",
        )
        .bind(device.raw())
        .bind(row::int(after))
        .bind(row::int(up_to))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(|r| row::text(r, "answer")).collect()
    }

    async fn links_after(&mut self, studio: StudioId, seq: u64, limit: u32) -> Read<Vec<Link>> {
        let rows = sqlx::query("SELECT * FROM links WHERE studio = $1 AND seq > $2 ORDER BY seq LIMIT $3")
            .bind(studio.raw())
            .bind(row::int(seq))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::link).collect()
    }

    async fn last_link(&mut self, studio: StudioId, seq: u64) -> Read<Option<Link>> {
        let found =
            sqlx::query("SELECT * FROM links WHERE studio = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1")
                .bind(studio.raw())
                .bind(row::int(seq))
                .fetch_optional(&mut *self.0)
                .await?;
        found.as_ref().map(row::link).transpose()
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
        let (kind, id) = after.map(|(kind, id)| (kind.to_string(), *id)).unwrap_or_default();
        let rows = sqlx::query(
            "SELECT * FROM records WHERE studio = $1 AND (kind, id) > ($2, $3) ORDER BY kind, id LIMIT $4",
        )
        .bind(studio.raw())
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
            "SELECT * FROM records WHERE studio = $1 AND kind = $2 AND version > $3 ORDER BY version, id LIMIT $4",
        )
        .bind(studio.raw())
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
             WHERE studio = $1 AND scope = $2 AND seq > $3 AND seq <= COALESCE(( \
                 SELECT seq FROM record_scopes WHERE studio = $1 AND scope = $2 AND seq > $3 \
                 ORDER BY seq LIMIT 1 OFFSET $4), 9223372036854775807) \
             ORDER BY seq",
        )
        .bind(studio.raw())
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
                gone: r.try_get("gone")?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn visible(&mut self, studio: StudioId, scopes: &[Scope], names: &[Name]) -> Read<Vec<Record>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let (kinds, ids) = facts::columns(names);
        let scopes: Vec<String> = scopes.iter().map(|scope| scope.0.clone()).collect();
        let rows = sqlx::query(
            "SELECT DISTINCT w.kind, w.id FROM unnest($2::text[], $3::uuid[]) AS w (kind, id) \
             JOIN record_scopes s ON s.studio = $1 AND s.kind = w.kind AND s.id = w.id \
             WHERE NOT s.gone AND s.scope = ANY($4)",
        )
        .bind(studio.raw())
        .bind(kinds)
        .bind(ids)
        .bind(scopes)
        .fetch_all(&mut *self.0)
        .await?;
        facts::records(self, studio, &facts::names(&rows)?).await
    }

    async fn blob(&mut self, studio: StudioId, scopes: &[Scope], blob: &Hash) -> Read<Option<Vec<u8>>> {
        let rows = sqlx::query("SELECT kind, id FROM blob_refs WHERE studio = $1 AND blob = $2")
            .bind(studio.raw())
            .bind(blob.0.as_bytes())
            .fetch_all(&mut *self.0)
            .await?;
        if self.visible(studio, scopes, &facts::names(&rows)?).await?.is_empty() {
            return Ok(None);
        }
        let found = sqlx::query("SELECT bytes FROM blobs WHERE studio = $1 AND blob = $2")
            .bind(studio.raw())
            .bind(blob.0.as_bytes())
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
            "SELECT blob, bytes FROM blobs WHERE studio = $1 AND blob > $2 ORDER BY blob LIMIT $3",
        )
        .bind(studio.raw())
        .bind(after.0.as_bytes())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(|r| Ok((row::hash(r, "blob")?, r.try_get("bytes")?))).collect()
    }

    async fn token(&mut self, hash: &Hash, now: Timestamp) -> Read<Option<Token>> {
        let found = sqlx::query("SELECT * FROM tokens WHERE hash = $1 AND expires_at > $2")
            .bind(hash.0.as_bytes())
            .bind(now.0)
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(row::token).transpose()
    }

    async fn tokens(&mut self, studio: StudioId) -> Read<Vec<Token>> {
        let rows = sqlx::query(
            "SELECT t.* FROM devices d JOIN tokens t ON t.device = d.device WHERE d.studio = $1 ORDER BY t.hash",
        )
        .bind(studio.raw())
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(row::token).collect()
    }

    async fn pairings(&mut self, studio: StudioId) -> Read<Vec<Pairing>> {
        let rows = sqlx::query("SELECT * FROM pairings WHERE studio = $1 ORDER BY code_hash")
            .bind(studio.raw())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::pairing).collect()
    }

    async fn login(&mut self, login: &str) -> Read<Option<Login>> {
        let found = sqlx::query("SELECT * FROM logins WHERE login = $1")
            .bind(login.as_bytes())
            .fetch_optional(&mut *self.0)
            .await?;
        found.as_ref().map(row::login).transpose()
    }

    async fn logins(&mut self, studio: StudioId) -> Read<Vec<Login>> {
        let rows = sqlx::query("SELECT * FROM logins WHERE studio = $1 ORDER BY login")
            .bind(studio.raw())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(row::login).collect()
    }

    async fn due(&mut self, studio: StudioId, now: Timestamp, limit: u32) -> Read<Vec<Due>> {
        let rows = sqlx::query(
            "SELECT r.*, d.due_at FROM due d \
             JOIN records r ON r.studio = d.studio AND r.kind = d.kind AND r.id = d.id \
             WHERE d.studio = $1 AND NOT d.fired AND d.due_at <= $2 ORDER BY d.due_at, d.kind, d.id LIMIT $3",
        )
        .bind(studio.raw())
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
            "SELECT DISTINCT studio FROM due WHERE NOT fired AND due_at <= $1 AND studio > $2 \
             ORDER BY studio LIMIT $3",
        )
        .bind(now.0)
        .bind(from(after))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(|r| Ok(StudioId(row::id(r, "studio")?))).collect()
    }

    async fn pairing(&mut self, hash: &Hash, now: Timestamp) -> Read<Option<Pairing>> {
        let found = sqlx::query(
            "SELECT * FROM pairings WHERE (code_hash = $1 OR secret_hash = $1) AND expires_at > $2 \
             AND tries_left > 0 LIMIT 1",
        )
        .bind(hash.0.as_bytes())
        .bind(now.0)
        .fetch_optional(&mut *self.0)
        .await?;
        found.as_ref().map(row::pairing).transpose()
    }

    async fn kinds(&mut self, studio: StudioId) -> Read<Vec<(String, u16)>> {
        let rows = sqlx::query("SELECT kind, keys_version FROM kinds WHERE studio = $1 ORDER BY kind")
            .bind(studio.raw())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|r| Ok((r.try_get("kind")?, row::number(r, "keys_version")?))).collect()
    }

    async fn counts(&mut self, studio: StudioId) -> Read<(u64, u64, u64)> {
        let found = sqlx::query(
            "SELECT (SELECT count(*) FROM records WHERE studio = $1) AS records, \
                    (SELECT count(*) FROM commands WHERE studio = $1) AS commands, \
                    (SELECT count(*) FROM blobs WHERE studio = $1) AS blobs",
        )
        .bind(studio.raw())
        .fetch_one(&mut *self.0)
        .await?;
        Ok((row::number(&found, "records")?, row::number(&found, "commands")?, row::number(&found, "blobs")?))
    }

    /// A server looks after its files by itself.
    async fn integrity(&mut self) -> Read<Vec<String>> {
        Ok(Vec::new())
    }
}
