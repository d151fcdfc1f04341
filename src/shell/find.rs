//! One line that finds members, screens and actions: in the top bar, and as the palette.

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::state::{Found, Go, ShellState, use_shell};
use super::theme::Theme;
use crate::routes::nav_of;
use crate::tr;
use crate::ui::{Dialog, Steer, Steered, is_composing, next_id, reveal};

/// More lines than fit are no answer.
const FOUND_MAX: usize = 40;

/// Where the line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindPlace {
    /// In the top bar; answers drop down while something is typed.
    Top,
    /// In the palette; screens and actions are listed before anything is typed.
    Palette,
}

/// The line and its answers.
#[component]
pub fn Find(
    place: FindPlace,
    node: NodeRef<html::Input>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let shell = use_shell();
    let query = RwSignal::new(String::new());
    let open = RwSignal::new(place == FindPlace::Palette);
    let found = RwSignal::new(Vec::<Found>::new());
    Effect::new(move |_| {
        let text = query.with(|query| query.trim().to_owned());
        let answers = if text.is_empty() && place == FindPlace::Top { Vec::new() } else { ask(shell, &text) };
        found.set(answers);
    });
    let active = RwSignal::new(0_usize);
    Effect::new(move |_| {
        found.track();
        active.set(0);
    });
    let steer = Steer { open, active, count: Signal::derive(move || found.with(Vec::len)) };
    let navigate = use_navigate();
    let take = Callback::new(move |at: usize| {
        let Some(one) = found.with_untracked(|all| all.get(at).cloned()) else { return };
        query.set(String::new());
        open.set(place == FindPlace::Palette);
        on_done.run(());
        match one.go {
            Go::To(path) => navigate(&path, NavigateOptions::default()),
            Go::Do(act) => act(),
        }
    });
    let list_id = StoredValue::new(next_id("found"));
    let class = if place == FindPlace::Top { "find find--drop" } else { "find find--palette" };
    view! {
        <div class=class role="search">
            <FindLine node query steer list_id take on_done />
            <div class="find__list" hidden=move || !open.get() || (place == FindPlace::Top && query.with(String::is_empty))>
                <FoundList list_id found active take />
                <p class="picker__note" role="status">
                    {move || (found.with(Vec::is_empty) && !query.with(|query| query.trim().is_empty())).then(tr::shell::search_nothing)}
                </p>
            </div>
        </div>
    }
}

#[component]
fn FindLine(
    node: NodeRef<html::Input>,
    query: RwSignal<String>,
    steer: Steer,
    list_id: StoredValue<String>,
    take: Callback<usize>,
    on_done: Callback<()>,
) -> impl IntoView {
    let keys = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        if event.key() == "Escape" && !query.read_untracked().is_empty() {
            event.prevent_default();
            event.stop_propagation();
            query.set(String::new());
        } else if event.key() == "Escape" {
            on_done.run(());
        } else if steer.key(&event) == Steered::Pick {
            take.run(steer.active.get_untracked());
        }
    };
    view! {
        <input
            node_ref=node
            class="input search__input"
            type="search"
            role="combobox"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            enterkeyhint="go"
            maxlength="100"
            aria-label=tr::shell::search_label
            aria-autocomplete="list"
            aria-expanded=move || steer.active_id("").is_some().to_string()
            aria-controls=list_id.get_value()
            aria-activedescendant=move || steer.active_id(&list_id.get_value())
            placeholder=tr::shell::search_placeholder
            prop:value=move || query.get()
            on:input:target=move |event| {
                query.set(event.target().value());
                steer.open.set(true);
            }
            on:focus=move |_| steer.open.set(true)
            on:blur=move |_| { steer.open.try_set(false); }
            on:keydown=keys
        />
    }
}

#[component]
fn FoundList(
    list_id: StoredValue<String>,
    found: RwSignal<Vec<Found>>,
    active: RwSignal<usize>,
    take: Callback<usize>,
) -> impl IntoView {
    let line = move |at: usize, one: Found| {
        let node = NodeRef::<html::Li>::new();
        Effect::new(move |_| {
            if active.get() == at
                && let Some(node) = node.get()
            {
                reveal(&node);
            }
        });
        view! {
            <li
                node_ref=node
                class="picker__option"
                role="option"
                id=format!("{}-{at}", list_id.get_value())
                aria-selected=move || (active.get() == at).to_string()
                // The line keeps the focus: pressing must not take it away before the click arrives.
                on:pointerdown=|event| event.prevent_default()
                on:click=move |_| take.run(at)
            >
                <span class="picker__title">{one.title}</span>
                <span class="picker__detail">{one.note}</span>
            </li>
        }
    };
    view! {
        <ul role="listbox" id=list_id.get_value() aria-label=tr::shell::search_results>
            {move || found.get().into_iter().enumerate().map(|(at, one)| line(at, one)).collect_view()}
        </ul>
    }
}

/// The palette: the same line in a dialog, from anywhere.
#[component]
pub fn Palette() -> impl IntoView {
    let open = use_shell().palette_open;
    view! {
        <Dialog title=tr::shell::palette_label open>
            <PaletteLine open />
        </Dialog>
    }
}

#[component]
fn PaletteLine(open: RwSignal<bool>) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(line) = node.get() {
            crate::ui::focus(&line);
        }
    });
    view! { <Find place=FindPlace::Palette node on_done=move |()| open.set(false) /> }
}

/// Everybody's answers: the services' first, then screens and actions.
fn ask(shell: ShellState, text: &str) -> Vec<Found> {
    let mut all = if text.is_empty() {
        Vec::new()
    } else {
        shell.finders.with_value(|finders| finders.iter().flat_map(|finder| finder(text)).collect::<Vec<_>>())
    };
    let low = text.to_lowercase();
    all.extend(places(shell).into_iter().filter(|one| one.title.to_lowercase().contains(&low)));
    all.truncate(FOUND_MAX);
    all
}

/// The screens of the rail, and what can be done from anywhere.
fn places(shell: ShellState) -> Vec<Found> {
    let screens = nav_of(shell.role.get_untracked()).map(|entry| Found {
        id: entry.path.to_owned(),
        title: (entry.label)().to_owned(),
        note: tr::shell::palette_screen().to_owned(),
        go: Go::To(entry.path.to_owned()),
    });
    let action = |id: &str, title: String, act: std::sync::Arc<dyn Fn() + Send + Sync>| Found {
        id: id.to_owned(),
        title,
        note: tr::shell::palette_action().to_owned(),
        go: Go::Do(act),
    };
    let languages = tr::Lang::ALL.into_iter().filter(|lang| *lang != tr::lang()).map(|lang| {
        let title = format!("{}: {}", tr::shell::lang(), lang.own_name());
        action(lang.tag(), title, std::sync::Arc::new(move || tr::set_lang(lang)))
    });
    let themes = Theme::ALL.into_iter().filter(|theme| *theme != shell.theme.get_untracked()).map(|theme| {
        let title = format!("{}: {}", tr::shell::theme_label(), theme.label());
        let act = move || {
            shell.theme.set(theme);
            theme.apply();
        };
        action(theme.label(), title, std::sync::Arc::new(act))
    });
    let keys =
        action("keys", tr::shell::keys_title().to_owned(), std::sync::Arc::new(move || shell.open_keys()));
    screens.chain(languages).chain(themes).chain(std::iter::once(keys)).collect()
}
