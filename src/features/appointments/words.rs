//! Why somebody has no appointment, what one left to look at, and what was asked for, as sentences.

use leptos::prelude::*;
use rollcall_domain::appointments::{AppointmentException, AppointmentRefusal};
use rollcall_domain::flow::appointment::{AgreeAppointment, BookAppointment, CancelAppointment};
use rollcall_domain::kernel::command::Command as _;
use rollcall_domain::kernel::{Exception, Role, Timestamp, json};
use rollcall_domain::members::{Member, MemberId};
use serde_json::Value;

use super::state::{coach_name, title};
use crate::fmt;
use crate::parts::answers::Asking;
use crate::parts::exceptions::{Choice, Telling, read as told};
use crate::parts::members::{called, href, person};
use crate::parts::one_to_one::{BOOK_HREF, appointment_href};
use crate::parts::refusals::{Saying, read};
use crate::parts::settings;
use crate::studio::Studio;
use crate::tr;
use crate::tr::appointments as t;

/// The slice's refusals.
pub static SAYING: Saying = Saying { slice: "appointments", say };
/// The slice's exceptions.
pub static TELLING: Telling = Telling { slice: "appointments", sentence, choices };
/// The slice's wishes.
pub static ASKING: Asking = Asking { slice: "appointments", words, again };

/// An instant by the studio's wall clock; nothing where no studio is open.
fn moment(at: Timestamp) -> String {
    use_context::<Studio>().map(|studio| untrack(|| settings::moment(&studio, at))).unwrap_or_default()
}

fn say(why: &Value) -> Option<String> {
    read::<AppointmentRefusal>(why).map(|why| refusal(&why))
}

fn refusal(why: &AppointmentRefusal) -> String {
    match why {
        AppointmentRefusal::NoCoach => t::refused_no_coach().to_owned(),
        AppointmentRefusal::NotOffered => t::refused_not_offered().to_owned(),
        AppointmentRefusal::OutsideHours => t::refused_outside_hours().to_owned(),
        AppointmentRefusal::Taken => t::refused_taken().to_owned(),
        AppointmentRefusal::CoachTeaches { starts_at } => t::refused_coach_teaches(moment(*starts_at)),
        AppointmentRefusal::OtherSession { starts_at } => t::refused_other_session(moment(*starts_at)),
        AppointmentRefusal::ClosedThatDay { name } => t::refused_closed_that_day(name),
        AppointmentRefusal::OpensOn { on } => t::refused_opens_on(fmt::day(*on)),
        AppointmentRefusal::ClosedAt { at } => t::refused_closed_at(moment(*at)),
        AppointmentRefusal::Begun => t::refused_begun().to_owned(),
        AppointmentRefusal::NotBegun => t::refused_not_begun().to_owned(),
        AppointmentRefusal::NoMember => t::refused_no_member().to_owned(),
        AppointmentRefusal::MemberLeft => t::refused_member_left().to_owned(),
        AppointmentRefusal::NoPack => t::refused_no_pack().to_owned(),
        AppointmentRefusal::PackEnds { until } => t::refused_pack_ends(fmt::day(*until)),
        AppointmentRefusal::PackRests => t::refused_pack_rests().to_owned(),
        AppointmentRefusal::NoCredits => t::refused_no_credits().to_owned(),
        AppointmentRefusal::NotYours => t::refused_not_yours().to_owned(),
        AppointmentRefusal::NotYourHours => t::refused_not_your_hours().to_owned(),
        AppointmentRefusal::NoAppointment => t::refused_no_appointment().to_owned(),
        AppointmentRefusal::NothingToForgive => t::refused_nothing_to_forgive().to_owned(),
        AppointmentRefusal::ReasonMissing => t::refused_reason_missing().to_owned(),
        AppointmentRefusal::OnlyDesk => t::refused_only_desk().to_owned(),
        AppointmentRefusal::HoursMeet => t::refused_hours_meet().to_owned(),
        AppointmentRefusal::ChangedMeanwhile => t::refused_changed_meanwhile().to_owned(),
    }
}

fn member_of(studio: &Studio, item: &Exception) -> Option<Member> {
    item.about.iter().find_map(|id| person(studio, MemberId(*id)))
}

fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let what: AppointmentException = told(item)?;
    let who = || member_of(studio, item).map_or_else(|| tr::studio::somebody().to_owned(), |m| called(&m));
    Some(match what {
        AppointmentException::NoAppointment {} => t::odd_no_appointment(who()),
        AppointmentException::NotBegun {} => t::odd_not_begun(who()),
        AppointmentException::NotBooked { on } => t::odd_not_booked(who(), fmt::day(on)),
        AppointmentException::ConfirmedBefore { on } => t::odd_confirmed_before(who(), fmt::day(on)),
        AppointmentException::WrongCode { wrong } => t::odd_wrong_code(u64::from(wrong), who()),
        AppointmentException::CodeNotCompared {} => t::odd_code_not_compared(who()),
        AppointmentException::OtherCoach {} => t::odd_other_coach(who()),
        AppointmentException::NotConfirmed { on } => t::odd_not_confirmed(who(), fmt::day(on)),
    })
}

fn choices(studio: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let what: AppointmentException = told(item)?;
    let member = member_of(studio, item).map(|member| href(member.id));
    let appointment = item.about.first().map(|id| appointment_href((*id).into()));
    let missing = matches!(what, AppointmentException::NoAppointment {});
    let look = if missing { member } else { appointment };
    Some(what.choices().map(|code| match code {
        "look_into" => Choice::new(code, t::choice_look_into()).go_if(look.clone()),
        _ => Choice::new(code, t::choice_seen()),
    }))
}

fn words(studio: &Studio, kind: &str, asked: &Value) -> Option<String> {
    match kind {
        BookAppointment::KIND => {
            let asked: BookAppointment = json::read(asked).ok()?;
            let at = studio.zone().instant(asked.on, asked.start_minute);
            let (what, with) = (title(studio, asked.class_type_id), coach_name(studio, asked.coach_id));
            let when = settings::moment(studio, at);
            if is_members_own(studio) {
                return Some(t::asked_book_own(what, with, when));
            }
            let who = person(studio, asked.member_id).map(|member| called(&member)).unwrap_or_default();
            Some(t::asked_book(what, with, when, who))
        }
        CancelAppointment::KIND => Some(t::asked_cancel().to_owned()),
        AgreeAppointment::KIND => Some(t::asked_agree().to_owned()),
        _ => None,
    }
}

fn again(studio: &Studio, kind: &str) -> Option<(String, &'static str)> {
    (kind == BookAppointment::KIND && is_members_own(studio))
        .then(|| (BOOK_HREF.to_owned(), t::pick_another()))
}

fn is_members_own(studio: &Studio) -> bool {
    studio.me_now().is_some_and(|me| me.role == Role::Member)
}
