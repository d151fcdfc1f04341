//! What members hold, as several screens show it: a pass in words, a status with its reason, the card that is in use.

use leptos::prelude::*;
use rollcall_domain::kernel::ledger::Balance;
use rollcall_domain::kernel::order;
use rollcall_domain::members::{Member, MemberId};
use rollcall_domain::passes::cards::{self, Card, CardState};
use rollcall_domain::passes::{
    self, Because, Explanation, Holding, Moment, Pass, PassKind, Standing, Status, explain,
};
use rollcall_domain::payments;

use super::{members, settings};
use crate::fmt;
use crate::studio::Studio;
use crate::tr::passes as t;
use crate::ui::{Answer, Mark};

/// Everything a member holds, newest first. Follows changes.
#[must_use]
pub fn held(studio: &Studio, member: MemberId) -> Vec<Holding> {
    let live = studio.live();
    let mut passes = members::kept::<Pass>(studio, member, passes::MEMBER_KEY);
    order::by_key(&mut passes, |pass| (std::cmp::Reverse(pass.sold_at), pass.id));
    passes.into_iter().map(|pass| Holding::new(pass, |id| live.get::<Balance>(id))).collect()
}

/// What a member owes. Follows changes.
#[must_use]
pub fn owed_cents(studio: &Studio, member: MemberId) -> i64 {
    let owed = |id| payments::owed(studio.live().get::<Balance>(payments::owed_id(MemberId(id))).as_ref());
    members::circle(studio, member).ids().iter().copied().map(owed).sum()
}

/// Prepaid money a member has left, gifts included.
#[must_use]
pub fn stored_value_cents(holdings: &[Holding]) -> i64 {
    holdings.iter().filter(|h| h.pass.reversed_at.is_none()).map(|h| h.principal_cents + h.gift_cents).sum()
}

/// This moment as the studio's days count it; follows the settings and the day.
#[must_use]
pub fn moment(studio: &Studio) -> Moment {
    // The day is what is followed; the minute only matters between midnight and closing time.
    let _ = studio.today();
    let closing_minute = settings::studio_settings(studio).map_or(0, |s| s.closing_minute);
    Moment::at(studio.now(), studio.zone(), closing_minute)
}

/// What somebody is and why. Follows changes.
#[must_use]
pub fn explanation(studio: &Studio, member: &Member) -> Explanation {
    explain(Standing::of(member, studio.zone()), &held(studio, member.id), moment(studio))
}

/// A pass's name; one taken over without a name gets a plain one.
#[must_use]
pub fn name_or_plain(name: &str) -> String {
    if name.is_empty() { t::imported().to_owned() } else { name.to_owned() }
}

/// A pass in words: "Ten visits: 8 left, until 31 Mar 2027".
#[must_use]
pub fn words(studio: &Studio, holding: &Holding) -> String {
    let pass = &holding.pass;
    let name = name_or_plain(&pass.name);
    let today = studio.today();
    if pass.reversed_at.is_some() {
        return t::words_reversed(name);
    }
    if pass.kind == PassKind::StoredValue {
        return t::words_money(name, settings::money(studio, holding.principal_cents + holding.gift_cents));
    }
    if let Some(span) = pass.freeze_on(today) {
        return t::words_paused(name, fmt::day(span.until));
    }
    if let Some(from) = pass.valid_from.filter(|from| *from > today) {
        return t::words_ahead(name, fmt::day(from));
    }
    let until = pass.valid_until.filter(|_| pass.kind != PassKind::Lifetime);
    if let Some(on) = until.filter(|until| *until < today) {
        return t::words_ended(name, fmt::day(on));
    }
    match (pass.kind, until) {
        (PassKind::Count, _) if holding.visits_left < 0 => {
            t::words_overdrawn(name, fmt::count(-holding.visits_left))
        }
        (PassKind::Count, Some(until)) => {
            t::words_visits_until(holding.visits_left.unsigned_abs(), name, fmt::day(until))
        }
        (PassKind::Count, None) => t::words_visits(holding.visits_left.unsigned_abs(), name),
        (_, Some(until)) => t::words_until(name, fmt::day(until)),
        (_, None) if pass.unopened => t::words_unopened(name),
        (_, None) => t::words_endless(name),
    }
}

/// What somebody is, in one line for lists: the best pass in words, or why there is none.
#[must_use]
pub fn member_line(studio: &Studio, member: &Member) -> (Answer, String) {
    let explained = explanation(studio, member);
    let pass = explained.pass_id.and_then(|id| held(studio, member.id).into_iter().find(|h| h.pass.id == id));
    let text = pass.map_or_else(|| because(&explained.because), |holding| words(studio, &holding));
    (status_answer(explained.status), text)
}

/// The word for a status.
#[must_use]
pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Applicant => t::status_applicant(),
        Status::Active => t::status_active(),
        Status::Frozen => t::status_frozen(),
        Status::Grace => t::status_grace(),
        Status::Expired => t::status_expired(),
        Status::Lapsed => t::status_lapsed(),
        Status::Suspended => t::status_suspended(),
        Status::Left => t::status_left(),
        Status::Excluded => t::status_excluded(),
    }
}

/// The colour and shape of a status.
#[must_use]
pub const fn status_answer(status: Status) -> Answer {
    match status {
        Status::Active => Answer::Ok,
        Status::Frozen | Status::Grace => Answer::Warn,
        Status::Expired | Status::Suspended | Status::Excluded => Answer::Stop,
        Status::Applicant | Status::Lapsed | Status::Left => Answer::Plain,
    }
}

/// Why somebody is what they are, as a sentence.
#[must_use]
pub fn because(because: &Because) -> String {
    match because {
        Because::UnderReview => t::why_under_review().to_owned(),
        Because::Suspended { until } => t::why_suspended(fmt::day(*until)),
        Because::Left { on } => t::why_left(fmt::day(*on)),
        Because::Excluded { on } => t::why_excluded(fmt::day(*on)),
        Because::NothingBought => t::why_nothing().to_owned(),
        Because::Runs { name, visits_left: Some(left), .. } => {
            t::why_visits((*left).max(0).unsigned_abs(), name_or_plain(name))
        }
        Because::Runs { name, until: Some(until), .. } => t::why_runs(name_or_plain(name), fmt::day(*until)),
        Because::Runs { name, until: None, .. } => t::why_runs_on(name_or_plain(name)),
        Because::Paused { name, until } => t::why_paused(name_or_plain(name), fmt::day(*until)),
        Because::InGrace { name, ended_on, until } => {
            t::why_in_grace(name_or_plain(name), fmt::day(*ended_on), fmt::day(*until))
        }
        Because::BeginsLater { name, from } => t::why_begins_later(name_or_plain(name), fmt::day(*from)),
        Because::UsedUp { name } => t::why_used_up(name_or_plain(name)),
        Because::Ended { name, on } => t::why_ended(name_or_plain(name), fmt::day(*on)),
    }
}

/// All cards of a member, newest first. Follows changes.
#[must_use]
pub fn cards_of(studio: &Studio, member: MemberId) -> Vec<Card> {
    let mut found = members::kept::<Card>(studio, member, cards::MEMBER_KEY);
    order::by_key(&mut found, |card| (std::cmp::Reverse(card.issued_at), card.id));
    found
}

/// The newest card that is in use.
#[must_use]
pub fn active_card(studio: &Studio, member: MemberId) -> Option<Card> {
    cards_of(studio, member).into_iter().find(|card| card.state == CardState::Active)
}

/// The word for a card's state.
#[must_use]
pub fn card_word(state: CardState) -> &'static str {
    match state {
        CardState::Active => t::card_state_active(),
        CardState::Lost => t::card_state_lost(),
        CardState::Replaced => t::card_state_replaced(),
        CardState::Spoiled => t::card_state_spoiled(),
    }
}

/// How one pass stands, as colour and shape.
#[must_use]
pub fn pass_answer(studio: &Studio, holding: &Holding) -> Answer {
    if holding.pass.kind == PassKind::StoredValue {
        return if holding.principal_cents < 0 { Answer::Stop } else { Answer::Plain };
    }
    status_answer(explain(Standing::Good, std::slice::from_ref(holding), moment(studio)).status)
}

/// A pass in one line, with the mark of how it stands.
#[component]
pub fn PassChip(holding: Holding) -> impl IntoView {
    let studio = crate::studio::use_studio();
    let (for_answer, answered) = (studio.clone(), holding.clone());
    let answer = Signal::derive(move || pass_answer(&for_answer, &answered));
    view! { <Mark answer text=move || words(&studio, &holding) /> }
}
