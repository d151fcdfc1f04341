//! Starting: open journal and store, take in what the store has not folded yet, and know who we are.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use leptos::prelude::*;
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::decide::Verdict;
use rollcall_domain::kernel::ids::{DeviceId, Hash, PersonId, StudioId};
use rollcall_domain::registry;
use rollcall_domain::sync::book::{Book, Pending};
use rollcall_domain::sync::deciding::{Case, decide_now};
use send_wrapper::SendWrapper;

use super::clock::Clock;
use super::failure::{Failure, RunError};
use super::me::{Authority, KEY, Me};
use super::order::Order;
use super::run::Done;
use super::{Inner, Lost, Studio, lock, tabs};
use crate::journal::{Head, Journal, Line, Standing};
use crate::live::Live;
use crate::store::{Marks, Shelf, Store, StoreError};
use crate::vault::{self, SealError, Vault};

/// Lines read from the journal at a time.
const LINES_MAX: u32 = 500;
/// The letters of a device that has no hub to give it others.
pub(super) const SOLO_SERIES: &str = "A";

/// Names of the two databases.
#[derive(Debug, Clone, Copy)]
pub struct Databases {
    /// The journal's.
    pub journal: &'static str,
    /// The store's.
    pub store: &'static str,
}

/// The app's own.
pub const DATABASES: Databases = Databases { journal: "rollcall-journal", store: "rollcall-store" };

impl Studio {
    /// Opens what this browser profile keeps.
    pub async fn open(databases: Databases) -> Result<Self, Failure> {
        let catalogue = registry::catalogue();
        let vault = Vault::open(vault::DATABASE).await?;
        let journal = Journal::open(databases.journal, vault.journal()).await?;
        let me = journal.meta(KEY).await?.and_then(|json| serde_json::from_str::<Me>(&json).ok());
        if lock::is_locked(&vault, me.as_ref()).await? {
            journal.keep_what_waits().await?;
        }
        let (store, mut shelf, mut marks) = open_store(databases.store, &vault, me.as_ref()).await?;
        // Where a hub decides, the hub has what this device once decided alone, and what became of it since.
        let solo = me.as_ref().is_none_or(|me| me.authority == Authority::Solo);
        let snapshot_at = journal.snapshot_reaches().await?.unwrap_or(0);
        if solo
            && (marks.folded_at < snapshot_at || shelf.is_bare())
            && let Some((up_to, pieces)) = journal.read_snapshot().await?
        {
            // The store was thrown away, or never finished: the journal's snapshot is the older half of the truth.
            marks = Marks { folded_at: up_to, ..Marks::default() };
            shelf = store.restore(&pieces, &marks).await?;
        }
        let studio = Self(Arc::new(SendWrapper::new(Inner {
            journal,
            store,
            locked: RwSignal::new(vault.is_locked()),
            vault,
            book: RefCell::new(Book::new(catalogue, shelf)),
            taken_at: Cell::new(marks.folded_at),
            inbox: super::fold::Inbox::default(),
            store_turn: futures_util::lock::Mutex::new(()),
            clock: Clock::default(),
            gate: futures_util::lock::Mutex::new(()),
            me: RwSignal::new(me),
            full: RwSignal::new(false),
            outdated: RwSignal::new(false),
            lost: RwSignal::new(None),
            live: Live::default(),
            tabs: tabs::Tabs::open(),
            nudge: RefCell::new(None),
        })));
        studio.inbox.covered_by_snapshot(snapshot_at);
        studio.live().attach(&studio);
        studio.catch_up().await?;
        studio.finish_forgetting().await?;
        studio.ask_the_mark();
        studio.listen_to_tabs();
        studio.fold_soon();
        Ok(studio)
    }

    /// Begins a studio on this device, with this device as its own authority; `order` opens it.
    pub async fn found(&self, order: Order, device_name: &str) -> Result<Done, RunError> {
        let me = Me {
            studio: StudioId(self.mint()),
            device: DeviceId(self.mint()),
            device_name: device_name.to_owned(),
            person: PersonId(self.mint()),
            role: Role::Owner,
            session: self.mint(),
            series: SOLO_SERIES.to_owned(),
            authority: Authority::Solo,
            sample: false,
            own: None,
        };
        // A first start that was cut short may have left records without an owner.
        self.forget_records().await?;
        self.set_me(&me).await?;
        self.journal.restart(Head { epoch: 1, ..Head::default() }).await.map_err(Failure::from)?;
        self.run(order).await
    }

    /// Keeps who this device is.
    pub(crate) async fn set_me(&self, me: &Me) -> Result<(), Failure> {
        let json = serde_json::to_string(me).map_err(|_| Failure::Broken)?;
        self.journal.set_meta(KEY, &json).await?;
        self.me.set(Some(me.clone()));
        // Whoever begins anew has seen what is missing.
        if matches!(self.lost_now(), Some(Lost::Everything { .. })) {
            self.lost.set(None);
        }
        self.leave_mark();
        Ok(())
    }

    /// Takes in every line of the journal this tab has not seen: at start, and after another tab wrote.
    pub(super) async fn catch_up(&self) -> Result<(), Failure> {
        loop {
            let lines = self.journal.lines_after(self.taken_at.get(), LINES_MAX).await?;
            let Some(last) = lines.last().map(|l| l.at) else { return Ok(()) };
            for line in lines {
                self.take_in(line);
            }
            self.taken_at.set(last);
        }
    }

    fn take_in(&self, line: Line) {
        let at = line.at;
        if self.vault.is_locked() {
            // Nothing of the studio is shown; what waits is shown again once the hub was met.
            return;
        }
        match (line.standing.clone(), line.decision.clone()) {
            (_, Some(changes)) if self.is_solo() => self.settle(&changes, at),
            (_, Some(_)) | (Standing::Aside { .. }, None) => {}
            (Standing::Sent { answered }, None) if self.reading().holds(&answered) => {}
            (standing, None) => self.take_in_waiting(line, &standing),
        }
    }

    pub(super) fn is_solo(&self) -> bool {
        self.me_now().is_none_or(|me| me.authority == Authority::Solo)
    }

    fn take_in_waiting(&self, line: Line, standing: &Standing) {
        let Some(me) = self.me_now() else { return };
        // An envelope this build cannot read stays in the journal and goes to the hub as it is.
        let Ok(envelope) = line.entry.open() else { return };
        let case = Case {
            input: line.entry.input(&envelope),
            command: envelope.id,
            studio: me.studio,
            device: me.device,
            actor: envelope.actor,
            role: me.role,
            effective_at: envelope.claimed_at,
            authority: me.decides_as(),
        };
        let verdict = decide_now(registry::catalogue(), &case, |want| self.book.borrow().answer(want));
        let changes = match &verdict {
            Verdict::Decided { changes, .. } => changes.clone(),
            Verdict::Held(_) => Vec::new(),
        };
        let hub_seq = match standing {
            Standing::Sent { answered } => Some(answered.receipt.hub_seq),
            _ => None,
        };
        let touched = self.book.borrow_mut().add(Pending {
            case,
            changes,
            predicted: verdict,
            hub_seq,
            loaded: Vec::new(),
        });
        self.notify(&touched);
    }

    /// The id of the last line, for the mark outside the database that tells an emptied one.
    #[must_use]
    pub fn last_line(&self) -> (u64, Hash) {
        (self.taken_at.get(), self.journal.head().hash)
    }
}

/// The records; empty where their key was given up, because the hub has all of them.
async fn open_store(name: &str, vault: &Vault, me: Option<&Me>) -> Result<(Store, Shelf, Marks), StoreError> {
    let (catalogue, sealer) = (registry::catalogue(), vault.records());
    if vault.is_locked() {
        return Store::open_anew(name, catalogue, sealer).await;
    }
    let by_hub = me.is_some_and(|me| me.authority == Authority::Hub);
    match Store::open(name, catalogue, sealer.clone()).await {
        // Another tab saw the lease end.
        Err(StoreError::Sealed(SealError::GivenUp)) if by_hub => {
            Store::open_anew(name, catalogue, sealer).await
        }
        opened => opened,
    }
}
