//! The frame around every screen: rail, top bar, bottom bar, search, keys, messages.
//!
//! It shows what [`ShellState`] holds and knows no records, no storage and no feature.

pub mod find;
pub mod keys;
pub mod rail;
pub mod state;
pub mod sync_word;
pub mod theme;
pub mod update;

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rollcall_domain::kernel::Role;

use crate::routes::entry_of;
use crate::tr;
use crate::ui::UndoBar;

use find::{Find, FindPlace, Palette};
use keys::KeySheet;
use rail::{Bar, Rail};
use sync_word::SyncShort;
use update::UpdateNotice;

pub use state::{Chrome, Finder, Found, Go, ShellState, SyncWord, use_shell};
pub use sync_word::SyncState;
pub use theme::{LangMenu, Theme, ThemeMenu};

/// The frame with a screen inside. The screen stays the same element when the frame comes or goes.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let shell = use_shell();
    let search = NodeRef::<html::Input>::new();
    keys::listen(shell, search);
    update::listen(shell);
    name_document(shell);
    let full = move || shell.chrome.get() == Chrome::Full;
    view! {
        <a class="skip" href="#main">{tr::shell::skip}</a>
        <div class=move || if full() { "app" } else { "bare" }>
            <Show when=full><Rail /></Show>
            <Show when=full><Top search /></Show>
            <Show when=move || shell.chrome.get() == Chrome::Bare><BareCorner /></Show>
            <main class="main" id="main" tabindex="-1">{children()}</main>
            <Show when=full><Bar /></Show>
        </div>
        // What was said last may name somebody, and how to undo it.
        <Show when=move || shell.chrome.get() != Chrome::Alone>
            <Palette />
            <KeySheet />
            <UpdateNotice />
            <SaidBar />
        </Show>
    }
}

/// The document's title follows the screen and the studio.
fn name_document(shell: ShellState) {
    let path = use_location().pathname;
    Effect::new(move |_| {
        let studio = shell.studio_name.get();
        let screen = path.with(|path| entry_of(shell.role.get(), path)).map(|entry| (entry.label)());
        document().set_title(&screen.map_or_else(|| studio.clone(), |screen| format!("{screen} · {studio}")));
    });
}

/// One line: search, language, appearance, who is at the desk.
#[component]
fn Top(search: NodeRef<html::Input>) -> impl IntoView {
    let shell = use_shell();
    let leave = move |()| {
        if let Some(line) = search.get_untracked() {
            // A blur that does not come leaves the focus where it was: harmless.
            let _ = line.blur();
        }
    };
    view! {
        <header class="top">
            <div class="top__search">
                // A member has nobody to look for.
                <Show when=move || shell.role.get() != Role::Member><Find place=FindPlace::Top node=search on_done=leave /></Show>
            </div>
            <div class="top__sync"><SyncShort word=shell.sync /></div>
            <div class="top__end">
                <LangMenu />
                <ThemeMenu />
                <Desk />
            </div>
        </header>
    }
}

/// Who is at the desk; pressing switches, where the app knows how.
#[component]
fn Desk() -> impl IntoView {
    let shell = use_shell();
    move || {
        let name = shell.desk.get()?;
        let words = view! { {tr::shell::desk_label} " " <b>{name}</b> };
        Some(match shell.on_desk.get_value() {
            Some(switch) => view! { <button type="button" class="who who--switch" on:click=move |_| switch()>{words}</button> }.into_any(),
            None => view! { <span class="who">{words}</span> }.into_any(),
        })
    }
}

/// The corner of a page without a frame.
#[component]
fn BareCorner() -> impl IntoView {
    view! { <header class="bare__corner"><LangMenu /><ThemeMenu /></header> }
}

/// What was just done, one sentence at a time; a newer one takes the place of the older.
#[component]
fn SaidBar() -> impl IntoView {
    let said = use_shell().said;
    view! {
        <div>
            <For each=move || said.get() key=|one| one.id children=move |one| {
                // Undoing may have said something newer, which must stay.
                let id = one.id;
                let gone = move |()| said.update(|now| drop(now.take_if(|now| now.id == id)));
                match one.undo {
                    Some(undo) => view! { <UndoBar text=one.text on_undo=move |()| undo() on_gone=gone /> }.into_any(),
                    None => view! { <UndoBar text=one.text on_gone=gone /> }.into_any(),
                }
            } />
        </div>
    }
}
