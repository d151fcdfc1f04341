//! The store in a real database: rows and marks together, folding, history, several tabs, erasure, snapshot.

use rollcall::journal::Journal;
use rollcall::store::{Marks, News, Shelf, Store, StoreError};
use rollcall_domain::kernel::ids::Uuid;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::{KindName, Scope, Timestamp, Want};
use rollcall_domain::sync::book::Confirmed as _;
use rollcall_domain::sync::wire::Row;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    Dice, LAUNDRY, Label, Towel, Wash, append, decided, erased, everything, fresh, gone, journal_sealer,
    open_store, row_of, store_sealer, towel,
};

fn marks(folded_at: u64) -> Marks {
    Marks { folded_at, ..Marks::default() }
}

fn many(count: u128) -> Vec<Row> {
    (1..=count).map(|n| row_of(&towel(n, &format!("owner {n}"), "red"), 1)).collect()
}

fn wash(n: u128, towel: u128, at: i64) -> Wash {
    Wash { id: Uuid::from_u128(n), towel: Uuid::from_u128(towel), at: Timestamp(at) }
}

async fn absorb(store: &Store, rows: &[Row]) {
    let marks = store.marks();
    store.absorb(rows, &marks, &[], &[]).await.unwrap();
}

#[wasm_bindgen_test]
async fn rows_and_marks_are_there_after_reopening() {
    let name = fresh("rows");
    let (store, _) = open_store(&name).await;
    let cursors = [(Scope::desk(), 7)].into();
    let marks = Marks { hub_epoch: Uuid::from_u128(3), cursors, folded_at: 5, mark: None, erased: 4 };
    store.absorb(&[row_of(&towel(1, "lin", "red"), 7)], &marks, &[], &[]).await.unwrap();
    store.absorb(&[], &Marks { folded_at: 6, ..marks.clone() }, &[], &[]).await.unwrap();
    let (_, shelf, found) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
    assert_eq!(found, Marks { folded_at: 6, ..marks });
    let record = shelf.get("towel", Uuid::from_u128(1)).unwrap();
    assert_eq!((record.version, record.read::<Towel>().unwrap().owner.as_str()), (7, "lin"));
}

#[wasm_bindgen_test]
async fn the_last_row_of_a_record_counts_wherever_it_lies() {
    let name = fresh("last");
    let (store, _) = open_store(&name).await;
    let owner = |shelf: &Shelf, n: u128| {
        shelf.get("towel", Uuid::from_u128(n)).map(|r| r.read::<Towel>().unwrap().owner)
    };
    absorb(
        &store,
        &[row_of(&towel(5, "recent", "red"), 1), row_of(&towel(5, "later in the same", "red"), 2)],
    )
    .await;
    // An import meets a record that has not been folded: pages must not lose to the older row.
    let mut rows = many(600);
    rows.push(gone("towel", Uuid::from_u128(6), 2));
    absorb(&store, &rows).await;
    let (_, shelf, _) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
    assert_eq!(owner(&shelf, 5).as_deref(), Some("owner 5"));
    assert_eq!(owner(&shelf, 6), None);
    assert_eq!(shelf.count("towel"), 599);
    absorb(&store, &[row_of(&towel(6, "back", "red"), 3), gone("towel", Uuid::from_u128(7), 3)]).await;
    store.fold_all().await.unwrap();
    assert_eq!(store.unfolded(), 0);
    let (_, shelf, _) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
    assert_eq!((owner(&shelf, 6).as_deref(), owner(&shelf, 7)), (Some("back"), None));
}

#[wasm_bindgen_test]
async fn unknown_kinds_and_fields_are_kept_byte_for_byte() {
    let name = fresh("unknown");
    let (store, _) = open_store(&name).await;
    let body = "{\"z\":1,  \"a\":\"喵\",\"id\":\"00000000-0000-0000-0000-000000000001\",\"owner\":\"lin\",\"colour\":\"red\",\"washes\":0}";
    let known = Row { body: Some(body.into()), ..row_of(&towel(1, "lin", "red"), 1) };
    let unknown = Row {
        kind: "from_the_future".into(),
        kind_version: 9,
        id: Uuid::from_u128(2),
        version: 4,
        body: Some("{ not even json".into()),
    };
    let broken = Row { id: Uuid::from_u128(3), body: Some("{}".into()), ..known.clone() };
    absorb(&store, &[known.clone(), unknown.clone(), broken.clone()]).await;
    for fold in [false, true] {
        if fold {
            store.fold_all().await.unwrap();
        }
        let all = everything(&store).await;
        let bodies: Vec<&str> = all.iter().map(|r| &*r.body).collect();
        assert_eq!(bodies, ["{ not even json", body, "{}"]);
        assert_eq!((all[0].kind_version, all[0].version), (9, 4));
        let (reopened, shelf, _) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
        assert_eq!(&*shelf.get("towel", Uuid::from_u128(1)).unwrap().body, body);
        let want = Want::Id(KindName::Borrowed("from_the_future"), Uuid::from_u128(2));
        assert_eq!(&*reopened.cold(&want).await.unwrap()[0].body, "{ not even json");
    }
}

#[wasm_bindgen_test]
async fn a_fold_that_another_tab_overtook_loses_nothing() {
    let name = fresh("overtaken");
    let (a, _) = open_store(&name).await;
    absorb(&a, &many(700)).await;
    for n in 0..40u128 {
        let words =
            |k| Label { id: Uuid::from_u128(9_000 + n * 20 + k), towel: Uuid::nil(), text: "x".to_owned() };
        let mut rows: Vec<Row> = (0..20).map(|k| row_of(&words(k), 2)).collect();
        rows.extend([row_of(&towel(n * 17 + 1, "first", "red"), 2), row_of(&wash(n + 1, n, 1), 2)]);
        absorb(&a, &rows).await;
    }
    // Both plan over the same rows and write a page; then one finishes, and what is newer is folded too, before the
    // other goes on.
    let (b, _) = open_store(&name).await;
    for _ in 0..2 {
        assert!(a.fold_step().await.unwrap());
        assert!(b.fold_step().await.unwrap());
    }
    b.fold_all().await.unwrap();
    absorb(&b, &[row_of(&towel(18, "second", "red"), 3), gone("towel", Uuid::from_u128(35), 3)]).await;
    b.fold_all().await.unwrap();
    a.fold_all().await.unwrap();
    let (_, shelf, _) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
    let owner = |n: u128| shelf.get("towel", Uuid::from_u128(n)).map(|r| r.read::<Towel>().unwrap().owner);
    assert_eq!(owner(1).as_deref(), Some("first"));
    assert_eq!(owner(18).as_deref(), Some("second"));
    assert_eq!(owner(35), None);
    assert_eq!(shelf.count("towel"), 699);
}

#[wasm_bindgen_test]
async fn a_fold_left_in_the_middle_loses_nothing() {
    let name = fresh("middle");
    let (store, _) = open_store(&name).await;
    absorb(&store, &many(1_500)).await;
    for n in 0..600u128 {
        absorb(&store, &[row_of(&towel(n * 2 + 1, "changed", "red"), 2)]).await;
    }
    let before = everything(&store).await;
    // Killed after one, two, three … steps: whoever opens the store finds the same.
    let mut more = true;
    while more {
        more = store.fold_step().await.unwrap();
        let (killed, shelf) = open_store(&name).await;
        assert_eq!(shelf.count("towel"), 1_500);
        assert_eq!(shelf.by_key("towel", "towel.colour", &KeyValue::of("red")).len(), 1_500);
        killed.close();
    }
    assert_eq!(store.unfolded(), 0);
    assert_eq!(everything(&store).await, before);
}

#[wasm_bindgen_test]
async fn another_tab_sees_what_was_absorbed() {
    let name = fresh("tabs");
    let (a, _) = open_store(&name).await;
    let (b, mut shelf) = open_store(&name).await;
    absorb(&a, &[row_of(&towel(1, "lin", "red"), 1)]).await;
    let blind = b.absorb(&[row_of(&towel(2, "wu", "red"), 2)], &marks(9), &[], &[]).await;
    assert_eq!(blind, Err(StoreError::Moved));
    let (news, _) = b.catch_up().await.unwrap();
    let News::Rows(rows) = news else { panic!("{news:?}") };
    shelf.apply(&rows);
    assert_eq!(shelf.count("towel"), 1);
    b.absorb(&[row_of(&towel(2, "wu", "red"), 2)], &marks(9), &[], &[]).await.unwrap();
    assert!(matches!(b.catch_up().await.unwrap().0, News::Nothing));

    // Folded before the other tab looked: it reads everything again.
    a.catch_up().await.unwrap();
    absorb(&a, &[row_of(&towel(3, "he", "red"), 3)]).await;
    a.fold_all().await.unwrap();
    let (news, found) = b.catch_up().await.unwrap();
    let News::Everything(shelf) = news else { panic!("{news:?}") };
    assert_eq!((shelf.count("towel"), found.folded_at), (3, 9));
    absorb(&a, &many(600)).await;
    assert!(matches!(b.catch_up().await.unwrap().0, News::Everything(shelf) if shelf.count("towel") == 600));
}

#[wasm_bindgen_test]
async fn history_is_found_by_id_key_and_range() {
    let name = fresh("cold");
    let (store, _) = open_store(&name).await;
    let month = 31 * 86_400_000;
    let washes: Vec<Wash> = (0..900)
        .map(|n: i64| wash(1 + n.unsigned_abs() as u128, 1 + n.unsigned_abs() as u128 % 7, n % 3 * month + n))
        .collect();
    absorb(&store, &washes.iter().take(600).map(|w| row_of(w, 1)).collect::<Vec<_>>()).await;
    store.fold_all().await.unwrap();
    absorb(&store, &washes.iter().skip(600).map(|w| row_of(w, 1)).collect::<Vec<_>>()).await;
    // One moves to another towel and month, one goes.
    let moved = wash(8, 99, 5 * month);
    absorb(&store, &[row_of(&moved, 2), gone("wash", Uuid::from_u128(15), 2)]).await;
    let expected = |keep: &dyn Fn(&Wash) -> bool| -> Vec<Wash> {
        let mut all: Vec<Wash> =
            washes.iter().filter(|w| w.id != moved.id && w.id != Uuid::from_u128(15)).cloned().collect();
        all.push(moved.clone());
        all.retain(|w| keep(w));
        all
    };
    for fold in [false, true] {
        if fold {
            store.fold_all().await.unwrap();
        }
        let read = async |want: Want| -> Vec<Wash> {
            store.cold(&want).await.unwrap().iter().map(|r| r.read().unwrap()).collect()
        };
        let of_one = expected(&|w| w.towel == Uuid::from_u128(1));
        assert_eq!(
            read(Want::key::<Wash>("wash.towel", KeyValue::of(Uuid::from_u128(1)))).await,
            sorted(of_one, |w| w.id)
        );
        assert_eq!(
            read(Want::key::<Wash>("wash.towel", KeyValue::of(Uuid::from_u128(99)))).await,
            [moved.clone()]
        );
        assert_eq!(read(Want::id::<Wash>(Uuid::from_u128(8))).await, [moved.clone()]);
        assert!(read(Want::id::<Wash>(Uuid::from_u128(15))).await.is_empty());
        let (from, to) = (Timestamp(10), Timestamp(2 * month + 400));
        let in_time = sorted(expected(&|w| w.at >= from && w.at <= to), |w| (w.at, w.id));
        let range = |limit| Want::range::<Wash>("wash.at", KeyValue::of(from), KeyValue::of(to), limit);
        assert_eq!(read(range(9_999)).await, in_time);
        assert_eq!(read(range(25)).await, in_time[..25]);
        assert!(
            read(Want::range::<Wash>("wash.at", KeyValue::of(to), KeyValue::of(from), 9)).await.is_empty()
        );
    }
    assert_eq!(everything(&store).await.len(), 899);
}

fn sorted<K: Ord>(mut washes: Vec<Wash>, key: impl Fn(&Wash) -> K) -> Vec<Wash> {
    washes.sort_by_key(key);
    washes
}

#[wasm_bindgen_test]
async fn history_folded_at_random_is_whole() {
    let mut dice = Dice(4_711);
    let (store, _) = open_store(&fresh("random-cold")).await;
    let mut plain = std::collections::BTreeMap::new();
    for _ in 0..60 {
        let n = u128::from(dice.below(300)) + 1;
        let count = dice.below(20);
        let mut rows = Vec::new();
        for k in 0..u128::from(count) {
            let wash =
                wash(n + k, u128::from(dice.below(5)), i64::try_from(dice.below(100)).unwrap() * 86_400_000);
            if dice.below(6) == 0 {
                plain.remove(&wash.id);
                rows.push(gone("wash", wash.id, 1));
            } else {
                rows.push(row_of(&wash, 1));
                plain.insert(wash.id, wash);
            }
        }
        absorb(&store, &rows).await;
        if dice.below(4) == 0 {
            store.fold_all().await.unwrap();
        }
        let towel = Uuid::from_u128(u128::from(dice.below(5)));
        let found = store.cold(&Want::key::<Wash>("wash.towel", KeyValue::of(towel))).await.unwrap();
        let found: Vec<Wash> = found.iter().map(|r| r.read().unwrap()).collect();
        assert_eq!(found, plain.values().filter(|w| w.towel == towel).cloned().collect::<Vec<_>>());
    }
    assert_eq!(everything(&store).await.len(), plain.len());
}

#[wasm_bindgen_test]
async fn scopes_that_were_left_and_people_who_were_erased_go() {
    let name = fresh("left");
    let (store, mut shelf) = open_store(&name).await;
    let label = Label { id: Uuid::from_u128(11), towel: Uuid::from_u128(2), text: "phone".to_owned() };
    let rows = [
        row_of(&towel(1, "a", "red"), 1),
        row_of(&towel(2, "b", "blue"), 1),
        row_of(&towel(3, "c", "blue"), 1),
        row_of(&label, 1),
    ];
    let cursors =
        [(Scope::everyone(), 1), (Scope("shelf:red".to_owned()), 1), (Scope("shelf:blue".to_owned()), 1)];
    let before = Marks { cursors: cursors.into(), ..Marks::default() };
    store.absorb(&rows, &before, &[], &[]).await.unwrap();
    store.fold_all().await.unwrap();
    shelf.apply(&rows);

    let mut after = before;
    let red = Scope("shelf:red".to_owned());
    after.cursors.remove(&red);
    let gone = store.absorb(&[], &after, &[red], &[erased(2)]).await.unwrap();
    shelf.apply(&gone);
    // What is left of the erased one's towel is a towel of nobody's.
    assert_eq!(shelf.ids_of("towel"), [Uuid::from_u128(2), Uuid::from_u128(3)]);
    let left: Towel = shelf.get("towel", Uuid::from_u128(2)).unwrap().read().unwrap();
    assert_eq!((left.owner.as_str(), left.colour.as_str()), ("", "blue"));
    assert_eq!(shelf.count("label"), 0);
    assert_eq!(everything(&store).await.len(), 2);
    // An erased person is off the disk at the next quiet moment, however little waits.
    while store.fold_step().await.unwrap() {}
    assert_eq!(store.unfolded(), 0);
    assert_eq!(everything(&store).await.len(), 2);
}

#[wasm_bindgen_test]
async fn snapshot_trim_and_rebuild_give_the_same_records() {
    let name = fresh("snapshot");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    let (store, _) = open_store(&format!("{name}-store")).await;
    store.absorb(&many(700), &marks(1), &[], &[]).await.unwrap();
    append(&journal, 900).await;
    for n in 0..30u128 {
        let head = journal.head();
        let rows = [row_of(&towel(n + 300, "changed", "blue"), 2), row_of(&wash(n + 1, n, 1), 2)];
        let changes = rows.iter().map(|r| rollcall_domain::kernel::Change {
            kind: r.kind.clone(),
            kind_version: 1,
            id: r.id,
            body: r.body.clone(),
        });
        let at = journal.append(&head, &decided(n + 1, &head, changes.collect())).await.unwrap();
        store.absorb(&rows, &marks(at), &[], &[]).await.unwrap();
    }
    let before = everything(&store).await;
    let (reached, pieces) = store.snapshot().await.unwrap();
    journal.write_snapshot(reached.folded_at, pieces).await.unwrap();
    journal.trim(reached.folded_at).await.unwrap();
    assert_eq!(journal.lines_after(0, 99).await.unwrap().len(), 1);

    store.close();
    Store::destroy(&format!("{name}-store")).await.unwrap();
    let (store, shelf, empty) =
        Store::open(&format!("{name}-store"), &LAUNDRY, store_sealer()).await.unwrap();
    assert_eq!((shelf.count("towel"), empty), (0, Marks::default()));
    let (up_to, pieces) = journal.read_snapshot().await.unwrap().unwrap();
    let shelf = store.restore(&pieces, &marks(up_to)).await.unwrap();
    assert_eq!(everything(&store).await, before);
    assert_eq!((shelf.count("towel"), store.marks()), (700, marks(31)));
    store.start_over(&marks(40)).await.unwrap();
    assert!(everything(&store).await.is_empty());
    assert_eq!(store.marks(), marks(40));
    absorb(&store, &[row_of(&towel(1, "new", "red"), 1)]).await;
    assert_eq!(everything(&store).await.len(), 1);
}
