//! Appointments where a day is shown: under a coach's classes, under a member's bookings, under the week of the desk.

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::appointments::{Appointment, AppointmentCode, AppointmentId, State};
use rollcall_domain::flow::appointment::{AgreeAppointment, BookAppointment, CancelAppointment};

use super::state::{
    coach_name, current, free_until, lessons, may, member_name, of_week, offering, stands, times, title,
    words,
};
use crate::fmt;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::one_to_one::{BOOK_HREF, appointment_href};
use crate::parts::reached::reached;
use crate::parts::settings::moment;
use crate::shell::use_shell;
use crate::studio::{Done, Order, Studio, use_studio};
use crate::tr::appointments as t;
use crate::ui::{Button, ButtonKind, ButtonLink, ButtonSize, List, Row, Section};

/// Under a coach's classes.
pub(super) fn day() -> AnyView {
    view! { <Day /> }.into_any()
}

/// Under a member's bookings.
pub(super) fn mine() -> AnyView {
    view! { <Mine /> }.into_any()
}

/// Above the classes a member picks from.
pub(super) fn offer() -> AnyView {
    let studio = use_studio();
    let any = Memo::new(move |_| !offering(&studio).is_empty());
    view! { <Show when=move || any.get()><p><ButtonLink href=BOOK_HREF>{t::book_one}</ButtonLink></p></Show> }
        .into_any()
}

/// Under the week.
pub(super) fn week(first: Signal<NaiveDate>) -> AnyView {
    view! { <Week first /> }.into_any()
}

#[component]
fn Day() -> impl IntoView {
    let studio = use_studio();
    let me = studio.me_now().map(|me| me.person);
    let (for_hours, for_lessons) = (studio.clone(), studio.clone());
    let all = Memo::new(move |_| {
        let mut all = current(&studio);
        all.retain(|one| Some(one.coach_id) == me && !is_given_back(one));
        all
    });
    let counted = Memo::new(move |_| me.map_or(0, |me| lessons(&for_lessons, me)));
    let offers = Memo::new(move |_| offering(&for_hours).iter().any(|(coach, _)| Some(coach.id) == me));
    view! {
        <Section title=t::one_to_one>
            <Rows all />
            <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::day_none}</p></Show>
            <Show when=move || { counted.get() > 0 }><p class="quiet">{move || t::lessons(counted.get())}</p></Show>
            <div class="cluster">
                <Show when=move || offers.get()><ButtonLink href=BOOK_HREF>{t::book_one}</ButtonLink></Show>
                <ButtonLink href="/settings/hours" kind=ButtonKind::Quiet>{t::my_hours}</ButtonLink>
            </div>
        </Section>
    }
}

#[component]
fn Week(first: Signal<NaiveDate>) -> impl IntoView {
    let studio = use_studio();
    let may_book = may::<BookAppointment>(&studio);
    let for_any = studio.clone();
    let all = Memo::new(move |_| of_week(&studio, first.get()));
    let any = Memo::new(move |_| may_book && !offering(&for_any).is_empty());
    view! {
        <Show when=move || any.get() || !all.with(Vec::is_empty)>
            <Section title=t::one_to_one>
                <Rows all />
                <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::week_none}</p></Show>
                <Show when=move || any.get()><p><ButtonLink href=BOOK_HREF>{t::book_one}</ButtonLink></p></Show>
            </Section>
        </Show>
    }
}

const fn is_given_back(one: &Appointment) -> bool {
    matches!(one.state, State::Cancelled { .. } | State::Dropped { .. })
}

/// Rows that open an appointment.
#[component]
fn Rows(all: Memo<Vec<Appointment>>) -> impl IntoView {
    let ids = move || all.with(|all| all.iter().map(|one| (one.id, one.starts_at)).collect::<Vec<_>>());
    view! {
        <ul class="day__list" aria-label=t::one_to_one>
            <For each=ids key=|row| *row children=move |(id, _)| view! { <OneRow id all /> } />
        </ul>
    }
}

#[component]
fn OneRow(id: AppointmentId, all: Memo<Vec<Appointment>>) -> impl IntoView {
    let studio = use_studio();
    let one = Memo::new(move |_| all.with(|all| all.iter().find(|one| one.id == id).cloned()));
    let of = move |text: fn(&Studio, &Appointment) -> String| {
        let studio = studio.clone();
        move || one.with(|one| one.as_ref().map(|one| text(&studio, one)))
    };
    let when = of(|studio, one| {
        let day = (studio.today() != one.on).then(|| fmt::day_near(one.on, studio.today()));
        let with = coach_name(studio, one.coach_id);
        [day, Some(title(studio, one.class_type_id)), Some(with)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    });
    let (clock, who, word) = (of(times), of(member_name), of(|studio, one| words(studio, one).to_owned()));
    view! {
        <li>
            <a class="day-row day-row--own" href=appointment_href(id)>
                <span class="block__time">{clock}</span>
                <b class="block__title">{who}</b>
                <small class="block__note">{when}</small>
                <small class="block__word">{word}</small>
            </a>
        </li>
    }
}

#[component]
fn Mine() -> impl IntoView {
    let studio = use_studio();
    let for_any = studio.clone();
    let all = Memo::new(move |_| {
        let mut all = current(&studio);
        all.retain(|one| !matches!(one.state, State::Cancelled { .. }));
        all
    });
    let any = Memo::new(move |_| !offering(&for_any).is_empty());
    let ids = move || all.with(|all| all.iter().map(|one| one.id).collect::<Vec<_>>());
    view! {
        <Show when=move || any.get() || !all.with(Vec::is_empty)>
            <Section title=t::one_to_one>
                <List label=t::one_to_one>
                    <For each=ids key=|id| *id children=move |id| {
                        let find = move || all.with(|all| all.iter().find(|one| one.id == id).cloned());
                        // One that is gone stays for the moment in which its row goes.
                        let first = untrack(find);
                        first.map(|first| {
                            let one = Memo::new(move |_| find().unwrap_or_else(|| first.clone()));
                            view! { <MyOne one /> }
                        })
                    } />
                </List>
                <Show when=move || any.get()><p><ButtonLink href=BOOK_HREF>{t::book_one}</ButtonLink></p></Show>
            </Section>
        </Show>
    }
}

/// One of a member's own: the honest word, the code once it has begun, and what there is to do.
#[component]
fn MyOne(one: Memo<Appointment>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let first = one.get_untracked();
    let (id, begun) = (first.id, reached(&studio, first.starts_at));
    let doing = Doing::new(&studio);
    let (for_title, for_when, for_word, for_note, for_code) =
        (studio.clone(), studio.clone(), studio.clone(), studio.clone(), studio.clone());
    let name = Signal::derive(move || {
        one.with(|one| {
            t::with_coach(title(&for_title, one.class_type_id), coach_name(&for_title, one.coach_id))
        })
    });
    let when = move || one.with(|one| moment(&for_when, one.starts_at));
    let word = move || {
        begun.get();
        one.with(|one| words(&for_word, one))
    };
    let waits = Memo::new(move |_| begun.get() && one.with(|one| one.can_be_confirmed() && one.keeps()));
    let can_cancel = Memo::new(move |_| !begun.get() && one.with(Appointment::is_booked));
    let note = move || {
        can_cancel.get().then(|| match one.with(|one| free_until(&for_note, one)) {
            Some(until) => t::free_until(moment(&for_note, until)),
            None => t::late_now().to_owned(),
        })
    };
    let code = move || {
        let known = for_code.live().get::<AppointmentCode>(AppointmentCode::id_of(id));
        known.filter(|_| waits.get()).map(|known| known.code)
    };
    let (for_agree, for_cancel) = (studio.clone(), studio);
    let agree = move |()| {
        let command = AgreeAppointment { appointment_id: id };
        doing.run(
            &for_agree,
            |id| Order::new(id, &command, &()),
            move |done| {
                shell.say(if done.predicted { t::agreed_here_said() } else { t::agreed_said() });
            },
        );
    };
    let cancel = move |()| {
        let command = CancelAppointment { appointment_id: id };
        doing.run(&for_cancel, |id| Order::new(id, &command, &()), move |done| shell.say(cancel_said(&done)));
    };
    let after = view! {
        <span class="mine__word">{word}</span>
        <Show when=move || can_cancel.get()>
            <Button size=ButtonSize::Small kind=ButtonKind::Quiet busy=doing.busy() on_press=cancel.clone()
                label=Signal::derive(move || t::cancel_of(name.get()))>{t::cancel}</Button>
        </Show>
    };
    view! {
        <Row after=after.into_any()>
            <b>{name}</b>
            <span>{when}</span>
            <small>{note}</small>
            {move || code().map(|code| view! {
                <p class="appointment__code"><small>{t::your_code}</small> <b class="figures" data-testid="appointment-code">{code}</b></p>
            })}
            <Show when=move || waits.get()>
                <p><Button busy=doing.busy() on_press=agree.clone()>{t::agree}</Button></p>
            </Show>
            <Trouble doing />
        </Row>
    }
}

/// What giving back meant for the credit.
pub(super) fn cancel_said(done: &Done) -> &'static str {
    let late = done.changes.iter().filter_map(|change| change.body.as_deref()).any(|body| {
        let read = serde_json::from_str::<Appointment>(body);
        read.is_ok_and(|one| matches!(one.state, State::Cancelled { late: true, .. }))
    });
    if late { t::cancelled_late_said() } else { t::cancelled_said() }
}

/// Whether a word is still to come from the member.
pub(super) fn is_open(studio: &Studio, one: &Appointment) -> bool {
    use rollcall_domain::appointments::Word;
    matches!(stands(studio, one), Word::ToConfirm | Word::WrongCode | Word::Noted | Word::Absent)
        && one.can_be_confirmed()
}
