//! A device takes the right to spend prepaid money by itself, gives it back, or loses it: by the clock, by what becomes of
//! the device, or by an owner's word.

use serde::{Deserialize, Serialize};

use super::{kept_cents, there};
use crate::kernel::access::{self, Role};
use crate::kernel::alias::Circle;
use crate::kernel::catalogue::Reaction;
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Authority, Ctx, Decision};
use crate::kernel::devices::{self, Device};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, DeviceId, Id};
use crate::kernel::money::Money;
use crate::kernel::record::{Change, RecordBody};
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::passes::{holdings, holdings_wants};
use crate::payments::{
    EndMoneyLease, HOLD_TERM_MS, LEASE_TERM_MS, MoneyLease, MoneyLeaseEnd, MoneyLeaseId, MoneyRefusal, SLICE,
    lease_for_all, money_leases_of, money_leases_of_device, offline_of, offline_want,
};

/// What the slice reacts to.
pub(crate) const REACTIONS: &[Reaction] =
    &[Reaction { on: &[Device::KIND], wants: device_wants, react: device_changed }];

/// Takes the right to spend everybody's money without asking, within the studio's caps. A device that has it begins anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseMoney {
    /// For which device: the one it is given on.
    pub device: DeviceId,
    /// Until when; a day where nothing is said, and never longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
}

impl Command for LeaseMoney {
    const KIND: &'static str = "payments.lease_money";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![offline_want(), lease_for_all(), Want::id::<Device>(self.device)]
    }
}

impl Request for LeaseMoney {
    type Refusal = MoneyRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, MoneyRefusal> {
        let rules = offline_of(facts);
        if self.device != ctx.device {
            return Err(MoneyRefusal::OtherDevice);
        }
        if !rules.allowed {
            return Err(MoneyRefusal::OfflineOff);
        }
        let last = ctx.effective_at.plus_ms(LEASE_TERM_MS);
        let not_after = self.not_after.unwrap_or(last).min(last);
        if not_after <= ctx.effective_at {
            return Err(MoneyRefusal::TermOver);
        }
        let mut decision = Decision::nothing();
        for mut lease in facts.all::<MoneyLease>(&lease_for_all()) {
            if lease.device != self.device {
                return Err(MoneyRefusal::HeldElsewhere { device: lease.device });
            }
            // What it spent under the old one came before this, in its own order.
            lease.end(ctx.effective_at, MoneyLeaseEnd::Returned);
            decision.replace(facts.found::<MoneyLease>(lease.id), &lease);
        }
        let (member_cents, in_all_cents) = (rules.member_cents, rules.device_cents);
        decision.put(&MoneyLease { member_cents, in_all_cents, ..lease(self.device, not_after, facts, ctx) });
        Ok(decision)
    }
}

/// A new lease over nothing.
fn lease(device: DeviceId, not_after: Timestamp, facts: &Facts, ctx: &Ctx) -> MoneyLease {
    MoneyLease {
        id: MoneyLeaseId(ctx.id(0)),
        device,
        life: facts.get::<Device>(device).map_or(0, |device| device.life),
        member_id: None,
        member_cents: 0,
        in_all_cents: 0,
        used: Vec::new(),
        from: ctx.effective_at,
        not_after,
        guessed: ctx.authority == Authority::Prediction,
        ended: None,
    }
}

/// Keeps a sum of one member's money for a bill this device is about to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldMoney {
    /// For which device: the one it is given on.
    pub device: DeviceId,
    /// Whose money.
    pub member_id: MemberId,
    /// How much: above zero.
    pub cents: i64,
}

impl Command for HoldMoney {
    const KIND: &'static str = "payments.hold_money";
    const ROLES: &'static [Role] = access::TILL;
    /// Whoever asked stands at the till and is told there; nothing was done yet.
    const REFUSAL_IS_NEWS: bool = false;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let mut wants = vec![Want::id::<Device>(self.device)];
        wants.extend(holdings_wants(self.member_id, facts));
        wants.extend(money_leases_of(Circle::so_far(self.member_id.raw(), facts).ids()));
        wants
    }
    fn is_well_formed(&self, (): &()) -> bool {
        (1..=Money::CENTS_MAX).contains(&self.cents)
    }
}

impl Request for HoldMoney {
    type Refusal = MoneyRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, MoneyRefusal> {
        if self.device != ctx.device {
            return Err(MoneyRefusal::OtherDevice);
        }
        let circle = Circle::of(self.member_id.raw(), facts);
        let ids = circle.ids();
        let leases: Vec<MoneyLease> =
            money_leases_of(ids).iter().flat_map(|want| facts.all::<MoneyLease>(want)).collect();
        let kept = kept_cents(&leases, self.device, ids);
        let free_cents = there(&holdings(self.member_id, facts)).cents().saturating_sub(kept).max(0);
        if self.cents > free_cents {
            return Err(MoneyRefusal::TooLittle { free_cents });
        }
        let not_after = ctx.effective_at.plus_ms(HOLD_TERM_MS);
        let mut decision = Decision::nothing();
        // A bill that goes beyond its right to everybody's money takes that along: the device may be gone before it hears
        // what was left of the rest.
        for mut own in leases.into_iter().filter(|lease| lease.is_for_all() && lease.device == self.device) {
            own.spend(self.member_id, own.kept_of(ids).min(self.cents), ctx.effective_at);
            decision.replace(facts.found::<MoneyLease>(own.id), &own);
        }
        decision.put(&MoneyLease {
            member_id: Some(self.member_id),
            member_cents: self.cents,
            in_all_cents: self.cents,
            ..lease(self.device, not_after, facts, ctx)
        });
        Ok(decision)
    }
}

/// Ends a lease: what it has not spent is everybody's again.
fn end(
    lease_id: MoneyLeaseId,
    why: MoneyLeaseEnd,
    facts: &Facts,
    ctx: &Ctx,
) -> Result<Decision, MoneyRefusal> {
    let mut lease =
        facts.get::<MoneyLease>(lease_id).filter(MoneyLease::runs).ok_or(MoneyRefusal::NoLease)?;
    lease.end(ctx.effective_at, why);
    let mut decision = Decision::nothing();
    decision.replace(facts.record::<MoneyLease>(lease_id), &lease);
    Ok(decision)
}

/// Gives this device's lease back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnMoney {
    /// Which lease.
    pub lease_id: MoneyLeaseId,
}

impl Command for ReturnMoney {
    const KIND: &'static str = "payments.return_money";
    const ROLES: &'static [Role] = access::TILL;
    /// A lease that is over already is what was wished for.
    const REFUSAL_IS_NEWS: bool = false;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<MoneyLease>(self.lease_id)]
    }
}

impl Request for ReturnMoney {
    type Refusal = MoneyRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, MoneyRefusal> {
        let other = facts.get::<MoneyLease>(self.lease_id).is_some_and(|lease| lease.device != ctx.device);
        if other {
            return Err(MoneyRefusal::OtherDevice);
        }
        end(self.lease_id, MoneyLeaseEnd::Returned, facts, ctx)
    }
}

/// Takes the right away from its device, which may not know: what it has spent since may be gone by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseMoney {
    /// Which lease.
    pub lease_id: MoneyLeaseId,
}

impl Command for ReleaseMoney {
    const KIND: &'static str = "payments.release_money";
    const ROLES: &'static [Role] = access::OWNER;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<MoneyLease>(self.lease_id)]
    }
}

impl Request for ReleaseMoney {
    type Refusal = MoneyRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, MoneyRefusal> {
        end(self.lease_id, MoneyLeaseEnd::Released { by: ctx.actor }, facts, ctx)
    }
}

impl Request for EndMoneyLease {
    type Refusal = MoneyRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, MoneyRefusal> {
        // Given back meanwhile: the clock has nothing to do.
        if facts.get::<MoneyLease>(self.lease_id).is_none_or(|lease| !lease.runs()) {
            return Ok(Decision::nothing());
        }
        end(self.lease_id, MoneyLeaseEnd::RanOut, facts, ctx)
    }
}

fn device_wants(changes: &[&Change], _: &Facts) -> Vec<Want> {
    changes.iter().map(|change| money_leases_of_device(change.id)).collect()
}

/// A device that left, or whose storage was copied or put back, spends nothing by itself any more.
fn device_changed(changes: &[&Change], facts: &Facts, ctx: &Ctx) -> Decision {
    let mut decision = Decision::nothing();
    for change in changes {
        // A decision of this build wrote it: what cannot be read is a device that does not work here.
        let device: Option<Device> = change.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let works = device.as_ref().is_some_and(|device| device.standing == devices::Standing::InUse);
        let life = device.map_or(0, |device| device.life);
        for mut lease in facts.all::<MoneyLease>(&money_leases_of_device(change.id)) {
            if !works || lease.life != life {
                lease.end(ctx.effective_at, MoneyLeaseEnd::DeviceGone);
                decision.replace(facts.found::<MoneyLease>(lease.id), &lease);
            }
        }
    }
    decision
}
