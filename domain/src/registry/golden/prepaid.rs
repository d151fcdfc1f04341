//! The deeds of prepaid money in the studio's life: the right to spend it is given, used, given back and taken away.

use super::{
    Application, MemberId, PlanDraft, PlanId, PlanRevisionId, Role, SellPass, StartChoice, TakePayment, cash,
    enrol, made, money, number, of, rules, uuid, whole,
};
use crate::flow::money::{HoldMoney, LeaseMoney, ReleaseMoney, ReturnMoney};
use crate::kernel::Input;
use crate::kernel::ids::DeviceId;
use crate::payments::{EndMoneyLease, MoneyLeaseId, OfflineSpending, SetOfflineSpending, Tender, TenderKind};
use crate::plans::{Grant, OfferPlan};

/// The deeds, the first of them the `first`-th command of the room.
pub(super) fn deeds(first: u128) -> Vec<(Role, Input)> {
    let owner = Role::Owner;
    let (one, device) = (MemberId(uuid(0xE8)), DeviceId(uuid(0xB)));
    let lease_id = |n: u128| MoneyLeaseId(made(first + n, 0));
    let grant = Grant::StoredValue { principal_cents: 100_000, gift_cents: 10_000 };
    let draft = PlanDraft { name: "Balance".to_owned(), price: money(100_000), rules: rules(grant) };
    let sold = SellPass {
        member_id: one,
        plan_id: PlanId(made(first + 1, 0)),
        revision_id: PlanRevisionId(made(first + 1, 1)),
        start: StartChoice::Today,
        valid_from: "2026-11-26".parse().ok(),
        price: money(100_000),
        tenders: cash(60_000),
        given_cents: None,
        receipt: number(7),
        card: None,
        lease_id: None,
    };
    let bill = |n, cents, lease| TakePayment {
        member_id: one,
        amount: money(cents),
        tenders: vec![Tender { kind: TenderKind::StoredValue, amount_cents: cents }],
        given_cents: None,
        receipt: number(n),
        lease_id: Some(lease),
    };
    let allowed = OfflineSpending { allowed: true, ..OfflineSpending::usual() };
    vec![
        of(owner, &enrol(0xE8), &Application { document: None, ..whole("Xu Rui", "+8613700000068") }),
        of(owner, &OfferPlan { draft }, &()),
        of(owner, &sold, &()),
        of(owner, &SetOfflineSpending { seen_revision: 0, rules: allowed }, &()),
        of(owner, &LeaseMoney { device, not_after: None }, &()),
        of(owner, &bill(8, 3_000, lease_id(4)), &()),
        of(owner, &ReturnMoney { lease_id: lease_id(4) }, &()),
        of(owner, &HoldMoney { device, member_id: one, cents: 20_000 }, &()),
        of(owner, &bill(9, 20_000, lease_id(7)), &()),
        of(owner, &HoldMoney { device, member_id: one, cents: 1_000 }, &()),
        of(Role::System, &EndMoneyLease { lease_id: lease_id(9) }, &()),
        of(owner, &LeaseMoney { device, not_after: None }, &()),
        of(owner, &ReleaseMoney { lease_id: lease_id(11) }, &()),
        of(owner, &bill(10, 2_000, lease_id(11)), &()),
    ]
}
