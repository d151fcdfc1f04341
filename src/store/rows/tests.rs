use std::collections::BTreeMap;

use rollcall_domain::demo::dice::Dice;
use rollcall_domain::kernel::ids::Uuid;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::registry;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::page::{self, Page};
use super::*;

/// Damaged values that are tried.
const TRIES: u32 = 2_000;

fn stored(n: u128) -> Stored {
    let words =
        || SearchRow { subject: Uuid::from_u128(n), sort: "张".to_owned(), words: "zhang 张".to_owned() };
    let key = |at: u128| KeyRow {
        name: format!("towel.key{}", at % 3),
        value: KeyValue(format!("value {n} {at}")),
        unique: at.is_multiple_of(2),
    };
    Stored {
        kind: KindName::Owned("towel".to_owned()),
        id: Uuid::from_u128(n),
        version: u64::try_from(n).unwrap() * 3,
        kind_version: 2,
        // A kind nobody here knows has keys of version 0, which are not computed again.
        keys_version: 0,
        body: (!n.is_multiple_of(5)).then(|| "{\"colour\":\"red\"}".into()),
        keys: (0..n % 4).map(key).collect(),
        search: n.is_multiple_of(2).then(words),
        happened_at: Timestamp(i64::try_from(n).unwrap() - 3),
    }
}

fn damaged(dice: &mut Dice, proper: &[u8]) -> Vec<u8> {
    let mut bytes = proper.to_vec();
    for _ in 0..=dice.between(0, 3) {
        let at = dice.between(0, u32::try_from(bytes.len()).unwrap()) as usize;
        bytes[at] = *dice.pick(&[0, 1, 2, 127, 255]);
    }
    if dice.chance(30) {
        bytes.truncate(dice.between(0, u32::try_from(bytes.len()).unwrap()) as usize);
    }
    bytes
}

#[test]
fn a_pack_reads_back_as_it_was_written() {
    let rows: Vec<Stored> = (1..40).map(stored).collect();
    assert_eq!(read_pack(registry::catalogue(), &write_pack(&rows)).unwrap(), rows);
    assert_eq!(read_pack(registry::catalogue(), &write_pack(&[])).unwrap(), []);
}

#[test]
fn a_page_reads_back_as_it_was_written() {
    let rows: BTreeMap<Id, Stored> =
        (1..40).map(stored).filter(|row| row.body.is_some()).map(|row| (row.id, row)).collect();
    let pages = page::merge(None, Id::nil(), &rows, 0);
    let read = Page::read("towel".into(), Id::nil(), pages[0].1.clone().into()).unwrap();
    assert_eq!((pages.len(), read.count()), (1, rows.len()));
    for (at, row) in rows.values().enumerate() {
        // When it happened is not kept with hot rows.
        assert_eq!(read.stored(at).unwrap(), Stored { happened_at: Timestamp(0), ..row.clone() });
        assert_eq!(read.record(at).as_deref(), row.record().as_ref());
        assert_eq!(read.find(row.id), Some(at));
    }
}

#[test]
fn damaged_packs_and_pages_are_an_error_and_never_a_panic() {
    let rows: Vec<Stored> = (1..12).map(stored).collect();
    let pack = write_pack(&rows);
    let by_id: BTreeMap<Id, Stored> = rows.into_iter().map(|row| (row.id, row)).collect();
    let page = page::merge(None, Id::nil(), &by_id, 0).remove(0).1;
    let mut dice = Dice::new(11);
    for _ in 0..TRIES {
        let _ = read_pack(registry::catalogue(), &damaged(&mut dice, &pack));
        let Ok(read) = Page::read("towel".into(), Id::nil(), damaged(&mut dice, &page).into()) else {
            continue;
        };
        // Whatever a row says of itself, nothing outside of the page is looked at.
        for row in 0..=read.count() {
            let _ = (read.id(row), read.record(row), read.stored(row), read.search(row));
        }
        read.keys_named(0, |_, spot| {
            let _ = read.at(spot);
        });
        let _ = (read.find(Uuid::from_u128(3)), read.renewed(registry::catalogue()));
        let _ = page::merge(Some(&read), Id::nil(), &by_id, 0);
    }
    for cut in 0..page.len() {
        assert!(Page::read("towel".into(), Id::nil(), page[..cut].into()).is_err(), "cut at {cut}");
    }
    let wrong = ["towel", "towel/", "towel/x", "", "/", "towel/00000000000000000000000000000000/x"];
    for key in wrong {
        assert!(page::parse_key(key).is_err(), "{key}");
    }
}
