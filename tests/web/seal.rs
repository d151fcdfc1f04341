//! Rows under a seal: nothing readable lies in the database, nothing opens in another place or under another key, and
//! what was written before rows were sealed is read and then sealed.

use rollcall::journal::{Draft, Head, Journal, JournalError, Standing};
use rollcall::store::{Marks, Store, StoreError};
use rollcall::vault::{SealError, Sealer};
use rollcall_domain::kernel::decide::{Hold, Outcome, Parked};
use rollcall_domain::kernel::ids::Uuid;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::{Timestamp, Want};
use rollcall_domain::sync::book::Confirmed as _;
use rollcall_domain::sync::envelope::Entry;
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold, Problem, ProblemCode, Receipt, Row};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    COUNTER, Pickup, command, draft, dump, everything, fresh, hash, journal_sealer, meddle, row_of,
    store_sealer, towel,
};

const NAME: &str = "Ouyang Canary";
const PHONE: &str = "0912 345 678";
const COLOUR: &str = "vermilion";

fn rows(count: u128) -> Vec<Row> {
    let pickup = |n: u128| Pickup {
        id: Uuid::from_u128(9_000 + n),
        phone: if n == 7 { PHONE.to_owned() } else { format!("0900 000 {n:03}") },
        at: Timestamp(i64::try_from(n).unwrap() * 86_400_000),
    };
    let towels = (1..=count).map(|n| row_of(&towel(n, NAME, COLOUR), 1));
    towels.chain((1..=40).map(|n| row_of(&pickup(n), 1))).collect()
}

async fn filled(name: &str, sealer: Sealer) -> Store {
    let (store, _, _) = Store::open(name, &COUNTER, sealer).await.unwrap();
    store.absorb(&rows(1_100), &Marks::default(), &[], &[]).await.unwrap();
    store.fold_all().await.unwrap();
    store
        .absorb(&[row_of(&towel(3, "changed Canary", COLOUR), 2)], &Marks::default(), &[], &[])
        .await
        .unwrap();
    store
}

fn by_phone(phone: &str) -> Want {
    Want::key::<Pickup>("pickup.phone", KeyValue::of(phone))
}

#[wasm_bindgen_test]
async fn a_sealed_store_holds_nothing_readable_and_gives_everything_back() {
    let (open, name) = (fresh("open"), fresh("sealed"));
    filled(&open, Sealer::plain()).await;
    let readable = dump(&open).await;
    for canary in ["Canary", PHONE, COLOUR] {
        assert!(readable.contains(canary), "the dump would not show {canary}");
    }
    let store = filled(&name, store_sealer()).await;
    let sealed = dump(&name).await;
    for canary in ["Canary", PHONE, COLOUR] {
        assert!(!sealed.contains(canary), "{canary} can be read");
    }
    assert_eq!(everything(&store).await.len(), 1_140);
    let (again, shelf, _) = Store::open(&name, &COUNTER, store_sealer()).await.unwrap();
    assert_eq!(shelf.by_key("towel", "towel.colour", &KeyValue::of(COLOUR)).len(), 1_100);
    assert_eq!(again.cold(&by_phone(PHONE)).await.unwrap()[0].id, Uuid::from_u128(9_007));
    assert!(again.cold(&by_phone("0912")).await.unwrap().is_empty());
    let range = |from, to| Want::range::<Pickup>("pickup.phone", KeyValue::of(from), KeyValue::of(to), 3);
    let found = again.cold(&range("0900 000 002", "0900 000 009")).await.unwrap();
    assert_eq!(found.iter().map(|r| r.id.as_u128()).collect::<Vec<_>>(), [9_002, 9_003, 9_004]);
    let at = |n: i64| KeyValue::of(Timestamp(n * 86_400_000));
    let days = again.cold(&Want::range::<Pickup>("pickup.at", at(5), at(7), 9)).await.unwrap();
    assert_eq!(days.len(), 3);
}

#[wasm_bindgen_test]
async fn rows_that_changed_places_are_refused() {
    let name = fresh("swapped");
    filled(&name, store_sealer()).await;
    let swap = "store.getAllKeys().onsuccess = ({ target: { result: [a, b] } }) => {
                  store.get(a).onsuccess = ({ target: { result: first } }) => {
                    store.get(b).onsuccess = ({ target: { result: second } }) => {
                      store.put(second, a);
                      store.put(first, b);
                    };
                  };
                };";
    meddle(&name, "pages", swap).await;
    let opened = Store::open(&name, &COUNTER, store_sealer()).await;
    assert_eq!(opened.err(), Some(StoreError::Sealed(SealError::Foreign)));
    meddle(&name, "pages", swap).await;
    let (store, ..) = Store::open(&name, &COUNTER, store_sealer()).await.unwrap();
    meddle(&name, "cold", swap).await;
    let found = store.cold(&by_phone(PHONE)).await;
    assert!(matches!(found, Err(StoreError::Sealed(SealError::Foreign))), "{found:?}");
}

#[wasm_bindgen_test]
async fn another_key_opens_nothing_and_takes_nothing_away() {
    let name = fresh("other-key");
    filled(&name, store_sealer()).await;
    let before = dump(&name).await;
    for (sealer, why) in [
        (Sealer::new([9; 32], 1), SealError::Foreign),
        (Sealer::plain(), SealError::NoKey),
        (Sealer::new([9; 32], 2), SealError::GivenUp),
    ] {
        let opened = Store::open(&name, &COUNTER, sealer).await;
        assert_eq!(opened.err(), Some(StoreError::Sealed(why)));
    }
    assert!(dump(&name).await == before, "a key that does not fit changed something");

    let anew = Sealer::new([9; 32], 2);
    let (store, shelf, marks) = Store::open_anew(&name, &COUNTER, anew.clone()).await.unwrap();
    assert_eq!((shelf.count("towel"), marks), (0, Marks::default()));
    store.absorb(&rows(2), &Marks::default(), &[], &[]).await.unwrap();
    let (again, ..) = Store::open(&name, &COUNTER, anew).await.unwrap();
    assert_eq!(everything(&again).await.len(), 42);
}

#[wasm_bindgen_test]
async fn rows_from_before_the_seal_are_read_and_sealed_in_quiet_moments() {
    let name = fresh("before");
    let before = everything(&filled(&name, Sealer::plain()).await).await;
    let (store, shelf, _) = Store::open(&name, &COUNTER, store_sealer()).await.unwrap();
    assert_eq!(shelf.count("towel"), 1_100);
    assert!(store.is_behind());
    assert_eq!(store.cold(&by_phone(PHONE)).await.unwrap().len(), 1);
    // Killed in the middle: whoever opens it goes on.
    for _ in 0..3 {
        assert!(store.fold_step().await.unwrap());
    }
    let (store, ..) = Store::open(&name, &COUNTER, store_sealer()).await.unwrap();
    assert_eq!(store.cold(&by_phone(PHONE)).await.unwrap().len(), 1);
    while store.fold_step().await.unwrap() {}
    assert!(!store.is_behind());
    let sealed = dump(&name).await;
    for canary in ["Canary", PHONE, COLOUR] {
        assert!(!sealed.contains(canary), "{canary} can be read");
    }
    let (store, ..) = Store::open(&name, &COUNTER, store_sealer()).await.unwrap();
    assert!(!store.is_behind());
    assert_eq!(everything(&store).await, before);
    assert_eq!(store.cold(&by_phone(PHONE)).await.unwrap().len(), 1);
}

// ── The journal ────────────────────────────────────────────────────────────────────────────────────────────────────

/// A command that says a name.
fn named(n: u128, head: &Head) -> Draft {
    let entry = Entry {
        envelope: format!("{{\"n\":{n}}}"),
        payload: format!("{{\"colour\":\"{COLOUR}\"}}"),
        personal: Some(format!("{{\"name\":\"{NAME}\"}}")),
    };
    let plain = draft(n, head);
    let next = Head { hash: entry.hash(), ..plain.next.clone() };
    Draft { entry, next, ..plain }
}

async fn append(journal: &Journal, n: u128) {
    let head = journal.head();
    journal.append(&head, &named(n, &head)).await.unwrap();
}

fn answer(n: u128, answer: OutcomeOrHold) -> Answered {
    // A receipt says nothing about anybody; an outcome may.
    let receipt =
        Receipt { hub_epoch: Uuid::nil(), hub_seq: 1, effective_at: Timestamp(1), mac: NAME.to_owned() };
    Answered { id: command(n), answer, receipt }
}

fn accepted(n: u128) -> Answered {
    answer(n, OutcomeOrHold::Outcome(Outcome::Accepted))
}

async fn written(name: &str, sealer: Sealer) -> Journal {
    let journal = Journal::open(name, sealer).await.unwrap();
    for n in 1..=2 {
        append(&journal, n).await;
    }
    let head = journal.head();
    let photo = (hash("photo"), format!("photo of {NAME}").into_bytes());
    journal.append(&head, &Draft { blobs: vec![photo], ..named(3, &head) }).await.unwrap();
    journal.put_blob(&hash("other"), format!("another {NAME}").as_bytes()).await.unwrap();
    journal.answered(&[accepted(1)]).await.unwrap();
    journal.write_snapshot(1, vec![NAME.as_bytes().to_vec(), COLOUR.as_bytes().to_vec()]).await.unwrap();
    journal
}

#[wasm_bindgen_test]
async fn a_sealed_journal_holds_nothing_readable_and_gives_everything_back() {
    let (open, name) = (fresh("open-journal"), fresh("sealed-journal"));
    written(&open, Sealer::plain()).await;
    let readable = dump(&open).await;
    assert!(readable.contains(NAME) && readable.contains(COLOUR), "the dump would not show them");
    written(&name, journal_sealer()).await;
    let sealed = dump(&name).await;
    assert!(!sealed.contains(NAME) && !sealed.contains(COLOUR), "they can be read");

    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    let lines = journal.lines_after(0, 10).await.unwrap();
    assert_eq!(lines[1].entry, named(2, &Head::default()).entry);
    assert_eq!(lines[0].standing, Standing::Sent { answered: accepted(1) });
    assert_eq!(journal.blob(&hash("photo")).await.unwrap().unwrap(), format!("photo of {NAME}").as_bytes());
    let (up_to, pieces) = journal.read_snapshot().await.unwrap().unwrap();
    assert_eq!((up_to, pieces[0].as_slice(), pieces[1].as_slice()), (1, NAME.as_bytes(), COLOUR.as_bytes()));
    // The same answer again moves nothing, and a photo that was sent stays sealed.
    journal.answered(&[accepted(1)]).await.unwrap();
    journal.blob_sent(&hash("photo")).await.unwrap();
    assert!(!dump(&name).await.contains(NAME));
}

#[wasm_bindgen_test]
async fn lines_that_changed_places_or_lost_their_key_are_refused_and_kept() {
    let name = fresh("swapped-lines");
    written(&name, journal_sealer()).await;
    let other = Journal::open(&name, Sealer::new([9; 32], 1)).await.unwrap();
    assert_eq!(other.lines_after(0, 10).await, Err(JournalError::Sealed(SealError::Foreign)));
    let swap = "store.get(2).onsuccess = ({ target: { result: second } }) => {
                  store.get(3).onsuccess = ({ target: { result: third } }) => {
                    [second.bytes, third.bytes] = [third.bytes, second.bytes];
                    store.put(second, 2);
                    store.put(third, 3);
                  };
                };";
    meddle(&name, "entries", swap).await;
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    assert_eq!(journal.find(command(2)).await, Err(JournalError::Sealed(SealError::Foreign)));
    assert_eq!(journal.counts().await.unwrap().waiting, 2);
    meddle(&name, "entries", swap).await;
    assert!(journal.find(command(2)).await.unwrap().is_some());
}

#[wasm_bindgen_test]
async fn lines_from_before_the_seal_are_read_and_answered() {
    let name = fresh("old-lines");
    written(&name, Sealer::plain()).await.close();
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    append(&journal, 4).await;
    let lines = journal.lines_after(0, 10).await.unwrap();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0].standing, Standing::Sent { answered: accepted(1) });
    journal.answered(&[accepted(1), accepted(2), accepted(4)]).await.unwrap();
    assert_eq!(journal.counts().await.unwrap().waiting, 1);
    assert_eq!(
        journal.find(command(2)).await.unwrap().unwrap().standing,
        Standing::Sent { answered: accepted(2) }
    );
    assert!(journal.blob(&hash("other")).await.unwrap().is_some());
    assert_eq!(journal.read_snapshot().await.unwrap().unwrap().1.len(), 2);
}

#[wasm_bindgen_test]
async fn a_lock_leaves_what_the_hub_does_not_have_and_nothing_else() {
    let name = fresh("lock");
    let journal = written(&name, journal_sealer()).await;
    for n in 4..=6 {
        append(&journal, n).await;
    }
    let held = OutcomeOrHold::Hold(Hold::Parked { why: Parked::Dependency });
    journal.answered(&[answer(4, held), accepted(5)]).await.unwrap();
    let why = Problem { code: ProblemCode::BadRequest, detail: String::new(), hub_epoch: None };
    journal.lay_aside(6, &why).await.unwrap();
    for _ in 0..2 {
        journal.keep_what_waits().await.unwrap();
        let left: Vec<u64> = journal.lines_after(0, 10).await.unwrap().iter().map(|line| line.at).collect();
        assert_eq!(left, [2, 3, 4, 6]);
        assert_eq!(journal.read_snapshot().await.unwrap(), None);
        assert_eq!(journal.blob(&hash("other")).await.unwrap(), None);
        assert!(journal.blob(&hash("photo")).await.unwrap().is_some());
    }
    append(&journal, 7).await;
    assert_eq!(journal.last_at(), 7);
}
