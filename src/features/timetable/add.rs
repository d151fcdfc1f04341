//! One more date of a schedule, on a day its rule does not have: an extra class on a Saturday.

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::classes::{AddSession, ClassRefusal, Days, ScheduleId, Session};

use super::fields::{TermFields, TermsAsked, difference};
use super::foresight::{Foreseen, Foresight, at_field};
use super::state::{InHand, clashes_of, schedule, timetable};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::sessions::Naming;
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr;
use crate::tr::classes as t;
use crate::ui::{Actions, Button, ButtonKind, ButtonRole, DateField, Need, Whole};

/// The form. It begins with what holds for the schedule around the session in hand.
#[component]
pub(super) fn AddForm(session: Session, in_hand: InHand) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (key, id) = (session.key, session.key.schedule_id);
    let usual = untrack(|| schedule(&studio, key)).and_then(|one| one.terms_around(session.on).cloned());
    let terms = usual.unwrap_or(session.terms);
    let (fields, day) = (TermFields::of(&terms, terms.start_minute), RwSignal::new(None));
    let doing = Doing::new(&studio);
    let for_wish = studio.clone();
    let wish = Memo::new(move |_| wish_of(&for_wish, id, day.get()?, fields));
    let for_shown = studio.clone();
    let foreseen = Memo::new(move |_| wish.get().map(|wish| foresee(&for_shown, &wish)));
    let at_day = at_field(foreseen, about_day);
    let no_day = move || {
        let missing = fields.tried.get() && day.get().is_none();
        missing.then(|| t::needed().to_owned()).or_else(|| at_day.get())
    };
    let today = studio.day_now();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        fields.tried.set(true);
        let Some(wish) = wish.get_untracked().filter(|_| at_day.get_untracked().is_none()) else { return };
        let on = wish.on;
        doing.run(
            &studio,
            move |id| Order::new(id, &wish, &()),
            move |_| {
                shell.say(t::planned_said());
                in_hand.adding.set(false);
                in_hand.show(on);
            },
        );
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <p class="quiet">{t::add_date_note}</p>
            <div class="group">
                <Whole><DateField label=t::day value=day min=Signal::stored(Some(today)) need=Need::Required error=Signal::derive(no_day) /></Whole>
                <TermsAsked fields />
            </div>
            <Foreseen foreseen said_at_field=about_day />
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| in_hand.adding.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{t::add_date_do}</Button>
            </Actions>
        </form>
    }
}

/// What is wrong with the day and not with the rest.
const fn about_day(why: &ClassRefusal) -> bool {
    matches!(why, ClassRefusal::SessionThatDay | ClassRefusal::DateDeleted | ClassRefusal::IntoThePast)
}

/// Only what differs from the schedule on that day is asked for.
fn wish_of(
    studio: &Studio,
    schedule_id: ScheduleId,
    on: NaiveDate,
    fields: TermFields,
) -> Option<AddSession> {
    let series = studio.live().get::<rollcall_domain::classes::Schedule>(schedule_id.raw())?;
    let terms = difference(series.terms_around(on)?, &fields.terms()?);
    Some(AddSession { schedule_id, on, terms })
}

fn foresee(studio: &Studio, wish: &AddSession) -> Foresight {
    // The evening before may reach into it, and it into the morning after.
    let around = chrono::Duration::days(1);
    let span = Days { first: wish.on - around, last: wish.on + around };
    let (before, zone) = (timetable(studio, span), studio.zone());
    let schedule = before.schedules().iter().find(|one| one.id == wish.schedule_id).cloned();
    let series = schedule.or_else(|| studio.live().get(wish.schedule_id.raw()));
    let Some(series) = series else { return Foresight::refused(ClassRefusal::NoSchedule) };
    let change = match wish.applied(&series, &before, studio.now(), zone) {
        Ok(change) => change,
        Err(why) => return Foresight::refused(why),
    };
    let key = change.key;
    let after = before.with(series).with_change(change);
    let off = after.session(&key, zone).and_then(|session| Naming::of(studio, span).off(&session));
    Foresight { clashes: clashes_of(studio, span, &after, |one| *one == key), off, ..Foresight::default() }
}
