//! Another rule from a session on: other weekdays, every so many weeks, every month, an end. Whom it touches stands there
//! before it is saved.

use leptos::prelude::*;
use rollcall_domain::classes::{ClassRefusal, RepeatSchedule, Schedule, Session, TermsChange};

use super::foresight::{Foreseen, Foresight, at_field};
use super::repeats::{Once, Repeats, RuleFields};
use super::state::{InHand, ahead_of, schedule, timetable};
use crate::parts::doing::{Doing, Trouble};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr::classes as t;
use crate::ui::{Actions, Button, ButtonKind, ButtonRole};
use crate::{fmt, tr};

/// The form; nothing where the schedule is not known, or no rule has the session.
#[component]
pub(super) fn RepeatForm(session: Session, in_hand: InHand) -> impl IntoView {
    let series = untrack(|| schedule(&use_studio(), session.key))?;
    let from = series.planned_on(&session.key)?;
    let when = RuleFields::of(&series, &session.key, from);
    Some(view! { <Form session series when in_hand /> })
}

#[component]
fn Form(session: Session, series: Schedule, when: RuleFields, in_hand: InHand) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (key, seen_revision) = (session.key, series.revision);
    let wish = Memo::new(move |_| {
        let rule = when.rule()?;
        Some(RepeatSchedule { from: key, seen_revision, rule, terms: TermsChange::default() })
    });
    let for_shown = studio.clone();
    let foreseen = Memo::new(move |_| wish.get().map(|wish| foresee(&for_shown, &session, &series, &wish)));
    let at_last = at_field(foreseen, about_end);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(wish) = wish.get_untracked().filter(|_| at_last.get_untracked().is_none()) else { return };
        doing.run(
            &studio,
            move |id| Order::new(id, &wish, &()),
            move |_| {
                shell.say(t::changed_said());
                in_hand.repeating.set(false);
            },
        );
    };
    let from = move || when.first.get().map(|day| t::repeat_from(fmt::day_long(day)));
    view! {
        <form class="form" novalidate on:submit=submit>
            <p>{from}</p>
            <Repeats when once=Once::NotOffered last_error=at_last />
            <p class="quiet">{t::repeat_note}</p>
            <Foreseen foreseen said_at_field=about_end />
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| in_hand.repeating.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{tr::common::save}</Button>
            </Actions>
        </form>
    }
}

/// What is wrong with the last day and not with the rest.
const fn about_end(why: &ClassRefusal) -> bool {
    matches!(why, ClassRefusal::NeverHappens)
}

fn foresee(studio: &Studio, session: &Session, series: &Schedule, wish: &RepeatSchedule) -> Foresight {
    let span = ahead_of(studio, session.on);
    let before = timetable(studio, span);
    match wish.applied(series, studio.now(), studio.zone()) {
        Ok(schedule) => {
            let after = before.with(schedule.clone());
            Foresight::of_schedule(studio, span, &before, &after, &schedule)
        }
        Err(why) => Foresight::refused(why),
    }
}
