//! This device: its name, its room, what waits on it, installing it, emptying it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::size_text;
use super::studio::role_name;
use crate::device::{self, Installing, Persistence, Room};
use crate::hub::use_link;
use crate::parts::empty::EmptyDevice;
use crate::parts::refusals::say_failure;
use crate::parts::settings::person_name;
use crate::shell::use_shell;
use crate::studio::{Authority, Failure, use_studio};
use crate::tr;
use crate::tr::settings as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, Fact, Facts, Mark, Section, TextField};

/// Characters of a device's name.
const NAME_CHARS_MAX: u32 = 40;
/// A clock further away than this is worth a word.
const SKEW_MS_MAX: i64 = 120_000;

/// The page.
#[component]
pub fn DevicePage() -> impl IntoView {
    let link = use_link().state();
    view! {
        <div class="stack stack--wide">
            <Name />
            <Section title=t::device_storage><Storage /></Section>
            <Section title=t::device_waits><Waits /></Section>
            <Section title=t::device_install><Install /></Section>
            <Clock />
            <Section title=t::device_empty>
                <EmptyDevice waiting=Signal::derive(move || link.get().waiting) then_to="/" />
            </Section>
        </div>
    }
}

#[component]
fn Name() -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let known = studio.me_now().map(|me| me.device_name).unwrap_or_default();
    let name = RwSignal::new(known);
    let trouble = RwSignal::new(None::<Failure>);
    let for_save = studio.clone();
    let save = move |()| {
        let wanted = name.get_untracked().trim().to_owned();
        if wanted.is_empty() {
            return;
        }
        let studio = for_save.clone();
        spawn_local(async move {
            match studio.rename_device(&wanted).await {
                Ok(()) => shell.say(t::device_name_saved()),
                Err(failure) => {
                    trouble.try_set(Some(failure));
                }
            }
        });
    };
    let for_change = studio.clone();
    let same = move || {
        for_change
            .me()
            .is_none_or(|me| name.with(|name| name.trim() == me.device_name || name.trim().is_empty()))
    };
    let who = move || {
        let me = studio.me()?;
        let name = person_name(&studio, me.person).unwrap_or_else(|| tr::studio::somebody().to_owned());
        Some(format!("{name} ({})", role_name(me.role)))
    };
    view! {
        <div class="stack">
            <div class="settings__name">
                <TextField label=t::device_name value=name hint=t::device_name_hint length_max=NAME_CHARS_MAX />
                <Button disabled=same on_press=save>{t::device_name_save}</Button>
            </div>
            {move || trouble.get().map(|failure| view! { <Banner answer=Answer::Stop text=say_failure(failure) /> })}
            <Facts><Fact name=t::device_person>{who}</Fact></Facts>
        </div>
    }
}

#[component]
fn Storage() -> impl IntoView {
    let studio = use_studio();
    let sealed = match studio.is_sealing() {
        true => view! { <Mark answer=Answer::Ok text=t::device_sealed /> },
        false => view! { <Mark answer=Answer::Warn text=t::device_unsealed /> },
    };
    let lease = move || studio.lease_days().map(t::device_lease);
    let kept = RwSignal::new(None::<Persistence>);
    let room = RwSignal::new(None::<Room>);
    let refused = RwSignal::new(false);
    spawn_local(async move {
        kept.try_set(Some(device::protection().await));
        room.try_set(device::room().await);
    });
    let ask = move |()| {
        spawn_local(async move {
            let answer = device::protect().await;
            refused.try_set(answer != Persistence::Kept);
            kept.try_set(Some(answer));
        });
    };
    let mark = move || {
        kept.get().map(|kept| match kept {
            Persistence::Kept => view! { <Mark answer=Answer::Ok text=t::device_kept /> },
            Persistence::MayGo => view! { <Mark answer=Answer::Warn text=t::device_may_go /> },
            Persistence::Unknown => view! { <Mark answer=Answer::Plain text=t::device_unknown_kept /> },
        })
    };
    let used = move || {
        room.get().map(|room| t::device_used(size_text(room.used_bytes), size_text(room.quota_bytes)))
    };
    view! {
        <div class="stack stack--tight settings__storage">
            <p>{mark}</p>
            <p class="quiet">{used}</p>
            <p>{sealed}</p>
            <p class="quiet">{lease}</p>
            <Show when=move || kept.get() == Some(Persistence::MayGo)>
                <div class="cluster">
                    <Button on_press=ask>{t::device_protect}</Button>
                    <span class="quiet" role="status">{move || if refused.get() { t::device_refused() } else { t::device_protect_hint() }}</span>
                </div>
            </Show>
        </div>
    }
}

#[component]
fn Waits() -> impl IntoView {
    let (studio, link) = (use_studio(), use_link().state());
    let waits = move || {
        let solo = studio.me().is_some_and(|me| me.authority == Authority::Solo);
        match (solo, link.get().waiting) {
            (true, _) => t::device_waits_solo().to_owned(),
            (false, 0) => t::device_waits_none().to_owned(),
            (false, waiting) => t::device_waits_some(waiting),
        }
    };
    let held = move || {
        Some(link.get().held)
            .filter(|held| *held > 0)
            .map(|held| view! { <p>{move || t::device_held(held)}</p> })
    };
    let aside = move || {
        Some(link.get().aside)
            .filter(|aside| *aside > 0)
            .map(|aside| view! { <p>{move || t::device_aside(aside)}</p> })
    };
    view! { <div class="stack stack--tight"><p>{waits}</p> {held} {aside} <p><a href="/settings/hub">{t::hub_title}</a></p></div> }
}

#[component]
fn Install() -> impl IntoView {
    let offered = use_context::<crate::desk::InstallOffer>().map(|offer| offer.0);
    let how = move || {
        offered.inspect(|offered| offered.track());
        device::installing()
    };
    move || {
        match how() {
        Installing::Done => view! { <Mark answer=Answer::Ok text=t::device_install_done /> }.into_any(),
        Installing::Offered => view! { <Button kind=ButtonKind::Plain on_press=move |()| device::install()>{t::device_install_do}</Button> }.into_any(),
        Installing::ShareSheet => view! { <p>{t::device_install_ios}</p> }.into_any(),
        Installing::Menu => view! { <p>{t::device_install_menu}</p> }.into_any(),
        Installing::Insecure => view! { <Mark answer=Answer::Warn text=t::device_install_insecure /> }.into_any(),
    }
    }
}

/// A word about the clock, once the hub's is known.
#[component]
fn Clock() -> impl IntoView {
    let (studio, link) = (use_studio(), use_link().state());
    let skew = move || {
        link.track();
        studio.clock_skew_ms()
    };
    move || {
        let skew_ms = skew()?;
        let said = if skew_ms.abs() > SKEW_MS_MAX {
            let minutes = skew_ms.abs() / 60_000;
            view! { <Mark answer=Answer::Warn text=move || t::device_clock_wrong(minutes) /> }.into_any()
        } else {
            view! { <p>{t::device_clock_right}</p> }.into_any()
        };
        Some(view! { <Section title=t::device_clock>{said}</Section> })
    }
}
