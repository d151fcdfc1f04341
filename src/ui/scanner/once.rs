//! A code that is held before the camera is seen many times, and counts once.

/// A code seen again within this time is the same showing. Counted from when it was last seen, so that a card may be
/// held there as long as somebody likes.
const SAME_MS: f64 = 3_000.0;

/// What was seen last.
#[derive(Debug, Default)]
pub(super) struct Once {
    last: Option<(String, f64)>,
}

impl Once {
    /// Whether a code that is seen now has to be told. `at_ms` is any clock that only goes forward.
    pub(super) fn is_new(&mut self, text: &str, at_ms: f64) -> bool {
        let same = self.last.as_ref().is_some_and(|(last, seen)| last == text && at_ms - seen < SAME_MS);
        self.last = Some((text.to_owned(), at_ms));
        !same
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_card_that_is_held_there_counts_once() {
        let mut once = Once::default();
        let told: Vec<bool> = (0..60).map(|step| once.is_new("RC1:1", f64::from(step) * 150.0)).collect();
        assert_eq!(told.iter().filter(|told| **told).count(), 1);
    }

    #[wasm_bindgen_test]
    fn another_card_counts_at_once_and_the_same_one_after_a_while() {
        let mut once = Once::default();
        assert!(once.is_new("a", 0.0));
        assert!(once.is_new("b", 150.0));
        assert!(once.is_new("a", 300.0));
        assert!(!once.is_new("a", 3_200.0));
        assert!(once.is_new("a", 6_200.0));
    }
}
