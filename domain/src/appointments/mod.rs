//! One coach, one member: the hours coaches publish, the appointments members take out of them, and what says that they
//! took place.
//!
//! What is taken of a coach's day is public and without a name; an appointment is the member's, its coach's and the
//! desk's. Its decisions also move credits of passes and are put together in `flow::appointment`. Must never know a price
//! or what a lesson pays its coach: it counts lessons.

use crate::kernel::access::Role;
use crate::typed_id;

mod appointment;
mod code;
mod day;
mod due;
mod exception;
mod hours;
mod pack;
mod refusal;
mod word;

pub use appointment::{
    ALL_KEY, Appointment, DAY_KEY, Dropped, OPEN_KEY, PASS_KEY, Proof, State, Typed, kept_on, of_day,
    of_person, open_of,
};
pub use code::{AppointmentCode, CODE_DIGITS, CODE_TRIES_MAX, CodeSeed};
pub use day::{COACH_DAY_KEY, CoachDay, TakenSpan, days_between};
pub use due::RemindAppointment;
pub use exception::AppointmentException;
pub use hours::{CoachHours, DayHours, PublishHours, STEP_MINUTES, Span, Start, Weekly, hours_id};
pub(crate) use pack::pack_for;
pub use refusal::AppointmentRefusal;
pub use word::{Word, word};

/// The slice's name in refusals and exceptions.
pub const SLICE: &str = "appointments";
/// The ledger's unit of lessons that count for a coach.
pub const LESSONS: &str = "lessons";
/// Who books: the desk for members, coaches for those they train, members for themselves.
pub(crate) const ROOM_AND_MEMBERS: &[Role] =
    &[Role::Owner, Role::Manager, Role::Desk, Role::Coach, Role::Member];

/// Spans of hours a week, or a day, may have.
pub const SPANS_MAX: usize = 70;
/// Days that may be different from the week.
pub const DAYS_MAX: usize = 400;
/// Kinds of appointment a coach may offer.
pub const SERVICES_MAX: usize = 40;
/// Characters of a reason.
pub const REASON_CHARS_MAX: usize = 200;
/// Records of one kind a decision looks at.
const SEEN_MAX: u32 = 4_000;

typed_id! {
    /// One appointment of one coach with one member.
    AppointmentId,
}

#[cfg(test)]
mod tests;
