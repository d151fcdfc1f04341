//! The settings page of the terms: what is in force, and a form for the next version. Published ones never change.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::access;
use rollcall_domain::kernel::access::STAFF;
use rollcall_domain::members::{PublishTerms, Region, Statutory, Terms, TermsText};

use super::words;
use crate::parts::members;
use crate::parts::pages::SettingsPage;
use crate::parts::refusals::say_run_error;
use crate::parts::settings::moment;
use crate::parts::signing::{TermsWords, terms_in_force};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr::members as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, Choice, FieldGroup, Need, NumberField, Select,
    TextArea, TextField, Whole,
};

/// The page at `/settings/terms`.
pub static PAGE: SettingsPage = SettingsPage {
    path: "terms",
    title: t::terms_title,
    note: t::terms_note,
    view: || view! { <TermsPage /> }.into_any(),
    roles: STAFF,
};

const DAYS_MAX: i64 = rollcall_domain::members::terms::DAYS_MAX as i64;

/// The fields of the next version.
#[derive(Clone, Copy)]
struct Form {
    region: RwSignal<Option<Region>>,
    title: RwSignal<String>,
    fees: RwSignal<String>,
    services: RwSignal<String>,
    refund_policy: RwSignal<String>,
    rules: RwSignal<String>,
    charter: RwSignal<String>,
    review_days: RwSignal<Option<i64>>,
    cooling_off_days: RwSignal<Option<i64>>,
    freeze_days: RwSignal<Option<i64>>,
    refund_days: RwSignal<Option<i64>>,
    tried: RwSignal<bool>,
}

impl Form {
    fn new(from: &TermsText) -> Self {
        let form = Self {
            region: RwSignal::new(Some(from.region)),
            title: RwSignal::new(from.title.clone()),
            fees: RwSignal::new(from.fees.clone()),
            services: RwSignal::new(from.services.clone()),
            refund_policy: RwSignal::new(from.refund_policy.clone()),
            rules: RwSignal::new(from.rules.clone()),
            charter: RwSignal::new(from.charter.clone()),
            review_days: RwSignal::default(),
            cooling_off_days: RwSignal::default(),
            freeze_days: RwSignal::default(),
            refund_days: RwSignal::default(),
            tried: RwSignal::default(),
        };
        form.count(from.statutory);
        form
    }

    fn count(&self, days: Statutory) {
        self.review_days.set(Some(i64::from(days.review_days)));
        self.cooling_off_days.set(Some(i64::from(days.cooling_off_days)));
        self.freeze_days.set(Some(i64::from(days.freeze_days)));
        self.refund_days.set(Some(i64::from(days.refund_days)));
    }

    fn text(&self) -> TermsText {
        let days =
            |signal: RwSignal<Option<i64>>| signal.get().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        TermsText {
            region: self.region.get().unwrap_or_default(),
            title: self.title.get().trim().to_owned(),
            fees: self.fees.get().trim().to_owned(),
            services: self.services.get().trim().to_owned(),
            refund_policy: self.refund_policy.get().trim().to_owned(),
            rules: self.rules.get().trim().to_owned(),
            charter: self.charter.get().trim().to_owned(),
            statutory: Statutory {
                review_days: days(self.review_days),
                cooling_off_days: days(self.cooling_off_days),
                freeze_days: days(self.freeze_days),
                refund_days: days(self.refund_days),
            },
        }
    }

    fn needed(&self, field: RwSignal<String>) -> Signal<Option<String>> {
        let tried = self.tried;
        Signal::derive(move || {
            (tried.get() && field.with(|text| text.trim().is_empty())).then(|| t::terms_needed().to_owned())
        })
    }

    fn is_complete(&self) -> bool {
        [self.title, self.fees, self.services, self.refund_policy]
            .into_iter()
            .all(|field| field.with(|text| !text.trim().is_empty()))
    }
}

#[component]
fn TermsPage() -> impl IntoView {
    let studio = use_studio();
    let for_terms = studio.clone();
    let terms = Memo::new(move |_| terms_in_force(&for_terms));
    let is_owner = studio.me_now().is_some_and(|me| access::MANAGERS.contains(&me.role));
    let form = move || {
        // A new version in force begins a new form.
        let seen = terms.get();
        if is_owner {
            view! { <NextVersion seen /> }.into_any()
        } else {
            view! { <p class="quiet">{t::terms_owner_only}</p> }.into_any()
        }
    };
    view! {
        <div class="stack stack--wide">
            <p>{t::terms_lead}</p>
            {move || terms.get().map_or_else(|| view! { <p class="quiet">{t::terms_none}</p> }.into_any(), |terms| view! { <InForce terms /> }.into_any())}
            {form}
        </div>
    }
}

#[component]
fn InForce(terms: Terms) -> impl IntoView {
    let studio = use_studio();
    let (version, at) = (terms.version, terms.published_at);
    view! {
        <details class="terms">
            <summary>{move || t::terms_in_force(version, moment(&studio, at))}</summary>
            <TermsWords text=terms.text />
        </details>
    }
}

/// What a first version begins with.
fn beginning(studio: &Studio, seen: Option<&Terms>) -> TermsText {
    let region = untrack(|| members::home(studio));
    seen.map_or_else(
        || TermsText { region, statutory: region.statutory(), ..TermsText::default() },
        |terms| terms.text.clone(),
    )
}

#[component]
fn NextVersion(seen: Option<Terms>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let form = Form::new(&beginning(&studio, seen.as_ref()));
    let seen_version = seen.map_or(0, |terms| terms.version);
    let (busy, trouble, intent) = (RwSignal::new(false), RwSignal::new(None::<String>), studio.intent());
    // Another region brings its own days; the first run only reads.
    Effect::new(move |before: Option<Option<Region>>| {
        let region = form.region.get();
        if let (Some(before), Some(now)) = (before, region)
            && before != region
        {
            form.count(now.statutory());
        }
        region
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.tried.set(true);
        if !untrack(|| form.is_complete()) || busy.get_untracked() {
            return;
        }
        busy.set(true);
        let order = Order::new(intent, &PublishTerms { seen_version, text: untrack(|| form.text()) }, &());
        let studio = studio.clone();
        spawn_local(async move {
            let done = studio.run(order).await;
            busy.try_set(false);
            match done {
                Ok(_) => shell.say(t::terms_published_said(seen_version + 1)),
                Err(error) => {
                    trouble.try_set(Some(say_run_error(&error)));
                }
            }
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Texts form />
            {move || trouble.get().map(|why| view! { <Banner answer=Answer::Stop text=why /> })}
            <Actions><Button kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::terms_publish}</Button></Actions>
        </form>
    }
}

#[component]
fn Texts(form: Form) -> impl IntoView {
    let regions: Vec<Choice<Region>> =
        Region::ALL.map(|region| Choice::new(region, move || words::region(region))).to_vec();
    let length_max = u32::try_from(rollcall_domain::members::terms::TEXT_CHARS_MAX).unwrap_or(u32::MAX);
    view! {
        <div class="group">
            <Whole><Select label=t::terms_region value=form.region choices=regions hint=t::terms_region_hint /></Whole>
            <Whole><TextField label=t::terms_name value=form.title need=Need::Required error=form.needed(form.title) /></Whole>
            <Whole><TextArea label=t::terms_fees value=form.fees rows=4 length_max need=Need::Required error=form.needed(form.fees) /></Whole>
            <Whole><TextArea label=t::terms_services value=form.services rows=4 length_max need=Need::Required error=form.needed(form.services) /></Whole>
            <Whole><TextArea label=t::terms_refund value=form.refund_policy rows=4 length_max need=Need::Required error=form.needed(form.refund_policy) /></Whole>
            <Whole><TextArea label=t::terms_rules value=form.rules rows=4 length_max /></Whole>
            <Whole><TextArea label=t::terms_charter value=form.charter rows=4 length_max /></Whole>
        </div>
        <FieldGroup title=t::terms_days>
            <NumberField label=t::terms_review_days value=form.review_days min=0 max=DAYS_MAX />
            <NumberField label=t::terms_cooling_off_days value=form.cooling_off_days min=0 max=DAYS_MAX />
            <NumberField label=t::terms_freeze_days value=form.freeze_days min=0 max=DAYS_MAX />
            <NumberField label=t::terms_refund_days value=form.refund_days min=0 max=DAYS_MAX />
        </FieldGroup>
    }
}
