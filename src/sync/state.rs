//! How the sync stands, as a value the shell puts into words.

use rollcall_domain::kernel::Timestamp;

/// What the sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// There is no hub: this device decides.
    #[default]
    Solo,
    /// Talking to the hub.
    Sending {
        /// Commands the hub has by now.
        done: u64,
        /// Commands that waited when it began.
        total: u64,
    },
    /// The hub has everything and so has this device.
    UpToDate,
    /// The hub cannot be reached.
    Offline,
    /// The hub does not let this device in.
    ShutOut,
    /// The hub answers, but something keeps failing.
    Trouble,
}

/// How the sync stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncState {
    /// What it is doing.
    pub phase: Phase,
    /// Commands no hub has yet.
    pub waiting: u64,
    /// Commands the hub holds without an outcome.
    pub held: u64,
    /// Commands no hub can read.
    pub aside: u64,
    /// Since when this device has worked alone.
    pub alone_since: Option<Timestamp>,
    /// When everything was last in agreement.
    pub synced_at: Option<Timestamp>,
}
