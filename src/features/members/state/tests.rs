use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::edit::FieldEdit;
use rollcall_domain::kernel::ids::Id;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn seen() -> Seen {
    let id = MemberId(Id::nil());
    let member = Member {
        id,
        name: "Ann Lee".to_owned(),
        name_keys: "annlee".to_owned(),
        sex: None,
        birth_on: Some(day("1990-05-01")),
        photo: None,
        sections: vec![Section::Indoor],
        referrer: None,
        tags: Vec::new(),
        goals: String::new(),
        preferences: String::new(),
        joined_on: day("2026-01-01"),
        signed: None,
        archived: None,
        import: None,
        enrolled_at: Timestamp(0),
        erased: false,
        revision: 0,
    };
    Seen {
        member,
        contact: Contact { phone: Some("+886912345678".to_owned()), ..Contact::empty(id) },
        health: Health::empty(id),
        guardian: Guardian::empty(id),
    }
}

fn edits(change: impl Fn(&mut Application)) -> MemberEdits {
    let seen = seen();
    let mut new = seen.application();
    change(&mut new);
    seen.edits(&new, seen.member.sections.clone(), None, None, day("2026-11-22"))
}

#[test]
fn a_form_that_changes_nothing_edits_nothing() {
    assert!(edits(|_| {}).is_empty());
}

#[test]
fn only_changed_fields_are_sent_with_what_was_seen() {
    let edits = edits(|new| {
        new.phone = Some("+886922333444".to_owned());
        new.health.declared = true;
    });
    assert_eq!(
        edits.contact,
        [FieldEdit { field: "phone".to_owned(), was: json!("+886912345678"), now: json!("+886922333444") }]
    );
    assert_eq!(
        edits.health,
        [FieldEdit { field: "declared_on".to_owned(), was: json!(null), now: json!("2026-11-22") }]
    );
    assert!(edits.member.is_empty() && edits.guardian.is_empty());
}

#[test]
fn an_emptied_field_is_sent_as_nothing() {
    let edits = edits(|new| new.phone = None);
    assert_eq!(edits.contact[0].now, json!(null));
}

#[test]
fn the_usual_document_is_the_regions_own() {
    assert_eq!(usual_document(Region::Mainland), DocumentKind::ResidentId);
    assert_eq!(usual_document(Region::Taiwan), DocumentKind::TaiwanId);
    assert_eq!(usual_document(Region::Elsewhere), DocumentKind::Passport);
}
