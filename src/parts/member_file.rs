//! What other features add to a member's file: panels with their own buttons, and lines in its history.
//!
//! A feature exports one `pub static FILE: FileParts` and adds it to the list in `src/wiring.rs`; the members feature
//! shows all of them and names none.

use std::sync::OnceLock;

use leptos::prelude::*;
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::members::MemberId;

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// When.
    pub at: Timestamp,
    /// What, as a sentence.
    pub text: String,
    /// Which filter it belongs to: a code of [`FileParts::filters`].
    pub filter: &'static str,
    /// What a press opens.
    pub href: Option<String>,
}

/// What one feature adds. Every part may be left out.
#[derive(Debug, Clone, Copy)]
pub struct FileParts {
    /// A panel under the answers: passes to sell, cards, payments. It brings its own heading.
    pub panel: Option<fn(MemberId) -> AnyView>,
    /// Its lines of the history; nothing while they are being read. Called once for each file, inside the view.
    pub history: Option<fn(MemberId) -> Signal<Option<Vec<HistoryLine>>>>,
    /// Its filters of the history: code and label.
    pub filters: &'static [(&'static str, fn() -> &'static str)],
}

static PARTS: OnceLock<&'static [FileParts]> = OnceLock::new();

/// Gives the parts. The first call counts; the app makes it before anything is shown.
pub fn set_file_parts(parts: &'static [FileParts]) {
    let _ = PARTS.set(parts);
}

/// All parts, in the order in which they are shown.
#[must_use]
pub fn file_parts() -> &'static [FileParts] {
    PARTS.get().copied().unwrap_or_default()
}
