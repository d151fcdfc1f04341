//! Every text of the app, as functions made from `locales/`, in the language of the moment.
//!
//! A text read inside a view follows the language when it is switched. This module knows words,
//! never what they are about.

use std::cell::Cell;
use std::fmt::{Display, Write as _};
use std::sync::LazyLock;

use leptos::prelude::*;

use crate::remember;

/// Where the chosen language is kept; `start.js` reads the same key before the app is there.
const LANG_KEY: &str = "rollcall.lang";

/// A language of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lang {
    En,
    ZhHans,
    ZhHant,
}

impl Lang {
    /// In the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::En, Self::ZhHans, Self::ZhHant];

    /// The BCP 47 tag, as written into `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
        }
    }

    /// The language's name in itself, so that everybody finds their own.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::ZhHans => "简体中文",
            Self::ZhHant => "繁體中文",
        }
    }

    /// The language that a browser's or a record's tag asks for, if the app speaks it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let mut parts = tag.split(['-', '_']);
        match parts.next()? {
            "en" => Some(Self::En),
            "zh" | "cmn" | "yue" => {
                let traditional = parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo"));
                Some(if traditional && !tag.contains("hans") { Self::ZhHant } else { Self::ZhHans })
            }
            _ => None,
        }
    }
}

static LANG: LazyLock<ArcRwSignal<Lang>> = LazyLock::new(|| ArcRwSignal::new(first_lang()));

thread_local! {
    static BORROWED: Cell<Option<Lang>> = const { Cell::new(None) };
}

/// The language of the moment; a view that reads it follows it.
pub fn lang() -> Lang {
    BORROWED.get().unwrap_or_else(|| LANG.get())
}

/// Switches the app's language, at once and for the next start.
pub fn set_lang(lang: Lang) {
    remember::write(LANG_KEY, lang.tag());
    mark_document(lang);
    LANG.set(lang);
}

/// Tells the document which language it is in. Called once at start.
pub fn init() {
    mark_document(LANG.get_untracked());
}

/// Runs `make` in another language: a receipt or a message in the member's own.
pub fn in_lang<T>(lang: Lang, make: impl FnOnce() -> T) -> T {
    let before = BORROWED.replace(Some(lang));
    let made = make();
    BORROWED.set(before);
    made
}

fn first_lang() -> Lang {
    remember::read(LANG_KEY)
        .and_then(|tag| Lang::from_tag(&tag))
        .or_else(|| {
            let wanted = window().navigator().languages();
            wanted.iter().filter_map(|tag| tag.as_string()).find_map(|tag| Lang::from_tag(&tag))
        })
        .unwrap_or(Lang::En)
}

fn mark_document(lang: Lang) {
    if let Some(root) = document().document_element() {
        // A refused attribute only costs the font choice; nothing to do about it.
        let _ = root.set_attribute("lang", lang.tag());
    }
}

/// A text without arguments.
pub type Plain = fn() -> &'static str;

fn text(place: usize) -> &'static str {
    TEXTS[lang() as usize][place]
}

fn plural(place: usize, count: u64) -> &'static str {
    text(if count == 1 { place + 1 } else { place })
}

fn count_text(count: u64) -> String {
    if count < 1000 { count.to_string() } else { crate::fmt::count(i64::try_from(count).unwrap_or(i64::MAX)) }
}

/// Puts the arguments into their places, which the build marked with U+0001 and a digit.
fn fill(template: &str, values: &[&dyn Display]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut pieces = template.split('\u{1}');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let place = piece.bytes().next().map_or(usize::MAX, |digit| usize::from(digit.wrapping_sub(b'0')));
        if let Some(value) = values.get(place) {
            let _ = write!(out, "{value}");
        }
        out.push_str(piece.get(1..).unwrap_or_default());
    }
    out
}

include!(concat!(env!("OUT_DIR"), "/tr.rs"));

#[cfg(test)]
mod tests;
