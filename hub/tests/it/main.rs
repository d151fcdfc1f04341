//! A real device machine against the real hub: real HTTP, real SQLite, a clock that only moves when told.

mod agree;
mod backups;
mod device;
mod doors;
mod faults;
mod hostile;
mod http;
mod pages;
mod world;
