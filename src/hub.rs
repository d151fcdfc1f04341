//! What screens may ask of the hub: how it stands, claim it, join it, let devices in and out. Features never touch the sync loop.
//!
//! It carries no records and knows no slice; every failure has its sentence here.

pub use rollcall_domain::sync::wire::{DeviceRow, LoginRow, Pairing, ProblemCode, Recovering, Status};

use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::ids::{DeviceId, PersonId};

pub use crate::sync::{JoinError, Link, Phase, SyncState, use_link};

use crate::parts::refusals::say_failure;
use crate::studio::Studio;
use crate::sync;
use crate::tr::sync as t;

/// What the hub of this page's address says of itself; nothing when there is none in reach.
pub async fn status() -> Option<Status> {
    sync::hub_status().await.ok()
}

/// Makes the hub of this page's address the studio's.
pub async fn claim(studio: &Studio, link: &Link, code: &str) -> Result<(), JoinError> {
    sync::claim(studio, code).await?;
    link.ring();
    Ok(())
}

/// Joins the studio of this page's hub.
pub async fn join(studio: &Studio, link: &Link, code: &str, device_name: &str) -> Result<(), JoinError> {
    let joined = sync::join(studio, code, device_name).await;
    // Even when the first reading broke off, the device is in: the loop fetches the rest.
    link.ring();
    joined
}

/// A way in for one more device.
pub async fn start_pairing(
    studio: &Studio,
    role: Role,
    person: Option<PersonId>,
) -> Result<Pairing, JoinError> {
    sync::start_pairing(studio, role, person).await
}

/// The studio's devices as the hub knows them.
pub async fn devices(studio: &Studio) -> Result<Vec<DeviceRow>, JoinError> {
    sync::devices(studio).await
}

/// Shuts a device out.
pub async fn revoke(studio: &Studio, device: DeviceId) -> Result<(), JoinError> {
    sync::revoke(studio, device).await
}

/// Takes a device out of use because another one takes its place.
pub async fn retire(studio: &Studio, device: DeviceId) -> Result<(), JoinError> {
    sync::retire(studio, device).await
}

/// Who the hub still waits for since it was put back to an older state; nothing in ordinary times.
pub async fn recovering(studio: &Studio) -> Result<Option<Recovering>, JoinError> {
    sync::recovering(studio).await
}

/// Waits no longer for those devices: only what they themselves had asked for stays open. For good when they will
/// never come: that is decided, too.
pub async fn go_on(studio: &Studio, since: Timestamp, for_good: bool) -> Result<(), JoinError> {
    sync::go_on(studio, since, for_good).await
}

/// Sets a login name and a password: one's own, or somebody's who is below.
pub async fn set_password(
    studio: &Studio,
    person: PersonId,
    login: &str,
    password: &str,
) -> Result<(), JoinError> {
    sync::set_password(studio, person, login, password).await
}

/// Who can sign in, and by which name.
pub async fn logins(studio: &Studio) -> Result<Vec<LoginRow>, JoinError> {
    sync::logins(studio).await
}

/// Comes in by name and password, on a new device or on this one.
pub async fn sign_in(
    studio: &Studio,
    link: &Link,
    login: &str,
    password: &str,
    device_name: &str,
) -> Result<(), JoinError> {
    let done = sync::sign_in(studio, login, password, device_name).await;
    link.ring();
    done
}

/// True where the browser offers keys and a service worker: over HTTPS, or on the machine itself.
#[must_use]
pub fn is_secure() -> bool {
    leptos::prelude::window().is_secure_context()
}

/// The address other devices open.
#[must_use]
pub fn address() -> String {
    leptos::prelude::window().location().origin().unwrap_or_default()
}

/// Why this device is not part of a studio, as a sentence with a next step.
#[must_use]
pub fn say(error: &JoinError) -> &'static str {
    match error {
        JoinError::Offline => t::failed_offline(),
        JoinError::WrongCode => t::failed_wrong_code(),
        JoinError::WrongPassword => t::failed_wrong_password(),
        JoinError::Refused(ProblemCode::LoginTaken) => t::failed_login_taken(),
        JoinError::AlreadyClaimed => t::failed_already_claimed(),
        JoinError::NotClaimed => t::failed_not_claimed(),
        JoinError::HasStudio => t::failed_has_studio(),
        JoinError::Key(_) if !is_secure() => t::failed_insecure(),
        JoinError::Key(_) => t::failed_key(),
        JoinError::Storage(failure) => say_failure(*failure),
        JoinError::Refused(ProblemCode::NotAllowed | ProblemCode::Revoked | ProblemCode::SignIn) => {
            t::failed_not_allowed()
        }
        JoinError::Refused(ProblemCode::TooOften) => t::failed_too_often(),
        JoinError::Refused(_) => t::failed_other(),
    }
}
