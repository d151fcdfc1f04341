//! Somebody who has never been here comes along: name, number and signature, and they are on the roster. What the desk
//! asks besides it asks later; the look-alikes are found where everybody is known.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::bookings::{Mark, REASON_CHARS_MAX};
use rollcall_domain::classes::SessionKey;
use rollcall_domain::flow::booking::{OverWhy, WalkIn};
use rollcall_domain::han;
use rollcall_domain::kernel::ids::{CommandId, Id};
use rollcall_domain::members::application::Rules;
use rollcall_domain::members::{
    Application, ApplicationFlaw, EnrolMember, Field, Flaw, MemberId, SignedBy, Signer, TermsId,
};

use super::hold::own_lease;
use super::state::seats;
use crate::parts::han as table;
use crate::parts::refusals::say_run_error;
use crate::parts::settings::studio_settings;
use crate::parts::signing::{SignStep, Signing, sign_order, terms_in_force};
use crate::shell::use_shell;
use crate::studio::{Order, RunError, Studio, use_studio};
use crate::tr;
use crate::tr::bookings as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonRole, ButtonSize, Need, PhoneField, TextField,
};

/// The intents of one form: pressed twice it is the same person.
#[derive(Debug, Clone, Copy)]
struct Intents {
    member_id: MemberId,
    enrol: CommandId,
    sign: CommandId,
    come: CommandId,
    group: Id,
}

impl Intents {
    fn new(studio: &Studio) -> Self {
        Self {
            member_id: MemberId(studio.mint()),
            enrol: studio.intent(),
            sign: studio.intent(),
            come: studio.intent(),
            group: studio.mint(),
        }
    }
}

/// Everything that is saved, read before anything is awaited.
struct Coming {
    ids: Intents,
    session: SessionKey,
    application: Application,
    signed: Option<(TermsId, SignedBy)>,
    over: OverWhy,
}

impl Coming {
    async fn save(mut self, studio: &Studio) -> Result<(), RunError> {
        let Intents { member_id, enrol, sign, come, group } = self.ids;
        let table = table::for_saving().await;
        self.application.name_keys = han::name_keys(&self.application.name, &table);
        let command = EnrolMember {
            member_id,
            sections: Vec::new(),
            referrer: None,
            joined_on: None,
            different_from: Vec::new(),
        };
        studio.run(Order::new(enrol, &command, &self.application).group(group)).await?;
        if let Some((terms_id, signed)) = self.signed {
            let order = sign_order(sign, member_id, terms_id, Signer::Member, &signed);
            studio.run(order.group(group).after(enrol)).await?;
        }
        let lease_id = untrack(|| own_lease(studio, self.session)).map(|lease| lease.id);
        let walk_in = WalkIn { session: self.session, member_id, mark: Mark::Present, lease_id };
        studio.run(Order::new(come, &walk_in, &self.over).group(group).after(enrol)).await?;
        Ok(())
    }
}

/// The fields, and what is wrong with them.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    phone: RwSignal<String>,
    reason: RwSignal<String>,
    signing: Signing,
    tried: RwSignal<bool>,
    /// What the fields say as it is sent, and its flaws.
    read: Memo<(Vec<ApplicationFlaw>, Application)>,
    /// True when all seats are taken: one more needs a reason.
    full: Memo<bool>,
}

impl Form {
    fn new(studio: &Studio, key: SessionKey) -> Self {
        let (name, phone) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let (for_read, for_full) = (studio.clone(), studio.clone());
        let read = Memo::new(move |_| {
            let rules = Rules::of(studio_settings(&for_read).as_ref(), for_read.today());
            let phone = Some(phone.get()).filter(|text| !text.trim().is_empty());
            let application = Application { name: name.get(), phone, ..Application::default() };
            (application.flaws(&rules), application.tidied(&rules))
        });
        Self {
            name,
            phone,
            reason: RwSignal::new(String::new()),
            signing: Signing::default(),
            tried: RwSignal::new(false),
            read,
            full: Memo::new(move |_| seats(&for_full, key).is_some_and(|seats| seats.free() == 0)),
        }
    }

    fn flaw(self, field: Field) -> Signal<Option<String>> {
        Signal::derive(move || {
            let of = |flaws: &[ApplicationFlaw]| {
                flaws.iter().find(|flaw| flaw.field == field).map(|flaw| flaw.why)
            };
            let why = self.read.with(|(flaws, _)| of(flaws));
            why.filter(|_| self.tried.get()).map(|why| say(why).to_owned())
        })
    }

    fn wants_reason(self) -> bool {
        self.full.get() && self.reason.with(|reason| reason.trim().is_empty())
    }

    fn no_reason(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            (self.tried.get() && self.wants_reason()).then(|| t::refused_reason_missing().to_owned())
        })
    }

    /// Everything that is saved; nothing while something is wrong.
    fn coming(self, studio: &Studio, ids: Intents, session: SessionKey) -> Option<Coming> {
        self.tried.set(true);
        let (flaws, application) = self.read.get_untracked();
        if !flaws.is_empty() || untrack(|| self.wants_reason()) {
            return None;
        }
        let terms = untrack(|| terms_in_force(studio)).map(|terms| terms.id);
        let signed = terms.zip(self.signing.given(&application.name));
        let over = OverWhy { reason: self.reason.get_untracked() };
        Some(Coming { ids, session, application, signed, over })
    }
}

/// The form.
#[component]
pub(super) fn Newcomer(key: SessionKey, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (form, ids) = (Form::new(&studio, key), Intents::new(&studio));
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<RunError>));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let Some(coming) = form.coming(&studio, ids, key) else { return };
        busy.set(true);
        trouble.set(None);
        let (said, studio) = (t::booked_said(&coming.application.name), studio.clone());
        spawn_local(async move {
            let saved = coming.save(&studio).await;
            busy.try_set(false);
            match saved {
                Ok(()) => {
                    shell.say(said);
                    on_done.try_run(());
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Asked form />
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })}
            <Actions>
                <Button size=ButtonSize::Large on_press=move |()| on_done.run(())>{tr::common::cancel}</Button>
                <Button size=ButtonSize::Large kind=ButtonKind::Primary role=ButtonRole::Submit busy>{t::new_come}</Button>
            </Actions>
        </form>
    }
}

/// What is asked.
#[component]
fn Asked(form: Form) -> impl IntoView {
    let studio = use_studio();
    let has_terms = Memo::new(move |_| terms_in_force(&studio).is_some());
    let chars = u32::try_from(REASON_CHARS_MAX).unwrap_or(200);
    view! {
        <TextField label=t::new_name value=form.name need=Need::Required error=form.flaw(Field::Name) />
        <PhoneField label=t::new_phone value=form.phone error=form.flaw(Field::Phone) />
        <Show when=move || form.full.get()>
            <TextField label=t::over_why value=form.reason length_max=chars need=Need::Required error=form.no_reason() placeholder=t::over_why_example />
        </Show>
        <Show when=move || has_terms.get()><SignStep signing=form.signing label=t::new_signature /></Show>
    }
}

/// What is wrong with a field of this form.
fn say(why: Flaw) -> &'static str {
    match why {
        Flaw::Missing => tr::members::flaw_missing(),
        Flaw::NotAPhone => tr::members::flaw_not_a_phone(),
        _ => t::new_flaw(),
    }
}
