//! Why somebody has no seat, or what they got instead, as sentences.

use leptos::prelude::*;
use rollcall_domain::bookings::{BookingRefusal, Instead};
use rollcall_domain::kernel::Timestamp;
use serde_json::Value;

use crate::fmt;
use crate::parts::refusals::{Saying, read};
use crate::parts::settings;
use crate::studio::Studio;
use crate::tr::bookings as t;

/// The slice's words.
pub static SAYING: Saying = Saying { slice: "bookings", say };

/// An instant by the studio's wall clock; nothing where no studio is open.
fn moment(at: Timestamp) -> String {
    use_context::<Studio>().map(|studio| untrack(|| settings::moment(&studio, at))).unwrap_or_default()
}

fn say(why: &Value) -> Option<String> {
    let instead =
        read::<Instead>(why).map(|Instead::Waitlisted { position }| t::instead_waitlisted(position));
    instead.or_else(|| read::<BookingRefusal>(why).map(|why| refusal(&why)))
}

fn refusal(why: &BookingRefusal) -> String {
    match why {
        BookingRefusal::NoSession => t::refused_no_session().to_owned(),
        BookingRefusal::DoesNotTakePlace => t::refused_does_not_take_place().to_owned(),
        BookingRefusal::OpensOn { on } => t::refused_opens_on(fmt::day(*on)),
        BookingRefusal::ClosedAt { at } => t::refused_closed_at(moment(*at)),
        BookingRefusal::Begun => t::refused_begun().to_owned(),
        BookingRefusal::RosterClosed => t::refused_roster_closed().to_owned(),
        BookingRefusal::AlreadyBooked => t::refused_already_booked().to_owned(),
        BookingRefusal::OtherSession { starts_at } => t::refused_other_session(moment(*starts_at)),
        BookingRefusal::NoPass => t::refused_no_pass().to_owned(),
        BookingRefusal::VisitsAllKept => t::refused_visits_all_kept().to_owned(),
        BookingRefusal::NoMember => t::refused_no_member().to_owned(),
        BookingRefusal::MemberLeft => t::refused_member_left().to_owned(),
        BookingRefusal::NotYours => t::refused_not_yours().to_owned(),
        BookingRefusal::SamePersonTwice => t::refused_same_person_twice().to_owned(),
        BookingRefusal::Full => t::refused_full().to_owned(),
        BookingRefusal::QueueFull { waiting } => t::refused_queue_full(*waiting),
        BookingRefusal::NoBooking => t::refused_no_booking().to_owned(),
        BookingRefusal::NothingToForgive => t::refused_nothing_to_forgive().to_owned(),
        BookingRefusal::ReasonMissing => t::refused_reason_missing().to_owned(),
        BookingRefusal::NotYourClass => t::refused_not_your_class().to_owned(),
        BookingRefusal::TooFewSeats { free } => t::refused_too_few_seats(*free),
        BookingRefusal::NoLease => t::refused_no_lease().to_owned(),
        BookingRefusal::OtherDevice => t::refused_other_device().to_owned(),
        BookingRefusal::ChangedMeanwhile => t::refused_changed_meanwhile().to_owned(),
    }
}
