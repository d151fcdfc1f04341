//! A new schedule: what, when, how often, where, by whom; and whom or what it would need twice.

use leptos::prelude::*;
use rollcall_domain::classes::{PlanSchedule, ScheduleId};
use rollcall_domain::kernel::Timestamp;

use super::fields::{TermFields, TermsAsked};
use super::foresight::clash_words;
use super::repeats::{Once, Repeats, RuleFields};
use super::state::{InHand, ahead_of, clashes_of, classes, timetable};
use crate::parts::doing::{Doing, Trouble};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr;
use crate::tr::classes as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, ButtonRole, DateField, Empty, Need, Whole,
};

/// The form.
#[component]
pub(super) fn PlanForm(in_hand: InHand) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let fields = TermFields::new();
    let today = studio.day_now();
    let begin = in_hand.day.get_untracked().max(today);
    let when = RuleFields::weekly(begin);
    let doing = Doing::new(&studio);
    let wish = move || {
        let (terms, first_on) = (fields.terms()?, when.first.get()?);
        let rule = if when.is_once() { None } else { Some(when.rule()?) };
        Some(PlanSchedule { terms, first_on, rule })
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
                    <Whole><Repeats when once=Once::Offered /></Whole>
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

/// Who or what a schedule would need twice.
fn clashes(studio: &Studio, wish: &PlanSchedule) -> Vec<(String, Timestamp)> {
    // The id only has to differ from those there are.
    let id = ScheduleId(rollcall_domain::kernel::Id::nil());
    match wish.schedule(id, studio.now()) {
        Ok(schedule) => {
            let span = ahead_of(studio, wish.first_on);
            let after = timetable(studio, span).with(schedule);
            clashes_of(studio, span, &after, |key| key.schedule_id == id)
        }
        // The rule says so when it is sent.
        Err(_) => Vec::new(),
    }
}
