//! The loop that keeps meeting the hub: when something waits, when there is news, when the network returns.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::mpsc;
use futures_util::future::{Either, select};
use futures_util::{FutureExt as _, StreamExt as _};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::sync::meeting::{self, Trouble};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::EventSource;

use super::side::{Ended, Here, OwnError};
use super::state::{Phase, SyncState};
use crate::studio::{Authority, Studio};

/// Milliseconds between meetings when nothing happens.
const QUIET_MS: u32 = 60_000;
/// Milliseconds the hub may ask not to be rung at all; longer pauses end when somebody rings.
const ASKED_MS_MAX: u32 = 60_000;

/// A handle to the loop.
#[derive(Clone)]
pub struct Link {
    state: RwSignal<SyncState>,
    ring: Arc<SendWrapper<mpsc::UnboundedSender<()>>>,
}

/// The link of this page.
#[must_use]
pub fn use_link() -> Link {
    expect_context::<Link>()
}

impl Link {
    /// Starts the loop. Called once, by the app's root.
    #[must_use]
    pub fn start(studio: &Studio) -> Self {
        let (ring, rung) = mpsc::unbounded();
        let link =
            Self { state: RwSignal::new(SyncState::default()), ring: Arc::new(SendWrapper::new(ring)) };
        let for_studio = link.clone();
        studio.on_waiting(move || for_studio.ring());
        link.listen_to_the_network();
        spawn_local(link.clone().run(studio.clone(), rung));
        link
    }

    /// How the sync stands.
    #[must_use]
    pub fn state(&self) -> Signal<SyncState> {
        self.state.into()
    }

    /// Meet the hub now.
    pub fn ring(&self) {
        // The loop lives as long as the page.
        let _ = self.ring.unbounded_send(());
    }

    fn listen_to_the_network(&self) {
        let Some(window) = web_sys::window() else { return };
        let link = self.clone();
        let heard = Closure::<dyn Fn()>::new(move || link.ring());
        // `offline` too: the hub is asked once more, and the screen says at once that it is away.
        for event in ["online", "offline", "focus", "pageshow"] {
            let _ = window.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
        }
        // The page's life is the closure's life.
        heard.forget();
    }

    async fn run(self, studio: Studio, mut rung: mpsc::UnboundedReceiver<()>) {
        let news: Rc<RefCell<Option<News>>> = Rc::default();
        let mut failures = 0u32;
        loop {
            let (quiet_ms, wait_ms) = match self.meet(&studio, &news).await {
                Ok(()) => {
                    failures = 0;
                    (0, QUIET_MS)
                }
                Err(ended) => {
                    *news.borrow_mut() = None;
                    self.say_failed(&studio, &ended).await;
                    if matches!(ended, Trouble::Forget(_)) {
                        leave(&studio).await;
                    }
                    failures = failures.saturating_add(1);
                    let asked_ms = match ended {
                        Trouble::Later { retry_ms } => retry_ms,
                        _ => None,
                    };
                    let quiet_ms = asked_ms.unwrap_or(0).min(ASKED_MS_MAX);
                    (quiet_ms, meeting::pause_ms(failures, asked_ms, chance()))
                }
            };
            if quiet_ms > 0 {
                // A hub that has had enough is left alone, however much is saved here meanwhile.
                TimeoutFuture::new(quiet_ms).await;
            }
            let pause = TimeoutFuture::new(wait_ms.saturating_sub(quiet_ms));
            match select(rung.next(), pause).await {
                // One ring may stand for many.
                Either::Left(_) => while rung.next().now_or_never().flatten().is_some() {},
                Either::Right(_) => {}
            }
        }
    }

    async fn meet(&self, studio: &Studio, news: &Rc<RefCell<Option<News>>>) -> Result<(), Ended> {
        let Some(me) = studio.me_now() else { return Ok(()) };
        self.count(studio).await?;
        if me.authority == Authority::Solo {
            self.say(studio, Phase::Solo);
            return Ok(());
        }
        let progress = |done, total| self.say(studio, Phase::Sending { done, total });
        meeting::meet(&Here::new(studio, me, &progress).await?).await?;
        if news.borrow().as_ref().is_none_or(|n| !n.is_alive()) {
            *news.borrow_mut() = News::open(self.clone());
        }
        self.count(studio).await?;
        self.say(studio, Phase::UpToDate);
        Ok(())
    }

    async fn count(&self, studio: &Studio) -> Result<(), Ended> {
        let counts = studio.journal.counts().await.map_err(|e| Trouble::Own(e.into()))?;
        self.state.update(|s| {
            s.waiting = counts.waiting;
            s.held = counts.held;
            s.aside = counts.aside;
        });
        Ok(())
    }

    fn say(&self, studio: &Studio, phase: Phase) {
        let now = studio.now();
        let before = self.state.get_untracked();
        let mut after = SyncState { phase, ..before };
        if phase == Phase::UpToDate {
            after.alone_since = None;
            after.synced_at = Some(now);
        } else if matches!(phase, Phase::Solo | Phase::Offline) && before.alone_since.is_none() {
            after.alone_since = Some(now);
        }
        if after != before {
            self.state.set(after);
        }
    }

    async fn say_failed(&self, studio: &Studio, ended: &Ended) {
        let phase = match ended {
            Trouble::Offline => Phase::Offline,
            Trouble::ShutOut | Trouble::Forget(_) | Trouble::Unknown => Phase::ShutOut,
            Trouble::Later { .. } | Trouble::Refused(_) | Trouble::Stuck | Trouble::Own(_) => Phase::Trouble,
        };
        if let Trouble::Own(OwnError::Storage(failure)) = ended {
            studio.note_failure(*failure);
        }
        // A storage that cannot count says so by itself at the next save.
        let _ = self.count(studio).await;
        self.say(studio, phase);
    }
}

/// Forgets everything, unless something was saved since the hub said so: then the next meeting takes that up first. While
/// the gate is held nothing can be saved.
async fn leave(studio: &Studio) {
    let _turn = studio.gate.lock().await;
    // A journal that cannot count is asked again after the next meeting.
    if studio.journal.counts().await.is_ok_and(|counts| counts.waiting == 0) {
        crate::device::leave(studio);
    }
}

/// A number from 0 to 1,000, by chance.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000 fits a u32")]
fn chance() -> u32 {
    (js_sys::Math::random() * 1_000.0) as u32
}

/// The hub's live line: it only says that there is something new.
struct News {
    source: EventSource,
    alive: Rc<Cell<bool>>,
    _heard: Closure<dyn Fn()>,
    _broke: Closure<dyn Fn()>,
}

impl News {
    fn open(link: Link) -> Option<Self> {
        let source = EventSource::new("/api/v1/news").ok()?;
        let alive = Rc::new(Cell::new(true));
        let for_news = link.clone();
        let heard = Closure::<dyn Fn()>::new(move || for_news.ring());
        let dead = alive.clone();
        let broke = Closure::<dyn Fn()>::new(move || {
            // The session may have ended: the loop opens a new one and then a new line.
            if dead.replace(false) {
                link.ring();
            }
        });
        source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        source.set_onerror(Some(broke.as_ref().unchecked_ref()));
        Some(Self { source, alive, _heard: heard, _broke: broke })
    }

    fn is_alive(&self) -> bool {
        self.alive.get()
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
