//! Keys that work everywhere, and the sheet that lists them.

use std::time::Duration;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::state::{Chrome, ShellState, use_shell};
use crate::routes::nav_of;
use crate::tr;
use crate::ui::{Dialog, focus, is_composing};

/// How long `g` waits for its letter.
const GO_PATIENCE: Duration = Duration::from_millis(1500);

/// Listens for the keys of the frame as long as it is shown. `search` is where `/` goes.
pub fn listen(shell: ShellState, search: NodeRef<html::Input>) {
    let going = StoredValue::new(false);
    let navigate = use_navigate();
    let heard = window_event_listener(ev::keydown, move |event| {
        if is_composing(&event) || event.default_prevented() || shell.chrome.get_untracked() != Chrome::Full {
            return;
        }
        if (event.ctrl_key() || event.meta_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("k")
        {
            event.prevent_default();
            shell.open_palette();
            return;
        }
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) || is_modal() {
            return;
        }
        if going.get_value() {
            going.set_value(false);
            let entry = nav_of(shell.role.get_untracked())
                .find(|entry| event.key().eq_ignore_ascii_case(&entry.key.to_string()));
            if let Some(entry) = entry {
                event.prevent_default();
                navigate(entry.path, NavigateOptions::default());
                return;
            }
        }
        single_key(&event, shell, search, going);
    });
    on_cleanup(move || heard.remove());
}

fn single_key(
    event: &KeyboardEvent,
    shell: ShellState,
    search: NodeRef<html::Input>,
    going: StoredValue<bool>,
) {
    match event.key().as_str() {
        "/" => {
            event.prevent_default();
            if let Some(search) = search.get_untracked() {
                focus(&search);
                search.select();
            }
        }
        "?" => {
            event.prevent_default();
            shell.open_keys();
        }
        "g" => {
            going.set_value(true);
            set_timeout(
                move || {
                    going.try_set_value(false);
                },
                GO_PATIENCE,
            );
        }
        _ => {}
    }
}

/// Whether the key goes into a field.
fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    let editable = target.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    editable
        || target
            .matches("input:not([type=checkbox], [type=radio], [type=button]), textarea, select")
            .unwrap_or(false)
}

fn is_modal() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// The list of keys, on `?`.
#[component]
pub fn KeySheet() -> impl IntoView {
    let shell = use_shell();
    let open = shell.keys_open;
    view! {
        <Dialog title=tr::shell::keys_title open>
            <dl class="keys">
                {row(&["/"], tr::shell::keys_search)}
                {row(&["Ctrl", "K"], tr::shell::keys_palette)}
                {row(&["?"], tr::shell::keys_open)}
                {move || nav_of(shell.role.get()).map(|entry| view! {
                    <dt><kbd>"g"</kbd> " " {tr::shell::keys_then} " " <kbd>{entry.key.to_string()}</kbd></dt>
                    <dd>{move || tr::shell::keys_go((entry.label)())}</dd>
                }).collect_view()}
                {row(&["↑", "↓", "Home", "End"], tr::shell::keys_move)}
                {row(&["Enter"], tr::shell::keys_open_row)}
                {row(&["Esc"], tr::shell::keys_close)}
            </dl>
            <p class="keys__note">{tr::shell::keys_note}</p>
        </Dialog>
    }
}

fn row(keys: &'static [&'static str], does: fn() -> &'static str) -> impl IntoView {
    let caps = keys.iter().map(|key| view! { <kbd>{*key}</kbd> " " }).collect_view();
    view! { <dt>{caps}</dt> <dd>{does}</dd> }
}
