//! What somebody is here, computed from rules and a moment, never stored, with its reason as data.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::stand::{Moment, Stand, stand};
use super::{Holding, PassId, PassKind};
use crate::kernel::time::{self, Zone};
use crate::members::Member;

/// Months after the end of the last pass until somebody counts as lapsed.
pub const LAPSED_MONTHS: u32 = 12;

/// What somebody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Registered; nothing opens a door yet.
    Applicant,
    /// May train.
    Active,
    /// Paused, with dates.
    Frozen,
    /// Ended, and still let in for some days.
    Grace,
    /// Ended.
    Expired,
    /// Ended long ago.
    Lapsed,
    /// Kept out by a decision, until a day.
    Suspended,
    /// Gone by their own wish.
    Left,
    /// Kept out for good.
    Excluded,
}

impl Status {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 9] = [
        Self::Applicant,
        Self::Active,
        Self::Frozen,
        Self::Grace,
        Self::Expired,
        Self::Lapsed,
        Self::Suspended,
        Self::Left,
        Self::Excluded,
    ];

    /// True when the membership counts as valid, whether or not the door opens today.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Active | Self::Frozen | Self::Grace)
    }
}

/// Decisions about a person that go before any pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Standing {
    /// Nothing was decided against them.
    #[default]
    Good,
    /// The application waits for a decision.
    UnderReview,
    /// Kept out until a day, that day included.
    Suspended {
        /// The last day.
        until: NaiveDate,
    },
    /// Gone since a day.
    Left {
        /// The last day here.
        on: NaiveDate,
    },
    /// Kept out since a day.
    Excluded {
        /// Since when.
        on: NaiveDate,
    },
}

impl Standing {
    /// What was decided about a member. Somebody taken off the lists has left.
    #[must_use]
    pub fn of(member: &Member, zone: Zone) -> Self {
        member.archived.as_ref().map_or(Self::Good, |archived| Self::Left { on: zone.day(archived.at) })
    }
}

/// Why somebody is what they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Because {
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
    /// Excluded.
    Excluded {
        /// When.
        on: NaiveDate,
    },
    /// Nothing was bought that opens a door.
    NothingBought,
    /// A pass runs.
    Runs {
        /// What it is called.
        name: String,
        /// Its last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<NaiveDate>,
        /// Visits left, where they are counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visits_left: Option<i64>,
    },
    /// A pass is paused.
    Paused {
        /// What it is called.
        name: String,
        /// The last day of the pause.
        until: NaiveDate,
    },
    /// A pass has ended, within its days of grace.
    InGrace {
        /// What it is called.
        name: String,
        /// Its last day.
        ended_on: NaiveDate,
        /// The last day of grace.
        until: NaiveDate,
    },
    /// The only pass begins later.
    BeginsLater {
        /// What it is called.
        name: String,
        /// Its first day.
        from: NaiveDate,
    },
    /// The only pass has no visits left.
    UsedUp {
        /// What it is called.
        name: String,
    },
    /// The last pass has ended.
    Ended {
        /// What it is called.
        name: String,
        /// Its last day.
        on: NaiveDate,
    },
}

/// A status, its reason, and when it would change by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What they are.
    pub status: Status,
    /// Why.
    pub because: Because,
    /// The pass that decided it.
    pub pass_id: Option<PassId>,
    /// The first day on which it would be something else without anybody doing anything.
    pub changes_on: Option<NaiveDate>,
}

/// What somebody is at a moment. All that was bought counts; the best of it decides.
#[must_use]
pub fn explain(standing: Standing, holdings: &[Holding], moment: Moment) -> Explanation {
    if let Some(decided) = by_standing(standing, moment) {
        return decided;
    }
    let best = holdings
        .iter()
        .filter(|h| h.pass.opens_doors())
        .map(|h| (rank(h, moment), h))
        .min_by(|a, b| a.0.cmp(&b.0));
    let Some(((stand, _), holding)) = best else {
        return Explanation {
            status: Status::Applicant,
            because: Because::NothingBought,
            pass_id: None,
            changes_on: None,
        };
    };
    let (mut status, because, changes_on) = by_pass(stand, holding, moment);
    // Somebody who trained here before and begins again on Monday is no newcomer.
    if matches!(stand, Stand::Ahead(_))
        && holdings.iter().any(|h| h.pass.id != holding.pass.id && was_used(h, moment))
    {
        status = Status::Expired;
    }
    Explanation { status, because, pass_id: Some(holding.pass.id), changes_on }
}

fn was_used(holding: &Holding, moment: Moment) -> bool {
    holding.pass.opens_doors() && matches!(stand(holding, moment), Stand::UsedUp | Stand::Over(_))
}

fn by_standing(standing: Standing, moment: Moment) -> Option<Explanation> {
    let (status, because, changes_on) = match standing {
        Standing::Suspended { until } if until >= moment.today => {
            (Status::Suspended, Because::Suspended { until }, until.succ_opt())
        }
        Standing::Good | Standing::Suspended { .. } => return None,
        Standing::UnderReview => (Status::Applicant, Because::UnderReview, None),
        Standing::Left { on } if on >= moment.today => return None,
        Standing::Left { on } => (Status::Left, Because::Left { on }, None),
        Standing::Excluded { on } => (Status::Excluded, Because::Excluded { on }, None),
    };
    Some(Explanation { status, because, pass_id: None, changes_on })
}

/// Sorts passes: how they stand, then the one that lasts longest.
fn rank(holding: &Holding, moment: Moment) -> (Stand, std::cmp::Reverse<NaiveDate>) {
    let stand = match stand(holding, moment) {
        // Which of several ended ones ended last is what people mean by "ended".
        Stand::Over(_) => Stand::Over(NaiveDate::MIN),
        other => other,
    };
    let lasts = match holding.pass.kind {
        PassKind::Lifetime => NaiveDate::MAX,
        _ => holding.pass.valid_until.unwrap_or(NaiveDate::MAX),
    };
    (stand, std::cmp::Reverse(lasts))
}

fn by_pass(ranked: Stand, holding: &Holding, moment: Moment) -> (Status, Because, Option<NaiveDate>) {
    let pass = &holding.pass;
    let name = pass.name.clone();
    let until = pass.valid_until.filter(|_| pass.kind != PassKind::Lifetime);
    match ranked {
        Stand::Runs => {
            let visits_left = (pass.kind == PassKind::Count).then_some(holding.visits_left);
            (Status::Active, Because::Runs { name, until, visits_left }, until.and_then(|u| u.succ_opt()))
        }
        Stand::Paused(last) => (Status::Frozen, Because::Paused { name, until: last }, last.succ_opt()),
        Stand::Grace(last) => (
            Status::Grace,
            Because::InGrace { name, ended_on: until.unwrap_or(last), until: last },
            last.succ_opt(),
        ),
        Stand::Ahead(from) => (Status::Applicant, Because::BeginsLater { name, from }, Some(from)),
        Stand::UsedUp => (Status::Expired, Because::UsedUp { name }, None),
        Stand::Over(_) => {
            let on = until.unwrap_or(moment.today);
            let lapses_on = time::plus_months(on, LAPSED_MONTHS);
            let lapsed = moment.today > lapses_on;
            let status = if lapsed { Status::Lapsed } else { Status::Expired };
            (status, Because::Ended { name, on }, if lapsed { None } else { lapses_on.succ_opt() })
        }
    }
}
