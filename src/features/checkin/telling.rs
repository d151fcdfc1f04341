//! What the door could not settle, as sentences with two buttons.

use rollcall_domain::attendance::AttendanceException;
use rollcall_domain::kernel::Exception;
use rollcall_domain::members::MemberId;

use crate::fmt;
use crate::parts::door::sentence as door_sentence;
use crate::parts::exceptions::{Choice, Telling, read};
use crate::parts::members::{called, href, person};
use crate::parts::passes::name_or_plain;
use crate::studio::Studio;
use crate::tr;
use crate::tr::attendance as t;

/// The slice's words.
pub static TELLING: Telling = Telling { slice: "attendance", sentence, choices };

fn who(studio: &Studio, item: &Exception) -> String {
    let member = item.about.first().and_then(|id| person(studio, MemberId(*id)));
    member.map_or_else(|| tr::studio::somebody().to_owned(), |m| called(&m))
}

fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let what: AttendanceException = read(item)?;
    let who = who(studio, item);
    Some(match what {
        AttendanceException::PassHadEnded { name, ended_on } => {
            t::odd_pass_had_ended(who, name_or_plain(&name), fmt::day(ended_on))
        }
        AttendanceException::NoVisitsLeft { name, left } => {
            t::odd_no_visits_left(who, name_or_plain(&name), left)
        }
        AttendanceException::WouldHaveBeenRed { reason } => {
            t::odd_would_have_been_red(who, door_sentence(studio, &reason))
        }
        AttendanceException::MemberUnknown {} => t::odd_member_unknown().to_owned(),
        AttendanceException::NotTheLastVisit {} => t::odd_not_the_last_visit(who),
        AttendanceException::LentCard {} => t::odd_lent_card(who),
    })
}

fn choices(_: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let what: AttendanceException = read(item)?;
    let codes = what.choices();
    let file = item.about.first().map(|id| MemberId(*id));
    Some(codes.map(|code| one(code, file)))
}

/// The button of a code. Where something is to be done, it leads there; the item is settled either way.
fn one(code: &'static str, member: Option<MemberId>) -> Choice {
    match code {
        "sell" => Choice::new(code, t::choice_sell()).go_if(member.map(|m| format!("/sell/{m}"))),
        "forgive" => Choice::new(code, t::choice_forgive()),
        "talk" => Choice::new(code, t::choice_talk()).go_if(member.map(href)),
        "look_into" => Choice::new(code, t::choice_look_into()).go_if(member.map(href)),
        _ => Choice::new(code, t::choice_seen()),
    }
}
