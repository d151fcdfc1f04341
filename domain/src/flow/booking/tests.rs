//! A club with one class of two seats on Tuesdays, members with passes, and a clock that gives what falls due.

use std::collections::BTreeSet;

use chrono::{NaiveDate, Weekday};

use super::*;
use crate::bookings::{
    Attended, BookingRules, EndLease, SeatLease, State, leases_of_session, of_session, seats_between,
};
use crate::calendar::Rule;
use crate::classes::{
    CallOffSession, ChangeSession, ClassDraft, ClassTypeId, DescribeClass, Level, PlanSchedule, Schedule,
    ScheduleId, Session, Terms, TermsChange, session_of, session_wants,
};
use crate::flow::fixture::{Desk, rules};
use crate::kernel::command::{Command, Input};
use crate::kernel::decide::{Outcome, Verdict};
use crate::kernel::exceptions::Exception;
use crate::kernel::ids::{DeviceId, PersonId, Uuid};
use crate::kernel::keys::KeyValue;
use crate::kernel::ledger::{ACCOUNT_KEY, LedgerEntry};
use crate::kernel::record::RecordBody;
use crate::kernel::{Role, Timestamp};
use crate::passes::{Pass, VISITS, VISITS_RESERVED};
use crate::plans::{Grant, Length};

mod count;
mod erased;
mod leases;
mod life;
mod member;
mod queue;
mod roster;
mod timetable;
mod worlds;

pub(super) const CLASS: ClassTypeId = ClassTypeId(Uuid::from_u128(0x100));
pub(super) const COACH: PersonId = PersonId(Uuid::from_u128(0x300));

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The studio, and what its tests do over and over.
struct Club {
    desk: Desk,
    schedule_id: ScheduleId,
    fired: BTreeSet<(Id, i64, String)>,
}

impl Club {
    /// It is Sunday, 2026-11-22, 09:00 in Shanghai; the class is on Tuesdays at 18:00, with so many seats.
    fn open(capacity: u32) -> Self {
        let mut desk = Desk::open();
        let draft = ClassDraft {
            name: "Yoga".to_owned(),
            names: [].into(),
            colour: 1,
            length_minutes: 60,
            capacity,
            level: Level::Open,
            opened_by: Vec::new(),
        };
        desk.room
            .granted(&DescribeClass { class_type_id: CLASS, seen_revision: 0, draft, retired: false }, &());
        let mut club = Self { desk, schedule_id: ScheduleId::default(), fired: BTreeSet::new() };
        club.schedule_id = club.plan(18 * 60, capacity);
        club
    }

    /// One more weekly class on Tuesdays.
    fn plan(&mut self, start_minute: u32, capacity: u32) -> ScheduleId {
        let terms = Terms {
            class_type_id: CLASS,
            coaches: Vec::new(),
            place_id: None,
            start_minute,
            length_minutes: 60,
            capacity,
            people_min: 0,
        };
        let rule = Some(Rule::weekly(&[Weekday::Tue]));
        self.desk.room.granted(&PlanSchedule { terms, first_on: day("2026-11-24"), rule }, &());
        self.desk.changed::<Schedule>().id
    }

    fn key_on(&self, on: &str) -> SessionKey {
        SessionKey { schedule_id: self.schedule_id, on: day(on), start_minute: 18 * 60, pattern: 0 }
    }

    /// The session on the 24th of November.
    fn key(&self) -> SessionKey {
        self.key_on("2026-11-24")
    }

    fn session(&self, key: &SessionKey) -> Session {
        let mut facts = Facts::default();
        session_wants(key).into_iter().for_each(|want| facts.add(want.clone(), self.desk.room.answer(&want)));
        session_of(key, &facts, Zone::default()).unwrap()
    }

    /// It is so late now on a day, by the studio's wall clock.
    fn at(&mut self, on: &str, minute: u32) {
        self.desk.room.now = Zone::default().instant(day(on), minute);
    }

    /// A member with a pass of so many visits.
    fn with_visits(&mut self, visits: u32) -> (MemberId, Pass) {
        let member = self.desk.member();
        let revision = self.desk.plan(rules(Grant::Count { visits, length: None }));
        let pass = self.desk.sell_today(member, &revision);
        (member, pass)
    }

    /// A member whose visits are not counted.
    fn unlimited(&mut self) -> MemberId {
        let member = self.desk.member();
        let revision = self.desk.plan(rules(Grant::Time { length: Length::Months(3) }));
        self.desk.sell_today(member, &revision);
        member
    }

    fn book(&mut self, member: MemberId) -> Outcome {
        let key = self.key();
        self.desk.room.granted(&book(key, &[member]), &())
    }

    fn booking(&self, member: MemberId) -> Booking {
        self.find(member).unwrap_or_else(|| panic!("no booking"))
    }

    /// The last booking of a member for the session, live or not.
    fn find(&self, member: MemberId) -> Option<Booking> {
        self.roster(&self.key()).into_iter().rfind(|booking| booking.member_id == member)
    }

    fn roster(&self, key: &SessionKey) -> Vec<Booking> {
        let mut all: Vec<Booking> = self.desk.room.all(&of_session(key.id()));
        all.sort_by_key(|booking| (booking.is_live(), booking.booked_at, booking.id));
        all
    }

    fn state(&self, member: MemberId) -> State {
        self.booking(member).state
    }

    fn seats(&self) -> Seats {
        self.desk.room.get(self.key().id())
    }

    fn cancel(&mut self, member: MemberId) {
        let booking_id = self.booking(member).id;
        self.desk.room.granted(&CancelBooking { booking_id }, &());
    }

    /// Kept, and free, of a pass.
    fn visits(&self, pass: &Pass) -> (i64, i64) {
        let sum = |unit| self.desk.balance(pass.id.raw(), unit);
        (sum(VISITS_RESERVED), sum(VISITS))
    }

    fn words(&self, pass: &Pass) -> Vec<String> {
        let want = Want::key::<LedgerEntry>(ACCOUNT_KEY, KeyValue::of(pass.id.raw()));
        let mut lines: Vec<LedgerEntry> = self.desk.room.all(&want);
        lines.retain(|line| line.unit == VISITS);
        lines.sort_by_key(|line| line.at);
        lines.into_iter().map(|line| format!("{} {}", line.why, line.amount)).collect()
    }

    /// Gives everything that is due, as a hub does; says what it gave.
    fn tick(&mut self) -> Vec<String> {
        let mut given = Vec::new();
        // Two seats that are freed at one instant fall due a millisecond apart.
        self.desk.room.now = self.desk.room.now.plus_ms(5);
        for _ in 0..20 {
            let Some((id, at, input)) = self.due().into_iter().next() else { break };
            self.fired.insert((id, at, input.kind.clone()));
            given.push(input.kind.clone());
            self.system(input);
        }
        given
    }

    fn system(&mut self, input: Input) -> Verdict {
        let role = std::mem::replace(&mut self.desk.room.role, Role::System);
        let verdict = self.desk.room.run(input);
        self.desk.room.role = role;
        assert!(matches!(verdict, Verdict::Decided { .. }), "{verdict:?}");
        verdict
    }

    fn due(&self) -> Vec<(Id, i64, Input)> {
        fn of<T: RecordBody>(all: Vec<T>, now: Timestamp) -> Vec<(Id, i64, Input)> {
            let due = |one: &T| Some((one.id(), one.due_at().filter(|at| *at <= now)?.0, one.when_due()?));
            all.iter().filter_map(due).collect()
        }
        let room = &self.desk.room;
        let seats: Vec<Seats> = room.all(&seats_between(NaiveDate::MIN, NaiveDate::MAX));
        let leases: Vec<SeatLease> =
            seats.iter().flat_map(|one| room.all::<SeatLease>(&leases_of_session(one.key.id()))).collect();
        let mut all = of(seats, room.now);
        all.extend(of(leases, room.now));
        all.retain(|(id, at, input)| !self.fired.contains(&(*id, *at, input.kind.clone())));
        all.sort_by_key(|(id, at, _)| (*at, *id));
        all
    }

    fn rules(&mut self, change: impl Fn(BookingRules) -> BookingRules) {
        let seen_revision = 0;
        let rules = change(BookingRules::usual());
        self.desk.room.granted(&crate::bookings::SetBookingRules { seen_revision, rules }, &());
    }

    /// Closes the session; whoever is unmarked and named did not come.
    fn close(&mut self, absent: &[MemberId]) -> Vec<Exception> {
        let absent = absent.iter().map(|member| self.booking(*member).id).collect();
        let session = self.key();
        self.desk.room.fact(&CloseSession { session, absent }, &())
    }

    fn mark(&mut self, member: MemberId, mark: crate::bookings::Mark) -> Vec<Exception> {
        let row = MarkRow { booking_id: self.booking(member).id, mark: Some(mark) };
        let session = self.key();
        self.desk.room.fact(&MarkRoster { session, rows: vec![row] }, &())
    }

    fn attended(&self, booking: &Booking) -> Booking {
        self.desk.room.get::<Attended>(booking.id).0
    }

    fn call_off(&mut self) {
        let (key, seen_revision) = (self.key(), self.session(&self.key()).revision);
        self.desk.room.granted(&CallOffSession { key, seen_revision, why: "Rain".to_owned() }, &());
    }

    fn change(&mut self, on: Option<&str>, terms: TermsChange) {
        let (key, seen_revision) = (self.key(), self.session(&self.key()).revision);
        let on = on.map(day);
        self.desk.room.granted(&ChangeSession { key, seen_revision, on, terms }, &());
    }

    fn lease(&mut self, seats: u32) -> SeatLease {
        let (session, device) = (self.key(), self.desk.room.device);
        self.desk.room.granted(&LeaseSeats { session, device, seats, not_after: None }, &());
        self.desk.changed()
    }

    fn on_device(&mut self, n: u128) {
        self.desk.room.device = DeviceId(Uuid::from_u128(n));
    }

    fn end_lease(&mut self, lease: &SeatLease) {
        self.system(Input::encode(&EndLease { lease_id: lease.id }, &()).unwrap());
    }
}

fn book(session: SessionKey, members: &[MemberId]) -> BookSeats {
    BookSeats { session, members: members.to_vec(), if_full: IfFull::Wait, lease_id: None }
}

fn waits_at(state: &State) -> Option<u32> {
    match state {
        State::Waiting { position, .. } => Some(*position),
        _ => None,
    }
}

fn codes(exceptions: &[Exception]) -> Vec<String> {
    crate::flow::fixture::codes(exceptions)
}

/// The input of a command, for giving it as it is.
fn input<C: Command>(command: &C, personal: &C::Personal) -> Input {
    Input::encode(command, personal).unwrap()
}
