//! What every storage must do, run over each of them. A storage that passes may be put under the hub.

use std::any::Any;
use std::sync::Arc;

use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId, Uuid};
use rollcall_domain::kernel::keys::{KeyRow, KeyValue, Keys};
use rollcall_domain::kernel::record::{Described, KindName, Record};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::Entry;

use super::*;

/// A storage with nothing in it, and what must live as long as it.
type Fresh = (Arc<dyn Storage>, Box<dyn Any + Send>);

async fn file() -> Fresh {
    let dir = tempfile::tempdir().unwrap();
    let db = Sqlite::open(&dir.path().join("hub.db")).await.unwrap();
    (Arc::new(db), Box::new(dir))
}

async fn memory() -> Fresh {
    (Arc::new(super::memory::Memory::new()), Box::new(()))
}

/// A database of its own on the server that is named.
#[cfg(feature = "server-tests")]
async fn server() -> Fresh {
    use std::sync::atomic::{AtomicU32, Ordering};

    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
    static MADE: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("ROLLCALL_TEST_POSTGRES").unwrap();
    let name = format!("suite_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
    let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    conn.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    conn.close().await.unwrap();
    (Arc::new(Postgres::open(&format!("{server}/{name}")).await.unwrap()), Box::new(()))
}

macro_rules! suite {
    ($($test:ident),+ $(,)?) => {
        suite!(@over file: $($test),+);
        suite!(@over memory: $($test),+);
        #[cfg(feature = "server-tests")]
        suite!(@over server: $($test),+);
    };
    (@over $storage:ident: $($test:ident),+) => {
        mod $storage {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let (db, _kept) = super::$storage().await;
                    super::$test(db.clone()).await;
                    db.close().await;
                }
            )+
        }
    };
}

suite!(
    studios_lie_beside_each_other,
    a_device_and_a_code_are_of_one_studio,
    how_a_device_stands_and_what_waits_on_it_is_kept,
    a_login_name_is_one_persons_in_the_whole_hub,
    a_command_is_answered_once,
    the_chain_of_a_device_is_found_again,
    the_history_is_read_in_order,
    records_are_found_by_what_they_are_described_by,
    a_claim_changes_hands_only_when_it_is_let_go,
    any_text_comes_back_as_it_was,
    a_page_of_a_scope_ends_between_two_changes,
    what_leaves_a_scope_is_gone_there,
    a_blob_is_shown_by_the_record_that_names_it,
    tokens_end,
    what_is_due_is_told_until_it_was_looked_at,
    a_reader_sees_one_moment,
    a_writer_that_is_dropped_leaves_no_trace,
    writers_of_one_studio_take_turns,
    writers_of_two_studios_do_not_spoil_each_other,
    a_studio_is_forgotten_alone,
    what_was_told_of_somebody_is_found_and_blanked,
    a_blob_that_nobody_names_is_dropped_and_no_other,
    records_of_a_kind_come_in_the_order_of_their_changes,
);

const NOW: Timestamp = Timestamp(1_795_309_200_000);
const ONE: StudioId = StudioId(Uuid::from_u128(1));
const TWO: StudioId = StudioId(Uuid::from_u128(2));
const TABLET: DeviceId = DeviceId(Uuid::from_u128(10));

fn studio(studio: StudioId) -> Studio {
    Studio {
        studio,
        hub_epoch: Uuid::from_u128(9),
        head: 0,
        hash: Hash::default(),
        genesis: Hash::default(),
        series_next: 1,
        claimed_at: NOW,
    }
}

fn device(device: DeviceId, studio: StudioId) -> Device {
    Device {
        device,
        studio,
        name: "Desk".to_owned(),
        public_key: "key".to_owned(),
        person: PersonId(Uuid::from_u128(3)),
        role: Role::Owner,
        epoch: 1,
        series: "B".to_owned(),
        revoked: false,
        joined_at: NOW,
        seen_at: NOW,
        skew_ms: Some(-5),
        retired: false,
        waiting: None,
    }
}

fn command(id: u128, seq: u64, hub_seq: u64, hold: Option<&str>) -> Stored {
    Stored {
        id: CommandId(Uuid::from_u128(id)),
        device: TABLET,
        epoch: 1,
        seq,
        lane: 1,
        hash: Hash(format!("hash {id}")),
        entry: Entry { envelope: format!("e{id}"), payload: "p".to_owned(), personal: Some("q".to_owned()) },
        received_at: NOW,
        effective_at: NOW,
        hub_seq,
        answer: format!("answer {hub_seq}"),
        hold: hold.map(str::to_owned),
        was_held: hold.is_some(),
    }
}

/// A record under keys (name, value, unique) in scopes.
fn row(id: u128, version: u64, keys: &[(&str, &str, bool)], scopes: &[&str]) -> Written {
    let kind = KindName::Borrowed("mug");
    let id = Uuid::from_u128(id);
    let body = Arc::from(format!("{{\"version\":{version}}}"));
    let key = |(name, value, unique): &(&str, &str, bool)| KeyRow {
        name: (*name).to_owned(),
        value: KeyValue((*value).to_owned()),
        unique: *unique,
    };
    let described = Described {
        keys: Keys(keys.iter().map(key).collect()),
        scopes: scopes.iter().map(|scope| Scope((*scope).to_owned())).collect(),
        ..Described::default()
    };
    let record = Some(Record { kind: kind.clone(), kind_version: 1, id, version, body });
    Written { kind, id, version, record, described }
}

fn gone(written: Written, version: u64) -> Written {
    Written { record: None, described: Described::default(), version, ..written }
}

fn records(records: Vec<Written>) -> Writes {
    Writes { records, ..Writes::default() }
}

fn name(id: u128) -> Name {
    (KindName::Borrowed("mug"), Uuid::from_u128(id))
}

fn key(name: &'static str, value: &str) -> Want {
    Want::Key { kind: "mug".into(), name: name.into(), value: KeyValue(value.to_owned()) }
}

fn range(from: &str, to: &str, limit: u32) -> Want {
    let (from, to) = (KeyValue(from.to_owned()), KeyValue(to.to_owned()));
    Want::Range { kind: "mug".into(), name: "mug.size".into(), from, to, limit }
}

async fn open(db: &dyn Storage) {
    let mut work = db.write_house().await.unwrap();
    work.put_studio(&studio(ONE)).await.unwrap();
    work.put_studio(&studio(TWO)).await.unwrap();
    work.put_device(&device(TABLET, ONE)).await.unwrap();
    work.commit().await.unwrap();
}

async fn put(db: &dyn Storage, studio: StudioId, writes: &Writes) {
    let mut work = db.write(studio).await.unwrap();
    work.put(studio, writes).await.unwrap();
    work.commit().await.unwrap();
}

async fn look(db: &dyn Storage) -> Box<dyn Look> {
    db.read().await.unwrap()
}

async fn found(db: &dyn Storage, studio: StudioId, want: Want) -> Vec<u128> {
    let found = look(db).await.answers(studio, &[want]).await.unwrap();
    found[0].iter().map(|record| record.id.as_u128()).collect()
}

async fn studios_lie_beside_each_other(db: Arc<dyn Storage>) {
    assert_eq!(look(&*db).await.studio(ONE).await.unwrap(), None);
    open(&*db).await;
    let mut look = look(&*db).await;
    let all = look.studios_after(None, 10).await.unwrap();
    assert_eq!(all.iter().map(|s| s.studio).collect::<Vec<_>>(), [ONE, TWO]);
    assert_eq!(look.studios_after(None, 1).await.unwrap(), [studio(ONE)]);
    assert_eq!(look.studios_after(Some(ONE), 9).await.unwrap(), [studio(TWO)]);
    assert_eq!(look.heads(&[TWO, StudioId(Uuid::from_u128(7))]).await.unwrap(), [(TWO, 0)]);
    drop(look);
    let mut work = db.write(ONE).await.unwrap();
    work.put_studio(&Studio { head: 5, series_next: 3, ..studio(ONE) }).await.unwrap();
    work.put_person(ONE, PersonId(Uuid::from_u128(4)), Role::Desk).await.unwrap();
    work.put_person(ONE, PersonId(Uuid::from_u128(4)), Role::Owner).await.unwrap();
    work.put_kind(ONE, "mug", 1).await.unwrap();
    work.put_kind(ONE, "mug", 2).await.unwrap();
    work.set("a", Some("1")).await.unwrap();
    work.set("b", Some("1")).await.unwrap();
    work.set("b", None).await.unwrap();
    // A writer reads what it wrote.
    assert_eq!(work.studio(ONE).await.unwrap().unwrap().head, 5);
    work.commit().await.unwrap();
    let mut look = db.read().await.unwrap();
    assert_eq!(
        (look.heads(&[ONE]).await.unwrap(), look.people(TWO).await.unwrap()),
        (vec![(ONE, 5)], vec![])
    );
    assert_eq!(look.people(ONE).await.unwrap(), [(PersonId(Uuid::from_u128(4)), Role::Owner)]);
    assert_eq!(look.kinds(ONE).await.unwrap(), [("mug".to_owned(), 2)]);
    assert_eq!(look.setting("a").await.unwrap().as_deref(), Some("1"));
    assert_eq!(look.setting("b").await.unwrap(), None);
}

async fn a_device_and_a_code_are_of_one_studio(db: Arc<dyn Storage>) {
    open(&*db).await;
    let mut work = db.write(TWO).await.unwrap();
    let taken = work.put_device(&device(TABLET, TWO)).await;
    assert!(matches!(taken, Err(StorageError::Claimed)), "{taken:?}");
    drop(work);
    let mut other = device(DeviceId(Uuid::from_u128(11)), ONE);
    let mut work = db.write(ONE).await.unwrap();
    work.put_device(&Device { revoked: true, skew_ms: None, epoch: 4, ..device(TABLET, ONE) }).await.unwrap();
    other.joined_at = NOW.plus_ms(-1);
    work.put_device(&other).await.unwrap();
    work.seen(TABLET, NOW.plus_ms(9), None).await.unwrap();
    work.commit().await.unwrap();
    let mut seen = look(&*db).await;
    let devices = seen.devices(ONE).await.unwrap();
    assert_eq!(devices[0], other);
    let expected = device(TABLET, ONE);
    let expected = Device { revoked: true, skew_ms: None, epoch: 4, seen_at: NOW.plus_ms(9), ..expected };
    assert_eq!((&devices[1], devices.len()), (&expected, 2));
    assert_eq!(seen.device(TABLET).await.unwrap(), Some(expected));
    assert!(seen.devices(TWO).await.unwrap().is_empty());
    drop(seen);
    let pairing = |code: &str, secret: &str, studio| Pairing {
        code_hash: Hash(code.to_owned()),
        secret_hash: Hash(secret.to_owned()),
        studio,
        role: Role::Desk,
        person: PersonId(Uuid::from_u128(5)),
        expires_at: NOW.plus_ms(10),
        tries_left: 2,
        used_by: None,
    };
    let mut work = db.write(ONE).await.unwrap();
    work.put_pairing(&pairing("c", "s", ONE)).await.unwrap();
    work.commit().await.unwrap();
    for (code, secret) in [("c", "t"), ("d", "s"), ("c", "s")] {
        let mut work = db.write(TWO).await.unwrap();
        let taken = work.put_pairing(&pairing(code, secret, TWO)).await;
        assert!(matches!(taken, Err(StorageError::Claimed)), "{code} {secret}: {taken:?}");
    }
    let mut work = db.write(TWO).await.unwrap();
    work.put_pairing(&pairing("e", "u", TWO)).await.unwrap();
    work.wrong_code(TWO, NOW).await.unwrap();
    work.commit().await.unwrap();
    let mut look = look(&*db).await;
    for hash in ["c", "s"] {
        let found = look.pairing(&Hash(hash.to_owned()), NOW).await.unwrap();
        assert_eq!(found, Some(pairing("c", "s", ONE)));
        assert_eq!(look.pairing(&Hash(hash.to_owned()), NOW.plus_ms(10)).await.unwrap(), None);
    }
    let tried = Pairing { tries_left: 1, ..pairing("e", "u", TWO) };
    assert_eq!(look.pairings(TWO).await.unwrap(), std::slice::from_ref(&tried));
    drop(look);
    let mut work = db.write(TWO).await.unwrap();
    work.put_pairing(&Pairing { used_by: Some(TABLET), ..tried.clone() }).await.unwrap();
    work.wrong_code(TWO, NOW).await.unwrap();
    assert_eq!(work.pairing(&tried.code_hash, NOW).await.unwrap().unwrap().used_by, Some(TABLET));
    work.commit().await.unwrap();
}

async fn how_a_device_stands_and_what_waits_on_it_is_kept(db: Arc<dyn Storage>) {
    open(&*db).await;
    let mut work = db.write(ONE).await.unwrap();
    work.put_device(&Device { waiting: Some(3), ..device(TABLET, ONE) }).await.unwrap();
    work.seen(TABLET, NOW.plus_ms(1), None).await.unwrap();
    work.commit().await.unwrap();
    let kept = look(&*db).await.device(TABLET).await.unwrap().unwrap();
    // Who does not say how much waits leaves what was said last.
    assert_eq!((kept.seen_at, kept.waiting, kept.is_in_use()), (NOW.plus_ms(1), Some(3), true));
    for (revoked, retired) in [(false, true), (true, true), (true, false)] {
        let mut work = db.write(ONE).await.unwrap();
        work.put_device(&Device { revoked, retired, ..kept.clone() }).await.unwrap();
        work.seen(TABLET, NOW.plus_ms(2), Some(0)).await.unwrap();
        work.commit().await.unwrap();
        let left = look(&*db).await.devices(ONE).await.unwrap().remove(0);
        assert_eq!((left.revoked, left.retired, left.waiting), (revoked, retired, Some(0)));
    }
}

fn login(name: &str, studio: StudioId, person: u128) -> Login {
    let person = PersonId(Uuid::from_u128(person));
    Login { login: name.to_owned(), studio, person, hash: "a hash".to_owned(), set_at: NOW }
}

async fn a_login_name_is_one_persons_in_the_whole_hub(db: Arc<dyn Storage>) {
    open(&*db).await;
    let set = async |login: Login| {
        let mut work = db.write(login.studio).await.unwrap();
        work.put_login(&login).await?;
        work.commit().await
    };
    set(login("ada", ONE, 3)).await.unwrap();
    set(login("mei\0 \u{1F3F8}", ONE, 4)).await.unwrap();
    set(login("bo", TWO, 3)).await.unwrap();
    for taken in [login("ada", ONE, 4), login("ada", TWO, 3), login("bo", ONE, 3)] {
        assert!(matches!(set(taken).await, Err(StorageError::Claimed)));
    }
    let mut seen = look(&*db).await;
    let mei = login("mei\0 \u{1F3F8}", ONE, 4);
    assert_eq!(seen.logins(ONE).await.unwrap(), [login("ada", ONE, 3), mei.clone()]);
    assert_eq!(seen.login("bo").await.unwrap(), Some(login("bo", TWO, 3)));
    assert_eq!(seen.login("cy").await.unwrap(), None);
    // A new name takes the place of the old one, which is free then; the same name may get another password.
    set(login("cy", ONE, 3)).await.unwrap();
    set(Login { hash: "newer".to_owned(), ..login("bo", TWO, 3) }).await.unwrap();
    set(login("ada", TWO, 5)).await.unwrap();
    let mut seen = look(&*db).await;
    assert_eq!(seen.logins(ONE).await.unwrap(), [login("cy", ONE, 3), mei]);
    assert_eq!(seen.login("bo").await.unwrap().unwrap().hash, "newer");
    assert_eq!(seen.login("ada").await.unwrap(), Some(login("ada", TWO, 5)));
}

async fn a_command_is_answered_once(db: Arc<dyn Storage>) {
    open(&*db).await;
    let commands = vec![command(1, 1, 1, None), command(2, 2, 2, Some("dependency"))];
    put(&*db, ONE, &Writes { commands, ..Writes::default() }).await;
    // Whatever comes under its id again: what is decided stays, what is held gets its outcome once.
    for _ in 0..2 {
        let commands = vec![command(1, 9, 8, None), Stored { was_held: true, ..command(2, 9, 9, None) }];
        put(&*db, ONE, &Writes { commands, ..Writes::default() }).await;
    }
    let again = vec![command(2, 7, 11, None)];
    put(&*db, ONE, &Writes { commands: again, ..Writes::default() }).await;
    let mut look = look(&*db).await;
    let ids: Vec<CommandId> = (1..4).map(|id| CommandId(Uuid::from_u128(id))).collect();
    let mut found = look.commands(ONE, &ids).await.unwrap();
    found.sort_by_key(|c| c.id);
    let second = command(2, 2, 9, None);
    let second = Stored { was_held: true, ..second };
    assert_eq!(found, [command(1, 1, 1, None), second]);
    assert!(look.commands(TWO, &ids).await.unwrap().is_empty());
    assert_eq!(look.late_answers(TABLET, 0, 20).await.unwrap(), ["answer 9"]);
    assert!(look.late_answers(TABLET, 9, 20).await.unwrap().is_empty());
    assert!(look.late_answers(TABLET, 0, 8).await.unwrap().is_empty());
    assert_eq!((look.count_held(ONE).await.unwrap(), look.counts(ONE).await.unwrap()), (0, (0, 2, 0)));
    drop(look);
    // The same id in another studio is another command.
    let commands = vec![command(1, 1, 1, Some("quarantined")), command(5, 2, 2, Some("dependency"))];
    put(&*db, TWO, &Writes { commands, ..Writes::default() }).await;
    let mut look = db.read().await.unwrap();
    assert_eq!(look.count_held(TWO).await.unwrap(), 2);
    let held = look.held(TWO, &["dependency", "unknown_kind"]).await.unwrap();
    assert_eq!(held, [command(5, 2, 2, Some("dependency"))]);
    assert!(look.held(ONE, &["dependency", "quarantined"]).await.unwrap().is_empty());
}

async fn the_chain_of_a_device_is_found_again(db: Arc<dyn Storage>) {
    open(&*db).await;
    let mut commands: Vec<Stored> =
        (1..=5).map(|n| command(n, u64::try_from(n).unwrap(), 10, None)).collect();
    for (at, command) in (1..).zip(&mut commands) {
        command.hub_seq = at;
    }
    commands[3].lane = 2;
    commands[4].epoch = 2;
    put(&*db, ONE, &Writes { commands, ..Writes::default() }).await;
    let lane =
        Lane { device: TABLET, epoch: 1, series: "B".to_owned(), last_seq: 3, last_hash: Hash("x".into()) };
    let mut work = db.write(ONE).await.unwrap();
    work.put_lane(&Lane { epoch: 2, ..lane.clone() }).await.unwrap();
    work.put_lane(&lane).await.unwrap();
    work.put_lane(&Lane { last_seq: 4, ..lane.clone() }).await.unwrap();
    work.commit().await.unwrap();
    let mut look = look(&*db).await;
    let lanes = look.lanes(TABLET).await.unwrap();
    assert_eq!(lanes, [Lane { last_seq: 4, ..lane.clone() }, Lane { epoch: 2, ..lane }]);
    assert_eq!(look.lane_of(TABLET, &Hash("hash 4".to_owned())).await.unwrap(), Some(2));
    assert_eq!(look.lane_of(TABLET, &Hash("a\u{0}b".to_owned())).await.unwrap(), None);
    // Of its own count only: neither a forked one nor another life's.
    assert_eq!(look.count_between(TABLET, 1, 2, 5).await.unwrap(), 2);
    assert_eq!(look.count_between(TABLET, 1, 4, 4).await.unwrap(), 0);
}

async fn the_history_is_read_in_order(db: Arc<dyn Storage>) {
    open(&*db).await;
    let link = |seq: u64| Link {
        seq,
        command: CommandId(Uuid::from_u128(u128::from(seq))),
        digest: Hash("d".to_owned()),
        hash: Hash(format!("h{seq}")),
        at: NOW.plus_ms(i64::try_from(seq).unwrap()),
    };
    let commands = [9, 3, 5].map(|seq| command(u128::from(seq), seq, seq, None)).to_vec();
    put(&*db, ONE, &Writes { commands, links: vec![link(3), link(5), link(9)], ..Writes::default() }).await;
    let mut look = look(&*db).await;
    assert_eq!(look.links_after(ONE, 3, 9).await.unwrap(), [link(5), link(9)]);
    assert_eq!(look.links_after(ONE, 0, 1).await.unwrap(), [link(3)]);
    let seqs = look.commands_after(ONE, 3, 9).await.unwrap().iter().map(|c| c.hub_seq).collect::<Vec<_>>();
    assert_eq!(seqs, [5, 9]);
    assert_eq!(look.commands_after(ONE, 0, 1).await.unwrap(), [command(3, 3, 3, None)]);
    for (seq, at) in [(2, None), (3, Some(3)), (8, Some(5)), (99, Some(9))] {
        assert_eq!(look.last_link(ONE, seq).await.unwrap(), at.map(link), "{seq}");
    }
    assert_eq!(look.last_link(TWO, 99).await.unwrap(), None);
    assert!(look.links_after(TWO, 0, 9).await.unwrap().is_empty());
    assert!(look.integrity().await.unwrap().is_empty());
}

async fn records_are_found_by_what_they_are_described_by(db: Arc<dyn Storage>) {
    open(&*db).await;
    let rows = vec![
        row(3, 1, &[("mug.size", "b", false), ("mug.owner", "x", false)], &["desk"]),
        row(1, 1, &[("mug.size", "b", false), ("mug.size", "a", false)], &["desk"]),
        row(2, 1, &[("mug.size", "c", false), ("mug.owner", "x", false)], &["desk"]),
    ];
    put(&*db, ONE, &records(rows)).await;
    put(&*db, TWO, &records(vec![row(3, 7, &[("mug.size", "b", false)], &["desk"])])).await;
    assert_eq!(found(&*db, ONE, Want::Id("mug".into(), Uuid::from_u128(3))).await, [3]);
    assert_eq!(found(&*db, ONE, Want::Id("cup".into(), Uuid::from_u128(3))).await, [0; 0]);
    assert_eq!(found(&*db, ONE, key("mug.owner", "x")).await, [2, 3]);
    assert_eq!(found(&*db, TWO, key("mug.owner", "x")).await, [0; 0]);
    // By value and then by id; a record with two values comes twice.
    assert_eq!(found(&*db, ONE, range("a", "c", 9)).await, [1, 1, 3, 2]);
    assert_eq!(found(&*db, ONE, range("b", "b", 1)).await, [1]);
    let several =
        look(&*db).await.answers(ONE, &[key("mug.owner", "x"), range("c", "z", 5), key("no", "x")]).await;
    assert_eq!(several.unwrap().iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 0]);
    // Changed: the old keys find it no more. Deleted: nothing does.
    let third = row(3, 2, &[("mug.size", "z", false)], &["desk"]);
    let second = gone(row(2, 1, &[], &[]), 2);
    put(&*db, ONE, &records(vec![third, second])).await;
    assert_eq!(found(&*db, ONE, key("mug.owner", "x")).await, [0; 0]);
    assert_eq!(found(&*db, ONE, range("a", "z", 9)).await, [1, 1, 3]);
    let mut look = look(&*db).await;
    let page = look.records_after(ONE, None, 9).await.unwrap();
    assert_eq!(page.iter().map(|r| (r.id.as_u128(), r.version)).collect::<Vec<_>>(), [(1, 1), (3, 2)]);
    assert_eq!(&*page[1].body, "{\"version\":2}");
    assert_eq!(look.records_after(ONE, Some(&name(1)), 9).await.unwrap(), page[1..]);
    assert_eq!(look.records_after(ONE, None, 1).await.unwrap(), page[..1]);
}

async fn a_claim_changes_hands_only_when_it_is_let_go(db: Arc<dyn Storage>) {
    open(&*db).await;
    let red = [("mug.label", "red", true)];
    put(&*db, ONE, &records(vec![row(1, 1, &red, &["desk"])])).await;
    let mut work = db.write(ONE).await.unwrap();
    let taken = work.put(ONE, &records(vec![row(2, 2, &red, &["desk"])])).await;
    assert!(matches!(taken, Err(StorageError::Claimed)), "{taken:?}");
    drop(work);
    assert_eq!(found(&*db, ONE, key("mug.label", "red")).await, [1]);
    // Another studio has its own labels.
    put(&*db, TWO, &records(vec![row(2, 2, &red, &["desk"])])).await;
    let swap = vec![row(2, 3, &red, &["desk"]), row(1, 3, &[("mug.label", "blue", true)], &["desk"])];
    put(&*db, ONE, &records(swap)).await;
    assert_eq!(found(&*db, ONE, key("mug.label", "red")).await, [2]);
    put(&*db, ONE, &records(vec![gone(row(2, 3, &[], &[]), 4)])).await;
    put(&*db, ONE, &records(vec![row(3, 5, &red, &["desk"])])).await;
    assert_eq!(found(&*db, ONE, key("mug.label", "red")).await, [3]);
}

async fn any_text_comes_back_as_it_was(db: Arc<dyn Storage>) {
    open(&*db).await;
    let hostile = "a\u{0}b' OR 1=1 --\u{202e}\u{1F9D7}\u{200d}";
    let mut odd = command(1, 1, 1, None);
    odd.entry = Entry {
        envelope: hostile.to_owned(),
        payload: hostile.to_owned(),
        personal: Some(hostile.to_owned()),
    };
    odd.hash = Hash(hostile.to_owned());
    let mut bare = command(2, 2, 2, None);
    bare.entry.personal = None;
    let writes = Writes {
        commands: vec![odd.clone(), bare.clone()],
        records: vec![row(1, 1, &[("mug.size", hostile, true)], &["desk"])],
        ..Writes::default()
    };
    put(&*db, ONE, &writes).await;
    assert_eq!(look(&*db).await.commands_after(ONE, 0, 9).await.unwrap(), [odd, bare]);
    assert_eq!(found(&*db, ONE, key("mug.size", hostile)).await, [1]);
    assert_eq!(found(&*db, ONE, range("a\u{0}", "a\u{1}", 9)).await, [1]);
}

async fn a_page_of_a_scope_ends_between_two_changes(db: Arc<dyn Storage>) {
    open(&*db).await;
    let rows =
        (1..=3).map(|id| row(id, 1, &[], &["desk"])).chain((4..=6).map(|id| row(id, 2, &[], &["desk"])));
    let last = row(7, 3, &[], &["desk", "managers", "desk"]);
    put(&*db, ONE, &records(rows.chain([last]).collect())).await;
    let mut look = look(&*db).await;
    let desk = Scope("desk".to_owned());
    for (after, limit, expected) in
        [(0, 1, 3), (0, 3, 3), (0, 4, 6), (1, 2, 3), (1, 4, 4), (3, 5, 0), (0, 99, 7)]
    {
        let rows = look.scope_rows(ONE, &desk, after, limit).await.unwrap();
        assert_eq!(rows.len(), expected, "after {after}, {limit}");
        assert!(rows.windows(2).all(|pair| pair[0].seq <= pair[1].seq));
    }
    assert_eq!(look.scope_rows(ONE, &Scope("managers".to_owned()), 0, 9).await.unwrap().len(), 1);
    assert!(look.scope_rows(TWO, &desk, 0, 9).await.unwrap().is_empty());
}

async fn what_leaves_a_scope_is_gone_there(db: Arc<dyn Storage>) {
    open(&*db).await;
    let [desk, managers] = ["desk", "managers"].map(|scope| Scope(scope.to_owned()));
    put(&*db, ONE, &records(vec![row(1, 1, &[], &["desk"]), row(2, 1, &[], &["desk"])])).await;
    put(&*db, ONE, &records(vec![row(1, 2, &[], &["managers"])])).await;
    // What is gone already keeps the place at which it left.
    put(&*db, ONE, &records(vec![row(1, 3, &[], &["managers"]), gone(row(2, 1, &[], &[]), 3)])).await;
    let mut seen = look(&*db).await;
    let rows = seen.scope_rows(ONE, &desk, 0, 9).await.unwrap();
    let row_of = |id: u128, seq, gone| ScopeRow { kind: "mug".into(), id: Uuid::from_u128(id), seq, gone };
    assert_eq!(rows, [row_of(1, 2, true), row_of(2, 3, true)]);
    assert_eq!(seen.scope_rows(ONE, &managers, 0, 9).await.unwrap(), [row_of(1, 3, false)]);
    let names = [name(1), name(2), name(1)];
    assert!(seen.visible(ONE, std::slice::from_ref(&desk), &names).await.unwrap().is_empty());
    let both = [desk.clone(), managers];
    let visible = seen.visible(ONE, &both, &names).await.unwrap();
    assert_eq!(visible.iter().map(|r| (r.id.as_u128(), r.version)).collect::<Vec<_>>(), [(1, 3)]);
    assert!(seen.visible(TWO, &both, &names).await.unwrap().is_empty());
    drop(seen);
    put(&*db, ONE, &records(vec![row(1, 4, &[], &["desk"])])).await;
    let rows = look(&*db).await.scope_rows(ONE, &desk, 0, 9).await.unwrap();
    assert_eq!(rows, [row_of(2, 3, true), row_of(1, 4, false)]);
}

async fn a_blob_is_shown_by_the_record_that_names_it(db: Arc<dyn Storage>) {
    open(&*db).await;
    let blob = Hash("face".to_owned());
    let mut work = db.write(ONE).await.unwrap();
    work.put_blob(ONE, &blob, b"bytes", NOW).await.unwrap();
    work.put_blob(ONE, &blob, b"other", NOW).await.unwrap();
    work.put_blob(ONE, &Hash("zzz".to_owned()), b"z", NOW).await.unwrap();
    work.commit().await.unwrap();
    let desk = [Scope("desk".to_owned())];
    assert_eq!(look(&*db).await.blob(ONE, &desk, &blob).await.unwrap(), None);
    let mut named = row(1, 1, &[], &["desk"]);
    named.described.blobs = vec![blob.clone(), blob.clone()];
    put(&*db, ONE, &records(vec![named.clone()])).await;
    let mut seen = look(&*db).await;
    assert_eq!(seen.blob(ONE, &desk, &blob).await.unwrap().as_deref(), Some(&b"bytes"[..]));
    assert_eq!(seen.blob(ONE, &[Scope("managers".to_owned())], &blob).await.unwrap(), None);
    assert_eq!(seen.blob(TWO, &desk, &blob).await.unwrap(), None);
    let all = seen.blobs_after(ONE, &Hash::default(), 9).await.unwrap();
    assert_eq!(all.iter().map(|(hash, _)| hash.0.as_str()).collect::<Vec<_>>(), ["face", "zzz"]);
    assert_eq!(seen.blobs_after(ONE, &blob, 9).await.unwrap().len(), 1);
    assert_eq!(seen.counts(ONE).await.unwrap(), (1, 0, 2));
    drop(seen);
    named.described.blobs.clear();
    put(&*db, ONE, &records(vec![Written { version: 2, ..named }])).await;
    assert_eq!(look(&*db).await.blob(ONE, &desk, &blob).await.unwrap(), None);
}

async fn tokens_end(db: Arc<dyn Storage>) {
    open(&*db).await;
    let token = |hash: &str, purpose: &str, ms| Token {
        hash: Hash(hash.to_owned()),
        purpose: purpose.to_owned(),
        device: TABLET,
        expires_at: NOW.plus_ms(ms),
    };
    let mut work = db.write(ONE).await.unwrap();
    assert!(work.put_token(&token("a", SESSION, 10)).await.unwrap());
    assert!(!work.put_token(&token("a", SESSION, 99)).await.unwrap());
    assert!(work.put_token(&token("b", CHALLENGE, 20)).await.unwrap());
    work.commit().await.unwrap();
    let mut seen = look(&*db).await;
    let hash = |text: &str| Hash(text.to_owned());
    assert_eq!(seen.token(&hash("a"), NOW).await.unwrap(), Some(token("a", SESSION, 10)));
    assert_eq!(seen.token(&hash("a"), NOW.plus_ms(10)).await.unwrap(), None);
    assert_eq!((seen.tokens(ONE).await.unwrap().len(), seen.tokens(TWO).await.unwrap().len()), (2, 0));
    drop(seen);
    let mut work = db.write(ONE).await.unwrap();
    work.end_sessions(TABLET).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(look(&*db).await.tokens(ONE).await.unwrap(), [token("b", CHALLENGE, 20)]);
    let mut work = db.write_house().await.unwrap();
    work.sweep(NOW.plus_ms(20)).await.unwrap();
    work.commit().await.unwrap();
    assert!(look(&*db).await.tokens(ONE).await.unwrap().is_empty());
}

async fn what_is_due_is_told_until_it_was_looked_at(db: Arc<dyn Storage>) {
    open(&*db).await;
    let due = |id: u128, ms: i64| {
        let mut row = row(id, 1, &[], &["desk"]);
        row.described.due_at = Some(NOW.plus_ms(ms));
        row
    };
    put(&*db, ONE, &records(vec![due(1, 20), due(2, 10), due(3, 99)])).await;
    put(&*db, TWO, &records(vec![due(1, 50)])).await;
    let mut seen = look(&*db).await;
    let list = seen.due(ONE, NOW.plus_ms(20), 9).await.unwrap();
    assert_eq!(list.iter().map(|d| d.record.id.as_u128()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(seen.due(ONE, NOW.plus_ms(20), 1).await.unwrap().len(), 1);
    assert_eq!(seen.due_studios(NOW.plus_ms(20), None, 9).await.unwrap(), [ONE]);
    assert_eq!(seen.due_studios(NOW.plus_ms(50), None, 9).await.unwrap(), [ONE, TWO]);
    assert_eq!(seen.due_studios(NOW.plus_ms(50), Some(ONE), 9).await.unwrap(), [TWO]);
    drop(seen);
    let mut work = db.write(ONE).await.unwrap();
    for one in &list {
        work.fired(ONE, one).await.unwrap();
    }
    work.commit().await.unwrap();
    assert!(look(&*db).await.due(ONE, NOW.plus_ms(20), 9).await.unwrap().is_empty());
    assert!(look(&*db).await.due_studios(NOW.plus_ms(20), None, 9).await.unwrap().is_empty());
    // Written again it falls due again; a mark for an older time is none for this one.
    put(&*db, ONE, &records(vec![due(2, 15), gone(row(3, 1, &[], &[]), 2)])).await;
    let mut work = db.write(ONE).await.unwrap();
    work.fired(ONE, &list[0]).await.unwrap();
    work.commit().await.unwrap();
    let list = look(&*db).await.due(ONE, NOW.plus_ms(999), 9).await.unwrap();
    assert_eq!(list.iter().map(|d| d.record.id.as_u128()).collect::<Vec<_>>(), [2]);
}

async fn a_reader_sees_one_moment(db: Arc<dyn Storage>) {
    open(&*db).await;
    let mut before = look(&*db).await;
    assert_eq!(before.heads(&[ONE]).await.unwrap(), [(ONE, 0)]);
    let mut work = db.write(ONE).await.unwrap();
    work.put_studio(&Studio { head: 1, ..studio(ONE) }).await.unwrap();
    work.put(ONE, &records(vec![row(1, 1, &[], &["desk"])])).await.unwrap();
    // Not committed: nobody else sees it.
    assert_eq!(look(&*db).await.heads(&[ONE]).await.unwrap(), [(ONE, 0)]);
    work.commit().await.unwrap();
    assert_eq!(before.heads(&[ONE]).await.unwrap(), [(ONE, 0)]);
    assert!(before.records_after(ONE, None, 9).await.unwrap().is_empty());
    assert_eq!(look(&*db).await.records_after(ONE, None, 9).await.unwrap().len(), 1);
}

async fn a_writer_that_is_dropped_leaves_no_trace(db: Arc<dyn Storage>) {
    open(&*db).await;
    let mut work = db.write(ONE).await.unwrap();
    work.put(ONE, &records(vec![row(1, 1, &[("mug.label", "red", true)], &["desk"])])).await.unwrap();
    work.set("a", Some("1")).await.unwrap();
    drop(work);
    let mut work = db.write(ONE).await.unwrap();
    assert_eq!(work.setting("a").await.unwrap(), None);
    work.put(ONE, &records(vec![row(2, 1, &[("mug.label", "red", true)], &["desk"])])).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(look(&*db).await.records_after(ONE, None, 9).await.unwrap().len(), 1);
}

async fn writers_of_one_studio_take_turns(db: Arc<dyn Storage>) {
    open(&*db).await;
    let writers: Vec<_> = (0..12)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut work = db.write(ONE).await.unwrap();
                let mut studio = work.studio(ONE).await.unwrap().unwrap();
                tokio::task::yield_now().await;
                studio.head += 1;
                work.put_studio(&studio).await.unwrap();
                work.commit().await.unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(look(&*db).await.heads(&[ONE]).await.unwrap(), [(ONE, 12)]);
}

async fn writers_of_two_studios_do_not_spoil_each_other(db: Arc<dyn Storage>) {
    open(&*db).await;
    let each: Vec<_> = [ONE, TWO]
        .into_iter()
        .map(|id| {
            let db = db.clone();
            tokio::spawn(async move {
                for version in 1..=10 {
                    let mut work = db.write(id).await.unwrap();
                    work.put(id, &records(vec![row(1, version, &[("mug.label", "red", true)], &["desk"])]))
                        .await
                        .unwrap();
                    work.put_studio(&Studio { head: version, ..studio(id) }).await.unwrap();
                    work.commit().await.unwrap();
                }
            })
        })
        .collect();
    for one in each {
        one.await.unwrap();
    }
    assert_eq!(look(&*db).await.heads(&[ONE, TWO]).await.unwrap().iter().map(|h| h.1).sum::<u64>(), 20);
}

async fn a_studio_is_forgotten_alone(db: Arc<dyn Storage>) {
    open(&*db).await;
    let mut other = command(1, 1, 1, Some("dependency"));
    other.device = DeviceId(Uuid::from_u128(12));
    for (studio, command) in [(ONE, command(1, 1, 1, Some("dependency"))), (TWO, other.clone())] {
        let mut mug = row(1, 1, &[("mug.label", "red", true)], &["desk"]);
        mug.described.due_at = Some(NOW);
        mug.described.blobs = vec![Hash("face".to_owned())];
        let mut work = db.write(studio).await.unwrap();
        work.put(studio, &Writes { commands: vec![command], records: vec![mug], ..Writes::default() })
            .await
            .unwrap();
        work.put_blob(studio, &Hash("face".to_owned()), b"b", NOW).await.unwrap();
        work.put_person(studio, PersonId(Uuid::from_u128(3)), Role::Owner).await.unwrap();
        work.commit().await.unwrap();
    }
    let mut work = db.write(TWO).await.unwrap();
    work.put_device(&device(other.device, TWO)).await.unwrap();
    work.commit().await.unwrap();
    let mut work = db.write(ONE).await.unwrap();
    work.clear(ONE).await.unwrap();
    assert_eq!(work.counts(ONE).await.unwrap(), (0, 0, 1));
    assert_eq!(work.devices(ONE).await.unwrap().len(), 1);
    // What was cleared may come again, as in a second upload.
    work.put(ONE, &records(vec![row(1, 1, &[("mug.label", "red", true)], &["desk"])])).await.unwrap();
    work.forget(ONE).await.unwrap();
    work.commit().await.unwrap();
    let mut look = look(&*db).await;
    assert_eq!(look.studios_after(None, 9).await.unwrap(), [studio(TWO)]);
    assert_eq!((look.counts(ONE).await.unwrap(), look.counts(TWO).await.unwrap()), ((0, 0, 0), (1, 1, 1)));
    assert!(look.device(TABLET).await.unwrap().is_none() && look.people(ONE).await.unwrap().is_empty());
    assert_eq!((look.count_held(TWO).await.unwrap(), look.due(TWO, NOW, 9).await.unwrap().len()), (1, 1));
    assert_eq!(
        look.blob(TWO, &[Scope("desk".to_owned())], &Hash("face".to_owned())).await.unwrap().unwrap(),
        b"b"
    );
    assert_eq!(look.scope_rows(ONE, &Scope("desk".to_owned()), 0, 9).await.unwrap(), []);
    let nil = Id::nil();
    assert_eq!(look.lane_of(DeviceId(nil), &Hash::default()).await.unwrap(), None);
}

async fn what_was_told_of_somebody_is_found_and_blanked(db: Arc<dyn Storage>) {
    open(&*db).await;
    let ada = Uuid::from_u128(0xADA);
    let subjects = vec![(ada, CommandId(Uuid::from_u128(1))), (ada, CommandId(Uuid::from_u128(2)))];
    let commands =
        vec![command(1, 1, 1, None), command(2, 2, 2, Some("quarantined")), command(3, 3, 3, None)];
    put(&*db, ONE, &Writes { commands, subjects: subjects.clone(), ..Writes::default() }).await;
    // Said again, as after a held command got its outcome.
    put(&*db, ONE, &Writes { subjects, ..Writes::default() }).await;
    let told = look(&*db).await.told_of(ONE, ada).await.unwrap();
    assert_eq!(told, [CommandId(Uuid::from_u128(1)), CommandId(Uuid::from_u128(2))]);
    assert!(look(&*db).await.told_of(TWO, ada).await.unwrap().is_empty(), "another studio's");
    let mut work = db.write(ONE).await.unwrap();
    work.blank(ONE, told[0], None).await.unwrap();
    work.blank(ONE, told[1], Some("rest")).await.unwrap();
    work.commit().await.unwrap();
    let commands = look(&*db).await.commands_after(ONE, 0, 10).await.unwrap();
    let left: Vec<Option<&str>> = commands.iter().map(|c| c.entry.personal.as_deref()).collect();
    assert_eq!(left, [None, Some("rest"), Some("q")]);
    assert_eq!(commands[0].entry.payload, "p");
    let mut work = db.write(ONE).await.unwrap();
    work.clear(ONE).await.unwrap();
    work.commit().await.unwrap();
    assert!(look(&*db).await.told_of(ONE, ada).await.unwrap().is_empty());
}

async fn a_blob_that_nobody_names_is_dropped_and_no_other(db: Arc<dyn Storage>) {
    open(&*db).await;
    let (named, free) = (Hash::of(b"named"), Hash::of(b"free"));
    let mut mug = row(1, 1, &[], &["desk"]);
    mug.described.blobs = vec![named.clone()];
    let mut work = db.write(ONE).await.unwrap();
    for studio in [ONE, TWO] {
        work.put_blob(studio, &named, b"named", NOW).await.unwrap();
        work.put_blob(studio, &free, b"free", NOW).await.unwrap();
    }
    work.put(ONE, &records(vec![mug])).await.unwrap();
    work.drop_blobs(ONE, &[named.clone(), free.clone(), Hash::of(b"unknown")]).await.unwrap();
    work.commit().await.unwrap();
    let mut look = look(&*db).await;
    let here: Vec<Hash> =
        look.blobs_after(ONE, &Hash::default(), 10).await.unwrap().into_iter().map(|(h, _)| h).collect();
    assert_eq!(here, [named]);
    assert_eq!(look.blobs_after(TWO, &Hash::default(), 10).await.unwrap().len(), 2);
}

async fn records_of_a_kind_come_in_the_order_of_their_changes(db: Arc<dyn Storage>) {
    open(&*db).await;
    let rows = vec![row(1, 7, &[], &["desk"]), row(2, 5, &[], &["desk"]), row(3, 6, &[], &["desk"])];
    put(&*db, ONE, &records(rows)).await;
    let mut look = look(&*db).await;
    let versions = |records: Vec<Record>| records.iter().map(|r| r.version).collect::<Vec<_>>();
    assert_eq!(versions(look.records_of(ONE, "mug", 0, 10).await.unwrap()), [5, 6, 7]);
    assert_eq!(versions(look.records_of(ONE, "mug", 5, 1).await.unwrap()), [6]);
    assert!(look.records_of(ONE, "spoon", 0, 10).await.unwrap().is_empty());
    assert!(look.records_of(TWO, "mug", 0, 10).await.unwrap().is_empty());
}
