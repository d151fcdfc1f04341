//! What a roster or a promise left for a person to look at, as sentences with two buttons.

use rollcall_domain::bookings::{BookingException, Seats};
use rollcall_domain::classes::{Days, SessionKey};
use rollcall_domain::kernel::Exception;
use rollcall_domain::members::{Member, MemberId};

use crate::fmt;
use crate::parts::exceptions::{Choice, Telling, read};
use crate::parts::members::{href, person};
use crate::parts::session::roster_href;
use crate::parts::sessions::{Naming, session};
use crate::studio::Studio;
use crate::tr;
use crate::tr::bookings as t;

/// The slice's words.
pub static TELLING: Telling = Telling { slice: "bookings", sentence, choices };

fn member_of(studio: &Studio, item: &Exception) -> Option<Member> {
    item.about.iter().find_map(|id| person(studio, MemberId(*id)))
}

/// The session an item is about, while it lies ahead or is not swept up yet.
fn session_of(studio: &Studio, item: &Exception) -> Option<SessionKey> {
    item.about.iter().find_map(|id| studio.live().get::<Seats>(*id)).map(|seats| seats.key)
}

/// What is taught in it.
fn title_of(studio: &Studio, item: &Exception) -> String {
    let found = session_of(studio, item).and_then(|key| session(studio, key));
    let title = found.map(|one| Naming::of(studio, Days { first: one.on, last: one.on }).title(&one));
    title.unwrap_or_else(|| t::odd_a_class().to_owned())
}

fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let what: BookingException = read(item)?;
    let who = || member_of(studio, item).map_or_else(|| tr::studio::somebody().to_owned(), |m| m.name);
    Some(match what {
        BookingException::PromisedBeyond { taken, capacity } => t::odd_promised_beyond(taken, capacity),
        BookingException::NothingOpensIt {} => t::odd_nothing_opens_it(who()),
        BookingException::OverCapacity { taken, capacity } => t::odd_over_capacity(taken, capacity),
        BookingException::NoSuchSession {} => t::odd_no_such_session(who()),
        BookingException::NoSeat {} => t::odd_no_seat().to_owned(),
        BookingException::ClosedBefore {} => t::odd_closed_before().to_owned(),
        BookingException::NotBegun {} => t::odd_not_begun().to_owned(),
        BookingException::NotOnTheRoster {} => t::odd_not_on_the_roster().to_owned(),
        BookingException::TooFew { on, booked, people_min } => {
            t::odd_too_few(title_of(studio, item), fmt::day(on), booked, people_min)
        }
        BookingException::NotClosed { on, booked } => t::odd_not_closed(fmt::day(on), booked),
    })
}

fn choices(studio: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let what: BookingException = read(item)?;
    let member = member_of(studio, item).map(|member| member.id);
    let roster = session_of(studio, item).map(roster_href);
    Some(what.choices().map(|code| one(code, member, roster.clone())))
}

/// The button of a code. Where something is to be done, it leads there; the item is settled either way.
fn one(code: &'static str, member: Option<MemberId>, roster: Option<String>) -> Choice {
    match code {
        "sell" => Choice::new(code, t::choice_sell()).go_if(member.map(|m| format!("/sell/{m}"))),
        "forgive" => Choice::new(code, t::choice_forgive()),
        "talk" => Choice::new(code, t::choice_talk()).go_if(member.map(href)),
        "look_into" => Choice::new(code, t::choice_look_into()).go_if(member.map(href).or(roster)),
        "keep" => Choice::new(code, t::choice_keep()),
        _ => Choice::new(code, t::choice_seen()),
    }
}
