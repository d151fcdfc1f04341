//! Fields and choices, empty, filled, wrong and locked.

use chrono::NaiveDate;
use leptos::prelude::*;

use crate::tr::gallery as t;
use crate::ui::{
    Checkbox, Choice, DateField, FieldGroup, LineKind, MoneyField, Need, NumberField, PhoneField, PickOption,
    Picker, RadioGroup, RadioLook, SearchBox, Section, Select, TextArea, TextField, Toggle, Whole,
};

/// The longest name that the studio knows.
pub(super) const LONG_NAME: &str = "欧阳·阿卜杜勒-热合曼 伊斯马伊力";

#[component]
pub fn Fields() -> impl IntoView {
    let missing = || Some(t::name_error().to_owned());
    let born = RwSignal::new(NaiveDate::from_ymd_opt(1990, 4, 3));
    view! {
        <Section title=t::fields>
            <div class="form">
                <FieldGroup title=t::name>
                    <TextField label=t::name value=RwSignal::new(LONG_NAME.to_owned()) hint=t::name_hint need=Need::Required />
                    <TextField label=t::name value=RwSignal::default() need=Need::Required error=missing />
                    <TextField label=t::long value=RwSignal::default() />
                    <TextField label=t::locked value=RwSignal::new("A7-0132".to_owned()) disabled=Signal::stored(true) />
                    <TextField label=t::email value=RwSignal::default() kind=LineKind::Email placeholder="name@example.com" />
                    <PhoneField label=t::phone value=RwSignal::new("138 0013 8000".to_owned()) />
                    <DateField label=t::born value=born max=Signal::stored(NaiveDate::from_ymd_opt(2020, 12, 31)) />
                    <DateField label=t::born value=RwSignal::new(NaiveDate::from_ymd_opt(2031, 1, 1))
                        max=Signal::stored(NaiveDate::from_ymd_opt(2020, 12, 31)) />
                    <NumberField label=t::visits value=RwSignal::new(Some(10)) min=1 max=100 />
                    <MoneyField label=t::price value=RwSignal::new(Some(268_000)) currency="CNY" />
                    <Whole><TextArea label=t::about value=RwSignal::default() /></Whole>
                </FieldGroup>
            </div>
        </Section>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Indoor,
    Outdoor,
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    Year,
    Ten,
    Value,
}

fn places() -> Vec<Choice<Place>> {
    vec![
        Choice::new(Place::Indoor, t::indoor),
        Choice::new(Place::Outdoor, t::outdoor),
        Choice::new(Place::Both, t::both),
    ]
}

fn offers() -> Vec<Choice<Offer>> {
    vec![
        Choice::new(Offer::Year, t::plan_year).note(t::plan_year_note),
        Choice::new(Offer::Ten, t::plan_ten).note(t::plan_ten_note),
        Choice::new(Offer::Value, t::plan_value).note(t::plan_value_note),
    ]
}

#[component]
pub fn Choices() -> impl IntoView {
    let place = RwSignal::new(Some(Place::Indoor));
    let refused = || Some(t::terms_error().to_owned());
    view! {
        <Section title=t::choices>
            <div class="form">
                <FieldGroup title=t::section>
                    <Select label=t::section value=place choices=places() />
                    <Select label=t::section value=RwSignal::new(None::<Place>) choices=places() need=Need::Required />
                    <RadioGroup label=t::section value=place choices=places() look=RadioLook::Segments />
                    <RadioGroup label=t::section value=place choices=places() />
                    <Whole>
                        <RadioGroup label=t::plan value=RwSignal::new(Some(Offer::Year)) choices=offers() look=RadioLook::Tiles />
                    </Whole>
                    <Checkbox label=t::terms value=RwSignal::new(true) need=Need::Required />
                    <Checkbox label=t::terms value=RwSignal::new(false) need=Need::Required error=refused />
                    <Toggle label=t::sound value=RwSignal::new(true) />
                    <Finding />
                </FieldGroup>
            </div>
        </Section>
    }
}

/// A picker over a few names, and a search line.
#[component]
fn Finding() -> impl IntoView {
    let query = RwSignal::new(String::new());
    let picked = RwSignal::new(String::new());
    let options = move || {
        let query = query.get().to_lowercase();
        let all = [
            ("Lin Yue 林越", "20 4471"),
            ("Zhang Jiamin 张嘉敏", "20 4472"),
            ("He Jing 何静", "20 4473"),
            (LONG_NAME, "20 4474"),
        ];
        let fits = all
            .into_iter()
            .filter(|(name, card)| name.to_lowercase().contains(&query) || card.contains(&query));
        fits.map(|(name, card)| PickOption {
            id: card.to_owned(),
            title: name.to_owned(),
            note: card.to_owned(),
        })
        .collect::<Vec<_>>()
    };
    let take = move |one: PickOption| {
        query.set(one.title.clone());
        picked.set(one.title);
    };
    view! {
        <div class="stack stack--tight">
            <Picker label=t::who query options on_pick=take />
            <p class="quiet">{move || picked.with(|name| (!name.is_empty()).then(|| t::picked(name)))}</p>
        </div>
        <SearchBox label=t::who value=RwSignal::new("zjm".to_owned()) />
    }
}
