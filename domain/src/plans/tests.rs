use super::*;
use crate::flow::fixture::{Desk, rules};
use crate::kernel::money::{Currency, Money};

fn draft(name: &str, cents: i64, grant: Grant) -> PlanDraft {
    PlanDraft { name: name.to_owned(), price: Money::new(cents, Currency::Cny), rules: rules(grant) }
}

const MONTH: Grant = Grant::Time { length: Length::Months(1) };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A new plan that must be refused.
#[track_caller]
fn check_refused(draft: PlanDraft, want: PlanRefusal) {
    assert_eq!(Desk::open().room.refused(&OfferPlan { draft }, &()), want);
}

#[test]
fn a_plan_that_cannot_be_sold_is_refused_with_its_reason() {
    let length = PlanRefusal::LengthOutOfRange { max_days: LENGTH_DAYS_MAX, max_months: LENGTH_MONTHS_MAX };
    let price = PlanRefusal::PriceOutOfRange { max_cents: PRICE_CENTS_MAX };
    let visits = PlanRefusal::VisitsOutOfRange { max: VISITS_MAX };
    let value = PlanRefusal::ValueOutOfRange { max_cents: PRICE_CENTS_MAX };
    check_refused(draft(" \u{200b} ", 1, MONTH), PlanRefusal::NameMissing);
    check_refused(draft("month", 1, MONTH), PlanRefusal::NameTaken { name: "month".to_owned() });
    check_refused(draft("x", -1, MONTH), price.clone());
    check_refused(draft("x", PRICE_CENTS_MAX + 1, MONTH), price);
    check_refused(
        PlanDraft { price: Money::new(1, Currency::Usd), ..draft("x", 1, MONTH) },
        PlanRefusal::CurrencyDiffers { studio: Currency::Cny },
    );
    check_refused(draft("x", 1, Grant::Time { length: Length::Days(0) }), length.clone());
    check_refused(draft("x", 1, Grant::Time { length: Length::Months(121) }), length.clone());
    check_refused(draft("x", 1, Grant::Count { visits: 10, length: Some(Length::Days(3_661)) }), length);
    check_refused(draft("x", 1, Grant::Count { visits: 0, length: None }), visits.clone());
    check_refused(draft("x", 1, Grant::Count { visits: 10_001, length: None }), visits);
    check_refused(draft("x", 1, Grant::StoredValue { principal_cents: 0, gift_cents: 0 }), value.clone());
    check_refused(draft("x", 1, Grant::StoredValue { principal_cents: 1, gift_cents: -1 }), value);
    let spare = PlanDraft { rules: PlanRules { grace_days: 367, ..rules(MONTH) }, ..draft("x", 1, MONTH) };
    check_refused(spare, PlanRefusal::SpareDaysOutOfRange { max: SPARE_DAYS_MAX });
}

#[test]
fn a_revision_adds_and_the_old_one_stays() {
    let mut desk = Desk::open();
    let first = desk.plan(rules(MONTH));
    let revise =
        RevisePlan { plan_id: first.plan_id, seen_revision: 1, draft: draft("Dearer", 70_000, MONTH) };
    desk.room.granted(&revise, &());
    let plan: Plan = desk.room.get(first.plan_id);
    assert_eq!((plan.name.as_str(), plan.revision), ("Dearer", 2));
    assert_eq!(desk.room.get::<PlanRevision>(first.id), first);
    assert_eq!(desk.room.get::<PlanRevision>(plan.revision_id).price.cents, 70_000);
    assert_eq!(desk.room.refused(&revise, &()), PlanRefusal::RevisedMeanwhile);
    let unknown = RevisePlan { plan_id: PlanId(crate::kernel::ids::Uuid::from_u128(1)), ..revise };
    assert_eq!(desk.room.refused(&unknown, &()), PlanRefusal::Unknown);
}

#[test]
fn a_plan_is_retired_and_restored_once_each() {
    let mut desk = Desk::open();
    let plan_id = desk.plan(rules(MONTH)).plan_id;
    assert_eq!(desk.room.refused(&RestorePlan { plan_id }, &()), PlanRefusal::OnSale);
    desk.room.granted(&RetirePlan { plan_id }, &());
    assert_eq!(desk.room.refused(&RetirePlan { plan_id }, &()), PlanRefusal::RetiredBefore);
    let name = desk.room.get::<Plan>(plan_id).name;
    desk.room.granted(&OfferPlan { draft: draft(&name, 1, MONTH) }, &());
    assert_eq!(desk.room.refused(&RestorePlan { plan_id }, &()), PlanRefusal::NameTaken { name });
}

#[test]
fn a_new_studio_can_sell_at_once() {
    let desk = Desk::open();
    let names: Vec<String> = desk.plans().into_iter().map(|p| p.name).collect();
    assert_eq!(names, ["Month", "Quarter", "Year", "10 visits", "Single visit"]);
}

#[test]
fn presets_are_plans_we_would_accept_in_every_currency() {
    for currency in Currency::ALL {
        for (preset, language) in PRESETS.iter().zip(["en", "zh-Hans", "zh-Hant", "en", "fr"]) {
            let draft = draft_of(preset, language, currency);
            assert_eq!(draft.check(currency), Ok(()), "{} {}", draft.name, currency.code());
            assert!(draft.price.cents > 0);
        }
    }
}

/// First day and length in, last day out.
#[track_caller]
fn check_last_day(from: &str, length: Length, want: &str) {
    assert_eq!(length.last_day(day(from)), day(want), "{from} {length:?}");
}

#[test]
fn a_month_ends_the_day_before_its_like() {
    check_last_day("2026-11-22", Length::Months(1), "2026-12-21");
    check_last_day("2026-11-01", Length::Months(1), "2026-11-30");
    check_last_day("2026-12-01", Length::Months(12), "2027-11-30");
    check_last_day("2028-02-29", Length::Months(12), "2029-02-28");
    check_last_day("2027-02-28", Length::Months(12), "2028-02-27");
}

#[test]
fn nobody_loses_a_day_by_starting_on_the_31st() {
    check_last_day("2027-01-31", Length::Months(1), "2027-02-28");
    check_last_day("2028-01-31", Length::Months(1), "2028-02-29");
    check_last_day("2027-01-28", Length::Months(1), "2027-02-27");
    check_last_day("2026-10-31", Length::Months(1), "2026-11-30");
}

#[test]
fn days_count_the_first_one() {
    check_last_day("2026-11-22", Length::Days(1), "2026-11-22");
    check_last_day("2026-11-22", Length::Days(30), "2026-12-21");
}
