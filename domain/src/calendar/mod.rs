//! Calendars as RFC 5545 has them: rules that repeat, wall clocks of a zone, and the text of an .ics file.
//!
//! Must never know a class, a member or a studio: what an event means is the business of whoever reads it.

pub mod clock;
pub mod event;
pub mod expand;
pub mod rule;
pub mod set;
pub mod text;
pub mod zones;

pub use clock::{Clock, local, utc};
pub use expand::Expansion;
pub use rule::{Freq, Nth, Rule, RuleFault, Until};

#[cfg(test)]
mod tests;
