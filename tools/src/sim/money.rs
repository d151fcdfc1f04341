//! What people do with prepaid money at a device, by chance: pay in, take the right to spend it, spend within it, give it
//! back, take it away. Unlike the sales of the other deeds these ask first whether the device may.

use rollcall_domain::demo::dice::Dice;
use rollcall_domain::flow::money::{
    HoldMoney, LeaseMoney, Reach, ReleaseMoney, ReturnMoney, Spender, Way, there,
};
use rollcall_domain::flow::sell::SellPass;
use rollcall_domain::flow::take::TakePayment;
use rollcall_domain::kernel::decide::Authority;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::{Currency, Input, Money, Role};
use rollcall_domain::members::{Member, MemberId};
use rollcall_domain::passes::StartChoice;
use rollcall_domain::payments::{
    MoneyLease, MoneyLeaseId, OfflineSpending, SetOfflineSpending, Tender, TenderKind, money_leases_of,
    offline_id,
};
use rollcall_domain::plans::{Grant, OfferPlan, Plan, PlanRevision};

use super::deeds::{circle, draft_of, encode, holdings, member, number, one_of, studio_settings};
use super::disk::Head;
use super::tab::Tab;

/// How often one of these comes up, in a hundred.
const OFTEN: u32 = 18;

/// One deed with prepaid money, now and then; nothing when there is nothing to do it to. The dice are its own, so that
/// whatever else comes up is what it would have been without these.
pub(crate) fn deed(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    if !dice.chance(OFTEN) {
        return None;
    }
    match dice.between(0, 100) {
        0..=21 => pay_in(tab, head, dice),
        22..=26 => allow(tab, dice),
        27..=38 => lease(tab, dice),
        39..=54 => hold(tab, dice),
        55..=89 => spend(tab, head, dice),
        90..=95 => give_back(tab, dice),
        _ => release(tab, dice),
    }
}

fn revision(tab: &Tab) -> Option<PlanRevision> {
    let plans = tab.of_kind::<Plan>().into_iter();
    let revisions = plans.filter_map(|plan| tab.find::<PlanRevision>(plan.revision_id));
    let mut purses = revisions.filter(|one| matches!(one.rules.grant, Grant::StoredValue { .. }));
    purses.next()
}

fn pay_in(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    let Some(revision) = revision(tab) else {
        let grant = Grant::StoredValue { principal_cents: 50_000, gift_cents: 5_000 };
        return encode(&OfferPlan { draft: draft_of(dice, grant) }, &());
    };
    let today = studio_settings(tab)?.zone.day(tab.now());
    let price = revision.price;
    let sale = SellPass {
        member_id: member(tab, dice)?.id,
        plan_id: revision.plan_id,
        revision_id: revision.id,
        start: StartChoice::Today,
        valid_from: Some(today),
        price,
        tenders: vec![Tender { kind: TenderKind::Cash, amount_cents: price.cents }],
        given_cents: None,
        receipt: number(tab, head, "receipt"),
        card: None,
        lease_id: None,
    };
    encode(&sale, &())
}

fn rules(tab: &Tab) -> OfflineSpending {
    tab.find::<OfflineSpending>(offline_id()).unwrap_or_else(OfflineSpending::usual)
}

fn allow(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let before = rules(tab);
    let member_cents = i64::from(dice.between(1, 60)) * 1_000;
    let rules = OfflineSpending {
        allowed: dice.chance(90),
        member_cents,
        device_cents: member_cents * i64::from(dice.between(1, 4)),
        ..before
    };
    encode(&SetOfflineSpending { seen_revision: before.revision, rules }, &())
}

fn lease(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    if !rules(tab).allowed && tab.disk.borrow().me.role == Role::Owner {
        return allow(tab, dice);
    }
    let device = tab.disk.borrow().me.device;
    let not_after = dice.chance(40).then(|| tab.now().plus_ms(i64::from(dice.between(10, 7_200)) * 1_000));
    encode(&LeaseMoney { device, not_after }, &())
}

/// Somebody with prepaid money: mostly the same one, so that several devices are after the same money.
fn saver(tab: &Tab, dice: &mut Dice) -> Option<(MemberId, i64)> {
    let of = |id: MemberId| (id, there(&holdings(tab, id)).cents());
    let has = |one: &(MemberId, i64)| one.1 > 0;
    if dice.chance(30) {
        return Some(of(member(tab, dice)?.id)).filter(has);
    }
    tab.of_kind::<Member>().into_iter().map(|member| of(member.id)).find(has)
}

fn some_of(dice: &mut Dice, cents: i64) -> i64 {
    let part = i64::from(*dice.pick(&[1u32, 1, 2, 3]));
    (cents / part).max(1)
}

fn hold(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let (member_id, left) = saver(tab, dice)?;
    let device = tab.disk.borrow().me.device;
    encode(&HoldMoney { device, member_id, cents: some_of(dice, left) }, &())
}

/// A bill within what this device may spend by itself.
fn spend(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    // A bill that money is kept for is paid first.
    let device = tab.disk.borrow().me.device;
    let own = |lease: &MoneyLease| lease.device == device && lease.runs();
    let bills = tab.of_kind::<MoneyLease>().into_iter().filter(own);
    let whose: Vec<MemberId> = bills.filter_map(|lease| lease.member_id).collect();
    let member_id = match one_of(dice, &whose) {
        Some(member_id) => member_id,
        None => saver(tab, dice)?.0,
    };
    let ids: Vec<Id> = circle(tab, member_id).into_iter().map(MemberId::raw).collect();
    let mut leases: Vec<MoneyLease> =
        money_leases_of(&ids).iter().flat_map(|want| tab.all::<MoneyLease>(want)).collect();
    // The right to everybody's money is used once all that was there when it was given has been read.
    leases.retain(|lease| !lease.is_for_all() || tab.disk.borrow().store.whole.contains(&lease.id.raw()));
    let spender = Spender {
        device,
        authority: Authority::Hub,
        reach: Reach::OutOfReach,
        rules: rules(tab),
        ids: &ids,
        there_cents: there(&holdings(tab, member_id)).cents(),
        leases: &leases,
        now: tab.now(),
    };
    let most = spender.most_cents();
    let cents = some_of(dice, most);
    let Way::Leased(lease_id) = spender.way(cents) else { return None };
    bill(tab, head, member_id, cents, lease_id)
}

fn bill(
    tab: &Tab,
    head: &mut Head,
    member_id: MemberId,
    cents: i64,
    lease_id: MoneyLeaseId,
) -> Option<Input> {
    let command = TakePayment {
        member_id,
        amount: Money::new(cents, Currency::Cny),
        tenders: vec![Tender { kind: TenderKind::StoredValue, amount_cents: cents }],
        given_cents: None,
        receipt: number(tab, head, "receipt"),
        lease_id: Some(lease_id),
    };
    encode(&command, &())
}

fn running(tab: &Tab, dice: &mut Dice) -> Option<MoneyLeaseId> {
    let all = tab.of_kind::<MoneyLease>().into_iter().filter(MoneyLease::runs);
    one_of(dice, &all.map(|lease| lease.id).collect::<Vec<_>>())
}

fn give_back(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    encode(&ReturnMoney { lease_id: running(tab, dice)? }, &())
}

fn release(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    encode(&ReleaseMoney { lease_id: running(tab, dice)? }, &())
}
