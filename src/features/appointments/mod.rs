//! One-to-one: the hours coaches publish, times picked out of them, and the word of the member that it took place.
//!
//! A coach's phone must never know a member's code: it takes what is typed, and the hub compares it.

mod book;
mod hand;
mod hours;
mod lists;
mod state;
mod words;

use rollcall_domain::kernel::access::ROOM;

use crate::parts::one_to_one::OneToOneParts;
use crate::parts::pages::SettingsPage;
use crate::tr::appointments as t;

pub use book::BookDesk;
pub use hand::AppointmentDesk;
pub use words::{ASKING, SAYING, TELLING};

/// The page of the settings.
pub const PAGE: SettingsPage = SettingsPage {
    path: "hours",
    title: t::hours_title,
    note: t::hours_note,
    view: hours::page,
    roles: ROOM,
};

/// What other screens show of it.
pub const PARTS: OneToOneParts =
    OneToOneParts { day: lists::day, mine: lists::mine, offer: lists::offer, week: lists::week };
