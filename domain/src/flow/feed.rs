//! What a calendar program reads: the timetable, what somebody teaches, or what a member has, each session an event of its
//! own. Instants are in UTC, so that no program has to know a zone; an event keeps its name wherever its session goes.
//!
//! Only what its person may see on their own device is in it, and never another member's name.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate};

use crate::bookings::{ATTENDED_KEY, Attended, Booking, Dropped, MEMBER_KEY, Seats, State};
use crate::calendar::text::Writer;
use crate::calendar::write;
use crate::classes::{
    ClassType, Coach, Days, HIRE_MEMBER_KEY, Hire, Place, PlaceId, Schedule, Session, SessionKey, Standing,
    Timetable, session_of, session_wants,
};
use crate::feeds::{CalendarFeed, SECRET_KEY, Shows};
use crate::kernel::alias::{Alias, Circle};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::feed::{Feed, FeedCtx, Holder};
use crate::kernel::ids::Id;
use crate::kernel::keys::KeyValue;
use crate::kernel::record::RecordBody;
use crate::kernel::time::{Timestamp, Zone};
use crate::members::Member;
use crate::studio::{Person, Settings, settings_id};

/// Days back that are shown.
pub const BACK_DAYS: i64 = 31;
/// Days ahead that are shown.
pub const AHEAD_DAYS: i64 = 180;
/// Events of one calendar.
pub const EVENTS_MAX: usize = 4_000;
/// Bookings or hires of one person that are looked at.
const OWN_MAX: u32 = 400;

/// How a hub shows an address.
pub const FEED: Feed = Feed {
    key: SECRET_KEY,
    content_type: "text/calendar; charset=utf-8",
    holder: |record| {
        let feed = record.read::<CalendarFeed>().ok()?;
        Some(Holder { person: feed.person_id, device: feed.device_id })
    },
    wants: |record, facts, ctx| {
        record.read::<CalendarFeed>().map(|feed| wants(&feed, facts, ctx)).unwrap_or_default()
    },
    text: |record, facts, ctx| record.read::<CalendarFeed>().ok().and_then(|feed| text(&feed, facts, ctx)),
};

/// The days that are shown.
fn span(ctx: &FeedCtx) -> Days {
    let today = ctx.zone.day(ctx.now);
    Days { first: today - Duration::days(BACK_DAYS), last: today + Duration::days(AHEAD_DAYS) }
}

fn peek<T: RecordBody>(facts: &Facts, id: impl Into<Id>) -> Option<T> {
    facts.peek::<T>(&Want::id::<T>(id)).into_iter().next()
}

fn wants(feed: &CalendarFeed, facts: &Facts, ctx: &FeedCtx) -> Vec<Want> {
    let person = feed.person_id.raw();
    let root = Circle::so_far(person, facts).root();
    let mut all = vec![
        Want::id::<Settings>(settings_id(ctx.studio)),
        Want::id::<Person>(person),
        Want::id::<Alias>(person),
        Want::id::<Member>(root),
    ];
    let sessions = match feed.shows {
        Shows::Timetable | Shows::Classes => {
            all.extend(Timetable::wants_so_far(span(ctx), facts));
            taught(feed, facts, ctx)
        }
        Shows::Bookings => {
            let own = Own::so_far(feed, facts, ctx);
            all.extend(Own::wants(feed, facts, ctx));
            all.extend(own.bookings.iter().flat_map(|booking| session_wants(&booking.session)));
            all.extend(own.hires.iter().map(|hire| Want::id::<Place>(hire.place_id)));
            own.bookings.iter().filter_map(|one| session_of(&one.session, facts, ctx.zone)).collect()
        }
    };
    for session in &sessions {
        all.push(Want::id::<ClassType>(session.terms.class_type_id));
        all.extend(session.terms.place_id.map(Want::id::<Place>));
        all.push(Want::id::<Schedule>(session.key.schedule_id));
        match feed.shows {
            Shows::Timetable => {
                all.extend(session.terms.coaches.iter().map(|coach| Want::id::<Coach>(coach.raw())));
            }
            Shows::Classes => all.push(Want::id::<Seats>(session.id().raw())),
            Shows::Bookings => {}
        }
    }
    // A class of many sessions is asked for once.
    all.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// The sessions in the span, as far as the facts go; for somebody's own classes theirs.
fn taught(feed: &CalendarFeed, facts: &Facts, ctx: &FeedCtx) -> Vec<Session> {
    let span = span(ctx);
    let mut all = Timetable::so_far(span, facts).sessions(span, ctx.zone);
    all.retain(|one| feed.shows == Shows::Timetable || one.terms.coaches.contains(&feed.person_id));
    all.truncate(EVENTS_MAX);
    all
}

/// What a member has.
struct Own {
    bookings: Vec<Booking>,
    hires: Vec<Hire>,
}

impl Own {
    fn ids(feed: &CalendarFeed, facts: &Facts) -> Circle {
        Circle::so_far(feed.person_id.raw(), facts)
    }

    fn ranges(member: Id, ctx: &FeedCtx) -> [Want; 3] {
        let Days { first, last } = span(ctx);
        let at = |on: NaiveDate| KeyValue::pair(member, on);
        [
            Want::range::<Booking>(MEMBER_KEY, at(first), at(last), OWN_MAX),
            Want::range::<Attended>(ATTENDED_KEY, at(first), at(last), OWN_MAX),
            Want::range::<Hire>(HIRE_MEMBER_KEY, at(first), at(last), OWN_MAX),
        ]
    }

    fn wants(feed: &CalendarFeed, facts: &Facts, ctx: &FeedCtx) -> Vec<Want> {
        Self::ids(feed, facts).ids().iter().flat_map(|id| Self::ranges(*id, ctx)).collect()
    }

    /// One booking for each session: the one that counts, where somebody gave a seat back and booked again.
    fn so_far(feed: &CalendarFeed, facts: &Facts, ctx: &FeedCtx) -> Self {
        let mut bookings: BTreeMap<SessionKey, Booking> = BTreeMap::new();
        let mut hires = Vec::new();
        for member in Self::ids(feed, facts).ids() {
            let [booked, attended, hired] = Self::ranges(*member, ctx);
            let past = facts.peek::<Attended>(&attended).into_iter().map(|one| one.0);
            for booking in facts.peek::<Booking>(&booked).into_iter().chain(past).filter(is_told) {
                let known = bookings.get(&booking.session);
                if known.is_none_or(|known| !known.is_live()) {
                    bookings.insert(booking.session, booking);
                }
            }
            hires.extend(facts.peek::<Hire>(&hired).into_iter().filter(|hire| hire.released_at.is_none()));
        }
        Self { bookings: bookings.into_values().collect(), hires }
    }
}

/// What somebody gave back themselves is theirs no more; what was called off stands there as called off.
const fn is_told(booking: &Booking) -> bool {
    match booking.state {
        State::Booked
        | State::Waiting { .. }
        | State::Came { .. }
        | State::Absent
        | State::NotOnTheRoster => true,
        State::Dropped { why } => matches!(why, Dropped::CalledOff),
        State::Cancelled { .. } | State::Missed => false,
    }
}

/// One event.
struct Event {
    uid: String,
    sequence: u32,
    from: Timestamp,
    to: Timestamp,
    summary: String,
    place: String,
    note: String,
    status: &'static str,
    why: String,
}

fn text(feed: &CalendarFeed, facts: &Facts, ctx: &FeedCtx) -> Option<String> {
    if !is_here(feed, facts) {
        return None;
    }
    let mut events: Vec<Event> = match feed.shows {
        Shows::Timetable | Shows::Classes => {
            let taught = taught(feed, facts, ctx);
            taught.iter().filter_map(|session| of_session(feed, facts, session)).collect()
        }
        Shows::Bookings => of_member(feed, facts, ctx),
    };
    events.sort_by(|a, b| (a.from, &a.uid).cmp(&(b.from, &b.uid)));
    events.truncate(EVENTS_MAX);
    let studio = facts.get::<Settings>(settings_id(ctx.studio)).map(|one| one.name).unwrap_or_default();
    let mut out = Writer::default();
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Rollcall//Calendar//EN");
    let name = [studio, feed.words.name.clone()].into_iter().filter(|one| !one.is_empty());
    out.words("X-WR-CALNAME", &name.collect::<Vec<_>>().join(" · "));
    out.line("X-WR-TIMEZONE", ctx.zone.0.name());
    out.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    out.line("X-PUBLISHED-TTL", "PT1H");
    let stamp = stamp(ctx.zone, ctx.now);
    for event in &events {
        event.write(&mut out, &stamp);
    }
    out.line("END", "VCALENDAR");
    Some(out.finish())
}

/// False once whoever holds the address has left.
fn is_here(feed: &CalendarFeed, facts: &Facts) -> bool {
    let member = peek::<Member>(facts, Circle::so_far(feed.person_id.raw(), facts).root());
    let is_member = member.is_some_and(|member| member.archived.is_none() && !member.erased);
    match feed.shows {
        Shows::Bookings => is_member,
        Shows::Classes => peek::<Person>(facts, feed.person_id).is_some(),
        Shows::Timetable => is_member || peek::<Person>(facts, feed.person_id).is_some(),
    }
}

/// The beginning of the day: a calendar in which nothing changed is the same for a whole day.
fn stamp(zone: Zone, now: Timestamp) -> String {
    utc(zone.instant(zone.day(now), 0))
}

fn utc(at: Timestamp) -> String {
    write::utc(DateTime::from_timestamp_millis(at.0).unwrap_or_default().naive_utc())
}

fn place_of(facts: &Facts, place: PlaceId) -> String {
    peek::<Place>(facts, place).map(|place| place.draft.name).unwrap_or_default()
}

/// A session as an event; nothing on a day on which the studio is closed.
fn of_session(feed: &CalendarFeed, facts: &Facts, session: &Session) -> Option<Event> {
    let (status, why) = match &session.standing {
        Standing::Planned => ("CONFIRMED", String::new()),
        Standing::CalledOff { why } => ("CANCELLED", why.clone()),
        Standing::Closed { .. } => return None,
    };
    let class = peek::<ClassType>(facts, session.terms.class_type_id);
    let schedule = peek::<Schedule>(facts, session.key.schedule_id);
    Some(Event {
        uid: format!("{}@rollcall", session.id()),
        // Both only ever go up, so that a later state has the higher number.
        sequence: schedule.map_or(0, |schedule| schedule.revision).saturating_add(session.revision),
        from: session.starts_at,
        to: session.ends_at,
        summary: class.map(|class| class.name_in(&feed.language).to_owned()).unwrap_or_default(),
        place: session.terms.place_id.map(|place| place_of(facts, place)).unwrap_or_default(),
        note: note(feed, facts, session),
        status,
        why,
    })
}

/// Who teaches, or how many come: names of those who work here, numbers of the others.
fn note(feed: &CalendarFeed, facts: &Facts, session: &Session) -> String {
    match feed.shows {
        Shows::Timetable => {
            let names = session.terms.coaches.iter().filter_map(|id| peek::<Coach>(facts, id.raw()));
            names.map(|coach| coach.name).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
        }
        Shows::Classes => {
            let taken = peek::<Seats>(facts, session.id().raw()).map_or(0, |seats| seats.taken);
            let words = feed.words.taken.replace("{taken}", &taken.to_string());
            words.replace("{seats}", &session.terms.capacity.to_string())
        }
        Shows::Bookings => String::new(),
    }
}

fn of_member(feed: &CalendarFeed, facts: &Facts, ctx: &FeedCtx) -> Vec<Event> {
    let own = Own::so_far(feed, facts, ctx);
    let booked = own.bookings.iter().filter_map(|booking| {
        let session = session_of(&booking.session, facts, ctx.zone)?;
        let event = of_session(feed, facts, &session)?;
        Some(match booking.state {
            State::Waiting { .. } if event.status != "CANCELLED" => {
                Event { status: "TENTATIVE", note: feed.words.waiting.clone(), ..event }
            }
            State::Dropped { .. } => Event { status: "CANCELLED", ..event },
            _ => event,
        })
    });
    let hired = own.hires.iter().map(|hire| Event {
        uid: format!("{}@rollcall", hire.id),
        sequence: 0,
        from: ctx.zone.instant(hire.on, hire.from_hour * 60),
        to: ctx.zone.instant(hire.on, (hire.from_hour + hire.hours) * 60),
        summary: place_of(facts, hire.place_id),
        place: place_of(facts, hire.place_id),
        note: String::new(),
        status: "CONFIRMED",
        why: String::new(),
    });
    booked.chain(hired).collect()
}

impl Event {
    fn write(&self, out: &mut Writer, stamp: &str) {
        out.line("BEGIN", "VEVENT");
        out.line("UID", &self.uid);
        out.line("DTSTAMP", stamp);
        out.shown("SEQUENCE", self.sequence);
        out.line("DTSTART", &utc(self.from));
        out.line("DTEND", &utc(self.to));
        out.words("SUMMARY", &self.summary);
        for (name, value) in [("LOCATION", &self.place), ("DESCRIPTION", &self.note), ("COMMENT", &self.why)]
        {
            if !value.is_empty() {
                out.words(name, value);
            }
        }
        out.line("STATUS", self.status);
        out.line("END", "VEVENT");
    }
}

#[cfg(test)]
mod tests;
