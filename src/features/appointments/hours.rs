//! The hours a coach publishes: what can be booked, the week, and days that are different.

use chrono::{Datelike as _, NaiveDate};
use leptos::prelude::*;
use rollcall_domain::appointments::{CoachHours, DayHours, PublishHours, Span, Weekly};
use rollcall_domain::classes::{ClassType, ClassTypeId};
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::{Role, order};

use super::state::{coaches, hours_of};
use crate::parts::doing::{Doing, Trouble};
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr::appointments as t;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonRole, ButtonSize, Checkbox, Choice, DateField, Empty, Section, Select,
    TimeField,
};
use crate::{fmt, tr};

/// The page.
pub(super) fn page() -> AnyView {
    view! { <Hours /> }.into_any()
}

#[component]
fn Hours() -> impl IntoView {
    let studio = use_studio();
    let me = studio.me_now();
    let own = me.filter(|me| me.role == Role::Coach).map(|me| me.person);
    let coach = RwSignal::new(own);
    let all = Memo::new(move |_| {
        let mut all = coaches(&studio);
        all.retain(|one| own.is_none_or(|id| one.id == id));
        all
    });
    Effect::new(move |_| {
        if let [only] = &all.get()[..] {
            coach.set(Some(only.id));
        }
    });
    let choices = Signal::derive(move || {
        all.get().into_iter().map(|one| Choice::new(one.id, one.name)).collect::<Vec<_>>()
    });
    let known = move || coach.get().filter(|id| all.with(|all| all.iter().any(|one| one.id == *id)));
    view! {
        <div class="stack stack--wide">
            <Show when=move || all.with(Vec::is_empty)><Empty title=t::hours_no_coach note=t::hours_no_coach_note /></Show>
            <Show when=move || all.with(|all| all.len() > 1)><Select label=t::coach value=coach choices /></Show>
            {move || known().map(|coach_id| view! { <HoursForm coach_id /> })}
        </div>
    }
}

/// One span of a day, while it is edited.
#[derive(Clone, Copy, PartialEq)]
struct Row {
    id: usize,
    day: Slot,
    from: RwSignal<Option<u32>>,
    to: RwSignal<Option<u32>>,
}

/// Which day a span belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// Of every week, from Monday.
    Week(u32),
    /// One date.
    On(NaiveDate),
}

/// What is being edited.
#[derive(Clone, Copy)]
struct Draft {
    rows: RwSignal<Vec<Row>>,
    days: RwSignal<Vec<NaiveDate>>,
    next: StoredValue<usize>,
}

impl Draft {
    fn of(hours: Option<&CoachHours>) -> Self {
        let draft = Self {
            rows: RwSignal::new(Vec::new()),
            days: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
        };
        for one in hours.iter().flat_map(|hours| &hours.weekly) {
            draft.add(Slot::Week(one.weekday), Some(one.span));
        }
        for day in hours.iter().flat_map(|hours| &hours.days) {
            draft.days.update(|days| days.push(day.on));
            day.spans.iter().for_each(|span| draft.add(Slot::On(day.on), Some(*span)));
        }
        draft
    }

    fn add(self, day: Slot, span: Option<Span>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let (from, to) = (span.map(|span| span.from_minute), span.map(|span| span.to_minute % (24 * 60)));
        let row = Row { id, day, from: RwSignal::new(from), to: RwSignal::new(to) };
        self.rows.update(|rows| rows.push(row));
    }

    fn of_day(self, day: Slot) -> Vec<Row> {
        self.rows.with(|rows| rows.iter().filter(|row| row.day == day).copied().collect())
    }

    /// The spans of a day; half-filled ones are left out.
    fn spans(self, day: Slot) -> Vec<Span> {
        let span = |row: Row| {
            let (from_minute, to) = (row.from.get_untracked()?, row.to.get_untracked()?);
            // Midnight is the end of the day.
            Some(Span { from_minute, to_minute: if to == 0 { 24 * 60 } else { to } })
        };
        untrack(|| self.of_day(day)).into_iter().filter_map(span).collect()
    }
}

#[component]
fn HoursForm(coach_id: PersonId) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let seen = untrack(|| hours_of(&studio, coach_id));
    let draft = Draft::of(seen.as_ref());
    let for_offers = studio.clone();
    let offers = untrack(move || {
        let mut all = for_offers.live().of_kind::<ClassType>();
        all.retain(|one| one.retired_at.is_none());
        order::by(&mut all, |a, b| a.draft.name.cmp(&b.draft.name));
        all
    });
    let chosen = |one: &ClassType| seen.as_ref().is_some_and(|hours| hours.services.contains(&one.id));
    let ticks: Vec<(ClassTypeId, String, RwSignal<bool>)> = offers
        .iter()
        .map(|one| (one.id, one.name_in(tr::lang().tag()).to_owned(), RwSignal::new(chosen(one))))
        .collect();
    let (doing, kept) = (Doing::new(&studio), StoredValue::new(ticks.clone()));
    let for_save = studio.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let weekly = (0..7).flat_map(|weekday| {
            draft.spans(Slot::Week(weekday)).into_iter().map(move |span| Weekly { weekday, span })
        });
        let day = |on: NaiveDate| DayHours { on, spans: draft.spans(Slot::On(on)) };
        let ticked = kept.get_value().into_iter().filter(|(.., tick)| tick.get_untracked());
        // The revision that is there by now: whoever saves twice changes their own hours.
        let revision = untrack(|| hours_of(&for_save, coach_id)).map_or(0, |hours| hours.revision);
        let command = PublishHours {
            coach_id,
            seen_revision: revision,
            services: ticked.map(|(id, ..)| id).collect(),
            weekly: weekly.collect(),
            days: draft.days.get_untracked().into_iter().map(day).collect(),
        };
        doing.run(&for_save, |id| Order::new(id, &command, &()), move |_| shell.say(t::hours_said()));
    };
    let monday = studio.day_now()
        - chrono::Duration::days(i64::from(studio.day_now().weekday().num_days_from_monday()));
    let weekdays = (0..7_u32).map(move |weekday| {
        let date = monday + chrono::Duration::days(i64::from(weekday));
        view! { <DaySpans draft day=Slot::Week(weekday) name=Signal::derive(move || fmt::weekday(date)) /> }
    });
    let boxes = ticks.into_iter().map(|(_, name, tick)| view! { <Checkbox label=name value=tick /> });
    view! {
        <form class="stack stack--wide" novalidate on:submit=submit>
            <Section title=t::service>
                <p class="quiet">{t::hours_services_note}</p>
                {boxes.collect_view()}
            </Section>
            <Section title=t::hours_week>{weekdays.collect_view()}</Section>
            <Different draft />
            <Trouble doing />
            <Actions><Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{tr::common::save}</Button></Actions>
        </form>
    }
}

/// The spans of one day, and one more.
#[component]
fn DaySpans(draft: Draft, day: Slot, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let row = move |row: Row| {
        let remove = move |()| draft.rows.update(|rows| rows.retain(|one| one.id != row.id));
        view! {
            <div class="hours__span">
                <TimeField label=move || t::hours_from(name.get()) value=row.from />
                <TimeField label=move || t::hours_to(name.get()) value=row.to />
                <Button size=ButtonSize::Small kind=ButtonKind::Quiet on_press=remove
                    label=Signal::derive(move || t::hours_remove_of(name.get()))>{t::hours_remove}</Button>
            </div>
        }
    };
    view! {
        <div class="hours__day" role="group" aria-label=name>
            <b class="hours__name">{name}</b>
            <div class="hours__spans">
                <For each=move || draft.of_day(day) key=|row| row.id children=row />
                <Button size=ButtonSize::Small on_press=move |()| draft.add(day, None)
                    label=Signal::derive(move || t::hours_add_of(name.get()))>{t::hours_add}</Button>
            </div>
        </div>
    }
}

/// Days that are different: away, or other hours.
#[component]
fn Different(draft: Draft) -> impl IntoView {
    let studio = use_studio();
    let today = studio.day_now();
    let date = RwSignal::new(None::<NaiveDate>);
    let add = move |()| {
        if let Some(on) = date.get_untracked() {
            draft.days.update(|days| {
                if !days.contains(&on) {
                    days.push(on);
                    days.sort_unstable();
                }
            });
            date.set(None);
        }
    };
    let days = move || draft.days.get().into_iter().filter(|on| *on >= today).collect::<Vec<_>>();
    let remove = move |on: NaiveDate| {
        draft.days.update(|days| days.retain(|day| *day != on));
        draft.rows.update(|rows| rows.retain(|row| row.day != Slot::On(on)));
    };
    view! {
        <Section title=t::hours_different>
            <p class="quiet">{t::hours_different_note}</p>
            <For each=days key=|on| *on children=move |on| view! {
                <div class="hours__other">
                    <DaySpans draft day=Slot::On(on) name=Signal::derive(move || fmt::day_heading(on)) />
                    <Show when=move || draft.of_day(Slot::On(on)).is_empty()><p class="quiet">{t::hours_away}</p></Show>
                    <Button size=ButtonSize::Small kind=ButtonKind::Quiet on_press=move |()| remove(on)
                        label=Signal::derive(move || t::hours_as_usual_of(fmt::day_heading(on)))>{t::hours_as_usual}</Button>
                </div>
            } />
            <div class="hours__span">
                <DateField label=t::hours_date value=date min=Signal::stored(Some(today)) />
                <Button on_press=add>{t::hours_add_date}</Button>
            </div>
        </Section>
    }
}
