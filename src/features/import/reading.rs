//! How the file is read, and what its rows would become: everything is seen before anything is written.

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::import::{BadRow, DateOrder, Delimiter, Encoding, OrderGuess};

use super::state::{Wizard, count};
use super::words;
use crate::fmt;
use crate::tr;
use crate::tr::import as t;
use crate::ui::{Answer, Banner, Checkbox, Choice, FieldGroup, Mark, RadioGroup, RadioLook, Section, Select};

/// Bad rows shown before the rest is only counted.
const BAD_MAX: usize = 100;
/// 3 February 2026: as a date whose order shows.
const EXAMPLE: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 2, 3);

/// Encoding, delimiter, date order, section.
#[component]
pub fn HowItIsRead(wizard: Wizard) -> impl IntoView {
    let encodings = Encoding::ALL.map(|e| Choice::new(e, move || words::encoding(e))).to_vec();
    let delimiters = Delimiter::ALL.map(|d| Choice::new(d, move || words::delimiter(d))).to_vec();
    let guess = move || {
        wizard.encoding_is_a_guess().then(|| view! { <Banner answer=Answer::Warn text=t::encoding_guess /> })
    };
    view! {
        <Section title=t::how>
            <p class="quiet">{t::how_note}</p>
            {guess}
            <div class="form">
                <div class="group">
                    <Select label=t::encoding value=wizard.encoding choices=encodings />
                    <Select label=t::delimiter value=wizard.delimiter choices=delimiters />
                </div>
                <Show when=move || wizard.order_guess.get() == OrderGuess::Ambiguous><AskOrder wizard /></Show>
                <FieldGroup title=t::sections>
                    <Checkbox label=tr::studio::indoor value=wizard.indoor />
                    <Checkbox label=tr::studio::outdoor value=wizard.outdoor />
                </FieldGroup>
            </div>
        </Section>
    }
}

/// Asked only when every date fits both orders.
#[component]
fn AskOrder(wizard: Wizard) -> impl IntoView {
    let day = move |month_first: bool| {
        let (d, m) = if month_first { (2, 3) } else { (3, 2) };
        NaiveDate::from_ymd_opt(2026, m, d).or(EXAMPLE).map(fmt::day_long).unwrap_or_default()
    };
    let choices = vec![
        Choice::new(DateOrder::DayFirst, move || t::order_day(day(false))),
        Choice::new(DateOrder::MonthFirst, move || t::order_month(day(true))),
    ];
    let error = move || wizard.order.get().is_none().then(|| t::order_ask().to_owned());
    view! { <RadioGroup label=move || t::order("03/02/2026") value=wizard.order choices look=RadioLook::List error /> }
}

/// How many rows are ready, and a reason for each that is not.
#[component]
pub fn Rows(wizard: Wizard) -> impl IntoView {
    let bad = Memo::new(move |_| {
        wizard.preview.with(|preview| preview.as_ref().map(|p| p.bad.clone()).unwrap_or_default())
    });
    let bad_count = move || bad.with(|bad| count(bad.len()));
    let some = move || bad.with(|bad| bad.iter().take(BAD_MAX).cloned().collect::<Vec<_>>());
    let more = move || bad_count().saturating_sub(count(BAD_MAX));
    view! {
        <Show when=move || wizard.preview.with(Option::is_some)>
            <Section title=t::preview>
                <Show when=move || { wizard.ready() + bad_count() > 0 } fallback=|| view! { <p data-testid="bad"><Mark answer=Answer::Warn text=t::no_rows /></p> }>
                    <p data-testid="ready"><Mark answer=Answer::Ok text=move || t::ready(wizard.ready()) /></p>
                    <p class="quiet" hidden=move || { bad_count() > 0 }>{t::bad_none}</p>
                </Show>
                <Show when=move || { bad_count() > 0 }>
                    <p data-testid="bad"><Mark answer=Answer::Warn text=move || t::bad(bad_count()) /></p>
                    <ul class="list">
                        <For each=some key=|row| row.line children=|row| view! { <Bad row /> } />
                    </ul>
                    {move || (more() > 0).then(|| view! { <p class="quiet">{move || t::bad_more(more())}</p> })}
                    <p class="quiet">{t::bad_note}</p>
                </Show>
            </Section>
        </Show>
    }
}

#[component]
fn Bad(row: BadRow) -> impl IntoView {
    let (line, name) = (row.line, row.name.clone());
    let row = StoredValue::new(row);
    let reasons =
        move || row.with_value(|row| row.problems.iter().map(words::problem).collect::<Vec<_>>().join("; "));
    view! { <li class="row"><div class="row__words"><b>{move || t::line(line)} " " {name}</b> <small>{reasons}</small></div></li> }
}
