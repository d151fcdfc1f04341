//! Four questions on one page; the desk is usable after that.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::kernel::money::Currency;
use rollcall_domain::kernel::time::Zone;
use rollcall_domain::studio::{NAME_CHARS_MAX, Section};

use super::state::{Answers, Missing, currency_of};
use crate::parts::refusals::say_run_error;
use crate::studio::{Order, RunError, use_studio};
use crate::tr::start as t;
use crate::ui::{
    Actions, Banner, Button, ButtonKind, ButtonRole, ButtonSize, Checkbox, Choice, FieldGroup, Need, Select,
    TextField, Whole,
};
use crate::{device, fmt, tr};

/// The form's signals.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    owner: RwSignal<String>,
    zone: RwSignal<Option<Zone>>,
    currency: RwSignal<Option<Currency>>,
    indoor: RwSignal<bool>,
    outdoor: RwSignal<bool>,
    /// Which fields were left once: errors appear from then on.
    left: RwSignal<Missing>,
}

impl Form {
    fn new() -> Self {
        let zone = fmt::device_zone();
        let currency = zone.as_deref().and_then(currency_of);
        Self {
            name: RwSignal::default(),
            owner: RwSignal::default(),
            zone: RwSignal::new(zone.as_deref().and_then(Zone::named)),
            currency: RwSignal::new(currency),
            indoor: RwSignal::new(true),
            outdoor: RwSignal::new(false),
            left: RwSignal::default(),
        }
    }

    fn answers(self) -> Answers {
        let picked = [(self.indoor.get(), Section::Indoor), (self.outdoor.get(), Section::Outdoor)];
        Answers {
            name: self.name.get(),
            owner: self.owner.get(),
            zone: self.zone.get(),
            currency: self.currency.get(),
            sections: picked.into_iter().filter_map(|(on, section)| on.then_some(section)).collect(),
        }
    }

    /// The sentence under a field that was left empty.
    fn error(self, of: fn(&Missing) -> bool, sentence: fn() -> &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            (of(&self.left.get()) && of(&self.answers().missing())).then(|| sentence().to_owned())
        })
    }

    fn leave(self, mark: fn(&mut Missing)) -> Callback<()> {
        Callback::new(move |()| self.left.update(mark))
    }

    fn show_all(self) {
        self.left.set(Missing { name: true, owner: true, zone: true, currency: true, sections: true });
    }
}

/// The form.
#[component]
pub fn NewStudio() -> impl IntoView {
    let studio = use_studio();
    let form = Form::new();
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<RunError>));
    let intent = studio.intent();
    let navigate = use_navigate();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.show_all();
        let Some((open, owner)) = untrack(|| form.answers()).order(tr::lang().tag(), false) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let (studio, navigate) = (studio.clone(), navigate.clone());
        spawn_local(async move {
            match studio.found(Order::new(intent, &open, &owner), t::join_device_guess()).await {
                Ok(_) => {
                    // A browser agrees more readily right after somebody decided to use the app.
                    device::protect().await;
                    navigate("/", NavigateOptions::default());
                }
                Err(error) => {
                    busy.try_set(false);
                    trouble.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <header class="start__head">
            <h1>{t::form_title}</h1>
            <p class="quiet">{t::form_lead}</p>
        </header>
        <form class="form" novalidate on:submit=submit>
            <Questions form />
            {move || trouble.get().map(|error| view! { <Banner answer=crate::ui::Answer::Stop text=say_run_error(&error) /> })}
            <Actions>
                <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy>{t::form_open}</Button>
            </Actions>
        </form>
    }
}

#[component]
fn Questions(form: Form) -> impl IntoView {
    let zones: Vec<Choice<Zone>> = zones().into_iter().map(|(zone, name)| Choice::new(zone, name)).collect();
    let currencies =
        Currency::ALL.into_iter().map(|c| Choice::new(c, move || currency_label(c))).collect::<Vec<_>>();
    let chars_max = u32::try_from(NAME_CHARS_MAX).unwrap_or(80);
    view! {
        <div class="group">
            <Whole>
                <TextField label=t::form_name value=form.name need=Need::Required length_max=chars_max autocomplete="organization"
                    error=form.error(|m| m.name, t::form_name_missing) on_leave=form.leave(|m| m.name = true) />
            </Whole>
            <Whole>
                <TextField label=t::form_owner value=form.owner need=Need::Required length_max=chars_max autocomplete="name"
                    hint=t::form_owner_hint
                    error=form.error(|m| m.owner, t::form_owner_missing) on_leave=form.leave(|m| m.owner = true) />
            </Whole>
        </div>
        <FieldGroup title=t::form_where>
            <Select label=t::form_zone value=form.zone choices=zones need=Need::Required
                error=form.error(|m| m.zone, t::form_zone_missing) on_leave=form.leave(|m| m.zone = true) />
            <Select label=t::form_currency value=form.currency choices=currencies need=Need::Required hint=t::form_currency_hint
                error=form.error(|m| m.currency, t::form_currency_missing) on_leave=form.leave(|m| m.currency = true) />
        </FieldGroup>
        <FieldGroup title=t::form_sections>
            <Checkbox label=tr::studio::indoor value=form.indoor />
            <Checkbox label=tr::studio::outdoor value=form.outdoor error=form.error(|m| m.sections, t::form_sections_missing) />
        </FieldGroup>
    }
}

/// The zones by name, spelt for people.
fn zones() -> Vec<(Zone, String)> {
    Zone::names().filter_map(|name| Some((Zone::named(name)?, name.replace('_', " ")))).collect()
}

/// `CNY ¥`, `TWD NT$`.
fn currency_label(currency: Currency) -> String {
    format!("{} {}", currency.code(), fmt::currency_sign(currency.code()))
}
