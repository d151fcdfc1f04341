//! Who can be booked, when, and how an appointment stands, without markup.

use chrono::NaiveDate;
use rollcall_domain::appointments::{
    Appointment, CoachDay, CoachHours, Dropped, LESSONS, Start, State, Word, days_between, hours_id, of_day,
    word,
};
use rollcall_domain::bookings::{BookingRules, DecidedBy, rules_id};
use rollcall_domain::classes::{ClassType, ClassTypeId, Closure, Coach, Days};
use rollcall_domain::kernel::command::Command;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::ledger::{Balance, balance_id};
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::kernel::{Timestamp, order};

use crate::fmt;
use crate::parts::members::somebody;
use crate::parts::sessions::timetable;
use crate::parts::settings::zone_name;
use crate::studio::Studio;
use crate::tr;
use crate::tr::appointments as t;

/// Days that are listed at most, however early a studio lets people book.
const DAYS_MAX: u32 = 28;
/// Days back in which an appointment that nobody confirmed is still listed.
const BACK_DAYS: i64 = 7;

/// Whether whoever is at the desk may give this command.
pub(super) fn may<C: Command>(studio: &Studio) -> bool {
    studio.me_now().is_some_and(|me| C::ROLES.contains(&me.role))
}

/// Who teaches. Follows changes.
pub(super) fn coaches(studio: &Studio) -> Vec<Coach> {
    let mut all = studio.live().of_kind::<Coach>();
    all.retain(|coach| coach.retired_at.is_none() && !coach.name.is_empty());
    order::by(&mut all, |a, b| a.name.cmp(&b.name));
    all
}

/// The published hours of a coach. Follows changes.
pub(super) fn hours_of(studio: &Studio, coach: PersonId) -> Option<CoachHours> {
    studio.live().get::<CoachHours>(hours_id(coach))
}

/// Who offers something, with their hours. Follows changes.
pub(super) fn offering(studio: &Studio) -> Vec<(Coach, CoachHours)> {
    let with = |coach: Coach| hours_of(studio, coach.id).map(|hours| (coach, hours));
    let mut all: Vec<(Coach, CoachHours)> = coaches(studio).into_iter().filter_map(with).collect();
    all.retain(|(_, hours)| !services(studio, hours).is_empty());
    all
}

/// What a coach offers, by name. Follows changes.
pub(super) fn services(studio: &Studio, hours: &CoachHours) -> Vec<ClassType> {
    let find = |id: &ClassTypeId| studio.live().get::<ClassType>(*id);
    let mut all: Vec<ClassType> = hours.services.iter().filter_map(find).collect();
    all.retain(|one| one.retired_at.is_none());
    order::by(&mut all, |a, b| a.draft.name.cmp(&b.draft.name));
    all
}

fn rules(studio: &Studio) -> BookingRules {
    studio.live().get::<BookingRules>(rules_id()).unwrap_or_else(BookingRules::usual)
}

/// The days on which something is free, with their times. Follows changes.
pub(super) fn free(studio: &Studio, hours: &CoachHours, service: &ClassType) -> Vec<(NaiveDate, Vec<Start>)> {
    let (live, zone, now) = (studio.live(), studio.zone(), studio.now());
    let first = studio.today();
    let ahead = rules(studio).opens_days.min(DAYS_MAX);
    let last = first + chrono::Duration::days(i64::from(ahead));
    let around = Days { first: first.pred_opt().unwrap_or(first), last };
    let mut sessions = timetable(studio, around).sessions(around, zone);
    sessions.retain(|one| one.takes_place() && one.terms.coaches.contains(&hours.coach_id));
    let busy: Vec<(Timestamp, Timestamp)> = sessions.iter().map(|one| (one.starts_at, one.ends_at)).collect();
    let taken = live.all::<CoachDay>(&days_between(first, last));
    let closures = live.of_kind::<Closure>();
    let of_day = |on: NaiveDate| {
        let taken = taken.iter().find(|day| day.coach_id == hours.coach_id && day.on == on);
        let mut free = hours.free_on(on, service.draft.length_minutes, taken, &busy, now, zone);
        free.retain(|start| !closures.iter().any(|closure| closure.shuts(on, start.at)));
        (on, free)
    };
    let all = first.iter_days().take_while(|on| *on <= last).map(of_day);
    all.filter(|(_, free)| !free.is_empty()).collect()
}

/// What it is called, in the reader's language. Follows changes.
pub(super) fn title(studio: &Studio, id: ClassTypeId) -> String {
    let class = studio.live().get::<ClassType>(id);
    class.map(|class| class.name_in(tr::lang().tag()).to_owned()).unwrap_or_default()
}

/// A coach's name. Follows changes.
pub(super) fn coach_name(studio: &Studio, id: PersonId) -> String {
    studio.live().get::<Coach>(id).map(|coach| coach.name).unwrap_or_default()
}

/// A member's name, as this device knows it. Follows changes.
pub(super) fn member_name(studio: &Studio, one: &Appointment) -> String {
    somebody(studio, one.member_id).map(|who| who.name).unwrap_or_default()
}

/// From when to when, by the studio's wall clock.
pub(super) fn times(studio: &Studio, one: &Appointment) -> String {
    let zone = zone_name(studio);
    format!("{}–{}", fmt::clock(one.starts_at.0, &zone), fmt::clock(one.ends_at.0, &zone))
}

/// How it stands, and whether that is certain. Follows changes.
pub(super) fn stands(studio: &Studio, one: &Appointment) -> Word {
    let pending = studio.live().is_pending(Appointment::KIND, one.id.raw());
    let by = if pending { DecidedBy::OnlyHere } else { DecidedBy::ByAuthority };
    word(one, by, studio.now())
}

/// The honest word for it. Follows changes.
pub(super) fn words(studio: &Studio, one: &Appointment) -> &'static str {
    match (stands(studio, one), &one.state) {
        (Word::NotBooked, State::Dropped { why: Dropped::Closed }) => t::word_closed(),
        (Word::NotBooked, State::Dropped { why: Dropped::CoachLeft }) => t::word_coach_left(),
        (Word::NotBooked, State::Dropped { why: Dropped::PassReversed }) => t::word_pass_reversed(),
        (Word::Requested, _) => t::word_requested(),
        (Word::Booked, _) => t::word_booked(),
        (Word::ToConfirm, _) => t::word_to_confirm(),
        (Word::Noted, _) => t::word_noted(),
        (Word::WrongCode, _) => t::word_wrong_code(),
        (Word::Confirmed, _) => t::word_confirmed(),
        (Word::Absent, _) => t::word_absent(),
        (Word::NotBooked, _) => t::word_not_booked(),
        (Word::CancelledLate, _) => t::word_cancelled_late(),
        (Word::Forgiven, _) => t::word_forgiven(),
    }
}

/// Until when it can be given back without loss; nothing once that is over.
pub(super) fn free_until(studio: &Studio, one: &Appointment) -> Option<Timestamp> {
    let until = BookingRules::before(one.starts_at, rules(studio).late_minutes);
    (studio.now() < until).then_some(until)
}

/// The appointments from a while ago on that this device holds, by their start: those to come, and those whose word is
/// still open or was given today. Follows changes.
pub(super) fn current(studio: &Studio) -> Vec<Appointment> {
    let (today, days) = (studio.today(), chrono::Duration::days);
    let mut all: Vec<Appointment> = studio.live().all(&of_day(today - days(BACK_DAYS), NaiveDate::MAX));
    all.retain(|one| one.on >= today || (one.keeps() && one.can_be_confirmed()));
    order::by(&mut all, |a, b| (a.starts_at, a.id).cmp(&(b.starts_at, b.id)));
    all
}

/// Lessons that count for a coach so far. Follows changes.
pub(super) fn lessons(studio: &Studio, coach: PersonId) -> u64 {
    let (live, id) = (studio.live(), balance_id(coach.raw(), LESSONS));
    // What this device only foresees does not count yet.
    let counted = live.get::<Balance>(id).filter(|_| !live.is_pending(Balance::KIND, id));
    counted.and_then(|balance| u64::try_from(balance.sum).ok()).unwrap_or_default()
}

/// All appointments of a week, by their start; those that were given back not. Follows changes.
pub(super) fn of_week(studio: &Studio, first: NaiveDate) -> Vec<Appointment> {
    let mut all: Vec<Appointment> = studio.live().all(&of_day(first, first + chrono::Duration::days(6)));
    all.retain(|one| !matches!(one.state, State::Cancelled { late: false, .. } | State::Dropped { .. }));
    order::by(&mut all, |a, b| (a.starts_at, a.id).cmp(&(b.starts_at, b.id)));
    all
}
