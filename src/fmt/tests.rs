use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn an_amount_is_written_without_a_float() {
    let check = |cents: i64, exponent: u32, want: &str| assert_eq!(decimal_text(cents, exponent), want);
    check(123_450, 2, "1234.50");
    check(-5, 2, "-0.05");
    check(0, 2, "0.00");
    check(500, 0, "500");
    check(1_234, 3, "1.234");
    check(i64::MIN, 2, "-92233720368547758.08");
}

#[test]
fn a_sentence_begins_with_a_capital() {
    assert_eq!(capital("yesterday"), "Yesterday");
    assert_eq!(capital("昨天"), "昨天");
    assert_eq!(capital(""), "");
}
