//! Whether this device makes a sound at check-in: a choice of the browser, not of the studio.

use crate::remember;

const KEY: &str = "rollcall.sound";

/// On, unless somebody switched it off here.
#[must_use]
pub fn is_on() -> bool {
    remember::read(KEY).as_deref() != Some("off")
}

/// Switches it for this device.
pub fn set(on: bool) {
    remember::write(KEY, if on { "on" } else { "off" });
}
