use rollcall_domain::kernel::Timestamp;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn state(phase: Phase) -> SyncState {
    SyncState {
        phase,
        waiting: 31,
        held: 0,
        aside: 0,
        alone_since: Some(Timestamp(5)),
        synced_at: Some(Timestamp(9)),
    }
}

#[test]
fn what_needs_somebody_is_said_once_all_is_quiet() {
    assert_eq!(sync_word(state(Phase::UpToDate), 2), SyncWord::NeedsYou { count: 2 });
    assert_eq!(sync_word(state(Phase::Solo), 2), SyncWord::NeedsYou { count: 2 });
    assert_eq!(sync_word(state(Phase::UpToDate), 0), SyncWord::AllSynced { at_ms: 9 });
    assert_eq!(sync_word(state(Phase::Solo), 0), SyncWord::SavedHere);
}

#[test]
fn work_without_the_hub_says_since_when_and_how_much_waits() {
    let alone = SyncWord::WorkingHere { since_ms: Some(5), waiting: 31 };
    assert_eq!(sync_word(state(Phase::Offline), 2), alone);
    assert_eq!(sync_word(state(Phase::Trouble), 0), alone);
    assert_eq!(sync_word(state(Phase::ShutOut), 0), SyncWord::SignIn { waiting: 31 });
    assert_eq!(
        sync_word(state(Phase::Sending { done: 1, total: 4 }), 2),
        SyncWord::Sending { done: 1, total: 4 }
    );
}
