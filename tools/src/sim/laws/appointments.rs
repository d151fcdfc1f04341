//! The laws of appointments: an hour is given once, a credit is kept, spent or returned, a lesson counts by the member's
//! word alone, and nothing of it lies where it may not.
//!
//! They are told from what the hub holds: its records, its ledger lines and the commands it was given.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_domain::appointments::{
    Appointment, AppointmentCode, AppointmentException, AppointmentId, CODE_TRIES_MAX, CoachDay, LESSONS,
    Proof, State, TakenSpan,
};
use rollcall_domain::attendance::Visit;
use rollcall_domain::bookings::Settled;
use rollcall_domain::classes::{Closure, Coach};
use rollcall_domain::feeds::CalendarFeed;
use rollcall_domain::flow::appointment::{AgreeAppointment, ConfirmAppointment, How, MarkAppointment, Shown};
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::exceptions::Exception;
use rollcall_domain::kernel::ids::{CommandId, Id};
use rollcall_domain::kernel::ledger::LedgerEntry;
use rollcall_domain::kernel::record::RecordBody;
use rollcall_domain::passes::{Pass, VISITS, VISITS_RESERVED};
use rollcall_domain::sync::wire::Row;

use super::super::world::Device;
use super::people::seen_erased;
use super::{Broken, Laws, Seen, broken, records};

/// What the laws look at, read once.
struct Diary {
    all: BTreeMap<Id, Appointment>,
    /// Ledger lines of credits and of lessons.
    lines: Vec<LedgerEntry>,
    visits: Vec<Visit>,
}

impl Diary {
    fn of(seen: &Seen) -> Self {
        let all: BTreeMap<Id, Appointment> =
            records::<Appointment>(seen).map(|one| (one.id.raw(), one)).collect();
        let ours = |line: &LedgerEntry| [VISITS, VISITS_RESERVED, LESSONS].contains(&line.unit.as_str());
        let lines = records::<LedgerEntry>(seen).filter(ours).collect();
        let visits = if all.is_empty() { Vec::new() } else { records(seen).collect() };
        Self { all, lines, visits }
    }

    /// Σ of the lines of a unit that an appointment is the reason for.
    fn sum(&self, id: Id, unit: &str) -> i64 {
        let own = self.lines.iter().filter(|line| line.source == Some(id) && line.unit == unit);
        own.map(|line| line.amount).sum()
    }
}

impl Laws {
    /// All laws of appointments that are told from what the hub holds.
    pub(super) fn appointments(&self, seen: &Seen, devices: &[Device]) -> Result<(), Broken> {
        let diary = Diary::of(seen);
        hours(seen, &diary)?;
        self.one_place_at_a_time(seen, &diary)?;
        diary.all.values().try_for_each(|one| credit(&diary, one))?;
        credits_were_there(seen, &diary)?;
        lessons(&diary)?;
        words(seen, &diary)?;
        codes(seen, &diary, devices)?;
        fallen(seen, &diary)?;
        told_once(seen)
    }

    /// Nobody is booked into two appointments at once. Who was ever meant to be one person with somebody may be: either
    /// entry was free. So may one whose coach said that it took place, and took that back.
    fn one_place_at_a_time(&self, seen: &Seen, diary: &Diary) -> Result<(), Broken> {
        let joined: BTreeSet<Id> = self.joined.iter().flat_map(|join| [join.absorbed, join.into]).collect();
        let marked: BTreeSet<AppointmentId> =
            seen.of::<MarkAppointment>().map(|(_, mark, _)| mark.appointment_id).collect();
        let clear = |one: &&Appointment| {
            one.is_booked() && !marked.contains(&one.id) && !joined.contains(&one.member_id.raw())
        };
        let booked: Vec<&Appointment> = diary.all.values().filter(clear).collect();
        for (at, one) in booked.iter().enumerate() {
            let meets = |other: &&&Appointment| {
                other.member_id == one.member_id
                    && other.starts_at < one.ends_at
                    && other.ends_at > one.starts_at
            };
            if let Some(other) = booked[at + 1..].iter().find(meets) {
                return broken(19, format!("{} and {} of {}", one.id, other.id, one.member_id));
            }
        }
        Ok(())
    }
}

/// True for what takes its coach's time, or took it.
const fn takes_time(one: &Appointment) -> bool {
    !matches!(one.state, State::Cancelled { .. } | State::Dropped { .. })
}

/// What is taken of a coach's day is what is booked there, and no two of it meet.
fn hours(seen: &Seen, diary: &Diary) -> Result<(), Broken> {
    let mut taken: BTreeMap<Id, TakenSpan> = BTreeMap::new();
    for mut day in records::<CoachDay>(seen) {
        day.taken.sort_by_key(|span| (span.starts_at, span.ends_at));
        if let Some(two) = day.taken.windows(2).find(|two| two[0].ends_at > two[1].starts_at) {
            return broken(19, format!("{two:?} of {} on {}", day.coach_id, day.on));
        }
        for span in day.taken {
            let one = diary.all.get(&span.appointment_id.raw());
            let fits = |one: &&Appointment| {
                takes_time(one)
                    && (one.coach_id, one.on) == (day.coach_id, day.on)
                    && (one.starts_at, one.ends_at) == (span.starts_at, span.ends_at)
            };
            if one.filter(fits).is_none() || taken.insert(span.appointment_id.raw(), span).is_some() {
                return broken(19, format!("{span:?} is taken for {one:?}"));
            }
        }
    }
    match diary.all.values().find(|one| takes_time(one) && !taken.contains_key(&one.id.raw())) {
        Some(one) => broken(19, format!("{} is booked and its hour is free", one.id)),
        None => Ok(()),
    }
}

/// What an appointment says of its credit is what the ledger says, and follows from how far it came.
fn credit(diary: &Diary, one: &Appointment) -> Result<(), Broken> {
    let id = one.id.raw();
    let says = |what: &str| broken(20, format!("{what}: {one:?}"));
    let other = |line: &&LedgerEntry| {
        line.source == Some(id) && line.unit != LESSONS && line.account != one.pays.pass_id.raw()
    };
    if one.pays.entry.is_none() || diary.lines.iter().any(|line| other(&line)) {
        return says("it is on no pass with credits, or on two");
    }
    let should = match one.pays.settled {
        Settled::Reserved => (1, -1),
        Settled::Spent => (0, -1),
        Settled::Returned => (0, 0),
    };
    let is = (diary.sum(id, VISITS_RESERVED), diary.sum(id, VISITS));
    if is != should {
        return says(&format!("{} kept, {} of the pass", is.0, is.1));
    }
    let by_door = || diary.visits.iter().any(|visit| visit.booking_id == Some(id) && visit.undone.is_none());
    let fits = match (&one.state, one.pays.settled) {
        _ if one.forgiven.is_some() => one.pays.settled == Settled::Returned,
        (State::Booked | State::Given { .. }, settled) => settled == Settled::Reserved,
        // Who came in by the door on the same pass has spent the credit there.
        (State::Confirmed { .. }, Settled::Returned) => by_door(),
        (State::Confirmed { .. } | State::Absent { .. }, settled) => settled == Settled::Spent,
        (State::Cancelled { late: true, .. }, settled) => settled != Settled::Returned,
        (State::Cancelled { late: false, .. } | State::Dropped { .. }, settled) => {
            settled == Settled::Returned
        }
    };
    if fits { Ok(()) } else { says("the credit does not follow from how far it came") }
}

/// Of each pass no more credits were kept than it had left, in the order in which the hub decided. Where a command waited
/// before it was decided that order is another one.
fn credits_were_there(seen: &Seen, diary: &Diary) -> Result<(), Broken> {
    let passes: BTreeSet<Id> = diary.all.values().map(|one| one.pays.pass_id.raw()).collect();
    if passes.is_empty() {
        return Ok(());
    }
    let places: BTreeMap<CommandId, (u64, bool)> =
        seen.commands.iter().map(|command| (command.id, (command.hub_seq, command.was_held))).collect();
    let mut sums: BTreeMap<Id, BTreeMap<u64, (i64, bool)>> = BTreeMap::new();
    let mut held = BTreeSet::new();
    for line in diary.lines.iter().filter(|line| line.unit == VISITS && passes.contains(&line.account)) {
        let Some((place, was_held)) = places.get(&line.command) else { continue };
        if *was_held {
            held.insert(line.account);
        }
        let kept =
            line.why == "reserved" && line.source.is_some_and(|source| diary.all.contains_key(&source));
        let here = sums.entry(line.account).or_default().entry(*place).or_default();
        *here = (here.0 + line.amount, here.1 || kept);
    }
    for (pass, places) in sums.into_iter().filter(|(pass, _)| !held.contains(pass)) {
        let mut left = 0;
        for (place, (amount, kept)) in places {
            left += amount;
            if kept && left < 0 {
                return broken(20, format!("{left} credits left on {pass} after the booking at {place}"));
            }
        }
    }
    Ok(())
}

/// A lesson counts for each appointment that is confirmed, and for nothing else.
fn lessons(diary: &Diary) -> Result<(), Broken> {
    let of_nothing = |line: &&LedgerEntry| {
        let one = line.source.and_then(|source| diary.all.get(&source));
        line.unit == LESSONS && one.is_none_or(|one| one.coach_id.raw() != line.account)
    };
    if let Some(line) = diary.lines.iter().find(of_nothing) {
        return broken(21, format!("a lesson for nothing: {line:?}"));
    }
    for one in diary.all.values() {
        let counted = diary.sum(one.id.raw(), LESSONS);
        let line = |id: Id| diary.lines.iter().any(|line| line.id == id && line.amount == 1);
        let named = one.lesson.is_some_and(line);
        if counted != i64::from(one.is_confirmed()) || named != one.is_confirmed() {
            return broken(21, format!("{counted} lessons: {one:?}"));
        }
    }
    Ok(())
}

/// What is confirmed its member confirmed, in the way it says: by their press, their signature, or their code.
fn words(seen: &Seen, diary: &Diary) -> Result<(), Broken> {
    if diary.all.is_empty() {
        return Ok(());
    }
    let pressed: BTreeSet<AppointmentId> =
        seen.of::<AgreeAppointment>().map(|(_, agree, _)| agree.appointment_id).collect();
    let shown: Vec<(ConfirmAppointment, Option<Shown>)> =
        seen.of::<ConfirmAppointment>().map(|(_, confirm, shown)| (confirm, shown)).collect();
    let codes: BTreeMap<AppointmentId, AppointmentCode> =
        records::<AppointmentCode>(seen).map(|code| (code.appointment_id, code)).collect();
    for one in diary.all.values() {
        let of = |how| shown.iter().filter(move |(said, _)| said.appointment_id == one.id && said.how == how);
        // What erasure has blanked nobody can read any more: then that it was said is enough.
        let right = |shown: &Option<Shown>| match (shown, codes.get(&one.id)) {
            (Some(shown), Some(code)) => code.is(&shown.code),
            _ => true,
        };
        let said = match &one.state {
            State::Confirmed { how: Proof::Press, .. } => pressed.contains(&one.id),
            State::Confirmed { how: Proof::Signature { .. }, .. } => of(How::Signature).next().is_some(),
            State::Confirmed { how: Proof::Code, .. } => {
                one.has_code && of(How::Code).any(|(_, shown)| right(shown))
            }
            _ => true,
        };
        let tries = u32::try_from(of(How::Code).count()).unwrap_or(u32::MAX);
        if !said || one.wrong_codes > CODE_TRIES_MAX.min(tries) {
            return broken(21, format!("nobody said so: {one:?}"));
        }
    }
    Ok(())
}

/// A code lies beside an appointment that says so, and never beside one that a coach's own device booked.
fn codes(seen: &Seen, diary: &Diary, devices: &[Device]) -> Result<(), Broken> {
    for code in records::<AppointmentCode>(seen) {
        let one = diary.all.get(&code.appointment_id.raw());
        if one.is_none_or(|one| !one.has_code || one.member_id != code.member_id) {
            return broken(22, format!("a code for {one:?}"));
        }
    }
    let coaches = devices.iter().filter(|device| device.role == Role::Coach);
    let coaches: BTreeSet<Id> = coaches.map(|device| device.disk.borrow().me.device.raw()).collect();
    let known = |one: &&Appointment| one.has_code && coaches.contains(&one.booked_on.raw());
    match diary.all.values().find(known) {
        Some(one) => broken(22, format!("a coach made the code of {one:?}")),
        None => Ok(()),
    }
}

/// Nothing that lies ahead is booked with a coach who stopped, on a closed day, on a pass that was taken back, or with or
/// for somebody who was erased.
fn fallen(seen: &Seen, diary: &Diary) -> Result<(), Broken> {
    let ahead: Vec<&Appointment> =
        diary.all.values().filter(|one| one.is_booked() && one.starts_at > seen.now).collect();
    if ahead.is_empty() {
        return Ok(());
    }
    let stopped: BTreeSet<Id> = records::<Coach>(seen)
        .filter(|coach| coach.retired_at.is_some())
        .map(|coach| coach.id.raw())
        .collect();
    let back: BTreeSet<Id> =
        records::<Pass>(seen).filter(|pass| pass.reversed_at.is_some()).map(|pass| pass.id.raw()).collect();
    let closures: Vec<Closure> = records(seen).collect();
    let erased = seen_erased(&seen.records);
    for one in ahead {
        let why = if stopped.contains(&one.coach_id.raw()) {
            "its coach stopped"
        } else if back.contains(&one.pays.pass_id.raw()) {
            "its pass was taken back"
        } else if closures.iter().any(|closure| closure.shuts(one.on, one.starts_at)) {
            "that day is closed"
        } else if [one.coach_id.raw(), one.member_id.raw()].iter().any(|id| erased.contains(id)) {
            "somebody of it was erased"
        } else {
            continue;
        };
        return broken(23, format!("{why}: {one:?}"));
    }
    Ok(())
}

/// That nobody confirmed an appointment the desk is told once.
fn told_once(seen: &Seen) -> Result<(), Broken> {
    let mut told = BTreeSet::new();
    for item in records::<Exception>(seen) {
        let what = serde_json::from_value::<AppointmentException>(item.what.clone());
        let about = item.about.first().copied().unwrap_or_default();
        if matches!(what, Ok(AppointmentException::NotConfirmed { .. })) && !told.insert(about) {
            return broken(20, format!("the desk is told of {about} once more"));
        }
    }
    Ok(())
}

fn read<T: RecordBody>(row: &Row) -> Option<T> {
    (row.kind == T::KIND).then(|| serde_json::from_str(row.body.as_deref()?).ok())?
}

/// On a device lie the appointments of its own person alone, unless it is the desk's; codes and addresses of others are
/// for those who run the business. Told apart from the table of who reads what, so that a mistake there shows.
pub(super) fn seen_by_few(device: &Device) -> Result<(), Broken> {
    let disk = device.disk.borrow();
    let me = disk.me.person.raw();
    let manages = matches!(device.role, Role::Owner | Role::Manager);
    let desk = manages || device.role == Role::Desk;
    for row in disk.store.rows.values() {
        let foreign = if let Some(one) = read::<Appointment>(row) {
            !desk && ![one.coach_id.raw(), one.member_id.raw()].contains(&me)
        } else if let Some(code) = read::<AppointmentCode>(row) {
            !manages && code.member_id.raw() != me
        } else if let Some(feed) = read::<CalendarFeed>(row) {
            !manages && feed.person_id.raw() != me
        } else {
            false
        };
        if foreign {
            return broken(22, format!("{} {} on a device of {:?}", row.kind, row.id, device.role));
        }
    }
    Ok(())
}
