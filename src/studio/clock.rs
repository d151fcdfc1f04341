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
        self.heard.get().map_or_else(|| self.device_now(), |heard| heard.now(self.device_now(), mono_ms()))
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

impl Heard {
    /// The hub's clock now. The device's clock says how long ago it was heard, for it goes on while a device sleeps, where
    /// the monotonic one may stand still; but a clock that has gone less far than the monotonic one was set back.
    fn now(self, device: Timestamp, mono_ms: i64) -> Timestamp {
        let by_clock = device.0.saturating_add(self.offset_ms);
        let at_least = self.hub.0.saturating_add(mono_ms - self.mono_ms);
        Timestamp(if at_least - by_clock > SET_BACK_MS { at_least } else { by_clock })
    }
}

/// Clocks drift apart by less than this between two contacts; a clock that is set moves further.
const SET_BACK_MS: i64 = 2_000;

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

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 3_600_000;

    #[test]
    fn a_clock_that_is_set_back_does_not_take_the_hubs_time_with_it() {
        // Heard while the device's clock was 400 days ahead.
        let heard = Heard { hub: Timestamp(1_000_000), mono_ms: 50, offset_ms: -400 * DAY_MS };
        let ahead = |ms: i64| Timestamp(1_000_000 + 400 * DAY_MS + ms);
        assert_eq!(heard.now(ahead(5_000), 5_050), Timestamp(1_005_000));
        assert_eq!(heard.now(Timestamp(1_006_000), 6_050), Timestamp(1_006_000));
        // A sleep, in which the monotonic clock stood still.
        assert_eq!(heard.now(ahead(DAY_MS), 5_050), Timestamp(1_000_000 + DAY_MS));
        // Drift is no jump.
        assert_eq!(heard.now(ahead(9_000), 10_050), Timestamp(1_009_000));
    }
}
