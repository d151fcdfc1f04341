use proptest::prelude::*;

use super::*;

fn today() -> NaiveDate {
    day("2026-11-22")
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[track_caller]
fn says(kind: DocumentKind, typed: &str, number: &str, birth_on: Option<&str>, sex: Option<Sex>) {
    assert_eq!(
        read(kind, typed, today()),
        Ok(Reading { number: number.to_owned(), birth_on: birth_on.map(day), sex })
    );
}

#[track_caller]
fn flawed(kind: DocumentKind, typed: &str, why: NumberFlaw) {
    assert_eq!(read(kind, typed, today()), Err(why), "{typed}");
}

#[test]
fn resident_ids_say_birth_date_and_sex() {
    // The two examples of GB 11643-1999.
    says(
        DocumentKind::ResidentId,
        "11010519491231002x",
        "11010519491231002X",
        Some("1949-12-31"),
        Some(Sex::Female),
    );
    says(
        DocumentKind::ResidentId,
        "440524 18800101 0014",
        "440524188001010014",
        Some("1880-01-01"),
        Some(Sex::Male),
    );
}

#[test]
fn resident_ids_with_a_mistake_are_named() {
    flawed(DocumentKind::ResidentId, "110105194912310021", NumberFlaw::BadCheckDigit);
    flawed(DocumentKind::ResidentId, "11010519491231002", NumberFlaw::BadFormat);
    flawed(DocumentKind::ResidentId, "1101051949123100２X9", NumberFlaw::BadFormat);
    flawed(DocumentKind::ResidentId, "130503670401001", NumberFlaw::BadFormat);
    flawed(DocumentKind::ResidentId, &with_check("11010519490231002"), NumberFlaw::ImpossibleDate);
    flawed(DocumentKind::ResidentId, &with_check("11010520270101002"), NumberFlaw::ImpossibleDate);
}

#[test]
fn hong_kong_ids() {
    says(DocumentKind::HongKongId, "A123456(3)", "A1234563", None, None);
    says(DocumentKind::HongKongId, "G123456(A)", "G123456A", None, None);
    says(DocumentKind::HongKongId, "ab987654(3)", "AB9876543", None, None);
    flawed(DocumentKind::HongKongId, "A123456(4)", NumberFlaw::BadCheckDigit);
    flawed(DocumentKind::HongKongId, "123456(3)", NumberFlaw::BadFormat);
    flawed(DocumentKind::HongKongId, "A12345B(3)", NumberFlaw::BadFormat);
}

#[test]
fn taiwan_ids_and_resident_certificates() {
    says(DocumentKind::TaiwanId, "A123456789", "A123456789", None, Some(Sex::Male));
    says(DocumentKind::TaiwanId, "A800000014", "A800000014", None, Some(Sex::Male));
    says(DocumentKind::TaiwanId, "A900000016", "A900000016", None, Some(Sex::Female));
    says(DocumentKind::TaiwanId, "FA12345689", "FA12345689", None, Some(Sex::Male));
    flawed(DocumentKind::TaiwanId, "A123456788", NumberFlaw::BadCheckDigit);
    flawed(DocumentKind::TaiwanId, "A323456789", NumberFlaw::BadFormat);
    flawed(DocumentKind::TaiwanId, "A12345678", NumberFlaw::BadFormat);
}

#[test]
fn documents_without_a_published_check_digit_are_checked_by_format() {
    says(DocumentKind::MacauId, "5215299(8)", "52152998", None, None);
    flawed(DocumentKind::MacauId, "9215299(8)", NumberFlaw::BadFormat);
    says(DocumentKind::HkMacauPermit, "H12345678", "H12345678", None, None);
    says(DocumentKind::HkMacauPermit, "m1234567801", "M1234567801", None, None);
    flawed(DocumentKind::HkMacauPermit, "C12345678", NumberFlaw::BadFormat);
    says(DocumentKind::TaiwanPermit, "12345678", "12345678", None, None);
    flawed(DocumentKind::TaiwanPermit, "1234567", NumberFlaw::BadFormat);
    says(DocumentKind::Other, "学生证 20-1188", "学生证201188", None, None);
    flawed(DocumentKind::Other, "x", NumberFlaw::BadFormat);
}

#[test]
fn passports_by_number_or_by_their_machine_readable_lines() {
    says(DocumentKind::Passport, "E 1234 5678", "E12345678", None, None);
    flawed(DocumentKind::Passport, "ABCDEFGH", NumberFlaw::BadFormat);
    // The specimen of ICAO 9303.
    let line = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let both = format!("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n{line}");
    says(DocumentKind::Passport, line, "L898902C3", Some("1974-08-12"), Some(Sex::Female));
    says(DocumentKind::Passport, &both, "L898902C3", Some("1974-08-12"), Some(Sex::Female));
    flawed(DocumentKind::Passport, &line.replacen("C3", "C4", 1), NumberFlaw::BadCheckDigit);
    flawed(DocumentKind::Passport, &line[1..], NumberFlaw::BadFormat);
}

#[test]
fn a_paste_is_recognised_by_its_check_digit() {
    assert_eq!(recognise("11010519491231002X", today()), Some(DocumentKind::ResidentId));
    assert_eq!(recognise("A123456789", today()), Some(DocumentKind::TaiwanId));
    assert_eq!(recognise("A123456(3)", today()), Some(DocumentKind::HongKongId));
    assert_eq!(recognise("13812345678", today()), None);
}

#[test]
fn numbers_are_masked() {
    assert_eq!(masked("11010519491231002X"), "••••••••••••••002X");
    assert_eq!(masked("123456"), "••••56");
    assert_eq!(masked("1"), "1");
    assert_eq!(masked(""), "");
}

fn with_check(body: &str) -> String {
    (b'0'..=b'9')
        .chain([b'X'])
        .map(|c| format!("{body}{}", char::from(c)))
        .find(|id| read(DocumentKind::ResidentId, id, today()) != Err(NumberFlaw::BadCheckDigit))
        .unwrap()
}

proptest! {
    /// ISO 7064 mod 11-2 catches every single wrong digit.
    #[test]
    fn one_wrong_digit_is_always_caught(order in 0u32..1000, days in 0u32..40_000, at in 0usize..17, other in 0u8..10) {
        let born = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(u64::from(days));
        let body = format!("330106{}{order:03}", born.format("%Y%m%d"));
        let good = with_check(&body);
        prop_assume!(good.as_bytes()[at] != b'0' + other);
        let mut bad = good.into_bytes();
        bad[at] = b'0' + other;
        prop_assert!(read(DocumentKind::ResidentId, &String::from_utf8(bad).unwrap(), today()).is_err());
    }

    #[test]
    fn nothing_typed_can_break_a_reader(typed in "\\PC{0,60}|[A-Z0-9<]{40,90}", at in 0usize..8) {
        let kind = DocumentKind::ALL[at];
        if let Ok(reading) = read(kind, &typed, today()) {
            // The one form of a number reads back as itself.
            prop_assert_eq!(read(kind, &reading.number, today()).map(|r| r.number), Ok(reading.number));
        }
    }
}
