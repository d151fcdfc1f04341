//! Codes people type and secrets links carry. Letters and digits that look alike are not among them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::outside::{NoRandomness, Outside, random};

/// No 0 O, 1 I L, 2 Z, 5 S, 8 B, U V: 23 signs.
const SIGNS: &[u8; 23] = b"34679ACDEFGHJKMNPQRTWXY";
/// Signs of a pairing code: 45 bits, guessed at five times.
pub(crate) const PAIRING_SIGNS: usize = 10;
/// Signs of a claim code, shown in two groups.
const CLAIM_SIGNS: usize = 8;

/// A code of so many signs, each as likely as any other.
fn code(outside: &dyn Outside, signs: usize) -> Result<String, NoRandomness> {
    let mut text = String::with_capacity(signs);
    while text.len() < signs {
        let [byte] = random::<1>(outside)?;
        // 253 = 11 × 23: what lies above would make the first signs more likely.
        if byte < 253 {
            text.push(char::from(SIGNS[usize::from(byte) % SIGNS.len()]));
        }
    }
    Ok(text)
}

/// The code the hub prints at its first start.
pub(crate) fn claim_code(outside: &dyn Outside) -> Result<String, NoRandomness> {
    let code = code(outside, CLAIM_SIGNS)?;
    let (first, second) = code.split_at(CLAIM_SIGNS / 2);
    Ok(format!("{first}-{second}"))
}

/// The code that is typed on the new device.
pub(crate) fn pairing_code(outside: &dyn Outside) -> Result<String, NoRandomness> {
    code(outside, PAIRING_SIGNS)
}

/// 128 bits for a link's fragment.
pub(crate) fn link_secret(outside: &dyn Outside) -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random::<16>(outside)?))
}

/// 256 bits for a cookie.
pub(crate) fn session_secret(outside: &dyn Outside) -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>(outside)?))
}

/// A code as people type it: any case, with spaces and dashes.
pub(crate) fn typed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect()
}

/// The letters a device's human numbers begin with: A … Z without I and O, then AA and on.
pub(crate) fn series(mut count: u32) -> String {
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
pub(crate) fn series_count(text: &str) -> Option<u32> {
    const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut count: u32 = 0;
    for letter in text.chars() {
        let at = u32::try_from(LETTERS.find(letter)?).ok()?;
        count = count.checked_mul(24)?.checked_add(at + 1)?;
    }
    count.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_people_type_is_forgiven() {
        assert_eq!(typed(" ab3d-4 6\t"), "AB3D46");
    }
}
