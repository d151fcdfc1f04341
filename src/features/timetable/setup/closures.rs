//! Days on which nothing takes place.

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::classes::{Closure, Days, DeclareClosure, LiftClosure};
use rollcall_domain::kernel::order;

use super::super::may;
use super::super::state::timetable;
use super::super::touched::{TouchedPeople, of_gone};
use super::{Ends, name_chars, needed};
use crate::parts::doing::{Doing, Trouble};
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr::classes as t;
use crate::ui::{Button, ButtonKind, ButtonSize, DateField, Dialog, List, Need, Row, Section, TextField};
use crate::{fmt, tr};

/// Of a longer closure those who booked its first weeks are named: nobody books further ahead.
const CLOSURE_SHOWN: chrono::Duration = chrono::Duration::days(90);

/// Days on which nothing takes place.
#[component]
pub(super) fn Closures() -> impl IntoView {
    let studio = use_studio();
    let may_edit = may::<DeclareClosure>(&studio);
    let for_all = studio.clone();
    let all = Memo::new(move |_| {
        let today = for_all.today();
        let mut all = for_all.live().of_kind::<Closure>();
        all.retain(|one| one.lifted_at.is_none() && one.last_on >= today);
        order::by(&mut all, |a, b| (a.first_on, a.id).cmp(&(b.first_on, b.id)));
        all
    });
    let open = RwSignal::new(false);
    let doing = Doing::new(&studio);
    let lift = Callback::new(move |closure_id| {
        let wish = LiftClosure { closure_id };
        doing.run(&studio, move |id| Order::new(id, &wish, &()), |_| {});
    });
    let row = move |one: Closure| {
        let (id, first, last) = (one.id, one.first_on, one.last_on);
        let days = move || match first == last {
            true => fmt::day_long(first),
            false => t::week_span(fmt::day_short(first), fmt::day(last)),
        };
        let act = may_edit.then(|| view! {
            <Button size=ButtonSize::Small kind=ButtonKind::Quiet busy=doing.busy() on_press=move |()| lift.run(id)>{t::closure_lift}</Button>
        });
        view! { <Row after=act.into_any()><b>{one.name}</b> <small>{days}</small></Row> }
    };
    view! {
        <Section title=t::closures>
            <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::closures_none}</p></Show>
            <List label=t::closures>{move || all.get().into_iter().map(row).collect_view()}</List>
            <Trouble doing />
            {may_edit.then(|| view! { <Button on_press=move |()| open.set(true)>{t::closure_add}</Button> })}
        </Section>
        <Dialog title=t::closure_add open><ClosureForm on_done=move |()| open.set(false) /></Dialog>
    }
}

#[component]
fn ClosureForm(#[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let today = studio.day_now();
    let (name, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let (first, last) = (RwSignal::new(None::<NaiveDate>), RwSignal::new(None::<NaiveDate>));
    let for_touched = studio.clone();
    let touched = Memo::new(move |_| {
        let Some(first) = first.get() else { return Vec::new() };
        let span = Days { first, last: last.get().unwrap_or(first).min(first + CLOSURE_SHOWN) };
        of_gone(&for_touched, timetable(&for_touched, span).sessions(span, for_touched.zone()))
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Some(first_on) = first.get_untracked() else { return };
        if name.with_untracked(|name| name.trim().is_empty()) {
            return;
        }
        let wish = DeclareClosure {
            name: name.get_untracked(),
            names: Default::default(),
            first_on,
            last_on: last.get_untracked().unwrap_or(first_on),
            places: Vec::new(),
            kept: Vec::new(),
        };
        doing.run(
            &studio,
            move |id| Order::new(id, &wish, &()),
            move |_| {
                shell.say(tr::common::saved());
                on_done.try_run(());
            },
        );
    };
    let no_day = move || (tried.get() && first.get().is_none()).then(|| t::needed().to_owned());
    view! {
        <form class="form" novalidate on:submit=submit>
            <TextField label=t::name value=name need=Need::Required length_max=name_chars()
                placeholder=t::closure_example error=needed(tried, name) />
            <div class="group">
                <DateField label=t::closure_first value=first min=Signal::stored(Some(today)) need=Need::Required error=Signal::derive(no_day) />
                <DateField label=t::closure_last value=last min=Signal::derive(move || first.get()) hint=t::closure_last_hint />
            </div>
            <p class="quiet">{t::closure_note}</p>
            <TouchedPeople all=touched />
            <Ends doing on_done />
        </form>
    }
}
