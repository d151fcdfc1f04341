//! The terms in force and a signature under them: the last step of a registration, or later from the file or a roster.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::ids::CommandId;
use rollcall_domain::members::{MemberId, SignTerms, SignedBy, Signer, Terms, TermsId, TermsText};

use super::refusals::say_run_error;
use super::settings::zone_name;
use crate::fmt;
use crate::shell::use_shell;
use crate::studio::{Order, RunError, Studio, use_studio};
use crate::tr::members as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, Dialog, DialogWidth, SignaturePad, Strokes, Text,
};

/// The version in force. Follows.
pub fn terms_in_force(studio: &Studio) -> Option<Terms> {
    Terms::in_force(studio.live().all::<Terms>(&Terms::all()))
}

/// What was drawn or typed.
#[derive(Clone, Copy, Default)]
pub struct Signing {
    pub strokes: RwSignal<Strokes>,
    pub typed_name: RwSignal<String>,
}

impl Signing {
    /// What is sent, when something was given; `signer_name` is who holds the finger.
    pub fn given(self, signer_name: &str) -> Option<SignedBy> {
        let (strokes, typed) = (self.strokes.get_untracked(), self.typed_name.get_untracked());
        let typed = typed.trim();
        if !typed.is_empty() {
            return Some(SignedBy { name: typed.to_owned(), strokes: Vec::new(), is_typed: true });
        }
        let points: usize = strokes.iter().map(Vec::len).sum();
        (points > 1).then(|| SignedBy { name: signer_name.to_owned(), strokes, is_typed: false })
    }
}

/// The order that records a signature.
pub fn sign_order(
    id: CommandId,
    member_id: MemberId,
    terms_id: TermsId,
    signer: Signer,
    signed: &SignedBy,
) -> Order {
    Order::new(id, &SignTerms { member_id, terms_id, signer }, signed)
}

/// The text of the terms, folded away, and what it counts with.
#[component]
pub fn TermsView(terms: Terms) -> impl IntoView {
    let studio = use_studio();
    let (version, at) = (terms.version, terms.published_at.0);
    let title = terms.text.title.clone();
    view! {
        <div class="terms">
            <p><b>{title}</b> " " <small class="quiet">{move || t::form_terms_version(version, fmt::moment(at, &zone_name(&studio)))}</small></p>
            <details>
                <summary>{t::form_terms_read}</summary>
                <TermsWords text=terms.text />
            </details>
        </div>
    }
}

/// Every part of a text under its heading.
#[component]
pub fn TermsWords(text: TermsText) -> impl IntoView {
    let parts: [(fn() -> &'static str, String); 5] = [
        (t::terms_fees, text.fees),
        (t::terms_services, text.services),
        (t::terms_refund, text.refund_policy),
        (t::terms_rules, text.rules),
        (t::terms_charter, text.charter),
    ];
    let counted: [(fn() -> &'static str, u32); 4] = [
        (t::terms_review_days, text.statutory.review_days),
        (t::terms_cooling_off_days, text.statutory.cooling_off_days),
        (t::terms_freeze_days, text.statutory.freeze_days),
        (t::terms_refund_days, text.statutory.refund_days),
    ];
    let filled = parts.into_iter().filter(|(_, text)| !text.is_empty());
    view! {
        {filled.map(|(heading, text)| view! { <h3>{heading}</h3> <p class="terms__text">{text}</p> }).collect_view()}
        <dl class="facts">
            {counted.into_iter().filter(|(_, days)| *days > 0).map(|(label, days)| view! {
                <div><dt>{label}</dt> <dd>{move || t::terms_days_value(u64::from(days))}</dd></div>
            }).collect_view()}
        </dl>
    }
}

/// Terms and pad, or where to write terms when there are none.
#[component]
pub fn SignStep(signing: Signing, #[prop(into)] label: Text) -> impl IntoView {
    let studio = use_studio();
    let terms = Memo::new(move |_| terms_in_force(&studio));
    move || {
        match terms.get() {
        Some(terms) => view! {
            <TermsView terms />
            <SignaturePad label strokes=signing.strokes typed_name=signing.typed_name hint=t::form_signature_hint />
        }
        .into_any(),
        None => view! {
            <p class="quiet">{t::form_terms_none}</p>
            <p><ButtonLink href="/settings/terms">{t::form_terms_publish}</ButtonLink></p>
        }
        .into_any(),
    }
    }
}

/// Who would sign for a member.
#[derive(Debug, Clone, PartialEq)]
pub struct WhoSigns {
    pub member_id: MemberId,
    pub member_name: String,
    pub signer: Signer,
    pub signer_name: String,
}

/// The same from the file, in a dialog.
#[component]
pub fn SignDialog(open: RwSignal<bool>, #[prop(into)] who: Signal<Option<WhoSigns>>) -> impl IntoView {
    let title = move || who.get().map(|who| t::sign_title(who.member_name)).unwrap_or_default();
    view! {
        <Dialog title open width=DialogWidth::Wide>
            {move || who.get_untracked().map(|who| view! { <SignInside who open /> })}
        </Dialog>
    }
}

#[component]
fn SignInside(who: WhoSigns, open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (signing, id) = (Signing::default(), studio.intent());
    let (busy, missing, trouble) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<RunError>));
    let label: Text = if who.signer == Signer::Guardian {
        t::form_signature_guardian.into()
    } else {
        t::form_signature.into()
    };
    let sign = move |()| {
        let Some(terms) = untrack(|| terms_in_force(&studio)) else { return };
        let Some(signed) = signing.given(&who.signer_name) else {
            missing.set(true);
            return;
        };
        busy.set(true);
        let (studio, order) = (studio.clone(), sign_order(id, who.member_id, terms.id, who.signer, &signed));
        spawn_local(async move {
            let done = studio.run(order).await;
            busy.try_set(false);
            match done {
                Ok(_) => {
                    shell.say(t::sign_said());
                    open.try_set(false);
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <div class="stack">
            <SignStep signing label />
            {move || missing.get().then(|| view! { <Banner answer=Answer::Warn text=t::sign_missing /> })}
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })}
        </div>
        <Actions>
            <Button on_press=move |()| open.set(false)>{crate::tr::common::cancel}</Button>
            <Button kind=ButtonKind::Primary busy on_press=sign>{t::sign_save}</Button>
        </Actions>
    }
}
