//! Another day, time, coach or place: for one session, for it and all later ones, or for all to come. What it would touch
//! stands there before it is saved.

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::classes::{
    ChangeSchedule, ChangeSession, ClassRefusal, Schedule, Session, SessionKey, Terms, Timetable,
};

use super::fields::{TermFields, TermsAsked, difference};
use super::foresight::{Foreseen, Foresight};
use super::may;
use super::state::{InHand, Moved, ahead, ahead_of, goes_on, schedule, timetable};
use crate::parts::doing::{Doing, Trouble};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr;
use crate::tr::classes as t;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonRole, Choice, DateField, Need, RadioGroup, RadioLook, Whole,
};

/// For which sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    This,
    Later,
    All,
}

/// What is asked for, before it is a command.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    One(ChangeSession),
    More(ChangeSchedule),
}

/// The form.
#[component]
pub(super) fn ChangeForm(moved: Moved, in_hand: InHand) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let Moved { session, on, start_minute } = moved;
    let series = untrack(|| schedule(&studio, session.key));
    // What was added by hand has no later ones.
    let has_later = !session.key.is_added() && series.as_ref().is_some_and(goes_on);
    let may_all = has_later && may::<ChangeSchedule>(&studio);
    let (fields, day) = (TermFields::of(&session.terms, start_minute), RwSignal::new(Some(on)));
    let reach = RwSignal::new(Some(Reach::This));
    let doing = Doing::new(&studio);
    let for_wish = (studio.clone(), session.clone(), series.clone());
    let wish = move || {
        let (studio, session, series) = &for_wish;
        let (terms, on) = (fields.terms()?, day.get()?);
        wish_of(studio, session, series.as_ref(), reach.get()?, on, &terms)
    };
    let for_shown = (studio.clone(), session.clone(), series, wish.clone());
    let foreseen = Memo::new(move |_| {
        let (studio, session, series, wish) = &for_shown;
        wish().map(|wish| foresee(studio, session, series.as_ref(), &wish))
    });
    let for_submit = studio.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        fields.tried.set(true);
        let Some(wish) = untrack(&wish) else { return };
        let make = move |id| match &wish {
            Wish::One(change) => Order::new(id, change, &()),
            Wish::More(change) => Order::new(id, change, &()),
        };
        doing.run(&for_submit, make, move |_| {
            shell.say(t::changed_said());
            in_hand.changing.set(false);
        });
    };
    let choices = vec![
        Choice::new(Reach::This, t::reach_this),
        Choice::new(Reach::Later, t::reach_later),
        Choice::new(Reach::All, t::reach_all),
    ];
    view! {
        <form class="form" novalidate on:submit=submit>
            <div class="group">
                {may_all.then(|| view! { <Whole><RadioGroup label=t::reach value=reach choices look=RadioLook::Segments /></Whole> })}
                <DateField label=t::day value=day need=Need::Required />
                <TermsAsked fields />
            </div>
            <Foreseen foreseen />
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| in_hand.changing.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{tr::common::save}</Button>
            </Actions>
        </form>
    }
}

fn wish_of(
    studio: &Studio,
    session: &Session,
    series: Option<&Schedule>,
    reach: Reach,
    on: NaiveDate,
    terms: &Terms,
) -> Option<Wish> {
    let terms = difference(&session.terms, terms);
    let moved = on != session.on;
    if reach == Reach::This {
        let (key, seen_revision) = (session.key, session.revision);
        return Some(Wish::One(ChangeSession { key, seen_revision, on: moved.then_some(on), terms }));
    }
    let series = series?;
    let from = if reach == Reach::All { first_key(studio, series)? } else { session.key };
    let move_days = i32::try_from((on - session.on).num_days()).ok()?;
    Some(Wish::More(ChangeSchedule { from, seen_revision: series.revision, move_days, terms }))
}

/// "All" begins with the first session that has not begun.
fn first_key(studio: &Studio, series: &Schedule) -> Option<SessionKey> {
    let all = untrack(|| timetable(studio, ahead(studio)));
    all.first_to_come(series, studio.now(), untrack(|| studio.zone())).map(|session| session.key)
}

fn foresee(studio: &Studio, session: &Session, series: Option<&Schedule>, wish: &Wish) -> Foresight {
    let span = ahead_of(studio, session.on);
    let before = timetable(studio, span);
    match after(studio, &before, session, series, wish) {
        Ok(Some((after, series))) => Foresight::of_schedule(studio, span, &before, &after, &series),
        Ok(None) => Foresight::default(),
        Err(why) => Foresight::refused(why),
    }
}

fn after(
    studio: &Studio,
    before: &Timetable,
    session: &Session,
    series: Option<&Schedule>,
    wish: &Wish,
) -> Result<Option<(Timetable, Schedule)>, ClassRefusal> {
    let Some(series) = series else { return Ok(None) };
    match wish {
        Wish::One(change) => {
            let changed = change.applied(before.change(&change.key), session);
            Ok(Some((before.with_change(changed), series.clone())))
        }
        Wish::More(change) => {
            let changed = change.applied(series, studio.now(), studio.zone())?;
            Ok(Some((before.with(changed.clone()), changed)))
        }
    }
}
