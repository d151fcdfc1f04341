//! A card is lost, handed in or unusable; perhaps a new one is handed out in the same step. Or a first one.

use leptos::prelude::*;
use rollcall_domain::kernel::Number;
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::cards::{Card, CardEnd, EndCard, IssueCard, NewCard};

use crate::parts::doing::{Doing, Trouble};
use crate::shell::use_shell;
use crate::studio::{Numbers, Order, use_studio};
use crate::tr;
use crate::tr::passes as t;
use crate::ui::{Actions, Button, ButtonKind, ButtonRole, Checkbox, Choice, Dialog, RadioGroup, RadioLook};

/// What can be done with the card, or with having none.
#[component]
pub(super) fn CardActs(member: MemberId, card: Option<Card>) -> impl IntoView {
    let studio = use_studio();
    let (open, doing) = (RwSignal::new(false), Doing::new(&studio));
    let issue = move |()| {
        let make = move |id| {
            Order::numbered(id, &["card"], move |numbers| {
                (IssueCard { member_id: member, card: next_card(numbers) }, ())
            })
        };
        doing.run(&studio, make, |_| ());
    };
    match card {
        Some(card) => {
            let number = card.number.clone();
            let card = StoredValue::new(card);
            view! {
                <div class="cluster only-screen"><Button on_press=move |()| open.set(true)>{t::card_end}</Button></div>
                <Dialog title=move || t::card_end_title(&number) open><Form card=card.get_value() open /></Dialog>
            }
            .into_any()
        }
        None => view! {
            <div class="cluster"><Button kind=ButtonKind::Primary busy=doing.busy() on_press=issue>{t::card_new}</Button></div>
            <Trouble doing />
        }
        .into_any(),
    }
}

fn next_card(numbers: &Numbers) -> NewCard {
    let taken = numbers.get("card");
    NewCard::Counted(Number { series: taken.series, n: taken.n })
}

#[component]
fn Form(card: Card, open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (why, new_card) = (RwSignal::new(Some(CardEnd::Lost)), RwSignal::new(true));
    let reasons = vec![
        Choice::new(CardEnd::Lost, t::card_end_lost),
        Choice::new(CardEnd::Replaced, t::card_end_replaced),
        Choice::new(CardEnd::Spoiled, t::card_end_spoiled),
    ];
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(why) = why.get_untracked() else { return };
        let (card_id, member_id, number, with_new) =
            (card.id, card.member_id, card.number.clone(), new_card.get_untracked());
        let make = move |id| {
            let counters: &[&'static str] = if with_new { &["card"] } else { &[] };
            Order::numbered(id, counters, move |numbers| {
                (EndCard { card_id, member_id, why, new_card: with_new.then(|| next_card(numbers)) }, ())
            })
        };
        doing.run(&studio, make, move |_| {
            open.try_set(false);
            shell.say(t::card_ended(number));
        });
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p>{t::card_end_lead}</p>
            <RadioGroup label=t::card_end value=why choices=reasons look=RadioLook::List />
            <Checkbox label=t::card_end_new value=new_card />
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| open.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Stop role=ButtonRole::Submit busy=doing.busy()>{t::card_end_do}</Button>
            </Actions>
        </form>
    }
}
