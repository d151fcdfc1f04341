//! Pages of the settings: a feature brings its own as one line in `src/wiring.rs`, and the settings list them all.

use std::sync::OnceLock;

use leptos::prelude::*;
use rollcall_domain::kernel::Role;

/// One page of the settings.
#[derive(Debug, Clone, Copy)]
pub struct SettingsPage {
    /// The last part of its address: `plans` is shown at `/settings/plans`.
    pub path: &'static str,
    /// What it is called, in the list and as the page's heading.
    pub title: fn() -> &'static str,
    /// One quiet line in the list.
    pub note: fn() -> &'static str,
    /// The inside of the page, below the heading.
    pub view: fn() -> AnyView,
    /// Who has it in the list.
    pub roles: &'static [Role],
}

static PAGES: OnceLock<&'static [SettingsPage]> = OnceLock::new();

/// Gives the pages. The first call counts; the app makes it before anything is shown.
pub fn set_pages(pages: &'static [SettingsPage]) {
    let _ = PAGES.set(pages);
}

/// The pages of a role, in the order of the list.
pub fn pages_of(role: Role) -> impl Iterator<Item = &'static SettingsPage> {
    PAGES.get().copied().unwrap_or_default().iter().filter(move |page| page.roles.contains(&role))
}
