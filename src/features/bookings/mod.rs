//! Booking's words: refusals, what was given instead, and what a roster left for a person to look at.

mod saying;
mod telling;

pub use saying::SAYING;
pub use telling::TELLING;
