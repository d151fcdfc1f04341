//! A member's own bookings and the sessions there are, without markup.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rollcall_domain::bookings::{Booking, BookingRules, rules_id};
use rollcall_domain::classes::{Days, MapPoint, Session, SessionId, SessionKey};
use rollcall_domain::kernel::{Timestamp, order};
use rollcall_domain::members::{Member, MemberId};

use super::super::roster::lacks;
use crate::parts::members::person;
use crate::parts::sessions::{Naming, seats, session, timetable};
use crate::studio::Studio;

/// Days that are listed at most, however early a studio lets people book.
const DAYS_MAX: u32 = 28;

/// Whose phone this is. Follows changes.
pub(super) fn own(studio: &Studio) -> Option<Member> {
    studio.me().and_then(|me| person(studio, MemberId(me.person.raw())))
}

/// What holds for booking. Follows changes.
pub(super) fn rules(studio: &Studio) -> BookingRules {
    studio.live().get::<BookingRules>(rules_id()).unwrap_or_else(BookingRules::usual)
}

/// A session as everybody may see it, and where this member stands in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Offer {
    pub(super) session: Session,
    pub(super) title: String,
    /// Who teaches, and where.
    pub(super) by: String,
    /// Why it does not take place, if it does not.
    pub(super) off: Option<String>,
    pub(super) free: u32,
    pub(super) waiting: u32,
    /// What it lacks to take place.
    pub(super) lacks: Option<String>,
    pub(super) mine: Option<Booking>,
}

/// One more than today: members book this many days ahead.
pub(super) fn days_ahead(studio: &Studio) -> u32 {
    rules(studio).opens_days.min(DAYS_MAX)
}

/// What is on in the days a member may book, by day. Follows changes.
pub(super) fn offers(studio: &Studio) -> Vec<(NaiveDate, Vec<Offer>)> {
    let first = studio.today();
    let span = Days { first, last: first + chrono::Duration::days(i64::from(days_ahead(studio))) };
    let naming = Naming::of(studio, span);
    let mut mine: BTreeMap<SessionId, Booking> =
        live_bookings(studio).into_iter().map(|booking| (booking.session.id(), booking)).collect();
    let now = studio.now();
    let mut days: Vec<(NaiveDate, Vec<Offer>)> = Vec::new();
    for session in timetable(studio, span).sessions(span, studio.zone()) {
        if session.has_begun(now) {
            continue;
        }
        let booked = mine.remove(&session.id());
        let offer = offer(studio, &naming, session, booked);
        match days.last_mut().filter(|(on, _)| *on == offer.session.on) {
            Some((_, offers)) => offers.push(offer),
            None => days.push((offer.session.on, vec![offer])),
        }
    }
    days
}

fn offer(studio: &Studio, naming: &Naming, session: Session, mine: Option<Booking>) -> Offer {
    let counted = seats(studio, session.key);
    let (free, waiting) = counted.map_or((session.terms.capacity, 0), |seats| (seats.free(), seats.waiting));
    let by = [Some(naming.coaches(&session)), naming.place(&session)];
    let by: Vec<String> = by.into_iter().flatten().filter(|one| !one.is_empty()).collect();
    Offer {
        title: naming.title(&session),
        by: by.join(" · "),
        off: naming.off(&session),
        free,
        waiting,
        lacks: lacks(studio, &session),
        mine,
        session,
    }
}

/// Where a class is, and its point on the map. Follows changes.
pub(super) fn place_of(studio: &Studio, key: SessionKey) -> Option<(String, Option<MapPoint>)> {
    let session = session(studio, key)?;
    let naming = Naming::of(studio, Days { first: session.on, last: session.on });
    Some((naming.place(&session)?, naming.point(&session)))
}

/// On a member's phone all live bookings are theirs.
fn live_bookings(studio: &Studio) -> Vec<Booking> {
    let mut all = studio.live().of_kind::<Booking>();
    all.retain(Booking::is_live);
    all
}

/// What this member has booked or waits for, soonest first; what is over is not listed. Follows changes.
pub(super) fn upcoming(studio: &Studio) -> Vec<(Timestamp, Booking)> {
    // The day is what is followed; a class stays on the list until it is over.
    let _ = studio.today();
    let now = studio.now();
    let timed = live_bookings(studio).into_iter().filter_map(|booking| {
        let counted = seats(studio, booking.session);
        let (starts_at, ends_at) = counted
            .map_or((booking.told_starts_at, booking.told_starts_at), |seats| {
                (seats.starts_at, seats.ends_at)
            });
        (ends_at > now).then_some((starts_at, booking))
    });
    let mut all: Vec<(Timestamp, Booking)> = timed.collect();
    order::by_key(&mut all, |(starts_at, booking)| (*starts_at, booking.id));
    all
}

/// Until when a seat may be given back without loss; nothing once that is over. Of a class that was moved after it was
/// booked, until it begins.
pub(super) fn free_until(studio: &Studio, starts_at: Timestamp, booking: &Booking) -> Option<Timestamp> {
    let until = if booking.told_starts_at == starts_at {
        BookingRules::before(starts_at, rules(studio).late_minutes)
    } else {
        starts_at
    };
    (studio.now() < until).then_some(until)
}
