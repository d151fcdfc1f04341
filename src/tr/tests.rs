use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn a_browser_s_tag_finds_the_language_it_means() {
    let check = |tag: &str, want: Option<Lang>| assert_eq!(Lang::from_tag(tag), want, "{tag}");
    check("en-US", Some(Lang::En));
    check("EN", Some(Lang::En));
    check("zh", Some(Lang::ZhHans));
    check("zh-CN", Some(Lang::ZhHans));
    check("zh_Hans_SG", Some(Lang::ZhHans));
    check("zh-TW", Some(Lang::ZhHant));
    check("zh-Hant-HK", Some(Lang::ZhHant));
    check("zh-Hans-TW", Some(Lang::ZhHans));
    check("yue-HK", Some(Lang::ZhHant));
    check("de", None);
    check("", None);
}

#[test]
fn every_language_is_found_by_its_own_tag() {
    for lang in Lang::ALL {
        assert_eq!(Lang::from_tag(lang.tag()), Some(lang));
    }
}

#[test]
fn arguments_go_to_their_places() {
    assert_eq!(fill("\u{1}1 of \u{1}0", &[&31, &"three"]), "three of 31");
    assert_eq!(fill("no place", &[&1]), "no place");
    assert_eq!(fill("twice \u{1}0\u{1}0", &[&"x"]), "twice xx");
}

#[test]
fn what_is_filled_in_is_never_read_as_a_place() {
    assert_eq!(fill("hello \u{1}0", &[&"\u{1}0{{ name }}"]), "hello \u{1}0{{ name }}");
}

#[test]
fn another_language_is_borrowed_and_given_back() {
    in_lang(Lang::ZhHant, || {
        assert_eq!(common::save(), "儲存");
        assert_eq!(in_lang(Lang::ZhHans, common::save), "保存");
        assert_eq!(common::save(), "儲存");
    });
}

#[test]
fn only_one_is_one() {
    in_lang(Lang::En, || {
        assert_eq!(common::days(1), "1 day");
        assert_eq!(common::days(0), "0 days");
        assert_eq!(common::days(2), "2 days");
    });
    in_lang(Lang::ZhHans, || assert_eq!(common::days(1), "1 天"));
}

#[test]
fn every_language_has_as_many_texts() {
    for table in TEXTS {
        assert_eq!(table.len(), TEXTS[0].len());
        assert!(table.iter().all(|text| !text.trim().is_empty()));
    }
}
