//! The application that is being filled in, kept in the browser so that a reload loses nothing typed.
//!
//! It is personal: it goes when the form is saved or begun anew, and with everything else when the device is emptied.

use rollcall_domain::members::Application;
use rollcall_domain::studio::Section;
use serde::{Deserialize, Serialize};

use crate::parts::members::DRAFT_KEY as KEY;
use crate::remember;
use crate::studio::Studio;

/// What was typed so far; the photo is taken again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    pub application: Application,
    pub sections: Vec<Section>,
    pub referrer: Option<rollcall_domain::members::MemberId>,
}

/// What was kept.
#[must_use]
pub fn read(studio: &Studio) -> Option<Draft> {
    serde_json::from_str(&studio.private(KEY)?).ok()
}

/// Keeps what was typed, under this device's seal; a browser that refuses costs the draft, nothing else.
pub fn write(studio: &Studio, draft: &Draft) {
    if let Ok(json) = serde_json::to_string(draft) {
        studio.keep_private(KEY, &json);
    }
}

/// Forgets it.
pub fn forget() {
    remember::forget(KEY);
}
