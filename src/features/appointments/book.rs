//! Picking a time: who for (at the desk), with whom, what, which day, when. A press on a time asks for it.

use chrono::NaiveDate;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::appointments::{Appointment, AppointmentId, CodeSeed, Start};
use rollcall_domain::classes::ClassTypeId;
use rollcall_domain::flow::appointment::{BookAppointment, CancelAppointment};
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::members::MemberId;

use super::state::{free, offering, services};
use crate::fmt;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members::{Somebody, find_somebody, phone_of};
use crate::parts::settings::zone_name;
use crate::shell::{ShellState, use_shell};
use crate::studio::{Done, Order, Studio, use_studio};
use crate::tr;
use crate::tr::appointments as t;
use crate::ui::{
    Button, Choice, Empty, Page, PageHead, PageWidth, PickOption, Picker, RadioGroup, RadioLook,
};

/// People offered for what was typed.
const HITS_MAX: usize = 8;

/// What has been picked so far.
#[derive(Clone, Copy)]
struct Picked {
    member: RwSignal<Option<(MemberId, String)>>,
    coach: RwSignal<Option<PersonId>>,
    service: RwSignal<Option<ClassTypeId>>,
    on: RwSignal<Option<NaiveDate>>,
}

/// The page of `/appointments`.
#[component]
pub fn BookDesk() -> impl IntoView {
    let studio = use_studio();
    let me = studio.me_now();
    let own = me.as_ref().filter(|me| me.role == Role::Member).map(|me| MemberId(me.person.raw()));
    let is_members = own.is_some();
    let teaches = me.filter(|me| me.role == Role::Coach).map(|me| me.person);
    let picked = Picked {
        member: RwSignal::new(own.map(|id| (id, String::new()))),
        coach: RwSignal::new(teaches),
        service: RwSignal::new(None),
        on: RwSignal::new(None),
    };
    let all = Memo::new(move |_| {
        let mut all = offering(&studio);
        all.retain(|(coach, _)| teaches.is_none_or(|id| coach.id == id));
        all
    });
    // Where there is nothing to choose, nothing is asked.
    Effect::new(move |_| {
        if let [(only, _)] = &all.get()[..] {
            picked.coach.set(Some(only.id));
        }
    });
    let choices = Signal::derive(move || {
        all.get().into_iter().map(|(coach, _)| Choice::new(coach.id, coach.name)).collect::<Vec<_>>()
    });
    let ready = move || picked.member.with(Option::is_some) && picked.coach.with(Option::is_some);
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::title note=t::lead />
            <Show when=move || all.with(Vec::is_empty)><Empty title=t::nobody note=t::nobody_note /></Show>
            <Show when=move || !all.with(Vec::is_empty)>
                <div class="stack stack--wide">
                    <Show when=move || !is_members><Who picked /></Show>
                    <Show when=move || all.with(|all| all.len() > 1)>
                        <RadioGroup label=t::coach value=picked.coach choices look=RadioLook::Tiles />
                    </Show>
                    <Show when=ready><What picked /></Show>
                </div>
            </Show>
        </Page>
    }
}

/// Whom it is for.
#[component]
fn Who(picked: Picked) -> impl IntoView {
    let studio = use_studio();
    let query = RwSignal::new(String::new());
    let options = Signal::derive(move || {
        let found = query.with(|text| match text.trim() {
            "" => Vec::new(),
            _ => find_somebody(&studio, text, HITS_MAX),
        });
        let option = |who: Somebody| PickOption {
            id: who.id.to_string(),
            note: phone_of(&studio, who.id).unwrap_or_default(),
            title: who.name,
        };
        found.into_iter().map(option).collect::<Vec<_>>()
    });
    let pick = move |option: PickOption| {
        if let Ok(id) = option.id.parse() {
            picked.member.set(Some((MemberId(id), option.title)));
            query.set(String::new());
        }
    };
    let chosen = move || picked.member.get().map(|(_, name)| t::book_for(name));
    view! {
        <div class="stack">
            <Picker label=t::member query options on_pick=pick placeholder=t::member_hint />
            {move || chosen().map(|text| view! { <p class="appointment__who"><b>{text}</b></p> })}
        </div>
    }
}

/// What a coach offers, the days on which that is free, and the times.
#[component]
fn What(picked: Picked) -> impl IntoView {
    let studio = use_studio();
    let (for_offers, for_free) = (studio.clone(), studio);
    let hours = Memo::new(move |_| {
        let id = picked.coach.get()?;
        offering(&for_offers).into_iter().find(|(coach, _)| coach.id == id)
    });
    let for_services = for_free.clone();
    let offers = Memo::new(move |_| {
        hours
            .with(|hours| hours.as_ref().map(|(_, hours)| services(&for_services, hours)).unwrap_or_default())
    });
    Effect::new(move |_| {
        let (all, now) = (offers.get(), picked.service.get_untracked());
        let still = now.filter(|id| all.iter().any(|one| one.id == *id));
        let only = if let [only] = &all[..] { Some(only.id) } else { None };
        picked.service.set(still.or(only));
    });
    let choices = Signal::derive(move || {
        let choice = |one: rollcall_domain::classes::ClassType| {
            let length = t::minutes(u64::from(one.draft.length_minutes));
            Choice::new(one.id, one.name_in(tr::lang().tag()).to_owned()).note(length)
        };
        offers.get().into_iter().map(choice).collect::<Vec<_>>()
    });
    let days = Memo::new(move |_| {
        let service = picked.service.get()?;
        let service = offers.with(|all| all.iter().find(|one| one.id == service).cloned())?;
        hours.with(|hours| hours.as_ref().map(|(_, hours)| free(&for_free, hours, &service)))
    });
    let known = move || days.with(Option::is_some);
    // Where there is only one of each nothing is asked, and it is said all the same.
    let only = move || {
        let coach = hours.with(|hours| hours.as_ref().map(|(coach, _)| coach.name.clone()))?;
        let service = offers.with(|all| if let [only] = &all[..] { Some(only.clone()) } else { None })?;
        let length = t::minutes(u64::from(service.draft.length_minutes));
        Some([service.name_in(tr::lang().tag()).to_owned(), length, coach].join(" · "))
    };
    view! {
        <Show when=move || offers.with(|all| all.len() > 1)>
            <RadioGroup label=t::service value=picked.service choices look=RadioLook::Tiles />
        </Show>
        {move || only().map(|text| view! { <p class="appointment__who"><b>{text}</b></p> })}
        <Show when=known><When picked days /></Show>
    }
}

type FreeDays = Option<Vec<(NaiveDate, Vec<Start>)>>;
/// With whom, and what.
type Offer = (Option<PersonId>, Option<ClassTypeId>);

/// The days with something free, and the times of one.
#[component]
fn When(picked: Picked, days: Memo<FreeDays>) -> impl IntoView {
    let dates =
        move || days.with(|days| days.iter().flatten().map(|(on, _)| *on).collect::<Vec<NaiveDate>>());
    // A day stays when its last time is taken: another day's times would come to lie under a finger that is about to press.
    let shown_for = Memo::new(move |before: Option<&(Offer, Option<NaiveDate>)>| {
        let offer = (picked.coach.get(), picked.service.get());
        let kept = before.filter(|(of, _)| *of == offer).and_then(|(_, on)| *on);
        (offer, picked.on.get().or(kept).or_else(|| dates().first().copied()))
    });
    let shown = Memo::new(move |_| shown_for.get().1);
    let day = move |on: NaiveDate| {
        view! {
            <button type="button" class="strip__day" title=fmt::day_heading(on)
                aria-pressed=move || (shown.get() == Some(on)).to_string() on:click=move |_| picked.on.set(Some(on))>
                <small>{move || fmt::weekday(on)}</small> <b>{chrono::Datelike::day(&on)}</b>
            </button>
        }
    };
    let starts = Memo::new(move |_| {
        let on = shown.get()?;
        days.with(|days| days.iter().flatten().find(|(day, _)| *day == on).map(|(_, all)| (on, all.clone())))
    });
    let none = move || days.with(|days| days.as_ref().is_some_and(Vec::is_empty));
    let taken = move || !none() && shown.get().is_some() && starts.with(Option::is_none);
    view! {
        <Show when=none><Empty title=t::nothing_free note=t::nothing_free_note /></Show>
        <section class="stack" aria-label=t::times>
            <div class="strip" role="group" aria-label=t::which_day>{move || dates().into_iter().map(day).collect_view()}</div>
            {move || starts.get().map(|(on, starts)| view! { <Times picked on starts /> })}
            <Show when=taken><p class="quiet">{t::day_taken}</p></Show>
        </section>
    }
}

/// The times of a day: a press asks for one.
#[component]
fn Times(picked: Picked, on: NaiveDate, starts: Vec<Start>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let zone = zone_name(&studio);
    let take = Callback::new(move |start_minute: u32| {
        let (Some((member_id, name)), Some(coach_id), Some(class_type_id)) =
            (picked.member.get_untracked(), picked.coach.get_untracked(), picked.service.get_untracked())
        else {
            return;
        };
        let command = BookAppointment { coach_id, class_type_id, on, start_minute, member_id };
        // A coach must not know the code: without a secret there is none.
        let is_coach = studio.me_now().is_some_and(|me| me.role == Role::Coach);
        let seed = CodeSeed { seed: (!is_coach).then(|| studio.mint()) };
        let for_undo = studio.clone();
        doing.run(
            &studio,
            |id| Order::new(id, &command, &seed),
            move |done| say(&for_undo, shell, &done, name),
        );
    });
    let button = move |start: Start| {
        let text = fmt::clock(start.at.0, &zone);
        let label = t::book_at(text.clone(), fmt::day_heading(on));
        view! {
            <Button busy=doing.busy() on_press=move |()| take.run(start.minute) label=Signal::stored(label)>{text}</Button>
        }
    };
    view! {
        <h2 class="pick__day">{move || fmt::day_heading(on)}</h2>
        <div class="appointment__times figures">{starts.into_iter().map(button).collect_view()}</div>
        <Trouble doing />
    }
}

/// What became of it, with a way back at once.
fn say(studio: &Studio, shell: ShellState, done: &Done, name: String) {
    let bodies = done.changes.iter().filter(|change| change.kind == Appointment::KIND);
    let mut read =
        bodies.filter_map(|change| serde_json::from_str::<Appointment>(change.body.as_deref()?).ok());
    let text = match (done.predicted, name.is_empty()) {
        (true, true) => t::requested_said().to_owned(),
        (true, false) => t::requested_for_said(name),
        (false, true) => t::booked_said().to_owned(),
        (false, false) => t::booked_for_said(name),
    };
    match read.next().map(|one| one.id) {
        Some(id) => {
            let studio = studio.clone();
            shell.say_undo(text, move || undo(&studio, shell, id));
        }
        None => shell.say(text),
    }
}

fn undo(studio: &Studio, shell: ShellState, appointment_id: AppointmentId) {
    let order = Order::new(studio.intent(), &CancelAppointment { appointment_id }, &());
    let studio = studio.clone();
    spawn_local(async move {
        match studio.run(order).await {
            Ok(_) => shell.say(t::cancelled_said()),
            Err(error) => shell.say(crate::parts::refusals::say_run_error(&error)),
        }
    });
}
