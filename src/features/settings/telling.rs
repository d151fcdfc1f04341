//! What the hub found odd about a device, as sentences with two buttons.

use rollcall_domain::kernel::Exception;
use rollcall_domain::kernel::decide::Quarantined;
use rollcall_domain::sync::wire::{SYNC_SLICE, SyncException};

use crate::parts::exceptions::{Choice, Telling, read};
use crate::studio::Studio;
use crate::tr::sync as t;

/// The hub's words.
pub static TELLING: Telling = Telling { slice: SYNC_SLICE, sentence, choices };

fn sentence(_: &Studio, item: &Exception) -> Option<String> {
    Some(match read(item)? {
        SyncException::Gap { from_seq, to_seq, .. } => t::odd_gap(to_seq.saturating_sub(from_seq) + 1),
        SyncException::Fork { .. } => t::odd_fork().to_owned(),
        SyncException::Quarantined { why, .. } => match why {
            Quarantined::Malformed => t::odd_malformed(),
            Quarantined::NotAllowed => t::odd_not_allowed(),
            Quarantined::RevokedDevice => t::odd_revoked_device(),
            Quarantined::BadSeal => t::odd_bad_seal(),
            Quarantined::Other => t::odd_other(),
        }
        .to_owned(),
        SyncException::Promised { .. } => t::odd_promised().to_owned(),
    })
}

fn choices(_: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let what: SyncException = read(item)?;
    Some(what.choices().map(one))
}

fn one(code: &'static str) -> Choice {
    match code {
        "accept_loss" => Choice::new(code, t::choice_accept_loss()),
        "keep_both" => Choice::new(code, t::choice_keep_both()),
        "import" => Choice::new(code, t::choice_import()),
        "discard" => Choice::new(code, t::choice_discard()),
        "keep_promise" => Choice::new(code, t::choice_keep_promise()),
        _ => Choice::new(code, t::choice_look_at_device()).go("/settings/devices"),
    }
}
