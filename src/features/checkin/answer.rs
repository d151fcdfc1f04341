//! The answer: photo, name, sentence, colour and shape, what it costs, and the one likely next action. Shown before anything is confirmed.

use leptos::prelude::*;
use rollcall_domain::attendance::{
    DoorAnswer, DoorReason, Light, Next, NotThePerson, REASON_CHARS_MAX, Visit,
};
use rollcall_domain::flow::check_in::{CheckIn, LetIn, SeenAtDoor, UndoCheckIn};
use rollcall_domain::kernel::RecordBody;
use rollcall_domain::members::{Health, Member};
use rollcall_domain::passes::Pass;

use super::state::{Door, Guest};
use crate::parts::catalogue::on_sale;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::door::{answer_of, at_door, sentence};
use crate::parts::members::{href, phone_of, photo_of};
use crate::parts::passes::{because, explanation, held, words};
use crate::parts::settings::money;
use crate::shell::{ShellState, use_shell};
use crate::studio::{Done, Order, Studio, use_studio};
use crate::tr;
use crate::tr::attendance as t;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, ButtonRole, ButtonSize, Dialog, Face, FaceSize, Fact, Facts,
    Need, TextField,
};

/// The answer about one person.
#[component]
pub(super) fn AnswerCard(door: Door, guest: Guest) -> impl IntoView {
    let studio = use_studio();
    let doing = Doing::new(&studio);
    let (for_member, for_answer, for_said) = (studio.clone(), studio.clone(), studio.clone());
    let member = Memo::new(move |_| for_member.live().get::<Member>(guest.member));
    let answer = Memo::new(move |_| at_door(&for_answer, guest.member, guest.card.map(|(_, state)| state)));
    let (name, letting_in) =
        (Signal::derive(move || member.get().map(|m| m.name).unwrap_or_default()), RwSignal::new(false));
    let confirm = {
        let (studio, shell) = (studio.clone(), use_shell());
        Callback::new(move |reason: String| {
            let at_door = At { door, guest, name: name.get_untracked(), answer: answer.get_untracked() };
            check_in(&studio, shell, doing, at_door, reason);
        })
    };
    // Enter confirms what is shown; at red it asks for the reason first.
    door.confirm.set_value(Some(Callback::new(move |()| {
        if answer.with_untracked(|a| a.light == Light::Red) {
            letting_in.set(true);
        } else {
            confirm.run(String::new());
        }
    })));
    let class = move || format!("answer answer--{}", answer_of(answer.with(|a| a.light)).class());
    let said = move || answer.with(|a| sentence(&for_said, &a.reason));
    let mark = move || format!("answer__said mark mark--{}", answer_of(answer.with(|a| a.light)).class());
    let photo = photo_signal(studio.clone(), member);
    let phone = move || phone_of(&studio, guest.member);
    view! {
        <section class=class data-testid="answer" data-light=move || answer_of(answer.with(|a| a.light)).class()>
            <Face name photo_url=photo size=FaceSize::Big />
            <div class="answer__body">
                <p class=mark>{said}</p>
                <p class="answer__who"><b data-testid="who">{name}</b> " " <span class="quiet">{phone}</span></p>
                <Before guest answer member />
                <Trouble doing />
            </div>
            <Acts guest answer doing letting_in on_check_in=move |()| confirm.run(String::new()) />
            <Aside door guest member />
        </section>
        <LetInDialog open=letting_in name on_let_in=confirm busy=doing.busy() />
    }
}

/// A photo that follows the member it belongs to.
fn photo_signal(studio: Studio, member: Memo<Option<Member>>) -> Signal<Option<String>> {
    // The photo of somebody who is shown does not change under the desk's eyes.
    match member.get_untracked() {
        Some(member) => photo_of(&studio, &member),
        None => Signal::stored(None),
    }
}

/// What is known when the desk confirms.
struct At {
    door: Door,
    guest: Guest,
    name: String,
    answer: DoorAnswer,
}

/// Gives the command, says it, and offers the way back.
fn check_in(studio: &Studio, shell: ShellState, doing: Doing, at: At, reason: String) {
    let At { door, guest, name, answer } = at;
    let seen = SeenAtDoor::from(&answer);
    let again = matches!(answer.reason, DoorReason::AlreadyIn { .. });
    let json = serde_json::to_string(&seen).unwrap_or_default();
    let command =
        CheckIn { member_id: guest.member, found: guest.found, card_id: guest.card.map(|(id, _)| id), seen };
    let for_undo = studio.clone();
    doing.run(
        studio,
        move |id| Order::new(id, &command, &LetIn { reason }).seen(json),
        move |done| {
            door.leave(guest);
            match visit_of(&done) {
                Some(visit) if !again => offer_undo(for_undo, shell, visit, name),
                _ => shell.say(t::scan_kept(name)),
            }
        },
    );
}

fn visit_of(done: &Done) -> Option<Visit> {
    let change = done.changes.iter().find(|change| change.kind == Visit::KIND)?;
    serde_json::from_str(change.body.as_deref()?).ok()
}

fn offer_undo(studio: Studio, shell: ShellState, visit: Visit, name: String) {
    let said = t::checked_in(&name);
    shell.say_undo(said, move || undo(&studio, shell, &visit, name.clone()));
}

/// Takes a check-in back.
pub(super) fn undo(studio: &Studio, shell: ShellState, visit: &Visit, name: String) {
    let command = UndoCheckIn { visit_id: visit.id, member_id: visit.member_id };
    let studio = studio.clone();
    leptos::task::spawn_local(async move {
        match studio.run(Order::new(studio.intent(), &command, &())).await {
            Ok(_) => shell.say(t::undone(name)),
            Err(error) => shell.say(crate::parts::refusals::say_run_error(&error)),
        }
    });
}

/// What it costs and what to know, before → after.
#[component]
fn Before(guest: Guest, answer: Memo<DoorAnswer>, member: Memo<Option<Member>>) -> impl IntoView {
    let studio = use_studio();
    let month = move || {
        let (before, after) = answer.with(|a| a.month);
        if before == after { t::no_change(before) } else { t::from_to(before, after) }
    };
    let counted = move || answer.with(|a| a.pass.as_ref().and_then(|p| p.visits));
    let (for_health, for_day) = (studio.clone(), studio);
    let note = move || {
        let health = for_health.live().get::<Health>(Health::id_of(guest.member))?;
        let all = [health.notes, health.allergies]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · ");
        (!all.is_empty()).then_some(all)
    };
    let birthday = move || member.with(|m| m.as_ref().is_some_and(|m| m.has_birthday_on(for_day.today())));
    view! {
        <Facts>
            <Fact name=t::month>{month}</Fact>
            {move || counted().map(|(before, after)| view! {
                <Fact name=t::left><span class="strong" data-testid="left">{t::from_to(before, after)}</span></Fact>
            })}
            {move || note().map(|note| view! { <Fact name=t::note>{note}</Fact> })}
            {move || birthday().then(|| view! { <Fact name=t::note>{t::birthday}</Fact> })}
        </Facts>
    }
}

/// One tap, and the one likely next action.
#[component]
fn Acts(
    guest: Guest,
    answer: Memo<DoorAnswer>,
    doing: Doing,
    letting_in: RwSignal<bool>,
    #[prop(into)] on_check_in: Callback<()>,
) -> impl IntoView {
    let studio = use_studio();
    let red = move || answer.with(|a| a.light == Light::Red);
    let again = move || answer.with(|a| matches!(a.reason, DoorReason::AlreadyIn { .. }));
    let first = move || {
        (!red()).then(|| {
            view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Large busy=doing.busy() on_press=on_check_in attr:data-testid="check-in">
                    {move || if again() { t::scan_again() } else { t::check_in() }}
                </Button>
            }
        })
    };
    let next = move || answer.with(|a| next_link(&studio, guest, a));
    let let_in = move || {
        red().then(|| view! { <Button size=ButtonSize::Large on_press=move |()| letting_in.set(true)>{t::let_in}</Button> })
    };
    view! { <div class="answer__acts">{first} {next} {let_in}</div> }
}

/// Where the next action happens.
fn next_link(studio: &Studio, guest: Guest, answer: &DoorAnswer) -> Option<AnyView> {
    let kind = if answer.light == Light::Red { ButtonKind::Primary } else { ButtonKind::Plain };
    let link = |href: String, label: String| {
        view! { <ButtonLink href kind size=ButtonSize::Large>{label}</ButtonLink> }.into_any()
    };
    let member = guest.member;
    match answer.next {
        Next::CheckIn => None,
        Next::Renew => {
            let plan =
                answer.about.and_then(|id| studio.live().get::<Pass>(id)).and_then(|pass| pass.plan_id);
            let price = on_sale(studio)
                .into_iter()
                .find(|r| Some(r.plan_id) == plan)
                .map(|r| money(studio, r.price.cents));
            let query = plan.map(|id| format!("?plan={id}")).unwrap_or_default();
            Some(link(
                format!("/sell/{member}{query}"),
                price.map_or_else(|| t::renew().to_owned(), t::renew_for),
            ))
        }
        Next::Sell => Some(link(format!("/sell/{member}"), t::sell().to_owned())),
        Next::TakePayment => {
            let owed = crate::parts::passes::owed_cents(studio, member);
            Some(link(format!("/pay/{member}"), t::take(money(studio, owed))))
        }
        Next::NewCard => Some(link(format!("/card/{member}"), t::new_card().to_owned())),
        Next::AskManager => Some(link(href(member), t::file().to_owned())),
    }
}

/// Why, everything else they hold, and what is wrong with the person.
#[component]
fn Aside(door: Door, guest: Guest, member: Memo<Option<Member>>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (for_why, for_held, for_press) = (studio.clone(), studio.clone(), studio);
    let why = move || member.get().map(|m| because(&explanation(&for_why, &m).because));
    let passes = move || {
        let held = held(&for_held, guest.member);
        held.iter().map(|h| view! { <li>{words(&for_held, h)}</li> }).collect_view()
    };
    let wrong = move |()| {
        let command = NotThePerson { member_id: guest.member, card_id: guest.card.map(|(id, _)| id) };
        doing.run(
            &for_press,
            move |id| Order::new(id, &command, &()),
            move |_| {
                door.leave(guest);
                shell.say(t::wrong_person_done());
            },
        );
    };
    view! {
        <div class="answer__aside">
            <details class="answer__why">
                <summary>{tr::common::why}</summary>
                <p>{why}</p>
                <ul class="answer__passes">{passes}</ul>
            </details>
            <Button kind=ButtonKind::Quiet busy=doing.busy() on_press=wrong>{t::wrong_person}</Button>
            <ButtonLink href=href(guest.member) kind=ButtonKind::Quiet>{t::file}</ButtonLink>
            <Button kind=ButtonKind::Quiet on_press=move |()| door.clear()>{t::close}</Button>
            <Trouble doing />
        </div>
    }
}

/// At red: why they are let in.
#[component]
fn LetInDialog(
    open: RwSignal<bool>,
    name: Signal<String>,
    on_let_in: Callback<String>,
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <Dialog title=move || t::let_in_title(name.get()) open>
            <LetInForm open on_let_in busy />
        </Dialog>
    }
}

#[component]
fn LetInForm(open: RwSignal<bool>, on_let_in: Callback<String>, busy: Signal<bool>) -> impl IntoView {
    let (reason, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let said = reason.with_untracked(|text| text.trim().to_owned());
        if !said.is_empty() {
            open.set(false);
            on_let_in.run(said);
        }
    };
    let error = move || {
        (tried.get() && reason.with(|text| text.trim().is_empty())).then(|| t::let_in_missing().to_owned())
    };
    let quick = move |label: fn() -> &'static str| view! { <Button size=ButtonSize::Small on_press=move |()| reason.set(label().to_owned())>{label}</Button> };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <TextField label=t::let_in_reason hint=t::let_in_hint value=reason need=Need::Required error
                length_max=u32::try_from(REASON_CHARS_MAX).unwrap_or(200) />
            <div class="cluster">{quick(t::let_in_pays)} {quick(t::let_in_machine)} {quick(t::let_in_guest)}</div>
            <Actions>
                <Button on_press=move |()| open.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::let_in}</Button>
            </Actions>
        </form>
    }
}
