//! Numbers people read out and type: a device's letters, a count without gaps, and a check digit. Nothing here knows what is numbered.

use serde::{Deserialize, Serialize};

/// A device's letters and its own count: unique in the studio as long as letters are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Number {
    /// The device's letters.
    pub series: String,
    /// From 1.
    pub n: u64,
}

impl Number {
    /// Letters a series may have.
    pub const SERIES_CHARS_MAX: usize = 12;

    /// `A-000123`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}-{:06}", self.series, self.n)
    }

    /// True for what a device of ours would count.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        let letters = self.series.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        self.n > 0 && letters && (1..=Self::SERIES_CHARS_MAX).contains(&self.series.len())
    }

    /// Digits only, for a card: the letters as a number of three digits, the count in six, and a check digit.
    ///
    /// Wider values keep the parts apart: a count past six digits only lengthens the end, letters past three digits
    /// begin with `000`.
    #[must_use]
    pub fn digits(&self) -> String {
        let series = self.series.bytes().fold(0u64, |value, b| {
            let digit = if b.is_ascii_digit() {
                u64::from(b - b'0') + 27
            } else {
                u64::from(b.to_ascii_uppercase().saturating_sub(b'A')) + 1
            };
            value.saturating_mul(37).saturating_add(digit.min(36))
        });
        let head = if series < 1_000 { format!("{series:03}") } else { format!("000{series:020}") };
        let bare = format!("{head}{:06}", self.n);
        let check = damm(&bare).unwrap_or(0);
        format!("{bare}{check}")
    }
}

/// The letters a device's human numbers begin with: A … Z without I and O, then AA and on.
#[must_use]
pub fn series(mut count: u32) -> String {
    const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut letters = Vec::new();
    loop {
        let at = usize::try_from(count % 24).unwrap_or(0);
        letters.push(char::from(LETTERS[at]));
        match (count / 24).checked_sub(1) {
            Some(rest) => count = rest,
            None => break,
        }
    }
    letters.iter().rev().collect()
}

/// The count behind letters, for those that were given elsewhere.
#[must_use]
pub fn series_count(text: &str) -> Option<u32> {
    const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut count: u32 = 0;
    for letter in text.chars() {
        let at = u32::try_from(LETTERS.find(letter)?).ok()?;
        count = count.checked_mul(24)?.checked_add(at + 1)?;
    }
    count.checked_sub(1)
}

/// The quasigroup of H. Michael Damm's thesis (2004), order 10.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The check digit that makes `digits` followed by it come out as 0; nothing when a character is no digit.
#[must_use]
pub fn damm(digits: &str) -> Option<u8> {
    digits.bytes().try_fold(0u8, |interim, b| {
        let digit = b.is_ascii_digit().then(|| usize::from(b - b'0'))?;
        Some(DAMM[usize::from(interim)][digit])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(series: &str, n: u64) -> Number {
        Number { series: series.to_owned(), n }
    }

    #[test]
    fn series_never_repeat_and_read_back() {
        let mut seen = std::collections::BTreeSet::new();
        for count in 0..2_000 {
            let text = series(count);
            assert_eq!(series_count(&text), Some(count));
            assert!(seen.insert(text));
        }
        assert_eq!((series(0).as_str(), series(23).as_str(), series(24).as_str()), ("A", "Z", "AA"));
        assert_eq!(series_count("i"), None);
        assert_eq!(series_count(""), None);
    }

    #[test]
    fn the_published_example_checks_out() {
        assert_eq!(damm("572"), Some(4));
        assert_eq!(damm("5724"), Some(0));
        assert_eq!(damm("57a"), None);
    }

    #[test]
    fn a_number_reads_as_a_label_and_as_digits() {
        assert_eq!(number("A", 123).label(), "A-000123");
        assert_eq!(number("A", 123).digits(), "0010001236");
        assert_eq!(damm(&number("A", 123).digits()), Some(0));
    }

    #[test]
    fn only_counted_numbers_are_well_formed() {
        for (series, n, fine) in [
            ("A", 1, true),
            ("AB2", 7, true),
            ("A", 0, false),
            ("", 1, false),
            ("a", 1, false),
            ("A-B", 1, false),
        ] {
            assert_eq!(number(series, n).is_well_formed(), fine, "{series} {n}");
        }
    }

    proptest! {
        #[test]
        fn digits_tell_numbers_apart(a in "[A-Z]{1,3}", b in "[A-Z]{1,3}", n in 1u64..3_000_000, m in 1u64..3_000_000) {
            prop_assume!((&a, n) != (&b, m));
            prop_assert_ne!(number(&a, n).digits(), number(&b, m).digits());
        }

        #[test]
        fn a_wrong_digit_and_a_swap_are_noticed(n in 1u64..999_999, at in 0usize..9, by in 1u8..10) {
            let mut digits = number("C", n).digits().into_bytes();
            let original = digits.clone();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            prop_assert_ne!(damm(std::str::from_utf8(&digits).unwrap()), Some(0));
            let mut swapped = original.clone();
            swapped.swap(at, at + 1);
            if swapped != original {
                prop_assert_ne!(damm(std::str::from_utf8(&swapped).unwrap()), Some(0));
            }
        }
    }
}
