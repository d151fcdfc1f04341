//! What this is: version, licences, and figures for a report that tell nothing about anybody.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::device::{self, Installing};
use crate::hub::{self, SyncState, use_link};
use crate::studio::{Studio, use_studio};
use crate::tr;
use crate::tr::settings as t;
use crate::ui::{Answer, Button, Fact, Facts, Mark, Section};

/// The version this was built as.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the app stands on.
const LIBRARIES: &str = "leptos, leptos_router, wasm-bindgen, web-sys, js-sys, gloo, rexie, serde, serde_json, chrono, chrono-tz, uuid, sha2, \
     fast_qr, csv, encoding_rs, aes-gcm, argon2, unicode-normalization, memchr, futures, thiserror";

/// The page.
#[component]
pub fn AboutPage() -> impl IntoView {
    let status = LocalResource::new(hub::status);
    let hub_version = move || match status.get() {
        Some(Some(status)) => status.version,
        Some(None) => t::about_hub_none().to_owned(),
        None => String::new(),
    };
    view! {
        <div class="stack stack--wide">
            <Facts>
                <Fact name=t::about_version>{VERSION}</Fact>
                <Fact name=t::about_hub_version>{hub_version}</Fact>
            </Facts>
            <Section title=t::about_licence>
                <div class="stack stack--tight">
                    <p>{t::about_licence_text}</p>
                    <details><summary>{t::about_libraries}</summary><p class="quiet" lang="en">{LIBRARIES}</p></details>
                </div>
            </Section>
            <Section title=t::about_diagnostics><Diagnostics /></Section>
        </div>
    }
}

#[component]
fn Diagnostics() -> impl IntoView {
    let (studio, link) = (use_studio(), use_link().state());
    let (copied, room) = (RwSignal::new(None::<bool>), RwSignal::new(None::<(bool, u64, u64)>));
    spawn_local(async move {
        let kept = device::protection().await == device::Persistence::Kept;
        let used = device::room().await;
        room.try_set(Some((kept, used.map_or(0, |r| r.used_bytes), used.map_or(0, |r| r.quota_bytes))));
    });
    let text = Memo::new(move |_| diagnostics(&studio, link.get(), room.get()));
    let copy = move |()| {
        spawn_local(async move {
            let done = device::copy(&text.get_untracked()).await;
            copied.try_set(Some(done));
        });
    };
    view! {
        <div class="stack stack--tight">
            <p class="quiet">{t::about_diagnostics_note}</p>
            <pre class="settings__figures" lang="en" tabindex="0">{text}</pre>
            <div class="cluster">
                <Button on_press=copy>{t::about_copy}</Button>
                <span role="status">{move || copied.get().map(|done| match done {
                    true => view! { <Mark answer=Answer::Ok text=t::about_copied /> },
                    false => view! { <Mark answer=Answer::Warn text=t::about_copy_failed /> },
                })}</span>
            </div>
        </div>
    }
}

/// Figures only: nothing in here names or describes a person.
fn diagnostics(studio: &Studio, sync: SyncState, room: Option<(bool, u64, u64)>) -> String {
    let me = studio.me();
    let (at, _) = studio.last_line();
    let (kept, used, quota) = room.unwrap_or_default();
    let installed = device::installing() == Installing::Done;
    let lines = [
        ("version", VERSION.to_owned()),
        ("browser", window().navigator().user_agent().unwrap_or_default()),
        ("language", tr::lang().tag().to_owned()),
        ("zone", studio.zone().0.name().to_owned()),
        ("secure", hub::is_secure().to_string()),
        ("installed", installed.to_string()),
        ("kept", kept.to_string()),
        ("bytes", format!("{used} of {quota}")),
        ("authority", me.as_ref().map_or_else(String::new, |me| format!("{:?}", me.authority))),
        ("role", me.as_ref().map_or_else(String::new, |me| format!("{:?}", me.role))),
        ("device", me.as_ref().map_or_else(String::new, |me| me.device.to_string())),
        ("series", me.map_or_else(String::new, |me| me.series)),
        ("journal", at.to_string()),
        ("sync", format!("{:?}", sync.phase)),
        ("waiting", sync.waiting.to_string()),
        ("held", sync.held.to_string()),
        ("aside", sync.aside.to_string()),
        ("clock", studio.clock_skew_ms().map_or_else(String::new, |ms| format!("{ms} ms"))),
    ];
    lines.into_iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
}
