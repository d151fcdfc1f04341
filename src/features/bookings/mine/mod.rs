//! Booking on a member's own phone: the card, what is booked, and the classes there are.
//!
//! The phone holds its member's rows and what everybody sees. It must never know who else comes: places are a number.

mod home;
mod pick;
mod state;

pub use home::MyClasses;
pub use pick::PickClass;
