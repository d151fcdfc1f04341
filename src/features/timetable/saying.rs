//! Why the timetable stays as it is, in sentences with a next step.

use rollcall_domain::classes::ClassRefusal;
use serde_json::Value;

use crate::fmt;
use crate::parts::refusals::{Saying, read};
use crate::tr::classes as t;
use crate::ui::time_text;

/// The slice's words.
pub static SAYING: Saying = Saying { slice: "classes", say: said };

fn said(why: &Value) -> Option<String> {
    read::<ClassRefusal>(why).map(|why| say(&why))
}

/// A refusal as a sentence with its figures.
pub(super) fn say(why: &ClassRefusal) -> String {
    let plain = match why {
        ClassRefusal::NameTaken { name } => return t::refused_name_taken(name),
        ClassRefusal::LengthOutOfRange { min_minutes, max_minutes } => {
            return t::refused_length(min_minutes, max_minutes);
        }
        ClassRefusal::CapacityOutOfRange { max } => return t::refused_seats(fmt::count(i64::from(*max))),
        ClassRefusal::NeedsMoreThanSeats { seats } => {
            return t::refused_needs_more(fmt::count(i64::from(*seats)));
        }
        ClassRefusal::MovedTooFar { max_days } => return t::refused_too_far(max_days),
        ClassRefusal::MeetsEarlier { on } => return t::refused_meets_earlier(fmt::day(*on)),
        ClassRefusal::ClosureOutOfRange { max } => return t::refused_closure(max),
        ClassRefusal::CourtClosed { opens, closes } => {
            return t::refused_court_closed(time_text(opens * 60), time_text(closes * 60));
        }
        ClassRefusal::ClosedThatDay { name } => return t::refused_closed_that_day(name),
        ClassRefusal::ClassOnCourt { hour } => return t::refused_class_on_court(time_text(hour * 60)),
        ClassRefusal::CourtTaken { hour } => return t::refused_court_taken(time_text(hour * 60)),
        ClassRefusal::ChangedMeanwhile => t::refused_changed_meanwhile(),
        ClassRefusal::NameMissing => t::refused_name_missing(),
        ClassRefusal::NoClass => t::refused_no_class(),
        ClassRefusal::NoPlace => t::refused_no_place(),
        ClassRefusal::NoCoach => t::refused_no_coach(),
        ClassRefusal::NoSchedule => t::refused_no_schedule(),
        ClassRefusal::NoSession => t::refused_no_session(),
        ClassRefusal::Begun => t::refused_begun(),
        ClassRefusal::IntoThePast => t::refused_past(),
        ClassRefusal::NeverHappens => t::refused_never(),
        ClassRefusal::SeveralADay => t::refused_several(),
        ClassRefusal::DeletedBefore => t::refused_deleted_before(),
        ClassRefusal::CalledOffBefore => t::refused_called_off_before(),
        ClassRefusal::SessionThatDay => t::refused_session_that_day(),
        ClassRefusal::DateDeleted => t::refused_date_deleted(),
        ClassRefusal::TooManyChanges => t::refused_too_many_changes(),
        ClassRefusal::NotYourClass => t::refused_not_your_class(),
        ClassRefusal::NoClosure => t::refused_no_closure(),
        ClassRefusal::NoCourt => t::refused_no_court(),
        ClassRefusal::NoHire => t::refused_no_hire(),
        ClassRefusal::NothingToImport => t::refused_nothing_to_import(),
    };
    plain.to_owned()
}
