//! What was asked for, where the hub could not do it after all: the class, its time, and for whom.

use rollcall_domain::flow::booking::{BookSeats, CancelBooking};
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::command::Command as _;
use rollcall_domain::kernel::json;
use serde_json::Value;

use crate::fmt;
use crate::parts::answers::Asking;
use crate::parts::members::{called, person};
use crate::parts::sessions::named;
use crate::parts::settings::moment;
use crate::studio::Studio;
use crate::tr::mine as t;

/// The slice's wishes in words.
pub static ASKING: Asking = Asking { slice: "bookings", words, again };

fn words(studio: &Studio, kind: &str, asked: &Value) -> Option<String> {
    match kind {
        BookSeats::KIND => {
            let BookSeats { session, members, .. } = json::read(asked).ok()?;
            let (title, starts_at) = named(studio, session);
            let title = title.unwrap_or_else(|| t::asked_class().to_owned());
            let when = moment(studio, starts_at);
            if is_members_own(studio) {
                return Some(t::asked_book_own(title, when));
            }
            let who: Vec<String> =
                members.iter().filter_map(|id| person(studio, *id)).map(|m| called(&m)).collect();
            Some(t::asked_book(title, when, fmt::list(&who)))
        }
        CancelBooking::KIND => Some(t::asked_cancel().to_owned()),
        _ => None,
    }
}

/// A member picks another class; the desk looks at whom it is about.
fn again(studio: &Studio, kind: &str) -> Option<(String, &'static str)> {
    (kind == BookSeats::KIND && is_members_own(studio)).then(|| ("/classes".to_owned(), t::pick_another()))
}

fn is_members_own(studio: &Studio) -> bool {
    studio.me_now().is_some_and(|me| me.role == Role::Member)
}
