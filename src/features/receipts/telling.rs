//! What money could not settle, as sentences with two buttons.

use rollcall_domain::kernel::Exception;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::members::{Member, MemberId};
use rollcall_domain::payments::{Payment, PaymentException};

use crate::fmt;
use crate::parts::exceptions::{Choice, Telling, read};
use crate::parts::members::{called, href, person};
use crate::parts::settings::money;
use crate::studio::Studio;
use crate::tr;
use crate::tr::payments as t;

/// The slice's words.
pub static TELLING: Telling = Telling { slice: "payments", sentence, choices };

fn member_of(studio: &Studio, item: &Exception) -> Option<Member> {
    item.about.iter().find_map(|id| person(studio, MemberId(*id)))
}

/// The newest payment it is about: a reversal comes after what it takes back.
fn payment_of(studio: &Studio, item: &Exception) -> Option<Id> {
    item.about.iter().rev().copied().find(|id| studio.live().get::<Payment>(*id).is_some())
}

fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let what: PaymentException = read(item)?;
    let who = member_of(studio, item).map_or_else(|| tr::studio::somebody().to_owned(), |m| called(&m));
    Some(match what {
        PaymentException::ReceiptNumberTaken { label } => t::odd_receipt_number_taken(label),
        PaymentException::StoredValueOverdrawn { short_cents } => {
            t::odd_stored_value_overdrawn(who, money(studio, short_cents))
        }
        PaymentException::SpentHeldElsewhere { short_cents } => {
            tr::balance::odd_held_elsewhere(who, money(studio, short_cents))
        }
        PaymentException::SpentAfterLease { short_cents } => {
            tr::balance::odd_after_lease(who, money(studio, short_cents))
        }
        PaymentException::PaidMoreThanOwed { over_cents } => {
            t::odd_paid_more_than_owed(who, money(studio, over_cents))
        }
        PaymentException::ReversedBefore { label } => t::odd_reversed_before(label, who),
        PaymentException::NotReversible {} => t::odd_not_reversible(who),
        PaymentException::ReversedLater { label, taken_on } => {
            t::odd_reversed_later(label, who, fmt::day(taken_on))
        }
        PaymentException::VisitsUsedBefore { used } => t::odd_visits_used_before(used.unsigned_abs(), who),
        PaymentException::ValueSpentBefore { short_cents } => {
            t::odd_value_spent_before(who, money(studio, short_cents))
        }
    })
}

fn choices(studio: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let what: PaymentException = read(item)?;
    let member = member_of(studio, item).map(|m| m.id);
    let payment = payment_of(studio, item);
    Some(what.choices().map(|code| one(code, member, payment)))
}

/// The button of a code; where something is to be done, it leads there.
fn one(code: &'static str, member: Option<MemberId>, payment: Option<Id>) -> Choice {
    let path = match code {
        "print_again" | "look_into" => {
            payment.map(|id| format!("/receipts/{id}")).or_else(|| member.map(href))
        }
        "collect" | "give_back" => member.map(href),
        _ => None,
    };
    Choice::new(code, label(code)).go_if(path)
}

fn label(code: &str) -> &'static str {
    match code {
        "print_again" => t::choice_print_again(),
        "collect" => t::choice_collect(),
        "waive" => t::choice_waive(),
        "give_back" => t::choice_give_back(),
        "keep_as_credit" => t::choice_keep_as_credit(),
        "given_once" => t::choice_given_once(),
        "given_twice" => t::choice_given_twice(),
        "look_into" => t::choice_look_into(),
        "approve" => t::choice_approve(),
        _ => t::choice_seen(),
    }
}
