//! Who comes to which session: bookings, the queue, the seats everybody may count, and seats a device holds by itself.
//!
//! Seats are a public sum without a name; bookings are the member's and the desk's. The decisions also move visits of
//! passes and are put together in `flow::booking`. Must never know a price, or when a session is: the timetable says so,
//! and `Seats` keeps what it said last.

use crate::kernel::access::Role;
use crate::typed_id;

mod booking;
mod due;
mod exception;
mod lease;
mod opening;
mod queue;
mod refusal;
mod rules;
mod seats;
mod word;

pub use booking::{
    ATTENDED_KEY, ATTENDED_SESSION_KEY, Attended, Booking, Dropped, Forgiven, LIVE_KEY, MEMBER_KEY, Mark,
    Marked, MovedUp, Note, PassedOver, Pays, SESSION_KEY, Settled, State, live_between, live_want,
    of_session,
};
pub use due::{CountPeople, EndLease, Promote, Sweep};
pub use exception::BookingException;
pub use lease::{
    LEASE_DEVICE_KEY, LEASE_SESSION_KEY, LeaseEnd, SeatLease, leases_of_device, leases_of_session,
};
pub use opening::{Opening, opening};
pub(crate) use queue::moved_up;
pub use queue::{Queued, queue, rank};
pub use refusal::{BookingRefusal, Instead};
pub use rules::{BookingRules, SetBookingRules, rules_id, rules_of, rules_want};
pub use seats::{
    DAY_KEY as SEATS_DAY_KEY, SCHEDULE_KEY as SEATS_SCHEDULE_KEY, Seats, SeatsStanding, seats_between,
    seats_of_schedule,
};
pub use word::{Settled as DecidedBy, Word, word};

/// The slice's name in refusals and exceptions.
pub const SLICE: &str = "bookings";
/// Who books for others, and the member alone.
pub(crate) const DESK_AND_MEMBERS: &[Role] = &[Role::Owner, Role::Manager, Role::Desk, Role::Member];
/// Who keeps a roster.
pub(crate) const DESK_AND_COACHES: &[Role] = &[Role::Owner, Role::Manager, Role::Desk, Role::Coach];

/// People who book together.
pub const GROUP_MAX: usize = 6;
/// People who may wait for one session.
pub const WAITING_MAX: u32 = 50;
/// Rows of a roster one command may name.
pub const ROSTER_MAX: usize = 1_200;
/// Characters of a reason.
pub const REASON_CHARS_MAX: usize = 200;
/// Seats one device may hold of one session.
pub const LEASED_MAX: u32 = 40;
/// The part of a lease's term in which its device promises seats by itself, in hundredths.
pub const LEASE_USED_PERCENT: i64 = 80;
/// Records of one kind a decision looks at.
const SEEN_MAX: u32 = 4_000;

typed_id! {
    /// Somebody's place in one session, or in its queue.
    BookingId,
    /// Seats a device holds by itself.
    LeaseId,
}
