//! The timetable's refusals as sentences.

use rollcall_domain::classes::ClassRefusal;
use serde_json::Value;

use crate::fmt;
use crate::parts::refusals::{Saying, read};
use crate::tr::classes as t;

/// The slice's words.
pub static SAYING: Saying = Saying { slice: "classes", say };

fn hour(hour: u32) -> String {
    format!("{hour}:00")
}

fn say(why: &Value) -> Option<String> {
    Some(match read::<ClassRefusal>(why)? {
        ClassRefusal::ChangedMeanwhile => t::refused_changed_meanwhile().to_owned(),
        ClassRefusal::NameMissing => t::refused_name_missing().to_owned(),
        ClassRefusal::NameTaken { name } => t::refused_name_taken(name),
        ClassRefusal::LengthOutOfRange { min_minutes, max_minutes } => {
            t::refused_length(min_minutes, max_minutes)
        }
        ClassRefusal::CapacityOutOfRange { max } => t::refused_capacity(max),
        ClassRefusal::NoClass => t::refused_no_class().to_owned(),
        ClassRefusal::NoPlace => t::refused_no_place().to_owned(),
        ClassRefusal::NoCoach => t::refused_no_coach().to_owned(),
        ClassRefusal::NoSchedule => t::refused_no_schedule().to_owned(),
        ClassRefusal::NoSession => t::refused_no_session().to_owned(),
        ClassRefusal::Begun => t::refused_begun().to_owned(),
        ClassRefusal::IntoThePast => t::refused_into_the_past().to_owned(),
        ClassRefusal::NeverHappens => t::refused_never_happens().to_owned(),
        ClassRefusal::SeveralADay => t::refused_several_a_day().to_owned(),
        ClassRefusal::MovedTooFar { max_days } => t::refused_moved_too_far(max_days),
        ClassRefusal::MeetsEarlier { on } => t::refused_meets_earlier(fmt::day(on)),
        ClassRefusal::DeletedBefore => t::refused_deleted_before().to_owned(),
        ClassRefusal::CalledOffBefore => t::refused_called_off_before().to_owned(),
        ClassRefusal::SessionThatDay => t::refused_session_that_day().to_owned(),
        ClassRefusal::DateDeleted => t::refused_date_deleted().to_owned(),
        ClassRefusal::TooManyChanges => t::refused_too_many_changes().to_owned(),
        ClassRefusal::NotYourClass => t::refused_not_your_class().to_owned(),
        ClassRefusal::ClosureOutOfRange { max } => t::refused_closure(max),
        ClassRefusal::NoClosure => t::refused_no_closure().to_owned(),
        ClassRefusal::NoCourt => t::refused_no_court().to_owned(),
        ClassRefusal::CourtClosed { opens, closes } => t::refused_court_closed(hour(opens), hour(closes)),
        ClassRefusal::ClosedThatDay { name } => t::refused_closed_that_day(name),
        ClassRefusal::CourtTaken { hour: taken } => t::refused_court_taken(hour(taken)),
        ClassRefusal::NoHire => t::refused_no_hire().to_owned(),
        ClassRefusal::NothingToImport => t::refused_nothing_to_import().to_owned(),
    })
}
