//! What selling adds to a member's file: the buttons, and what was bought in the history.

use leptos::prelude::*;
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::{MEMBER_KEY, Origin, Pass};

use crate::parts::member_file::{FileParts, HistoryLine};
use crate::parts::members::kept;
use crate::parts::passes::{active_card, name_or_plain};
use crate::parts::settings::money;
use crate::studio::{Studio, use_studio};
use crate::tr::passes as t;
use crate::ui::{ButtonKind, ButtonLink, Section};

/// The slice's part of the file.
pub static FILE: FileParts =
    FileParts { panel: Some(panel), history: Some(history), filters: &[("passes", t::filter)] };

fn panel(member: MemberId) -> AnyView {
    let studio = use_studio();
    let card =
        move || active_card(&studio, member).map_or_else(|| t::no_card().to_owned(), |card| card.number);
    view! {
        <Section title=t::card>
            <div class="cluster">
                <ButtonLink href=format!("/sell/{member}") kind=ButtonKind::Primary>{t::sell}</ButtonLink>
                <ButtonLink href=format!("/card/{member}")>{t::show_card}</ButtonLink>
                <span class="quiet figures">{card}</span>
            </div>
        </Section>
    }
    .into_any()
}

fn history(member: MemberId) -> Signal<Option<Vec<HistoryLine>>> {
    let studio = use_studio();
    Signal::derive(move || {
        let passes = kept::<Pass>(&studio, member, MEMBER_KEY);
        Some(passes.iter().flat_map(|pass| lines(&studio, pass)).collect())
    })
}

fn lines(studio: &Studio, pass: &Pass) -> Vec<HistoryLine> {
    let href = pass.payment_id.map(|id| format!("/receipts/{id}"));
    let line = |at, text| HistoryLine { at, text, filter: "passes", href: href.clone() };
    let name = name_or_plain(&pass.name);
    let first = match pass.origin {
        Origin::Sold => t::history_sold(&name, money(studio, pass.price.cents)),
        Origin::Imported => t::history_imported(&name),
    };
    let reversed = pass.reversed_at.map(|at| line(at, t::history_reversed(&name)));
    std::iter::once(line(pass.sold_at, first)).chain(reversed).collect()
}
