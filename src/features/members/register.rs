//! Registration: one page in short groups, duplicates shown while typing, terms and signature last, kept as a draft all along.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use rollcall_domain::han;
use rollcall_domain::kernel::ids::Hash;
use rollcall_domain::members::{Application, MemberId, SignedBy, Signer, TermsId};

use super::draft;
use super::fields::{Checked, DocumentGroup, GuardianGroup, HealthGroup, MoreGroup, Reach, Who};
use super::state::{Form, Intents, enrol, rules};
use super::twins::{TwinPanel, Twins};
use crate::parts::refusals::say_run_error;
use crate::parts::signing::{SignStep, Signing, sign_order, terms_in_force};
use crate::parts::{members, settings};
use crate::shell::use_shell;
use crate::studio::{Order, RunError, Studio, use_studio};
use crate::tr::common;
use crate::tr::members as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, ButtonRole, ButtonSize, FieldGroup, Page,
    PageHead, PageWidth, Text, Whole,
};

/// The page.
#[component]
pub fn Register() -> impl IntoView {
    let studio = use_studio();
    let for_rules = studio.clone();
    let rules = Memo::new(move |_| rules(&for_rules));
    let home = rules.with_untracked(|rules| rules.home);
    let sections = untrack(|| settings::studio_settings(&studio)).map(|s| s.sections).unwrap_or_default();
    let form = Form::new(home, &sections);
    let restored = RwSignal::new(restore(&studio, &form, home));
    if let Some(name) =
        use_query_map().with_untracked(|query| query.get("name")).filter(|_| !restored.get_untracked())
    {
        form.name.set(name);
    }
    let of = Checked::new(form, rules);
    let for_draft = studio.clone();
    let twins = Twins::new(studio, form, rules);
    // The draft follows every change; the first run only reads.
    Effect::new(move |before: Option<()>| {
        let now = form.draft();
        if before.is_some() {
            draft::write(&for_draft, &now);
        }
    });
    let anew = Callback::new(move |()| {
        draft::forget();
        form.fill(&Application::default(), &sections, None, home);
        form.document_number.set(String::new());
        restored.set(false);
    });
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::form_title />
            {move || restored.get().then(|| view! {
                <Banner text=t::form_draft_back><Button on_press=anew>{t::form_draft_drop}</Button></Banner>
            })}
            <Inside of twins />
        </Page>
    }
}

/// True when there was a draft.
fn restore(studio: &Studio, form: &Form, home: rollcall_domain::members::Region) -> bool {
    let Some(kept) = draft::read(studio)
        .filter(|kept| !kept.application.name.trim().is_empty() || kept.application.phone.is_some())
    else {
        return false;
    };
    form.fill(&kept.application, &kept.sections, kept.referrer, home);
    true
}

#[component]
fn Inside(of: Checked, twins: Twins) -> impl IntoView {
    let (studio, shell, navigate) = (use_studio(), use_shell(), use_navigate());
    let signing = Signing::default();
    let ids = Intents {
        member_id: MemberId(studio.mint()),
        enrol: studio.intent(),
        sign: studio.intent(),
        group: studio.mint(),
    };
    let (busy, trouble, to_fix) =
        (RwSignal::new(false), RwSignal::new(None::<RunError>), RwSignal::new(0u64));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let flaws = of.flaws.get_untracked();
        of.form.leave_all(&flaws);
        to_fix.set(u64::try_from(flaws.len()).unwrap_or(0));
        twins.asked.set(true);
        if !flaws.is_empty() || twins.waits() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let registration = Registration::read(of, signing, twins, ids, &studio);
        let (studio, navigate) = (studio.clone(), navigate.clone());
        spawn_local(async move {
            let name = registration.application.name.clone();
            match registration.save(&studio).await {
                Ok(()) => {
                    draft::forget();
                    shell.say(t::form_saved_said(name));
                    navigate(&members::href(ids.member_id), NavigateOptions::default());
                }
                Err(error) => {
                    busy.try_set(false);
                    trouble.try_set(Some(error));
                }
            }
        });
    };
    let label =
        Text::from(
            move || if of.minor().is_some() { t::form_signature_guardian() } else { t::form_signature() },
        );
    view! {
        <form class="form" novalidate on:submit=submit>
            <Who of photo_label=t::form_photo />
            <Reach of />
            <TwinPanel twins />
            <GuardianGroup of />
            <DocumentGroup of />
            <HealthGroup of />
            <MoreGroup of own=None />
            <FieldGroup title=t::form_terms><Whole><SignStep signing label /></Whole></FieldGroup>
            {move || (to_fix.get() > 0 && !of.flaws.with(Vec::is_empty)).then(|| view! {
                <Banner answer=Answer::Warn text=move || t::form_fix(to_fix.get()) />
            })}
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })}
            <Actions>
                <ButtonLink href="/members">{common::cancel}</ButtonLink>
                <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy>{t::form_save}</Button>
            </Actions>
        </form>
    }
}

/// Everything one registration sends, read out of the signals before anything is awaited.
struct Registration {
    ids: Intents,
    form: Form,
    different_from: Vec<MemberId>,
    application: Application,
    photo: Option<Vec<u8>>,
    signed: Option<(TermsId, Signer, SignedBy)>,
}

impl Registration {
    fn read(of: Checked, signing: Signing, twins: Twins, ids: Intents, studio: &Studio) -> Self {
        let application = untrack(|| of.form.application()).tidied(&of.rules.get_untracked());
        let signer = if untrack(|| of.minor()).is_some() { Signer::Guardian } else { Signer::Member };
        let signer_name = match (signer, &application.guardian) {
            (Signer::Guardian, Some(guardian)) => guardian.name.clone(),
            _ => application.name.clone(),
        };
        let terms = untrack(|| terms_in_force(studio));
        let signed = terms.zip(signing.given(&signer_name)).map(|(terms, signed)| (terms.id, signer, signed));
        Self {
            ids,
            form: of.form,
            different_from: twins.told_apart(),
            application,
            photo: of.form.photo.get_untracked(),
            signed,
        }
    }

    async fn save(mut self, studio: &Studio) -> Result<(), RunError> {
        let command = enrol(&self.form, self.ids.member_id, self.different_from);
        let table = crate::parts::han::for_saving().await;
        self.application.name_keys = han::name_keys(&self.application.name, &table);
        let photo = self.photo.map(|bytes| (Hash::of(&bytes), bytes));
        self.application.photo = photo.as_ref().map(|(hash, _)| hash.clone());
        let mut order = Order::new(self.ids.enrol, &command, &self.application).group(self.ids.group);
        if let Some((hash, bytes)) = photo {
            order = order.blob(hash, bytes);
        }
        studio.run(order).await?;
        if let Some((terms_id, signer, signed)) = self.signed {
            let order = sign_order(self.ids.sign, self.ids.member_id, terms_id, signer, &signed);
            studio.run(order.group(self.ids.group).after(self.ids.enrol)).await?;
        }
        Ok(())
    }
}
