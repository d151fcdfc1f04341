//! The timetable's words. Must never know who booked.

mod saying;

pub use saying::SAYING;
