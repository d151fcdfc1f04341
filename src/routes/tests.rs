use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn an_address_belongs_to_the_area_above_it() {
    assert!(is_within("/members", "/members"));
    assert!(is_within("/members/01", "/members"));
    assert!(!is_within("/membership", "/members"));
    assert!(is_within("/", "/"));
    assert!(!is_within("/members", "/"));
}

#[test]
fn every_area_has_its_own_key_and_path() {
    for (at, entry) in NAV.iter().enumerate() {
        assert!(
            NAV[..at].iter().all(|other| other.key != entry.key && other.path != entry.path),
            "{}",
            entry.path
        );
    }
}
