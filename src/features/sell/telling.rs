//! What a sale could not settle, as sentences with two buttons.

use rollcall_domain::kernel::Exception;
use rollcall_domain::kernel::money::Money;
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::PassException;
use rollcall_domain::payments::Payment;

use crate::fmt;
use crate::parts::exceptions::{Choice, Telling, read};
use crate::parts::members::{called, href, person};
use crate::studio::Studio;
use crate::tr;
use crate::tr::passes as t;

/// The slice's words.
pub static TELLING: Telling = Telling { slice: "passes", sentence, choices };

fn who(studio: &Studio, item: &Exception) -> String {
    let member = item.about.first().and_then(|id| person(studio, MemberId(*id)));
    member.map_or_else(|| tr::studio::somebody().to_owned(), |m| called(&m))
}

fn amount(money: Money) -> String {
    fmt::money(money.cents, money.currency.code(), money.currency.exponent())
}

fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let what: PassException = read(item)?;
    let who = who(studio, item);
    Some(match what {
        PassException::PriceOutOfDate { sold, now } => {
            t::odd_price_out_of_date(who, amount(sold), amount(now))
        }
        PassException::PriceNotThePlans { sold, plan } => {
            t::odd_price_not_the_plans(who, amount(sold), amount(plan))
        }
        PassException::PlanRetired { name } => t::odd_plan_retired(who, name),
        PassException::PlanUnknown {} => t::odd_plan_unknown(who),
        PassException::MemberUnknown {} => t::odd_member_unknown().to_owned(),
        PassException::RenewedTwice { other_until } => t::odd_renewed_twice(who, fmt::day(other_until)),
        PassException::CardNumberTaken { number } => t::odd_card_number_taken(number, who),
        PassException::CardNotActive { .. } => t::odd_card_not_active(who),
    })
}

fn choices(studio: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let what: PassException = read(item)?;
    let member = item.about.first().map(|id| MemberId(*id));
    // A sale names its payment second.
    let payment = item
        .about
        .get(1)
        .filter(|id| studio.live().get::<Payment>(**id).is_some())
        .map(|id| format!("/receipts/{id}"));
    Some(what.choices().map(|code| one(code, member, payment.clone())))
}

/// The button of a code; where something is to be done, it leads there.
fn one(code: &'static str, member: Option<MemberId>, payment: Option<String>) -> Choice {
    let path = match code {
        "reverse_sale" | "settle_difference" => payment,
        "new_card" => member.map(|m| format!("/card/{m}")),
        "look_into" => member.map(href),
        _ => None,
    };
    Choice::new(code, label(code)).go_if(path)
}

fn label(code: &str) -> &'static str {
    match code {
        "keep_price" => t::choice_keep_price(),
        "settle_difference" => t::choice_settle_difference(),
        "keep_sale" => t::choice_keep_sale(),
        "reverse_sale" => t::choice_reverse_sale(),
        "keep_both" => t::choice_keep_both(),
        "new_card" => t::choice_new_card(),
        "look_into" => t::choice_look_into(),
        _ => t::choice_seen(),
    }
}
