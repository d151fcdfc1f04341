//! What money adds to a member's file: the receipts, and what is owed.

use leptos::prelude::*;
use rollcall_domain::kernel::order;
use rollcall_domain::members::MemberId;
use rollcall_domain::payments::{MEMBER_KEY, Payment};

use crate::parts::member_file::{FileParts, HistoryLine};
use crate::parts::members::kept;
use crate::parts::passes::owed_cents;
use crate::parts::settings::{moment, money};
use crate::studio::{Studio, use_studio};
use crate::tr::payments as t;
use crate::ui::{ButtonKind, ButtonLink, List, Row, Section};

/// The slice's part of the file.
pub static FILE: FileParts =
    FileParts { panel: Some(panel), history: Some(history), filters: &[("payments", t::filter)] };

/// Receipts shown in the file; all of them are in its history.
const ROWS_MAX: usize = 5;

/// A member's payments, newest first. Follows changes.
fn payments_of(studio: &Studio, member: MemberId) -> Vec<Payment> {
    let mut all = kept::<Payment>(studio, member, MEMBER_KEY);
    order::by_key(&mut all, |p| (std::cmp::Reverse(p.at), p.id));
    all
}

fn panel(member: MemberId) -> AnyView {
    let studio = use_studio();
    let (for_rows, for_owed) = (studio.clone(), studio.clone());
    let payments = Memo::new(move |_| payments_of(&studio, member));
    let rows = move || payments.get().into_iter().take(ROWS_MAX).map(|p| row(&for_rows, p)).collect_view();
    let take = move || {
        let owed = owed_cents(&for_owed, member);
        let label = t::take_do(money(&for_owed, owed));
        (owed > 0).then(|| view! { <ButtonLink href=format!("/pay/{member}") kind=ButtonKind::Primary>{label}</ButtonLink> })
    };
    view! {
        <Section title=t::title>
            {take}
            <Show when=move || payments.with(Vec::is_empty)><p class="quiet">{t::list_none}</p></Show>
            <List label=t::title>{rows}</List>
        </Section>
    }
    .into_any()
}

fn row(studio: &Studio, payment: Payment) -> AnyView {
    let paid = money(studio, payment.paid_cents);
    let (label, at, href) =
        (payment.label(), moment(studio, payment.at), format!("/receipts/{}", payment.id));
    view! {
        <Row after=view! { <span class="figures">{paid}</span> }.into_any()>
            <a class="figures" href=href>{label}</a>
            <small>{at}</small>
        </Row>
    }
    .into_any()
}

fn history(member: MemberId) -> Signal<Option<Vec<HistoryLine>>> {
    let studio = use_studio();
    Signal::derive(move || {
        let line = |p: Payment| HistoryLine {
            at: p.at,
            text: t::history(p.label(), money(&studio, p.paid_cents)),
            filter: "payments",
            href: Some(format!("/receipts/{}", p.id)),
        };
        Some(payments_of(&studio, member).into_iter().map(line).collect())
    })
}
