//! A new schedule: what, when, how often, where, by whom; and whom or what it would need twice.

use chrono::{Datelike as _, NaiveDate, Weekday};
use leptos::prelude::*;
use rollcall_domain::calendar::{Freq, Nth, Rule, Until};
use rollcall_domain::classes::{
    CAPACITY_MAX, ClassRefusal, ClassTypeId, LENGTH_MINUTES_MAX, PlaceId, PlanSchedule, ScheduleId, Terms,
};
use rollcall_domain::kernel::ids::PersonId;

use super::saying::say;
use super::state::{InHand, ahead, clashes_of, classes, coaches, monday, places, timetable};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::settings::moment;
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr::classes as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, ButtonRole, Choice, DateField, Empty, Need,
    NumberField, RadioGroup, RadioLook, Select, TimeField, Whole,
};
use crate::{fmt, tr};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Once,
    Weekly,
    Fortnightly,
    Monthly,
}

/// What holds for sessions, as both forms ask it.
#[derive(Debug, Clone, Copy)]
pub(super) struct TermFields {
    pub(super) class: RwSignal<Option<ClassTypeId>>,
    pub(super) coach: RwSignal<Option<PersonId>>,
    pub(super) place: RwSignal<Option<PlaceId>>,
    pub(super) start: RwSignal<Option<u32>>,
    pub(super) length: RwSignal<Option<i64>>,
    pub(super) seats: RwSignal<Option<i64>>,
    pub(super) tried: RwSignal<bool>,
}

impl TermFields {
    fn new() -> Self {
        Self {
            class: RwSignal::new(None),
            coach: RwSignal::new(None),
            place: RwSignal::new(None),
            start: RwSignal::new(Some(18 * 60)),
            length: RwSignal::new(None),
            seats: RwSignal::new(None),
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
            tried: RwSignal::new(false),
        }
    }

    /// What was typed; nothing while something is missing. A figure out of range is refused with its sentence.
    pub(super) fn terms(self) -> Option<Terms> {
        let figure = |n: i64| u32::try_from(n).unwrap_or(0);
        Some(Terms {
            class_type_id: self.class.get()?,
            coaches: self.coach.get().into_iter().collect(),
            place_id: self.place.get(),
            start_minute: self.start.get()?,
            length_minutes: figure(self.length.get()?),
            capacity: figure(self.seats.get()?),
        })
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
    }
}

/// When and how often.
#[derive(Debug, Clone, Copy)]
struct WhenFields {
    first: RwSignal<Option<NaiveDate>>,
    repeat: RwSignal<Option<Repeat>>,
    weekdays: RwSignal<Vec<Weekday>>,
    last: RwSignal<Option<NaiveDate>>,
}

impl WhenFields {
    fn rule(self) -> Option<Rule> {
        let mut rule = Rule::every(match self.repeat.get() {
            Some(Repeat::Once) | None => return None,
            Some(Repeat::Weekly | Repeat::Fortnightly) => Freq::Weekly,
            Some(Repeat::Monthly) => Freq::Monthly,
        });
        let first = self.first.get()?;
        match self.repeat.get() {
            Some(Repeat::Monthly) => {
                // The same weekday of the month: the second Tuesday.
                let nth = i8::try_from((first.day() - 1) / 7 + 1).unwrap_or(1);
                rule.by_day = vec![Nth { nth: if nth > 4 { -1 } else { nth }, weekday: first.weekday() }];
            }
            repeat => {
                rule.interval = if repeat == Some(Repeat::Fortnightly) { 2 } else { 1 };
                let chosen = self.weekdays.get();
                let days = if chosen.is_empty() { vec![first.weekday()] } else { chosen };
                rule.by_day = days.into_iter().map(Nth::every).collect();
            }
        }
        rule.until = self.last.get().map(Until::Day);
        Some(rule)
    }
}

/// The form.
#[component]
pub(super) fn PlanForm(in_hand: InHand) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let fields = TermFields::new();
    let today = studio.day_now();
    let begin = in_hand.day.get_untracked().max(today);
    let when = WhenFields {
        first: RwSignal::new(Some(begin)),
        repeat: RwSignal::new(Some(Repeat::Weekly)),
        weekdays: RwSignal::new(vec![begin.weekday()]),
        last: RwSignal::new(None),
    };
    let doing = Doing::new(&studio);
    let wish = move || {
        let (terms, first_on) = (fields.terms()?, when.first.get()?);
        Some(PlanSchedule { terms, first_on, rule: when.rule() })
    };
    let (for_clashes, for_none) = (studio.clone(), studio.clone());
    let clashing = Memo::new(move |_| wish().map(|wish| clashes(&for_clashes, &wish)).unwrap_or_default());
    let any_class = Memo::new(move |_| !classes(&for_none).is_empty());
    let close = move || in_hand.planning.set(false);
    let for_submit = studio.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        fields.tried.set(true);
        let Some(wish) = untrack(wish) else { return };
        let first_on = wish.first_on;
        doing.run(
            &for_submit,
            move |id| Order::new(id, &wish, &()),
            move |_| {
                shell.say(t::planned_said());
                in_hand.show(first_on);
                close();
            },
        );
    };
    let words = {
        let studio = studio.clone();
        move || clashing.with(|all| clash_words(&studio, all))
    };
    view! {
        <Show when=move || any_class.get() fallback=|| view! {
            <Empty title=t::none note=t::none_note><ButtonLink href="/settings/classes" kind=ButtonKind::Primary>{t::none_begin}</ButtonLink></Empty>
        }>
            <form class="form" novalidate on:submit=submit.clone()>
                <div class="group">
                    <TermsAsked fields />
                    <DateField label=t::first_day value=when.first min=Signal::stored(Some(today)) need=Need::Required />
                    <Whole><Repeats when /></Whole>
                </div>
                {let words = words.clone(); move || words().map(|text| view! { <Banner answer=Answer::Warn text=text /> })}
                <Trouble doing />
                <Actions>
                    <Button on_press=move |()| close()>{tr::common::cancel}</Button>
                    <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{t::plan}</Button>
                </Actions>
            </form>
        </Show>
    }
}

#[component]
fn Repeats(when: WhenFields) -> impl IntoView {
    let choices = vec![
        Choice::new(Repeat::Weekly, t::every_week),
        Choice::new(Repeat::Fortnightly, t::every_other_week),
        Choice::new(Repeat::Monthly, t::every_month),
        Choice::new(Repeat::Once, t::repeat_once),
    ];
    let weekly = move || matches!(when.repeat.get(), Some(Repeat::Weekly | Repeat::Fortnightly));
    let repeated = move || when.repeat.get() != Some(Repeat::Once);
    let week = monday(when.first.get_untracked().unwrap_or_default());
    let weekday = move |offset: i64| {
        let day = week + chrono::Duration::days(offset);
        let weekday = day.weekday();
        let chosen = move || when.weekdays.with(|all| all.contains(&weekday));
        let turn = move |_| {
            when.weekdays.update(|all| match all.iter().position(|one| *one == weekday) {
                Some(place) => _ = all.remove(place),
                None => all.push(weekday),
            });
        };
        view! {
            <button type="button" class="weekday" aria-pressed=move || chosen().to_string() on:click=turn>
                {move || fmt::weekday(day)}
            </button>
        }
    };
    view! {
        <div class="stack">
        <RadioGroup label=t::repeats value=when.repeat choices look=RadioLook::Segments />
        <Show when=weekly>
            <div class="weekdays" role="group" aria-label=t::weekdays>{(0..7).map(weekday).collect_view()}</div>
        </Show>
        <Show when=repeated><DateField label=t::last_day value=when.last hint=t::last_day_hint /></Show>
        </div>
    }
}

/// Who or what a schedule would need twice.
fn clashes(studio: &Studio, wish: &PlanSchedule) -> Vec<(String, rollcall_domain::kernel::Timestamp)> {
    // The id only has to differ from those there are.
    let id = ScheduleId(rollcall_domain::kernel::Id::nil());
    match wish.schedule(id, studio.now()) {
        Ok(schedule) => {
            let after = timetable(studio, ahead(studio)).with(schedule.clone());
            clashes_of(studio, &after, &schedule)
        }
        // The rule says so when it is sent.
        Err(_) => Vec::new(),
    }
}

/// Clashes as one sentence; nothing where there are none.
pub(super) fn clash_words(
    studio: &Studio,
    all: &[(String, rollcall_domain::kernel::Timestamp)],
) -> Option<String> {
    let each: Vec<String> =
        all.iter().take(3).map(|(name, at)| t::clash_at(name, moment(studio, *at))).collect();
    (!each.is_empty()).then(|| t::clash_note(fmt::list(&each)))
}

/// The refusal of a draft, for the forms.
pub(super) fn refused(why: &ClassRefusal) -> String {
    say(why)
}
