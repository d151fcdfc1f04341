//! A history as data: what happens, to whom, with which luck. Any part of it can be left out and the rest still means
//! the same, so that a failure can be shrunk.

use rollcall_domain::demo::dice::Dice;
use serde::{Deserialize, Serialize};

/// What may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// Somebody does something at a device.
    Give,
    /// A device's meeting with the hub goes one call further, with the luck of the network.
    Go,
    /// A device meets the hub from beginning to end, and nothing goes wrong.
    Meet,
    /// A tab dies.
    Crash,
    /// Power is lost: the tab dies, and the store's last writes with it.
    PowerLoss,
    /// Another tab takes the first one's place; the first is closed later.
    OtherTab,
    /// The browser throws the store away.
    StoreLost,
    /// The browser throws everything away.
    Evicted,
    /// The next save fails for want of room, or is undone.
    SaveFails,
    /// The device's clock is set.
    Clock,
    /// Time passes for everybody.
    Time,
    /// The device's storage is copied aside.
    CopyDevice,
    /// The device's storage is what it was at the copy.
    OldDevice,
    /// The copy begins to live beside the device.
    Twin,
    /// Another device is let in.
    Join,
    /// A device is shut out.
    ShutOut,
    /// The hub's process dies and is started again.
    HubDies,
    /// The hub's database is copied aside.
    CopyHub,
    /// The copy is put back, by the tool.
    RestoreHub,
    /// The copy is put back by hand: nothing tells the hub.
    OldHub,
    /// The next transactions of the hub fail.
    HubFails,
    /// The clockwork looks.
    Tick,
    /// An old push arrives once more.
    Straggler,
    /// The owner waits no longer for devices after a restore.
    Continue,
}

/// How often each comes up, in a thousand.
const ODDS: [(What, u32); 24] = [
    (What::Give, 320),
    (What::Go, 330),
    (What::Meet, 90),
    (What::Crash, 30),
    (What::PowerLoss, 20),
    (What::OtherTab, 15),
    (What::StoreLost, 5),
    (What::Evicted, 3),
    (What::SaveFails, 15),
    (What::Clock, 15),
    (What::Time, 40),
    (What::CopyDevice, 8),
    (What::OldDevice, 5),
    (What::Twin, 3),
    (What::Join, 6),
    (What::ShutOut, 3),
    (What::HubDies, 12),
    (What::CopyHub, 8),
    (What::RestoreHub, 4),
    (What::OldHub, 4),
    (What::HubFails, 25),
    (What::Tick, 12),
    (What::Straggler, 25),
    (What::Continue, 9),
];

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// What.
    pub(crate) what: What,
    /// To which device, counted round.
    pub(crate) who: u32,
    /// The seed of whatever else is chance in it.
    pub(crate) luck: u64,
}

/// Every so many seeds make a world in which no storage goes back in time: there the laws about money and numbers hold
/// to the cent, from the first step to the last.
const STEADY_EVERY: u64 = 4;

/// True for what takes a storage back in time, or makes two of one.
fn turns_back(what: What) -> bool {
    matches!(what, What::OldDevice | What::Twin | What::RestoreHub | What::OldHub)
}

/// The history of a seed.
pub(crate) fn history(seed: u64, steps: usize) -> Vec<Step> {
    let steady = seed.is_multiple_of(STEADY_EVERY);
    let mut dice = Dice::new(seed);
    let whole: u32 = ODDS.iter().map(|(_, odds)| odds).sum();
    (0..steps)
        .map(|_| {
            let mut at = dice.between(0, whole);
            let what = ODDS
                .iter()
                .find(|(_, odds)| {
                    let here = at < *odds;
                    at = at.saturating_sub(*odds);
                    here
                })
                .map_or(What::Give, |(what, _)| *what);
            let what = if steady && turns_back(what) { What::Give } else { what };
            Step { what, who: dice.between(0, 64), luck: dice.draw() }
        })
        .collect()
}
