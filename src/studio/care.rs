//! Looking after this device's place in the studio: its name, its clock, and what is not saved yet.

use super::failure::Failure;
use super::{Me, Studio};

impl Studio {
    /// Gives this device another name, here; the hub hears of it at the next pairing.
    pub async fn rename_device(&self, name: &str) -> Result<(), Failure> {
        let me = self.me_now().ok_or(Failure::NoStudio)?;
        self.set_me(&Me { device_name: name.to_owned(), ..me }).await
    }

    /// How far this device's clock is from the hub's, in milliseconds; nothing before any contact.
    #[must_use]
    pub fn clock_skew_ms(&self) -> Option<i64> {
        self.clock.skew_ms()
    }

    /// True while something is being decided or written: closing the page now may lose it.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.gate.try_lock().is_none()
    }
}
