use rollcall_domain::demo::dice::Dice;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::{Id, Uuid};
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::journal::Head;

/// Damaged lines that are tried.
const TRIES: u32 = 4_000;

fn draft(personal: Option<&str>, changes: usize) -> Draft {
    let change = |n: usize| Change {
        kind: "towel".into(),
        kind_version: 3,
        id: Uuid::from_u128(n as u128),
        body: n.is_multiple_of(2).then(|| "{\"colour\":\"红\"}".into()),
    };
    Draft {
        id: CommandId(Id::from_u128(7)),
        entry: Entry {
            envelope: "{\"v\":1}".to_owned(),
            payload: "{\"a\":\"😀\"}".to_owned(),
            personal: personal.map(str::to_owned),
        },
        next: Head::default(),
        decision: (changes > 0).then(|| (0..changes).map(change).collect()),
        outcome: (changes > 0).then_some(Outcome::Accepted),
        blobs: Vec::new(),
    }
}

#[test]
fn a_line_reads_back_as_it_was_written() {
    for (personal, changes) in [(None, 0), (Some("{}"), 0), (Some("{\"n\":\"张\"}"), 3), (None, 1)] {
        let draft = draft(personal, changes);
        let line = decode_bytes(&encode_bytes(&Said::by(41, &draft)).unwrap()).unwrap();
        assert_eq!((line.at, line.id, line.entry), (41, draft.id, draft.entry));
        assert_eq!((line.decision, line.outcome), (draft.decision, draft.outcome));
    }
}

#[test]
fn damaged_lines_are_an_error_and_never_a_panic() {
    let proper = encode_bytes(&Said::by(41, &draft(Some("{\"n\":\"张\"}"), 3))).unwrap();
    for cut in 0..proper.len() {
        assert!(decode_bytes(&proper[..cut]).is_err(), "cut at {cut}");
    }
    let mut dice = Dice::new(7);
    for _ in 0..TRIES {
        let mut bytes = proper.clone();
        for _ in 0..=dice.between(0, 3) {
            let at = dice.between(0, u32::try_from(bytes.len()).unwrap()) as usize;
            bytes[at] = u8::try_from(dice.between(0, 256)).unwrap();
        }
        // What still reads is a line; what does not is said so.
        let _ = decode_bytes(&bytes);
        let noise: Vec<u8> = (0..dice.between(0, 80)).map(|_| dice.bytes()[0]).collect();
        let _ = decode_bytes(&[&[FORMAT, PLAIN], noise.as_slice()].concat());
        assert!(decode_bytes(&[&[FORMAT + 1], noise.as_slice()].concat()).is_err());
    }
}
