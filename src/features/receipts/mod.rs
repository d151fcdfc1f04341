//! Paper of the desk: receipts, cards, and the debts and reversals that make receipts of their own.

mod card;
mod end_card;
mod file;
mod paper;
mod pay;
mod reverse;
mod telling;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::members::MemberId;
use rollcall_domain::payments::{Payment, REVERSES_KEY, receipt};

use crate::parts::members::{called, href, person, stands};
use crate::parts::settings::{person_name, studio_settings};
use crate::studio::{Studio, use_studio};
use crate::tr::payments as t;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Choice, Empty, Page, PageHead, PageWidth, Paper, PrintButton, RadioGroup,
    RadioLook,
};

pub use card::CardDesk;
pub use file::FILE;
pub use pay::PayDesk;
pub use telling::TELLING;

use paper::ReceiptPaper;
use reverse::ReverseDialog;

/// The id in the address, under this name.
fn id_param(name: &'static str) -> Memo<Option<Id>> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|p| p.get(name)).and_then(|text| text.parse::<Id>().ok()))
}

/// The member in the address, as they are known by now.
fn member_param() -> Memo<Option<MemberId>> {
    let (studio, id) = (use_studio(), id_param("member"));
    Memo::new(move |_| id.get().map(|id| stands(&studio, MemberId(id))))
}

/// A member's name; empty while they are not known here.
fn name_of(studio: &Studio, member: MemberId) -> String {
    person(studio, member).map(|m| called(&m)).unwrap_or_default()
}

/// The reversals of a payment that moved money.
fn reversal_of(studio: &Studio, payment: &Payment) -> Option<Payment> {
    let found = studio.live().by_key::<Payment>(REVERSES_KEY, KeyValue::of(payment.id.raw()));
    found.into_iter().find(|p| !p.void)
}

/// The screen of one receipt.
#[component]
pub fn ReceiptDesk() -> impl IntoView {
    let studio = use_studio();
    let id = id_param("id");
    let payment = Memo::new(move |_| id.get().and_then(|id| studio.live().get::<Payment>(id)));
    move || match payment.get() {
        Some(payment) => view! { <OneReceipt payment /> }.into_any(),
        None => {
            view! { <Page><Empty heading=true title=t::unknown note=t::unknown_note /></Page> }.into_any()
        }
    }
}

#[component]
fn OneReceipt(payment: Payment) -> impl IntoView {
    let studio = use_studio();
    let (paper, reversing) = (RwSignal::new(Some(Paper::Receipt)), RwSignal::new(false));
    let papers = vec![Choice::new(Paper::Receipt, t::paper_roll), Choice::new(Paper::A5, t::paper_a5)];
    let (member, label) = (payment.member_id, payment.label());
    let stood = untrack(|| stands(&studio, member));
    let (for_name, for_state) = (studio.clone(), studio.clone());
    let kept = payment.clone();
    let can_reverse =
        Memo::new(move |_| kept.reverses.is_none() && !kept.void && reversal_of(&for_state, &kept).is_none());
    let printed = {
        let payment = payment.clone();
        Signal::derive(move || {
            let original = payment.reverses.and_then(|id| studio.live().get::<Payment>(id));
            let reversal = reversal_of(&studio, &payment);
            let name = studio_settings(&studio).map(|s| s.name).unwrap_or_default();
            let by = person_name(&studio, payment.by).unwrap_or_default();
            receipt(
                &payment,
                original.as_ref(),
                reversal.as_ref(),
                &name,
                &name_of(&studio, payment.member_id),
                &by,
            )
        })
    };
    let void = payment.void;
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=move || t::receipt_no(&label)>
                <ButtonLink href=href(stood) kind=ButtonKind::Quiet>{move || name_of(&for_name, member)}</ButtonLink>
            </PageHead>
            <div class="cluster only-screen">
                <RadioGroup label=t::paper value=paper choices=papers look=RadioLook::Segments />
                <PrintButton kind=ButtonKind::Primary />
                <Show when=move || can_reverse.get()>
                    <Button kind=ButtonKind::Stop on_press=move |()| reversing.set(true)>{t::reverse}</Button>
                </Show>
            </div>
            {move || paper.get().map(|paper| view! { <ReceiptPaper paper printed void /> })}
            <ReverseDialog payment open=reversing />
        </Page>
    }
}
