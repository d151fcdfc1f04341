//! A plan in hand: a new one, or the next revision of one.

use leptos::prelude::*;
use rollcall_domain::plans::{
    LENGTH_DAYS_MAX, OfferPlan, PlanRefusal, RevisePlan, SPARE_DAYS_MAX, Starts, VISITS_MAX,
};

use super::state::{Fields, Kind, Listed, Unit, name_chars_max, refusal};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::settings::currency;
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr;
use crate::tr::plans as t;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonRole, Checkbox, Choice, FieldGroup, MoneyField, Need, NumberField,
    RadioGroup, RadioLook, TextField, Whole,
};

/// The form.
#[component]
pub(super) fn PlanForm(plan: Option<Listed>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let fields = Fields::of(plan.as_ref());
    let doing = Doing::new(&studio);
    let currency = untrack(|| currency(&studio));
    let known = plan.as_ref().map(|one| (one.plan.id, one.plan.revision));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        fields.tried.set(true);
        let draft = untrack(|| fields.draft(currency));
        if draft.check(currency).is_err() {
            return;
        }
        let name = draft.name.clone();
        let make = move |id| match known {
            Some((plan_id, seen_revision)) => {
                Order::new(id, &RevisePlan { plan_id, seen_revision, draft }, &())
            }
            None => Order::new(id, &OfferPlan { draft }, &()),
        };
        doing.run(&studio, make, move |_| {
            shell.say(t::saved(name));
            on_done.try_run(());
        });
    };
    let errors = Errors { fields, currency };
    view! {
        <form class="form" novalidate on:submit=submit>
            {known.is_some().then(|| view! { <p class="quiet">{t::revision_note}</p> })}
            <div class="group">
                <TextField label=t::name value=fields.name need=Need::Required length_max=name_chars_max() error=errors.of(Place::Name) />
                <MoneyField label=t::price value=fields.price need=Need::Required currency=Signal::stored(currency.code().to_owned())
                    exponent=Signal::stored(currency.exponent()) error=errors.of(Place::Price) />
                <Whole><Kinds fields /></Whole>
                <Gives fields errors />
            </div>
            <details class="fold">
                <summary>{t::more_rules}</summary>
                <MoreRules fields errors />
            </details>
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| on_done.run(())>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{tr::common::save}</Button>
            </Actions>
        </form>
    }
}

/// Where a refusal is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Name,
    Price,
    Length,
    Visits,
    Value,
    Spare,
    Elsewhere,
}

const fn place_of(why: &PlanRefusal) -> Place {
    match why {
        PlanRefusal::NameMissing | PlanRefusal::NameTaken { .. } => Place::Name,
        PlanRefusal::PriceOutOfRange { .. } | PlanRefusal::CurrencyDiffers { .. } => Place::Price,
        PlanRefusal::LengthOutOfRange { .. } => Place::Length,
        PlanRefusal::VisitsOutOfRange { .. } => Place::Visits,
        PlanRefusal::ValueOutOfRange { .. } => Place::Value,
        PlanRefusal::SpareDaysOutOfRange { .. } => Place::Spare,
        PlanRefusal::Unknown
        | PlanRefusal::RevisedMeanwhile
        | PlanRefusal::RetiredBefore
        | PlanRefusal::OnSale => Place::Elsewhere,
    }
}

/// What is wrong, each beside its field.
#[derive(Clone, Copy)]
struct Errors {
    fields: Fields,
    currency: rollcall_domain::kernel::money::Currency,
}

impl Errors {
    fn of(self, place: Place) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.fields
                .flaw(self.currency)
                .filter(|why| place_of(why) == place)
                .map(|why| refusal(&why, self.currency))
        })
    }
}

#[component]
fn Kinds(fields: Fields) -> impl IntoView {
    let kinds = vec![
        Choice::new(Kind::Time, t::kind_time).note(t::kind_time_note),
        Choice::new(Kind::Count, t::kind_count).note(t::kind_count_note),
        Choice::new(Kind::Lifetime, t::kind_lifetime).note(t::kind_lifetime_note),
        Choice::new(Kind::StoredValue, t::kind_stored_value).note(t::kind_stored_value_note),
    ];
    view! { <RadioGroup label=t::kind value=fields.kind choices=kinds look=RadioLook::Tiles /> }
}

/// What the kind in hand needs.
#[component]
fn Gives(fields: Fields, errors: Errors) -> impl IntoView {
    let is = move |kind: Kind| fields.kind.get() == Some(kind);
    let dated = move || is(Kind::Time) || is(Kind::Count);
    let currency = errors.currency;
    let units = move || {
        let mut units =
            vec![Choice::new(Unit::Months, t::unit_months), Choice::new(Unit::Days, t::unit_days)];
        if is(Kind::Count) {
            units.push(Choice::new(Unit::None, t::length_none));
        }
        units
    };
    let starts = vec![
        Choice::new(Starts::AtPurchase, t::starts_purchase),
        Choice::new(Starts::AtFirstUse, t::starts_first_use),
    ];
    let has_length = move || dated() && fields.unit.get() != Some(Unit::None);
    view! {
        <Show when=move || is(Kind::Count)>
            <NumberField label=t::visits value=fields.visits min=1 max=i64::from(VISITS_MAX) need=Need::Required error=errors.of(Place::Visits) />
        </Show>
        <Show when=dated>
            <RadioGroup label=t::unit value=fields.unit choices=Signal::derive(units) look=RadioLook::Segments />
        </Show>
        <Show when=has_length>
            <NumberField label=t::length value=fields.length min=1 max=i64::from(LENGTH_DAYS_MAX) need=Need::Required error=errors.of(Place::Length) />
        </Show>
        <Show when=dated>
            <RadioGroup label=t::starts value=fields.starts choices=starts.clone() look=RadioLook::Segments />
        </Show>
        <Show when=move || is(Kind::StoredValue)>
            <MoneyField label=t::principal value=fields.principal need=Need::Required currency=Signal::stored(currency.code().to_owned())
                exponent=Signal::stored(currency.exponent()) error=errors.of(Place::Value) />
            <MoneyField label=t::gift value=fields.gift currency=Signal::stored(currency.code().to_owned()) exponent=Signal::stored(currency.exponent()) />
        </Show>
    }
}

#[component]
fn MoreRules(fields: Fields, errors: Errors) -> impl IntoView {
    let max = i64::from(SPARE_DAYS_MAX);
    view! {
        <FieldGroup title=t::sections>
            <Checkbox label=t::section_indoor value=fields.indoor hint=t::sections_hint />
            <Checkbox label=t::section_outdoor value=fields.outdoor />
        </FieldGroup>
        <FieldGroup title=t::more_rules>
            <NumberField label=t::freeze_days value=fields.freeze_days min=0 max=max error=errors.of(Place::Spare) />
            <NumberField label=t::grace_days value=fields.grace_days min=0 max=max />
            <Checkbox label=t::shareable value=fields.shareable />
            <Checkbox label=t::transferable value=fields.transferable />
        </FieldGroup>
    }
}
