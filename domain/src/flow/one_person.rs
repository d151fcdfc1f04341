//! Two entries that are one person: joined, used, and parted again.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture::{Desk, codes, rules, tender};
use crate::flow::sell::SellPass;
use crate::kernel::Role;
use crate::kernel::alias::AliasNote;
use crate::kernel::command::Input;
use crate::kernel::decide::{Outcome, Verdict};
use crate::kernel::edit::FieldEdit;
use crate::kernel::exceptions::Exception;
use crate::kernel::facts::Want;
use crate::kernel::ids::{Id, Uuid};
use crate::kernel::keys::KeyValue;
use crate::kernel::ledger::{Balance, LedgerEntry};
use crate::kernel::record::RecordBody;
use crate::members::merge::{MEMBER_KEY, Merge, Pick, Side, differing, edits};
use crate::members::{
    Application, ArchiveMember, ArchiveRefusal, ChangeMember, Contact, EnrolMember, Guardian, Health, Member,
    MemberEdits, MemberId, MembersException, MergeMembers, MergeRefusal, Part, PublishTerms, Region,
    SignTerms, SignedBy, Signer, Terms, TermsText, UNMERGE_DAYS, UnmergeMembers, UnmergeRefusal,
};
use crate::passes::cards::{IssueCard, NewCard};
use crate::passes::{PassId, VISITS};
use crate::payments::{OWED_CENTS, TenderKind};
use crate::plans::{Grant, PlanRevision};

/// A desk with two entries, which are `a` and `b`.
struct Two {
    desk: Desk,
    a: MemberId,
    b: MemberId,
    ten: PlanRevision,
}

impl Two {
    fn meet() -> Self {
        let mut desk = Desk::open();
        let ten = desk.plan(rules(Grant::Count { visits: 10, length: None }));
        let (a, b) = (desk.member(), desk.member());
        Self { desk, a, b, ten }
    }

    fn merge(&mut self, absorbed: MemberId, survivor: MemberId) -> Merge {
        self.merge_with(absorbed, survivor, &MemberEdits::default())
    }

    fn merge_with(&mut self, absorbed: MemberId, survivor: MemberId, chosen: &MemberEdits) -> Merge {
        assert_eq!(self.desk.room.granted(&MergeMembers { survivor, absorbed }, chosen), Outcome::Accepted);
        self.desk.changed()
    }

    fn unmerge(&mut self, merge: &Merge) {
        let undo = UnmergeMembers { merge_id: merge.id };
        assert_eq!(self.desk.room.granted(&undo, &()), Outcome::Accepted);
    }

    fn side(&self, id: MemberId) -> Side {
        let room = &self.desk.room;
        Side {
            member: Member { revision: 0, ..room.get(id) },
            contact: room.find(Contact::id_of(id)).unwrap_or_else(|| Contact::empty(id)),
            health: room.find(Health::id_of(id)).unwrap_or_else(|| Health::empty(id)),
            guardian: room.find(Guardian::id_of(id)).unwrap_or_else(|| Guardian::empty(id)),
        }
    }

    /// What the page would send if nobody touched it.
    fn as_offered(&self, absorbed: MemberId, survivor: MemberId) -> MemberEdits {
        let (survivor, absorbed) = (self.side(survivor), self.side(absorbed));
        edits(&differing(&survivor, &absorbed), |row| row.pick, &absorbed.member)
    }

    fn change(&mut self, member_id: MemberId, part: Part, field: &str, was: Value, now: Value) -> Outcome {
        let mut edits = MemberEdits { name_keys: "k".to_owned(), ..MemberEdits::default() };
        edits.part_mut(part).push(FieldEdit { field: field.to_owned(), was, now });
        self.desk.room.granted(&ChangeMember { member_id }, &edits)
    }

    fn phone(&mut self, member_id: MemberId, number: &str) {
        let was = json!(self.side(member_id).contact.phone);
        self.change(member_id, Part::Contact, "phone", was, json!(number));
    }

    fn all<T: RecordBody>(&self, key: &'static str, id: impl Into<Id>) -> Vec<T> {
        self.desk.room.all(&Want::key::<T>(key, KeyValue::of(id.into())))
    }
}

fn note_of(exceptions: &[Exception]) -> Vec<AliasNote> {
    let notes = exceptions.iter().filter(|e| e.slice == "kernel");
    notes.map(|e| serde_json::from_value(e.what.clone()).unwrap()).collect()
}

#[test]
fn passes_and_debts_of_both_are_one_persons() {
    let mut two = Two::meet();
    let (a, b, ten) = (two.a, two.b, two.ten.clone());
    let (pass, _) = two.desk.sell(a, &ten);
    two.desk.later_minutes(1);
    let owing = SellPass { tenders: Vec::new(), ..two.desk.sale(b, &ten) };
    two.desk.room.fact(&owing, &());
    two.merge(a, b);
    assert_eq!(two.desk.holdings(b).len(), 2);
    assert_eq!(two.desk.holdings(a), two.desk.holdings(b), "either id finds all of it");
    assert_eq!(two.desk.check_in(b), Vec::new());
    let spent = two.desk.last_visit(b);
    assert_eq!(
        (spent.member_id, spent.pass_id),
        (b, Some(pass.id)),
        "the oldest pass first, whosever it was"
    );
    let balance: Balance = two.desk.room.get(crate::kernel::ledger::balance_id(pass.id.raw(), VISITS));
    assert_eq!((balance.sum, balance.whose), (9, Some(a.raw())), "the pass stays whose it was");
    let over = two.desk.take(a, ten.price.cents + 100);
    assert!(codes(&over).contains(&"paid_more_than_owed".to_owned()), "{over:?}");
}

#[test]
fn a_second_scan_under_the_other_id_is_the_same_visit() {
    let mut two = Two::meet();
    let (a, b, ten) = (two.a, two.b, two.ten.clone());
    two.desk.sell(a, &ten);
    two.desk.check_in(a);
    two.merge(a, b);
    two.desk.later_minutes(5);
    two.desk.check_in(b);
    assert_eq!(two.desk.visits(b).unwrap().count, 1);
    assert_eq!(two.desk.last_visit(b).scans.len(), 1);
    two.desk.later_minutes(600);
    two.desk.check_in(b);
    assert_eq!(two.desk.visits(b).unwrap().count, 2);
    assert_eq!(two.desk.visits(a), two.desk.visits(b));
    let first = two.desk.room.get::<crate::attendance::MemberVisits>(crate::attendance::member_visits_id(a));
    assert_eq!(first.count, 1, "each id keeps its own");
}

#[test]
fn what_comes_late_for_the_absorbed_counts_for_the_survivor_and_says_so() {
    let mut two = Two::meet();
    let (a, b, ten) = (two.a, two.b, two.ten.clone());
    two.desk.sell(b, &ten);
    let seen = crate::flow::check_in::SeenAtDoor::from(&two.desk.door(b));
    two.merge(a, b);
    let raised = two.desk.check_in_seeing(a, seen);
    let command = "attendance.check_in".to_owned();
    let note = AliasNote::CameForAbsorbed { named: a.raw(), stands: b.raw(), command };
    assert_eq!(note_of(&raised), [note]);
    assert_eq!(raised[0].about, [b.raw(), a.raw()], "a tap opens the one who stands");
    assert_eq!(two.desk.holdings(b)[0].visits_left, 9);
    let sale = two.desk.sale(a, &ten);
    assert_eq!(note_of(&two.desk.room.fact(&sale, &())).len(), 1);
    assert_eq!(two.desk.holdings(b).len(), 2);
    let issue = IssueCard { member_id: a, card: NewCard::Printed("4711".to_owned()) };
    assert_eq!(note_of(&two.desk.room.fact(&issue, &())).len(), 1);
    let outcome = two.change(a, Part::Member, "goals", Value::Null, json!("a handstand"));
    assert!(matches!(outcome, Outcome::Recorded { exceptions } if exceptions.len() == 1));
    assert_eq!(two.side(b).member.goals, "a handstand");
    assert_eq!(two.side(a).member.goals, "", "the absorbed entry stays as it was");
    // For the one who stands nothing is noted.
    assert_eq!(note_of(&two.desk.check_in(b)), []);
}

#[test]
fn whoever_wants_the_absorbed_off_the_lists_does_not_mean_the_survivor() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    two.merge(a, b);
    let refusal: ArchiveRefusal = two.desk.room.refused(&ArchiveMember { member_id: a }, &());
    assert_eq!(refusal, ArchiveRefusal::MergedInto { into: b });
    two.desk.room.granted(&ArchiveMember { member_id: b }, &());
}

#[test]
fn of_two_merges_that_meet_head_on_the_second_is_refused() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    two.merge(a, b);
    let back = MergeMembers { survivor: a, absorbed: b };
    assert_eq!(two.desk.room.refused(&back, &MemberEdits::default()), MergeRefusal::OneAlready);
    let again = MergeMembers { survivor: b, absorbed: a };
    assert_eq!(two.desk.room.refused(&again, &MemberEdits::default()), MergeRefusal::OneAlready);
}

#[test]
fn chains_are_one_person_and_rings_are_refused() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    let (c, ten) = (two.desk.member(), two.ten.clone());
    two.desk.sell(a, &ten);
    two.merge(a, b);
    let third = MergeMembers { survivor: c, absorbed: a };
    let refusal = two.desk.room.refused(&third, &MemberEdits::default());
    assert_eq!(refusal, MergeRefusal::MergedMeanwhile { member: a, into: b });
    two.merge(b, c);
    let ring = MergeMembers { survivor: a, absorbed: c };
    assert_eq!(two.desk.room.refused(&ring, &MemberEdits::default()), MergeRefusal::OneAlready);
    for id in [a, b, c] {
        assert_eq!(two.desk.circle(id), [c, a, b]);
    }
    assert_eq!(two.desk.holdings(c).len(), 1);
}

#[test]
fn nobody_has_more_entries_than_may_be() {
    let mut two = Two::meet();
    let b = two.b;
    for _ in 1..crate::kernel::alias::CIRCLE_IDS_MAX {
        let next = two.desk.member();
        two.merge(next, b);
    }
    let last = two.desk.member();
    let refusal =
        two.desk.room.refused(&MergeMembers { survivor: b, absorbed: last }, &MemberEdits::default());
    assert_eq!(refusal, MergeRefusal::TooManyEntries { ids_max: 12 });
}

#[test]
fn only_who_may_settle_it_merges_and_nobody_merges_the_unknown() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    let nobody = MemberId(Uuid::from_u128(99));
    let refusal =
        two.desk.room.refused(&MergeMembers { survivor: b, absorbed: nobody }, &MemberEdits::default());
    assert_eq!(refusal, MergeRefusal::NobodyToMerge);
    two.desk.room.role = Role::Coach;
    let merge = Input::encode(&MergeMembers { survivor: b, absorbed: a }, &MemberEdits::default()).unwrap();
    let verdict = two.desk.room.run(merge);
    assert!(matches!(verdict, Verdict::Decided { outcome: Outcome::Refused { .. }, .. }), "{verdict:?}");
}

#[test]
fn the_page_offers_to_keep_whatever_can_be_kept() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    two.phone(a, "+8613800000001");
    two.phone(b, "+8613900000002");
    two.change(a, Part::Contact, "email", Value::Null, json!("a@example.com"));
    two.change(a, Part::Health, "allergies", Value::Null, json!("nuts"));
    two.change(b, Part::Health, "allergies", Value::Null, json!("bees"));
    two.change(a, Part::Member, "tags", Value::Null, json!(["early", "quiet"]));
    two.change(b, Part::Member, "tags", Value::Null, json!(["quiet", "tall"]));
    let (survivor, absorbed) = (two.side(b), two.side(a));
    let rows = differing(&survivor, &absorbed);
    let pick = |field: &str| rows.iter().find(|r| r.field == field).map(|r| r.pick);
    assert_eq!(pick("name"), Some(Pick::Survivor));
    assert_eq!(pick("phone"), Some(Pick::Survivor));
    assert_eq!(pick("email"), Some(Pick::Absorbed));
    assert_eq!(pick("allergies"), Some(Pick::Both));
    assert_eq!(pick("address"), None, "what is the same is not asked");
    let offered = two.as_offered(a, b);
    two.merge_with(a, b, &offered);
    let after = two.side(b);
    assert_eq!(after.contact.email.as_deref(), Some("a@example.com"));
    assert_eq!(after.contact.phone.as_deref(), Some("+8613900000002"));
    assert_eq!(after.health.allergies, "bees; nuts");
    assert_eq!(after.member.tags, ["quiet", "tall", "early"]);
    assert_eq!(two.side(a), absorbed, "the absorbed entry is not touched");
}

#[test]
fn a_name_that_is_taken_over_is_found_by_its_own_keys() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    let (survivor, absorbed) = (two.side(b), two.side(a));
    let chosen = edits(&differing(&survivor, &absorbed), |_| Pick::Absorbed, &absorbed.member);
    let merge = two.merge_with(a, b, &chosen);
    let now = two.side(b).member;
    assert_eq!((now.name, now.name_keys), (absorbed.member.name, absorbed.member.name_keys));
    two.unmerge(&merge);
    assert_eq!(two.side(b), survivor);
}

#[test]
fn files_that_changed_since_they_were_shown_are_looked_at_again() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    two.phone(a, "+8613800000001");
    two.phone(b, "+8613900000002");
    let (survivor, absorbed) = (two.side(b), two.side(a));
    let chosen = edits(&differing(&survivor, &absorbed), |_| Pick::Absorbed, &absorbed.member);
    two.phone(b, "+8613900000003");
    let refusal = two.desk.room.refused(&MergeMembers { survivor: b, absorbed: a }, &chosen);
    assert_eq!(refusal, MergeRefusal::ChangedMeanwhile { part: Part::Contact, field: "phone".to_owned() });
    assert_eq!(two.desk.circle(b), [b], "nothing was joined");
}

#[test]
fn parted_again_both_are_what_they_were() {
    let mut two = Two::meet();
    let (a, b, ten) = (two.a, two.b, two.ten.clone());
    two.phone(a, "+8613800000001");
    two.change(b, Part::Member, "goals", Value::Null, json!("dance"));
    two.desk.sell(a, &ten);
    let (was_a, was_b) = (two.side(a), two.side(b));
    let offered = two.as_offered(a, b);
    let merge = two.merge_with(a, b, &offered);
    two.desk.later_days(UNMERGE_DAYS);
    two.unmerge(&merge);
    assert_eq!((two.side(a), two.side(b)), (was_a, was_b));
    assert_eq!((two.desk.circle(a), two.desk.circle(b)), (vec![a], vec![b]));
    assert_eq!((two.desk.holdings(a).len(), two.desk.holdings(b).len()), (1, 0));
    let refusal: UnmergeRefusal = two.desk.room.refused(&UnmergeMembers { merge_id: merge.id }, &());
    assert_eq!(refusal, UnmergeRefusal::UnmergedBefore { at: two.desk.room.now });
}

#[test]
fn what_was_changed_since_stays_when_they_are_parted() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    two.phone(a, "+8613800000001");
    two.change(a, Part::Contact, "email", Value::Null, json!("a@example.com"));
    let offered = two.as_offered(a, b);
    let merge = two.merge_with(a, b, &offered);
    two.phone(b, "+8613700000009");
    two.unmerge(&merge);
    let contact = two.side(b).contact;
    assert_eq!(contact.phone.as_deref(), Some("+8613700000009"), "given since");
    assert_eq!(contact.email, None, "came with the merge, goes with it");
}

#[test]
fn after_thirty_days_it_stands() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    let merge = two.merge(a, b);
    let until = merge.undoable_until();
    two.desk.later_days(UNMERGE_DAYS);
    two.desk.later_minutes(1);
    let refusal: UnmergeRefusal = two.desk.room.refused(&UnmergeMembers { merge_id: merge.id }, &());
    assert_eq!(refusal, UnmergeRefusal::MergedTooLongAgo { until });
    let nothing: UnmergeRefusal = two.desk.room.refused(&UnmergeMembers { merge_id: a.raw() }, &());
    assert_eq!(nothing, UnmergeRefusal::NoSuchMerge);
}

#[test]
fn the_newest_signature_counts_whoever_gave_it() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    let text = TermsText {
        region: Region::Elsewhere,
        title: "Terms".to_owned(),
        fees: "monthly".to_owned(),
        services: "the floor".to_owned(),
        refund_policy: "within a fortnight".to_owned(),
        statutory: Region::Elsewhere.statutory(),
        ..TermsText::default()
    };
    two.desk.room.granted(&PublishTerms { seen_version: 0, text }, &());
    let terms: Terms = two.desk.changed();
    let sign = |member_id| SignTerms { member_id, terms_id: terms.id, signer: Signer::Member };
    let by = SignedBy { name: "Somebody".to_owned(), strokes: Vec::new(), is_typed: true };
    two.desk.room.fact(&sign(a), &by);
    let merge = two.merge(a, b);
    assert_eq!(two.side(b).member.signed.map(|s| s.version), Some(1));
    two.unmerge(&merge);
    assert_eq!(two.side(b).member.signed, None, "it was the other one's");
    two.merge(a, b);
    let late = two.desk.room.fact(&sign(a), &by);
    assert_eq!(note_of(&late).len(), 1);
}

#[test]
fn a_newcomer_alike_to_the_absorbed_is_asked_about_as_the_survivor() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    two.phone(a, "+8613800000001");
    two.merge(a, b);
    let enrol = EnrolMember {
        member_id: MemberId(Uuid::from_u128(0xF00)),
        sections: Vec::new(),
        referrer: None,
        joined_on: None,
        different_from: Vec::new(),
    };
    let new = Application {
        name: "New".to_owned(),
        name_keys: "new".to_owned(),
        phone: Some("+8613800000001".to_owned()),
        ..Application::default()
    };
    let raised = two.desk.room.fact(&enrol, &new);
    let what: MembersException = serde_json::from_value(raised[0].what.clone()).unwrap();
    assert!(matches!(what, MembersException::PossibleDuplicate { known, .. } if known == b), "{what:?}");
    assert_eq!(raised.len(), 1);
}

/// Whichever of two merges is taken back first, in the end the survivor says what it said in the beginning.
#[test]
fn merges_into_one_can_be_taken_back_in_any_order() {
    for first in [0, 1] {
        let mut two = Two::meet();
        let (a, b) = (two.a, two.b);
        let c = two.desk.member();
        two.phone(a, "+8613800000001");
        two.phone(b, "+8613900000002");
        two.phone(c, "+8613700000003");
        let before = [a, b, c].map(|id| two.side(id));
        let taking = |two: &Two, from: MemberId| {
            let (survivor, absorbed) = (two.side(b), two.side(from));
            edits(&differing(&survivor, &absorbed), |_| Pick::Absorbed, &absorbed.member)
        };
        let chosen = taking(&two, a);
        let one = two.merge_with(a, b, &chosen);
        let chosen = taking(&two, c);
        let other = two.merge_with(c, b, &chosen);
        let mut order = [one, other];
        order.rotate_left(first);
        two.unmerge(&order[0]);
        let third = if first == 0 { "+8613700000003" } else { "+8613800000001" };
        assert_eq!(two.side(b).contact.phone.as_deref(), Some(third), "the other one stands");
        two.unmerge(&order[1]);
        assert_eq!([a, b, c].map(|id| two.side(id)), before);
    }
}

#[derive(Debug, Clone)]
enum Deed {
    Sell { who: usize, paid_cents: i64 },
    TopUp { who: usize },
    Spend { who: usize, cents: i64 },
    CheckIn { who: usize },
    Take { who: usize, cents: i64 },
    Reverse { which: prop::sample::Index },
    Card { who: usize },
    Wait { minutes: i64 },
}

fn deed() -> impl Strategy<Value = Deed> {
    let who = || 0..3usize;
    prop_oneof![
        (who(), 0..=50_000i64).prop_map(|(who, paid_cents)| Deed::Sell { who, paid_cents }),
        who().prop_map(|who| Deed::TopUp { who }),
        (who(), 1..=50_000i64).prop_map(|(who, cents)| Deed::Spend { who, cents }),
        who().prop_map(|who| Deed::CheckIn { who }),
        who().prop_map(|who| Deed::CheckIn { who }),
        (who(), 1..=40_000i64).prop_map(|(who, cents)| Deed::Take { who, cents }),
        any::<prop::sample::Index>().prop_map(|which| Deed::Reverse { which }),
        who().prop_map(|who| Deed::Card { who }),
        (1..=900i64).prop_map(|minutes| Deed::Wait { minutes }),
    ]
}

/// A day with three entries; every ledger line there is, by walking the commands' changes.
struct Day {
    desk: Desk,
    who: [MemberId; 3],
    ten: PlanRevision,
    purse: PlanRevision,
    payments: Vec<crate::payments::Payment>,
    lines: Vec<LedgerEntry>,
    cards: u64,
}

impl Day {
    fn begin() -> Self {
        let mut desk = Desk::open();
        let ten = desk.plan(rules(Grant::Count { visits: 10, length: None }));
        let purse = desk.plan(rules(Grant::StoredValue { principal_cents: 50_000, gift_cents: 5_000 }));
        let who = [desk.member(), desk.member(), desk.member()];
        Self { desk, who, ten, purse, payments: Vec::new(), lines: Vec::new(), cards: 0 }
    }

    fn sell(&mut self, who: usize, plan: &PlanRevision, kind: TenderKind, cents: i64) {
        let tenders = if cents > 0 { vec![tender(kind, cents)] } else { Vec::new() };
        let sale = SellPass { tenders, ..self.desk.sale(self.who[who], plan) };
        self.desk.room.fact(&sale, &());
    }

    fn run(&mut self, deeds: &[Deed]) {
        for deed in deeds {
            self.desk.room.changes.clear();
            let (ten, purse) = (self.ten.clone(), self.purse.clone());
            match deed {
                Deed::Sell { who, paid_cents } => self.sell(*who, &ten, TenderKind::Cash, *paid_cents),
                Deed::TopUp { who } => self.sell(*who, &purse, TenderKind::Cash, purse.price.cents),
                Deed::Spend { who, cents } => self.sell(*who, &ten, TenderKind::StoredValue, *cents),
                Deed::CheckIn { who } => {
                    self.desk.check_in(self.who[*who]);
                }
                Deed::Take { who, cents } => {
                    self.desk.take(self.who[*who], *cents);
                }
                Deed::Reverse { which } if !self.payments.is_empty() => {
                    let payment = which.get(&self.payments).clone();
                    self.desk.reverse(&payment);
                }
                Deed::Reverse { .. } => {}
                Deed::Card { who } => {
                    self.cards += 1;
                    let card = NewCard::Printed(format!("P{}", self.cards));
                    self.desk.room.fact(&IssueCard { member_id: self.who[*who], card }, &());
                }
                Deed::Wait { minutes } => self.desk.later_minutes(*minutes),
            }
            self.keep();
        }
    }

    fn keep(&mut self) {
        for change in &self.desk.room.changes {
            let body = change.body.as_deref().unwrap_or_default();
            match change.kind.as_ref() {
                LedgerEntry::KIND => self.lines.push(serde_json::from_str(body).unwrap()),
                "payment" => self.payments.push(serde_json::from_str(body).unwrap()),
                _ => {}
            }
        }
    }

    fn merge(&mut self, absorbed: usize, survivor: usize) -> Option<Merge> {
        let command = MergeMembers { survivor: self.who[survivor], absorbed: self.who[absorbed] };
        let input = Input::encode(&command, &MemberEdits::default()).unwrap();
        match self.desk.room.run(input) {
            Verdict::Decided { outcome: Outcome::Accepted, .. } => Some(self.desk.changed()),
            _ => None,
        }
    }

    /// Σ by unit over all lines.
    fn sums(&self) -> std::collections::BTreeMap<String, i64> {
        let mut sums = std::collections::BTreeMap::new();
        for line in &self.lines {
            *sums.entry(line.unit.clone()).or_insert(0) += line.amount;
        }
        sums
    }

    /// Everything that is kept for one id, whatever it was joined with: what must not change by joining and parting.
    fn kept(&self, id: MemberId) -> Vec<String> {
        let room = &self.desk.room;
        let mut kept = Vec::new();
        for pass in self.desk.passes_of(id) {
            let balances = crate::passes::balance_ids(&pass).map(|id| room.find::<Balance>(id));
            kept.push(format!("{pass:?} {:?}", balances.collect::<Vec<_>>()));
        }
        kept.push(format!("{:?}", room.find::<Balance>(crate::payments::owed_id(id))));
        kept.push(format!(
            "{:?}",
            room.find::<crate::attendance::MemberVisits>(crate::attendance::member_visits_id(id))
        ));
        let key = || KeyValue::of(id.raw());
        let cards: Vec<crate::passes::cards::Card> =
            room.all(&Want::key::<crate::passes::cards::Card>(crate::passes::cards::MEMBER_KEY, key()));
        let payments: Vec<crate::payments::Payment> =
            room.all(&Want::key::<crate::payments::Payment>(crate::payments::MEMBER_KEY, key()));
        let visits: Vec<crate::attendance::Visit> =
            room.all(&Want::key::<crate::attendance::Visit>(crate::attendance::MEMBER_KEY, key()));
        kept.push(format!("{cards:?} {payments:?} {visits:?}"));
        kept.push(format!("{:?}", Member { revision: 0, ..room.get(id) }));
        kept
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Joining and parting move nothing: no line, no balance, no visit, no card, under no id; and while they are joined
    /// the door sees the same for each of their ids.
    #[test]
    fn joining_and_parting_moves_nothing(
        before in prop::collection::vec(deed(), 0..12),
        joins in prop::collection::vec((0..3usize, 0..3usize), 1..4),
        order in prop::collection::vec(any::<prop::sample::Index>(), 4),
    ) {
        let mut day = Day::begin();
        day.run(&before);
        let all = |day: &Day| day.who.map(|id| day.kept(id));
        let (was, sums) = (all(&day), day.sums());
        let mut merges: Vec<Merge> =
            joins.iter().filter(|(a, b)| a != b).filter_map(|(a, b)| day.merge(*a, *b)).collect();
        prop_assert_eq!(&all(&day), &was);
        for id in day.who {
            let root = day.desk.circle(id)[0];
            prop_assert_eq!(day.desk.door(id), day.desk.door(root));
        }
        for at in order {
            if merges.is_empty() { break; }
            let merge = merges.remove(at.index(merges.len()));
            day.desk.room.granted(&UnmergeMembers { merge_id: merge.id }, &());
        }
        prop_assert_eq!(all(&day), was);
        prop_assert_eq!(day.sums(), sums);
        for id in day.who {
            prop_assert_eq!(day.desk.circle(id), [id]);
        }
    }

    /// However a day goes while two are one: the lines say what the balances say, and what the pair holds together is
    /// what both hold once they are parted.
    #[test]
    fn what_a_pair_holds_is_what_both_hold_afterwards(
        before in prop::collection::vec(deed(), 0..10),
        since in prop::collection::vec(deed(), 0..16),
    ) {
        let mut day = Day::begin();
        day.run(&before);
        let merge = day.merge(0, 1).unwrap();
        day.run(&since);
        let (a, b) = (day.who[0], day.who[1]);
        let held = |day: &Day, id| {
            let mut held = day.desk.holdings(id);
            held.sort_by_key(|h| h.pass.id);
            held
        };
        let (together, count) = (held(&day, b), day.desk.visits(b).map_or(0, |v| v.count));
        let sums = day.sums();
        day.desk.room.granted(&UnmergeMembers { merge_id: merge.id }, &());
        let mut apart = [held(&day, a), held(&day, b)].concat();
        apart.sort_by_key(|h| h.pass.id);
        prop_assert_eq!(apart, together);
        let counts = [a, b].map(|id| day.desk.visits(id).map_or(0, |v| v.count));
        prop_assert_eq!(counts[0] + counts[1], count);
        prop_assert_eq!(day.sums(), sums.clone());
        let owed: i64 = day.who.iter().map(|id| day.desk.balance(id.raw(), OWED_CENTS)).sum();
        prop_assert_eq!(owed, sums.get(OWED_CENTS).copied().unwrap_or(0));
        let passes: Vec<PassId> = day.who.iter().flat_map(|id| day.desk.passes_of(*id)).map(|p| p.id).collect();
        let visits: i64 = passes.iter().map(|id| day.desk.balance(id.raw(), VISITS)).sum();
        prop_assert_eq!(visits, sums.get(VISITS).copied().unwrap_or(0));
    }
}

#[test]
fn a_payment_that_is_taken_back_stays_with_the_id_it_was_taken_under() {
    let mut two = Two::meet();
    let (a, b, ten) = (two.a, two.b, two.ten.clone());
    let (_, payment) = two.desk.sell(a, &ten);
    two.merge(a, b);
    let receipt = two.desk.receipt();
    let reverse = crate::flow::reverse::ReversePayment { payment_id: payment.id, member_id: b, receipt };
    let reason = crate::flow::reverse::Reason { reason: "by mistake".to_owned() };
    assert_eq!(two.desk.room.fact(&reverse, &reason), Vec::new());
    let reversal: crate::payments::Payment = two.desk.changed();
    assert_eq!(reversal.member_id, a);
    assert_eq!(two.desk.holdings(b).len(), 1);
    assert!(two.desk.holdings(b)[0].pass.reversed_at.is_some());
}

#[test]
fn both_files_say_what_was_done() {
    let mut two = Two::meet();
    let (a, b) = (two.a, two.b);
    let merge = two.merge(a, b);
    for id in [a, b] {
        let lines: Vec<crate::members::FileEntry> = two.all(crate::members::history::MEMBER_KEY, id);
        let other = if id == a { b } else { a };
        assert!(lines.iter().any(|l| l.what == crate::members::FileEvent::Merged { other }));
        assert_eq!(two.all::<Merge>(MEMBER_KEY, id), std::slice::from_ref(&merge));
    }
}
