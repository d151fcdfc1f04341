//! Kinds that changed between two builds.

use rollcall::store::{Marks, Store};
use rollcall_domain::kernel::ids::Uuid;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::{KindName, Timestamp, Want};
use rollcall_domain::sync::book::Confirmed as _;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{LATER, LAUNDRY, SMALL, Wash, everything, fresh, row_of, store_sealer, towel};

#[wasm_bindgen_test]
async fn a_later_build_finds_old_rows_by_its_own_keys() {
    let name = fresh("keys");
    let (store, _, _) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
    let mut rows: Vec<_> =
        (1..=300).map(|n| row_of(&towel(n, &format!("owner {}", n % 3), "red"), 1)).collect();
    store.absorb(&rows, &Marks::default(), &[], &[]).await.unwrap();
    let recent = row_of(&towel(301, "owner 1", "red"), 1);
    store.absorb(std::slice::from_ref(&recent), &Marks::default(), &[], &[]).await.unwrap();
    rows.push(recent);
    store.close();

    let (later, shelf, _) = Store::open(&name, &LATER, store_sealer()).await.unwrap();
    let value = KeyValue::of("owner 1");
    assert_eq!(shelf.by_key("towel", "towel.owner", &value).len(), 101);
    assert!(shelf.by_key("towel", "towel.colour", &KeyValue::of("red")).is_empty());
    assert!(shelf.search("owner", 5).is_empty());
    while later.fold_step().await.unwrap() {}
    later.close();
    let (_, shelf, _) = Store::open(&name, &LATER, store_sealer()).await.unwrap();
    assert_eq!(shelf.by_key("towel", "towel.owner", &value).len(), 101);
}

#[wasm_bindgen_test]
async fn history_that_is_needed_today_moves_to_pages_and_back() {
    let name = fresh("temperature");
    let (store, _, _) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
    let wash = |n: u128| Wash { id: Uuid::from_u128(n), towel: Uuid::from_u128(1), at: Timestamp(0) };
    store
        .absorb(&(1..=40).map(|n| row_of(&wash(n), 1)).collect::<Vec<_>>(), &Marks::default(), &[], &[])
        .await
        .unwrap();
    store.fold_all().await.unwrap();
    store.absorb(&[row_of(&wash(41), 1)], &Marks::default(), &[], &[]).await.unwrap();
    let before = everything(&store).await;
    store.close();

    let (later, shelf, _) = Store::open(&name, &LATER, store_sealer()).await.unwrap();
    assert_eq!(shelf.by_key("wash", "wash.of", &KeyValue::of(Uuid::from_u128(1))).len(), 41);
    assert_eq!(everything(&later).await, before);
    later.fold_all().await.unwrap();
    later.close();

    let (back, _, _) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
    let found = back.cold(&Want::key::<Wash>("wash.towel", KeyValue::of(Uuid::from_u128(1)))).await.unwrap();
    assert_eq!(found.len(), 41);
    assert_eq!(everything(&back).await, before);
}

#[wasm_bindgen_test]
async fn a_kind_this_build_learns_was_kept_until_then() {
    let name = fresh("learns");
    let (small, shelf, _) = Store::open(&name, &SMALL, store_sealer()).await.unwrap();
    small.absorb(&[row_of(&towel(1, "lin", "red"), 1)], &Marks::default(), &[], &[]).await.unwrap();
    small.fold_all().await.unwrap();
    assert_eq!(shelf.count("towel"), 0);
    let want = Want::Id(KindName::Borrowed("towel"), Uuid::from_u128(1));
    assert_eq!(small.cold(&want).await.unwrap().len(), 1);
    small.absorb(&[row_of(&towel(2, "wu", "red"), 1)], &Marks::default(), &[], &[]).await.unwrap();
    small.close();
    let (_, shelf, _) = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
    assert_eq!(shelf.count("towel"), 2);
    assert_eq!(shelf.search("lin", 5).len(), 1);
}
