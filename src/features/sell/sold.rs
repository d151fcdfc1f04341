//! The end of a sale: what they have now, the receipt, the card with its code, and the door.

use leptos::prelude::*;
use rollcall_domain::passes::cards;

use super::state::Sold;
use crate::parts::members::person;
use crate::parts::passes::{held, words};
use crate::studio::use_studio;
use crate::tr::passes as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, ButtonLink, ButtonSize, Mark, QrCode};

/// The panel.
#[component]
pub(super) fn SoldPanel(done: Sold, #[prop(into)] on_again: Callback<()>) -> impl IntoView {
    let studio = use_studio();
    let Sold { member, pass, payment, card, odd } = done;
    let pass_id = pass.map(|p| p.id);
    let (for_words, for_name) = (studio.clone(), studio.clone());
    let said = move || {
        let holding = held(&for_words, member).into_iter().find(|h| Some(h.pass.id) == pass_id);
        let name = person(&for_name, member).map(|m| m.name).unwrap_or_default();
        t::sold_note(holding.map(|h| words(&for_words, &h)).unwrap_or_default(), name)
    };
    let receipt = payment.map(|p| {
        let label = p.label();
        view! { <ButtonLink href=format!("/receipts/{}", p.id) size=ButtonSize::Large>{move || t::open_receipt(&label)}</ButtonLink> }
    });
    let shown = card.zip(studio.me_now()).map(|(card, me)| {
        let (number, data) = (card.number.clone(), cards::code(me.studio, &card.number));
        view! {
            <div class="sold__card">
                <QrCode data=Signal::stored(data) label=move || t::code_of(&card.number) />
                <p class="figures strong" data-testid="card-number">{number}</p>
                <ButtonLink href=format!("/card/{member}") kind=ButtonKind::Quiet>{t::print_card}</ButtonLink>
            </div>
        }
    });
    view! {
        <div class="sold" data-testid="sold">
            <div class="stack">
                <h2 class="sold__said"><Mark answer=Signal::stored(Answer::Ok) text=t::sold /></h2>
                <p>{said}</p>
                {odd.then(|| view! { <Banner answer=Answer::Warn text=t::sold_odd /> })}
                <div class="cluster">
                    <ButtonLink href=format!("/check-in?member={member}") kind=ButtonKind::Primary size=ButtonSize::Large>{t::check_in_now}</ButtonLink>
                    {receipt}
                    <Button kind=ButtonKind::Quiet on_press=on_again>{t::another}</Button>
                </div>
            </div>
            {shown}
        </div>
    }
}
