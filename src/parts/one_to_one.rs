//! What the feature of one-to-one appointments gives to the screens that show a day: a coach's, a member's, the week of
//! the desk. They show it and never name it; `src/wiring.rs` brings the two together.

use std::sync::OnceLock;

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::appointments::AppointmentId;

/// Where an appointment is booked.
pub const BOOK_HREF: &str = "/appointments";

/// The sections, each with its own heading; nothing where there is nothing to show.
#[derive(Debug, Clone, Copy)]
pub struct OneToOneParts {
    /// Under a coach's own classes.
    pub day: fn() -> AnyView,
    /// Under a member's own bookings.
    pub mine: fn() -> AnyView,
    /// Above the classes a member picks from.
    pub offer: fn() -> AnyView,
    /// Under the week, for the week that begins on a day.
    pub week: fn(Signal<NaiveDate>) -> AnyView,
}

static PARTS: OnceLock<OneToOneParts> = OnceLock::new();

/// Gives the sections. The first call counts; the app makes it before anything is shown.
pub fn set_one_to_one(parts: OneToOneParts) {
    let _ = PARTS.set(parts);
}

/// The sections.
#[must_use]
pub fn one_to_one() -> Option<OneToOneParts> {
    PARTS.get().copied()
}

/// The address of an appointment at the desk, or on its coach's phone.
#[must_use]
pub fn appointment_href(id: AppointmentId) -> String {
    format!("{BOOK_HREF}/{id}")
}
