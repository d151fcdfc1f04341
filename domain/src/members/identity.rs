//! Documents by their published rules: what a number must look like, its check digit, and what it says of its holder.
//!
//! Pure text in, reading or flaw out. Where no check digit is published only the format is checked.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::person::Sex;
use crate::kernel::text::tidy_code;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The 18-digit resident identity card of Mainland China, and the residence permits that share its rule (GB 11643).
    ResidentId,
    /// Hong Kong identity card.
    HongKongId,
    /// Macau resident identity card.
    MacauId,
    /// Taiwan identity card, and the resident certificate that shares its rule since 2021.
    TaiwanId,
    /// Mainland travel permit for residents of Hong Kong and Macau.
    HkMacauPermit,
    /// Mainland travel permit for residents of Taiwan.
    TaiwanPermit,
    /// Any passport; its machine-readable lines may be typed or scanned whole.
    Passport,
    /// Something else; only its length is checked.
    Other,
}

impl DocumentKind {
    /// All of them, in the order a list shows them.
    pub const ALL: [Self; 8] = [
        Self::ResidentId,
        Self::HongKongId,
        Self::MacauId,
        Self::TaiwanId,
        Self::HkMacauPermit,
        Self::TaiwanPermit,
        Self::Passport,
        Self::Other,
    ];
}

/// What a number says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The number in its one form: upper case, no spaces or brackets.
    pub number: String,
    /// The birth date inside it.
    pub birth_on: Option<NaiveDate>,
    /// The sex inside it.
    pub sex: Option<Sex>,
}

impl Reading {
    const fn bare(number: String) -> Self {
        Self { number, birth_on: None, sex: None }
    }
}

/// What is wrong with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NumberFlaw {
    /// Not the shape of this document's numbers.
    #[error("the number does not look like one of this document")]
    BadFormat,
    /// A digit was mistyped.
    #[error("the check digit does not fit")]
    BadCheckDigit,
    /// The birth date in it does not exist or is in the future.
    #[error("the date in the number is impossible")]
    ImpossibleDate,
}

/// Reads a typed, pasted or scanned number.
pub fn read(kind: DocumentKind, typed: &str, today: NaiveDate) -> Result<Reading, NumberFlaw> {
    if kind == DocumentKind::Passport {
        return passport(typed, today);
    }
    // Upper case can leave bare accents behind: they are no part of a number.
    let code: String = tidy_code(typed).chars().filter(|c| c.is_alphanumeric()).collect();
    if !code.is_ascii() && kind != DocumentKind::Other {
        return Err(NumberFlaw::BadFormat);
    }
    match kind {
        DocumentKind::ResidentId => resident_id(code, today),
        DocumentKind::HongKongId => hong_kong_id(code),
        DocumentKind::MacauId => {
            format_only(code, |c| c.len() == 8 && c.starts_with(['1', '5', '7']) && all_digits(c))
        }
        DocumentKind::TaiwanId => taiwan_id(code),
        DocumentKind::HkMacauPermit => format_only(code, is_hk_macau_permit),
        DocumentKind::TaiwanPermit => format_only(code, |c| matches!(c.len(), 8 | 10) && all_digits(c)),
        DocumentKind::Passport | DocumentKind::Other => {
            format_only(code, |c| matches!(c.chars().count(), 3..=40))
        }
    }
}

/// The kind whose published check digit a pasted number satisfies; nothing when several kinds could be meant.
#[must_use]
pub fn recognise(typed: &str, today: NaiveDate) -> Option<DocumentKind> {
    [DocumentKind::ResidentId, DocumentKind::TaiwanId, DocumentKind::HongKongId]
        .into_iter()
        .find(|kind| read(*kind, typed, today).is_ok())
}

/// A number with all but its last four places hidden; short ones keep two.
#[must_use]
pub fn masked(number: &str) -> String {
    let count = number.chars().count();
    let open = if count > 6 { 4 } else { count.min(2) };
    let hidden = count - open;
    number.chars().enumerate().map(|(at, c)| if at < hidden { '•' } else { c }).collect()
}

fn format_only(code: String, fits: impl Fn(&str) -> bool) -> Result<Reading, NumberFlaw> {
    if fits(&code) { Ok(Reading::bare(code)) } else { Err(NumberFlaw::BadFormat) }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn digit(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

/// GB 11643-1999: region, birth date, order (odd for men), check digit by ISO 7064 mod 11-2.
fn resident_id(code: String, today: NaiveDate) -> Result<Reading, NumberFlaw> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let bytes = code.as_bytes();
    let (Some(body), Some(check)) = (bytes.get(..17), bytes.get(17)) else {
        return Err(NumberFlaw::BadFormat);
    };
    if bytes.len() != 18
        || !body.iter().all(u8::is_ascii_digit)
        || body[0] == b'0'
        || !(check.is_ascii_digit() || *check == b'X')
    {
        return Err(NumberFlaw::BadFormat);
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(b, w)| digit(*b) * w).sum();
    let birth_on =
        compact_date(code.get(6..14).unwrap_or_default()).filter(|d| *d <= today && d.year() >= 1850);
    if CHECKS.get(usize::try_from(sum % 11).unwrap_or(0)) != Some(check) {
        return Err(NumberFlaw::BadCheckDigit);
    }
    let birth_on = Some(birth_on.ok_or(NumberFlaw::ImpossibleDate)?);
    let sex = Some(if digit(body[16]) % 2 == 1 { Sex::Male } else { Sex::Female });
    Ok(Reading { number: code, birth_on, sex })
}

/// One or two letters, six digits, a check character: weights 9 to 1, letters from A = 10, an absent first letter counts 36; mod 11.
fn hong_kong_id(code: String) -> Result<Reading, NumberFlaw> {
    let bytes = code.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    if !matches!(letters, 1 | 2) || bytes.len() != letters + 7 {
        return Err(NumberFlaw::BadFormat);
    }
    let (body, check) = (&bytes[letters..letters + 6], bytes[letters + 6]);
    if !body.iter().all(u8::is_ascii_digit) || !(check.is_ascii_digit() || check == b'A') {
        return Err(NumberFlaw::BadFormat);
    }
    let letter = |b: u8| u32::from(b - b'A') + 10;
    let head = if letters == 1 { [36, letter(bytes[0])] } else { [letter(bytes[0]), letter(bytes[1])] };
    let values = head.into_iter().chain(body.iter().map(|b| digit(*b)));
    let sum: u32 = values.zip((2..=9).rev()).map(|(value, weight)| value * weight).sum();
    let check = if check == b'A' { 10 } else { digit(check) };
    if (sum + check).is_multiple_of(11) { Ok(Reading::bare(code)) } else { Err(NumberFlaw::BadCheckDigit) }
}

/// A letter, then 1 or 2 (8 or 9 for foreign residents since 2021, A to D before), eight digits; weighted sum mod 10.
fn taiwan_id(code: String) -> Result<Reading, NumberFlaw> {
    let bytes = code.as_bytes();
    if bytes.len() != 10 || !bytes[0].is_ascii_uppercase() || !bytes[2..].iter().all(u8::is_ascii_digit) {
        return Err(NumberFlaw::BadFormat);
    }
    let (second, sex) = match bytes[1] {
        b @ (b'1' | b'8') => (digit(b), Sex::Male),
        b @ (b'2' | b'9') => (digit(b), Sex::Female),
        b @ (b'A' | b'C') => (taiwan_letter(b) % 10, Sex::Male),
        b @ (b'B' | b'D') => (taiwan_letter(b) % 10, Sex::Female),
        _ => return Err(NumberFlaw::BadFormat),
    };
    let area = taiwan_letter(bytes[0]);
    let middle: u32 = bytes[2..9].iter().zip((1..=7).rev()).map(|(b, w)| digit(*b) * w).sum();
    let sum = area / 10 + area % 10 * 9 + second * 8 + middle + digit(bytes[9]);
    if sum.is_multiple_of(10) {
        Ok(Reading { number: code, birth_on: None, sex: Some(sex) })
    } else {
        Err(NumberFlaw::BadCheckDigit)
    }
}

/// The two-digit value of a letter in Taiwan's numbers: in order of when the area got its letter, not of the alphabet.
fn taiwan_letter(letter: u8) -> u32 {
    const ORDER: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let place = ORDER.iter().position(|l| *l == letter).unwrap_or(0);
    u32::try_from(place).unwrap_or(0) + 10
}

fn is_hk_macau_permit(code: &str) -> bool {
    // H or M, eight digits for life, two for the issue on the cards before 2013; A follows the letter for foreign nationals.
    let Some(rest) = code.strip_prefix(['H', 'M']) else { return false };
    match rest.strip_prefix('A') {
        Some(digits) => digits.len() == 7 && all_digits(digits),
        None => matches!(rest.len(), 8 | 10) && all_digits(rest),
    }
}

/// A passport's number, or its machine-readable second line (ICAO 9303, TD3), alone or after the first.
fn passport(typed: &str, today: NaiveDate) -> Result<Reading, NumberFlaw> {
    let compact: String = typed.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    if compact.contains('<') {
        let start = compact.len().checked_sub(44).ok_or(NumberFlaw::BadFormat)?;
        let line =
            compact.get(start..).filter(|_| matches!(compact.len(), 44 | 88)).ok_or(NumberFlaw::BadFormat)?;
        return machine_readable(line, today);
    }
    let code = tidy_code(typed);
    format_only(code, |c| c.is_ascii() && matches!(c.len(), 5..=12) && c.bytes().any(|b| b.is_ascii_digit()))
}

fn machine_readable(line: &str, today: NaiveDate) -> Result<Reading, NumberFlaw> {
    let part = |from: usize, to: usize| line.get(from..to).ok_or(NumberFlaw::BadFormat);
    if !line.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'<') {
        return Err(NumberFlaw::BadFormat);
    }
    let (number, birth, expiry) = (part(0, 9)?, part(13, 19)?, part(21, 27)?);
    let all = format!("{}{}{}", part(0, 10)?, part(13, 20)?, part(21, 43)?);
    let checks = [
        (number, part(9, 10)?),
        (birth, part(19, 20)?),
        (expiry, part(27, 28)?),
        (all.as_str(), part(43, 44)?),
    ];
    if checks.iter().any(|(text, check)| icao_check(text).to_string() != *check) {
        return Err(NumberFlaw::BadCheckDigit);
    }
    let sex = match part(20, 21)? {
        "F" => Some(Sex::Female),
        "M" => Some(Sex::Male),
        _ => None,
    };
    Ok(Reading {
        number: number.trim_end_matches('<').to_owned(),
        birth_on: Some(two_digit_birth(birth, today)?),
        sex,
    })
}

/// ICAO 9303: weights 7, 3, 1; A = 10; `<` = 0; mod 10.
fn icao_check(text: &str) -> u32 {
    let value = |b: u8| match b {
        b'0'..=b'9' => digit(b),
        b'A'..=b'Z' => u32::from(b - b'A') + 10,
        _ => 0,
    };
    text.bytes().zip([7, 3, 1].into_iter().cycle()).map(|(b, w)| value(b) * w).sum::<u32>() % 10
}

/// A birth date with a two-digit year: the latest one that is not in the future.
fn two_digit_birth(text: &str, today: NaiveDate) -> Result<NaiveDate, NumberFlaw> {
    let century = |c: &str| compact_date(&format!("{c}{text}")).filter(|d| *d <= today);
    century("20").or_else(|| century("19")).ok_or(NumberFlaw::ImpossibleDate)
}

fn compact_date(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !all_digits(text) {
        return None;
    }
    NaiveDate::from_ymd_opt(
        text.get(..4)?.parse().ok()?,
        text.get(4..6)?.parse().ok()?,
        text.get(6..)?.parse().ok()?,
    )
}

#[cfg(test)]
mod tests;
