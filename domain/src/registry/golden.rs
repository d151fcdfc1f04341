//! The bytes of every released shape: one file for each kind of command and of record, in the folder beside this file.
//! They are never changed: devices in drawers hold such bytes, and every later version must still read them, decide
//! them, and mean the same by them.
//!
//! A new kind, or a new version of one, needs a file: `UPDATE_GOLDEN=1 cargo test -p rollcall-domain golden` writes the
//! files that are missing, out of the deeds in this file, and touches none that is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::catalogue;
use crate::attendance::{DoorReason, VisitId};
use crate::attendance::{Found, Light, NotThePerson};
use crate::feeds::{EndFeed, FeedWords, MakeFeed, Shows};
use crate::flow::check_in::{CheckIn, LetIn, SeenAtDoor, UndoCheckIn};
use crate::flow::import::PassPart;
use crate::flow::reverse::{Reason, ReversePayment};
use crate::flow::sell::SellPass;
use crate::flow::take::TakePayment;
use crate::import::{ImportPersonal, ImportRow, ImportRows, UndoImport};
use crate::kernel::command::{Command, Input};
use crate::kernel::decide::{Decision, Verdict};
use crate::kernel::devices::{DeviceName, KnowDevice, Standing};
use crate::kernel::edit::FieldEdit;
use crate::kernel::erasure::{EraseAgain, Erased};
use crate::kernel::exceptions::SettleException;
use crate::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, Uuid, derived};
use crate::kernel::record::{Record, RecordBody};
use crate::kernel::time::Zone;
use crate::kernel::{Change, Currency, Money, Number, Role, Timestamp};
use crate::members::contact::Emergency;
use crate::members::{
    Application, ArchiveMember, ChangeMember, DocumentEntry, DocumentKind, EnrolMember, EraseMember,
    GuardianEntry, HealthEntry, MemberEdits, MemberId, MergeMembers, NotSamePerson, PublishTerms,
    RecordDocument, Region, RestoreMember, ShowDocument, ShowNote, ShowReason, SignTerms, SignedBy, Signer,
    TermsId, TermsText, UnmergeMembers,
};
use crate::passes::StartChoice;
use crate::passes::cards::{CardEnd, CardId, EndCard, IssueCard, NewCard};
use crate::payments::{PaymentId, Tender, TenderKind};
use crate::plans::{
    Grant, Length, OfferPlan, PlanDraft, PlanId, PlanRevisionId, PlanRules, RestorePlan, RetirePlan,
    RevisePlan, Starts,
};
use crate::studio::people::ChangeRole;
use crate::studio::pins::{PinHash, SetPin};
use crate::studio::{AddPerson, ChangeSettings, OpenStudio, OwnerName, PersonName, Section};
use crate::testing::Room;

mod appointments;
mod bookings;
mod prepaid;
mod timetable;

/// How to mend what this file complains about.
const HOW: &str = "UPDATE_GOLDEN=1 cargo test -p rollcall-domain golden writes the files that are missing, out of the \
                   deeds in domain/src/registry/golden.rs; a file that is there is never changed";

/// Every kind of record with its type.
macro_rules! of_each_kind {
    ($name:expr, $call:ident($($argument:expr),*)) => {
        of_each_kind!(@ $name, $call, ($($argument),*),
            crate::kernel::Exception, crate::kernel::ledger::LedgerEntry, crate::kernel::ledger::Balance,
            crate::kernel::devices::Device, crate::kernel::Alias, crate::kernel::Erased, crate::studio::Settings, crate::studio::Person,
            crate::studio::pins::Pin, crate::members::Member, crate::members::Contact, crate::members::Health,
            crate::members::Document, crate::members::Guardian, crate::members::Different, crate::members::Merge,
            crate::members::Terms, crate::members::Consent, crate::members::Signature, crate::members::FileEntry,
            crate::members::cards::NameCard, crate::members::cards::RosterCard, crate::members::cards::Alert, crate::import::ImportBatch,
            crate::plans::Plan, crate::plans::PlanRevision, crate::passes::Pass, crate::passes::cards::Card,
            crate::payments::Payment, crate::attendance::Visit, crate::attendance::MemberVisits,
            crate::attendance::LentCard, crate::classes::ClassType, crate::classes::Place, crate::classes::Coach,
            crate::classes::Schedule, crate::classes::SessionChange, crate::classes::Closure,
            crate::classes::CourtDay, crate::classes::Hire, crate::bookings::Booking, crate::bookings::Attended,
            crate::bookings::Seats, crate::bookings::SeatLease, crate::bookings::BookingRules,
            crate::classes::HireMade, crate::feeds::CalendarFeed, crate::payments::MoneyLease,
            crate::payments::OfflineSpending, crate::appointments::CoachHours, crate::appointments::CoachDay,
            crate::appointments::Appointment, crate::appointments::AppointmentCode)
    };
    (@ $name:expr, $call:ident, $arguments:tt, $($kind:ty),+) => {
        match $name {
            $(<$kind as RecordBody>::KIND => Some(of_each_kind!(@call $call, $kind, $arguments)),)+
            _ => None,
        }
    };
    (@call $call:ident, $kind:ty, ($($argument:expr),*)) => { $call::<$kind>($($argument),*) };
}

/// One command as it was sent, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Deed {
    at: i64,
    role: Role,
    kind: String,
    kind_version: u16,
    payload: String,
    personal: Option<String>,
    /// The tag of the outcome.
    outcome: String,
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/registry/golden").join(name)
}

fn files(name: &str) -> BTreeMap<String, Value> {
    let Ok(found) = fs::read_dir(folder(name)) else { return BTreeMap::new() };
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&text).unwrap())
    };
    found.map(|entry| read(entry.unwrap().path())).collect()
}

#[allow(clippy::disallowed_methods, reason = "a test keeps what it compares with in files")]
fn write_if_missing(name: &str, file: &str, what: &impl Serialize) {
    if std::env::var_os("UPDATE_GOLDEN").is_none() {
        return;
    }
    fs::create_dir_all(folder(name)).unwrap();
    let path = folder(name).join(file);
    if !path.exists() {
        fs::write(path, serde_json::to_string_pretty(what).unwrap() + "\n").unwrap();
    }
}

fn uuid(n: u128) -> Id {
    Uuid::from_u128(n)
}

/// The id of the n-th command of the room, counted from 1.
fn command(n: u128) -> CommandId {
    CommandId(uuid(0x1000 + n))
}

/// What the n-th command created under this index.
fn made(n: u128, index: u32) -> Id {
    derived(command(n), index)
}

fn money(cents: i64) -> Money {
    Money::new(cents, Currency::Cny)
}

fn number(n: u64) -> Number {
    Number { series: "A".to_owned(), n }
}

fn cash(amount_cents: i64) -> Vec<Tender> {
    vec![Tender { kind: TenderKind::Cash, amount_cents }]
}

fn rules(grant: Grant) -> PlanRules {
    PlanRules {
        grant,
        starts: Starts::AtPurchase,
        sections: vec![Section::Indoor],
        freeze_days: 7,
        grace_days: 3,
        shareable: false,
        transferable: false,
    }
}

/// Everything a form can say of somebody.
fn whole(name: &str, phone: &str) -> Application {
    let reach = |name: &str| (name.to_owned(), "+8613900001111".to_owned(), "mother".to_owned());
    let (e, g) = (reach("Lin Hai"), reach("Lin Mei"));
    Application {
        name: name.to_owned(),
        name_keys: name.to_lowercase(),
        sex: Some(crate::members::Sex::Female),
        birth_on: "2010-05-01".parse().ok(),
        phone: Some(phone.to_owned()),
        email: Some("lin@example.com".to_owned()),
        address: "1 River Road".to_owned(),
        emergency: Some(Emergency { name: e.0, phone: e.1, relation: e.2 }),
        photo: None,
        document: Some(DocumentEntry {
            kind: DocumentKind::Passport,
            number: "E12345678".to_owned(),
            checked: true,
        }),
        health: HealthEntry { declared: true, notes: "left knee".to_owned(), allergies: "nuts".to_owned() },
        goals: "a handstand".to_owned(),
        preferences: "mornings".to_owned(),
        guardian: Some(GuardianEntry { name: g.0, phone: g.1, relation: g.2 }),
        tags: vec!["early".to_owned()],
    }
}

fn enrol(n: u128) -> EnrolMember {
    EnrolMember {
        member_id: MemberId(uuid(n)),
        sections: vec![Section::Indoor],
        referrer: None,
        joined_on: "2026-11-01".parse().ok(),
        different_from: Vec::new(),
    }
}

fn of<C: Command>(role: Role, payload: &C, personal: &C::Personal) -> (Role, Input) {
    (role, Input::encode(payload, personal).unwrap())
}

/// A studio's life in which every command comes up. New ones go to the end: a command's id is its place.
fn life() -> Vec<(Role, Input)> {
    let mut all = desk();
    let next = |all: &Vec<(Role, Input)>| u128::try_from(all.len()).unwrap() + 1;
    all.extend(timetable::deeds(next(&all)));
    let booked = next(&all);
    all.extend(bookings::deeds(booked));
    all.extend(appointments::deeds(next(&all)));
    all.extend(feeds());
    all.extend(prepaid::deeds(next(&all)));
    all.push(bookings::counted(booked));
    all
}

/// An address for a calendar, made, taken back and made again.
fn feeds() -> Vec<(Role, Input)> {
    let (owner, person_id, shows) = (Role::Owner, PersonId(uuid(0xC)), Shows::Timetable);
    let words = FeedWords {
        name: "Timetable".to_owned(),
        taken: "{taken} of {seats} seats taken".to_owned(),
        waiting: "On the waiting list".to_owned(),
    };
    let secret = Hash::of(&[7; 16]);
    let make = MakeFeed { person_id, shows, secret, language: "en".to_owned(), words };
    let end = EndFeed { person_id, shows };
    vec![of(owner, &make, &()), of(owner, &end, &()), of(owner, &make, &())]
}

/// What comes up at the desk.
fn desk() -> Vec<(Role, Input)> {
    let (one, other) = (MemberId(uuid(0xE1)), MemberId(uuid(0xE2)));
    let (third, fourth) = (MemberId(uuid(0xE3)), MemberId(uuid(0xE4)));
    let at = Room::empty().now;
    let erased = Erased { subject: uuid(0xE5), at, by: PersonId(uuid(0xC)), command: CommandId(uuid(0xE6)) };
    let ten = Grant::Count { visits: 10, length: Some(Length::Months(3)) };
    let draft =
        |name: &str, cents| PlanDraft { name: name.to_owned(), price: money(cents), rules: rules(ten) };
    let terms = TermsText {
        region: Region::Elsewhere,
        title: "Terms".to_owned(),
        fees: "monthly".to_owned(),
        services: "the floor".to_owned(),
        refund_policy: "within a fortnight".to_owned(),
        statutory: Region::Elsewhere.statutory(),
        ..TermsText::default()
    };
    let seen = |light, pass: Option<Id>| SeenAtDoor {
        light,
        reason: DoorReason::NoPass,
        pass_id: pass.map(Into::into),
    };
    let check_in =
        |seen| CheckIn { member_id: one, found: Found::Search, card_id: Some(CardId(made(15, 2))), seen };
    let edits = MemberEdits {
        contact: vec![FieldEdit {
            field: "phone".to_owned(),
            was: json!("+8613800000001"),
            now: json!("+8613800000009"),
        }],
        ..MemberEdits::default()
    };
    let sell = |n| SellPass {
        member_id: one,
        plan_id: PlanId(made(6, 0)),
        revision_id: PlanRevisionId(made(6, 1)),
        start: StartChoice::Today,
        valid_from: "2026-11-22".parse().ok(),
        price: money(90_000),
        tenders: cash(80_000),
        given_cents: Some(100_000),
        receipt: number(n),
        card: (n == 1).then(|| NewCard::Counted(number(1))),
        lease_id: None,
    };
    let row = ImportRow {
        line: 2,
        new: Application { document: None, ..whole("Bo Wen", "+8613700000003") },
        sections: vec![Section::Outdoor],
        joined_on: "2020-01-01".parse().ok(),
        pass: Some(PassPart {
            plan: "Old".to_owned(),
            valid_until: "2027-01-01".parse().ok(),
            visits_left: Some(3),
            card_number: "OLD-7".to_owned(),
        }),
        erased: false,
    };
    let signed = SignedBy {
        name: "Lin Mei".to_owned(),
        strokes: vec![vec![(1, 2), (3, 4), (500, 999)]],
        is_typed: false,
    };
    let owner = Role::Owner;
    vec![
        of(
            owner,
            &OpenStudio {
                name: "Riverside".to_owned(),
                zone: Zone::default(),
                currency: Currency::Cny,
                language: "en".to_owned(),
                sections: vec![Section::Indoor],
                sample: false,
            },
            &OwnerName { owner_name: "Lin Yue".to_owned() },
        ),
        of(
            owner,
            &ChangeSettings {
                seen_revision: 1,
                name: "Riverside".to_owned(),
                language: "zh-Hant".to_owned(),
                sections: vec![Section::Indoor, Section::Outdoor],
                window_minutes: 60,
                closing_minute: 90,
                guardian_may_sign: true,
            },
            &(),
        ),
        of(
            owner,
            &AddPerson { person_id: PersonId(uuid(0xD1)), role: Role::Desk },
            &PersonName { name: "Wang Fang".to_owned() },
        ),
        of(
            owner,
            &ChangeRole { person_id: PersonId(uuid(0xD1)), seen: Role::Desk, role: Role::Manager },
            &(),
        ),
        of(
            owner,
            &SetPin { person_id: PersonId(uuid(0xC)) },
            &PinHash {
                hash: Some(format!(
                    "{}m=4096,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
                    crate::kernel::text::HASH_START
                )),
            },
        ),
        of(owner, &OfferPlan { draft: draft("Ten", 90_000) }, &()),
        of(
            owner,
            &RevisePlan { plan_id: PlanId(made(6, 0)), seen_revision: 1, draft: draft("Ten visits", 95_000) },
            &(),
        ),
        of(owner, &RetirePlan { plan_id: PlanId(made(6, 0)) }, &()),
        of(owner, &RestorePlan { plan_id: PlanId(made(6, 0)) }, &()),
        of(
            Role::System,
            &KnowDevice { device_id: DeviceId(uuid(0xB)), standing: Standing::InUse, life: 0 },
            &DeviceName { name: "Front desk".to_owned() },
        ),
        of(owner, &enrol(0xE1), &whole("Lin An", "+8613800000001")),
        of(owner, &enrol(0xE2), &Application { document: None, ..whole("Lin Ann", "+8613800000001") }),
        of(owner, &NotSamePerson { one, other }, &()),
        of(owner, &PublishTerms { seen_version: 0, text: terms }, &()),
        of(owner, &sell(1), &()),
        of(
            owner,
            &SignTerms { member_id: one, terms_id: TermsId(made(14, 0)), signer: Signer::Guardian },
            &signed,
        ),
        of(
            owner,
            &TakePayment {
                member_id: one,
                amount: money(10_000),
                tenders: cash(10_000),
                given_cents: None,
                receipt: number(2),
                lease_id: None,
            },
            &(),
        ),
        of(owner, &check_in(seen(Light::Green, Some(made(15, 0)))), &LetIn::default()),
        of(owner, &UndoCheckIn { visit_id: VisitId(made(18, 0)), member_id: one }, &()),
        of(owner, &check_in(seen(Light::Red, None)), &LetIn { reason: "pays tomorrow".to_owned() }),
        of(owner, &NotThePerson { member_id: one, card_id: Some(CardId(made(15, 2))) }, &()),
        of(owner, &IssueCard { member_id: other, card: NewCard::Printed("P-77".to_owned()) }, &()),
        of(
            owner,
            &EndCard {
                card_id: CardId(made(15, 2)),
                member_id: one,
                why: CardEnd::Lost,
                new_card: Some(NewCard::Counted(number(2))),
            },
            &(),
        ),
        of(owner, &ChangeMember { member_id: one }, &edits),
        of(
            owner,
            &RecordDocument { member_id: one, document_id: uuid(0xF1) },
            &Some(DocumentEntry { kind: DocumentKind::Other, number: "X1".to_owned(), checked: false }),
        ),
        (owner, show_document_1()),
        of(owner, &ArchiveMember { member_id: other }, &()),
        of(owner, &RestoreMember { member_id: other }, &()),
        of(
            owner,
            &ImportRows { import_id: uuid(0xF2), part: 1, file_name: "old.csv".to_owned() },
            &ImportPersonal { rows: vec![row] },
        ),
        of(owner, &UndoImport { import_id: uuid(0xF2), part: 1 }, &()),
        of(owner, &sell(3), &()),
        of(
            owner,
            &ReversePayment { payment_id: PaymentId(made(31, 1)), member_id: one, receipt: number(4) },
            &Reason { reason: "typed twice".to_owned() },
        ),
        of(owner, &SettleException { exception_id: made(12, 1 << 24), choice: "different".to_owned() }, &()),
        of(owner, &MergeMembers { survivor: one, absorbed: other }, &MemberEdits::default()),
        of(owner, &UnmergeMembers { merge_id: made(34, 0) }, &()),
        of(owner, &MergeMembers { survivor: one, absorbed: other }, &MemberEdits::default()),
        of(
            owner,
            &ShowDocument {
                document_id: uuid(0xF1),
                member_id: one,
                reason: ShowReason::Other,
                note: String::new(),
            },
            &ShowNote { note: "the insurance asks again".to_owned() },
        ),
        of(owner, &enrol(0xE3), &Application { document: None, ..whole("Su Yi", "+8613800000005") }),
        of(owner, &enrol(0xE4), &Application { document: None, ..whole("Su Er", "+8613800000006") }),
        of(owner, &MergeMembers { survivor: third, absorbed: fourth }, &MemberEdits::default()),
        of(owner, &EraseMember { member_id: third, also: vec![fourth] }, &()),
        of(Role::System, &EraseAgain { erased }, &()),
    ]
}

/// As version 1 wrote it: the note was not personal yet.
fn show_document_1() -> Input {
    let payload = json!({
        "document_id": uuid(0xF1),
        "member_id": uuid(0xE1),
        "reason": "other",
        "note": "the insurance asks",
    });
    let kind = ShowDocument::KIND.to_owned();
    Input { kind, kind_version: 1, payload: payload.to_string(), personal: None }
}

/// Decides deeds one after the other in an empty room; every record that was ever written, as it was written last.
fn lived(deeds: &[Deed]) -> (Vec<String>, BTreeMap<(String, Id), Record>) {
    let mut room = Room::empty();
    let (mut outcomes, mut records) = (Vec::new(), BTreeMap::new());
    for deed in deeds {
        room.now = Timestamp(deed.at);
        room.role = deed.role;
        let (payload, personal) = (deed.payload.clone(), deed.personal.clone());
        let input = Input { kind: deed.kind.clone(), kind_version: deed.kind_version, payload, personal };
        let outcome = match room.run(input) {
            Verdict::Decided { outcome, changes } => {
                let views: Vec<Change> =
                    changes.iter().flat_map(|change| catalogue().views(change)).collect();
                for change in changes.into_iter().chain(views) {
                    let Some(body) = change.body else { continue };
                    let (kind, kind_version, id) = (change.kind, change.kind_version, change.id);
                    let record = Record { kind: kind.clone(), kind_version, id, version: 1, body };
                    records.insert((kind.into_owned(), id), record);
                }
                serde_json::to_value(outcome).unwrap()["is"].as_str().unwrap().to_owned()
            }
            Verdict::Held(hold) => format!("{hold:?}"),
        };
        outcomes.push(outcome);
    }
    (outcomes, records)
}

/// Today's life as deeds, an hour apart so that no scan falls into the window of another.
fn today() -> Vec<Deed> {
    let begins = Room::empty().now;
    let deed = |(n, (role, input)): (i64, (Role, Input))| Deed {
        at: begins.plus_ms(n * 61 * 60_000).0,
        role,
        kind: input.kind,
        kind_version: input.kind_version,
        payload: input.payload,
        personal: input.personal,
        outcome: String::new(),
    };
    let mut deeds: Vec<Deed> = (0..).zip(life()).map(deed).collect();
    let outcomes = lived(&deeds).0;
    for (deed, outcome) in deeds.iter_mut().zip(outcomes) {
        deed.outcome = outcome;
    }
    deeds
}

/// The released deeds, in their order; what is missing is written first, where that was asked for.
fn kept() -> Vec<Deed> {
    static KEPT: OnceLock<Vec<Deed>> = OnceLock::new();
    let read = || {
        for (n, deed) in today().iter().enumerate() {
            write_if_missing("commands", &format!("{n:03}-{}.v{}.json", deed.kind, deed.kind_version), deed);
        }
        files("commands").into_values().map(|deed| serde_json::from_value(deed).unwrap()).collect()
    };
    KEPT.get_or_init(read).clone()
}

/// Today's type read out of the bytes, and written again.
fn lifted<T: RecordBody>(record: &Record) -> Value {
    serde_json::to_value(record.read::<T>().unwrap()).unwrap()
}

fn lifted_of(record: &Record) -> Value {
    let body: Option<Value> = of_each_kind!(record.kind.as_ref(), lifted(record));
    body.unwrap_or_else(|| panic!("{} is missing in of_each_kind: {HOW}", record.kind))
}

#[test]
fn every_released_command_is_still_read_and_decided_the_same() {
    let kept = kept();
    let (outcomes, _) = lived(&kept);
    for (deed, outcome) in kept.iter().zip(outcomes) {
        assert_eq!(outcome, deed.outcome, "{} v{}: {}", deed.kind, deed.kind_version, deed.payload);
    }
    let known: BTreeSet<(String, u16)> = kept.into_iter().map(|d| (d.kind, d.kind_version)).collect();
    for command in catalogue().commands() {
        for version in 1..=command.version {
            let name = (command.kind.to_owned(), version);
            assert!(known.contains(&name), "no golden file of the command {name:?}: {HOW}");
        }
    }
}

#[test]
fn every_released_record_is_still_read_and_means_the_same() {
    let (_, lived) = lived(&kept());
    let mut one_of_each: BTreeMap<String, &Record> = BTreeMap::new();
    for record in lived.values() {
        one_of_each.entry(format!("{}.v{}.json", record.kind, record.kind_version)).or_insert(record);
    }
    for (file, record) in one_of_each {
        write_if_missing("records", &file, record);
    }
    let mut known = BTreeSet::new();
    for (file, kept) in files("records") {
        let kept: Record = serde_json::from_value(kept).unwrap();
        let described = catalogue().describe(&kept).unwrap_or_else(|_| panic!("{file} is not read any more"));
        assert!(!described.scopes.is_empty(), "{file} is nobody's any more");
        let again = &lived[&(kept.kind.to_string(), kept.id)];
        let (was, now) = (lifted_of(&kept), lifted_of(again));
        assert_eq!(was, now, "{file}: the released commands do not make this record any more");
        known.insert((kept.kind.into_owned(), kept.kind_version));
    }
    for kind in catalogue().kinds() {
        for version in 1..=kind.version {
            let name = (kind.name.to_owned(), version);
            assert!(known.contains(&name), "no golden file of the record {name:?}: {HOW}");
        }
    }
}

/// The record with a field of a newer build in it, after today's build wrote it anew.
fn rewritten<T: RecordBody>(record: &Record) -> Value {
    let mut body: Value = serde_json::from_str(&record.body).unwrap();
    body["zz_newer"] = json!({ "of": ["a", 2] });
    let old = Arc::new(Record { body: body.to_string().into(), ..record.clone() });
    let mut decision = Decision::nothing();
    decision.replace(Some(&old), &old.read::<T>().unwrap());
    serde_json::from_str(decision.changes[0].body.as_deref().unwrap()).unwrap()
}

#[test]
fn what_a_newer_build_adds_to_a_record_survives_today() {
    for (file, kept) in files("records") {
        let kept: Record = serde_json::from_value(kept).unwrap();
        let after: Option<Value> = of_each_kind!(kept.kind.as_ref(), rewritten(&kept));
        assert_eq!(after.unwrap()["zz_newer"], json!({ "of": ["a", 2] }), "{file}");
    }
}

#[test]
fn what_a_newer_build_adds_to_a_command_keeps_nobody_from_deciding_it() {
    let mut deeds = kept();
    for deed in &mut deeds {
        let mut payload: Value = serde_json::from_str(&deed.payload).unwrap();
        payload["zz_newer"] = json!(1);
        deed.payload = payload.to_string();
    }
    let outcomes = lived(&deeds).0;
    for (deed, outcome) in deeds.iter().zip(outcomes) {
        assert_eq!(outcome, deed.outcome, "{}", deed.kind);
    }
}

/// A command of a newer version than ours waits for a newer build; one that does not fit is set aside. Neither breaks.
#[test]
fn a_newer_version_waits_and_a_broken_payload_is_set_aside() {
    let run = |deed: &Deed, kind_version, payload: &str| {
        let mut room = Room::empty();
        room.role = deed.role;
        let (kind, personal) = (deed.kind.clone(), deed.personal.clone());
        room.run(Input { kind, kind_version, payload: payload.to_owned(), personal })
    };
    for deed in kept() {
        let newest = catalogue().command(&deed.kind).map_or(deed.kind_version, |command| command.version);
        let newer = run(&deed, newest + 1, &deed.payload);
        assert!(matches!(newer, Verdict::Held(crate::kernel::Hold::Parked { .. })), "{}", deed.kind);
        let broken = run(&deed, deed.kind_version, "[7]");
        assert!(matches!(broken, Verdict::Held(crate::kernel::Hold::Quarantined { .. })), "{}", deed.kind);
    }
}
