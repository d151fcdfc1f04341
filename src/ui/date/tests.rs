use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[track_caller]
fn check(text: &str, want: Option<(i32, u32, u32)>) {
    let want = want.and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
    assert_eq!(parse_date(text), want, "{text}");
}

#[test]
fn year_first_is_read_in_any_dress() {
    for text in ["2026-4-3", "2026/04/03", "2026.4.3", "20260403", "2026年4月3日", "２０２６－４－３"]
    {
        check(text, Some((2026, 4, 3)));
    }
}

#[test]
fn year_last_is_read_when_only_one_day_can_be_meant() {
    check("25/12/2026", Some((2026, 12, 25)));
    check("12/25/2026", Some((2026, 12, 25)));
    check("4/4/2026", Some((2026, 4, 4)));
    check("3/4/2026", None);
}

#[test]
fn what_is_no_day_is_not_read() {
    for text in ["", "soon", "2026-13-01", "2026-02-30", "26-4-3", "2026-4-3-5", "123"] {
        check(text, None);
    }
}
