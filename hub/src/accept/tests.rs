//! The writer over a catalogue made for breaking: rules that panic, claims that collide, kinds that fall due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::catalogue::Telling;
use rollcall_domain::kernel::command::{Command, CommandDef, Fact, Input, Request as Asked};
use rollcall_domain::kernel::decide::{Ctx, Decision, Hold, Outcome, Parked};
use rollcall_domain::kernel::facts::{Facts, Want};
use rollcall_domain::kernel::ids::{Hash, PersonId, StudioId, Uuid};
use rollcall_domain::kernel::keys::{KeyValue, Keys};
use rollcall_domain::kernel::record::{KindDef, RecordBody};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::kernel::{Catalogue, Slice};
use rollcall_domain::registry;
use rollcall_domain::sync::Cursor;
use rollcall_domain::sync::wire::OutcomeOrHold;
use serde::{Deserialize, Serialize};

use super::*;
use crate::outside::{NoRandomness, Outside};
use crate::storage::memory::{Memory, Point, Trouble};
use crate::storage::{Device, Lane, Look, Sqlite, Storage, Studio};

/// Set while rules break down; only the test that sets it uses such a rule.
static BROKEN: AtomicBool = AtomicBool::new(false);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Mug {
    id: Id,
    label: String,
    #[serde(default)]
    washed: u32,
    #[serde(default)]
    due_at: Option<Timestamp>,
}

impl RecordBody for Mug {
    const KIND: &'static str = "mug";
    fn id(&self) -> Id {
        self.id
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![if self.label.starts_with("secret") { Scope::managers() } else { Scope::desk() }]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.unique("mug.label", KeyValue::of(self.label.as_str()));
        keys.shared("mug.washed", KeyValue::of(i64::from(self.washed)));
    }
    fn due_at(&self) -> Option<Timestamp> {
        self.due_at
    }
    fn when_due(&self) -> Option<Input> {
        Input::encode(&Wash { mug_id: self.id }, &()).ok()
    }
}

/// Puts a mug on the shelf without looking whether its label is taken; some labels break the rule.
#[derive(Debug, Serialize, Deserialize)]
struct Put {
    mug_id: Id,
    label: String,
    due_at: Option<Timestamp>,
}

impl Command for Put {
    const KIND: &'static str = "mugs.put";
    const ROLES: &'static [Role] = &[Role::Owner];
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Mug>(self.mug_id)]
    }
}

impl Fact for Put {
    fn decide(&self, (): &(), _: &Facts, _: &Ctx) -> Decision {
        assert!(self.label != "broken" || !BROKEN.load(Ordering::SeqCst), "a rule breaks down");
        let mut decision = Decision::nothing();
        decision.put(&Mug { id: self.mug_id, label: self.label.clone(), washed: 0, due_at: self.due_at });
        decision
    }
}

/// Washes every mug that was washed less than three times, and says how many there were.
#[derive(Debug, Serialize, Deserialize)]
struct Wash {
    mug_id: Id,
}

impl Command for Wash {
    const KIND: &'static str = "mugs.wash";
    const ROLES: &'static [Role] = &[Role::Owner, Role::System];
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Mug>(self.mug_id), dirty()]
    }
}

fn dirty() -> Want {
    Want::range::<Mug>("mug.washed", KeyValue::of(0), KeyValue::of(2), 2)
}

impl Asked for Wash {
    type Refusal = String;
    const SLICE: &'static str = "mugs";
    fn decide(&self, (): &(), facts: &Facts, _: &Ctx) -> Result<Decision, String> {
        let mut mug = facts.get::<Mug>(self.mug_id).ok_or("no mug")?;
        assert!(mug.label != "brittle", "a rule breaks down");
        let seen = facts.all::<Mug>(&dirty()).len();
        mug.washed += 1;
        mug.due_at = None;
        mug.label = format!("{} {seen}", mug.label);
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Mug>(self.mug_id), &mug);
        Ok(decision)
    }
}

static KERNEL: [KindDef; 1] = [KindDef::of::<rollcall_domain::kernel::Exception>()];
static SLICES: [Slice; 2] = [
    Slice {
        name: "kernel",
        kinds: &KERNEL,
        commands: &[],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "mugs",
        kinds: &[KindDef::of::<Mug>()],
        commands: &[CommandDef::fact::<Put>(), CommandDef::request::<Wash>()],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    },
];

fn catalogue(slices: &'static [Slice]) -> &'static Catalogue {
    Box::leak(Box::new(Catalogue { slices, ..*registry::catalogue() }))
}

struct Clock(AtomicI64);

impl Outside for Clock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.fill(7);
        Ok(())
    }
}

const STUDIO: StudioId = StudioId(Uuid::from_u128(1));
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(2));
const PERSON: PersonId = PersonId(Uuid::from_u128(3));

/// A hub with one owner's device, without sockets.
struct Room {
    hub: Hub,
    storage: Arc<dyn Storage>,
    clock: Arc<Clock>,
    dir: tempfile::TempDir,
    seq: u64,
    hash: Hash,
}

impl Room {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let storage = Arc::new(Sqlite::open(&dir.path().join("hub.db")).await.unwrap());
        Self::over(storage, dir).await
    }

    async fn over(storage: Arc<dyn Storage>, dir: tempfile::TempDir) -> Self {
        let clock = Arc::new(Clock(AtomicI64::new(1_795_309_200_000)));
        let now = clock.now();
        let mut work = storage.write(STUDIO).await.unwrap();
        let studio = Studio {
            studio: STUDIO,
            hub_epoch: Uuid::from_u128(9),
            head: 0,
            hash: Hash::default(),
            genesis: Hash::default(),
            series_next: 1,
            claimed_at: now,
        };
        let device = Device {
            device: DEVICE,
            studio: STUDIO,
            name: "Desk".to_owned(),
            public_key: String::new(),
            person: PERSON,
            role: Role::Owner,
            epoch: 1,
            series: "B".to_owned(),
            revoked: false,
            joined_at: now,
            seen_at: now,
            skew_ms: None,
            retired: false,
            waiting: None,
        };
        let lane = Lane {
            device: DEVICE,
            epoch: 1,
            series: "B".to_owned(),
            last_seq: 0,
            last_hash: Hash::default(),
        };
        work.put_studio(&studio).await.unwrap();
        work.put_device(&device).await.unwrap();
        work.put_lane(&lane).await.unwrap();
        work.commit().await.unwrap();
        let hub = Hub::start(storage.clone(), clock.clone(), catalogue(&SLICES), false).await.unwrap();
        Self { hub, storage, clock, dir, seq: 0, hash: Hash::default() }
    }

    /// The same files under another build's catalogue.
    async fn under(self, slices: &'static [Slice]) -> Self {
        let hub =
            Hub::start(self.storage.clone(), self.clock.clone(), catalogue(slices), false).await.unwrap();
        Self { hub, ..self }
    }

    fn command<C: Command<Personal = ()>>(&mut self, command: &C) -> Incoming {
        self.seq += 1;
        let envelope = Envelope {
            v: 1,
            id: CommandId(Uuid::from_u128(0x100 + u128::from(self.seq))),
            studio: STUDIO,
            device: DEVICE,
            epoch: 1,
            seq: self.seq,
            prev_hash: self.hash.clone(),
            actor: PERSON,
            session: Id::nil(),
            group: None,
            depends_on: Vec::new(),
            kind: String::new(),
            kind_version: 0,
            base_cursor: Cursor::default(),
            seen: None,
            claimed_at: self.clock.now(),
            mono_since_sync_ms: None,
            hub_time_at_sync: None,
            tz: "Asia/Shanghai".to_owned(),
            payload_hash: Hash::default(),
            personal_hash: None,
        };
        let entry = Entry::seal(envelope, Input::encode(command, &()).unwrap()).unwrap();
        self.hash = entry.hash();
        let envelope = entry.open().unwrap();
        Incoming { entry, envelope, whole: true, promised: None }
    }

    fn put(&mut self, number: u128, label: &str) -> Incoming {
        let command = Put { mug_id: Uuid::from_u128(number), label: label.to_owned(), due_at: None };
        self.command(&command)
    }

    async fn push(&self, incoming: Vec<Incoming>) -> Vec<OutcomeOrHold> {
        let request = Request { studio: STUDIO, device: DEVICE, incoming, fired: Vec::new() };
        let reply = self.hub.door.accept(&self.hub, request).await.unwrap();
        let read = |text: &String| serde_json::from_str::<Answered>(text).unwrap().answer;
        reply.answers.iter().map(read).collect()
    }

    async fn look(&self) -> Box<dyn Look> {
        self.storage.read().await.unwrap()
    }

    async fn mugs(&self) -> Vec<Mug> {
        let records = self.look().await.records_after(STUDIO, None, 100).await.unwrap();
        records.iter().filter(|r| r.kind == "mug").map(|r| r.read().unwrap()).collect()
    }
}

fn recorded(answer: &OutcomeOrHold) -> bool {
    matches!(answer, OutcomeOrHold::Outcome(Outcome::Recorded { .. }))
}

const PARKED: OutcomeOrHold = OutcomeOrHold::Hold(Hold::Parked { why: Parked::InternalError });

#[tokio::test]
async fn a_rule_that_breaks_down_is_parked_alone_and_decided_by_a_better_build() {
    let mut room = Room::new().await;
    BROKEN.store(true, Ordering::SeqCst);
    let batch = vec![room.put(1, "red"), room.put(2, "broken"), room.put(3, "blue")];
    let answers = room.push(batch.clone()).await;
    assert!(recorded(&answers[0]) && recorded(&answers[2]));
    assert_eq!(answers[1], PARKED);
    assert_eq!(room.mugs().await.len(), 2);
    // Sent again it is answered as before, without asking the rule.
    assert_eq!(room.push(batch).await[1], PARKED);
    BROKEN.store(false, Ordering::SeqCst);
    let room = room.under(&SLICES).await;
    assert_eq!(room.mugs().await.len(), 3);
    let late = room.look().await.late_answers(DEVICE, 0, 100).await.unwrap();
    assert_eq!(late.len(), 1);
}

#[tokio::test]
async fn two_records_that_claim_the_same_leave_only_the_first() {
    let mut room = Room::new().await;
    let answers = {
        let batch = vec![room.put(1, "red"), room.put(2, "red"), room.put(3, "blue")];
        room.push(batch).await
    };
    assert!(recorded(&answers[0]) && recorded(&answers[2]));
    assert_eq!(answers[1], PARKED);
    let labels: Vec<_> = room.mugs().await.into_iter().map(|m| m.label).collect();
    assert_eq!(labels, ["red", "blue"]);
    // A label that its mug gave up can be taken in the very same batch.
    let swap = vec![room.put(1, "green"), room.put(4, "red")];
    assert!(room.push(swap).await.iter().all(recorded));
}

#[tokio::test]
async fn a_batch_sees_what_came_before_it_in_the_same_batch() {
    let mut room = Room::new().await;
    let mut batch: Vec<_> = (1..=3).map(|n| room.put(n, &format!("mug {n}"))).collect();
    for _ in 0..3 {
        batch.push(room.command(&Wash { mug_id: Uuid::from_u128(1) }));
    }
    batch.push(room.command(&Wash { mug_id: Uuid::from_u128(2) }));
    batch.push(room.command(&Wash { mug_id: Uuid::from_u128(7) }));
    let answers = room.push(batch).await;
    assert!(matches!(&answers[7], OutcomeOrHold::Outcome(Outcome::Refused { .. })));
    let labels: Vec<_> = room.mugs().await.into_iter().map(|m| (m.label, m.washed)).collect();
    // A limit of two holds over base and batch alike; the fully washed mug has left the range.
    assert_eq!(labels[0], ("mug 1 2 2 2".to_owned(), 3));
    assert_eq!(labels[1], ("mug 2 2".to_owned(), 1));
    let record = room.look().await.answers(STUDIO, &[dirty()]).await.unwrap();
    assert_eq!(record[0].len(), 2);
}

#[tokio::test]
async fn what_falls_due_is_given_once_also_after_a_long_stop() {
    let mut room = Room::new().await;
    let at = room.clock.now();
    for n in 1..=3_u128 {
        let due_at = Some(at.plus_ms(i64::try_from(n).unwrap() * 1_000));
        let put = Put { mug_id: Uuid::from_u128(n), label: format!("mug {n}"), due_at };
        let put = room.command(&put);
        room.push(vec![put]).await;
    }
    assert_eq!(crate::tick(&room.hub).await.unwrap(), 0);
    room.clock.0.fetch_add(86_400_000, Ordering::SeqCst);
    assert_eq!(crate::tick(&room.hub).await.unwrap(), 3);
    assert_eq!(crate::tick(&room.hub).await.unwrap(), 0);
    assert!(room.mugs().await.iter().all(|m| m.washed == 1 && m.due_at.is_none()));
}

#[tokio::test]
async fn a_record_that_leaves_a_scope_is_gone_there() {
    let mut room = Room::new().await;
    let first = vec![room.put(1, "red")];
    room.push(first).await;
    let second = vec![room.put(1, "secret red")];
    room.push(second).await;
    let mut look = room.look().await;
    let desk = look.scope_rows(STUDIO, &Scope::desk(), 0, 10).await.unwrap();
    assert_eq!((desk.len(), desk[0].gone, desk[0].seq), (1, true, 2));
    let managers = look.scope_rows(STUDIO, &Scope::managers(), 0, 10).await.unwrap();
    assert_eq!((managers.len(), managers[0].gone), (1, false));
    let name = [(desk[0].kind.clone(), desk[0].id)];
    assert!(look.visible(STUDIO, &[Scope::desk()], &name).await.unwrap().is_empty());
    assert_eq!(look.visible(STUDIO, &[Scope::managers()], &name).await.unwrap().len(), 1);
}

#[tokio::test]
async fn commands_and_records_of_a_newer_build_come_to_life_with_it() {
    let mut room = Room::new().await;
    let put = vec![room.put(1, "red")];
    // An older build, which knows no mugs.
    let mut room = room.under(&SLICES[..1]).await;
    let unknown = OutcomeOrHold::Hold(Hold::Parked { why: Parked::UnknownKind });
    assert_eq!(room.push(put).await, [unknown]);
    room = room.under(&SLICES).await;
    assert_eq!(room.mugs().await.len(), 1);
    let found = room
        .look()
        .await
        .answers(STUDIO, &[Want::key::<Mug>("mug.label", KeyValue::of("red"))])
        .await
        .unwrap();
    assert_eq!(found[0].len(), 1);
    assert!(room.dir.path().exists());
}

#[tokio::test]
async fn many_pushes_at_once_share_their_commits() {
    let mut room = Room::new().await;
    let commands: Vec<_> = (1..=40).map(|n| room.put(n, &format!("mug {n}"))).collect();
    let room = Arc::new(room);
    let work: Vec<_> = commands
        .into_iter()
        .map(|one| {
            let room = room.clone();
            tokio::spawn(async move { room.push(vec![one]).await })
        })
        .collect();
    for one in work {
        assert!(recorded(&one.await.unwrap()[0]));
    }
    assert_eq!(room.mugs().await.len(), 40);
    let batches = room.hub.counters.batches.load(Ordering::SeqCst);
    assert!(batches < 40, "{batches}");
}

#[tokio::test]
async fn a_dependant_whose_rule_breaks_down_spoils_nothing_for_the_one_that_frees_it() {
    let mut room = Room::new().await;
    let put = vec![room.put(1, "brittle")];
    room.push(put).await;
    let free = CommandId(Uuid::from_u128(0x100 + 3));
    let mut wash = room.command(&Wash { mug_id: Uuid::from_u128(1) });
    wash.envelope.depends_on = vec![free];
    wash.entry = Entry::seal(wash.envelope.clone(), wash.entry.input(&wash.envelope)).unwrap();
    room.hash = wash.entry.hash();
    let waits = OutcomeOrHold::Hold(Hold::Parked { why: Parked::Dependency });
    assert_eq!(room.push(vec![wash.clone()]).await, [waits]);
    let second = vec![room.put(2, "blue")];
    assert_eq!(second[0].envelope.id, free);
    assert!(recorded(&room.push(second).await[0]));
    assert_eq!(room.push(vec![wash]).await, [PARKED]);
    let third = vec![room.put(3, "red")];
    assert!(recorded(&room.push(third).await[0]));
}

/// A room in memory that has one mug, and the next commands ready to push.
async fn troubled() -> (Room, Memory, Vec<Incoming>) {
    let memory = Memory::new();
    let mut room = Room::over(Arc::new(memory.clone()), tempfile::tempdir().unwrap()).await;
    let first = vec![room.put(1, "red")];
    room.push(first).await;
    let batch = vec![room.put(2, "blue"), room.command(&Wash { mug_id: Uuid::from_u128(1) })];
    (room, memory, batch)
}

/// Operations of one push: from opening the studio to the commit.
async fn operations() -> u64 {
    let (room, memory, batch) = troubled().await;
    let before = memory.operations();
    room.push(batch).await;
    memory.operations() - before
}

async fn try_push(room: &Room, incoming: &[Incoming]) -> Result<Vec<String>, AcceptError> {
    let request = Request { studio: STUDIO, device: DEVICE, incoming: incoming.to_vec(), fired: Vec::new() };
    room.hub.door.accept(&room.hub, request).await.map(|reply| reply.answers)
}

#[tokio::test(start_paused = true)]
async fn somebody_in_the_way_at_any_operation_is_never_heard_of_by_a_device() {
    for after in 0..operations().await {
        let (room, memory, batch) = troubled().await;
        let before = memory.commits();
        memory.trouble(Point::Operation(after), Trouble::Busy);
        let answers = try_push(&room, &batch).await.unwrap();
        assert!(!memory.calm(), "{after}");
        assert_eq!((answers.len(), room.mugs().await.len(), memory.commits() - before), (2, 2, 1), "{after}");
    }
    let (room, memory, batch) = troubled().await;
    memory.trouble(Point::Commit, Trouble::Busy);
    assert_eq!(try_push(&room, &batch).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_breaks_anywhere_parks_nothing_and_the_same_again_has_one_effect() {
    let points = (0..operations().await).map(Point::Operation).chain([Point::Commit, Point::AfterCommit]);
    for point in points {
        let (room, memory, batch) = troubled().await;
        memory.trouble(point, Trouble::Away);
        let failed = try_push(&room, &batch).await;
        assert!(matches!(failed, Err(AcceptError::Busy)), "{point:?}");
        let again = try_push(&room, &batch).await.unwrap();
        assert_eq!(try_push(&room, &batch).await.unwrap(), again);
        assert!(!again.iter().any(|answer| answer.contains("parked")), "{point:?}");
        let washed = room.mugs().await.into_iter().map(|mug| mug.washed).collect::<Vec<_>>();
        assert_eq!(washed, [1, 0], "{point:?}");
        let head = room.storage.read().await.unwrap().studio(STUDIO).await.unwrap().unwrap().head;
        assert_eq!(head, 3, "{point:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_is_full_says_so_and_parks_nothing() {
    for after in 0..operations().await {
        let (room, memory, batch) = troubled().await;
        memory.trouble(Point::Operation(after), Trouble::Full);
        // Repeated one push at a time: by then there is room again.
        let answers = try_push(&room, &batch).await.unwrap();
        assert!(!answers.iter().any(|answer| answer.contains("parked")), "{after}");
    }
}

#[tokio::test]
async fn two_hubs_that_see_the_same_thing_due_give_it_once() {
    let mut room = Room::over(Arc::new(Memory::new()), tempfile::tempdir().unwrap()).await;
    let due_at = Some(room.clock.now().plus_ms(1_000));
    let puts: Vec<_> = (1..=5_u128)
        .map(|n| room.command(&Put { mug_id: Uuid::from_u128(n), label: format!("mug {n}"), due_at }))
        .collect();
    room.push(puts).await;
    let second =
        Hub::start(room.storage.clone(), room.clock.clone(), catalogue(&SLICES), false).await.unwrap();
    room.clock.0.fetch_add(86_400_000, Ordering::SeqCst);
    let (one, other) = tokio::join!(crate::tick(&room.hub), crate::tick(&second));
    assert!(one.unwrap() + other.unwrap() >= 5);
    assert_eq!(room.mugs().await.iter().map(|mug| mug.washed).collect::<Vec<_>>(), [1; 5]);
    assert_eq!(room.look().await.counts(STUDIO).await.unwrap().1, 10);
}
