//! The timetable: what is taught, by whom, where and when; what changes, and what of it is called off.
//!
//! Sessions are no records. A schedule says when they are, a `session_change` what is different about one of them, a
//! closure which days have none (ADR 11). Times are wall clocks in the studio's zone; a clock that jumps is read as
//! `calendar::clock` says. Must never know who booked.

use crate::kernel::Role;
use crate::typed_id;

mod add_session;
mod cancel_session;
mod change_schedule;
mod change_session;
mod clash;
mod class_type;
mod closure;
mod coach;
mod court;
mod end_schedule;
pub mod export;
pub mod import;
mod map_point;
mod place;
mod plan_schedule;
mod refusal;
mod repeat_schedule;
mod schedule;
mod session;
mod session_change;
mod terms;
mod timetable;
mod touched;

pub use add_session::AddSession;
pub use cancel_session::{CallOffSession, DeleteSession};
pub use change_schedule::ChangeSchedule;
pub use change_session::ChangeSession;
pub use clash::{Clash, Over, Side, Taken, clashes};
pub use class_type::{ClassDraft, ClassType, DescribeClass, Level};
pub use closure::{Closure, DeclareClosure, LiftClosure};
pub use coach::{Coach, CoachName, IntroduceCoach};
pub use court::{CourtDay, HIRE_MEMBER_KEY, Hire, HireCourt, HireMade, HiredHours, HirerName, ReleaseCourt};
pub use end_schedule::EndSchedule;
pub use map_point::{MapPoint, NoMapPoint};
pub use place::{DescribePlace, Place, PlaceDraft, PlaceKind};
pub use plan_schedule::PlanSchedule;
pub use refusal::ClassRefusal;
pub use repeat_schedule::RepeatSchedule;
pub use schedule::{Pattern, Repeating, Schedule, Stretch};
pub use session::{NoSessionKey, Session, SessionKey, Standing};
pub use session_change::{Different, SessionChange, State};
pub use terms::{Terms, TermsChange};
pub use timetable::{Days, Timetable, session_of, session_wants, timetable_of};
pub use touched::{Effect, Touched, touched};

/// Who changes single sessions: the desk, and coaches their own.
const DESK_AND_COACHES: &[Role] = &[Role::Owner, Role::Manager, Role::Desk, Role::Coach];
/// The slice's name in refusals.
const SLICE: &str = "classes";

/// Characters a name may have.
pub const NAME_CHARS_MAX: usize = 60;
/// Characters a note may have: where to meet, why a class is called off.
pub const NOTE_CHARS_MAX: usize = 200;
/// The shortest class.
pub const LENGTH_MINUTES_MIN: u32 = 5;
/// The longest class.
pub const LENGTH_MINUTES_MAX: u32 = 12 * 60;
/// The most seats of a class.
pub const CAPACITY_MAX: u32 = 1_000;
/// Coaches of one class.
pub const COACHES_MAX: usize = 4;
/// Colours a class type may have, counted from 0.
pub const COLOURS: u8 = 12;
/// Days by which sessions of a schedule may stand away from where its rule puts them.
pub const MOVED_DAYS_MAX: i32 = 31;
/// Changes of a schedule as a whole, and of its rule.
pub const STRETCHES_MAX: usize = 200;
/// How often a schedule may get another rule.
pub const PATTERNS_MAX: usize = 32;
/// Days a closure may take.
pub const CLOSURE_DAYS_MAX: i64 = 366;
/// Records of one kind a decision looks at.
const SEEN_MAX: u32 = 4_000;

typed_id! {
    /// A kind of class.
    ClassTypeId,
    /// A room, a meeting point or a court.
    PlaceId,
    /// A pattern that makes sessions, through all its changes.
    ScheduleId,
    /// One session; hashed from its [`SessionKey`].
    SessionId,
    /// Days on which the studio is closed.
    ClosureId,
    /// Hours for which a court is let.
    HireId,
}

#[cfg(test)]
mod tests;
