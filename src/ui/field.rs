//! What every field has around its control: label, hint, and an error in a sentence.

use leptos::prelude::*;

use super::dom::next_id;
use super::text::Text;
use super::words::words;

/// Whether a field may stay empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Need {
    #[default]
    Optional,
    Required,
}

/// The texts and the id of one field, shared by the frame and its control.
#[derive(Debug, Clone, Copy)]
pub struct FieldParts {
    id: StoredValue<String>,
    pub label: Text,
    pub hint: Option<Text>,
    pub error: Signal<Option<String>>,
    pub need: Need,
}

impl FieldParts {
    pub fn new(label: Text, hint: Option<Text>, error: Signal<Option<String>>, need: Need) -> Self {
        Self { id: StoredValue::new(next_id("field")), label, hint, error, need }
    }

    /// The control's id.
    pub fn id(&self) -> String {
        self.id.get_value()
    }

    pub fn label_id(&self) -> String {
        format!("{}-label", self.id())
    }

    /// For the control's `aria-describedby`.
    pub fn described_by(self) -> impl Fn() -> Option<String> + Clone + Send + Sync + 'static {
        move || {
            let hint = self.hint.map(|_| format!("{}-hint", self.id()));
            let error = self.error.with(Option::is_some).then(|| format!("{}-error", self.id()));
            match (hint, error) {
                (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
                (hint, error) => hint.or(error),
            }
        }
    }

    /// For the control's `aria-invalid`.
    pub fn invalid(self) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static {
        move || self.error.with(Option::is_some).then_some("true")
    }

    /// For the control's `aria-required`.
    pub fn required(self) -> Option<&'static str> {
        (self.need == Need::Required).then_some("true")
    }
}

/// Puts label, hint and error around one control whose id is `parts.id()`.
pub fn framed(parts: FieldParts, control: impl IntoView) -> impl IntoView {
    view! {
        <div class="field" data-invalid=parts.invalid()>
            <label class="field__label" for=parts.id() id=parts.label_id()>
                {move || parts.label.get()} {need_word(parts.need)}
            </label>
            {control}
            {below(parts)}
        </div>
    }
}

/// The same for a group of controls, where the label is a legend.
pub fn framed_group(parts: FieldParts, class: &'static str, controls: impl IntoView) -> impl IntoView {
    view! {
        <fieldset
            class=class
            id=parts.id()
            data-invalid=parts.invalid()
            aria-describedby=parts.described_by()
        >
            <legend class="field__label">{move || parts.label.get()} {need_word(parts.need)}</legend>
            {controls}
            {below(parts)}
        </fieldset>
    }
}

/// The word beside the label of a field that must be filled.
pub fn need_word(need: Need) -> Option<impl IntoView> {
    (need == Need::Required)
        .then(|| view! { <span class="field__need">{move || (words().required)()}</span> })
}

/// Hint and error under the control.
pub fn below(parts: FieldParts) -> impl IntoView {
    let hint = parts.hint.map(|hint| {
        view! { <p class="field__hint" id=format!("{}-hint", parts.id())>{move || hint.get()}</p> }
    });
    view! {
        {hint}
        <p class="field__error" id=format!("{}-error", parts.id()) aria-live="polite">
            {move || parts.error.get()}
        </p>
    }
}

/// A frame for a control of one's own; the control takes its id from `parts`.
#[component]
pub fn Field(parts: FieldParts, children: Children) -> impl IntoView {
    framed(parts, children())
}
