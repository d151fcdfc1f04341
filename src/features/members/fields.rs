//! The fields of the application in short groups, checked while leaving a field. Registration and editing share them.

use leptos::prelude::*;
use rollcall_domain::members::application::{EMAIL_CHARS_MAX, NAME_CHARS_MAX, Rules};
use rollcall_domain::members::{ADULT_YEARS, ApplicationFlaw, DocumentKind, Field, MemberId, Sex};

use super::state::Form;
use super::words;
use crate::parts::members;
use crate::studio::use_studio;
use crate::tr;
use crate::tr::members as t;
use crate::ui::{
    Button, ButtonKind, Checkbox, Choice, DateField, FieldGroup, LineKind, Need, PhoneField, PhotoField,
    PickOption, Picker, Select, TextArea, TextField, Whole,
};

/// People offered while typing who brought somebody.
const REFERRERS_MAX: usize = 8;

/// The form, its rules and its flaws, as every group needs them.
#[derive(Clone, Copy)]
pub struct Checked {
    pub form: Form,
    pub rules: Memo<Rules>,
    pub flaws: Memo<Vec<ApplicationFlaw>>,
}

impl Checked {
    /// Follows the form and the studio's rules.
    pub fn new(form: Form, rules: Memo<Rules>) -> Self {
        let flaws = Memo::new(move |_| form.application().flaws(&rules.get()));
        Self { form, rules, flaws }
    }

    fn error(self, field: Field) -> Signal<Option<String>> {
        self.form.error(self.flaws, field)
    }

    fn leave(self, field: Field) -> Callback<()> {
        self.form.leave(field)
    }

    /// The age of somebody who cannot sign themselves. Follows.
    pub fn minor(self) -> Option<i32> {
        let born = self.form.birth_on.get()?;
        let today = self.rules.get().today;
        Some(rollcall_domain::kernel::time::age_on(born, today))
            .filter(|years| *years < ADULT_YEARS && born <= today)
    }
}

/// Name, sex, birth date, photo.
#[component]
pub fn Who(of: Checked, #[prop(into)] photo_label: crate::ui::Text) -> impl IntoView {
    let form = of.form;
    let chars_max = u32::try_from(NAME_CHARS_MAX).unwrap_or(u32::MAX);
    let sexes =
        [Sex::Female, Sex::Male, Sex::Other].map(|sex| Choice::new(sex, move || words::sex(sex))).to_vec();
    let latest = Signal::derive(move || Some(of.rules.get().today));
    view! {
        <FieldGroup title=t::form_who>
            <Whole>
                <TextField label=t::form_name value=form.name need=Need::Required length_max=chars_max
                    error=of.error(Field::Name) on_leave=of.leave(Field::Name) />
            </Whole>
            <DateField label=t::form_birth value=form.birth_on max=latest error=of.error(Field::BirthOn) on_leave=of.leave(Field::BirthOn) />
            <Select label=t::form_sex value=form.sex choices=sexes error=of.error(Field::Sex) on_leave=of.leave(Field::Sex) />
            <Whole><PhotoField label=photo_label value=form.photo error=of.error(Field::Photo) /></Whole>
        </FieldGroup>
    }
}

/// Phone, e-mail, address and whom to call.
#[component]
pub fn Reach(of: Checked) -> impl IntoView {
    let form = of.form;
    let email_max = u32::try_from(EMAIL_CHARS_MAX).unwrap_or(u32::MAX);
    view! {
        <FieldGroup title=t::form_reach>
            <PhoneField label=t::form_phone value=form.phone error=of.error(Field::Phone) on_leave=of.leave(Field::Phone) />
            <TextField label=t::form_email value=form.email kind=LineKind::Email length_max=email_max
                error=of.error(Field::Email) on_leave=of.leave(Field::Email) />
            <Whole>
                <TextField label=t::form_address value=form.address length_max=240 error=of.error(Field::Address) on_leave=of.leave(Field::Address) />
            </Whole>
        </FieldGroup>
        <FieldGroup title=t::form_emergency>
            <TextField label=t::form_emergency_name value=form.emergency_name
                error=of.error(Field::EmergencyName) on_leave=of.leave(Field::EmergencyName) />
            <PhoneField label=t::form_emergency_phone value=form.emergency_phone
                error=of.error(Field::EmergencyPhone) on_leave=of.leave(Field::EmergencyPhone) />
            <TextField label=t::form_relation value=form.emergency_relation
                error=of.error(Field::EmergencyRelation) on_leave=of.leave(Field::EmergencyRelation) />
        </FieldGroup>
    }
}

/// A document whose number fills birth date and sex.
#[component]
pub fn DocumentGroup(of: Checked) -> impl IntoView {
    let form = of.form;
    let today = move || of.rules.get_untracked().today;
    // A paste or a scan is read at once, typing when the field is left.
    Effect::new(move |_| {
        if form.document_number.with(|number| number.chars().filter(|c| c.is_alphanumeric()).count() >= 18) {
            untrack(|| form.read_document(today()));
        }
    });
    let leave = move |()| {
        form.read_document(today());
        of.leave(Field::DocumentNumber).run(());
    };
    view! {
        <FieldGroup title=t::form_document>
            <Select label=t::form_document_kind value=form.document_kind choices=kinds() />
            <TextField label=t::form_document_number value=form.document_number kind=LineKind::Code hint=t::form_document_hint
                error=of.error(Field::DocumentNumber) on_leave=leave />
            <Whole><Checkbox label=t::form_document_checked value=form.document_checked /></Whole>
        </FieldGroup>
    }
}

/// Every kind of document.
pub fn kinds() -> Vec<Choice<DocumentKind>> {
    DocumentKind::ALL.map(|kind| Choice::new(kind, move || words::document_kind(kind))).to_vec()
}

/// The declaration, injuries, allergies.
#[component]
pub fn HealthGroup(of: Checked) -> impl IntoView {
    let form = of.form;
    view! {
        <FieldGroup title=t::form_health>
            <Whole><Checkbox label=t::form_declared value=form.declared /></Whole>
            <TextArea label=t::form_health_notes value=form.health_notes rows=2
                error=of.error(Field::HealthNotes) on_leave=of.leave(Field::HealthNotes) />
            <TextArea label=t::form_allergies value=form.allergies rows=2 error=of.error(Field::Allergies) on_leave=of.leave(Field::Allergies) />
        </FieldGroup>
    }
}

/// Sections, goals, preferences, tags, and who brought them.
#[component]
pub fn MoreGroup(of: Checked, own: Option<MemberId>) -> impl IntoView {
    let form = of.form;
    view! {
        <FieldGroup title=t::form_sections>
            <Checkbox label=tr::studio::indoor value=form.indoor />
            <Checkbox label=tr::studio::outdoor value=form.outdoor />
        </FieldGroup>
        <FieldGroup title=t::form_more>
            <TextArea label=t::form_goals value=form.goals rows=2 error=of.error(Field::Goals) on_leave=of.leave(Field::Goals) />
            <TextArea label=t::form_preferences value=form.preferences rows=2
                error=of.error(Field::Preferences) on_leave=of.leave(Field::Preferences) />
            <TextField label=t::form_tags value=form.tags hint=t::form_tags_hint error=of.error(Field::Tags) on_leave=of.leave(Field::Tags) />
            <Referrer value=form.referrer own />
        </FieldGroup>
    }
}

/// Who brought them: typed, then picked.
#[component]
fn Referrer(value: RwSignal<Option<MemberId>>, own: Option<MemberId>) -> impl IntoView {
    let studio = use_studio();
    let query = RwSignal::new(String::new());
    let for_options = studio.clone();
    let options = Signal::derive(move || {
        let typed = query.get();
        if typed.trim().is_empty() {
            return Vec::new();
        }
        let others = members::find_members(&for_options, &typed, REFERRERS_MAX)
            .into_iter()
            .filter(|m| Some(m.id) != own);
        others
            .map(|m| PickOption {
                id: m.id.to_string(),
                note: members::phone_of(&for_options, m.id).unwrap_or_default(),
                title: m.name,
            })
            .collect()
    });
    let pick = move |option: PickOption| {
        value.set(option.id.parse().ok().map(MemberId));
        query.set(String::new());
    };
    let name = move || value.get().and_then(|id| members::person(&studio, id)).map(|member| member.name);
    view! {
        <div class="stack stack--tight">
            <Picker label=t::form_referrer query options on_pick=pick empty=t::form_referrer_none placeholder=t::form_referrer_hint />
            {move || name().map(|name| view! {
                <p class="cluster">
                    <span>{t::form_referrer_is(&name)}</span>
                    <Button kind=ButtonKind::Quiet on_press=move |()| value.set(None)>{tr::common::remove}</Button>
                </p>
            })}
        </div>
    }
}

/// Who signs for somebody under age; shown when the birth date asks for it or something is filled in.
#[component]
pub fn GuardianGroup(of: Checked) -> impl IntoView {
    let form = of.form;
    let shown = Memo::new(move |_| of.minor().is_some() || !form.guardian_name.with(String::is_empty));
    let lead = move || of.minor().map(t::form_guardian_lead);
    view! {
        <Show when=move || shown.get()>
            <FieldGroup title=t::form_guardian>
                <Whole><p class="quiet">{lead}</p></Whole>
                <TextField label=t::form_guardian_name value=form.guardian_name
                    error=of.error(Field::GuardianName) on_leave=of.leave(Field::GuardianName) />
                <PhoneField label=t::form_guardian_phone value=form.guardian_phone
                    error=of.error(Field::GuardianPhone) on_leave=of.leave(Field::GuardianPhone) />
                <TextField label=t::form_relation value=form.guardian_relation
                    error=of.error(Field::GuardianRelation) on_leave=of.leave(Field::GuardianRelation) />
            </FieldGroup>
        </Show>
    }
}
