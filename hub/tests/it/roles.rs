//! The table of roles against a real hub: every route, what is pulled, what is refused, what is set aside.

use std::collections::BTreeSet;

use rollcall_domain::attendance::{DoorReason, Found, Light, MemberVisits, member_visits_id};
use rollcall_domain::classes::{ScheduleId, SessionKey};
use rollcall_domain::flow::booking::{BookSeats, IfFull};
use rollcall_domain::flow::check_in::{CheckIn, LetIn, SeenAtDoor};
use rollcall_domain::kernel::access::{MANAGERS, OWNER, PEOPLE, Role, STAFF, TILL};
use rollcall_domain::kernel::catalogue::Sight;
use rollcall_domain::kernel::command::{Class, Input};
use rollcall_domain::kernel::decide::{Hold, Outcome, Quarantined};
use rollcall_domain::kernel::devices::{Device as KnownDevice, DeviceName, KnowDevice, Standing};
use rollcall_domain::kernel::exceptions::{Audience, Exception, OPEN_KEY, SettleException};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{CommandId, PersonId};
use rollcall_domain::kernel::record::{Described, RecordBody as _};
use rollcall_domain::members::cards::{Alert, NameCard};
use rollcall_domain::members::{Application, EnrolMember, Health, HealthEntry, Member, MemberId};
use rollcall_domain::registry;
use rollcall_domain::studio::people::ChangeRole;
use rollcall_domain::studio::{AddPerson, Person, PersonName, Section};
use rollcall_domain::sync::wire::{
    Answered, DISCARD, IMPORT, OutcomeOrHold, Pairing, ProblemCode, PushAnswer, StartPairing, SyncRefusal,
};
use rollcall_hub::storage::{Sqlite, Storage as _, Writes, Written};
use rollcall_hub::{Needs, routes};

use crate::device::Device;
use crate::http::Call;
use crate::world::World;

/// Somebody with something in several drawers: contact, health, a document.
fn enrol(device: &mut Device, name: &str, phone: &str) -> MemberId {
    let member_id = MemberId(device.mint());
    let command = EnrolMember {
        member_id,
        sections: vec![Section::Indoor],
        referrer: None,
        joined_on: None,
        different_from: Vec::new(),
    };
    let application = Application {
        name: name.to_owned(),
        name_keys: name.to_lowercase(),
        phone: Some(phone.to_owned()),
        goals: "first pull-up".to_owned(),
        health: HealthEntry { notes: "left knee".to_owned(), ..HealthEntry::default() },
        ..Application::default()
    };
    device.give(&command, &application);
    member_id
}

/// A device for a role; a member's is of the member.
pub(crate) async fn device_of(
    world: &World,
    owner: &mut Device,
    number: u128,
    role: Role,
    member: MemberId,
) -> Device {
    world.pass(6_000);
    let person = (role == Role::Member).then(|| PersonId(member.raw()));
    let offer: Pairing = owner.post("/api/v1/pairing", &StartPairing { role, person }).await.json();
    let mut device = Device::new(world, number);
    device.join(&offer.code).await;
    assert_eq!(device.role, role);
    if role == Role::Member {
        assert_eq!(device.person.raw(), member.raw());
    }
    device
}

/// A studio with two members and something about each of them.
async fn studio() -> (World, Device, [MemberId; 2]) {
    let (world, mut owner) = World::claimed().await;
    let members = [enrol(&mut owner, "Ada", "+8613800000001"), enrol(&mut owner, "Bo", "+8613800000002")];
    for member in members {
        check_in(&mut owner, member);
    }
    owner.sync().await;
    (world, owner, members)
}

fn check_in(device: &mut Device, member_id: MemberId) -> CommandId {
    let seen = SeenAtDoor { light: Light::Red, reason: DoorReason::NoPass, pass_id: None };
    let command = CheckIn { member_id, found: Found::Search, card_id: None, seen };
    device.give(&command, &LetIn { reason: "trial".to_owned() })
}

/// The kinds a device holds.
fn kinds(device: &Device) -> BTreeSet<String> {
    device.confirmed().into_iter().map(|(kind, ..)| kind).collect()
}

fn outcome(answers: &[Answered], id: CommandId) -> OutcomeOrHold {
    answers.iter().find(|a| a.id == id).unwrap().answer.clone()
}

#[tokio::test]
async fn a_pull_holds_no_kind_outside_the_row_of_its_role() {
    let (world, mut owner, [ada, bo]) = studio().await;
    for (number, role) in (2..).zip(PEOPLE) {
        let mut device = device_of(&world, &mut owner, number, role, ada).await;
        device.pull().await;
        for (kind, id, _, body) in device.confirmed() {
            let def = registry::catalogue().kind(&kind).unwrap();
            let sight = registry::catalogue().sight(role, def);
            assert_ne!(sight, Sight::Nothing, "{role:?} pulled a {kind}");
            if sight == Sight::Own {
                let own = body.contains(&device.person.to_string());
                let derived = id == Health::id_of(MemberId(device.person.raw()));
                assert!(own || derived, "{role:?} pulled somebody's {kind}: {body}");
                assert!(!body.contains(&bo.to_string()), "{role:?} pulled another member's {kind}");
            }
        }
        let all = registry::catalogue().kinds().filter(|def| {
            registry::catalogue().sight(role, def) == Sight::All && kinds(&owner).contains(def.name)
        });
        for def in all {
            assert!(kinds(&device).contains(def.name), "{role:?} misses {}", def.name);
        }
    }
}

#[tokio::test]
async fn coaches_and_accountants_get_what_is_cut_for_them_and_no_more() {
    let (world, mut owner, [ada, bo]) = studio().await;
    let mut coach = device_of(&world, &mut owner, 2, Role::Coach, ada).await;
    let mut books = device_of(&world, &mut owner, 3, Role::Accountant, ada).await;
    coach.pull().await;
    books.pull().await;
    assert_eq!(coach.find::<NameCard>(ada.raw()).unwrap().name, "Ada");
    assert_eq!(coach.find::<Alert>(Health::id_of(bo)).unwrap().member, bo);
    assert_eq!(books.find::<NameCard>(bo.raw()).unwrap().name, "Bo");
    for device in [&coach, &books] {
        for (.., body) in device.confirmed() {
            for kept in ["left knee", "pull-up", "+86138"] {
                assert!(!body.contains(kept), "{body}");
            }
        }
    }
    assert!(!kinds(&books).contains("health_alert") && !kinds(&coach).contains("payment"));
}

#[tokio::test]
async fn a_members_device_has_its_own_rows_and_gives_nothing() {
    let (world, mut owner, [ada, bo]) = studio().await;
    let mut phone = device_of(&world, &mut owner, 2, Role::Member, ada).await;
    phone.pull().await;
    assert_eq!(phone.find::<Member>(ada.raw()).unwrap().name, "Ada");
    assert!(phone.find::<Member>(bo.raw()).is_none());
    for kind in ["member", "contact", "health", "visit", "member_visits", "settings", "plan"] {
        assert!(kinds(&phone).contains(kind), "{kind}");
    }
    // What it makes up reaches no rule: the claim is refused, the fact waits for a manager.
    let fact = check_in(&mut phone, ada);
    let own = phone.give(&ChangeRole { person_id: phone.person, seen: Role::Member, role: Role::Owner }, &());
    let answers = phone.push().await;
    let aside = OutcomeOrHold::Hold(Hold::Quarantined { why: Quarantined::NotAllowed });
    assert_eq!(outcome(&answers, fact), aside);
    assert!(matches!(outcome(&answers, own), OutcomeOrHold::Outcome(Outcome::Refused { .. })));
    let blob = Call::new(world.at(), hyper::Method::PUT, &format!("/api/v1/blobs/{}", "ab".repeat(32)));
    let reply = blob.cookie(phone.cookie.as_deref()).body("x").send().await;
    reply.refused(403, ProblemCode::NotAllowed);
    // Nobody pairs a member's device for nobody in particular.
    let wish = StartPairing { role: Role::Member, person: None };
    owner.post("/api/v1/pairing", &wish).await.refused(400, ProblemCode::BadRequest);
}

#[tokio::test]
async fn the_desk_lets_members_in_and_nobody_else() {
    let (world, mut owner, [ada, bo]) = studio().await;
    let mut desk = device_of(&world, &mut owner, 2, Role::Desk, ada).await;
    let wish = |role, person| StartPairing { role, person: Some(person) };
    let offer: Pairing = desk.post("/api/v1/pairing", &wish(Role::Member, PersonId(ada.raw()))).await.json();
    let mut phone = Device::new(&world, 3);
    phone.join(&offer.code).await;
    assert_eq!((phone.role, phone.person.raw()), (Role::Member, ada.raw()));
    // Not for the till, and not under the name of somebody who works here: that one would be let in as what they are.
    let owners = wish(Role::Member, owner.person);
    for wish in [wish(Role::Desk, PersonId(bo.raw())), wish(Role::Owner, PersonId(bo.raw())), owners] {
        desk.post("/api/v1/pairing", &wish).await.refused(403, ProblemCode::NotAllowed);
    }
    world.pass(6_000);
    phone
        .post("/api/v1/pairing", &wish(Role::Member, PersonId(bo.raw())))
        .await
        .refused(403, ProblemCode::NotAllowed);
}

#[tokio::test]
async fn a_member_hears_of_a_refusal_and_settles_it_and_nobody_elses() {
    let (world, mut owner, [ada, bo]) = studio().await;
    let mut phone = device_of(&world, &mut owner, 2, Role::Member, ada).await;
    let mut others = device_of(&world, &mut owner, 3, Role::Member, bo).await;
    phone.pull().await;
    // Asked for offline while the class was in the timetable; it never was at the hub.
    let session = SessionKey {
        schedule_id: ScheduleId(phone.mint()),
        on: "2026-12-01".parse().unwrap(),
        pattern: 0,
        start_minute: 540,
    };
    let book = BookSeats { session, members: vec![ada], if_full: IfFull::Wait, lease_id: None };
    let asked = phone.give(&book, &());
    let answers = phone.push().await;
    assert!(matches!(outcome(&answers, asked), OutcomeOrHold::Outcome(Outcome::Refused { .. })));
    phone.pull().await;
    let items = phone.all::<Exception>(&Want::key::<Exception>(OPEN_KEY, Exception::open_value()));
    let [item] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((item.command, item.audience), (asked, Audience::Author));
    owner.pull().await;
    others.pull().await;
    assert!(!kinds(&others).contains("exception") && owner.find::<Exception>(item.id).is_none());
    // Somebody else's phone cannot take it away; their own can.
    for (device, done) in [(&mut others, false), (&mut phone, true)] {
        let settle = device.give(&SettleException { exception_id: item.id, choice: "seen".to_owned() }, &());
        let answers = device.push().await;
        assert_eq!(outcome(&answers, settle) == OutcomeOrHold::Outcome(Outcome::Accepted), done);
    }
}

#[tokio::test]
async fn every_route_lets_in_exactly_the_roles_of_the_table() {
    let (world, mut owner, [ada, _]) = studio().await;
    for (number, role) in (2..).zip(PEOPLE) {
        let device = device_of(&world, &mut owner, number, role, ada).await;
        for route in routes() {
            let allowed = match route.needs {
                Needs::Owner => OWNER.contains(&role),
                Needs::Manager => MANAGERS.contains(&role),
                Needs::Till => TILL.contains(&role),
                Needs::Loopback | Needs::Session => true,
                Needs::Nothing | Needs::Signature | Needs::Secret => continue,
            };
            let path = route
                .path
                .replace("{sha256}", &"ab".repeat(32))
                .replace("{id}", "00000000-0000-0000-0000-0000000000ff");
            let call = Call::new(world.at(), route.method.clone(), &path)
                .header("content-type", "application/json")
                .cookie(device.cookie.as_deref())
                .body("{}");
            let reply = call.open().await;
            assert_eq!(reply.status() != 403, allowed, "{route:?} as {role:?}: {}", reply.status());
            assert_ne!(reply.status(), 401, "{route:?} as {role:?}");
        }
    }
    assert!(STAFF.contains(&Role::Coach) && !STAFF.contains(&Role::Member));
}

#[tokio::test]
async fn every_command_is_taken_from_exactly_the_roles_of_the_table() {
    let (world, mut owner, [ada, _]) = studio().await;
    for (number, role) in (2..).zip(PEOPLE) {
        let mut device = device_of(&world, &mut owner, number, role, ada).await;
        for def in registry::catalogue().commands() {
            let input = Input {
                kind: def.kind.to_owned(),
                kind_version: def.version,
                payload: "{}".to_owned(),
                personal: None,
            };
            let id = device.give_input(input, Vec::new());
            let answer = outcome(&device.push().await, id);
            let kept_out = match &answer {
                OutcomeOrHold::Hold(Hold::Quarantined { why }) => *why == Quarantined::NotAllowed,
                OutcomeOrHold::Outcome(Outcome::Refused { why }) => why.why["code"] == "not_allowed",
                _ => false,
            };
            assert_eq!(kept_out, !def.roles.contains(&role), "{} as {role:?}: {answer:?}", def.kind);
            if kept_out {
                let aside = matches!(answer, OutcomeOrHold::Hold(_));
                assert_eq!(aside, def.class == Class::Fact, "{} as {role:?}", def.kind);
            }
        }
    }
}

#[tokio::test]
async fn a_lower_role_bites_at_the_next_contact_and_takes_its_rows_back() {
    let (world, mut owner, [ada, _]) = studio().await;
    let mut device = device_of(&world, &mut owner, 2, Role::Manager, ada).await;
    let name = PersonName { name: "Wen".to_owned() };
    owner.give(&AddPerson { person_id: device.person, role: Role::Manager }, &name);
    owner.sync().await;
    device.pull().await;
    assert!(kinds(&device).contains("member"));
    let change = ChangeRole { person_id: device.person, seen: Role::Manager, role: Role::Coach };
    owner.give(&change, &());
    owner.sync().await;
    assert_eq!(owner.find::<Person>(device.person.raw()).unwrap().role, Role::Coach);
    // The session is the same one; what it reads is not.
    let answer = device.pull_once(500).await;
    let left: BTreeSet<&str> = answer.left.iter().map(|scope| scope.0.as_str()).collect();
    assert_eq!(left, ["desk", "managers"].into());
    for row in answer.rows.iter().filter(|row| row.body.is_some()) {
        let def = registry::catalogue().kind(&row.kind).unwrap();
        assert_ne!(registry::catalogue().sight(Role::Coach, def), Sight::Nothing, "{}", row.kind);
    }
    assert!(answer.rows.iter().any(|row| row.kind == "name_card"));
    device.get("/api/v1/logins").await.refused(403, ProblemCode::NotAllowed);
    let fact = check_in(&mut device, ada);
    let aside = OutcomeOrHold::Hold(Hold::Quarantined { why: Quarantined::NotAllowed });
    assert_eq!(outcome(&device.push().await, fact), aside);
}

#[tokio::test]
async fn roles_are_given_by_the_owner_alone_and_an_owner_stays() {
    let (world, mut owner, [ada, _]) = studio().await;
    let mut manager = device_of(&world, &mut owner, 2, Role::Manager, ada).await;
    let up = ChangeRole { person_id: manager.person, seen: Role::Manager, role: Role::Owner };
    let id = manager.give(&up, &());
    let answer = outcome(&manager.push().await, id);
    assert!(matches!(answer, OutcomeOrHold::Outcome(Outcome::Refused { .. })), "{answer:?}");
    let down = ChangeRole { person_id: owner.person, seen: Role::Owner, role: Role::Desk };
    let id = owner.give(&down, &());
    let OutcomeOrHold::Outcome(Outcome::Refused { why }) = outcome(&owner.push().await, id) else {
        panic!("the last owner went")
    };
    assert_eq!(why.why["code"], "last_owner");
}

#[tokio::test]
async fn a_command_set_aside_is_imported_or_discarded_by_a_manager() {
    let (world, mut owner, [ada, bo]) = studio().await;
    let mut manager = device_of(&world, &mut owner, 2, Role::Manager, ada).await;
    let mut lost = device_of(&world, &mut owner, 3, Role::Desk, ada).await;
    lost.pull().await;
    world.pass(3 * 3_600_000 + 1);
    manager.sign_in().await;
    owner.sign_in().await;
    let (good, bad) = (check_in(&mut lost, ada), check_in(&mut lost, bo));
    let out = owner.post(&format!("/api/v1/devices/{}/revoke", lost.id), &()).await;
    assert_eq!(out.status, 204);
    lost.push().await;
    manager.pull().await;
    let items: Vec<Exception> = manager.all(&Want::key::<Exception>(OPEN_KEY, Exception::open_value()));
    let item = |command| items.iter().find(|item| item.command == command && item.slice == "sync").unwrap();
    // The front desk does not see it, and could not settle it either.
    let mut desk = device_of(&world, &mut owner, 4, Role::Desk, ada).await;
    desk.pull().await;
    assert!(desk.find::<Exception>(item(good).id).is_none());
    let choose =
        |command, choice: &str| SettleException { exception_id: item(command).id, choice: choice.to_owned() };
    let id = desk.give(&choose(good, IMPORT), &());
    let answer = outcome(&desk.push().await, id);
    assert!(matches!(answer, OutcomeOrHold::Outcome(Outcome::Refused { .. })), "{answer:?}");

    let visits = |device: &Device, of: MemberId| {
        device.find::<MemberVisits>(member_visits_id(of)).map_or(0, |visits| visits.count)
    };
    assert_eq!((visits(&manager, ada), visits(&manager, bo)), (1, 1));
    manager.give(&choose(good, IMPORT), &());
    manager.give(&choose(bad, DISCARD), &());
    manager.sync().await;
    assert_eq!((visits(&manager, ada), visits(&manager, bo)), (2, 1));
    let visit = manager.find::<MemberVisits>(member_visits_id(ada)).unwrap().last.unwrap();
    assert_eq!((visit.by, visit.device), (lost.person, lost.id));
    let settled: Exception = manager.find(item(good).id).unwrap();
    let settled = settled.settled.unwrap();
    assert_eq!((settled.by, settled.device), (manager.person, Some(manager.id)));
    // Asked again, the device hears what became of them: for ever the same.
    let lines: Vec<_> = lost.sent.iter().map(|(line, _)| line.clone()).collect();
    let push = lost.push_of(&lines);
    let again: PushAnswer = lost.send(&push).await.json();
    assert!(matches!(outcome(&again.answers, good), OutcomeOrHold::Outcome(Outcome::Recorded { .. })));
    let OutcomeOrHold::Outcome(Outcome::Refused { why }) = outcome(&again.answers, bad) else {
        panic!("a discarded command is refused for ever")
    };
    let why: SyncRefusal = serde_json::from_value(why.why).unwrap();
    assert!(matches!(why, SyncRefusal::Discarded { by, .. } if by == manager.person));
    assert_eq!(lost.send(&push).await.json::<PushAnswer>().answers, again.answers);
}

#[tokio::test]
async fn devices_are_known_by_name_wherever_the_desk_reads() {
    let (world, mut owner, [ada, _]) = studio().await;
    let mut desk = device_of(&world, &mut owner, 2, Role::Desk, ada).await;
    desk.pull().await;
    let known: KnownDevice = desk.find(owner.id.raw()).unwrap();
    assert_eq!((known.name.as_str(), known.standing), ("Tablet 1", Standing::InUse));
    assert_eq!(owner.post(&format!("/api/v1/devices/{}/retire", desk.id), &()).await.status, 204);
    owner.pull().await;
    assert_eq!(owner.find::<KnownDevice>(desk.id.raw()).unwrap().standing, Standing::Retired);
    // Only the hub's own hand writes it.
    let word = KnowDevice { device_id: owner.id, standing: Standing::ShutOut, life: 1 };
    let id = owner.give(&word, &DeviceName { name: "Mine".to_owned() });
    let aside = OutcomeOrHold::Hold(Hold::Quarantined { why: Quarantined::NotAllowed });
    assert_eq!(outcome(&owner.push().await, id), aside);
}

#[tokio::test]
async fn what_is_cut_for_others_is_cut_anew_when_an_older_hub_comes_up() {
    let (mut world, mut owner, [ada, bo]) = studio().await;
    let studio = owner.studio;
    world.stop().await;
    // As an older version left it: members described its way, and no cards.
    let storage = Sqlite::open(&world.database()).await.unwrap();
    let mut work = storage.write(studio).await.unwrap();
    let gone = |member: MemberId| Written {
        kind: NameCard::KIND.into(),
        id: member.raw(),
        version: 1,
        record: None,
        described: Described::default(),
    };
    let writes = Writes { records: vec![gone(ada), gone(bo)], ..Writes::default() };
    work.put(studio, &writes).await.unwrap();
    work.put_kind(studio, Member::KIND, 1).await.unwrap();
    work.commit().await.unwrap();
    storage.close().await;
    world.start().await;
    owner.at = world.at();
    let mut coach = device_of(&world, &mut owner, 2, Role::Coach, ada).await;
    coach.pull().await;
    assert_eq!(coach.find::<NameCard>(ada.raw()).unwrap().name, "Ada");
    assert_eq!(coach.find::<NameCard>(bo.raw()).unwrap().name, "Bo");
    let mut phone = device_of(&world, &mut owner, 3, Role::Member, bo).await;
    phone.pull().await;
    assert_eq!(phone.find::<Member>(bo.raw()).unwrap().name, "Bo");
}
