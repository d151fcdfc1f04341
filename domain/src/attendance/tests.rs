use super::*;
use crate::passes::cards::CardState;
use crate::passes::tests::{count, day, held, pass, today, until};
use crate::passes::{Holding, Moment, Pass, PassKind, Span, Standing};
use crate::plans::Length;

const NOON: Timestamp = Timestamp(1_795_320_000_000);

fn facts<'a>(holdings: &'a [Holding]) -> DoorFacts<'a> {
    DoorFacts {
        standing: Standing::Good,
        holdings,
        visits: None,
        owed_cents: 0,
        card: None,
        rules: DoorRules { window_minutes: 180 },
    }
}

/// What is known in, light, reason and next action out.
#[track_caller]
fn check(facts: DoorFacts<'_>, light: Light, reason: DoorReason, next: Next) {
    let answer = door(&facts, NOON, Moment::day(today()));
    assert_eq!((answer.light, answer.reason, answer.next), (light, reason, next));
    assert_eq!(answer.light == Light::Red, light == Light::Red);
}

fn named(n: u128) -> String {
    format!("P{n}")
}

#[test]
fn green_for_what_runs() {
    let lasting = until(1, "2027-01-01");
    check(
        facts(&[lasting]),
        Light::Green,
        DoorReason::Runs { name: named(1), until: Some(day("2027-01-01")) },
        Next::CheckIn,
    );
    check(
        facts(&[held(pass(1, PassKind::Lifetime), 0)]),
        Light::Green,
        DoorReason::Runs { name: named(1), until: None },
        Next::CheckIn,
    );
    check(facts(&[count(1, 5)]), Light::Green, DoorReason::Spends { name: named(1), left: 4 }, Next::CheckIn);
    let fresh = Pass {
        valid_from: None,
        unopened: true,
        opens_for: Some(Length::Days(30)),
        ..pass(1, PassKind::Time)
    };
    check(
        facts(&[held(fresh, 0)]),
        Light::Green,
        DoorReason::Opens { name: named(1), until: Some(day("2026-12-21")) },
        Next::CheckIn,
    );
}

#[test]
fn amber_for_what_is_worth_a_word() {
    let soon = until(1, "2026-11-25");
    check(
        facts(std::slice::from_ref(&soon)),
        Light::Amber,
        DoorReason::EndsSoon { name: named(1), until: day("2026-11-25"), days: 3 },
        Next::Renew,
    );
    check(
        facts(&[until(1, "2026-11-29")]),
        Light::Green,
        DoorReason::Runs { name: named(1), until: Some(day("2026-11-29")) },
        Next::CheckIn,
    );
    check(facts(&[count(1, 2)]), Light::Amber, DoorReason::FewLeft { name: named(1), left: 1 }, Next::Renew);
    check(facts(&[count(1, 1)]), Light::Amber, DoorReason::FewLeft { name: named(1), left: 0 }, Next::Renew);
    let grace = Pass { grace_days: 5, ..until(1, "2026-11-20").pass };
    check(
        facts(&[held(grace, 0)]),
        Light::Amber,
        DoorReason::InGrace { name: named(1), ended_on: day("2026-11-20"), until: day("2026-11-25") },
        Next::Renew,
    );
    let owing = DoorFacts { owed_cents: 300, ..facts(std::slice::from_ref(&soon)) };
    check(owing, Light::Amber, DoorReason::Owes { owed_cents: 300 }, Next::TakePayment);
}

#[test]
fn who_has_renewed_is_not_asked_again() {
    let next = Pass {
        valid_from: Some(day("2026-11-26")),
        valid_until: Some(day("2026-12-25")),
        ..pass(2, PassKind::Time)
    };
    let both = [until(1, "2026-11-25"), held(next, 0)];
    check(
        facts(&both),
        Light::Green,
        DoorReason::Runs { name: named(1), until: Some(day("2026-11-25")) },
        Next::CheckIn,
    );
}

#[test]
fn red_says_what_is_missing() {
    check(facts(&[]), Light::Red, DoorReason::NoPass, Next::Sell);
    let purse = Holding { principal_cents: 500, gift_cents: 50, ..held(pass(1, PassKind::StoredValue), 0) };
    check(facts(&[purse]), Light::Red, DoorReason::OnlyStoredValue { left_cents: 550 }, Next::Sell);
    check(
        facts(&[until(1, "2026-11-20")]),
        Light::Red,
        DoorReason::Ended { name: named(1), on: day("2026-11-20"), days: 2 },
        Next::Renew,
    );
    check(facts(&[count(1, 0)]), Light::Red, DoorReason::UsedUp { name: named(1) }, Next::Renew);
    check(facts(&[count(1, -1)]), Light::Red, DoorReason::UsedUp { name: named(1) }, Next::Renew);
    let ahead = Pass { valid_from: Some(day("2026-12-01")), ..pass(1, PassKind::Time) };
    check(
        facts(&[held(ahead, 0), until(2, "2026-11-01")]),
        Light::Red,
        DoorReason::BeginsLater { name: named(1), from: day("2026-12-01") },
        Next::Sell,
    );
    let paused =
        Pass { freezes: vec![Span { from: today(), until: day("2026-11-30") }], ..pass(1, PassKind::Time) };
    check(
        facts(&[held(paused, 0)]),
        Light::Red,
        DoorReason::Paused { name: named(1), until: day("2026-11-30") },
        Next::AskManager,
    );
    let reversed = Pass { reversed_at: Some(Timestamp(1)), ..pass(1, PassKind::Time) };
    check(facts(&[held(reversed, 0)]), Light::Red, DoorReason::NoPass, Next::Sell);
}

#[test]
fn red_for_decisions_and_dead_cards_whatever_was_bought() {
    let fine = [until(1, "2027-01-01")];
    let stands = |standing, reason| {
        check(DoorFacts { standing, ..facts(&fine) }, Light::Red, reason, Next::AskManager);
    };
    stands(Standing::UnderReview, DoorReason::UnderReview);
    stands(Standing::Suspended { until: today() }, DoorReason::Suspended { until: today() });
    stands(Standing::Left { on: day("2026-11-01") }, DoorReason::Left { on: day("2026-11-01") });
    stands(Standing::Excluded { on: today() }, DoorReason::Excluded { on: today() });
    for state in [CardState::Lost, CardState::Replaced, CardState::Spoiled] {
        check(
            DoorFacts { card: Some(state), ..facts(&fine) },
            Light::Red,
            DoorReason::DeadCard { state },
            Next::NewCard,
        );
    }
    check(
        DoorFacts { card: Some(CardState::Active), ..facts(&fine) },
        Light::Green,
        DoorReason::Runs { name: named(1), until: Some(day("2027-01-01")) },
        Next::CheckIn,
    );
}

#[test]
fn a_used_up_pass_stands_in_nobodys_way() {
    let both = [count(1, 0), until(2, "2027-01-01")];
    check(
        facts(&both),
        Light::Green,
        DoorReason::Runs { name: named(2), until: Some(day("2027-01-01")) },
        Next::CheckIn,
    );
}

#[test]
fn the_soonest_to_end_is_spent_and_time_goes_before_counts() {
    let ending = Holding {
        visits_left: 5,
        ..held(Pass { valid_until: Some(day("2026-12-01")), ..pass(2, PassKind::Count) }, 5)
    };
    let spent = |holdings: &[Holding]| door(&facts(holdings), NOON, Moment::day(today())).pass.unwrap().name;
    assert_eq!(spent(&[count(1, 5), ending.clone()]), "P2");
    assert_eq!(spent(&[count(1, 5), count(3, 5)]), "P1", "of two without an end the older");
    assert_eq!(spent(&[ending, held(pass(4, PassKind::Lifetime), 0)]), "P4");
    assert_eq!(spent(&[until(5, "2027-02-01"), until(6, "2027-01-01")]), "P6");
}

fn visit(n: u128, at: Timestamp) -> Visit {
    Visit {
        id: VisitId(ids::Uuid::from_u128(n)),
        member_id: MemberId::default(),
        on: today(),
        at,
        found: Found::Search,
        light: Light::Green,
        reason: DoorReason::NoPass,
        let_in: None,
        pass_id: None,
        entry: None,
        counted: None,
        opened: false,
        scans: Vec::new(),
        booking_id: None,
        undone: None,
        device: DeviceId::default(),
        by: PersonId::default(),
    }
}

#[test]
fn a_second_scan_is_told_and_spends_nothing() {
    let mut visits = MemberVisits::none(MemberId::default(), today());
    let at = NOON.plus_ms(-60_000);
    visits.add(visit(1, at));
    let holdings = [count(1, 5)];
    let facts = DoorFacts { visits: Some(&visits), ..facts(&holdings) };
    let answer = door(&facts, NOON, Moment::day(today()));
    assert_eq!(
        (answer.light, answer.reason, answer.pass, answer.month),
        (Light::Amber, DoorReason::AlreadyIn { at }, None, (1, 1))
    );
}

#[test]
fn a_visit_that_arrives_late_is_counted_in_its_place() {
    let mut visits = MemberVisits::none(MemberId::default(), today());
    visits.add(visit(1, NOON));
    visits.add(visit(2, NOON.plus_ms(-86_400_000)));
    assert_eq!((visits.count, visits.last_at(), visits.month_count), (2, Some(NOON), 2));
    assert_eq!(visits.within(NOON.plus_ms(-86_400_000), 1).map(|v| v.id), Some(visit(2, NOON).id));
    for n in 3..9 {
        visits.add(visit(n, NOON.plus_ms(i64::try_from(n).unwrap())));
    }
    assert_eq!((visits.count, visits.recent.len()), (8, 3));
}
