//! The journal in a real database: appends by compare-and-swap, answers, snapshot and trimming.

use futures_util::future::join;
use rollcall::journal::marker::{Marker, Memory};
use rollcall::journal::{Counts, Draft, Head, Journal, JournalError, Standing};
use rollcall_domain::kernel::decide::{Hold, Outcome, Parked};
use rollcall_domain::kernel::ids::{StudioId, Uuid};
use rollcall_domain::kernel::{Change, Timestamp};
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold, Receipt};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{append, command, decided, draft, fresh, hash, journal_sealer, row_of, towel};

fn answer(n: u128, answer: OutcomeOrHold) -> Answered {
    let receipt = Receipt {
        hub_epoch: Uuid::from_u128(9),
        hub_seq: 1,
        effective_at: Timestamp(1),
        mac: "m".to_owned(),
    };
    Answered { id: command(n), answer, receipt }
}

#[wasm_bindgen_test]
async fn what_was_appended_is_there_after_reopening() {
    let name = fresh("reopen");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    let blob = (hash("photo"), b"photo".to_vec());
    let first = Draft { blobs: vec![blob.clone()], ..draft(1, &Head::default()) };
    assert_eq!(journal.append(&Head::default(), &first).await, Ok(1));
    assert_eq!(append(&journal, 2).await, 2);
    journal.set_meta("me", "{\"a\":1}").await.unwrap();
    journal.close();

    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    assert_eq!(journal.head().seq, 2);
    let lines = journal.lines_after(0, 10).await.unwrap();
    assert_eq!(lines.iter().map(|l| (l.at, l.id)).collect::<Vec<_>>(), [(1, command(1)), (2, command(2))]);
    assert_eq!(lines[0].entry, first.entry);
    assert_eq!(lines[0].standing, Standing::Waiting);
    assert_eq!(journal.lines_after(1, 10).await.unwrap().len(), 1);
    assert_eq!(journal.blob(&blob.0).await.unwrap(), Some(blob.1));
    assert_eq!(journal.blobs_waiting().await.unwrap(), [blob.0.clone()]);
    journal.blob_sent(&blob.0).await.unwrap();
    assert!(journal.blobs_waiting().await.unwrap().is_empty());
    assert!(journal.blob(&blob.0).await.unwrap().is_some());
    assert_eq!(journal.meta("me").await.unwrap().as_deref(), Some("{\"a\":1}"));
    assert_eq!(journal.meta("tip").await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn of_two_tabs_one_is_first_and_the_other_learns_the_head() {
    let name = fresh("two");
    let (a, b) = (
        Journal::open(&name, journal_sealer()).await.unwrap(),
        Journal::open(&name, journal_sealer()).await.unwrap(),
    );
    let start = Head::default();
    let (one, two) = (draft(1, &start), draft(2, &start));
    let (x, y) = join(a.append(&start, &one), b.append(&start, &two)).await;
    let (winner, loser, moved) = if x.is_ok() { (&one, &b, y) } else { (&two, &a, x) };
    assert_eq!(moved, Err(JournalError::HeadMoved(winner.next.clone())));
    assert_eq!(loser.head(), winner.next);
    append(loser, 3).await;
    let lines = a.lines_after(0, 10).await.unwrap();
    assert_eq!(lines.iter().map(|l| l.at).collect::<Vec<_>>(), [1, 2]);
}

#[wasm_bindgen_test]
async fn one_tab_that_appends_twice_over_one_head_is_told_so() {
    let journal = Journal::open(&fresh("same"), journal_sealer()).await.unwrap();
    let start = Head::default();
    let (one, two) = (draft(1, &start), draft(2, &start));
    let (x, y) = join(journal.append(&start, &one), journal.append(&start, &two)).await;
    assert_eq!(x, Ok(1));
    assert_eq!(y, Err(JournalError::HeadMoved(one.next)));
}

/// Somebody was erased: the words of lines change, and nothing else of them.
#[wasm_bindgen_test]
async fn a_line_with_other_words_keeps_its_place_its_link_and_its_standing() {
    let journal = Journal::open(&fresh("rewrite"), journal_sealer()).await.unwrap();
    append(&journal, 1).await;
    let head = journal.head();
    let said = decided(
        2,
        &head,
        vec![Change {
            kind: "towel".into(),
            kind_version: 1,
            id: Uuid::from_u128(7),
            body: Some(r#"{"owner":"Quxlatte"}"#.into()),
        }],
    );
    journal.append(&head, &said).await.unwrap();
    append(&journal, 3).await;
    let sent = answer(1, OutcomeOrHold::Outcome(Outcome::Accepted));
    journal.answered(&[sent.clone()]).await.unwrap();
    let before = journal.lines_after(0, 10).await.unwrap();
    let other: Vec<_> = before
        .iter()
        .cloned()
        .map(|mut line| {
            line.entry.personal = None;
            line.decision = line.decision.map(|_| Vec::new());
            line
        })
        .collect();
    journal.rewrite(&other).await.unwrap();
    let after = journal.lines_after(0, 10).await.unwrap();
    assert_eq!(after, other);
    assert_eq!(after[0].standing, Standing::Sent { answered: sent });
    assert_eq!(
        (after[1].standing.clone(), after[2].standing.clone()),
        (Standing::Decided, Standing::Waiting)
    );
    let links = |lines: &[rollcall::journal::Line]| lines.iter().map(|l| l.entry.hash()).collect::<Vec<_>>();
    assert_eq!(links(&after), links(&before));
    assert_eq!(journal.head(), journal.refresh().await.unwrap());
    // A line that was trimmed meanwhile does not come back.
    let absent = rollcall::journal::Line { at: 99, id: command(99), ..after[0].clone() };
    journal.rewrite(&[absent]).await.unwrap();
    assert_eq!(journal.lines_after(0, 10).await.unwrap().len(), 3);
}

#[wasm_bindgen_test]
async fn one_intent_is_saved_once() {
    let name = fresh("once");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    append(&journal, 1).await;
    let head = journal.head();
    let again = journal.append(&head, &draft(1, &head)).await;
    assert!(matches!(again, Err(JournalError::AlreadyThere(line)) if line.at == 1));
    let other = Journal::open(&name, journal_sealer()).await.unwrap();
    append(&journal, 2).await;
    let stale = other.append(&head, &draft(2, &head)).await;
    assert!(matches!(stale, Err(JournalError::AlreadyThere(line)) if line.at == 2));
    assert_eq!(journal.lines_after(0, 10).await.unwrap().len(), 2);
}

#[wasm_bindgen_test]
async fn answers_move_exactly_their_lines() {
    let journal = Journal::open(&fresh("answers"), journal_sealer()).await.unwrap();
    for n in 1..=4 {
        append(&journal, n).await;
    }
    let held = OutcomeOrHold::Hold(Hold::Parked { why: Parked::Dependency });
    let unknown = answer(77, OutcomeOrHold::Outcome(Outcome::Accepted));
    journal
        .answered(&[answer(2, OutcomeOrHold::Outcome(Outcome::Accepted)), answer(3, held.clone()), unknown])
        .await
        .unwrap();
    assert_eq!(
        journal.counts().await.unwrap(),
        Counts { waiting: 2, held: 1, aside: 0, oldest_waiting_at: Some(1) }
    );
    let waiting = journal.waiting(10).await.unwrap();
    assert_eq!(waiting.iter().map(|l| l.at).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(
        journal.held(10).await.unwrap()[0].standing,
        Standing::Held { answered: answer(3, held.clone()) }
    );
    // What is final stays as it is; what is held may become final.
    journal.answered(&[answer(2, held), answer(3, OutcomeOrHold::Outcome(Outcome::Accepted))]).await.unwrap();
    assert!(matches!(journal.find(command(2)).await.unwrap().unwrap().standing, Standing::Sent { .. }));
    assert!(matches!(journal.find(command(3)).await.unwrap().unwrap().standing, Standing::Sent { .. }));
    journal.answered(&[]).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_decision_is_kept_byte_for_byte() {
    let name = fresh("decision");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    let unknown = Change {
        kind: "from_the_future".into(),
        kind_version: 9,
        id: Uuid::from_u128(5),
        body: Some("{ \"b\" : 1,\"a\":\"喵\"}".into()),
    };
    let gone = Change { kind: "towel".into(), kind_version: 1, id: Uuid::from_u128(6), body: None };
    let head = Head::default();
    journal.append(&head, &decided(1, &head, vec![unknown.clone(), gone.clone()])).await.unwrap();
    let line = Journal::open(&name, journal_sealer()).await.unwrap().find(command(1)).await.unwrap().unwrap();
    assert_eq!(line.standing, Standing::Decided);
    assert_eq!(line.outcome, Some(Outcome::Accepted));
    assert_eq!(line.decision, Some(vec![unknown, gone]));
    assert_eq!(journal.counts().await.unwrap().waiting, 0);
}

#[wasm_bindgen_test]
async fn a_new_life_begins_at_one_but_places_go_on() {
    let journal = Journal::open(&fresh("restart"), journal_sealer()).await.unwrap();
    append(&journal, 1).await;
    let head = Head { epoch: 2, counters: [("receipt".to_owned(), 7)].into(), ..Head::default() };
    journal.restart(head.clone()).await.unwrap();
    assert_eq!(journal.head(), head);
    assert_eq!(append(&journal, 2).await, 2);
    assert_eq!(journal.refresh().await.unwrap().counters["receipt"], 7);
}

#[wasm_bindgen_test]
async fn only_what_the_snapshot_covers_is_trimmed() {
    let name = fresh("trim");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    assert_eq!(journal.read_snapshot().await.unwrap(), None);
    for n in 1..=3 {
        let head = journal.head();
        let changes = Change {
            kind: "towel".into(),
            kind_version: 1,
            id: Uuid::from_u128(n),
            body: row_of(&towel(n, "lin", "red"), 0).body,
        };
        journal.append(&head, &decided(n, &head, vec![changes])).await.unwrap();
    }
    append(&journal, 4).await;
    let pieces = vec![vec![1, 2, 3], vec![], vec![0; 70_000]];
    journal.write_snapshot(2, pieces.clone()).await.unwrap();
    assert_eq!(journal.trim(3).await, Err(JournalError::NotCovered(3)));
    assert_eq!(journal.lines_after(0, 10).await.unwrap().len(), 4);
    journal.trim(2).await.unwrap();
    let left = Journal::open(&name, journal_sealer()).await.unwrap();
    assert_eq!(left.lines_after(0, 10).await.unwrap().iter().map(|l| l.at).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(left.read_snapshot().await.unwrap(), Some((2, pieces)));
    journal.write_snapshot(3, vec![vec![9]]).await.unwrap();
    journal.trim(4).await.unwrap();
    // The line that waits for the hub stays, whatever is asked.
    assert_eq!(left.lines_after(0, 10).await.unwrap().iter().map(|l| l.at).collect::<Vec<_>>(), [4]);
    assert_eq!(left.read_snapshot().await.unwrap(), Some((3, vec![vec![9]])));
    assert_eq!(append(&journal, 5).await, 5);
}

#[wasm_bindgen_test]
async fn old_answers_go_and_whatever_else_there_is_stays() {
    let journal = Journal::open(&fresh("old answers"), journal_sealer()).await.unwrap();
    for n in 1..=5 {
        append(&journal, n).await;
    }
    let accepted = |n| answer(n, OutcomeOrHold::Outcome(Outcome::Accepted));
    journal.answered(&[1, 2, 4, 5].map(accepted)).await.unwrap();
    journal.trim_sent(4).await.unwrap();
    let left: Vec<u64> = journal.lines_after(0, 10).await.unwrap().iter().map(|l| l.at).collect();
    assert_eq!(left, [3, 5]);
    assert_eq!(journal.last_sent().await.unwrap().map(|l| l.at), Some(5));
    // The chain goes on from where it was.
    assert_eq!(append(&journal, 6).await, 6);
}

#[wasm_bindgen_test]
fn the_mark_shows_what_the_browser_took_away() {
    let marker = Marker {
        studio: StudioId(Uuid::from_u128(1)),
        journal: "j".to_owned(),
        store: "s".to_owned(),
        epoch: 2,
        seq: 41,
    };
    let at = |epoch, seq| Head { epoch, seq, ..Head::default() };
    let compare = |head| Marker::compare(Some(marker.clone()), &head);
    assert_eq!(compare(at(2, 41)), Memory::Whole);
    assert_eq!(compare(at(3, 1)), Memory::Whole);
    assert_eq!(compare(at(2, 39)), Memory::WentBack { marker: marker.clone(), missing: 2 });
    assert_eq!(compare(Head::default()), Memory::Gone(marker.clone()));
    assert_eq!(Marker::compare(None, &Head::default()), Memory::Whole);
    marker.leave();
    assert_eq!(Marker::read(), Some(marker));
    Marker::remove();
    assert_eq!(Marker::read(), None);
}

#[wasm_bindgen_test]
async fn a_destroyed_journal_is_empty() {
    let name = fresh("destroy");
    let journal = Journal::open(&name, journal_sealer()).await.unwrap();
    append(&journal, 1).await;
    journal.close();
    Journal::destroy(&name).await.unwrap();
    assert_eq!(Journal::open(&name, journal_sealer()).await.unwrap().head(), Head::default());
}
