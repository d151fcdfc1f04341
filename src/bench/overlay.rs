//! What waits, decided again over what the hub has confirmed: the real rules, book and shelf.

use rollcall::store::Shelf;
use rollcall_domain::demo::{KNOWN_AT, Wish, sample, waiting};
use rollcall_domain::han::Han;
use rollcall_domain::kernel::Record;
use rollcall_domain::kernel::decide::{Authority, Verdict};
use rollcall_domain::registry;
use rollcall_domain::sync::book::{Book, Pending};
use rollcall_domain::sync::deciding::{Case, decide_now};
use rollcall_domain::sync::wire::Row;

use super::js::{Fault, now};

/// Members of the studio it happens in.
const MEMBERS: u32 = 1_000;

/// Milliseconds for deciding so many waiting commands again: all of them, as after a start, and then as after an answer of
/// the hub that changes nothing they rest on.
pub(super) fn replay(count: f64) -> Result<[f64; 2], Fault> {
    let han = Han::read(include_bytes!("../../domain/data/han.bin").as_slice())
        .map_err(|_| Fault::new("the readings of Chinese names"))?;
    let wish = Wish { seed: 1, members: MEMBERS, now: KNOWN_AT, language: "en", han: &han };
    let sample = sample(&wish);
    let cases = waiting(&sample, &wish, whole(count));
    let expected = cases.len();
    let mut book = Book::new(registry::catalogue(), Shelf::new(registry::catalogue()));
    book.absorb(&sample.records.into_iter().map(row).collect::<Vec<_>>(), 1);
    for case in cases {
        wait(&mut book, Case { authority: Authority::Prediction, ..case });
    }
    let mut timed = || {
        let from = now();
        book.answered(&[], 1);
        now() - from
    };
    let took = [timed(), timed()];
    let decided = book.pending().iter().filter(|p| !p.changes.is_empty()).count();
    if decided != expected {
        return Err(Fault::new("not everything that waits could be decided again"));
    }
    Ok(took)
}

fn wait(book: &mut Book<Shelf>, case: Case) {
    let predicted = decide_now(registry::catalogue(), &case, |want| book.answer(want));
    let changes = match &predicted {
        Verdict::Decided { changes, .. } => changes.clone(),
        Verdict::Held(_) => Vec::new(),
    };
    book.add(Pending { case, changes, predicted, hub_seq: None, loaded: Vec::new() });
}

fn row(record: Record) -> Row {
    let Record { kind, kind_version, id, body, .. } = record;
    Row { kind, kind_version, id, version: 1, body: Some(body) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count is a small whole number"
)]
fn whole(count: f64) -> usize {
    count.max(1.0) as usize
}
