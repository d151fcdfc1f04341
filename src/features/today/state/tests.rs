use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_day_celebrates_everybody_born_on_it() {
    let born: Vec<NaiveDate> = born_on_this_day(day("2026-11-22")).collect();
    assert!(born.contains(&day("1990-11-22")));
    assert_eq!(born.len(), 110);
}

#[test]
fn leap_children_celebrate_on_the_28th_of_common_years() {
    assert!(born_on_this_day(day("2027-02-28")).any(|born| born == day("2004-02-29")));
    assert!(!born_on_this_day(day("2028-02-28")).any(|born| born == day("2004-02-29")));
    assert!(born_on_this_day(day("2028-02-29")).any(|born| born == day("2004-02-29")));
}
