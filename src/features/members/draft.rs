//! The application that is being filled in, kept in the browser so that a reload loses nothing typed.
//!
//! It is personal: it goes when the form is saved or begun anew, and with everything else when the device is emptied.

use gloo_storage::{LocalStorage, Storage as _};
use rollcall_domain::members::Application;
use rollcall_domain::studio::Section;
use serde::{Deserialize, Serialize};

use crate::parts::members::DRAFT_KEY as KEY;

/// What was typed so far; the photo is taken again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    pub application: Application,
    pub sections: Vec<Section>,
    pub referrer: Option<rollcall_domain::members::MemberId>,
}

/// What was kept.
#[must_use]
pub fn read() -> Option<Draft> {
    LocalStorage::get(KEY).ok()
}

/// Keeps what was typed; a browser that refuses costs the draft, nothing else.
pub fn write(draft: &Draft) {
    let _ = LocalStorage::set(KEY, draft);
}

/// Forgets it.
pub fn forget() {
    LocalStorage::delete(KEY);
}
