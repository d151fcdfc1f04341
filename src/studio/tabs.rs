//! News between tabs of the same profile. Only news: correctness rests on the journal's compare-and-swap.

use leptos::task::spawn_local;
use rollcall_domain::kernel::ids::CommandId;
use rollcall_domain::sync::wire::Answered;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::BroadcastChannel;

use super::{Failure, Studio};
use crate::journal::Line;

/// A line to the other tabs; silent where the browser has none.
pub(super) struct Tabs {
    channel: Option<BroadcastChannel>,
}

impl Tabs {
    pub(super) fn open() -> Self {
        Self { channel: BroadcastChannel::new("rollcall").ok() }
    }

    /// Something was written.
    pub(super) fn tell(&self) {
        if let Some(channel) = &self.channel {
            // A closed channel only means that nobody hears the news at once.
            let _ = channel.post_message(&JsValue::from_str("line"));
        }
    }
}

impl Studio {
    async fn hear_tabs(&self) -> Result<(), Failure> {
        let _turn = self.gate.lock().await;
        self.catch_up().await?;
        self.hear_others_answers().await?;
        let _store_turn = self.store_turn.lock().await;
        Ok(self.hear_store().await?)
    }

    /// What this tab still shows as waiting may have been answered to another one.
    async fn hear_others_answers(&self) -> Result<(), Failure> {
        let open: Vec<CommandId> = {
            let book = self.book.borrow();
            book.pending().iter().filter(|p| p.hub_seq.is_none()).map(|p| p.case.command).collect()
        };
        let mut told = Vec::new();
        for id in open {
            let line = self.journal.find(id).await?;
            told.extend(line.as_ref().and_then(Line::answered).map(Answered::heard));
        }
        if !told.is_empty() {
            self.hear_answers(&told);
        }
        Ok(())
    }

    pub(super) fn listen_to_tabs(&self) {
        let Some(channel) = self.tabs.channel.clone() else { return };
        let studio = self.clone();
        let heard = Closure::<dyn Fn()>::new(move || {
            let studio = studio.clone();
            spawn_local(async move {
                if let Err(error) = studio.hear_tabs().await {
                    leptos::logging::warn!("another tab's news could not be read: {error}");
                    studio.note_failure(error);
                }
            });
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        // The page's life is the closure's life.
        heard.forget();
    }
}

/// The device's own zone name, as the browser tells it.
pub(super) fn device_zone() -> String {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into())
        .ok()
        .and_then(|z| z.as_string())
        .unwrap_or_default()
}
