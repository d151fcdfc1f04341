//! A coach with hours on Tuesdays, members with packs, and a clock that only moves when told.

use chrono::NaiveDate;

use super::*;
use crate::appointments::{
    AppointmentCode, CODE_TRIES_MAX, CoachHours, CodeSeed, PublishHours, RemindAppointment, Span, Typed,
    Weekly, hours_id, of_day,
};
use crate::classes::{ClassDraft, ClassTypeId, CoachName, DescribeClass, IntroduceCoach, Level};
use crate::flow::fixture::{Desk, codes, rules};
use crate::kernel::command::Input;
use crate::kernel::exceptions::Exception;
use crate::kernel::ids::Uuid;
use crate::kernel::time::Zone;
use crate::members::SignedBy;
use crate::passes::VISITS_RESERVED;
use crate::plans::{Grant, Length};
use crate::studio::{AddPerson, PersonName};

mod booking;
mod confirming;
mod following;
mod worlds;

const SERVICE: ClassTypeId = ClassTypeId(Uuid::from_u128(0x100));
const COACH: PersonId = PersonId(Uuid::from_u128(0x300));
/// A Tuesday.
const ON: &str = "2026-12-01";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The studio, and what its tests do over and over.
struct Club {
    desk: Desk,
}

impl Club {
    /// It is Sunday, 2026-11-22, 09:00 in Shanghai; the coach can be booked on Tuesdays from 09:00 to 12:00, an hour each.
    fn open() -> Self {
        let mut club = Self { desk: Desk::open() };
        let draft = ClassDraft {
            name: "Personal training".to_owned(),
            names: [].into(),
            colour: 1,
            length_minutes: 60,
            capacity: 1,
            level: Level::Open,
            opened_by: Vec::new(),
        };
        let class = DescribeClass { class_type_id: SERVICE, seen_revision: 0, draft, retired: false };
        club.desk.room.granted(&class, &());
        club.coach(COACH);
        club
    }

    fn coach(&mut self, coach_id: PersonId) {
        let add = AddPerson { person_id: coach_id, role: Role::Coach };
        self.desk.room.fact(&add, &PersonName { name: "Mei".to_owned() });
        let introduce = IntroduceCoach { person_id: coach_id, seen_revision: 0, retired: false };
        self.desk.room.granted(&introduce, &CoachName { name: "Mei".to_owned() });
        self.desk.room.granted(&publish(coach_id, 0), &());
    }

    /// A member with a pack of so many credits.
    fn with_credits(&mut self, visits: u32) -> (MemberId, Pass) {
        let member = self.desk.member();
        let revision = self.desk.plan(rules(Grant::Count { visits, length: None }));
        let pass = self.desk.sell_today(member, &revision);
        (member, pass)
    }

    fn at(&mut self, on: &str, minute: u32) {
        self.desk.room.now = Zone::default().instant(day(on), minute);
    }

    fn as_coach(&mut self) {
        (self.desk.room.role, self.desk.room.actor) = (Role::Coach, COACH);
    }

    fn as_member(&mut self, member: MemberId) {
        (self.desk.room.role, self.desk.room.actor) = (Role::Member, PersonId(member.raw()));
    }

    fn as_desk(&mut self) {
        (self.desk.room.role, self.desk.room.actor) = (Role::Desk, PersonId(Uuid::from_u128(0xC)));
    }

    fn book(&mut self, member: MemberId, minute: u32) -> Appointment {
        self.desk.room.granted(&book(member, minute), &seed());
        self.desk.changed()
    }

    fn refused(&mut self, command: &BookAppointment) -> AppointmentRefusal {
        self.desk.room.refused(command, &seed())
    }

    fn one(&self, appointment: &Appointment) -> Appointment {
        self.desk.room.get(appointment.id)
    }

    fn all(&self) -> Vec<Appointment> {
        self.desk.room.all(&of_day(NaiveDate::MIN, NaiveDate::MAX))
    }

    fn taken(&self) -> usize {
        let day = self.desk.room.find::<CoachDay>(CoachDay::id_of(COACH, day(ON)));
        day.map_or(0, |day| day.taken.len())
    }

    /// Kept, and free, of a pass.
    fn credits(&self, pass: &Pass) -> (i64, i64) {
        let sum = |unit| self.desk.balance(pass.id.raw(), unit);
        (sum(VISITS_RESERVED), sum(VISITS))
    }

    fn lessons(&self) -> i64 {
        self.desk.balance(COACH.raw(), LESSONS)
    }

    fn code(&self, appointment: &Appointment) -> String {
        self.desk.room.get::<AppointmentCode>(AppointmentCode::id_of(appointment.id)).code
    }

    fn cancel(&mut self, appointment: &Appointment) {
        self.desk.room.granted(&CancelAppointment { appointment_id: appointment.id }, &());
    }

    fn mark(&mut self, appointment: &Appointment, mark: Option<Mark>) -> Vec<String> {
        codes(&self.desk.room.fact(&MarkAppointment { appointment_id: appointment.id, mark }, &()))
    }

    fn tell(&mut self, appointment: &Appointment, code: &str) -> Vec<String> {
        let shown = Shown { code: code.to_owned(), signed: None };
        codes(&self.desk.room.fact(&confirm(appointment, How::Code), &shown))
    }

    fn sign(&mut self, appointment: &Appointment) -> Vec<String> {
        let strokes = vec![vec![(1, 1), (2, 2)]];
        let signed = Some(SignedBy { name: "Lin".to_owned(), strokes, is_typed: false });
        codes(
            &self
                .desk
                .room
                .fact(&confirm(appointment, How::Signature), &Shown { code: String::new(), signed }),
        )
    }

    fn agree(&mut self, appointment: &Appointment) {
        self.desk.room.granted(&AgreeAppointment { appointment_id: appointment.id }, &());
    }

    fn forgive(&mut self, appointment: &Appointment) {
        let (member_id, appointment_id) = (appointment.member_id, appointment.id);
        let why = WhyForgiven { reason: " ill ".to_owned() };
        self.desk.room.granted(&ForgiveAppointment { member_id, appointment_id }, &why);
    }

    fn system(&mut self, input: Input) -> Vec<Exception> {
        let role = std::mem::replace(&mut self.desk.room.role, Role::System);
        self.desk.room.run(input);
        self.desk.room.role = role;
        self.desk.room.open_exceptions()
    }
}

fn publish(coach_id: PersonId, seen_revision: u32) -> PublishHours {
    let span = Span { from_minute: 9 * 60, to_minute: 12 * 60 };
    let weekly = vec![Weekly { weekday: 1, span }];
    PublishHours { coach_id, seen_revision, services: vec![SERVICE], weekly, days: Vec::new() }
}

fn book(member_id: MemberId, start_minute: u32) -> BookAppointment {
    BookAppointment { coach_id: COACH, class_type_id: SERVICE, on: day(ON), start_minute, member_id }
}

fn confirm(appointment: &Appointment, how: How) -> ConfirmAppointment {
    ConfirmAppointment { appointment_id: appointment.id, member_id: appointment.member_id, how }
}

fn seed() -> CodeSeed {
    CodeSeed { seed: Some(Uuid::from_u128(0x5EED)) }
}

/// Another code than the right one.
fn other(code: &str) -> &'static str {
    if code == "1234" { "4321" } else { "1234" }
}
