use super::*;
use crate::demo::{Wish, sample};
use crate::han::Han;
use crate::kernel::access::{PEOPLE, Principal, Reader, Role, Scope, scopes_of};
use crate::kernel::catalogue::Sight;
use crate::kernel::command::{Class, Input};
use crate::kernel::decide::{Authority, Hold, Outcome, Quarantined, Verdict};
use crate::kernel::erasure::Tells;
use crate::kernel::ids::{CommandId, DeviceId, PersonId, StudioId, Uuid};
use crate::kernel::{Answer, Record, Timestamp};
use crate::sync::deciding::{Case, Deciding, Step};

const DOCUMENT: &str = include_str!("../../../docs/roles.md");

#[test]
fn the_document_holds_the_table_as_it_is() {
    let tables = catalogue().roles_table();
    for table in tables.split("\n\n") {
        assert!(DOCUMENT.contains(table.trim()), "docs/roles.md is stale; its tables must read:\n\n{tables}");
    }
}

fn case(kind: &str, role: Role) -> Case {
    Case {
        input: Input { kind: kind.to_owned(), kind_version: 1, payload: "{}".to_owned(), personal: None },
        command: CommandId(Uuid::from_u128(1)),
        studio: StudioId(Uuid::from_u128(2)),
        device: DeviceId(Uuid::from_u128(3)),
        actor: PersonId(Uuid::from_u128(4)),
        role,
        effective_at: Timestamp(1_795_309_200_000),
        authority: Authority::Hub,
    }
}

#[test]
fn the_rules_are_asked_for_exactly_the_roles_of_the_table() {
    for command in catalogue().commands() {
        for role in PEOPLE.into_iter().chain([Role::Unknown]) {
            let case = case(command.kind, role);
            let kept_out = match Deciding::new(catalogue(), &case).step() {
                Step::Done(Verdict::Held(Hold::Quarantined { why })) => why == Quarantined::NotAllowed,
                Step::Done(Verdict::Decided { outcome: Outcome::Refused { why }, .. }) => {
                    why.why["code"] == "not_allowed"
                }
                _ => false,
            };
            assert_eq!(kept_out, !command.roles.contains(&role), "{} as {role:?}", command.kind);
        }
    }
}

#[test]
fn what_happened_in_the_room_is_never_told_by_a_member() {
    for command in catalogue().commands() {
        assert!(!command.roles.contains(&Role::Unknown), "{}", command.kind);
        let theirs = matches!(
            command.kind,
            "bookings.book"
                | "bookings.cancel"
                | "appointments.book"
                | "appointments.cancel"
                | "appointments.agree"
                | "feeds.make"
                | "feeds.end"
                | "kernel.settle_exception"
        );
        assert_eq!(
            command.roles.contains(&Role::Member),
            theirs,
            "{}: a member books, confirms, reads what was refused, has an address for their calendar, and nothing else",
            command.kind
        );
        if command.class == Class::Fact {
            assert!(!command.roles.contains(&Role::Member), "{}", command.kind);
        }
    }
}

#[test]
fn rows_of_the_table_that_must_not_change_by_accident() {
    let sight = |role, kind: &str| catalogue().sight(role, catalogue().kind(kind).unwrap());
    for kind in catalogue().kinds() {
        let cut = matches!(kind.name, "name_card" | "roster_card" | "health_alert");
        let whole = if cut { Sight::Nothing } else { Sight::All };
        assert_eq!(sight(Role::Owner, kind.name), whole, "{}", kind.name);
        assert_eq!(sight(Role::Manager, kind.name), whole, "{}", kind.name);
    }
    assert_eq!(sight(Role::Desk, "exception"), Sight::Part);
    assert_eq!(sight(Role::Member, "exception"), Sight::Own);
    for kind in ["member", "health", "contact", "document", "payment", "pass", "visit"] {
        assert_eq!(sight(Role::Coach, kind), Sight::Own, "{kind}");
        assert_eq!(sight(Role::Member, kind), Sight::Own, "{kind}");
    }
    for kind in ["member", "health", "contact", "document", "guardian", "consent", "signature"] {
        assert_ne!(sight(Role::Accountant, kind), Sight::All, "{kind}");
    }
    for kind in ["file_entry", "roster_card", "health_alert", "pin"] {
        assert_eq!(sight(Role::Accountant, kind), Sight::Nothing, "{kind}");
        assert_eq!(sight(Role::Member, kind), Sight::Nothing, "{kind}");
    }
    for kind in ["payment", "pass", "ledger_entry", "balance", "plan", "plan_revision"] {
        assert_eq!(sight(Role::Accountant, kind), Sight::All, "{kind}");
    }
    for kind in ["name_card", "roster_card", "health_alert"] {
        assert_eq!(sight(Role::Coach, kind), Sight::All, "{kind}");
    }
}

/// A studio with people, sales and visits in it.
fn lived_in() -> Vec<Record> {
    let han = Han::read(include_bytes!("../../data/han.bin").as_slice()).unwrap();
    let now = Timestamp(1_795_320_000_000);
    sample(&Wish { seed: 7, members: 40, now, language: "en", han: &han }).records
}

/// Whether a record with these scopes reaches a device of this role.
fn reaches(role: Role, person: PersonId, scopes: &[Scope]) -> bool {
    let held = scopes_of(&Principal { device: DeviceId::default(), person, role });
    scopes.iter().any(|scope| held.contains(scope))
}

#[test]
fn every_record_of_a_lived_in_studio_reaches_whom_the_table_says_and_nobody_else() {
    let stranger = PersonId(Uuid::from_u128(0xEEEE));
    let mut kinds = std::collections::BTreeSet::new();
    for record in lived_in() {
        let with_views = catalogue().views(&crate::kernel::Change {
            kind: record.kind.clone(),
            kind_version: record.kind_version,
            id: record.id,
            body: Some(record.body.clone()),
        });
        let cut = with_views.into_iter().filter_map(|change| {
            let body = change.body?;
            let (kind, kind_version, id) = (change.kind, change.kind_version, change.id);
            Some(Record { kind, kind_version, id, version: 1, body })
        });
        for record in std::iter::once(record.clone()).chain(cut) {
            kinds.insert(record.kind.to_string());
            let def = catalogue().kind(&record.kind).unwrap();
            let scopes = catalogue().describe(&record).unwrap().scopes;
            assert!(!scopes.is_empty(), "{}", record.kind);
            for role in PEOPLE {
                let sight = catalogue().sight(role, def);
                let expected = match sight {
                    Sight::All => true,
                    Sight::Part => reaches(role, stranger, &scopes),
                    Sight::Own | Sight::Nothing => false,
                };
                assert_eq!(reaches(role, stranger, &scopes), expected, "{} to {role:?}", record.kind);
            }
            let own = |scope: &Scope| scope.0.starts_with("person:");
            assert_eq!(scopes.iter().any(own), def.readers.contains(&Reader::Own), "{}", record.kind);
        }
    }
    for kind in ["member", "name_card", "pass", "payment", "visit", "balance", "settings", "plan"] {
        assert!(kinds.contains(kind), "the walk met no {kind}: {kinds:?}");
    }
}

#[test]
fn a_member_is_told_apart_from_every_other_member() {
    for record in lived_in() {
        let scopes = catalogue().describe(&record).unwrap().scopes;
        let people: Vec<&Scope> = scopes.iter().filter(|scope| scope.0.starts_with("person:")).collect();
        let body: serde_json::Value = serde_json::from_str(&record.body).unwrap();
        let whose = body.get("member_id").or_else(|| body.get("member")).and_then(|v| v.as_str());
        if let Some(whose) = whose.filter(|_| !people.is_empty()) {
            let own = Scope::person(Uuid::parse_str(whose).unwrap());
            assert_eq!(people, [&own], "{}", record.kind);
        }
    }
}

#[test]
fn every_kind_says_whether_it_tells_something_about_people() {
    for kind in catalogue().kinds() {
        assert_ne!(kind.tells, Tells::Unsaid, "{}: set TELLS, and name its subjects", kind.name);
    }
}

#[test]
fn every_command_says_whether_it_is_about_people() {
    for command in catalogue().commands() {
        assert_ne!(command.tells, Tells::Unsaid, "{}: set TELLS, and name its subjects", command.kind);
    }
    // A personal block of nobody's can never be blanked: these are the only ones.
    let kept: Vec<&str> = catalogue()
        .commands()
        .filter(|command| command.has_personal && command.tells == Tells::OfNobody)
        .map(|command| command.kind)
        .collect();
    assert_eq!(
        kept,
        ["kernel.know_device", "studio.open"],
        "the name of a device, and of whoever runs the studio"
    );
}

/// A payload of each command that is about people; a new one has its line here.
fn example(kind: &str, id: &dyn Fn(u128) -> String) -> serde_json::Value {
    use serde_json::json;
    let number = json!({ "series": "A", "n": 1 });
    let money = json!({ "cents": 0, "currency": "CNY" });
    let member = json!({ "member_id": id(1) });
    let session = json!({ "schedule_id": id(3), "on": "2027-03-02", "start_minute": 540 });
    let mut payload = match kind {
        "members.enrol" => json!({ "sections": [] }),
        "members.merge" => return json!({ "survivor": id(1), "absorbed": id(2) }),
        "members.not_same_person" => return json!({ "one": id(1), "other": id(2) }),
        "members.record_document" => json!({ "document_id": id(3) }),
        "members.show_document" => json!({ "document_id": id(3), "reason": "compare" }),
        "members.sign_terms" => json!({ "terms_id": id(3), "signer": "member" }),
        "members.import_rows" => return json!({ "import_id": id(3), "part": 0, "file_name": "list.csv" }),
        "members.change" | "members.archive" | "members.restore" | "attendance.not_the_person" => json!({}),
        "passes.sell" => json!({
            "plan_id": id(3), "revision_id": id(4), "start": "today", "price": money, "tenders": [],
            "receipt": number,
        }),
        "passes.issue_card" => json!({ "card": { "counted": number } }),
        "passes.end_card" => json!({ "card_id": id(3), "why": "lost" }),
        "payments.take" => json!({ "amount": money, "tenders": [], "receipt": number }),
        "payments.hold_money" => json!({ "device": id(3), "cents": 1 }),
        "payments.reverse" => json!({ "payment_id": id(3), "receipt": number }),
        "attendance.check_in" => json!({
            "found": "search",
            "seen": { "light": "green", "reason": { "code": "runs", "name": "Ten" } },
        }),
        "attendance.undo_check_in" => json!({ "visit_id": id(3) }),
        "studio.add_person" => return json!({ "person_id": id(1), "role": "desk" }),
        "studio.change_role" => return json!({ "person_id": id(1), "seen": "desk", "role": "coach" }),
        "studio.set_pin" => return json!({ "person_id": id(1) }),
        "classes.introduce_coach" => return json!({ "person_id": id(1), "seen_revision": 0 }),
        "classes.hire_court" => json!({ "place_id": id(3), "on": "2027-03-02", "from_hour": 9, "hours": 1 }),
        "bookings.book" => {
            return json!({
                "session": session, "members": [id(1)], "if_full": "wait",
            });
        }
        "bookings.walk_in" => json!({ "session": session, "mark": "present" }),
        "feeds.make" => {
            return json!({
                "person_id": id(1), "shows": "bookings", "secret": "ab".repeat(32), "language": "en",
                "words": { "name": "Bookings" },
            });
        }
        "feeds.end" => return json!({ "person_id": id(1), "shows": "bookings" }),
        "bookings.forgive" | "bookings.note" => json!({ "booking_id": id(3) }),
        "appointments.book" => json!({
            "coach_id": id(3), "class_type_id": id(4), "on": "2027-03-02", "start_minute": 540,
        }),
        "appointments.confirm" => json!({ "appointment_id": id(3), "how": "code" }),
        "appointments.forgive" => json!({ "appointment_id": id(3) }),
        other => panic!("{other}: give an example of its payload here"),
    };
    payload.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
    payload
}

/// Ids of people that a payload names by the field's name.
fn named(payload: &serde_json::Value) -> Vec<Uuid> {
    let fields = ["member_id", "person_id", "one", "other", "survivor", "absorbed"];
    let one = fields.iter().filter_map(|field| payload.get(field));
    let many = payload.get("members").and_then(|all| all.as_array()).into_iter().flatten();
    one.chain(many).filter_map(|id| id.as_str()?.parse().ok()).collect()
}

#[test]
fn a_command_that_names_people_is_about_them() {
    let id = |n: u128| Uuid::from_u128(n).to_string();
    for command in catalogue().commands().filter(|c| c.tells == Tells::OfPeople) {
        let example = example(command.kind, &id);
        let input = Input { payload: example.to_string(), ..case(command.kind, Role::Owner).input };
        let input = Input { kind_version: command.version, ..input };
        let mut subjects = (command.subjects)(&input, CommandId(Uuid::from_u128(1)));
        let mut named = named(&example);
        subjects.sort();
        named.sort();
        assert_eq!(subjects, named, "{}", command.kind);
        if command.has_personal && command.kind != "members.import_rows" {
            assert!(!subjects.is_empty(), "{}", command.kind);
        }
    }
}

#[test]
fn a_newer_role_is_answered_as_nobody() {
    let case = case("attendance.check_in", Role::Unknown);
    let mut deciding = Deciding::new(catalogue(), &case);
    deciding.answer(crate::kernel::Want::Id("x".into(), Uuid::nil()), Answer::default());
    assert!(matches!(deciding.step(), Step::Done(Verdict::Held(Hold::Quarantined { .. }))));
}
