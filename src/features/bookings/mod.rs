//! Booking: the roster of a session, what is said when somebody has no seat, and what a roster left to look at.

mod add;
mod asking;
mod closed;
mod hold;
mod mine;
mod roster;
mod saying;
mod state;
mod telling;

pub use asking::ASKING;
pub use mine::{MyClasses, PickClass};
pub use roster::SESSION;
pub use saying::SAYING;
pub use telling::TELLING;
