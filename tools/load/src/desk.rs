//! What happens at a desk: somebody new is written down, buys a pass, walks in.

use rollcall_domain::attendance::{DoorReason, Found, Light};
use rollcall_domain::flow::check_in::{CheckIn, LetIn, SeenAtDoor};
use rollcall_domain::flow::sell::SellPass;
use rollcall_domain::kernel::Want;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::number::Number;
use rollcall_domain::kernel::time::{Timestamp, Zone};
use rollcall_domain::members::{Application, EnrolMember, MemberId};
use rollcall_domain::passes::StartChoice;
use rollcall_domain::payments::{Tender, TenderKind};
use rollcall_domain::plans::{ALL_KEY, Plan, PlanRevision};
use rollcall_domain::studio::Section;

use crate::device::Device;

/// Commands of one customer.
pub(crate) const EACH: usize = 3;

/// A desk and what it sells.
pub(crate) struct Desk {
    pub(crate) device: Device,
    plan: PlanRevision,
    customers: u64,
    /// Everybody written down here.
    pub(crate) members: Vec<MemberId>,
}

impl Desk {
    pub(crate) fn new(device: Device) -> Self {
        let all = Want::range::<Plan>(
            ALL_KEY,
            KeyValue::of(Timestamp(i64::MIN)),
            KeyValue::of(Timestamp(i64::MAX)),
            50,
        );
        let plan = device.all::<Plan>(&all).into_iter().next().expect("a new studio has plans");
        let plan = device.find::<PlanRevision>(plan.revision_id).unwrap();
        Self { device, plan, customers: 0, members: Vec::new() }
    }

    /// A new customer: three commands.
    pub(crate) fn customer(&mut self) {
        let member_id = self.enrol();
        self.sell(member_id);
        let seen = SeenAtDoor {
            light: Light::Green,
            reason: DoorReason::Runs { name: self.plan.name.clone(), until: None },
            pass_id: None,
        };
        let check_in = CheckIn { member_id, found: Found::Search, card_id: None, seen };
        self.device.give(&check_in, &LetIn::default());
    }

    /// Somebody new is written down: one command.
    pub(crate) fn enrol(&mut self) -> MemberId {
        self.customers += 1;
        let id = self.device.mint();
        let member_id = MemberId(id);
        let name = format!("Member {} {}", id.as_u128() >> 64, self.customers);
        let enrol = EnrolMember {
            member_id,
            sections: vec![Section::Indoor],
            referrer: None,
            joined_on: None,
            different_from: Vec::new(),
        };
        let personal = Application {
            name_keys: name.to_lowercase(),
            name,
            phone: Some(format!("+8613{:04}{:05}", (id.as_u128() >> 64) % 10_000, self.customers % 100_000)),
            ..Application::default()
        };
        self.device.give(&enrol, &personal);
        self.members.push(member_id);
        member_id
    }

    fn sell(&mut self, member_id: MemberId) {
        let price = self.plan.price;
        let sale = SellPass {
            member_id,
            plan_id: self.plan.plan_id,
            revision_id: self.plan.id,
            start: StartChoice::Today,
            valid_from: Some(Zone::default().day(self.device.now())),
            price,
            tenders: vec![Tender { kind: TenderKind::Cash, amount_cents: price.cents }],
            given_cents: None,
            receipt: Number { series: self.device.series.clone(), n: self.customers },
            card: None,
            lease_id: None,
        };
        self.device.give(&sale, &());
    }
}
