//! Prepaid money where nobody can be asked: whether the studio allows it, how much at worst, and which device holds the right.

mod right;

use leptos::prelude::*;
use rollcall_domain::kernel::access::{MANAGERS, TILL};
use rollcall_domain::payments::{
    MoneyLease, MoneyRefusal, OfflineSpending, SetOfflineSpending, lease_for_all,
};
use serde_json::Value;

use crate::parts::doing::{Doing, Trouble};
use crate::parts::pages::SettingsPage;
use crate::parts::purse::offline_rules;
use crate::parts::refusals::{Saying, read};
use crate::parts::settings::{currency, money};
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr::balance as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, Checkbox, Mark, MoneyField, Section, Whole,
};

use right::Right;

/// The page of the settings.
pub const PAGE: SettingsPage = SettingsPage {
    path: "balance",
    title: t::title,
    note: t::note,
    view: || view! { <Balance /> }.into_any(),
    roles: TILL,
};

/// Why a device may not spend by itself, in words.
pub static SAYING: Saying = Saying { slice: rollcall_domain::payments::SLICE, say };

fn say(why: &Value) -> Option<String> {
    let words = match read::<MoneyRefusal>(why)? {
        MoneyRefusal::OfflineOff => t::refused_off(),
        MoneyRefusal::HeldElsewhere { .. } => t::refused_held(),
        MoneyRefusal::TooLittle { .. } => t::kept_by_others(),
        MoneyRefusal::NoLease => t::refused_no_lease(),
        MoneyRefusal::OtherDevice => t::refused_other_device(),
        MoneyRefusal::TermOver => t::refused_term_over(),
        MoneyRefusal::ChangedMeanwhile => t::refused_changed(),
    };
    Some(words.to_owned())
}

#[component]
fn Balance() -> impl IntoView {
    let studio = use_studio();
    // A new form for each revision: what somebody else saved meanwhile is what is edited next.
    let rules = Memo::new(move |_| offline_rules(&studio));
    view! {
        <div class="stack stack--wide">
            <Section title=t::rules>{move || view! { <Rules rules=rules.get() /> }}</Section>
            <Section title=t::right><Right /></Section>
        </div>
    }
}

/// The form over one revision.
#[derive(Clone, Copy)]
struct Fields {
    before: OfflineSpending,
    allowed: RwSignal<bool>,
    member: RwSignal<Option<i64>>,
    device: RwSignal<Option<i64>>,
}

impl Fields {
    fn of(rules: OfflineSpending) -> Self {
        Self {
            before: rules,
            allowed: RwSignal::new(rules.allowed),
            member: RwSignal::new(Some(rules.member_cents)),
            device: RwSignal::new(Some(rules.device_cents)),
        }
    }

    /// What the form says; nothing where its figures make no sense.
    fn rules(self) -> Option<OfflineSpending> {
        let (member_cents, device_cents) = (self.member.get()?, self.device.get()?);
        let fits = member_cents > 0 && member_cents <= device_cents;
        fits.then(|| OfflineSpending {
            allowed: self.allowed.get(),
            member_cents,
            device_cents,
            ..self.before
        })
    }
}

#[component]
fn Rules(rules: OfflineSpending) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let fields = Fields::of(rules);
    let may = studio.me_now().is_some_and(|me| MANAGERS.contains(&me.role));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(rules) = untrack(|| fields.rules()).filter(|after| *after != fields.before) else { return };
        let command = SetOfflineSpending { seen_revision: fields.before.revision, rules };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |_| shell.say(t::saved()));
    };
    let unchanged = move || fields.rules().is_none_or(|after| after == fields.before);
    view! {
        <form class="form" novalidate on:submit=submit>
            {(!may).then(|| view! { <Banner text=t::only_managers /> })}
            <p class="quiet">{t::rules_lead}</p>
            <fieldset class="form settings__fields" disabled=!may><Caps fields /></fieldset>
            <Worst fields />
            <Trouble doing />
            <Actions>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy() disabled=unchanged>
                    {crate::tr::common::save}
                </Button>
            </Actions>
        </form>
    }
}

#[component]
fn Caps(fields: Fields) -> impl IntoView {
    let studio = use_studio();
    let currency = untrack(|| currency(&studio));
    let (code, exponent) = (Signal::stored(currency.code().to_owned()), Signal::stored(currency.exponent()));
    let error = move || fields.rules().is_none().then(|| t::caps_bad().to_owned());
    view! {
        <div class="group">
            <Whole><Checkbox label=t::allowed value=fields.allowed /></Whole>
            <MoneyField label=t::member_cap hint=t::member_cap_hint value=fields.member currency=code exponent />
            <MoneyField label=t::device_cap hint=t::device_cap_hint value=fields.device currency=code exponent error />
        </div>
    }
}

/// What can be missing at worst, as the form stands.
#[component]
fn Worst(fields: Fields) -> impl IntoView {
    let studio = use_studio();
    let words = move || {
        let running = studio.live().all::<MoneyLease>(&lease_for_all());
        match fields.rules().map(|rules| rules.worst_cents(&running))? {
            0 => Some((Answer::Ok, t::worst_none().to_owned(), t::worst_none_note())),
            cents => Some((Answer::Warn, t::worst(money(&studio, cents)), t::worst_note())),
        }
    };
    view! {
        <div class="stack" data-testid="worst" role="status">
            {move || words().map(|(answer, sum, note)| view! {
                <Mark answer=Signal::stored(answer) text=sum />
                <p class="quiet">{note}</p>
            })}
        </div>
    }
}
