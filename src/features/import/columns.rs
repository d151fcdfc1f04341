//! The columns of the file, each with an example and what it means; a guess that anybody can correct.

use leptos::prelude::*;
use rollcall_domain::import::Column;

use super::state::Wizard;
use super::words;
use crate::tr::import as t;
use crate::ui::{Answer, Banner, Section, Table};

/// Examples shown of each column.
const EXAMPLES: usize = 3;

/// One column of the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Shown {
    at: usize,
    name: String,
    examples: String,
}

/// The table of columns.
#[component]
pub fn Columns(wizard: Wizard) -> impl IntoView {
    let shown = Memo::new(move |_| {
        wizard
            .table
            .with(|table| table.as_ref().and_then(|t| t.as_ref().ok()).map(columns).unwrap_or_default())
    });
    let head = vec![
        crate::ui::Column::words(t::column_file),
        crate::ui::Column::words(t::column_example),
        crate::ui::Column::words(t::column_means),
    ];
    let unnamed = move || wizard.mapping.with(|mapping| !mapping.names_people());
    view! {
        <Section title=t::columns>
            <p class="quiet">{t::columns_note}</p>
            {move || unnamed().then(|| view! { <Banner answer=Answer::Warn text=t::no_names /> })}
            <Table caption=t::columns head>
                <For each=move || shown.get() key=|column| column.clone() children=move |column| view! { <ColumnRow column wizard /> } />
            </Table>
        </Section>
    }
}

fn columns(table: &rollcall_domain::import::Table) -> Vec<Shown> {
    let examples = |at: usize| {
        let cells = table.rows.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty());
        cells.take(EXAMPLES).cloned().collect::<Vec<_>>().join(" · ")
    };
    table
        .header
        .iter()
        .enumerate()
        .map(|(at, name)| Shown { at, name: name.clone(), examples: examples(at) })
        .collect()
}

#[component]
fn ColumnRow(column: Shown, wizard: Wizard) -> impl IntoView {
    let Shown { at, name, examples } = column;
    let chosen = move || wizard.mapping.with(|mapping| mapping.0.get(at).copied().flatten());
    let place = move |column: Option<Column>| {
        column
            .and_then(|c| Column::ALL.iter().position(|x| *x == c))
            .map_or_else(String::new, |p| p.to_string())
    };
    let change = move |value: String| {
        let column = value.parse::<usize>().ok().and_then(|place| Column::ALL.get(place).copied());
        wizard.name_column(at, column);
    };
    let option = move |(index, column): (usize, Column)| {
        view! { <option value=index.to_string() selected=move || chosen() == Some(column)>{move || words::column(column)}</option> }
    };
    let label = name.clone();
    view! {
        <tr>
            <td>{name}</td>
            <td><small class="quiet">{examples}</small></td>
            <td>
                <div class="select">
                <select class="input input--select" aria-label=move || t::column_of(&label) prop:value=move || place(chosen())
                    on:change:target=move |event| change(event.target().value())>
                    <option value="" selected=move || chosen().is_none()>{t::column_leave}</option>
                    {Column::ALL.into_iter().enumerate().map(option).collect_view()}
                </select>
                </div>
            </td>
        </tr>
    }
}
