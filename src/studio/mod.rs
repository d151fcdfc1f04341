//! The studio on this device: the only door for a change, and the place where journal, store and memory meet.
//!
//! It must never know what a command means: slices hand it commands as data. Its work outlives any component,
//! so that leaving a page cannot cut a save in two.

mod care;
mod clock;
mod erase;
mod failure;
mod fold;
mod follow;
mod lock;
mod me;
mod open;
mod order;
mod pin;
mod private;
mod run;
mod tabs;
mod whole;
mod witness;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use chrono::NaiveDate;
use futures_util::lock::Mutex;
use leptos::prelude::*;
use rollcall_domain::kernel::facts::Facts;
use rollcall_domain::kernel::ids::{CommandId, Id, minted};
use rollcall_domain::kernel::{Timestamp, Zone};
use rollcall_domain::registry;
use rollcall_domain::sync::book::{Book, Name};
use send_wrapper::SendWrapper;

pub use clock::Clock;
pub use failure::{Failure, RunError};
pub use me::{Authority, Me, Own};
pub use open::{DATABASES, Databases};
pub use order::{Number, Numbers, Order};
pub use pin::{SwitchError, Tries};
pub use run::Done;
pub use whole::Arrival;
pub use witness::Lost;

use crate::journal::Journal;
use crate::live::Live;
use crate::store::{Shelf, Store};
use crate::vault::Vault;

/// A handle to the studio; cheap to clone.
#[derive(Clone)]
pub struct Studio(Arc<SendWrapper<Inner>>);

/// What the handle leads to. Its parts are the core's own.
pub struct Inner {
    pub(crate) journal: Journal,
    pub(crate) store: Store,
    vault: Vault,
    /// True from the end of the data lease until the hub is met again.
    locked: RwSignal<bool>,
    pub(crate) book: RefCell<Book<Shelf>>,
    inbox: fold::Inbox,
    /// One writer to the store at a time in this tab.
    pub(crate) store_turn: Mutex<()>,
    pub(crate) clock: Clock,
    /// The last line of the journal this tab has taken in.
    pub(crate) taken_at: Cell<u64>,
    /// One change at a time in this tab; other tabs are held off by the journal's compare-and-swap.
    pub(crate) gate: Mutex<()>,
    me: RwSignal<Option<Me>>,
    /// True since a save failed for want of room, until one succeeds.
    full: RwSignal<bool>,
    /// True once a newer build has taken over the databases.
    outdated: RwSignal<bool>,
    /// What the browser took away, until somebody has read it.
    lost: RwSignal<Option<Lost>>,
    live: Live,
    tabs: tabs::Tabs,
    /// Rings when there is something to send.
    nudge: RefCell<Option<Box<dyn Fn()>>>,
}

impl std::ops::Deref for Studio {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// The studio of this page.
///
/// Provided by the app's root before any feature runs; asking earlier is a bug, told as such by the panic overlay.
#[must_use]
pub fn use_studio() -> Studio {
    expect_context::<Studio>()
}

impl Studio {
    /// An id for one intent: minted when a dialog opens, so that a second click is the same command.
    #[must_use]
    pub fn intent(&self) -> CommandId {
        CommandId(self.mint())
    }

    /// A new time-ordered id.
    #[must_use]
    pub fn mint(&self) -> Id {
        minted(self.clock.device_now().0, &clock::random())
    }

    /// What time it is, by the hub's clock as far as it is known.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The studio's zone; follows the settings.
    #[must_use]
    pub fn zone(&self) -> Zone {
        let Some(me) = self.me.get() else { return Zone::default() };
        let catalogue = registry::catalogue();
        let want = (catalogue.zone_want)(me.studio);
        self.live.track_want(&want);
        let mut facts = Facts::default();
        let answer = self.book.borrow().answer(&want);
        facts.add(want, answer);
        (catalogue.zone)(&facts, me.studio)
    }

    /// The business day; follows the settings and the clock.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        let today = self.zone().day(self.now());
        self.live.track_day(today);
        today
    }

    /// The business day right now, without following it.
    #[must_use]
    pub fn day_now(&self) -> NaiveDate {
        untrack(|| self.zone()).day(self.now())
    }

    /// Who is at this device; nothing before there is a studio. Follows changes.
    #[must_use]
    pub fn me(&self) -> Option<Me> {
        self.me.get()
    }

    /// The same without following.
    #[must_use]
    pub fn me_now(&self) -> Option<Me> {
        self.me.get_untracked()
    }

    /// What views read.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// Has `ring` called whenever something waits to be sent.
    pub fn on_waiting(&self, ring: impl Fn() + 'static) {
        *self.nudge.borrow_mut() = Some(Box::new(ring));
    }

    pub(crate) fn shared(&self) -> &Arc<SendWrapper<Inner>> {
        &self.0
    }

    fn notify(&self, touched: &[Name]) {
        self.live.touched(touched);
    }

    fn ring(&self) {
        if let Some(ring) = self.nudge.borrow().as_ref() {
            ring();
        }
    }
}
