//! How it is paid: one press in the usual case, several amounts in the others.

use leptos::prelude::*;
use rollcall_domain::payments::TenderKind;

use super::state::Counter;
use crate::parts::purse::PurseNote;
use crate::parts::settings::{currency, money};
use crate::parts::tenders::tender_word;
use crate::studio::use_studio;
use crate::tr::passes as t;
use crate::ui::{Answer, Choice, Mark, MoneyField, RadioGroup, RadioLook, Toggle};

/// The ways to pay, and what is left or goes back.
#[component]
pub(super) fn Paying(counter: Counter) -> impl IntoView {
    let choices = Signal::derive(move || {
        kinds(counter).into_iter().map(|kind| choice(counter, kind)).collect::<Vec<_>>()
    });
    let (has_price, has_cash) = (move || counter.price_cents() > 0, move || counter.cash_cents() > 0);
    view! {
        <Show when=has_price>
            <Show when=move || !counter.split.get()>
                <RadioGroup label=t::paid_with value=counter.tender choices look=RadioLook::Segments />
            </Show>
            <Show when=move || counter.split.get()><Split counter /></Show>
            <Toggle label=t::split value=counter.split />
            <Show when=has_cash><Given counter /></Show>
            <PurseNote purse=counter.purse cents=Signal::derive(move || counter.spend_cents()) />
            <Rest counter />
        </Show>
    }
}

/// Prepaid money is offered only where there is some.
fn kinds(counter: Counter) -> Vec<TenderKind> {
    let purse = counter.purse.there().cents() > 0;
    TenderKind::ALL.into_iter().filter(|kind| *kind != TenderKind::StoredValue || purse).collect()
}

/// It stays in sight where it cannot be spent now: what stands in the way is said below.
fn choice(counter: Counter, kind: TenderKind) -> Choice<TenderKind> {
    let choice = Choice::new(kind, move || tender_word(kind));
    let shut = kind == TenderKind::StoredValue && counter.purse.most_cents() <= 0;
    if shut { choice.shut() } else { choice }
}

/// An amount for each way.
#[component]
fn Split(counter: Counter) -> impl IntoView {
    let studio = use_studio();
    let currency = untrack(|| currency(&studio));
    let field = move |(kind, amount): (TenderKind, RwSignal<Option<i64>>)| {
        let hidden = kind == TenderKind::StoredValue && untrack(|| counter.purse.most_cents()) <= 0;
        (!hidden).then(|| {
            view! {
                <MoneyField label=move || tender_word(kind) value=amount currency=Signal::stored(currency.code().to_owned())
                    exponent=Signal::stored(currency.exponent()) />
            }
        })
    };
    let fields = counter
        .amounts
        .with_value(|all| TenderKind::ALL.into_iter().zip(all.iter().copied()).map(field).collect_view());
    view! { <div class="group">{fields}</div> }
}

/// Cash handed over, and the change.
#[component]
fn Given(counter: Counter) -> impl IntoView {
    let studio = use_studio();
    let currency = untrack(|| currency(&studio));
    let error =
        move || counter.change_cents().filter(|change| *change < 0).map(|_| t::given_short().to_owned());
    let change = move || {
        counter.change_cents().filter(|change| *change > 0).map(|change| t::change(money(&studio, change)))
    };
    view! {
        <MoneyField label=t::given value=counter.given currency=Signal::stored(currency.code().to_owned())
            exponent=Signal::stored(currency.exponent()) error />
        <p class="strong" data-testid="change" role="status">{change}</p>
    }
}

/// What stays owed, or what is wrong.
#[component]
fn Rest(counter: Counter) -> impl IntoView {
    let studio = use_studio();
    let rest = move || match counter.rest_cents() {
        0 => None,
        rest if rest > 0 => Some((Answer::Warn, t::rest(money(&studio, rest)))),
        over => Some((Answer::Stop, t::over(money(&studio, -over)))),
    };
    move || rest().map(|(answer, text)| view! { <Mark answer=Signal::stored(answer) text /> })
}
