//! The catalogue in the settings: what is sold, at which price. A change is a new revision; what was sold stays as it was.

mod form;
mod saying;
mod state;

use leptos::prelude::*;
use rollcall_domain::kernel::access;
use rollcall_domain::kernel::access::STAFF;
use rollcall_domain::plans::{OfferPlan, PRESETS, PlanRevision, RestorePlan, RetirePlan, draft_of};

use crate::parts::doing::{Doing, Trouble};
use crate::parts::pages::SettingsPage;
use crate::parts::settings::{money, studio_settings};
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr::plans as t;
use crate::ui::{Button, ButtonKind, ButtonSize, Dialog, DialogWidth, Empty, List, Row, Section};

pub use saying::SAYING;

use form::PlanForm;
use state::{Listed, in_words, listed};

/// The page of the settings.
pub const PAGE: SettingsPage = SettingsPage {
    path: "plans",
    title: t::title,
    note: t::note,
    view: || view! { <Plans /> }.into_any(),
    roles: STAFF,
};

/// The catalogue.
#[component]
fn Plans() -> impl IntoView {
    let studio = use_studio();
    let is_owner = studio.me_now().is_some_and(|me| access::MANAGERS.contains(&me.role));
    let all = Memo::new(move |_| listed(&studio));
    // The plan in hand; nothing inside for a new one.
    let (open, in_hand) = (RwSignal::new(false), RwSignal::new(None::<Listed>));
    let edit = Callback::new(move |plan: Option<Listed>| {
        in_hand.set(plan);
        open.set(true);
    });
    let rows = move |retired: bool| {
        let fits = move |one: &Listed| one.plan.retired_at.is_some() == retired;
        all.get().into_iter().filter(fits).map(|one| view! { <PlanRow one is_owner edit /> }).collect_view()
    };
    let any =
        move |retired: bool| all.with(|all| all.iter().any(|one| one.plan.retired_at.is_some() == retired));
    let title = move || if in_hand.with(Option::is_some) { t::edit() } else { t::add() };
    view! {
        <div class="stack stack--wide">
            <Show when=move || !any(false)><NoPlans is_owner /></Show>
            <Show when=move || any(false)>
                <Section title=t::on_sale><List label=t::on_sale>{move || rows(false)}</List></Section>
            </Show>
            {is_owner.then(|| view! { <div class="cluster"><Button kind=ButtonKind::Primary on_press=move |()| edit.run(None)>{t::add}</Button></div> })}
            <Show when=move || any(true)>
                <Section title=t::retired><List label=t::retired>{move || rows(true)}</List></Section>
            </Show>
        </div>
        <Dialog title open width=DialogWidth::Wide>
            <PlanForm plan=in_hand.get_untracked() on_done=move |()| open.set(false) />
        </Dialog>
    }
}

/// One plan.
#[component]
fn PlanRow(one: Listed, is_owner: bool, edit: Callback<Option<Listed>>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (name, revision, plan_id) = (one.plan.name.clone(), one.revision.clone(), one.plan.id);
    let retired = one.plan.retired_at.is_some();
    let (for_words, for_price) = (studio.clone(), studio.clone());
    let said = name.clone();
    let switch = move |()| {
        let said = said.clone();
        let make = move |id| {
            if retired {
                Order::new(id, &RestorePlan { plan_id }, &())
            } else {
                Order::new(id, &RetirePlan { plan_id }, &())
            }
        };
        doing.run(&studio, make, move |_| {
            shell.say(if retired { t::restored_said(said) } else { t::retired_said(said) });
        });
    };
    let words = in_words_of(revision.clone(), for_words);
    let price = move || revision.as_ref().map(|r| money(&for_price, r.price.cents));
    let acts = is_owner.then(|| {
        let kept = one.clone();
        view! {
            <Button size=ButtonSize::Small on_press=move |()| edit.run(Some(kept.clone()))>{t::edit}</Button>
            <Button size=ButtonSize::Small kind=ButtonKind::Quiet busy=doing.busy() on_press=switch>
                {move || if retired { t::restore() } else { t::retire() }}
            </Button>
        }
    });
    view! {
        <Row after=view! { <span class="figures strong">{price}</span> {acts} }.into_any()>
            <b>{name}</b>
            <small>{words}</small>
            <Trouble doing />
        </Row>
    }
}

fn in_words_of(revision: Option<PlanRevision>, studio: crate::studio::Studio) -> impl Fn() -> Option<String> {
    move || revision.as_ref().map(|r| in_words(&studio, &r.rules))
}

/// An empty catalogue: the usual plans are one press away.
#[component]
fn NoPlans(is_owner: bool) -> impl IntoView {
    let studio = use_studio();
    let doing = Doing::new(&studio);
    let left = RwSignal::new(0_usize);
    let usual = move |()| offer_usual(studio.clone(), doing, left);
    view! {
        <Empty title=t::none note=t::none_note>
            {is_owner.then(|| view! { <Button kind=ButtonKind::Primary busy=doing.busy() on_press=usual>{t::usual}</Button> })}
        </Empty>
        <Trouble doing />
    }
}

/// Offers the presets one after the other; one that exists by now is refused and told, the rest is there.
fn offer_usual(studio: crate::studio::Studio, doing: Doing, next: RwSignal<usize>) {
    let Some((preset, settings)) =
        PRESETS.get(next.get_untracked()).zip(untrack(|| studio_settings(&studio)))
    else {
        next.set(0);
        return;
    };
    let offer = OfferPlan { draft: draft_of(preset, &settings.language, settings.currency) };
    let again = studio.clone();
    doing.run(
        &studio,
        move |id| Order::new(id, &offer, &()),
        move |_| {
            next.update(|n| *n += 1);
            offer_usual(again, doing, next);
        },
    );
}
