//! Look-up keys as data: the plumbing finds records by them without knowing what they mean.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::ids::Id;
use super::time::Timestamp;

/// One row of the key index: a name, bytes whose order is the order of the values, and whether only one record may hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyRow {
    /// The key's name, `kind.what`.
    pub name: String,
    /// The value, encoded so that comparing bytes compares values.
    pub value: KeyValue,
    /// True when no two records of the studio may hold this value.
    pub unique: bool,
}

/// An order-preserving value, as text: printable ASCII or the text itself.
///
/// Text, not bytes, so that one encoding serves an IndexedDB index, a SQL index and a JSON line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyValue(pub String);

/// Something that can be a key or a part of one.
pub trait KeyPart {
    /// Appends the order-preserving text.
    fn put(&self, out: &mut String);
}

impl KeyPart for Id {
    fn put(&self, out: &mut String) {
        let mut buffer = [0u8; 32];
        out.push_str(self.simple().encode_lower(&mut buffer));
    }
}

impl KeyPart for &str {
    fn put(&self, out: &mut String) {
        // NUL would let one value end inside another.
        out.extend(self.chars().filter(|c| *c != '\0'));
    }
}

impl KeyPart for String {
    fn put(&self, out: &mut String) {
        self.as_str().put(out);
    }
}

impl KeyPart for NaiveDate {
    fn put(&self, out: &mut String) {
        let days = i64::from(self.num_days_from_ce());
        days.put(out);
    }
}

impl KeyPart for Timestamp {
    fn put(&self, out: &mut String) {
        self.0.put(out);
    }
}

impl KeyPart for i64 {
    fn put(&self, out: &mut String) {
        // Flipping the sign bit makes two's complement compare as unsigned hex.
        let flipped = self.cast_unsigned() ^ (1 << 63);
        for shift in (0..16).rev() {
            let digit = (flipped >> (shift * 4)) & 15;
            out.push(char::from_digit(u32::try_from(digit).unwrap_or(0), 16).unwrap_or('0'));
        }
    }
}

impl KeyValue {
    /// One part.
    pub fn of(part: impl KeyPart) -> Self {
        let mut text = String::new();
        part.put(&mut text);
        Self(text)
    }

    /// Two parts: ordered by the first, then by the second.
    pub fn pair(first: impl KeyPart, second: impl KeyPart) -> Self {
        let mut text = String::new();
        first.put(&mut text);
        text.push('\u{1}');
        second.put(&mut text);
        Self(text)
    }
}

/// Collects the key rows of one record.
#[derive(Debug, Default)]
pub struct Keys(pub Vec<KeyRow>);

impl Keys {
    /// A value several records may share.
    pub fn shared(&mut self, name: &str, value: KeyValue) {
        self.0.push(KeyRow { name: name.to_owned(), value, unique: false });
    }

    /// A value only one record of the studio may hold.
    pub fn unique(&mut self, name: &str, value: KeyValue) {
        self.0.push(KeyRow { name: name.to_owned(), value, unique: true });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_keep_their_order(a: i64, b: i64) {
            prop_assert_eq!(a.cmp(&b), KeyValue::of(a).cmp(&KeyValue::of(b)));
        }

        #[test]
        fn a_pair_orders_by_its_first_part(a: i64, b: i64, x in "[a-z]{0,4}", y in "[a-z]{0,4}") {
            prop_assume!(a != b);
            prop_assert_eq!(a.cmp(&b), KeyValue::pair(a, x).cmp(&KeyValue::pair(b, y)));
        }
    }
}
