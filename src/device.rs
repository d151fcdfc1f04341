//! This browser profile as a keeper of records: room, protection, installing, emptying, and files handed to the person.
//!
//! It never decides for the person: it asks, says what came of it, and removes only what it was told to.

use std::cell::RefCell;

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub use crate::journal::persist::{Persistence, Room};

use crate::journal::{Journal, persist};
use crate::remember;
use crate::store::Store;
use crate::studio::{DATABASES, Studio};

/// True when this page opens without a network: whatever keeps it is in charge of it.
pub fn opens_offline() -> bool {
    let of = |value: &JsValue, name: &str| Reflect::get(value, &name.into()).ok();
    let kept =
        of(window().navigator().as_ref(), "serviceWorker").and_then(|worker| of(&worker, "controller"));
    kept.is_some_and(|controller| controller.is_truthy())
}

/// Asks the browser to keep the records.
pub async fn protect() -> Persistence {
    persist::ask().await
}

/// Whether the browser keeps the records, without asking.
pub async fn protection() -> Persistence {
    persist::standing().await
}

/// How much room is used and left.
pub async fn room() -> Option<Room> {
    persist::room().await
}

/// Another tab still has the records open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another tab has the records open")]
pub struct StillOpen;

/// Removes everything this device holds, and starts the page afresh at `then_to`.
pub async fn empty(studio: &Studio, then_to: &str) -> Result<(), StillOpen> {
    studio.close();
    Journal::destroy(DATABASES.journal).await.map_err(|_| StillOpen)?;
    Store::destroy(DATABASES.store).await.map_err(|_| StillOpen)?;
    crate::vault::forget().await;
    for key in SMALL_KEYS {
        remember::forget(key);
    }
    start_again(then_to);
    Ok(())
}

/// Where it is kept that this device has left its studio: what is here must go before anything else is opened.
const LEFT_KEY: &str = "rollcall.left";

/// True once the hub has everything this device had, and told it to forget.
#[must_use]
pub fn has_left() -> bool {
    remember::read(LEFT_KEY).is_some()
}

/// The hub has everything and told this device to forget: from the next page on nothing here is opened any more.
pub fn leave(studio: &Studio) {
    remember::write(LEFT_KEY, "1");
    studio.close();
    start_again("/");
}

/// Removes records, then keys, then the sent log. Broken off anywhere, it begins again.
pub async fn remove_all() -> Result<(), StillOpen> {
    Store::destroy(DATABASES.store).await.map_err(|_| StillOpen)?;
    crate::vault::forget().await;
    Journal::destroy(DATABASES.journal).await.map_err(|_| StillOpen)?;
    for key in SMALL_KEYS {
        remember::forget(key);
    }
    Ok(())
}

/// From the still page to the first start.
pub fn begin_anew() {
    remember::forget(LEFT_KEY);
    start_again("/");
}

/// What is kept in small beside the records.
const SMALL_KEYS: [&str; 8] = [
    "rollcall.studio",
    "rollcall.marker",
    crate::panic::WAITING_KEY,
    HUB_OFFER_KEY,
    crate::parts::members::DRAFT_KEY,
    crate::parts::session::PACK_KEY,
    crate::parts::kiosk::KEY,
    crate::parts::purse::WHOLE_KEY,
];

/// Where it is kept that the offer to connect the hub was put away.
pub const HUB_OFFER_KEY: &str = "rollcall.hub-offer";

fn start_again(path: &str) {
    let window = window();
    // A refused address costs the way back to the link; the page starts afresh all the same.
    let _ =
        window.history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(path)));
    let _ = window.location().reload();
}

/// Hands a file to the person, as a download.
pub fn hand_over(bytes: &[u8], name: &str, kind: &str) -> bool {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let parts: &JsValue = parts.as_ref();
    let Ok(blob) = web_sys::Blob::new_with_u8_array_sequence_and_options(parts, &options) else {
        return false;
    };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else { return false };
    let link =
        document().create_element("a").ok().and_then(|a| a.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    if let Some(link) = &link {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The browser reads the bytes after the click has returned.
    set_timeout(
        move || {
            let _ = web_sys::Url::revoke_object_url(&url);
        },
        std::time::Duration::from_secs(60),
    );
    link.is_some()
}

/// Random bytes for a secret; nothing in a browser that has no source of them.
pub fn draw<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}

/// Copies a text. Refused outside secure pages and by some browsers.
pub async fn copy(text: &str) -> bool {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).ok();
    let write = clipboard
        .as_ref()
        .and_then(|c| Reflect::get(c, &"writeText".into()).ok())
        .and_then(|f| f.dyn_into::<Function>().ok());
    let (Some(clipboard), Some(write)) = (clipboard, write) else { return false };
    match write.call1(&clipboard, &text.into()).ok().and_then(|p| p.dyn_into::<Promise>().ok()) {
        Some(promise) => JsFuture::from(promise).await.is_ok(),
        None => false,
    }
}

// ── Installing ─────────────────────────────────────────────────────────────────────────────────────────────────────

thread_local! {
    static OFFER: RefCell<Option<web_sys::Event>> = const { RefCell::new(None) };
}

/// How this browser installs the page as an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installing {
    /// It is installed: this page runs in its own window.
    Done,
    /// One press.
    Offered,
    /// In words: Safari on a phone or tablet.
    ShareSheet,
    /// In words: the browser's own menu.
    Menu,
    /// Not at all: the page came over plain HTTP.
    Insecure,
}

/// Keeps the browser's offer to install until somebody presses the button. Called once, at start.
pub fn keep_install_offer(offered: RwSignal<bool>) {
    let heard = window_event_listener_untyped("beforeinstallprompt", move |event| {
        event.prevent_default();
        OFFER.set(Some(event));
        offered.set(true);
    });
    let done = window_event_listener_untyped("appinstalled", move |_| {
        OFFER.set(None);
        offered.set(false);
    });
    on_cleanup(move || {
        heard.remove();
        done.remove();
    });
}

/// How installing goes here.
pub fn installing() -> Installing {
    let own_window = crate::ui::media("(display-mode: standalone)")
        || crate::ui::media("(display-mode: window-controls-overlay)");
    let home_screen =
        Reflect::get(&window().navigator(), &"standalone".into()).is_ok_and(|v| v.as_bool() == Some(true));
    if own_window || home_screen {
        Installing::Done
    } else if !window().is_secure_context() {
        Installing::Insecure
    } else if OFFER.with_borrow(Option::is_some) {
        Installing::Offered
    } else if is_apple_touch() {
        Installing::ShareSheet
    } else {
        Installing::Menu
    }
}

/// Shows the browser's own question.
pub fn install() {
    let Some(offer) = OFFER.take() else { return };
    let prompt = Reflect::get(&offer, &"prompt".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
    if let Some(prompt) = prompt {
        // The answer arrives as an event of its own.
        let _ = prompt.call0(&offer);
    }
}

fn is_apple_touch() -> bool {
    let agent = window().navigator().user_agent().unwrap_or_default();
    let phone = ["iPhone", "iPad", "iPod"].iter().any(|name| agent.contains(name));
    // An iPad says it is a Mac, but no Mac has a touch screen.
    phone || (agent.contains("Macintosh") && window().navigator().max_touch_points() > 1)
}
