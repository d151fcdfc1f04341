//! Two sessions at once with one coach, or in one place that holds one. Shown while somebody plans, and never refused:
//! the studio may know better. Only hours of a court are let once.

use std::collections::BTreeMap;

use super::session::Session;
use super::{HireId, PlaceId};
use crate::kernel::ids::PersonId;
use crate::kernel::time::Timestamp;

/// What there is only one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Over {
    /// Somebody who would be in two places.
    Coach(PersonId),
    /// A room or a court.
    Place(PlaceId),
}

/// A court that is let.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Which court.
    pub place_id: PlaceId,
    /// By which hire.
    pub hire_id: HireId,
    /// From then on.
    pub from: Timestamp,
    /// Until then.
    pub to: Timestamp,
}

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// A session, by its place in the list that was given.
    Session(usize),
    /// A hire.
    Hire(HireId),
}

/// Two who need the same at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// Who begins first.
    pub first: Side,
    /// Who begins while the first still needs it.
    pub second: Side,
    /// What both need.
    pub over: Over,
}

/// The clashes among sessions and hires, by the start of the second side. Sessions that do not take place need nothing;
/// `holds_one` says which places cannot hold two at once.
pub fn clashes(sessions: &[Session], hires: &[Taken], holds_one: impl Fn(PlaceId) -> bool) -> Vec<Clash> {
    let mut needs: Vec<(Timestamp, Timestamp, Over, Side)> = Vec::new();
    for (index, session) in sessions.iter().enumerate().filter(|(_, session)| session.takes_place()) {
        let places = session.terms.place_id.filter(|place| holds_one(*place)).map(Over::Place);
        let coaches = session.terms.coaches.iter().copied().map(Over::Coach);
        let all = places.into_iter().chain(coaches);
        needs.extend(all.map(|over| (session.starts_at, session.ends_at, over, Side::Session(index))));
    }
    needs.extend(
        hires.iter().map(|one| (one.from, one.to, Over::Place(one.place_id), Side::Hire(one.hire_id))),
    );
    needs.sort_unstable();
    let mut open: BTreeMap<Over, Vec<(Timestamp, Side)>> = BTreeMap::new();
    let mut found = Vec::new();
    for (from, to, over, second) in needs {
        let others = open.entry(over).or_default();
        others.retain(|(end, _)| *end > from);
        found.extend(others.iter().map(|(_, first)| Clash { first: *first, second, over }));
        others.push((to, second));
    }
    found
}
