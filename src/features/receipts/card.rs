//! A member's card: its face for the printer, its code for the door, and the end of it.

use leptos::prelude::*;
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::cards::{Card, CardState, face};

use super::end_card::CardActs;
use super::{member_param, name_of};
use crate::parts::members::href;
use crate::parts::passes::{active_card, card_word, cards_of};
use crate::parts::settings::studio_settings;
use crate::studio::use_studio;
use crate::tr::passes as t;
use crate::ui::{
    Answer, ButtonKind, ButtonLink, Empty, List, Mark, Page, PageHead, PageWidth, Paper, PrintButton,
    PrintFrame, QrCode, Row,
};

/// The screen.
#[component]
pub fn CardDesk() -> impl IntoView {
    let member = member_param();
    move || member.get().map(|member| view! { <OneCard member /> })
}

#[component]
fn OneCard(member: MemberId) -> impl IntoView {
    let studio = use_studio();
    let (for_card, for_all, for_name) = (studio.clone(), studio.clone(), studio);
    let card = Memo::new(move |_| active_card(&for_card, member));
    let dead = move || {
        cards_of(&for_all, member).into_iter().filter(|c| c.state != CardState::Active).collect::<Vec<_>>()
    };
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::card>
                <ButtonLink href=href(member) kind=ButtonKind::Quiet>{move || name_of(&for_name, member)}</ButtonLink>
            </PageHead>
            {move || match card.get() {
                Some(card) => view! { <CardFace card /> }.into_any(),
                None => view! { <Empty title=t::no_card /> }.into_any(),
            }}
            {move || view! { <CardActs member card=card.get() /> }}
            <List label=t::card>{move || dead().into_iter().map(|card| view! { <DeadCard card /> }).collect_view()}</List>
        </Page>
    }
}

/// The face, as printed.
#[component]
fn CardFace(card: Card) -> impl IntoView {
    let studio = use_studio();
    let me = studio.me_now();
    let number = card.number.clone();
    let printed = Signal::derive(move || {
        let name = studio_settings(&studio).map(|s| s.name).unwrap_or_default();
        me.as_ref().map(|me| face(&card, me.studio, &name, &name_of(&studio, card.member_id)))
    });
    let text = move |read: fn(&rollcall_domain::passes::cards::CardFace) -> String| {
        move || printed.with(|f| f.as_ref().map(read))
    };
    let data =
        Signal::derive(move || printed.with(|f| f.as_ref().map(|f| f.code.clone()).unwrap_or_default()));
    view! {
        <PrintFrame paper=Paper::Cards>
            <div class="card-face" data-testid="card-face">
                <div class="card-face__words">
                    <p class="card-face__studio">{text(|f| f.studio_name.clone())}</p>
                    <p class="card-face__name">{text(|f| f.member_name.clone())}</p>
                    <p class="card-face__number figures">{text(|f| f.number.clone())}</p>
                </div>
                <QrCode data label=move || t::code_of(&number) />
            </div>
        </PrintFrame>
        <div class="cluster only-screen"><PrintButton kind=ButtonKind::Primary /></div>
    }
}

#[component]
fn DeadCard(card: Card) -> impl IntoView {
    let state = card.state;
    view! {
        <Row after=view! { <Mark answer=Signal::stored(Answer::Stop) text=move || card_word(state) /> }.into_any()>
            <span class="figures">{card.number}</span>
        </Row>
    }
}
