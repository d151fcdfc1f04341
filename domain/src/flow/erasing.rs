//! Erasing somebody across all slices: nothing personal is left anywhere, and every sum is what it was.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::json;

use super::fixture::{Desk, codes, rules, tender};
use super::laws::{Day, deed};
use crate::attendance::{Found, Light};
use crate::flow::check_in::{CheckIn, LetIn, SeenAtDoor};
use crate::flow::reverse::{Reason, ReversePayment};
use crate::flow::sell::SellPass;
use crate::import::{ImportPersonal, ImportRow, ImportRows};
use crate::kernel::command::Input;
use crate::kernel::decide::{Outcome, Verdict};
use crate::kernel::edit::FieldEdit;
use crate::kernel::erasure::{AboutErased, EraseAgain, Erased};
use crate::kernel::ids::{self, Hash, Id, Uuid};
use crate::kernel::ledger::{Balance, LedgerEntry};
use crate::kernel::record::RecordBody as _;
use crate::kernel::{CommandId, Exception, Role, Want};
use crate::members::{
    Application, ChangeMember, Consent, Contact, Document, DocumentEntry, DocumentKind, EnrolMember,
    EraseMember, EraseRefusal, Guardian, GuardianEntry, Health, HealthEntry, Member, MemberEdits, MemberId,
    Merge, MergeMembers, NotSamePerson, PublishTerms, RecordDocument, Region, ShowDocument, ShowNote,
    ShowReason, SignTerms, SignedBy, Signer, Terms, TermsText, UnmergeMembers, UnmergeRefusal,
};
use crate::passes::cards::{Card, CardState, IssueCard};
use crate::payments::{OWED_CENTS, Payment, TenderKind};
use crate::plans::Grant;
use crate::registry;
use crate::sync::deciding::{Case, decide_now};
use crate::sync::{Entry, erasing};

/// In every text somebody could have written about her.
const CANARY: &str = "Quxlatte";

fn who() -> MemberId {
    MemberId(Uuid::from_u128(0xEA))
}

fn erase(member_id: MemberId) -> EraseMember {
    EraseMember { member_id, also: Vec::new() }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn enrol() -> EnrolMember {
    EnrolMember {
        member_id: who(),
        sections: Vec::new(),
        referrer: None,
        joined_on: None,
        different_from: Vec::new(),
    }
}

fn application() -> Application {
    let text = |what: &str| format!("{CANARY} {what}");
    Application {
        name: text("name"),
        name_keys: text("keys"),
        birth_on: Some(day("1990-05-01")),
        phone: Some("+8613812345678".to_owned()),
        email: Some(format!("{CANARY}@example.com")),
        address: text("street"),
        photo: Some(Hash::of(b"photo")),
        tags: vec![text("tag")],
        goals: text("goals"),
        preferences: text("preferences"),
        health: HealthEntry { declared: true, notes: text("knee"), allergies: text("nuts") },
        guardian: Some(GuardianEntry {
            name: text("mother"),
            phone: "+8613900002222".to_owned(),
            relation: text("relation"),
        }),
        ..Application::default()
    }
}

fn edit(field: &str, was: serde_json::Value, now: &str) -> FieldEdit {
    FieldEdit { field: field.to_owned(), was, now: now.into() }
}

/// Everything a desk can write down about one person, and another who looks like her.
fn lived_in() -> Desk {
    let mut desk = Desk::open();
    let ten = desk.plan(rules(Grant::Count { visits: 10, length: None }));
    let other = desk.member();
    let room = &mut desk.room;
    room.fact(&enrol(), &application());
    let entry = DocumentEntry { kind: DocumentKind::Other, number: CANARY.to_uppercase(), checked: true };
    let document_id = Uuid::from_u128(0xD0);
    room.fact(&RecordDocument { member_id: who(), document_id }, &Some(entry));
    let show = ShowDocument { document_id, member_id: who(), reason: ShowReason::Other, note: String::new() };
    room.fact(&show, &ShowNote { note: format!("{CANARY} asked") });
    room.fact(&NotSamePerson { one: who(), other }, &());
    let text = TermsText {
        region: Region::Elsewhere,
        title: "Terms".to_owned(),
        fees: "monthly".to_owned(),
        services: "the floor".to_owned(),
        refund_policy: "a fortnight".to_owned(),
        statutory: Region::Elsewhere.statutory(),
        ..TermsText::default()
    };
    room.granted(&PublishTerms { seen_version: 0, text }, &());
    let terms_id = room.all::<Terms>(&Terms::all())[0].id;
    let signed =
        SignedBy { name: format!("{CANARY} signs"), strokes: vec![vec![(1, 2), (3, 4)]], is_typed: false };
    room.fact(&SignTerms { member_id: who(), terms_id, signer: Signer::Member }, &signed);
    // Two edits that did not know of each other: the second makes a card with both values.
    for now in ["first", "second"] {
        let was = json!(format!("{CANARY} name"));
        let edits = MemberEdits {
            member: vec![edit("name", was, &format!("{CANARY} {now}"))],
            ..MemberEdits::default()
        };
        room.granted(&ChangeMember { member_id: who() }, &edits);
    }
    room.fact(&IssueCard { member_id: who(), card: Desk::counted(7) }, &());
    let seen = SeenAtDoor::from(&desk.door(who()));
    assert_eq!(seen.light, Light::Red);
    let check_in = CheckIn { member_id: who(), found: Found::Search, card_id: None, seen };
    desk.room.fact(&check_in, &LetIn { reason: format!("{CANARY} forgot it") });
    let sale = SellPass { tenders: vec![tender(TenderKind::Cash, 20_000)], ..desk.sale(who(), &ten) };
    desk.room.fact(&sale, &());
    desk.later_days(1);
    let (_, payment) = desk.sell(who(), &ten);
    let receipt = desk.receipt();
    let reverse = ReversePayment { payment_id: payment.id, member_id: who(), receipt };
    desk.room.fact(&reverse, &Reason { reason: format!("{CANARY} paid twice") });
    desk
}

/// Records that still say something.
fn telling(desk: &Desk) -> Vec<String> {
    let tells = |body: &str| {
        let body = body.to_lowercase();
        body.contains(&CANARY.to_lowercase()) || body.contains("13812345678") || body.contains("1990-05-01")
    };
    let records = desk.room.records();
    records.iter().filter(|r| tells(&r.body)).map(|r| format!("{}: {}", r.kind, r.body)).collect()
}

/// Everything that counts: lines, balances, receipts without their words.
fn sums(desk: &Desk) -> Vec<String> {
    let counts = [LedgerEntry::KIND, Balance::KIND, "pass", Payment::KIND];
    let records = desk.room.records();
    let counted = records.iter().filter(|r| counts.contains(&r.kind.as_ref()));
    let text = |body: &str| {
        let mut value: serde_json::Value = serde_json::from_str(body).unwrap();
        value.as_object_mut().unwrap().remove("reason");
        value.to_string()
    };
    counted.map(|r| format!("{} {} {}", r.kind, r.id, text(&r.body))).collect()
}

#[test]
fn nothing_about_her_is_left_and_every_sum_is_what_it_was() {
    let mut desk = lived_in();
    let kinds: BTreeSet<String> =
        telling(&desk).iter().filter_map(|t| t.split_once(": ")).map(|(kind, _)| kind.to_owned()).collect();
    let all = [
        "consent",
        "contact",
        "document",
        "exception",
        "file_entry",
        "guardian",
        "health",
        "member",
        "member_visits",
        "payment",
        "visit",
    ];
    assert_eq!(kinds, all.map(str::to_owned).into(), "the canary is in every kind that can hold one");
    let before = sums(&desk);
    assert_eq!(desk.room.granted(&erase(who()), &()), Outcome::Accepted);
    assert_eq!(telling(&desk), Vec::<String>::new());
    assert_eq!(sums(&desk), before);
    let member: Member = desk.room.get(who());
    assert!(member.erased && member.name.is_empty() && member.photo.is_none() && member.archived.is_some());
    assert!(desk.room.find::<Contact>(Contact::id_of(who())).is_none());
    assert!(desk.room.find::<Health>(Health::id_of(who())).is_none());
    assert!(desk.room.find::<Guardian>(Guardian::id_of(who())).is_none());
    assert!(desk.room.find::<Document>(Uuid::from_u128(0xD0)).is_none());
    let erased: Erased = desk.room.get(Erased::id_of(who().raw()));
    assert_eq!((erased.subject, erased.by, erased.at), (who().raw(), desk.room.actor, desk.room.now));
}

#[test]
fn what_somebody_agreed_to_and_when_stays_under_their_number() {
    let mut desk = lived_in();
    desk.room.granted(&erase(who()), &());
    let key = crate::kernel::keys::KeyValue::of(who().raw());
    let consents: Vec<Consent> =
        desk.room.all(&Want::key::<Consent>(crate::members::consent::MEMBER_KEY, key));
    assert_eq!(consents.len(), 1);
    assert_eq!((consents[0].version, consents[0].signer_name.as_str(), consents[0].signature), (1, "", None));
}

#[test]
fn a_card_opens_nothing_any_more_and_its_number_stays_taken() {
    let mut desk = lived_in();
    desk.room.granted(&erase(who()), &());
    let number = Desk::counted(7).number();
    let cards: Vec<Card> = desk.room.all(&crate::passes::cards::number_want(&number));
    assert_eq!(cards.iter().map(|c| c.state).collect::<Vec<_>>(), [CardState::Spoiled]);
}

#[test]
fn items_that_told_something_are_emptied_and_settled_and_none_is_lost() {
    let mut desk = lived_in();
    let items = |desk: &Desk| desk.room.records().iter().filter(|r| r.kind == Exception::KIND).count();
    let before = items(&desk);
    let open = codes(&desk.room.open_exceptions());
    assert!(open.contains(&"conflict".to_owned()), "{open:?}");
    desk.room.granted(&erase(who()), &());
    assert_eq!(items(&desk), before, "answers name them");
    let left = codes(&desk.room.open_exceptions());
    assert!(!left.contains(&"conflict".to_owned()), "{left:?}");
}

#[test]
fn only_owners_and_managers_erase_only_somebody_who_is_here_and_only_once() {
    let mut desk = lived_in();
    let nobody = erase(MemberId(Uuid::from_u128(0xFF)));
    assert_eq!(desk.room.refused(&nobody, &()), EraseRefusal::Unknown);
    desk.room.role = Role::Desk;
    let input = Input::encode(&erase(who()), &()).unwrap();
    let verdict = desk.room.dry_run(input);
    assert!(matches!(verdict, Verdict::Decided { outcome: Outcome::Refused { .. }, .. }), "{verdict:?}");
    desk.room.role = Role::Manager;
    desk.room.granted(&erase(who()), &());
    let at = desk.room.now;
    desk.later_days(1);
    assert_eq!(desk.room.refused(&erase(who()), &()), EraseRefusal::ErasedBefore { at });
}

/// Money that is owed does not stand in the way: the sum stays.
#[test]
fn a_debt_stays_under_the_number() {
    let mut desk = lived_in();
    let owed = desk.balance(who().raw(), OWED_CENTS);
    assert_ne!(owed, 0);
    desk.room.granted(&erase(who()), &());
    assert_eq!(desk.balance(who().raw(), OWED_CENTS), owed);
}

#[test]
fn what_happened_is_told_late_and_counts_under_the_number_without_a_word_about_her() {
    let mut desk = lived_in();
    desk.room.granted(&erase(who()), &());
    let owed = desk.balance(who().raw(), OWED_CENTS);
    let raised = desk.take(who(), 1_000);
    assert_eq!(codes(&raised).last().map(String::as_str), Some("erased_subject"));
    assert_eq!(desk.balance(who().raw(), OWED_CENTS), owed - 1_000);
    let raised = desk.check_in(who());
    assert_eq!(codes(&raised).last().map(String::as_str), Some("erased_subject"));
    let late = desk.room.fact(&enrol(), &application());
    assert_eq!(codes(&late), ["erased_subject"]);
    let entry = DocumentEntry { kind: DocumentKind::Other, number: CANARY.to_uppercase(), checked: true };
    desk.room.fact(&RecordDocument { member_id: who(), document_id: Uuid::from_u128(0xD1) }, &Some(entry));
    let signed = SignedBy { name: CANARY.to_owned(), strokes: Vec::new(), is_typed: true };
    let terms_id = desk.room.all::<Terms>(&Terms::all())[0].id;
    desk.room.fact(&SignTerms { member_id: who(), terms_id, signer: Signer::Member }, &signed);
    assert_eq!(telling(&desk), Vec::<String>::new());
    assert!(desk.room.get::<Member>(who()).erased);
}

#[test]
fn a_change_that_comes_late_is_refused_with_a_sentence() {
    let mut desk = lived_in();
    desk.room.granted(&erase(who()), &());
    let edits = MemberEdits { member: vec![edit("goals", json!(null), CANARY)], ..MemberEdits::default() };
    let verdict = desk.room.run(Input::encode(&ChangeMember { member_id: who() }, &edits).unwrap());
    let Verdict::Decided { outcome: Outcome::Refused { why }, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(why.slice, "kernel");
    assert_eq!(serde_json::from_value::<AboutErased>(why.why).unwrap(), AboutErased::WasErased);
}

/// A hub that was put back to before she was written down hears of her again: from a journal that forgot her, and from
/// one that has not heard yet.
#[test]
fn somebody_who_comes_back_with_an_older_state_comes_back_as_a_number() {
    for personal in [None, Some(serde_json::to_string(&application()).unwrap())] {
        let mut desk = Desk::open();
        let erased = Erased {
            subject: who().raw(),
            at: desk.room.now,
            by: desk.room.actor,
            command: CommandId(Uuid::from_u128(9)),
        };
        desk.room.role = Role::System;
        desk.room.fact(&EraseAgain { erased: erased.clone() }, &());
        assert!(desk.room.fact(&EraseAgain { erased }, &()).is_empty(), "twice is one effect");
        desk.room.role = Role::Owner;
        let input = Input { personal, ..Input::encode(&enrol(), &application()).unwrap() };
        let verdict = desk.room.run(input);
        let Verdict::Decided { outcome: Outcome::Recorded { .. }, .. } = verdict else {
            panic!("{verdict:?}")
        };
        let member: Member = desk.room.get(who());
        assert!(member.erased && member.joined_on == desk.today());
        assert_eq!(telling(&desk), Vec::<String>::new());
    }
}

/// The device gives the command back that the hub has carried out again by itself.
#[test]
fn the_same_erasure_given_back_is_accepted_and_changes_nothing() {
    let mut desk = lived_in();
    let command = desk.room.next_command();
    let input = Input::encode(&erase(who()), &()).unwrap();
    desk.room.run(input.clone());
    let case = Case {
        input,
        command,
        studio: desk.room.studio,
        device: desk.room.device,
        actor: desk.room.actor,
        role: Role::Owner,
        effective_at: desk.room.now,
        authority: crate::kernel::Authority::Hub,
    };
    let again = decide_now(registry::catalogue(), &case, |want| desk.room.answer(want));
    assert_eq!(again, Verdict::Decided { outcome: Outcome::Accepted, changes: Vec::new() });
}

fn twin() -> MemberId {
    MemberId(Uuid::from_u128(0xEB))
}

/// The same person, written down a second time and found out; the second entry stands for both.
fn written_down_twice() -> (Desk, Merge) {
    let mut desk = lived_in();
    let again = EnrolMember { member_id: twin(), different_from: vec![who()], ..enrol() };
    desk.room.fact(&again, &Application { name: format!("{CANARY} again"), ..application() });
    let take = MemberEdits {
        member: vec![edit("name", json!(format!("{CANARY} again")), &format!("{CANARY} both"))],
        ..MemberEdits::default()
    };
    desk.room.granted(&MergeMembers { survivor: twin(), absorbed: who() }, &take);
    let merge = desk.changed();
    desk.check_in(who());
    (desk, merge)
}

#[test]
fn whoever_was_written_down_twice_is_erased_under_each_id() {
    let (mut desk, merge) = written_down_twice();
    assert!(!merge.taken.is_empty(), "it holds what both said");
    let before = sums(&desk);
    for wrong in [erase(who()), erase(twin())] {
        assert_eq!(
            desk.room.refused(&wrong, &()),
            EraseRefusal::EntriesChanged,
            "nobody was shown the other"
        );
    }
    desk.room.granted(&EraseMember { member_id: who(), also: vec![twin()] }, &());
    assert_eq!(telling(&desk), Vec::<String>::new());
    assert_eq!(sums(&desk), before);
    for id in [who(), twin()] {
        assert!(desk.room.get::<Member>(id).erased);
        assert!(desk.room.find::<Erased>(Erased::id_of(id.raw())).is_some());
        let late = codes(&desk.check_in(id));
        assert_eq!(late.iter().filter(|code| *code == "erased_subject").count(), 1, "{late:?}");
        assert!(!late.contains(&"came_for_absorbed".to_owned()), "one item is enough: {late:?}");
    }
    assert_eq!(telling(&desk), Vec::<String>::new());
}

#[test]
fn a_merge_that_could_still_be_undone_cannot_once_they_are_erased() {
    let (mut desk, merge) = written_down_twice();
    desk.room.granted(&EraseMember { member_id: twin(), also: vec![who()] }, &());
    let at = desk.room.now;
    desk.later_days(1);
    assert!(merge.is_undoable_at(desk.room.now));
    let refusal: UnmergeRefusal = desk.room.refused(&UnmergeMembers { merge_id: merge.id }, &());
    assert_eq!(refusal, UnmergeRefusal::ErasedSince { at });
    assert!(desk.room.get::<Merge>(merge.id).taken.is_empty());
}

#[test]
fn of_two_who_were_parted_only_the_one_who_is_meant_goes() {
    let (mut desk, merge) = written_down_twice();
    desk.room.granted(&UnmergeMembers { merge_id: merge.id }, &());
    let both = EraseMember { member_id: who(), also: vec![twin()] };
    assert_eq!(desk.room.refused(&both, &()), EraseRefusal::EntriesChanged);
    desk.room.granted(&erase(who()), &());
    assert!(desk.room.get::<Member>(who()).erased);
    assert_eq!(desk.room.get::<Member>(twin()).name, format!("{CANARY} again"));
    assert!(desk.room.get::<Merge>(merge.id).taken.is_empty(), "it told of both");
}

#[test]
fn who_was_erased_is_merged_with_nobody() {
    let mut desk = lived_in();
    let other = desk.member();
    desk.room.granted(&erase(who()), &());
    let merge = MergeMembers { survivor: other, absorbed: who() };
    let verdict = desk.room.run(Input::encode(&merge, &MemberEdits::default()).unwrap());
    let Verdict::Decided { outcome: Outcome::Refused { why }, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(serde_json::from_value::<AboutErased>(why.why).unwrap(), AboutErased::WasErased);
}

fn imported(names: &[&str]) -> (ImportRows, ImportPersonal) {
    let row = |(line, name): (u32, &&str)| ImportRow {
        line,
        new: Application {
            name: (*name).to_owned(),
            name_keys: name.to_lowercase(),
            ..Application::default()
        },
        sections: Vec::new(),
        joined_on: None,
        pass: None,
        erased: false,
    };
    let rows = (1u32..).zip(names).map(row).collect();
    let command = ImportRows { import_id: Uuid::from_u128(0x1), part: 0, file_name: "list.csv".to_owned() };
    (command, ImportPersonal { rows })
}

/// One of a list is erased: the others must still be in it, should it ever have to be told again.
#[test]
fn of_a_list_only_the_one_who_was_erased_goes() {
    let mut desk = Desk::open();
    let (command, personal) = imported(&["Ada", CANARY, "Bo"]);
    let id = desk.room.next_command();
    desk.room.fact(&command, &personal);
    let member_id = MemberId(ids::derived(id, 1));
    assert_eq!(desk.room.get::<Member>(member_id).name, CANARY);
    desk.room.granted(&erase(member_id), &());
    assert_eq!(telling(&desk), Vec::<String>::new());
    let input = Input::encode(&command, &personal).unwrap();
    let rest = registry::catalogue().input_without(&input, id, &[member_id.raw()]).unwrap();
    let text = rest.personal.clone().unwrap();
    assert!(text.contains("Ada") && text.contains("Bo") && !text.contains(CANARY), "{text}");
    assert_eq!(registry::catalogue().input_without(&rest, id, &[member_id.raw()]), None, "once is enough");
    assert_eq!(registry::catalogue().input_without(&input, id, &[Id::nil()]), None, "somebody else's");
}

/// What a journal holds: the chain holds, and twice is once.
#[test]
fn a_journal_s_lines_forget_her_and_keep_their_links() {
    let catalogue = registry::catalogue();
    let mut desk = lived_in();
    let input = Input::encode(&enrol(), &application()).unwrap();
    let envelope = crate::sync::Envelope {
        v: 1,
        id: CommandId(Uuid::from_u128(5)),
        studio: desk.room.studio,
        device: desk.room.device,
        epoch: 1,
        seq: 1,
        prev_hash: Hash::default(),
        actor: desk.room.actor,
        session: Id::nil(),
        group: None,
        depends_on: Vec::new(),
        kind: String::new(),
        kind_version: 0,
        base_cursor: crate::sync::Cursor::default(),
        seen: None,
        claimed_at: desk.room.now,
        mono_since_sync_ms: None,
        hub_time_at_sync: None,
        tz: "Asia/Shanghai".to_owned(),
        payload_hash: Hash::default(),
        personal_hash: None,
    };
    let entry = Entry::seal(envelope, input).unwrap();
    assert_eq!(erasing::subjects(catalogue, &entry), [who().raw()]);
    assert_eq!(erasing::blobs_in(entry.personal.as_deref().unwrap()), [Hash::of(b"photo")]);
    let blank = erasing::entry_without(catalogue, &entry, &[who().raw()]).unwrap();
    assert_eq!((blank.personal.as_ref(), blank.hash()), (None, entry.hash()));
    assert!(blank.open().is_ok());
    assert_eq!(erasing::entry_without(catalogue, &blank, &[who().raw()]), None);
    assert_eq!(erasing::entry_without(catalogue, &entry, &[Id::nil()]), None);
    desk.room.granted(&erase(who()), &());
    let erased: Erased = desk.room.get(Erased::id_of(who().raw()));
    let changes = crate::kernel::Change {
        kind: "contact".into(),
        kind_version: 1,
        id: Contact::id_of(who()),
        body: Some(format!(r#"{{"member":"{}","phone":"+8613812345678"}}"#, who()).into()),
    };
    let left = erasing::changes_without(catalogue, &[changes], std::slice::from_ref(&erased)).unwrap();
    assert_eq!(left[0].body, None);
    assert_eq!(erasing::changes_without(catalogue, &left, &[erased]), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However a day went, an erasure moves no sum.
    #[test]
    fn sums_are_conserved(deeds in prop::collection::vec(deed(), 1..30)) {
        let mut day = Day::run(&deeds);
        let before = sums(&day.desk);
        let who = day.who;
        day.desk.room.granted(&erase(who), &());
        prop_assert_eq!(sums(&day.desk), before);
        for (account, unit) in day.accounts() {
            prop_assert_eq!(day.desk.balance(account, unit), day.desk.lines_sum(account, unit), "{}", unit);
        }
    }
}
