//! Text that people typed: trimmed, width-folded, bounded. Nothing here knows what a text means.

use unicode_normalization::UnicodeNormalization as _;

/// What the hash of a password or PIN begins with: argon2id, 19 MiB, twice, one lane, as a PHC string.
pub const HASH_START: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// A tidy single line: NFC, control characters out, white space folded to single spaces, ends trimmed.
#[must_use]
pub fn tidy_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc().filter(|c| !c.is_control() || c.is_whitespace()) {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Digits and letters as typed on any keyboard: full-width forms folded (NFKC), everything upper case, spaces and dashes out.
#[must_use]
pub fn tidy_code(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// True when a text fits in so many characters and holds no control character.
#[must_use]
pub fn fits(text: &str, chars_max: usize) -> bool {
    text.chars().count() <= chars_max && !text.chars().any(|c| c.is_control() && c != '\n')
}

/// Bidirectional overrides and zero-width characters: they make one name look like another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_tidied() {
        assert_eq!(tidy_line("  Lin\t\tYue \u{202E}x\u{0} "), "Lin Yue x");
        assert_eq!(tidy_line("欧阳 \u{200B}雪"), "欧阳 雪");
    }

    #[test]
    fn codes_fold_width_case_and_dashes() {
        assert_eq!(tidy_code("１１-０１ａx"), "1101AX");
    }
}
