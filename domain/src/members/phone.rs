//! Telephone numbers as people type them, brought to one form: `+` and digits. Knows the habits of a few regions, no directory.

use unicode_normalization::UnicodeNormalization as _;

use super::region::Region;

/// Digits a number may have with its country code (E.164).
const DIGITS_MAX: usize = 15;
const DIGITS_MIN: usize = 6;

/// The number in one form, or nothing when no such number exists: `138 1234 5678` in Mainland China is `+8613812345678`.
///
/// Elsewhere a number without a country code keeps its bare digits.
#[must_use]
pub fn normalise(typed: &str, home: Region) -> Option<String> {
    let text: String = typed
        .nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')' | '/' | '‐' | '–' | '—' | '−'))
        .collect();
    let (international, digits) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    if digits.is_empty() || digits.len() > DIGITS_MAX || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if international { abroad(digits) } else { at_home(digits, home) }
}

/// The number as somebody at home reads it: without its own country code.
#[must_use]
pub fn shown(number: &str, home: Region) -> String {
    let own = home.calling_code().and_then(|code| number.strip_prefix('+')?.strip_prefix(code));
    match (own, home) {
        (Some(rest), Region::Mainland) if !is_mainland_mobile(rest) => format!("0{rest}"),
        (Some(rest), Region::Taiwan) => format!("0{rest}"),
        (Some(rest), _) => rest.to_owned(),
        (None, _) => number.to_owned(),
    }
}

/// The digits a search looks through: whole, so that any tail is found.
#[must_use]
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn abroad(digits: &str) -> Option<String> {
    for region in Region::ALL {
        let Some(rest) = region.calling_code().and_then(|code| digits.strip_prefix(code)) else { continue };
        // People write +886 (0)9… and +86 (0)10…: the trunk zero goes.
        let rest = if matches!(region, Region::Mainland | Region::Taiwan) {
            rest.strip_prefix('0').unwrap_or(rest)
        } else {
            rest
        };
        return national(rest, region);
    }
    // No country code begins with 0, and the shortest international numbers have 7 digits.
    (digits.len() > DIGITS_MIN && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

fn at_home(digits: &str, home: Region) -> Option<String> {
    let trunk = match home {
        // Mobile numbers begin with 1, all others are dialled with their area's 0.
        Region::Mainland if is_mainland_mobile(digits) => Some(digits),
        Region::Mainland | Region::Taiwan => digits.strip_prefix('0'),
        Region::Elsewhere => return (digits.len() >= DIGITS_MIN).then(|| digits.to_owned()),
        Region::HongKong | Region::Macau | Region::Singapore => Some(digits),
    };
    if let Some(number) = trunk.and_then(|rest| national(rest, home)) {
        return Some(number);
    }
    // The own code without its plus, and the mainland mobiles that half of the neighbours carry.
    let own =
        home.calling_code().and_then(|code| digits.strip_prefix(code)).and_then(|rest| national(rest, home));
    own.or_else(|| is_mainland_mobile(digits).then(|| format!("+86{digits}")))
}

/// A number without codes and trunk zero, in its full form.
fn national(rest: &str, region: Region) -> Option<String> {
    let first = rest.bytes().next()?;
    let fits = match region {
        Region::Mainland => {
            is_mainland_mobile(rest)
                || (matches!(rest.len(), 9..=11) && (b'2'..=b'9').contains(&first))
                || (rest.len() == 10 && rest.starts_with("10"))
        }
        Region::HongKong => rest.len() == 8 && (b'2'..=b'9').contains(&first),
        Region::Macau => rest.len() == 8 && matches!(first, b'2' | b'6' | b'8'),
        Region::Taiwan => {
            (first == b'9' && rest.len() == 9)
                || ((b'2'..=b'8').contains(&first) && matches!(rest.len(), 7..=9))
        }
        Region::Singapore => rest.len() == 8 && matches!(first, b'3' | b'6' | b'8' | b'9'),
        Region::Elsewhere => false,
    };
    let code = region.calling_code()?;
    fits.then(|| format!("+{code}{rest}"))
}

fn is_mainland_mobile(digits: &str) -> bool {
    digits.len() == 11
        && digits.starts_with('1')
        && digits.as_bytes().get(1).is_some_and(|b| (b'3'..=b'9').contains(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(typed: &str, home: Region, want: Option<&str>) {
        assert_eq!(normalise(typed, home).as_deref(), want, "{typed}");
    }

    #[test]
    fn mainland_numbers() {
        check("138 1234 5678", Region::Mainland, Some("+8613812345678"));
        check("１３８－１２３４－５６７８", Region::Mainland, Some("+8613812345678"));
        check("+86 138-1234-5678", Region::Mainland, Some("+8613812345678"));
        check("8613812345678", Region::Mainland, Some("+8613812345678"));
        check("010-6512 3456", Region::Mainland, Some("+861065123456"));
        check("1381234567", Region::Mainland, None);
        check("12812345678", Region::Mainland, None);
    }

    #[test]
    fn hong_kong_macau_and_singapore_numbers() {
        check("9123 4567", Region::HongKong, Some("+85291234567"));
        check("852 9123 4567", Region::HongKong, Some("+85291234567"));
        check("13812345678", Region::HongKong, Some("+8613812345678"));
        check("1123 4567", Region::HongKong, None);
        check("6612 3456", Region::Macau, Some("+85366123456"));
        check("8123 4567", Region::Singapore, Some("+6581234567"));
    }

    #[test]
    fn taiwan_numbers() {
        check("0912-345-678", Region::Taiwan, Some("+886912345678"));
        check("+886 (0)912 345 678", Region::Taiwan, Some("+886912345678"));
        check("(02) 2345-6789", Region::Taiwan, Some("+886223456789"));
        check("0912-345-67", Region::Taiwan, None);
    }

    #[test]
    fn numbers_from_elsewhere() {
        check("+44 20 7946 0958", Region::Mainland, Some("+442079460958"));
        check("0044 20 7946 0958", Region::HongKong, Some("+442079460958"));
        check("020 7946 0958", Region::Elsewhere, Some("02079460958"));
        check("+0 123", Region::Elsewhere, None);
        check("call me", Region::Elsewhere, None);
        check("", Region::Mainland, None);
        check("1234567890123456", Region::Elsewhere, None);
    }

    #[test]
    fn numbers_are_shown_as_they_are_dialled_at_home() {
        assert_eq!(shown("+8613812345678", Region::Mainland), "13812345678");
        assert_eq!(shown("+861065123456", Region::Mainland), "01065123456");
        assert_eq!(shown("+886912345678", Region::Taiwan), "0912345678");
        assert_eq!(shown("+85291234567", Region::Mainland), "+85291234567");
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own_normal_form(typed in "[+0-9 ()-]{0,20}", at in 0usize..6) {
            let home = Region::ALL[at];
            if let Some(number) = normalise(&typed, home) {
                prop_assert_eq!(normalise(&number, home), Some(number.clone()));
                prop_assert_eq!(normalise(&shown(&number, home), home), Some(number));
            }
        }
    }
}
