//! A roster without markup: who is on it, what is said of each, and what can be done.

use leptos::prelude::*;
use rollcall_domain::bookings::{Booking, DecidedBy, Mark, Note, SESSION_KEY, Seats, State, Word, word};
use rollcall_domain::classes::{Session, SessionKey};
use rollcall_domain::flow::booking::{CloseSession, MarkRoster, MarkRow};
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::command::Command;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::order;
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::members::MemberId;

use crate::parts::members::{href, reads_files, somebody};
use crate::parts::signing::terms_in_force;
use crate::studio::Studio;
use crate::tr::bookings as t;

/// Minutes before a session from which on its roster takes marks: people come early.
const MARKS_BEFORE_MS: i64 = 30 * 60_000;

/// Whether whoever is at the desk may give this command.
pub(super) fn may<C: Command>(studio: &Studio) -> bool {
    studio.me_now().is_some_and(|me| C::ROLES.contains(&me.role))
}

/// What everybody may count; nothing before the first booking. Follows changes.
pub(super) fn seats(studio: &Studio, key: SessionKey) -> Option<Seats> {
    studio.live().get::<Seats>(key.id().raw())
}

/// Who is called what; nothing for whom this device does not know. Follows changes.
pub(super) fn name_of(studio: &Studio, booking: &Booking) -> String {
    somebody(studio, booking.member_id).map(|who| who.name).unwrap_or_default()
}

/// Their photo, as an address the browser can show.
pub(super) fn photo_of(studio: &Studio, member: MemberId) -> Signal<Option<String>> {
    studio.live().photo(untrack(|| somebody(studio, member)).and_then(|who| who.photo))
}

/// Where their file is, for whoever may open it. Follows changes.
pub(super) fn file_of(studio: &Studio, member: MemberId) -> Option<String> {
    reads_files(studio).then(|| href(member))
}

/// From when on people are here who can be marked: some come early.
pub(super) fn marks_from(session: &Session) -> Timestamp {
    session.starts_at.plus_ms(-MARKS_BEFORE_MS)
}

/// Whether the roster is closed. Follows changes.
pub(super) fn is_closed(studio: &Studio, key: SessionKey) -> bool {
    seats(studio, key).is_some_and(|seats| seats.is_closed())
}

/// What whoever teaches should know of somebody before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// Something to ask about before they train.
    AsksFirst,
    /// They have not signed the terms in force.
    NotSigned,
    /// They have a seat and no pass that opens the class.
    NoPass,
}

/// What there is to know of somebody on a roster. Follows changes.
pub(super) fn flags(studio: &Studio, booking: &Booking) -> Vec<Flag> {
    let who = somebody(studio, booking.member_id);
    let in_force = terms_in_force(studio).map(|terms| terms.version);
    let signed = who.as_ref().and_then(|who| who.signed_version);
    // Whoever was written down here a moment ago may have a pass this device does not know of.
    let foreseen = booking.walk_in && studio.live().is_pending(Booking::KIND, booking.id.raw());
    [
        who.is_some_and(|who| who.asks_first).then_some(Flag::AsksFirst),
        (in_force.is_some() && signed < in_force).then_some(Flag::NotSigned),
        (booking.has_seat() && booking.pays.is_none() && !foreseen).then_some(Flag::NoPass),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Flag {
    /// In two or three words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::AsksFirst => t::flag_asks_first(),
            Self::NotSigned => t::flag_not_signed(),
            Self::NoPass => t::flag_no_pass(),
        }
    }

    /// What to do about it.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::AsksFirst => t::flag_asks_first_advice(),
            Self::NotSigned => t::flag_not_signed_advice(),
            Self::NoPass => t::flag_no_pass_advice(),
        }
    }
}

/// What a note is called.
pub(super) fn note_words(note: Note) -> &'static str {
    match note {
        Note::Good => t::note_good(),
        Note::Watch => t::note_watch(),
        Note::Injured => t::note_injured(),
    }
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

/// How far the marking of a roster has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    /// Marked as here, in time or late.
    pub(super) came: u32,
    /// Everybody else with a seat: whoever has no mark counts as absent once the roster is closed.
    pub(super) absent: u32,
    /// Without a mark.
    pub(super) open: u32,
}

impl Tally {
    /// Of the rows of a roster.
    pub(super) fn of(rows: &[Booking]) -> Self {
        let mut tally = Self::default();
        for booking in rows.iter().filter(|booking| booking.has_seat()) {
            match booking.mark.as_ref().map(|marked| marked.mark) {
                Some(Mark::Present | Mark::Late) => tally.came += 1,
                Some(Mark::Absent) => tally.absent += 1,
                None => (tally.absent, tally.open) = (tally.absent + 1, tally.open + 1),
            }
        }
        tally
    }

    /// People with a seat.
    pub(super) fn all(self) -> u32 {
        self.came + self.absent
    }
}

fn unmarked(rows: &[Booking]) -> impl Iterator<Item = &Booking> {
    rows.iter().filter(|booking| booking.has_seat() && booking.mark.is_none())
}

/// Marks whoever has no mark as here.
pub(super) fn everybody_came(session: SessionKey, rows: &[Booking]) -> MarkRoster {
    let came = |booking: &Booking| MarkRow { booking_id: booking.id, mark: Some(Mark::Present) };
    MarkRoster { session, rows: unmarked(rows).map(came).collect() }
}

/// Closes the roster as it is on this screen.
pub(super) fn close_as_seen(session: SessionKey, rows: &[Booking]) -> CloseSession {
    CloseSession { session, absent: unmarked(rows).map(|booking| booking.id).collect() }
}

#[cfg(test)]
mod tests;
