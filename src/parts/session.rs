//! What other features add to a session of the timetable: a panel in its sheet, and a few words on its block.
//!
//! A feature exports one `pub static SESSION: SessionParts` and adds it to the list in `src/wiring.rs`; the timetable
//! shows all of them and names none.

use std::sync::OnceLock;

use leptos::prelude::*;
use rollcall_domain::classes::{Session, SessionKey};

use crate::studio::Studio;

/// What one feature adds.
#[derive(Debug, Clone, Copy)]
pub struct SessionParts {
    /// A panel under what the session is. It brings its own heading.
    pub panel: fn(Session) -> AnyView,
    /// A few words; nothing where there is nothing to say. Follows changes.
    pub brief: fn(&Studio, SessionKey) -> Option<String>,
}

static PARTS: OnceLock<&'static [SessionParts]> = OnceLock::new();

/// Gives the parts. The first call counts; the app makes it before anything is shown.
pub fn set_session_parts(parts: &'static [SessionParts]) {
    let _ = PARTS.set(parts);
}

/// All parts, in the order in which they are shown.
#[must_use]
pub fn session_parts() -> &'static [SessionParts] {
    PARTS.get().copied().unwrap_or_default()
}

/// The words of all parts. Follows changes.
#[must_use]
pub fn session_brief(studio: &Studio, key: SessionKey) -> Vec<String> {
    session_parts().iter().filter_map(|part| (part.brief)(studio, key)).collect()
}
