//! The answer at the door: one light, one reason, one pass. The screen shows it before, the decision repeats it after.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::MemberVisits;
use crate::kernel::time::Timestamp;
use crate::passes::cards::CardState;
use crate::passes::stand::{Stand, stand};
use crate::passes::{Holding, Moment, Pass, PassId, PassKind, Standing};

/// Days before its end from which a pass is worth a word.
pub const ENDS_SOON_DAYS: i64 = 7;
/// Visits left at which a pass is worth a word.
pub const FEW_VISITS: i64 = 2;

/// What the screen shows; each has a shape of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Come in.
    Green,
    /// Come in, with a word.
    Amber,
    /// Not without a reason.
    Red,
}

/// Why the light is what it is. Every one is a sentence with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum DoorReason {
    /// A pass runs.
    Runs {
        /// What it is called.
        name: String,
        /// Its last day; nothing without an end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<NaiveDate>,
    },
    /// A visit is spent.
    Spends {
        /// What it is called.
        name: String,
        /// Visits left after this one.
        left: i64,
    },
    /// The pass begins today.
    Opens {
        /// What it is called.
        name: String,
        /// Its last day from now on; nothing without an end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<NaiveDate>,
    },
    /// The pass ends within days.
    EndsSoon {
        /// What it is called.
        name: String,
        /// Its last day.
        until: NaiveDate,
        /// Days left after today; 0 on the last day.
        days: i64,
    },
    /// Few visits are left after this one.
    FewLeft {
        /// What it is called.
        name: String,
        /// Visits left after this one.
        left: i64,
    },
    /// Ended, within its days of grace.
    InGrace {
        /// What it is called.
        name: String,
        /// Its last day.
        ended_on: NaiveDate,
        /// The last day of grace.
        until: NaiveDate,
    },
    /// Something is owed.
    Owes {
        /// How much.
        owed_cents: i64,
    },
    /// Here already: a scan of the same visit.
    AlreadyIn {
        /// Since when.
        at: Timestamp,
    },
    /// Nothing was bought that opens a door.
    NoPass,
    /// Only prepaid money is there; it pays, it does not open.
    OnlyStoredValue {
        /// How much, gifts included.
        left_cents: i64,
    },
    /// The last pass has ended.
    Ended {
        /// What it is called.
        name: String,
        /// Its last day.
        on: NaiveDate,
        /// Days since.
        days: i64,
    },
    /// No visits are left.
    UsedUp {
        /// What it is called.
        name: String,
    },
    /// The pass begins later.
    BeginsLater {
        /// What it is called.
        name: String,
        /// Its first day.
        from: NaiveDate,
    },
    /// The pass is paused.
    Paused {
        /// What it is called.
        name: String,
        /// The last day of the pause.
        until: NaiveDate,
    },
    /// The application waits for a decision.
    UnderReview,
    /// Kept out until a day.
    Suspended {
        /// The last day.
        until: NaiveDate,
    },
    /// Left.
    Left {
        /// When.
        on: NaiveDate,
    },
    /// Kept out for good.
    Excluded {
        /// Since when.
        on: NaiveDate,
    },
    /// The card that was shown is dead.
    DeadCard {
        /// In which way.
        state: CardState,
    },
}

/// The one likely next action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Nothing but to check in.
    CheckIn,
    /// Sell the pass that ended, or is about to, once more.
    Renew,
    /// Sell a pass.
    Sell,
    /// Take what is owed.
    TakePayment,
    /// Hand out a new card.
    NewCard,
    /// Talk to whoever decided.
    AskManager,
}

/// The pass a visit would be on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassUse {
    /// Which one.
    pub pass_id: PassId,
    /// What it is called.
    pub name: String,
    /// Visits left before and after, where they are counted.
    pub visits: Option<(i64, i64)>,
    /// True when this visit begins its validity.
    pub opens: bool,
}

/// All of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorAnswer {
    /// The light.
    pub light: Light,
    /// Why.
    pub reason: DoorReason,
    /// The pass the visit would be on; nothing at red, and nothing for a second scan.
    pub pass: Option<PassUse>,
    /// The pass that was looked at: what renewing would go on from.
    pub about: Option<PassId>,
    /// Visits this month, before and after.
    pub month: (u32, u32),
    /// The one likely next action.
    pub next: Next,
}

/// The studio's rules at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoorRules {
    /// Minutes within which a second scan is the same visit.
    pub window_minutes: u32,
}

/// What is known of the person at the door.
#[derive(Debug, Clone, Copy)]
pub struct DoorFacts<'a> {
    /// Decisions about them.
    pub standing: Standing,
    /// What they hold.
    pub holdings: &'a [Holding],
    /// Their visits.
    pub visits: Option<&'a MemberVisits>,
    /// What they owe.
    pub owed_cents: i64,
    /// The card they showed, if they showed one.
    pub card: Option<CardState>,
    /// The studio's rules.
    pub rules: DoorRules,
}

/// The answer at the door. Works with nothing but what it is given: the device that has not heard of a renewal says so in good faith.
#[must_use]
pub fn door(facts: &DoorFacts<'_>, at: Timestamp, moment: Moment) -> DoorAnswer {
    let here = facts.visits.map_or(0, |v| v.in_month(moment.today));
    let answer = |light, reason, next| DoorAnswer {
        light,
        reason,
        pass: None,
        about: None,
        month: (here, here + 1),
        next,
    };
    if let Some((reason, next)) = kept_out(facts, moment) {
        return answer(Light::Red, reason, next);
    }
    if let Some(visit) = facts.visits.and_then(|v| v.within(at, facts.rules.window_minutes)) {
        return DoorAnswer {
            month: (here, here),
            ..answer(Light::Amber, DoorReason::AlreadyIn { at: visit.at }, Next::CheckIn)
        };
    }
    match choose(facts.holdings, moment) {
        Choice::Opens(holding, stand) => {
            let (light, reason, next) = opened(facts, holding, stand, moment);
            let pass = Some(use_of(holding));
            DoorAnswer { pass, about: Some(holding.pass.id), ..answer(light, reason, next) }
        }
        Choice::Shut(holding, stand) => {
            let (reason, next) = shut(holding, stand, moment);
            DoorAnswer { about: Some(holding.pass.id), ..answer(Light::Red, reason, next) }
        }
        Choice::Nothing => {
            let left_cents: i64 = facts
                .holdings
                .iter()
                .filter(|h| h.pass.reversed_at.is_none())
                .map(|h| h.principal_cents + h.gift_cents)
                .sum();
            let reason =
                if left_cents > 0 { DoorReason::OnlyStoredValue { left_cents } } else { DoorReason::NoPass };
            answer(Light::Red, reason, Next::Sell)
        }
    }
}

/// What goes before any pass.
fn kept_out(facts: &DoorFacts<'_>, moment: Moment) -> Option<(DoorReason, Next)> {
    let standing = match facts.standing {
        Standing::UnderReview => Some(DoorReason::UnderReview),
        Standing::Suspended { until } if until >= moment.today => Some(DoorReason::Suspended { until }),
        Standing::Left { on } if on < moment.today => Some(DoorReason::Left { on }),
        Standing::Excluded { on } => Some(DoorReason::Excluded { on }),
        Standing::Good | Standing::Suspended { .. } | Standing::Left { .. } => None,
    };
    if let Some(reason) = standing {
        return Some((reason, Next::AskManager));
    }
    facts
        .card
        .filter(|state| *state != CardState::Active)
        .map(|state| (DoorReason::DeadCard { state }, Next::NewCard))
}

enum Choice<'a> {
    Opens(&'a Holding, Stand),
    Shut(&'a Holding, Stand),
    Nothing,
}

/// The pass a visit is on: one that runs before one in grace; time before counted visits; the soonest to end first, then the
/// oldest. Where none opens, the one whose reason says most.
fn choose(holdings: &[Holding], moment: Moment) -> Choice<'_> {
    let stands: Vec<(&Holding, Stand)> =
        holdings.iter().filter(|h| h.pass.opens_doors()).map(|h| (h, stand(h, moment))).collect();
    let opening = stands.iter().filter(|(_, s)| matches!(s, Stand::Runs | Stand::Grace(_)));
    if let Some((holding, stand)) = opening.min_by_key(|(h, s)| {
        let ends = h.pass.valid_until.filter(|_| h.pass.kind != PassKind::Lifetime).unwrap_or(NaiveDate::MAX);
        (matches!(s, Stand::Grace(_)), h.pass.kind == PassKind::Count, ends, h.pass.sold_at, h.pass.id)
    }) {
        return Choice::Opens(holding, *stand);
    }
    // Paused and beginning later can be mended at once; of what is over, the last to end is the one to renew.
    let telling = stands.iter().min_by_key(|(h, s)| {
        let place = match s {
            Stand::Runs | Stand::Grace(_) | Stand::Paused(_) => 0,
            Stand::Ahead(_) => 1,
            Stand::UsedUp | Stand::Over(_) => 2,
        };
        (place, std::cmp::Reverse(h.pass.valid_until), std::cmp::Reverse(h.pass.sold_at), h.pass.id)
    });
    telling.map_or(Choice::Nothing, |(holding, stand)| Choice::Shut(holding, *stand))
}

fn use_of(holding: &Holding) -> PassUse {
    let pass = &holding.pass;
    let visits = (pass.kind == PassKind::Count).then_some((holding.visits_left, holding.visits_left - 1));
    PassUse { pass_id: pass.id, name: pass.name.clone(), visits, opens: pass.unopened }
}

/// The light for a pass that opens: a word where one is due, the most pressing one.
fn opened(
    facts: &DoorFacts<'_>,
    holding: &Holding,
    stand: Stand,
    moment: Moment,
) -> (Light, DoorReason, Next) {
    let pass = &holding.pass;
    let name = pass.name.clone();
    let counted = pass.kind == PassKind::Count;
    let left = holding.visits_left - 1;
    let until = last_day(pass, moment);
    if let Stand::Grace(last) = stand {
        let reason = DoorReason::InGrace { name, ended_on: pass.valid_until.unwrap_or(last), until: last };
        return (Light::Amber, reason, Next::Renew);
    }
    if facts.owed_cents > 0 {
        return (Light::Amber, DoorReason::Owes { owed_cents: facts.owed_cents }, Next::TakePayment);
    }
    let renewed = facts.holdings.iter().any(|h| h.pass.id != pass.id && goes_on(h, pass, moment));
    if !renewed {
        if let Some((until, days)) = until
            .map(|u| (u, (u - moment.today).num_days()))
            .filter(|(_, days)| *days < ENDS_SOON_DAYS && !pass.unopened)
        {
            return (Light::Amber, DoorReason::EndsSoon { name, until, days: days.max(0) }, Next::Renew);
        }
        if counted && left < FEW_VISITS {
            return (Light::Amber, DoorReason::FewLeft { name, left }, Next::Renew);
        }
    }
    let reason = if counted {
        DoorReason::Spends { name, left }
    } else if pass.unopened {
        DoorReason::Opens { name, until }
    } else {
        DoorReason::Runs { name, until }
    };
    (Light::Green, reason, Next::CheckIn)
}

/// The last day of a pass, as of a visit now.
fn last_day(pass: &Pass, moment: Moment) -> Option<NaiveDate> {
    match (pass.kind, pass.opens_for) {
        (PassKind::Lifetime, _) => None,
        (_, Some(length)) if pass.unopened => Some(length.last_day(moment.today)),
        _ => pass.valid_until,
    }
}

/// True for another pass that opens the door once this one is done: nothing needs renewing.
fn goes_on(other: &Holding, pass: &Pass, moment: Moment) -> bool {
    let lasts = |p: &Pass| {
        if p.kind == PassKind::Lifetime { NaiveDate::MAX } else { p.valid_until.unwrap_or(NaiveDate::MAX) }
    };
    other.pass.opens_doors()
        && matches!(stand(other, moment), Stand::Runs | Stand::Ahead(_))
        && lasts(&other.pass) >= lasts(pass)
}

/// The reason of a pass that does not open.
fn shut(holding: &Holding, stand: Stand, moment: Moment) -> (DoorReason, Next) {
    let name = holding.pass.name.clone();
    match stand {
        Stand::Paused(until) => (DoorReason::Paused { name, until }, Next::AskManager),
        Stand::Ahead(from) => (DoorReason::BeginsLater { name, from }, Next::Sell),
        Stand::Over(on) => {
            (DoorReason::Ended { name, on, days: (moment.today - on).num_days() }, Next::Renew)
        }
        Stand::UsedUp | Stand::Runs | Stand::Grace(_) => (DoorReason::UsedUp { name }, Next::Renew),
    }
}
