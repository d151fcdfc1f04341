//! Decisions that span slices: a sale writes a pass, a payment and a card at once; a check-in spends a visit of a pass.
//!
//! Each is registered under the slice that owns its command. A slice never calls another slice's decision; it is put together here.

pub mod appointment;
pub mod booking;
pub mod check_in;
pub mod feed;
pub(crate) mod following;
pub mod import;
mod kept;
pub mod money;
pub mod reverse;
pub mod sell;
pub mod take;
mod till;

#[cfg(test)]
mod erasing;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod one_person;
#[cfg(test)]
mod tests;
