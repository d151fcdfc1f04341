use super::{
    HoldMoney, LeaseMoney, NotNow, Reach, ReleaseMoney, ReturnMoney, Spender, There, Way, draw, there,
};
use crate::flow::fixture::{Desk, codes, rules, tender};
use crate::flow::take::TakePayment;
use crate::kernel::decide::{Authority, Outcome, Verdict};
use crate::kernel::devices::{DeviceName, KnowDevice, Standing};
use crate::kernel::ids::{DeviceId, Uuid};
use crate::kernel::money::{Currency, Money};
use crate::kernel::{Exception, Role, Timestamp};
use crate::members::{MemberEdits, MemberId, MergeMembers};
use crate::passes::{GIFT_CENTS, PRINCIPAL_CENTS, Pass};
use crate::payments::{
    EndMoneyLease, MoneyLease, MoneyLeaseEnd, MoneyLeaseId, MoneyRefusal, OfflineSpending,
    SetOfflineSpending, TenderKind, lease_for_all, money_leases_of, offline_id,
};
use crate::plans::Grant;
use crate::sync::deciding::{Case, decide_now};

/// The desk's tablet and another one.
const ONE: u128 = 0xD1;
const OTHER: u128 = 0xD2;

/// A desk at which prepaid money is spent.
pub(super) struct Counter {
    pub(super) desk: Desk,
}

impl Counter {
    /// Offline spending is on: 100 of one member, 250 in all.
    pub(super) fn open() -> Self {
        let mut counter = Self { desk: Desk::open() };
        counter.allow(true, 10_000, 25_000);
        counter
    }

    pub(super) fn allow(&mut self, allowed: bool, member_cents: i64, device_cents: i64) {
        let seen_revision =
            self.desk.room.find::<OfflineSpending>(offline_id()).map_or(0, |rules| rules.revision);
        let rules = OfflineSpending { allowed, member_cents, device_cents, ..OfflineSpending::usual() };
        self.desk.room.granted(&SetOfflineSpending { seen_revision, rules }, &());
    }

    pub(super) fn rules(&self) -> OfflineSpending {
        self.desk.room.find(offline_id()).unwrap_or_else(OfflineSpending::usual)
    }

    /// Somebody who paid in and was given so much.
    pub(super) fn saver(&mut self, principal_cents: i64, gift_cents: i64) -> MemberId {
        let member = self.desk.member();
        self.pays_in(member, principal_cents, gift_cents);
        member
    }

    pub(super) fn pays_in(&mut self, member: MemberId, principal_cents: i64, gift_cents: i64) -> Pass {
        let plan = self.desk.plan(rules(Grant::StoredValue { principal_cents, gift_cents }));
        self.desk.sell(member, &plan).0
    }

    pub(super) fn on_device(&mut self, device: u128) {
        self.desk.room.device = DeviceId(Uuid::from_u128(device));
    }

    pub(super) fn lease_all(&mut self) -> MoneyLease {
        let device = self.desk.room.device;
        self.desk.room.granted(&LeaseMoney { device, not_after: None }, &());
        self.desk.changed()
    }

    pub(super) fn hold(&mut self, member_id: MemberId, cents: i64) -> MoneyLease {
        let device = self.desk.room.device;
        self.desk.room.granted(&HoldMoney { device, member_id, cents }, &());
        self.desk.changed()
    }

    fn no_hold(&mut self, member_id: MemberId, cents: i64) -> MoneyRefusal {
        let device = self.desk.room.device;
        self.desk.room.refused(&HoldMoney { device, member_id, cents }, &())
    }

    /// The bill: so much of it is prepaid money.
    pub(super) fn bill(
        &mut self,
        member_id: MemberId,
        cents: i64,
        lease_id: Option<MoneyLeaseId>,
    ) -> TakePayment {
        TakePayment {
            member_id,
            amount: Money::new(cents, Currency::Cny),
            tenders: vec![tender(TenderKind::StoredValue, cents)],
            given_cents: None,
            receipt: self.desk.receipt(),
            lease_id,
        }
    }

    /// Owes it, then pays it; what was odd about the prepaid money.
    pub(super) fn spend(
        &mut self,
        member_id: MemberId,
        cents: i64,
        lease_id: Option<MoneyLeaseId>,
    ) -> Vec<Exception> {
        let bill = self.bill(member_id, cents, lease_id);
        let mut raised = self.desk.room.fact(&bill, &());
        // These bills are of nothing that was sold.
        raised.retain(|one| one.what["code"] != "paid_more_than_owed");
        raised
    }

    pub(super) fn lease(&self, id: MoneyLeaseId) -> MoneyLease {
        self.desk.room.get(id)
    }

    pub(super) fn left(&self, member: MemberId) -> i64 {
        there(&self.desk.holdings(member)).cents()
    }

    pub(super) fn system<C: crate::kernel::Command>(&mut self, command: &C, personal: &C::Personal) {
        let (role, device) = (self.desk.room.role, self.desk.room.device);
        (self.desk.room.role, self.desk.room.device) = (Role::System, DeviceId::default());
        self.desk.room.granted(command, personal);
        (self.desk.room.role, self.desk.room.device) = (role, device);
    }

    fn know(&mut self, device: u128, life: u32, standing: Standing) {
        let device_id = DeviceId(Uuid::from_u128(device));
        self.system(&KnowDevice { device_id, standing, life }, &DeviceName { name: "Tablet".to_owned() });
    }

    /// What the till of the device in hand would be told.
    pub(super) fn way(&self, member: MemberId, cents: i64, reach: Reach) -> Way {
        let ids: Vec<_> = self.desk.circle(member).into_iter().map(MemberId::raw).collect();
        let leases: Vec<MoneyLease> =
            money_leases_of(&ids).iter().flat_map(|want| self.desk.room.all::<MoneyLease>(want)).collect();
        let spender = Spender {
            device: self.desk.room.device,
            authority: Authority::Hub,
            reach,
            rules: self.rules(),
            ids: &ids,
            there_cents: self.left(member),
            leases: &leases,
            now: self.desk.room.now,
        };
        spender.way(cents)
    }
}

#[test]
fn what_was_paid_in_is_spent_before_what_was_given() {
    let mut counter = Counter::open();
    let member = counter.saver(30_000, 2_000);
    counter.desk.later_minutes(1);
    counter.pays_in(member, 10_000, 0);
    let held = counter.desk.holdings(member);
    assert_eq!(there(&held), There { principal_cents: 40_000, gift_cents: 2_000 });
    assert_eq!(there(&held).cents(), 42_000);
    let parts: Vec<(&str, i64)> = draw(&held, 41_000).iter().map(|part| (part.unit, part.cents)).collect();
    assert_eq!(parts, [(PRINCIPAL_CENTS, 30_000), (PRINCIPAL_CENTS, 10_000), (GIFT_CENTS, 1_000)]);
    assert_eq!(There::of(&draw(&held, 41_000)), There { principal_cents: 40_000, gift_cents: 1_000 });
    assert_eq!(draw(&held, 0), []);
    assert_eq!(There::of(&draw(&held, 99_000)).cents(), 42_000, "no more than is there");
}

#[test]
fn no_device_spends_without_asking_until_a_manager_says_so() {
    let mut counter = Counter { desk: Desk::open() };
    assert!(!counter.rules().allowed);
    let device = counter.desk.room.device;
    let ask = LeaseMoney { device, not_after: None };
    assert_eq!(counter.desk.room.refused(&ask, &()), MoneyRefusal::OfflineOff);
    let member = counter.saver(5_000, 0);
    assert_eq!(counter.way(member, 1_000, Reach::OutOfReach), Way::Not(NotNow::OfflineOff));
    assert_eq!(counter.way(member, 1_000, Reach::InReach), Way::AskFirst);
    counter.allow(true, 10_000, 25_000);
    assert_eq!(counter.way(member, 1_000, Reach::OutOfReach), Way::Not(NotNow::NoLease));
    let late = LeaseMoney { device, not_after: Some(Timestamp(0)) };
    assert_eq!(counter.desk.room.refused(&late, &()), MoneyRefusal::TermOver);
    counter.lease_all();
    assert!(matches!(counter.way(member, 1_000, Reach::OutOfReach), Way::Leased(_)));
    // Switched off again, the right to everybody's money is not used any more.
    counter.allow(false, 10_000, 25_000);
    assert_eq!(counter.way(member, 1_000, Reach::OutOfReach), Way::Not(NotNow::OfflineOff));
    assert_eq!(counter.way(member, 1_000, Reach::InReach), Way::AskFirst);
}

#[test]
fn what_nobody_saw_is_not_overwritten() {
    let mut counter = Counter::open();
    let again = SetOfflineSpending { seen_revision: 0, rules: OfflineSpending::usual() };
    assert_eq!(counter.desk.room.refused(&again, &()), MoneyRefusal::ChangedMeanwhile);
    for (member_cents, device_cents) in [(0, 10), (20, 10), (-1, 10), (1, Money::CENTS_MAX + 1)] {
        let rules = OfflineSpending { member_cents, device_cents, ..OfflineSpending::usual() };
        let odd = SetOfflineSpending { seen_revision: 1, rules };
        let verdict = counter.desk.room.dry_run(Desk::input(&odd, &()));
        assert!(matches!(verdict, Verdict::Held(_)), "{member_cents} of {device_cents}");
    }
}

#[test]
fn one_device_at_a_time_has_the_right_to_everybodys_money() {
    let mut counter = Counter::open();
    counter.on_device(ONE);
    let first = counter.lease_all();
    assert_eq!((first.member_cents, first.in_all_cents, first.guessed), (10_000, 25_000, false));
    counter.on_device(OTHER);
    let device = counter.desk.room.device;
    let ask = LeaseMoney { device, not_after: None };
    assert_eq!(
        counter.desk.room.refused(&ask, &()),
        MoneyRefusal::HeldElsewhere { device: DeviceId(Uuid::from_u128(ONE)) }
    );
    let for_another = LeaseMoney { device: DeviceId(Uuid::from_u128(ONE)), not_after: None };
    assert_eq!(counter.desk.room.refused(&for_another, &()), MoneyRefusal::OtherDevice);
    let give_back = ReturnMoney { lease_id: first.id };
    assert_eq!(counter.desk.room.refused(&give_back, &()), MoneyRefusal::OtherDevice);
    counter.on_device(ONE);
    // Begun anew, the old one is over and the new one is whole.
    let second = counter.lease_all();
    assert_eq!(counter.lease(first.id).ended.map(|(_, why)| why), Some(MoneyLeaseEnd::Returned));
    assert_eq!(counter.desk.room.all::<MoneyLease>(&lease_for_all()).len(), 1);
    counter.desk.room.granted(&ReturnMoney { lease_id: second.id }, &());
    assert_eq!(counter.desk.room.refused(&ReturnMoney { lease_id: second.id }, &()), MoneyRefusal::NoLease);
    counter.on_device(OTHER);
    counter.lease_all();
}

#[test]
fn leased_money_is_kept_from_others_and_spent_without_asking() {
    let mut counter = Counter::open();
    let (member, rich) = (counter.saver(8_000, 0), counter.saver(50_000, 0));
    counter.on_device(ONE);
    let lease = counter.lease_all();
    counter.on_device(OTHER);
    // All of it could be spent there without asking; of the other's, 100 could.
    assert_eq!(counter.no_hold(member, 1), MoneyRefusal::TooLittle { free_cents: 0 });
    assert_eq!(counter.way(member, 1, Reach::InReach), Way::Not(NotNow::KeptElsewhere { free_cents: 0 }));
    assert_eq!(counter.no_hold(rich, 40_001), MoneyRefusal::TooLittle { free_cents: 40_000 });
    let bill = counter.hold(rich, 40_000);
    assert_eq!(codes(&counter.spend(rich, 40_000, Some(bill.id))), [""; 0]);
    assert_eq!(counter.lease(bill.id).ended.map(|(_, why)| why), Some(MoneyLeaseEnd::Spent));
    counter.on_device(ONE);
    for (who, cents) in [(member, 8_000), (rich, 4_000), (rich, 6_000)] {
        assert!(matches!(counter.way(who, cents, Reach::OutOfReach), Way::Leased(_)));
        assert_eq!(codes(&counter.spend(who, cents, Some(lease.id))), [""; 0]);
    }
    assert_eq!((counter.left(member), counter.left(rich)), (0, 0));
    let after = counter.lease(lease.id);
    assert_eq!((after.used_cents(), after.left_cents(), after.left_of(&[rich.raw()])), (18_000, 7_000, 0));
}

#[test]
fn a_lease_goes_as_far_as_its_caps() {
    let mut counter = Counter::open();
    let all: Vec<MemberId> = (0..3).map(|_| counter.saver(30_000, 0)).collect();
    counter.on_device(ONE);
    let lease = counter.lease_all();
    let not = |left_cents| Way::Not(NotNow::CapReached { left_cents });
    assert_eq!(counter.way(all[0], 10_001, Reach::OutOfReach), not(10_000));
    assert_eq!(
        counter.way(all[0], 30_001, Reach::OutOfReach),
        Way::Not(NotNow::TooLittle { there_cents: 30_000 })
    );
    // Where the hub answers it is asked for what is beyond.
    assert_eq!(counter.way(all[0], 10_001, Reach::InReach), Way::AskFirst);
    counter.spend(all[0], 10_000, Some(lease.id));
    assert_eq!(counter.way(all[0], 1, Reach::OutOfReach), not(0));
    counter.spend(all[1], 10_000, Some(lease.id));
    assert_eq!(counter.way(all[2], 5_001, Reach::OutOfReach), not(5_000));
    assert_eq!(counter.lease(lease.id).left_of(&[all[2].raw()]), 5_000);
}

#[test]
fn the_right_to_everybodys_money_gives_way_to_a_bill() {
    let mut counter = Counter::open();
    let member = counter.saver(10_000, 0);
    counter.on_device(OTHER);
    let bill = counter.hold(member, 7_000);
    counter.on_device(ONE);
    counter.lease_all();
    assert_eq!(
        counter.way(member, 3_001, Reach::OutOfReach),
        Way::Not(NotNow::CapReached { left_cents: 3_000 })
    );
    assert!(matches!(counter.way(member, 3_000, Reach::OutOfReach), Way::Leased(_)));
    // Its own right does not stand in the way of a bill that goes beyond the cap.
    let rich = counter.saver(20_000, 0);
    let own = counter.hold(rich, 20_000);
    assert_eq!(counter.no_hold(rich, 1), MoneyRefusal::TooLittle { free_cents: 0 });
    counter.desk.room.granted(&ReturnMoney { lease_id: own.id }, &());
    counter.hold(rich, 20_000);
    counter.on_device(OTHER);
    assert_eq!(codes(&counter.spend(member, 7_000, Some(bill.id))), [""; 0]);
}

#[test]
fn who_spends_without_asking_what_another_may_spend_makes_a_debt_of_their_own() {
    let mut counter = Counter::open();
    let member = counter.saver(10_000, 0);
    let purse = counter.desk.passes_of(member)[0].id;
    counter.on_device(ONE);
    let lease = counter.lease_all();
    counter.on_device(OTHER);
    assert_eq!(codes(&counter.spend(member, 4_000, None)), ["spent_held_elsewhere"]);
    assert_eq!(counter.desk.balance(purse.raw(), PRINCIPAL_CENTS), 10_000, "the leased money is untouched");
    assert_eq!(counter.desk.balance(member.raw(), PRINCIPAL_CENTS), -4_000);
    counter.on_device(ONE);
    assert_eq!(codes(&counter.spend(member, 10_000, Some(lease.id))), [""; 0]);
    // Nothing is left, and nothing kept: a debt as before there were leases.
    assert_eq!(codes(&counter.spend(member, 1_000, None)), ["stored_value_overdrawn"]);
    assert_eq!(counter.desk.balance(purse.raw(), PRINCIPAL_CENTS), -1_000);
    // Another device's lease is worth nothing here.
    let rich = counter.saver(10_000, 0);
    counter.on_device(OTHER);
    assert_eq!(codes(&counter.spend(rich, 5_000, Some(lease.id))), ["spent_held_elsewhere"]);
}

#[track_caller]
fn check_ends(end: impl Fn(&mut Counter, &MoneyLease), why: MoneyLeaseEnd) {
    let mut counter = Counter::open();
    let member = counter.saver(10_000, 0);
    counter.on_device(ONE);
    counter.know(ONE, 0, Standing::InUse);
    let lease = counter.lease_all();
    counter.spend(member, 2_000, Some(lease.id));
    end(&mut counter, &lease);
    assert_eq!(counter.lease(lease.id).ended.map(|(_, why)| why), Some(why));
    // The money is everybody's; the device has not heard and goes on.
    counter.on_device(OTHER);
    let bill = counter.hold(member, 8_000);
    assert_eq!(codes(&counter.spend(member, 8_000, Some(bill.id))), [""; 0]);
    counter.on_device(ONE);
    assert_eq!(codes(&counter.spend(member, 5_000, Some(lease.id))), ["spent_after_lease"]);
    assert_eq!(counter.lease(lease.id).used_cents(), 7_000, "what it spent counts to it");
    // Beyond its cap it is no lease any more.
    assert_eq!(codes(&counter.spend(member, 5_000, Some(lease.id))), ["stored_value_overdrawn"]);
}

#[test]
fn a_lease_that_was_taken_away_bounds_what_can_be_missing() {
    let by = Desk::open().room.actor;
    check_ends(
        |counter, lease| {
            counter.desk.room.granted(&ReleaseMoney { lease_id: lease.id }, &());
        },
        MoneyLeaseEnd::Released { by },
    );
    check_ends(
        |counter, lease| counter.system(&EndMoneyLease { lease_id: lease.id }, &()),
        MoneyLeaseEnd::RanOut,
    );
    for (life, standing) in [(0, Standing::Retired), (0, Standing::ShutOut), (1, Standing::InUse)] {
        check_ends(move |counter, _| counter.know(ONE, life, standing), MoneyLeaseEnd::DeviceGone);
    }
}

#[test]
fn what_was_spent_after_a_lease_is_no_debt_while_the_money_is_there() {
    let mut counter = Counter::open();
    let member = counter.saver(10_000, 0);
    counter.on_device(ONE);
    let lease = counter.lease_all();
    counter.desk.room.granted(&ReleaseMoney { lease_id: lease.id }, &());
    assert_eq!(codes(&counter.spend(member, 5_000, Some(lease.id))), [""; 0]);
    assert_eq!(counter.left(member), 5_000);
    // The clock finds nothing to do.
    counter.system(&EndMoneyLease { lease_id: lease.id }, &());
}

#[test]
fn only_an_owner_takes_the_right_away() {
    let mut counter = Counter::open();
    counter.on_device(ONE);
    let lease = counter.lease_all();
    counter.desk.room.role = Role::Desk;
    let verdict = counter.desk.room.dry_run(Desk::input(&ReleaseMoney { lease_id: lease.id }, &()));
    assert!(matches!(verdict, Verdict::Decided { outcome: Outcome::Refused { .. }, .. }), "{verdict:?}");
}

#[test]
fn a_device_stops_before_its_lease_ends_and_predicts_what_the_till_was_told() {
    let mut counter = Counter::open();
    let member = counter.saver(10_000, 0);
    counter.on_device(ONE);
    let lease = counter.lease_all();
    let predicted = |counter: &mut Counter| {
        let bill = counter.bill(member, 1_000, Some(lease.id));
        let room = &counter.desk.room;
        let case = Case {
            input: Desk::input(&bill, &()),
            command: room.next_command(),
            studio: room.studio,
            device: room.device,
            actor: room.actor,
            role: room.role,
            effective_at: room.now,
            authority: Authority::Prediction,
        };
        let verdict = decide_now(crate::registry::catalogue(), &case, |want| room.answer(want));
        let Verdict::Decided { changes, .. } = verdict else { panic!("{verdict:?}") };
        changes.iter().any(|change| change.kind == MoneyLease::KIND)
    };
    use crate::kernel::record::RecordBody as _;
    assert!(predicted(&mut counter));
    counter.desk.room.now = lease.spends_until();
    assert_eq!(counter.way(member, 1_000, Reach::OutOfReach), Way::Not(NotNow::LeaseOver));
    assert!(!predicted(&mut counter));
    // The hub counts it all the same.
    assert_eq!(codes(&counter.spend(member, 1_000, Some(lease.id))), [""; 0]);
    assert_eq!(counter.lease(lease.id).used_cents(), 1_000);
}

#[test]
fn a_wish_is_no_right() {
    let mut counter = Counter::open();
    let member = counter.saver(10_000, 0);
    counter.on_device(ONE);
    let lease = counter.lease_all();
    let guess = MoneyLease { guessed: true, ..lease };
    assert!(!guess.is_good(counter.desk.room.now));
    let ids = [member.raw()];
    let spender = Spender {
        device: guess.device,
        authority: Authority::Hub,
        reach: Reach::OutOfReach,
        rules: counter.rules(),
        ids: &ids,
        there_cents: 10_000,
        leases: std::slice::from_ref(&guess),
        now: counter.desk.room.now,
    };
    assert_eq!(spender.way(1), Way::Not(NotNow::NoLease));
    assert_eq!(Spender { authority: Authority::Solo, ..spender }.way(10_000), Way::Freely);
    assert_eq!(spender.most_cents(), 0);
}

#[test]
fn two_entries_of_one_person_are_kept_for_as_two_and_spent_as_one() {
    let mut counter = Counter::open();
    let (one, twin) = (counter.saver(10_000, 0), counter.saver(10_000, 0));
    counter.on_device(ONE);
    let lease = counter.lease_all();
    counter.on_device(OTHER);
    counter.desk.room.granted(&MergeMembers { survivor: one, absorbed: twin }, &MemberEdits::default());
    assert_eq!(counter.no_hold(one, 1), MoneyRefusal::TooLittle { free_cents: 0 });
    counter.on_device(ONE);
    assert_eq!(
        counter.way(twin, 10_001, Reach::OutOfReach),
        Way::Not(NotNow::CapReached { left_cents: 10_000 })
    );
    // It had not heard: both were spent.
    for who in [one, twin] {
        let raised = codes(&counter.spend(who, 10_000, Some(lease.id)));
        assert!(
            !raised.iter().any(|code| code.contains("spent") || code.contains("overdrawn")),
            "{raised:?}"
        );
    }
    assert_eq!(counter.left(one), 0);
}

#[test]
fn the_worst_case_is_a_figure() {
    let mut counter = Counter::open();
    assert_eq!(OfflineSpending::usual().worst_cents(&[]), 0);
    assert_eq!(counter.rules().worst_cents(&[]), 25_000);
    counter.on_device(ONE);
    let lease = counter.lease_all();
    counter.allow(true, 1_000, 2_000);
    assert_eq!(counter.rules().worst_cents(std::slice::from_ref(&lease)), 25_000, "the old lease still runs");
    counter.allow(false, 1_000, 2_000);
    assert_eq!(counter.rules().worst_cents(&[]), 0);
}
