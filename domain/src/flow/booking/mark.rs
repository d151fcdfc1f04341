//! Marks on a roster: one row, or a whole class in one tap. Nothing follows from a mark before the session is closed, so
//! they may be changed as often as somebody is mistaken.

use serde::{Deserialize, Serialize};

use crate::bookings::{
    Booking, BookingException, BookingId, DESK_AND_COACHES, Mark, Marked, ROSTER_MAX, Seats, of_session,
};
use crate::classes::SessionKey;
use crate::kernel::Role;
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRow {
    /// Whose.
    pub booking_id: BookingId,
    /// The mark; nothing takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// Marks rows of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRoster {
    /// Of which session.
    pub session: SessionKey,
    /// The rows: at most [`ROSTER_MAX`].
    pub rows: Vec<MarkRow>,
}

impl Command for MarkRoster {
    const KIND: &'static str = "bookings.mark";
    const ROLES: &'static [Role] = DESK_AND_COACHES;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Seats>(self.session.id()), of_session(self.session.id())]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.rows.len() <= ROSTER_MAX
    }
}

impl Fact for MarkRoster {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        if facts.get::<Seats>(self.session.id()).is_some_and(|seats| seats.is_closed()) {
            decision.raise(BookingException::ClosedBefore {}.draft(vec![self.session.id().raw()]));
            return decision;
        }
        let roster: Vec<Booking> = facts.all(&of_session(self.session.id()));
        for row in &self.rows {
            let Some(booking) = roster.iter().find(|one| one.id == row.booking_id && one.has_seat()) else {
                let about = vec![row.booking_id.raw(), self.session.id().raw()];
                decision.raise(BookingException::NoSeat {}.draft(about));
                continue;
            };
            let mark = row.mark.map(|mark| Marked { mark, at: ctx.effective_at, by: ctx.actor });
            let after = Booking { mark, ..booking.clone() };
            decision.replace(facts.found::<Booking>(after.id), &after);
        }
        decision
    }
}
