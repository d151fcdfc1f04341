use chrono::NaiveDate;
use serde_json::json;

use super::application::{Rules, named};
use super::contact::Emergency;
use super::*;
use crate::han::{self, Han};
use crate::kernel::Role;
use crate::kernel::command::{Command, Input};
use crate::kernel::decide::{Hold, Outcome, Quarantined, Verdict};
use crate::kernel::edit::FieldEdit;
use crate::kernel::exceptions::Exception;
use crate::kernel::facts::Want;
use crate::kernel::ids::{Hash, Uuid};
use crate::kernel::keys::KeyValue;
use crate::kernel::record::RecordBody;
use crate::studio::Section;
use crate::testing::Room;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn member_id(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(0xE000 + n))
}

fn enrol(n: u128) -> EnrolMember {
    EnrolMember {
        member_id: member_id(n),
        sections: vec![Section::Indoor],
        referrer: None,
        joined_on: None,
        different_from: Vec::new(),
    }
}

/// Lin Yue, born 1990, with a phone.
fn lin() -> Application {
    Application {
        birth_on: Some(day("1990-05-01")),
        phone: Some("+8613812345678".to_owned()),
        ..person("林悦")
    }
}

fn person(name: &str) -> Application {
    named(name, &han::name_keys(name, &Han::default()))
}

fn what(exceptions: &[Exception]) -> Vec<MembersException> {
    exceptions.iter().map(|e| serde_json::from_value(e.what.clone()).unwrap()).collect()
}

fn edit(field: &str, was: impl Into<serde_json::Value>, now: impl Into<serde_json::Value>) -> FieldEdit {
    FieldEdit { field: field.to_owned(), was: was.into(), now: now.into() }
}

#[track_caller]
fn quarantined<C: Command>(command: &C, personal: &C::Personal) {
    let verdict = Room::empty().run(Input::encode(command, personal).unwrap());
    assert_eq!(verdict, Verdict::Held(Hold::Quarantined { why: Quarantined::Malformed }));
}

mod enrolling {
    use super::*;

    #[test]
    fn writes_every_record_once() {
        let mut room = Room::empty();
        let new = Application {
            email: Some("lin@example.com".to_owned()),
            emergency: Some(Emergency {
                name: "Lin Hai".to_owned(),
                phone: "+8613900001111".to_owned(),
                relation: "brother".to_owned(),
            }),
            document: Some(DocumentEntry {
                kind: DocumentKind::Passport,
                number: "E12345678".to_owned(),
                checked: true,
            }),
            health: HealthEntry { declared: true, notes: "knee".to_owned(), allergies: String::new() },
            ..lin()
        };
        assert!(room.fact(&enrol(1), &new).is_empty());
        let member: Member = room.get(member_id(1));
        assert_eq!((member.name.as_str(), member.joined_on, member.revision), ("林悦", day("2026-11-22"), 0));
        assert_eq!(
            room.get::<Contact>(Contact::id_of(member_id(1))).email.as_deref(),
            Some("lin@example.com")
        );
        assert_eq!(room.get::<Health>(Health::id_of(member_id(1))).declared_on, Some(day("2026-11-22")));
        let documents: Vec<Document> =
            room.all(&Want::key::<Document>(document::MEMBER_KEY, KeyValue::of(member_id(1).raw())));
        assert_eq!(documents[0].masked(), "•••••5678");
        assert_eq!(documents[0].checked.as_ref().unwrap().by, room.actor);
        assert!(room.find::<Guardian>(Guardian::id_of(member_id(1))).is_none());
    }

    #[test]
    fn twice_is_once() {
        let mut room = Room::empty();
        room.fact(&enrol(1), &lin());
        assert!(room.fact(&enrol(1), &person("Somebody else")).is_empty());
        assert_eq!(room.get::<Member>(member_id(1)).name, "林悦");
    }

    #[test]
    fn a_phone_that_is_known_raises_a_possible_duplicate() {
        let mut room = Room::empty();
        room.fact(&enrol(1), &lin());
        let raised = room.fact(&enrol(2), &Application { phone: lin().phone, ..person("Anna") });
        assert_eq!(
            what(&raised),
            [MembersException::PossibleDuplicate { known: member_id(1), reasons: vec![Reason::SamePhone] }]
        );
        assert_eq!(raised[0].about, [member_id(2).raw(), member_id(1).raw()]);
        assert!(room.find::<Member>(member_id(2)).is_some(), "a Fact is recorded all the same");
    }

    #[test]
    fn a_document_or_a_near_name_with_the_birth_date_does_too() {
        let mut room = Room::empty();
        let document = Some(DocumentEntry {
            kind: DocumentKind::Passport,
            number: "E12345678".to_owned(),
            checked: false,
        });
        room.fact(
            &enrol(1),
            &Application {
                document: document.clone(),
                birth_on: Some(day("1990-05-01")),
                ..person("Katherine")
            },
        );
        let raised = room.fact(&enrol(2), &Application { document, ..person("Anna") });
        assert_eq!(
            what(&raised),
            [MembersException::PossibleDuplicate {
                known: member_id(1),
                reasons: vec![Reason::SameDocument]
            }]
        );
        let raised =
            room.fact(&enrol(3), &Application { birth_on: Some(day("1990-05-01")), ..person("Kathreine") });
        assert_eq!(
            what(&raised),
            [MembersException::PossibleDuplicate {
                known: member_id(1),
                reasons: vec![Reason::NameAndBirth]
            }]
        );
        assert!(
            room.fact(&enrol(4), &Application { birth_on: Some(day("1990-05-02")), ..person("Katherine") })
                .is_empty()
        );
    }

    #[test]
    fn another_family_name_is_another_person() {
        let mut room = Room::empty();
        let born = |name: &str| Application { birth_on: Some(day("1991-01-01")), ..person(name) };
        room.fact(&enrol(1), &born("赖佩珊"));
        assert!(room.fact(&enrol(2), &born("郭佩珊")).is_empty());
        assert_eq!(room.fact(&enrol(3), &born("赖佩姗")).len(), 1, "the given name may be a slip");
    }

    #[test]
    fn told_apart_is_remembered() {
        let mut room = Room::empty();
        room.fact(&enrol(1), &lin());
        let twin = EnrolMember { different_from: vec![member_id(1)], ..enrol(2) };
        assert!(room.fact(&twin, &lin()).is_empty());
        assert_eq!(room.get::<Different>(Different::id_of(member_id(2), member_id(1))).one, member_id(1));
    }

    #[test]
    fn a_minor_without_a_guardian_is_written_down_and_shown() {
        let mut room = Room::empty();
        let child = Application { birth_on: Some(day("2012-01-01")), ..person("Kim") };
        assert_eq!(
            what(&room.fact(&enrol(1), &child)),
            [MembersException::MinorWithoutGuardian { years: 14 }]
        );
        let guardian = Some(GuardianEntry {
            name: "Kim Senior".to_owned(),
            phone: "+85291234567".to_owned(),
            relation: String::new(),
        });
        assert!(
            room.fact(
                &enrol(2),
                &Application { guardian, birth_on: Some(day("2011-01-01")), ..person("Other") }
            )
            .is_empty()
        );
        assert_eq!(room.get::<Guardian>(Guardian::id_of(member_id(2))).name, "Kim Senior");
    }

    #[test]
    fn what_no_form_sends_is_quarantined() {
        quarantined(&enrol(1), &person("  "));
        quarantined(&enrol(1), &person(&"x".repeat(81)));
        quarantined(&enrol(1), &person("a\u{0}b"));
        quarantined(&enrol(1), &Application { phone: Some("call me".to_owned()), ..person("A") });
        quarantined(&enrol(1), &Application { photo: Some(Hash("../../etc".to_owned())), ..person("A") });
        quarantined(&enrol(1), &Application { name_keys: "x".repeat(700), ..person("A") });
        let document = Some(DocumentEntry {
            kind: DocumentKind::ResidentId,
            number: "110105194912310021".to_owned(),
            checked: false,
        });
        quarantined(&enrol(1), &Application { document, ..person("A") });
        quarantined(&EnrolMember { different_from: vec![member_id(9); 21], ..enrol(1) }, &person("A"));
    }

    #[test]
    fn a_search_finds_by_name_and_phone_and_archived_people_come_last() {
        let mut room = Room::empty();
        room.fact(&enrol(1), &lin());
        let member: Member = room.get(member_id(1));
        let contact: Contact = room.get(Contact::id_of(member_id(1)));
        assert!(contact.search().unwrap().words.ends_with("5678"));
        assert_eq!(contact.search().unwrap().subject, member_id(1).raw());
        room.granted(&ArchiveMember { member_id: member_id(1) }, &());
        assert!(room.get::<Member>(member_id(1)).search().unwrap().sort > member.search().unwrap().sort);
    }
}

mod flaws {
    use super::*;

    fn rules() -> Rules {
        Rules { today: day("2026-11-22"), home: Region::Mainland, guardian_may_sign: true }
    }

    #[track_caller]
    fn check(new: &Application, field: Field, why: Flaw) {
        assert_eq!(new.flaws(&rules()), [ApplicationFlaw { field, why }]);
    }

    fn with_document(kind: DocumentKind, number: &str) -> Application {
        Application {
            document: Some(DocumentEntry { kind, number: number.to_owned(), checked: false }),
            ..person("A")
        }
    }

    #[test]
    fn a_good_application_has_none() {
        let new = Application {
            phone: Some("138 1234 5678".to_owned()),
            email: Some("a.b+c@例子.cn".to_owned()),
            ..lin()
        };
        assert_eq!(new.flaws(&rules()), []);
        assert_eq!(new.tidied(&rules()).phone.as_deref(), Some("+8613812345678"));
    }

    #[test]
    fn each_field_names_its_reason() {
        check(&person(" "), Field::Name, Flaw::Missing);
        check(&person(&"名".repeat(81)), Field::Name, Flaw::TooLong { chars_max: 80 });
        check(&person("a\u{7}"), Field::Name, Flaw::Unprintable);
        check(
            &Application { phone: Some("1381234567".to_owned()), ..person("A") },
            Field::Phone,
            Flaw::NotAPhone,
        );
        check(&Application { email: Some("a@b".to_owned()), ..person("A") }, Field::Email, Flaw::NotAnEmail);
        check(
            &Application { address: "x".repeat(241), ..person("A") },
            Field::Address,
            Flaw::TooLong { chars_max: 240 },
        );
        check(
            &Application { goals: "x".repeat(2_001), ..person("A") },
            Field::Goals,
            Flaw::TooLong { chars_max: 2_000 },
        );
        check(
            &Application { preferences: "x".repeat(2_001), ..person("A") },
            Field::Preferences,
            Flaw::TooLong { chars_max: 2_000 },
        );
        check(
            &Application { tags: vec!["t".to_owned(); 21], ..person("A") },
            Field::Tags,
            Flaw::TooLong { chars_max: 20 },
        );
        let health = HealthEntry { notes: "x".repeat(2_001), ..HealthEntry::default() };
        check(&Application { health, ..person("A") }, Field::HealthNotes, Flaw::TooLong { chars_max: 2_000 });
        let health = HealthEntry { allergies: "\u{1}".to_owned(), ..HealthEntry::default() };
        check(&Application { health, ..person("A") }, Field::Allergies, Flaw::Unprintable);
        check(
            &Application { photo: Some(Hash("x".to_owned())), ..person("A") },
            Field::Photo,
            Flaw::BadPhoto,
        );
    }

    #[test]
    fn people_to_call_need_name_and_number() {
        let emergency = |name: &str, phone: &str| Application {
            emergency: Some(Emergency {
                name: name.to_owned(),
                phone: phone.to_owned(),
                relation: String::new(),
            }),
            ..person("A")
        };
        check(&emergency("", "13812345678"), Field::EmergencyName, Flaw::Missing);
        check(&emergency("Hai", ""), Field::EmergencyPhone, Flaw::Missing);
        check(&emergency("Hai", "12"), Field::EmergencyPhone, Flaw::NotAPhone);
        let guardian =
            GuardianEntry { name: String::new(), phone: "13812345678".to_owned(), relation: String::new() };
        check(&Application { guardian: Some(guardian), ..person("A") }, Field::GuardianName, Flaw::Missing);
        assert_eq!(emergency("", "").flaws(&rules()), []);
        assert_eq!(emergency("", "").tidied(&rules()).emergency, None);
    }

    #[test]
    fn birth_dates_are_possible_and_of_age() {
        let born = |on: &str| Application { birth_on: Some(day(on)), ..person("A") };
        check(&born("2026-11-23"), Field::BirthOn, Flaw::InFuture);
        check(&born("1890-01-01"), Field::BirthOn, Flaw::TooLongAgo);
        check(&born("2008-11-23"), Field::BirthOn, Flaw::NeedsGuardian { years: 17 });
        assert_eq!(born("2008-11-22").flaws(&rules()), []);
        let strict = Rules { guardian_may_sign: false, ..rules() };
        let guardian = Some(GuardianEntry {
            name: "G".to_owned(),
            phone: "13812345678".to_owned(),
            relation: String::new(),
        });
        assert_eq!(Application { guardian: guardian.clone(), ..born("2010-01-01") }.flaws(&rules()), []);
        let flaws = Application { guardian, ..born("2010-01-01") }.flaws(&strict);
        assert_eq!(flaws, [ApplicationFlaw { field: Field::BirthOn, why: Flaw::TooYoung { years: 16 } }]);
    }

    #[test]
    fn documents_are_checked_against_themselves_and_the_form() {
        let bad = |why| Flaw::BadNumber { why };
        check(
            &with_document(DocumentKind::ResidentId, "110105194912310021"),
            Field::DocumentNumber,
            bad(identity::NumberFlaw::BadCheckDigit),
        );
        check(
            &with_document(DocumentKind::HongKongId, "12345"),
            Field::DocumentNumber,
            bad(identity::NumberFlaw::BadFormat),
        );
        check(
            &with_document(DocumentKind::Other, &"9".repeat(41)),
            Field::DocumentNumber,
            Flaw::TooLong { chars_max: 40 },
        );
        let good = with_document(DocumentKind::ResidentId, "11010519491231002x");
        assert_eq!(good.flaws(&rules()), []);
        assert_eq!(good.tidied(&rules()).document.unwrap().number, "11010519491231002X");
        check(
            &Application { birth_on: Some(day("1950-01-01")), ..good.clone() },
            Field::BirthOn,
            Flaw::BirthDiffers { says: day("1949-12-31") },
        );
        check(
            &Application { sex: Some(Sex::Male), ..good },
            Field::Sex,
            Flaw::SexDiffers { says: Sex::Female },
        );
    }

    #[test]
    fn every_flaw_speaks() {
        assert_eq!(Flaw::NeedsGuardian { years: 12 }.to_string(), "aged 12: a guardian must sign");
        assert_eq!(
            Flaw::BadNumber { why: identity::NumberFlaw::ImpossibleDate }.to_string(),
            "the date in the number is impossible"
        );
    }
}

mod changing {
    use super::*;

    fn change(room: &mut Room, edits: MemberEdits) -> Outcome {
        room.granted(&ChangeMember { member_id: member_id(1) }, &edits)
    }

    fn contact(
        field: &str,
        was: impl Into<serde_json::Value>,
        now: impl Into<serde_json::Value>,
    ) -> MemberEdits {
        MemberEdits { contact: vec![edit(field, was, now)], ..MemberEdits::default() }
    }

    fn with_lin() -> Room {
        let mut room = Room::empty();
        room.fact(&enrol(1), &lin());
        room
    }

    #[test]
    fn a_field_changes_and_the_file_keeps_what_it_said() {
        let mut room = with_lin();
        assert_eq!(
            change(&mut room, contact("phone", "+8613812345678", "+8613900000000")),
            Outcome::Accepted
        );
        assert_eq!(
            room.get::<Contact>(Contact::id_of(member_id(1))).phone.as_deref(),
            Some("+8613900000000")
        );
        assert_eq!(room.get::<Member>(member_id(1)).revision, 1);
        let history: Vec<FileEntry> =
            room.all(&Want::key::<FileEntry>(history::MEMBER_KEY, KeyValue::of(member_id(1).raw())));
        let changed = history
            .into_iter()
            .find_map(|e| if let FileEvent::Changed { before } = e.what { Some(before) } else { None })
            .unwrap();
        assert_eq!((changed[0].field.as_str(), &changed[0].was), ("phone", &json!("+8613812345678")));
    }

    #[test]
    fn the_same_phone_changed_twice_is_one_card_with_both_values() {
        let mut room = with_lin();
        change(&mut room, contact("phone", "+8613812345678", "+8613900000001"));
        let outcome = change(&mut room, contact("phone", "+8613812345678", "+8613900000002"));
        assert!(matches!(outcome, Outcome::Recorded { exceptions } if exceptions.len() == 1));
        let open = room.open_exceptions();
        let MembersException::Conflict { part, field, theirs, mine, .. } = &what(&open)[0] else {
            panic!("no conflict")
        };
        assert_eq!(
            (*part, field.as_str(), theirs, mine),
            (Part::Contact, "phone", &json!("+8613900000001"), &json!("+8613900000002"))
        );
        assert_eq!(
            room.get::<Contact>(Contact::id_of(member_id(1))).phone.as_deref(),
            Some("+8613900000001")
        );
    }

    #[test]
    fn settling_for_mine_is_another_change() {
        let mut room = with_lin();
        change(&mut room, contact("phone", "+8613812345678", "+8613900000001"));
        change(&mut room, contact("phone", "+8613812345678", "+8613900000002"));
        let open = room.open_exceptions();
        assert_eq!(
            change(&mut room, contact("phone", "+8613900000001", "+8613900000002")),
            Outcome::Accepted
        );
        room.granted(
            &crate::kernel::exceptions::SettleException {
                exception_id: open[0].id,
                choice: "take_mine".to_owned(),
            },
            &(),
        );
        assert!(room.open_exceptions().is_empty());
    }

    #[test]
    fn plain_fields_take_the_later_edit_and_untouched_ones_stay() {
        let mut room = with_lin();
        change(&mut room, contact("address", json!(null), "1 Main St"));
        assert_eq!(change(&mut room, contact("address", json!(null), "2 Main St")), Outcome::Accepted);
        let contact: Contact = room.get(Contact::id_of(member_id(1)));
        assert_eq!(
            (contact.address.as_str(), contact.phone.as_deref()),
            ("2 Main St", Some("+8613812345678"))
        );
    }

    #[test]
    fn a_new_name_is_found_by_its_new_keys() {
        let mut room = with_lin();
        let edits = MemberEdits {
            member: vec![edit("name", "林悦", "林月")],
            name_keys: "林月 linyue".to_owned(),
            ..MemberEdits::default()
        };
        change(&mut room, edits);
        assert_eq!(room.get::<Member>(member_id(1)).name_keys, "林月 linyue");
    }

    #[test]
    fn every_guarded_field_conflicts() {
        for (part, field, was, first, second) in [
            (Part::Member, "name", json!("林悦"), json!("A"), json!("B")),
            (Part::Member, "birth_on", json!("1990-05-01"), json!("1990-05-02"), json!("1990-05-03")),
            (Part::Contact, "email", json!(null), json!("a@b.cn"), json!("c@d.cn")),
            (Part::Health, "notes", json!(null), json!("knee"), json!("back")),
            (Part::Health, "allergies", json!(null), json!("nuts"), json!("milk")),
            (Part::Guardian, "name", json!(""), json!("G"), json!("H")),
        ] {
            let mut room = with_lin();
            for now in [first, second] {
                let mut edits = MemberEdits { name_keys: "k".to_owned(), ..MemberEdits::default() };
                edits.part_mut(part).push(edit(field, was.clone(), now));
                change(&mut room, edits);
            }
            assert_eq!(room.open_exceptions().len(), 1, "{field}: {:?}", what(&room.open_exceptions()));
        }
    }

    #[test]
    fn an_edit_of_nobody_is_a_card() {
        let mut room = Room::empty();
        change(&mut room, contact("phone", json!(null), "+8613900000001"));
        assert_eq!(what(&room.open_exceptions()), [MembersException::UnknownMember]);
    }

    #[test]
    fn unknown_fields_and_wrong_types_are_quarantined() {
        for (part, field, now) in [
            (Part::Member, "id", json!("x")),
            (Part::Member, "archived", json!(null)),
            (Part::Member, "name", json!(null)),
            (Part::Member, "name", json!(7)),
            (Part::Member, "birth_on", json!("1990-02-30")),
            (Part::Member, "sex", json!("robot")),
            (Part::Member, "tags", json!("a")),
            (Part::Contact, "phone", json!("138 1234 5678")),
            (Part::Contact, "email", json!("nobody")),
            (Part::Contact, "emergency", json!({ "name": "A" })),
            (Part::Health, "notes", json!("\u{0}")),
            (Part::Guardian, "member", json!("x")),
        ] {
            let mut edits = MemberEdits::default();
            edits.part_mut(part).push(edit(field, json!(null), now));
            quarantined(&ChangeMember { member_id: member_id(1) }, &edits);
        }
    }

    #[test]
    fn comparing_two_records_finds_the_changed_fields_only() {
        let before = Contact { phone: Some("+8613812345678".to_owned()), ..Contact::empty(member_id(1)) };
        let after = Contact { phone: None, address: "1 Main St".to_owned(), ..before.clone() };
        let mut edits = MemberEdits::default();
        edits.compare(Part::Contact, &before, &after);
        assert_eq!(
            edits.contact,
            [edit("address", json!(null), "1 Main St"), edit("phone", "+8613812345678", json!(null))]
        );
        assert!(!edits.is_empty());
    }
}

mod archiving {
    use super::*;

    #[test]
    fn off_the_lists_and_back() {
        let mut room = Room::empty();
        let id = member_id(1);
        assert_eq!(room.refused(&ArchiveMember { member_id: id }, &()), ArchiveRefusal::Unknown);
        assert_eq!(room.refused(&RestoreMember { member_id: id }, &()), ArchiveRefusal::Unknown);
        room.fact(&enrol(1), &lin());
        assert_eq!(room.refused(&RestoreMember { member_id: id }, &()), ArchiveRefusal::NotArchived);
        room.granted(&ArchiveMember { member_id: id }, &());
        assert_eq!(
            room.refused(&ArchiveMember { member_id: id }, &()),
            ArchiveRefusal::ArchivedBefore { at: room.now }
        );
        room.granted(&RestoreMember { member_id: id }, &());
        assert_eq!(room.get::<Member>(id).archived, None);
    }
}

mod documents {
    use super::*;

    #[test]
    fn showing_a_number_is_logged_with_its_reason() {
        let mut room = Room::empty();
        let document_id = Uuid::from_u128(7);
        room.fact(&enrol(1), &lin());
        let entry =
            DocumentEntry { kind: DocumentKind::HongKongId, number: "A1234563".to_owned(), checked: true };
        room.fact(&RecordDocument { member_id: member_id(1), document_id }, &Some(entry));
        room.fact(
            &ShowDocument {
                document_id,
                member_id: member_id(1),
                reason: ShowReason::Compare,
                note: String::new(),
            },
            &ShowNote { note: " at the desk ".to_owned() },
        );
        let history: Vec<FileEntry> =
            room.all(&Want::key::<FileEntry>(history::MEMBER_KEY, KeyValue::of(member_id(1).raw())));
        let shown = FileEvent::DocumentShown {
            document: document_id,
            reason: ShowReason::Compare,
            note: "at the desk".to_owned(),
        };
        assert!(history.iter().any(|e| e.what == shown && e.by == room.actor));
    }

    #[test]
    fn another_reason_needs_words_and_a_document_its_member() {
        let show = ShowDocument {
            document_id: Uuid::nil(),
            member_id: member_id(1),
            reason: ShowReason::Other,
            note: String::new(),
        };
        quarantined(&show, &ShowNote { note: " ".to_owned() });
        let entry = DocumentEntry { kind: DocumentKind::Other, number: "1234".to_owned(), checked: false };
        let raised = Room::empty()
            .fact(&RecordDocument { member_id: member_id(9), document_id: Uuid::nil() }, &Some(entry));
        assert_eq!(what(&raised), [MembersException::UnknownMember]);
    }
}

mod agreeing {
    use super::*;

    fn text() -> TermsText {
        TermsText {
            region: Region::Taiwan,
            title: "Terms".to_owned(),
            fees: "100 a month".to_owned(),
            services: "The hall".to_owned(),
            refund_policy: "In proportion".to_owned(),
            statutory: Region::Taiwan.statutory(),
            ..TermsText::default()
        }
    }

    fn published(room: &mut Room, seen_version: u32, fees: &str) -> TermsId {
        room.granted(
            &PublishTerms { seen_version, text: TermsText { fees: fees.to_owned(), ..text() } },
            &(),
        );
        Terms::in_force(room.all(&Terms::all())).unwrap().id
    }

    fn drawn(name: &str) -> SignedBy {
        SignedBy { name: name.to_owned(), strokes: vec![vec![(10, 10), (20, 30)]], is_typed: false }
    }

    #[test]
    fn terms_without_fees_services_or_refunds_are_not_published() {
        let mut room = Room::empty();
        let mut refused = |text| room.refused(&PublishTerms { seen_version: 0, text }, &());
        assert_eq!(refused(TermsText { title: " ".to_owned(), ..text() }), PublishRefusal::TitleMissing);
        assert_eq!(refused(TermsText { fees: String::new(), ..text() }), PublishRefusal::FeesMissing);
        assert_eq!(refused(TermsText { services: String::new(), ..text() }), PublishRefusal::ServicesMissing);
        assert_eq!(
            refused(TermsText { refund_policy: "\n".to_owned(), ..text() }),
            PublishRefusal::RefundPolicyMissing
        );
    }

    #[test]
    fn versions_count_up_and_a_stale_form_is_refused() {
        let mut room = Room::empty();
        published(&mut room, 0, "100");
        assert_eq!(
            room.refused(&PublishTerms { seen_version: 0, text: text() }, &()),
            PublishRefusal::PublishedMeanwhile { version: 1 }
        );
        let same = TermsText { fees: "100".to_owned(), ..text() };
        assert_eq!(
            room.refused(&PublishTerms { seen_version: 1, text: same }, &()),
            PublishRefusal::NothingChanged { version: 1 }
        );
        published(&mut room, 1, "200");
        assert_eq!(Terms::in_force(room.all(&Terms::all())).unwrap().version, 2);
        assert_eq!(room.all::<Terms>(&Terms::all()).len(), 2, "the old version stays as it was");
        quarantined(
            &PublishTerms { seen_version: 0, text: TermsText { rules: "x".repeat(20_001), ..text() } },
            &(),
        );
    }

    #[test]
    fn the_desk_publishes_nothing() {
        let mut room = Room::empty();
        room.role = Role::Desk;
        let verdict = room.run(Input::encode(&PublishTerms { seen_version: 0, text: text() }, &()).unwrap());
        assert!(matches!(verdict, Verdict::Decided { outcome: Outcome::Refused { .. }, .. }));
    }

    #[test]
    fn a_signature_keeps_version_device_and_witness_and_its_strokes_apart() {
        let mut room = Room::empty();
        let terms_id = published(&mut room, 0, "100");
        room.fact(&enrol(1), &lin());
        assert!(
            room.fact(
                &SignTerms { member_id: member_id(1), terms_id, signer: Signer::Member },
                &drawn("林悦")
            )
            .is_empty()
        );
        let consents: Vec<Consent> =
            room.all(&Want::key::<Consent>(consent::MEMBER_KEY, KeyValue::of(member_id(1).raw())));
        assert_eq!(
            (consents[0].version, consents[0].device, consents[0].witness),
            (1, room.device, room.actor)
        );
        assert_eq!(room.get::<Signature>(consents[0].signature.unwrap()).strokes.len(), 1);
        let member: Member = room.get(member_id(1));
        assert_eq!((member.signed.unwrap().version, member.revision), (1, 0));
    }

    #[test]
    fn who_cannot_draw_types_the_name() {
        let mut room = Room::empty();
        let terms_id = published(&mut room, 0, "100");
        room.fact(&enrol(1), &lin());
        let typed = SignedBy { name: "林悦".to_owned(), strokes: Vec::new(), is_typed: true };
        room.fact(&SignTerms { member_id: member_id(1), terms_id, signer: Signer::Member }, &typed);
        let consents: Vec<Consent> =
            room.all(&Want::key::<Consent>(consent::MEMBER_KEY, KeyValue::of(member_id(1).raw())));
        assert_eq!(consents[0].signature, None);
    }

    #[test]
    fn old_or_unknown_terms_and_unknown_members_are_shown() {
        let mut room = Room::empty();
        let old = published(&mut room, 0, "100");
        published(&mut room, 1, "200");
        room.fact(&enrol(1), &lin());
        let raised = room
            .fact(&SignTerms { member_id: member_id(1), terms_id: old, signer: Signer::Member }, &drawn("L"));
        assert_eq!(what(&raised), [MembersException::SignedOldTerms { signed: 1, in_force: 2 }]);
        let nowhere = TermsId(Uuid::from_u128(99));
        let raised = room.fact(
            &SignTerms { member_id: member_id(9), terms_id: nowhere, signer: Signer::Guardian },
            &drawn("G"),
        );
        assert_eq!(
            what(&raised),
            [MembersException::SignedOldTerms { signed: 0, in_force: 2 }, MembersException::UnknownMember]
        );
    }

    #[test]
    fn signatures_without_strokes_or_with_too_many_are_quarantined() {
        let sign =
            SignTerms { member_id: member_id(1), terms_id: TermsId(Uuid::nil()), signer: Signer::Member };
        quarantined(&sign, &SignedBy { strokes: Vec::new(), ..drawn("A") });
        quarantined(&sign, &SignedBy { strokes: vec![vec![(0, 0); 4_001]], ..drawn("A") });
        quarantined(&sign, &SignedBy { is_typed: true, ..drawn("A") });
        quarantined(&sign, &drawn(" "));
    }
}

mod duplicates_by_comparison {
    use super::duplicates::{Reason, Sketch, reasons};
    use super::*;
    use crate::han::tests::table;

    fn sketch(name: &str, birth: Option<&str>) -> Sketch {
        Sketch { name_keys: han::name_keys(name, &table()), birth_on: birth.map(day), ..Sketch::default() }
    }

    #[track_caller]
    fn check(one: &str, other: &str, want: &[Reason]) {
        let birth = Some("1990-05-01");
        assert_eq!(reasons(&sketch(one, birth), &sketch(other, birth)), want, "{one} / {other}");
    }

    #[test]
    fn names_that_one_slip_apart_are_near() {
        check("張學友", "张学友", &[Reason::NameAndBirth]);
        check("欧阳雪", "欧阳雷", &[Reason::NameAndBirth]);
        check("Zhang San", "张三", &[Reason::NameAndBirth]);
        check("Katherine", "Kathreine", &[Reason::NameAndBirth]);
        check("张三", "张四", &[]);
        check("Anna", "Peter", &[]);
    }

    #[test]
    fn a_name_alone_is_only_a_hint() {
        assert_eq!(reasons(&sketch("张三", None), &sketch("張三", Some("1990-05-01"))), [Reason::SameName]);
        assert_eq!(reasons(&sketch("张三", Some("1991-01-01")), &sketch("张三", Some("1990-05-01"))), []);
        assert!(!Reason::SameName.is_strong() && Reason::SamePhone.is_strong());
        assert_eq!(reasons(&sketch("", None), &sketch("", None)), []);
    }

    #[test]
    fn told_apart_stays_with_who_said_it_first() {
        let mut room = Room::empty();
        room.fact(&NotSamePerson { one: member_id(2), other: member_id(1) }, &());
        room.now = room.now.plus_ms(1);
        room.fact(&NotSamePerson { one: member_id(1), other: member_id(2) }, &());
        assert!(room.get::<Different>(Different::id_of(member_id(1), member_id(2))).at < room.now);
        quarantined(&NotSamePerson { one: member_id(1), other: member_id(1) }, &());
    }
}

#[test]
fn leap_day_children_have_a_birthday_every_year() {
    let mut room = Room::empty();
    room.fact(&enrol(1), &Application { birth_on: Some(day("1992-02-29")), ..person("A") });
    let member: Member = room.get(member_id(1));
    assert!(
        member.has_birthday_on(day("2027-02-28"))
            && !member.has_birthday_on(day("2028-02-28"))
            && member.has_birthday_on(day("2028-02-29"))
    );
}

#[test]
fn every_exception_has_two_different_buttons() {
    let all = [
        MembersException::PossibleDuplicate { known: member_id(1), reasons: Vec::new() },
        MembersException::MinorWithoutGuardian { years: 3 },
        MembersException::Conflict {
            part: Part::Member,
            field: String::new(),
            theirs: json!(null),
            mine: json!(null),
            mine_keys: String::new(),
        },
        MembersException::UnknownMember,
        MembersException::SignedOldTerms { signed: 1, in_force: 2 },
        MembersException::ImportedLookalikes { count: 2 },
    ];
    assert!(all.iter().all(|e| e.choices()[0] != e.choices()[1]));
}
