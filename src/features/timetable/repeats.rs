//! How often, as the forms ask it: every so many weeks on some weekdays, every month, or once; and until when.

use chrono::{Datelike as _, NaiveDate, Weekday};
use leptos::prelude::*;
use rollcall_domain::calendar::{Freq, Nth, Rule, Until};
use rollcall_domain::classes::{Repeating, Schedule, SessionKey};

use super::state::monday;
use crate::fmt;
use crate::tr::classes as t;
use crate::ui::{Choice, DateField, Need, NumberField, RadioGroup, RadioLook};

/// The longest pause that is asked for in weeks.
const WEEKS_MAX: u32 = 52;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Once,
    Weekly,
    Fortnightly,
    /// Every so many weeks.
    Weeks,
    Monthly,
}

/// Whether it may also be once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Once {
    Offered,
    NotOffered,
}

/// When and how often.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuleFields {
    pub(super) first: RwSignal<Option<NaiveDate>>,
    repeat: RwSignal<Option<Repeat>>,
    weeks: RwSignal<Option<i64>>,
    weekdays: RwSignal<Vec<Weekday>>,
    pub(super) last: RwSignal<Option<NaiveDate>>,
}

impl RuleFields {
    /// Every week from a day on, without an end.
    pub(super) fn weekly(first: NaiveDate) -> Self {
        Self {
            first: RwSignal::new(Some(first)),
            repeat: RwSignal::new(Some(Repeat::Weekly)),
            weeks: RwSignal::new(Some(3)),
            weekdays: RwSignal::new(vec![first.weekday()]),
            last: RwSignal::new(None),
        }
    }

    /// As a session repeats now, from its day on; weekly where these fields cannot say how.
    pub(super) fn of(schedule: &Schedule, key: &SessionKey, first: NaiveDate) -> Self {
        let fields = Self::weekly(first);
        let Some(Repeating { rule, moved_days, last_on }) = schedule.repeating(key) else { return fields };
        fields.last.set(last_on);
        match rule.freq {
            Freq::Weekly => {
                let interval = i64::from(rule.interval);
                fields.repeat.set(Some(match interval {
                    1 => Repeat::Weekly,
                    2 => Repeat::Fortnightly,
                    _ => Repeat::Weeks,
                }));
                if interval > 2 {
                    fields.weeks.set(Some(interval));
                }
                let days = rule.by_day.iter().map(|nth| moved(nth.weekday, moved_days));
                fields.weekdays.update(|all| {
                    if !rule.by_day.is_empty() {
                        *all = days.collect();
                    }
                });
            }
            Freq::Monthly => fields.repeat.set(Some(Repeat::Monthly)),
            _ => {}
        }
        fields
    }

    /// The rule; nothing for once, or while something is missing.
    pub(super) fn rule(self) -> Option<Rule> {
        let (first, repeat) = (self.first.get()?, self.repeat.get()?);
        let mut rule = Rule::every(if repeat == Repeat::Monthly { Freq::Monthly } else { Freq::Weekly });
        rule.until = self.last.get().map(Until::Day);
        rule.interval = match repeat {
            Repeat::Once => return None,
            Repeat::Weekly | Repeat::Monthly => 1,
            Repeat::Fortnightly => 2,
            Repeat::Weeks => u32::try_from(self.weeks.get()?).ok()?.clamp(1, WEEKS_MAX),
        };
        if repeat == Repeat::Monthly {
            // The same weekday of the month: the second Tuesday.
            let nth = i8::try_from((first.day() - 1) / 7 + 1).unwrap_or(1);
            rule.by_day = vec![Nth { nth: if nth > 4 { -1 } else { nth }, weekday: first.weekday() }];
        } else {
            let chosen = self.weekdays.get();
            let days = if chosen.is_empty() { vec![first.weekday()] } else { chosen };
            rule.by_day = days.into_iter().map(Nth::every).collect();
        }
        Some(rule)
    }

    /// True for a schedule of one session.
    pub(super) fn is_once(self) -> bool {
        self.repeat.get() == Some(Repeat::Once)
    }
}

/// A weekday some days later, or earlier below zero.
pub(super) fn moved(weekday: Weekday, days: i32) -> Weekday {
    (0..days.rem_euclid(7)).fold(weekday, |day, _| day.succ())
}

/// The choice, and what it needs.
#[component]
pub(super) fn Repeats(
    when: RuleFields,
    once: Once,
    #[prop(optional, into)] last_error: Signal<Option<String>>,
) -> impl IntoView {
    let mut choices = vec![
        Choice::new(Repeat::Weekly, t::every_week),
        Choice::new(Repeat::Fortnightly, t::every_other_week),
        Choice::new(Repeat::Weeks, t::every_some_weeks),
        Choice::new(Repeat::Monthly, t::every_month),
    ];
    choices.extend((once == Once::Offered).then(|| Choice::new(Repeat::Once, t::repeat_once)));
    let on_weekdays = move || !matches!(when.repeat.get(), Some(Repeat::Monthly | Repeat::Once));
    let some_weeks = move || when.repeat.get() == Some(Repeat::Weeks);
    let no_weeks = move || (some_weeks() && when.weeks.get().is_none()).then(|| t::needed().to_owned());
    view! {
        <div class="stack">
            <RadioGroup label=t::repeats value=when.repeat choices look=RadioLook::Segments />
            <Show when=some_weeks>
                <NumberField label=t::weeks_between value=when.weeks min=1 max=i64::from(WEEKS_MAX) need=Need::Required error=Signal::derive(no_weeks) />
            </Show>
            <Show when=on_weekdays><Weekdays when /></Show>
            <Show when=move || !when.is_once()>
                <DateField label=t::last_day value=when.last min=when.first hint=t::last_day_hint error=last_error />
            </Show>
        </div>
    }
}

/// The days of the week, each on or off.
#[component]
fn Weekdays(when: RuleFields) -> impl IntoView {
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
    view! { <div class="weekdays" role="group" aria-label=t::weekdays>{(0..7).map(weekday).collect_view()}</div> }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_weekday_moves_both_ways_and_round_the_week() {
        for (days, want) in [(0, Weekday::Tue), (1, Weekday::Wed), (-2, Weekday::Sun), (-9, Weekday::Sun)] {
            assert_eq!(moved(Weekday::Tue, days), want, "{days}");
        }
    }
}
