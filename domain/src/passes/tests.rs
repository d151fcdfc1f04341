use super::cards::{self, Scan};
use super::*;
use crate::kernel::ids::{StudioId, Uuid};
use crate::kernel::money::Currency;
use crate::kernel::number::{Number, damm};
use crate::plans::{Grant, PlanRevision, PlanRules, Starts};
use proptest::prelude::*;

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Today in these tests.
pub(crate) fn today() -> NaiveDate {
    day("2026-11-22")
}

/// A pass that runs from 1 November without an end, sold in that order.
pub(crate) fn pass(n: u128, kind: PassKind) -> Pass {
    Pass {
        id: PassId(Uuid::from_u128(n)),
        member_id: MemberId(Uuid::from_u128(0xE)),
        kind,
        name: format!("P{n}"),
        plan_id: None,
        revision_id: None,
        valid_from: Some(day("2026-11-01")),
        valid_until: None,
        opens_for: None,
        unopened: false,
        sections: Vec::new(),
        freezes: Vec::new(),
        grace_days: 0,
        sold_at: Timestamp(i64::try_from(n).unwrap()),
        price: Money::new(0, Currency::Cny),
        payment_id: None,
        origin: Origin::Sold,
        reversed_at: None,
    }
}

pub(crate) fn held(pass: Pass, visits_left: i64) -> Holding {
    Holding { pass, visits_left, visits_reserved: 0, principal_cents: 0, gift_cents: 0 }
}

/// A time pass until a day.
pub(crate) fn until(n: u128, text: &str) -> Holding {
    held(Pass { valid_until: Some(day(text)), ..pass(n, PassKind::Time) }, 0)
}

pub(crate) fn count(n: u128, visits_left: i64) -> Holding {
    held(pass(n, PassKind::Count), visits_left)
}

/// Standing and passes in, status and the pass that decided out.
#[track_caller]
fn check(standing: Standing, holdings: &[Holding], want: Status, by: Option<u128>) {
    let got = explain(standing, holdings, Moment::day(today()));
    assert_eq!(
        (got.status, got.pass_id),
        (want, by.map(|n| PassId(Uuid::from_u128(n)))),
        "{:?}",
        got.because
    );
}

#[test]
fn all_that_was_bought_counts_and_the_best_decides() {
    let frozen = Pass {
        freezes: vec![Span { from: day("2026-11-20"), until: day("2026-11-25") }],
        ..pass(7, PassKind::Time)
    };
    let grace = Pass { grace_days: 5, ..until(8, "2026-11-18").pass };
    let ahead = Pass { valid_from: Some(day("2026-12-01")), ..pass(9, PassKind::Time) };
    let reversed = Pass { reversed_at: Some(Timestamp(1)), ..pass(6, PassKind::Time) };
    check(Standing::Good, &[], Status::Applicant, None);
    check(Standing::Good, &[held(pass(1, PassKind::StoredValue), 0)], Status::Applicant, None);
    check(Standing::Good, &[held(reversed, 0)], Status::Applicant, None);
    check(Standing::Good, &[until(1, "2026-11-22")], Status::Active, Some(1));
    check(Standing::Good, &[until(1, "2026-11-21")], Status::Expired, Some(1));
    check(Standing::Good, &[until(1, "2025-11-22")], Status::Expired, Some(1));
    check(Standing::Good, &[until(1, "2025-11-21")], Status::Lapsed, Some(1));
    check(Standing::Good, &[count(1, 0)], Status::Expired, Some(1));
    check(Standing::Good, &[count(1, 0), until(2, "2026-12-01")], Status::Active, Some(2));
    check(Standing::Good, &[until(1, "2026-11-01"), until(2, "2026-11-21")], Status::Expired, Some(2));
    check(Standing::Good, &[until(1, "2026-12-01"), until(2, "2027-12-01")], Status::Active, Some(2));
    check(Standing::Good, &[held(frozen.clone(), 0)], Status::Frozen, Some(7));
    check(Standing::Good, &[held(frozen, 0), count(1, 3)], Status::Active, Some(1));
    check(Standing::Good, &[held(grace.clone(), 0)], Status::Grace, Some(8));
    check(Standing::Good, &[held(Pass { grace_days: 3, ..grace }, 0)], Status::Expired, Some(8));
    check(Standing::Good, &[held(ahead.clone(), 0)], Status::Applicant, Some(9));
    check(Standing::Good, &[held(ahead, 0), until(1, "2026-11-01")], Status::Expired, Some(9));
}

#[test]
fn decisions_about_a_person_go_before_any_pass() {
    let fine = [until(1, "2027-01-01")];
    check(Standing::UnderReview, &fine, Status::Applicant, None);
    check(Standing::Suspended { until: day("2026-11-22") }, &fine, Status::Suspended, None);
    check(Standing::Suspended { until: day("2026-11-21") }, &fine, Status::Active, Some(1));
    check(Standing::Left { on: day("2026-11-21") }, &fine, Status::Left, None);
    check(Standing::Left { on: day("2026-11-22") }, &fine, Status::Active, Some(1));
    check(Standing::Excluded { on: today() }, &fine, Status::Excluded, None);
}

#[test]
fn lifetime_never_expires_and_named_counts_keep_their_value() {
    let slipped = held(Pass { valid_until: Some(day("2020-01-01")), ..pass(1, PassKind::Lifetime) }, 0);
    check(Standing::Good, &[slipped], Status::Active, Some(1));
    let purse = Holding { principal_cents: 5, ..held(pass(1, PassKind::StoredValue), 0) };
    let later = Moment::day(day("2126-11-22"));
    assert_eq!(explain(Standing::Good, std::slice::from_ref(&purse), later).status, Status::Applicant);
    assert_eq!(purse.principal_cents, 5);
    assert_eq!(explain(Standing::Good, &[count(1, 3)], later).status, Status::Active);
}

#[test]
fn an_explanation_says_when_it_would_change() {
    let at = |holding: Holding| explain(Standing::Good, &[holding], Moment::day(today())).changes_on;
    assert_eq!(at(until(1, "2026-12-01")), Some(day("2026-12-02")));
    assert_eq!(at(until(1, "2026-11-01")), Some(day("2027-11-02")));
    assert_eq!(at(count(1, 1)), None);
}

#[test]
fn the_last_paid_day_counts_until_closing_time() {
    let zone = crate::kernel::Zone::default();
    let last = until(1, "2026-11-22");
    for (minute, closing, want) in
        [(30, 0, Status::Expired), (30, 60, Status::Active), (60, 60, Status::Expired)]
    {
        let moment = Moment::at(zone.instant(day("2026-11-23"), minute), zone, closing);
        assert_eq!(
            explain(Standing::Good, std::slice::from_ref(&last), moment).status,
            want,
            "{minute} {closing}"
        );
    }
}

proptest! {
    /// One more pass never makes somebody worse off.
    #[test]
    fn a_purchase_can_only_help(ends in prop::collection::vec((0u32..800, prop::bool::ANY), 0..5), more in 0u32..800) {
        let make = |(i, (days, counted)): (usize, &(u32, bool))| {
            let end = day("2025-06-01") + chrono::Days::new(u64::from(*days));
            let n = u128::try_from(i).unwrap() + 1;
            let kind = if *counted { PassKind::Count } else { PassKind::Time };
            held(Pass { valid_from: Some(day("2025-05-01")), valid_until: Some(end), ..pass(n, kind) }, i64::from(days % 3))
        };
        let mut all: Vec<Holding> = ends.iter().enumerate().map(make).collect();
        let before = explain(Standing::Good, &all, Moment::day(today())).status;
        all.push(make((9, &(more, false))));
        let after = explain(Standing::Good, &all, Moment::day(today())).status;
        prop_assert!(after.is_valid() || !before.is_valid());
        prop_assert!(!(before == Status::Expired && after == Status::Lapsed));
    }

    /// Time alone never makes an ended member active again.
    #[test]
    fn status_only_falls_with_time(end in 0u32..400, steps in prop::collection::vec(1u32..200, 1..8)) {
        let holding = [held(Pass { valid_until: Some(today() + chrono::Days::new(u64::from(end))), grace_days: 10, ..pass(1, PassKind::Time) }, 0)];
        let order = [Status::Active, Status::Grace, Status::Expired, Status::Lapsed];
        let mut on = today();
        let mut place = 0;
        for step in steps {
            on = on + chrono::Days::new(u64::from(step));
            let status = explain(Standing::Good, &holding, Moment::day(on)).status;
            let now = order.iter().position(|s| *s == status).unwrap();
            prop_assert!(now >= place);
            place = now;
        }
    }

    /// Every code reads back, and only in its own studio.
    #[test]
    fn codes_read_back_here_and_nowhere_else(number in "[A-Z0-9]{1,20}", other in 2u128..1000) {
        let (here, there) = (StudioId(Uuid::from_u128(1)), StudioId(Uuid::from_u128(other)));
        let code = cards::code(here, &number);
        prop_assert_eq!(cards::read_scan(here, &code), Scan::Ours { number: number.clone() });
        // Two bytes of check: one code in 65,536 of another club passes.
        if cards::code(there, &number) != code {
            prop_assert_eq!(cards::read_scan(there, &code), Scan::Foreign);
        }
    }
}

// Quotes

fn revision(grant: Grant, starts: Starts) -> PlanRevision {
    PlanRevision {
        id: PlanRevisionId(Uuid::from_u128(1)),
        plan_id: PlanId(Uuid::from_u128(2)),
        revision: 1,
        name: "Month".to_owned(),
        price: Money::new(30_000, Currency::Cny),
        rules: PlanRules { starts, ..crate::flow::fixture::rules(grant) },
        since: Timestamp(0),
        by: crate::kernel::PersonId(Uuid::nil()),
    }
}

const MONTH: Grant = Grant::Time { length: Length::Months(1) };

/// A plan and what is held in, the ways to begin out.
#[track_caller]
fn check_quote(
    grant: Grant,
    starts: Starts,
    holdings: &[Holding],
    want: &[(StartChoice, Option<&str>, Option<&str>)],
) {
    let got: Vec<_> = quote(&revision(grant, starts), holdings, today())
        .options
        .iter()
        .map(|o| (o.start, o.valid_from, o.valid_until))
        .collect();
    let want: Vec<_> =
        want.iter().map(|(start, from, until)| (*start, from.map(day), until.map(day))).collect();
    assert_eq!(got, want);
}

#[test]
fn a_quote_shows_the_dates_before_anything_is_sold() {
    use StartChoice::{AfterCurrent, FirstUse, FromOldEnd, Today};
    let now = (Today, Some("2026-11-22"), Some("2026-12-21"));
    check_quote(MONTH, Starts::AtPurchase, &[], &[now]);
    check_quote(
        MONTH,
        Starts::AtPurchase,
        &[until(1, "2026-12-05")],
        &[(AfterCurrent, Some("2026-12-06"), Some("2027-01-05")), now],
    );
    check_quote(
        MONTH,
        Starts::AtPurchase,
        &[until(1, "2026-11-22")],
        &[(AfterCurrent, Some("2026-11-23"), Some("2026-12-22")), now],
    );
    check_quote(
        MONTH,
        Starts::AtPurchase,
        &[until(1, "2026-11-10")],
        &[now, (FromOldEnd, Some("2026-11-11"), Some("2026-12-10"))],
    );
    check_quote(MONTH, Starts::AtPurchase, &[until(1, "2026-11-21")], &[now]);
    check_quote(MONTH, Starts::AtPurchase, &[until(1, "2026-10-10")], &[now]);
    check_quote(MONTH, Starts::AtPurchase, &[count(1, 5)], &[now]);
    check_quote(MONTH, Starts::AtFirstUse, &[], &[(FirstUse, None, None), now]);
    check_quote(Grant::Lifetime, Starts::AtFirstUse, &[], &[(Today, Some("2026-11-22"), None)]);
    check_quote(
        Grant::Count { visits: 10, length: None },
        Starts::AtPurchase,
        &[until(1, "2026-12-05")],
        &[(Today, Some("2026-11-22"), None)],
    );
}

#[test]
fn renewing_goes_on_only_within_the_same_branches() {
    let mut other = until(1, "2026-12-05");
    other.pass.sections = vec![Section::Outdoor];
    assert_eq!(quote(&revision(MONTH, Starts::AtPurchase), &[other], today()).options.len(), 1);
}

// Cards

#[test]
fn a_scanner_on_another_keyboard_is_understood() {
    let studio = StudioId(Uuid::from_u128(1));
    let code = cards::code(studio, "0010001236");
    for read in [
        code.clone(),
        code.to_lowercase(),
        code.replace(':', "Ö").replace('Ö', ";"),
        code.replace(['-', ':'], ""),
    ] {
        assert_eq!(cards::read_scan(studio, &read), Scan::Ours { number: "0010001236".to_owned() }, "{read}");
    }
    assert_eq!(cards::read_scan(studio, "RC1:0010001236-0000"), Scan::Foreign);
    for typed in ["", "RC1", "RC1:", "lin yue", "138 0013 8000"] {
        assert!(matches!(cards::read_scan(studio, typed), Scan::Typed(_)), "{typed}");
    }
}

#[test]
fn a_slip_of_the_finger_is_noticed() {
    let number = Number { series: "A".to_owned(), n: 123 }.digits();
    assert_eq!(damm(&number), Some(0));
    assert!(!cards::looks_mistyped(&number));
    assert!(cards::looks_mistyped("0010001234"));
    assert!(!cards::looks_mistyped("13800138000"));
}
