//! One appointment in the hand of whoever teaches: came or not, the member's code, their signature. It needs no network:
//! what is typed is noted here, and counts once the hub has compared it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use rollcall_domain::appointments::{Appointment, AppointmentId, REASON_CHARS_MAX, State, Typed};
use rollcall_domain::flow::appointment::{
    CancelAppointment, ConfirmAppointment, ForgiveAppointment, How, Mark, MarkAppointment, Shown, WhyForgiven,
};
use rollcall_domain::kernel::access::TILL;
use rollcall_domain::kernel::record::RecordBody as _;

use super::lists::{cancel_said, is_open};
use super::state::{coach_name, member_name, times, title, words};
use crate::fmt;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members::{href, reads_files};
use crate::parts::reached::reached;
use crate::parts::signing::Signing;
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr;
use crate::tr::appointments as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, ButtonRole, ButtonSize, Dialog, DialogWidth,
    Empty, Mark as Line, Need, Page, PageHead, PageWidth, SignaturePad, TextField,
};

/// The page of `/appointments/:id`.
#[component]
pub fn AppointmentDesk() -> impl IntoView {
    let studio = use_studio();
    let params = use_params_map();
    let id =
        move || params.with(|params| params.get("id")).and_then(|text| text.parse().ok()).map(AppointmentId);
    let shown = Memo::new(move |_| id().and_then(|id| studio.live().get::<Appointment>(id)));
    let there = Memo::new(move |_| shown.with(|one| one.as_ref().map(|one| one.id)));
    move || match there.get() {
        Some(_) => {
            let first = shown.get_untracked();
            first
                .map(|first| {
                    let one = Memo::new(move |_| shown.get().unwrap_or_else(|| first.clone()));
                    view! { <Hand one /> }
                })
                .into_any()
        }
        None => view! {
            <Empty heading=true title=t::hand_none note=t::hand_none_note>
                <ButtonLink href="/" kind=ButtonKind::Primary>{tr::common::not_found_home}</ButtonLink>
            </Empty>
        }
        .into_any(),
    }
}

#[component]
fn Hand(one: Memo<Appointment>) -> impl IntoView {
    let studio = use_studio();
    let first = one.get_untracked();
    let begun = reached(&studio, first.starts_at);
    let (for_who, for_note, for_open, for_file) =
        (studio.clone(), studio.clone(), studio.clone(), studio.clone());
    let who = move || one.with(|one| member_name(&for_who, one));
    let note = move || {
        one.with(|one| {
            let parts = [
                title(&for_note, one.class_type_id),
                coach_name(&for_note, one.coach_id),
                fmt::day_heading(one.on),
                times(&for_note, one),
            ];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        })
    };
    let open = Memo::new(move |_| begun.get() && one.with(|one| is_open(&for_open, one)));
    let to_come = Memo::new(move |_| !begun.get() && one.with(Appointment::is_booked));
    let file = (reads_files(&for_file)).then(|| href(first.member_id));
    view! {
        <Page width=PageWidth::Narrow>
            <div class="stack stack--wide appointment" data-testid="appointment">
                <PageHead title=who note />
                <Stands one begun />
                <Show when=move || open.get()><Confirm one /></Show>
                <Show when=move || to_come.get()><ToCome one /></Show>
                <Marks one begun />
                <TakeBack one />
                {file.map(|file| view! { <p><ButtonLink href=file kind=ButtonKind::Quiet>{t::open_file}</ButtonLink></p> })}
            </div>
        </Page>
    }
}

/// The honest word, and what it means.
#[component]
fn Stands(one: Memo<Appointment>, begun: Signal<bool>) -> impl IntoView {
    let studio = use_studio();
    let pending = {
        let studio = studio.clone();
        move || one.with(|one| studio.live().is_pending(Appointment::KIND, one.id.raw()))
    };
    let word = move || {
        begun.get();
        one.with(|one| words(&studio, one))
    };
    let answer = Signal::derive(move || {
        one.with(|one| match (&one.state, one.typed) {
            (_, Some(Typed::Wrong { .. })) | (State::Absent { .. } | State::Dropped { .. }, _) => {
                Answer::Stop
            }
            (State::Confirmed { .. }, _) if one.forgiven.is_none() && !pending() => Answer::Ok,
            (State::Booked, None) if !pending() => Answer::Ok,
            _ => Answer::Warn,
        })
    });
    view! { <p class="appointment__word" role="status"><Line answer text=word /></p> }
}

/// The code, or the signature.
#[component]
fn Confirm(one: Memo<Appointment>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (code, tried, signing) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(false));
    let doing = Doing::new(&studio);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let typed = code.get_untracked();
        if typed.trim().is_empty() {
            return;
        }
        let command = one.with_untracked(|one| confirm(one, How::Code));
        let shown = Shown { code: typed, signed: None };
        doing.run(
            &studio,
            |id| Order::new(id, &command, &shown),
            move |done| {
                code.try_set(String::new());
                tried.try_set(false);
                shell.say(if done.predicted { t::code_noted_said() } else { t::code_said() });
            },
        );
    };
    let error = Signal::derive(move || {
        (tried.get() && code.with(|code| code.trim().is_empty())).then(|| t::code_missing().to_owned())
    });
    let has_code = move || one.with(|one| one.has_code);
    view! {
        <Show when=has_code fallback=|| view! { <p class="quiet">{t::no_code}</p> }>
            <form class="appointment__confirm" novalidate on:submit=submit.clone()>
                <TextField label=t::code value=code length_max=8 hint=t::code_hint error />
                <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy=doing.busy()>{t::code_give}</Button>
            </form>
            <Trouble doing />
        </Show>
        <p><Button size=ButtonSize::Large on_press=move |()| signing.set(true)>{t::sign}</Button></p>
        <Dialog title=t::sign open=signing width=DialogWidth::Wide><Sign one open=signing /></Dialog>
    }
}

fn confirm(one: &Appointment, how: How) -> ConfirmAppointment {
    ConfirmAppointment { appointment_id: one.id, member_id: one.member_id, how }
}

#[component]
fn Sign(one: Memo<Appointment>, open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (signing, missing, doing) = (Signing::default(), RwSignal::new(false), Doing::new(&studio));
    let for_lead = studio.clone();
    let lead = move || {
        one.with(|one| {
            t::sign_lead(title(&for_lead, one.class_type_id), fmt::day_heading(one.on), times(&for_lead, one))
        })
    };
    let sign = move |()| {
        let name = untrack(|| one.with(|one| member_name(&studio, one)));
        let Some(signed) = signing.given(&name) else {
            missing.set(true);
            return;
        };
        let command = one.with_untracked(|one| confirm(one, How::Signature));
        let shown = Shown { code: String::new(), signed: Some(signed) };
        doing.run(
            &studio,
            |id| Order::new(id, &command, &shown),
            move |done| {
                shell.say(if done.predicted { t::signed_here_said() } else { t::signed_said() });
                open.try_set(false);
            },
        );
    };
    view! {
        <div class="stack">
            <p>{lead}</p>
            <SignaturePad label=t::signature strokes=signing.strokes typed_name=signing.typed_name />
            {move || missing.get().then(|| view! { <Banner answer=Answer::Warn text=t::sign_missing /> })}
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| open.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary busy=doing.busy() on_press=sign>{t::sign_save}</Button>
            </Actions>
        </div>
    }
}

/// Before it begins: the way out.
#[component]
fn ToCome(one: Memo<Appointment>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let cancel = move |()| {
        let command = CancelAppointment { appointment_id: one.with_untracked(|one| one.id) };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |done| shell.say(cancel_said(&done)));
    };
    view! {
        <p class="quiet">{t::to_come_note}</p>
        <p><Button busy=doing.busy() on_press=cancel>{t::cancel_it}</Button></p>
        <Trouble doing />
    }
}

/// Took place, or the member did not come; each can be taken back for as long as the member has not confirmed.
#[component]
fn Marks(one: Memo<Appointment>, begun: Signal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let can = Memo::new(move |_| {
        begun.get() && one.with(|one| one.can_be_confirmed() || (late(one) && one.keeps()))
    });
    let give = Callback::new(move |mark: Option<Mark>| {
        let appointment_id = one.with_untracked(|one| one.id);
        let command = MarkAppointment { appointment_id, mark };
        let for_undo = studio.clone();
        doing.run(
            &studio,
            |id| Order::new(id, &command, &()),
            move |_| {
                if mark == Some(Mark::Absent) {
                    shell.say_undo(t::absent_said(), move || unmark(&for_undo, appointment_id));
                }
            },
        );
    });
    let is_given = move || one.with(|one| matches!(one.state, State::Given { .. }));
    let is_absent = move || one.with(|one| matches!(one.state, State::Absent { .. }));
    view! {
        <Show when=move || can.get()>
            <div class="cluster" role="group" aria-label=t::marks>
                <Show when=move || !one.with(late)>
                    <button type="button" class="roster__mark" aria-pressed=move || is_given().to_string()
                        on:click=move |_| give.run((!is_given()).then_some(Mark::Came))>{t::came}</button>
                </Show>
                <button type="button" class="roster__mark" aria-pressed=move || is_absent().to_string()
                    on:click=move |_| give.run((!is_absent()).then_some(Mark::Absent))>{t::absent}</button>
            </div>
            <Trouble doing />
        </Show>
    }
}

const fn late(one: &Appointment) -> bool {
    matches!(one.state, State::Cancelled { late: true, .. })
}

fn unmark(studio: &Studio, appointment_id: AppointmentId) {
    let order = Order::new(studio.intent(), &MarkAppointment { appointment_id, mark: None }, &());
    let studio = studio.clone();
    // What could not be saved is told by the frame; the mark then stands as it did.
    spawn_local(async move { drop(studio.run(order).await) });
}

/// With a reason the credit comes back, and a lesson that counted counts no more.
#[component]
fn TakeBack(one: Memo<Appointment>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let at_till = studio.me_now().is_some_and(|me| TILL.contains(&me.role));
    let (reason, tried, doing) = (RwSignal::new(String::new()), RwSignal::new(false), Doing::new(&studio));
    let can = Memo::new(move |_| {
        one.with(|one| {
            one.forgiven.is_none()
                && match &one.state {
                    State::Absent { .. } => true,
                    State::Cancelled { late, .. } => *late,
                    State::Confirmed { .. } => at_till,
                    _ => false,
                }
        })
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let why = WhyForgiven { reason: reason.get_untracked() };
        if why.reason.trim().is_empty() {
            return;
        }
        let (member_id, appointment_id) = one.with_untracked(|one| (one.member_id, one.id));
        let command = ForgiveAppointment { member_id, appointment_id };
        doing.run(&studio, |id| Order::new(id, &command, &why), move |_| shell.say(t::taken_back_said()));
    };
    let error = Signal::derive(move || {
        (tried.get() && reason.with(|text| text.trim().is_empty()))
            .then(|| t::refused_reason_missing().to_owned())
    });
    let chars = u32::try_from(REASON_CHARS_MAX).unwrap_or(200);
    view! {
        <Show when=move || can.get()>
            <details class="fold">
                <summary>{t::take_back}</summary>
                <form class="stack" novalidate on:submit=submit.clone()>
                    <p class="quiet">{t::take_back_note}</p>
                    <TextField label=t::why value=reason length_max=chars need=Need::Required error />
                    <Trouble doing />
                    <p><Button role=ButtonRole::Submit busy=doing.busy()>{t::take_back_do}</Button></p>
                </form>
            </details>
        </Show>
    }
}
