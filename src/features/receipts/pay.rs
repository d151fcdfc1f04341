//! Taking what somebody owes.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::flow::take::TakePayment;
use rollcall_domain::kernel::{Money, Number, RecordBody as _};
use rollcall_domain::members::MemberId;
use rollcall_domain::payments::{Payment, Tender, TenderKind};

use super::{member_param, name_of};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members::href;
use crate::parts::passes::{held, owed_cents, stored_value_cents};
use crate::parts::settings::{currency, money};
use crate::parts::tenders::tender_word;
use crate::studio::{Order, use_studio};
use crate::tr::payments as t;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, ButtonRole, ButtonSize, Choice, Fact, Facts, MoneyField, Need,
    Page, PageHead, PageWidth, RadioGroup, RadioLook,
};

/// The screen.
#[component]
pub fn PayDesk() -> impl IntoView {
    let member = member_param();
    move || member.get().map(|member| view! { <Pay member /> })
}

#[component]
fn Pay(member: MemberId) -> impl IntoView {
    let (studio, navigate) = (use_studio(), use_navigate());
    let doing = Doing::new(&studio);
    let currency = untrack(|| currency(&studio));
    let owed = untrack(|| owed_cents(&studio, member));
    let (amount, tender) =
        (RwSignal::new(Some(owed).filter(|cents| *cents > 0)), RwSignal::new(Some(TenderKind::Cash)));
    let purse = untrack(|| stored_value_cents(&held(&studio, member)));
    let kinds: Vec<Choice<TenderKind>> = TenderKind::ALL
        .into_iter()
        .filter(|kind| *kind != TenderKind::StoredValue || purse >= owed && purse > 0)
        .map(|kind| Choice::new(kind, move || tender_word(kind)))
        .collect();
    let (for_label, for_owed, for_name) = (studio.clone(), studio.clone(), studio.clone());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some((cents, kind)) =
            amount.get_untracked().filter(|cents| *cents > 0).zip(tender.get_untracked())
        else {
            return;
        };
        let navigate = navigate.clone();
        let make = move |id| {
            Order::numbered(id, &["receipt"], move |numbers| {
                let taken = numbers.get("receipt");
                let tenders = vec![Tender { kind, amount_cents: cents }];
                let receipt = Number { series: taken.series, n: taken.n };
                (
                    TakePayment {
                        member_id: member,
                        amount: Money::new(cents, currency),
                        tenders,
                        given_cents: None,
                        receipt,
                    },
                    (),
                )
            })
        };
        doing.run(&studio, make, move |done| {
            if let Some(change) = done.changes.iter().find(|change| change.kind == Payment::KIND) {
                navigate(&format!("/receipts/{}", change.id), NavigateOptions::default());
            }
        });
    };
    let label = move || t::take_do(money(&for_label, amount.get().unwrap_or(0)));
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::take_title>
                <ButtonLink href=href(member) kind=ButtonKind::Quiet>{move || name_of(&for_name, member)}</ButtonLink>
            </PageHead>
            <form class="form" novalidate on:submit=submit>
                <Facts><Fact name=t::owes>{move || money(&for_owed, owed_cents(&for_owed, member))}</Fact></Facts>
                <MoneyField label=t::take_amount value=amount need=Need::Required currency=Signal::stored(currency.code().to_owned())
                    exponent=Signal::stored(currency.exponent()) />
                <RadioGroup label=crate::tr::passes::paid_with value=tender choices=kinds look=RadioLook::Segments />
                <Trouble doing />
                <Actions>
                    <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy=doing.busy()>{label}</Button>
                </Actions>
            </form>
        </Page>
    }
}
