//! The screens, a folder each. A feature never knows another one: what they share is in `parts`.

pub mod appointments;
pub mod balance;
pub mod bookings;
pub mod checkin;
pub mod exceptions;
pub mod feeds;
pub mod import;
pub mod kiosk;
pub mod members;
pub mod plans;
pub mod receipts;
pub mod sell;
pub mod settings;
pub mod start;
pub mod timetable;
pub mod today;
