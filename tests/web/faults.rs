//! Browsers that misbehave: transactions that abort, full disks, connections that go away.

use rollcall::journal::{Head, Journal, JournalError};
use rollcall::store::{Marks, Store, StoreError};
use rollcall::vault::{SealError, Sealer};
use rollcall_domain::sync::book::Confirmed as _;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    Bent, LAUNDRY, append, command, draft, dump, everything, fresh, journal_sealer, meddle, open_store,
    row_of, store_sealer, towel,
};

/// Every write is undone after its last request succeeded.
const ABORT_AT_THE_END: &str = "
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
      const request = put.apply(this, given);
      const transaction = this.transaction;
      if (given[1] === 'tip' || this.name === 'recent') request.addEventListener('success', () => transaction.abort());
      return request;
    };
    // After a commit the page itself can abort no more; the browser still can.
    const commit = IDBTransaction.prototype.commit;
    IDBTransaction.prototype.commit = function () { this.abort(); };
    return () => { IDBObjectStore.prototype.put = put; IDBTransaction.prototype.commit = commit; };";

/// A write is undone once the first of its lines is in place.
const ABORT_HALF_WAY: &str = "
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
      const request = put.apply(this, given);
      const transaction = this.transaction;
      if (this.name === 'entries') request.addEventListener('success', () => transaction.abort());
      return request;
    };
    return () => { IDBObjectStore.prototype.put = put; };";

/// The disk is full when the last request of a write arrives.
const FULL: &str = "
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
      if (given[1] === 'tip' || this.name === 'recent') throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, given);
    };
    return () => { IDBObjectStore.prototype.put = put; };";

/// The next transaction finds its connection closed.
const CLOSE_ONCE: &str = "
    const begin = IDBDatabase.prototype.transaction;
    let closed = false;
    IDBDatabase.prototype.transaction = function (...given) {
      if (!closed) { closed = true; this.close(); }
      return begin.apply(this, given);
    };
    return () => { IDBDatabase.prototype.transaction = begin; };";

/// Every transaction finds its connection closed.
const CLOSE_ALWAYS: &str = "
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...given) {
      this.close();
      return begin.apply(this, given);
    };
    return () => { IDBDatabase.prototype.transaction = begin; };";

/// The browser takes the connection away right after the next transaction began, or asks for it.
fn event_once(name: &str) -> Bent {
    Bent::new(&format!(
        "const begin = IDBDatabase.prototype.transaction;
         let sent = false;
         IDBDatabase.prototype.transaction = function (...given) {{
           const transaction = begin.apply(this, given);
           if (!sent) {{ sent = true; this.dispatchEvent(new Event('{name}')); }}
           return transaction;
         }};
         return () => {{ IDBDatabase.prototype.transaction = begin; }};"
    ))
}

#[wasm_bindgen_test]
async fn an_append_undone_at_the_last_moment_is_not_called_saved() {
    let name = fresh("abort");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    append(&journal, 1).await;
    let head = journal.head();
    let bent = Bent::new(ABORT_AT_THE_END);
    let result = journal.append(&head, &draft(2, &head)).await;
    drop(bent);
    assert!(matches!(result, Err(JournalError::Aborted(_))), "{result:?}");
    let again = Journal::open(&name, journal_sealer()).await.unwrap();
    assert_eq!(again.head(), head);
    assert_eq!(again.find(command(2)).await.unwrap(), None);
    assert_eq!(append(&journal, 2).await, 2);
}

#[wasm_bindgen_test]
async fn rows_undone_at_the_last_moment_are_not_called_absorbed() {
    let name = fresh("abort-store");
    let (store, _) = open_store(&name).await;
    let marks = Marks { folded_at: 1, ..Marks::default() };
    let bent = Bent::new(ABORT_AT_THE_END);
    let result = store.absorb(&[row_of(&towel(1, "lin", "red"), 1)], &marks, &[], &[]).await;
    drop(bent);
    assert!(matches!(result, Err(StoreError::Aborted(_))), "{result:?}");
    assert_eq!(store.marks(), Marks::default());
    assert!(everything(&store).await.is_empty());
    store.absorb(&[row_of(&towel(1, "lin", "red"), 1)], &marks, &[], &[]).await.unwrap();
    assert_eq!(everything(&store).await.len(), 1);
}

#[wasm_bindgen_test]
async fn a_full_disk_is_called_by_its_name_and_leaves_nothing_half() {
    let name = fresh("full");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    let (store, _) = open_store(&format!("{name}-store")).await;
    let bent = Bent::new(FULL);
    let saved = journal.append(&Head::default(), &draft(1, &Head::default())).await;
    let absorbed = store.absorb(&[row_of(&towel(1, "lin", "red"), 1)], &Marks::default(), &[], &[]).await;
    drop(bent);
    assert_eq!(saved, Err(JournalError::Quota));
    assert_eq!(absorbed, Err(StoreError::Quota));
    let again = Journal::open(&name, journal_sealer()).await.unwrap();
    assert!(again.lines_after(0, 10).await.unwrap().is_empty());
    assert!(everything(&store).await.is_empty());
    // There is room again: the same intent is saved.
    assert_eq!(append(&journal, 1).await, 1);
}

#[wasm_bindgen_test]
async fn a_connection_that_was_closed_is_opened_again() {
    let name = fresh("closed");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    let (store, mut shelf) = open_store(&format!("{name}-store")).await;
    let row = row_of(&towel(1, "lin", "red"), 1);

    let bent = Bent::new(CLOSE_ONCE);
    assert_eq!(append(&journal, 1).await, 1);
    drop(bent);
    let bent = Bent::new(CLOSE_ONCE);
    store.absorb(std::slice::from_ref(&row), &Marks::default(), &[], &[]).await.unwrap();
    drop(bent);
    shelf.apply(&[row]);

    assert_eq!(journal.lines_after(0, 10).await.unwrap().len(), 1);
    assert_eq!(everything(&store).await.len(), 1);
}

#[wasm_bindgen_test]
async fn a_connection_that_keeps_closing_is_given_up_without_a_line() {
    let name = fresh("gone");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    let (store, _) = open_store(&format!("{name}-store")).await;
    let bent = Bent::new(CLOSE_ALWAYS);
    let saved = journal.append(&Head::default(), &draft(1, &Head::default())).await;
    let absorbed = store.absorb(&[row_of(&towel(1, "lin", "red"), 1)], &Marks::default(), &[], &[]).await;
    drop(bent);
    assert_eq!(saved, Err(JournalError::Closed));
    assert_eq!(absorbed, Err(StoreError::Closed));
    assert_eq!(append(&journal, 1).await, 1);
}

#[wasm_bindgen_test]
async fn a_running_transaction_survives_a_request_to_close() {
    for event in ["versionchange", "close"] {
        let name = fresh(event);
        let journal = Journal::open(&name, journal_sealer()).await.unwrap();
        let bent = event_once(event);
        let at = append(&journal, 1).await;
        drop(bent);
        assert_eq!(at, 1);
        assert_eq!(append(&journal, 2).await, 2);
        assert_eq!(journal.lines_after(0, 10).await.unwrap().len(), 2);
    }
}

#[wasm_bindgen_test]
async fn a_journal_that_vanished_is_not_continued() {
    let name = fresh("vanished");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    append(&journal, 1).await;
    let head = journal.head();
    // Another tab, or the person, deletes the site's data: our connection gives way.
    Journal::destroy(&name).await.unwrap();
    let result = journal.append(&head, &draft(2, &head)).await;
    assert_eq!(result, Err(JournalError::HeadMoved(Head::default())));
}

#[wasm_bindgen_test]
async fn a_database_of_a_newer_build_is_left_alone() {
    let name = fresh("newer");
    Journal::open(&name, journal_sealer()).await.unwrap().close();
    let raise = js_sys::Function::new_with_args(
        "name",
        "return new Promise((done, failed) => {
           const request = indexedDB.open(name, 2);
           request.onsuccess = () => { request.result.close(); done(); };
           request.onerror = failed;
         });",
    );
    let raised: js_sys::Promise =
        raise.call1(&wasm_bindgen::JsValue::NULL, &name.as_str().into()).unwrap().into();
    wasm_bindgen_futures::JsFuture::from(raised).await.unwrap();
    assert_eq!(Journal::open(&name, journal_sealer()).await.err(), Some(JournalError::Newer));
}

#[wasm_bindgen_test]
async fn garbled_bytes_are_refused_and_kept() {
    let cut = "store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
                 if (!cursor) return;
                 cursor.update(cursor.value.slice(0, cursor.value.length - 7));
                 cursor.continue();
               };";
    let foreign = StoreError::Sealed(SealError::Foreign);
    for (sealer, why) in [(Sealer::plain(), StoreError::Unreadable), (store_sealer(), foreign)] {
        let name = fresh("garbled");
        let (store, _, _) = Store::open(&name, &LAUNDRY, sealer.clone()).await.unwrap();
        store.absorb(&[row_of(&towel(1, "lin", "red"), 1)], &Marks::default(), &[], &[]).await.unwrap();
        store.fold_all().await.unwrap();
        meddle(&name, "pages", cut).await;
        let before = dump(&name).await;
        assert_eq!(Store::open(&name, &LAUNDRY, sealer).await.err(), Some(why));
        assert!(dump(&name).await == before, "what cannot be read was changed");
    }
}

/// The tab dies, or the browser takes it back, while lines are written again: each is as it was, and the next try works.
#[wasm_bindgen_test]
async fn lines_whose_words_change_change_all_or_none_and_lie_there_sealed() {
    let name = fresh("rewrite-crash");
    // Written in clear by an earlier build, sealed since.
    let before = Journal::open(&name, Sealer::plain()).await.unwrap();
    append(&before, 1).await;
    before.close();
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    append(&journal, 2).await;
    let lines = journal.lines_after(0, 10).await.unwrap();
    let blank = |line: &rollcall::journal::Line| {
        let mut line = line.clone();
        line.entry.personal = None;
        line
    };
    let blanked: Vec<_> = lines.iter().map(blank).collect();
    assert!(dump(&name).await.contains("{\"n\":1}"), "the first line lies in clear");
    let bent = Bent::new(ABORT_HALF_WAY);
    let result = journal.rewrite(&blanked).await;
    drop(bent);
    assert!(matches!(result, Err(JournalError::Aborted(_))), "{result:?}");
    assert_eq!(journal.lines_after(0, 10).await.unwrap(), lines);
    journal.rewrite(&blanked).await.unwrap();
    assert_eq!(journal.lines_after(0, 10).await.unwrap(), blanked);
    assert!(!dump(&name).await.contains("{\"n\":1}"), "what is written again is written under a seal");
    let head = journal.head();
    let again = Journal::open(&name, journal_sealer()).await.unwrap();
    assert_eq!((again.head(), again.lines_after(0, 10).await.unwrap()), (head, blanked));
}
