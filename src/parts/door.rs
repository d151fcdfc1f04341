//! The door: whose card a number is, and the answer, asked of what this device knows and told in a sentence.

use rollcall_domain::attendance::{DoorAnswer, DoorReason, Light};
use rollcall_domain::flow::check_in::AtDoor;
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::cards::{Card, CardId, CardState, NUMBER_KEY, SHARED_KEY, number_value};

use super::passes::{held, name_or_plain, owed_cents};
use super::visits::visits_of;
use super::{members, settings};
use crate::fmt;
use crate::studio::Studio;
use crate::tr::attendance as t;
use crate::ui::Answer;

/// A card that carries a number, and who stands for its holder by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub member: MemberId,
    /// Their card.
    pub card: (CardId, CardState),
}

/// Everybody who carries a card of this number: one, unless blanks were printed twice. Follows changes.
#[must_use]
pub fn holders(studio: &Studio, number: &str) -> Vec<Holder> {
    let value = number_value(number);
    if value.0.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Card> = studio.live().by_key::<Card>(NUMBER_KEY, value.clone());
    found.extend(studio.live().by_key::<Card>(SHARED_KEY, value));
    let holder =
        |card: Card| Holder { member: members::stands(studio, card.member_id), card: (card.id, card.state) };
    found.into_iter().map(holder).collect()
}

/// What the door says to somebody now. Follows changes.
#[must_use]
pub fn at_door(studio: &Studio, member: MemberId, card: Option<CardState>) -> DoorAnswer {
    let _ = studio.today();
    let (person, settings) = (members::person(studio, member), settings::studio_settings(studio));
    let (holdings, visits) = (held(studio, member), visits_of(studio, member));
    let known = AtDoor {
        member: person.as_ref(),
        settings: settings.as_ref(),
        holdings: &holdings,
        visits: visits.as_ref(),
        owed_cents: owed_cents(studio, member),
        card,
    };
    known.answer(studio.now())
}

/// The colour and shape of a light.
#[must_use]
pub const fn answer_of(light: Light) -> Answer {
    match light {
        Light::Green => Answer::Ok,
        Light::Amber => Answer::Warn,
        Light::Red => Answer::Stop,
    }
}

/// Why the light is what it is, as a sentence.
#[must_use]
pub fn sentence(studio: &Studio, reason: &DoorReason) -> String {
    let day = |on: &chrono::NaiveDate| fmt::day(*on);
    let count = |n: &i64| (*n).max(0).unsigned_abs();
    match reason {
        DoorReason::Runs { name, until: Some(until) } => t::door_runs(name_or_plain(name), day(until)),
        DoorReason::Runs { name, until: None } => t::door_runs_on(name_or_plain(name)),
        DoorReason::Spends { name, left } => t::door_spends(count(left), name_or_plain(name)),
        DoorReason::Opens { name, until: Some(until) } => t::door_opens(name_or_plain(name), day(until)),
        DoorReason::Opens { name, until: None } => t::door_opens_on(name_or_plain(name)),
        DoorReason::EndsSoon { name, days: 0, .. } => t::door_ends_today(name_or_plain(name)),
        DoorReason::EndsSoon { name, days, .. } => t::door_ends_soon(count(days), name_or_plain(name)),
        DoorReason::FewLeft { name, left: 0 } => t::door_last_visit(name_or_plain(name)),
        DoorReason::FewLeft { name, left } => t::door_few_left(count(left), name_or_plain(name)),
        DoorReason::InGrace { name, ended_on, until } => {
            t::door_in_grace(name_or_plain(name), day(ended_on), day(until))
        }
        DoorReason::Owes { owed_cents } => t::door_owes(settings::money(studio, *owed_cents)),
        DoorReason::AlreadyIn { at } => t::door_already_in(settings::clock(studio, *at)),
        DoorReason::NoPass => t::door_no_pass().to_owned(),
        DoorReason::OnlyStoredValue { left_cents } => {
            t::door_only_stored_value(settings::money(studio, *left_cents))
        }
        DoorReason::Ended { name, days, .. } => t::door_ended(count(days), name_or_plain(name)),
        DoorReason::UsedUp { name } => t::door_used_up(name_or_plain(name)),
        DoorReason::BeginsLater { name, from } => t::door_begins_later(name_or_plain(name), day(from)),
        DoorReason::Paused { name, until } => t::door_paused(name_or_plain(name), day(until)),
        DoorReason::UnderReview => t::door_under_review().to_owned(),
        DoorReason::Suspended { until } => t::door_suspended(day(until)),
        DoorReason::Left { on } => t::door_left(day(on)),
        DoorReason::Excluded { on } => t::door_excluded(day(on)),
        DoorReason::DeadCard { state } => dead_card(*state).to_owned(),
    }
}

fn dead_card(state: CardState) -> &'static str {
    match state {
        CardState::Lost => t::door_card_lost(),
        CardState::Replaced => t::door_card_replaced(),
        // An active card opens; it never comes here as dead.
        CardState::Spoiled | CardState::Active => t::door_card_spoiled(),
    }
}
