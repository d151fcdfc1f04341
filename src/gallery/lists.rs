//! Rows, a list of 50,000, and a table.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::fields::LONG_NAME;
use crate::fmt;
use crate::tr::gallery as t;
use crate::ui::{Answer, Column, Face, List, Mark, Row, Section, Table, VirtualList};

/// Enough to see whether anything slows down.
const MANY: u32 = 50_000;

#[derive(Debug, Clone)]
struct Someone {
    id: u32,
    name: String,
    answer: Answer,
}

fn someone(id: u32) -> Someone {
    let names = ["Lin Yue 林越", "Zhang Jiamin 张嘉敏", "He Jing 何静", "Ma Wei 马维", LONG_NAME];
    let answers = [Answer::Ok, Answer::Ok, Answer::Warn, Answer::Stop];
    let at = usize::try_from(id).unwrap_or(0);
    Someone { id, name: format!("{} {id}", names[at % names.len()]), answer: answers[at % answers.len()] }
}

fn status(answer: Answer) -> &'static str {
    match answer {
        Answer::Ok => t::active(),
        Answer::Warn => t::expiring(),
        Answer::Stop => t::expired(),
        Answer::Plain => t::applicant(),
    }
}

fn inside(one: Someone) -> AnyView {
    let day = NaiveDate::from_ymd_opt(2027, 3, 3).unwrap_or_default();
    let answer = one.answer;
    view! {
        <Face name=one.name.clone() />
        <div class="row__words">
            <b class="cut">{one.name}</b>
            <small class="cut">{move || t::annual_to(fmt::day(day))}</small>
        </div>
        <div class="row__after"><Mark answer text=move || status(answer) /></div>
    }
    .into_any()
}

#[component]
pub fn Lists() -> impl IntoView {
    let all = RwSignal::new((1..=MANY).map(someone).collect::<Vec<_>>());
    let open = RwSignal::new(Some(2));
    view! {
        <Section title=t::lists>
            <div class="stack stack--wide">
                <List label=t::members>
                    {(1..4).map(someone).map(|one| view! {
                        <Row
                            before=view! { <Face name=one.name.clone() /> }.into_any()
                            after=view! { <Mark answer=one.answer text=move || status(one.answer) /> }.into_any()
                        >
                            <b>{one.name}</b>
                            <small>{t::plan_year_note}</small>
                        </Row>
                    }).collect_view()}
                </List>
                <div class="gallery__list">
                    <VirtualList label=t::members items=all key=|one: &Someone| one.id view=inside
                        on_open=move |one: Someone| open.set(Some(one.id)) selected=open />
                </div>
                <Payments />
            </div>
        </Section>
    }
}

#[component]
fn Payments() -> impl IntoView {
    let head = vec![Column::words(t::receipt), Column::words(t::came), Column::figures(t::amount)];
    let row = |at: i64| {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
        view! {
            <tr>
                <td>{format!("A7-009{at}")}</td>
                <td>{move || fmt::day(day)}</td>
                <td class="figures">{move || fmt::money(at * 60_050, "CNY", 2)}</td>
            </tr>
        }
    };
    view! { <Table caption=t::receipt head>{(1..4).map(row).collect_view()}</Table> }
}
