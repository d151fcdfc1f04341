//! A session in hand: what it is, and what can be done about it.

use leptos::prelude::*;
use rollcall_domain::classes::{
    AddSession, CallOffSession, ChangeSession, DeleteSession, EndSchedule, MapPoint, NOTE_CHARS_MAX,
    RepeatSchedule, Schedule, Session, SessionKey,
};

use super::may;
use super::state::{self, InHand, Moved, Shown};
use super::touched::{Touch, TouchedPeople, of_change, of_gone};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::map::OnMap;
use crate::parts::session::{session_lacks, session_parts};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr::classes as t;
use crate::ui::{
    Actions, Answer, Button, ButtonKind, ButtonRole, Dialog, Fact, Facts, Mark, TextField, time_text,
};
use crate::{fmt, tr};

/// The sheet's inside.
#[component]
pub(super) fn SessionSheet(one: Shown, in_hand: InHand) -> impl IntoView {
    let studio = use_studio();
    let Shown { session, title, coaches, place, point, off, clash, .. } = one.clone();
    let (start, length) = (session.terms.start_minute, session.terms.length_minutes);
    let begun = session.has_begun(studio.now());
    let on = session.on;
    let (seats, people_min) = (session.terms.capacity, session.terms.people_min);
    let seats = move || {
        let seats = fmt::count(i64::from(seats));
        if people_min > 0 { t::seats_from(seats, people_min) } else { seats }
    };
    let lacks = {
        let (studio, session) = (studio.clone(), session.clone());
        move || session_lacks(&studio, &session).map(|text| view! { <Mark answer=Answer::Warn text /> })
    };
    let parts = session_parts().iter().map(|part| (part.panel)(session.clone())).collect_view();
    view! {
        <div class="stack session">
            <header>
                <h2 class="session__title">{title}</h2>
                <p>{move || fmt::day_heading(on)} ", " {time_text(start)}"–"{time_text((start + length) % (24 * 60))}</p>
            </header>
            {off.map(|off| view! { <Mark answer=Answer::Stop text=off /> })}
            {clash.map(|clash| view! { <Mark answer=Answer::Warn text=clash /> })}
            {lacks}
            <Facts>
                <Fact name=t::coach>{if coaches.is_empty() { t::coach_none().to_owned() } else { coaches }}</Fact>
                <Fact name=t::place>{where_words(place, point)}</Fact>
                <Fact name=t::seats>{seats}</Fact>
                <Fact name=t::repeats>{move || state::repeats(&studio, &session)}</Fact>
            </Facts>
            {begun.then(|| view! { <p class="quiet">{t::begun_note}</p> })}
            <Acts session=one.session.clone() in_hand />
            {parts}
        </div>
    }
}

/// Where it is: a way to the map, if there is a point on it.
fn where_words(place: Option<String>, point: Option<MapPoint>) -> AnyView {
    match (place, point) {
        (Some(name), Some(point)) => view! { <OnMap name point /> }.into_any(),
        (Some(name), None) => name.into_any(),
        (None, _) => t::place_none().into_any(),
    }
}

/// What can be done about it; once it has begun, only what is about the days to come.
#[component]
pub(super) fn Acts(session: Session, in_hand: InHand) -> impl IntoView {
    let studio = use_studio();
    let begun = session.has_begun(studio.now());
    let may_change = !begun && session.takes_place() && may::<ChangeSession>(&studio);
    let may_repeat = !begun && !session.key.is_added() && may::<RepeatSchedule>(&studio);
    let may_delete = !begun && may::<DeleteSession>(&studio);
    let may_add = may::<AddSession>(&studio);
    let session = StoredValue::new(session);
    let change = move |()| {
        let session = session.get_value();
        let (on, start_minute) = (session.on, session.terms.start_minute);
        in_hand.change(Moved { session, on, start_minute });
    };
    let ask = move |open: RwSignal<bool>| move |()| in_hand.ask(open, session.get_value());
    view! {
        <div class="cluster">
            {may_change.then(|| view! {
                <Button kind=ButtonKind::Primary on_press=change>{t::change}</Button>
                <Button on_press=ask(in_hand.calling_off)>{t::call_off}</Button>
            })}
            {may_add.then(|| view! { <Button on_press=ask(in_hand.adding)>{t::add_date}</Button> })}
            {may_repeat.then(|| view! { <Button on_press=ask(in_hand.repeating)>{t::repeat_otherwise}</Button> })}
            {may_delete.then(|| view! { <Button kind=ButtonKind::Quiet on_press=ask(in_hand.taking_out)>{t::delete}</Button> })}
        </div>
    }
}

/// What is asked before a session is called off or taken out.
#[component]
pub(super) fn Asked(in_hand: InHand) -> impl IntoView {
    let held = move || in_hand.held.get_untracked();
    view! {
        <Dialog title=t::call_off open=in_hand.calling_off>
            {move || held().map(|session| view! { <CallOff session on_done=move |()| in_hand.calling_off.set(false) /> })}
        </Dialog>
        <Dialog title=t::delete open=in_hand.taking_out>
            {move || held().map(|session| view! { <TakeOut session in_hand on_done=move |()| in_hand.taking_out.set(false) /> })}
        </Dialog>
    }
}

/// Why it is called off, for everybody to read.
#[component]
fn CallOff(session: Session, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let why = RwSignal::new(String::new());
    let (key, seen_revision) = (session.key, session.revision);
    let for_touched = studio.clone();
    let touched = Memo::new(move |_| of_gone(&for_touched, [session.clone()]));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let off = CallOffSession { key, seen_revision, why: why.get_untracked() };
        doing.run(
            &studio,
            move |id| Order::new(id, &off, &()),
            move |_| {
                shell.say(t::called_off_said());
                on_done.try_run(());
            },
        );
    };
    let chars = u32::try_from(NOTE_CHARS_MAX).unwrap_or(200);
    view! {
        <form class="form" novalidate on:submit=submit>
            <p class="quiet">{t::call_off_note}</p>
            <TouchedPeople all=touched />
            <TextField label=t::why value=why length_max=chars placeholder=t::why_example />
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| on_done.run(())>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Stop role=ButtonRole::Submit busy=doing.busy()>{t::call_off}</Button>
            </Actions>
        </form>
    }
}

/// Who counts on a session or on any later one of its schedule.
fn later_people(studio: &Studio, schedule: &Schedule, from: SessionKey) -> Vec<Touch> {
    let span = state::ahead_of(studio, from.on);
    let before = state::timetable(studio, span);
    let end = EndSchedule { from, seen_revision: schedule.revision };
    // Why it cannot be ended is said when it is asked for.
    let after = end.applied(schedule, studio.now(), studio.zone());
    after.map(|after| of_change(studio, span, &before, &before.with(after))).unwrap_or_default()
}

/// Taking out one session, or it and all later ones: nothing fills the day again, so it is said before.
#[component]
fn TakeOut(session: Session, in_hand: InHand, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (key, seen_revision) = (session.key, session.revision);
    let schedule = untrack(|| state::schedule(&studio, key));
    // What was added by hand has no later ones.
    let has_later = !key.is_added() && schedule.as_ref().is_some_and(state::goes_on);
    let may_end = has_later && may::<EndSchedule>(&studio);
    let for_all = studio.clone();
    let (for_this, for_later) = (studio.clone(), (studio.clone(), schedule.clone()));
    let touched = Memo::new(move |_| of_gone(&for_this, [session.clone()]));
    let all_later = Memo::new(move |_| match &for_later {
        (studio, Some(schedule)) if may_end => later_people(studio, schedule, key),
        _ => Vec::new(),
    });
    let done = move || {
        shell.say(t::deleted_said());
        in_hand.session.set(None);
        on_done.try_run(());
    };
    let this = move |()| {
        let delete = DeleteSession { key, seen_revision };
        doing.run(&studio, move |id| Order::new(id, &delete, &()), move |_| done());
    };
    let seen = schedule.map_or(0, |schedule| schedule.revision);
    let later = move |()| {
        let end = EndSchedule { from: key, seen_revision: seen };
        doing.run(&for_all, move |id| Order::new(id, &end, &()), move |_| done());
    };
    view! {
        <div class="form">
            <p>{t::delete_note}</p>
            <TouchedPeople all=touched />
            <Show when=move || { all_later.with(|all| all.len() > 1) }>
                <p class="quiet">{t::touched_later}</p>
                <TouchedPeople all=all_later />
            </Show>
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| on_done.run(())>{tr::common::cancel}</Button>
                {may_end.then(|| view! { <Button kind=ButtonKind::Stop busy=doing.busy() on_press=later>{t::delete_later}</Button> })}
                <Button kind=ButtonKind::Stop busy=doing.busy() on_press=this>{t::delete_this}</Button>
            </Actions>
        </div>
    }
}
