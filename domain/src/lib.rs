//! The rules of Rollcall: pure data in, decisions out, the same code on a tablet and on the hub.
//!
//! This crate must never know a clock, a random source, a file, a socket or a screen, and never a float for money.
//! Ids, time and actor come in from outside. `kernel` and `sync` name no slice; `registry` names all of them.
#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

pub mod appointments;
pub mod attendance;
pub mod bookings;
pub mod calendar;
pub mod classes;
#[cfg(test)]
mod decoders;
pub mod demo;
pub mod feeds;
pub mod flow;
pub mod han;
pub mod import;
pub mod kernel;
pub mod members;
pub mod passes;
pub mod payments;
pub mod plans;
pub mod registry;
pub mod studio;
pub mod sync;
#[cfg(test)]
pub(crate) mod testing;
