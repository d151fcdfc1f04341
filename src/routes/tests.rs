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
fn every_area_of_a_rail_has_its_own_key_and_path() {
    for role in PEOPLE {
        let rail: Vec<_> = nav_of(role).collect();
        for (at, entry) in rail.iter().enumerate() {
            let others = &rail[..at];
            assert!(
                others.iter().all(|o| o.key != entry.key && o.path != entry.path),
                "{role:?} {}",
                entry.path
            );
        }
    }
}

#[test]
fn a_member_has_nothing_of_the_desk_in_the_rail() {
    let paths: Vec<_> = nav_of(Role::Member).map(|entry| entry.path).collect();
    assert_eq!(paths, ["/", "/classes", "/settings"]);
}
