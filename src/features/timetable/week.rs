//! The grid of a week for a tablet, and one day of it for a phone. The style decides which of the two is there.

use chrono::NaiveDate;
use leptos::html;
use leptos::prelude::*;
use rollcall_domain::classes::ChangeSession;

use super::drag::Drag;
use super::may;
use super::state::{InHand, Shown, days, hours};
use crate::fmt;
use crate::parts::session::{session_brief, session_lacks};
use crate::studio::use_studio;
use crate::tr::classes as t;
use crate::ui::{gradual_rows, gradually, time_text};

/// The week.
#[component]
pub(super) fn Week(in_hand: InHand, shown: Memo<Vec<Shown>>) -> impl IntoView {
    view! {
        <Grid in_hand shown />
        <OneDay in_hand shown />
    }
}

/// Columns by day, blocks by hour.
#[component]
fn Grid(in_hand: InHand, shown: Memo<Vec<Shown>>) -> impl IntoView {
    let studio = use_studio();
    let node = NodeRef::<html::Div>::new();
    let span = Memo::new(move |_| shown.with(|all| hours(all)));
    Effect::new(move |_| {
        let (first, last) = span.get();
        if let Some(grid) = node.get() {
            let style = web_sys::HtmlElement::style(&grid);
            // The style sheet has a rule for a property that a browser refuses.
            let _ = style.set_property("--first", &(first * 60).to_string());
            let _ = style.set_property("--hours", &(last - first).to_string());
        }
    });
    let drag = Drag::new(in_hand, node, may::<ChangeSession>(&studio));
    let marks = move || {
        let (first, last) = span.get();
        (first..last)
            .map(|hour| view! { <span class="week__hour">{time_text(hour * 60)}</span> })
            .collect_view()
    };
    let heads = move || {
        let today = studio.today();
        let head = |day: NaiveDate| {
            let current = (day == today).then_some("date");
            view! { <div class="week__day" aria-current=current><b>{move || fmt::weekday(day)}</b> <span>{move || fmt::day_short(day)}</span></div> }
        };
        days(in_hand.first.get()).map(head).collect_view()
    };
    let longest = Memo::new(move |_| {
        let of_day = |day| shown.with(|all| all.iter().filter(|one| one.session.on == day).count());
        days(in_hand.first.get()).map(of_day).into_iter().max().unwrap_or(0)
    });
    let drawn = gradually::<NaiveDate>(in_hand.first.into(), longest.into());
    let columns = move || {
        days(in_hand.first.get()).map(|day| view! { <Column day in_hand shown drawn drag /> }).collect_view()
    };
    view! {
        <div class="week" role="region" aria-label=t::which_week tabindex="0" node_ref=node>
            <div class="week__heads">{heads}</div>
            <div class="week__body">
                <div class="week__hours" aria-hidden="true">{marks}</div>
                {columns}
            </div>
        </div>
    }
}

/// A day, so many of its sessions as are drawn by now.
#[component]
fn Column(
    day: NaiveDate,
    in_hand: InHand,
    shown: Memo<Vec<Shown>>,
    drawn: Memo<usize>,
    drag: Drag,
) -> impl IntoView {
    let of_day = Memo::new(move |_| {
        shown.with(|all| all.iter().filter(|one| one.session.on == day).cloned().collect::<Vec<_>>())
    });
    view! {
        <ul class="week__column" aria-label=move || fmt::day_heading(day)>
            <For
                each=move || of_day.with(|all| all.iter().take(drawn.get()).cloned().collect::<Vec<_>>())
                key=|one| (one.session.key, one.session.starts_at, one.session.terms.length_minutes, one.lane)
                children=move |one| view! { <li><Block key=one.session.key of_day in_hand drag first=one /></li> }
            />
        </ul>
    }
}

/// One session. It follows its words; where it lies is given by its key in the list.
#[component]
fn Block(
    key: rollcall_domain::classes::SessionKey,
    of_day: Memo<Vec<Shown>>,
    in_hand: InHand,
    drag: Drag,
    first: Shown,
) -> impl IntoView {
    let node = NodeRef::<html::Button>::new();
    let placed = first.clone();
    Effect::new(move |_| {
        let Some(block) = node.get() else { return };
        let style = web_sys::HtmlElement::style(&block);
        let figures = [
            ("--from", placed.session.terms.start_minute.to_string()),
            ("--length", placed.session.terms.length_minutes.to_string()),
            ("--lane", placed.lane.0.to_string()),
            ("--lanes", placed.lane.1.to_string()),
        ];
        for (name, value) in figures {
            let _ = style.set_property(name, &value);
        }
    });
    let now = Memo::new(move |_| {
        of_day
            .with(|all| all.iter().find(|one| one.session.key == key).cloned())
            .unwrap_or_else(|| first.clone())
    });
    let class = move || now.with(|one| format!("block block--{}", one.colour));
    let press = move |_| {
        if !drag.just_dropped() {
            in_hand.session.set(Some(key));
        }
    };
    view! {
        <button
            type="button"
            node_ref=node
            class=class
            class:block--off=move || now.with(|one| one.off.is_some())
            class:block--clash=move || now.with(|one| one.clash.is_some())
            aria-pressed=move || (in_hand.session.get() == Some(key)).to_string()
            on:click=press
            on:pointerdown=move |event| drag.begin(&event, &now.get_untracked().session)
        >
            <Words now />
        </button>
    }
}

/// What stands in a block or a row.
#[component]
fn Words(now: Memo<Shown>) -> impl IntoView {
    let studio = use_studio();
    let for_word = studio.clone();
    let note = move || {
        now.with(|one| {
            let who = Some(one.coaches.clone()).filter(|who| !who.is_empty());
            let brief = session_brief(&studio, one.session.key);
            let parts: Vec<String> = brief.into_iter().chain(who).chain(one.place.clone()).collect();
            parts.join(" · ")
        })
    };
    let word = move || {
        now.with(|one| {
            one.off.clone().or_else(|| one.clash.clone()).or_else(|| session_lacks(&for_word, &one.session))
        })
    };
    view! {
        <span class="block__time">{move || now.with(|one| time_text(one.session.terms.start_minute))}</span>
        <b class="block__title">{move || now.with(|one| one.title.clone())}</b>
        // What is wrong stands before what is usual: a short block has no room for all of it.
        {move || word().map(|word| view! { <small class="block__word">{word}</small> })}
        <small class="block__note">{note}</small>
    }
}

/// The days as buttons, and the sessions of one of them as rows.
#[component]
fn OneDay(in_hand: InHand, shown: Memo<Vec<Shown>>) -> impl IntoView {
    let studio = use_studio();
    let strip = move || {
        let today = studio.today();
        let day = |day: NaiveDate| {
            let current = (day == today).then_some("date");
            view! {
                <button
                    type="button"
                    class="strip__day"
                    aria-current=current
                    aria-pressed=move || (in_hand.day.get() == day).to_string()
                    on:click=move |_| in_hand.day.set(day)
                >
                    <small>{move || fmt::weekday(day)}</small> <b>{chrono::Datelike::day(&day)}</b>
                </button>
            }
        };
        days(in_hand.first.get()).map(day).collect_view()
    };
    let of_day = Memo::new(move |_| {
        let day = in_hand.day.get();
        shown.with(|all| all.iter().filter(|one| one.session.on == day).cloned().collect::<Vec<_>>())
    });
    let by_now = gradual_rows::<NaiveDate, _>(in_hand.day.into(), of_day);
    let row = move |one: Shown| {
        let key = one.session.key;
        let now = Memo::new(move |_| {
            of_day
                .with(|all| all.iter().find(|one| one.session.key == key).cloned())
                .unwrap_or_else(|| one.clone())
        });
        view! {
            <li>
                <button type="button" class=move || now.with(|one| format!("day-row block--{}", one.colour))
                    class:block--off=move || now.with(|one| one.off.is_some()) on:click=move |_| in_hand.session.set(Some(key))>
                    <Words now />
                </button>
            </li>
        }
    };
    view! {
        <div class="day">
            <div class="strip" role="group" aria-label=t::which_day>{strip}</div>
            <Show when=move || of_day.with(Vec::is_empty)><p class="quiet day__none">{t::day_none}</p></Show>
            <ul class="day__list"><For each=by_now key=|one| one.session.key children=row /></ul>
        </div>
    }
}
