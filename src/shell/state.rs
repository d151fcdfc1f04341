//! What the frame shows and whom it asks. Filled by the app's services; the frame knows none of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use rollcall_domain::kernel::Role;

use super::theme::Theme;
use crate::{fmt, remember};

/// The studio's name of the last visit, for the first paint.
const STUDIO_KEY: &str = "rollcall.studio";

/// The state of the sync, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncWord {
    /// The records are being opened.
    #[default]
    Starting,
    /// There is no hub: this device is the authority and everything is saved here.
    SavedHere,
    /// Everything is with the hub.
    AllSynced { at_ms: i64 },
    /// No hub in reach since then (never yet, if `None`); what waits is safe here.
    WorkingHere { since_ms: Option<i64>, waiting: u64 },
    /// On its way.
    Sending { done: u64, total: u64 },
    /// Somebody must decide something.
    NeedsYou { count: u64 },
    /// The hub does not know who this is any more. Nothing is lost.
    SignIn { waiting: u64 },
}

/// Whether there is a frame around the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Chrome {
    /// Rail, top bar, bottom bar.
    #[default]
    Full,
    /// Only language and appearance in the corner: the first start.
    Bare,
    /// Nothing at all, no key and no message either: the device is in the members' hands.
    Alone,
}

/// What a find leads to.
#[derive(Clone)]
pub enum Go {
    To(String),
    Do(Arc<dyn Fn() + Send + Sync>),
}

/// One line of the search's answers.
#[derive(Clone)]
pub struct Found {
    /// Distinguishes it from the others of its finder.
    pub id: String,
    pub title: String,
    /// A second, quieter word: the pass, the kind of thing.
    pub note: String,
    pub go: Go,
}

/// Answers a query from memory, at once. Best answers first; it limits their number itself.
pub type Finder = Arc<dyn Fn(&str) -> Vec<Found> + Send + Sync>;

/// A sentence about what was just done, with or without a way back.
#[derive(Clone)]
pub struct Said {
    pub id: u64,
    pub text: String,
    pub undo: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// Everything the frame shows. Copied freely; the signals live as long as the app.
#[derive(Clone, Copy)]
pub struct ShellState {
    pub chrome: RwSignal<Chrome>,
    pub studio_name: RwSignal<String>,
    /// Whose rail is shown.
    pub role: RwSignal<Role>,
    /// Who is at the desk.
    pub desk: RwSignal<Option<String>>,
    /// What tapping the name does, such as switching by PIN.
    pub on_desk: StoredValue<Option<Arc<dyn Fn() + Send + Sync>>>,
    pub sync: RwSignal<SyncWord>,
    /// Where the sync word leads.
    pub sync_href: RwSignal<&'static str>,
    /// The studio's zone, for times of day.
    pub zone: RwSignal<String>,
    /// How many things wait in an area, by its path.
    pub badges: RwSignal<BTreeMap<&'static str, u64>>,
    pub theme: RwSignal<Theme>,
    pub update_ready: RwSignal<bool>,
    pub(super) said: RwSignal<Option<Said>>,
    pub(super) finders: StoredValue<Vec<Finder>>,
    pub(super) palette_open: RwSignal<bool>,
    pub(super) keys_open: RwSignal<bool>,
    last_said: StoredValue<u64>,
}

impl ShellState {
    /// A frame that shows what is known before anything was read.
    pub fn new() -> Self {
        let studio_name =
            remember::read(STUDIO_KEY).unwrap_or_else(|| untrack(crate::tr::common::app_name).to_owned());
        Self {
            chrome: RwSignal::default(),
            studio_name: RwSignal::new(studio_name),
            role: RwSignal::new(Role::Owner),
            desk: RwSignal::default(),
            on_desk: StoredValue::default(),
            sync: RwSignal::default(),
            sync_href: RwSignal::new("/settings"),
            zone: RwSignal::new(untrack(fmt::device_zone).unwrap_or_else(|| "UTC".to_owned())),
            badges: RwSignal::default(),
            theme: RwSignal::new(Theme::kept()),
            update_ready: RwSignal::default(),
            said: RwSignal::default(),
            finders: StoredValue::default(),
            palette_open: RwSignal::default(),
            keys_open: RwSignal::default(),
            last_said: StoredValue::default(),
        }
    }

    /// True when no studio was ever shown in this browser.
    pub fn is_first_visit(&self) -> bool {
        remember::read(STUDIO_KEY).is_none()
    }

    /// Sets the studio's name, here and for the first paint of the next start.
    pub fn set_studio_name(&self, name: String) {
        remember::write(STUDIO_KEY, &name);
        self.studio_name.set(name);
    }

    /// Asks `finder` too when somebody searches. Finders are asked in the order in which they came.
    pub fn add_finder(&self, finder: impl Fn(&str) -> Vec<Found> + Send + Sync + 'static) {
        self.finders.update_value(|all| all.push(Arc::new(finder)));
    }

    /// Says what was done.
    pub fn say(&self, text: impl Into<String>) {
        self.put(text.into(), None);
    }

    /// Says what was done and offers the way back for ten seconds.
    ///
    /// `undo` outlives the screen that offers it, so it must not use that screen's own signals.
    pub fn say_undo(&self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.put(text.into(), Some(Arc::new(undo)));
    }

    fn put(&self, text: String, undo: Option<Arc<dyn Fn() + Send + Sync>>) {
        self.last_said.update_value(|id| *id += 1);
        self.said.set(Some(Said { id: self.last_said.get_value(), text, undo }));
    }

    /// Opens the palette.
    pub fn open_palette(&self) {
        self.palette_open.set(true);
    }

    /// Opens the sheet of keys.
    pub fn open_keys(&self) {
        self.keys_open.set(true);
    }
}

impl Default for ShellState {
    fn default() -> Self {
        Self::new()
    }
}

/// The frame's state, from anywhere below the app's root.
pub fn use_shell() -> ShellState {
    use_context().unwrap_or_default()
}
