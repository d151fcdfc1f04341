//! The door: a field that always has the focus, an answer that fills half the screen, and who came in last.

mod answer;
mod arrivals;
mod field;
mod file;
mod state;
mod telling;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rollcall_domain::attendance::Found;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::members::{Member, MemberId};

use crate::parts::members::phone_of;
use crate::studio::use_studio;
use crate::tr::attendance as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, ButtonLink, Face, List, Page, PageHead, Row};

pub use file::FILE;
pub use telling::TELLING;

use answer::AnswerCard;
use arrivals::Arrivals;
use field::ScanField;
use state::{Door, Guest, Problem, Shown};

/// The screen.
#[component]
pub fn CheckInDesk() -> impl IntoView {
    let door = Door::new();
    // Sent here with somebody in the address: from the end of a sale, or from a file.
    let asked = use_query_map();
    Effect::new(move |_| {
        if let Some(member) = asked.with(|q| q.get("member")).and_then(|text| text.parse::<Id>().ok()) {
            door.show(Shown::Person(Guest { member: MemberId(member), card: None, found: Found::Search }));
        }
    });
    view! {
        <Page>
            <PageHead title=t::title>
                <ButtonLink href="/settings/self-check-in" kind=ButtonKind::Quiet>{crate::tr::kiosk::offer}</ButtonLink>
            </PageHead>
            <div class="door">
                <ScanField door />
                <div class="door__answer" aria-live="assertive">{move || door.shown.get().map(|shown| show(door, shown))}</div>
                <Arrivals />
            </div>
        </Page>
    }
}

fn show(door: Door, shown: Shown) -> AnyView {
    match shown {
        Shown::Person(guest) => view! { <AnswerCard door guest /> }.into_any(),
        Shown::Several(guests) => view! { <WhoIsIt door guests /> }.into_any(),
        Shown::Problem(problem) => view! { <Trouble problem /> }.into_any(),
    }
}

/// Several cards carry the number: whose is it?
#[component]
fn WhoIsIt(door: Door, guests: Vec<Guest>) -> impl IntoView {
    let studio = use_studio();
    let row = |guest: Guest| {
        let member = studio.live().get::<Member>(guest.member);
        let name = member.map(|m| m.name).unwrap_or_default();
        let face = name.clone();
        let phone = phone_of(&studio, guest.member);
        let pick = move |()| door.show(Shown::Person(guest));
        view! {
            <Row
                before=view! { <Face name=Signal::stored(face) /> }.into_any()
                after=view! { <Button on_press=pick>{crate::tr::common::yes}</Button> }.into_any()
            >
                <b>{name}</b>
                <small>{phone}</small>
            </Row>
        }
    };
    let rows = guests.into_iter().map(row).collect_view();
    view! { <section class="answer answer--plain"><p class="answer__said">{t::code_shared}</p> <List label=t::who_is_it>{rows}</List></section> }
}

/// Why nobody was found, and what to do about it.
#[component]
fn Trouble(problem: Problem) -> impl IntoView {
    let can_enrol = matches!(problem, Problem::Nobody(_));
    let said = move || match &problem {
        Problem::Foreign => t::code_foreign().to_owned(),
        Problem::UnknownCard(number) => t::code_unknown(number),
        Problem::Mistyped(number) => t::code_mistyped(number),
        Problem::Nobody(text) => t::nobody(text),
    };
    view! {
        <Banner answer=Answer::Warn text=said>
            {can_enrol.then(|| view! { <ButtonLink href="/members/new">{t::enrol}</ButtonLink> })}
        </Banner>
    }
}
