//! Two devices that spend within their leases, in any order, with and without a network: nothing is ever overdrawn.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::Counter;
use super::{HoldMoney, LeaseMoney, Reach, ReleaseMoney, ReturnMoney, Spender, Way};
use crate::kernel::decide::Authority;
use crate::kernel::facts::Want;
use crate::kernel::ids::{DeviceId, Id, Uuid};
use crate::kernel::keys::KeyValue;
use crate::kernel::{Exception, Input};
use crate::members::MemberId;
use crate::passes::{GIFT_CENTS, PRINCIPAL_CENTS};
use crate::payments::{
    MONEY_DEVICE_KEY, MoneyLease, MoneyLeaseId, OfflineSpending, lease_for_all, money_leases_of,
};

#[derive(Debug, Clone)]
enum Deed {
    PayIn { who: usize, cents: i64 },
    Lease { device: usize },
    Hold { device: usize, who: usize, cents: i64 },
    Spend { device: usize, who: usize, cents: i64 },
    GiveBack { device: usize },
    Meet { device: usize },
    Wait { hours: i64 },
    Release,
}

fn deed() -> impl Strategy<Value = Deed> {
    let (device, who, cents) = (0..2usize, 0..2usize, 1..9_000i64);
    prop_oneof![
        2 => (who.clone(), cents.clone()).prop_map(|(who, cents)| Deed::PayIn { who, cents }),
        3 => device.clone().prop_map(|device| Deed::Lease { device }),
        3 => (device.clone(), who.clone(), cents.clone()).prop_map(|(device, who, cents)| Deed::Hold { device, who, cents }),
        8 => (device.clone(), who, cents).prop_map(|(device, who, cents)| Deed::Spend { device, who, cents }),
        1 => device.clone().prop_map(|device| Deed::GiveBack { device }),
        5 => device.prop_map(|device| Deed::Meet { device }),
        1 => (1..10i64).prop_map(|hours| Deed::Wait { hours }),
        1 => Just(Deed::Release),
    ]
}

/// What a device knows since it met the hub last, and what it spent since.
#[derive(Default)]
struct Tablet {
    leases: Vec<MoneyLease>,
    there: BTreeMap<Id, i64>,
    waiting: Vec<(MemberId, i64, MoneyLeaseId)>,
}

struct World {
    counter: Counter,
    who: [MemberId; 2],
    rules: OfflineSpending,
    tablets: [Tablet; 2],
    raised: Vec<Exception>,
    released: Vec<MoneyLeaseId>,
}

fn device_id(n: usize) -> DeviceId {
    DeviceId(Uuid::from_u128(0xD0 + u128::try_from(n).unwrap()))
}

impl World {
    fn open() -> Self {
        let mut counter = Counter::open();
        let who = [counter.saver(10_000, 1_000), counter.saver(20_000, 0)];
        let rules = counter.rules();
        Self { counter, who, rules, tablets: Default::default(), raised: Vec::new(), released: Vec::new() }
    }

    fn at(&mut self, device: usize) {
        self.counter.desk.room.device = device_id(device);
    }

    fn try_to(&mut self, input: Input) {
        let _ = self.counter.desk.room.run(input);
    }

    /// What waits goes up, then everything comes down.
    fn meet(&mut self, device: usize) {
        self.at(device);
        for (member, cents, lease_id) in std::mem::take(&mut self.tablets[device].waiting) {
            self.raised.extend(self.counter.spend(member, cents, Some(lease_id)));
        }
        let room = &self.counter.desk.room;
        let mut leases: BTreeMap<MoneyLeaseId, MoneyLease> = BTreeMap::new();
        for member in self.who {
            for want in money_leases_of(&[member.raw()]) {
                leases.extend(room.all::<MoneyLease>(&want).into_iter().map(|lease| (lease.id, lease)));
            }
        }
        let there = self.who.map(|member| (member.raw(), self.counter.left(member)));
        let waiting = Vec::new();
        self.tablets[device] =
            Tablet { leases: leases.into_values().collect(), there: there.into(), waiting };
    }

    /// By nothing but what the device knows.
    fn spend(&mut self, device: usize, who: usize, cents: i64) {
        let member = self.who[who];
        let (ids, tablet) = ([member.raw()], &mut self.tablets[device]);
        let Some(there_cents) = tablet.there.get(&member.raw()).copied() else { return };
        let spender = Spender {
            device: device_id(device),
            authority: Authority::Hub,
            reach: Reach::OutOfReach,
            rules: self.rules,
            ids: &ids,
            there_cents,
            leases: &tablet.leases,
            now: self.counter.desk.room.now,
        };
        if cents <= spender.most_cents() {
            assert!(matches!(spender.way(cents), Way::Leased(_)), "{cents} of {}", spender.most_cents());
        }
        let Way::Leased(id) = spender.way(cents) else { return };
        let now = self.counter.desk.room.now;
        tablet
            .leases
            .iter_mut()
            .filter(|lease| lease.id == id)
            .for_each(|lease| lease.spend(member, cents, now));
        tablet.there.insert(member.raw(), there_cents - cents);
        tablet.waiting.push((member, cents, id));
    }

    fn run(&mut self, deed: &Deed) {
        match *deed {
            Deed::PayIn { who, cents } => {
                self.counter.pays_in(self.who[who], cents, 0);
            }
            Deed::Lease { device } => {
                // Whatever it spent before comes first, as in every device's own order.
                self.meet(device);
                self.at(device);
                self.try_to(crate::flow::fixture::Desk::input(
                    &LeaseMoney { device: device_id(device), not_after: None },
                    &(),
                ));
                self.meet(device);
            }
            Deed::Hold { device, who, cents } => {
                self.meet(device);
                let command = HoldMoney { device: device_id(device), member_id: self.who[who], cents };
                self.try_to(crate::flow::fixture::Desk::input(&command, &()));
                self.meet(device);
            }
            Deed::Spend { device, who, cents } => self.spend(device, who, cents),
            Deed::GiveBack { device } => {
                self.meet(device);
                if let Some(lease) = self.own(device).pop() {
                    self.try_to(crate::flow::fixture::Desk::input(&ReturnMoney { lease_id: lease.id }, &()));
                }
                self.meet(device);
            }
            Deed::Meet { device } => self.meet(device),
            Deed::Wait { hours } => {
                self.counter.desk.later_minutes(hours * 60);
                self.clock();
            }
            Deed::Release => {
                if let Some(lease) = self.counter.desk.room.all::<MoneyLease>(&lease_for_all()).pop() {
                    self.released.push(lease.id);
                    self.try_to(crate::flow::fixture::Desk::input(&ReleaseMoney { lease_id: lease.id }, &()));
                }
            }
        }
    }

    fn own(&self, device: usize) -> Vec<MoneyLease> {
        let key = KeyValue::of(device_id(device).raw());
        self.counter.desk.room.all(&Want::key::<MoneyLease>(MONEY_DEVICE_KEY, key))
    }

    /// What is due ends.
    fn clock(&mut self) {
        let now = self.counter.desk.room.now;
        let mut due: Vec<MoneyLease> = [0, 1].into_iter().flat_map(|n| self.own(n)).collect();
        due.retain(|lease| lease.not_after <= now);
        for lease in due {
            self.released.push(lease.id);
            self.counter.system(&crate::payments::EndMoneyLease { lease_id: lease.id }, &());
        }
    }

    /// Σ of the lines is the balance, and what is kept and what is free are no more than is there.
    fn check(&self) {
        for member in self.who {
            for pass in self.counter.desk.passes_of(member) {
                for unit in [PRINCIPAL_CENTS, GIFT_CENTS] {
                    let desk = &self.counter.desk;
                    assert_eq!(desk.balance(pass.id.raw(), unit), desk.lines_sum(pass.id.raw(), unit));
                    assert!(desk.balance(pass.id.raw(), unit) >= 0 || !self.released.is_empty());
                }
            }
            let (ids, there) = ([member.raw()], self.counter.left(member));
            let leases: Vec<MoneyLease> = money_leases_of(&ids)
                .iter()
                .flat_map(|want| self.counter.desk.room.all::<MoneyLease>(want))
                .collect();
            let bills: i64 = leases.iter().filter(|l| !l.is_for_all()).map(|l| l.kept_of(&ids)).sum();
            // A bill written under a lease that was taken away may have cost what was kept for another.
            assert!(bills <= there || !self.released.is_empty(), "{bills} kept of {there}");
        }
    }
}

fn lived(deeds: &[Deed]) -> World {
    let mut world = World::open();
    for deed in deeds {
        world.run(deed);
        world.check();
    }
    world.meet(0);
    world.meet(1);
    world.check();
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// As long as every lease ends by its device's own hand, no order of two devices' bills overdraws anything.
    #[test]
    fn spending_within_leases_overdraws_nothing(deeds in prop::collection::vec(deed(), 1..40)) {
        let own_hand = |deed: &Deed| !matches!(deed, Deed::Release | Deed::Wait { .. });
        let deeds: Vec<Deed> = deeds.into_iter().filter(own_hand).collect();
        let world = lived(&deeds);
        prop_assert_eq!(world.raised, vec![]);
    }

    /// Where leases were taken away, what is missing is no more than those leases had left, and says why.
    #[test]
    fn what_is_missing_is_bounded_by_the_leases_that_were_taken_away(deeds in prop::collection::vec(deed(), 1..40)) {
        let world = lived(&deeds);
        let mut short = 0;
        for one in &world.raised {
            short += one.what["short_cents"].as_i64().unwrap();
        }
        let bound: i64 = world.released.iter().map(|id| world.counter.lease(*id).in_all_cents).sum();
        prop_assert!(short <= bound, "{} missing, {} allowed", short, bound);
    }
}
