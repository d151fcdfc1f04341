//! Settings: a list of pages and the page in hand. Pages of other features come through `parts::pages`.

pub mod about;
mod back;
pub mod backup;
pub mod device;
pub mod devices;
pub mod hub;
pub mod look;
pub mod me;
pub mod pair;
pub mod people;
mod phone;
mod state;
pub mod studio;
pub mod switch;
mod telling;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::access::{self, STAFF};

use crate::parts::pages::{SettingsPage, pages_of};
use crate::studio::use_studio;
use crate::tr::settings as t;
use crate::ui::{ButtonLink, Empty, PageHead};

pub use phone::FILE;
pub use switch::SwitchPerson;
pub use telling::TELLING;

/// The studio: name, sections, rules.
pub const STUDIO: SettingsPage = SettingsPage {
    path: "studio",
    title: t::studio_title,
    note: t::studio_note,
    view: || view! { <studio::StudioPage /> }.into_any(),
    roles: STAFF,
};
/// Language and appearance of this device.
pub const LOOK: SettingsPage = SettingsPage {
    path: "look",
    title: t::look_title,
    note: t::look_note,
    view: || view! { <look::LookPage /> }.into_any(),
    roles: &access::PEOPLE,
};
/// This device.
pub const DEVICE: SettingsPage = SettingsPage {
    path: "device",
    title: t::device_title,
    note: t::device_note,
    view: || view! { <device::DevicePage /> }.into_any(),
    roles: &access::PEOPLE,
};
/// Who is at this device: PIN, password, signing in.
pub const ME: SettingsPage = SettingsPage {
    path: "me",
    title: crate::tr::people::me_title,
    note: crate::tr::people::me_note,
    view: || view! { <me::MePage /> }.into_any(),
    roles: STAFF,
};
/// Who works here.
pub const PEOPLE: SettingsPage = SettingsPage {
    path: "people",
    title: crate::tr::people::title,
    note: crate::tr::people::note,
    view: || view! { <people::PeoplePage /> }.into_any(),
    roles: STAFF,
};
/// The hub.
pub const HUB: SettingsPage = SettingsPage {
    path: "hub",
    title: t::hub_title,
    note: t::hub_note,
    view: || view! { <hub::HubPage /> }.into_any(),
    roles: &access::PEOPLE,
};
/// The studio's devices.
pub const DEVICES: SettingsPage = SettingsPage {
    path: "devices",
    title: t::devices_title,
    note: t::devices_note,
    view: || view! { <devices::DevicesPage /> }.into_any(),
    roles: STAFF,
};
/// The studio in one file.
pub const BACKUP: SettingsPage = SettingsPage {
    path: "backup",
    title: t::backup_title,
    note: t::backup_note,
    view: || view! { <backup::BackupPage /> }.into_any(),
    roles: STAFF,
};
/// What this is.
pub const ABOUT: SettingsPage = SettingsPage {
    path: "about",
    title: t::about_title,
    note: t::about_note,
    view: || view! { <about::AboutPage /> }.into_any(),
    roles: &access::PEOPLE,
};

/// The settings. Wide: list and page side by side; narrow: the list, then the page with a way back.
#[component]
pub fn Settings() -> impl IntoView {
    let (params, studio) = (use_params_map(), use_studio());
    let role = Memo::new(move |_| studio.me().map_or(Role::Unknown, |me| me.role));
    let named = Memo::new(move |_| params.with(|params| params.get("page")).filter(|name| !name.is_empty()));
    let link = move |page: &'static SettingsPage| {
        let here = move || {
            let named = named.get();
            let first = pages_of(role.get()).next().map(|page| page.path);
            (named.as_deref().or(first) == Some(page.path))
                .then(|| if named.is_some() { "page" } else { "true" })
        };
        view! {
            <a class="settings__link" href=format!("/settings/{}", page.path) aria-current=here>
                <b>{page.title}</b> <small>{page.note}</small>
            </a>
        }
    };
    view! {
        <div class="settings" data-page=move || named.get()>
            <div class="settings__list">
                <div class="settings__title">
                    // The page in hand carries the one heading; without one it is the list's.
                    {move || match named.get() {
                        None => view! { <h1>{t::title}</h1> }.into_any(),
                        Some(_) => view! { <p>{t::title}</p> }.into_any(),
                    }}
                </div>
                <nav class="settings__links" aria-label=t::pages>{move || pages_of(role.get()).map(link).collect_view()}</nav>
            </div>
            <div class="settings__page">{move || view! { <InHand role=role.get() named=named.get() /> }}</div>
        </div>
    }
}

/// The page in hand; the first one where none is named.
#[component]
fn InHand(role: Role, named: Option<String>) -> impl IntoView {
    let page = match &named {
        Some(name) => pages_of(role).find(|page| page.path == name),
        None => pages_of(role).next(),
    };
    match page {
        Some(page) => {
            let title = page.title;
            let head = match named {
                Some(_) => view! { <PageHead title=title /> }.into_any(),
                // The list carries the heading of this address.
                None => {
                    view! { <header class="page__head"><h2 class="settings__second">{title}</h2></header> }
                        .into_any()
                }
            };
            view! {
                <p class="settings__back"><a href="/settings">{t::back}</a></p>
                {head}
                {(page.view)()}
            }
            .into_any()
        }
        None => view! {
            <Empty heading=true title=crate::tr::common::not_found_title note=crate::tr::common::not_found_note>
                <ButtonLink href="/settings">{t::back}</ButtonLink>
            </Empty>
        }
        .into_any(),
    }
}
