//! The ways to the areas: the rail of a tablet, the bar of a phone.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::state::use_shell;
use super::sync_word::SyncState;
use crate::routes::{NavEntry, is_within, nav_of};
use crate::tr;

/// More do not fit under a thumb.
const BAR_ENTRIES_MAX: usize = 5;

fn is_here(entry: &'static NavEntry) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static {
    let path = use_location().pathname;
    move || path.with(|path| is_within(path, entry.path)).then_some("page")
}

/// How many things wait there, as a figure with words for those who listen.
#[component]
fn Badge(path: &'static str) -> impl IntoView {
    let badges = use_shell().badges;
    move || {
        let count = badges.with(|badges| badges.get(path).copied()).filter(|count| *count > 0)?;
        Some(view! {
            <span class="badge">
                <span aria-hidden="true">{count}</span>
                <span class="only-read">{move || tr::shell::nav_badge(count)}</span>
            </span>
        })
    }
}

/// At the left: the studio, its areas, and below the state of the sync.
#[component]
pub fn Rail() -> impl IntoView {
    let shell = use_shell();
    let link = |entry: &'static NavEntry| {
        view! {
            <a class="rail__link" href=entry.path aria-current=is_here(entry)>
                {move || (entry.label)()}
                <Badge path=entry.path />
            </a>
        }
    };
    view! {
        <nav class="rail" aria-label=tr::shell::nav_label>
            <div class="rail__name">{move || shell.studio_name.get()}</div>
            <div class="rail__links">{move || nav_of(shell.role.get()).map(link).collect_view()}</div>
            <div class="rail__foot"><SyncState word=shell.sync /></div>
        </nav>
    }
}

/// At the foot of a phone.
#[component]
pub fn Bar() -> impl IntoView {
    let shell = use_shell();
    let link = |entry: &'static NavEntry| {
        view! {
            <a class="bar__link" href=entry.path aria-current=is_here(entry)>
                <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d=entry.icon /></svg>
                {move || (entry.label)()}
                <Badge path=entry.path />
            </a>
        }
    };
    view! {
        <nav class="bar" aria-label=tr::shell::nav_label>
            {move || nav_of(shell.role.get()).take(BAR_ENTRIES_MAX).map(link).collect_view()}
        </nav>
    }
}
