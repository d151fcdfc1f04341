//! What features give to each other about a session: a panel in its sheet and a few words on its block, and from the
//! timetable what can be done about it. And the address of its roster.
//!
//! A feature exports one `pub static SESSION: SessionParts` and adds it to the list in `src/wiring.rs`; the timetable
//! shows all of them and names none, and whoever shows the timetable's acts does not name it.

use std::sync::OnceLock;

use leptos::prelude::*;
use rollcall_domain::classes::{Session, SessionKey};

use crate::studio::Studio;

/// Which sessions this device was prepared for; goes when the device is emptied.
pub const PACK_KEY: &str = "rollcall.pack";

/// What one feature adds.
#[derive(Debug, Clone, Copy)]
pub struct SessionParts {
    /// A panel under what the session is. It brings its own heading.
    pub panel: fn(Session) -> AnyView,
    /// A few words; nothing where there is nothing to say. Follows changes.
    pub brief: fn(&Studio, SessionKey) -> Option<String>,
    /// What it lacks to take place; nothing where it lacks nothing. Follows changes.
    pub lacks: fn(&Studio, &Session) -> Option<String>,
    /// The names of those who count on it. Follows changes.
    pub people: fn(&Studio, SessionKey) -> Vec<String>,
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

/// What a session lacks to take place. Follows changes.
#[must_use]
pub fn session_lacks(studio: &Studio, session: &Session) -> Option<String> {
    session_parts().iter().find_map(|part| (part.lacks)(studio, session))
}

/// Who counts on a session, as far as this device knows. Follows changes.
#[must_use]
pub fn session_people(studio: &Studio, key: SessionKey) -> Vec<String> {
    session_parts().iter().flat_map(|part| (part.people)(studio, key)).collect()
}

static ACTS: OnceLock<fn(Session) -> AnyView> = OnceLock::new();

/// Gives what can be done about a session that has not begun, with its dialogs. The first call counts.
pub fn set_session_acts(acts: fn(Session) -> AnyView) {
    let _ = ACTS.set(acts);
}

/// What can be done about a session that has not begun.
#[must_use]
pub fn session_acts(session: Session) -> Option<AnyView> {
    ACTS.get().map(|acts| acts(session))
}

/// The address of a session's roster.
#[must_use]
pub fn roster_href(key: SessionKey) -> String {
    format!("/roster/{key}")
}

/// The session whose roster lies at an address of this `origin`: what the code of a roster on paper says. An address of
/// anywhere else leads nowhere.
#[must_use]
pub fn roster_at(address: &str, origin: &str) -> Option<SessionKey> {
    // A scanner may end what it types with a sign of its own.
    let path = address.trim().strip_prefix(origin)?;
    path.strip_prefix("/roster/")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const ORIGIN: &str = "https://desk.example";

    #[wasm_bindgen_test]
    fn the_code_of_a_paper_roster_leads_to_its_session_and_no_other_origin_does() {
        let key: SessionKey = "00000000-0000-4000-8000-000000000001_2026-03-02_1080_0".parse().unwrap();
        let address = format!("{ORIGIN}{}", roster_href(key));
        assert_eq!(roster_at(&address, ORIGIN), Some(key));
        assert_eq!(roster_at(&format!("{address}\r\n"), ORIGIN), Some(key));
        for never in [
            format!("https://desk.example.org{}", roster_href(key)),
            format!("https://other.example/{address}"),
            format!("{ORIGIN}/settings"),
            format!("{address}/paper"),
            roster_href(key),
        ] {
            assert_eq!(roster_at(&never, ORIGIN), None, "{never}");
        }
    }
}
