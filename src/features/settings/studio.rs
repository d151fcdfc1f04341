//! The studio's own settings, and who works here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::access::{self, Role};
use rollcall_domain::kernel::ids::CommandId;
use rollcall_domain::studio::{NAME_CHARS_MAX, Person, Settings, WINDOW_MINUTES_MAX};

use super::state::{CLOSING_MINUTES, Draft, Flaw, clock_of};
use crate::parts::refusals::say_run_error;
use crate::parts::settings::{people, studio_settings};
use crate::shell::use_shell;
use crate::studio::{Order, RunError, use_studio};
use crate::tr::settings as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, Checkbox, Choice, FieldGroup, List, Need,
    NumberField, RadioGroup, RadioLook, Row, Section, Select, TextField, Whole,
};
use crate::{fmt, tr};

/// The page.
#[component]
pub fn StudioPage() -> impl IntoView {
    let studio = use_studio();
    let for_settings = studio.clone();
    let settings = Memo::new(move |_| studio_settings(&for_settings));
    // A new form for each revision: what somebody else saved meanwhile is what is edited next.
    let form = move || settings.get().map(|settings| view! { <Form settings /> });
    view! {
        <div class="stack stack--wide">
            {form}
            <Section title=t::studio_people><People /></Section>
        </div>
    }
}

/// The form's signals over one revision.
#[derive(Clone, Copy)]
struct Fields {
    seen_revision: u32,
    name: RwSignal<String>,
    language: RwSignal<Option<String>>,
    indoor: RwSignal<bool>,
    outdoor: RwSignal<bool>,
    window: RwSignal<Option<i64>>,
    closing: RwSignal<Option<u32>>,
    guardian: RwSignal<bool>,
    tried: RwSignal<bool>,
}

impl Fields {
    fn of(settings: &Settings) -> Self {
        let draft = Draft::of(settings);
        Self {
            seen_revision: draft.seen_revision,
            name: RwSignal::new(draft.name),
            language: RwSignal::new(Some(draft.language)),
            indoor: RwSignal::new(draft.indoor),
            outdoor: RwSignal::new(draft.outdoor),
            window: RwSignal::new(draft.window_minutes),
            closing: RwSignal::new(Some(draft.closing_minute)),
            guardian: RwSignal::new(draft.guardian_may_sign),
            tried: RwSignal::new(false),
        }
    }

    fn draft(self) -> Draft {
        Draft {
            seen_revision: self.seen_revision,
            name: self.name.get(),
            language: self.language.get().unwrap_or_default(),
            indoor: self.indoor.get(),
            outdoor: self.outdoor.get(),
            window_minutes: self.window.get(),
            closing_minute: self.closing.get().unwrap_or(0),
            guardian_may_sign: self.guardian.get(),
        }
    }

    fn error(self, flaw: Flaw, sentence: fn() -> String) -> Signal<Option<String>> {
        Signal::derive(move || (self.tried.get() && self.draft().flaws().contains(&flaw)).then(sentence))
    }
}

#[component]
fn Form(settings: Settings) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let fields = Fields::of(&settings);
    let before = StoredValue::new(Draft::of(&settings));
    let intent = StoredValue::new(studio.intent());
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<RunError>));
    let is_owner = studio.me_now().is_some_and(|me| access::MANAGERS.contains(&me.role));
    let changed = Memo::new(move |_| before.with_value(|before| fields.draft() != *before));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        fields.tried.set(true);
        let Some(command) = untrack(|| fields.draft()).command() else { return };
        if busy.get_untracked() || !changed.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let studio = studio.clone();
        let id: CommandId = intent.get_value();
        spawn_local(async move {
            match studio.run(Order::new(id, &command, &())).await {
                Ok(_) => shell.say(t::studio_saved()),
                Err(error) => {
                    // The next try is another intent: the first one has its answer.
                    intent.try_set_value(studio.intent());
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    let (zone, currency) = (settings.zone.0.name(), settings.currency.code());
    view! {
        <form class="form" novalidate on:submit=submit>
            {(!is_owner).then(|| view! { <Banner text=t::studio_only_owner /> })}
            <fieldset class="form settings__fields" disabled=!is_owner>
                <Names fields />
                <Rules fields />
            </fieldset>
            <p class="quiet">{move || t::studio_fixed(zone, format!("{currency} {}", fmt::currency_sign(currency)))}</p>
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })}
            <Actions>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy disabled=move || !changed.get()>{tr::common::save}</Button>
            </Actions>
        </form>
    }
}

#[component]
fn Names(fields: Fields) -> impl IntoView {
    let languages: Vec<Choice<String>> =
        tr::Lang::ALL.into_iter().map(|lang| Choice::new(lang.tag().to_owned(), lang.own_name())).collect();
    let chars_max = u32::try_from(NAME_CHARS_MAX).unwrap_or(80);
    let name_error = fields.error(Flaw::Name, || tr::studio::refused_name_missing().to_owned());
    let sections_error = fields.error(Flaw::Sections, || t::studio_sections_missing().to_owned());
    view! {
        <div class="group">
            <Whole>
                <TextField label=t::studio_name value=fields.name need=Need::Required length_max=chars_max error=name_error />
            </Whole>
            <Whole>
                <RadioGroup label=t::studio_language value=fields.language choices=languages look=RadioLook::Segments hint=t::studio_language_hint />
            </Whole>
        </div>
        <FieldGroup title=t::studio_sections>
            <Checkbox label=tr::studio::indoor value=fields.indoor />
            <Checkbox label=tr::studio::outdoor value=fields.outdoor error=sections_error />
        </FieldGroup>
    }
}

#[component]
fn Rules(fields: Fields) -> impl IntoView {
    let choice = |minute: u32| {
        Choice::new(minute, move || match minute {
            0 => t::studio_closing_midnight().to_owned(),
            _ => t::studio_closing_after(clock_of(minute)),
        })
    };
    let mut minutes = CLOSING_MINUTES.to_vec();
    // A value of an import or a newer build stays choosable.
    minutes.extend(fields.closing.get_untracked().filter(|minute| !CLOSING_MINUTES.contains(minute)));
    let closing: Vec<Choice<u32>> = minutes.into_iter().map(choice).collect();
    let window_error = fields.error(Flaw::Window, || t::studio_number_bad(WINDOW_MINUTES_MAX));
    view! {
        <div class="group">
            <NumberField label=t::studio_window value=fields.window min=0 max=i64::from(WINDOW_MINUTES_MAX) step=10
                hint=t::studio_window_hint error=window_error />
            <Select label=t::studio_closing value=fields.closing choices=closing hint=t::studio_closing_hint />
            <Whole><Checkbox label=t::studio_guardian value=fields.guardian /></Whole>
        </div>
    }
}

/// Who works here.
#[component]
fn People() -> impl IntoView {
    let studio = use_studio();
    let everybody = Memo::new(move |_| people(&studio));
    let row = |person: Person| {
        let role = person.role;
        view! { <Row after=view! { <span>{move || role_name(role)}</span> }.into_any()><b>{person.name}</b></Row> }
    };
    view! { <List label=t::studio_people>{move || everybody.get().into_iter().map(row).collect_view()}</List> }
}

/// What a role is called.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => tr::studio::role_owner(),
        Role::Manager => tr::studio::role_manager(),
        Role::Desk => tr::studio::role_desk(),
        Role::Coach => tr::studio::role_coach(),
        Role::Accountant => tr::studio::role_accountant(),
        Role::Member => tr::studio::role_member(),
        Role::System => tr::studio::role_system(),
        Role::Unknown => tr::studio::role_unknown(),
    }
}
