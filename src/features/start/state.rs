//! The answers of a new studio, what is missing among them, what the browser lets one guess, and what is in a backup.

use rollcall_domain::kernel::money::Currency;
use rollcall_domain::kernel::time::Zone;
use rollcall_domain::kernel::{Record, RecordBody as _, Role, order, text};
use rollcall_domain::members::Member;
use rollcall_domain::studio::{OpenStudio, OwnerName, Person, Section, Settings};

/// What was answered so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    pub name: String,
    pub owner: String,
    pub zone: Option<Zone>,
    pub currency: Option<Currency>,
    pub sections: Vec<Section>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missing {
    pub name: bool,
    pub owner: bool,
    pub zone: bool,
    pub currency: bool,
    pub sections: bool,
}

impl Missing {
    /// True when nothing is.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !(self.name || self.owner || self.zone || self.currency || self.sections)
    }
}

impl Answers {
    /// What is missing.
    #[must_use]
    pub fn missing(&self) -> Missing {
        Missing {
            name: text::tidy_line(&self.name).is_empty(),
            owner: text::tidy_line(&self.owner).is_empty(),
            zone: self.zone.is_none(),
            currency: self.currency.is_none(),
            sections: self.sections.is_empty(),
        }
    }

    /// The command that opens the studio, with papers in `language`; nothing while something is missing.
    #[must_use]
    pub fn order(&self, language: &str, sample: bool) -> Option<(OpenStudio, OwnerName)> {
        if !self.missing().is_empty() {
            return None;
        }
        let open = OpenStudio {
            name: text::tidy_line(&self.name),
            zone: self.zone?,
            currency: self.currency?,
            language: language.to_owned(),
            sections: self.sections.clone(),
            sample,
        };
        Some((open, OwnerName { owner_name: text::tidy_line(&self.owner) }))
    }
}

/// The currency that is used where a zone's clocks are.
#[must_use]
pub fn currency_of(zone: &str) -> Option<Currency> {
    Some(match zone {
        "Asia/Shanghai" | "Asia/Urumqi" | "Asia/Chongqing" | "Asia/Harbin" | "PRC" => Currency::Cny,
        "Asia/Taipei" => Currency::Twd,
        "Asia/Hong_Kong" => Currency::Hkd,
        "Asia/Macau" | "Asia/Macao" => Currency::Mop,
        "Asia/Singapore" => Currency::Sgd,
        "Asia/Kuala_Lumpur" | "Asia/Kuching" => Currency::Myr,
        "Asia/Tokyo" => Currency::Jpy,
        "Europe/London" | "Europe/Belfast" | "Europe/Guernsey" | "Europe/Isle_of_Man" | "Europe/Jersey" => {
            Currency::Gbp
        }
        "America/Toronto" | "America/Vancouver" | "America/Edmonton" | "America/Winnipeg"
        | "America/Halifax" | "America/St_Johns" | "America/Regina" | "America/Montreal" => Currency::Cad,
        "America/New_York"
        | "America/Chicago"
        | "America/Denver"
        | "America/Los_Angeles"
        | "America/Phoenix"
        | "America/Detroit"
        | "America/Anchorage"
        | "Pacific/Honolulu" => Currency::Usd,
        other if other.starts_with("Australia/") => Currency::Aud,
        "Europe/Zurich" | "Europe/Stockholm" | "Europe/Oslo" | "Europe/Copenhagen" | "Europe/Warsaw"
        | "Europe/Prague" | "Europe/Budapest" | "Europe/Bucharest" | "Europe/Istanbul" | "Europe/Moscow"
        | "Europe/Kiev" | "Europe/Kyiv" | "Europe/Minsk" => return None,
        other if other.starts_with("Europe/") => Currency::Eur,
        _ => return None,
    })
}

/// What the records of a backup say about the studio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Inside {
    pub(super) name: String,
    pub(super) zone: String,
    pub(super) members: i64,
    /// Who may open it, by name.
    pub(super) owners: Vec<Person>,
}

/// Looks into the records of a backup.
pub(super) fn inside(records: &[Record]) -> Inside {
    let of_kind = |kind: &'static str| records.iter().filter(move |record| record.kind == kind);
    let settings: Option<Settings> = of_kind(Settings::KIND).find_map(|record| record.read().ok());
    let people = of_kind(Person::KIND).filter_map(|record| record.read::<Person>().ok());
    let mut owners: Vec<Person> = people.filter(|person| person.role == Role::Owner).collect();
    order::by(&mut owners, |a, b| a.name.cmp(&b.name));
    let (name, zone) = settings.map(|s| (s.name, s.zone)).unwrap_or_default();
    Inside {
        name,
        zone: zone.0.name().to_owned(),
        members: i64::try_from(of_kind(Member::KIND).count()).unwrap_or(i64::MAX),
        owners,
    }
}

#[cfg(test)]
mod tests;
