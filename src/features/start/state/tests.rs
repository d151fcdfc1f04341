use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn whole() -> Answers {
    Answers {
        name: " 河畔  健身 ".to_owned(),
        owner: "林越".to_owned(),
        zone: Zone::named("Asia/Shanghai"),
        currency: Some(Currency::Cny),
        sections: vec![Section::Indoor],
    }
}

#[test]
fn a_studio_opens_when_nothing_is_missing() {
    let (open, owner) = whole().order("zh-Hans", false).unwrap();
    assert_eq!(open.name, "河畔 健身");
    assert_eq!(owner.owner_name, "林越");
}

#[test]
fn each_missing_answer_is_named() {
    let nothing = Answers::default().missing();
    assert!(nothing.name && nothing.owner && nothing.zone && nothing.currency && nothing.sections);
    let blank = Answers { name: "   ".to_owned(), ..whole() };
    assert!(blank.missing().name && blank.order("en", false).is_none());
    assert!(whole().missing().is_empty());
}

#[test]
fn every_guess_is_a_currency_of_that_place_or_none() {
    assert_eq!(currency_of("Asia/Taipei"), Some(Currency::Twd));
    assert_eq!(currency_of("Asia/Macau"), Some(Currency::Mop));
    assert_eq!(currency_of("Europe/Berlin"), Some(Currency::Eur));
    assert_eq!(currency_of("Europe/Zurich"), None);
    assert_eq!(currency_of("Africa/Cairo"), None);
}
