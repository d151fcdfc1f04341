//! A real device machine against the real hub: real HTTP, real SQLite, a clock that only moves when told.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod agree;
mod backups;
mod binary;
mod bookings;
mod device;
mod doors;
mod erasing;
mod faults;
mod feeds;
mod hostile;
mod http;
mod pages;
mod people;
mod roles;
#[cfg(feature = "server-tests")]
mod server;
mod studios;
mod world;
