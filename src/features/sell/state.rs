//! A sale in hand, without markup: what is bought, from when, how it is paid, which card goes with it.

use leptos::prelude::*;
use rollcall_domain::flow::sell::SellPass;
use rollcall_domain::kernel::ids::{CommandId, Id};
use rollcall_domain::kernel::{Number, Outcome, RecordBody};
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::cards::{Card, NewCard};
use rollcall_domain::passes::{Pass, Quote, QuoteOption, StartChoice, quote};
use rollcall_domain::payments::{MoneyLeaseId, Payment, Tender, TenderKind, tenders_well_formed};
use rollcall_domain::plans::{PlanRevision, PlanRevisionId};

use crate::parts::catalogue::on_sale;
use crate::parts::passes::{active_card, held};
use crate::parts::purse::Purse;
use crate::studio::{Done, Order, Studio};

/// Which card goes with the sale, where the member has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardWish {
    /// A number at once.
    Counted,
    /// A blank with its number printed on it.
    Printed,
}

/// The sale's signals.
#[derive(Clone, Copy)]
pub(super) struct Counter {
    pub(super) member: MemberId,
    pub(super) revision: RwSignal<Option<PlanRevisionId>>,
    pub(super) start: RwSignal<Option<StartChoice>>,
    /// The one way to pay; nothing while it is split.
    pub(super) tender: RwSignal<Option<TenderKind>>,
    pub(super) split: RwSignal<bool>,
    /// The amounts of a split bill, in the order of [`TenderKind::ALL`].
    pub(super) amounts: StoredValue<Vec<RwSignal<Option<i64>>>>,
    pub(super) given: RwSignal<Option<i64>>,
    pub(super) card: RwSignal<Option<CardWish>>,
    pub(super) printed: RwSignal<String>,
    pub(super) tried: RwSignal<bool>,
    pub(super) purse: Purse,
    studio: StoredValue<Studio>,
}

impl Counter {
    /// Opens it with the plan that was asked for, else the first one.
    pub(super) fn open(studio: &Studio, member: MemberId, wished: Option<Id>) -> Self {
        let plans = untrack(|| on_sale(studio));
        let first =
            plans.iter().find(|r| Some(r.plan_id.raw()) == wished).or_else(|| plans.first()).map(|r| r.id);
        let counter = Self {
            member,
            revision: RwSignal::new(first),
            start: RwSignal::new(None),
            tender: RwSignal::new(Some(TenderKind::Cash)),
            split: RwSignal::new(false),
            amounts: StoredValue::new(TenderKind::ALL.iter().map(|_| RwSignal::new(None)).collect()),
            given: RwSignal::new(None),
            card: RwSignal::new(Some(CardWish::Counted)),
            printed: RwSignal::new(String::new()),
            tried: RwSignal::new(false),
            purse: Purse::open(member),
            studio: StoredValue::new(studio.clone()),
        };
        // Another plan begins in its own usual way.
        Effect::new(move |_| {
            let usual = counter.options().first().map(|o| o.start);
            if counter.start.get_untracked() != usual {
                counter.start.set(usual);
            }
        });
        counter
    }

    fn with_studio<R>(self, read: impl FnOnce(&Studio) -> R) -> R {
        self.studio.with_value(read)
    }

    /// The revision in hand. Follows changes.
    pub(super) fn chosen(self) -> Option<PlanRevision> {
        self.revision.get().and_then(|id| self.with_studio(|studio| studio.live().get::<PlanRevision>(id)))
    }

    /// What a plan would mean for this member today.
    pub(super) fn quote_of(self, revision: &PlanRevision) -> Quote {
        self.with_studio(|studio| quote(revision, &held(studio, self.member), studio.today()))
    }

    /// The ways to begin.
    pub(super) fn options(self) -> Vec<QuoteOption> {
        self.chosen().map(|revision| self.quote_of(&revision).options).unwrap_or_default()
    }

    fn option(self) -> Option<QuoteOption> {
        let wished = self.start.get();
        let options = self.options();
        options.iter().find(|o| Some(o.start) == wished).or_else(|| options.first()).cloned()
    }

    pub(super) fn price_cents(self) -> i64 {
        self.chosen().map_or(0, |revision| revision.price.cents)
    }

    /// The tenders as they stand.
    pub(super) fn tenders(self) -> Vec<Tender> {
        let tender = |kind, amount_cents| Tender { kind, amount_cents };
        let all = if self.split.get() {
            let amounts: Vec<i64> =
                self.amounts.with_value(|all| all.iter().map(|one| one.get().unwrap_or(0)).collect());
            TenderKind::ALL.into_iter().zip(amounts).map(|(kind, cents)| tender(kind, cents)).collect()
        } else {
            self.tender.get().map(|kind| tender(kind, self.price_cents())).into_iter().collect::<Vec<_>>()
        };
        all.into_iter().filter(|t| t.amount_cents > 0).collect()
    }

    pub(super) fn paid_cents(self) -> i64 {
        self.tenders().iter().map(|t| t.amount_cents).sum()
    }

    /// Not yet paid (above zero) or too much (below).
    pub(super) fn rest_cents(self) -> i64 {
        self.price_cents() - self.paid_cents()
    }

    /// How much of it is cash.
    pub(super) fn cash_cents(self) -> i64 {
        self.tenders().iter().filter(|t| t.kind == TenderKind::Cash).map(|t| t.amount_cents).sum()
    }

    /// What is given back out of the cash handed over; below zero when it does not cover.
    pub(super) fn change_cents(self) -> Option<i64> {
        self.given.get().map(|given| given - self.cash_cents())
    }

    /// How much of it is prepaid money. Follows changes.
    pub(super) fn spend_cents(self) -> i64 {
        self.tenders().iter().filter(|t| t.kind == TenderKind::StoredValue).map(|t| t.amount_cents).sum()
    }

    /// The card the member has.
    pub(super) fn card_held(self) -> Option<Card> {
        self.with_studio(|studio| active_card(studio, self.member))
    }

    pub(super) fn printed_missing(self) -> bool {
        self.card_held().is_none()
            && self.card.get() == Some(CardWish::Printed)
            && !NewCard::Printed(self.printed.get()).is_well_formed()
    }

    /// The sale, once nothing is wrong with it.
    pub(super) fn sale(self) -> Option<Sale> {
        let (revision, option, tenders) = (self.chosen()?, self.option()?, self.tenders());
        let given_cents = if self.cash_cents() > 0 { self.given.get() } else { None };
        if !tenders_well_formed(&tenders, revision.price.cents, given_cents)
            || self.purse.why_not(self.spend_cents()).is_some()
            || self.printed_missing()
        {
            return None;
        }
        let card = match (self.card_held(), self.card.get()) {
            (Some(_), _) | (None, None) => None,
            (None, Some(wish)) => Some((wish, self.printed.get())),
        };
        Some(Sale { member: self.member, revision, option, tenders, given_cents, card, lease_id: None })
    }
}

/// A sale that adds up.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    member: MemberId,
    revision: PlanRevision,
    option: QuoteOption,
    tenders: Vec<Tender>,
    given_cents: Option<i64>,
    card: Option<(CardWish, String)>,
    lease_id: Option<MoneyLeaseId>,
}

impl Sale {
    /// How much of it is prepaid money.
    pub(super) fn spend_cents(&self) -> i64 {
        self.tenders.iter().filter(|t| t.kind == TenderKind::StoredValue).map(|t| t.amount_cents).sum()
    }

    /// Prepaid money is spent under this lease.
    pub(super) fn under(self, lease_id: Option<MoneyLeaseId>) -> Self {
        Self { lease_id, ..self }
    }

    /// The order: the receipt's number, and a card's where one is counted, are taken in the transaction that saves it.
    pub(super) fn into_order(self, id: CommandId) -> Order {
        let counted = matches!(self.card, Some((CardWish::Counted, _)));
        let counters: &[&'static str] = if counted { &["receipt", "card"] } else { &["receipt"] };
        let seen =
            serde_json::json!({ "price": self.revision.price, "until": self.option.valid_until }).to_string();
        let make = move |numbers: &crate::studio::Numbers| {
            let number = |counter| {
                let taken = numbers.get(counter);
                Number { series: taken.series, n: taken.n }
            };
            let card = self.card.as_ref().map(|(wish, printed)| match wish {
                CardWish::Counted => NewCard::Counted(number("card")),
                CardWish::Printed => NewCard::Printed(printed.clone()),
            });
            let command = SellPass {
                member_id: self.member,
                plan_id: self.revision.plan_id,
                revision_id: self.revision.id,
                start: self.option.start,
                valid_from: self.option.valid_from,
                price: self.revision.price,
                tenders: self.tenders.clone(),
                given_cents: self.given_cents,
                receipt: number("receipt"),
                card,
                lease_id: self.lease_id,
            };
            (command, ())
        };
        Order::numbered(id, counters, make).seen(seen)
    }
}

/// What a sale left behind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sold {
    pub(super) member: MemberId,
    pub(super) pass: Option<Pass>,
    pub(super) payment: Option<Payment>,
    /// The card that was handed out, or the one the member has.
    pub(super) card: Option<Card>,
    /// True when something about it waits on the exceptions desk.
    pub(super) odd: bool,
}

impl Sold {
    pub(super) fn of(studio: &Studio, member: MemberId, done: &Done) -> Self {
        let odd = matches!(&done.outcome, Some(Outcome::Recorded { exceptions }) if !exceptions.is_empty());
        let card = changed::<Card>(done).or_else(|| untrack(|| active_card(studio, member)));
        Self { member, pass: changed(done), payment: changed(done), card, odd }
    }
}

fn changed<T: RecordBody>(done: &Done) -> Option<T> {
    let change = done.changes.iter().find(|change| change.kind == T::KIND)?;
    serde_json::from_str(change.body.as_deref()?).ok()
}
