//! The hub: one process that devices sync through and load the app from.
//!
//! It decides with the same rules as the devices, over records it cannot read: no slice is named in this crate.

mod accept;
mod auth;
pub mod backup;
mod blobs;
pub mod cli;
mod clockwork;
#[cfg(test)]
mod decoders;
pub mod erasures;
mod feed;
mod house;
mod http;
mod hub;
mod intake;
pub mod outside;
pub mod pack;
mod relay;
pub mod serve;
pub mod storage;
mod sync;
mod upload;
pub mod verify;

pub use accept::AcceptError;
pub use clockwork::tick;
pub use http::{Needs, Pages, Route, router, routes};
pub use hub::{Hub, StartError};
