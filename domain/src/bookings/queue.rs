//! The order of those who wait: by rank, then by turn; who came together stays together.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::booking::{Booking, MovedUp, State};
use crate::kernel::ids::Id;

/// Those who get a seat together, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Their bookings; one for somebody who came alone.
    pub bookings: Vec<Booking>,
}

/// Who stands before others in the queue: nobody by now. Tiers come in here.
#[must_use]
pub const fn rank(_member: Id) -> u32 {
    0
}

fn place(booking: &Booking) -> Option<(Reverse<u32>, u32)> {
    match booking.state {
        State::Waiting { turn, rank, .. } => Some((Reverse(rank), turn)),
        _ => None,
    }
}

/// Those who wait, in their order.
#[must_use]
pub fn queue(bookings: &[Booking]) -> Vec<Queued> {
    let mut waiting: Vec<&Booking> = bookings.iter().filter(|booking| booking.waits()).collect();
    waiting.sort_by_key(|booking| (place(booking), booking.id));
    let mut seen: BTreeSet<Id> = BTreeSet::new();
    let mut all = Vec::new();
    for first in &waiting {
        let together = |other: &&&Booking| match first.group {
            Some(group) => other.group == Some(group),
            None => other.id == first.id,
        };
        if first.group.is_none_or(|group| seen.insert(group)) {
            all.push(Queued {
                bookings: waiting.iter().filter(together).map(|one| (*one).clone()).collect(),
            });
        }
    }
    all
}

/// Those whose place is another one than they were told, with it and the reason.
pub(crate) fn moved_up(bookings: &[Booking], why: &MovedUp) -> Vec<Booking> {
    let mut moved = Vec::new();
    let everybody = queue(bookings).into_iter().flat_map(|queued| queued.bookings);
    for (place, booking) in (1..).zip(everybody) {
        if let State::Waiting { turn, rank, position, .. } = booking.state
            && position != place
        {
            let state = State::Waiting { turn, rank, position: place, moved: Some(why.clone()) };
            moved.push(Booking { state, ..booking });
        }
    }
    moved
}
