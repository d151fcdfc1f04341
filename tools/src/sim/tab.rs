//! A browser tab of a device: what it holds in memory over the disk, and how it meets the hub. It dies with a crash.
//!
//! A meeting stops before each of its steps until the world lets it go on, so that anything may happen in between.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use rollcall_domain::kernel::decide::{Authority, Outcome, Verdict};
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::kernel::{Erased, Input, Record, RecordBody, Role, Scope, Want};
use rollcall_domain::registry;
use rollcall_domain::sync::book::{Book, Confirmed as _, MemConfirmed, Pending};
use rollcall_domain::sync::deciding::decide_now;
use rollcall_domain::sync::meeting::{CallError, Reading, Resending, Sent, Side, Taken, Waits};
use rollcall_domain::sync::wire::{
    Answered, AskChallenge, Challenge, Fork, Problem, Prove, Pull, PullAnswer, Push, PushAnswer, Row,
};
use rollcall_domain::sync::{Case, Cursor, Entry, Envelope, erasing};
use rollcall_hub::outside::Outside as _;

use super::disk::{Disk, Head, Line, NotSaved, Standing, Store};
use super::house::Still;
use super::net::Net;

/// A device's key, as its number makes it.
pub(crate) fn key_of(number: u64) -> SigningKey {
    let mut scalar = [0x11; 32];
    scalar[24..].copy_from_slice(&number.to_be_bytes());
    // Far below the order of the curve, and not zero.
    SigningKey::from_bytes(&scalar.into()).unwrap_or_else(|_| unreachable!("a small number is a key"))
}

/// What a tab holds in memory.
struct Mem {
    book: Book<MemConfirmed>,
    /// The last line of the journal it has taken in.
    taken_at: u64,
    /// The store's stamp as it knows it.
    stamp: u64,
    cookie: Option<String>,
    heard: Option<Timestamp>,
}

/// A tab.
pub(crate) struct Tab {
    pub(crate) disk: Rc<RefCell<Disk>>,
    pub(crate) net: Rc<Net>,
    key: SigningKey,
    clock: Rc<Cell<i64>>,
    time: std::sync::Arc<Still>,
    mem: RefCell<Mem>,
    /// Rows of one pull at most; small, so that a pull is cut.
    pub(crate) pull_limit: Cell<u32>,
}

/// Waits once, until the world polls again.
struct Turn<'a>(&'a Cell<bool>, bool);

impl Future for Turn<'_> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.1, true) {
            return Poll::Ready(());
        }
        self.0.set(true);
        Poll::Pending
    }
}

/// Why a command was not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotGiven {
    /// The device itself says no.
    Refused,
    /// It could not be saved.
    NotSaved(NotSaved),
}

impl Tab {
    pub(crate) fn open(
        disk: Rc<RefCell<Disk>>,
        net: Rc<Net>,
        number: u64,
        clock: Rc<Cell<i64>>,
        time: std::sync::Arc<Still>,
    ) -> Self {
        let catalogue = registry::catalogue();
        let mem = Mem {
            book: Book::new(catalogue, MemConfirmed::new(catalogue)),
            taken_at: 0,
            stamp: 0,
            cookie: None,
            heard: None,
        };
        let tab = Self {
            disk,
            net,
            key: key_of(number),
            clock,
            time,
            mem: RefCell::new(mem),
            pull_limit: Cell::new(500),
        };
        tab.start_over();
        tab
    }

    /// Another tab over the same disk, opened just now; nothing when this one does not hold what is on the disk.
    pub(crate) fn beside(other: &Self) -> Option<Self> {
        let confirmed = {
            let (mem, disk) = (other.mem.borrow(), other.disk.borrow());
            let confirmed = mem.book.confirmed();
            let mut held = confirmed.all();
            // Rows on the disk are in the same order, and their bodies are the very same text.
            let same = disk.store.rows.values().all(|row| {
                held.next().is_some_and(|r| {
                    r.id == row.id && r.version == row.version && row.body.as_deref() == Some(&*r.body)
                })
            });
            (same && held.next().is_none()).then(|| confirmed.clone())?
        };
        let mem = Mem {
            book: Book::new(registry::catalogue(), confirmed),
            taken_at: 0,
            stamp: other.disk.borrow().store.stamp,
            cookie: None,
            heard: None,
        };
        let tab = Self {
            disk: other.disk.clone(),
            net: other.net.clone(),
            key: other.key.clone(),
            clock: other.clock.clone(),
            time: other.time.clone(),
            mem: RefCell::new(mem),
            pull_limit: Cell::new(500),
        };
        tab.catch_up();
        Some(tab)
    }

    /// Reads everything from the disk, as at a start.
    fn start_over(&self) {
        let catalogue = registry::catalogue();
        {
            let disk = self.disk.borrow();
            let mut confirmed = MemConfirmed::new(catalogue);
            let rows: Vec<Row> = disk.store.rows.values().cloned().collect();
            confirmed.apply(&rows);
            let mut mem = self.mem.borrow_mut();
            mem.book = Book::new(catalogue, confirmed);
            mem.stamp = disk.store.stamp;
            mem.taken_at = 0;
        }
        self.catch_up();
    }

    /// Takes in the lines it has not seen.
    fn catch_up(&self) {
        let disk = self.disk.borrow();
        let mut mem = self.mem.borrow_mut();
        let reading = &disk.store.reading;
        let lines: Vec<Line> = disk.after(mem.taken_at).cloned().collect();
        for line in lines {
            mem.taken_at = line.at;
            let hub_seq = match &line.standing {
                Standing::Aside => continue,
                Standing::Sent(answered) if reading.holds(answered) => {
                    continue;
                }
                Standing::Sent(answered) => Some(answered.receipt.hub_seq),
                Standing::Waiting | Standing::Held(_) => None,
            };
            let Some(cover) = line.entry.cover() else { continue };
            let case = Case {
                input: line.entry.input(&cover),
                command: cover.id,
                studio: disk.me.studio,
                device: disk.me.device,
                actor: cover.actor,
                role: disk.me.role,
                effective_at: cover.claimed_at,
                authority: Authority::Prediction,
            };
            let predicted = decide_now(registry::catalogue(), &case, |want| mem.book.answer(want));
            let changes = match &predicted {
                Verdict::Decided { changes, .. } => changes.clone(),
                Verdict::Held(_) => Vec::new(),
            };
            mem.book.add(Pending { case, changes, predicted, hub_seq, loaded: Vec::new() });
        }
    }

    /// Looks at what other tabs wrote: lines, rows, and answers to what this one still shows as waiting.
    pub(crate) fn look_again(&self) {
        if self.mem.borrow().stamp != self.disk.borrow().store.stamp {
            return self.start_over();
        }
        self.catch_up();
        let disk = self.disk.borrow();
        let mut mem = self.mem.borrow_mut();
        let open: Vec<CommandId> =
            mem.book.pending().iter().filter(|p| p.hub_seq.is_none()).map(|p| p.case.command).collect();
        let lines = disk.lines.iter().filter(|l| open.contains(&l.id));
        let told: Vec<_> = lines.filter_map(Line::answered).map(Answered::heard).collect();
        let covered = disk.store.reading.covered();
        mem.book.answered(&told, covered);
    }

    /// What whoever uses it is here, as the device believes.
    pub(crate) fn role(&self) -> Role {
        self.disk.borrow().me.role
    }

    /// Whose it is.
    pub(crate) fn me(&self) -> PersonId {
        self.disk.borrow().me.person
    }

    /// The device's own clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.time.now().plus_ms(self.clock.get())
    }

    /// A record as the screen would show it.
    pub(crate) fn find<T: RecordBody>(&self, id: impl Into<Id>) -> Option<T> {
        self.mem.borrow().book.get(T::KIND, id.into()).and_then(|seen| seen.record.read().ok())
    }

    /// Records under a key.
    pub(crate) fn all<T: RecordBody>(&self, want: &Want) -> Vec<T> {
        self.mem.borrow().book.answer(want).records.iter().filter_map(|r| r.read().ok()).collect()
    }

    /// All records of a kind, in the order of their ids.
    pub(crate) fn of_kind<T: RecordBody>(&self) -> Vec<T> {
        let mem = self.mem.borrow();
        let mut ids: Vec<Id> =
            mem.book.confirmed().all().filter(|r| r.kind == T::KIND).map(|r| r.id).collect();
        ids.extend(mem.book.overlaid(T::KIND).map(|(id, _)| id));
        ids.sort();
        ids.dedup();
        ids.into_iter().filter_map(|id| mem.book.get(T::KIND, id)?.record.read().ok()).collect()
    }

    /// Everything the screen could show: confirmed records under what is predicted.
    pub(crate) fn picture(&self) -> Vec<(String, Id, String)> {
        let mem = self.mem.borrow();
        let names: std::collections::BTreeSet<(String, Id)> =
            mem.book
                .confirmed()
                .all()
                .map(|r| (r.kind.to_string(), r.id))
                .chain(
                    mem.book.pending().iter().flat_map(|p| {
                        p.changes.iter().map(|c| (c.kind.to_string(), c.id)).collect::<Vec<_>>()
                    }),
                )
                .collect();
        names
            .into_iter()
            .filter_map(|(kind, id)| {
                let seen = mem.book.get(&kind, id)?;
                Some((kind, id, seen.record.body.to_string()))
            })
            .collect()
    }

    /// The rows it holds as confirmed.
    pub(crate) fn confirmed(&self) -> Vec<(String, Id, u64, String)> {
        let mem = self.mem.borrow();
        let row = |r: &std::sync::Arc<Record>| (r.kind.to_string(), r.id, r.version, r.body.to_string());
        mem.book.confirmed().all().map(row).collect()
    }

    /// Decides and saves a command; what the device itself refuses is not saved.
    pub(crate) fn give(
        &self,
        id: CommandId,
        make: impl Fn(&Self, &mut Head) -> Option<Input>,
    ) -> Result<Entry, NotGiven> {
        for _ in 0..3 {
            self.look_again();
            let before = self.disk.borrow().head.clone();
            let mut next = before.clone();
            let input = make(self, &mut next).ok_or(NotGiven::Refused)?;
            let input = self.forgetful(input, id);
            let case = self.case(id, input.clone());
            let predicted =
                decide_now(registry::catalogue(), &case, |want| self.mem.borrow().book.answer(want));
            let Verdict::Decided { outcome, changes } = &predicted else { return Err(NotGiven::Refused) };
            if matches!(outcome, Outcome::Refused { .. }) {
                return Err(NotGiven::Refused);
            }
            let changes = changes.clone();
            let entry = Entry::seal(self.envelope(id, &before), input).map_err(|_| NotGiven::Refused)?;
            next.seq = before.seq + 1;
            next.hash = entry.hash();
            let saved = self.disk.borrow_mut().append(&before, next, id, entry.clone());
            match saved {
                Ok(at) => {
                    let mut mem = self.mem.borrow_mut();
                    mem.taken_at = at;
                    mem.book.add(Pending { case, changes, predicted, hub_seq: None, loaded: Vec::new() });
                    return Ok(entry);
                }
                Err(NotSaved::HeadMoved) => {}
                Err(other) => return Err(NotGiven::NotSaved(other)),
            }
        }
        Err(NotGiven::NotSaved(NotSaved::HeadMoved))
    }

    /// What is saved of somebody who was erased tells nothing of them.
    fn forgetful(&self, input: Input, command: CommandId) -> Input {
        let mut gone = registry::catalogue().subjects(&input, command);
        gone.retain(|id| self.find::<Erased>(Erased::id_of(*id)).is_some());
        registry::catalogue().input_without(&input, command, &gone).unwrap_or(input)
    }

    fn case(&self, command: CommandId, input: Input) -> Case {
        let disk = self.disk.borrow();
        Case {
            input,
            command,
            studio: disk.me.studio,
            device: disk.me.device,
            actor: disk.me.person,
            role: disk.me.role,
            effective_at: self.now(),
            authority: Authority::Prediction,
        }
    }

    fn envelope(&self, id: CommandId, head: &Head) -> Envelope {
        let disk = self.disk.borrow();
        let reading = &disk.store.reading;
        Envelope {
            v: 1,
            id,
            studio: disk.me.studio,
            device: disk.me.device,
            epoch: head.epoch,
            seq: head.seq + 1,
            prev_hash: head.hash.clone(),
            actor: disk.me.person,
            session: Id::nil(),
            group: None,
            depends_on: Vec::new(),
            kind: String::new(),
            kind_version: 0,
            base_cursor: Cursor { hub_epoch: reading.hub_epoch, hub_seq: reading.covered() },
            seen: None,
            claimed_at: self.now(),
            mono_since_sync_ms: self.mem.borrow().heard.map(|at| self.time.now().0 - at.0),
            hub_time_at_sync: self.mem.borrow().heard,
            tz: "Asia/Shanghai".to_owned(),
            payload_hash: Hash::default(),
            personal_hash: None,
        }
    }

    /// What it lays over the confirmed records, with the hub's places.
    pub(crate) fn pending(&self) -> Vec<(CommandId, Option<u64>)> {
        self.mem.borrow().book.pending().iter().map(|p| (p.case.command, p.hub_seq)).collect()
    }

    /// What opens its session, while it has one.
    pub(crate) fn cookie(&self) -> Option<String> {
        self.mem.borrow().cookie.clone()
    }

    async fn turn(&self) {
        Turn(&self.net.parked, false).await;
    }
}

/// What may go wrong on the device in a meeting: nothing that the steps of the world do not do themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Never {}

impl Side for Tab {
    type Error = Never;

    fn who(&self) -> (StudioId, DeviceId) {
        let disk = self.disk.borrow();
        (disk.me.studio, disk.me.device)
    }

    async fn sign(&self, message: &[u8]) -> Result<String, Never> {
        let signature: Signature = self.key.sign(message);
        Ok(URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    fn hear(&self, hub_time: Timestamp) {
        self.mem.borrow_mut().heard = Some(hub_time);
    }

    fn progress(&self, _: u64, _: u64) {}

    async fn waiting(&self, limit: u32) -> Result<Vec<Waits>, Never> {
        let disk = self.disk.borrow();
        let waiting = disk.lines.iter().filter(|l| l.standing == Standing::Waiting);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(waiting.take(limit).map(|l| Waits { at: l.at, entry: l.entry.clone() }).collect())
    }

    async fn count_waiting(&self) -> Result<u64, Never> {
        let disk = self.disk.borrow();
        Ok(u64::try_from(disk.lines.iter().filter(|l| l.standing == Standing::Waiting).count()).unwrap_or(0))
    }

    async fn sent_after(&self, at: u64, limit: u32) -> Result<Vec<Sent>, Never> {
        let disk = self.disk.borrow();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(disk.after(at).filter_map(sent).take(limit).collect())
    }

    async fn last_sent(&self) -> Result<Option<Sent>, Never> {
        let disk = self.disk.borrow();
        Ok(disk.lines.iter().rev().find_map(sent))
    }

    async fn resending(&self) -> Result<Option<Resending>, Never> {
        Ok(self.disk.borrow().resending)
    }

    async fn note_resending(&self, resending: Option<Resending>) -> Result<(), Never> {
        self.turn().await;
        self.disk.borrow_mut().resending = resending;
        Ok(())
    }

    async fn answered(&self, answers: &[Answered]) -> Result<(), Never> {
        self.turn().await;
        self.disk.borrow_mut().answered(answers);
        let told: Vec<_> = answers.iter().map(Answered::heard).collect();
        let covered = self.disk.borrow().store.reading.covered();
        self.mem.borrow_mut().book.answered(&told, covered);
        Ok(())
    }

    async fn lay_aside(&self, at: u64, _: &Problem) -> Result<(), Never> {
        let mut disk = self.disk.borrow_mut();
        if let Some(line) = disk.lines.iter_mut().find(|l| l.at == at && l.standing == Standing::Waiting) {
            line.standing = Standing::Aside;
        }
        Ok(())
    }

    async fn begin_life(&self, fork: &Fork) -> Result<(), Never> {
        self.turn().await;
        let mut disk = self.disk.borrow_mut();
        if fork.epoch > disk.head.epoch {
            let counters = disk.head.counters.clone();
            disk.head = Head { epoch: fork.epoch, seq: 0, hash: Hash::default(), counters };
            disk.me.series.clone_from(&fork.series);
        }
        Ok(())
    }

    async fn reading(&self) -> Result<Reading, Never> {
        Ok(self.disk.borrow().store.reading.clone())
    }

    async fn take_pull(&self, answer: PullAnswer) -> Result<Taken, Never> {
        self.turn().await;
        if self.mem.borrow().stamp != self.disk.borrow().store.stamp {
            // Another tab has gone on.
            self.start_over();
            return Ok(Taken::AskAgain);
        }
        let known = self.disk.borrow().store.reading.clone();
        if !known.hub_epoch.is_nil() && known.hub_epoch != answer.hub_epoch {
            return Ok(Taken::AskAgain);
        }
        let reached = answer.covered();
        let mut rows = answer.rows.clone();
        {
            let mut disk = self.disk.borrow_mut();
            // Who was erased goes first, and from the journal before the store says that it was heard.
            let erased = erasing::erased_in(&answer.erased);
            disk.forget_people(&erased);
            disk.before_write();
            rows = erase(&mut disk.store, &answer.erased, &erased).into_iter().chain(rows).collect();
            if !answer.left.is_empty() {
                rows = left(&mut disk.store, &answer.left, &answer.cursors).into_iter().chain(rows).collect();
            }
            for row in &answer.rows {
                let name = (row.kind.clone(), row.id);
                if row.body.is_some() {
                    disk.store.rows.insert(name, row.clone());
                } else {
                    disk.store.rows.remove(&name);
                }
            }
            disk.store.reading = Reading {
                hub_epoch: answer.hub_epoch,
                cursors: answer.cursors,
                mark: answer.mark.or(known.mark),
                erased: answer.erased_to.max(known.erased),
            };
        }
        let mut mem = self.mem.borrow_mut();
        mem.stamp = self.disk.borrow().store.stamp;
        mem.book.absorb(&rows, reached);
        Ok(Taken::Whole)
    }

    async fn begin_history(&self, hub_epoch: Id) -> Result<(), Never> {
        self.turn().await;
        {
            let mut disk = self.disk.borrow_mut();
            disk.before_write();
            let stamp = disk.store.stamp;
            let reading = Reading { hub_epoch, ..Reading::default() };
            disk.store = Store { reading, stamp, ..Store::default() };
        }
        self.start_over();
        Ok(())
    }

    async fn blobs_waiting(&self) -> Result<Vec<Hash>, Never> {
        Ok(Vec::new())
    }

    async fn put_blob(&self, _: &Hash) -> Result<Result<(), CallError>, Never> {
        Ok(Ok(()))
    }

    async fn blob_sent(&self, _: &Hash) -> Result<(), Never> {
        Ok(())
    }

    async fn challenge(&self, ask: &AskChallenge) -> Result<Challenge, CallError> {
        self.turn().await;
        self.net.post("/api/v1/challenge", None, ask).await?.read()
    }

    async fn prove(&self, proof: &Prove) -> Result<(), CallError> {
        self.turn().await;
        let answer = self.net.post("/api/v1/session", None, proof).await?;
        self.mem.borrow_mut().cookie = answer.cookie;
        Ok(())
    }

    async fn push(&self, push: &Push) -> Result<PushAnswer, CallError> {
        self.turn().await;
        self.net.post("/api/v1/push", None, push).await?.read()
    }

    async fn pull(&self, pull: &Pull) -> Result<PullAnswer, CallError> {
        self.turn().await;
        let pull = Pull { limit: self.pull_limit.get(), ..pull.clone() };
        let cookie = self.mem.borrow().cookie.clone();
        let answer = self.net.post("/api/v1/pull", cookie.as_deref(), &pull).await?.read();
        let (_, device) = self.who();
        if answer.is_ok() && self.net.shut_out.borrow().contains(&device) {
            self.net.leaked.set(Some(device));
        }
        answer
    }
}

/// What the store holds without those who were erased, and that they were.
fn erase(store: &mut Store, told: &[Row], erased: &[Erased]) -> Vec<Row> {
    if erased.is_empty() {
        return Vec::new();
    }
    let left = store.rows.values().filter_map(|row| {
        let record = Record {
            kind: row.kind.clone(),
            kind_version: row.kind_version,
            id: row.id,
            version: row.version,
            body: row.body.clone()?,
        };
        erasing::row_without(registry::catalogue(), &record, erased)
    });
    let rows: Vec<Row> = told.iter().cloned().chain(left).collect();
    for row in &rows {
        let name = (row.kind.clone(), row.id);
        if row.body.is_some() {
            store.rows.insert(name, row.clone())
        } else {
            store.rows.remove(&name)
        };
    }
    rows
}

/// Everything of the scopes a device may not hold any more is dropped; what it may still read of it comes again.
fn left(store: &mut Store, scopes: &[Scope], kept: &BTreeMap<Scope, u64>) -> Vec<Row> {
    let catalogue = registry::catalogue();
    let goes = |row: &Row| {
        let Some(body) = row.body.clone() else { return true };
        let record = Record {
            kind: row.kind.clone(),
            kind_version: row.kind_version,
            id: row.id,
            version: row.version,
            body,
        };
        catalogue.describe(&record).is_ok_and(|d| {
            d.scopes.iter().any(|s| scopes.contains(s)) && !d.scopes.iter().any(|s| kept.contains_key(s))
        })
    };
    let gone: Vec<Row> =
        store.rows.values().filter(|row| goes(row)).map(|row| Row { body: None, ..row.clone() }).collect();
    for row in &gone {
        store.rows.remove(&(row.kind.clone(), row.id));
    }
    gone
}

fn sent(line: &Line) -> Option<Sent> {
    let answered = line.answered()?.clone();
    Some(Sent { at: line.at, entry: line.entry.clone(), answered })
}
