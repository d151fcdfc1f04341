use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[track_caller]
fn check(text: &str, exponent: u32, want: Result<Option<i64>, AmountError>) {
    assert_eq!(parse_money(text, exponent), want);
}

#[test]
fn plain_and_grouped_amounts_are_read() {
    check("2680", 2, Ok(Some(268_000)));
    check("2,680.5", 2, Ok(Some(268_050)));
    check(" ¥1,234.50 ", 2, Ok(Some(123_450)));
    check("NT$ 500", 0, Ok(Some(500)));
    check("80元", 2, Ok(Some(8_000)));
    check(".5", 2, Ok(Some(50)));
}

#[test]
fn full_width_figures_are_read() {
    check("１２。５", 2, Ok(Some(1_250)));
}

#[test]
fn nothing_is_no_amount() {
    check("  ", 2, Ok(None));
}

#[test]
fn a_comma_is_never_a_decimal_point() {
    check("12,50", 2, Err(AmountError::NotAnAmount));
    check("1234,500", 2, Err(AmountError::NotAnAmount));
}

#[test]
fn words_signs_and_too_fine_amounts_are_refused() {
    check("12a", 2, Err(AmountError::NotAnAmount));
    check("-5", 2, Err(AmountError::NotAnAmount));
    check("1.234", 2, Err(AmountError::TooFine));
    check("1.5", 0, Err(AmountError::TooFine));
    check("99999999999999999999", 2, Err(AmountError::TooLarge));
}

#[test]
fn what_is_written_is_read_back() {
    for cents in [0, 5, 50, 100, 123_450, CENTS_MAX] {
        check(&money_text(cents, 2), 2, Ok(Some(cents)));
    }
}
