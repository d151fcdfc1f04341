//! The deeds of one-to-one training in the studio's life: each of its commands once, with one coach on one day.

use super::{
    AddPerson, Application, MemberId, PersonName, PlanId, PlanRevisionId, Role, SellPass, StartChoice, cash,
    enrol, made, money, number, of, uuid, whole,
};
use crate::appointments::{AppointmentId, CodeSeed, DayHours, PublishHours, RemindAppointment, Span, Weekly};
use crate::classes::{ClassDraft, ClassTypeId, CoachName, DescribeClass, IntroduceCoach, Level};
use crate::flow::appointment::{
    AgreeAppointment, BookAppointment, CancelAppointment, ConfirmAppointment, ForgiveAppointment, How, Mark,
    MarkAppointment, Shown, WhyForgiven,
};
use crate::kernel::ids::PersonId;
use crate::kernel::{Input, Timestamp};
use crate::members::SignedBy;

/// The day on which it all is; the life of this file has come so far by then.
const ON: &str = "2026-11-26";

fn draft() -> ClassDraft {
    ClassDraft {
        name: "Personal training".to_owned(),
        names: [("zh-Hans".to_owned(), "私教课".to_owned())].into(),
        colour: 4,
        length_minutes: 45,
        capacity: 1,
        level: Level::Open,
        opened_by: Vec::new(),
    }
}

/// The deeds, the first of them the `first`-th command of the room.
pub(super) fn deeds(first: u128) -> Vec<(Role, Input)> {
    let owner = Role::Owner;
    let (one, coach_id, class_type_id) =
        (MemberId(uuid(0xE6)), PersonId(uuid(0xE7)), ClassTypeId(uuid(0x106)));
    let whole_day = Span { from_minute: 0, to_minute: 24 * 60 };
    let hours = PublishHours {
        coach_id,
        seen_revision: 0,
        services: vec![class_type_id],
        weekly: vec![Weekly { weekday: 3, span: whole_day }],
        days: vec![DayHours { on: "2026-12-03".parse().unwrap(), spans: Vec::new() }],
    };
    let book = |start_minute| BookAppointment {
        coach_id,
        class_type_id,
        on: ON.parse().unwrap(),
        start_minute,
        member_id: one,
    };
    let seed = CodeSeed { seed: Some(uuid(0x5EED)) };
    let appointment = |n: u128| AppointmentId(made(first + n, 0));
    let confirm = |how| ConfirmAppointment { appointment_id: appointment(6), member_id: one, how };
    let strokes = vec![vec![(10, 20), (30, 40)]];
    let signed = Some(SignedBy { name: "Wu Qi".to_owned(), strokes, is_typed: false });
    let due_at = Timestamp(1_795_900_000_000);
    let sold = SellPass {
        member_id: one,
        plan_id: PlanId(made(6, 0)),
        revision_id: PlanRevisionId(made(6, 1)),
        start: StartChoice::Today,
        valid_from: "2026-11-25".parse().ok(),
        price: money(90_000),
        tenders: cash(90_000),
        given_cents: None,
        receipt: number(6),
        card: None,
        lease_id: None,
    };
    vec![
        of(owner, &DescribeClass { class_type_id, seen_revision: 0, draft: draft(), retired: false }, &()),
        of(
            owner,
            &AddPerson { person_id: coach_id, role: Role::Coach },
            &PersonName { name: "Mei".to_owned() },
        ),
        of(
            owner,
            &IntroduceCoach { person_id: coach_id, seen_revision: 0, retired: false },
            &CoachName { name: "Mei".to_owned() },
        ),
        of(owner, &hours, &()),
        of(owner, &enrol(0xE6), &Application { document: None, ..whole("Wu Qi", "+8613700000066") }),
        of(owner, &sold, &()),
        of(owner, &book(5 * 60), &seed),
        of(owner, &book(8 * 60), &seed),
        of(owner, &CancelAppointment { appointment_id: appointment(7) }, &()),
        of(owner, &book(4 * 60), &CodeSeed::default()),
        of(owner, &MarkAppointment { appointment_id: appointment(9), mark: Some(Mark::Absent) }, &()),
        of(owner, &confirm(How::Code), &Shown { code: "none".to_owned(), signed: None }),
        of(owner, &confirm(How::Signature), &Shown { code: String::new(), signed }),
        of(
            owner,
            &ForgiveAppointment { member_id: one, appointment_id: appointment(9) },
            &WhyForgiven { reason: "was ill".to_owned() },
        ),
        of(Role::Member, &AgreeAppointment { appointment_id: appointment(6) }, &()),
        of(Role::System, &RemindAppointment { appointment_id: appointment(6), due_at }, &()),
    ]
}
