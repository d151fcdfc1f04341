//! Writing. Records of a batch go out in a handful of statements, each with many rows.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use sqlx::sqlite::SqliteQueryResult;
use sqlx::{QueryBuilder, Row as _, Sqlite as Engine};

use super::super::rows::{
    Device, Due, Lane, Link, Login, Pairing, SESSION, Stored, Studio, Token, Writes, Written,
};
use super::super::{Name, Work};
use super::facts::parts;
use super::{Conn, StorageError, row};

/// Records that are written together.
const ROWS: usize = 500;

type Wrote = Result<(), StorageError>;

#[async_trait]
impl Work for Conn {
    async fn set(&mut self, key: &str, value: Option<&str>) -> Wrote {
        let query = match value {
            Some(value) => sqlx::query(
                "INSERT INTO hub (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            )
            .bind(key.to_owned())
            .bind(value.to_owned()),
            None => sqlx::query("DELETE FROM hub WHERE key = ?1").bind(key.to_owned()),
        };
        query.execute(&mut *self.0).await?;
        Ok(())
    }

    async fn put_studio(&mut self, s: &Studio) -> Wrote {
        sqlx::query("INSERT OR REPLACE INTO studios VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .bind(s.studio.to_string())
            .bind(s.hub_epoch.to_string())
            .bind(row::int(s.head))
            .bind(s.hash.0.clone())
            .bind(s.genesis.0.clone())
            .bind(i64::from(s.series_next))
            .bind(s.claimed_at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_person(&mut self, studio: StudioId, person: PersonId, role: Role) -> Wrote {
        sqlx::query("INSERT OR REPLACE INTO people VALUES (?1, ?2, ?3)")
            .bind(studio.to_string())
            .bind(person.to_string())
            .bind(row::role_text(role)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_device(&mut self, d: &Device) -> Wrote {
        // A device is of one studio for ever: another studio's is never written over.
        let done = sqlx::query(
            "INSERT INTO devices VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14) \
             ON CONFLICT (device) DO UPDATE SET name = excluded.name, public_key = excluded.public_key, \
             person = excluded.person, role = excluded.role, epoch = excluded.epoch, series = excluded.series, \
             revoked = excluded.revoked, joined_at = excluded.joined_at, seen_at = excluded.seen_at, \
             skew_ms = excluded.skew_ms, retired = excluded.retired, waiting = excluded.waiting \
             WHERE studio = excluded.studio",
        )
            .bind(d.device.to_string())
            .bind(d.studio.to_string())
            .bind(d.name.clone())
            .bind(d.public_key.clone())
            .bind(d.person.to_string())
            .bind(row::role_text(d.role)?)
            .bind(i64::from(d.epoch))
            .bind(d.series.clone())
            .bind(i64::from(d.revoked))
            .bind(d.joined_at.0)
            .bind(d.seen_at.0)
            .bind(d.skew_ms)
            .bind(i64::from(d.retired))
            .bind(d.waiting)
            .execute(&mut *self.0)
            .await?;
        wrote_one(done)
    }

    async fn seen(&mut self, device: DeviceId, at: Timestamp, waiting: Option<u32>) -> Wrote {
        sqlx::query("UPDATE devices SET seen_at = ?2, waiting = COALESCE(?3, waiting) WHERE device = ?1")
            .bind(device.to_string())
            .bind(at.0)
            .bind(waiting)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_lane(&mut self, lane: &Lane) -> Wrote {
        sqlx::query("INSERT OR REPLACE INTO lanes VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(lane.device.to_string())
            .bind(i64::from(lane.epoch))
            .bind(lane.series.clone())
            .bind(row::int(lane.last_seq))
            .bind(lane.last_hash.0.clone())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put(&mut self, studio: StudioId, writes: &Writes) -> Wrote {
        let studio = studio.to_string();
        for rows in parts(&writes.commands) {
            commands(self, &studio, rows).await?;
        }
        for rows in parts(&writes.subjects) {
            subjects(self, &studio, rows).await?;
        }
        for rows in parts(&writes.links) {
            links(self, &studio, rows).await?;
        }
        for rows in writes.records.chunks(ROWS) {
            // Asked before anything is written: afterwards all of them are there.
            let known = known(self, &studio, rows).await?;
            let before: Vec<&Written> =
                rows.iter().filter(|w| known.contains(&(w.kind.clone(), w.id))).collect();
            for table in ["record_keys", "record_claims", "due", "blob_refs"] {
                forget(self, &studio, table, &before).await?;
            }
            records(self, &studio, rows).await?;
            lookups(self, &studio, rows).await?;
            scopes(self, &studio, rows, &known).await?;
            rest(self, &studio, rows).await?;
        }
        Ok(())
    }

    async fn blank(&mut self, studio: StudioId, command: CommandId, rest: Option<&str>) -> Wrote {
        sqlx::query("UPDATE commands SET personal = ?3 WHERE studio = ?1 AND id = ?2")
            .bind(studio.to_string())
            .bind(command.to_string())
            .bind(rest.map(str::to_owned))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn drop_blobs(&mut self, studio: StudioId, blobs: &[Hash]) -> Wrote {
        for blob in blobs {
            sqlx::query(
                "DELETE FROM blobs WHERE studio = ?1 AND blob = ?2 \
                 AND NOT EXISTS (SELECT 1 FROM blob_refs WHERE studio = ?1 AND blob = ?2)",
            )
            .bind(studio.to_string())
            .bind(blob.0.clone())
            .execute(&mut *self.0)
            .await?;
        }
        Ok(())
    }

    async fn drop_login(&mut self, studio: StudioId, person: PersonId) -> Wrote {
        sqlx::query("DELETE FROM logins WHERE studio = ?1 AND person = ?2")
            .bind(studio.to_string())
            .bind(person.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn clear(&mut self, studio: StudioId) -> Wrote {
        for table in [
            "commands",
            "command_subjects",
            "links",
            "records",
            "record_keys",
            "record_claims",
            "record_scopes",
            "due",
            "blob_refs",
        ] {
            let mut sql = QueryBuilder::new("DELETE FROM ");
            sql.push(table).push(" WHERE studio = ").push_bind(studio.to_string());
            run(self, &mut sql).await?;
        }
        Ok(())
    }

    async fn forget(&mut self, studio: StudioId) -> Wrote {
        self.clear(studio).await?;
        for table in ["tokens", "lanes"] {
            let mut sql = QueryBuilder::new("DELETE FROM ");
            sql.push(table).push(" WHERE device IN (SELECT device FROM devices WHERE studio = ");
            sql.push_bind(studio.to_string()).push(")");
            run(self, &mut sql).await?;
        }
        for table in ["blobs", "kinds", "pairings", "logins", "people", "devices", "studios"] {
            let mut sql = QueryBuilder::new("DELETE FROM ");
            sql.push(table).push(" WHERE studio = ").push_bind(studio.to_string());
            run(self, &mut sql).await?;
        }
        Ok(())
    }

    async fn put_kind(&mut self, studio: StudioId, kind: &str, keys_version: u16) -> Wrote {
        sqlx::query("INSERT OR REPLACE INTO kinds VALUES (?1, ?2, ?3)")
            .bind(studio.to_string())
            .bind(kind.to_owned())
            .bind(i64::from(keys_version))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn fired(&mut self, studio: StudioId, due: &Due) -> Wrote {
        sqlx::query("UPDATE due SET fired = 1 WHERE studio = ?1 AND kind = ?2 AND id = ?3 AND due_at = ?4")
            .bind(studio.to_string())
            .bind(due.record.kind.to_string())
            .bind(due.record.id.to_string())
            .bind(due.due_at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_blob(&mut self, studio: StudioId, blob: &Hash, bytes: &[u8], at: Timestamp) -> Wrote {
        sqlx::query("INSERT OR IGNORE INTO blobs VALUES (?1, ?2, ?3, ?4)")
            .bind(studio.to_string())
            .bind(blob.0.clone())
            .bind(bytes.to_vec())
            .bind(at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_token(&mut self, token: &Token) -> Result<bool, StorageError> {
        let done = sqlx::query("INSERT OR IGNORE INTO tokens VALUES (?1, ?2, ?3, ?4)")
            .bind(token.hash.0.clone())
            .bind(token.purpose.clone())
            .bind(token.device.to_string())
            .bind(token.expires_at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn end_sessions(&mut self, device: DeviceId) -> Wrote {
        sqlx::query("DELETE FROM tokens WHERE device = ?1 AND purpose = ?2")
            .bind(device.to_string())
            .bind(SESSION)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_login(&mut self, l: &Login) -> Wrote {
        sqlx::query("DELETE FROM logins WHERE studio = ?1 AND person = ?2")
            .bind(l.studio.to_string())
            .bind(l.person.to_string())
            .execute(&mut *self.0)
            .await?;
        // A name that is somebody else's fails here.
        sqlx::query("INSERT INTO logins VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(l.login.clone())
            .bind(l.studio.to_string())
            .bind(l.person.to_string())
            .bind(l.hash.clone())
            .bind(l.set_at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn sweep(&mut self, now: Timestamp) -> Wrote {
        sqlx::query("DELETE FROM tokens WHERE expires_at <= ?1").bind(now.0).execute(&mut *self.0).await?;
        // A used pairing stays for a day: the answer to it may have been lost.
        sqlx::query("DELETE FROM pairings WHERE expires_at <= ?1")
            .bind(now.0 - Timestamp::DAY_MS)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_pairing(&mut self, p: &Pairing) -> Wrote {
        // Only its own studio may change a pairing: what another one holds is a conflict, never written over.
        let done = sqlx::query(
            "INSERT INTO pairings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (code_hash) DO UPDATE SET tries_left = excluded.tries_left, used_by = excluded.used_by \
             WHERE studio = excluded.studio AND secret_hash = excluded.secret_hash",
        )
            .bind(p.code_hash.0.clone())
            .bind(p.secret_hash.0.clone())
            .bind(p.studio.to_string())
            .bind(row::role_text(p.role)?)
            .bind(p.person.to_string())
            .bind(p.expires_at.0)
            .bind(p.tries_left)
            .bind(p.used_by.map(|d| d.to_string()))
            .execute(&mut *self.0)
            .await?;
        wrote_one(done)
    }

    async fn wrong_code(&mut self, studio: StudioId, now: Timestamp) -> Wrote {
        sqlx::query(
            "UPDATE pairings SET tries_left = tries_left - 1 \
             WHERE studio = ?1 AND used_by IS NULL AND expires_at > ?2",
        )
        .bind(studio.to_string())
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Wrote {
        Ok(self.0.commit().await?)
    }
}

/// A row that is another studio's was left as it is.
fn wrote_one(done: SqliteQueryResult) -> Wrote {
    if done.rows_affected() == 1 { Ok(()) } else { Err(StorageError::Claimed) }
}

async fn run(conn: &mut Conn, sql: &mut QueryBuilder<Engine>) -> Wrote {
    sql.build().execute(&mut *conn.0).await?;
    Ok(())
}

async fn commands(conn: &mut Conn, studio: &str, rows: &[Stored]) -> Wrote {
    let mut sql = QueryBuilder::new(
        "INSERT INTO commands (id, studio, device, epoch, seq, lane, hash, envelope, payload, personal, \
         received_at, effective_at, hub_seq, answer, hold, was_held) ",
    );
    sql.push_values(rows, |mut row, c| {
        row.push_bind(c.id.to_string())
            .push_bind(studio.to_owned())
            .push_bind(c.device.to_string())
            .push_bind(i64::from(c.epoch))
            .push_bind(row::int(c.seq))
            .push_bind(i64::from(c.lane))
            .push_bind(c.hash.0.clone())
            .push_bind(c.entry.envelope.clone())
            .push_bind(c.entry.payload.clone())
            .push_bind(c.entry.personal.clone())
            .push_bind(c.received_at.0)
            .push_bind(c.effective_at.0)
            .push_bind(row::int(c.hub_seq))
            .push_bind(c.answer.clone())
            .push_bind(c.hold.clone())
            .push_bind(i64::from(c.was_held));
    });
    // A command that was held gets its outcome; nothing else of it ever changes.
    sql.push(
        " ON CONFLICT (studio, id) DO UPDATE SET hub_seq = excluded.hub_seq, answer = excluded.answer, \
         hold = excluded.hold, was_held = excluded.was_held WHERE commands.hold IS NOT NULL",
    );
    run(conn, &mut sql).await
}

async fn subjects(conn: &mut Conn, studio: &str, rows: &[(Id, CommandId)]) -> Wrote {
    let mut sql = QueryBuilder::new("INSERT OR IGNORE INTO command_subjects (studio, subject, command) ");
    sql.push_values(rows, |mut row, (subject, command)| {
        row.push_bind(studio.to_owned()).push_bind(subject.to_string()).push_bind(command.to_string());
    });
    run(conn, &mut sql).await
}

async fn links(conn: &mut Conn, studio: &str, rows: &[Link]) -> Wrote {
    let mut sql = QueryBuilder::new("INSERT INTO links (studio, seq, command, digest, hash, at) ");
    sql.push_values(rows, |mut row, link| {
        row.push_bind(studio.to_owned())
            .push_bind(row::int(link.seq))
            .push_bind(link.command.to_string())
            .push_bind(link.digest.0.clone())
            .push_bind(link.hash.0.clone())
            .push_bind(link.at.0);
    });
    run(conn, &mut sql).await
}

async fn records(conn: &mut Conn, studio: &str, rows: &[Written]) -> Wrote {
    let gone: Vec<&Written> = rows.iter().filter(|w| w.record.is_none()).collect();
    forget(conn, studio, "records", &gone).await?;
    let live: Vec<_> = rows.iter().filter_map(|w| w.record.as_ref().map(|r| (w, r))).collect();
    for live in parts(&live) {
        let mut sql =
            QueryBuilder::new("INSERT INTO records (studio, kind, id, kind_version, version, body) ");
        sql.push_values(live, |mut row, (w, r)| {
            row.push_bind(studio.to_owned())
                .push_bind(w.kind.to_string())
                .push_bind(w.id.to_string())
                .push_bind(i64::from(r.kind_version))
                .push_bind(row::int(w.version))
                .push_bind(r.body.to_string());
        });
        sql.push(
            " ON CONFLICT (studio, kind, id) DO UPDATE SET kind_version = excluded.kind_version, \
             version = excluded.version, body = excluded.body",
        );
        run(conn, &mut sql).await?;
    }
    Ok(())
}

/// Deletes what a table says of these records.
async fn forget(conn: &mut Conn, studio: &str, table: &'static str, rows: &[&Written]) -> Wrote {
    for rows in parts(rows) {
        // As a table of its own: SQLite looks tuples up in an index only when they come from a SELECT.
        let mut sql = QueryBuilder::new("WITH w (studio, kind, id) AS (");
        sql.push_values(rows, |mut row, w| {
            row.push_bind(studio.to_owned()).push_bind(w.kind.to_string()).push_bind(w.id.to_string());
        });
        sql.push(format_args!(
            ") DELETE FROM {table} WHERE (studio, kind, id) IN (SELECT studio, kind, id FROM w)"
        ));
        run(conn, &mut sql).await?;
    }
    Ok(())
}

async fn lookups(conn: &mut Conn, studio: &str, rows: &[Written]) -> Wrote {
    let keys: Vec<_> = rows
        .iter()
        .filter(|w| w.record.is_some())
        .flat_map(|w| w.described.keys.0.iter().map(move |key| (w, key)))
        .collect();
    for keys in parts(&keys) {
        let mut sql = QueryBuilder::new("INSERT OR IGNORE INTO record_keys (studio, kind, name, value, id) ");
        sql.push_values(keys, |mut row, (w, key)| {
            row.push_bind(studio.to_owned())
                .push_bind(w.kind.to_string())
                .push_bind(key.name.clone())
                .push_bind(key.value.0.clone())
                .push_bind(w.id.to_string());
        });
        run(conn, &mut sql).await?;
    }
    let claims: Vec<_> = keys.into_iter().filter(|(_, key)| key.unique).collect();
    for claims in parts(&claims) {
        let mut sql = QueryBuilder::new("INSERT INTO record_claims (studio, name, value, kind, id) ");
        sql.push_values(claims, |mut row, (w, key)| {
            row.push_bind(studio.to_owned())
                .push_bind(key.name.clone())
                .push_bind(key.value.0.clone())
                .push_bind(w.kind.to_string())
                .push_bind(w.id.to_string());
        });
        run(conn, &mut sql).await?;
    }
    Ok(())
}

async fn scopes(conn: &mut Conn, studio: &str, rows: &[Written], known: &BTreeSet<Name>) -> Wrote {
    let now = |w: &Written, scope: &str| {
        w.record.is_some() && w.described.scopes.iter().any(|live| live.0 == scope)
    };
    // What a record was in and is not any more: it stays there as gone.
    let before: Vec<&Written> = rows.iter().filter(|w| known.contains(&(w.kind.clone(), w.id))).collect();
    let was = scopes_of(conn, studio, &before).await?;
    let left = before.iter().flat_map(|w| {
        let of_it = was.get(&(w.kind.clone(), w.id)).map(Vec::as_slice).unwrap_or_default();
        of_it.iter().filter(|scope| !now(w, scope)).map(move |scope| (*w, scope.as_str(), 1_i64))
    });
    let live = rows.iter().filter(|w| w.record.is_some());
    let live = live.flat_map(|w| w.described.scopes.iter().map(move |scope| (w, scope.0.as_str(), 0_i64)));
    let all: Vec<(&Written, &str, i64)> = left.chain(live).collect();
    for all in parts(&all) {
        let mut sql =
            QueryBuilder::new("INSERT OR REPLACE INTO record_scopes (studio, scope, kind, id, seq, gone) ");
        sql.push_values(all, |mut row, (w, scope, gone)| {
            row.push_bind(studio.to_owned())
                .push_bind((*scope).to_owned())
                .push_bind(w.kind.to_string())
                .push_bind(w.id.to_string())
                .push_bind(row::int(w.version))
                .push_bind(*gone);
        });
        run(conn, &mut sql).await?;
    }
    Ok(())
}

/// The scopes these records are in.
async fn scopes_of(
    conn: &mut Conn,
    studio: &str,
    rows: &[&Written],
) -> Result<BTreeMap<Name, Vec<String>>, StorageError> {
    let mut found: BTreeMap<Name, Vec<String>> = BTreeMap::new();
    for rows in parts(rows) {
        let mut sql = named(rows.iter().copied());
        sql.push(
            " SELECT s.kind, s.id, s.scope FROM w CROSS JOIN record_scopes s \
             ON s.kind = w.kind AND s.id = w.id AND s.gone = 0 AND s.studio = ",
        );
        sql.push_bind(studio.to_owned());
        for row in sql.build().fetch_all(&mut *conn.0).await? {
            let name = (row::kind(&row)?, row::id(&row, "id")?);
            found.entry(name).or_default().push(row.try_get("scope")?);
        }
    }
    Ok(found)
}

/// Those of the records that are there already: only they can have look-ups to be taken back.
async fn known(conn: &mut Conn, studio: &str, rows: &[Written]) -> Result<BTreeSet<Name>, StorageError> {
    let mut all = BTreeSet::new();
    for rows in parts(rows) {
        let mut sql = named(rows);
        sql.push(
            " SELECT r.kind, r.id FROM w CROSS JOIN records r ON r.kind = w.kind AND r.id = w.id AND r.studio = ",
        );
        sql.push_bind(studio.to_owned());
        all.extend(super::facts::names(&sql.build().fetch_all(&mut *conn.0).await?)?);
    }
    Ok(all)
}

/// The names of these records as a table of its own, which a CROSS JOIN goes through row by row: left to choose,
/// SQLite takes any index that begins with the studio and walks through all the studio has.
fn named<'a>(rows: impl IntoIterator<Item = &'a Written>) -> QueryBuilder<Engine> {
    let mut sql = QueryBuilder::new("WITH w (kind, id) AS (");
    sql.push_values(rows, |mut row, w| {
        row.push_bind(w.kind.to_string()).push_bind(w.id.to_string());
    });
    sql.push(")");
    sql
}

/// What the clockwork must look at, and which blobs are named.
async fn rest(conn: &mut Conn, studio: &str, rows: &[Written]) -> Wrote {
    let live = || rows.iter().filter(|w| w.record.is_some());
    let due: Vec<_> = live().filter_map(|w| w.described.due_at.map(|at| (w, at))).collect();
    for due in parts(&due) {
        let mut sql = QueryBuilder::new("INSERT OR REPLACE INTO due (studio, kind, id, due_at, fired) ");
        sql.push_values(due, |mut row, (w, at)| {
            row.push_bind(studio.to_owned())
                .push_bind(w.kind.to_string())
                .push_bind(w.id.to_string())
                .push_bind(at.0)
                .push_bind(0_i64);
        });
        run(conn, &mut sql).await?;
    }
    let blobs: Vec<_> = live().flat_map(|w| w.described.blobs.iter().map(move |blob| (w, blob))).collect();
    for blobs in parts(&blobs) {
        let mut sql = QueryBuilder::new("INSERT OR IGNORE INTO blob_refs (studio, blob, kind, id) ");
        sql.push_values(blobs, |mut row, (w, blob)| {
            row.push_bind(studio.to_owned())
                .push_bind(blob.0.clone())
                .push_bind(w.kind.to_string())
                .push_bind(w.id.to_string());
        });
        run(conn, &mut sql).await?;
    }
    Ok(())
}
