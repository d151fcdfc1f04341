//! Booking: the roster of a session, in its sheet, in one hand and on paper; a coach's day; what is said when somebody has
//! no seat, and what a roster left to look at.

mod add;
mod asking;
mod closed;
mod day;
mod hand;
mod hand_row;
mod hold;
mod mine;
mod newcomer;
mod paper;
mod ready;
mod roster;
mod saying;
mod state;
mod tell;
mod telling;

pub use asking::ASKING;
pub use day::CoachDay;
pub use hand::RosterDesk;
pub use mine::{FreeCourts, MyClasses, PickClass};
pub use paper::RosterPaper;
pub use roster::SESSION;
pub use saying::SAYING;
pub use telling::TELLING;
