//! A desk that does what the app does for a change, without its rules: the journal first, then memory, then the store.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use futures_util::lock::Mutex;
use gloo_timers::future::TimeoutFuture;
use rollcall::journal::{Draft, Head, Journal};
use rollcall::store::{Marks, Shelf, Store};
use rollcall::vault::{self, Vault};
use rollcall_domain::kernel::command::Input;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, PersonId, StudioId, Uuid, minted};
use rollcall_domain::kernel::{Id, KindName, RecordBody as _, Timestamp};
use rollcall_domain::sync::book::Confirmed as _;
use rollcall_domain::sync::envelope::{Cursor, Entry, Envelope};
use rollcall_domain::sync::wire::Row;
use serde_json::Value;
use serde_json::value::RawValue;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::js::Fault;
use super::kinds::{BENCH, BenchLine, BenchMember, id_of, line_id, phrase};

pub(super) const JOURNAL: &str = "bench-journal";
pub(super) const STORE: &str = "bench-store";
/// Hits of a search.
pub(super) const HITS: usize = 50;
/// Changes go from memory to the store after this quiet time, or when there are many.
const QUIET_MS: u32 = 120;
const MANY: usize = 256;
const LINES: u32 = 1_000;

/// One business write of the harness.
#[derive(serde::Deserialize)]
struct Checkin<'a> {
    member_id: String,
    at: Value,
    #[serde(borrow)]
    checkin: &'a RawValue,
    #[serde(borrow)]
    points: &'a RawValue,
}

/// What is open.
pub(super) struct Opened {
    pub(super) journal: Journal,
    pub(super) store: Store,
    pub(super) shelf: RefCell<Shelf>,
    /// Rows the journal has and the store not yet, with the last line they come from.
    unwritten: RefCell<(Vec<Row>, u64)>,
    writing: Cell<bool>,
    /// Members as the harness's objects, made when first found.
    seen: RefCell<HashMap<Id, JsValue>>,
    /// One command after the other: each continues the chain of the one before.
    turn: Mutex<()>,
    adding: Cell<u32>,
}

/// The desk; clones are one.
#[derive(Clone, Default)]
pub(super) struct Desk(Rc<RefCell<Option<Rc<Opened>>>>, Rc<Mutex<()>>);

impl Desk {
    /// Opens journal and store; takes in what the store has not seen.
    pub(super) async fn open(&self) -> Result<Rc<Opened>, Fault> {
        let _turn = self.1.lock().await;
        if let Some(opened) = self.0.borrow().clone() {
            return Ok(opened);
        }
        let vault = Vault::open(vault::DATABASE).await?;
        let (journal, store) = futures_util::future::join(
            Journal::open(JOURNAL, vault.journal()),
            Store::open(STORE, &BENCH, vault.records()),
        )
        .await;
        let (journal, (store, shelf, marks)) = (journal?, store?);
        let opened = Rc::new(Opened {
            journal,
            store,
            shelf: RefCell::new(shelf),
            unwritten: RefCell::default(),
            writing: Cell::new(false),
            seen: RefCell::default(),
            turn: Mutex::new(()),
            adding: Cell::new(0),
        });
        opened.catch_up(marks.folded_at).await?;
        self.0.replace(Some(opened.clone()));
        Ok(opened)
    }

    pub(super) async fn destroy(&self) -> Result<(), Fault> {
        let opened = self.0.take();
        if let Some(opened) = opened {
            opened.journal.close();
            opened.store.close();
        }
        Journal::destroy(JOURNAL).await?;
        Ok(Store::destroy(STORE).await?)
    }

    pub(super) async fn import_members(&self, lines: &str) -> Result<u32, Fault> {
        self.open()
            .await?
            .import(lines, |body| Ok(serde_json::from_str::<BenchMember>(body)?.id()), BenchMember::KIND)
            .await
    }

    pub(super) async fn import_checkins(&self, lines: &str) -> Result<u32, Fault> {
        let opened = self.open().await?;
        let count = opened
            .import(lines, |body| Ok(serde_json::from_str::<BenchLine>(body)?.id()), BenchLine::KIND)
            .await?;
        opened.store.fold_all().await?;
        Ok(count)
    }

    pub(super) async fn checkin(&self, op: &str) -> Result<f64, Fault> {
        let opened = self.open().await?;
        let at = opened.append(op).await?;
        opened.take(op, at)?;
        opened.write_soon();
        Ok(place(at))
    }

    pub(super) async fn prepare_search(&self) -> Result<(), Fault> {
        let opened = self.open().await?;
        opened.shelf.borrow().prepare_search();
        Ok(())
    }

    /// The first members in name order that hold the query.
    pub(super) fn search(&self, query: &str) -> js_sys::Array {
        let Some(opened) = self.0.borrow().clone() else { return js_sys::Array::new() };
        let hits = opened.shelf.borrow().search(&phrase(query), HITS);
        hits.iter().map(|hit| opened.member(hit.subject)).collect()
    }

    pub(super) async fn outbox_add(&self, op: &str) -> Result<f64, Fault> {
        let opened = self.open().await?;
        opened.adding.set(opened.adding.get() + 1);
        let added = opened.append(op).await;
        opened.adding.set(opened.adding.get() - 1);
        Ok(place(added?))
    }

    /// Waits until everything that was given is durable.
    pub(super) async fn outbox_settle(&self) -> Result<(), Fault> {
        let opened = self.open().await?;
        while opened.adding.get() > 0 {
            let _turn = opened.turn.lock().await;
        }
        Ok(())
    }
}

impl Opened {
    /// A member as the harness gave it.
    pub(super) fn member(&self, id: Id) -> JsValue {
        if let Some(found) = self.seen.borrow().get(&id) {
            return found.clone();
        }
        let body = self.shelf.borrow().get(BenchMember::KIND, id).map(|r| r.body.clone());
        let value = body.and_then(|b| js_sys::JSON::parse(&b).ok()).unwrap_or(JsValue::NULL);
        self.seen.borrow_mut().insert(id, value.clone());
        value
    }

    async fn import(
        &self,
        lines: &str,
        id: fn(&str) -> Result<Id, Fault>,
        kind: &'static str,
    ) -> Result<u32, Fault> {
        let row = |body: &str| {
            let id = id(body)?;
            Ok::<_, Fault>(Row {
                kind: KindName::Borrowed(kind),
                kind_version: 1,
                id,
                version: 0,
                body: Some(body.into()),
            })
        };
        let rows = lines.lines().map(row).collect::<Result<Vec<_>, _>>()?;
        let marks = self.store.marks();
        self.store.absorb(&rows, &marks, &[], &[]).await?;
        let shelf = self.store.reload().await?;
        self.shelf.replace(shelf);
        // A strict write after relaxed ones: what was imported has reached the disk when this one has.
        self.journal.set_meta("imported", &rows.len().to_string()).await?;
        Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
    }

    /// Makes a command durable.
    async fn append(&self, op: &str) -> Result<u64, Fault> {
        let _turn = self.turn.lock().await;
        let head = self.journal.head();
        let draft = draft(&head, op)?;
        Ok(self.journal.append(&head, &draft).await?)
    }

    /// Takes a command's effect into memory: the same rows whenever it is computed.
    fn take(&self, op: &str, at: u64) -> Result<(), Fault> {
        let op: Checkin<'_> = match serde_json::from_str(op) {
            Ok(op) => op,
            // A bare command for the queue changes no record.
            Err(_) => return Ok(()),
        };
        let mut rows = vec![line(op.checkin.get(), at)?, line(op.points.get(), at)?];
        let id = id_of(&op.member_id);
        let member = self.shelf.borrow().get(BenchMember::KIND, id);
        if let Some(member) = member {
            let mut body: Value = serde_json::from_str(&member.body)?;
            if let Some(fields) = body.as_object_mut() {
                let visits = fields.get("visits").and_then(Value::as_i64).unwrap_or(0);
                fields.insert("visits".to_owned(), (visits + 1).into());
                fields.insert("updated_at".to_owned(), op.at);
            }
            rows.push(Row {
                kind: member.kind.clone(),
                kind_version: 1,
                id,
                version: at,
                body: Some(body.to_string().into()),
            });
        }
        self.shelf.borrow_mut().apply(&rows);
        self.seen.borrow_mut().remove(&id);
        let mut unwritten = self.unwritten.borrow_mut();
        unwritten.0.extend(rows);
        unwritten.1 = at;
        Ok(())
    }

    /// What the journal has goes into the store when nobody is waiting, many changes in one row.
    fn write_soon(self: &Rc<Self>) {
        if self.writing.replace(true) {
            return;
        }
        let desk = self.clone();
        spawn_local(async move {
            loop {
                let before = desk.unwritten.borrow().0.len();
                TimeoutFuture::new(QUIET_MS).await;
                let now = desk.unwritten.borrow().0.len();
                if now == before || now >= MANY {
                    break;
                }
            }
            desk.writing.set(false);
            if let Err(fault) = desk.write().await {
                web_sys::console::warn_1(&fault.into());
            }
        });
    }

    async fn write(&self) -> Result<(), Fault> {
        let (rows, at) = std::mem::take(&mut *self.unwritten.borrow_mut());
        if rows.is_empty() {
            return Ok(());
        }
        self.store.absorb(&rows, &Marks { folded_at: at, ..self.store.marks() }, &[], &[]).await?;
        while self.unwritten.borrow().0.is_empty() && self.store.fold_step().await? {}
        Ok(())
    }

    async fn catch_up(&self, folded_at: u64) -> Result<(), Fault> {
        let mut after = folded_at;
        loop {
            let lines = self.journal.lines_after(after, LINES).await?;
            let Some(last) = lines.last().map(|l| l.at) else { return Ok(()) };
            for line in &lines {
                self.take(&line.entry.payload, line.at)?;
            }
            after = last;
        }
    }
}

/// A line of history out of a command.
fn line(body: &str, at: u64) -> Result<Row, Fault> {
    let value: Value = serde_json::from_str(body)?;
    let id = value.get("id").map_or_else(|| Uuid::from_u128(u128::from(at)), line_id);
    Ok(Row {
        kind: KindName::Borrowed(BenchLine::KIND),
        kind_version: 1,
        id,
        version: at,
        body: Some(body.into()),
    })
}

/// A command as the app would seal it.
fn draft(head: &Head, op: &str) -> Result<Draft, Fault> {
    let now = js_sys::Date::now();
    let mut random = [0u8; 10];
    for byte in &mut random {
        *byte = random_byte();
    }
    let id = CommandId(minted(whole(now), &random));
    let envelope = Envelope {
        v: 1,
        id,
        studio: StudioId(Uuid::from_u128(1)),
        device: DeviceId(Uuid::from_u128(2)),
        epoch: head.epoch,
        seq: head.seq + 1,
        prev_hash: head.hash.clone(),
        actor: PersonId(Uuid::from_u128(3)),
        session: Uuid::from_u128(4),
        group: None,
        depends_on: Vec::new(),
        kind: String::new(),
        kind_version: 0,
        base_cursor: Cursor::default(),
        seen: None,
        claimed_at: Timestamp(whole(now)),
        mono_since_sync_ms: None,
        hub_time_at_sync: None,
        tz: "Asia/Shanghai".to_owned(),
        payload_hash: Hash::default(),
        personal_hash: None,
    };
    let input =
        Input { kind: "bench.op".to_owned(), kind_version: 1, payload: op.to_owned(), personal: None };
    let entry = Entry::seal(envelope, input)?;
    let next = Head { seq: head.seq + 1, hash: entry.hash(), ..head.clone() };
    Ok(Draft { id, entry, next, decision: None, outcome: None, blobs: Vec::new() })
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 in a double")]
fn whole(ms: f64) -> i64 {
    ms as i64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number below 256")]
fn random_byte() -> u8 {
    (js_sys::Math::random() * 256.0) as u8
}

#[expect(clippy::cast_precision_loss, reason = "places stay far below 2^53")]
fn place(at: u64) -> f64 {
    at as f64
}
