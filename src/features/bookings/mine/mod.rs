//! Booking on a member's own phone: the card, what is booked, the classes there are, and when courts are free.
//!
//! The phone holds its member's rows and what everybody sees. It must never know who else comes: places are a number.

mod courts;
mod home;
mod pick;
mod state;

pub use courts::FreeCourts;
pub use home::MyClasses;
pub use pick::PickClass;
