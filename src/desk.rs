//! Between the opened studio and the screens: which of them is shown, and what the frame around them says.
//!
//! It knows the studio, the sync and the frame, and ties them together; it must never know what a record means to a feature.

mod banners;
mod frame;
mod leave;

use leptos::prelude::*;
use rollcall_domain::kernel::Role;

use crate::device;
use crate::features::kiosk::Kiosk;
use crate::features::settings::SwitchPerson;
use crate::features::start::{OwnStudio, SampleBanner, Start};
use crate::hub::use_link;
use crate::parts::kiosk;
use crate::parts::settings::studio_settings;
use crate::routes::Screens;
use crate::shell::{Chrome, use_shell};
use crate::studio::{Authority, Studio, use_studio};
use crate::tr;
use crate::ui::{Button, Empty, Progress};

use banners::Banners;

/// Whether the browser offers to install the page as an app.
#[derive(Debug, Clone, Copy)]
pub struct InstallOffer(pub RwSignal<bool>);

/// What stands where the screens go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// There is no studio on this device.
    Start,
    /// The device has joined; its records are on their way.
    Fetching,
    /// The data lease is over: nothing is shown until the hub is met.
    Locked,
    /// The desk.
    Ready,
}

impl Stage {
    /// Once ready the desk stays, also while the hub paints the whole picture anew.
    fn of(studio: &Studio, before: Option<Self>) -> Self {
        let Some(me) = studio.me() else { return Self::Start };
        if studio.is_locked() {
            return Self::Locked;
        }
        match (studio_settings(studio).is_some(), me.authority) {
            (true, _) => Self::Ready,
            (false, _) if before == Some(Self::Ready) => Self::Ready,
            (false, Authority::Hub) => Self::Fetching,
            // Founding broke off before the studio was written down.
            (false, Authority::Solo) => Self::Start,
        }
    }
}

/// The app over an opened studio.
#[component]
pub fn Desk() -> impl IntoView {
    let (studio, link, shell) = (use_studio(), use_link(), use_shell());
    let offer = RwSignal::new(false);
    device::keep_install_offer(offer);
    provide_context(InstallOffer(offer));
    frame::tie(&studio, &link, shell);
    leave::guard(&studio, &link);
    let for_role = studio.clone();
    // Only whether it is a member's: a desk that is handed over stays where it is.
    let role = Memo::new(move |_| {
        for_role.me().map(|me| if me.role == Role::Member { me.role } else { Role::Owner })
    });
    let stage = Memo::new(move |before: Option<&Stage>| Stage::of(&studio, before.copied()));
    kiosk::follow_other_tabs();
    let alone = Memo::new(move |_| kiosk::is_on());
    Effect::new(move |_| {
        // Where there is no studio there is nobody to check in, and nobody's PIN either.
        if stage.get() == Stage::Start && alone.get() {
            kiosk::end();
        }
        shell.chrome.set(match (alone.get(), stage.get()) {
            (true, _) => Chrome::Alone,
            (false, Stage::Ready) => Chrome::Full,
            (false, _) => Chrome::Bare,
        });
    });
    // Whoever has the device in their hands joins nothing with it.
    let code = RwSignal::new(take_join_code().filter(|_| !alone.get_untracked()));
    // A code that opened the studio on this very page is used up.
    Effect::new(move |before: Option<Stage>| {
        let now = stage.get();
        if now == Stage::Ready && before.is_some_and(|before| before != Stage::Ready) {
            code.set(None);
        }
        now
    });
    move || match (stage.get(), code.get()) {
        // Before any address is looked at.
        (Stage::Ready, _) if alone.get() => view! { <Kiosk /> }.into_any(),
        (Stage::Start, code) => view! { <Start code /> }.into_any(),
        (Stage::Fetching, _) => view! { <Fetching /> }.into_any(),
        (Stage::Locked, _) => view! { <Locked /> }.into_any(),
        (Stage::Ready, Some(secret)) => {
            view! { <OwnStudio secret on_stay=move |()| code.set(None) /> }.into_any()
        }
        (Stage::Ready, _) => {
            // Another person at the device may be of another role: the screens are theirs then.
            let screens = move || role.get().map(|role| view! { <Screens role /> });
            view! { <Banners /> <SampleBanner /> <SwitchPerson /> {screens} }.into_any()
        }
    }
}

/// What a link to join carries in its fragment; taken out of the address, so that it is not kept in the history.
fn take_join_code() -> Option<String> {
    let window = window();
    let hash = window.location().hash().ok()?;
    let code = hash.strip_prefix("#join=").filter(|code| !code.is_empty())?.to_owned();
    if let Ok(history) = window.history() {
        // Without it the secret stays in the address line; it works only once anyway.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some("/"));
    }
    Some(code)
}

/// The first reading was cut off or still runs.
#[component]
fn Fetching() -> impl IntoView {
    let link = use_link();
    view! {
        <div class="page page--narrow start">
            <Empty title=tr::start::join_fetching>
                <div class="stack">
                    <Progress label=tr::ui::loading done=0_u64 of=0_u64 />
                    <Button on_press=move |()| link.ring()>{tr::common::retry}</Button>
                </div>
            </Empty>
        </div>
    }
}

/// This device has not met its hub for too long.
#[component]
fn Locked() -> impl IntoView {
    let (studio, link) = (use_studio(), use_link());
    let state = link.state();
    let note = move || tr::start::locked_note(studio.lease_days().unwrap_or_default());
    let waiting = move || match state.get().waiting {
        0 => tr::start::locked_nothing().to_owned(),
        waiting => tr::start::locked_waiting(waiting),
    };
    view! {
        <div class="page page--narrow start">
            <Empty heading=true title=tr::start::locked_title>
                <div class="stack">
                    <p>{note}</p>
                    <p>{waiting}</p>
                    <p class="quiet">{tr::start::locked_revoked}</p>
                    <Button on_press=move |()| link.ring()>{tr::common::retry}</Button>
                </div>
            </Empty>
        </div>
    }
}
