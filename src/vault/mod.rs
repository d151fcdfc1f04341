//! The keys under which this device keeps its rows: made once, wrapped by a key the browser never shows, given up when
//! the data lease is over.
//!
//! It must never know a row, nor what a studio is. Two data keys: one for the journal, which holds what has not been sent
//! and must survive a lock, and one for the records, which a lock gives up. Where the browser offers no cryptography (a
//! page over plain HTTP from another machine) nothing is sealed, and the settings say so.

mod drawer;
mod sealer;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rollcall_domain::kernel::lease::Lease;
use rollcall_domain::kernel::{Role, Timestamp};

pub use drawer::{DATABASE, STORE, forget};
pub use sealer::{SealError, Sealer};

use drawer::Drawer;

/// Used milliseconds of a lease after which they are written down again: what lies between is read off the clock.
const NOTE_MS: i64 = 10 * 60_000;
/// A lease that was used less than this is not renewed again: meetings come each minute.
const RENEW_MS: i64 = 60 * 60_000;

/// Why the keys are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The browser's storage does not answer.
    #[error("the keys cannot be read or kept now")]
    Storage,
    /// They are there, but the key that unwraps them does not fit, or the browser refuses to use it.
    #[error("the keys do not open")]
    Unusable,
}

/// The keys of this browser profile; clones are one.
#[derive(Clone)]
pub struct Vault {
    inner: Rc<Inner>,
}

struct Inner {
    drawer: Drawer,
    journal: Sealer,
    records: RefCell<Sealer>,
    /// As this tab last saw it.
    lease: Cell<Option<Lease>>,
    /// The page's own clock when the lease was last looked at, in milliseconds.
    looked_ms: Cell<i64>,
}

impl Vault {
    /// Opens the keys, making them when there are none.
    pub async fn open(name: &str) -> Result<Self, VaultError> {
        let drawer = Drawer::new(name);
        let (journal, records, lease) = match drawer.open().await? {
            Some(found) => (found.journal, found.records, found.lease),
            None => (Sealer::plain(), Sealer::plain(), drawer.lease().await?),
        };
        let inner = Inner {
            drawer,
            journal,
            records: RefCell::new(records),
            lease: Cell::new(lease),
            looked_ms: Cell::new(open_ms()),
        };
        Ok(Self { inner: Rc::new(inner) })
    }

    /// Seals what must survive a lock.
    #[must_use]
    pub fn journal(&self) -> Sealer {
        self.inner.journal.clone()
    }

    /// Seals what a lock takes away.
    #[must_use]
    pub fn records(&self) -> Sealer {
        self.inner.records.borrow().clone()
    }

    /// True where rows are sealed at all.
    #[must_use]
    pub fn is_sealing(&self) -> bool {
        self.inner.journal.is_sealing()
    }

    /// True from the end of a lease until the hub is met again.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.inner.lease.get().is_some_and(|lease| lease.locked)
    }

    /// Looks at the clock; true when the lease is over for a device of this role. One that never began begins now. What
    /// is written down counts, and not what this tab remembers: another one may have met the hub.
    pub async fn is_over(&self, role: Role) -> Result<bool, VaultError> {
        let now = now();
        let passed_ms = open_ms().saturating_sub(self.inner.looked_ms.replace(open_ms()));
        let kept = self.inner.drawer.lease().await?;
        let lease = kept.map_or_else(|| Lease::met(now), |kept| kept.at(now, passed_ms));
        let is_news =
            |kept: Lease| now < kept.seen_at || lease.used_ms.saturating_sub(kept.used_ms) >= NOTE_MS;
        if kept.is_none_or(is_news) {
            self.inner.drawer.note(&lease).await?;
        }
        self.inner.lease.set(Some(lease));
        Ok(lease.is_over(role))
    }

    /// The hub was met and let this device read. True when that ended a lock.
    pub async fn met(&self) -> Result<bool, VaultError> {
        let before = self.inner.lease.get();
        let is_fresh = |lease: &Lease| !lease.locked && lease.used_ms < RENEW_MS && lease.seen_at <= now();
        if before.is_some_and(|lease| is_fresh(&lease)) {
            return Ok(false);
        }
        let lease = Lease::met(now());
        self.inner.drawer.note(&lease).await?;
        self.inner.lease.set(Some(lease));
        Ok(before.is_some_and(|lease| lease.locked))
    }

    /// Gives the records' key up for a new one, in one step with the lock: from here on no row under it opens. Of tabs
    /// that see the lease end together, one does it.
    pub async fn lock(&self) -> Result<(), VaultError> {
        let lease = Lease { locked: true, ..self.inner.lease.get().unwrap_or_else(|| Lease::met(now())) };
        let records = self.inner.drawer.lock(&lease).await?;
        self.inner.records.replace(records);
        self.inner.lease.set(Some(lease));
        Ok(())
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("lease", &self.inner.lease.get()).finish_non_exhaustive()
    }
}

/// This device's clock.
fn now() -> Timestamp {
    Timestamp(whole(js_sys::Date::now()))
}

/// Milliseconds this page has been open.
fn open_ms() -> i64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0, |clock| whole(clock.now()))
}

/// Milliseconds as the browser gives them, cut to whole ones; what does not fit stops at the ends.
#[allow(clippy::cast_possible_truncation, reason = "`as` saturates, which is what a broken clock should do")]
fn whole(ms: f64) -> i64 {
    ms as i64
}
