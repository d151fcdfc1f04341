//! The data lease on this device: a device of a hub that has not met it for too long gives its records' key up, and keeps
//! what it has not sent. The next meeting sends that and reads everything anew.
//!
//! It must never touch what waits, and never locks a device that decides alone: nobody has its records but itself.

use leptos::prelude::*;
use rollcall_domain::kernel::lease::lease_days;

use super::failure::Failure;
use super::{Authority, Me, Studio};
use crate::vault::Vault;

/// Looks at the lease before anything is opened; gives the key up when it is over. True when the device is locked.
pub(super) async fn is_locked(vault: &Vault, me: Option<&Me>) -> Result<bool, Failure> {
    let Some(me) = me.filter(|me| me.authority == Authority::Hub) else { return Ok(false) };
    // Locked since this page began means by another tab, whose key must be taken over.
    let was_locked = vault.is_locked();
    if vault.is_over(me.owner().role).await? && !was_locked {
        vault.lock().await?;
    }
    Ok(vault.is_locked())
}

impl Studio {
    /// True from the end of the data lease until the hub is met again. Follows changes.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.locked.get()
    }

    /// True where what this device keeps is sealed.
    #[must_use]
    pub fn is_sealing(&self) -> bool {
        self.vault.is_sealing()
    }

    /// Days this device keeps its records without meeting the hub; nothing where it decides alone. Follows changes.
    #[must_use]
    pub fn lease_days(&self) -> Option<u32> {
        let me = self.me().filter(|me| me.authority == Authority::Hub)?;
        Some(lease_days(me.owner().role))
    }

    /// Looks at the lease while the page is open. True when it is over and the page must be opened again: that locks.
    pub async fn lease_is_over(&self) -> Result<bool, Failure> {
        let Some(me) = self.me_now().filter(|me| me.authority == Authority::Hub) else { return Ok(false) };
        Ok(!self.locked.get_untracked() && self.vault.is_over(me.owner().role).await?)
    }

    /// The hub let this device read: its lease begins again, and a lock ends.
    pub(super) async fn met_the_hub(&self) -> Result<(), Failure> {
        if !self.vault.met().await? {
            return Ok(());
        }
        {
            let _gate = self.gate.lock().await;
            self.taken_at.set(0);
            self.catch_up().await?;
        }
        self.locked.set(false);
        Ok(())
    }
}
