//! Taking what somebody owes.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::flow::take::TakePayment;
use rollcall_domain::kernel::ids::CommandId;
use rollcall_domain::kernel::{Currency, Money, Number, RecordBody as _};
use rollcall_domain::members::MemberId;
use rollcall_domain::payments::{MoneyLeaseId, Payment, Tender, TenderKind};

use super::{member_param, name_of};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members::href;
use crate::parts::passes::owed_cents;
use crate::parts::purse::{Purse, PurseNote};
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

/// A payment in hand: how much, how, and how the rest where prepaid money does not go all the way.
#[derive(Clone, Copy)]
struct Paying {
    member: MemberId,
    currency: Currency,
    amount: RwSignal<Option<i64>>,
    tender: RwSignal<Option<TenderKind>>,
    rest: RwSignal<Option<TenderKind>>,
    purse: Purse,
}

impl Paying {
    /// How much of it is prepaid money: all, or as much as can be spent now.
    fn spend_cents(self) -> i64 {
        let all = self.amount.get().unwrap_or(0);
        if self.tender.get() == Some(TenderKind::StoredValue) { all.min(self.purse.most_cents()) } else { 0 }
    }

    /// What is to be paid another way.
    fn rest_cents(self) -> i64 {
        let prepaid = self.tender.get() == Some(TenderKind::StoredValue);
        if prepaid { self.amount.get().unwrap_or(0) - self.spend_cents() } else { 0 }
    }

    /// The tenders, once there is something to take.
    fn tenders(self) -> Option<Vec<Tender>> {
        let all = self.amount.get().filter(|cents| *cents > 0)?;
        let rest = self.rest_cents();
        let first = Tender { kind: self.tender.get()?, amount_cents: all - rest };
        let second = Tender { kind: self.rest.get()?, amount_cents: rest };
        Some([first, second].into_iter().filter(|tender| tender.amount_cents > 0).collect())
    }

    fn order(self, id: CommandId, tenders: Vec<Tender>, lease_id: Option<MoneyLeaseId>) -> Order {
        let cents = tenders.iter().map(|tender| tender.amount_cents).sum();
        Order::numbered(id, &["receipt"], move |numbers| {
            let taken = numbers.get("receipt");
            let command = TakePayment {
                member_id: self.member,
                amount: Money::new(cents, self.currency),
                tenders: tenders.clone(),
                given_cents: None,
                receipt: Number { series: taken.series, n: taken.n },
                lease_id,
            };
            (command, ())
        })
    }
}

#[component]
fn Pay(member: MemberId) -> impl IntoView {
    let (studio, navigate) = (use_studio(), use_navigate());
    let doing = Doing::new(&studio);
    let owed = untrack(|| owed_cents(&studio, member));
    let paying = Paying {
        member,
        currency: untrack(|| currency(&studio)),
        amount: RwSignal::new(Some(owed).filter(|cents| *cents > 0)),
        tender: RwSignal::new(Some(TenderKind::Cash)),
        rest: RwSignal::new(Some(TenderKind::Cash)),
        purse: Purse::open(member),
    };
    let (for_label, for_owed, for_name) = (studio.clone(), studio.clone(), studio.clone());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(tenders) = untrack(|| paying.tenders()) else { return };
        let (studio, navigate) = (studio.clone(), navigate.clone());
        paying.purse.when_free(untrack(|| paying.spend_cents()), move |lease_id| {
            doing.run(
                &studio,
                move |id| paying.order(id, tenders, lease_id),
                move |done| {
                    if let Some(change) = done.changes.iter().find(|change| change.kind == Payment::KIND) {
                        navigate(&format!("/receipts/{}", change.id), NavigateOptions::default());
                    }
                },
            );
        });
    };
    let label = move || t::take_do(money(&for_label, paying.amount.get().unwrap_or(0)));
    let busy = Signal::derive(move || doing.busy().get() || paying.purse.busy());
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::take_title>
                <ButtonLink href=href(member) kind=ButtonKind::Quiet>{move || name_of(&for_name, member)}</ButtonLink>
            </PageHead>
            <form class="form" novalidate on:submit=submit>
                <Facts><Fact name=t::owes>{move || money(&for_owed, owed_cents(&for_owed, member))}</Fact></Facts>
                <MoneyField label=t::take_amount value=paying.amount need=Need::Required currency=Signal::stored(paying.currency.code().to_owned())
                    exponent=Signal::stored(paying.currency.exponent()) />
                <Ways paying />
                <Trouble doing />
                <Actions>
                    <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy>{label}</Button>
                </Actions>
            </form>
        </Page>
    }
}

/// How it is paid; and the rest, where prepaid money does not go all the way.
#[component]
fn Ways(paying: Paying) -> impl IntoView {
    let studio = use_studio();
    let some = Memo::new(move |_| paying.purse.there().cents() > 0);
    let shut = Memo::new(move |_| paying.purse.most_cents() <= 0);
    let kinds = Signal::derive(move || {
        let one = |kind: TenderKind| {
            let choice = Choice::new(kind, move || tender_word(kind));
            if kind == TenderKind::StoredValue && shut.get() { choice.shut() } else { choice }
        };
        let offered = |kind: &TenderKind| *kind != TenderKind::StoredValue || some.get();
        TenderKind::ALL.into_iter().filter(offered).map(one).collect::<Vec<_>>()
    });
    let others: Vec<Choice<TenderKind>> = TenderKind::ALL
        .into_iter()
        .filter(|kind| *kind != TenderKind::StoredValue)
        .map(|kind| Choice::new(kind, move || tender_word(kind)))
        .collect();
    let others = StoredValue::new(others);
    let for_rest = StoredValue::new(studio);
    let rest_label = move || {
        for_rest.with_value(|studio| crate::tr::balance::rest_with(money(studio, paying.rest_cents())))
    };
    view! {
        <RadioGroup label=crate::tr::passes::paid_with value=paying.tender choices=kinds look=RadioLook::Segments />
        <PurseNote purse=paying.purse cents=Signal::derive(move || paying.spend_cents()) />
        <Show when=move || { paying.rest_cents() > 0 }>
            <RadioGroup label=rest_label value=paying.rest choices=Signal::stored(others.get_value()) look=RadioLook::Segments />
        </Show>
    }
}
