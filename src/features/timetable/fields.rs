//! What holds for sessions, as every form of the timetable asks it: class, time, length, seats, coach, place.

use leptos::prelude::*;
use rollcall_domain::classes::{
    CAPACITY_MAX, ClassRefusal, ClassTypeId, LENGTH_MINUTES_MAX, PlaceId, Terms, TermsChange,
};
use rollcall_domain::kernel::ids::PersonId;

use super::saying::say;
use super::state::{classes, coaches, places};
use crate::studio::use_studio;
use crate::tr;
use crate::tr::classes as t;
use crate::ui::{Choice, Need, NumberField, Select, TimeField};

/// What holds for sessions, as the forms ask it.
#[derive(Debug, Clone, Copy)]
pub(super) struct TermFields {
    pub(super) class: RwSignal<Option<ClassTypeId>>,
    pub(super) coach: RwSignal<Option<PersonId>>,
    pub(super) place: RwSignal<Option<PlaceId>>,
    pub(super) start: RwSignal<Option<u32>>,
    pub(super) length: RwSignal<Option<i64>>,
    pub(super) seats: RwSignal<Option<i64>>,
    /// Fewest people; empty for any number.
    people: RwSignal<Option<i64>>,
    pub(super) tried: RwSignal<bool>,
}

impl TermFields {
    pub(super) fn new() -> Self {
        Self {
            class: RwSignal::new(None),
            coach: RwSignal::new(None),
            place: RwSignal::new(None),
            start: RwSignal::new(Some(18 * 60)),
            length: RwSignal::new(None),
            seats: RwSignal::new(None),
            people: RwSignal::new(None),
            tried: RwSignal::new(false),
        }
    }

    pub(super) fn of(terms: &Terms, start_minute: u32) -> Self {
        Self {
            class: RwSignal::new(Some(terms.class_type_id)),
            coach: RwSignal::new(terms.coaches.first().copied()),
            place: RwSignal::new(terms.place_id),
            start: RwSignal::new(Some(start_minute)),
            length: RwSignal::new(Some(i64::from(terms.length_minutes))),
            seats: RwSignal::new(Some(i64::from(terms.capacity))),
            people: RwSignal::new(Some(i64::from(terms.people_min)).filter(|people| *people > 0)),
            tried: RwSignal::new(false),
        }
    }

    /// What was typed; nothing while something is missing. A figure out of range is refused with its sentence.
    pub(super) fn terms(self) -> Option<Terms> {
        if self.needs_more_than_seats().is_some() {
            return None;
        }
        let figure = |n: i64| u32::try_from(n).unwrap_or(0);
        Some(Terms {
            class_type_id: self.class.get()?,
            coaches: self.coach.get().into_iter().collect(),
            place_id: self.place.get(),
            start_minute: self.start.get()?,
            length_minutes: figure(self.length.get()?),
            capacity: figure(self.seats.get()?),
            people_min: figure(self.people.get().unwrap_or_default()),
        })
    }

    /// Why it could never take place, if so.
    fn needs_more_than_seats(self) -> Option<ClassRefusal> {
        let (people, seats) = (self.people.get()?, self.seats.get()?);
        let seats = u32::try_from(seats).unwrap_or(0);
        (people > i64::from(seats)).then_some(ClassRefusal::NeedsMoreThanSeats { seats })
    }
}

/// Class, time, length, seats, coach and place.
#[component]
pub(super) fn TermsAsked(fields: TermFields) -> impl IntoView {
    let studio = use_studio();
    let (for_coaches, for_places) = (studio.clone(), studio.clone());
    let all = Memo::new(move |_| classes(&studio));
    let class_choices = Signal::derive(move || {
        let name = |class: &rollcall_domain::classes::ClassType| class.name_in(tr::lang().tag()).to_owned();
        all.get().into_iter().map(|class| Choice::new(class.id, name(&class))).collect::<Vec<_>>()
    });
    let coach_choices = Signal::derive(move || {
        coaches(&for_coaches).into_iter().map(|one| Choice::new(one.id, one.name)).collect::<Vec<_>>()
    });
    let place_choices = Signal::derive(move || {
        places(&for_places).into_iter().map(|one| Choice::new(one.id, one.draft.name)).collect::<Vec<_>>()
    });
    // A class brings its usual length and seats, where nothing was typed yet.
    Effect::new(move |_| {
        let Some(class) = fields.class.get() else { return };
        let draft = all.with(|all| all.iter().find(|one| one.id == class).map(|one| one.draft.clone()));
        if let Some(draft) = draft {
            for (field, usual) in [(fields.length, draft.length_minutes), (fields.seats, draft.capacity)] {
                if field.get_untracked().is_none() {
                    field.set(Some(i64::from(usual)));
                }
            }
        }
    });
    let missing = move |is_missing: bool| (fields.tried.get() && is_missing).then(|| t::needed().to_owned());
    view! {
        <Select label=t::class value=fields.class choices=class_choices need=Need::Required error=Signal::derive(move || missing(fields.class.get().is_none())) />
        <Select label=t::coach value=fields.coach choices=coach_choices hint=t::coach_hint />
        <Select label=t::place value=fields.place choices=place_choices />
        <TimeField label=t::start value=fields.start need=Need::Required error=Signal::derive(move || missing(fields.start.get().is_none())) />
        <NumberField label=t::length value=fields.length min=5 max=i64::from(LENGTH_MINUTES_MAX) need=Need::Required
            error=Signal::derive(move || missing(fields.length.get().is_none())) />
        <NumberField label=t::seats value=fields.seats min=1 max=i64::from(CAPACITY_MAX) need=Need::Required
            error=Signal::derive(move || missing(fields.seats.get().is_none())) />
        <NumberField label=t::people_min value=fields.people min=1 max=i64::from(CAPACITY_MAX) hint=t::people_min_hint
            error=Signal::derive(move || fields.needs_more_than_seats().map(|why| say(&why))) />
    }
}

/// Only what differs is asked for: what somebody else changes meanwhile stays theirs.
pub(super) fn difference(before: &Terms, after: &Terms) -> TermsChange {
    let other = |is: bool| is.then_some(());
    TermsChange {
        class_type_id: other(before.class_type_id != after.class_type_id).map(|()| after.class_type_id),
        coaches: other(before.coaches.first() != after.coaches.first()).map(|()| after.coaches.clone()),
        place_id: after.place_id.filter(|place| before.place_id != Some(*place)),
        start_minute: other(before.start_minute != after.start_minute).map(|()| after.start_minute),
        length_minutes: other(before.length_minutes != after.length_minutes).map(|()| after.length_minutes),
        capacity: other(before.capacity != after.capacity).map(|()| after.capacity),
        people_min: other(before.people_min != after.people_min).map(|()| after.people_min),
    }
}
