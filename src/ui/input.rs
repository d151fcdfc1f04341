//! Fields for words: one line, several lines, telephone, search.

use leptos::html;
use leptos::prelude::*;

use super::dom::{is_composing, tell_left};
use super::field::{FieldParts, Need, framed};
use super::text::Text;
use super::words::words;

/// What a line of text is for: it decides the keyboard that a tablet shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineKind {
    #[default]
    Text,
    Email,
    Phone,
    Digits,
    Password,
    /// Codes and numbers of documents: capitals, no spelling help.
    Code,
}

impl LineKind {
    fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Digits | Self::Code => "text",
            Self::Email => "email",
            Self::Phone => "tel",
            Self::Password => "password",
        }
    }

    fn input_mode(self) -> &'static str {
        match self {
            Self::Text | Self::Password | Self::Code => "text",
            Self::Email => "email",
            Self::Phone => "tel",
            Self::Digits => "numeric",
        }
    }

    fn capitals(self) -> &'static str {
        match self {
            Self::Text => "sentences",
            Self::Code => "characters",
            _ => "none",
        }
    }
}

/// One line of text.
#[component]
pub fn TextField(
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    #[prop(optional)] kind: LineKind,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] placeholder: Option<Text>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Runs when the field is left: the time to check it.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
    #[prop(default = 200)] length_max: u32,
    /// Off by default: the desk types other people's data.
    #[prop(default = "off")]
    autocomplete: &'static str,
    #[prop(optional)] node: NodeRef<html::Input>,
) -> impl IntoView {
    let parts = FieldParts::new(label, hint, error, need);
    let control = view! {
        <input
            node_ref=node
            class="input"
            id=parts.id()
            type=kind.input_type()
            inputmode=kind.input_mode()
            autocapitalize=kind.capitals()
            spellcheck="false"
            autocomplete=autocomplete
            maxlength=length_max
            placeholder=placeholder.map(|text| move || text.get())
            prop:value=move || value.get()
            disabled=move || disabled.get()
            aria-required=parts.required()
            aria-invalid=parts.invalid()
            aria-describedby=parts.described_by()
            on:input:target=move |event| value.set(event.target().value())
            on:blur=move |_| tell_left(on_leave)
        />
    };
    framed(parts, control)
}

/// A telephone number, written as people write it.
#[component]
pub fn PhoneField(
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let parts = FieldParts::new(label, hint, error, need);
    let leave = move |_| {
        // Full-width digits come from Chinese input methods; the number is the same.
        let narrow = value.try_with_untracked(|text| narrow_digits(text.trim()));
        if let Some(narrow) =
            narrow.filter(|narrow| value.try_with_untracked(|text| text != narrow) == Some(true))
        {
            value.set(narrow);
        }
        tell_left(on_leave);
    };
    let control = view! {
        <input
            class="input input--figures"
            id=parts.id()
            type="tel"
            inputmode="tel"
            autocomplete="off"
            maxlength="40"
            prop:value=move || value.get()
            aria-required=parts.required()
            aria-invalid=parts.invalid()
            aria-describedby=parts.described_by()
            on:input:target=move |event| value.set(event.target().value())
            on:blur=leave
        />
    };
    framed(parts, control)
}

/// Several lines of text.
#[component]
pub fn TextArea(
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_leave: Option<Callback<()>>,
    #[prop(default = 3)] rows: u32,
    #[prop(default = 2000)] length_max: u32,
) -> impl IntoView {
    let parts = FieldParts::new(label, hint, error, need);
    let control = view! {
        <textarea
            class="input input--area"
            id=parts.id()
            rows=rows
            maxlength=length_max
            autocomplete="off"
            prop:value=move || value.get()
            aria-required=parts.required()
            aria-invalid=parts.invalid()
            aria-describedby=parts.described_by()
            on:input:target=move |event| value.set(event.target().value())
            on:blur=move |_| tell_left(on_leave)
        ></textarea>
    };
    framed(parts, control)
}

/// A search line: Enter submits what is written, Escape empties it.
#[component]
pub fn SearchBox(
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    #[prop(optional, into)] placeholder: Option<Text>,
    #[prop(optional, into)] on_submit: Option<Callback<String>>,
    #[prop(optional)] node: NodeRef<html::Input>,
) -> impl IntoView {
    let keys = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                on_submit.into_iter().for_each(|submit| submit.run(value.get_untracked()));
            }
            "Escape" if !value.read_untracked().is_empty() => {
                event.prevent_default();
                event.stop_propagation();
                value.set(String::new());
            }
            _ => {}
        }
    };
    let clear = move |_| {
        value.set(String::new());
        if let Some(input) = node.get_untracked() {
            super::dom::focus(&input);
        }
    };
    view! {
        <div class="search">
            <input
                node_ref=node
                class="input search__input"
                type="search"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="search"
                maxlength="100"
                aria-label=move || label.get()
                placeholder=move || placeholder.map_or_else(|| label.get(), |text| text.get())
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
                on:keydown=keys
            />
            <button
                type="button"
                class="search__clear"
                aria-label=move || (words().clear)()
                hidden=move || value.with(String::is_empty)
                on:click=clear
            >
                <Cross />
            </button>
        </div>
    }
}

/// The cross of every "close" and "clear"; its button carries the word.
#[component]
pub fn Cross() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d="M5 5l10 10M15 5L5 15" />
        </svg>
    }
}

/// Full-width digits and the plus sign as plain ones.
pub fn narrow_digits(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect()
}
