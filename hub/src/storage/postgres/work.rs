//! Writing to PostgreSQL. Records of a batch go out in a handful of statements, each with a column of values.

use async_trait::async_trait;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use sqlx::postgres::PgQueryResult;

use super::super::Work;
use super::super::rows::{
    Device, Due, Lane, Link, Login, Pairing, SESSION, Stored, Studio, Token, Writes, Written,
};
use super::{Conn, StorageError, ear, row};

type Wrote = Result<(), StorageError>;

/// Tables with rows of a studio's history, and statements that forget them.
const HISTORY: [&str; 9] = [
    "DELETE FROM commands WHERE studio = $1",
    "DELETE FROM command_subjects WHERE studio = $1",
    "DELETE FROM links WHERE studio = $1",
    "DELETE FROM records WHERE studio = $1",
    "DELETE FROM record_keys WHERE studio = $1",
    "DELETE FROM record_claims WHERE studio = $1",
    "DELETE FROM record_scopes WHERE studio = $1",
    "DELETE FROM due WHERE studio = $1",
    "DELETE FROM blob_refs WHERE studio = $1",
];
/// The rest of what a studio has.
const REST: [&str; 9] = [
    "DELETE FROM tokens WHERE device IN (SELECT device FROM devices WHERE studio = $1)",
    "DELETE FROM lanes WHERE device IN (SELECT device FROM devices WHERE studio = $1)",
    "DELETE FROM blobs WHERE studio = $1",
    "DELETE FROM kinds WHERE studio = $1",
    "DELETE FROM pairings WHERE studio = $1",
    "DELETE FROM logins WHERE studio = $1",
    "DELETE FROM people WHERE studio = $1",
    "DELETE FROM devices WHERE studio = $1",
    "DELETE FROM studios WHERE studio = $1",
];

/// A row that is another studio's was left as it is.
fn wrote_one(done: &PgQueryResult) -> Wrote {
    if done.rows_affected() == 1 { Ok(()) } else { Err(StorageError::Claimed) }
}

fn bytes(hash: &Hash) -> Vec<u8> {
    hash.0.clone().into_bytes()
}

#[async_trait]
impl Work for Conn {
    async fn set(&mut self, key: &str, value: Option<&str>) -> Wrote {
        let query = match value {
            Some(value) => sqlx::query(
                "INSERT INTO hub (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2",
            )
            .bind(key.to_owned())
            .bind(value.to_owned()),
            None => sqlx::query("DELETE FROM hub WHERE key = $1").bind(key.to_owned()),
        };
        query.execute(&mut *self.0).await?;
        Ok(())
    }

    async fn put_studio(&mut self, s: &Studio) -> Wrote {
        sqlx::query(
            "INSERT INTO studios VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (studio) DO UPDATE SET \
             hub_epoch = $2, head = $3, hash = $4, genesis = $5, series_next = $6, claimed_at = $7",
        )
        .bind(s.studio.raw())
        .bind(s.hub_epoch)
        .bind(row::int(s.head))
        .bind(bytes(&s.hash))
        .bind(bytes(&s.genesis))
        .bind(i64::from(s.series_next))
        .bind(s.claimed_at.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn put_person(&mut self, studio: StudioId, person: PersonId, role: Role) -> Wrote {
        sqlx::query(
            "INSERT INTO people VALUES ($1, $2, $3) ON CONFLICT (studio, person) DO UPDATE SET role = $3",
        )
        .bind(studio.raw())
        .bind(person.raw())
        .bind(row::role_text(role)?)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn put_device(&mut self, d: &Device) -> Wrote {
        // A device is of one studio for ever: another studio's is never written over.
        let done = sqlx::query(
            "INSERT INTO devices VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14) \
             ON CONFLICT (device) DO UPDATE SET name = $3, public_key = $4, person = $5, role = $6, epoch = $7, \
             series = $8, revoked = $9, joined_at = $10, seen_at = $11, skew_ms = $12, retired = $13, waiting = $14 \
             WHERE devices.studio = $2",
        )
        .bind(d.device.raw())
        .bind(d.studio.raw())
        .bind(d.name.clone())
        .bind(d.public_key.clone())
        .bind(d.person.raw())
        .bind(row::role_text(d.role)?)
        .bind(i64::from(d.epoch))
        .bind(d.series.clone())
        .bind(d.revoked)
        .bind(d.joined_at.0)
        .bind(d.seen_at.0)
        .bind(d.skew_ms)
        .bind(d.retired)
        .bind(d.waiting.map(i64::from))
        .execute(&mut *self.0)
        .await?;
        wrote_one(&done)
    }

    async fn seen(&mut self, device: DeviceId, at: Timestamp, waiting: Option<u32>) -> Wrote {
        sqlx::query("UPDATE devices SET seen_at = $2, waiting = COALESCE($3, waiting) WHERE device = $1")
            .bind(device.raw())
            .bind(at.0)
            .bind(waiting.map(i64::from))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_lane(&mut self, lane: &Lane) -> Wrote {
        sqlx::query(
            "INSERT INTO lanes VALUES ($1, $2, $3, $4, $5) ON CONFLICT (device, epoch) DO UPDATE SET \
             series = $3, last_seq = $4, last_hash = $5",
        )
        .bind(lane.device.raw())
        .bind(i64::from(lane.epoch))
        .bind(lane.series.clone())
        .bind(row::int(lane.last_seq))
        .bind(bytes(&lane.last_hash))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn put(&mut self, studio: StudioId, writes: &Writes) -> Wrote {
        if !writes.commands.is_empty() {
            commands(self, studio, &writes.commands).await?;
        }
        if !writes.subjects.is_empty() {
            subjects(self, studio, &writes.subjects).await?;
        }
        if !writes.links.is_empty() {
            links(self, studio, &writes.links).await?;
        }
        if writes.records.is_empty() {
            return Ok(());
        }
        records(self, studio, &writes.records).await?;
        lookups(self, studio, &writes.records).await?;
        scopes(self, studio, &writes.records).await?;
        rest(self, studio, &writes.records).await
    }

    async fn blank(&mut self, studio: StudioId, command: CommandId, rest: Option<&str>) -> Wrote {
        sqlx::query("UPDATE commands SET personal = $3 WHERE studio = $1 AND id = $2")
            .bind(studio.raw())
            .bind(command.raw())
            .bind(rest.map(|rest| rest.as_bytes().to_vec()))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn drop_blobs(&mut self, studio: StudioId, blobs: &[Hash]) -> Wrote {
        for blob in blobs {
            sqlx::query(
                "DELETE FROM blobs WHERE studio = $1 AND blob = $2 \
                 AND NOT EXISTS (SELECT 1 FROM blob_refs WHERE studio = $1 AND blob = $2)",
            )
            .bind(studio.raw())
            .bind(bytes(blob))
            .execute(&mut *self.0)
            .await?;
        }
        Ok(())
    }

    async fn drop_login(&mut self, studio: StudioId, person: PersonId) -> Wrote {
        sqlx::query("DELETE FROM logins WHERE studio = $1 AND person = $2")
            .bind(studio.raw())
            .bind(person.raw())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn clear(&mut self, studio: StudioId) -> Wrote {
        for statement in HISTORY {
            sqlx::query(statement).bind(studio.raw()).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    async fn forget(&mut self, studio: StudioId) -> Wrote {
        self.clear(studio).await?;
        for statement in REST {
            sqlx::query(statement).bind(studio.raw()).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    async fn put_kind(&mut self, studio: StudioId, kind: &str, keys_version: u16) -> Wrote {
        sqlx::query(
            "INSERT INTO kinds VALUES ($1, $2, $3) ON CONFLICT (studio, kind) DO UPDATE SET keys_version = $3",
        )
        .bind(studio.raw())
        .bind(kind.to_owned())
        .bind(i64::from(keys_version))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn fired(&mut self, studio: StudioId, due: &Due) -> Wrote {
        sqlx::query(
            "UPDATE due SET fired = true WHERE studio = $1 AND kind = $2 AND id = $3 AND due_at = $4",
        )
        .bind(studio.raw())
        .bind(due.record.kind.to_string())
        .bind(due.record.id)
        .bind(due.due_at.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn put_blob(&mut self, studio: StudioId, blob: &Hash, content: &[u8], at: Timestamp) -> Wrote {
        sqlx::query("INSERT INTO blobs VALUES ($1, $2, $3, $4) ON CONFLICT (studio, blob) DO NOTHING")
            .bind(studio.raw())
            .bind(bytes(blob))
            .bind(content.to_vec())
            .bind(at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_token(&mut self, token: &Token) -> Result<bool, StorageError> {
        let done = sqlx::query("INSERT INTO tokens VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING")
            .bind(bytes(&token.hash))
            .bind(token.purpose.clone())
            .bind(token.device.raw())
            .bind(token.expires_at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn end_sessions(&mut self, device: DeviceId) -> Wrote {
        sqlx::query("DELETE FROM tokens WHERE device = $1 AND purpose = $2")
            .bind(device.raw())
            .bind(SESSION)
            .execute(&mut *self.0)
            .await?;
        // Said with the commit itself: nobody who was shut out may stay because this process ended too early.
        let (channel, word) = ear::ended();
        sqlx::query("SELECT pg_notify($1, $2)").bind(channel).bind(word).execute(&mut *self.0).await?;
        Ok(())
    }

    async fn put_login(&mut self, l: &Login) -> Wrote {
        sqlx::query("DELETE FROM logins WHERE studio = $1 AND person = $2")
            .bind(l.studio.raw())
            .bind(l.person.raw())
            .execute(&mut *self.0)
            .await?;
        // A name that is somebody else's fails here.
        sqlx::query("INSERT INTO logins VALUES ($1, $2, $3, $4, $5)")
            .bind(l.login.as_bytes())
            .bind(l.studio.raw())
            .bind(l.person.raw())
            .bind(l.hash.clone())
            .bind(l.set_at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn sweep(&mut self, now: Timestamp) -> Wrote {
        sqlx::query("DELETE FROM tokens WHERE expires_at <= $1").bind(now.0).execute(&mut *self.0).await?;
        // A used pairing stays for a day: the answer to it may have been lost.
        sqlx::query("DELETE FROM pairings WHERE expires_at <= $1")
            .bind(now.0 - Timestamp::DAY_MS)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn put_pairing(&mut self, p: &Pairing) -> Wrote {
        // Only its own studio may change a pairing: what another one holds is a conflict, never written over.
        let done = sqlx::query(
            "INSERT INTO pairings VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (code_hash) DO UPDATE SET tries_left = $7, used_by = $8 \
             WHERE pairings.studio = $3 AND pairings.secret_hash = $2",
        )
        .bind(bytes(&p.code_hash))
        .bind(bytes(&p.secret_hash))
        .bind(p.studio.raw())
        .bind(row::role_text(p.role)?)
        .bind(p.person.raw())
        .bind(p.expires_at.0)
        .bind(p.tries_left)
        .bind(p.used_by.map(DeviceId::raw))
        .execute(&mut *self.0)
        .await?;
        wrote_one(&done)
    }

    async fn wrong_code(&mut self, studio: StudioId, now: Timestamp) -> Wrote {
        sqlx::query(
            "UPDATE pairings SET tries_left = tries_left - 1 \
             WHERE studio = $1 AND used_by IS NULL AND expires_at > $2",
        )
        .bind(studio.raw())
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Wrote {
        Ok(self.0.commit().await?)
    }
}

async fn commands(conn: &mut Conn, studio: StudioId, rows: &[Stored]) -> Wrote {
    // A command that was held gets its outcome; nothing else of it ever changes.
    sqlx::query(
        "INSERT INTO commands (studio, id, device, epoch, seq, lane, hash, envelope, payload, personal, \
         received_at, effective_at, hub_seq, answer, hold, was_held) \
         SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::int8[], $5::int8[], $6::int8[], $7::bytea[], \
         $8::bytea[], $9::bytea[], $10::bytea[], $11::int8[], $12::int8[], $13::int8[], $14::bytea[], \
         $15::text[], $16::bool[]) \
         ON CONFLICT (studio, id) DO UPDATE SET hub_seq = excluded.hub_seq, answer = excluded.answer, \
         hold = excluded.hold, was_held = excluded.was_held WHERE commands.hold IS NOT NULL",
    )
    .bind(studio.raw())
    .bind(rows.iter().map(|c| c.id.raw()).collect::<Vec<Id>>())
    .bind(rows.iter().map(|c| c.device.raw()).collect::<Vec<Id>>())
    .bind(rows.iter().map(|c| i64::from(c.epoch)).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| row::int(c.seq)).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| i64::from(c.lane)).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.hash.0.as_bytes()).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.entry.envelope.as_bytes()).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.entry.payload.as_bytes()).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.entry.personal.as_deref().map(str::as_bytes)).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.received_at.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.effective_at.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| row::int(c.hub_seq)).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.answer.as_bytes()).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.hold.as_deref()).collect::<Vec<_>>())
    .bind(rows.iter().map(|c| c.was_held).collect::<Vec<_>>())
    .execute(&mut *conn.0)
    .await?;
    Ok(())
}

async fn links(conn: &mut Conn, studio: StudioId, rows: &[Link]) -> Wrote {
    sqlx::query(
        "INSERT INTO links (studio, seq, command, digest, hash, at) SELECT $1, * \
         FROM unnest($2::int8[], $3::uuid[], $4::bytea[], $5::bytea[], $6::int8[])",
    )
    .bind(studio.raw())
    .bind(rows.iter().map(|l| row::int(l.seq)).collect::<Vec<_>>())
    .bind(rows.iter().map(|l| l.command.raw()).collect::<Vec<Id>>())
    .bind(rows.iter().map(|l| l.digest.0.as_bytes()).collect::<Vec<_>>())
    .bind(rows.iter().map(|l| l.hash.0.as_bytes()).collect::<Vec<_>>())
    .bind(rows.iter().map(|l| l.at.0).collect::<Vec<_>>())
    .execute(&mut *conn.0)
    .await?;
    Ok(())
}

async fn subjects(conn: &mut Conn, studio: StudioId, rows: &[(Id, CommandId)]) -> Wrote {
    sqlx::query(
        "INSERT INTO command_subjects (studio, subject, command) SELECT $1, * \
         FROM unnest($2::uuid[], $3::uuid[]) ON CONFLICT DO NOTHING",
    )
    .bind(studio.raw())
    .bind(rows.iter().map(|(subject, _)| *subject).collect::<Vec<Id>>())
    .bind(rows.iter().map(|(_, command)| command.raw()).collect::<Vec<Id>>())
    .execute(&mut *conn.0)
    .await?;
    Ok(())
}

/// Runs a statement over the names of these records.
async fn over(conn: &mut Conn, studio: StudioId, statement: &'static str, rows: &[&Written]) -> Wrote {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(statement)
        .bind(studio.raw())
        .bind(rows.iter().map(|w| w.kind.to_string()).collect::<Vec<_>>())
        .bind(rows.iter().map(|w| w.id).collect::<Vec<Id>>())
        .execute(&mut *conn.0)
        .await?;
    Ok(())
}

async fn records(conn: &mut Conn, studio: StudioId, rows: &[Written]) -> Wrote {
    let gone: Vec<&Written> = rows.iter().filter(|w| w.record.is_none()).collect();
    let forget = "DELETE FROM records t USING unnest($2::text[], $3::uuid[]) AS w (kind, id) \
         WHERE t.studio = $1 AND t.kind = w.kind AND t.id = w.id";
    over(conn, studio, forget, &gone).await?;
    let live: Vec<_> = rows.iter().filter_map(|w| w.record.as_ref().map(|r| (w, r))).collect();
    if live.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO records (studio, kind, id, kind_version, version, body) SELECT $1, * \
         FROM unnest($2::text[], $3::uuid[], $4::int8[], $5::int8[], $6::bytea[]) \
         ON CONFLICT (studio, kind, id) DO UPDATE SET kind_version = excluded.kind_version, \
         version = excluded.version, body = excluded.body",
    )
    .bind(studio.raw())
    .bind(live.iter().map(|(w, _)| w.kind.to_string()).collect::<Vec<_>>())
    .bind(live.iter().map(|(w, _)| w.id).collect::<Vec<Id>>())
    .bind(live.iter().map(|(_, r)| i64::from(r.kind_version)).collect::<Vec<_>>())
    .bind(live.iter().map(|(w, _)| row::int(w.version)).collect::<Vec<_>>())
    .bind(live.iter().map(|(_, r)| r.body.as_bytes()).collect::<Vec<_>>())
    .execute(&mut *conn.0)
    .await?;
    Ok(())
}

async fn lookups(conn: &mut Conn, studio: StudioId, rows: &[Written]) -> Wrote {
    let all: Vec<&Written> = rows.iter().collect();
    let forget = "WITH w AS (SELECT * FROM unnest($2::text[], $3::uuid[]) AS w (kind, id)), c AS ( \
             DELETE FROM record_claims t USING w WHERE t.studio = $1 AND t.kind = w.kind AND t.id = w.id) \
         DELETE FROM record_keys t USING w WHERE t.studio = $1 AND t.kind = w.kind AND t.id = w.id";
    over(conn, studio, forget, &all).await?;
    let live = rows.iter().filter(|w| w.record.is_some());
    let keys: Vec<_> = live.flat_map(|w| w.described.keys.0.iter().map(move |key| (w, key))).collect();
    let claims: Vec<_> = keys.iter().filter(|(_, key)| key.unique).copied().collect();
    let insert = "INSERT INTO record_keys (studio, kind, name, value, id) SELECT $1, * \
         FROM unnest($2::text[], $3::text[], $4::bytea[], $5::uuid[]) ON CONFLICT DO NOTHING";
    let claim = "INSERT INTO record_claims (studio, kind, name, value, id) SELECT $1, * \
         FROM unnest($2::text[], $3::text[], $4::bytea[], $5::uuid[])";
    for (statement, keys) in [(insert, keys), (claim, claims)] {
        if keys.is_empty() {
            continue;
        }
        sqlx::query(statement)
            .bind(studio.raw())
            .bind(keys.iter().map(|(w, _)| w.kind.to_string()).collect::<Vec<_>>())
            .bind(keys.iter().map(|(_, key)| key.name.clone()).collect::<Vec<_>>())
            .bind(keys.iter().map(|(_, key)| key.value.0.as_bytes()).collect::<Vec<_>>())
            .bind(keys.iter().map(|(w, _)| w.id).collect::<Vec<Id>>())
            .execute(&mut *conn.0)
            .await?;
    }
    Ok(())
}

async fn scopes(conn: &mut Conn, studio: StudioId, rows: &[Written]) -> Wrote {
    // First gone everywhere, then back where it belongs: what stays gone is what it left.
    sqlx::query(
        "UPDATE record_scopes s SET gone = true, seq = w.seq \
         FROM unnest($2::text[], $3::uuid[], $4::int8[]) AS w (kind, id, seq) \
         WHERE s.studio = $1 AND s.kind = w.kind AND s.id = w.id AND NOT s.gone",
    )
    .bind(studio.raw())
    .bind(rows.iter().map(|w| w.kind.to_string()).collect::<Vec<_>>())
    .bind(rows.iter().map(|w| w.id).collect::<Vec<Id>>())
    .bind(rows.iter().map(|w| row::int(w.version)).collect::<Vec<_>>())
    .execute(&mut *conn.0)
    .await?;
    let live = rows.iter().filter(|w| w.record.is_some());
    let mut live: Vec<_> =
        live.flat_map(|w| w.described.scopes.iter().map(move |scope| (w, scope))).collect();
    // A scope that a record names twice is one row.
    live.sort_by(|(a, x), (b, y)| (&a.kind, a.id, &x.0).cmp(&(&b.kind, b.id, &y.0)));
    live.dedup_by(|(a, x), (b, y)| a.kind == b.kind && a.id == b.id && x == y);
    if live.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO record_scopes (studio, scope, kind, id, seq, gone) SELECT $1, *, false \
         FROM unnest($2::text[], $3::text[], $4::uuid[], $5::int8[]) \
         ON CONFLICT (studio, kind, id, scope) DO UPDATE SET seq = excluded.seq, gone = false",
    )
    .bind(studio.raw())
    .bind(live.iter().map(|(_, scope)| scope.0.clone()).collect::<Vec<_>>())
    .bind(live.iter().map(|(w, _)| w.kind.to_string()).collect::<Vec<_>>())
    .bind(live.iter().map(|(w, _)| w.id).collect::<Vec<Id>>())
    .bind(live.iter().map(|(w, _)| row::int(w.version)).collect::<Vec<_>>())
    .execute(&mut *conn.0)
    .await?;
    Ok(())
}

/// What the clockwork must look at, and which blobs are named.
async fn rest(conn: &mut Conn, studio: StudioId, rows: &[Written]) -> Wrote {
    let all: Vec<&Written> = rows.iter().collect();
    let forget = "WITH w AS (SELECT * FROM unnest($2::text[], $3::uuid[]) AS w (kind, id)), d AS ( \
             DELETE FROM due t USING w WHERE t.studio = $1 AND t.kind = w.kind AND t.id = w.id) \
         DELETE FROM blob_refs t USING w WHERE t.studio = $1 AND t.kind = w.kind AND t.id = w.id";
    over(conn, studio, forget, &all).await?;
    let live = || rows.iter().filter(|w| w.record.is_some());
    let due: Vec<_> = live().filter_map(|w| w.described.due_at.map(|at| (w, at))).collect();
    if !due.is_empty() {
        sqlx::query(
            "INSERT INTO due (studio, kind, id, due_at, fired) SELECT $1, *, false \
             FROM unnest($2::text[], $3::uuid[], $4::int8[])",
        )
        .bind(studio.raw())
        .bind(due.iter().map(|(w, _)| w.kind.to_string()).collect::<Vec<_>>())
        .bind(due.iter().map(|(w, _)| w.id).collect::<Vec<Id>>())
        .bind(due.iter().map(|(_, at)| at.0).collect::<Vec<_>>())
        .execute(&mut *conn.0)
        .await?;
    }
    let blobs: Vec<_> = live().flat_map(|w| w.described.blobs.iter().map(move |blob| (w, blob))).collect();
    if !blobs.is_empty() {
        sqlx::query(
            "INSERT INTO blob_refs (studio, blob, kind, id) SELECT $1, * \
             FROM unnest($2::bytea[], $3::text[], $4::uuid[]) ON CONFLICT DO NOTHING",
        )
        .bind(studio.raw())
        .bind(blobs.iter().map(|(_, blob)| blob.0.as_bytes()).collect::<Vec<_>>())
        .bind(blobs.iter().map(|(w, _)| w.kind.to_string()).collect::<Vec<_>>())
        .bind(blobs.iter().map(|(w, _)| w.id).collect::<Vec<Id>>())
        .execute(&mut *conn.0)
        .await?;
    }
    Ok(())
}
