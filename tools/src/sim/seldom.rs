//! What comes up now and then, by chance: addresses that calendars follow, a coach's note on a booking, a PIN, a role, a
//! document that is shown, a file with classes, a booking that is forgiven, a court that is free again. Real commands on what a device shows.

use rollcall_domain::bookings::{Attended, Booking, Note};
use rollcall_domain::classes::import::{ImportCalendar, ImportedPlan, ImportedRow, ImportedStretch};
use rollcall_domain::classes::{ClassType, ScheduleId, Terms};
use rollcall_domain::demo::dice::Dice;
use rollcall_domain::feeds::{CalendarFeed, EndFeed, FeedWords, MakeFeed, Shows};
use rollcall_domain::flow::booking::{NoteBooking, Noted};
use rollcall_domain::kernel::feed::Address;
use rollcall_domain::kernel::ids::{CommandId, PersonId, StudioId, Uuid};
use rollcall_domain::kernel::text::HASH_START;
use rollcall_domain::kernel::{Input, Role};
use rollcall_domain::members::{Document, ShowDocument, ShowNote, ShowReason};
use rollcall_domain::studio::people::ChangeRole;
use rollcall_domain::studio::pins::{PinHash, SetPin};
use rollcall_domain::studio::{Person, Settings};

use super::classes;
use super::deeds::{canary, encode, one_of, studio_settings};
use super::tab::Tab;

/// How often one of these comes up, in a hundred.
const OFTEN: u32 = 8;

/// One deed, now and then. The dice are its own, so that whatever else comes up is what it would have been without these.
pub(crate) fn deed(tab: &Tab, dice: &mut Dice, command: CommandId) -> Option<Input> {
    if !dice.chance(OFTEN) {
        return None;
    }
    any(tab, dice, command)
}

/// One of these.
pub(crate) fn any(tab: &Tab, dice: &mut Dice, command: CommandId) -> Option<Input> {
    match dice.between(0, 100) {
        0..=29 => make_address(tab, dice, command),
        30..=44 => end_address(tab, dice),
        45..=74 => note(tab, dice),
        75..=80 => pin(tab, dice),
        81..=86 => role(tab, dice),
        87..=93 => show_document(tab, dice),
        94..=95 => import_calendar(tab, dice),
        96..=97 => classes::forgive(tab, dice),
        _ => classes::release_court(tab, dice),
    }
}

/// The address that a command to make one is about: its secret is the command's own number, so that the laws can read it.
pub(crate) fn address(studio: StudioId, command: CommandId) -> Address {
    Address::of(studio, command.raw().into_bytes())
}

fn make_address(tab: &Tab, dice: &mut Dice, command: CommandId) -> Option<Input> {
    let studio = tab.disk.borrow().me.studio;
    let words = FeedWords {
        name: "Calendar".to_owned(),
        taken: "{taken} of {seats}".to_owned(),
        waiting: "waits".to_owned(),
    };
    let make = MakeFeed {
        person_id: tab.me(),
        shows: *dice.pick(&[Shows::Timetable, Shows::Classes, Shows::Bookings]),
        secret: address(studio, command).hash(),
        language: "en".to_owned(),
        words,
    };
    encode(&make, &())
}

fn end_address(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let feed = one_of(dice, &tab.of_kind::<CalendarFeed>())?;
    encode(&EndFeed { person_id: feed.person_id, shows: feed.shows }, &())
}

/// What a coach has to say of somebody in a class, or takes back.
fn note(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let past = tab.of_kind::<Attended>().into_iter().map(|past| past.0);
    let all: Vec<Booking> = tab.of_kind::<Booking>().into_iter().chain(past).collect();
    let booking = one_of(dice, &all)?;
    let note = *dice.pick(&[Some(Note::Good), Some(Note::Watch), Some(Note::Injured), None]);
    encode(&NoteBooking { member_id: booking.member_id, booking_id: booking.id }, &Noted { note })
}

fn pin(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let hash = dice.chance(80).then(|| format!("{HASH_START}{}", dice.between(1_000, 9_999)));
    encode(&SetPin { person_id: tab.me() }, &PinHash { hash })
}

/// Somebody who works here gets another role. Owners keep theirs: the world needs one to let devices in.
fn role(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let all = tab.of_kind::<Person>().into_iter().filter(|person| person.role != Role::Owner);
    let person = one_of(dice, &all.collect::<Vec<_>>())?;
    let role = *dice.pick(&[Role::Manager, Role::Desk, Role::Coach, Role::Accountant]);
    encode(&ChangeRole { person_id: PersonId(person.id), seen: person.role, role }, &())
}

fn show_document(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let document = one_of(dice, &tab.of_kind::<Document>())?;
    let show = ShowDocument {
        document_id: document.id,
        member_id: document.member,
        reason: ShowReason::Other,
        note: String::new(),
    };
    encode(&show, &ShowNote { note: format!("asked by {}", canary(document.member.raw())) })
}

/// The same file on every device: a class each day, of one of a few names.
fn import_calendar(tab: &Tab, dice: &mut Dice) -> Option<Input> {
    let class: ClassType = one_of(dice, &tab.of_kind::<ClassType>())?;
    let settings: Settings = studio_settings(tab)?;
    let today = settings.zone.day(tab.now());
    let start_minute = (settings.zone.minute_of_day(tab.now()) + dice.between(1, 90)).min(1_400);
    let stretch = ImportedStretch { from: today, start_minute, length_minutes: 5, moved_days: 0 };
    let plan = ImportedPlan {
        schedule_id: ScheduleId(Uuid::from_u128(0xF11E + u128::from(dice.between(0, 3)))),
        first_on: today,
        rule: None,
        last_on: None,
        until: None,
        stretches: vec![stretch],
        deleted: Vec::new(),
        sessions: Vec::new(),
    };
    let terms = Terms {
        class_type_id: class.id,
        coaches: Vec::new(),
        place_id: None,
        start_minute,
        length_minutes: 5,
        capacity: 2,
        people_min: 0,
    };
    encode(&ImportCalendar { classes: Vec::new(), rows: vec![ImportedRow { plan, terms }] }, &())
}
