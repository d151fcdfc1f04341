//! The studio's settings as a draft: what is wrong with it, and the command it makes.

use rollcall_domain::kernel::text;
use rollcall_domain::studio::{ChangeSettings, Section, Settings, WINDOW_MINUTES_MAX};

/// The latest closing minute after midnight.
pub(super) const CLOSING_MINUTE_MAX: u32 = 360;
/// The closing minutes that are offered.
pub(super) const CLOSING_MINUTES: [u32; 7] = [0, 60, 120, 180, 240, 300, CLOSING_MINUTE_MAX];

/// What the form holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) seen_revision: u32,
    pub(super) name: String,
    pub(super) language: String,
    pub(super) indoor: bool,
    pub(super) outdoor: bool,
    pub(super) window_minutes: Option<i64>,
    pub(super) closing_minute: u32,
    pub(super) guardian_may_sign: bool,
}

/// What is wrong with a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    Name,
    Sections,
    Window,
}

impl Draft {
    /// The settings as they are.
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            seen_revision: settings.revision,
            name: settings.name.clone(),
            language: settings.language.clone(),
            indoor: settings.sections.contains(&Section::Indoor),
            outdoor: settings.sections.contains(&Section::Outdoor),
            window_minutes: Some(i64::from(settings.window_minutes)),
            closing_minute: settings.closing_minute,
            guardian_may_sign: settings.guardian_may_sign,
        }
    }

    fn sections(&self) -> Vec<Section> {
        let picked = [(self.indoor, Section::Indoor), (self.outdoor, Section::Outdoor)];
        picked.into_iter().filter_map(|(on, section)| on.then_some(section)).collect()
    }

    fn window(&self) -> Option<u32> {
        self.window_minutes
            .and_then(|minutes| u32::try_from(minutes).ok())
            .filter(|minutes| *minutes <= WINDOW_MINUTES_MAX)
    }

    /// The first thing wrong with it in each field.
    pub(super) fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if text::tidy_line(&self.name).is_empty() {
            flaws.push(Flaw::Name);
        }
        if self.sections().is_empty() {
            flaws.push(Flaw::Sections);
        }
        if self.window().is_none() {
            flaws.push(Flaw::Window);
        }
        flaws
    }

    /// The command; nothing while something is wrong.
    pub(super) fn command(&self) -> Option<ChangeSettings> {
        if !self.flaws().is_empty() {
            return None;
        }
        Some(ChangeSettings {
            seen_revision: self.seen_revision,
            name: self.name.clone(),
            language: self.language.clone(),
            sections: self.sections(),
            window_minutes: self.window()?,
            closing_minute: self.closing_minute.min(CLOSING_MINUTE_MAX),
            guardian_may_sign: self.guardian_may_sign,
        })
    }
}

/// `01:30` for a minute after midnight.
pub(super) fn clock_of(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Bytes as people read them: `1.2 GB`, in steps of a thousand.
pub(super) fn size_text(bytes: u64) -> String {
    const STEPS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match STEPS.into_iter().find(|(step, _)| bytes >= *step) {
        Some((step, unit)) => {
            let tenths = bytes / (step / 10);
            if tenths >= 100 {
                format!("{} {unit}", tenths / 10)
            } else {
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            }
        }
        None => format!("{bytes} B"),
    }
}

/// A code in groups of five, as it is read out.
pub(super) fn spaced(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// `9:05` for what is left of a code's time.
pub(super) fn minutes_left(left_ms: i64) -> String {
    let seconds = (left_ms.max(0) + 999) / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests;
