//! Why something was not done, in one sentence: each slice says its own refusals, the kernel's and the studio's are here.
//!
//! A feature exports one `pub static SAYING: Saying` and adds it to the list in `src/wiring.rs`.
//!
//! ```ignore
//! pub static SAYING: Saying = Saying { slice: "plans", say };
//! fn say(why: &serde_json::Value) -> Option<String> {
//!     // Nothing when a newer build's code cannot be read; the match below has no catch-all arm.
//!     Some(match read::<PlansRefusal>(why)? { PlansRefusal::NameMissing => tr::plans::refused_name_missing().into(), … })
//! }
//! ```

use std::sync::OnceLock;

use rollcall_domain::kernel::RefusalBody;
use rollcall_domain::kernel::decide::{Hold, Parked, Quarantined};
use rollcall_domain::kernel::erasure::AboutErased;
use rollcall_domain::kernel::exceptions::SettleRefusal;
use rollcall_domain::kernel::json;
use rollcall_domain::studio::StudioRefusal;
use rollcall_domain::studio::people::RoleRefusal;
use rollcall_domain::studio::pins::PinRefusal;
use rollcall_domain::sync::wire::{SYNC_SLICE, SyncRefusal};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::studio::{Failure, RunError};
use crate::tr::studio as t;

/// How one slice says its refusals.
#[derive(Debug, Clone, Copy)]
pub struct Saying {
    /// The slice's name, as in [`RefusalBody::slice`].
    pub slice: &'static str,
    /// The sentence; nothing when this build does not know the code.
    pub say: fn(&Value) -> Option<String>,
}

static SAYINGS: OnceLock<&'static [Saying]> = OnceLock::new();

/// Gives the slices' words. The first call counts; the app makes it before anything is shown.
pub fn set_sayings(sayings: &'static [Saying]) {
    let _ = SAYINGS.set(sayings);
}

/// A refusal's enum; nothing when a newer build refused.
#[must_use]
pub fn read<T: DeserializeOwned>(why: &Value) -> Option<T> {
    json::read(why).ok()
}

/// A refusal, or what was given instead, as a sentence with a next step.
#[must_use]
pub fn say(refusal: &RefusalBody) -> String {
    let own = match refusal.slice.as_str() {
        "kernel" => kernel(&refusal.why),
        "studio" => studio_says(&refusal.why),
        SYNC_SLICE => read(&refusal.why).map(|why| sync(&why)),
        slice => SAYINGS
            .get()
            .and_then(|all| all.iter().find(|one| one.slice == slice))
            .and_then(|one| (one.say)(&refusal.why)),
    };
    own.unwrap_or_else(|| t::refused_unknown().to_owned())
}

fn kernel(why: &Value) -> Option<String> {
    // The one refusal that no slice's rule makes: the role may not give the command.
    if why.get("code").and_then(Value::as_str) == Some("not_allowed") {
        return Some(t::refused_not_allowed().to_owned());
    }
    if read::<AboutErased>(why) == Some(AboutErased::WasErased) {
        return Some(t::refused_was_erased().to_owned());
    }
    Some(match read::<SettleRefusal>(why)? {
        SettleRefusal::Unknown => t::refused_settle_unknown().to_owned(),
        SettleRefusal::SettledBefore { .. } => t::refused_settled_before().to_owned(),
        SettleRefusal::ForManagers => t::refused_for_managers().to_owned(),
    })
}

fn studio_says(why: &Value) -> Option<String> {
    let settings = || read(why).map(|why| studio(&why));
    let role = || read(why).map(|why| people(&why));
    let pin = || {
        read(why).map(|why: PinRefusal| match why {
            PinRefusal::NotYours => t::refused_pin_not_yours().to_owned(),
        })
    };
    settings().or_else(role).or_else(pin)
}

fn people(why: &RoleRefusal) -> String {
    match why {
        RoleRefusal::UnknownPerson => t::refused_unknown_person(),
        RoleRefusal::RoleChangedMeanwhile => t::refused_role_changed(),
        RoleRefusal::LastOwner => t::refused_last_owner(),
    }
    .to_owned()
}

/// A manager's word, where no rule was asked.
fn sync(why: &SyncRefusal) -> String {
    match why {
        SyncRefusal::Discarded { .. } => t::refused_discarded(),
        SyncRefusal::NotImported { .. } => t::refused_not_imported(),
    }
    .to_owned()
}

fn studio(why: &StudioRefusal) -> String {
    match why {
        StudioRefusal::NoStudio => t::refused_no_studio(),
        StudioRefusal::ChangedMeanwhile => t::refused_changed_meanwhile(),
        StudioRefusal::NameMissing => t::refused_name_missing(),
    }
    .to_owned()
}

/// Why a command was not saved, as a sentence with a next step.
#[must_use]
pub fn say_run_error(error: &RunError) -> String {
    match error {
        RunError::Refused(refusal) => say(refusal),
        RunError::Held(hold) => say_hold(hold).to_owned(),
        RunError::Failed(failure) => say_failure(*failure).to_owned(),
    }
}

/// Why a command has no outcome yet.
#[must_use]
pub fn say_hold(hold: &Hold) -> &'static str {
    match hold {
        Hold::Parked { why: Parked::UnknownKind } => t::held_unknown_kind(),
        Hold::Parked { why: Parked::Dependency } => t::held_dependency(),
        Hold::Parked { why: Parked::InternalError } => t::held_internal(),
        Hold::Parked { why: Parked::Recovering } => t::held_recovering(),
        Hold::Parked { why: Parked::Other } | Hold::Quarantined { why: Quarantined::Other } => {
            t::held_other()
        }
        Hold::Quarantined { why: Quarantined::Malformed } => t::held_malformed(),
        Hold::Quarantined { why: Quarantined::NotAllowed } => t::held_not_allowed(),
        Hold::Quarantined { why: Quarantined::RevokedDevice } => t::held_revoked(),
        Hold::Quarantined { why: Quarantined::BadSeal } => t::held_bad_seal(),
    }
}

/// Why this device could not save or read.
#[must_use]
pub fn say_failure(failure: Failure) -> &'static str {
    match failure {
        Failure::Full => t::failed_full(),
        Failure::Lost => t::failed_lost(),
        Failure::Newer => t::failed_newer(),
        Failure::Contended => t::failed_contended(),
        Failure::NoStudio => t::failed_no_studio(),
        Failure::Broken => t::failed_broken(),
        Failure::Sealed => t::failed_sealed(),
    }
}
