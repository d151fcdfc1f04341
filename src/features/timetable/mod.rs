//! The week: what is taught, by whom, where and when; planning it, changing it, calling off.
//!
//! What it needs beforehand (classes, places, coaches, closed days) is a page of the settings. It must never know who booked.

mod add;
mod asking;
mod change;
mod courts;
mod drag;
mod fields;
mod foresight;
mod plan;
mod repeat;
mod repeats;
mod saying;
mod setup;
mod sheet;
mod state;
mod touched;
mod week;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use rollcall_domain::classes::{PlanSchedule, Session};
use rollcall_domain::kernel::access::STAFF;
use rollcall_domain::kernel::command::Command;

use crate::parts::courts::ClassViews;
use crate::parts::one_to_one::one_to_one;
use crate::parts::pages::SettingsPage;
use crate::studio::{Studio, use_studio};
use crate::tr::classes as t;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Dialog, DialogWidth, Empty, Page, PageWidth, Sheet, Split, focus,
};

pub use asking::ASKING;
pub use courts::CourtsDesk;
pub use saying::SAYING;

use add::AddForm;
use change::ChangeForm;
use plan::PlanForm;
use repeat::RepeatForm;
use sheet::{Acts, Asked, SessionSheet};
use state::{InHand, Shown, week_of};
use week::Week;

/// The page of the settings.
pub const PAGE: SettingsPage = SettingsPage {
    path: "classes",
    title: t::setup_title,
    note: t::setup_note,
    view: || view! { <setup::Setup /> }.into_any(),
    roles: STAFF,
};

/// What can be done about one session, with the dialogs it needs, wherever it is shown.
pub const ACTS: fn(Session) -> AnyView = |session| view! { <SessionActs session /> }.into_any();

#[component]
fn SessionActs(session: Session) -> impl IntoView {
    let in_hand = InHand::new(session.on);
    view! {
        <Acts session in_hand />
        <Dialogs in_hand />
    }
}

/// What is asked before a session changes.
#[component]
fn Dialogs(in_hand: InHand) -> impl IntoView {
    view! {
        <Dialog title=t::change open=in_hand.changing width=DialogWidth::Wide>
            {move || in_hand.moved.get_untracked().map(|moved| view! { <ChangeForm moved in_hand /> })}
        </Dialog>
        <Dialog title=t::add_date open=in_hand.adding width=DialogWidth::Wide>
            {move || in_hand.held.get_untracked().map(|session| view! { <AddForm session in_hand /> })}
        </Dialog>
        <Dialog title=t::repeat_otherwise open=in_hand.repeating width=DialogWidth::Wide>
            {move || in_hand.held.get_untracked().map(|session| view! { <RepeatForm session in_hand /> })}
        </Dialog>
        <Asked in_hand />
    }
}

/// Whether whoever is at the desk may give this command.
fn may<C: Command>(studio: &Studio) -> bool {
    studio.me_now().is_some_and(|me| C::ROLES.contains(&me.role))
}

/// The page.
#[component]
pub fn Timetable() -> impl IntoView {
    let studio = use_studio();
    let in_hand = InHand::new(studio.day_now());
    let for_shown = studio.clone();
    let shown = Memo::new(move |_| week_of(&for_shown, in_hand.first.get()));
    let selected = Memo::new(move |_| {
        let key = in_hand.session.get()?;
        shown.with(|all| all.iter().find(|one| one.session.key == key).cloned())
    });
    let close = move |()| {
        let block = block_in_hand();
        in_hand.session.set(None);
        block.iter().for_each(focus);
    };
    view! {
        <Split>
            <Page width=PageWidth::Full>
                <Head in_hand />
                <NothingYet shown />
                <Week in_hand shown />
                {one_to_one().map(|parts| (parts.week)(in_hand.first.into()))}
            </Page>
            <Sheet label=t::session open=Signal::derive(move || selected.get().is_some()) on_close=close>
                {move || selected.get().map(|one| view! { <SessionSheet one in_hand /> })}
            </Sheet>
        </Split>
        <Dialog title=t::plan open=in_hand.planning width=DialogWidth::Wide>
            <PlanForm in_hand />
        </Dialog>
        <Dialogs in_hand />
    }
}

/// The block of the session in hand. Where that was moved while its sheet was open it is another element than the one that
/// was pressed, and the sheet alone would give the focus back to nobody.
fn block_in_hand() -> Option<web_sys::HtmlElement> {
    let block = document().query_selector(".week [aria-pressed='true']").ok()??;
    block.dyn_into().ok()
}

/// Which week, and the way to a new schedule.
#[component]
fn Head(in_hand: InHand) -> impl IntoView {
    let studio = use_studio();
    let may_plan = may::<PlanSchedule>(&studio);
    let step = move |days: i64| in_hand.show(in_hand.first.get_untracked() + chrono::Duration::days(days));
    let today = move |()| in_hand.show(studio.day_now());
    view! {
        <header class="page__head week__head">
            <h1>{move || state::span_words(in_hand.first.get())}</h1>
            <div class="cluster">
                <ClassViews />
                <div class="week__turn" role="group" aria-label=t::which_week>
                    <button type="button" class="week__step" aria-label=t::week_before on:click=move |_| step(-7)>"‹"</button>
                    <Button kind=ButtonKind::Quiet on_press=today>{t::this_week}</Button>
                    <button type="button" class="week__step" aria-label=t::week_after on:click=move |_| step(7)>"›"</button>
                </div>
                {may_plan.then(|| view! {
                    <Button kind=ButtonKind::Primary on_press=move |()| in_hand.planning.set(true)>{t::plan}</Button>
                })}
            </div>
        </header>
    }
}

/// What to do first in a studio that has no classes.
#[component]
fn NothingYet(shown: Memo<Vec<Shown>>) -> impl IntoView {
    let studio = use_studio();
    let may_plan = may::<PlanSchedule>(&studio);
    let described = Memo::new(move |_| !state::classes(&studio).is_empty());
    let none = move || shown.with(Vec::is_empty);
    move || {
        (none() && !described.get()).then(|| {
            view! {
                <Empty title=t::none note=t::none_note>
                    {may_plan.then(|| view! { <ButtonLink href="/settings/classes" kind=ButtonKind::Primary>{t::none_begin}</ButtonLink> })}
                </Empty>
            }
        })
    }
}
