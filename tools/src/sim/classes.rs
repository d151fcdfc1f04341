//! What people do with the timetable and with seats, by chance: real commands on what a device shows.

use chrono::NaiveDate;
use rollcall_domain::bookings::{
    Attended, Booking, BookingId, BookingRules, Mark, SeatLease, SetBookingRules, State, rules_id,
};
use rollcall_domain::calendar::{Freq, Rule};
use rollcall_domain::classes::{
    AddSession, CallOffSession, ChangeSchedule, ChangeSession, ClassDraft, ClassType, ClassTypeId, Closure,
    Coach, CoachName, Days, DeclareClosure, DeleteSession, DescribeClass, DescribePlace, EndSchedule, Hire,
    HireCourt, HirerName, IntroduceCoach, Level, LiftClosure, Place, PlaceDraft, PlaceId, PlaceKind,
    PlanSchedule, ReleaseCourt, RepeatSchedule, Schedule, Session, SessionChange, Terms, TermsChange,
    Timetable,
};
use rollcall_domain::demo::dice::Dice;
use rollcall_domain::flow::booking::{
    BookSeats, CancelBooking, CloseSession, ForgiveBooking, IfFull, LeaseSeats, MarkRoster, MarkRow, OverWhy,
    ReleaseSeats, ReturnSeats, WalkIn, Why,
};
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::{Input, Zone};
use rollcall_domain::members::Member;
use rollcall_domain::studio::Person;

use super::deeds::{encode, enrol, id, member, one_of, sell, studio_settings};
use super::disk::Head;
use super::tab::Tab;

/// Classes in a timetable with which a world begins.
const SCHEDULES: usize = 2;
/// Members who may want seats in them.
const MEMBERS: usize = 3;

/// One deed of the timetable or of a roster; nothing when there is nothing to do it to.
pub(crate) fn deed(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    match dice.between(0, 60) {
        0..=15 => book(tab, dice),
        16..=20 => cancel(tab, dice),
        21..=23 => lease(tab, dice),
        24 => give_back(tab, dice),
        25 => release(tab, dice),
        26..=28 => mark(tab, dice),
        29..=30 => walk_in(tab, dice),
        31..=33 => close(tab, dice),
        34 => forgive(tab, dice),
        35 => rules(tab, dice),
        36..=39 => plan(tab, dice),
        40..=42 => change_session(tab, dice),
        43 => call_off(tab, dice),
        44 => delete(tab, dice),
        45 => add(tab, dice),
        46..=47 => onward(tab, dice),
        48 => repeat(tab, dice),
        49 => end(tab, dice),
        50 => close_days(tab, dice),
        51 => lift(tab, dice),
        52..=53 => hire(tab, dice),
        54 => release_court(tab, dice),
        55..=56 => describe_class(tab, dice),
        57..=58 => describe_place(tab, dice),
        _ => introduce(tab, dice),
    }
}

/// What is still missing before somebody can book a seat.
pub(crate) fn prepare(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    if tab.of_kind::<ClassType>().is_empty() {
        return describe_class(tab, dice);
    }
    if tab.of_kind::<Schedule>().len() < SCHEDULES {
        return plan(tab, dice);
    }
    if tab.of_kind::<Member>().len() < MEMBERS {
        return enrol(dice);
    }
    sell(tab, head, dice)
}

fn zone(tab: &Tab) -> Zone {
    studio_settings(tab).map(|settings| settings.zone).unwrap_or_default()
}

fn today(tab: &Tab) -> NaiveDate {
    zone(tab).day(tab.now())
}

fn sessions(tab: &Tab) -> Vec<Session> {
    let changes = tab.of_kind::<SessionChange>();
    let timetable = Timetable::of(tab.of_kind::<Schedule>(), changes, tab.of_kind::<Closure>());
    let first = today(tab).pred_opt().unwrap_or_default();
    timetable.sessions(Days { first, last: first + chrono::Days::new(3) }, zone(tab))
}

/// One of the few sessions around now, so that people meet in it.
fn session(tab: &Tab, dice: &mut Dice) -> Option<Session> {
    let all: Vec<Session> = sessions(tab).into_iter().take(6).collect();
    one_of(dice, &all)
}

fn schedule_of(tab: &Tab, session: &Session) -> Option<Schedule> {
    tab.find(session.key.schedule_id)
}

fn describe_class(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let known: Option<ClassType> = one_of(dice, &tab.of_kind::<ClassType>()).filter(|_| dice.chance(50));
    let draft = ClassDraft {
        name: format!("Class {}", dice.between(0, 6)),
        names: [].into(),
        colour: 1,
        length_minutes: 5,
        capacity: 2,
        level: Level::Open,
        opened_by: Vec::new(),
    };
    let class_type_id = known.as_ref().map_or_else(|| ClassTypeId(id(dice)), |class| class.id);
    let seen_revision = known.map_or(0, |class| class.revision);
    encode(&DescribeClass { class_type_id, seen_revision, draft, retired: dice.chance(10) }, &())
}

fn describe_place(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let known: Option<Place> = one_of(dice, &tab.of_kind::<Place>()).filter(|_| dice.chance(50));
    let kind = if dice.chance(50) { PlaceKind::Room } else { PlaceKind::Court { opens: 0, closes: 24 } };
    let name = format!("Place {}", dice.between(0, 6));
    let draft = PlaceDraft { name, kind, capacity: None, note: String::new() };
    let place_id = known.as_ref().map_or_else(|| PlaceId(id(dice)), |place| place.id);
    let seen_revision = known.map_or(0, |place| place.revision);
    encode(&DescribePlace { place_id, seen_revision, draft, retired: false }, &())
}

fn introduce(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let person: Person = one_of(dice, &tab.of_kind::<Person>())?;
    let seen_revision = tab.find::<Coach>(person.id).map_or(0, |coach| coach.revision);
    let command = IntroduceCoach { person_id: PersonId(person.id), seen_revision, retired: dice.chance(20) };
    encode(&command, &CoachName { name: "Lin".to_owned() })
}

/// Mostly in a minute or two, so that it begins while somebody looks.
fn plan(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let class: ClassType = one_of(dice, &tab.of_kind::<ClassType>())?;
    let now_minute = zone(tab).minute_of_day(tab.now());
    let ahead = if dice.chance(60) { dice.between(1, 3) } else { dice.between(3, 300) };
    let capacity = dice.between(1, 4);
    let terms = Terms {
        class_type_id: class.id,
        coaches: Vec::new(),
        place_id: one_of(dice, &tab.of_kind::<Place>()).map(|place| place.id),
        start_minute: (now_minute + ahead).min(1_439),
        length_minutes: 5,
        capacity,
        people_min: capacity / 2,
    };
    let rule = dice.chance(70).then(|| Rule::every(Freq::Daily));
    encode(&PlanSchedule { terms, first_on: today(tab), rule }, &())
}

fn onward(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let from = session(tab, dice)?;
    let seen_revision = schedule_of(tab, &from)?.revision;
    let start = (from.terms.start_minute + dice.between(0, 30)).min(1_439);
    let terms = TermsChange { start_minute: Some(start), ..TermsChange::default() };
    let move_days = i32::from(dice.chance(30));
    encode(&ChangeSchedule { from: from.key, seen_revision, move_days, terms }, &())
}

fn repeat(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let from = session(tab, dice)?;
    let seen_revision = schedule_of(tab, &from)?.revision;
    let rule = Rule { interval: dice.between(1, 3), ..Rule::every(Freq::Daily) };
    encode(&RepeatSchedule { from: from.key, seen_revision, rule, terms: TermsChange::default() }, &())
}

fn end(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let from = session(tab, dice)?;
    let seen_revision = schedule_of(tab, &from)?.revision;
    encode(&EndSchedule { from: from.key, seen_revision }, &())
}

fn add(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let schedule: Schedule = one_of(dice, &tab.of_kind::<Schedule>())?;
    let on = today(tab) + chrono::Days::new(u64::from(dice.between(0, 3)));
    encode(&AddSession { schedule_id: schedule.id, on, terms: TermsChange::default() }, &())
}

fn change_session(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let session = session(tab, dice)?;
    let start = (session.terms.start_minute + dice.between(0, 5)).min(1_439);
    let terms = TermsChange { start_minute: Some(start), ..TermsChange::default() };
    let on = dice.chance(20).then(|| session.on + chrono::Days::new(1));
    encode(&ChangeSession { key: session.key, seen_revision: session.revision, on, terms }, &())
}

fn call_off(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let session = session(tab, dice)?;
    let why = "rain".to_owned();
    encode(&CallOffSession { key: session.key, seen_revision: session.revision, why }, &())
}

fn delete(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let session = session(tab, dice)?;
    encode(&DeleteSession { key: session.key, seen_revision: session.revision }, &())
}

fn close_days(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let first_on = today(tab) + chrono::Days::new(u64::from(dice.between(0, 2)));
    let command = DeclareClosure {
        name: "Holiday".to_owned(),
        names: [].into(),
        first_on,
        last_on: first_on,
        places: Vec::new(),
        kept: Vec::new(),
    };
    encode(&command, &())
}

fn lift(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let closure: Closure = one_of(dice, &tab.of_kind::<Closure>())?;
    encode(&LiftClosure { closure_id: closure.id }, &())
}

fn hire(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let place: Place = one_of(dice, &tab.of_kind::<Place>())?;
    let command = HireCourt {
        place_id: place.id,
        on: today(tab),
        from_hour: dice.between(0, 23),
        hours: 1,
        member_id: member(tab, dice).map(|member| member.id),
    };
    encode(&command, &HirerName { name: "Guest".to_owned() })
}

pub(super) fn release_court(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let hire: Hire = one_of(dice, &tab.of_kind::<Hire>())?;
    encode(&ReleaseCourt { hire_id: hire.id }, &())
}

/// The lease of this device for a session, as it shows it.
fn own_lease(tab: &Tab, session: &Session) -> Option<SeatLease> {
    let device = tab.disk.borrow().me.device;
    let mine = |lease: &SeatLease| lease.device == device && lease.session == session.key && lease.runs();
    tab.of_kind::<SeatLease>().into_iter().find(mine)
}

fn book(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let session = session(tab, dice)?;
    let mut members = vec![member(tab, dice)?.id];
    if dice.chance(25) {
        members.push(member(tab, dice)?.id);
    }
    let if_full = if dice.chance(85) { IfFull::Wait } else { IfFull::Leave };
    let lease_id =
        own_lease(tab, &session).filter(|lease| lease.promises(1, tab.now())).map(|lease| lease.id);
    encode(&BookSeats { session: session.key, members, if_full, lease_id }, &())
}

fn booking(tab: &Tab, dice: &mut Dice) -> Option<Booking> {
    one_of(dice, &tab.of_kind::<Booking>())
}

fn cancel(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let booking_id = booking(tab, dice)?.id;
    encode(&CancelBooking { booking_id }, &())
}

fn lease(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let session = session(tab, dice)?;
    let device = tab.disk.borrow().me.device;
    let not_after = dice.chance(50).then(|| tab.now().plus_ms(i64::from(dice.between(1, 60)) * 1_000));
    encode(&LeaseSeats { session: session.key, device, seats: dice.between(1, 3), not_after }, &())
}

fn give_back(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let lease: SeatLease = one_of(dice, &tab.of_kind::<SeatLease>())?;
    encode(&ReturnSeats { lease_id: lease.id }, &())
}

fn release(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let lease: SeatLease = one_of(dice, &tab.of_kind::<SeatLease>())?;
    encode(&ReleaseSeats { lease_id: lease.id }, &())
}

fn a_mark(dice: &mut Dice) -> Mark {
    *dice.pick(&[Mark::Present, Mark::Late, Mark::Absent])
}

fn mark(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let session = booking(tab, dice)?.session;
    let all = tab.of_kind::<Booking>().into_iter().filter(|booking| booking.session == session);
    let rows = all.map(|one| MarkRow { booking_id: one.id, mark: Some(a_mark(dice)) }).collect();
    encode(&MarkRoster { session, rows }, &())
}

fn walk_in(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let session = session(tab, dice)?;
    let lease_id = own_lease(tab, &session).map(|lease| lease.id);
    let command =
        WalkIn { session: session.key, member_id: member(tab, dice)?.id, mark: Mark::Present, lease_id };
    encode(&command, &OverWhy { reason: "brought a mat".to_owned() })
}

fn close(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let begun: Vec<Session> = sessions(tab).into_iter().filter(|one| one.has_begun(tab.now())).collect();
    let session = one_of(dice, &begun)?.key;
    let roster = tab.of_kind::<Booking>().into_iter().filter(|one| one.session == session && one.has_seat());
    let absent: Vec<BookingId> = roster.map(|one| one.id).filter(|_| dice.chance(70)).collect();
    encode(&CloseSession { session, absent }, &())
}

pub(super) fn forgive(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    // Mostly somebody of whom something is held.
    let all: Vec<Booking> = tab.of_kind::<Attended>().into_iter().map(|attended| attended.0).collect();
    let is_held = |one: &&Booking| matches!(one.state, State::Absent | State::Cancelled { late: true, .. });
    let held: Vec<Booking> = all.iter().filter(is_held).cloned().collect();
    let past = one_of(dice, if held.is_empty() { &all } else { &held });
    let held = past.or_else(|| booking(tab, dice))?;
    encode(
        &ForgiveBooking { member_id: held.member_id, booking_id: held.id },
        &Why { reason: "was ill".to_owned() },
    )
}

fn rules(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let seen_revision = tab.find::<BookingRules>(rules_id()).map_or(0, |rules| rules.revision);
    let minutes = *dice.pick(&[0, 1, 60]);
    let rules = BookingRules { late_minutes: minutes, promote_minutes: minutes, ..BookingRules::usual() };
    encode(&SetBookingRules { seen_revision, rules }, &())
}
