//! The shelf against plain maps: whatever is done to both, both answer alike. And the search.

use rollcall::store::{Marks, Shelf, Store};
use rollcall_domain::kernel::Id;
use rollcall_domain::kernel::ids::Uuid;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::sync::book::{Confirmed, MemConfirmed};
use rollcall_domain::sync::wire::Row;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    Dice, LAUNDRY, Label, Towel, everything, fresh, gone, open_store, row_of, store_sealer, towel,
};

const COLOURS: [&str; 5] = ["red", "blau", "緑", "", "red\u{1}x"];

fn random_row(dice: &mut Dice, version: u64) -> Row {
    // Spread over the whole range of ids, so that pages split in many places.
    let n = u128::from(dice.below(1_500)).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    let id = Uuid::from_u128(n);
    if dice.below(5) == 0 {
        return gone("towel", id, version);
    }
    let colour = COLOURS[usize::try_from(dice.below(5)).unwrap()].to_owned();
    let owner = format!("owner {}", dice.below(40));
    row_of(&Towel { id, owner, colour, washes: i64::try_from(dice.below(20)).unwrap() - 10 }, version)
}

#[track_caller]
fn assert_alike(shelf: &Shelf, plain: &MemConfirmed) {
    let all: Vec<_> = plain.all().filter(|r| r.kind == "towel").cloned().collect();
    assert_eq!(shelf.count("towel"), all.len());
    assert_eq!(shelf.ids_of("towel"), all.iter().map(|r| r.id).collect::<Vec<Id>>());
    for record in &all {
        assert_eq!(shelf.get("towel", record.id).as_ref(), Some(record));
    }
    for colour in COLOURS.iter().copied().chain(["none"]) {
        let value = KeyValue::of(colour);
        assert_eq!(
            shelf.by_key("towel", "towel.colour", &value),
            plain.by_key("towel", "towel.colour", &value)
        );
    }
    for (from, to, limit) in [(-10, 10, 9_999), (-3, 4, 50), (4, -3, 50), (7, 7, 3), (-100, 100, 0)] {
        let (from, to) = (KeyValue::of(from), KeyValue::of(to));
        let range = |c: &dyn Confirmed| c.range("towel", "towel.washes", &from, &to, limit);
        assert_eq!(range(shelf), range(plain));
    }
    assert!(shelf.by_key("towel", "towel.none", &KeyValue::default()).is_empty());
    assert!(shelf.by_key("none", "towel.colour", &KeyValue::default()).is_empty());
}

#[wasm_bindgen_test]
async fn a_shelf_answers_as_plain_maps_do() {
    for seed in [7, 1_234_567, 0xDEAD_BEEF] {
        let name = fresh("property");
        let mut dice = Dice(seed);
        let mut plain = MemConfirmed::new(&LAUNDRY);
        let (mut store, mut shelf) = open_store(&name).await;
        let mut version = 0;
        for round in 0..12 {
            let count = if round % 4 == 1 { 900 } else { dice.below(40) };
            let rows: Vec<Row> = (0..count)
                .map(|_| {
                    version += 1;
                    random_row(&mut dice, version)
                })
                .collect();
            store.absorb(&rows, &Marks::default(), &[], &[]).await.unwrap();
            shelf.apply(&rows);
            plain.apply(&rows);
            assert_alike(&shelf, &plain);
            match dice.below(3) {
                0 => store.fold_all().await.unwrap(),
                1 => {
                    store.fold_step().await.unwrap();
                }
                _ => {}
            }
            if dice.below(2) == 0 {
                let opened = Store::open(&name, &LAUNDRY, store_sealer()).await.unwrap();
                (store, shelf) = (opened.0, opened.1);
                assert_alike(&shelf, &plain);
            }
        }
        let stored: Vec<_> = everything(&store).await;
        assert_eq!(stored, plain.all().map(|r| (**r).clone()).collect::<Vec<_>>());
        store.close();
        Store::destroy(&name).await.unwrap();
    }
}

fn found(shelf: &Shelf, words: &str) -> Vec<u128> {
    shelf.search(words, 50).into_iter().map(|h| h.subject.as_u128()).collect()
}

fn label(n: u128, towel: u128, text: &str) -> Row {
    row_of(&Label { id: Uuid::from_u128(n), towel: Uuid::from_u128(towel), text: text.to_owned() }, 1)
}

#[wasm_bindgen_test]
fn hits_come_once_per_subject_in_sort_order() {
    let mut shelf = Shelf::new(&LAUNDRY);
    shelf.apply(&[
        row_of(&towel(1, "lin yue", "red"), 1),
        row_of(&towel(2, "chen", "linen"), 1),
        label(11, 1, "13800138000 lin"),
        label(13, 3, "lin of nobody"),
    ]);
    assert_eq!(found(&shelf, "lin"), [2, 1, 3]);
    assert_eq!(found(&shelf, "8000"), [1]);
    assert_eq!(found(&shelf, "8000 yue"), [1]);
    assert!(found(&shelf, "8000 chen").is_empty());
    assert!(found(&shelf, "red1").is_empty());
    assert_eq!(found(&shelf, "y"), [1, 3]);
    assert_eq!(found(&shelf, ""), [2, 1, 3]);
    assert_eq!(shelf.search("lin", 2).len(), 2);
    assert!(shelf.search("lin", 0).is_empty());
}

#[wasm_bindgen_test]
fn a_change_is_found_by_its_new_words_only() {
    let mut shelf = Shelf::new(&LAUNDRY);
    shelf.apply(&[
        row_of(&towel(1, "anna", "red"), 1),
        row_of(&towel(2, "bert", "red"), 1),
        label(11, 1, "stripes"),
    ]);
    shelf.prepare_search();
    shelf.apply(&[row_of(&towel(2, "aaron", "red"), 2)]);
    assert!(found(&shelf, "bert").is_empty());
    assert_eq!(found(&shelf, "red"), [2, 1]);
    // A label changes hands: both towels are found by what they have now.
    shelf.apply(&[label(11, 2, "dots")]);
    assert!(found(&shelf, "stripes").is_empty());
    assert_eq!(found(&shelf, "dots"), [2]);
    assert_eq!(found(&shelf, "red"), [2, 1]);
    shelf.apply(&[gone("towel", Uuid::from_u128(1), 3)]);
    assert_eq!(found(&shelf, "red"), [2]);
    assert!(found(&shelf, "anna").is_empty());
}

#[wasm_bindgen_test]
fn the_sieve_loses_nobody() {
    let mut dice = Dice(99);
    let mut shelf = Shelf::new(&LAUNDRY);
    let names = ["lin yue", "林悦", "chen wei", "o'neil", "ĀĒ", "zhang san", "13912345678"];
    let mut all: Vec<(String, Id)> = Vec::new();
    for n in 0..700u128 {
        let owner = format!("{} {}", names[usize::try_from(dice.below(7)).unwrap()], dice.below(1_000));
        let towel = towel(n + 1, &owner, "red");
        all.push((owner, towel.id));
        shelf.apply(&[row_of(&towel, 1)]);
        if n == 300 {
            shelf.prepare_search();
        }
    }
    all.sort();
    for query in ["lin", "林", "悦", "an 1", "9", "12345", "'n", "Ē", "wei 77", "nobody"] {
        let expected: Vec<Id> = all
            .iter()
            .filter(|(owner, _)| query.split(' ').all(|w| format!("{owner} red").contains(w)))
            .map(|(_, id)| *id)
            .collect();
        let hits: Vec<Id> = shelf.search(query, 1_000).into_iter().map(|h| h.subject).collect();
        assert_eq!(hits, expected, "{query}");
    }
}
