//! Taking a payment back: with a reason, as a receipt of its own.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::flow::reverse::{Reason, ReversePayment};
use rollcall_domain::kernel::{Number, RecordBody as _};
use rollcall_domain::payments::{Payment, REASON_CHARS_MAX};

use crate::parts::doing::{Doing, Trouble};
use crate::parts::settings::money;
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr;
use crate::tr::payments as t;
use crate::ui::{Actions, Button, ButtonKind, ButtonRole, Dialog, Need, TextField};

/// The dialog.
#[component]
pub(super) fn ReverseDialog(payment: Payment, open: RwSignal<bool>) -> impl IntoView {
    let label = payment.label();
    let payment = StoredValue::new(payment);
    view! {
        <Dialog title=move || t::reverse_title(&label) open>
            <Form payment=payment.get_value() open />
        </Dialog>
    }
}

#[component]
fn Form(payment: Payment, open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell, navigate) = (use_studio(), use_shell(), use_navigate());
    let doing = Doing::new(&studio);
    let (reason, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let paid = payment.paid_cents;
    let for_money = studio.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let said = reason.with_untracked(|text| text.trim().to_owned());
        if said.is_empty() {
            return;
        }
        let (payment_id, member_id, label, navigate) =
            (payment.id, payment.member_id, payment.label(), navigate.clone());
        let make = move |id| {
            Order::numbered(id, &["receipt"], move |numbers| {
                let taken = numbers.get("receipt");
                let command = ReversePayment {
                    payment_id,
                    member_id,
                    receipt: Number { series: taken.series, n: taken.n },
                };
                (command, Reason { reason: said.clone() })
            })
        };
        doing.run(&studio, make, move |done| {
            open.try_set(false);
            shell.say(t::reversed(label));
            if let Some(change) = done.changes.iter().find(|change| change.kind == Payment::KIND) {
                navigate(&format!("/receipts/{}", change.id), NavigateOptions::default());
            }
        });
    };
    let error = move || {
        (tried.get() && reason.with(|text| text.trim().is_empty()))
            .then(|| t::reverse_reason_missing().to_owned())
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p>{move || t::reverse_lead(money(&for_money, paid))}</p>
            <TextField label=t::reverse_reason value=reason need=Need::Required error length_max=u32::try_from(REASON_CHARS_MAX).unwrap_or(200) />
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| open.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Stop role=ButtonRole::Submit busy=doing.busy()>{t::reverse_do}</Button>
            </Actions>
        </form>
    }
}
