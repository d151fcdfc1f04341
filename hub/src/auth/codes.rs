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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_forgiven() {
        assert_eq!(typed(" ab3d-4 6\t"), "AB3D46");
    }
}
