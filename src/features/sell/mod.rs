//! Selling a pass: plan tiles with the dates they would give this person, ways to pay with the amount already right, a
//! receipt and a card at the end.

mod card;
mod file;
mod paying;
mod sold;
mod state;
mod telling;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::members::{Member, MemberId};
use rollcall_domain::passes::{QuoteOption, StartChoice};

use crate::fmt;
use crate::parts::catalogue::{in_words, on_sale};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members::{find_members, href, phone_of, stands};
use crate::parts::settings::money;
use crate::studio::use_studio;
use crate::tr::passes as t;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, ButtonRole, ButtonSize, Choice, Empty, Fact, Facts, Page,
    PageHead, PageWidth, PickOption, Picker, RadioGroup, RadioLook,
};

pub use file::FILE;
pub use telling::TELLING;

use card::CardChoice;
use paying::Paying;
use sold::SoldPanel;
use state::{Counter, Sold};

/// People offered while somebody types.
const HITS_MAX: usize = 8;

/// The screen: for the member in the address, or asking for one.
#[component]
pub fn SellDesk() -> impl IntoView {
    let (studio, params) = (use_studio(), use_params_map());
    let member = Memo::new(move |_| {
        let id = params.with(|p| p.get("member")).and_then(|text| text.parse::<Id>().ok())?;
        Some(stands(&studio, MemberId(id)))
    });
    move || match member.get() {
        Some(member) => view! { <SellTo member /> }.into_any(),
        None => view! { <ToWhom /> }.into_any(),
    }
}

/// Asks who buys.
#[component]
fn ToWhom() -> impl IntoView {
    let (studio, navigate) = (use_studio(), use_navigate());
    let query = RwSignal::new(String::new());
    let options = Signal::derive(move || {
        let found = query.with(|text| {
            if text.trim().is_empty() { Vec::new() } else { find_members(&studio, text, HITS_MAX) }
        });
        found
            .into_iter()
            .map(|m| PickOption {
                id: m.id.to_string(),
                note: phone_of(&studio, m.id).unwrap_or_default(),
                title: m.name,
            })
            .collect::<Vec<_>>()
    });
    let pick =
        move |option: PickOption| navigate(&format!("/sell/{}", option.id), NavigateOptions::default());
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::sell_title />
            <Picker label=t::who query options on_pick=pick placeholder=t::who_hint />
        </Page>
    }
}

/// Sells to one person, again and again if need be.
#[component]
fn SellTo(member: MemberId) -> impl IntoView {
    let studio = use_studio();
    let name =
        Signal::derive(move || studio.live().get::<Member>(member).map(|m| m.name).unwrap_or_default());
    let sold = RwSignal::new(None::<Sold>);
    let inside = move || match sold.get() {
        Some(done) => view! { <SoldPanel done on_again=move |()| sold.set(None) /> }.into_any(),
        None => view! { <Form member on_sold=move |done| sold.set(Some(done)) /> }.into_any(),
    };
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::sell_title note=move || t::sell_to(name.get())>
                <ButtonLink href=href(member) kind=ButtonKind::Quiet>{name}</ButtonLink>
            </PageHead>
            {inside}
        </Page>
    }
}

#[component]
fn Form(member: MemberId, #[prop(into)] on_sold: Callback<Sold>) -> impl IntoView {
    let studio = use_studio();
    let wished = use_query_map().with_untracked(|q| q.get("plan")).and_then(|text| text.parse::<Id>().ok());
    let counter = Counter::open(&studio, member, wished);
    let doing = Doing::new(&studio);
    let for_plans = studio.clone();
    let none = Memo::new(move |_| on_sale(&for_plans).is_empty());
    let for_money = studio.clone();
    let label = Signal::derive(move || match counter.price_cents() {
        0 => t::do_sell_free().to_owned(),
        _ => t::do_sell(money(&for_money, counter.paid_cents())),
    });
    let studio = StoredValue::new(studio);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        counter.tried.set(true);
        let Some(sale) = untrack(|| counter.sale()) else { return };
        let studio = studio.get_value();
        let for_done = studio.clone();
        counter.purse.when_free(sale.spend_cents(), move |lease_id| {
            doing.run(
                &studio,
                move |id| sale.under(lease_id).into_order(id),
                move |done| {
                    on_sold.try_run(Sold::of(&for_done, member, &done));
                },
            );
        });
    };
    let busy = Signal::derive(move || doing.busy().get() || counter.purse.busy());
    let unpicked = Signal::derive(move || counter.revision.with(Option::is_none));
    view! {
        <Show when=move || !none.get() fallback=NothingToSell>
            <form class="form sell" novalidate on:submit=submit>
                <Plans counter />
                <Starts counter />
                <Paying counter />
                <CardChoice counter />
                <Trouble doing />
                <Actions>
                    <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy disabled=unpicked>
                        {move || label.get()}
                    </Button>
                </Actions>
            </form>
        </Show>
    }
}

#[component]
fn NothingToSell() -> impl IntoView {
    view! {
        <Empty title=t::no_plans note=t::no_plans_note>
            <ButtonLink href="/settings/plans" kind=ButtonKind::Primary>{t::to_plans}</ButtonLink>
        </Empty>
    }
}

/// A tile for each plan: what it costs, what it gives, and the dates it would give this person.
#[component]
fn Plans(counter: Counter) -> impl IntoView {
    let studio = use_studio();
    let choices = Signal::derive(move || {
        let tile = |r: rollcall_domain::plans::PlanRevision| {
            let dates = counter.quote_of(&r).options.first().map(dates_words).unwrap_or_default();
            let note = format!("{} · {}", in_words(&studio, &r.rules), dates);
            Choice::new(r.id, format!("{} {}", r.name, money(&studio, r.price.cents))).note(note)
        };
        on_sale(&studio).into_iter().map(tile).collect::<Vec<_>>()
    });
    view! { <RadioGroup label=t::plan value=counter.revision choices look=RadioLook::Tiles /> }
}

/// When it begins: asked only where there is a choice, shown in any case.
#[component]
fn Starts(counter: Counter) -> impl IntoView {
    let options = Memo::new(move |_| counter.options());
    let choices = Signal::derive(move || {
        options
            .get()
            .iter()
            .map(|o| Choice::new(o.start, start_word(o.start)).note(dates_words(o)))
            .collect::<Vec<_>>()
    });
    let several = move || options.with(|all| all.len() > 1);
    let only = move || options.with(|all| all.first().map(dates_words));
    view! {
        <Show when=several>
            <RadioGroup label=t::start value=counter.start choices look=RadioLook::List />
        </Show>
        <Show when=move || !several() && only().is_some()>
            <Facts><Fact name=t::start><span data-testid="dates">{only}</span></Fact></Facts>
        </Show>
    }
}

fn start_word(start: StartChoice) -> fn() -> &'static str {
    match start {
        StartChoice::Today => t::start_today,
        StartChoice::AfterCurrent => t::start_after,
        StartChoice::FromOldEnd => t::start_old_end,
        StartChoice::FirstUse => t::start_first_use,
    }
}

fn dates_words(option: &QuoteOption) -> String {
    match (option.valid_from, option.valid_until) {
        (Some(from), Some(until)) => t::dates(fmt::day(from), fmt::day(until)),
        (Some(from), None) => t::dates_from(fmt::day(from)),
        (None, _) => t::dates_first_use().to_owned(),
    }
}
