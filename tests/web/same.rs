//! The same seed, the same state: what the rules make of a history here is what they make of it on the hub.

use rollcall_domain::demo::{KNOWN, KNOWN_AT, KNOWN_MEMBERS, Wish, sample};
use rollcall_domain::han::Han;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn known_seeds_come_to_the_same_state_as_natively() {
    let han = Han::read(include_bytes!("../../domain/data/han.bin").as_slice()).unwrap();
    let mut seeds = 0;
    for line in KNOWN.lines() {
        let mut words = line.split(' ');
        let (seed, language, hash) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let wish =
            Wish { seed: seed.parse().unwrap(), members: KNOWN_MEMBERS, now: KNOWN_AT, language, han: &han };
        assert_eq!(sample(&wish).hash().0, hash, "seed {seed}");
        seeds += 1;
    }
    assert_eq!(seeds, 12);
}
