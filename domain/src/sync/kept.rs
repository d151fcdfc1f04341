//! How long a device keeps what the hub has answered: thirty days, so that it can give back what a hub that was put
//! back has forgotten. Knows no storage and no clock: days are the hub's, read off its own receipts.

use serde::{Deserialize, Serialize};

use crate::kernel::time::Timestamp;

/// Days answered commands stay on the device.
pub const KEPT_DAYS: i64 = 30;

/// Where the journal's answered part ended on earlier days, oldest first: one mark a day at most.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept(Vec<Mark>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// Days since 1970, by the newest receipt of that day.
    day: i64,
    /// The place of the newest answered line then.
    at: u64,
}

impl Kept {
    /// Notes the newest answered line: its place, and when its command took effect by the hub's word, which is never
    /// after the hub's own now. Gives the place up to which answered lines may go.
    ///
    /// A line may stay longer than [`KEPT_DAYS`] on a device that is rarely used, never shorter: a command made long
    /// ago and answered today is as old as its answer.
    pub fn note(&mut self, newest_at: u64, effective_at: Timestamp) -> Option<u64> {
        let day = effective_at.0.div_euclid(Timestamp::DAY_MS);
        if self.0.last().is_none_or(|last| last.day < day && last.at < newest_at) {
            self.0.push(Mark { day, at: newest_at });
        }
        let old = self.0.iter().rposition(|mark| mark.day <= day - KEPT_DAYS)?;
        // The mark that was used stays: with it the next one is known to be younger.
        self.0.drain(..old);
        self.0.first().map(|mark| mark.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(days: i64) -> Timestamp {
        Timestamp(days * Timestamp::DAY_MS + 5)
    }

    #[test]
    fn what_was_answered_thirty_days_ago_may_go() {
        let mut kept = Kept::default();
        assert_eq!(kept.note(10, day(100)), None);
        assert_eq!(kept.note(20, day(101)), None);
        assert_eq!(kept.note(30, day(129)), None);
        assert_eq!(kept.note(31, day(130)), Some(10));
        assert_eq!(kept.note(32, day(131)), Some(20));
    }

    #[test]
    fn old_commands_that_were_answered_today_stay() {
        let mut kept = Kept::default();
        kept.note(10, day(100));
        // Offline for two months: the newest receipt speaks of today, the lines before it of the time between.
        assert_eq!(kept.note(500, day(160)), Some(10));
        assert_eq!(kept.note(501, day(189)), Some(10));
        assert_eq!(kept.note(502, day(190)), Some(500));
    }

    #[test]
    fn a_receipt_from_the_past_moves_nothing() {
        let mut kept = Kept::default();
        kept.note(10, day(100));
        assert_eq!(kept.note(20, day(40)), None);
        assert_eq!(kept.note(30, day(129)), None);
        assert_eq!(kept.note(40, day(130)), Some(10));
    }

    #[test]
    fn the_list_stays_short() {
        let mut kept = Kept::default();
        for n in 0..1_000_u32 {
            kept.note(u64::from(n), day(i64::from(n)));
        }
        assert!(kept.0.len() <= usize::try_from(KEPT_DAYS).unwrap_or(0) + 2, "{}", kept.0.len());
    }
}
