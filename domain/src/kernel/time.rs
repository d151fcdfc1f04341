//! Instants, civil days and the studio's zone.
//!
//! There is no clock here: "now" always comes in. An `_at` is a [`Timestamp`], an `_on` a `NaiveDate` in the studio's zone.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeZone as _, Timelike as _};
pub use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: milliseconds since 1970-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// A day in milliseconds; only for spans, never for stepping through civil days.
    pub const DAY_MS: i64 = 86_400_000;

    /// Later by so many milliseconds, stopping at the ends of the range.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// An IANA zone out of the list both the app and the hub are built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(pub Tz);

impl Default for Zone {
    fn default() -> Self {
        Self(Tz::Asia__Shanghai)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| serde::de::Error::custom("unknown time zone"))
    }
}

impl Zone {
    /// The zones a studio can choose, by their IANA names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name()).filter(|name| name.contains('/'))
    }

    /// The zone of this IANA name; a few common names map to one with the same rules.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = match name {
            "Asia/Chongqing" | "Asia/Harbin" | "Asia/Urumqi" | "PRC" => "Asia/Shanghai",
            "Asia/Macao" => "Asia/Macau",
            "Asia/Calcutta" => "Asia/Kolkata",
            "Asia/Saigon" => "Asia/Ho_Chi_Minh",
            "UTC" => "Etc/UTC",
            other => other,
        };
        name.parse().ok().map(Self)
    }

    /// The civil date and wall clock of an instant here. Instants outside chrono's range count as 1970.
    #[must_use]
    pub fn wall(self, at: Timestamp) -> (NaiveDate, NaiveTime) {
        let utc = DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH);
        let local = utc.with_timezone(&self.0).naive_local();
        (local.date(), local.time())
    }

    /// The civil day of an instant here.
    #[must_use]
    pub fn day(self, at: Timestamp) -> NaiveDate {
        self.wall(at).0
    }

    /// Minutes since midnight of an instant here: 0..=1439.
    #[must_use]
    pub fn minute_of_day(self, at: Timestamp) -> u32 {
        let time = self.wall(at).1;
        time.hour() * 60 + time.minute()
    }

    /// The instant of a wall clock here. In a gap the clock has jumped, so the time shifts forward by the gap;
    /// in an overlap the earlier of the two counts.
    #[must_use]
    pub fn instant(self, on: NaiveDate, minute_of_day: u32) -> Timestamp {
        let clock = NaiveTime::from_hms_opt(0, 0, 0).unwrap_or_default();
        let naive = on.and_time(clock) + chrono::TimeDelta::minutes(i64::from(minute_of_day));
        let found = match self.0.from_local_datetime(&naive) {
            chrono::LocalResult::Single(at) | chrono::LocalResult::Ambiguous(at, _) => Some(at),
            // No zone jumps by more than a few hours; the offset from before the gap is the one to read it with.
            chrono::LocalResult::None => {
                let before = naive - chrono::TimeDelta::hours(4);
                self.0.from_local_datetime(&before).earliest().map(|at| at + chrono::TimeDelta::hours(4))
            }
        };
        Timestamp(found.map_or(0, |at| at.timestamp_millis()))
    }
}

/// The day `months` later; the last day of the month where the month is shorter (31 January + 1 = 28 or 29 February).
#[must_use]
pub fn plus_months(on: NaiveDate, months: u32) -> NaiveDate {
    on.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The day `days` later.
#[must_use]
pub fn plus_days(on: NaiveDate, days: u32) -> NaiveDate {
    on.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}

/// Whole years lived on a day; somebody born on 29 February has the birthday on 1 March of common years
/// (the reading under which nobody turns 18 early).
#[must_use]
pub fn age_on(born_on: NaiveDate, on: NaiveDate) -> i32 {
    let years = on.year() - born_on.year();
    if (on.month(), on.day()) < (born_on.month(), born_on.day()) { years - 1 } else { years }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_business_day_turns_at_local_midnight() {
        let shanghai = Zone::named("Asia/Shanghai").unwrap();
        let at = shanghai.instant(day("2026-11-22"), 23 * 60 + 59);
        assert_eq!(shanghai.day(at), day("2026-11-22"));
        assert_eq!(shanghai.day(at.plus_ms(60_000)), day("2026-11-23"));
    }

    #[test]
    fn a_gap_shifts_forward_and_an_overlap_takes_the_earlier() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let gap = berlin.instant(day("2027-03-28"), 150);
        assert_eq!(berlin.minute_of_day(gap), 210);
        let first = berlin.instant(day("2027-10-31"), 150);
        let before = berlin.instant(day("2027-10-31"), 90);
        assert_eq!(first.0 - before.0, 3_600_000);
    }

    #[test]
    fn months_end_on_the_last_day_they_have() {
        assert_eq!(plus_months(day("2027-01-31"), 1), day("2027-02-28"));
        assert_eq!(plus_months(day("2028-01-31"), 1), day("2028-02-29"));
    }

    #[test]
    fn leap_day_children_do_not_come_of_age_early() {
        assert_eq!(age_on(day("2008-02-29"), day("2026-02-28")), 17);
        assert_eq!(age_on(day("2008-02-29"), day("2026-03-01")), 18);
    }

    #[test]
    fn every_zone_on_the_list_parses_back() {
        for name in Zone::names() {
            assert!(Zone::named(name).is_some(), "{name}");
        }
        assert!(Zone::named("Asia/Urumqi").is_some());
        assert!(Zone::named("Mars/Olympus").is_none());
    }
}
