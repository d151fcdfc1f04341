//! A receipt as it lies on paper: 80 mm or A5, black on white.

use leptos::prelude::*;
use rollcall_domain::payments::{LineOf, Receipt, ReceiptLine};

use crate::fmt;
use crate::parts::passes::name_or_plain;
use crate::parts::tenders::tender_word;
use crate::shell::use_shell;
use crate::tr::payments as t;
use crate::ui::{Paper, PrintFrame};

/// The paper.
#[component]
pub(super) fn ReceiptPaper(paper: Paper, printed: Signal<Receipt>, void: bool) -> impl IntoView {
    view! {
        <PrintFrame paper>
            <div class="receipt" data-testid="receipt">
                <Head printed />
                {move || printed.with(lines)}
                {move || printed.with(sums)}
                <Foot printed void />
            </div>
        </PrintFrame>
    }
}

#[component]
fn Head(printed: Signal<Receipt>) -> impl IntoView {
    let zone = use_shell().zone;
    let title = move || if printed.with(|r| r.reverses.is_some()) { t::reversal() } else { t::receipt() };
    view! {
        <header class="receipt__head">
            <p class="receipt__studio">{move || printed.with(|r| r.studio_name.clone())}</p>
            <p class="receipt__title">{title} " " <span class="figures">{move || printed.with(|r| r.label.clone())}</span></p>
        </header>
        <dl class="receipt__facts">
            <dt>{t::date}</dt><dd>{move || zone.with(|zone| fmt::moment(printed.with(|r| r.at.0), zone))}</dd>
            <dt>{t::for_whom}</dt><dd>{move || printed.with(|r| r.member_name.clone())}</dd>
            <dt>{t::by}</dt><dd>{move || printed.with(|r| r.by_name.clone())}</dd>
        </dl>
    }
}

fn amount(receipt: &Receipt, cents: i64) -> String {
    fmt::money_exact(cents, receipt.currency.code(), receipt.currency.exponent())
}

fn lines(receipt: &Receipt) -> impl IntoView + use<> {
    let line = |line: &ReceiptLine| {
        let name = match line.of {
            LineOf::Pass { .. } => name_or_plain(&line.name),
            LineOf::Owed => t::owed_line().to_owned(),
        };
        let valid = match (line.of, line.valid) {
            (LineOf::Owed, _) => None,
            (_, Some((from, Some(until)))) => Some(t::valid(fmt::day(from), fmt::day(until))),
            (_, Some((from, None))) => Some(t::valid_from(fmt::day(from))),
            (_, None) => Some(t::valid_first_use().to_owned()),
        };
        view! {
            <tr>
                <td>{name} " " {valid.map(|valid| view! { <small>{valid}</small> })}</td>
                <td class="figures">{amount(receipt, line.price_cents)}</td>
            </tr>
        }
    };
    let rows = receipt.lines.iter().map(line).collect_view();
    view! { <table class="receipt__lines"><tbody>{rows}</tbody></table> }
}

fn sums(receipt: &Receipt) -> impl IntoView + use<> {
    let row = |name: &'static str, cents: i64| view! { <dt>{name}</dt><dd class="figures">{amount(receipt, cents)}</dd> };
    let tenders = receipt
        .tenders
        .iter()
        .map(|tender| row(tender_word(tender.kind), tender.amount_cents))
        .collect_view();
    let given = receipt.given.map(|(given, change)| (row(t::given(), given), row(t::change(), change)));
    let owed = (receipt.owed_cents != 0).then(|| row(t::owed(), receipt.owed_cents));
    view! {
        <dl class="receipt__sums">
            <dt class="receipt__total">{t::total()}</dt><dd class="figures receipt__total">{amount(receipt, receipt.total_cents)}</dd>
            {tenders} {given} {owed}
        </dl>
    }
}

#[component]
fn Foot(printed: Signal<Receipt>, void: bool) -> impl IntoView {
    let reverses = move || printed.with(|r| r.reverses.clone());
    let reversed_by = move || printed.with(|r| r.reversed_by.clone());
    view! {
        <footer class="receipt__foot">
            {void.then(|| view! { <p>{t::void}</p> })}
            {move || reverses().map(|(label, reason)| view! {
                <p>{t::reverses(label)}</p>
                {(!reason.is_empty()).then(|| view! { <p>{t::reason(reason)}</p> })}
            })}
            {move || reversed_by().map(|label| view! { <p class="strong">{t::reversed_by(label)}</p> })}
            <p>{t::thanks}</p>
        </footer>
    }
}
