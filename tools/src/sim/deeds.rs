//! What people do at a device, by chance: real commands of every slice, on what that device shows.

use chrono::NaiveDate;
use rollcall_domain::attendance::{Found, MemberVisits, NotThePerson, Visit, VisitId, member_visits_id};
use rollcall_domain::demo::dice::Dice;
use rollcall_domain::flow::check_in::{AtDoor, CheckIn, LetIn, SeenAtDoor, UndoCheckIn};
use rollcall_domain::flow::reverse::{Reason, ReversePayment};
use rollcall_domain::flow::sell::SellPass;
use rollcall_domain::flow::take::TakePayment;
use rollcall_domain::import::{ImportPersonal, ImportRow, ImportRows, UndoImport};
use rollcall_domain::kernel::alias::{Alias, Circle};
use rollcall_domain::kernel::command::Command;
use rollcall_domain::kernel::edit::FieldEdit;
use rollcall_domain::kernel::exceptions::{Exception, OPEN_KEY, SettleException};
use rollcall_domain::kernel::ids::{CommandId, Hash, Id, PersonId, derived};
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::ledger::Balance;
use rollcall_domain::kernel::{Currency, Input, Money, Number, Role, Want};
use rollcall_domain::members::merge::{Differing, Pick, Side, differing, edits};
use rollcall_domain::members::{
    Application, ArchiveMember, ChangeMember, Contact, DocumentEntry, DocumentKind, EnrolMember, EraseMember,
    Guardian, Health, Member, MemberEdits, MemberId, Merge, MergeMembers, NotSamePerson, PublishTerms,
    RecordDocument, Region, RestoreMember, SignTerms, SignedBy, Signer, Terms, TermsText, UnmergeMembers,
};
use rollcall_domain::passes::cards::{Card, CardEnd, EndCard, IssueCard, NewCard};
use rollcall_domain::passes::{self, Holding, Pass, quote};
use rollcall_domain::payments::{self, Payment, Tender, TenderKind};
use rollcall_domain::plans::{
    Grant, OfferPlan, Plan, PlanDraft, PlanRevision, PlanRules, RestorePlan, RetirePlan, RevisePlan, Starts,
};
use rollcall_domain::registry;
use rollcall_domain::studio::{AddPerson, ChangeSettings, PersonName, Section, Settings, settings_id};

use super::disk::Head;
use super::one_to_one::{self, Codes};
use super::tab::Tab;
use super::{classes, money, seldom};

/// One deed at a tab; nothing when there is nothing to do it to.
pub(crate) fn deed(
    tab: &Tab,
    head: &mut Head,
    dice: &mut Dice,
    command: CommandId,
    codes: &Codes,
) -> Option<Input> {
    // Dice of their own: what else comes up is what it always was.
    let mut apart = Dice::new(command.raw().as_u64_pair().1);
    if matches!(tab.role(), Role::Coach | Role::Member) {
        return on_a_phone(tab, head, &mut apart, command, codes);
    }
    let money = money::deed(tab, head, &mut apart);
    let taught = || one_to_one::deed(tab, head, &mut apart, codes);
    if let Some(input) = money.or_else(taught).or_else(|| seldom::deed(tab, &mut apart, command)) {
        return Some(input);
    }
    // What happens all day comes up more often than what an owner does once a year.
    if dice.chance(35) {
        return classes::deed(tab, dice);
    }
    match dice.between(0, 51) {
        0..=4 => enrol(dice),
        5..=8 => change_phone(tab, dice),
        9..=14 => check_in(tab, dice),
        15..=19 => sell(tab, head, dice),
        20 => undo_check_in(tab, dice),
        21..=22 => take(tab, head, dice),
        23 => reverse(tab, head, dice),
        24..=25 => issue_card(tab, head, dice),
        26 => end_card(tab, head, dice),
        27 => not_the_person(tab, dice),
        28 => archive(tab, dice),
        29 => restore(tab, dice),
        30 => not_same(tab, dice),
        31 => document(tab, dice),
        32 => publish(tab, dice),
        33 => sign(tab, dice),
        34 => import(dice, command),
        35 => undo_import(tab, dice),
        36 => offer(dice),
        37 => revise(tab, dice),
        38 => retire(tab, dice),
        39 => put_back(tab, dice),
        40..=41 => settings(tab, dice),
        42 => person(dice),
        43..=44 => settle(tab, dice),
        45..=47 => merge(tab, dice),
        48 => unmerge(tab, dice),
        49 => erase(tab, dice),
        _ => change_name(tab, dice),
    }
}

/// What a coach or a member does on a device of their own, where a form is shown only for what they may do.
fn on_a_phone(
    tab: &Tab,
    head: &mut Head,
    dice: &mut Dice,
    command: CommandId,
    codes: &Codes,
) -> Option<Input> {
    let input = match dice.between(0, 100) {
        0..=69 => one_to_one::any(tab, head, dice, codes),
        70..=79 => seldom::any(tab, dice, command),
        _ => classes::deed(tab, dice),
    };
    let has_a_form = |input: &Input| {
        let def = registry::catalogue().command(&input.kind);
        def.is_some_and(|def| def.roles.contains(&tab.role()))
    };
    input.filter(has_a_form)
}

pub(super) fn encode<C: Command>(command: &C, personal: &C::Personal) -> Option<Input> {
    Input::encode(command, personal).ok()
}

pub(super) fn id(dice: &mut Dice) -> Id {
    rollcall_domain::kernel::ids::minted(1_795_309_200_000, &dice.bytes())
}

pub(super) fn one_of<T: Clone>(dice: &mut Dice, all: &[T]) -> Option<T> {
    if all.is_empty() { None } else { Some(dice.pick(all).clone()) }
}

pub(super) fn member(tab: &Tab, dice: &mut Dice) -> Option<Member> {
    one_of(dice, &tab.of_kind::<Member>())
}

/// The device's next number; it counts only if the command is saved.
pub(super) fn number(tab: &Tab, head: &mut Head, counter: &'static str) -> Number {
    let n = head.counters.entry(counter).or_insert(0);
    *n += 1;
    Number { series: tab.disk.borrow().me.series.clone(), n: *n }
}

const NAMES: [&str; 6] = ["Ada", "陈晓", "Bo", "林美", "Ada Lin", "O’Neil"];

/// A word that stands in everything personal that is ever written down about somebody, and in nothing else.
pub(crate) fn canary(member: Id) -> String {
    let hash = Hash::of(member.as_bytes()).0;
    format!("k{}", hash.chars().take(12).collect::<String>())
}

/// A name as somebody at the desk may type it for this member.
fn name(dice: &mut Dice, member: Id) -> String {
    format!("{} {}", dice.pick(&NAMES), canary(member))
}

fn application(dice: &mut Dice, member: Id) -> Application {
    let name = name(dice, member);
    // A small set of phones, so that the same person comes up twice.
    let phone = dice.chance(80).then(|| format!("+86138000000{:02}", dice.between(0, 40)));
    Application { name_keys: name.to_lowercase(), name, phone, ..Application::default() }
}

pub(super) fn enrol(dice: &mut Dice) -> Option<Input> {
    let member_id = MemberId(id(dice));
    let command = EnrolMember {
        member_id,
        sections: vec![Section::Indoor],
        referrer: None,
        joined_on: None,
        different_from: Vec::new(),
    };
    encode(&command, &application(dice, member_id.raw()))
}

fn change_phone(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let member_id = member(tab, dice)?.id;
    let before: Contact = tab.find(Contact::id_of(member_id))?;
    let now = format!("+86139000000{:02}", dice.between(0, 60));
    let edit = FieldEdit { field: "phone".to_owned(), was: serde_json::json!(before.phone), now: now.into() };
    encode(&ChangeMember { member_id }, &MemberEdits { contact: vec![edit], ..MemberEdits::default() })
}

fn change_name(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let member = member(tab, dice)?;
    let now = name(dice, member.id.raw());
    let name_keys = now.to_lowercase();
    let edit = FieldEdit { field: "name".to_owned(), was: member.name.into(), now: now.into() };
    let edits = MemberEdits { member: vec![edit], name_keys, ..MemberEdits::default() };
    encode(&ChangeMember { member_id: member.id }, &edits)
}

/// All ids of a member, as this device knows them; the one they go by first.
pub(super) fn circle(tab: &Tab, member_id: MemberId) -> Vec<MemberId> {
    let circle = Circle::from_alias(member_id.raw(), tab.find::<Alias>(member_id.raw()).as_ref());
    circle.ids().iter().copied().map(MemberId).collect()
}

pub(super) fn holdings(tab: &Tab, member_id: MemberId) -> Vec<Holding> {
    let held = |id: MemberId| tab.all(&Want::key::<Pass>(passes::MEMBER_KEY, KeyValue::of(id.raw())));
    let passes: Vec<Pass> = circle(tab, member_id).into_iter().flat_map(held).collect();
    passes.into_iter().map(|pass| Holding::new(pass, |id| tab.find::<Balance>(id))).collect()
}

pub(super) fn studio_settings(tab: &Tab) -> Option<Settings> {
    let studio = tab.disk.borrow().me.studio;
    tab.find(settings_id(studio))
}

fn check_in(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let (member, settings) = (member(tab, dice)?, studio_settings(tab)?);
    let (held, ids) = (holdings(tab, member.id), circle(tab, member.id));
    let visits = |id: &MemberId| tab.find::<MemberVisits>(member_visits_id(*id));
    let visits = MemberVisits::joined(ids.iter().filter_map(visits).collect());
    let owed = |id: &MemberId| payments::owed(tab.find::<Balance>(payments::owed_id(*id)).as_ref());
    let owed_cents = ids.iter().map(owed).sum();
    let at_door = AtDoor {
        member: Some(&member),
        settings: Some(&settings),
        holdings: &held,
        visits: visits.as_ref(),
        owed_cents,
        card: None,
    };
    let seen = SeenAtDoor::from(&at_door.answer(tab.now()));
    let command = CheckIn { member_id: member.id, found: Found::Search, card_id: None, seen };
    encode(&command, &LetIn { reason: "forgot the card".to_owned() })
}

fn undo_check_in(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let visit: Visit = one_of(dice, &tab.of_kind::<Visit>())?;
    let visit_id: VisitId = visit.id;
    encode(&UndoCheckIn { visit_id, member_id: visit.member_id }, &())
}

pub(super) fn sell(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    let member_id = member(tab, dice)?.id;
    let plan: Plan = one_of(dice, &tab.of_kind::<Plan>())?;
    let revision: PlanRevision = tab.find(plan.revision_id)?;
    sell_of(tab, head, dice, member_id, &revision)
}

/// Sells this to somebody.
pub(super) fn sell_of(
    tab: &Tab,
    head: &mut Head,
    dice: &mut Dice,
    member_id: MemberId,
    revision: &PlanRevision,
) -> Option<Input> {
    let held = holdings(tab, member_id);
    let zone = studio_settings(tab)?.zone;
    let today: NaiveDate = zone.day(tab.now());
    let option = quote(revision, &held, today).options.into_iter().next()?;
    let stored = held.iter().map(|h| h.principal_cents + h.gift_cents).sum::<i64>();
    let kind = if stored > 0 && dice.chance(50) { TenderKind::StoredValue } else { TenderKind::Alipay };
    let paid = if dice.chance(70) { revision.price.cents } else { revision.price.cents / 2 };
    let tenders = if paid > 0 { vec![Tender { kind, amount_cents: paid }] } else { Vec::new() };
    let sale = SellPass {
        member_id,
        plan_id: revision.plan_id,
        revision_id: revision.id,
        start: option.start,
        valid_from: option.valid_from,
        price: revision.price,
        tenders,
        given_cents: None,
        receipt: number(tab, head, "receipt"),
        card: dice.chance(30).then(|| NewCard::Counted(number(tab, head, "card"))),
        lease_id: None,
    };
    encode(&sale, &())
}

fn take(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    let member_id = member(tab, dice)?.id;
    let cents = i64::from(dice.between(1, 200)) * 100;
    let command = TakePayment {
        member_id,
        amount: Money::new(cents, Currency::Cny),
        tenders: vec![Tender { kind: TenderKind::Cash, amount_cents: cents }],
        given_cents: Some(cents),
        receipt: number(tab, head, "receipt"),
        lease_id: None,
    };
    encode(&command, &())
}

fn reverse(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    let payment: Payment = one_of(dice, &tab.of_kind::<Payment>())?;
    let (payment_id, member_id) = (payment.id, payment.member_id);
    let command = ReversePayment { payment_id, member_id, receipt: number(tab, head, "receipt") };
    encode(&command, &Reason { reason: "typed twice".to_owned() })
}

fn issue_card(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    let member_id = member(tab, dice)?.id;
    encode(&IssueCard { member_id, card: NewCard::Counted(number(tab, head, "card")) }, &())
}

fn end_card(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    let card: Card = one_of(dice, &tab.of_kind::<Card>())?;
    let new_card = dice.chance(50).then(|| NewCard::Counted(number(tab, head, "card")));
    encode(&EndCard { card_id: card.id, member_id: card.member_id, why: CardEnd::Lost, new_card }, &())
}

fn not_the_person(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    encode(&NotThePerson { member_id: member(tab, dice)?.id, card_id: None }, &())
}

fn archive(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    encode(&ArchiveMember { member_id: member(tab, dice)?.id }, &())
}

fn restore(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    encode(&RestoreMember { member_id: member(tab, dice)?.id }, &())
}

fn not_same(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let (one, other) = (member(tab, dice)?.id, member(tab, dice)?.id);
    encode(&NotSamePerson { one, other }, &())
}

fn side(tab: &Tab, member: Member) -> Side {
    let id = member.id;
    Side {
        member,
        contact: tab.find(Contact::id_of(id)).unwrap_or_else(|| Contact::empty(id)),
        health: tab.find(Health::id_of(id)).unwrap_or_else(|| Health::empty(id)),
        guardian: tab.find(Guardian::id_of(id)).unwrap_or_else(|| Guardian::empty(id)),
    }
}

/// Two entries become one, whichever way round, whatever they were joined with before.
fn merge(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let (survivor, absorbed) = (side(tab, member(tab, dice)?), side(tab, member(tab, dice)?));
    let offered = dice.chance(50);
    let pick = |row: &Differing| if offered { row.pick } else { Pick::Absorbed };
    let chosen = edits(&differing(&survivor, &absorbed), pick, &absorbed.member);
    let command = MergeMembers { survivor: survivor.member.id, absorbed: absorbed.member.id };
    encode(&command, &chosen)
}

fn unmerge(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let merge: Merge = one_of(dice, &tab.of_kind::<Merge>())?;
    encode(&UnmergeMembers { merge_id: merge.id }, &())
}

fn document(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let member_id = member(tab, dice)?.id;
    let number = format!("A{:07}", dice.between(0, 9_999_999));
    let entry = DocumentEntry { kind: DocumentKind::HongKongId, number, checked: true };
    encode(&RecordDocument { member_id, document_id: id(dice) }, &Some(entry))
}

fn publish(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let seen_version = tab.of_kind::<Terms>().iter().map(|t| t.version).max().unwrap_or(0);
    let text = TermsText {
        region: Region::Elsewhere,
        title: format!("Terms {}", dice.between(0, 1_000)),
        fees: "monthly".to_owned(),
        services: "the floor".to_owned(),
        refund_policy: "within a fortnight".to_owned(),
        statutory: Region::Elsewhere.statutory(),
        ..TermsText::default()
    };
    encode(&PublishTerms { seen_version, text }, &())
}

fn sign(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let terms: Terms = one_of(dice, &tab.of_kind::<Terms>())?;
    let member = member(tab, dice)?;
    let command = SignTerms { member_id: member.id, terms_id: terms.id, signer: Signer::Member };
    encode(&command, &SignedBy { name: member.name, strokes: Vec::new(), is_typed: true })
}

fn import(dice: &mut Dice, command: CommandId) -> Option<Input> {
    let row = |dice: &mut Dice, line| ImportRow {
        line,
        new: application(dice, derived(command, line - 1)),
        sections: Vec::new(),
        joined_on: None,
        pass: None,
        erased: false,
    };
    let rows = (1..=dice.between(1, 4)).map(|line| row(dice, line)).collect();
    let command = ImportRows { import_id: id(dice), part: 1, file_name: "members.csv".to_owned() };
    encode(&command, &ImportPersonal { rows })
}

fn undo_import(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let batch: rollcall_domain::import::ImportBatch = one_of(dice, &tab.of_kind())?;
    encode(&UndoImport { import_id: batch.import, part: batch.part }, &())
}

fn draft(dice: &mut Dice) -> PlanDraft {
    let grants = [
        Grant::Lifetime,
        Grant::Count { visits: 10, length: None },
        Grant::StoredValue { principal_cents: 50_000, gift_cents: 5_000 },
    ];
    let name = dice.between(0, 12);
    let price = dice.between(1, 900);
    plan(name, price, *dice.pick(&grants))
}

/// A plan that grants this.
pub(super) fn draft_of(dice: &mut Dice, grant: Grant) -> PlanDraft {
    plan(dice.between(0, 12), dice.between(1, 900), grant)
}

fn plan(name: u32, price: u32, grant: Grant) -> PlanDraft {
    PlanDraft {
        name: format!("Plan {name}"),
        price: Money::new(i64::from(price) * 100, Currency::Cny),
        rules: PlanRules {
            grant,
            starts: Starts::AtPurchase,
            sections: Vec::new(),
            freeze_days: 0,
            grace_days: 0,
            shareable: false,
            transferable: false,
        },
    }
}

fn offer(dice: &mut Dice) -> Option<Input> {
    encode(&OfferPlan { draft: draft(dice) }, &())
}

fn revise(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let plan: Plan = one_of(dice, &tab.of_kind::<Plan>())?;
    let draft = draft(dice);
    encode(&RevisePlan { plan_id: plan.id, seen_revision: plan.revision, draft }, &())
}

fn retire(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let plan: Plan = one_of(dice, &tab.of_kind::<Plan>())?;
    encode(&RetirePlan { plan_id: plan.id }, &())
}

fn put_back(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let plan: Plan = one_of(dice, &tab.of_kind::<Plan>())?;
    encode(&RestorePlan { plan_id: plan.id }, &())
}

fn settings(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let before = studio_settings(tab)?;
    let command = ChangeSettings {
        seen_revision: before.revision,
        name: format!("Studio {}", dice.between(0, 1_000)),
        language: "en".to_owned(),
        sections: vec![Section::Indoor],
        window_minutes: 60,
        closing_minute: 0,
        guardian_may_sign: true,
    };
    encode(&command, &())
}

fn person(dice: &mut Dice) -> Option<Input> {
    let command = AddPerson { person_id: PersonId(id(dice)), role: Role::Desk };
    encode(&command, &PersonName { name: (*dice.pick(&NAMES)).to_owned() })
}

fn erase(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let id = member(tab, dice)?.id;
    let circle = Circle::from_alias(id.raw(), tab.find::<Alias>(id.raw()).as_ref());
    encode(&EraseMember::of(&circle), &())
}

fn settle(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let open: Vec<Exception> = tab.all(&Want::key::<Exception>(OPEN_KEY, Exception::open_value()));
    let item = one_of(dice, &open)?;
    encode(&SettleException { exception_id: item.id, choice: "looked_at".to_owned() }, &())
}
