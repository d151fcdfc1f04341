//! Laws that hold however a day goes.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::fixture::{Desk, rules, tender};
use crate::flow::sell::SellPass;
use crate::kernel::ids::Id;
use crate::members::MemberId;
use crate::passes::{GIFT_CENTS, PRINCIPAL_CENTS, PassId, VISITS};
use crate::payments::{OWED_CENTS, Payment, TenderKind};
use crate::plans::{Grant, Length};

#[derive(Debug, Clone)]
pub(super) enum Deed {
    SellTen { paid_cents: i64 },
    SellMonth { stored_value_cents: i64 },
    TopUp,
    CheckIn,
    Undo,
    Reverse { which: usize },
    Take { cents: i64 },
    Wait { minutes: i64 },
}

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (0..=50_000i64).prop_map(|paid_cents| Deed::SellTen { paid_cents }),
        (0..=50_000i64).prop_map(|stored_value_cents| Deed::SellMonth { stored_value_cents }),
        Just(Deed::TopUp),
        Just(Deed::CheckIn),
        Just(Deed::CheckIn),
        Just(Deed::Undo),
        (0..8usize).prop_map(|which| Deed::Reverse { which }),
        (1..=40_000i64).prop_map(|cents| Deed::Take { cents }),
        (1..=3_000i64).prop_map(|minutes| Deed::Wait { minutes }),
    ]
}

/// A day at the desk with one member.
pub(super) struct Day {
    pub(super) desk: Desk,
    pub(super) who: MemberId,
    payments: Vec<Payment>,
    passes: Vec<PassId>,
    negative_seen: bool,
}

impl Day {
    pub(super) fn run(deeds: &[Deed]) -> Self {
        let mut desk = Desk::open();
        let who = desk.member();
        let ten = desk.plan(rules(Grant::Count { visits: 10, length: None }));
        let month = desk.plan(rules(Grant::Time { length: Length::Months(1) }));
        let purse = desk.plan(rules(Grant::StoredValue { principal_cents: 50_000, gift_cents: 5_000 }));
        let mut day = Self { desk, who, payments: Vec::new(), passes: Vec::new(), negative_seen: false };
        for deed in deeds {
            let sale = |day: &mut Self, plan, tenders: Vec<_>| {
                let sale = SellPass { tenders, ..day.desk.sale(who, plan) };
                day.desk.room.fact(&sale, &())
            };
            let some = |kind, cents: i64| if cents > 0 { vec![tender(kind, cents)] } else { Vec::new() };
            let raised = match deed {
                Deed::SellTen { paid_cents } => sale(&mut day, &ten, some(TenderKind::Cash, *paid_cents)),
                Deed::SellMonth { stored_value_cents } => {
                    sale(&mut day, &month, some(TenderKind::StoredValue, *stored_value_cents))
                }
                Deed::TopUp => sale(&mut day, &purse, some(TenderKind::Cash, 50_000)),
                Deed::CheckIn => day.desk.check_in(who),
                Deed::Undo => match day.desk.visits(who).and_then(|v| v.last) {
                    Some(visit) => day.desk.undo(who, visit.id),
                    None => Vec::new(),
                },
                Deed::Reverse { which } => match day.payments.get(*which).cloned() {
                    Some(payment) => day.desk.reverse(&payment),
                    None => Vec::new(),
                },
                Deed::Take { cents } => day.desk.take(who, *cents),
                Deed::Wait { minutes } => {
                    day.desk.later_minutes(*minutes);
                    continue;
                }
            };
            day.note(&raised);
        }
        day
    }

    fn note(&mut self, raised: &[crate::kernel::Exception]) {
        let wrote = |kind: &str| self.desk.room.changes.iter().any(|c| c.kind == kind);
        if wrote("payment") {
            let payment: Payment = self.desk.changed();
            if !self.payments.iter().any(|p| p.id == payment.id) {
                self.payments.push(payment);
            }
        }
        if wrote("pass") {
            let pass: crate::passes::Pass = self.desk.changed();
            if !self.passes.contains(&pass.id) {
                self.passes.push(pass.id);
            }
        }
        let negative = self.passes.iter().any(|id| self.desk.visits_left(*id) < 0);
        if negative && !self.negative_seen {
            assert!(!raised.is_empty(), "visits went below zero and nobody was told");
        }
        self.negative_seen = negative;
    }

    pub(super) fn accounts(&self) -> Vec<(Id, &'static str)> {
        let who = self.payments.first().map(|p| p.member_id.raw());
        let owed = who.into_iter().flat_map(|id| [(id, OWED_CENTS), (id, PRINCIPAL_CENTS)]);
        owed.chain(
            self.passes
                .iter()
                .flat_map(|p| [(p.raw(), VISITS), (p.raw(), PRINCIPAL_CENTS), (p.raw(), GIFT_CENTS)]),
        )
        .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Σ of the lines is the balance, whatever was sold, spent, undone and reversed in which order.
    #[test]
    fn balances_are_the_sums_of_their_lines(deeds in prop::collection::vec(deed(), 1..30)) {
        let day = Day::run(&deeds);
        for (account, unit) in day.accounts() {
            prop_assert_eq!(day.desk.balance(account, unit), day.desk.lines_sum(account, unit), "{}", unit);
        }
    }

    /// No visit appears or vanishes: sold ones are left, spent by a visit that stands, or taken back with their sale.
    #[test]
    fn visits_are_conserved(deeds in prop::collection::vec(deed(), 1..30)) {
        let day = Day::run(&deeds);
        for pass_id in &day.passes {
            let Some(holding) = day.desk.holdings(day.payments[0].member_id).into_iter().find(|h| h.pass.id == *pass_id) else { continue };
            if holding.pass.kind != crate::passes::PassKind::Count {
                continue;
            }
            let granted = if holding.pass.reversed_at.is_some() { 0 } else { 10 };
            let key = crate::kernel::keys::KeyValue::of(day.payments[0].member_id.raw());
            let visits: Vec<crate::attendance::Visit> = day.desk.room.all(&crate::kernel::facts::Want::key::<crate::attendance::Visit>(crate::attendance::MEMBER_KEY, key));
            let spent = visits.iter().filter(|v| v.undone.is_none() && v.entry.is_some() && v.pass_id == Some(*pass_id)).count();
            prop_assert_eq!(day.desk.visits_left(*pass_id), granted - i64::try_from(spent).unwrap());
        }
    }

    /// Receipt numbers of a series are all different and have no gap.
    #[test]
    fn receipt_numbers_are_gapless(deeds in prop::collection::vec(deed(), 1..30)) {
        let day = Day::run(&deeds);
        let numbers: BTreeSet<u64> = day.payments.iter().map(|p| p.number.n).collect();
        prop_assert_eq!(numbers.len(), day.payments.len());
        prop_assert_eq!(numbers, (1..=u64::try_from(day.payments.len()).unwrap()).collect::<BTreeSet<_>>());
    }

    /// Money: what was taken and not given back is the price of what stands, less what is still owed, less prepaid spending.
    #[test]
    fn every_reversal_mirrors_its_payment(deeds in prop::collection::vec(deed(), 1..30)) {
        let day = Day::run(&deeds);
        for reversal in day.payments.iter().filter(|p| p.reverses.is_some() && !p.void) {
            let original = day.payments.iter().find(|p| Some(p.id) == reversal.reverses).unwrap();
            prop_assert_eq!(original.total_cents + reversal.total_cents, 0);
            prop_assert_eq!(original.paid_cents + reversal.paid_cents, 0);
            for (a, b) in original.effects.iter().zip(&reversal.effects) {
                prop_assert_eq!((a.amount + b.amount, a.account, &a.unit), (0, b.account, &b.unit));
            }
        }
    }
}
