//! `POST /api/v1/pull`: what a device may read and has not read yet, scope by scope, oldest change first.

use std::collections::BTreeMap;

use rollcall_domain::kernel::access::Scope;
use rollcall_domain::kernel::erasure::Erased;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::record::{Record, RecordBody as _};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::kernel::{Planted, planted};
use rollcall_domain::sync::wire::{ERASED_COUNT_MAX, Known, Mark, PULL_COUNT_MAX, Pull, Row};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::accept;
use crate::auth::devices;
use crate::http::fault::Fault;
use crate::http::{Answer, Call, Session, json};
use crate::hub::Counters;
use crate::storage::{Look, Name, ScopeRow, Studio};
use crate::sync::history::{self, Came, Stands};
use crate::sync::push;

/// Bytes of bodies in one answer, before compression; a single change may be larger.
const BYTES_MAX: usize = 2 * 1024 * 1024;

/// A `PullAnswer` whose late answers are the stored texts.
#[derive(Serialize)]
struct Pulled {
    hub_epoch: Id,
    hub_time: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    erased: Vec<Row>,
    erased_to: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left: Vec<Scope>,
    rows: Vec<Row>,
    cursors: BTreeMap<Scope, u64>,
    more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<Mark>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Box<RawValue>>,
}

/// What a page holds.
#[derive(Debug, Default)]
struct Page {
    rows: Vec<Row>,
    /// Up to which change it is whole.
    up_to: u64,
    more: bool,
}

/// Answers a pull.
pub(crate) async fn call(mut call: Call) -> Answer {
    let pull: Pull = call.json().await?;
    let session = call.session()?.clone();
    let hub = call.hub.clone();
    devices::heard(&hub, &session, pull.waiting).await?;
    let mut look = hub.storage.read().await?;
    let mut studio = look.studio(session.studio).await?.ok_or_else(Fault::not_claimed)?;
    let known = Known { hub_epoch: pull.hub_epoch, read: pull.read.clone(), told: pull.told.clone() };
    // A device that stands apart is answered from the beginning, and sees by the epoch what happened.
    if history::compare(&mut *look, &hub.secret, &studio, &known).await? == Stands::TurnedBack {
        drop(look);
        studio = history::turn_back(&hub, &studio).await?;
        look = hub.storage.read().await?;
    }
    let came = session.principal.device;
    if pull.hub_epoch == studio.hub_epoch
        && history::recovering(&mut *look, &studio).await?.is_some_and(|r| r.missing.contains(&came))
    {
        drop(look);
        accept::recover(&hub, session.studio, Came::Device(came)).await.map_err(push::refused)?;
        look = hub.storage.read().await?;
        studio = look.studio(session.studio).await?.ok_or_else(Fault::not_claimed)?;
    }
    let cursors = starting(&pull, &studio, &session);
    let left = pull.cursors.keys().filter(|scope| !session.scopes.contains(scope)).cloned().collect();
    let erased = erased(&mut *look, &studio, &pull).await?;
    let limit = pull.limit.clamp(1, PULL_COUNT_MAX);
    let page = match erased.more {
        // First of all who is to be forgotten; whatever else there is comes after.
        true => Page { rows: Vec::new(), up_to: 0, more: true },
        false => page(&mut *look, &studio, &session, &cursors, limit).await?,
    };
    let after = cursors.values().copied().min().unwrap_or(0);
    let answers = look.late_answers(session.principal.device, after, page.up_to).await?;
    let reached = if planted(Planted::CursorBySequence) { studio.head } else { page.up_to };
    let mark = look.last_link(studio.studio, page.up_to).await?;
    let raw: Result<Vec<_>, _> = answers.into_iter().map(RawValue::from_string).collect();
    Counters::add(&hub.counters.pulled_rows, page.rows.len());
    json(&Pulled {
        hub_epoch: studio.hub_epoch,
        hub_time: hub.now(),
        erased: erased.rows,
        erased_to: erased.up_to,
        left,
        rows: page.rows,
        cursors: cursors.into_iter().map(|(scope, at)| (scope, at.max(reached))).collect(),
        more: page.more,
        mark: mark.map(|link| history::mark(&hub.secret, &studio, link)),
        answers: raw.map_err(|_| Fault::failed())?,
    })
}

/// Who was erased since the device last heard of it.
async fn erased(look: &mut dyn Look, studio: &Studio, pull: &Pull) -> Result<Page, Fault> {
    // What a device heard in another life of the history says nothing about this one.
    let after = if pull.hub_epoch == studio.hub_epoch { pull.erased } else { 0 };
    let found = look.records_of(studio.studio, Erased::KIND, after, ERASED_COUNT_MAX).await?;
    let more = found.len() >= usize::try_from(ERASED_COUNT_MAX).unwrap_or(usize::MAX);
    // The last change may be cut: it is told once more, as a whole.
    let last = found.last().map_or(0, |record| record.version);
    let up_to = if more { last.saturating_sub(1).max(after) } else { studio.head };
    let row = |r: Record| Row {
        kind: r.kind,
        kind_version: r.kind_version,
        id: r.id,
        version: r.version,
        body: Some(r.body),
    };
    Ok(Page { rows: found.into_iter().map(row).collect(), up_to, more })
}

/// The cursors of the scopes the device may read: its own where they belong to this history, else from nothing.
fn starting(pull: &Pull, studio: &Studio, session: &Session) -> BTreeMap<Scope, u64> {
    let known = pull.hub_epoch == studio.hub_epoch;
    let at = |scope: &Scope| if known { pull.cursors.get(scope).copied().unwrap_or(0) } else { 0 };
    session.scopes.iter().map(|scope| (scope.clone(), at(scope))).collect()
}

/// The next changes, whole ones only, about `limit` records.
async fn page(
    look: &mut dyn Look,
    studio: &Studio,
    session: &Session,
    cursors: &BTreeMap<Scope, u64>,
    limit: u32,
) -> Result<Page, Fault> {
    // The newest change of each record, and how far every scope was read.
    let mut newest: BTreeMap<Name, (u64, bool)> = BTreeMap::new();
    let mut horizon = studio.head;
    for (scope, after) in cursors {
        let rows = look.scope_rows(studio.studio, scope, *after, limit).await?;
        if rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            horizon = horizon.min(rows.last().map_or(horizon, |row| row.seq));
        }
        for ScopeRow { kind, id, seq, gone } in rows {
            // A scope read from nothing has nothing to forget.
            if gone && *after == 0 {
                continue;
            }
            let entry = newest.entry((kind, id)).or_insert((seq, gone));
            *entry = (entry.0.max(seq), entry.1 && gone);
        }
    }
    let mut changes: Vec<(u64, Name)> = newest
        .into_iter()
        .filter(|(_, (seq, _))| *seq <= horizon)
        .map(|(name, (seq, _))| (seq, name))
        .collect();
    changes.sort();
    cut(&mut changes, usize::try_from(limit).unwrap_or(usize::MAX), &mut horizon);
    let rows = fill(look, studio, session, changes, &mut horizon).await?;
    Ok(Page { rows, up_to: horizon, more: horizon < studio.head })
}

/// Ends the page after the change in which the limit falls.
fn cut(changes: &mut Vec<(u64, Name)>, limit: usize, horizon: &mut u64) {
    let Some((last, _)) = changes.get(limit.saturating_sub(1)) else { return };
    let last = *last;
    if changes.last().is_some_and(|(seq, _)| *seq > last) {
        *horizon = last;
        changes.retain(|(seq, _)| *seq <= last);
    }
}

/// Adds the bodies, and ends the page early when they grow too large.
async fn fill(
    look: &mut dyn Look,
    studio: &Studio,
    session: &Session,
    changes: Vec<(u64, Name)>,
    horizon: &mut u64,
) -> Result<Vec<Row>, Fault> {
    let names: Vec<Name> = changes.iter().map(|(_, name)| name.clone()).collect();
    let found = look.visible(studio.studio, &session.scopes, &names).await?;
    let mut bodies: BTreeMap<Name, Record> = found.into_iter().map(|r| ((r.kind.clone(), r.id), r)).collect();
    let mut rows: Vec<Row> = Vec::with_capacity(changes.len());
    let mut bytes = 0;
    for (seq, name) in changes {
        let whole = rows.last().is_some_and(|row| row.version < seq);
        if whole && bytes > BYTES_MAX {
            *horizon = rows.last().map_or(*horizon, |row| row.version);
            break;
        }
        let record = bodies.remove(&name);
        bytes += record.as_ref().map_or(0, |r| r.body.len());
        rows.push(Row {
            kind: name.0,
            kind_version: record.as_ref().map_or(0, |r| r.kind_version),
            id: name.1,
            version: seq,
            body: record.map(|r| r.body),
        });
    }
    Ok(rows)
}
