use super::fixture::{Desk, PRICE, codes, rules, tender};
use crate::attendance::{DoorReason, Found, LET_IN_KEY, Light, NotThePerson, Visit, VisitId};
use crate::flow::check_in::{CheckIn, LetIn, SeenAtDoor};
use crate::flow::sell::SellPass;
use crate::kernel::decide::{Outcome, Quarantined, Verdict};
use crate::kernel::facts::Want;
use crate::kernel::ids::Uuid;
use crate::kernel::keys::KeyValue;
use crate::kernel::money::{Currency, Money};
use crate::kernel::{Hold, Role};
use crate::members::MemberId;
use crate::passes::cards::{Card, CardEnd, CardState, EndCard, IssueCard, NewCard};
use crate::passes::{PassId, StartChoice, VISITS};
use crate::payments::{OWED_CENTS, Payment, PaymentId, TenderKind};
use crate::plans::{
    Grant, Length, PlanDraft, PlanRevision, PlanRevisionId, PlanRules, RetirePlan, RevisePlan, Starts,
};
use crate::studio::{ChangeSettings, Settings, settings_id};

fn month() -> PlanRules {
    rules(Grant::Time { length: Length::Months(1) })
}

fn ten() -> PlanRules {
    rules(Grant::Count { visits: 10, length: None })
}

fn one() -> PlanRules {
    rules(Grant::Count { visits: 1, length: None })
}

fn purse(principal_cents: i64, gift_cents: i64) -> PlanRules {
    rules(Grant::StoredValue { principal_cents, gift_cents })
}

// Selling

#[test]
fn a_sale_is_pass_payment_ledger_and_card_at_once() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(ten()));
    let sale = SellPass { card: Some(Desk::counted(1)), given_cents: Some(60_000), ..desk.sale(who, &plan) };
    assert!(desk.room.fact(&sale, &()).is_empty());
    let (payment, card): (Payment, Card) = (desk.changed(), desk.changed());
    assert_eq!(
        (payment.label().as_str(), payment.total_cents, payment.change_cents(), payment.owed_cents()),
        ("A-000001", 50_000, 10_000, 0)
    );
    assert_eq!((card.number.as_str(), card.state), (Desk::counted(1).number().as_str(), CardState::Active));
    assert_eq!(desk.holdings(who)[0].visits_left, 10);
}

#[test]
fn what_is_not_paid_stays_owed_and_can_be_paid_later() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let sale = SellPass { tenders: vec![tender(TenderKind::Alipay, 20_000)], ..desk.sale(who, &plan) };
    assert!(desk.room.fact(&sale, &()).is_empty());
    assert_eq!(desk.balance(who.raw(), OWED_CENTS), 30_000);
    assert_eq!(desk.door(who).reason, DoorReason::Owes { owed_cents: 30_000 });
    assert!(desk.take(who, 30_000).is_empty());
    assert_eq!(desk.balance(who.raw(), OWED_CENTS), 0);
    assert_eq!(codes(&desk.take(who, 1)), ["paid_more_than_owed"]);
}

#[test]
fn prepaid_money_is_spent_paid_in_first_and_overdrawn_by_name() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let top_up = desk.plan(purse(30_000, 30_000));
    let purse = desk.sell(who, &top_up).0;
    let paid = |desk: &mut Desk| SellPass {
        tenders: vec![tender(TenderKind::StoredValue, 50_000)],
        ..desk.sale(who, &plan)
    };
    let sale = paid(&mut desk);
    assert!(desk.room.fact(&sale, &()).is_empty());
    let held = desk.holdings(who).into_iter().find(|h| h.pass.id == purse.id).unwrap();
    assert_eq!((held.principal_cents, held.gift_cents), (0, 10_000));
    let sale = paid(&mut desk);
    assert_eq!(codes(&desk.room.fact(&sale, &())), ["stored_value_overdrawn"]);
    let held = desk.holdings(who).into_iter().find(|h| h.pass.id == purse.id).unwrap();
    assert_eq!((held.principal_cents, held.gift_cents), (-40_000, 0));
}

/// A sale that is odd in one way raises exactly that.
#[track_caller]
fn check_doubt(want: &str, odd: impl Fn(&mut Desk, MemberId, &PlanRevision, SellPass) -> SellPass) {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let sale = desk.sale(who, &plan);
    let sale = odd(&mut desk, who, &plan, sale);
    assert_eq!(codes(&desk.room.fact(&sale, &())), [want]);
    let payment: Payment = desk.changed();
    assert_eq!(payment.total_cents, sale.price.cents, "the money is booked whatever was odd");
}

#[test]
fn odd_sales_are_recorded_with_an_exception() {
    check_doubt("member_unknown", |_, _, _, sale| SellPass {
        member_id: MemberId(Uuid::from_u128(9)),
        ..sale
    });
    check_doubt("plan_unknown", |_, _, _, sale| SellPass {
        revision_id: PlanRevisionId(Uuid::from_u128(9)),
        ..sale
    });
    check_doubt("price_not_the_plans", |_, _, _, sale| SellPass {
        price: Money::new(1, Currency::Cny),
        tenders: vec![tender(TenderKind::Cash, 1)],
        ..sale
    });
    check_doubt("price_out_of_date", |desk, _, plan, sale| {
        let draft = PlanDraft {
            name: plan.name.clone(),
            price: Money::new(60_000, Currency::Cny),
            rules: plan.rules.clone(),
        };
        desk.room.granted(&RevisePlan { plan_id: plan.plan_id, seen_revision: 1, draft }, &());
        sale
    });
    check_doubt("plan_retired", |desk, _, plan, sale| {
        desk.room.granted(&RetirePlan { plan_id: plan.plan_id }, &());
        sale
    });
    check_doubt("renewed_twice", |desk, who, plan, sale| {
        let first = desk.sell(who, plan).0;
        let from = first.valid_until.and_then(|until| until.succ_opt());
        let renewal =
            SellPass { start: StartChoice::AfterCurrent, valid_from: from, receipt: desk.receipt(), ..sale };
        desk.room.fact(&renewal, &());
        SellPass { receipt: desk.receipt(), ..renewal }
    });
    check_doubt("receipt_number_taken", |desk, who, plan, sale| {
        let taken = desk.sell(who, plan).1.number;
        SellPass { receipt: taken, ..sale }
    });
    check_doubt("card_number_taken", |desk, _, plan, sale| {
        let other = desk.member();
        let first = SellPass { card: Some(NewCard::Printed("lw 0471".to_owned())), ..desk.sale(other, plan) };
        desk.room.fact(&first, &());
        SellPass { card: Some(NewCard::Printed("LW-0471".to_owned())), ..sale }
    });
}

#[test]
fn a_revision_at_the_same_price_is_not_out_of_date() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let sale = desk.sale(who, &plan);
    let draft = PlanDraft {
        name: plan.name.clone(),
        price: plan.price,
        rules: PlanRules { freeze_days: 5, ..plan.rules.clone() },
    };
    desk.room.granted(&RevisePlan { plan_id: plan.plan_id, seen_revision: 1, draft }, &());
    assert!(desk.room.fact(&sale, &()).is_empty());
}

#[test]
fn a_taken_receipt_number_is_told_apart_and_nothing_is_lost() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let first = desk.sell(who, &plan).1;
    let again = SellPass { receipt: first.number.clone(), ..desk.sale(who, &plan) };
    desk.room.fact(&again, &());
    let second: Payment = desk.changed();
    assert_ne!(second.label(), first.label());
    assert!(second.label().starts_with("A-000001/"), "{}", second.label());
}

#[test]
fn two_cards_with_one_number_both_work() {
    let mut desk = Desk::open();
    let plan = desk.plan(month());
    let cards: Vec<Card> = (0..2)
        .map(|_| {
            let who = desk.member();
            let sale = SellPass { card: Some(NewCard::Printed("0471".to_owned())), ..desk.sale(who, &plan) };
            desk.room.fact(&sale, &());
            desk.changed()
        })
        .collect();
    assert_eq!((cards[0].shares_number, cards[1].shares_number), (false, true));
    assert!(cards.iter().all(|c| c.state == CardState::Active));
}

/// What no form of ours would send is held for a manager, and nothing is written.
#[track_caller]
fn check_malformed(spoil: impl Fn(SellPass) -> SellPass) {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let sale = desk.sale(who, &plan);
    let verdict = desk.room.run(Desk::input(&spoil(sale), &()));
    assert_eq!(verdict, Verdict::Held(Hold::Quarantined { why: Quarantined::Malformed }));
}

#[test]
fn sums_that_do_not_add_up_are_no_sale() {
    check_malformed(|sale| SellPass { tenders: vec![tender(TenderKind::Cash, 50_001)], ..sale });
    check_malformed(|sale| SellPass { tenders: vec![tender(TenderKind::Cash, -1)], ..sale });
    check_malformed(|sale| SellPass {
        tenders: vec![tender(TenderKind::Cash, 10), tender(TenderKind::Cash, 10)],
        ..sale
    });
    check_malformed(|sale| SellPass {
        tenders: vec![tender(TenderKind::Cash, i64::MAX), tender(TenderKind::Alipay, i64::MAX)],
        ..sale
    });
    check_malformed(|sale| SellPass { given_cents: Some(49_999), ..sale });
    check_malformed(|sale| SellPass { price: Money::new(-1, Currency::Cny), tenders: Vec::new(), ..sale });
    check_malformed(|sale| SellPass { valid_from: None, ..sale });
    check_malformed(|sale| SellPass { start: StartChoice::FirstUse, ..sale });
    check_malformed(|sale| SellPass { valid_from: Some(chrono::NaiveDate::MAX), ..sale });
    check_malformed(|sale| SellPass { card: Some(NewCard::Printed(" - ".to_owned())), ..sale });
    check_malformed(|sale| SellPass { receipt: Default::default(), ..sale });
}

#[test]
fn the_desk_may_sell_but_not_price() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    desk.room.role = Role::Desk;
    desk.sell(who, &plan);
    let verdict = desk.room.run(Desk::input(&RetirePlan { plan_id: plan.plan_id }, &()));
    assert!(matches!(verdict, Verdict::Decided { outcome: Outcome::Refused { .. }, .. }));
}

// Reversing

#[test]
fn a_reversal_takes_everything_back_under_its_own_number() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(ten()));
    let (pass, payment) = desk.sell(who, &plan);
    assert!(desk.reverse(&payment).is_empty());
    let reversal: Payment = desk.changed();
    assert_eq!(
        (reversal.total_cents, reversal.paid_cents, reversal.reverses, reversal.reason.as_str()),
        (-50_000, -50_000, Some(payment.id), "wrong person")
    );
    assert_eq!(desk.payment(payment.id), payment, "nothing is edited");
    assert_eq!(desk.visits_left(pass.id), 0);
    assert_eq!(desk.door(who).reason, DoorReason::NoPass);
}

#[test]
fn a_reversal_gives_prepaid_money_and_debts_back() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let top_up = desk.plan(purse(40_000, 5_000));
    let purse = desk.sell(who, &top_up).0;
    let sale = SellPass { tenders: vec![tender(TenderKind::StoredValue, 42_000)], ..desk.sale(who, &plan) };
    desk.room.fact(&sale, &());
    let payment: Payment = desk.changed();
    assert_eq!(desk.balance(who.raw(), OWED_CENTS), 8_000);
    desk.reverse(&payment);
    let held = desk.holdings(who).into_iter().find(|h| h.pass.id == purse.id).unwrap();
    assert_eq!(
        (held.principal_cents, held.gift_cents, desk.balance(who.raw(), OWED_CENTS)),
        (40_000, 5_000, 0)
    );
}

#[test]
fn odd_reversals_are_recorded_with_an_exception() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(ten()));
    let (_, payment) = desk.sell(who, &plan);
    desk.check_in(who);
    assert_eq!(codes(&desk.reverse(&payment)), ["visits_used_before"]);
    assert_eq!(codes(&desk.reverse(&payment)), ["reversed_before"]);
    let second: Payment = desk.changed();
    assert_eq!(
        (second.void, second.total_cents),
        (true, 0),
        "the number is used up, no money is booked twice"
    );
    assert_eq!(codes(&desk.reverse(&second)), ["not_reversible"]);
    let gone = Payment { id: PaymentId(Uuid::from_u128(9)), ..payment };
    assert_eq!(codes(&desk.reverse(&gone)), ["not_reversible"]);
}

#[test]
fn a_reversal_on_a_later_day_is_looked_at() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let (_, payment) = desk.sell(who, &plan);
    desk.later_days(1);
    assert_eq!(codes(&desk.reverse(&payment)), ["reversed_later"]);
}

#[test]
fn a_top_up_taken_back_after_spending_names_what_is_missing() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let top_up = desk.plan(purse(60_000, 0));
    let (_, topped) = desk.sell(who, &top_up);
    let sale = SellPass { tenders: vec![tender(TenderKind::StoredValue, 50_000)], ..desk.sale(who, &plan) };
    desk.room.fact(&sale, &());
    assert_eq!(codes(&desk.reverse(&topped)), ["value_spent_before"]);
}

// Cards

#[test]
fn a_lost_card_is_dead_and_the_new_one_keeps_everything() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let sale = SellPass { card: Some(Desk::counted(1)), ..desk.sale(who, &plan) };
    desk.room.fact(&sale, &());
    let card: Card = desk.changed();
    let end =
        EndCard { card_id: card.id, member_id: who, why: CardEnd::Lost, new_card: Some(Desk::counted(2)) };
    assert!(desk.room.fact(&end, &()).is_empty());
    assert_eq!(desk.room.get::<Card>(card.id).state, CardState::Lost);
    assert_eq!(desk.door(who).light, Light::Green);
    assert_eq!(codes(&desk.room.fact(&EndCard { new_card: None, ..end }, &())), ["card_not_active"]);
}

#[test]
fn a_card_can_be_handed_out_without_a_sale() {
    let mut desk = Desk::open();
    let (who, other) = (desk.member(), desk.member());
    let issue = |member_id| IssueCard { member_id, card: NewCard::Printed("LW-0471".to_owned()) };
    assert!(desk.room.fact(&issue(who), &()).is_empty());
    assert_eq!(codes(&desk.room.fact(&issue(other), &())), ["card_number_taken"]);
}

// The door

#[test]
fn a_visit_is_spent_at_once_and_given_back_by_undo() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(ten()));
    let pass = desk.sell(who, &plan).0;
    assert!(desk.check_in(who).is_empty());
    let visit = desk.last_visit(who);
    assert_eq!((visit.counted, visit.light, desk.visits_left(pass.id)), (Some((10, 9)), Light::Green, 9));
    assert!(desk.undo(who, visit.id).is_empty());
    assert_eq!((desk.visits_left(pass.id), desk.visits(who).unwrap().count), (10, 0));
    assert!(desk.room.get::<Visit>(visit.id).undone.is_some());
    assert_eq!(codes(&desk.undo(who, visit.id)), ["not_the_last_visit"]);
    desk.check_in(who);
    assert_eq!(desk.visits_left(pass.id), 9, "after an undo the next scan is a visit");
}

#[test]
fn twice_within_the_window_is_one_visit_with_both_scans() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(ten()));
    let pass = desk.sell(who, &plan).0;
    let seen = SeenAtDoor::from(&desk.door(who));
    desk.check_in_seeing(who, seen.clone());
    // The other device had not heard of the first scan.
    desk.later_minutes(179);
    assert!(desk.check_in_seeing(who, seen.clone()).is_empty());
    assert_eq!(
        (desk.visits_left(pass.id), desk.last_visit(who).scans.len(), desk.visits(who).unwrap().count),
        (9, 1, 1)
    );
    desk.later_minutes(1);
    desk.check_in(who);
    assert_eq!((desk.visits_left(pass.id), desk.visits(who).unwrap().count), (8, 2));
}

#[test]
fn a_scan_that_arrives_late_from_before_is_the_same_visit_too() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(ten()));
    let pass = desk.sell(who, &plan).0;
    let seen = SeenAtDoor::from(&desk.door(who));
    desk.check_in(who);
    desk.later_minutes(-100);
    desk.check_in_seeing(who, seen);
    assert_eq!(desk.visits_left(pass.id), 9);
}

#[test]
fn red_is_let_in_with_a_reason_and_listed_without_spending() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    desk.sell(who, &plan);
    desk.later_days(40);
    assert_eq!(desk.door(who).light, Light::Red);
    assert!(desk.check_in(who).is_empty());
    let listed: Vec<Visit> = desk.room.all(&Want::key::<Visit>(LET_IN_KEY, KeyValue::of(desk.today())));
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].let_in.as_deref(), listed[0].pass_id), (Some("pays tomorrow"), None));
}

#[test]
fn what_looked_fine_on_the_device_is_kept_with_an_exception() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let pass = desk.sell(who, &plan).0;
    desk.later_days(40);
    assert_eq!(codes(&desk.check_in_seeing(who, Desk::in_good_faith(&pass))), ["pass_had_ended"]);
    assert_eq!((desk.last_visit(who).light, desk.visits(who).unwrap().count), (Light::Green, 1));
}

#[test]
fn the_last_visit_spent_on_two_devices_goes_below_zero_by_name() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(one()));
    let pass = desk.sell(who, &plan).0;
    let seen = SeenAtDoor::from(&desk.door(who));
    desk.check_in_seeing(who, seen.clone());
    desk.later_minutes(600);
    assert_eq!(codes(&desk.check_in_seeing(who, seen)), ["no_visits_left"]);
    assert_eq!((desk.visits_left(pass.id), desk.last_visit(who).counted), (-1, Some((0, -1))));
}

#[test]
fn other_reasons_to_stop_are_told_too() {
    let mut desk = Desk::open();
    let who = desk.member();
    let seen = SeenAtDoor {
        light: Light::Green,
        reason: DoorReason::Runs { name: "x".to_owned(), until: None },
        pass_id: Some(PassId(Uuid::from_u128(9))),
    };
    assert_eq!(codes(&desk.check_in_seeing(who, seen.clone())), ["would_have_been_red"]);
    assert_eq!(codes(&desk.check_in_seeing(MemberId(Uuid::from_u128(8)), seen)), ["member_unknown"]);
    let incident = NotThePerson { member_id: who, card_id: None };
    assert_eq!(codes(&desk.room.fact(&incident, &())), ["lent_card"]);
    assert_eq!(codes(&desk.undo(who, VisitId(Uuid::from_u128(7)))), ["not_the_last_visit"]);
}

#[test]
fn a_dead_card_is_red_whoever_shows_it() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(month()));
    let sale = SellPass { card: Some(Desk::counted(1)), ..desk.sale(who, &plan) };
    desk.room.fact(&sale, &());
    let card: Card = desk.changed();
    desk.room.fact(&EndCard { card_id: card.id, member_id: who, why: CardEnd::Lost, new_card: None }, &());
    let seen = SeenAtDoor {
        light: Light::Green,
        reason: DoorReason::Runs { name: "x".to_owned(), until: None },
        pass_id: None,
    };
    let check_in = CheckIn { member_id: who, found: Found::Scan, card_id: Some(card.id), seen };
    assert_eq!(codes(&desk.room.fact(&check_in, &LetIn::default())), ["would_have_been_red"]);
}

#[test]
fn the_first_use_opens_a_pass_and_its_undo_closes_it() {
    let mut desk = Desk::open();
    let who = desk.member();
    let plan = desk.plan(PlanRules { starts: Starts::AtFirstUse, ..month() });
    let pass = desk.sell(who, &plan).0;
    assert!(pass.unopened && pass.valid_from.is_none());
    desk.later_days(30);
    desk.check_in(who);
    let opened = desk.holdings(who).remove(0).pass;
    assert_eq!((opened.unopened, opened.valid_from), (false, Some(desk.today())));
    assert_eq!(opened.valid_until, Some(Length::Months(1).last_day(desk.today())));
    let visit = desk.last_visit(who);
    desk.undo(who, visit.id);
    assert_eq!(desk.holdings(who).remove(0).pass, pass);
}

#[test]
fn time_goes_before_counts_and_the_soonest_end_first() {
    let mut desk = Desk::open();
    let who = desk.member();
    let plans = [ten(), rules(Grant::Lifetime), month()].map(|rules| desk.plan(rules));
    let passes = plans.each_ref().map(|plan| desk.sell_today(who, plan));
    desk.check_in(who);
    assert_eq!(desk.last_visit(who).pass_id, Some(passes[2].id));
    desk.later_days(60);
    desk.check_in(who);
    assert_eq!(desk.last_visit(who).pass_id, Some(passes[1].id));
    assert_eq!(desk.visits_left(passes[0].id), 10);
}

#[test]
fn the_last_paid_day_counts_until_closing_time() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(rules(Grant::Time { length: Length::Days(1) })));
    let settings: Settings = desk.room.get(settings_id(desk.room.studio));
    let change = ChangeSettings {
        seen_revision: settings.revision,
        name: settings.name,
        language: settings.language,
        sections: settings.sections,
        window_minutes: 0,
        closing_minute: 120,
        guardian_may_sign: true,
    };
    desk.room.granted(&change, &());
    desk.sell(who, &plan);
    // 09:00 + 15 h = midnight.
    desk.later_minutes(15 * 60 + 119);
    assert_ne!(desk.door(who).light, Light::Red);
    desk.later_minutes(1);
    assert_eq!(desk.door(who).light, Light::Red);
}

#[test]
fn deciding_again_gives_the_same_bytes() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(ten()));
    let sale = SellPass { card: Some(Desk::counted(1)), ..desk.sale(who, &plan) };
    let input = Desk::input(&sale, &());
    let first = desk.room.dry_run(input.clone());
    assert_eq!(desk.room.dry_run(input), first);
}

#[test]
fn a_month_counts_its_own_visits() {
    let mut desk = Desk::open();
    let (who, plan) = (desk.member(), desk.plan(ten()));
    desk.sell(who, &plan);
    desk.check_in(who);
    desk.later_days(1);
    assert_eq!(desk.door(who).month, (1, 2));
    desk.later_days(20);
    assert_eq!(desk.door(who).month, (0, 1));
    desk.check_in(who);
    assert_eq!((desk.visits(who).unwrap().count, desk.visits(who).unwrap().month_count), (2, 1));
}

#[test]
fn nothing_is_free_of_a_price_it_does_not_have() {
    let mut desk = Desk::open();
    let who = desk.member();
    let free = desk.plan_at(one(), Money::new(0, Currency::Cny));
    let (pass, payment) = desk.sell(who, &free);
    assert_eq!((payment.total_cents, payment.tenders.len()), (0, 0));
    assert_eq!(desk.visits_left(pass.id), 1);
    assert_eq!(desk.lines_sum(pass.id.raw(), VISITS), 1);
    assert_eq!(PRICE.cents, 50_000);
}

// Importing

mod importing {
    use std::collections::BTreeSet;

    use super::*;
    use crate::flow::import::{PassImported, PassPart, is_untouched, pass_changes, undo_changes, undo_wants};
    use crate::kernel::access::Role;
    use crate::kernel::decide::{Ctx, Decision};
    use crate::kernel::facts::{Answer, Facts};
    use crate::kernel::time::{Timestamp, Zone};
    use crate::kernel::{Authority, CommandId, DeviceId, PersonId, StudioId};
    use crate::passes::{Origin, Pass, PassKind};

    fn part() -> PassPart {
        PassPart::default()
    }

    fn ctx() -> Ctx {
        Ctx {
            command: CommandId(Uuid::from_u128(0x77)),
            studio: StudioId(Uuid::from_u128(0xA)),
            device: DeviceId(Uuid::from_u128(0xB)),
            actor: PersonId(Uuid::from_u128(0xC)),
            role: Role::Owner,
            effective_at: Timestamp(1_795_309_200_000),
            zone: Zone::default(),
            today: chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
            authority: Authority::Solo,
        }
    }

    /// Answers all wants of a part from a desk, in as many rounds as a decision has.
    fn facts(desk: &Desk, wants: impl Fn(&Facts) -> Vec<Want>) -> Facts {
        let mut facts = Facts::default();
        for _ in 0..3 {
            for want in wants(&facts) {
                if !facts.has(&want) {
                    let answer: Answer = desk.room.answer(&want);
                    facts.add(want, answer);
                }
            }
        }
        let settings = Want::id::<Settings>(settings_id(desk.room.studio));
        let answer = desk.room.answer(&settings);
        facts.add(settings, answer);
        facts
    }

    fn import(desk: &Desk, part: &PassPart, numbers: &mut BTreeSet<KeyValue>) -> (PassImported, Decision) {
        let facts = facts(desk, |f| part.wants(f));
        let mut decision = Decision::nothing();
        let done =
            pass_changes(&mut decision, &facts, &ctx(), MemberId(Uuid::from_u128(0xE)), part, 100, numbers);
        assert!(!facts.faulted());
        (done, decision)
    }

    fn pass_of(decision: &Decision) -> Pass {
        let body = decision.changes.iter().find(|c| c.kind == "pass").unwrap().body.clone().unwrap();
        serde_json::from_str(&body).unwrap()
    }

    #[test]
    fn visits_left_make_a_counted_pass_with_an_opening_line() {
        let desk = Desk::open();
        let row = PassPart { plan: " 10  VISITS ".to_owned(), visits_left: Some(7), ..part() };
        let (done, decision) = import(&desk, &row, &mut BTreeSet::new());
        let pass = pass_of(&decision);
        assert_eq!(
            (pass.kind, pass.name.as_str(), pass.plan_id.is_some(), pass.origin),
            (PassKind::Count, "10 visits", true, Origin::Imported)
        );
        assert_eq!(done.pass_id, Some(pass.id));
        let line = decision.changes.iter().find(|c| c.kind == "ledger_entry").unwrap().body.clone().unwrap();
        assert!(line.contains(r#""amount":7"#) && line.contains(r#""why":"imported""#), "{line}");
    }

    #[test]
    fn a_last_day_makes_a_pass_of_time_ended_ones_too() {
        let desk = Desk::open();
        let row = PassPart {
            plan: "Old gold".to_owned(),
            valid_until: Some(chrono::NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()),
            ..part()
        };
        let pass = pass_of(&import(&desk, &row, &mut BTreeSet::new()).1);
        assert_eq!(
            (pass.kind, pass.name.as_str(), pass.plan_id, pass.valid_until),
            (PassKind::Time, "Old gold", None, row.valid_until)
        );
        assert!(pass.valid_from <= pass.valid_until);
    }

    #[test]
    fn a_plan_without_an_end_is_no_pass_and_says_so() {
        let desk = Desk::open();
        let row = PassPart { plan: "Month".to_owned(), ..part() };
        let (done, decision) = import(&desk, &row, &mut BTreeSet::new());
        assert_eq!((done.pass_id, done.end_missing, decision.changes.len()), (None, true, 0));
        assert_eq!(import(&desk, &part(), &mut BTreeSet::new()).0, PassImported::default());
    }

    #[test]
    fn a_lifetime_plan_needs_no_end() {
        let mut desk = Desk::open();
        let name = desk.plan(rules(Grant::Lifetime)).name;
        let (done, decision) = import(&desk, &PassPart { plan: name, ..part() }, &mut BTreeSet::new());
        assert_eq!((pass_of(&decision).kind, done.end_missing), (PassKind::Lifetime, false));
    }

    #[test]
    fn a_number_twice_in_one_file_is_kept_twice_and_told() {
        let desk = Desk::open();
        let mut numbers = BTreeSet::new();
        let row = PassPart { card_number: "LW-0471".to_owned(), ..part() };
        let first = import(&desk, &row, &mut numbers);
        let second = import(&desk, &row, &mut numbers);
        assert!(!first.0.card_taken && second.0.card_taken);
        assert_eq!(second.1.exceptions.len(), 1);
        assert!(second.0.card_id.is_some());
    }

    #[test]
    fn rows_out_of_range_are_not_well_formed() {
        assert!(part().is_well_formed());
        assert!(!PassPart { visits_left: Some(10_001), ..part() }.is_well_formed());
        assert!(!PassPart { plan: "x".repeat(61), ..part() }.is_well_formed());
        assert!(!PassPart { card_number: "x".repeat(41), ..part() }.is_well_formed());
    }

    #[test]
    fn an_untouched_import_goes_without_a_trace_in_the_balance() {
        let mut desk = Desk::open();
        let row = PassPart { visits_left: Some(7), card_number: "LW-0471".to_owned(), ..part() };
        let decision = import(&desk, &row, &mut BTreeSet::new()).1;
        let pass = pass_of(&decision);
        desk.room.settle(&decision.changes);
        let who = pass.member_id;
        let facts = facts(&desk, |f| undo_wants(who, f));
        assert!(is_untouched(who, &facts));
        let mut undo = Decision::nothing();
        undo_changes(&mut undo, &facts, &ctx(), who, 9_000);
        desk.room.settle(&undo.changes);
        assert_eq!((desk.visits_left(pass.id), desk.lines_sum(pass.id.raw(), VISITS)), (0, 0));
        assert!(desk.holdings(who).is_empty());
        // The number is free again.
        assert!(!import(&desk, &row, &mut BTreeSet::new()).0.card_taken);
    }

    #[test]
    fn an_import_that_was_used_stays() {
        let mut desk = Desk::open();
        let who = desk.member();
        let plan = desk.plan(month());
        desk.sell(who, &plan);
        let facts = facts(&desk, |f| undo_wants(who, f));
        assert!(!is_untouched(who, &facts));
    }
}
