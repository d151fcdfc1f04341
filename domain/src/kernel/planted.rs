//! Bugs that can be built in on purpose, one at a time, so that the simulator can show that it would find them.
//!
//! In every ordinary build [`planted`] is a constant `false` and the places that ask it vanish. It must never be asked
//! about anything but a defect that somebody has made before, here or elsewhere.

/// A bug. Each is one that a product of this kind has shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Planted {
    /// The device takes a push as answered as a whole, whatever the answer names.
    AckAll = 1,
    /// The device drops what waits when the hub asks it to sign in.
    DropOnSignIn,
    /// The hub takes a command with a known place in its device's chain for one it has.
    DedupeBySeq,
    /// The journal calls a command saved before it is on the disk.
    RelaxedJournal,
    /// Of two edits of one field the later one wins, and nobody is asked.
    LastWriteWins,
    /// A pull moves the cursor to the newest change, also over those that did not fit into the answer.
    CursorBySequence,
    /// The hub answers before the transaction is committed.
    AnswerBeforeCommit,
    /// The device forgets to give back what a restored hub has lost.
    NothingSentAgain,
    /// The hub decides a command again that it has decided.
    DecidedTwice,
    /// The device writes its predictions into its confirmed records.
    PredictionKept,
    /// A session goes on after its device was shut out.
    SessionOutlives,
    /// A role is sent the rows of every scope.
    ScopeIgnored,
    /// A device whose history forked goes on with the same letters.
    LettersKept,
    /// The hub orders a push by the device's clock.
    OrderByClock,
    /// A balance is kept beside its lines and not with them.
    BalanceApart,
    /// A Fact that the role may not give is refused like a wish.
    FactRefused,
    /// A device that hears of an erasure leaves its journal as it is.
    ErasureForgetsJournal,
    /// A hub that was put back does not look who was erased since.
    ErasureNotRepeated,
    /// What is kept for one device can be spent by others.
    LeasesIgnored,
    /// A coach's hour that was free on the device is not looked at again by the hub.
    HourNotLookedAt,
    /// A lesson counts with every word of the member's, also with the second one.
    LessonCountsAgain,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::AckAll,
        Self::DropOnSignIn,
        Self::DedupeBySeq,
        Self::RelaxedJournal,
        Self::LastWriteWins,
        Self::CursorBySequence,
        Self::AnswerBeforeCommit,
        Self::NothingSentAgain,
        Self::DecidedTwice,
        Self::PredictionKept,
        Self::SessionOutlives,
        Self::ScopeIgnored,
        Self::LettersKept,
        Self::OrderByClock,
        Self::BalanceApart,
        Self::FactRefused,
        Self::ErasureForgetsJournal,
        Self::ErasureNotRepeated,
        Self::LeasesIgnored,
        Self::HourNotLookedAt,
        Self::LessonCountsAgain,
    ];
}

#[cfg(feature = "planted")]
static PLANTED: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Plants one bug in this process, or none.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Planted>) {
    PLANTED.store(bug.map_or(0, |bug| bug as u8), std::sync::atomic::Ordering::SeqCst);
}

/// True when this bug is planted.
#[cfg(feature = "planted")]
#[must_use]
pub fn planted(bug: Planted) -> bool {
    PLANTED.load(std::sync::atomic::Ordering::Relaxed) == bug as u8
}

/// Never: nothing is planted in this build.
#[cfg(not(feature = "planted"))]
#[must_use]
pub const fn planted(_: Planted) -> bool {
    false
}
