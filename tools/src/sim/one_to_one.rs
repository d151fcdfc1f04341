//! What coaches, the desk and members do about one-to-one hours, by chance: publish them, book, give back, say what became
//! of them, confirm in each of the three ways, forgive. Real commands on what a device shows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rollcall_domain::appointments::{
    Appointment, AppointmentCode, AppointmentId, CoachDay, CoachHours, CodeSeed, DayHours, PublishHours,
    Span, TakenSpan, Weekly, hours_id,
};
use rollcall_domain::classes::{
    ClassDraft, ClassType, ClassTypeId, Coach, CoachName, DescribeClass, IntroduceCoach, Level,
};
use rollcall_domain::demo::dice::Dice;
use rollcall_domain::flow::appointment::{
    AgreeAppointment, BookAppointment, CancelAppointment, ConfirmAppointment, ForgiveAppointment, How, Mark,
    MarkAppointment, Shown, WhyForgiven,
};
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::{Input, Role, Zone};
use rollcall_domain::members::cards::RosterCard;
use rollcall_domain::members::{Member, MemberId, SignedBy};
use rollcall_domain::passes::{Pass, PassKind};
use rollcall_domain::plans::{Grant, OfferPlan, Plan, PlanRevision};
use rollcall_domain::studio::{AddPerson, Person, PersonName};

use super::deeds::{canary, draft_of, encode, enrol, id, one_of, sell_of, studio_settings};
use super::disk::Head;
use super::tab::Tab;

/// What members' phones have shown: the code of an appointment, as its member would say it to the coach.
pub(crate) type Codes = BTreeMap<AppointmentId, String>;

/// How often one of these comes up, in a hundred, where somebody publishes hours.
const OFTEN: u32 = 40;
/// How often of these where nobody does yet.
const FIRST: u32 = 10;
/// Minutes of an appointment: short, so that they begin and end while somebody looks.
const LENGTH_MINUTES: u32 = 5;
/// Credits of a pack: few, so that they run out.
const CREDITS: u32 = 3;

/// One deed, now and then. The dice are its own, so that whatever else comes up is what it would have been without these.
pub(crate) fn deed(tab: &Tab, head: &mut Head, dice: &mut Dice, codes: &Codes) -> Option<Input> {
    if !dice.chance(OFTEN) || (tab.of_kind::<CoachHours>().is_empty() && !dice.chance(FIRST)) {
        return None;
    }
    any(tab, head, dice, codes)
}

/// One deed of those that this device has a form for.
pub(crate) fn any(tab: &Tab, head: &mut Head, dice: &mut Dice, codes: &Codes) -> Option<Input> {
    if tab.role() == Role::Member {
        return match dice.between(0, 100) {
            0..=39 => book(tab, dice),
            40..=49 => cancel(tab, dice),
            _ => agree(tab, dice),
        };
    }
    match dice.between(0, 100) {
        0..=34 => prepare(tab, head, dice).or_else(|| book(tab, dice)),
        35..=41 => cancel(tab, dice),
        42..=52 => mark(tab, dice),
        53..=82 => confirm(tab, dice, codes),
        83..=89 => forgive(tab, dice),
        90..=93 => publish(tab, dice),
        94..=95 => add_coach(dice),
        96 => introduce(tab, dice, true),
        97 => introduce(tab, dice, false),
        _ => sell_pack(tab, head, dice),
    }
}

/// What is still missing before somebody can book with somebody.
pub(crate) fn prepare(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    if tab.role() == Role::Coach {
        return tab.find::<CoachHours>(hours_id(tab.me())).is_none().then(|| publish(tab, dice)).flatten();
    }
    if !tab.of_kind::<Person>().iter().any(|person| person.role == Role::Coach) {
        return add_coach(dice);
    }
    if coaches(tab).is_empty() {
        return introduce(tab, dice, false);
    }
    if services(tab).is_empty() {
        return describe(dice);
    }
    if tab.of_kind::<CoachHours>().is_empty() {
        return publish(tab, dice);
    }
    if tab.of_kind::<Member>().is_empty() {
        return enrol(dice);
    }
    packs(tab).is_empty().then(|| sell_pack(tab, head, dice)).flatten()
}

fn zone(tab: &Tab) -> Zone {
    studio_settings(tab).map(|settings| settings.zone).unwrap_or_default()
}

fn today(tab: &Tab) -> NaiveDate {
    zone(tab).day(tab.now())
}

fn coaches(tab: &Tab) -> Vec<Coach> {
    tab.of_kind::<Coach>().into_iter().filter(|coach| coach.retired_at.is_none()).collect()
}

/// Kinds of class for one alone.
fn services(tab: &Tab) -> Vec<ClassTypeId> {
    let all = tab.of_kind::<ClassType>().into_iter();
    all.filter(|class| class.draft.capacity == 1 && class.retired_at.is_none())
        .map(|class| class.id)
        .collect()
}

/// Passes with counted credits.
fn packs(tab: &Tab) -> Vec<Pass> {
    let counts = |pass: &Pass| pass.kind == PassKind::Count && pass.reversed_at.is_none();
    tab.of_kind::<Pass>().into_iter().filter(counts).collect()
}

fn add_coach(dice: &mut Dice) -> Option<Input> {
    let command = AddPerson { person_id: PersonId(id(dice)), role: Role::Coach };
    encode(&command, &PersonName { name: "Mei".to_owned() })
}

fn introduce(tab: &Tab, dice: &mut Dice, retired: bool) -> Option<Input> {
    let all = tab.of_kind::<Person>().into_iter().filter(|person| person.role == Role::Coach);
    let person = one_of(dice, &all.collect::<Vec<_>>())?;
    let seen_revision = tab.find::<Coach>(person.id).map_or(0, |coach| coach.revision);
    let command = IntroduceCoach { person_id: PersonId(person.id), seen_revision, retired };
    encode(&command, &CoachName { name: "Mei".to_owned() })
}

fn describe(dice: &mut Dice) -> Option<Input> {
    let draft = ClassDraft {
        name: format!("Lesson {}", dice.between(0, 3)),
        names: [].into(),
        colour: 1,
        length_minutes: LENGTH_MINUTES,
        capacity: 1,
        level: Level::Open,
        opened_by: Vec::new(),
    };
    let command =
        DescribeClass { class_type_id: ClassTypeId(id(dice)), seen_revision: 0, draft, retired: false };
    encode(&command, &())
}

/// The whole day, two halves of it between which nothing lies, or a few hours around now.
fn spans(tab: &Tab, dice: &mut Dice) -> Vec<Span> {
    let now_minute = zone(tab).minute_of_day(tab.now());
    let whole = |from_minute, to_minute| Span { from_minute, to_minute };
    match dice.between(0, 10) {
        0..=5 => vec![whole(0, 1_440)],
        6..=8 => vec![whole(0, now_minute / 5 * 5 + 10), whole(now_minute / 5 * 5 + 10, 1_440)],
        _ => vec![whole(now_minute / 60 * 60, 1_440)],
    }
}

fn publish(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let own = || Some(tab.me());
    let coach_id = if tab.role() == Role::Coach { own()? } else { one_of(dice, &coaches(tab))?.id };
    let seen_revision = tab.find::<CoachHours>(hours_id(coach_id)).map_or(0, |hours| hours.revision);
    let week = spans(tab, dice);
    let weekly = (0..7).flat_map(|weekday| week.iter().map(move |span| Weekly { weekday, span: *span }));
    // Now and then a day that is different: other hours, or away.
    let different = dice.chance(25).then(|| DayHours {
        on: today(tab) + chrono::Days::new(u64::from(dice.between(0, 2))),
        spans: if dice.chance(50) { spans(tab, dice) } else { Vec::new() },
    });
    let command = PublishHours {
        coach_id,
        seen_revision,
        services: services(tab),
        weekly: weekly.collect(),
        days: different.into_iter().collect(),
    };
    encode(&command, &())
}

fn sell_pack(tab: &Tab, head: &mut Head, dice: &mut Dice) -> Option<Input> {
    let few = Grant::Count { visits: CREDITS, length: None };
    let plans = tab.of_kind::<Plan>().into_iter();
    let mut revisions = plans.filter_map(|plan| tab.find::<PlanRevision>(plan.revision_id));
    let Some(revision) = revisions.find(|revision| revision.rules.grant == few) else {
        return encode(&OfferPlan { draft: draft_of(dice, few) }, &());
    };
    let member = one_of(dice, &tab.of_kind::<Member>())?;
    sell_of(tab, head, dice, member.id, &revision)
}

/// For whom: mostly somebody with credits, the same few on every device.
fn pupil(tab: &Tab, dice: &mut Dice) -> Option<MemberId> {
    if tab.role() == Role::Coach {
        let cards: Vec<MemberId> = tab.of_kind::<RosterCard>().into_iter().map(|card| card.member).collect();
        return one_of(dice, &cards);
    }
    let with_credits: Vec<MemberId> = packs(tab).into_iter().map(|pass| pass.member_id).take(4).collect();
    match one_of(dice, &with_credits).filter(|_| dice.chance(90)) {
        Some(member) => Some(member),
        None => one_of(dice, &tab.of_kind::<Member>()).map(|member| member.id),
    }
}

/// One of the next few starts, so that several are after the same one; now and then one that is taken.
fn start(tab: &Tab, dice: &mut Dice, hours: &CoachHours) -> (NaiveDate, u32) {
    let zone = zone(tab);
    let day = tab.find::<CoachDay>(CoachDay::id_of(hours.coach_id, today(tab)));
    let taken: Vec<TakenSpan> = day.map(|day| day.taken).unwrap_or_default();
    if let Some(span) = one_of(dice, &taken).filter(|_| dice.chance(8)) {
        return (today(tab), zone.minute_of_day(span.starts_at));
    }
    let ahead = if dice.chance(85) { dice.between(1, 4) } else { dice.between(4, 40) };
    let minute = zone.minute_of_day(tab.now()) / LENGTH_MINUTES * LENGTH_MINUTES + ahead * LENGTH_MINUTES;
    let on = if minute >= 1_440 || dice.chance(10) { today(tab) + chrono::Days::new(1) } else { today(tab) };
    (on, minute % 1_440)
}

fn book(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let own = |hours: &CoachHours| tab.role() != Role::Coach || hours.coach_id == tab.me();
    let all: Vec<CoachHours> = tab.of_kind::<CoachHours>().into_iter().filter(own).collect();
    let hours = one_of(dice, &all)?;
    let class_type_id = one_of(dice, &hours.services)?;
    let (on, start_minute) = start(tab, dice, &hours);
    let member_id = pupil(tab, dice)?;
    let command = BookAppointment { coach_id: hours.coach_id, class_type_id, on, start_minute, member_id };
    encode(&command, &CodeSeed { seed: Some(id(dice)) })
}

/// One of the appointments a device shows, mostly one of those that somebody would do this to.
fn appointment(tab: &Tab, dice: &mut Dice, fits: impl Fn(&Appointment) -> bool) -> Option<Appointment> {
    let all = tab.of_kind::<Appointment>();
    let those: Vec<Appointment> = all.iter().filter(|one| fits(one)).cloned().collect();
    if dice.chance(80) { one_of(dice, &those) } else { one_of(dice, &all) }
}

fn cancel(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let one = appointment(tab, dice, |one| one.is_booked() && !one.has_begun(tab.now()))?;
    encode(&CancelAppointment { appointment_id: one.id }, &())
}

fn mark(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let one = appointment(tab, dice, |one| one.has_begun(tab.now()))?;
    let mark = *dice.pick(&[Some(Mark::Came), Some(Mark::Absent), Some(Mark::Absent), None]);
    encode(&MarkAppointment { appointment_id: one.id, mark }, &())
}

/// The code the member says, or another one; or their signature, drawn or typed.
fn confirm(tab: &Tab, dice: &mut Dice, codes: &Codes) -> Option<Input> {
    let one = appointment(tab, dice, |one| one.has_begun(tab.now()) && one.can_be_confirmed())?;
    let (how, shown) = if dice.chance(55) {
        let here = tab.find::<AppointmentCode>(AppointmentCode::id_of(one.id)).map(|code| code.code);
        let said = codes.get(&one.id).cloned().or(here).filter(|_| dice.chance(70));
        let code = said.unwrap_or_else(|| format!("{:04}", dice.between(0, 10_000)));
        (How::Code, Shown { code, signed: None })
    } else {
        let is_typed = dice.chance(30);
        let strokes = if is_typed { Vec::new() } else { vec![vec![(1, 1), (2, 2)]] };
        let signed = SignedBy { name: format!("Ada {}", canary(one.member_id.raw())), strokes, is_typed };
        (How::Signature, Shown { code: String::new(), signed: Some(signed) })
    };
    encode(&ConfirmAppointment { appointment_id: one.id, member_id: one.member_id, how }, &shown)
}

fn agree(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let one = appointment(tab, dice, |one| one.has_begun(tab.now()) && one.can_be_confirmed())?;
    encode(&AgreeAppointment { appointment_id: one.id }, &())
}

fn forgive(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let one = appointment(tab, dice, |one| !one.is_booked() && one.forgiven.is_none())?;
    let reason = format!("was ill, {}", canary(one.member_id.raw()));
    encode(&ForgiveAppointment { member_id: one.member_id, appointment_id: one.id }, &WhyForgiven { reason })
}
