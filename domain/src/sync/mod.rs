//! How devices and the hub agree: the envelope, the wire, and a device's memory of what is confirmed and what waits.
//!
//! Sans I/O: sockets, databases and clocks are the shell's. Nothing in here may name a slice.

pub mod backup;
pub mod book;
pub mod deciding;
pub mod envelope;
pub mod erasing;
pub mod kept;
pub mod meeting;
mod overlay;
pub mod wire;

pub use book::{Book, Confirmed, Seen};
pub use deciding::{Case, Deciding, Step};
pub use envelope::{Cursor, Entry, Envelope};
