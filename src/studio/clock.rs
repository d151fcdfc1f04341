//! Time on this device: its own clock, the hub's as last heard, and the browser's monotonic one.

use std::cell::Cell;

use rollcall_domain::kernel::Timestamp;

/// Reads the clocks. Order never comes from here.
#[derive(Debug, Default)]
pub struct Clock {
    heard: Cell<Option<Heard>>,
}

#[derive(Debug, Clone, Copy)]
struct Heard {
    hub: Timestamp,
    mono_ms: i64,
    offset_ms: i64,
}

impl Clock {
    /// The device's own clock.
    #[must_use]
    pub fn device_now(&self) -> Timestamp {
        Timestamp(whole(js_sys::Date::now()))
    }

    /// The hub's clock as far as it is known; the device's own before any contact.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.device_now().plus_ms(self.heard.get().map_or(0, |h| h.offset_ms))
    }

    /// Takes the hub's time from an answer.
    pub fn hear(&self, hub: Timestamp) {
        let offset_ms = hub.0 - self.device_now().0;
        self.heard.set(Some(Heard { hub, mono_ms: mono_ms(), offset_ms }));
    }

    /// The hub's time when it was last heard in this page's life, and how long ago by the monotonic clock.
    #[must_use]
    pub fn since_sync(&self) -> Option<(Timestamp, i64)> {
        self.heard.get().map(|h| (h.hub, mono_ms() - h.mono_ms))
    }

    /// How far the device's clock is from the hub's, in milliseconds; nothing before any contact.
    #[must_use]
    pub fn skew_ms(&self) -> Option<i64> {
        self.heard.get().map(|h| -h.offset_ms)
    }
}

fn mono_ms() -> i64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0, |p| whole(p.now()))
}

/// Milliseconds as the browser gives them, cut to whole ones; what does not fit stops at the ends.
#[allow(clippy::cast_possible_truncation, reason = "`as` saturates, which is what a broken clock should do")]
fn whole(ms: f64) -> i64 {
    ms as i64
}

/// Ten random bytes for an id.
pub(super) fn random() -> [u8; 10] {
    let mut bytes = [0u8; 10];
    if let Some(crypto) = web_sys::window().and_then(|w| w.crypto().ok()) {
        // A browser without random numbers could not have loaded this page over https either.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes
}
