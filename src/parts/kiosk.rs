//! Whether this device is handed to the members: they check themselves in, and nothing else is reachable.
//!
//! A choice of this browser, kept so that a reload or a restart stays in it; whatever frames the screens asks here
//! before it shows any. It must never know a record.

use std::sync::LazyLock;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::remember;

/// Where it is kept; `early.js` looks at the same key before the first paint. Goes when the device is emptied.
pub const KEY: &str = "rollcall.kiosk";

/// What is kept while it is on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// The hash of the code that was chosen for this time, where nobody had a PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

/// The browser keeps nothing, so a reload would end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the browser keeps nothing")]
pub struct NotKept;

static ON: LazyLock<ArcRwSignal<bool>> = LazyLock::new(|| ArcRwSignal::new(is_kept()));

fn is_kept() -> bool {
    remember::read(KEY).is_some()
}

/// True while the members have this device. Follows changes.
#[must_use]
pub fn is_on() -> bool {
    ON.get()
}

/// Hands the device to the members. `code` is the hash of what ends it beside the PINs.
pub fn begin(code: Option<String>) -> Result<(), NotKept> {
    let json = serde_json::to_string(&Kept { code }).map_err(|_| NotKept)?;
    remember::write(KEY, &json);
    if !is_kept() {
        return Err(NotKept);
    }
    ON.set(true);
    Ok(())
}

/// The hash of the code that ends it, where one was chosen. What cannot be read opens nothing.
#[must_use]
pub fn code() -> Option<String> {
    serde_json::from_str::<Kept>(&remember::read(KEY)?).ok()?.code
}

/// Takes the device back.
pub fn end() {
    remember::forget(KEY);
    ON.set(false);
}

/// Other tabs of this browser are the same device: what one of them begins or ends holds in all.
pub fn follow_other_tabs() {
    let heard = window_event_listener_untyped("storage", |_| {
        if ON.get_untracked() != is_kept() {
            ON.set(is_kept());
        }
    });
    on_cleanup(move || heard.remove());
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn it_stays_on_until_it_is_ended_and_a_strange_note_opens_nothing() {
        assert_eq!(begin(Some("hash".to_owned())), Ok(()));
        assert!(is_kept() && untrack(is_on));
        assert_eq!(code().as_deref(), Some("hash"));
        remember::write(KEY, "yes");
        assert!(is_kept());
        assert_eq!(code(), None);
        end();
        assert!(!is_kept() && !untrack(is_on));
    }
}
