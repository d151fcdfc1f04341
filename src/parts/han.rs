//! The table of Han readings and scripts: fetched after the first paint, kept for as long as the page lives.
//!
//! Searching before it arrives is right too, it only finds less; saving a name waits for it a moment.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_net::http::Request;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::han::{self, Han};

/// Where the build puts it.
const PATH: &str = "/han.bin";
/// How long a save waits for it before it goes on without.
const PATIENCE_MS: u32 = 4_000;
/// Between two looks while a save waits.
const LOOK_MS: u32 = 50;

thread_local! {
    static TABLE: RefCell<Rc<Han>> = RefCell::new(Rc::new(Han::default()));
    static STARTED: Cell<bool> = const { Cell::new(false) };
    static READY: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// Fetches the table unless that has begun. A failure is tried again by the next who needs it.
pub fn load() {
    if STARTED.replace(true) {
        return;
    }
    spawn_local(async {
        match fetch().await {
            Some(table) => {
                TABLE.set(Rc::new(table));
                READY.with(|ready| ready.set(true));
            }
            None => STARTED.set(false),
        }
    });
}

async fn fetch() -> Option<Han> {
    let answer = Request::get(PATH).send().await.ok().filter(gloo_net::http::Response::ok)?;
    Han::read(answer.binary().await.ok()?).ok()
}

/// The table as far as it is here; follows its arrival.
#[must_use]
pub fn table() -> Rc<Han> {
    load();
    READY.with(|ready| ready.track());
    TABLE.with_borrow(Rc::clone)
}

/// A search box's text as records are searched: folded word by word. Follows the table's arrival.
#[must_use]
pub fn folded_query(typed: &str) -> String {
    han::fold_query(typed, &table())
}

/// The table for saving a name: waits until it is here, or goes on without it when it does not come.
pub async fn for_saving() -> Rc<Han> {
    load();
    let mut waited = 0;
    while !READY.with(|ready| ready.get_untracked()) && waited < PATIENCE_MS {
        TimeoutFuture::new(LOOK_MS).await;
        waited += LOOK_MS;
    }
    TABLE.with_borrow(Rc::clone)
}
