//! A roster without markup: who is on it, what is said of each, and what can be done.

use leptos::prelude::*;
use rollcall_domain::bookings::{Booking, DecidedBy, Mark, SESSION_KEY, Seats, State, Word, word};
use rollcall_domain::classes::SessionKey;
use rollcall_domain::kernel::command::Command;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::order;
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::members::MemberId;

use crate::parts::members::{called, person};
use crate::studio::Studio;
use crate::tr::bookings as t;

/// Minutes before a session from which on its roster takes marks: people come early.
const MARKS_BEFORE_MS: i64 = 30 * 60_000;

/// Whether whoever is at the desk may give this command.
pub(super) fn may<C: Command>(studio: &Studio) -> bool {
    studio.me_now().is_some_and(|me| C::ROLES.contains(&me.role))
}

/// Whether people are here by now who can be marked.
pub(super) fn takes_marks(studio: &Studio, starts_at: rollcall_domain::kernel::Timestamp) -> bool {
    starts_at.plus_ms(-MARKS_BEFORE_MS) <= studio.now()
}

/// What everybody may count; nothing before the first booking. Follows changes.
pub(super) fn seats(studio: &Studio, key: SessionKey) -> Option<Seats> {
    studio.live().get::<Seats>(key.id().raw())
}

/// Who is called what. Follows changes.
pub(super) fn name_of(studio: &Studio, booking: &Booking) -> String {
    person(studio, booking.member_id).map(|member| called(&member)).unwrap_or_default()
}

/// Their photo, as an address the browser can show.
pub(super) fn photo_of(studio: &Studio, member: MemberId) -> Signal<Option<String>> {
    studio.live().photo(untrack(|| person(studio, member)).and_then(|member| member.photo))
}

/// Who has a seat, by name, then who waits, in the order of the queue; cancelled ones not. Follows changes.
pub(super) fn roster(studio: &Studio, key: SessionKey) -> Vec<Booking> {
    let mut all: Vec<Booking> = studio.live().by_key(SESSION_KEY, KeyValue::of(key.id().raw()));
    all.retain(Booking::is_live);
    let mut named: Vec<(u32, String, Booking)> = all
        .into_iter()
        .map(|booking| match &booking.state {
            State::Waiting { position, .. } => (*position, String::new(), booking),
            _ => (0, name_of(studio, &booking), booking),
        })
        .collect();
    order::by(&mut named, |a, b| (a.0, &a.1, a.2.id).cmp(&(b.0, &b.1, b.2.id)));
    named.into_iter().map(|(.., booking)| booking).collect()
}

/// The honest word for where somebody stands. Follows changes.
pub(super) fn words(studio: &Studio, booking: &Booking) -> String {
    let pending = studio.live().is_pending(Booking::KIND, booking.id.raw());
    let by = if pending { DecidedBy::OnlyHere } else { DecidedBy::ByAuthority };
    match word(booking, by) {
        Word::Requested => t::word_requested().to_owned(),
        Word::Booked if booking.walk_in => t::word_walk_in().to_owned(),
        Word::Booked => t::word_booked().to_owned(),
        Word::WaitlistedAt(place) => t::word_waitlisted(place),
        Word::NotBooked => t::word_not_booked().to_owned(),
        Word::Over => t::word_over().to_owned(),
    }
}

/// What a mark is called.
pub(super) fn mark_words(mark: Mark) -> &'static str {
    match mark {
        Mark::Present => t::mark_present(),
        Mark::Late => t::mark_late(),
        Mark::Absent => t::mark_absent(),
    }
}
