//! Appearance and language, and the two menus that choose them.

use leptos::prelude::*;

use super::state::use_shell;
use crate::ui::{Menu, MenuItem};
use crate::{remember, tr};

/// Where the appearance is kept; `early.js` reads the same key before the first paint.
const THEME_KEY: &str = "rollcall.theme";

/// How light the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device wishes.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// In the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The one chosen on an earlier visit.
    pub fn kept() -> Self {
        match remember::read(THEME_KEY).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::Auto,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Auto => tr::shell::theme_auto(),
            Self::Light => tr::shell::theme_light(),
            Self::Dark => tr::shell::theme_dark(),
        }
    }

    fn name(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// Puts it on the page and keeps it.
    pub fn apply(self) {
        let root = document().document_element();
        match self.name() {
            Some(name) => {
                remember::write(THEME_KEY, name);
                root.and_then(|root| root.set_attribute("data-theme", name).ok());
            }
            None => {
                remember::forget(THEME_KEY);
                root.and_then(|root| root.remove_attribute("data-theme").ok());
            }
        }
    }
}

/// Chooses the language; each is called by its own name.
#[component]
pub fn LangMenu() -> impl IntoView {
    let item = |lang: tr::Lang| {
        MenuItem::new(lang.own_name(), move || tr::set_lang(lang))
            .lang(lang.tag())
            .chosen(Signal::derive(move || tr::lang() == lang))
    };
    let face = move || view! { <span aria-hidden="true">{move || tr::lang().own_name()}</span> };
    // The name of the moment belongs to what the button is called, so that voice control finds it.
    let label = move || format!("{}: {}", tr::shell::lang(), tr::lang().own_name());
    view! { <Menu label face items=tr::Lang::ALL.map(item).to_vec() /> }
}

/// Chooses the appearance.
#[component]
pub fn ThemeMenu() -> impl IntoView {
    let theme = use_shell().theme;
    let item = |one: Theme| {
        let pick = move || {
            theme.set(one);
            one.apply();
        };
        MenuItem::new(move || one.label(), pick).chosen(Signal::derive(move || theme.get() == one))
    };
    let face = move || view! { <span aria-hidden="true">{move || theme.get().label()}</span> };
    let label = move || format!("{}: {}", tr::shell::theme_label(), theme.get().label());
    view! { <Menu label face items=Theme::ALL.map(item).to_vec() /> }
}
