//! When a command counts as having happened: the hub's word, fixed once, never in the future, never before what the
//! device had already read.

use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::Envelope;

/// What a device that never heard of the hub may claim at most.
const PAST_MS: i64 = 400 * Timestamp::DAY_MS;

/// The hub's view of a device's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    /// The hub's time now.
    pub(super) now: Timestamp,
    /// When the change that the device had read was committed; nothing when it had read none of this history.
    pub(super) base_at: Option<Timestamp>,
    /// How far the device's clock was behind when that could last be told.
    pub(super) skew_ms: Option<i64>,
}

/// When it counts.
pub(super) fn effective_at(envelope: &Envelope, heard: &Heard) -> Timestamp {
    let told = match (envelope.hub_time_at_sync, envelope.mono_since_sync_ms) {
        (Some(at), Some(mono)) => at.plus_ms(mono.max(0)),
        _ => envelope.claimed_at.plus_ms(heard.skew_ms.unwrap_or(0)),
    };
    let earliest = heard.base_at.unwrap_or_else(|| heard.now.plus_ms(-PAST_MS));
    Timestamp(told.0.max(earliest.0).min(heard.now.0))
}

/// How far the device's clock is behind the hub's by this command's own figures.
pub(super) fn skew_ms(envelope: &Envelope) -> Option<i64> {
    let told = envelope.hub_time_at_sync?.plus_ms(envelope.mono_since_sync_ms?.max(0));
    Some(told.0.saturating_sub(envelope.claimed_at.0))
}
