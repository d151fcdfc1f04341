//! A device takes seats to promise by itself, gives them back, or loses them: by the clock, or by an owner's word.

use serde::{Deserialize, Serialize};

use super::book::open_session;
use crate::bookings::{
    BookingRefusal, DESK_AND_COACHES, EndLease, LEASED_MAX, LeaseEnd, LeaseId, SLICE, SeatLease, Seats,
    rules_want,
};
use crate::classes::{SessionKey, session_wants};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Authority, Ctx, Decision};
use crate::kernel::devices::Device;
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::DeviceId;
use crate::kernel::time::Timestamp;

/// Takes seats of a session for this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseSeats {
    /// Of which session.
    pub session: SessionKey,
    /// For which device: the one it is given on.
    pub device: DeviceId,
    /// How many: 1..=[`LEASED_MAX`].
    pub seats: u32,
    /// Until when; until the session begins where nothing is said, and never longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
}

impl Command for LeaseSeats {
    const KIND: &'static str = "bookings.lease";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        let mut wants = session_wants(&self.session);
        wants.extend([Want::id::<Seats>(self.session.id()), rules_want(), Want::id::<Device>(self.device)]);
        wants
    }
    fn is_well_formed(&self, (): &()) -> bool {
        (1..=LEASED_MAX).contains(&self.seats)
    }
}

impl Request for LeaseSeats {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        let (session, mut seats, _) = open_session(&self.session, facts, ctx)?;
        if self.device != ctx.device {
            return Err(BookingRefusal::OtherDevice);
        }
        let not_after = self.not_after.unwrap_or(session.starts_at).min(session.starts_at);
        if not_after <= ctx.effective_at {
            return Err(BookingRefusal::Begun);
        }
        // Whoever waits comes before a device.
        let free = if seats.waiting > 0 { 0 } else { seats.free_now() };
        if free < self.seats {
            return Err(BookingRefusal::TooFewSeats { free });
        }
        seats.held += self.seats;
        let mut decision = Decision::nothing();
        decision.put(&SeatLease {
            id: LeaseId(ctx.id(0)),
            device: self.device,
            life: facts.get::<Device>(self.device).map_or(0, |device| device.life),
            session: self.session,
            seats: self.seats,
            used: 0,
            from: ctx.effective_at,
            not_after,
            guessed: ctx.authority == Authority::Prediction,
            ended: None,
        });
        decision.replace(facts.record::<Seats>(self.session.id()), &seats);
        Ok(decision)
    }
}

fn lease_wants(lease_id: LeaseId, facts: &Facts) -> Vec<Want> {
    let own = Want::id::<SeatLease>(lease_id);
    let seats = facts.peek::<SeatLease>(&own).into_iter().map(|lease| Want::id::<Seats>(lease.session.id()));
    seats.chain([own.clone()]).collect()
}

/// Ends a lease: the seats it has not given are everybody's again.
fn end(lease_id: LeaseId, why: LeaseEnd, facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
    let mut lease =
        facts.get::<SeatLease>(lease_id).filter(SeatLease::runs).ok_or(BookingRefusal::NoLease)?;
    let mut decision = Decision::nothing();
    let freed = lease.end(ctx.effective_at, why);
    if let Some(mut seats) = facts.get::<Seats>(lease.session.id()) {
        seats.held = seats.held.saturating_sub(freed);
        seats.freed(ctx.effective_at);
        decision.replace(facts.record::<Seats>(lease.session.id()), &seats);
    }
    decision.replace(facts.record::<SeatLease>(lease_id), &lease);
    Ok(decision)
}

/// Gives the seats of this device's lease back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnSeats {
    /// Which lease.
    pub lease_id: LeaseId,
}

impl Command for ReturnSeats {
    const KIND: &'static str = "bookings.return_seats";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        lease_wants(self.lease_id, facts)
    }
}

impl Request for ReturnSeats {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        let other = facts.get::<SeatLease>(self.lease_id).is_some_and(|lease| lease.device != ctx.device);
        if other {
            return Err(BookingRefusal::OtherDevice);
        }
        end(self.lease_id, LeaseEnd::Returned, facts, ctx)
    }
}

/// Takes the seats of a lease away from its device, which may not know: what it has promised since may be too many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSeats {
    /// Which lease.
    pub lease_id: LeaseId,
}

impl Command for ReleaseSeats {
    const KIND: &'static str = "bookings.release_seats";
    const ROLES: &'static [Role] = access::OWNER;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        lease_wants(self.lease_id, facts)
    }
}

impl Request for ReleaseSeats {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        end(self.lease_id, LeaseEnd::Released { by: ctx.actor }, facts, ctx)
    }
}

impl Command for EndLease {
    const KIND: &'static str = "bookings.end_lease";
    const ROLES: &'static [Role] = &[Role::System];
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        lease_wants(self.lease_id, facts)
    }
}

impl Request for EndLease {
    type Refusal = BookingRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, BookingRefusal> {
        // Given back meanwhile: the clock has nothing to do.
        if facts.get::<SeatLease>(self.lease_id).is_none_or(|lease| !lease.runs()) {
            return Ok(Decision::nothing());
        }
        end(self.lease_id, LeaseEnd::RanOut, facts, ctx)
    }
}
